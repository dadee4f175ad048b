"""The recorded answers of the reference server: where they are, which are in scope, and how answers are compared.

They stand beside the test data (`SIGHTLINE_TEST_DATA`/../transcripts), one JSON document a line in `catalogue.ndjson`, and are
not part of this repository. What lies out of scope and which differences are deliberate is in docs/recorded-answers.md, which
is read from here, so that it cannot fall behind.
"""

from __future__ import annotations

import fnmatch
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parent.parent.parent
DOCUMENT = REPOSITORY / "docs" / "recorded-answers.md"
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True)
class Recording:
    """One request and its answer."""

    name: str
    """Method, route, status and number: `GET /events/view/{id} 200 #0`."""
    method: str
    route: str
    path: str
    headers: dict[str, str]
    body: str | None
    status: int
    answer_headers: dict[str, str]
    answer: str
    truncated: bool
    cut: bool
    """Whether the request's own body is not whole."""

    def __hash__(self) -> int:
        return hash(self.name)


def folder() -> Path:
    """Where the recordings are, if they are there."""
    data = Path(os.environ.get("SIGHTLINE_TEST_DATA", REPOSITORY.parent / "shared" / "data"))
    return data.parent / "transcripts"


@cache
def recordings() -> list[Recording]:
    """Every recorded pair."""
    file = folder() / "catalogue.ndjson"
    if not file.is_file():
        return []
    found = []
    for line in file.read_text().splitlines():
        entry = json.loads(line)
        for number, pair in enumerate(entry["examples"]):
            request, answer = pair["request"] or {}, pair["response"]
            found.append(Recording(
                name=f"{entry['method']} {entry['route']} {pair['status']} #{number}", method=entry["method"],
                route=entry["route"], path=pair["path"], headers=pair["request_headers"], body=request.get("text"),
                status=pair["status"], answer_headers=pair["response_headers"], answer=answer["text"],
                truncated=bool(answer.get("truncated")),
                cut=bool(request.get("truncated"))))
    return found


def rows(heading: str) -> list[list[str]]:
    """The rows of the table below a heading of the document, their code spans without the marks."""
    _, _, below = DOCUMENT.read_text().partition(f"\n## {heading}\n")
    section = below.partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")][2:]
    return [[cell.strip().strip("`").replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


@cache
def out_of_scope() -> list[tuple[str, str]]:
    """Patterns of routes that are not replayed, with the reason."""
    return [(pattern, why) for pattern, why in rows("Not replayed")]


def in_scope(one: Recording) -> bool:
    """Whether a recording has to be answered alike."""
    spelled = f"{one.method} {one.route} {one.status}"
    return not one.cut and not any(fnmatch.fnmatchcase(text, pattern) for pattern, _ in out_of_scope() for text in (one.route, spelled, one.name))


def explained(one: Recording, difference: str) -> str | None:
    """Why a difference is deliberate; None when it is not."""
    for name, what, why in rows("Deliberate differences"):
        if fnmatch.fnmatchcase(one.name, name.replace("[", "[[]")) and fnmatch.fnmatchcase(difference, what.replace("[", "[[]")):
            return why
    return None


# Comparing: the recorded values depend on data that is not here, so their shape is compared, and messages word for word.

# Where keys are data, by route: organisations, types, tags.
DATA_KEYED = {
    "/attributes/attributeStatistics*": [""],
    "/users/statistics/orgs": [""],
    "/users/statistics/tags": [".flatData.custom"],
    "/users/statistics/attributehistogram": ["[].data"],
    "/tags/tagStatistics*": [".tags"],
    "/analyst_data/indexMinimal": [""],
    "/logs/returnDates": [""],
}
MESSAGES = {"name", "message", "errors", "success", "saved", "url", "check_publish"}
# What a debugging server adds.
NOISE = {"error", "trace", "queryLog"}


def words(value: Any) -> Any:
    """A message without what varies from run to run."""
    if isinstance(value, dict):
        return {key: words(inner) for key, inner in value.items() if key not in NOISE}
    if isinstance(value, list):
        return [words(inner) for inner in value]
    if not isinstance(value, str):
        return value
    text = re.sub(r"https?://127\.0\.0\.1:\d+", "", value.replace("\\/", "/"))
    text = re.sub(r"\b[A-Za-z0-9]{40}\b", "<key>", UUID.sub("<uuid>", text))
    text = re.sub(r"[\w.+-]+@[\w.-]+", "<mail>", text)
    return re.sub(r"\d+", "<n>", text.removesuffix(".json"))


class Shape:
    """What values at one place look like: their types, and those of what they hold."""

    def __init__(self, path: str = "", data_keyed: frozenset[str] = frozenset()) -> None:
        self.path, self.data_keyed = path, data_keyed
        self.types: set[str] = set()
        self.keys: dict[str, Shape] = {}
        self.seen: dict[str, int] = {}
        self.objects = 0
        self.items: Shape | None = None

    def add(self, value: Any) -> Shape:
        """Take in one more value."""
        if isinstance(value, dict):
            self.types.add("object" if value else "empty object")
            self.objects += bool(value)
            for key, inner in value.items():
                # A key that is an id, a uuid or a date names data.
                data = self.path in self.data_keyed or UUID.fullmatch(key) or re.fullmatch(r"[\d-]+", key)
                key = "<key>" if data else key
                self.seen[key] = self.seen.get(key, 0) + 1
                self.keys.setdefault(key, Shape(f"{self.path}.{key}", self.data_keyed)).add(inner)
        elif isinstance(value, list):
            self.types.add("list" if value else "empty list")
            for inner in value:
                self.items = self.items or Shape(f"{self.path}[]", self.data_keyed)
                self.items.add(inner)
        elif value is not None:
            self.types.add({bool: "boolean", int: "number", float: "number", str: "text"}[type(value)])
        else:
            self.types.add("null")
        return self


def differences(recorded: Shape, live: Shape, path: str = "") -> list[str]:
    """Where the shapes differ."""
    found = []
    unknown = {"null", "empty list", "empty object"}
    before, now = recorded.types - unknown, live.types - unknown
    if before and now and not now <= before:
        found.append(f"{path}: {'/'.join(sorted(before))} -> {'/'.join(sorted(now - before))}")
    elif recorded.types == {"empty list"} and live.types == {"empty object"} or recorded.types == {"empty object"} and live.types == {"empty list"}:
        found.append(f"{path}: {min(recorded.types)} -> {min(live.types)}")
    if recorded.objects and live.objects:
        for key in sorted(recorded.keys.keys() - live.keys.keys() - NOISE):
            if recorded.seen[key] == recorded.objects:
                found.append(f"{path}.{key}: missing")
        found += [f"{path}.{key}: additional" for key in sorted(live.keys.keys() - recorded.keys.keys())]
        for key in sorted(recorded.keys.keys() & live.keys.keys()):
            found += differences(recorded.keys[key], live.keys[key], f"{path}.{key}")
    if recorded.items and live.items:
        found += differences(recorded.items, live.items, f"{path}[]")
    return found


def compare(one: Recording, status: int, headers: Mapping[str, str], text: str) -> list[str]:
    """Where a live answer differs from the recorded one."""
    if status != one.status:
        return [f"status: {one.status} -> {status} {words(text[:200])}"]
    found = []
    kinds = [(h.get("Content-Type") or "").partition(";")[0] for h in (one.answer_headers, headers)]
    if kinds[0] != kinds[1] and (one.answer or text):
        found.append(f"content type: {kinds[0]} -> {kinds[1]}")
    for name in ("X-Result-Count", "X-Export-Module-Used", "X-Response-Format", "X-Skipped-Elements-Count", "Content-Disposition", "Location"):
        if (name in one.answer_headers) != (name in headers):
            found.append(f"header {name}: {'missing' if name in one.answer_headers else 'additional'}")
    try:
        before, now = json.loads(one.answer), json.loads(text)
    except ValueError:
        return found
    if isinstance(before, dict) and isinstance(now, dict) and MESSAGES & before.keys() and ("message" in before or "errors" in before or "success" in before):
        for key in sorted(MESSAGES & (before.keys() | now.keys())):
            if words(before.get(key)) != words(now.get(key)):
                found.append(f".{key}: {words(before.get(key))!r} -> {words(now.get(key))!r}")
        before = {key: value for key, value in before.items() if key not in MESSAGES}
        now = {key: value for key, value in now.items() if key not in MESSAGES}
        if before == now == {}:
            return found
    data_keyed = frozenset(
        path for pattern, paths in DATA_KEYED.items() if fnmatch.fnmatchcase(one.path, pattern) for path in paths)
    return found + differences(Shape("", data_keyed).add(before), Shape("", data_keyed).add(now))
