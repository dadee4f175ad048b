"""A fetch that is killed at any moment ends, after a restart, as if nothing had happened."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import time
from pathlib import Path

import launch
import pytest
from conftest import accepted
from feeds import jobs, subscribe, wait_for_jobs
from pymisp import PyMISP

SAMPLE_FEED = launch.REPOSITORY / "packaging" / "sample-feed"
MOMENTS = 10
DELAY = 0.03
"""Seconds that the web server takes for each file, so that the fetch is long enough to be hit."""
RESUME_SECONDS = 20
"""A server that is alone with its database knows at its start that the job's worker is dead: it waits for no lease."""
SEED = int(os.environ.get("SIGHTLINE_SEED", "20240229"))

ASSIGNED = {"id", "event_id", "attribute_id", "object_id", "tag_id", "org_id", "orgc_id", "referenced_id",
            "source_id", "publish_timestamp", "Org"}
"""What depends on the server, and on the order and the time of writing."""


def content(value):
    """An answer without what depends on the run; lists in an order of their own."""
    if isinstance(value, dict):
        return {k: content(v) for k, v in value.items() if k not in ASSIGNED}
    if isinstance(value, list):
        return sorted(map(content, value), key=repr)
    return value


def everything(misp: PyMISP) -> list:
    """All that is stored, deleted parts too."""
    return content(accepted(misp.search(deleted=[0, 1], with_attachments=True)) + accepted(misp.search(metadata=True)))


def fetched(server: launch.Server, url: str, moments: list[float]) -> list:
    """What is stored after a fetch that is killed at these moments, each so many seconds after it began or went on."""
    misp = PyMISP(server.url, server.key, ssl=False)
    feed = subscribe(misp, url)
    accepted(misp.fetch_feed(feed))
    for moment in moments:
        time.sleep(moment)
        server.kill9()
        server.restart()
    resumed = time.monotonic()
    job = wait_for_jobs(misp)
    assert job["status"] == "4", job
    assert time.monotonic() - resumed < RESUME_SECONDS
    assert len([one for one in jobs(misp) if one["job_input"] == job["job_input"]]) == 1
    return everything(misp)


@pytest.fixture(scope="module")
def undisturbed(engine: str) -> tuple[list, float]:
    """What a fetch without a kill stores, and how long it takes."""
    with launch.Server(engine) as server, launch.serve_directory(SAMPLE_FEED, delay=DELAY) as web:
        started = time.monotonic()
        stored = fetched(server, web.url, [])
        return stored, time.monotonic() - started


@pytest.mark.parametrize("run", range(MOMENTS))
def test_killed_once(undisturbed, new_server, run: int) -> None:
    expected, duration = undisturbed
    # One moment in each tenth of the run, so that all of it is covered.
    moment = (run + random.Random(SEED + run).random()) / MOMENTS * duration * 0.8
    with launch.serve_directory(SAMPLE_FEED, delay=DELAY) as web:
        found = fetched(new_server(), web.url, [moment])
    assert found == expected, f"killed after {moment:.3f} s (seed {SEED})"


def test_killed_again_and_again(undisturbed, new_server) -> None:
    expected, duration = undisturbed
    chance = random.Random(SEED)
    with launch.serve_directory(SAMPLE_FEED, delay=DELAY) as web:
        found = fetched(new_server(), web.url, [chance.uniform(0.02, duration / 3) for _ in range(4)])
    assert found == expected


def test_killed_during_a_text_feed(new_server, tmp_path: Path) -> None:
    lines = [f"198.18.{n // 250}.{n % 250 + 1}" for n in range(6_000)]
    (tmp_path / "list.txt").write_text("\n".join(lines))
    server = new_server()
    misp = PyMISP(server.url, server.key, ssl=False)
    with launch.serve_directory(tmp_path) as web:
        feed = subscribe(misp, f"{web.url}/list.txt", source_format="freetext", fixed_event=True)
        for moment in (0.0, 0.05, 0.15, 0.3):
            misp.fetch_feed(feed)
            time.sleep(moment)
            server.kill9()
            server.restart()
        assert wait_for_jobs(misp)["status"] == "4"
        misp.fetch_feed(feed)
        assert wait_for_jobs(misp)["status"] == "4"
    events = misp.search(pythonify=True)
    assert len(events) == 1
    assert sorted(a.value for a in events[0].attributes) == sorted(lines)
    assert int(events[0].attribute_count) == len(lines)


def test_a_graceful_stop_hands_the_fetch_back(undisturbed, new_server) -> None:
    expected, duration = undisturbed
    server = new_server()
    misp = PyMISP(server.url, server.key, ssl=False)
    with launch.serve_directory(SAMPLE_FEED, delay=DELAY) as web:
        accepted(misp.fetch_feed(subscribe(misp, web.url)))
        time.sleep(duration / 3)
        server.restart()
        assert wait_for_jobs(misp)["status"] == "4"
    assert everything(misp) == expected


def test_killed_while_an_event_is_written(new_server, tmp_path: Path) -> None:
    """An event is there whole or not at all, and an attachment's file is there when its attribute is."""
    folder = tmp_path / "feed"
    shutil.copytree(SAMPLE_FEED, folder)
    server = new_server()
    misp = PyMISP(server.url, server.key, ssl=False)
    with launch.serve_directory(folder) as web:
        accepted(misp.fetch_feed(subscribe(misp, web.url)))
        for _ in range(6):
            time.sleep(0.03)
            server.kill9()
            server.start()
            for event in misp.search(pythonify=True):
                inside = sum(len(o.attributes) for o in event.objects)
                assert int(event.attribute_count) == len(event.attributes) + inside
        assert wait_for_jobs(misp)["status"] == "4"
    assert len(misp.search_index()) == len(list(folder.glob("????????-*.json")))


@pytest.mark.parametrize("listed", [True, False], ids=["checksums", "text"])
def test_killed_while_a_feed_is_cached(new_server, tmp_path: Path, listed: bool) -> None:
    """Every value of the feed is found all the time, and in the end none that it does not have any more."""
    values = [f"198.18.{n // 250}.{n % 250 + 1}" for n in range(20_000)]
    event = "0f8fad5b-d9cb-469f-a165-70867728950e"

    def write(part: list[str]) -> None:
        lines = [f"{hashlib.md5(value.encode()).hexdigest()},{event}" if listed else value for value in part]
        (tmp_path / ("hashes.csv" if listed else "list.txt")).write_text("\n".join(lines) + "\n")

    write(values)
    server = new_server()
    misp = PyMISP(server.url, server.key, ssl=False)
    with launch.serve_directory(tmp_path) as web:
        url, source_format = (web.url, "misp") if listed else (f"{web.url}/list.txt", "freetext")
        feed = subscribe(misp, url, source_format=source_format, enabled=False, caching_enabled=True)
        accepted(misp.cache_feed(feed))
        assert wait_for_jobs(misp)["status"] == "4"
        write(values[1_000:])
        accepted(misp.cache_feed(feed))
        for moment in (0.0, 0.05, 0.1, 0.2):
            time.sleep(moment)
            server.kill9()
            server.restart()
            for value in (values[2_000], values[-1]):
                assert misp.search_feeds(value), "a run that is not over takes nothing away"
        assert wait_for_jobs(misp)["status"] == "4"
    assert misp.get_feed(feed.id)["Feed"]["cached_elements"] == len(values) - 1_000
    assert misp.search_feeds(values[0]) == [] and misp.search_feeds(values[1_000])
