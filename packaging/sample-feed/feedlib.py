"""Builds events and writes them as a MISP feed directory. Standard library only; the same input gives the same bytes."""

import base64
import datetime
import hashlib
import json
import pathlib
import struct
import uuid
import zlib

from knowledge import DEFAULTS, TEMPLATES

NAMESPACE = uuid.UUID("6f1f6a6e-8f5b-4d0a-9b5e-5a3f0c7d2e11")
TYPE_DEFAULTS = {name: default for default, names in DEFAULTS.items() for name in names}
COLOURS = {
    "tlp:clear": "#ffffff", "tlp:green": "#33ff00", "tlp:amber": "#ffc000", "tlp:amber+strict": "#ffc000",
    "PAP:CLEAR": "#ffffff", "PAP:GREEN": "#33ff00", "PAP:AMBER": "#ffc000", "type:OSINT": "#004646",
}


def uid(*parts):
    """A uuid that depends on nothing but the given names."""
    return str(uuid.uuid5(NAMESPACE, "/".join(map(str, parts))))


def digest(algorithm, *parts):
    """An invented checksum, the same at every run."""
    return hashlib.new(algorithm, "/".join(map(str, parts)).encode()).hexdigest()


def unix(moment):
    """Unix seconds of `YYYY-MM-DD` or `YYYY-MM-DDTHH:MM` in UTC."""
    return int(datetime.datetime.fromisoformat(moment).replace(tzinfo=datetime.timezone.utc).timestamp())


def iso(moment):
    """The long spelling of a moment, as in first_seen."""
    return datetime.datetime.fromtimestamp(unix(moment), datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000000+00:00")


def tag(name):
    colour = COLOURS.get(name) or "#" + hashlib.md5(name.split(":")[0].encode()).hexdigest()[:6]
    return {"name": name, "colour": colour, "local": "0", "relationship_type": ""}


def b64(data):
    return base64.b64encode(data).decode()


class Event:
    def __init__(self, key, day, org, info, threat=3, analysis=2, tags=(), extends=None, hour="09:30"):
        self.key, self.org, self.info, self.date = key, org, info, day
        self.threat, self.analysis, self.tags = threat, analysis, tags
        self.created = unix(f"{day}T{hour}")
        self.clock = self.created
        self.uuid = uid("event", key)
        self.extends = extends.uuid if extends else ""
        self.attributes, self.objects, self.reports = [], [], []

    def tick(self):
        """Entries are written some minutes after one another."""
        self.clock += 97
        return str(self.clock)

    def attr(self, kind, value, comment="", category=None, ids=None, tags=(), first=None, last=None, data=None, relation=None,
             quiet=False, owner="", serial=None):
        default_category, default_ids = TYPE_DEFAULTS[kind]
        serial = len(self.attributes) if serial is None else serial
        value = value.strip()
        attribute = {
            "uuid": uid("attribute", self.key, owner, serial, kind, value),
            "type": kind,
            "category": category or default_category,
            "value": value,
            "to_ids": default_ids if ids is None else ids,
            "comment": comment,
            "timestamp": self.tick(),
            "distribution": "5",
            "disable_correlation": quiet,
            "deleted": False,
        }
        if relation:
            attribute["object_relation"] = relation
        if first:
            attribute["first_seen"] = iso(first)
        if last:
            attribute["last_seen"] = iso(last)
        if data is not None:
            attribute["data"] = b64(data)
        if tags:
            attribute["Tag"] = [tag(name) for name in tags]
        if not relation:
            self.attributes.append(attribute)
        return attribute

    def many(self, kind, values, comment="", **options):
        return [self.attr(kind, value, comment, **options) for value in values]

    def obj(self, name, comment="", /, first=None, last=None, tags=None, **relations):
        built = Object(self, name, comment, first, last, tags or {}, relations)
        self.objects.append(built)
        return built

    def report(self, name, content):
        self.reports.append({"uuid": uid("report", self.key, name), "name": name, "content": content.strip() + "\n",
                             "distribution": "5", "timestamp": self.tick(), "deleted": False})

    def summary(self):
        return {
            "Orgc": self.org, "Tag": [tag(name) for name in self.tags], "info": self.info, "date": self.date,
            "analysis": str(self.analysis), "threat_level_id": str(self.threat),
            "timestamp": str(self.clock), "publish_timestamp": str(self.clock + 600),
        }

    def document(self):
        return {"Event": {
            "uuid": self.uuid, **self.summary(), "published": True, "distribution": "3", "extends_uuid": self.extends,
            "protected": None, "Attribute": self.attributes, "Object": [built.document() for built in self.objects],
            "EventReport": self.reports,
        }}

    def values(self):
        for attribute in self.attributes + [inner for built in self.objects for inner in built.attributes]:
            composite = "|" in attribute["type"] or attribute["type"] == "malware-sample"
            yield from attribute["value"].split("|") if composite else [attribute["value"]]


class Object:
    def __init__(self, event, name, comment, first, last, tags, relations):
        self.event, self.name, self.comment, self.first, self.last = event, name, comment, first, last
        self.uuid = uid("object", event.key, len(event.objects), name)
        self.references, self.attributes = [], []
        known = TEMPLATES[name][4]
        for relation, value in relations.items():
            # Python names hold no hyphen, and `from` is no name.
            relation = relation.rstrip("_")
            relation = relation if relation in known else relation.replace("_", "-")
            kind, category, ids, quiet = known[relation]
            for part in value if isinstance(value, list) else [value]:
                data = None
                if kind == "datetime":
                    # A value of this type writes its zone without a colon.
                    part = iso(part.removesuffix("Z")).replace("+00:00", "+0000")
                if isinstance(part, tuple):
                    part, data = part
                self.attributes.append(event.attr(
                    kind, str(part), "", category, ids, tags.get(relation, ()), data=data, relation=relation, quiet=quiet,
                    owner=self.uuid, serial=len(self.attributes)))
        self.timestamp = event.tick()

    def ref(self, target, relationship, comment=""):
        referenced = target["uuid"] if isinstance(target, dict) else target.uuid
        self.references.append({
            "uuid": uid("reference", self.uuid, referenced, relationship), "timestamp": self.timestamp,
            "relationship_type": relationship, "comment": comment, "object_uuid": self.uuid, "referenced_uuid": referenced})
        return self

    def document(self):
        template, version, meta, description, _ = TEMPLATES[self.name]
        document = {
            "name": self.name, "meta-category": meta, "description": description, "template_uuid": template,
            "template_version": str(version), "uuid": self.uuid, "timestamp": self.timestamp, "distribution": "5",
            "comment": self.comment, "deleted": False, "ObjectReference": self.references, "Attribute": self.attributes}
        if self.first:
            document["first_seen"] = iso(self.first)
        if self.last:
            document["last_seen"] = iso(self.last)
        return document


def _crc_step(crc, byte):
    # zlib inverts before and after; the cipher wants the bare step.
    return zlib.crc32(bytes([byte]), crc ^ 0xFFFFFFFF) ^ 0xFFFFFFFF


def zip_crypto(plain, password, header):
    """The traditional encryption of the ZIP format."""
    keys = [0x12345678, 0x23456789, 0x34567890]

    def update(byte):
        keys[0] = _crc_step(keys[0], byte)
        keys[1] = ((keys[1] + (keys[0] & 0xFF)) * 134775813 + 1) & 0xFFFFFFFF
        keys[2] = _crc_step(keys[2], keys[1] >> 24)

    for byte in password:
        update(byte)
    out = bytearray()
    for byte in header + plain:
        mask = (keys[2] | 2) & 0xFFFF
        out.append(byte ^ (((mask * (mask ^ 1)) >> 8) & 0xFF))
        update(byte)
    return bytes(out)


def infected_zip(filename, content):
    """A malware sample's archive: stored members, password `infected`, dated 1980 so that the bytes never change."""
    md5 = hashlib.md5(content).hexdigest()
    body, directory = b"", b""
    members = [(md5, content), (f"{md5}.filename.txt", filename.encode())]
    for name, data in members:
        crc = zlib.crc32(data)
        header = hashlib.sha256(name.encode()).digest()[:11] + bytes([crc >> 24])
        sealed = zip_crypto(data, b"infected", header)
        fields = struct.pack("<HHHHHIIIHH", 20, 1, 0, 0, 33, crc, len(sealed), len(data), len(name), 0)
        offset = len(body)
        body += b"PK\x03\x04" + fields + name.encode() + sealed
        directory += b"PK\x01\x02" + struct.pack("<H", 20) + fields + struct.pack("<HHHII", 0, 0, 0, 0, offset) + name.encode()
    end = struct.pack("<HHHHIIH", 0, 0, len(members), len(members), len(directory), len(body), 0)
    return f"{filename}|{md5}", body + directory + b"PK\x05\x06" + end


def write(folder, events):
    """Writes the directory anew: events, the manifest and the checksums."""
    folder = pathlib.Path(folder)
    for old in folder.glob("*.json"):
        old.unlink()

    def dump(path, document):
        path.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

    hashes = []
    for event in events:
        dump(folder / f"{event.uuid}.json", event.document())
        hashes += [f"{hashlib.md5(value.encode()).hexdigest()},{event.uuid}\n" for value in event.values()]
    dump(folder / "manifest.json", {event.uuid: event.summary() for event in events})
    (folder / "hashes.csv").write_text("".join(hashes), encoding="utf-8")
