"""What docs/pymisp.md says about methods of PyMISP beside the tests that call them."""

from __future__ import annotations

# Methods without a test, by what they wait for. A method that gets its first test must leave this list.
WITHOUT_TEST = {
    "custom clusters": """
        add_galaxy_cluster add_galaxy_cluster_relation delete_galaxy_cluster delete_galaxy_cluster_relation
        fork_galaxy_cluster publish_galaxy_cluster update_galaxy_cluster update_galaxy_cluster_relation""",
    "noticelists": "disable_noticelist enable_noticelist get_noticelist noticelists update_noticelists",
    "object templates of the server": "get_object_template get_raw_object_template object_templates update_object_templates",
    "decaying models": "decaying_models disable_decaying_model enable_decaying_model update_decaying_models",
    "server synchronisation": """
        add_server communities delete_server get_community get_sync_config import_server request_community_access
        server_pull server_push servers sign_blob test_server update_server""",
    "enrichment modules": "enrich_attribute enrich_event",
    "STIX": "upload_stix",
    "message queues": "push_event_to_ZMQ",
    "free text import": "freetext",
    "does not speak to the server": "misp_instance_version_master pymisp_version_main pymisp_version_master version",
}

# Methods that deliberately answer differently from the reference. A refusal counts as their answer.
DIFFERENT = {
    "kill_all_workers": "refused with 405: the worker is part of the server",
    "start_worker": "wakes the one worker, whatever the queue",
    "stop_worker_by_pid": "refused with 405: the worker is part of the server",
    "update_misp": "refused with 405: new versions are installed, not pulled",
    "server_settings": "the settings that do something here",
    "get_workers": "the one worker stands behind every queue",
    "users_statistics": "counts what the caller sees; no `galaxyMatrix` yet",
    "publish": "the event is published when the call returns",
    "restore_attribute": "takes a uuid as well",
    "accept_event_delegation": "the event keeps its id",
    "load_default_feeds": "subscribes to the feeds that this server brings along",
    "sharing_groups": "up to 1,000 groups, instead of 60",
    "search_logs": "one log, in the shape that is asked for",
}


def without_test() -> dict[str, str]:
    """The reason for each method that has no test."""
    return {method: reason for reason, methods in WITHOUT_TEST.items() for method in methods.split()}
