"""Discussions of events: who reads, who writes, and the switch."""

from __future__ import annotations

import pytest
from pymisp import PyMISP


def ask(client: PyMISP, method: str, path: str, body: dict | None = None):
    """A request that PyMISP has no method for."""
    return client._check_json_response(client._prepare_request(method, path, data=body or {}))


@pytest.fixture
def people(new_user, client_for):
    """Users of two organisations."""
    return client_for(new_user("Publisher")), client_for(new_user("Publisher"))


def test_people_talk_about_an_event(misp, people, event) -> None:
    one, other = people
    open_event = event(client=one, distribution=1)
    first = ask(one, "POST", f"posts/add/event/{open_event.id}", {"Post": {"message": "Seen <b>here</b>"}})["Post"]
    assert first["contents"] == "Seen <b>here</b>"
    answer = ask(other, "POST", f"posts/add/post/{first['id']}", {"Post": {"message": "Where?"}})["Post"]
    assert (answer["post_id"], answer["thread_id"]) == (first["id"], first["thread_id"])
    ask(one, "POST", f"posts/add/thread/{first['thread_id']}", {"message": "There."})
    for path in (f"threads/viewEvent/{open_event.id}", f"threads/view/{first['thread_id']}"):
        read = ask(other, "GET", path)
        assert [p["contents"] for p in read["Post"]] == ["Seen <b>here</b>", "Where?", "There."]
        assert read["Thread"]["event_id"] == str(open_event.id)
    assert any(t["Thread"]["id"] == first["thread_id"] for t in ask(other, "GET", "threads/index"))
    assert ask(one, "POST", f"posts/edit/{answer['id']}", {"message": "Mine"})["errors"][0] == 403
    assert ask(other, "POST", f"posts/edit/{answer['id']}", {"message": "When?"})["Post"]["contents"] == "When?"
    assert ask(one, "POST", f"posts/delete/{answer['id']}")["errors"][0] == 403
    assert ask(other, "POST", f"posts/delete/{answer['id']}")["message"] == "Post deleted."


def test_a_hidden_event_has_a_hidden_discussion(people, event) -> None:
    one, other = people
    secret = event(client=one, distribution=0)
    post = ask(one, "POST", f"posts/add/event/{secret.id}", {"message": "For us"})["Post"]
    for method, path in (
        ("GET", f"threads/viewEvent/{secret.id}"),
        ("GET", f"threads/view/{post['thread_id']}"),
        ("POST", f"posts/add/event/{secret.id}"),
        ("POST", f"posts/add/thread/{post['thread_id']}"),
        ("POST", f"posts/add/post/{post['id']}"),
        ("POST", f"posts/edit/{post['id']}"),
        ("POST", f"posts/delete/{post['id']}"),
    ):
        assert ask(other, method, path, {"message": "?"})["errors"][0] == 404, path
    assert all(t["Thread"]["id"] != post["thread_id"] for t in ask(other, "GET", "threads/index"))
    assert ask(one, "POST", f"posts/add/event/{secret.id}", {"message": " "})["errors"][0] == 403


def test_discussions_can_be_switched_off(misp, new_user, client_for) -> None:
    user = client_for(new_user("User"))
    try:
        misp.set_server_setting("MISP.discussion_disable", True)
        assert ask(user, "GET", "threads/index")["errors"][0] == 403
    finally:
        misp.set_server_setting("MISP.discussion_disable", False)
    assert isinstance(ask(user, "GET", "threads/index"), list)
