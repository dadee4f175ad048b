"""What the feed tests share: subscribing, waiting for the job, and reading an event for comparison."""

from __future__ import annotations

import json
import time
from pathlib import Path

from conftest import accepted
from pymisp import MISPEvent, MISPFeed, PyMISP

JOB_SECONDS = 300


def subscribe(misp: PyMISP, url: str, **fields) -> MISPFeed:
    """An enabled feed; of MISP's format unless told otherwise."""
    feed = MISPFeed()
    feed.from_dict(**{"name": "A feed", "provider": "provider.example", "url": url, "source_format": "misp",
                      "input_source": "network", "enabled": True, "distribution": 3, **fields})
    return accepted(misp.add_feed(feed, pythonify=True))


def jobs(misp: PyMISP) -> list[dict]:
    """The newest jobs, newest first."""
    answer = misp._prepare_request("GET", "jobs/index")
    assert answer.status_code == 200, answer.text
    return [one["Job"] for one in answer.json()]


def wait_for_jobs(misp: PyMISP) -> dict:
    """Wait until nothing waits or runs; the newest job."""
    deadline = time.monotonic() + JOB_SECONDS
    while time.monotonic() < deadline:
        all_jobs = jobs(misp)
        if all_jobs and all(job["status"] in ("3", "4") for job in all_jobs):
            return all_jobs[0]
        time.sleep(0.05)
    raise AssertionError(f"the jobs did not end: {jobs(misp)}")


def fetch(misp: PyMISP, feed: MISPFeed) -> str:
    """Fetch a feed and wait; the message of its job, which must have succeeded."""
    answer = accepted(misp.fetch_feed(feed))
    assert "result" in answer, answer
    job = wait_for_jobs(misp)
    assert job["status"] == "4", job
    return job["message"]


def moment(value) -> str | None:
    """A first or last sighting, to the microsecond."""
    return value.isoformat() if value else None


def seconds(value) -> int:
    return int(value.timestamp()) if hasattr(value, "timestamp") else int(value or 0)


def reading(event: MISPEvent) -> dict:
    """Everything that PyMISP reads of an event and that a feed carries, keyed so that two readings compare."""
    return {
        "event": {
            "info": event.info, "date": event.date.isoformat(), "analysis": int(event.analysis),
            "threat_level_id": int(event.threat_level_id), "timestamp": seconds(event.timestamp),
            "extends_uuid": event.get("extends_uuid") or "", "orgc": (event.orgc.uuid, event.orgc.name),
            "tags": tags(event),
        },
        "attributes": {a.uuid: attribute(a) for a in event.attributes},
        "objects": {o.uuid: {
            "name": o.name, "meta-category": o.get("meta-category"), "description": o.get("description") or "",
            "template_uuid": o.get("template_uuid"), "template_version": str(o.get("template_version")),
            "timestamp": seconds(o.get("timestamp")), "comment": o.get("comment") or "",
            "first_seen": moment(o.get("first_seen")), "last_seen": moment(o.get("last_seen")),
            "deleted": bool(o.get("deleted")),
            "attributes": {a.uuid: attribute(a) for a in o.attributes},
            "references": {r.uuid: (r.relationship_type, r.referenced_uuid, r.get("comment") or "")
                           for r in o.references if not r.get("deleted")},
        } for o in event.objects},
        "reports": {r.uuid: (r.name, r.content, bool(r.get("deleted"))) for r in event.event_reports},
    }


def tags(one) -> set:
    return {tag.name for tag in one.tags}


def attribute(one) -> dict:
    data = one.get("data")
    return {
        "type": one.type, "category": one.category, "value": str(one.value), "comment": one.get("comment") or "",
        "to_ids": bool(one.to_ids), "timestamp": seconds(one.get("timestamp")),
        "disable_correlation": bool(one.get("disable_correlation")), "deleted": bool(one.get("deleted")),
        "relation": one.get("object_relation"), "first_seen": moment(one.get("first_seen")),
        "last_seen": moment(one.get("last_seen")), "tags": tags(one),
        "data": data.getvalue() if data else None,
    }


def read_file(path: Path) -> dict:
    event = MISPEvent()
    event.load_file(str(path))
    return reading(event)


def read_server(misp: PyMISP, uuid: str) -> dict:
    return reading(accepted(misp.get_event(uuid, deleted=True, pythonify=True)))


def manifest(folder: Path) -> dict:
    return json.loads((folder / "manifest.json").read_text())


def differences(expected, found, path: tuple = ()) -> list[tuple]:
    """Where two readings differ: (path, in the file, on the server)."""
    if isinstance(expected, dict) and isinstance(found, dict):
        return [difference for key in sorted(expected.keys() | found.keys(), key=str)
                for difference in differences(expected.get(key), found.get(key), (*path, key))]
    return [] if expected == found else [(path, expected, found)]
