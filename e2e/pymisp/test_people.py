"""Organisations, users, roles, keys and settings, and who may do what with them."""

from __future__ import annotations

import uuid

import pytest
from conftest import accepted
from pymisp import MISPOrganisation, MISPRole, MISPUser, PyMISP, PyMISPError, register_user

REFUSED = "You do not have permission to use this functionality."


def test_an_organisation_is_managed(misp: PyMISP) -> None:
    new = MISPOrganisation()
    new.name = f"Org {uuid.uuid4()}"
    new.nationality = "Luxembourg"
    new.local = True
    added = accepted(misp.add_organisation(new, pythonify=True))
    assert (added.name, added.nationality, added.local) == (new.name, "Luxembourg", True)
    for wanted in (added.id, added.uuid):
        assert misp.get_organisation(wanted, pythonify=True).name == new.name
        assert misp.organisation_exists(wanted) is True
    added.name = f"Renamed {uuid.uuid4()}"
    assert misp.update_organisation(added, pythonify=True).name == added.name
    assert added.name in {o.name for o in misp.organisations(pythonify=True)}
    assert [o["Organisation"]["id"] for o in misp.organisations(search=added.name)] == [str(added.id)]
    status, body = misp.add_organisation({"name": added.name})["errors"]
    assert (status, body["errors"]["name"]) == (403, ["An organisation with this name already exists."])
    assert "eleted" in misp.delete_organisation(added)["message"]
    assert misp.organisation_exists(added.uuid) is False
    assert misp.get_organisation(added.id)["errors"][0] == 404


def test_external_organisations_are_listed_apart(misp: PyMISP, new_org) -> None:
    local = new_org()
    external = accepted(misp.add_organisation({"name": f"Ext {uuid.uuid4()}", "local": False}, pythonify=True))
    names = {scope: {o.name for o in misp.organisations(scope=scope, pythonify=True)}
             for scope in ("local", "external", "all")}
    assert local.name in names["local"] and external.name not in names["local"]
    assert external.name in names["external"] and local.name not in names["external"]
    assert {local.name, external.name} <= names["all"]
    misp.delete_organisation(external)


def test_a_user_is_managed(misp: PyMISP, new_org) -> None:
    org = new_org()
    new = MISPUser()
    new.email = f"{uuid.uuid4()}@users.example"
    new.org_id = org.id
    new.role_id = 3
    added = accepted(misp.add_user(new, pythonify=True))
    assert (added.email, int(added.org_id), int(added.role_id), added.change_pw) == (new.email, int(org.id), 3, True)
    assert misp.get_user(added.id, pythonify=True).email == new.email
    user, role, settings = misp.get_user(added, pythonify=True, expanded=True)
    assert (user.email, int(role.id), settings) == (new.email, 3, [])
    assert new.email in {u.email for u in misp.users(pythonify=True)}
    assert [u.email for u in misp.users(organisation=org.id, pythonify=True)] == [new.email]
    assert [u["User"]["email"] for u in misp.users(search=new.email)] == [new.email]
    added.email = f"{uuid.uuid4()}@users.example"
    assert misp.update_user(added, pythonify=True).email == added.email
    assert misp.update_user({"disabled": True}, added.id, pythonify=True).disabled is True
    status, body = misp.add_user({"email": added.email, "org_id": org.id, "role_id": 3})["errors"]
    assert (status, body["errors"]["email"]) == (403, ["An account with this email address already exists."])
    assert misp.delete_user(added)["message"] == "User deleted."
    assert misp.get_user(added.id)["errors"][0] == 404


def test_me(misp: PyMISP, server) -> None:
    me = misp.get_user(pythonify=True)
    assert me.email == server.email
    plain = misp.get_user()
    assert plain["User"]["password"] == "*****"
    assert plain["Role"]["perm_site_admin"] is True
    assert plain["Organisation"]["name"] == server.organisation


def test_the_six_roles_and_one_more(misp: PyMISP) -> None:
    roles = {role.name: role for role in misp.roles(pythonify=True)}
    assert {"admin", "Org Admin", "User", "Publisher", "Sync user", "Read Only"} <= roles.keys()
    assert (roles["Read Only"].perm_add, roles["Publisher"].perm_publish, roles["User"].perm_publish) == (False, True, False)
    new = MISPRole()
    new.name = f"Role {uuid.uuid4()}"
    new.permission = 1
    new.perm_add = True
    new.perm_auth = True
    added = accepted(misp.add_role(new, pythonify=True))
    assert (added.name, added.perm_add, added.perm_publish) == (new.name, True, False)
    added.permission = 3
    assert misp.update_role(added, pythonify=True).perm_publish is True
    before = next(role for role in misp.roles(pythonify=True) if role.default)
    assert misp.set_default_role(added)["message"] == "Default role set."
    assert [role.name for role in misp.roles(pythonify=True) if role.default] == [new.name]
    misp.set_default_role(before)
    assert "eleted" in misp.delete_role(added)["message"]
    assert new.name not in {role.name for role in misp.roles(pythonify=True)}


def test_a_role_in_use_stays(misp: PyMISP, new_user) -> None:
    user = new_user("Publisher")
    status, _ = misp.delete_role(user.role_id)["errors"]
    assert status == 403
    assert "Publisher" in {role.name for role in misp.roles(pythonify=True)}


def key_calls(client: PyMISP, action: str, **body):
    return client._check_json_response(client._prepare_request("POST", f"auth_keys/{action}", data=body))


def test_a_key_is_made_used_changed_and_deleted(misp: PyMISP, server, new_user, client_for) -> None:
    user = new_user("User")
    client = client_for(user)
    made = key_calls(client, "add", comment="second")["AuthKey"]
    raw = made["authkey_raw"]
    assert len(raw) == 40 and raw.startswith(made["authkey_start"]) and raw.endswith(made["authkey_end"])
    assert PyMISP(server.url, raw, ssl=False).get_user(pythonify=True).email == user.email
    listed = client._prepare_request("GET", "auth_keys/index").json()
    assert {k["User"]["email"] for k in listed} == {user.email}
    assert raw not in str(listed)
    shown = client._prepare_request("GET", f"auth_keys/view/{made['id']}").json()
    assert shown["AuthKey"]["comment"] == "second" and "authkey_raw" not in shown["AuthKey"]
    assert key_calls(client, f"edit/{made['id']}", comment="renamed")["AuthKey"]["comment"] == "renamed"
    assert "eleted" in key_calls(client, f"delete/{made['id']}")["message"]
    with pytest.raises(PyMISPError):
        PyMISP(server.url, raw, ssl=False)


def test_a_read_only_key_reads(misp: PyMISP, server, new_user, client_for, event) -> None:
    client = client_for(new_user("Publisher"))
    raw = key_calls(client, "add", read_only=True)["AuthKey"]["authkey_raw"]
    reader = PyMISP(server.url, raw, ssl=False)
    one = event(distribution=3, attributes=[("domain", "ro.example")])
    misp.publish(one)
    assert reader.get_event(one.uuid, pythonify=True).uuid == one.uuid
    refused = reader.add_event({"info": "no", "distribution": 0})
    assert (refused["errors"][0], refused["errors"][1]["message"]) == (403, REFUSED)


def test_a_key_for_other_addresses_and_an_expired_one_are_refused(server, new_user, client_for) -> None:
    client = client_for(new_user("User"))
    elsewhere = key_calls(client, "add", allowed_ips="198.51.100.0/24")["AuthKey"]["authkey_raw"]
    here = key_calls(client, "add", allowed_ips=["127.0.0.1"])["AuthKey"]["authkey_raw"]
    expired = key_calls(client, "add", expiration="2020-01-01")["AuthKey"]["authkey_raw"]
    assert PyMISP(server.url, here, ssl=False).get_user(pythonify=True).email
    for raw in (elsewhere, expired):
        with pytest.raises(PyMISPError):
            PyMISP(server.url, raw, ssl=False)


def test_a_new_key_replaces_nothing_by_surprise(misp: PyMISP, server, new_user) -> None:
    user = new_user("User")
    raw = misp.get_new_authkey(user)
    assert len(raw) == 40 and raw != user.authkey
    assert PyMISP(server.url, raw, ssl=False).get_user(pythonify=True).email == user.email


def test_the_password_is_changed(new_user, client_for) -> None:
    client = client_for(new_user("User"))
    assert client.change_user_password(f"Another-Horse-{uuid.uuid4()}")["message"] == "Password Changed."
    status, _ = client.change_user_password("short")["errors"]
    assert status == 403


def test_an_org_admin_rules_the_own_organisation_only(misp: PyMISP, new_org, new_user, client_for) -> None:
    ours, theirs = new_org(), new_org()
    admin, stranger = client_for(new_user("Org Admin", ours)), new_user("User", theirs)
    new = {"email": f"{uuid.uuid4()}@users.example", "org_id": ours.id, "role_id": 3}
    added = accepted(admin.add_user(new, pythonify=True))
    assert int(added.org_id) == int(ours.id)
    seen = {u.email for u in admin.users(pythonify=True)}
    assert added.email in seen and stranger.email not in seen
    assert admin.get_user(stranger.id)["errors"][0] == 404
    assert "errors" in admin.update_user({"email": f"{uuid.uuid4()}@users.example"}, stranger.id)
    assert "errors" in admin.delete_user(stranger)
    foreign = admin.add_user({"email": f"{uuid.uuid4()}@users.example", "org_id": theirs.id, "role_id": 3}, pythonify=True)
    assert isinstance(foreign, dict) or int(foreign.org_id) == int(ours.id)
    assert "errors" in admin.add_user({"email": f"{uuid.uuid4()}@users.example", "org_id": ours.id, "role_id": 1})
    assert "errors" in admin.add_organisation({"name": "mine"})
    for made in (added, foreign):
        if not isinstance(made, dict):
            admin.delete_user(made)


@pytest.mark.parametrize("role", ["User", "Read Only", "Publisher"])
def test_ordinary_users_administer_nothing(misp: PyMISP, new_user, client_for, role: str) -> None:
    user = new_user(role)
    client = client_for(user)
    for answer in (
        client.users(), client.add_user({"email": "x@users.example", "org_id": user.org_id, "role_id": 1}),
        client.add_organisation({"name": "x"}), client.delete_organisation(user.org_id), client.delete_user(user),
        client.add_role({"name": "x"}), client.add_feed({"name": "x", "provider": "y", "url": "https://feeds.example"}),
        client.fetch_all_feeds(), client.load_default_feeds(),
    ):
        status, body = answer["errors"]
        assert (status, body["message"]) == (403, REFUSED), answer
    client.update_user({"role_id": 1, "org_id": 1}, user.id)
    me = client.get_user(pythonify=True)
    assert (me.email, int(me.role_id), int(me.org_id)) == (user.email, int(user.role_id), int(user.org_id))


def test_a_reader_reads_and_writes_nothing(misp: PyMISP, event, new_user, client_for) -> None:
    one = event(distribution=3, attributes=[("domain", "reader.example")])
    misp.publish(one)
    reader = client_for(new_user("Read Only"))
    assert reader.get_event(one.id, pythonify=True).info == one.info
    assert [e.uuid for e in reader.search(uuid=one.uuid, pythonify=True)] == [one.uuid]
    for answer in (
        reader.add_event({"info": "x"}), reader.update_event({"info": "x"}, one.id), reader.delete_event(one.id),
        reader.publish(one), reader.add_attribute(one.id, {"type": "domain", "value": "x.example"}),
        reader.delete_attribute(one.attributes[0].id),
    ):
        assert answer["errors"][0] == 403, answer
    assert misp.get_event(one.id, pythonify=True).info == one.info


def test_a_user_without_the_right_publishes_nothing(misp: PyMISP, new_user, client_for, event) -> None:
    client = client_for(new_user("User"))
    one = event(client=client, attributes=[("domain", "own.example")], published=True)
    assert one.published is False
    status, body = client.publish(one)["errors"]
    assert (status, body["message"]) == (403, REFUSED)


def test_settings(misp: PyMISP, new_user, client_for) -> None:
    user = new_user("User")
    client = client_for(user)
    assert client.user_settings() == []
    path = {"path": "/events/index"}
    assert client.set_user_setting("homepage", path, pythonify=True).value == path
    assert client.get_user_setting("homepage", pythonify=True).value == path
    assert client.get_user_setting("homepage")["value"] == path
    assert [s.setting for s in client.user_settings(pythonify=True)] == ["homepage"]
    _, _, settings = client.get_user(pythonify=True, expanded=True)
    assert [(s.name, s.value) for s in settings] == [("homepage", path)]
    assert misp.get_user_setting("homepage", user, pythonify=True).value == path
    assert client.delete_user_setting("homepage")["message"] == "Setting deleted."
    assert client.get_user_setting("homepage")["errors"][0] == 404
    assert client.set_user_setting("no_such_setting", "x")["errors"][0] == 405
    assert "errors" in client.set_user_setting("homepage", path, user=misp.get_user(pythonify=True))


def test_a_default_search_applies(misp: PyMISP, new_user, client_for, event) -> None:
    user = new_user("Publisher")
    client = client_for(user)
    one = event(client=client, attributes=[("domain", "d.example")])
    two = event(client=client, attributes=[("domain", "d.example")], published=True)
    assert {e.uuid for e in client.search(value="d.example", org=user.org_id, pythonify=True)} == {one.uuid, two.uuid}
    accepted(client.set_user_setting("default_restsearch_parameters", {"published": 1}))
    assert [e.uuid for e in client.search(value="d.example", org=user.org_id, pythonify=True)] == [two.uuid]


def test_global_pythonify(server) -> None:
    client = PyMISP(server.url, server.key, ssl=False)
    client.toggle_global_pythonify()
    assert isinstance(client.get_user(), MISPUser)
    assert isinstance(client.roles()[0], MISPRole)
    assert isinstance(client.organisations()[0], MISPOrganisation)


def test_strangers_ask_for_accounts(misp: PyMISP, server, new_org) -> None:
    assert "Self registration is not enabled" in str(register_user(server.url, "early@example.org"))
    accepted(misp.set_server_setting("Security.allow_self_registration", True, force=True))
    org = new_org()
    for email in ("ask@example.org", "drop@example.org"):
        answer = register_user(server.url, email, organisation=org, verify=False)
        assert answer["message"].startswith("Request sent."), answer
    wanted, dropped = misp.user_registrations(pythonify=True)
    assert wanted.data["org_uuid"] == org.uuid
    assert "errors" in misp.accept_user_registration(wanted)
    assert accepted(misp.accept_user_registration(wanted, organisation=org))["message"] == "Added 1 user(s)."
    assert accepted(misp.discard_user_registration(dropped.id))["message"] == "1 registration(s) discarded."
    assert misp.user_registrations() == []
    user = next(user for user in misp.users(pythonify=True) if user.email == "ask@example.org")
    assert user.org_id == org.id
    accepted(misp.delete_user(user))
    accepted(misp.set_server_setting("Security.allow_self_registration", False, force=True))
