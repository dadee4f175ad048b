"""Settings, logs, statistics, workers, limits: what clients ask a whole instance."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import pytest
import requests
from conftest import accepted
from pymisp import PyMISP, PyMISPError

REFUSED = "You do not have permission to use this functionality."


@pytest.fixture
def setting(misp: PyMISP):
    """Change settings for the length of a test."""
    before: dict[str, object] = {}

    def change(name: str, value) -> None:
        before.setdefault(name, accepted(misp.get_server_setting(name))["value"])
        assert accepted(misp.set_server_setting(name, value, force=True))["message"] == "Field updated"

    yield change
    for name, value in before.items():
        accepted(misp.set_server_setting(name, value))


def raw(client: PyMISP, method: str, path: str, body=None) -> requests.Response:
    return requests.request(method, f"{client.root_url}/{path}", json=body, timeout=60,
                            headers={"Authorization": client.key, "Accept": "application/json"})


def test_a_setting_is_read_changed_and_in_force_at_once(misp: PyMISP, setting, new_user, client_for, event) -> None:
    user = client_for(new_user("User"))
    hidden = event(distribution=1, published=False)
    assert user.event_exists(hidden.uuid) is True
    read = accepted(misp.get_server_setting("MISP.unpublishedprivate"))
    assert (read["name"], read["type"], read["value"]) == ("MISP.unpublishedprivate", "boolean", False)
    assert read["description"] and read["level"] in (0, 1, 2)
    setting("MISP.unpublishedprivate", 1)
    assert misp.get_server_setting("MISP.unpublishedprivate")["value"] is True
    assert user.event_exists(hidden.uuid) is False
    log = misp.search_logs(action="serverSettingsEdit", title="%unpublishedprivate%", pythonify=True)[-1]
    assert log.change == "MISP.unpublishedprivate (0) => (1)"


def test_settings_are_validated_and_unknown_ones_do_not_exist(misp: PyMISP) -> None:
    status, body = misp.set_server_setting("SecureAuth.amount", "many")["errors"]
    assert (status, body["errors"]) == (403, "SecureAuth.amount: the value has to be a number from 1 to 1000.")
    status, body = misp.set_server_setting("MISP.default_event_distribution", "4")["errors"]
    assert status == 403 and "one of 0, 1, 2, 3" in body["errors"]
    for answer in (misp.get_server_setting("MISP.nosuch"), misp.set_server_setting("MISP.nosuch", 1)):
        assert answer["errors"][0] == 404
        assert answer["errors"][1]["message"] == "Setting MISP.nosuch is invalid."
    assert misp.set_server_setting("MISP.baseurl", "http://elsewhere.example")["errors"][0] == 405
    assert raw(misp, "POST", "servers/serverSettingsEdit/MISP.live", {}).status_code == 403


def test_settings_survive_a_restart_and_the_environment_wins(new_server) -> None:
    server = new_server(env={"SIGHTLINE__SECURITY__LOGIN_PAUSE": "77"})
    misp = PyMISP(server.url, server.key, ssl=False)
    accepted(misp.set_server_setting("SecureAuth.amount", 7))
    status, body = misp.set_server_setting("SecureAuth.expire", 5)["errors"]
    assert status == 405 and "fixed by the configuration" in body["message"]
    fixed = misp.get_server_setting("SecureAuth.expire")
    assert (fixed["value"], fixed["cli_only"], fixed["fixed_by"]) == (77, True, "security.login_pause")
    server.kill9()
    server.restart()
    assert PyMISP(server.url, server.key, ssl=False).get_server_setting("SecureAuth.amount")["value"] == 7


def test_the_report_holds_every_setting(misp: PyMISP) -> None:
    report = accepted(misp.server_settings())
    values = {row["setting"]: row["value"] for row in report["finalSettings"]}
    assert values["MISP.live"] is True and values["MISP.background_jobs"] is True
    for row in report["finalSettings"]:
        shown = misp.get_server_setting(row["setting"])
        if "errors" in shown:
            assert shown["errors"][1]["message"] == "This setting is redacted." and row["value"] in ("", "*****"), row
        else:
            assert shown["value"] == row["value"], row
    assert report["dbSchemaDiagnostics"]["diagnostic"] == []
    assert report["workers"]["default"]["ok"] is True


def test_settings_are_for_site_administrators(new_user, client_for) -> None:
    for role in ("Org Admin", "User", "Read Only"):
        client = client_for(new_user(role))
        for answer in (client.server_settings(), client.get_server_setting("MISP.live"),
                       client.set_server_setting("MISP.live", False), client.get_workers(),
                       client.db_schema_diagnostic(), client.restart_workers(), client.remote_acl()):
            assert answer["errors"][0] == 403 and answer["errors"][1]["message"] == REFUSED, role


def test_maintenance_keeps_everybody_else_out(misp: PyMISP, setting, new_user, client_for) -> None:
    client = client_for(new_user("User"))
    setting("MISP.maintenance_message", "Back at noon.")
    setting("MISP.live", False)
    answer = raw(client, "GET", "events/index")
    assert (answer.status_code, answer.json()["message"]) == (503, "Back at noon.")
    assert raw(misp, "GET", "events/index").status_code == 200
    assert raw(client, "GET", "users/heartbeat").status_code == 200


def test_users_manage_themselves_unless_switched_off(misp: PyMISP, setting, new_user, client_for) -> None:
    client = client_for(new_user("User"))
    setting("MISP.disableUserSelfManagement", True)
    status, body = client.change_user_password("Another-Horse-2024")["errors"]
    assert (status, body["message"]) == (403, "User self-management has been disabled on this instance.")
    setting("MISP.disable_user_add", True)
    status, body = misp.add_user({"email": f"{uuid.uuid4()}@users.example", "org_id": 1, "role_id": 3})["errors"]
    assert (status, body["message"]) == (403, "Adding users has been disabled on this instance.")


def test_the_log_is_searched(misp: PyMISP, event) -> None:
    before = datetime.now() - timedelta(seconds=2)
    one = event(info=f"Logged {uuid.uuid4()}")
    one.info = f"Changed {one.info}"
    accepted(misp.update_event(one))
    added = misp.search_logs(model="Event", action="add", title=f"%{one.info.removeprefix('Changed ')}", pythonify=True)
    assert [(log.model, int(log.model_id), log.action) for log in added] == [("Event", int(one.id), "add")]
    assert added[0].title == f"Event ({one.id}): {one.info.removeprefix('Changed ')}"
    assert added[0].description.startswith(f"Event ({one.id}) added by User ")
    edited = misp.search_logs(model="Event", action="edit", created=before, change=f"%{one.info}%", pythonify=True)
    assert [int(log.model_id) for log in edited] == [int(one.id)]
    old = one.info.removeprefix("Changed ")
    assert f"info ({old}) => ({one.info})" in edited[0].change
    by_id = misp.search_logs(log_id=edited[0].id, pythonify=True)
    assert [log.id for log in by_id] == [edited[0].id]
    first, second = (misp.search_logs(limit=1, page=page, model="Event", pythonify=True) for page in (1, 2))
    assert len(first) == len(second) == 1 and first[0].id < second[0].id
    assert misp.search_logs(email="nobody@nowhere.example") == []
    assert misp.search_logs(created=datetime.now() + timedelta(days=1)) == []
    assert misp.search_logs(user_id="x")["errors"][0] == 400


def test_who_reads_which_log(misp: PyMISP, new_org, new_user, client_for, event) -> None:
    ours = new_org()
    admin, user, colleague = (client_for(new_user(role, ours)) for role in ("Org Admin", "User", "Publisher"))
    outsider = client_for(new_user("User"))
    one = event(client=colleague, distribution=0)
    wanted = {"model": "Event", "action": "add", "title": f"%{one.info}"}
    assert len(misp.search_logs(**wanted)) == 1
    assert len(admin.search_logs(**wanted)) == 1
    assert len(colleague.search_logs(**wanted)) == 1
    assert user.search_logs(**wanted) == []
    assert outsider.search_logs(**wanted) == []
    audit = raw(admin, "POST", "admin/audit_logs/index", {"model": "Event", "event_id": one.id}).json()
    assert audit[0]["AuditLog"]["model_title"] == one.info
    assert audit[0]["AuditLog"]["request_type"] == "1" and audit[0]["AuditLog"]["authkey_id"]
    entry = audit[0]["AuditLog"]["id"]
    assert raw(admin, "GET", f"audit_logs/fullChange/{entry}").json()["info"] == one.info
    assert raw(outsider, "GET", f"audit_logs/fullChange/{entry}").status_code == 404
    for path in ("logs/event_index", "audit_logs/eventIndex"):
        assert raw(outsider, "GET", f"{path}/{one.id}").status_code == 404
        assert raw(user, "GET", f"{path}/{one.uuid}").status_code == 200


def test_the_history_of_an_event_hides_what_is_not_seen(new_user, client_for, event) -> None:
    ours, theirs = client_for(new_user("Publisher")), client_for(new_user("Publisher"))
    secret = f"secret-{uuid.uuid4()}.example"
    one = event(client=ours, distribution=1, info=f"First {secret}")
    hidden = accepted(ours.add_attribute(one, {"type": "domain", "value": secret, "distribution": 0}, pythonify=True))
    shown = accepted(ours.add_attribute(one, {"type": "domain", "value": secret, "comment": "x"}
                                        | {"type": "hostname"}, pythonify=True))
    accepted(ours.update_event({"uuid": one.uuid, "info": "Harmless now"}, one.uuid))
    own = raw(ours, "GET", f"logs/event_index/{one.id}").json()["Log"]
    assert {("Attribute", str(hidden.id)), ("Attribute", str(shown.id))} <= {(r["model"], r["model_id"]) for r in own}
    assert any(secret in row["title"] for row in own) and any(row["email"] for row in own)
    answer = raw(theirs, "GET", f"logs/event_index/{one.id}")
    foreign = answer.json()["Log"]
    assert ("Attribute", str(shown.id)) in {(r["model"], r["model_id"]) for r in foreign}
    assert ("Attribute", str(hidden.id)) not in {(r["model"], r["model_id"]) for r in foreign}
    assert secret not in answer.text and not any(row["email"] for row in foreign)
    assert all(row["org"] for row in foreign)
    assert secret not in raw(theirs, "GET", f"audit_logs/eventIndex/{one.id}").text


def test_statistics_count_what_is_seen(misp: PyMISP, new_org, new_user, client_for, event) -> None:
    ours = new_org()
    colleague, outsider = client_for(new_user("Publisher", ours)), client_for(new_user("User"))
    before = {client: accepted(client.users_statistics("data"))["stats"] for client in (colleague, outsider)}
    tag = f"statistics:{uuid.uuid4()}"
    accepted(misp.add_tag({"name": tag}))
    one = event([("domain", f"{uuid.uuid4()}.example")], client=colleague, distribution=0)
    accepted(colleague.tag(one, tag))
    after = {client: accepted(client.users_statistics("data"))["stats"] for client in (colleague, outsider)}
    for field in ("event_count", "event_count_month", "attribute_count", "contributing_org_count"):
        assert int(after[colleague][field]) == int(before[colleague][field]) + 1, field
        assert after[outsider][field] == before[outsider][field], field
    assert all(isinstance(value, str) for value in after[colleague].values())
    rows = {client: accepted(client.users_statistics("orgs"))[ours.name] for client in (colleague, outsider)}
    assert (rows[colleague]["eventCount"], rows[colleague]["attributeCount"]) == ("1", "1")
    assert "eventCount" not in rows[outsider]
    assert tag in colleague.users_statistics("tags")["flatData"]["custom"]
    assert tag not in str(outsider.users_statistics("tags"))
    histogram = {row["org_name"]: row for row in colleague.users_statistics("attributehistogram")}
    assert histogram[ours.name]["data"] == {"domain": "1"} and histogram[ours.name]["total"] == 1
    assert ours.name not in str(outsider.users_statistics("attributehistogram"))
    assert outsider.users_statistics("users")["user"]["data"]["total"] == 1
    assert raw(colleague, "GET", "users/statistics/nonsense").status_code == 404
    misp.delete_tag(misp.search_tags(tag, pythonify=True)[0])


def test_statistics_of_attributes_tags_and_sightings(misp: PyMISP, event) -> None:
    one = event([("domain", f"{uuid.uuid4()}.example"), ("md5", uuid.uuid4().hex)])
    types = accepted(misp.attributes_statistics("type"))
    assert int(types["domain"]) >= 1 and int(types["md5"]) >= 1
    shares = accepted(misp.attributes_statistics("category", percentage=True))
    assert all(share.endswith("%") for share in shares.values()) and "Network activity" in shares
    with pytest.raises(PyMISPError):
        misp.attributes_statistics("nonsense")
    source = f"sensor-{uuid.uuid4()}"
    accepted(misp.add_sighting({"type": 0, "source": source}, one.attributes[0]))
    sightings = accepted(misp.users_statistics("sightings"))
    assert sightings["toplist"][source] == 1 and sightings["eventids"][str(one.id)] >= 1
    assert set(accepted(misp.tags_statistics())) == {"tags", "taxonomies"}


def test_workers_schema_and_versions(misp: PyMISP) -> None:
    workers = accepted(misp.get_workers())
    assert workers["default"]["workers"][0]["alive"] is True and isinstance(workers["default"]["jobCount"], int)
    assert accepted(misp.restart_workers())["message"] == "Restarting workers."
    assert accepted(misp.restart_dead_workers())["message"] == "Restarting workers."
    assert accepted(misp.start_worker("default"))["message"] == "Worker start signal sent"
    pid = workers["default"]["workers"][0]["pid"]
    assert misp.stop_worker_by_pid(pid)["errors"][0] == misp.kill_all_workers()["errors"][0] == 405
    schema = accepted(misp.db_schema_diagnostic())
    assert schema["actual_db_version"] == schema["expected_db_version"]
    assert "uuid" in schema["columnPerTable"]["events"] and schema["indexes"]["events"]["uuid"] is True
    assert schema["diagnostic"] == [] and schema["error"] == ""
    assert accepted(misp.misp_instance_version)["version"] == accepted(misp.recommended_pymisp_version)["version"]
    assert misp.update_misp()["errors"][0] == 405
    assert raw(misp, "POST", "servers/postTest", {"testString": "x"}).json()["body"] == {"testString": "x"}


def test_the_access_rules_tell_of_themselves(misp: PyMISP) -> None:
    assert misp.remote_acl() == []
    functions = accepted(misp.remote_acl("printAllFunctionNames"))
    assert "restSearch" in functions["events"]
    unknown_to_pymisp = misp.get_all_functions(not_implemented=True)
    assert unknown_to_pymisp and "events/add" not in unknown_to_pymisp
    access = accepted(misp.remote_acl("printRoleAccess"))
    by_name = {role["name"]: role["urls"] for role in access.values()}
    assert "/events/add" in by_name["User"] and "/events/add" not in by_name["Read Only"]
    assert "/servers/getWorkers" in by_name["admin"] and "/servers/getWorkers" not in by_name["Org Admin"]
    assert misp.remote_acl("nonsense")["errors"][0] == 405


def test_searches_are_limited_by_the_role(misp: PyMISP, new_user, client_for) -> None:
    role = accepted(misp.add_role({"name": f"Limited {uuid.uuid4()}", "permission": 3, "perm_auth": True,
                                   "enforce_rate_limit": True, "rate_limit_count": 2}, pythonify=True))
    user = new_user("User")
    accepted(misp.update_user({"role_id": role.id}, user.id))
    client = client_for(user)
    free = raw(misp, "POST", "events/restSearch", {"limit": 1})
    assert "X-Rate-Limit-Limit" not in free.headers
    seen = [raw(client, "POST", f"{scope}/restSearch", {"returnFormat": "json", "limit": 1})
            for scope in ("events", "attributes", "events")]
    assert [answer.status_code for answer in seen] == [200, 200, 429]
    assert [answer.headers["X-Rate-Limit-Remaining"] for answer in seen] == ["1", "0", "0"]
    assert seen[2].headers["X-Rate-Limit-Limit"] == "2" and 0 < int(seen[2].headers["X-Rate-Limit-Reset"]) <= 900
    assert seen[2].json()["message"] == "Rate limit exceeded."
    assert raw(client, "POST", "objects/restSearch", {"returnFormat": "json"}).status_code == 200
    assert raw(client, "GET", "events/index").status_code == 200
    accepted(misp.update_role({"id": role.id, "name": role.name, "permission": 3, "perm_auth": True,
                               "rate_limit_count": 0}))
    none = raw(client, "POST", "events/restSearch", {"returnFormat": "json"})
    assert (none.status_code, none.json()["message"]) == (405, "API searches are not allowed for this user role.")
    misp.delete_user(user)
    misp.delete_role(role)


def test_answers_name_the_user_when_wanted(misp: PyMISP, setting, new_org, new_user, client_for) -> None:
    org = new_org()
    user = new_user("User", org)
    client = client_for(user)
    assert "X-Username" not in raw(client, "GET", "users/view/me").headers
    setting("Security.username_in_response_header", True)
    setting("Security.user_org_uuid_in_response_header", True)
    headers = raw(client, "GET", "users/view/me").headers
    assert (headers["X-Username"], headers["X-UserOrgUUID"]) == (user.email, org.uuid)


def test_a_key_works_before_the_first_password_change(misp: PyMISP, new_user, client_for) -> None:
    user = new_user("User")
    accepted(misp.update_user({"change_pw": True, "termsaccepted": False}, user.id))
    client = client_for(user)
    assert raw(client, "GET", "events/index").status_code == 200


def test_the_api_describes_itself(misp: PyMISP, new_user, client_for) -> None:
    client = client_for(new_user("Read Only"))
    document = raw(client, "GET", "api/openapi.json").json()
    assert document["openapi"] == "3.1.0"
    assert set(document["paths"]["/events/view/{id}"]) == {"get", "post"}
    assert document["paths"]["/users/heartbeat"]["get"]["security"] == []
    assert "/admin/users/add" in document["paths"]


def test_a_read_only_key_reads_its_users_own_log_and_changes_nothing(
        misp: PyMISP, server, new_org, new_user, client_for, event) -> None:
    org = new_org()
    boss, user = new_user("Org Admin", org), new_user("User", org)
    one = event(client=client_for(user), distribution=0)
    raw_key = accepted(misp.direct_call(f"auth_keys/add/{boss.id}", {"read_only": True}))["AuthKey"]["authkey_raw"]
    reading = PyMISP(server.url, raw_key, ssl=False)
    assert raw(client_for(boss), "POST", "admin/logs/index", {"model": "Event", "model_id": one.id}).json() != []
    assert raw(reading, "POST", "admin/logs/index", {"model": "Event", "model_id": one.id}).json() == []
    key = accepted(misp.direct_call("auth_keys/add/1", {"read_only": True}))["AuthKey"]["authkey_raw"]
    admin = PyMISP(server.url, key, ssl=False)
    for answer in (admin.set_server_setting("MISP.live", False), admin.get_server_setting("MISP.live"),
                   admin.restart_workers(), admin.server_settings()):
        assert answer["errors"][0] == 403
    before = int(misp.users_statistics("data")["stats"]["user_count"])
    assert int(admin.users_statistics("data")["stats"]["user_count"]) < before


def test_settings_of_sightings_and_groups_act_at_once(misp: PyMISP, setting, new_org, new_user, client_for, event) -> None:
    made = event(distribution=1, attributes=[("domain", f"{uuid.uuid4()}.example")])
    attribute = made.attributes[0]
    accepted(misp.add_sighting({"uuid": attribute.uuid}))
    shown = lambda client: client.get_event(made.uuid)["Event"]["Attribute"][0].get("Sighting", [])  # noqa: E731
    assert len(shown(misp)) == 1
    setting("MISP.disable_sighting_loading", True)
    assert shown(misp) == []
    setting("MISP.disable_sighting_loading", False)

    setting("Plugin.Sightings_policy", "2")
    stand_in, other = new_org(), new_org()
    syncing = client_for(new_user("Sync user", org=other))
    seen_by = lambda: accepted(syncing.sightings(attribute))[0]["Organisation"]["name"]  # noqa: E731
    assert seen_by() != stand_in.name
    setting("Plugin.Sightings_anonymise_as", int(stand_in.id))
    assert seen_by() == stand_in.name
    refused = misp.set_server_setting("Plugin.Sightings_range", 0)
    assert "Plugin.Sightings_range" in str(refused["errors"])
    setting("Plugin.Sightings_range", 30)
    assert misp.get_server_setting("Plugin.Sightings_range")["value"] == 30

    group = accepted(misp.add_sharing_group({"name": f"Group {uuid.uuid4()}", "releasability": "x"}))["SharingGroup"]
    for org in (stand_in, other):
        accepted(misp.add_org_to_sharing_group(group["id"], org.id))
    member = client_for(new_user("User", org=other))
    members = lambda: {one["org_id"] for one in accepted(member.get_sharing_group(group["id"])).get("SharingGroupOrg", [])}  # noqa: E731
    assert str(stand_in.id) in members()
    setting("Security.hide_organisations_in_sharing_groups", True)
    assert str(stand_in.id) not in members()
