"""The recorded answers of the reference server, asked again."""

from __future__ import annotations

import os
from collections.abc import Iterator

import launch
import pytest
import smtp
import transcripts
from replay_world import Scene, World

SCOPE = [one for one in transcripts.recordings() if transcripts.in_scope(one)]
# Who may have asked: the recordings do not say. The first whose answer is the recorded one is taken.
CALLERS = {
    200: ["site admin", "publisher", "user", "their publisher", "their org admin"],
    302: ["site admin", "nobody"],
    403: ["site admin", "publisher", "their publisher", "user", "read only", "org admin", "read only key", "disabled", "nobody"],
    404: ["site admin", "their publisher", "user", "their org admin"],
    405: ["site admin", "their publisher", "their org admin", "publisher", "user"],
}


@pytest.fixture(scope="module")
def world(engine: str) -> Iterator[World]:
    """A server of its own: what is recorded depends on what else there is."""
    with smtp.Catcher() as catcher, launch.Server(engine, env=catcher.environment()) as server:
        yield World(server.url, server.key)


def test_the_recordings_are_there() -> None:
    if not SCOPE:
        launch.log_skipped(os.environ["PYTEST_CURRENT_TEST"].split(" ")[0])
        pytest.skip(f"no recorded answers in {transcripts.folder()}")
    assert len(SCOPE) > 300


@pytest.mark.parametrize("one", SCOPE, ids=lambda one: one.name)
def test_a_recorded_answer(world: World, one: transcripts.Recording) -> None:
    closest: list[str] | None = None
    for caller, exists in attempts(one):
        if "users/" in one.path:
            # What this does to its caller must not reach the others.
            world.renew(caller)
        scene = Scene(world, one, exists)
        path, body = scene.prepare(caller)
        answer = world.send(one.method, path, body, one.headers, caller)
        if one.status == 304:
            known = {"If-None-Match": answer.headers.get("ETag", "")}
            answer = world.send(one.method, path, body, one.headers | known, caller)
        world.reset()
        found = transcripts.compare(one, answer.status_code, answer.headers, answer.text)
        found = [difference for difference in found if transcripts.explained(one, difference) is None]
        if not found:
            return
        if closest is None or rank(found) < rank(closest):
            closest = found
    pytest.fail(f"{one.method} {one.path} {(one.body or '')[:150]}\n  " + "\n  ".join(closest or ["nobody asked"]), pytrace=False)


def rank(found: list[str]) -> tuple[bool, bool, int]:
    """How far an answer is from the recorded one: a wrong status is worse than anything, then a wrong message."""
    return any(line.startswith("status") for line in found), any(line.startswith(".message") for line in found), len(found)


def attempts(one: transcripts.Recording) -> Iterator[tuple[str, bool]]:
    """Who asks, and whether what the path names is there."""
    callers = CALLERS.get(one.status, ["site admin"])
    if "Authorization" not in one.headers:
        callers = ["nobody"]
    for caller in callers:
        yield caller, True
        if one.status != 200:
            yield caller, False
