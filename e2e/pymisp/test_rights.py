"""Who may do what with whose record: every endpoint that names a record, called by everybody who may stand in some relation to it.

The result is a table that people review, `rights.txt`; an endpoint that names a record and is in neither table below fails.
`SIGHTLINE_UPDATE_SNAPSHOTS=1` writes it; then read the difference. Which roles reach which endpoint at all is another table:
`crates/sightline/tests/it/acl_matrix.txt`.
"""

from __future__ import annotations

import json
import os
import re
import time
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
        "add deleteSelected": "event", "bulkReport": "job"},
    "authkeys": {"view edit delete": "key", "add index": "user"},
    "auditlogs": {"eventIndex": "event"},
    "jobs": {"getProgress": "job"},
    "logs": {"event_index": "event"},
    "bookmarks": {"view edit delete": "bookmark"},
    "collections": {"view edit delete": "collection"},
    "collectionelements": {"delete": "element"},
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
    "sharinggroups": {"view edit delete addOrg removeOrg addServer removeServer": "group"},
    "sightings": {"add listSightings": "attribute", "view delete": "sighting"},
    "tagcollections": {"view edit delete addTag removeTag": "tag collection"},
    "tags": {"view edit delete": "tag"},
    "threads": {"view": "thread", "viewEvent": "discussed event"},
    "users": {"view admin_view admin_edit admin_delete edit totp_delete view_login_history admin_destroy initiatePasswordReset": "user",
              "acceptRegistrations discardRegistrations": "registration"},
}
# Endpoints whose argument names no record of an organisation, or whose record belongs to its caller alone; exports search, and find nothing.
NO_RECORD = {
    "api": "openapi",
    "analystdata": "index indexMinimal filterAnalystDataForPush pushAnalystData getRelatedElement",
    "analystdatablocklists": "edit delete massDelete",
    "attributes": "describeTypes attributeStatistics bro returnAttributes rpz text generateCorrelation",
    "auditlogs": "fullChange returnDates",
    "changes": "stream",
    "collectionelements": "addElementToCollection",
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
    "jobs": "index clearJobs getError getGenerateCorrelationProgress",
    "logs": "returnDates admin_search",
    "news": "edit delete",
    "organisations": "getUUIDs admin_merge admin_generateuuid",
    "roles": "admin_set_default",
    "servers": "queryACL ipUser serverSettings dbSchemaDiagnostic getWorkers startWorker restartWorkers restartDeadWorkers stopWorker "
               "killAllWorkers removeOrphanedCorrelations update updateJSON getInstanceUUID postTest getSetting serverSettingsEdit",
    "sightings": "bulkSaveSightings filterSightingUuidsForPush",
    "tagcollections": "import",
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


def finished(world: World, job: str, caller: str) -> dict:
    """The report of a bulk change, once it is done."""
    deadline = time.monotonic() + 60
    while True:
        report = world.call("GET", f"attributes/bulkReport/{job}", caller=caller)
        if report["state"] not in ("queued", "running"):
            return report
        assert time.monotonic() < deadline, report


class Shared(Scene):
    """Records of an event that is shared with a group."""

    def added_event(self, shown: dict) -> dict:
        made = super().added_event(shown)
        if self.controller != "eventdelegations":
            self.world.call("POST", f"events/edit/{made['id']}", {
                "distribution": 4, "sharing_group_id": self.world.group, "timestamp": int(made["timestamp"]) + 1}, "publisher")
        return made

    def make_bookmark(self, recorded: str) -> str:
        made = self.world.call("POST", "bookmarks/add", {
            "name": f"B {self.mark}", "url": "/events/index", "exposed_to_org": True}, self.owner)
        return str(made["Bookmark"]["id"])

    def make_collection(self, recorded: str) -> str:
        shared = {"name": f"C {self.mark}", "type": "other", "distribution": 4, "sharing_group_id": self.world.group}
        return str(self.world.call("POST", "collections/add", shared, self.owner)["Collection"]["id"])

    def make_discussed_event(self, recorded: str) -> str:
        self.said()
        return self.make_event(recorded)

    def make_element(self, recorded: str) -> str:
        made = self.world.call("POST", f"collection_elements/add/{self.make_collection('1')}", {
            "element_uuid": self.the_event()["uuid"], "element_type": "Event"}, self.owner)
        return str(made["CollectionElement"]["id"])

    def make_group(self, recorded: str) -> str:
        made = super().make_group(recorded)
        self.world.call("POST", f"sharing_groups/addOrg/{made}/{self.world.orgs['theirs']}", {}, "org admin")
        if self.action == "addserver":
            # It is there from the start.
            self.world.call("POST", f"sharing_groups/removeServer/{made}/0", {}, "org admin")
        return made

    def make_job(self, recorded: str) -> str:
        started = self.world.call("POST", "attributes/bulk", {
            "filters": {"uuid": self.the_event()["Attribute"][0]["uuid"]}, "action": "to_ids", "to_ids": True}, self.owner, 202)
        finished(self.world, started["job_id"], self.owner)
        return str(started["job_id"])

    def make_tag_collection(self, recorded: str) -> str:
        made = self.world.call("POST", "tag_collections/add", {"name": f"T {self.mark}"}, "org admin")
        return str(made["TagCollection"]["id"])


@pytest.fixture(scope="module")
def world(engine: str) -> Iterator[World]:
    """A server of its own: what is deleted here is nobody else's."""
    with smtp.Catcher() as catcher, launch.Server(engine, env=catcher.environment()) as server:
        made = World(server.url, server.key)
        group = made.call("POST", "sharing_groups/add", {"name": "Shared", "releasability": "x"}, "org admin")["SharingGroup"]
        made.call("POST", "sharing_groups/addOrg", {"sg_id": group["id"], "org_id": made.orgs["theirs"]})
        made.group = group["id"]
        made.tag = made.call("POST", "tags/add", {"name": "rights:tag"})["Tag"]["id"]
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


def argument_of(world: World, controller: str, action: str, record: str) -> str:
    """What follows the action in the path."""
    if controller == "analystdata":
        return f"Note/{record}"
    if controller == "sharinggroups" and action in ("addOrg", "removeOrg"):
        return f"{record}/{world.orgs['theirs' if action == 'removeOrg' else 'others']}"
    if controller == "sharinggroups" and action in ("addServer", "removeServer"):
        return f"{record}/0"
    return f"event/{record}" if (controller, action) == ("posts", "add") else record


def body_of(world: World, controller: str, action: str) -> dict:
    """What is sent along."""
    if controller == "sightings":
        return {"type": "0"}
    if controller == "posts" or action == "contact":
        return {"message": "changed"}
    body = dict(BODIES.get(action, {}))
    if controller == "bookmarks":
        body["url"] = "/events/index"
    if controller == "tagcollections" and action in ("addTag", "removeTag"):
        return {"tag": world.tag}
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
    if text == {"progress": "0%"}:
        # What is not there has not begun.
        return "no"
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
                world.call("POST", f"{controller}/addTag/{record}", {"tag": world.tag if controller == "tagcollections" else "rights:tag"})
            fresh = False
            argument = argument_of(world, controller, short, record)
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
            argument = argument_of(world, controller, short, record)
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


def bodies_about_events(ours: dict, theirs: dict) -> list[tuple[str, dict]]:
    """Each request names a record that its sender, the stranger, may change, and in its body one that they may not even see."""
    attribute, part = ours["Attribute"][0], ours["Object"][0]
    inside, report = part["Attribute"][0], ours["EventReport"][0]
    own, own_part = theirs["Attribute"][0], theirs["Object"][0]
    changed = {"value": "taken.example", "type": "domain", "category": "Network activity", "comment": "taken"}
    return [
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


def kept_by(world: World, event: dict, owner: str, manager: str, word: str) -> dict:
    """Records of one side beside an event of its own, with a word in those that hold text."""
    def made(path: str, body: dict, model: str, caller: str = owner) -> dict:
        return world.call("POST", path, body, caller)[model]

    collection = made("collections/add", {"name": f"C {uuid.uuid4()}", "type": "other", "distribution": 0}, "Collection")
    offered = made("events/add", {"info": "Offered", "distribution": 0}, "Event", owner)
    world.call("POST", "user_settings/setSetting", {"setting": "homepage", "value": {"path": f"/{word}"}}, owner)
    return {
        "collection": collection,
        "element": made(f"collection_elements/add/{collection['id']}", {
            "element_uuid": event["uuid"], "element_type": "Event"}, "CollectionElement"),
        "bundle": made("tag_collections/add", {"name": f"T {uuid.uuid4()}"}, "TagCollection", manager),
        "group": made("sharing_groups/add", {"name": f"G {uuid.uuid4()}", "releasability": "x"}, "SharingGroup", manager),
        "key": made(f"auth_keys/add/{world.users[owner]}", {}, "AuthKey"),
        "post": made(f"posts/add/event/{event['id']}", {"message": word}, "Post"),
        "note": made(f"analyst_data/add/Note/{event['uuid']}/Event", {"note": word, "distribution": 0}, "Note"),
        "offer": made(f"event_delegations/delegateEvent/{offered['id']}", {
            "org_id": world.orgs["theirs"], "distribution": 0, "message": word}, "EventDelegation", "harness"),
        "bookmark": made("bookmarks/add", {"name": f"B {uuid.uuid4()}", "url": "/events/index"}, "Bookmark"),
        "event": event,
    }


def state_of(world: World, kept: dict) -> list:
    """All that a body might have changed."""
    event, person = kept["event"], world.users["publisher"]
    return [world.call("GET", path, caller=caller) for path, caller in (
        (f"events/view/{event['id']}", "publisher"), (f"threads/viewEvent/{event['id']}", "publisher"),
        (f"collections/view/{kept['collection']['id']}", "publisher"), (f"bookmarks/view/{kept['bookmark']['id']}", "publisher"),
        (f"tag_collections/view/{kept['bundle']['id']}", "org admin"), (f"sharing_groups/view/{kept['group']['id']}", "org admin"),
        (f"auth_keys/index/{person}", "harness"), (f"user_settings/index/user_id:{person}", "harness"),
        (f"analyst_data/view/Note/{kept['note']['id']}", "publisher"), (f"event_delegations/view/{kept['offer']['id']}", "harness"),
        (f"sightings/index/{event['id']}", "publisher"))]


def bodies_about_the_rest(world: World, ours: dict, own: dict) -> list[tuple[str, str, dict | list]]:
    """The same for what is kept beside events, with who sends it."""
    event, mine, person = ours["event"], own["event"], world.users["publisher"]
    names = {kind: {"id": ours[kind]["id"], "uuid": ours[kind].get("uuid")} for kind in ours}
    boss, sync = "strange org admin", "strange sync user"
    element = {"element_uuid": event["uuid"], "element_type": "Event", "collection_id": ours["collection"]["id"]}
    group, setting = {"sg_id": ours["group"]["id"], "uuid": ours["group"]["uuid"]}, {"setting": "homepage", "user_id": person}
    members = [(f"sharing_groups/{action}{place}", boss, group | {"org_id": world.orgs["others"], "server_id": 0} | more)
               for action in ("addOrg", "removeOrg", "addServer", "removeServer")
               for place, more in (("", {}), (f"/{own['group']['id']}", {"id": ours["group"]["id"]}))]
    return members + [
        (f"collections/edit/{own['collection']['id']}", "stranger", names["collection"] | {"name": f"taken {uuid.uuid4()}"}),
        (f"collections/edit/{own['collection']['id']}", "stranger", {"CollectionElement": [names["element"] | element]}),
        ("collections/add", "stranger", names["collection"] | {
            "name": f"taken {uuid.uuid4()}", "type": "other", "CollectionElement": [names["element"] | element]}),
        (f"collection_elements/add/{own['collection']['id']}", "stranger", element),
        (f"collection_elements/addElementToCollection/Event/{mine['uuid']}", "stranger", element),
        (f"tag_collections/edit/{own['bundle']['id']}", boss, names["bundle"] | {"name": f"taken {uuid.uuid4()}"}),
        (f"tag_collections/addTag/{own['bundle']['id']}", boss, names["bundle"] | {"tag": world.tag}),
        (f"tag_collections/removeTag/{own['bundle']['id']}", boss, names["bundle"] | {"tag": world.tag}),
        ("tag_collections/import", boss, [{"TagCollection": names["bundle"] | {"name": "taken"}}]),
        (f"sharing_groups/edit/{own['group']['id']}", boss, names["group"] | {"name": f"taken {uuid.uuid4()}"}),
        (f"event_delegations/delegateEvent/{mine['id']}", "stranger", {
            "event_id": event["id"], "id": ours["offer"]["id"], "org_id": world.orgs["theirs"], "distribution": 0}),
        (f"event_delegations/acceptDelegation/{own['offer']['id']}", "their publisher", {"event_id": event["id"]}),
        (f"posts/add/event/{mine['id']}", "stranger", {
            "message": "taken", "event_id": event["id"], "thread_id": ours["post"]["thread_id"], "post_id": ours["post"]["id"]}),
        (f"posts/edit/{own['post']['id']}", "stranger", names["post"] | {"message": "taken", "thread_id": ours["post"]["thread_id"]}),
        *((f"user_settings/{action}", "stranger", setting) for action in ("index", "view", "getSetting")),
        ("user_settings/eventIndexColumnToggle/tags", "stranger", setting),
        ("user_settings/setSetting", "stranger", setting | {"value": {"path": "/taken"}}),
        ("user_settings/delete", "stranger", setting),
        ("user_settings/setHomePage", "stranger", setting | {"path": "/taken"}),
        (f"auth_keys/add/{world.users['stranger']}", "stranger", {"user_id": person, "comment": "taken"}),
        ("auth_keys/add", "stranger", {"user_id": person, "comment": "taken"}),
        (f"auth_keys/edit/{own['key']['id']}", "stranger", names["key"] | {"user_id": person, "comment": "taken"}),
        (f"analyst_data/edit/Note/{own['note']['id']}", "stranger", names["note"] | {"object_uuid": event["uuid"], "note": "taken"}),
        (f"analyst_data/add/Note/{mine['uuid']}/Event", "stranger", {
            "uuid": names["note"]["uuid"], "object_uuid": event["uuid"], "note": "taken"}),
        (f"bookmarks/edit/{own['bookmark']['id']}", "stranger", names["bookmark"] | {"user_id": person, "name": "taken"}),
        ("sightings/listSightings", "stranger", {"id": event["Attribute"][0]["id"], "context": "attribute"}),
        (f"logs/event_index/{mine['id']}", "stranger", {"event_id": event["id"], "id": event["id"], "user_id": person}),
        ("logs/returnDates", "stranger", {"user_id": person, "model_id": event["id"]}),
        (f"sightings/bulkSaveSightings/{mine['uuid']}", sync, [{
            "attribute_uuid": event["Attribute"][0]["uuid"], "event_uuid": event["uuid"], "event_id": event["id"], "type": "0"}]),
        ("attributes/bulk", "stranger", {"filters": {"eventid": event["id"]}, "action": "tag", "tag": "rights:tag"}),
        ("attributes/bulk", "stranger", {"filters": {"uuid": event["Attribute"][0]["uuid"]}, "action": "delete", "hard": True}),
    ]


def test_a_body_cannot_lead_to_a_record_of_others(world: World, ours: dict, theirs: dict) -> None:
    kept, own = kept_by(world, ours, "publisher", "org admin", "secret"), kept_by(
        world, theirs, "stranger", "strange org admin", "open")
    sent = [(path, "stranger", body) for path, body in bodies_about_events(ours, theirs)]
    sent += bodies_about_the_rest(world, kept, own)
    before = state_of(world, kept)
    headers = {"Accept": "application/json", "Content-Type": "application/json"}
    for path, person, body in sent:
        answer = world.send("POST", path, json.dumps(body), headers, person)
        assert answer.status_code < 500, (path, body, answer.text)
        for secret in (ours["info"] + '"', ours["Attribute"][0]["value"], ours["Object"][0]["Attribute"][0]["value"], "secret"):
            assert path == "sightings/add" or secret not in answer.text, (path, body, answer.text)
        if path == "attributes/bulk":
            assert (answer.status_code, answer.json()["message"]) == (404, "No matching attributes found."), body
        assert state_of(world, kept) == before, (path, body, answer.text)
    missing = owed(world) - {tuple(path.replace("_", "").lower().split("/")[:2]) for path, _, _ in sent}
    assert not missing, f"these name records in the body, and no request here mixes them: {sorted(missing)}"


# What a body may name without leading anywhere: searches, records that only administrators write, one's own profile.
ALONE = {
    ("attributes", "restsearch"), ("events", "restsearch"), ("objects", "restsearch"), ("sightings", "restsearch"),
    ("galaxyclusters", "restsearch"), ("logs", "index"), ("users", "acceptregistrations"), ("users", "register"), ("users", "edit"), ("tags", "add"), ("tags", "edit"),
    ("tags", "removetagfromobject"),
}


def owed(world: World) -> set[tuple[str, str]]:
    """Endpoints whose body names a record, by the API's description; those of administrators are not for others."""
    found = set()
    for path, methods in world.call("GET", "api/openapi.json")["paths"].items():
        operation = methods.get("post", {})
        schema = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
        names = [name for name in schema.get("properties", {}) if re.search(r"(^|_)(u?u?id|ids|uuids)$", name)]
        if names and not path.startswith("/admin/") and operation["description"] != "For site administrators.":
            found.add(tuple(path.strip("/").replace("_", "").lower().split("/")[:2]))
    return found - ALONE


def test_what_a_body_cannot_set(world: World, theirs: dict) -> None:
    """Owners, authors and marks that the server keeps are not taken from a body."""
    ours = world.orgs["ours"]
    made = world.call("POST", "events/add", {
        "info": "Mass", "id": "987654", "org_id": ours, "orgc_id": ours, "user_id": "1", "locked": True, "attribute_count": "77",
        "Orgc": {"uuid": world.call("GET", f"organisations/view/{ours}")["Organisation"]["uuid"], "name": "x"}}, "stranger")["Event"]
    assert (made["org_id"], made["orgc_id"]) == (world.orgs["others"],) * 2
    assert (made["locked"], made["attribute_count"]) == (False, "0") and made["id"] != "987654"
    plain = world.call("POST", "events/add", {"info": "Plain", "published": True, "distribution": 0}, "user")["Event"]
    assert plain["published"] is False, "without perm_publish"
    plain = world.call("POST", f"events/edit/{plain['id']}", {"published": True, "info": "Plain again"}, "user")["Event"]
    assert (plain["published"], plain["info"]) == (False, "Plain again")
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
