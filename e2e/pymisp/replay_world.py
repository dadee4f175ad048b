"""What a recorded request finds on the live server: people, and the records that its path, its body and its answer name."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import requests
from transcripts import UUID, Recording

ROLES = {"site admin": "1", "org admin": "2", "user": "3", "publisher": "4", "sync user": "5", "read only": "6"}
PEOPLE = {
    "site admin": ("ours", "site admin"), "org admin": ("ours", "org admin"), "publisher": ("ours", "publisher"),
    "user": ("ours", "user"), "sync user": ("ours", "sync user"), "read only": ("ours", "read only"),
    "disabled": ("ours", "user"), "read only key": ("ours", "org admin"), "their user": ("theirs", "user"), "their publisher": ("theirs", "publisher"), "their org admin": ("theirs", "org admin"),
    "stranger": ("others", "publisher"), "strange org admin": ("others", "org admin"), "strange sync user": ("others", "sync user"), "expired key": ("ours", "publisher"),
}


@dataclass
class World:
    """A server with two organisations and their people."""

    url: str
    key: str
    session: requests.Session = field(default_factory=requests.Session)
    keys: dict[str, str | None] = field(default_factory=dict)
    users: dict[str, str] = field(default_factory=dict)
    orgs: dict[str, str] = field(default_factory=dict)
    tags: set[str] = field(default_factory=set)
    group: str = "0"
    """A sharing group, where a test has made one."""
    tag: str = "0"
    """A tag, likewise."""
    changed: list[tuple[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.keys = {"harness": self.key, "nobody": None}
        for org in ("ours", "theirs", "others"):
            made = self.call("POST", "admin/organisations/add", {"name": f"{org} {uuid.uuid4()}", "local": True})
            self.orgs[org] = made["Organisation"]["id"]
        for name in PEOPLE:
            self.renew(name)

    def renew(self, name: str) -> None:
        """Make a user with a key, by one of the names that callers have."""
        if name == "nobody":
            return
        org, role = PEOPLE[name]
        made = self.call("POST", "admin/users/add", {
            "email": f"{uuid.uuid4()}@people.example", "org_id": self.orgs[org], "role_id": ROLES[role], "change_pw": 0,
            "termsaccepted": 1})["User"]
        self.users[name] = made["id"]
        options = {"read only key": {"read_only": True}, "expired key": {"expiration": "2001-01-01"}}.get(name, {})
        self.keys[name] = self.call("POST", f"auth_keys/add/{made['id']}", options)["AuthKey"]["authkey_raw"]
        if name == "disabled":
            self.call("POST", f"admin/users/edit/{made['id']}", {"disabled": True})

    def setting(self, name: str, value: Any) -> None:
        """Set a setting until `reset`."""
        before = self.call("GET", f"servers/getSetting/{name}")["value"]
        self.call("POST", f"servers/serverSettingsEdit/{name}", {"value": value})
        self.changed.append((name, before))

    def reset(self) -> None:
        """Undo what a scene has set."""
        while self.changed:
            name, value = self.changed.pop()
            self.call("POST", f"servers/serverSettingsEdit/{name}", {"value": value})

    def send(self, method: str, path: str, text: str | None, headers: dict[str, str], caller: str) -> requests.Response:
        """A request as somebody."""
        headers = {name: value for name, value in headers.items() if name != "Authorization"}
        key = self.keys[caller]
        if key:
            headers["Authorization"] = key
        return self.session.request(method, f"{self.url}/{path.lstrip('/')}", data=text.encode() if text else None,
                                    headers=headers, timeout=30, allow_redirects=False)

    def call(self, method: str, path: str, body: Any = None, caller: str = "harness", status: int = 200) -> Any:
        """A request that has to succeed."""
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        answer = self.send(method, path, json.dumps(body) if body is not None else None, headers, caller)
        assert answer.status_code == status, (method, path, body, answer.status_code, answer.text[:500])
        return answer.json()


ATTRIBUTE = ("type", "category", "value", "to_ids", "comment", "uuid", "first_seen", "last_seen", "disable_correlation",
             "object_relation", "data", "deleted")
OBJECT = ("name", "meta-category", "description", "template_uuid", "template_version", "uuid", "comment", "first_seen",
          "last_seen")
EVENT = ("info", "date", "threat_level_id", "analysis", "uuid", "extends_uuid", "published")


def level(record: dict) -> dict:
    """A distribution that needs no group."""
    given = str(record.get("distribution", "5"))
    return {"distribution": given} if given in "01235" else {}


def attribute_of(record: dict) -> dict:
    """What is sent to have an attribute like this."""
    made = {key: record[key] for key in ATTRIBUTE if record.get(key) is not None} | level(record)
    made["Tag"] = [{"name": tag["name"]} for tag in record.get("Tag") or []]
    return made | analyst_data_of(record)


def object_of(record: dict) -> dict:
    """What is sent to have an object like this."""
    made = {key: record[key] for key in OBJECT if record.get(key) is not None} | level(record)
    made["Attribute"] = [attribute_of(inner) for inner in record.get("Attribute") or []]
    made["ObjectReference"] = [
        {key: inner[key] for key in ("uuid", "object_uuid", "referenced_uuid", "relationship_type", "comment") if inner.get(key)}
        for inner in record.get("ObjectReference") or []]
    return made | analyst_data_of(record)


def analyst_data_of(record: dict) -> dict:
    """The notes and opinions of a record, to be sent with it."""
    kept = ("uuid", "note", "language", "opinion", "comment", "object_uuid", "object_type", "authors", "relationship_type",
            "related_object_uuid", "related_object_type")
    return {kind: [{key: one[key] for key in kept if key in one} for one in record[kind]]
            for kind in ("Note", "Opinion", "Relationship") if record.get(kind)}


def without_uuids(value: Any) -> Any:
    """A body that names new records."""
    if isinstance(value, list):
        return [without_uuids(inner) for inner in value]
    if isinstance(value, dict):
        return {key: without_uuids(inner) for key, inner in value.items() if key != "uuid"}
    return value


def default_attributes() -> list[dict]:
    """Attributes of an event of which nothing is known."""
    return [
        {"type": "ip-dst", "category": "Network activity", "value": "198.51.100.7", "comment": "one", "to_ids": True,
         "Tag": [{"name": "replay:tag"}]},
        {"type": "text", "category": "Other", "value": f"text {uuid.uuid4()}", "Tag": []},
    ]


def default_objects() -> list[dict]:
    """Objects of such an event."""
    return [{"name": "file", "meta-category": "file", "description": "File object", "template_uuid":
             "688c46fb-5edb-40a3-8273-1af7923e2215", "template_version": "24", "Attribute": [
                 {"type": "filename", "category": "Payload delivery", "object_relation": "filename", "value": "a.exe", "Tag": []}]}]


class Scene:
    """The records of one attempt to replay one recording."""

    owner = "publisher"
    """Who makes the records."""

    def __init__(self, world: World, one: Recording, exists: bool):
        self.world, self.one, self.exists = world, one, exists
        self.uuids: dict[str, str] = {}
        self.ids: dict[tuple[str, str], str] = {}
        self.controller = one.path.strip("/").removeprefix("admin/").split("/")[0].replace("_", "").lower().removesuffix(".json")
        self.admin = one.path.startswith("/admin/")
        parts = [part for part in one.path.strip("/").removeprefix("admin/").split("/")]
        self.action = parts[1].lower() if len(parts) > 1 else "index"
        try:
            self.answer = json.loads(self.fresh(one.answer)) if not one.truncated else None
        except ValueError:
            self.answer = None
        try:
            self.body = json.loads(self.fresh(one.body)) if one.body else None
        except ValueError:
            self.body = None
        self.event: dict | None = None
        self.mark = uuid.uuid4().hex[:8]

    def fresh(self, text: str) -> str:
        """The text with uuids of this scene's own, so that scenes do not meet."""
        return UUID.sub(lambda found: self.uuids.setdefault(found[0].lower(), str(uuid.uuid4())), text)

    # What the request names.

    def prepare(self, caller: str) -> tuple[str, str | None]:
        """Make what is needed; the path and the body to send."""
        path = self.prepared_path(self.fresh(self.one.path))
        body = self.one.body
        if self.body is not None:
            if self.exists:
                self.body_records()
            self.body = self.mapped(self.body)
            body = json.dumps(self.body)
        if self.exists:
            self.special(path, caller)
        return path, body

    def special(self, path: str, caller: str) -> None:
        """What only the answer tells of: that something was there already, or blocked, or set."""
        answer, headers = self.one.answer, {"Accept": "application/json", "Content-Type": "application/json"}
        similar = json.dumps(self.body)
        if "similar attribute" in answer or "Duplicate object" in answer:
            body = self.body if not isinstance(self.body, list) or len(self.body) == 1 else [self.body[0], self.body[2]]
            self.world.send("POST", path.split("/breakOnDuplicate")[0], json.dumps(without_uuids(body)), headers, caller)
        elif "already exists" in answer and self.action in ("add", "index"):
            self.world.send(self.one.method, path, similar, headers, "harness")
        elif self.action == "delete" and self.controller == "organisations" and self.one.status == 403:
            org = self.world.call("GET", f"organisations/view/{path.rsplit('/', 1)[-1]}")["Organisation"]["id"]
            self.world.call("POST", "admin/users/add", {"email": f"{uuid.uuid4()}@people.example", "org_id": org, "role_id": "3"})
        elif self.controller == "organisations" and self.action == "index" and self.one.status == 403:
            self.world.setting("Security.hide_organisation_index_from_users", True)
        elif "password change has been disabled" in answer:
            self.world.setting("MISP.disable_user_password_change", True)
        elif self.action == "register":
            self.world.setting("Security.allow_self_registration", True)
        elif self.action == "registrations":
            self.asked()
        elif "Maximal key validity" in answer:
            self.world.setting("Security.advanced_authkeys_validity", 365)
        elif "by event blocklist" in answer and isinstance(self.body, dict):
            self.world.call("POST", "event_blocklists/add", {"uuids": [self.body["uuid"]]})
        elif self.action == "removeorg" and self.one.status == 200:
            self.world.call("POST", "sharing_groups/addOrg", {key: self.body[key] for key in ("sg_id", "org_id")})
        elif self.controller == "usersettings" and self.action in ("delete", "getsetting") and self.one.status == 200:
            self.world.send("POST", "user_settings/setSetting", json.dumps(
                {"setting": self.body["setting"], "value": {"Tag.name": "test"}}), headers, caller)

    def prepared_path(self, path: str) -> str:
        """The path with the ids of records that are there."""
        head, parts = "/admin/" if self.admin else "/", path.removeprefix("/admin/").strip("/").split("/")
        start = 1 if len(parts) > 1 and re.fullmatch(r"\d+(\.\w+)?", parts[1]) or len(parts) > 1 and UUID.fullmatch(parts[1]) else 2
        kinds = self.kinds_of_arguments(start)
        if start == 1:
            self.action = {"GET": "view", "PUT": "edit", "POST": "edit", "DELETE": "delete"}.get(self.one.method, "view")
        if self.controller == "organisations" and self.action == "view" and self.one.status == 200 and parts[-1].isalpha():
            name = f"{parts[-1]}-{self.mark}"
            self.world.call("POST", "admin/organisations/add", {"name": name, "local": True})
            parts[-1] = name
        if self.action == "downloadattachment":
            start += 1
        for at, kind in zip(range(start, len(parts)), kinds):
            value, dot, ending = parts[at].partition(".")
            if kind and (value.isdigit() and value != "0" or UUID.fullmatch(value)):
                parts[at] = self.record(kind, value) + dot + ending
        for at, part in enumerate(parts):
            key, colon, value = part.partition(":")
            if colon and key in self.KINDS and value.isdigit():
                parts[at] = f"{key}:{self.record(self.KINDS[key], value)}"
        return head + "/".join(parts)

    def kinds_of_arguments(self, start: int) -> list[str | None]:
        """Which kind of record each argument of the path names."""
        action = self.action
        table: dict[str, Callable[[], list[str | None]]] = {
            "events": lambda: ["event"],
            "attributes": lambda: ["event"] if action in ("add", "deleteselected") else ["attribute"],
            "objects": lambda: ["event"] if action == "add" else ["object"],
            "objectreferences": lambda: ["object"] if action == "add" else ["reference"],
            "tags": lambda: ["tag"] if action in ("view", "edit", "delete") else ["attribute"],
            "organisations": lambda: ["org"],
            "users": lambda: ["registration"] if action.endswith("registrations") else ["user"],
            "roles": lambda: ["role"],
            "sharinggroups": lambda: ["group", "org"],
            "feeds": lambda: ["feed"],
            "sightings": lambda: ["sighting"] if action == "delete" else ["event"] if action == "index" else ["attribute"],
            "shadowattributes": lambda: ["event"] if action in ("add", "index") else
            ["attribute"] if action in ("edit", "delete") else ["proposal"],
            "eventreports": lambda: ["event"] if action in ("add", "index") else ["report"],
            "analystdata": lambda: [None, "analyst"] if action != "add" else [None, None],
            "authkeys": lambda: ["user"] if action in ("add", "index") else ["key"],
            "eventdelegations": lambda: ["event"] if action == "delegateevent" else ["delegation"],
            "logs": lambda: ["event"],
            "auditlogs": lambda: ["event"],
            "eventblocklists": lambda: ["blocked event"],
            "orgblocklists": lambda: ["blocked org"],
            "collections": lambda: ["collection"],
            "correlationexclusions": lambda: ["exclusion"],
            "usersettings": lambda: ["user"],
        }
        return table.get(self.controller, lambda: [])()

    def record(self, kind: str, recorded: str) -> str:
        """The id or uuid of a live record in the place of a recorded one, or of one that is not there."""
        if not self.exists:
            return recorded if UUID.fullmatch(recorded) else "99999"
        if recorded.isdigit() and len(recorded) > 2 and set(recorded) == {"9"}:
            return recorded
        made = self.ids.get((kind, recorded))
        if made is None:
            made = getattr(self, "make_" + kind.replace(" ", "_"))(recorded)
            self.ids[kind, recorded] = made
        return made

    # Makers. Each takes how the recording names the record, and returns its live name.

    def the_event(self) -> dict:
        """The event of this scene: like the one in the answer where there is one."""
        if self.event is None:
            self.event = self.added_event(self.shown_event())
        return self.event

    def shown_event(self) -> dict:
        """The event of the answer, or one around the attributes and objects of the answer."""
        shown = self.found(self.answer, "Event")
        event = dict(shown[0]) if shown and "info" in shown[0] and self.action != "add" else {}
        attributes, objects = self.found(self.answer, "Attribute"), self.found(self.answer, "Object")
        if self.action == "add":
            attributes, objects = [], []
        if self.controller == "sightings" and isinstance(self.body, dict) and isinstance(self.body.get("value"), str):
            attributes = [{"type": "text", "category": "Other", "value": self.body["value"]}]
        if self.controller == "shadowattributes":
            attributes = [{"type": "ip-dst", "category": "Network activity", "value": "198.51.100.9", "to_ids": False}]
        event["Attribute"] = event.get("Attribute") or [a for a in attributes if "type" in a and not event]
        event["Object"] = event.get("Object") or [o for o in objects if "name" in o and "distribution" in o]
        return event

    @staticmethod
    def found(value: Any, key: str) -> list[dict]:
        """What stands under a key, anywhere near the top of a document."""
        if isinstance(value, list):
            return [one for inner in value[:3] for one in Scene.found(inner, key)]
        if not isinstance(value, dict):
            return []
        if key in value:
            inner = value[key]
            return [inner] if isinstance(inner, dict) else [one for one in inner if isinstance(one, dict)] if isinstance(inner, list) else []
        return [one for name in ("response", "Event", "Attribute", "Sighting") for one in Scene.found(value.get(name), key)]

    def added_event(self, shown: dict) -> dict:
        """Add an event with its content."""
        body = {key: shown[key] for key in EVENT if shown.get(key) not in (None, "")}
        body["info"] = shown.get("info") or "Probe event"
        if self.controller == "eventdelegations":
            shown = {"distribution": "0"}
        body["distribution"] = shown.get("distribution") if str(shown.get("distribution")) in ("0", "1", "2", "3") else "1"
        body["Attribute"] = [attribute_of(one) for one in shown.get("Attribute") or []] or default_attributes()
        body["Object"] = [object_of(one) for one in shown.get("Object") or []] or (default_objects() if not shown.get("info") else [])
        body["Tag"] = [{"name": tag["name"]} for tag in shown.get("Tag") or []]
        body["EventReport"] = [{key: r[key] for key in ("uuid", "name", "content", "distribution") if key in r}
                               for r in shown.get("EventReport") or []]
        body |= analyst_data_of(shown)
        self.fit(body)
        holders = [body, *body["Attribute"], *(a for o in body["Object"] for a in o["Attribute"])]
        for name in {tag["name"] for holder in holders for tag in holder["Tag"]} - self.world.tags:
            self.world.call("POST", "tags/add", {"name": name})
            self.world.tags.add(name)
        added = self.world.call("POST", "events/add", body, self.owner)["Event"]
        everything = [*added.get("Attribute", []), *(a for o in added.get("Object", []) for a in o["Attribute"])]
        recorded = [*(shown.get("Attribute") or []), *(a for o in shown.get("Object") or [] for a in o.get("Attribute") or [])]
        for now, before in zip(everything, recorded):
            for sighting in before.get("Sighting") or []:
                self.world.call("POST", f"sightings/add/{now['id']}", {"type": sighting["type"], "source": sighting["source"]}, self.owner)
            if before.get("ShadowAttribute"):
                self.world.call("POST", f"shadow_attributes/edit/{now['id']}", {"comment": "proposed"}, "their publisher")
        if shown.get("ShadowAttribute"):
            self.world.call("POST", f"shadow_attributes/add/{added['id']}", {"type": "ip-src", "value": "203.0.113.8"}, "their publisher")
        if shown.get("RelatedEvent"):
            same = {key: everything[0][key] for key in ("type", "category", "value")}
            self.world.call("POST", "events/add", {"info": "Related", "distribution": "1", "Attribute": [same]}, self.owner)
        return added

    def fit(self, body: dict) -> None:
        """Leave out what the reference's data has and this server would refuse."""
        seen = set()
        for holder in (body, *body["Object"]):
            kept = []
            for one in holder["Attribute"]:
                identity = (id(holder), one.get("type"), one.get("value"))
                if identity not in seen and one.get("value") not in (None, ""):
                    kept.append(one)
                seen.add(identity)
            holder["Attribute"] = kept
        body["Object"] = [one for one in body["Object"] if one["Attribute"]]

    @staticmethod
    def named(record: dict, recorded: str) -> str:
        """A record by uuid where the recording does so, else by id."""
        return str(record["uuid"] if UUID.fullmatch(recorded) else record["id"])

    def make_event(self, recorded: str) -> str:
        if self.event is None and UUID.fullmatch(recorded):
            self.event = self.added_event({"uuid": recorded} | self.shown_event())
        return self.named(self.the_event(), recorded)

    def make_attribute(self, recorded: str) -> str:
        event = self.the_event()
        inside = [a for o in event.get("Object", []) for a in o["Attribute"]]
        everything = [*event.get("Attribute", []), *inside]
        if self.action in ("download", "downloadattachment"):
            everything = [self.world.call("POST", f"attributes/add/{event['id']}", {
                "type": "attachment", "category": "External analysis", "value": "hello.txt", "data": "aGVsbG8="},
                self.owner)["Attribute"]]
        match = [one for one in everything if one["uuid"] == recorded]
        return self.named((match or everything)[0], recorded)

    def make_object(self, recorded: str) -> str:
        objects = self.the_event().get("Object") or []
        if not objects:
            added = self.world.call("POST", f"objects/add/{self.the_event()['id']}", default_objects()[0], self.owner)
            objects = [added["Object"]]
        match = [one for one in objects if one["uuid"] == recorded]
        return self.named((match or objects)[0], recorded)

    def make_reference(self, recorded: str) -> str:
        event = self.the_event()
        added = self.world.call("POST", f"object_references/add/{self.make_object('1')}", {
            "referenced_uuid": event["Attribute"][0]["uuid"], "relationship_type": "related-to"}, self.owner)
        return self.named(added["ObjectReference"], recorded)

    def make_tag(self, recorded: str) -> str:
        return str(self.world.call("POST", "tags/add", {"name": f"replay:{self.mark}-{recorded}"})["Tag"]["id"])

    def make_org(self, recorded: str) -> str:
        body = {"name": f"Org {self.mark} {recorded}", "local": True}
        if UUID.fullmatch(recorded):
            body["uuid"] = recorded
        return self.named(self.world.call("POST", "admin/organisations/add", body)["Organisation"], recorded)

    def make_user(self, recorded: str) -> str:
        made = self.world.call("POST", "admin/users/add", {
            "email": f"{uuid.uuid4()}@people.example", "org_id": self.world.orgs["ours"], "role_id": "3"})
        return str(made["User"]["id"])

    def make_role(self, recorded: str) -> str:
        return str(self.world.call("POST", "admin/roles/add", {"name": f"Role {self.mark} {recorded}"})["Role"]["id"])

    def make_group(self, recorded: str) -> str:
        body = {"name": f"Group {self.mark} {recorded}", "releasability": "x"}
        if UUID.fullmatch(recorded):
            body["uuid"] = recorded
        return self.named(self.world.call("POST", "sharing_groups/add", body, "org admin")["SharingGroup"], recorded)

    def make_feed(self, recorded: str) -> str:
        made = self.world.call("POST", "feeds/add", {
            "name": f"Feed {self.mark}", "url": f"http://192.0.2.1/{self.mark}", "provider": "p", "source_format": "misp"})
        return str(made["Feed"]["id"])

    def make_sighting(self, recorded: str) -> str:
        made = self.world.call("POST", f"sightings/add/{self.make_attribute('1')}", {"type": "0"}, self.owner)
        return self.named(made["Sighting"], recorded)

    def make_proposal(self, recorded: str) -> str:
        made = self.world.call("POST", f"shadow_attributes/add/{self.make_event('1')}",
                               {"type": "ip-src", "value": "203.0.113.77"}, "their publisher")
        return self.named(made["ShadowAttribute"], recorded)

    def make_report(self, recorded: str) -> str:
        made = self.world.call("POST", f"event_reports/add/{self.make_event('1')}", {"name": "R", "content": "C"}, self.owner)
        return self.named(made["EventReport"], recorded)

    def make_analyst(self, recorded: str) -> str:
        kind = self.one.path.strip("/").split("/")[2]
        kind = kind if kind in ("Note", "Opinion", "Relationship") else "Note"
        body = {"Note": {"note": "n"}, "Opinion": {"opinion": 80, "comment": "c"},
                "Relationship": {"relationship_type": "related-to", "related_object_uuid": str(uuid.uuid4()),
                                 "related_object_type": "Event"}}[kind]
        if UUID.fullmatch(recorded):
            body["uuid"] = recorded
        made = self.world.call("POST", f"analyst_data/add/{kind}/{self.the_event()['uuid']}/Event", body, self.owner)
        return self.named(made[kind], recorded)

    def make_key(self, recorded: str) -> str:
        return str(self.world.call("POST", f"auth_keys/add/{self.make_user('1')}", {})["AuthKey"]["id"])

    def make_registration(self, recorded: str) -> str:
        return self.named(self.asked()["Inbox"], recorded)

    def asked(self) -> dict:
        """The one registration that waits."""
        self.world.setting("Security.allow_self_registration", True)
        for old in self.world.call("GET", "users/registrations/index"):
            self.world.call("POST", f"users/discardRegistrations/{old['Inbox']['id']}", {})
        shown = self.found(self.answer, "Inbox")
        said = shown[0]["data"] if shown else {"message": "Let me in"}
        self.world.call("POST", "users/register", said | {"email": f"{uuid.uuid4()}@people.example"}, "nobody")
        return self.world.call("GET", "users/registrations/index")[0]

    def make_delegation(self, recorded: str) -> str:
        event = self.world.call("POST", "events/add", {"info": "Delegated", "distribution": "0"}, "publisher")["Event"]
        made = self.world.call("POST", f"event_delegations/delegateEvent/{event['id']}", {
            "org_id": self.world.orgs["theirs"], "distribution": 0, "message": "Yours"}, "harness")
        return str(made["EventDelegation"]["id"])

    def make_post(self, recorded: str) -> str:
        return str(self.said()["id"])

    def make_thread(self, recorded: str) -> str:
        return str(self.said()["thread_id"])

    def said(self) -> dict:
        """A post in the discussion of this scene's event."""
        return self.world.call("POST", f"posts/add/event/{self.the_event()['id']}", {"message": "Seen"}, self.owner)["Post"]

    def make_blocked_event(self, recorded: str) -> str:
        name = recorded if UUID.fullmatch(recorded) else str(uuid.uuid4())
        self.world.call("POST", "event_blocklists/add", {"uuids": [name]})
        return name

    def make_blocked_org(self, recorded: str) -> str:
        name = recorded if UUID.fullmatch(recorded) else str(uuid.uuid4())
        self.world.call("POST", "org_blocklists/add", {"uuids": [name]})
        return name

    def make_collection(self, recorded: str) -> str:
        made = self.world.call("POST", "collections/add", {"name": f"C {self.mark}", "type": "other"}, self.owner)
        return self.named(made["Collection"], recorded)

    def make_exclusion(self, recorded: str) -> str:
        made = self.world.call("POST", "correlation_exclusions/add", {"value": f"{self.mark}-{recorded}"})
        return self.named(made["CorrelationExclusion"], recorded)

    # The body.

    def body_records(self) -> None:
        """Make what the body names by uuid."""
        if not isinstance(self.body, dict):
            return
        if self.controller == "tags" and self.action in ("attachtagtoobject", "removetagfromobject"):
            target = self.the_event()
            if "Attribute(" in self.one.answer:
                target = target["Attribute"][0]
            self.ids["uuid", self.body.get("uuid", "")] = target["uuid"]
            name = self.body.get("tag")
            if isinstance(name, str):
                fixed = {"user_id": self.world.users["their user"]} if "fixed user" in self.one.answer else {}
                self.world.send("POST", "tags/add", json.dumps({"name": name} | fixed), {
                    "Accept": "application/json", "Content-Type": "application/json"}, "harness")
                if self.action == "removetagfromobject":
                    self.world.call("POST", "tags/attachTagToObject", {"uuid": self.the_event()["uuid"], "tag": name}, self.owner)
        if self.controller == "objectreferences" and "object_uuid" in self.body:
            self.ids["uuid", self.body["object_uuid"]] = self.record("object", self.body["object_uuid"])
        if self.controller == "objectreferences" and "referenced_uuid" in self.body:
            self.ids["uuid", self.body["referenced_uuid"]] = self.the_event()["Attribute"][0]["uuid"]
        if self.action == "restsearch" and self.answer or self.controller == "sightings":
            self.the_event()

    KINDS = {"event_id": "event", "eventid": "event", "attribute_id": "attribute", "object_id": "object",
             "sharing_group_id": "group", "sg_id": "group", "sharinggroup": "group", "tag_id": "tag", "user_id": "user"}

    def mapped(self, value: Any, key: str = "") -> Any:
        """The body with live ids, and with names and addresses of its own."""
        if isinstance(value, dict):
            return {name: self.mapped(inner, name) for name, inner in value.items()}
        if isinstance(value, list):
            return [self.mapped(inner, key) for inner in value]
        text = str(value)
        if isinstance(value, str) and ("uuid", value) in self.ids:
            return self.ids["uuid", value]
        if key == "email" and isinstance(value, str) and "@" in value:
            if "already exists" in self.one.answer:
                return self.world.call("GET", f"admin/users/view/{self.world.users['user']}")["User"]["email"]
            return f"{self.mark}-{value}"
        if not self.exists and text.isdigit() and (key in self.KINDS or key == "id"):
            return 99999 if isinstance(value, int) else "99999"
        if not self.exists or isinstance(value, bool) or not (text.isdigit() and text != "0" or UUID.fullmatch(text)):
            unique = {"organisations": "name", "roles": "name", "sharinggroups": "name", "tags": "name"}
            if unique.get(self.controller) == key and self.action in ("add", "edit") and value and isinstance(value, str):
                return f"{value} {self.mark}"
            return value
        if key in ("org_id", "orgc_id", "org"):
            if self.controller in ("sharinggroups", "eventdelegations"):
                return self.record("org", text)
            return self.world.orgs["ours"] if text.isdigit() else value
        if key == "id" and self.controller in ("sightings", "attributes", "events", "shadowattributes"):
            last = self.one.path.rsplit("/", 1)[-1]
            within = isinstance(self.body, dict) and self.body.get("context") == "event"
            kind = "event" if last == "event" or within else "attribute"
            return self.record(kind, text) if isinstance(value, str) else int(self.record(kind, text))
        if key == "id":
            kind = next((kind for (kind, recorded) in self.ids if recorded == text), None)
            return self.record(kind, text) if kind else value
        if key in self.KINDS and self.controller not in ("users",):
            made = self.record(self.KINDS[key], text)
            return made if isinstance(value, str) or not made.isdigit() else int(made)
        return value
