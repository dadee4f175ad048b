"""Exercises, and sets that hold one value of each kind for training and for tests."""

from feedlib import Event, digest, infected_zip

from .cast import CLEAR, GRANITE_NOTE, GREEN, HARBOURLIGHT, LANTERNFISH, PAPERLANTERN_C2, QUILLMERE, technique

HASHES = {
    "md5": "md5", "sha1": "sha1", "sha224": "sha224", "sha256": "sha256", "sha384": "sha384", "sha512": "sha512", "sha512/224": "sha224",
    "sha512/256": "sha256", "sha3-224": "sha3_224", "sha3-256": "sha3_256", "sha3-384": "sha3_384", "sha3-512": "sha3_512",
    "authentihash": "sha256", "imphash": "md5", "pehash": "sha1",
}
PUBLIC_KEY = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmDMEZ0example0FgkrBgEEAdpHDwEBB0Aexample\n-----END PGP PUBLIC KEY BLOCK-----"
PRIVATE_KEY = "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlFgEZ0example0FgkrBgEEAdpHDwEBB0Aexample\n-----END PGP PRIVATE KEY BLOCK-----"


def files():
    e = Event("set-files", "2026-09-09", HARBOURLIGHT, "Training set: one value of each kind for files and systems", threat=4, tags=CLEAR)
    for kind, algorithm in HASHES.items():
        e.attr(kind, digest(algorithm, "set", kind), "Checksum of an invented file")
        e.attr(f"filename|{kind}", f"set-{kind.replace('/', '-')}.bin|{digest(algorithm, 'set', kind)}", "The same with its name")
    ssdeep, tlsh = "96:s4Ud1Lj96tHHlZDrwciQmA+4uy1I0G4HYuL8N3TzS8QsO/wqWXLcMSx:sF1LjEtHHlZDrJzrhuyZvHYm8tKp/RWO", "t1" + digest("sha512", "set", "tlsh")[:70]
    for kind, value in (("ssdeep", ssdeep), ("tlsh", tlsh), ("vhash", "045056655d15156az4b!z")):
        e.attr(kind, value)
        e.attr(f"filename|{kind}", f"set-{kind}.bin|{value}")
    e.attr("impfuzzy", "24:8fqXj7kPWz0aB:8fiXjI3pB")
    e.attr("telfhash", "t1" + digest("sha512", "set", "telfhash")[:70])
    e.attr("cdhash", digest("sha1", "set", "cdhash"))
    for kind, algorithm in (("md5", "md5"), ("sha1", "sha1"), ("sha256", "sha256")):
        e.attr(f"x509-fingerprint-{kind}", digest(algorithm, "set", "x509", kind))
    value, archive = infected_zip("set-sample.txt", b"A harmless text in the place of a sample.\n")
    e.attr("malware-sample", value, "Opens with the usual password", data=archive)
    e.attr("attachment", "notes.md", "Notes for the exercise", category="Support Tool", data=b"# Notes\n\nNothing here is real.\n")
    for kind, value in (
        ("filename", "set-plain.exe"), ("pdb", "C:\\build\\set.pdb"), ("regkey", "HKLM\\SOFTWARE\\Set"), ("regkey|value", "HKLM\\SOFTWARE\\Set|1"),
        ("mutex", "Local\\set-mutex"), ("named pipe", "\\\\.\\pipe\\set"), ("process-state", "RUNNING"), ("windows-scheduled-task", "\\SetTask"),
        ("windows-service-name", "SetService"), ("windows-service-displayname", "Set Service"), ("mime-type", "application/pdf"),
        ("pattern-in-file", "53 45 54"), ("pattern-in-memory", "SET-MEM"), ("filename-pattern", "set-.*\\.exe"), ("gene", "set.gene"),
        ("kusto-query", "SigninLogs | where UserAgent == 'set'"), ("yara", "rule Set { condition: false }"),
        ("sigma", "title: Set\nlogsource:\n  category: test\ndetection:\n  s:\n    a: b\n  condition: s\n"),
        ("stix2-pattern", "[file:name = 'set-plain.exe']"), ("malware-type", "Downloader"), ("hex", "534554"), ("cookie", "set=1"),
        ("vulnerability", "CVE-2026-99999"), ("weakness", "CWE-79"), ("cpe", "cpe:2.3:o:example:os:1:*:*:*:*:*:*:*"),
    ):
        e.attr(kind, value, "Training value")
    return e


def network():
    e = Event("set-network", "2026-09-10", HARBOURLIGHT, "Training set: one value of each kind for networks and messages", threat=4, tags=CLEAR)
    for kind, value in (
        ("ip-src", "192.0.2.1"), ("ip-dst", "192.0.2.2"), ("ip-src", "198.51.100.128/26"), ("ip-dst", "2001:db8::2"), ("ip-src|port", "192.0.2.1|1025"),
        ("ip-dst|port", "2001:db8::2|443"), ("port", "8443"), ("domain", "set.example"), ("hostname", "www.set.example"), ("hostname|port", "www.set.example|8080"),
        ("domain|ip", "set.example|192.0.2.2"), ("url", "https://www.set.example/a?b=c#d"), ("uri", "/a?b=c"), ("link", "https://docs.example.org/set"),
        ("user-agent", "SetClient/1.0"), ("http-method", "OPTIONS"), ("AS", "64511"), ("mac-address", "00:00:5e:00:53:01"), ("mac-eui-64", "00:00:5e:ef:10:00:00:01"),
        ("ja3-fingerprint-md5", digest("md5", "set", "ja3")), ("jarm-fingerprint", digest("sha256", "set", "jarm")[:62]), ("hassh-md5", digest("md5", "set", "hassh")),
        ("hasshserver-md5", digest("md5", "set", "hasshserver")), ("favicon-mmh3", "1234567890"), ("dom-hash", digest("md5", "set", "dom")),
        ("community-id", "1:wCb3OG7yAFWelaUydu0D+125CLM="), ("ssh-fingerprint", "MD5:d4:1d:8c:d9:8f:00:b2:04:e9:80:09:98:ec:f8:42:7e"),
        ("snort", 'alert tcp any any -> any 80 (msg:"set"; sid:9000100; rev:1;)'), ("suricata", 'alert http any any -> any any (msg:"set"; sid:9000101; rev:1;)'),
        ("bro", "signature set { payload /set/ event \"set\" }"), ("zeek", "event zeek_init() { print \"set\"; }"), ("pattern-in-traffic", "set\\r\\n"),
        ("onion-address", "expyuzz4wqqyqhjn.onion"), ("dkim", "v=DKIM1; p=c2V0"), ("dkim-signature", "v=1; a=rsa-sha256; d=set.example; b=c2V0"),
        ("email", "both@set.example"), ("email-src", "from@set.example"), ("email-dst", "to@set.example"), ("email-subject", "Training message"),
        ("email-attachment", "training.pdf"), ("email-body", "A message\nwith two lines"), ("email-header", "Received: by set.example"), ("email-reply-to", "reply@set.example"),
        ("email-x-mailer", "SetMailer"), ("email-mime-boundary", "=_set"), ("email-thread-index", "AQHset=="), ("email-message-id", "<set@set.example>"),
        ("email-src-display-name", "Sender of the Set"), ("email-dst-display-name", "Receiver of the Set"), ("eppn", "person@set.example"),
        ("azure-application-id", "11111111-2222-4333-8444-555555555555"), ("mobile-application-id", "org.example.set"),
        ("chrome-extension-id", "aaaabbbbccccddddeeeeffffgggghhhh"), ("edge-extension-id", "hhhhggggffffeeeeddddccccbbbbaaaa"),
    ):
        e.attr(kind, value, "Training value")
    return e


def people():
    e = Event("set-people", "2026-09-11", QUILLMERE, "Training set: one value of each kind for people, money and accounts", threat=4, tags=CLEAR)
    for kind, value in (
        ("first-name", "Odalys"), ("middle-name", "Wren"), ("last-name", "Fairweather"), ("full-name", "Odalys Wren Fairweather"), ("date-of-birth", "1980-02-29"),
        ("place-of-birth", "Saltmarsh"), ("gender", "Prefer not to say"), ("passport-number", "X0000000"), ("passport-country", "Examplia"),
        ("passport-expiration", "2030-01-01"), ("redress-number", "0000000"), ("nationality", "Examplian"), ("visa-number", "V000000"),
        ("issue-date-of-the-visa", "2026-01-01"), ("primary-residence", "1 Harbour Road, Saltmarsh"), ("country-of-residence", "Examplia"),
        ("special-service-request", "Vegetarian meal"), ("frequent-flyer-number", "EX000000"), ("travel-details", "Saltmarsh to Pebbleton, 3 May"),
        ("payment-details", "Voucher"), ("place-port-of-original-embarkation", "Saltmarsh"), ("place-port-of-clearance", "Pebbleton"),
        ("place-port-of-onward-foreign-destination", "Low Weir"), ("passenger-name-record-locator-number", "EXA000"), ("identity-card-number", "ID000000"),
        ("phone-number", "+15550199"), ("prtn", "+15550198"), ("whois-registrant-phone", "+15550197"), ("whois-registrant-email", "owner@set.example"),
        ("whois-registrant-name", "Odalys Fairweather"), ("whois-registrant-org", "Set and Sons"), ("whois-registrar", "Example Registrar Ltd"),
        ("whois-creation-date", "2026-01-01"), ("dns-soa-email", "soa@set.example"), ("target-user", "ofairweather"), ("target-email", "o.fairweather@set.example"),
        ("target-machine", "SET-PC-01"), ("target-org", "Set and Sons"), ("target-location", "Saltmarsh"), ("target-external", "Supplier of the Set"),
        ("btc", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"), ("dash", "XpESxaUmonkq8RaLLp46Brx2K39ggQe226"), ("xmr", "4" + digest("sha384", "set", "xmr")[:94]),
        ("iban", "FR1420041010050500013M02606"), ("bic", "EXMPFRPP"), ("bank-account-nr", "0500013"), ("aba-rtn", "111000025"), ("bin", "424242"),
        ("cc-number", "4242424242424242"), ("github-username", "set-user"), ("github-repository", "set-org/set"), ("github-organisation", "set-org"),
        ("jabber-id", "set@chat.example"), ("twitter-id", "set_example"), ("git-commit-id", digest("sha1", "set", "commit")), ("threat-actor", "Actor of the Set"),
        ("campaign-name", "Campaign of the Set"), ("campaign-id", "SET-1"), ("cortex", '{"summary": {"taxonomies": []}, "success": true}'),
        ("pgp-public-key", PUBLIC_KEY), ("pgp-private-key", PRIVATE_KEY), ("anonymised", "a1b2c3"), ("text", "A text"), ("comment", "A comment"), ("other", "Something else"),
        ("size-in-bytes", "1024"), ("counter", "3"), ("float", "2.75"), ("boolean", "0"), ("uuid", "3f0c1d5e-0000-4000-8000-00000000a5e7"),
        ("datetime", "2026-09-11T10:00:00.000000+0000"),
    ):
        e.attr(kind, value, "Training value; the person does not exist")
    person = e.obj("person", "The invented person", first_name="Odalys", last_name="Fairweather", nationality="Examplian", gender="Prefer not to say",
                   date_of_birth="1980-02-29", passport_number="X0000000", passport_country="Examplia", handle="set-user")
    works = e.obj("organization", "Where she would work", name="Set and Sons", sector="Furniture", type_of_organization="Company")
    person.ref(works, "works-for")
    return e


def amber_tide():
    e = Event("amber-tide-1", "2026-10-06", HARBOURLIGHT, "Exercise Amber Tide, first inject: suspicious log-ins at a port operator", threat=4, analysis=0,
              tags=CLEAR + ("misp-galaxy:threat-actor=\"TA505\"", technique("Password Spraying - T1110.003"), technique("Valid Accounts - T1078")))
    e.attr("comment", "EXERCISE. The actor tag belongs to the scenario and says nothing about anybody.")
    e.many("ip-src", ["203.0.113.211", "203.0.113.212", "203.0.113.213"], "Spraying one password over 900 accounts", first="2026-10-05", last="2026-10-06")
    user = e.obj("user-account", "Account that gave way", username="berth.planner", account_type="windows-domain", group=["Planning"], email="berth.planner@port.example")
    machine = e.obj("device", "Where it was used", name="PORT-PLAN-02", device_type="PC", ip_address="192.0.2.80", OS="Windows 11", dns_name="plan02.port.example")
    user.ref(machine, "uses")
    e.report("Task for the players", """
# Amber Tide: first inject

You are the response team of a port. At 07:00 the help desk reports locked accounts.

1. Which addresses are involved?
2. Which account gave way, and where was it used?
3. Whom do you inform within the first hour?

*Answer in the event: add a sighting to each address that you find in the logs.*
""")
    return e


def amber_tide_two(first):
    e = Event("amber-tide-2", "2026-10-07", HARBOURLIGHT, "Exercise Amber Tide, second inject: crane control stops", threat=4, analysis=0, extends=first,
              tags=CLEAR + (technique("LSASS Memory - T1003.001"), technique("Data Encrypted for Impact - T1486")))
    e.attr("comment", "EXERCISE. Continues the first inject.")
    e.attr("ip-dst", PAPERLANTERN_C2, "Contacted by PORT-PLAN-02")
    e.attr("filename", GRANITE_NOTE, "On the desktop of the crane computer", category="Artifacts dropped")
    dump = e.obj("process", "Dump of passwords", name="rundll32.exe", command_line="rundll32.exe comsvcs.dll, MiniDump 640 C:\\t\\d.bin full", pid="2212",
                 parent_process_name="cmd.exe", user_process="PORT\\berth.planner", integrity_level="High")
    result = e.obj("file", "The dump", filename="d.bin", size_in_bytes=71303168)
    dump.ref(result, "creates")
    e.obj("suricata", "Rule for the players", suricata='alert tls any any -> any any (msg:"EXERCISE Amber Tide"; tls.sni; content:"updates.example"; sid:9000200; rev:1;)')
    e.obj("yara", "Rule for the players", yara_rule_name="Amber_Tide", yara="rule Amber_Tide { strings: $a = \"AMBERTIDE\" condition: $a }", comment="Matches the training file only")
    e.obj("sigma", "Rule for the players", sigma_rule_name="Dump of passwords", sigma="title: Dump of passwords\nlogsource:\n  category: process_creation\ndetection:\n  s:\n    CommandLine|contains: MiniDump\n  condition: s\n")
    e.obj("annotation", "For the control team", text="Release at 10:30, not before the first answers are in.", type="Other", format="text")
    return e


def weekly():
    e = Event("weekly-47", "2026-11-19", LANTERNFISH, "Weekly summary: indicators worth a look before the week-end", threat=3, analysis=1, tags=GREEN, hour="14:00")
    e.attr("ip-dst", PAPERLANTERN_C2, "Active again since Tuesday; please report sightings", first="2026-11-17", last="2026-11-19",
           tags=("workflow:todo=\"review\"",))
    e.many("domain", ["late-invoice.example", "room-booking.example", "fleet-map.example"], "New this week", first="2026-11-16")
    e.many("sha256", [digest("sha256", "weekly", number) for number in range(6)], "Attachment of this week's mails")
    e.attr("email-subject", "Your booking for the end of the year")
    e.attr("link", "https://research.lanternfish.example/weekly/2026-47", "The full summary")
    return e


def events():
    first = amber_tide()
    return [files(), network(), people(), first, amber_tide_two(first), weekly()]
