"""CSV and freetext feeds: parsed, kept in a fixed event or in new ones, followed as the feed changes."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import launch
import pytest
from conftest import accepted
from feeds import fetch, subscribe, wait_for_jobs
from pymisp import MISPEvent, PyMISP


@pytest.fixture
def folder(tmp_path: Path):
    with launch.serve_directory(tmp_path) as web:
        yield tmp_path, web


def stored(misp: PyMISP, feed) -> MISPEvent:
    """The event that a feed with a fixed event writes to."""
    return accepted(misp.get_event(int(misp.get_feed(feed.id)["Feed"]["event_id"]), pythonify=True))


def values(event: MISPEvent) -> list[tuple[str, str]]:
    return sorted((a.type, a.value) for a in event.attributes)


def test_a_freetext_feed_fills_a_fixed_event(misp: PyMISP, folder) -> None:
    path, web = folder
    (path / "list.txt").write_text(
        "# a comment\n198.51.100.1\nhxxp://evil.example.com/a[.]php\nmail@bad.example.org\n"
        "d41d8cd98f00b204e9800998ecf8427e\n198.51.100.1\nnothing to see\n2001:db8::7\n")
    feed = subscribe(misp, f"{web.url}/list.txt", name="Free", source_format="freetext", fixed_event=True, publish=True)
    fetch(misp, feed)
    event = stored(misp, feed)
    assert values(event) == [
        ("email-src", "mail@bad.example.org"),
        ("ip-dst", "198.51.100.1"), ("ip-dst", "2001:db8::7"), ("md5", "d41d8cd98f00b204e9800998ecf8427e"),
        ("url", "http://evil.example.com/a.php")]
    assert (event.info, event.published, int(event.distribution)) == ("Free feed", True, 3)
    assert {int(a.distribution) for a in event.attributes} == {5}
    misp.delete_feed(feed)
    misp.delete_event(event)


def test_a_csv_feed_reads_the_chosen_columns(misp: PyMISP, folder) -> None:
    path, web = folder
    (path / "list.csv").write_text(
        '#first,seen,value\n1,2024-01-01,"198.51.100.20"\n2,2024-01-02, c2.example.net \n3,2024-01-03,203.0.113.0/24\n'
        "4,2024-01-04,skip.example.net\n")
    settings = {"csv": {"value": "3", "delimiter": ","}, "common": {"excluderegex": "/^skip/i"}}
    feed = subscribe(misp, f"{web.url}/list.csv", name="Columns", source_format="csv", fixed_event=True,
                     settings=json.dumps(settings), override_ids=True)
    fetch(misp, feed)
    event = stored(misp, feed)
    assert sorted(value for _, value in values(event)) == ["198.51.100.20", "203.0.113.0/24", "c2.example.net"]
    assert {a.to_ids for a in event.attributes} == {False}
    misp.delete_feed(feed)
    misp.delete_event(event)


def test_without_delta_merge_values_accumulate(misp: PyMISP, folder) -> None:
    path, web = folder
    feed = subscribe(misp, f"{web.url}/list.txt", name="Grows", source_format="freetext", fixed_event=True)
    for text, expected in (("198.51.100.1\n198.51.100.2\n", ["198.51.100.1", "198.51.100.2"]),
                           ("198.51.100.3\n", ["198.51.100.1", "198.51.100.2", "198.51.100.3"])):
        (path / "list.txt").write_text(text)
        fetch(misp, feed)
        assert [value for _, value in values(stored(misp, feed))] == expected
    misp.delete_event(stored(misp, feed))
    misp.delete_feed(feed)


def test_with_delta_merge_the_event_follows_the_feed(misp: PyMISP, folder) -> None:
    path, web = folder
    feed = subscribe(misp, f"{web.url}/list.txt", name="Follows", source_format="freetext", fixed_event=True,
                     delta_merge=True)
    (path / "list.txt").write_text("198.51.100.1\n198.51.100.2\n")
    fetch(misp, feed)
    first = stored(misp, feed)
    (path / "list.txt").write_text("198.51.100.2\n198.51.100.3\n")
    fetch(misp, feed)
    second = stored(misp, feed)
    assert second.uuid == first.uuid
    assert [value for _, value in values(second)] == ["198.51.100.2", "198.51.100.3"]
    kept = {a.value: a.uuid for a in first.attributes}
    assert {a.value: a.uuid for a in second.attributes}["198.51.100.2"] == kept["198.51.100.2"]
    both = misp.get_event(first.uuid, deleted=[0, 1], pythonify=True)
    assert [a.value for a in both.attributes if a.deleted] == ["198.51.100.1"]
    fetch(misp, feed)
    assert stored(misp, feed).timestamp == second.timestamp
    # What comes back is restored or added again, but never there twice.
    (path / "list.txt").write_text("198.51.100.1\n198.51.100.2\n198.51.100.3\n")
    fetch(misp, feed)
    assert [value for _, value in values(stored(misp, feed))] == ["198.51.100.1", "198.51.100.2", "198.51.100.3"]
    misp.delete_event(first)
    misp.delete_feed(feed)


def test_without_a_fixed_event_each_fetch_makes_one(misp: PyMISP, folder) -> None:
    path, web = folder
    feed = subscribe(misp, f"{web.url}/list.txt", name="Separate", source_format="freetext", fixed_event=False)
    for text in ("198.51.100.1\n", "198.51.100.2\n"):
        (path / "list.txt").write_text(text)
        fetch(misp, feed)
    events = misp.search(eventinfo="Separate feed", pythonify=True)
    assert sorted(value for event in events for _, value in values(event)) == ["198.51.100.1", "198.51.100.2"]
    assert len(events) == 2
    for event in events:
        misp.delete_event(event)
    misp.delete_feed(feed)


def test_a_target_event_a_tag_and_headers(misp: PyMISP, folder, event) -> None:
    path, web = folder
    (path / "list.txt").write_text("198.51.100.77\n")
    target = event(info="The target")
    tag = accepted(misp.add_tag({"name": "from:text-feed"}, pythonify=True))
    feed = subscribe(misp, f"{web.url}/list.txt", name="Target", source_format="freetext", fixed_event=True,
                     target_event=target.id, tag_id=tag.id, headers="X-Token: one two\nX-Other: 3")
    fetch(misp, feed)
    read = misp.get_event(target.id, pythonify=True)
    assert [value for _, value in values(read)] == ["198.51.100.77"]
    assert [t.name for t in read.tags] == ["from:text-feed"]
    assert (web.headers[-1]["x-token"], web.headers[-1]["x-other"]) == ("one two", "3")
    misp.delete_feed(feed)


def test_packed_feeds(misp: PyMISP, folder) -> None:
    path, web = folder
    (path / "list.txt").write_text("198.51.100.31\n")
    with zipfile.ZipFile(path / "list.zip", "w") as archive:
        archive.writestr("inside.txt", "198.51.100.32\n")
    for name, expected in (("list.txt", "198.51.100.31"), ("list.zip", "198.51.100.32")):
        feed = subscribe(misp, f"{web.url}/{name}", name=name, source_format="freetext", fixed_event=True)
        fetch(misp, feed)
        event = stored(misp, feed)
        assert [value for _, value in values(event)] == [expected]
        assert "gzip" in web.headers[-1]["accept-encoding"]
        misp.delete_event(event)
        misp.delete_feed(feed)


def test_a_preview_lists_values(misp: PyMISP, folder) -> None:
    path, web = folder
    (path / "list.txt").write_text("198.51.100.1\nevil.example.com\n")
    feed = subscribe(misp, f"{web.url}/list.txt", name="Preview", source_format="freetext", enabled=False)
    shown = misp._prepare_request("GET", f"feeds/previewIndex/{feed.id}").json()
    assert sorted((one["default_type"], one["value"]) for one in shown) == [
        ("hostname", "evil.example.com"), ("ip-dst", "198.51.100.1")]
    misp.delete_feed(feed)


def test_a_feed_that_is_not_there_fails_and_says_so(misp: PyMISP, folder) -> None:
    _, web = folder
    feed = subscribe(misp, f"{web.url}/nothing.txt", name="Gone", source_format="freetext")
    misp.fetch_feed(feed)
    job = wait_for_jobs(misp)
    assert job["status"] == "3" and "404" in job["message"], job
    misp.delete_feed(feed)


@pytest.mark.parametrize(("name", "fields", "least"), [
    ("ipv4_14k_ipsum-level3.txt", {"source_format": "freetext"}, 14_000),
    ("hosts_2k_blocklistproject-ransomware.txt", {"source_format": "freetext"}, 1_800),
    ("csv_infoblox-combined.csv", {"source_format": "csv", "settings": json.dumps(
        {"csv": {"value": "2", "delimiter": ","}})}, 20_000),
])
def test_real_lists_are_taken_whole(misp: PyMISP, data_set, name: str, fields: dict, least: int) -> None:
    lists = data_set("text-feeds")
    with launch.serve_directory(lists) as web:
        feed = subscribe(misp, f"{web.url}/{name}", name=name, fixed_event=True, **fields)
        fetch(misp, feed)
        first = stored_count(misp, feed)
        assert first >= least
        fetch(misp, feed)
        assert stored_count(misp, feed) == first
    misp.delete_event(int(misp.get_feed(feed.id)["Feed"]["event_id"]))
    misp.delete_feed(feed)


def stored_count(misp: PyMISP, feed) -> int:
    event_id = misp.get_feed(feed.id)["Feed"]["event_id"]
    return int(misp.search(eventid=event_id, metadata=True)[0]["Event"]["attribute_count"])
