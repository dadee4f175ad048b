"""Ransomware and the ways into it."""

import hashlib

from feedlib import Event, digest, infected_zip

from .cast import (AMBER, CLEAR, EMBERFIELD, GRANITE_LOCKER, GRANITE_NOTE, GRANITE_WALLET, GREEN, HARBOURLIGHT, LANTERNFISH,
                   PAPERLANTERN_C2, PAPERLANTERN_C2_HOST, PAPERLANTERN_JA3, PAPERLANTERN_LOADER, QUILLMERE, technique)

ENCRYPT = technique("Data Encrypted for Impact - T1486")
POWERSHELL = technique("PowerShell - T1059.001")

LOCKER_RULE = """rule Granitejaw_Locker
{
    meta:
        description = "Strings of the Granitejaw locker, invented for training"
    strings:
        $note = "HOW_TO_RESTORE.txt" wide
        $marker = "GRJW02"
    condition:
        uint16(0) == 0x5A4D and all of them
}
"""

DELETE_SHADOWS_RULE = """title: Shadow copies deleted by a script host
status: experimental
logsource:
  product: windows
  category: process_creation
detection:
  selection:
    ParentImage|endswith: '\\wscript.exe'
    CommandLine|contains: 'delete shadows'
  condition: selection
level: high
"""


def hospital():
    e = Event("granitejaw-hospital", "2026-01-27", QUILLMERE, "Granitejaw ransomware at a regional hospital: first findings", threat=1,
              analysis=1, tags=AMBER + (ENCRYPT, POWERSHELL))
    content = b"This is a harmless text that stands in for a malware sample.\n"
    value, archive = infected_zip("stand-in.exe", content)
    locker = e.obj("file", "The locker as found on the file server", filename="locker.exe", sha256=GRANITE_LOCKER,
                   sha1=digest("sha1", "granitejaw", "locker"), md5=digest("md5", "granitejaw", "locker"), size_in_bytes=418304,
                   entropy="7.41", mimetype="application/vnd.microsoft.portable-executable", state="Malicious",
                   tags={"sha256": ('malware_classification:malware-category="Ransomware"',)})
    stand_in = e.obj("file", "Harmless stand-in, for trying the download of samples", malware_sample=(value, archive), filename="stand-in.exe",
                     md5=hashlib.md5(content).hexdigest(), sha1=hashlib.sha1(content).hexdigest(), sha256=hashlib.sha256(content).hexdigest(),
                     size_in_bytes=len(content))
    stand_in.ref(locker, "related-to")
    pe = e.obj("pe", "Header of the locker", type="exe", imphash=digest("md5", "granitejaw", "imphash"), compilation_timestamp="2026-01-19T11:03:00Z",
               original_filename="svc_helper.exe", internal_filename="svc_helper", number_sections=4, company_name="Example Software",
               pdb="D:\\build\\granite\\x64\\locker.pdb", impfuzzy="24:8fqXj7kPWz0aB:8fiXjI3pB", pehash=digest("sha1", "granitejaw", "pehash"))
    section = e.obj("pe-section", "Packed section", name=".grjw", md5=digest("md5", "granitejaw", ".grjw"), entropy="7.93", size_in_bytes=262144,
                    ssdeep="6144:qYw3hZrR1TtV8kL0pXn5bJ2sDfG:qY8hZrRLV8kUXnrJHG")
    locker.ref(pe, "includes")
    pe.ref(section, "includes")
    start = e.obj("process", "How it was started", name="locker.exe", command_line="locker.exe -path \\\\files01\\share -s 4", pid="4412",
                  parent_process_name="wscript.exe", user_process="QH\\svc_backup", process_state="EXECUTING",
                  creation_time="2026-01-25T03:12:44Z")
    start.ref(locker, "executes")
    e.attr("filename", GRANITE_NOTE, "Ransom note, one in each folder", category="Artifacts dropped")
    e.attr("filename|sha256", f"svc_helper.exe|{GRANITE_LOCKER}", "Name on other machines")
    e.attr("btc", GRANITE_WALLET, "Named in the note; an address that nobody can spend from")
    e.attr("xmr", "4" + digest("sha384", "granitejaw", "xmr")[:94], "Second choice; invented")
    e.attr("email", "restore@granite-desk.example", "Contact in the note", category="Payload delivery")
    e.attr("onion-address", "v" * 55 + "d.onion", "Negotiation page; the name is invented")
    e.attr("mutex", "Global\\GRJW-7F3A", "Keeps a second copy from running")
    e.attr("regkey|value", "HKLM\\SOFTWARE\\Granite\\Run|done=1", "Marker that the machine is finished")
    e.attr("windows-service-name", "GrjwHelper", "Stops database services before encryption")
    e.attr("windows-service-displayname", "Granite Helper Service")
    e.attr("windows-scheduled-task", "\\Microsoft\\Windows\\GrjwUpdate")
    e.attr("yara", LOCKER_RULE, "Tested against the sample and 20,000 clean files")
    e.attr("sigma", DELETE_SHADOWS_RULE, "Shadow copies go first")
    e.attr("ip-dst", PAPERLANTERN_C2, "Contacted nine days before the encryption", first="2026-01-16", last="2026-01-24")
    e.attr("hostname", PAPERLANTERN_C2_HOST, "Name of the same server")
    e.report("Summary for the management", """
# Granitejaw at a regional hospital

**What.** In the night to 25 January a locker called *Granitejaw* encrypted 61 servers. Patient records were
restored from backups that were off line.

**How.** A loader that is known as *Paper Lantern* had been on a workstation since 16 January.

**What to do now**

- Look for the mutex `Global\\GRJW-7F3A` and the file `HOW_TO_RESTORE.txt`.
- Block `cdn-metrics.updates.example`.
- Report sightings of either through the usual channel.
""")
    e.report("Timeline", """
| Date | What |
|---|---|
| 16 Jan | Loader arrives by mail |
| 18 Jan | First use of `svc_backup` |
| 24 Jan | Shadow copies deleted |
| 25 Jan 03:12 | Encryption starts |
""")
    return e


def follow_up(first):
    e = Event("granitejaw-follow-up", "2026-02-19", LANTERNFISH, "Granitejaw ransomware: second victim, improved locker", threat=1, extends=first,
              tags=GREEN + (ENCRYPT, technique("Exfiltration to Cloud Storage - T1567.002")))
    second = digest("sha256", "granitejaw", "locker", 2)
    locker = e.obj("file", "Second version", filename="locker64.exe", sha256=second, sha1=digest("sha1", "granitejaw", "locker", 2),
                   md5=digest("md5", "granitejaw", "locker", 2), size_in_bytes=431104, vhash="045056655d15156az4b!z", authentihash=digest("sha256", "granitejaw", "auth", 2),
                   tlsh="t1" + digest("sha512", "granitejaw", "tlsh", 2)[:70], ssdeep="6144:qYw3hZrR1TtV8kL0pXn5bJ2sDfH:qY8hZrRLV8kUXnrJHH", state="Malicious")
    old = e.obj("file", "First version, for comparison", sha256=GRANITE_LOCKER, filename="locker.exe")
    locker.ref(old, "derived-from", "Nine functions in ten are the same")
    e.attr("sha512", digest("sha512", "granitejaw", "locker", 2), "The same file")
    e.attr("sha3-256", digest("sha3_256", "granitejaw", "locker", 2), "The same file")
    e.attr("filename", GRANITE_NOTE, "Name did not change")
    e.attr("btc", GRANITE_WALLET, "Wallet did not change")
    e.attr("url", "https://storage.uploads.example/api/v2/put", "Copies files out before it encrypts", tags=("kill-chain:Actions on Objectives",))
    e.attr("pattern-in-memory", "GRJW02|key_sched|", "Survives in memory for minutes")
    e.attr("pattern-in-file", "47 52 4A 57 30 32", "Marker at the end of each encrypted file")
    e.attr("filename-pattern", r".*\.grjw[0-9]{2}$", "Ending of encrypted files")
    e.attr("named pipe", "\\\\.\\pipe\\grjw_sync", "Between the locker and its watcher")
    e.attr("hex", "47524A5732", "Marker as bytes", category="Payload installation")
    e.attr("campaign-name", "Cold Quarry")
    e.attr("campaign-id", "CQ-2026-02")
    e.obj("course-of-action", "What worked", name="Immutable backups", type="Remedy", stage="Remedy", cost="Medium", impact="Low", efficacy="High",
          objective="Restore within two days", description="Backups that the domain administrator cannot delete")
    return e


def loader():
    e = Event("paper-lantern-loader", "2026-02-03", LANTERNFISH, "Paper Lantern loader: delivery, persistence and network traffic", threat=2,
              tags=CLEAR + (technique("Malicious File - T1204.002"), technique("Registry Run Keys / Startup Folder - T1547.001"),
                            technique("Web Protocols - T1071.001")))
    archive = e.obj("file", "Attachment of the mail", filename="delivery-note.iso", md5=digest("md5", "paperlantern", "iso"),
                    sha256=digest("sha256", "paperlantern", "iso"), size_in_bytes=1310720)
    loader_file = e.obj("file", "The loader inside", filename="version.dll", sha256=PAPERLANTERN_LOADER, md5=digest("md5", "paperlantern", "loader"),
                        sha1=digest("sha1", "paperlantern", "loader"), imphash=digest("md5", "paperlantern", "imphash"), size_in_bytes=98304,
                        text="Loaded from the folder of a signed viewer")
    key = e.obj("registry-key", "Persistence", key="HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Run", name="LanternView", hive="HKCU",
                data="C:\\Users\\Public\\viewer\\viewer.exe", data_type="REG_SZ", last_modified="2026-01-16T09:15:00Z")
    c2 = e.obj("ip-port", "Command server", ip=PAPERLANTERN_C2, dst_port=443, protocol="https", hostname=PAPERLANTERN_C2_HOST, AS="64500",
               country_code="XX", first_seen="2026-01-12T00:00:00Z", last_seen="2026-02-02T00:00:00Z")
    certificate = e.obj("x509", "Certificate of the command server", x509_fingerprint_sha1=digest("sha1", "paperlantern", "x509"),
                        x509_fingerprint_sha256=digest("sha256", "paperlantern", "x509"), serial_number="03a1f7c4", issuer="CN=updates.example",
                        subject="CN=updates.example", is_self_signed="1", validity_not_before="2026-01-10T00:00:00Z",
                        validity_not_after="2027-01-10T00:00:00Z", dns_names=PAPERLANTERN_C2_HOST)
    beacon = e.obj("http-request", "First request", method="GET", host=PAPERLANTERN_C2_HOST, uri="/pixel.gif?id=00000000", ip_dst=PAPERLANTERN_C2,
                   user_agent="Mozilla/4.0 (compatible; Lantern)", cookie="lv=1")
    archive.ref(loader_file, "contains")
    loader_file.ref(key, "creates").ref(c2, "connects-to")
    c2.ref(certificate, "identified-by")
    beacon.ref(c2, "communicates-with")
    e.obj("ja3", "Client hello of the loader", ja3_fingerprint_md5=PAPERLANTERN_JA3, ip_dst=PAPERLANTERN_C2, description="TLS 1.2 only")
    e.attr("jarm-fingerprint", digest("sha256", "paperlantern", "jarm")[:62], "Answer of the command server")
    e.attr("ja3-fingerprint-md5", PAPERLANTERN_JA3)
    e.attr("sha256", PAPERLANTERN_LOADER, "The loader; please report sightings", tags=('admiralty-scale:source-reliability="b"',))
    e.attr("snort", f'alert tls $HOME_NET any -> $EXTERNAL_NET 443 (msg:"Paper Lantern beacon"; tls.sni; content:"{PAPERLANTERN_C2_HOST}"; sid:9000001; rev:1;)')
    e.attr("suricata", f'alert dns any any -> any any (msg:"Paper Lantern name"; dns.query; content:"{PAPERLANTERN_C2_HOST}"; sid:9000002; rev:1;)')
    e.attr("zeek", f"event dns_request(c: connection, msg: dns_msg, query: string) {{ if ( query == \"{PAPERLANTERN_C2_HOST}\" ) print c$id$orig_h; }}")
    e.attr("bro", "signature lantern { ip-proto == tcp  payload /LNTN/  event \"Paper Lantern\" }")
    e.attr("pattern-in-traffic", "LNTN\\x01\\x00", "First bytes after the handshake")
    e.attr("pdb", "C:\\dev\\lantern\\Release\\lantern.pdb")
    e.attr("community-id", "1:LQU9qZlK+B5F3KDmev6m5PMibrg=", "One recorded flow")
    e.attr("malware-type", "Loader")
    e.attr("link", "https://research.lanternfish.example/paper-lantern", "Our article")
    return e


def energy():
    e = Event("granitejaw-energy", "2026-05-20", EMBERFIELD, "Attempted Granitejaw deployment stopped at an energy supplier", threat=2,
              tags=AMBER + (ENCRYPT, technique("Exploit Public-Facing Application - T1190")))
    e.attr("vulnerability", "CVE-2026-99901", "Placeholder for an unpublished flaw in a remote access gateway")
    e.attr("weakness", "CWE-287", "Improper authentication")
    e.attr("cpe", "cpe:2.3:a:example:gateway:9.1:*:*:*:*:*:*:*", "Affected version")
    flaw = e.obj("vulnerability", "The way in", id="CVE-2026-99901", summary="Authentication of the gateway can be skipped with a crafted cookie", cvss_score="9.8",
                 cvss_string="CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", state="Published", published="2026-05-12T00:00:00Z",
                 vulnerable_configuration="cpe:2.3:a:example:gateway:9.1:*:*:*:*:*:*:*", references="https://vendor.example/advisories/99901")
    weakness = e.obj("weakness", "Its class", id="CWE-287", name="Improper Authentication", description="An identity is claimed and not proved")
    flaw.ref(weakness, "related-to")
    e.many("ip-src", ["203.0.113.201", "203.0.113.202", "2001:db8:40::5"], "Scanned for the gateway", first="2026-05-14", last="2026-05-18")
    e.attr("ip-src|port", "203.0.113.202|40112", "The request that came through")
    e.attr("filename", GRANITE_NOTE, "Found in a staging folder, never used", category="Payload installation")
    e.attr("sha256", GRANITE_LOCKER, "Same locker as in January")
    e.attr("process-state", "SUSPENDED", "State in which the locker was found")
    e.attr("stix2-pattern", "[file:hashes.'SHA-256' = '" + GRANITE_LOCKER + "']")
    e.attr("kusto-query", f'DeviceFileEvents | where SHA256 == "{GRANITE_LOCKER}" | project DeviceName, FolderPath')
    return e


def leak_site():
    e = Event("leak-site", "2026-08-12", HARBOURLIGHT, "Leak page of the Granitejaw group lists eleven organisations", analysis=1, tags=GREEN)
    for number in range(1, 12):
        e.attr("text", f"Entry {number:02}: name withheld, informed by telephone", "Entry of the page", category="External analysis")
    e.attr("onion-address", "v" * 55 + "d.onion", "Same page as in January")
    e.attr("dash", "XpESxaUmonkq8RaLLp46Brx2K39ggQe226", "New means of payment; invented address")
    e.attr("datetime", "2026-08-10T22:00:00.000000+0000", "Deadline that the page counts down to", category="Other")
    e.obj("report", "Short notice to members", title="Leak page: what we know", type="Alert", case_number="HL-2026-0812",
          summary="Eleven entries, nine of them older than a month", link="https://cert.harbourlight.example/notices/0812")
    return e


def events():
    first = hospital()
    return [first, loader(), follow_up(first), energy(), leak_site()]
