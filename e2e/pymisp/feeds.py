"""What the feed tests share: subscribing, waiting for the job, and reading an event for comparison."""

from __future__ import annotations

import json
import re
import time
import unicodedata
from datetime import datetime, timezone
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
    """The newest jobs, newest first, without the housekeeping that starts on the hour."""
    answer = misp._prepare_request("GET", "jobs/index")
    assert answer.status_code == 200, answer.text
    found = [one["Job"] for one in answer.json()]
    return [job for job in found if not job["job_type"].endswith(("_prune", "_purge", "_sweep", "_digests"))]


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


def manifest(folder: Path) -> dict:
    """The manifest of a feed's folder."""
    return json.loads((folder / "manifest.json").read_text())


def read_server(misp: PyMISP, uuid: str) -> dict:
    """The reading of a stored event, deleted parts included."""
    return reading(accepted(misp.get_event(uuid, deleted=True, pythonify=True)))


def read_file(path: Path) -> dict:
    """The reading of a feed's file, as this server stores it: normalised the way spec 02 says.

    Where PyMISP makes up `disable_correlation`, because the file does not say, the reading has `None`."""
    event = MISPEvent()
    event.load_file(str(path))
    read = reading(event)
    raw = json.loads(path.read_text())["Event"]
    silent = {a["uuid"] for holder in (raw, *raw.get("Object", [])) for a in holder.get("Attribute", [])
              if "disable_correlation" not in a}
    for holder in (read, *read["objects"].values()):
        for uuid, one in holder["attributes"].items():
            one["value"] = stored_value(one["type"], one["value"])
            one["comment"] = one["comment"].strip()
            for seen in ("first_seen", "last_seen"):
                one[seen] = one[seen] or holder.get(seen)
            if uuid in silent:
                one["disable_correlation"] = None
    read["attributes"] = without_repetitions(read["attributes"])
    return read


def stored_value(kind: str, value: str) -> str:
    """The value as stored: trimmed, refanged, lower case where the type is."""
    value = value.strip()
    if kind == "AS":
        return re.sub("^AS", "", value, flags=re.I)
    if re.fullmatch("md5|sha1|sha256|email-src|email-dst|mac-address", kind):
        return value.lower()
    if re.fullmatch(r"filename\|(md5|sha1|sha256)", kind):
        name, _, digest = value.rpartition("|")
        return f"{name}|{digest.lower()}"
    if kind in ("url", "link", "uri"):
        return re.sub(r"^hxxp(s?)(\[:\]|:)", r"http\1:", value, flags=re.I)
    if kind in ("domain", "hostname"):
        value = unicodedata.normalize("NFKC", value).lower().rstrip(".")
        return value if value.isascii() else ".".join(
            label if label.isascii() else "xn--" + label.encode("punycode").decode() for label in value.split("."))
    return value


def without_repetitions(attributes: dict) -> dict:
    """An event holds a value of a type and category once (spec 02 section 6); the first one stays."""
    kept, seen = {}, set()
    for uuid, one in attributes.items():
        key = (one["type"], one["category"], one["value"].casefold())
        if one["deleted"] or key not in seen:
            kept[uuid] = one
        if not one["deleted"]:
            seen.add(key)
    return kept


def reading(event: MISPEvent) -> dict:
    """Everything that PyMISP reads of an event and that a feed carries, keyed so that two readings compare."""
    return {
        "event": {
            "info": event.info, "date": event.date.isoformat(), "analysis": int(event.analysis),
            "threat_level_id": int(event.threat_level_id), "timestamp": seconds(event.timestamp),
            "extends_uuid": event.get("extends_uuid") or "", "orgc": event.orgc.uuid, "tags": tags(event),
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
    """Names of tags; the reference compares them without regard to case, so the first spelling stays."""
    return {tag.name.casefold() for tag in one.tags}


def attribute(one) -> dict:
    data = one.get("data")
    return {
        "type": one.type, "category": one.category, "value": written(one.value), "comment": one.get("comment") or "",
        "to_ids": bool(one.to_ids), "timestamp": seconds(one.get("timestamp")),
        "disable_correlation": bool(one.get("disable_correlation")), "deleted": bool(one.get("deleted")),
        "relation": one.get("object_relation"), "first_seen": moment(one.get("first_seen")),
        "last_seen": moment(one.get("last_seen")), "tags": tags(one),
        "data": data.getvalue() if data else None,
    }


def written(value) -> str:
    """A value as text; PyMISP makes dates of those of the type `datetime`, without a zone where none is written."""
    if isinstance(value, datetime) and value.tzinfo is None:
        value = value.replace(tzinfo=timezone.utc)
    return str(value)


def moment(value) -> str | None:
    """A first or last sighting, to the microsecond."""
    return value.isoformat() if value else None


def seconds(value) -> int:
    """A Unix time, of whatever PyMISP made of it."""
    return int(value.timestamp()) if hasattr(value, "timestamp") else int(value or 0)


def differences(expected, found, path: tuple = ()) -> list[tuple]:
    """Where two readings differ: (path, in the file, on the server). What the file does not say is not compared."""
    if isinstance(expected, dict) and isinstance(found, dict):
        return [difference for key in sorted(expected.keys() | found.keys(), key=str)
                for difference in differences(expected.get(key, missing), found.get(key, missing), (*path, key))]
    if path and path[-1] == "disable_correlation" and expected is None:
        return []
    return [] if expected == found else [(path, expected, found)]


missing = "(missing)"


def compare(job: tuple[str, str, str, str]) -> list[tuple]:
    """The differences of one event: (URL of the server, key, folder of the feed, uuid of the event)."""
    url, key, folder, uuid = job
    misp = PyMISP(url, key, ssl=False)
    return [(uuid, *one) for one in differences(read_file(Path(folder) / f"{uuid}.json"), read_server(misp, uuid))]
