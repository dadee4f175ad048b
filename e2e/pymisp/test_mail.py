"""Mail as it arrives: who gets it and who does not, what it says, and that GnuPG reads what was encrypted for it."""

from __future__ import annotations

import email
import email.policy
import os
import re
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path

import launch
import pytest
import requests
import smtp
from pymisp import MISPEvent, MISPOrganisation, MISPUser, PyMISP

PASSWORD = "Correct-Horse-7-Battery"


class Post:
    """A server with a mail server, and people."""

    def __init__(self, engine: str):
        self.catcher = smtp.Catcher().__enter__()
        self.server = launch.Server(
            engine,
            env=self.catcher.environment() | {"SIGHTLINE__SECURITY__ALLOW_PASSWORD_FORGOTTEN": "true"},
        ).start()
        self.misp = PyMISP(self.server.url, self.server.key, ssl=False)
        self.roles = {role.name: role.id for role in self.misp.roles(pythonify=True)}

    def stop(self) -> None:
        self.server.stop()
        self.catcher.__exit__()

    def org(self, name: str | None = None) -> MISPOrganisation:
        organisation = MISPOrganisation()
        organisation.name = name or f"Org {uuid.uuid4()}"
        return self.misp.add_organisation(organisation, pythonify=True)

    def user(self, org: MISPOrganisation, role: str = "Publisher", **fields) -> MISPUser:
        user = MISPUser()
        user.email = f"{uuid.uuid4()}@users.example"
        user.org_id = org.id
        user.role_id = self.roles[role]
        user.password = PASSWORD
        user.change_pw = False
        for name, value in fields.items():
            setattr(user, name, value)
        added = self.misp.add_user(user, pythonify=True)
        assert isinstance(added, MISPUser), added
        added.authkey = self.misp.get_new_authkey(added)
        return added

    def event(self, **fields) -> MISPEvent:
        event = MISPEvent()
        event.info = f"Event {uuid.uuid4()}"
        event.distribution = 1
        for name, value in fields.items():
            setattr(event, name, value)
        event.add_attribute("url", "http://evil.example/x")
        event.add_attribute("domain", "hidden.example", distribution=0)
        return self.misp.add_event(event, pythonify=True)

    def call(self, path: str, body: dict | None = None, key: str | None = None) -> requests.Response:
        headers = {"Accept": "application/json", "Content-Type": "application/json", "Authorization": key or self.server.key}
        return requests.post(self.server.url + path, json=body or {}, headers=headers, timeout=60)

    def setting(self, name: str, value: object) -> None:
        answer = self.call(f"/servers/serverSettingsEdit/{name}", {"value": value})
        assert answer.status_code == 200, answer.text

    def settled(self) -> None:
        """Every job of mail has ended."""
        witness = f"witness-{uuid.uuid4()}@users.example"
        org = self.org()
        user = MISPUser()
        user.email, user.org_id, user.role_id, user.password = witness, org.id, self.roles["User"], PASSWORD
        added = self.misp.add_user(user, pythonify=True)
        body = {"recipient": "user", "user_id": added.id, "subject": "Witness", "body": "Witness"}
        assert self.call("/admin/users/email", body).status_code == 200
        # Jobs run in the order of their numbers, two at a time: a second witness is behind the last one before.
        self.catcher.wait(witness)
        assert self.call("/admin/users/email", body).status_code == 200
        self.catcher.wait(witness, 2)


@pytest.fixture(scope="module")
def post(engine: str) -> Iterator[Post]:
    """One server for the tests of this file."""
    one = Post(engine)
    yield one
    one.stop()


class Keyring:
    """GnuPG with a key of its own."""

    def __init__(self, home: Path, address: str):
        home.mkdir(mode=0o700)
        self.environment = os.environ | {"GNUPGHOME": str(home)}
        self("--quick-generate-key", address, "future-default", "default", "never")
        self.public = self("--armor", "--export", address)

    def __call__(self, *arguments: str, data: bytes = b"") -> str:
        command = ["gpg", "--batch", "--quiet", "--passphrase", "", "--pinentry-mode", "loopback", *arguments]
        done = subprocess.run(command, env=self.environment, input=data, capture_output=True, check=False, timeout=60)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode() + ("" if "--status-fd" not in arguments else done.stderr.decode())


def test_an_alert_goes_to_those_who_see_the_event_and_says_what_they_see(post: Post) -> None:
    other = post.org()
    reader = post.user(other, autoalert=True)
    quiet = post.user(other, autoalert=False)
    event = post.event(info="A campaign\r\nBcc: eve@example.org\r\n\r\nétrange 事件")
    post.misp.tag(event, "tlp:green")
    answer = post.misp.publish(event, alert=True)
    assert answer["message"] == "Job queued."
    mail = post.catcher.wait(reader.email)
    assert mail["Subject"] == f"[SIGHTLINE TEST MISP] Event {event.id} - Undefined - TLP:GREEN"
    assert mail["To"] == reader.email and mail["Bcc"] is None
    assert mail["Auto-Submitted"] == "auto-generated"
    text = mail.get_content()
    assert f"/events/view/{event.id}" in text and "étrange 事件" in text
    assert "hxxp://evil[.]example/x" in text
    assert "hidden" not in text, "an attribute of the own organisation only"
    post.settled()
    assert post.catcher.to(quiet.email) == []
    assert len(post.catcher.to(reader.email)) == 1


def test_who_may_not_see_an_event_hears_nothing_of_it(post: Post) -> None:
    reader = post.user(post.org(), autoalert=True)
    event = post.event(distribution=0)
    post.misp.publish(event, alert=True)
    post.settled()
    assert post.catcher.to(reader.email) == []


def test_publishing_without_alert_sends_nothing_and_a_filter_is_heeded(post: Post) -> None:
    reader = post.user(post.org(), autoalert=True)
    client = PyMISP(post.server.url, reader.authkey, ssl=False)
    post.misp.publish(post.event())
    client.set_user_setting("publish_alert_filter", {"Tag.name": "wanted:%"})
    assert "errors" in client.set_user_setting("publish_alert_filter", {"XOR": 1})
    post.misp.publish(post.event(), alert=True)
    wanted = post.event()
    post.misp.tag(wanted, "wanted:yes")
    post.misp.publish(wanted, alert=True)
    assert f"Event {wanted.id} " in post.catcher.wait(reader.email)["Subject"]
    post.settled()
    assert len(post.catcher.to(reader.email)) == 1


def test_a_ban_keeps_an_event_from_being_announced_twice(post: Post) -> None:
    reader = post.user(post.org(), autoalert=True)
    event = post.event()
    post.setting("MISP.event_alert_republish_ban", True)
    try:
        assert post.misp.publish(event, alert=True)["message"] == "Job queued."
        assert post.misp.publish(event, alert=True)["message"] == "Event published without alerts"
    finally:
        post.setting("MISP.event_alert_republish_ban", False)
    post.settled()
    assert len(post.catcher.to(reader.email)) == 1


def test_gnupg_reads_what_is_encrypted_for_its_user_and_knows_who_signed(post: Post, tmp_path: Path) -> None:
    address = f"{uuid.uuid4()}@users.example"
    keyring = Keyring(tmp_path / "reader", address)
    reader = post.user(post.org(), email=address, autoalert=True, gpgkey=keyring.public)
    plain = post.user(post.org(), autoalert=True)
    keyring("--import", data=requests.get(post.server.url + "/gpg.asc", timeout=30).content)
    for name in ("GnuPG.sign", "GnuPG.obscure_subject"):
        post.setting(name, True)
    try:
        event = post.event(info="Top secret")
        post.misp.publish(event, alert=True)
        raw = post.catcher.wait_raw(reader.email)
        open_raw = post.catcher.wait_raw(plain.email)
    finally:
        for name in ("GnuPG.sign", "GnuPG.obscure_subject"):
            post.setting(name, False)
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    assert mail["Subject"] == "..." and b"secret" not in raw
    assert mail.get_content_type() == "multipart/encrypted"
    message = mail.get_payload()[1].get_content()
    message = message if isinstance(message, bytes) else message.encode()
    inside = keyring("--status-fd", "2", "--decrypt", data=message)
    assert "[GNUPG:] GOODSIG" in inside
    text = email.message_from_string(inside.split("[GNUPG:]")[0], policy=email.policy.default)
    assert f"Event {event.id}" in text["Subject"] and "Top secret" in text.get_content()
    # The other one has no key: signed in the open, with exactly the bytes that were signed.
    opened = email.message_from_bytes(open_raw, policy=email.policy.default)
    boundary = opened.get_boundary().encode()
    part = open_raw.split(b"--" + boundary + b"\r\n")[1].removesuffix(b"\r\n")
    (tmp_path / "part").write_bytes(part)
    (tmp_path / "part.asc").write_text(opened.get_payload()[1].get_payload())
    verified = keyring("--status-fd", "2", "--verify", str(tmp_path / "part.asc"), str(tmp_path / "part"))
    assert "[GNUPG:] GOODSIG" in verified


def test_without_a_key_nothing_is_sent_where_only_encrypted_mail_may_leave(post: Post) -> None:
    reader = post.user(post.org())
    post.setting("GnuPG.onlyencrypted", True)
    try:
        body = {"recipient": "user", "user_id": reader.id, "subject": "x", "body": "y"}
        assert post.call("/admin/users/email", body).status_code == 200
        jobs = post.server.url + "/jobs/index"
        headers = {"Authorization": post.server.key, "Accept": "application/json"}
        for _ in range(300):
            rows = requests.get(jobs, headers=headers, timeout=30).json()
            if any("only encrypted mail" in row["Job"]["message"] for row in rows):
                break
        else:
            raise AssertionError("no job says that its mail was withheld")
    finally:
        post.setting("GnuPG.onlyencrypted", False)
    post.settled()
    assert post.catcher.to(reader.email) == []


def test_keys_that_do_not_protect_are_refused_when_they_are_saved(post: Post) -> None:
    data = launch.REPOSITORY / "crates/sightline-formats/src/openpgp/testdata"
    reader = post.user(post.org())
    for name, words in [("expired", "expired on 2021-01-01"), ("short", "too weak"), ("sha1", "SHA-1"), ("revoked", "revoked"), ("signing", "encrypt"), ("private", "private key")]:
        answer = post.call("/users/edit", {"gpgkey": (data / f"{name}.asc").read_text()}, reader.authkey)
        assert answer.status_code == 403 and words in answer.json()["errors"]["gpgkey"][0], answer.text
    assert post.call("/users/edit", {"gpgkey": (data / "modern.asc").read_text()}, reader.authkey).status_code == 200
    rows = requests.get(post.server.url + "/users/verifyGPG", headers={"Authorization": post.server.key, "Accept": "application/json"}, timeout=30).json()
    mine = next(row for row in rows if row["User"]["email"] == reader.email)
    assert mine["valid"] and len(mine["fingerprint"]) == 40


def test_a_question_reaches_the_reporter_and_answers_go_back(post: Post) -> None:
    org = post.org()
    reporter = post.user(org)
    asker = post.user(post.org())
    event = MISPEvent()
    event.info, event.distribution = "Asked about", 1
    event = PyMISP(post.server.url, reporter.authkey, ssl=False).add_event(event, pythonify=True)
    assert post.call(f"/events/contact/{event.id}", {"message": " "}, asker.authkey).status_code == 405
    client = PyMISP(post.server.url, asker.authkey, ssl=False)
    answer = client.contact_event_reporter(event, "Is this\r\nBcc: x@y.example real?")
    assert answer["message"] == "Email sent to the reporter."
    post.settled()
    assert post.catcher.to(reporter.email) == [], "a question goes to those who take questions"
    reporter.contactalert = True
    post.misp.update_user(reporter)
    client.contact_event_reporter(event, "Is this\r\nBcc: x@y.example real?")
    mail = post.catcher.wait(reporter.email)
    assert mail["Reply-To"] == asker.email and mail["Bcc"] is None
    assert "Need info about event" in mail["Subject"] and "real?" in mail.get_content()
    hidden = post.event(distribution=0)
    assert post.call(f"/events/contact/{hidden.id}", {"message": "?"}, asker.authkey).status_code == 404


def test_an_administrator_writes_to_an_organisation_and_only_to_it(post: Post) -> None:
    org = post.org()
    boss, one, two = post.user(org, "Org Admin"), post.user(org), post.user(org)
    stranger = post.user(post.org())
    body = {"recipient": "all", "subject": "Maintenance", "body": "Tonight."}
    assert post.call("/admin/users/email", body, one.authkey).status_code == 403
    assert post.call("/admin/users/email", body, boss.authkey).status_code == 200
    for user in (boss, one, two):
        assert "Maintenance" in post.catcher.wait(user.email)["Subject"]
    post.settled()
    assert post.catcher.to(stranger.email) == []
    assert post.call("/admin/users/email", {"recipient": "user", "user_id": stranger.id, "subject": "x", "body": "y"}, boss.authkey).status_code == 404


def test_new_credentials_come_by_mail_and_hold(post: Post) -> None:
    user = post.user(post.org())
    assert post.call(f"/users/initiatePasswordReset/{user.id}").json() == {"saved": True, "success": "New credentials sent."}
    text = post.catcher.wait(user.email).get_content()
    password = re.search(r"Password  : (\S+)", text).group(1)
    post.settled()
    assert logs_in(post, user.email, password) and not logs_in(post, user.email, PASSWORD)


def test_a_forgotten_password_is_chosen_anew_once_and_nobody_learns_who_exists(post: Post) -> None:
    user = post.user(post.org())
    ask = {"email": user.email.upper()}
    url = post.server.url
    headers = {"Accept": "application/json", "Content-Type": "application/json"}
    known = requests.post(url + "/users/forgot", json=ask, headers=headers, timeout=30)
    unknown = requests.post(url + "/users/forgot", json={"email": "nobody@users.example"}, headers=headers, timeout=30)
    assert (known.status_code, known.text) == (unknown.status_code, unknown.text) == (200, known.text)
    link = re.search(r"/users/password_reset/\w{43}", post.catcher.wait(user.email).get_content()).group(0)
    weak = requests.post(url + link, json={"password": "short"}, headers=headers, timeout=30)
    assert weak.status_code == 403
    new = "Another-Horse-8-Battery"
    assert requests.post(url + link, json={"password": new}, headers=headers, timeout=30).status_code == 200
    assert requests.post(url + link, json={"password": new}, headers=headers, timeout=30).status_code == 404
    assert logs_in(post, user.email, new)
    for _ in range(5):
        requests.post(url + "/users/forgot", json=ask, headers=headers, timeout=30)
    post.settled()
    assert len(post.catcher.to(user.email)) == 3, "a few links an hour, not a flood"
    post.setting("MISP.disable_user_password_change", True)
    try:
        refused = requests.get(url + "/users/password_reset/abcd", headers=headers, timeout=30)
    finally:
        post.setting("MISP.disable_user_password_change", False)
    assert (refused.status_code, refused.json()["message"]) == (403, "Password reset has been disabled on this instance.")


def test_one_request_ends_a_subscription(post: Post) -> None:
    reader = post.user(post.org(), autoalert=True)
    post.misp.publish(post.event(), alert=True)
    mail = post.catcher.wait(reader.email)
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = mail["List-Unsubscribe"].strip("<>")
    assert re.fullmatch(r".*/users/unsubscribe/\w{43}/autoalert", link)
    assert requests.get(link, timeout=30).status_code == 200
    assert post.misp.get_user(reader, pythonify=True).autoalert, "looking is not clicking"
    assert requests.post(link, data={"List-Unsubscribe": "One-Click"}, timeout=30).status_code == 200
    assert not post.misp.get_user(reader, pythonify=True).autoalert
    assert requests.post(link.replace("/unsubscribe/", "/unsubscribe/x"), timeout=30).status_code == 404


def test_a_huge_event_makes_a_mail_of_bounded_size(post: Post) -> None:
    reader = post.user(post.org(), autoalert=True)
    event = MISPEvent()
    event.info, event.distribution = "Huge " + "x" * 50_000, 1
    for number in range(3000):
        event.add_attribute("text", f"{number} " + "y" * 1000)
    event = post.misp.add_event(event, pythonify=True)
    post.misp.publish(event, alert=True)
    raw = post.catcher.wait_raw(reader.email)
    assert len(raw) < 500_000
    assert "2500 more are in the event." in email.message_from_bytes(raw, policy=email.policy.default).get_content()


def test_a_mail_server_that_refuses_for_now_is_tried_again_and_one_that_refuses_for_good_is_not(post: Post) -> None:
    user = post.user(post.org())
    headers = {"Authorization": post.server.key, "Accept": "application/json"}
    for refusal, status in [("450 later", "1"), ("550 never", "3")]:
        post.catcher.refusal = refusal
        try:
            body = {"recipient": "user", "user_id": user.id, "subject": refusal, "body": "x"}
            assert post.call("/admin/users/email", body).status_code == 200
            for _ in range(300):
                rows = requests.get(post.server.url + "/jobs/index", headers=headers, timeout=30).json()
                tried = [row["Job"] for row in rows if refusal[4:] in row["Job"]["message"]]
                if tried:
                    break
            assert tried and str(tried[0]["status"]) == status, rows[:3]
        finally:
            post.catcher.refusal = None
    assert post.catcher.to(user.email) == []


def logs_in(post: Post, address: str, password: str) -> bool:
    """Whether the log-in page takes it."""
    session = requests.Session()
    token = re.search(r'name="_csrf" value="(\w+)"', session.get(post.server.url + "/users/login", timeout=30).text).group(1)
    form = {"_csrf": token, "email": address, "password": password}
    answer = session.post(post.server.url + "/users/login", data=form, allow_redirects=False, timeout=30)
    return answer.status_code == 303
