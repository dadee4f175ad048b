"""Feed caches: what feeds know, looked up without importing them."""

from __future__ import annotations

import hashlib
import uuid
from pathlib import Path

import launch
import pytest
from feeds import subscribe, wait_for_jobs
from pymisp import MISPFeed, PyMISP


@pytest.fixture
def folder(tmp_path: Path):
    with launch.serve_directory(tmp_path) as web:
        yield tmp_path, web


def cached(misp: PyMISP, url: str, **fields):
    return subscribe(misp, url, enabled=False, caching_enabled=True, **fields)


def test_values_of_a_cached_feed_are_found(misp: PyMISP, folder) -> None:
    path, web = folder
    (path / "list.txt").write_text("198.51.100.77\nhttp://lookup.example.com/A\n")
    text = cached(misp, f"{web.url}/list.txt", name="Cached text", source_format="freetext")
    event = str(uuid.uuid4())
    (path / "hashes.csv").write_text(f"{hashlib.md5(b'198.51.100.77').hexdigest()},{event}\n")
    events = cached(misp, web.url, name="Cached events", source_format="misp")
    for answer in (misp.cache_feed(text), misp.cache_misp_feeds(), misp.cache_freetext_feeds(), misp.cache_all_feeds()):
        assert (answer["saved"], answer["success"]) == (True, True)
        assert answer["message"] == "Feed caching job initiated."
    wait_for_jobs(misp)

    found = {entry["Feed"]["id"]: entry["Feed"] for entry in misp.search_feeds("198.51.100.77")}
    assert found[str(text.id)]["type"] == "Feed" and "uuid" not in found[str(text.id)]
    assert found[str(events.id)]["type"] == "MISP Feed" and found[str(events.id)]["uuid"] == [event]
    assert found[str(events.id)]["direct_urls"][0]["url"].endswith(f"/feeds/previewEvent/{events.id}/{event}")
    assert misp.search_feeds("198.51.100.78") == []
    several = misp.search_feeds(["198.51.100.77", "http://lookup.example.com/a", "unknown.example"])
    assert [len(several[value]) for value in several] == [2, 1, 0]
    pythonic = misp.search_feeds("198.51.100.77", pythonify=True)
    assert {feed.name for feed in pythonic} == {"Cached text", "Cached events"}
    assert all(isinstance(feed, MISPFeed) for feed in pythonic)

    compared = {row["Feed"]["name"]: row["Feed"] for row in misp.compare_feeds()}
    assert compared["Cached text"]["values"] == 3, "the URL is known in lower case, too"
    assert compared["Cached events"]["ComparedFeed"][0]["overlap_percentage"] == 100
    assert misp.get_feed(text.id)["Feed"]["cached_elements"] == 3
    listed = {entry["Feed"]["id"]: entry["Feed"] for entry in misp.feeds()}
    assert int(listed[str(text.id)]["cache_timestamp"]) > 0
    misp.delete_feed(text)
    misp.delete_feed(events)
    assert misp.search_feeds("198.51.100.77") == []


def test_ordinary_users_find_only_what_is_shown_to_them(misp: PyMISP, folder, new_user, client_for) -> None:
    path, web = folder
    (path / "list.txt").write_text("198.51.100.79\n")
    hidden = cached(misp, f"{web.url}/list.txt", name="Hidden", source_format="freetext", lookup_visible=False)
    misp.cache_feed(hidden)
    wait_for_jobs(misp)
    user = client_for(new_user())
    assert user.search_feeds("198.51.100.79") == []
    assert user.search_feeds() == []
    status, _ = user.cache_feed(hidden)["errors"]
    assert status == 403
    misp.update_feed({"lookup_visible": True}, hidden.id)
    assert [entry["Feed"]["name"] for entry in user.search_feeds("198.51.100.79")] == ["Hidden"]
    misp.delete_feed(hidden)


def test_an_event_says_which_feeds_know_its_values(misp: PyMISP, folder, event, new_user, client_for) -> None:
    path, web = folder
    (path / "list.txt").write_text("198.51.100.81\n")
    text = cached(misp, f"{web.url}/list.txt", name="Known text", source_format="freetext", provider="Somebody",
                  lookup_visible=True)
    held = str(uuid.uuid4())
    known = (b"198.51.100.81", b"known.example/path")
    (path / "hashes.csv").write_text("".join(f"{hashlib.md5(value).hexdigest()},{held}\n" for value in known))
    events = cached(misp, web.url, name="Known events", source_format="misp", lookup_visible=False)
    misp.cache_all_feeds()
    wait_for_jobs(misp)
    mine = event(distribution=1, published=True, attributes=[
        ("ip-dst|port", "198.51.100.81|8443"), ("url", "https://known.example/path"), ("domain", "unknown.example")])

    def hits(client: PyMISP) -> tuple[list[str], dict[str, list[str]]]:
        shown = client.direct_call(f"events/view/{mine.id}/includeFeedCorrelations:1")["Event"]
        by_value = {a["value"]: [feed["name"] for feed in a.get("Feed", [])] for a in shown["Attribute"]}
        return [feed["name"] for feed in shown.get("Feed", [])], by_value

    both = ["Known text", "Known events"]
    assert hits(misp) == (both, {
        "198.51.100.81|8443": both, "https://known.example/path": ["Known events"], "unknown.example": []})
    shown = misp.search(uuid=mine.uuid, includeFeedCorrelations=1)[0]["Event"]["Feed"]
    assert shown[0].keys() == {"id", "name", "url", "provider", "source_format", "lookup_visible"}
    assert (shown[0]["id"], shown[0]["provider"], shown[1]["event_uuids"]) == (str(text.id), "Somebody", [held])
    assert "Feed" not in misp.get_event(mine.id)["Event"]
    assert hits(client_for(new_user("User")))[0] == [], "the role does not show it"
    role = misp.direct_call("admin/roles/add", {"name": f"Sees feeds {uuid.uuid4()}", "perm_auth": 1, "perm_view_feed_correlations": 1})["Role"]
    user = new_user("User")
    assert "errors" not in misp.update_user({"role_id": role["id"]}, user.id)
    assert hits(client_for(user)) == (["Known text"], {
        "198.51.100.81|8443": ["Known text"], "https://known.example/path": [], "unknown.example": []})
    misp.delete_feed(text)
    misp.delete_feed(events)
    assert hits(misp)[0] == []
