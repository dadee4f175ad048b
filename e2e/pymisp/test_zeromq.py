"""Publishing over ZeroMQ, read with pyzmq: topics and shapes, who gets in, and what is off unless it is switched on."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

import launch
import pytest
import zmq
from conftest import accepted
from pymisp import MISPEvent, PyMISP
from zmq.utils.monitor import recv_monitor_message

LIMIT = 20
"""Seconds until a message that does not come is a failure."""
KINDS = ("EVENTS", "ATTRIBUTES", "OBJECTS", "OBJECT_REFERENCES", "SIGHTINGS", "TAGS", "USERS", "ORGANISATIONS", "AUDIT")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Subscriber:
    """A subscriber that has been told something already: what happens from now on reaches it."""

    def __init__(self, port: int, topic: str = "misp_json", login: tuple[str, str] | None = None):
        self.socket = zmq.Context.instance().socket(zmq.SUB)
        self.socket.linger = 0
        if login:
            self.socket.plain_username, self.socket.plain_password = (part.encode() for part in login)
        self.socket.subscribe(topic)
        self.monitor = self.socket.get_monitor_socket()
        self.socket.connect(f"tcp://127.0.0.1:{port}")

    def next(self, topic: str, wanted=lambda _: True) -> dict:
        """The next message of a topic that is wanted."""
        end = time.monotonic() + LIMIT
        while (left := end - time.monotonic()) > 0:
            if self.socket.poll(int(left * 1000)):
                frames = self.socket.recv_multipart()
                assert len(frames) == 1, "a message is one frame"
                name, _, body = frames[0].partition(b" ")
                if name.decode() == topic and wanted(told := json.loads(body)):
                    return told
        raise AssertionError(f"no {topic}")

    def close(self) -> None:
        """No more."""
        self.socket.disable_monitor()
        self.socket.close()


def settings(port: int, *kinds: str, **more: str) -> dict[str, str]:
    """The environment of a server that publishes these kinds."""
    names = {"ENABLED": "true", "PORT": str(port)} | {kind: "true" for kind in kinds} | more
    return {f"SIGHTLINE__ZEROMQ__{name}": value for name, value in names.items()}


@contextmanager
def listening(port: int, misp: PyMISP, topic: str = "misp_json", login=None) -> Iterator[Subscriber]:
    """A subscriber; it has heard of a tag that was made for it, so that its subscription is known to be there."""
    subscriber = Subscriber(port, topic, login)
    try:
        end = time.monotonic() + LIMIT
        while not subscriber.socket.poll(500):
            assert time.monotonic() < end, "the subscription never arrived"
            accepted(misp.add_tag({"name": f"hello {time.monotonic_ns()}"}))
        yield subscriber
    finally:
        subscriber.close()


def test_topics_and_shapes(new_server) -> None:
    port = free_port()
    server = new_server(env=settings(port, *KINDS))
    misp = PyMISP(server.url, server.key, ssl=False)
    with listening(port, misp) as heard:
        made = MISPEvent()
        made.info, made.distribution = "told", 0
        made = accepted(misp.add_event(made, pythonify=True))
        told = heard.next("misp_json_event")
        assert (told["action"], told["Event"]["id"], told["Event"]["info"]) == ("add", str(made.id), "told")
        added = accepted(misp.add_attribute(made, {"type": "domain", "value": "told.example", "distribution": 0},
                                            pythonify=True))
        told = heard.next("misp_json_attribute")
        assert (told["action"], told["Attribute"]["value"]) == ("add", "told.example")
        assert told["Event"]["id"] == str(made.id)
        accepted(misp.add_sighting({"uuid": added.uuid}))
        told = heard.next("misp_json_sighting")
        assert (told["action"], told["Sighting"]["Attribute"]["value"]) == ("add", "told.example")
        assert told["Sighting"]["Event"]["uuid"] == made.uuid
        accepted(misp.tag(added, "tlp:red"))
        told = heard.next("misp_json_tag", lambda told: "attached" in told["action"])
        assert (told["action"], told["Tag"]["name"]) == ("attached to attribute", "tlp:red")
        assert told["Tag"]["attribute_id"] == str(added.id)
        accepted(misp.untag(added, "tlp:red"))
        assert heard.next("misp_json_tag", lambda told: "Tag" in told)["action"] == "detached from attribute"
        accepted(misp.publish(made))
        told = heard.next("misp_json")
        assert told["Event"]["Attribute"][0]["value"] == "told.example"
        assert told["Event"]["published"] is True
        accepted(misp.delete_attribute(added))
        assert heard.next("misp_json_attribute")["action"] == "soft-delete"
        organisation = accepted(misp.add_organisation({"name": "Told"}, pythonify=True))
        told = heard.next("misp_json_organisation")
        assert (told["action"], told["Organisation"]["name"]) == ("add", "Told")
        accepted(misp.add_user({"email": "told@users.example", "org_id": organisation.id, "role_id": 3,
                                "password": "Correct-Horse-8-Battery"}))
        told = heard.next("misp_json_audit", lambda told: told["AuditLog"]["model"] == "User")
        assert (told["action"], told["AuditLog"]["action"]) == ("log", "add")
        told = heard.next("misp_json_user")
        assert (told["action"], told["User"]["email"]) == ("add", "told@users.example")
        assert not {"password", "authkey", "totp", "sub"} & told["User"].keys()
        accepted(misp.delete_event(made))
        told = heard.next("misp_json_event", lambda told: told["action"] == "delete")
        assert (told["Event"]["id"], told["Event"]["uuid"]) == (str(made.id), made.uuid)
        assert heard.next("misp_json_self")["uptime"] >= 0


def test_a_restarted_server_is_heard_again_by_the_same_subscriber(new_server) -> None:
    port = free_port()
    server = new_server(env=settings(port, "EVENTS", "TAGS"))
    misp = PyMISP(server.url, server.key, ssl=False)
    with listening(port, misp) as heard:
        server.kill9()
        server.restart()
        # libzmq connects again by itself; what happens before that is lost, as with every publisher.
        end = time.monotonic() + LIMIT
        told = False
        while not told:
            assert time.monotonic() < end
            accepted(misp.add_event({"Event": {"info": "again"}}))
            while not told and heard.socket.poll(500):
                told = heard.socket.recv().startswith(b"misp_json_event ")


def test_a_name_and_a_password_are_asked_for(new_server) -> None:
    port = free_port()
    server = new_server(env=settings(port, "TAGS", USERNAME="reader", PASSWORD="long and secret"))
    misp = PyMISP(server.url, server.key, ssl=False)
    with listening(port, misp, login=("reader", "long and secret")) as heard:
        for login in [("reader", "wrong"), ("other", "long and secret"), None]:
            refused = Subscriber(port, login=login)
            end = time.monotonic() + LIMIT
            while True:
                assert time.monotonic() < end and refused.monitor.poll(LIMIT * 1000), f"{login} was not refused"
                event = recv_monitor_message(refused.monitor)["event"]
                assert event != zmq.EVENT_HANDSHAKE_SUCCEEDED, f"{login} got in"
                if event in (zmq.EVENT_HANDSHAKE_FAILED_AUTH, zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL,
                             zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL, zmq.EVENT_DISCONNECTED):
                    break
            refused.close()
        accepted(misp.add_tag({"name": "still told"}))
        assert heard.next("misp_json_tag", lambda told: told["Tag"]["name"] == "still told")["action"] == "add"
        answer = misp.get_server_setting("Plugin.ZeroMQ_password")
        assert "long and secret" not in json.dumps(answer)


def test_bad_bytes_end_their_connection_and_nothing_else(new_server) -> None:
    port = free_port()
    server = new_server(env=settings(port, "TAGS"))
    misp = PyMISP(server.url, server.key, ssl=False)
    with listening(port, misp) as heard:
        greeting = b"\xff" + bytes(8) + b"\x7f\x03\x00" + b"NULL".ljust(20, b"\0") + bytes(32)
        for sent in [b"GET / HTTP/1.1\r\n\r\n" + bytes(64), greeting + b"\x02" + b"\xff" * 8,
                     greeting + b"\x04\x02\x09x", greeting + b"\x00\x01\x01"]:
            with socket.create_connection(("127.0.0.1", port), timeout=LIMIT) as one:
                one.sendall(sent)
                while one.recv(4096):
                    pass
        accepted(misp.add_tag({"name": "still told"}))
        assert heard.next("misp_json_tag", lambda told: told["Tag"]["name"] == "still told")


@pytest.mark.parametrize("name, value", [("Plugin.ZeroMQ_host", "localhost"), ("Plugin.ZeroMQ_port", 0),
                                         ("Plugin.ZeroMQ_port", "x")])
def test_settings_that_cannot_be_are_refused(misp: PyMISP, name: str, value) -> None:
    assert "errors" in misp.set_server_setting(name, value)


def test_it_is_off_on_loopback_and_switched_on_while_the_server_runs(new_server) -> None:
    server: launch.Server = new_server()
    misp = PyMISP(server.url, server.key, ssl=False)
    assert accepted(misp.get_server_setting("Plugin.ZeroMQ_enable"))["value"] is False
    assert accepted(misp.get_server_setting("Plugin.ZeroMQ_host"))["value"] == "127.0.0.1"
    port = free_port()
    for name, value in [("port", port), ("tag_notifications_enable", True), ("enable", True)]:
        accepted(misp.set_server_setting(f"Plugin.ZeroMQ_{name}", value))
    with listening(port, misp, "misp_json_tag") as heard:
        accepted(misp.add_event({"Event": {"info": "not told"}}))
        accepted(misp.add_tag({"name": "told"}))
        assert heard.next("misp_json_tag", lambda told: told["Tag"]["name"] == "told")["action"] == "add"
