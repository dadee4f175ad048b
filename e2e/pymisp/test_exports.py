"""Exports: what PyMISP asks for, and whether the programs that each format is made for accept it."""

from __future__ import annotations

import csv
import gzip
import io
import json
import subprocess
from xml.etree import ElementTree

import pytest
import requests
import yara
from ioc_writer.managers import upgrade_10
from pymisp import MISPEvent, PyMISP

VALUES = [
    ("ip-dst", "198.51.100.7"),
    ("ip-src", "192.0.2.0/24"),
    ("ip-dst", "2001:db8::7"),
    ("ip-dst|port", "198.51.100.8|8080"),
    ("domain", "evil.example.com"),
    ("hostname", "www.example.org"),
    ("domain|ip", "worse.example|203.0.113.9"),
    ("url", "http://evil.example.com/a?b=c;d"),
    ("url", "https://sni.example:8443/x"),
    ("url", "ftp://198.51.100.9/x"),
    ("url", "http://long.example/" + "x" * 700),
    ("user-agent", 'Bad "agent"; |00| \\ : é'),
    ("email-src", "a@evil.example"),
    ("email-dst", "b@evil.example"),
    ("email-subject", "Pay now; \"today\" | or \\ never"),
    ("email-attachment", "invoice.exe"),
    ("ja3-fingerprint-md5", "b386946a5a44d1ddcc843bc75336dfce"),
    ("md5", "900150983cd24fb0d6963f7d28e17f72"),
    ("filename|sha256", "evil.exe|e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("imphash", "f34d5f2d4577ed6d9ceec516c1f5a744"),
    ("regkey|value", 'HKLM\\Software\\X|"quoted"\\'),
    ("mutex", "a\"b\\c"),
    ("snort", 'drop tcp any any -> any 80 (msg:"own; rule"; content:"abc"; sid:1; rev:1;)'),
    ("snort", "not a rule ; sid:5;)"),
    ("yara", 'import "pe"\nrule own { strings: $a = "x" condition: $a and pe.number_of_sections > 1 }'),
    ("yara", "rule own { condition: true }"),
    ("yara", "rule broken { condition: true"),
    ("comment", '=cmd|"/c calc"!A1\nsecond, line \u202eabc'),
]


@pytest.fixture
def shared(misp: PyMISP, event) -> MISPEvent:
    """A published event with one value of many types."""
    made = event(VALUES[:-1], info='Export "test" <&> \u2603')
    misp.add_attribute(made, {"type": "comment", "value": VALUES[-1][1]})
    misp.tag(made.uuid, 'test:quoted="a;b"', local=False)
    misp.publish(made)
    return misp.get_event(made, pythonify=True)


def export(misp: PyMISP, kind: str, controller: str = "attributes", **filters) -> str:
    """The raw text of an export."""
    answer = requests.post(
        f"{misp.root_url}/{controller}/restSearch",
        headers={"Authorization": misp.key},
        json={"returnFormat": kind, **filters},
        timeout=60,
    )
    assert answer.status_code == 200, answer.text
    assert answer.headers["X-Export-Module-Used"] == kind
    answer.encoding = "utf-8"
    return answer.text


def accepted_by(*command: str, text: str = "") -> str:
    """What a program says that must succeed."""
    done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, f"{command}: {done.stdout}\n{done.stderr}"
    return done.stdout + done.stderr


@pytest.mark.parametrize("controller", ["attributes", "events"])
@pytest.mark.parametrize("kind", ["suricata", "snort"])
def test_suricata_loads_every_rule(misp, shared, tmp_path, kind, controller):
    # Suricata reads the rules of Snort 2 as well.
    text = export(misp, kind, controller, eventid=shared.uuid)
    rules = [line for line in text.splitlines() if line.startswith("alert")]
    assert len(rules) >= 20
    file = tmp_path / "misp.rules"
    file.write_text(text)
    settings = tmp_path / "suricata.yaml"
    settings.write_text(
        "%YAML 1.1\n---\nvars:\n  address-groups:\n    HOME_NET: '[10.0.0.0/8]'\n    EXTERNAL_NET: '!$HOME_NET'\n"
        "    SMTP_SERVERS: '$HOME_NET'\n  port-groups:\n    HTTP_PORTS: '80'\n"
        f"default-log-dir: {tmp_path}\nclassification-file: /etc/suricata/classification.config\n"
        "reference-config-file: /etc/suricata/reference.config\n"
        "app-layer:\n  protocols:\n    tls:\n      enabled: yes\n      ja3-fingerprints: yes\n    http:\n      enabled: yes\n"
        "    dns:\n      tcp:\n        enabled: yes\n      udp:\n        enabled: yes\n    ftp:\n      enabled: yes\n"
        "    ssh:\n      enabled: yes\n    smtp:\n      enabled: yes\n"
    )
    said = accepted_by("suricata", "-T", "-v", "-c", str(settings), "-S", str(file), "-l", str(tmp_path))
    assert f"{len(rules)} rules successfully loaded, 0 rules failed" in said, said


@pytest.mark.parametrize("policy", ["DROP", "1", "NODATA", "3", "PASSTHRU", "5"])
def test_bind_loads_the_zone(misp, shared, tmp_path, policy):
    zone = tmp_path / "rpz.zone"
    zone.write_text(export(misp, "rpz", eventid=shared.uuid, policy=policy))
    said = accepted_by("named-checkzone", "-D", "rpz.example", str(zone))
    for owner in ["32.7.100.51.198.rpz-ip", "24.0.2.0.192.rpz-ip", "128.7.zz.db8.2001.rpz-ip", "*.evil.example.com"]:
        assert f"{owner}.rpz.example." in said
    assert "*.www.example.org" not in said


def test_yara_compiles_the_rules(misp, shared):
    rules = yara.compile(source=export(misp, "yara", eventid=shared.uuid))
    names = {rule.identifier for rule in rules}
    assert "own" in names and len(names) > 10
    assert "MISP_e" in rules.match(data=b"GET evil.example.com HTTP")[0].rule
    assert any(match.meta["type"] == "md5" for match in rules.match(data=b"abc"))
    for rule in json.loads(export(misp, "yara-json", eventid=shared.uuid))["generated"]:
        yara.compile(source='import "hash"\nimport "pe"\n' + rule["value"])


def test_iptables_takes_the_rules(misp, shared):
    lines = export(misp, "netfilter", eventid=shared.uuid, netfilter_action="REJECT").split("\n")
    for program in ("iptables", "ip6tables"):
        rules = [line.removeprefix(f"{program} ") for line in lines if line.startswith(f"{program} ")]
        assert rules
        text = "*filter\n" + "\n".join(rules) + "\nCOMMIT\n"
        accepted_by("unshare", "-n", f"{program}-restore", "--test", text=text)


def test_openioc_is_read(misp, shared, tmp_path):
    file = tmp_path / "misp.ioc"
    file.write_text(export(misp, "openioc", "events", eventid=shared.uuid))
    accepted_by("xmllint", "--noout", str(file))
    manager = upgrade_10.UpgradeManager()
    manager.insert(str(file))
    assert not manager.convert_to_11()
    (ioc,) = manager.iocs_11.values()
    contents = [item.text for item in ioc.root.iter() if str(item.tag).endswith("Content")]
    assert "evil.example.com" in contents and "198.51.100.7" in contents
    assert ElementTree.parse(file).getroot().findtext("{*}short_description") == shared.info


@pytest.mark.parametrize("controller", ["attributes", "events", "sightings"])
def test_xml_is_well_formed(misp, shared, controller):
    misp.add_sighting({"value": "evil.example.com"})
    filters = {"last": "1d"} if controller == "sightings" else {"eventid": shared.uuid}
    text = export(misp, "xml", controller, **filters)
    accepted_by("xmllint", "--noout", "-", text=text)
    values = [element.text for element in ElementTree.fromstring(text).iter("value")]
    assert "evil.example.com" in values
    if controller != "sightings":
        assert VALUES[-1][1] in values


def test_csv_is_read_back(misp, shared):
    for controller in ("attributes", "events"):
        text = export(misp, "csv", controller, eventid=shared.uuid, includeContext=1)
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
        assert len(rows) == len(VALUES)
        assert {row["value"] for row in rows} >= {VALUES[-1][1], VALUES[11][1]}
        assert {row["event_info"] for row in rows} == {shared.info}
        assert {row["event_tag"] for row in rows} == {'test:quoted="a;b"'}
    some = misp.search(
        "attributes", return_format="csv", eventid=shared.uuid, type_attribute="domain", pythonify=True,
        requested_attributes=["value", "category"],
    )
    assert [row["value"].strip('"') for row in some] == ["evil.example.com"]
    bare = export(misp, "csv", eventid=shared.uuid, type="domain", requested_attributes=["value"], headerless=1)
    assert bare.strip() == '"evil.example.com"'


def test_sightings_as_csv(misp, shared):
    misp.add_sighting({"value": "evil.example.com", "source": 'a "b"'})
    text = export(misp, "csv", "sightings", last="1d", source='a "b"', includeEvent=1, includeAttribute=1)
    (row, *_) = csv.DictReader(io.StringIO(text))
    assert (row["value"], row["source"], row["event_info"]) == ("evil.example.com", 'a "b"', shared.info)
    assert row["attribute_type"] == "domain"


def test_zeek_reads_the_intelligence(misp, shared):
    answer = requests.get(
        f"{misp.root_url}/attributes/bro/download/all/null/{shared.id}", headers={"Authorization": misp.key}, timeout=60
    )
    assert answer.headers["Content-Disposition"] == f'attachment; filename="misp.all.event_{shared.id}.intel"'
    answer.encoding = "utf-8"
    head, *lines = answer.text.rstrip("\n").split("\n")
    fields = head.split("\t")
    assert fields[0] == "#fields"
    rows = [dict(zip(fields[1:], line.split("\t"), strict=True)) for line in lines if not line.startswith("#")]
    found = {(row["indicator"], row["indicator_type"]) for row in rows}
    assert {
        ("198.51.100.7", "Intel::ADDR"),
        ("192.0.2.0/24", "Intel::SUBNET"),
        ("evil.example.com", "Intel::DOMAIN"),
        ("evil.example.com/a?b=c;d", "Intel::URL"),
        ("evil.exe", "Intel::FILE_NAME"),
    } <= found


def test_only_what_is_meant_for_detection(misp, event):
    draft = event([("domain", "draft.example")])
    assert "draft.example" not in export(misp, "text", eventid=draft.uuid)
    assert export(misp, "text", eventid=draft.uuid, ignore=1) == "draft.example\n"
    assert export(misp, "text", eventid=draft.uuid, published=0) == "draft.example\n"
    assert "draft.example" in export(misp, "csv", eventid=draft.uuid)


def test_numbers_of_rules_are_the_users_own(misp, shared, new_user, client_for):
    other = client_for(new_user())
    mine, theirs = (
        {int(rule.split("sid:")[1].split(";")[0]) for rule in text.splitlines() if "sid:" in rule}
        for text in (export(client, "suricata", eventid=shared.uuid, type="domain") for client in (misp, other))
    )
    assert mine and theirs and not mine & theirs


def test_old_addresses(misp, shared):
    def get(path: str) -> requests.Response:
        answer = requests.get(f"{misp.root_url}{path}", headers={"Authorization": misp.key}, timeout=60)
        assert answer.status_code == 200, answer.text
        return answer

    assert get(f"/attributes/text/download/domain/null/{shared.id}").text == "evil.example.com\n"
    assert "alert" in get(f"/events/nids/suricata/download/{shared.id}").text
    assert get(f"/events/nids/snort/download/{shared.id}").headers["X-Export-Module-Used"] == "snort"
    assert "900150983cd24fb0d6963f7d28e17f72\n" in get("/events/hids/md5/download").text
    assert get(f"/attributes/rpz/download/null/{shared.id}").text.startswith("$TTL 1w;")
    table = get(f"/events/csv/download/{shared.id}")
    assert table.headers["Content-Disposition"] == f'attachment; filename="misp.event.{shared.id}.csv"'
    assert {row["to_ids"] for row in csv.DictReader(io.StringIO(table.text))} == {"1"}
    assert get(f"/events/xml/download/{shared.id}").headers["Content-Type"].startswith("application/xml")
    assert get(f"/events/restSearchExport/{shared.id}/text").text.count("\n") > 5
    refused = requests.get(f"{misp.root_url}/events/hids/crc/download", headers={"Authorization": misp.key}, timeout=60)
    assert refused.status_code == 400 and "md5" in refused.json()["message"]


def test_a_poller_is_told_whether_anything_changed(misp, event, new_user, client_for):
    made = event([("domain", "poll.example")], distribution=1)
    other = client_for(new_user())
    url, body = f"{misp.root_url}/attributes/restSearch", {"returnFormat": "csv", "eventid": made.uuid}

    def ask(client: PyMISP, tag: str | None = None) -> requests.Response:
        headers = {"Authorization": client.key} | ({"If-None-Match": tag} if tag else {})
        return requests.post(url, headers=headers, json=body, timeout=60)

    tag = ask(other).headers["ETag"]
    assert ask(other, tag).status_code == 304
    for change in (
        lambda: misp.tag(made.attributes[0].uuid, "poll:changed"),
        lambda: misp.update_attribute({"uuid": made.attributes[0].uuid, "distribution": 0}),
        lambda: misp.update_attribute({"uuid": made.attributes[0].uuid, "distribution": 1}),
        lambda: misp.delete_attribute(made.attributes[0].uuid),
    ):
        change()
        answer = ask(other, tag)
        assert answer.status_code == 200
        tag = answer.headers["ETag"]
        assert ask(other, tag).status_code == 304


def test_wrong_parameters_are_named(misp, shared):
    for kind, name, value in [
        ("rpz", "policy", "9"),
        ("rpz", "ns", "a b"),
        ("hosts", "ip_address", "here"),
        ("netfilter", "netfilter_action", "DROP; reboot"),
        ("cache", "hash_type", "crc"),
        ("csv", "requested_attributes", ["nothing"]),
    ]:
        answer = requests.post(
            f"{misp.root_url}/attributes/restSearch",
            headers={"Authorization": misp.key},
            json={"returnFormat": kind, name: value},
            timeout=60,
        )
        assert answer.status_code == 400 and name in answer.json()["message"], answer.text
    for kind in ("opendata", "bro", "nothing"):
        answer = misp.direct_call("attributes/restSearch", {"returnFormat": kind})
        assert answer["errors"][0] == 404


def test_exports_are_compressed(misp, shared):
    for coding in ("gzip", "br", "zstd"):
        answer = requests.post(
            f"{misp.root_url}/attributes/restSearch",
            headers={"Authorization": misp.key, "Accept-Encoding": coding},
            json={"returnFormat": "csv", "eventid": shared.uuid},
            stream=True,
            timeout=60,
        )
        assert answer.headers["Content-Encoding"] == coding
        raw = answer.raw.read(decode_content=False)
        if coding == "gzip":
            assert gzip.decompress(raw).startswith(b"uuid,event_id")


def test_nobody_exports_what_they_may_not_see(misp, event, new_user, client_for):
    hidden = event([("domain", "hidden.example"), ("md5", "0" * 32)], distribution=0)
    misp.publish(hidden)
    other = client_for(new_user())
    for kind in ("csv", "text", "hashes", "suricata", "rpz", "hosts", "yara", "openioc", "cache", "xml", "context-markdown"):
        for controller in ("events",) if kind.startswith("context") else ("events", "attributes"):
            text = export(other, kind, controller, eventid=hidden.uuid)
            assert "hidden.example" not in text and "0" * 32 not in text
