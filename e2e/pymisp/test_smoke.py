"""The server answers the unmodified PyMISP at all: versions, types, and one event from creation to deletion."""

from pymisp import MISPEvent, PyMISP


def test_versions(misp: PyMISP) -> None:
    version = misp.misp_instance_version
    assert [part.isdigit() for part in version["version"].split(".")] == [True, True, True]
    assert "version" in misp.recommended_pymisp_version


def test_describe_types_is_the_servers_and_is_what_pymisp_ships(misp: PyMISP) -> None:
    remote = misp.describe_types_remote
    local = misp.describe_types_local
    assert sorted(remote["types"]) == sorted(local["types"])
    assert sorted(remote["categories"]) == sorted(local["categories"])


def test_an_event_is_created_read_and_deleted(misp: PyMISP) -> None:
    event = MISPEvent()
    event.info = "A beacon to a documentation address"
    event.add_attribute("ip-dst", "198.51.100.7", comment="seen twice", to_ids=True)
    added = misp.add_event(event, pythonify=True)
    assert isinstance(added, MISPEvent), added

    read = misp.get_event(added.uuid, pythonify=True)
    assert (read.uuid, read.info) == (event.uuid, event.info)
    assert [(a.type, a.value, a.comment, a.to_ids) for a in read.attributes] == [
        ("ip-dst", "198.51.100.7", "seen twice", True)
    ]

    assert "message" in misp.delete_event(added)
    assert misp.get_event(added.uuid)["errors"][0] == 404
