"""Who tells the stories, and what appears in more than one of them."""

from feedlib import digest, uid


def org(name):
    return {"name": name, "uuid": uid("org", name)}


HARBOURLIGHT = org("Harbourlight CERT")
NORTHMOOR = org("Northmoor University SOC")
KESTREL = org("Kestrel Cove Bank Fraud Desk")
EMBERFIELD = org("Emberfield Grid CSIRT")
LANTERNFISH = org("Lanternfish Threat Research")
QUILLMERE = org("Quillmere Health Security")

CLEAR = ("tlp:clear", "PAP:CLEAR", "type:OSINT")
GREEN = ("tlp:green", "PAP:GREEN")
AMBER = ("tlp:amber", "PAP:AMBER")


def technique(name):
    return f'misp-galaxy:mitre-attack-pattern="{name}"'


# Shared between events, so that they correlate.
PAPERLANTERN_C2 = "203.0.113.45"
PAPERLANTERN_C2_HOST = "cdn-metrics.updates.example"
PAPERLANTERN_LOADER = digest("sha256", "paperlantern", "loader")
PAPERLANTERN_JA3 = digest("md5", "paperlantern", "ja3")
KIT_HOST = "198.51.100.23"
KIT_MAILBOX = "collector@mailhub.example"
KIT_FAVICON = "-1394027841"
GRANITE_NOTE = "HOW_TO_RESTORE.txt"
GRANITE_LOCKER = digest("sha256", "granitejaw", "locker")
GRANITE_WALLET = "1111111111111111111114oLvT2"
PROXY_POOL = "192.0.2.128/25"
STUFFING_AGENT = "python-requests/2.31.0 batch-login"
