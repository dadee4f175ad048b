"""What correlates, and what keeps it from doing so: exclusions, rules, the limit, the switches."""

from __future__ import annotations

import uuid

import pytest
from conftest import accepted
from feeds import wait_for_jobs
from pymisp import MISPCorrelationExclusion, MISPEvent, PyMISP


def shared_value() -> str:
    """A value that no other test has."""
    return f"{uuid.uuid4()}.example"


def related(misp: PyMISP, event: MISPEvent) -> list[str]:
    """The uuids of the events that an event is shown with."""
    return [other["Event"].uuid for other in misp.get_event(event.uuid, pythonify=True).related_events]


def attribute_of(misp: PyMISP, event: MISPEvent) -> dict:
    """The event's first attribute with what it correlates with."""
    return misp.search(uuid=event.uuid, includeGranularCorrelations=1)[0]["Event"]["Attribute"][0]


def test_an_excluded_value_correlates_with_nothing(misp: PyMISP, event) -> None:
    value = shared_value()
    first, second = (event(attributes=[("domain", value)]) for _ in range(2))
    assert related(misp, first) == [second.uuid]
    exclusion = MISPCorrelationExclusion()
    exclusion.value = f"{value[:20]}%"
    added = accepted(misp.add_correlation_exclusion(exclusion, pythonify=True))
    try:
        assert related(misp, first) == []
        assert attribute_of(misp, first)["correlation_exclusion"] is True
        assert misp.get_correlation_exclusion(added, pythonify=True).value == exclusion.value
        assert added.id in [one.id for one in misp.correlation_exclusions(pythonify=True)]
        assert misp.add_correlation_exclusion(exclusion)["errors"][0] == 403
        assert misp.clean_correlation_exclusions()["saved"] is True
    finally:
        assert misp.delete_correlation_exclusion(added)["saved"] is True
    assert related(misp, first) == [second.uuid]
    assert misp.get_correlation_exclusion(added)["errors"][0] == 404


def test_a_rule_keeps_events_apart(misp: PyMISP, event) -> None:
    value = shared_value()
    first, second, third = (event(attributes=[("domain", value)]) for _ in range(3))
    rule = misp.direct_call("correlation_rules/add", {
        "name": "Apart", "selector_type": "event_id", "selector_list": [first.id, str(second.id)]})["CorrelationRule"]
    try:
        assert related(misp, first) == [third.uuid]
        assert set(related(misp, third)) == {first.uuid, second.uuid}
        refused = misp.direct_call(f"correlation_rules/edit/{rule['id']}", {"selector_type": "colour"})
        assert refused["errors"][0] == 403 and "selector_type" in str(refused)
    finally:
        assert misp.direct_call(f"correlation_rules/delete/{rule['id']}", {})["saved"] is True
    assert set(related(misp, first)) == {second.uuid, third.uuid}


def test_what_is_too_common_is_marked_and_listed(misp: PyMISP, event) -> None:
    value = shared_value()
    several = [event(attributes=[("domain", value)]) for _ in range(3)]
    accepted(misp.set_server_setting("MISP.correlation_limit", 2, force=True))
    try:
        assert len(attribute_of(misp, several[0])["RelatedAttribute"]) == 2
        fourth = event(attributes=[("domain", value)])
        marked = attribute_of(misp, fourth)
        assert (marked["RelatedAttribute"], marked["over_correlation"]) == ([], True)
        assert misp.direct_call("correlations/generateOccurrences", {})["message"] == "Job queued."
        wait_for_jobs(misp)
        listed = [one["OverCorrelatingValue"] for one in misp.direct_call("correlations/overCorrelations")]
        mine = next(one for one in listed if one["value"] == value)
        assert (mine["occurrence"], mine["over_correlation"], mine["excluded"]) == ("4", True, False)
        others = misp.direct_call("correlations/overCorrelations/scope:not_over_correlating")
        assert value not in str(others)
    finally:
        accepted(misp.set_server_setting("MISP.correlation_limit", 20, force=True))
    job = misp.direct_call("correlations/generateTopCorrelations", {})
    assert int(job) > 0
    wait_for_jobs(misp)
    top = [one["Correlation"] for one in misp.direct_call("correlations/top/limit:1000")]
    assert {"value": value, "count": "4", "excluded": False} in top


def test_addresses_meet_networks_where_that_is_wanted(misp: PyMISP, event) -> None:
    network = event(attributes=[("ip-src", "198.51.100.128/27")])
    address = event(attributes=[("ip-dst|port", "198.51.100.130|8443")])
    assert network.uuid not in related(misp, address)
    accepted(misp.set_server_setting("MISP.enable_advanced_correlations", True, force=True))
    try:
        assert network.uuid in related(misp, address)
        assert address.uuid in related(misp, network)
    finally:
        accepted(misp.set_server_setting("MISP.enable_advanced_correlations", False, force=True))


def test_correlation_is_switched_off_and_on(misp: PyMISP, event, new_user, client_for) -> None:
    value = shared_value()
    first, second = (event(attributes=[("domain", value)]) for _ in range(2))
    attribute = first.attributes[0]
    for path in (f"attributes/toggleCorrelation/{attribute.id}", f"events/toggleCorrelation/{first.uuid}"):
        assert misp.direct_call(path, {})["message"] == "Correlation disabled."
        assert related(misp, second) == []
        assert misp.direct_call(path, {})["message"] == "Correlation enabled."
        assert related(misp, second) == [first.uuid]
    theirs = client_for(new_user("Publisher"))
    assert theirs.direct_call(f"attributes/toggleCorrelation/{attribute.id}", {})["errors"][0] in (403, 404, 405)
    assert misp.direct_call("attributes/generateCorrelation", {})["message"].endswith("attributes processed.")
    assert misp.direct_call("servers/removeOrphanedCorrelations") == {"message": "0 orphaned correlation removed"}


def test_tags_of_related_events_are_told(misp: PyMISP, event) -> None:
    value = shared_value()
    first, second = (event(attributes=[("domain", value)]) for _ in range(2))
    accepted(misp.tag(second, "correlations:related"))
    told = misp.direct_call(f"events/view/{first.id}/includeRelatedTags:1")["Event"]["Attribute"][0]
    assert [tag["name"] for tag in told["RelatedTags"]] == ["correlations:related"]
    assert "RelatedTags" not in attribute_of(misp, first)


def test_the_index_counts_what_the_reader_sees(misp: PyMISP, event, new_user, client_for) -> None:
    value = shared_value()
    first = event(distribution=1, published=True, attributes=[("domain", value)])
    event(distribution=0, attributes=[("domain", value)])
    user = client_for(new_user("User"))

    def count(client: PyMISP) -> str | None:
        return client.direct_call("events/index", {"eventid": str(first.id)})[0].get("correlation_count")

    assert count(misp) is None
    accepted(misp.set_server_setting("MISP.showCorrelationsOnIndex", True, force=True))
    try:
        assert (count(misp), count(user)) == ("1", "0")
    finally:
        accepted(misp.set_server_setting("MISP.showCorrelationsOnIndex", False, force=True))


def test_the_graph_shows_what_the_reader_sees(misp: PyMISP, event, new_user, client_for) -> None:
    value = shared_value()
    first = event(distribution=1, published=True, attributes=[("domain", value), ("domain", shared_value())])
    second = event(distribution=1, published=True, attributes=[("domain", value)])
    hidden = event(distribution=0, attributes=[("domain", value)])
    accepted(misp.tag(first, "correlations:graph"))
    graph = misp.direct_call(f"events/updateGraph/{first.id}")
    names = [node["unique_id"] for node in graph["nodes"]]
    shared = f"attribute-{next(a.id for a in first.attributes if a.value == value)}"
    assert names[0] == f"event-{first.id}" and graph["nodes"][0]["expanded"] is True
    assert set(names[2:]) == {shared, f"event-{second.id}", f"event-{hidden.id}"}
    joined = {(names[link["source"]], names[link["target"]]) for link in graph["links"]}
    assert {(names[0], shared), (shared, f"event-{second.id}")} < joined

    user = client_for(new_user("User"))
    seen = user.direct_call(f"events/updateGraph/{first.id}", {})
    assert f"event-{hidden.id}" not in str(seen)
    more = user.direct_call(f"events/updateGraph/{second.id}/event", seen)
    again = [node["unique_id"] for node in more["nodes"]]
    assert again[:len(seen["nodes"])] == [node["unique_id"] for node in seen["nodes"]] and len(set(again)) == len(again)
    assert next(node for node in more["nodes"] if node["unique_id"] == f"event-{second.id}")["expanded"] is True
    tag = names[1].removeprefix("tag-")
    tagged = [node["unique_id"] for node in user.direct_call(f"events/updateGraph/{tag}/tag")["nodes"]]
    assert tagged == [f"tag-{tag}", f"event-{first.id}"]
    assert user.direct_call(f"events/updateGraph/{hidden.id}")["errors"][0] == 404
    assert user.direct_call(f"events/updateGraph/{first.id}/colour")["errors"][0] == 400


@pytest.mark.parametrize("path", ["correlations/top", "correlations/overCorrelations", "correlation_exclusions", "correlation_rules/index"])
def test_the_lists_are_for_site_administrators(new_user, client_for, path: str) -> None:
    assert client_for(new_user("Org Admin")).direct_call(path)["errors"][0] == 403
