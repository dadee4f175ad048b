"""Who may do what with whose record: every endpoint that names a record, called by everybody who may stand in some relation to it.

The result is a table that people review, `rights.txt`; an endpoint that names a record and is in neither table below fails.
`SIGHTLINE_UPDATE_SNAPSHOTS=1` writes it; then read the difference. Which roles reach which endpoint at all is another table:
`crates/sightline/tests/it/acl_matrix.txt`.
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import launch
import pytest
import requests
import smtp
from replay_world import Scene, World
from transcripts import Recording, words

SNAPSHOT = Path(__file__).resolve().parent / "rights.txt"

# The kind of record that an endpoint's first argument names.
KINDS = {
    "analystdata": {"view edit delete getChildren": "analyst"},
    "attributes": {
        "view edit delete restore editField toggleToIDS download downloadAttachment viewAnalystData addTag removeTag "
        "toggleCorrelation": "attribute",
        "add deleteSelected": "event"},
    "authkeys": {"view edit delete": "key", "add index": "user"},
    "auditlogs": {"eventIndex": "event"},
    "logs": {"event_index": "event"},
    "collections": {"view edit delete": "collection"},
    "eventblocklists": {"edit delete": "blocked event"},
    "orgblocklists": {"edit delete": "blocked org"},
    "eventdelegations": {"view acceptDelegation deleteDelegation": "delegation", "delegateEvent": "event"},
    "eventreports": {"view download edit delete restore extractFromReport extractAllFromReport": "report",
                     "importReportFromUrl": "event"},
    "events": {"view edit delete publish alert unpublish checkuuid getEventInfoById getEditStrategy addTag removeTag "
               "upload_sample publishSightings contact runTaxonomyExclusivityCheck toggleCorrelation updateGraph": "event"},
    "feeds": {"view edit delete enable disable": "feed"},
    "galaxies": {"attachCluster attachMultipleClusters": "event"},
    "galaxyclusters": {"detach": "event"},
    "objects": {"view edit delete viewAnalystData": "object", "add": "event"},
    "objectreferences": {"view delete": "reference"},
    "organisations": {"view admin_edit admin_delete": "org"},
    "posts": {"edit delete": "post", "add": "event"},
    "roles": {"view admin_edit admin_delete": "role"},
    "shadowattributes": {"view accept discard": "proposal", "edit delete": "attribute"},
    "sharinggroups": {"view edit delete": "group"},
    "sightings": {"add listSightings": "attribute", "view delete": "sighting"},
    "tags": {"view edit delete": "tag"},
    "threads": {"view": "thread", "viewEvent": "event"},
    "users": {"view admin_view admin_edit admin_delete edit totp_delete view_login_history admin_destroy initiatePasswordReset": "user",
              "acceptRegistrations discardRegistrations": "registration"},
}
# Endpoints whose argument names no record of an organisation, or whose record belongs to its caller alone; exports search, and find nothing.
NO_RECORD = {
    "api": "openapi",
    "analystdata": "index indexMinimal filterAnalystDataForPush pushAnalystData getRelatedElement",
    "analystdatablocklists": "edit delete massDelete",
    "attributes": "describeTypes attributeStatistics bulkReport bro returnAttributes rpz text generateCorrelation",
    "auditlogs": "fullChange returnDates",
    "bookmarks": "view edit delete",
    "changes": "stream",
    "collectionelements": "addElementToCollection delete",
    "correlationexclusions": "view edit delete clean",
    "correlationrules": "view edit delete",
    "correlations": "top overCorrelations generateTopCorrelations generateOccurrences",
    "eventblocklists": "massDelete",
    "events": "pushProposals csv downloadOpenIOCEvent hids nids restSearchExport xml",
    "favouritetags": "toggle",
    "feeds": "toggleSelected fetchFromFeed fetchFromAllFeeds getEvent previewIndex previewEvent importFeeds loadDefaultFeeds "
             "cacheFeeds compareFeeds feedCoverage searchCaches export",
    # Default clusters are everybody's; custom ones cannot be made yet.
    "galaxies": "view update delete enable disable toggle",
    "galaxyclusters": "index view",
    "jobs": "index getProgress clearJobs getError getGenerateCorrelationProgress",
    "logs": "returnDates admin_search",
    "news": "edit delete",
    "organisations": "getUUIDs admin_merge admin_generateuuid",
    "roles": "admin_set_default",
    "servers": "queryACL ipUser serverSettings dbSchemaDiagnostic getWorkers startWorker restartWorkers restartDeadWorkers stopWorker "
               "killAllWorkers removeOrphanedCorrelations update updateJSON getInstanceUUID postTest getSetting serverSettingsEdit",
    "sharinggroups": "addOrg removeOrg addServer removeServer",
    "sightings": "bulkSaveSightings filterSightingUuidsForPush",
    "tagcollections": "view edit delete addTag removeTag import",
    "taxonomies": "index import update normalizeCustomTagsToTaxonomyFormat view taxonomy_tags export enable disable addTag disableTag hideTag unhideTag toggleRequired toggleHighlighted "
                  "delete",
    "tags": "search tagStatistics attachTagToObject removeTagFromObject modifyTagRelationship",
    "users": "heartbeat checkIfLoggedIn statistics change_pw resetauthkey password_reset",
    "warninglists": "index import update view export checkValue add edit delete toggleEnable enableWarninglist getToggleField",
    "usersettings": "view getSetting setSetting setHomePage eventIndexColumnToggle delete",
}
# Who asks. The record is made by `publisher` of the owning organisation; events are shared with a group in which `their …` are.
CALLERS = {
    "site admin": "site admin", "creator": "publisher", "colleague": "user", "own admin": "org admin", "read only": "read only",
    "ro key": "read only key", "member": "their publisher", "member admin": "their org admin", "outsider": "stranger",
    "out. admin": "strange org admin", "expired": "expired key", "disabled": "disabled", "anonymous": "nobody",
}
BODIES = {
    "edit": {"comment": "changed", "info": "changed", "note": "changed", "description": "changed"},
    "editField": {"comment": "changed"}, "addTag": {"tag": "rights:tag"}, "removeTag": {"tag": "rights:tag"},
    "add": {"type": "domain", "value": "rights.example", "name": "file", "description": "d",
            "meta-category": "file", "template_uuid": "688c46fb-5edb-40a3-8273-1af7923e2215", "template_version": "24",
            "Attribute": [{"type": "filename", "object_relation": "filename", "value": "b.exe"}]},
    "delegateEvent": {"distribution": 0, "message": "Yours"}, "deleteSelected": {"id": "all"},
    "upload_sample": {"request": {"files": [{"filename": "a.txt", "data": "aGVsbG8="}], "distribution": 5}},
}


class Shared(Scene):
    """Records of an event that is shared with a group."""

    def added_event(self, shown: dict) -> dict:
        made = super().added_event(shown)
        if self.controller != "eventdelegations":
            self.world.call("POST", f"events/edit/{made['id']}", {
                "distribution": 4, "sharing_group_id": self.world.group, "timestamp": int(made["timestamp"]) + 1}, "publisher")
        return made


@pytest.fixture(scope="module")
def world(engine: str) -> Iterator[World]:
    """A server of its own: what is deleted here is nobody else's."""
    with smtp.Catcher() as catcher, launch.Server(engine, env=catcher.environment()) as server:
        made = World(server.url, server.key)
        group = made.call("POST", "sharing_groups/add", {"name": "Shared", "releasability": "x"}, "org admin")["SharingGroup"]
        made.call("POST", "sharing_groups/addOrg", {"sg_id": group["id"], "org_id": made.orgs["theirs"]})
        made.group = group["id"]
        made.call("POST", "tags/add", {"name": "rights:tag"})
        yield made


def endpoints(world: World) -> list[tuple[str, str, str, bool]]:
    """Controller, action, kind of record, and whether it can be read with GET alone."""
    table = {(controller, action): kind for controller, kinds in KINDS.items() for actions, kind in kinds.items()
             for action in actions.split()}
    without = {(controller, action) for controller, actions in NO_RECORD.items() for action in actions.split()}
    found, unknown = [], []
    paths = world.call("GET", "api/openapi.json")["paths"]
    for path, methods in sorted(paths.items()):
        parts = path.strip("/").split("/")
        admin = parts[0] == "admin"
        controller, action, *arguments = parts[1:] if admin else parts
        name = f"admin_{action}" if admin else action
        if len([one for one in arguments if one.startswith("{")]) == 0 or (controller, name) in without:
            continue
        if (controller, name) not in table:
            unknown.append(f"{controller}/{name}")
        elif (controller, name, table[controller, name]) not in [one[:3] for one in found]:
            found.append((controller, name, table[controller, name], "post" not in methods or action in ("view", "index")))
    assert not unknown, f"which record do these name? {unknown}"
    gone = table.keys() - {one[:2] for one in found}
    assert not gone, f"no such endpoints: {gone}"
    return found


def scene(world: World, controller: str, action: str) -> Shared:
    """Somewhere to make a record for a call."""
    path = f"/{'admin/' if action.startswith('admin_') else ''}{controller}/{action.removeprefix('admin_')}/1"
    if controller == "analystdata":
        path = f"/analystdata/{action}/Note/1"
    return Shared(world, Recording("", "POST", "", path, {}, None, 200, {}, "", False, False), True)


def argument_of(controller: str, action: str, record: str) -> str:
    """What follows the action in the path."""
    if controller == "analystdata":
        return f"Note/{record}"
    return f"event/{record}" if (controller, action) == ("posts", "add") else record


def body_of(world: World, controller: str, action: str) -> dict:
    """What is sent along."""
    if controller == "sightings":
        return {"type": "0"}
    if controller == "posts" or action == "contact":
        return {"message": "changed"}
    body = dict(BODIES.get(action, {}))
    if action == "delegateEvent":
        body["org_id"] = world.orgs["theirs"]
    if action == "acceptRegistrations":
        body["org_id"] = world.orgs["ours"]
    if action == "edit":
        body["name"] = f"changed {uuid.uuid4()}"
    return body


def verdict(answer: requests.Response) -> str:
    """`yes`; `no` for a refusal in words; else the status."""
    text = answer.json() if "json" in answer.headers.get("Content-Type", "") else {}
    if isinstance(text, dict) and (text.get("saved") is False or "false" in text or str(text.get("message")).startswith("Could not")):
        return "no"
    return "yes" if answer.status_code == 200 else str(answer.status_code)


def test_every_relation_to_every_record(world: World) -> None:
    lines = [f"{'endpoint':<38} {'record':<14}" + "".join(f"{name:>13}" for name in CALLERS)]
    headers = {"Accept": "application/json", "Content-Type": "application/json"}
    for controller, action, kind, reads in endpoints(world):
        cells, record, fresh = [], None, False
        for person in CALLERS.values():
            if record is None:
                record, fresh = scene(world, controller, action).record(kind, "1"), True
            short = action.removeprefix("admin_")
            prefix = "admin/" if short != action else ""
            if short == "removeTag" and fresh:
                # So that there is one to remove.
                world.call("POST", f"{controller}/addTag/{record}", {"tag": "rights:tag"})
            fresh = False
            argument = argument_of(controller, short, record)
            body = None if reads else json.dumps(body_of(world, controller, short))
            answer = world.send("GET" if reads else "POST", f"{prefix}{controller}/{short}/{argument}", body, headers, person)
            assert answer.status_code < 500, (controller, action, person, answer.text)
            cells.append(verdict(answer))
            if not reads and answer.status_code == 200:
                record = None
        lines.append(f"{controller + '/' + action:<38} {kind:<14}" + "".join(f"{cell:>13}" for cell in cells))
    table = "\n".join(lines) + "\n"
    if os.environ.get("SIGHTLINE_UPDATE_SNAPSHOTS"):
        SNAPSHOT.write_text(table)
    reviewed = SNAPSHOT.read_text() if SNAPSHOT.exists() else ""
    changed = [line for line in table.splitlines() if line not in reviewed.splitlines()]
    assert table == reviewed, "the table of rights changed:\n" + "\n".join(changed)


@pytest.mark.parametrize("person", ["stranger", "strange org admin"])
def test_what_is_hidden_looks_like_what_is_not_there(world: World, person: str) -> None:
    headers = {"Accept": "application/json", "Content-Type": "application/json"}
    told = []
    for controller, action, kind, reads in endpoints(world):
        if kind not in ("event", "attribute", "object", "reference", "report", "proposal", "sighting", "analyst", "delegation",
                        "post", "thread"):
            continue
        short, body = action.removeprefix("admin_"), json.dumps(body_of(world, controller, action))
        hidden = scene(world, controller, action).record(kind, "1")
        answers = []
        for record in (hidden, "99999999"):
            argument = argument_of(controller, short, record)
            answer = world.send("GET" if reads else "POST", f"{controller}/{short}/{argument}", None if reads else body, headers, person)
            answers.append((answer.status_code, words(answer.text)))
        if answers[0] != answers[1]:
            told.append(f"{controller}/{action}: {answers[0]} for what is hidden, {answers[1]} for what is not there")
    assert not told, "\n".join(told)


# Authorised for one record, naming another.


@pytest.fixture
def ours(world: World) -> dict:
    """An event of the publisher's organisation that only it sees."""
    return world.call("POST", "events/add", {
        "info": "Ours", "distribution": 0, "Tag": [], "EventReport": [{"name": "R", "content": "secret"}],
        "Attribute": [{"type": "domain", "category": "Network activity", "value": f"{uuid.uuid4()}.example"}],
        "Object": [{"name": "file", "description": "d", "meta-category": "file",
                    "template_uuid": "688c46fb-5edb-40a3-8273-1af7923e2215", "template_version": "24",
                    "Attribute": [{"type": "filename", "object_relation": "filename", "value": f"{uuid.uuid4()}.exe"}]}]},
        "publisher")["Event"]


@pytest.fixture
def theirs(world: World) -> dict:
    """An event of the one who tries."""
    return world.call("POST", "events/add", {
        "info": "Theirs", "distribution": 0,
        "Attribute": [{"type": "domain", "category": "Network activity", "value": f"{uuid.uuid4()}.example"}],
        "Object": [{"name": "file", "description": "d", "meta-category": "file",
                    "template_uuid": "688c46fb-5edb-40a3-8273-1af7923e2215", "template_version": "24",
                    "Attribute": [{"type": "filename", "object_relation": "filename", "value": f"{uuid.uuid4()}.exe"}]}]},
        "stranger")["Event"]


def test_a_body_cannot_lead_to_a_record_of_others(world: World, ours: dict, theirs: dict) -> None:
    """Each request names a record that its sender may change, and in its body one that they may not even see."""
    attribute, part = ours["Attribute"][0], ours["Object"][0]
    inside, report = part["Attribute"][0], ours["EventReport"][0]
    own, own_part = theirs["Attribute"][0], theirs["Object"][0]
    before = world.call("GET", f"events/view/{ours['id']}", caller="publisher")
    changed = {"value": "taken.example", "type": "domain", "category": "Network activity", "comment": "taken"}
    requests_sent = [
        (f"attributes/edit/{own['id']}", {"id": attribute["id"], "uuid": attribute["uuid"], "comment": "taken"}),
        (f"attributes/edit/{own['id']}", {"event_id": ours["id"], "comment": "taken"}),
        (f"attributes/edit/{own['id']}", {"object_id": part["id"], "comment": "taken"}),
        (f"attributes/add/{theirs['id']}", changed | {"uuid": attribute["uuid"]}),
        (f"attributes/add/{theirs['id']}", changed | {"event_id": ours["id"], "object_id": part["id"]}),
        (f"attributes/deleteSelected/{theirs['id']}", {"id": [attribute["id"]]}),
        (f"events/edit/{theirs['id']}", {"id": ours["id"], "uuid": ours["uuid"], "info": "taken"}),
        (f"events/edit/{theirs['id']}", {"Attribute": [changed | {"uuid": attribute["uuid"]}]}),
        (f"events/edit/{theirs['id']}", {"Attribute": [changed | {"id": attribute["id"]}]}),
        (f"events/edit/{theirs['id']}", {"Attribute": [{"uuid": attribute["uuid"], "deleted": True}]}),
        (f"events/edit/{theirs['id']}", {"Object": [{"uuid": part["uuid"], "name": "taken", "deleted": True, "Attribute": []}]}),
        (f"events/edit/{theirs['id']}", {"EventReport": [{"uuid": report["uuid"], "name": "taken", "content": "taken"}]}),
        (f"objects/edit/{own_part['id']}", {"id": part["id"], "uuid": part["uuid"], "event_id": ours["id"], "comment": "taken"}),
        (f"objects/edit/{own_part['id']}", {"Attribute": [changed | {"uuid": inside["uuid"]}]}),
        (f"objects/edit/{own_part['id']}", {"Attribute": [changed | {"id": inside["id"], "uuid": attribute["uuid"]}]}),
        (f"objects/add/{theirs['id']}", {"name": "file", "uuid": part["uuid"], "description": "d", "meta-category": "file",
                                         "event_id": ours["id"], "Attribute": [changed | {"uuid": inside["uuid"]}]}),
        (f"object_references/add/{own_part['id']}", {"referenced_uuid": attribute["uuid"], "relationship_type": "taken"}),
        (f"object_references/add/{own_part['id']}", {"object_uuid": part["uuid"], "referenced_uuid": own["uuid"],
                                                     "relationship_type": "taken"}),
        (f"event_reports/add/{theirs['id']}", {"event_id": ours["id"], "uuid": report["uuid"], "name": "taken", "content": "x"}),
        (f"sightings/add/{own['id']}", {"attribute_id": attribute["id"], "event_id": ours["id"], "id": attribute["id"]}),
        ("sightings/add", {"values": [attribute["value"]]}),
        ("sightings/add", {"uuid": attribute["uuid"]}),
        ("tags/attachTagToObject", {"uuid": ours["uuid"], "tag": "rights:tag"}),
        ("tags/attachTagToObject", {"uuid": attribute["uuid"], "tag": "rights:tag", "local": True}),
        (f"events/addTag/{theirs['id']}", {"event": ours["id"], "id": ours["id"], "tag": "rights:tag"}),
        (f"shadow_attributes/add/{theirs['id']}", {"event_id": ours["id"], "type": "domain", "value": "taken.example"}),
        (f"shadow_attributes/edit/{own['id']}", {"old_id": attribute["id"], "event_id": ours["id"], "comment": "taken"}),
        ("events/add", {"uuid": ours["uuid"], "info": "taken"}),
        ("events/add", {"info": "Mine", "Attribute": [changed | {"uuid": attribute["uuid"]}]}),
    ]
    headers = {"Accept": "application/json", "Content-Type": "application/json"}
    for path, body in requests_sent:
        answer = world.send("POST", path, json.dumps(body), headers, "stranger")
        assert answer.status_code < 500, (path, body, answer.text)
        for secret in (ours["info"] + '"', attribute["value"], inside["value"], "secret"):
            assert path == "sightings/add" or secret not in answer.text, (path, body, answer.text)
        assert world.call("GET", f"events/view/{ours['id']}", caller="publisher") == before, (path, body, answer.text)


def test_what_a_body_cannot_set(world: World, theirs: dict) -> None:
    """Owners, authors and marks that the server keeps are not taken from a body."""
    ours = world.orgs["ours"]
    made = world.call("POST", "events/add", {
        "info": "Mass", "id": "987654", "org_id": ours, "orgc_id": ours, "user_id": "1", "locked": True, "attribute_count": "77",
        "Orgc": {"uuid": world.call("GET", f"organisations/view/{ours}")["Organisation"]["uuid"], "name": "x"}}, "stranger")["Event"]
    assert (made["org_id"], made["orgc_id"]) == (world.orgs["others"],) * 2
    assert (made["locked"], made["attribute_count"]) == (False, "0") and made["id"] != "987654"
    for body in ({"org_id": ours, "orgc_id": ours, "user_id": "1", "locked": True},
                 {"Org": {"id": ours}, "Orgc": {"id": ours}, "locked": "1"}):
        edited = world.call("POST", f"events/edit/{made['id']}", body | {"info": "Mass again"}, "stranger")["Event"]
        kept = ("id", "uuid", "org_id", "orgc_id", "locked")
        assert [edited[field] for field in kept] == [made[field] for field in kept], body
    headers = {"Accept": "application/json", "Content-Type": "application/json"}
    other = world.send("POST", f"events/edit/{made['id']}", json.dumps({"uuid": str(uuid.uuid4()), "info": "x"}), headers, "stranger")
    assert other.status_code == 404
    part = theirs["Object"][0]
    object_edit = world.call("POST", f"objects/edit/{part['id']}", {"event_id": "1", "id": "1", "deleted": False}, "stranger")
    assert (object_edit["Object"]["id"], object_edit["Object"]["event_id"]) == (part["id"], theirs["id"])
    person = world.users["stranger"]
    for body in ({"role_id": "1"}, {"org_id": ours}, {"role_id": 1, "org_id": 1, "id": "1"}, {"disabled": False, "User": {"role_id": "1"}}):
        world.call("POST", f"users/edit/{person}", body, "stranger")
        seen = world.call("GET", f"admin/users/view/{person}")["User"]
        assert (seen["role_id"], seen["org_id"], seen["id"]) == ("4", world.orgs["others"], person), body
    sighting = world.call("POST", f"sightings/add/{theirs['Attribute'][0]['id']}", {"org_id": ours, "id": "987654"}, "stranger")
    assert sighting["Sighting"]["org_id"] == world.orgs["others"] and sighting["Sighting"]["id"] != "987654"
    note = world.call("POST", f"analyst_data/add/Note/{theirs['uuid']}/Event", {
        "note": "n", "orgc_uuid": str(uuid.uuid4()), "org_uuid": str(uuid.uuid4()), "locked": True, "id": "987654"}, "stranger")["Note"]
    own = world.call("GET", f"organisations/view/{world.orgs['others']}")["Organisation"]["uuid"]
    assert (note["orgc_uuid"], note["org_uuid"], note["locked"]) == (own, own, False) and note["id"] != "987654"
    collection = world.call("POST", "collections/add", {
        "name": f"C {uuid.uuid4()}", "type": "other", "distribution": 0, "org_id": ours, "orgc_id": ours, "user_id": "1"},
        "stranger")["Collection"]
    assert (collection["org_id"], collection["orgc_id"], collection["user_id"]) == (*(world.orgs["others"],) * 2, person)
