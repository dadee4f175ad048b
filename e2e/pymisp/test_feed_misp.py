"""Feeds of MISP's format: everything that PyMISP reads from the files, it reads back from the server."""

from __future__ import annotations

import datetime
import json
import shutil
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import launch
import pytest
from conftest import accepted
from feeds import compare, differences, fetch, jobs, manifest, read_file, read_server, subscribe, wait_for_jobs
from pymisp import PyMISP

SAMPLE_FEED = launch.REPOSITORY / "packaging" / "sample-feed"

KNOWN = {
    # A fuzzy hash with a line break in it, which the type's rule refuses.
    ("5a0d5bf4-99c8-4f15-9879-22b1950d210f", "5a0d6d2b-a2d8-40e5-a43e-458e950d210f"),
    # A sample's hash without the sample's name, and not of the length of its type.
    ("68f58844-4aa6-4e1c-8ee5-cfb58eb6665e", "e1763fb6-c003-48bf-b51e-a255340b4160"),
    # Two attributes of one file with the same uuid.
    ("5c7cdc3b-2f40-4dca-8200-276c0a00020f", "5c7cdc72-c9a4-4075-acb5-0e1b0a00020f"),
}
"""(event, attribute) of the recorded feed that cannot be the same, each for the reason beside it."""


def all_differences(server: launch.Server, folder: Path, uuids) -> list[tuple]:
    """What differs between the files and the server. PyMISP is the slow part, so two of them read."""
    work = [(server.url, server.key, str(folder), uuid) for uuid in uuids]
    with ProcessPoolExecutor(2) as pool:
        return [one for found in pool.map(compare, work, chunksize=8) for one in found]


def timestamps(misp: PyMISP) -> dict[str, tuple[str, str, str]]:
    events = misp.search_index(minimal=False)
    return {e["uuid"]: (e["timestamp"], e["publish_timestamp"], e["attribute_count"]) for e in events}


def test_the_recorded_feed_comes_back_whole_and_its_update_changes_two_events(new_server, data_set) -> None:
    folder, update = data_set("feed-misp"), data_set("feed-misp-update")
    server = new_server()
    misp = PyMISP(server.url, server.key, ssl=False)
    expected = manifest(folder)
    with launch.serve_directory(folder) as web:
        feed = subscribe(misp, web.url)
        message = fetch(misp, feed)
        assert message == (f"Fetching the feed has successfully completed. Downloaded {len(expected)} new event(s). "
                           "Updated 0 event(s).")
        found = all_differences(server, folder, expected)
        unexpected = [one for one in found if not any(one[0] == event and attribute in one[1] for event, attribute in KNOWN)]
        assert unexpected == []
        before = timestamps(misp)
        assert before.keys() == expected.keys()
        asked = len(web.requests)

        fetch(misp, feed)
        assert timestamps(misp) == before
        assert [path for path, _ in web.requests[asked:]] == ["/manifest.json"]

    newer = manifest(update)
    with launch.serve_directory(update) as web:
        accepted(misp.update_feed({"url": web.url}, feed.id))
        message = fetch(misp, feed)
        assert message == ("Fetching the feed has successfully completed. Downloaded 0 new event(s). "
                           f"Updated {len(newer)} event(s).")
        after = timestamps(misp)
        assert {uuid for uuid in after if after[uuid] != before.get(uuid)} == newer.keys()
        for uuid in newer:
            # An update adds and changes; what it does not name stays.
            read = read_server(misp, uuid)
            wanted = read_file(update / f"{uuid}.json")
            assert differences(wanted["event"] | {"tags": None}, read["event"] | {"tags": None}) == []
            assert wanted["event"]["tags"] <= read["event"]["tags"]
            named = {a: read["attributes"][a] for a in wanted["attributes"] if a in read["attributes"]}
            assert named.keys() == wanted["attributes"].keys()
            assert {a: one["value"] for a, one in named.items()} == {
                a: one["value"] for a, one in wanted["attributes"].items()}


@pytest.fixture(scope="module")
def sampled(engine: str):
    """A server that has fetched the feed which is shipped with the project."""
    with launch.Server(engine) as server, launch.serve_directory(SAMPLE_FEED) as web:
        misp = PyMISP(server.url, server.key, ssl=False)
        feed = subscribe(misp, web.url, name="Sample")
        fetch(misp, feed)
        yield server, misp, feed, web


def test_the_shipped_feed_comes_back_whole(sampled) -> None:
    server, misp, _, _ = sampled
    uuids = manifest(SAMPLE_FEED)
    assert len(uuids) >= 24
    assert all_differences(server, SAMPLE_FEED, uuids) == []
    assert timestamps(misp).keys() == uuids.keys()


def test_a_second_fetch_changes_nothing(sampled) -> None:
    _, misp, feed, web = sampled
    before = timestamps(misp)
    asked = len(web.requests)
    fetch(misp, feed)
    assert timestamps(misp) == before
    assert [path for path, _ in web.requests[asked:]] == ["/manifest.json"]


def test_the_last_days_go_to_a_file(sampled, tmp_path: Path) -> None:
    """The script that the manual of PyMISP begins with."""
    _, misp, _, _ = sampled
    wanted = {e["uuid"] for e in misp.search_index() if e["published"]}
    out = tmp_path / "last.json"
    page, found = 1, []
    while True:
        events = misp.search(publish_timestamp="5d", limit=7, page=page, pythonify=True)
        assert len(events) <= 7
        if not events:
            break
        found += events
        page += 1
    out.write_text(json.dumps([event.to_dict() for event in found], default=str))
    assert len(found) == len({event.uuid for event in found})
    assert {event.uuid for event in found} == wanted
    assert len(json.loads(out.read_text())) == len(wanted)
    assert sum(len(event.attributes) for event in found) > 100
    old = misp.search(publish_timestamp=("90d", "30d"), pythonify=True)
    assert old == []


def test_a_feed_is_managed(sampled) -> None:
    _, misp, feed, _ = sampled
    read = misp.get_feed(feed.id, pythonify=True)
    assert (read.name, read.url, read.enabled, read.source_format) == ("Sample", feed.url, True, "misp")
    plain = misp.get_feed(feed.id)["Feed"]
    assert (plain["id"], plain["distribution"], plain["enabled"]) == (str(feed.id), "3", True)
    assert [f.id for f in misp.feeds(pythonify=True) if f.name == "Sample"] == [feed.id]
    assert misp.disable_feed(feed.id, pythonify=True).enabled is False
    assert misp.fetch_feed(feed)["result"] == "Feed is currently not enabled. Make sure you enable it."
    assert misp.enable_feed(feed.id, pythonify=True).enabled is True
    assert misp.enable_feed_cache(feed.id, pythonify=True).caching_enabled is True
    assert misp.disable_feed_cache(feed.id, pythonify=True).caching_enabled is False
    changed = misp.update_feed({"provider": "someone else"}, feed.id, pythonify=True)
    assert (changed.provider, changed.name) == ("someone else", "Sample")
    other = subscribe(misp, "https://feeds.example/none", name="Short-lived", enabled=False)
    assert misp.delete_feed(other)["message"] == "Feed deleted."
    assert misp.get_feed(other.id)["errors"][0] == 404


def test_a_feed_without_a_name_or_url_is_refused(misp: PyMISP) -> None:
    for wrong in ({"name": "", "provider": "p", "url": "https://feeds.example"},
                  {"name": "n", "provider": "p", "url": "not a url"}):
        status, body = misp.add_feed(wrong)["errors"]
        assert status == 403 and isinstance(body["errors"], dict), body


def test_a_preview_shows_the_feed_and_stores_nothing(new_server) -> None:
    server = new_server()
    misp = PyMISP(server.url, server.key, ssl=False)
    with launch.serve_directory(SAMPLE_FEED) as web:
        feed = subscribe(misp, web.url, enabled=False)
        shown = misp._prepare_request("GET", f"feeds/previewIndex/{feed.id}").json()
        uuids = manifest(SAMPLE_FEED)
        assert 0 < len(shown) <= len(uuids) and shown.keys() <= uuids.keys()
        uuid = sorted(uuids)[0]
        event = misp._prepare_request("GET", f"feeds/previewEvent/{feed.id}/{uuid}").json()
        assert event["Event"]["uuid"] == uuid
        assert misp.search_index() == []


def test_rules_tags_and_distribution_are_applied(new_server) -> None:
    server = new_server()
    misp = PyMISP(server.url, server.key, ssl=False)
    uuids = manifest(SAMPLE_FEED)
    tag = accepted(misp.add_tag({"name": "from:sample", "colour": "#112233"}, pythonify=True))
    chosen = {u for u, e in uuids.items() if any(t["name"] == "tlp:green" for t in e.get("Tag", []))}
    assert 0 < len(chosen) < len(uuids)
    with launch.serve_directory(SAMPLE_FEED) as web:
        feed = subscribe(misp, web.url, distribution=0, tag_id=tag.id,
                         rules=json.dumps({"tags": {"OR": ["tlp:green"], "NOT": []}, "orgs": {"OR": [], "NOT": []}}))
        fetch(misp, feed)
    events = misp.search(pythonify=True)
    assert {event.uuid for event in events} == chosen
    for event in events:
        assert int(event.distribution) == 0
        assert "from:sample" in {t.name for t in event.tags}
        assert {int(a.distribution) for a in event.attributes} <= {5}


def test_a_broken_event_is_named_and_the_rest_goes_in(new_server, tmp_path: Path) -> None:
    folder = tmp_path / "feed"
    shutil.copytree(SAMPLE_FEED, folder)
    uuids = sorted(manifest(folder))
    (folder / f"{uuids[0]}.json").write_text('{"Event": {"uuid": ')
    (folder / f"{uuids[1]}.json").unlink()
    server = new_server()
    misp = PyMISP(server.url, server.key, ssl=False)
    with launch.serve_directory(folder) as web:
        message = fetch(misp, subscribe(misp, web.url))
    assert f"Downloaded {len(uuids) - 2} new event(s)." in message
    assert "2 event(s) could not be taken" in message
    assert {e["uuid"] for e in misp.search_index()} == set(uuids[2:])


def test_a_feed_from_a_local_directory_only_where_allowed(new_server, tmp_path: Path) -> None:
    allowed, forbidden = tmp_path / "allowed", tmp_path / "forbidden"
    shutil.copytree(SAMPLE_FEED, allowed)
    shutil.copytree(SAMPLE_FEED, forbidden)
    server = new_server(local_roots=[allowed])
    misp = PyMISP(server.url, server.key, ssl=False)
    fetch(misp, subscribe(misp, str(allowed), input_source="local"))
    assert len(misp.search_index()) == len(manifest(allowed))
    for place in (forbidden, allowed / ".." / "forbidden"):
        answer = misp.add_feed({"name": "n", "provider": "p", "url": str(place), "source_format": "misp",
                                "input_source": "local", "enabled": True})
        if "errors" not in answer:
            misp.fetch_feed(answer["Feed"]["id"])
            assert wait_for_jobs(misp)["status"] == "3"


def test_private_addresses_are_refused_unless_allowed(new_server) -> None:
    server = new_server(allow_private=False)
    misp = PyMISP(server.url, server.key, ssl=False)
    with launch.serve_directory(SAMPLE_FEED) as web:
        answer = misp.add_feed({"name": "n", "provider": "p", "url": web.url, "source_format": "misp", "enabled": True})
        if "errors" not in answer:
            misp.fetch_feed(answer["Feed"]["id"])
            assert wait_for_jobs(misp)["status"] == "3"
        assert web.requests == []
    assert misp.search_index() == []


def test_default_feeds_are_loaded_disabled(new_server) -> None:
    server = new_server()
    misp = PyMISP(server.url, server.key, ssl=False)
    assert misp.load_default_feeds()["message"] == "Default feed metadata loaded."
    feeds = {f.name: f for f in misp.feeds(pythonify=True)}
    assert feeds["The Botvrij.eu Data"].url == "https://www.botvrij.eu/data/feed-osint"
    assert "blockrules of rules.emergingthreats.net" in feeds
    assert [f.name for f in feeds.values() if f.enabled and f.get("default")] == []
    number = len(feeds)
    misp.load_default_feeds()
    assert len(misp.feeds()) == number


def test_an_own_feed_is_consumed_by_a_second_instance(sampled, new_server) -> None:
    first, misp, _, _ = sampled
    second = new_server()
    other = PyMISP(second.url, second.key, ssl=False)
    feed = subscribe(other, f"{first.url}/feeds/export", headers=f"Authorization: {first.key}", distribution=5)
    fetch(other, feed)
    published = {e["uuid"] for e in misp.search_index() if e["published"]}
    assert {e["uuid"] for e in other.search_index()} == published
    for uuid in published:
        theirs, ours = read_server(other, uuid), read_server(misp, uuid)
        assert differences(ours, theirs) == [], uuid


def test_the_job_tells_what_it_does(sampled) -> None:
    _, misp, _, _ = sampled
    job = jobs(misp)[-1]
    assert (job["status"], job["progress"], job["failed"]) == ("4", "100", False)
    assert datetime.datetime.fromisoformat(job["date_created"])
    answer = misp._prepare_request("GET", f"jobs/getProgress/{job['id']}").json()
    assert answer == {"progress": "100%"}


def test_all_feeds_are_fetched(sampled) -> None:
    _, misp, _, web = sampled
    asked = len(web.requests)
    assert "result" in accepted(misp.fetch_all_feeds())
    assert wait_for_jobs(misp)["status"] == "4"
    assert len(web.requests) > asked
