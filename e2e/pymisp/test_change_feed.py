"""Following changes while the server is killed: nothing is missed, nothing comes twice."""

from __future__ import annotations

import json
import os
import random
import threading
import time
from collections.abc import Iterator

import launch
import pytest
import requests

SEED = int(os.environ.get("SIGHTLINE_SEED", "20240229"))
KILLS = 4
AFTER = 15
"""Changes that the writer makes after the last kill."""
LIMIT = 120
"""Seconds until a run that does not end is a failure."""


class Writer(threading.Thread):
    """Adds attributes to an event, one after the other, and remembers which ones the server has acknowledged."""

    def __init__(self, server: launch.Server, event: str, name: str):
        super().__init__(daemon=True)
        self.server, self.event, self.named = server, event, name
        self.acknowledged: list[str] = []
        self.stop = threading.Event()

    def run(self) -> None:
        """Until told to stop. What was sent while the server died may be there or not: it is not sent again."""
        number = 0
        while not self.stop.is_set():
            number += 1
            body = {"type": "text", "value": f"{self.named} {number}"}
            try:
                answer = requests.post(f"{self.server.url}/attributes/add/{self.event}", json=body,
                                       headers=headers(self.server), timeout=10)
            except requests.ConnectionError:
                # The moment between a kill and the restart: the next one shows whether it is over.
                self.stop.wait(0.02)
                continue
            if answer.ok:
                self.acknowledged.append(answer.json()["Attribute"]["id"])


def headers(server: launch.Server) -> dict[str, str]:
    """Those of a client with the administrator's key."""
    return {"Authorization": server.key, "Accept": "application/json"}


def entries(answer: requests.Response) -> Iterator[tuple[str, dict | None]]:
    """Position and entry of each message of a stream; positions come alone, too."""
    position, data = "", None
    for line in answer.iter_lines(chunk_size=1, decode_unicode=True):
        name, _, value = line.partition(": ")
        if name == "id":
            position = value
        elif name == "data":
            data = json.loads(value)
        elif not line and position:
            yield position, data
            data = None


class Follower(threading.Thread):
    """Follows one event as a browser's EventSource would: after each break it goes on from the last position."""

    def __init__(self, server: launch.Server, event: str):
        super().__init__(daemon=True)
        self.server, self.event = server, event
        self.position = ""
        self.told: list[str] = []
        self.breaks = 0
        self.ready, self.stop = threading.Event(), threading.Event()

    def run(self) -> None:
        """Until told to stop."""
        while not self.stop.is_set():
            named = headers(self.server)
            if self.position:
                named["Last-Event-ID"] = self.position
            try:
                with requests.get(f"{self.server.url}/changes/stream", headers=named, stream=True, timeout=30,
                                  params={"kind": "attribute", "action": "create", "event": self.event}) as answer:
                    answer.raise_for_status()
                    for self.position, entry in entries(answer):
                        self.ready.set()
                        if entry:
                            self.told.append(entry["record_id"])
                        if self.stop.is_set():
                            return
            except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError):
                self.stop.wait(0.02)
            self.breaks += 1


def wait_until(true, what: str) -> None:
    """Until it is so."""
    end = time.monotonic() + LIMIT
    while not true():
        assert time.monotonic() < end, what
        time.sleep(0.02)


@pytest.mark.parametrize("writers", [1, 4])
def test_a_follower_misses_nothing_and_reads_nothing_twice_when_the_server_is_killed(new_server, writers: int) -> None:
    server = new_server()
    event = requests.post(f"{server.url}/events/add", json={"info": "followed"}, headers=headers(server),
                          timeout=30).json()["Event"]["id"]
    follower = Follower(server, event)
    follower.start()
    assert follower.ready.wait(LIMIT)
    running = [Writer(server, event, f"writer {number}") for number in range(writers)]
    for writer in running:
        writer.start()
    moments = random.Random(SEED + writers)
    for _ in range(KILLS):
        made = [len(writer.acknowledged) for writer in running]
        wait_until(lambda: all(len(w.acknowledged) > m for w, m in zip(running, made)), "the writers got nowhere")
        # Anywhere in the course of a request.
        time.sleep(moments.random() * 0.3)
        server.kill9()
        server.restart()
    for writer in running:
        enough = len(writer.acknowledged) + AFTER
        wait_until(lambda writer=writer, enough=enough: len(writer.acknowledged) >= enough, "the writers got nowhere")
        writer.stop.set()
    for writer in running:
        writer.join(LIMIT)
    stored = [one["id"] for one in requests.post(
        f"{server.url}/attributes/restSearch", json={"eventid": event}, headers=headers(server),
        timeout=30).json()["response"]["Attribute"]]
    acknowledged = {identity for writer in running for identity in writer.acknowledged}
    assert acknowledged <= set(stored)
    wait_until(lambda: len(follower.told) >= len(stored), f"told {len(follower.told)} of {len(stored)} (seed {SEED})")
    follower.stop.set()
    assert sorted(follower.told, key=int) == sorted(stored, key=int), f"seed {SEED}"
    assert follower.breaks >= KILLS
    # Whoever asks afterwards, page by page, is told the same in the same order.
    position, again = "oldest", []
    while True:
        answer = requests.get(f"{server.url}/changes/index", headers=headers(server), timeout=30, params={
            "after": position, "kind": "attribute", "action": "create", "event": event, "limit": 7}).json()
        again += [change["record_id"] for change in answer["changes"]]
        position = answer["next"]
        if not answer["changes"]:
            break
    assert again == follower.told
