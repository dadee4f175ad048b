"""Taxonomies: switched, made into tags, required, imported, exported, updated. Warninglists: switched, asked, written."""

from __future__ import annotations

import json
import uuid

import pytest
from conftest import accepted
from pymisp import MISPEvent, PyMISP, PyMISPError


@pytest.fixture
def taxonomy(misp: PyMISP) -> dict:
    """A taxonomy of the test's own."""
    space = f"e2e-{uuid.uuid4().hex[:8]}"
    file = {"namespace": space, "description": "Of a test", "version": 2, "exclusive": True,
            "predicates": [{"value": "high", "expanded": "High", "colour": "#FF2B2B", "numerical_value": 80}, {"value": "low"}]}
    made = post(misp, "taxonomies/import", file)
    return made["Taxonomy"]


def post(misp: PyMISP, path: str, body: dict | list | None = None) -> dict:
    return misp._check_json_response(misp._prepare_request("POST", path, data=body if body is not None else {}))


def test_a_taxonomy_becomes_tags(misp: PyMISP, taxonomy: dict) -> None:
    space, number = taxonomy["namespace"], taxonomy["id"]
    with pytest.raises(PyMISPError):
        misp.enable_taxonomy_tags(number)
    assert misp.enable_taxonomy(number)["message"] == "Taxonomy enabled"
    assert misp.enable_taxonomy_tags(number)["message"] == "The tag(s) has been saved."
    found = misp.get_taxonomy(space)
    assert found["Taxonomy"]["enabled"] is True
    high, low = found["entries"]
    assert (high["tag"], high["expanded"], high["colour"], high["numerical_value"]) == (f"{space}:high", "High", "#FF2B2B", "80")
    assert high["existing_tag"]["Tag"]["colour"] == "#FF2B2B"
    assert low["existing_tag"]["Tag"]["hide_tag"] is False
    listed = next(one for one in misp.taxonomies() if one["Taxonomy"]["id"] == number)
    assert (listed["total_count"], listed["current_count"]) == (2, 2)
    assert {one.namespace for one in misp.taxonomies(pythonify=True)} >= {space, "tlp"}
    accepted(misp.disable_taxonomy_tags(number))
    assert misp.get_taxonomy(number, pythonify=True).namespace == space
    assert misp.get_taxonomy(number)["entries"][0]["existing_tag"]["Tag"]["hide_tag"] is True
    assert misp.disable_taxonomy(number)["message"] == "Taxonomy disabled"
    assert misp.get_taxonomy(number)["Taxonomy"]["enabled"] is False


def test_flags_export_and_what_is_not_there(misp: PyMISP, taxonomy: dict) -> None:
    number = taxonomy["id"]
    assert misp.set_taxonomy_required(number, True)["message"] == "Taxonomy toggleRequireded"
    assert misp.get_taxonomy(number)["Taxonomy"]["required"] is True
    assert post(misp, f"taxonomies/toggleHighlighted/{number}")["message"] == "Taxonomy toggleHighlighteded"
    file = misp.direct_call(f"taxonomies/export/{number}")
    assert file["predicates"][0]["colour"] == "#FF2B2B"
    assert misp.enable_taxonomy(999_999)["errors"][0] == 403
    assert misp.get_taxonomy(999_999)["errors"][0] == 404
    assert post(misp, "taxonomies/import", {"namespace": "x"})["errors"][0] == 403
    assert post(misp, f"taxonomies/delete/{number}")["message"] == "Taxonomy deleted"
    assert misp.get_taxonomy(number)["errors"][0] == 404


def test_exclusive_tags(misp: PyMISP, taxonomy: dict) -> None:
    space = taxonomy["namespace"]
    accepted(misp.enable_taxonomy(taxonomy["id"]))
    accepted(misp.enable_taxonomy_tags(taxonomy["id"]))
    event = MISPEvent()
    event.info = "exclusive"
    event = accepted(misp.add_event(event, pythonify=True))
    assert post(misp, "events/addTag", {"event": event.id, "tag": f"{space}:high"})["saved"] is True
    refused = post(misp, "events/addTag", {"event": event.id, "tag": f"{space}:low"})
    assert "exclusivity" in json.dumps(refused)
    assert misp.direct_call(f"events/runTaxonomyExclusivityCheck/{event.id}") == {"global": [], "local": []}
    counted = misp.direct_call(f"taxonomies/taxonomy_tags/{space}")
    assert [one["events"] for one in counted["entries"]] == [1, 0]
    assert misp.tags_statistics()["taxonomies"][space] == 1
    misp.delete_event(event)


def test_libraries_are_up_to_date_without_a_source(misp: PyMISP) -> None:
    assert misp.update_taxonomies()["message"] == "All taxonomy libraries are up to date already."
    assert misp.direct_call("servers/updateJSON", {})["Taxonomy"] is True


def test_a_user_reads_but_does_not_switch(misp: PyMISP, new_user, client_for, taxonomy: dict) -> None:
    user = client_for(new_user("User"))
    assert user.get_taxonomy(taxonomy["id"])["Taxonomy"]["namespace"] == taxonomy["namespace"]
    assert user.enable_taxonomy(taxonomy["id"])["errors"][0] == 403
    assert user.update_taxonomies()["errors"][0] == 403


def test_a_warninglist_knows_values(misp: PyMISP, new_user, client_for) -> None:
    name = f"e2e {uuid.uuid4()}"
    new = {"name": name, "description": "Of a test", "type": "cidr", "category": "false_positive",
           "matching_attributes": ["ip-src", "ip-dst"], "entries": "198.51.100.7"}
    made = post(misp, "warninglists/add", {"Warninglist": new})["Warninglist"]
    number = made["id"]
    assert (made["version"], made["enabled"], made["default"]) == ("1", False, False)
    assert misp.values_in_warninglist(["198.51.100.7"]) == []
    assert misp.enable_warninglist(number) == {"saved": True, "success": "1 warninglist(s) enabled"}
    hit = {"198.51.100.7": [{"id": number, "name": name, "matched": "198.51.100.7/32"}]}
    assert misp.values_in_warninglist(["198.51.100.7", "example.org"]) == hit
    assert misp.values_in_warninglist("198.51.100.7") == hit
    edited = post(misp, f"warninglists/edit/{number}", {"Warninglist": new | {"entries": "198.51.100.8"}})
    assert (edited["Warninglist"]["version"], edited["WarninglistEntry"]) == (2, [{"value": "198.51.100.8", "comment": None}])
    assert misp.values_in_warninglist(["198.51.100.7"]) == []
    found = misp.get_warninglist(number)["Warninglist"]
    assert [one["value"] for one in found["WarninglistEntry"]] == ["198.51.100.8"]
    assert [one["type"] for one in found["WarninglistType"]] == ["ip-src", "ip-dst"]
    listed = next(one["Warninglist"] for one in misp.warninglists() if one["Warninglist"]["id"] == number)
    assert (listed["warninglist_entry_count"], listed["valid_attributes"]) == ("1", "ip-src, ip-dst")
    assert misp.direct_call(f"warninglists/export/{number}")["list"] == ["198.51.100.8"]
    assert misp.toggle_warninglist(warninglist_name=f"%{name.upper()}%") == {"saved": True, "success": "1 warninglist(s) toggled"}
    assert misp.disable_warninglist(number) == {"saved": True, "success": "1 warninglist(s) disabled"}
    assert misp.toggle_warninglist(warninglist_id=999_999) == {"saved": False, "errors": "Warninglist(s) not found."}
    assert misp.update_warninglists()["message"] == "All warninglists are up to date already."
    user = client_for(new_user("User"))
    assert user.get_warninglist(number)["Warninglist"]["name"] == name
    assert user.toggle_warninglist(warninglist_id=number)["errors"][0] == 403
    assert post(user, "warninglists/add", {"Warninglist": new})["errors"][0] == 403
    assert misp.get_warninglist(999_999)["errors"][0] == 404
    accepted(post(misp, f"warninglists/delete/{number}"))
    assert misp.get_warninglist(number)["errors"][0] == 404
