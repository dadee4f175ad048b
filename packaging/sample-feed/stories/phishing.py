"""Phishing, fraud and stolen accounts."""

from feedlib import Event, digest

from .cast import (AMBER, CLEAR, GREEN, HARBOURLIGHT, KESTREL, KIT_FAVICON, KIT_HOST, KIT_MAILBOX, LANTERNFISH, NORTHMOOR,
                   PROXY_POOL, QUILLMERE, STUFFING_AGENT, technique)

SPEARLINK = technique("Spearphishing Link - T1566.002")
VALID = technique("Valid Accounts - T1078")


def parcel_fee():
    e = Event("parcel-fee", "2025-11-26", HARBOURLIGHT, "Parcel redelivery fee smishing against mobile subscribers",
              tags=CLEAR + (SPEARLINK, 'phishing:techniques="sms-phishing"'))
    for name in ("parcel-fee", "redelivery-desk", "track-my-box", "customs-balance"):
        e.attr("domain", f"{name}.example", "Landing page, live for less than a day", first="2025-11-24", last="2025-11-25")
        e.attr("url", f"https://{name}.example/pay?ref=7731", "Link in the text message")
    e.attr("ip-dst", KIT_HOST, "All four names point here; please report sightings", tags=('kill-chain:Delivery',))
    e.attr("phone-number", "+15550100", "Sender shown to the victims")
    e.attr("prtn", "+15550142", "Call-back number for victims who hesitate")
    e.attr("favicon-mmh3", KIT_FAVICON, "The icon that ships with the kit")
    e.attr("text", "Your parcel is held. Pay 1.99 to release it:", "Wording of the message", category="Payload delivery")
    page = e.obj("url", "The card form", first="2025-11-24", last="2025-11-25", url="https://parcel-fee.example/pay?ref=7731",
                 host="parcel-fee.example", resource_path="/pay", query_string="ref=7731", scheme="https", port=443)
    host = e.obj("domain-ip", "Resolution at the time of the report", domain="parcel-fee.example", ip=KIT_HOST,
                 first_seen="2025-11-24T08:00:00Z", last_seen="2025-11-25T21:15:00Z")
    page.ref(host, "resolved-to")
    return e


def payroll():
    e = Event("payroll-portal", "2025-12-09", NORTHMOOR, "Fake payroll portal harvests staff credentials before the December run",
              threat=2, tags=CLEAR + (SPEARLINK, VALID))
    mail = e.obj(
        "email", "One of 214 copies", from_="payroll@northmoor-staff.example", to="staff@northmoor.example",
        subject="Action needed: confirm your December payslip", reply_to=KIT_MAILBOX, send_date="2025-12-08T06:12:00Z",
        message_id="<20251208061200.4F2A@mailer.northmoor-staff.example>", x_mailer="PHPMailer 6.5.0",
        from_display_name="Payroll Services", received_header_ip="198.51.100.77")
    page = e.obj("url", "Copy of the sign-on page", url="https://sso.northmoor-staff.example/login?next=/payslip",
                 host="sso.northmoor-staff.example", domain="northmoor-staff.example", resource_path="/login", scheme="https")
    mail.ref(page, "linked-to", "The button of the message")
    e.attr("domain", "northmoor-staff.example", "Registered three days before the wave", first="2025-12-05")
    e.attr("ip-dst", KIT_HOST, "Same host as the parcel campaign of November")
    e.attr("favicon-mmh3", KIT_FAVICON)
    e.attr("email-src", "payroll@northmoor-staff.example", "Envelope sender")
    e.attr("email-dst", KIT_MAILBOX, "Where the kit posts what it collects", ids=True)
    e.attr("email-subject", "Action needed: confirm your December payslip")
    e.attr("whois-registrant-email", "registrant@mailhub.example")
    e.attr("target-email", "staff@northmoor.example", "Distribution list that was abused")
    e.attr("target-org", "Northmoor University")
    e.attr("user-agent", STUFFING_AGENT, "Seen in the log-ins with stolen passwords")
    e.report("What happened", """
# Payroll phishing, December 2025

On **8 December** staff received a message that asked them to confirm a payslip. The link led to a copy of the
single sign-on page at `sso.northmoor-staff.example`.

| Hour (UTC) | Event |
|---|---|
| 06:12 | First message |
| 07:40 | First report by a reader |
| 08:05 | Domain blocked at the resolver |
| 09:30 | Passwords of 11 accounts reset |

The favicon and the collecting mailbox tie it to the parcel campaign of the month before.
""")
    return e


def invoice_fraud():
    e = Event("invoice-fraud", "2026-01-14", KESTREL, "Changed bank details: invoice fraud against three suppliers", threat=2,
              tags=GREEN + ('estimative-language:likelihood-probability="very-likely"',))
    account = e.obj("bank-account", "Beneficiary named in the forged invoices", iban="GB82WEST12345698765432", swift="WESTGB2L",
                    account_name="Brightwater Office Supplies", currency_code="GBP", institution_name="West Example Bank")
    person = e.obj("person", "Name used in the mails; no such employee exists", first_name="Marlow", last_name="Tennick",
                   full_name="Marlow Tennick", e_mail="m.tennick@brightwater-accounts.example", phone_number="+15550111",
                   role="Suspect")
    person.ref(account, "owner-of")
    mail = e.obj("email", "The message with the changed details", from_="m.tennick@brightwater-accounts.example",
                 subject="Updated remittance information - invoice 20671", attachment="invoice-20671.pdf",
                 return_path="bounce@bulkpost.example", thread_index="AQHZ0f1k3m2h7rQ8v0GkP1m2n3o4pQ==",
                 mime_boundary="----=_Part_20671_99")
    mail.ref(person, "impersonates")
    e.attr("iban", "GB82WEST12345698765432", "Money moved on within the hour")
    e.attr("bic", "WESTGB2L")
    e.attr("bank-account-nr", "12345698", "The same account as the banks abroad write it")
    e.attr("domain", "brightwater-accounts.example", "Lookalike of the supplier's domain", first="2026-01-02")
    e.attr("email-src-display-name", "Marlow Tennick | Accounts")
    e.attr("email-attachment", "invoice-20671.pdf")
    e.attr("whois-registrant-name", "Marlow Tennick")
    e.attr("whois-registrant-phone", "+15550111")
    e.attr("comment", "Two of three payments could be recalled.", "Outcome", category="Financial fraud")
    return e


def mfa_fatigue():
    e = Event("mfa-fatigue", "2026-02-11", QUILLMERE, "Push fatigue: 140 prompts in one night, one approved", threat=2,
              tags=AMBER + (technique("Multi-Factor Authentication Request Generation - T1621"), VALID))
    user = e.obj("user-account", "The account whose owner approved", username="t.ashworth", display_name="T. Ashworth",
                 account_type="windows-domain", group=["Ward administration"], privileged="0",
                 last_login="2026-02-10T02:41:00Z")
    for number, address in enumerate(("203.0.113.17", "203.0.113.18", "203.0.113.91"), 1):
        e.attr("ip-src", address, f"Source {number} of the log-ins", first="2026-02-10", last="2026-02-11",
               tags=("kill-chain:Actions on Objectives",) if number == 3 else ())
    flow = e.obj("network-connection", "The session after the approval", ip_src="203.0.113.91", ip_dst="192.0.2.10", src_port=51514,
                 dst_port=443, layer4_protocol="TCP", layer7_protocol="HTTPS", community_id="1:wCb3OG7yAFWelaUydu0D+125CLM=",
                 first_packet_seen="2026-02-10T02:42:10Z", src_bytes_count=48213, dst_bytes_count=1920411)
    flow.ref(user, "used-by")
    e.attr("ip-src", PROXY_POOL, "Residential proxy pool in front of the sources", ids=False)
    e.attr("target-user", "t.ashworth", "Ward administration")
    e.attr("target-machine", "QH-WARD-0417")
    e.attr("eppn", "t.ashworth@quillmere.example")
    e.attr("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Firefox/115.0", "Never used by this person before")
    e.attr("cookie", "session=7b1e0c2d9f; Path=/; Secure", "Revoked", ids=False)
    e.report("Advice to other hospitals", """
## Stop the prompts

1. Switch to **number matching**.
2. Alert on more than five prompts in ten minutes.
3. Tell staff that nobody will ever call and ask them to approve.
""")
    return e


def qr_codes():
    e = Event("qr-parking", "2026-03-18", HARBOURLIGHT, "Stickers with QR codes on parking machines lead to a payment page",
              tags=CLEAR + (SPEARLINK,))
    for town in ("saltmarsh", "pebbleton", "low-weir"):
        e.attr("hostname", f"{town}.park-and-pay.example", f"Page in the name of the town of {town.title()}")
    e.attr("domain", "park-and-pay.example", first="2026-03-01", last="2026-03-17")
    e.attr("domain|ip", "park-and-pay.example|198.51.100.61", "Resolution on 17 March")
    e.attr("uri", "/s/4471/checkout", "Path in every code")
    e.attr("bin", "411111", "Test card that the page accepts without a charge")
    e.attr("cc-number", "4111111111111111", "The test number in full")
    code = e.attr("attachment", "sticker.svg", "Drawing of the sticker", category="Payload delivery",
                  data=b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><rect width="40" height="40" fill="#fff"/>'
                       b'<path d="M4 4h10v10H4zM26 4h10v10H26zM4 26h10v10H4z"/></svg>\n')
    place = e.obj("geolocation", "Where the stickers were found", city="Saltmarsh", country="Examplia", latitude="0.0", longitude="0.0",
                  text="Three car parks by the harbour; the position is not given")
    place.ref(code, "related-to")
    return e


def voice_clone():
    e = Event("voice-clone", "2026-04-22", KESTREL, "Cloned voice of a director orders a transfer by telephone", threat=2, analysis=1,
              tags=AMBER + ('phishing:techniques="voice-phishing"',))
    victim = e.obj("victim", "The company that nearly paid", name="Orchard & Quay Ltd", sectors="Wholesale", external="Accountant",
                   description="Stopped by a call back to a known number")
    caller = e.obj("person", "The voice on the telephone", alias="the director", phone_number="+15550123", role="Suspect")
    caller.ref(victim, "targets")
    e.attr("phone-number", "+15550123", "Withheld in two of three calls", category="Financial fraud", ids=True)
    e.attr("iban", "DE89370400440532013000", "Account to be paid")
    e.attr("target-location", "Pebbleton")
    e.attr("target-external", "Accounting service of the company")
    e.attr("full-name", "Ines Corvane", "Director whose voice was imitated; informed")
    return e


def consent_app():
    e = Event("consent-app", "2026-06-03", NORTHMOOR, "Malicious cloud application asks for consent to read mail", threat=2,
              tags=GREEN + (VALID,))
    e.attr("azure-application-id", "0f0f0f0f-1111-4222-8333-444455556666", "Name shown to users: Calendar Helper")
    e.attr("url", "https://calendar-helper.example/oauth/return", "Redirect address of the application")
    e.attr("domain", "calendar-helper.example", first="2026-05-20")
    e.attr("hostname|port", "api.calendar-helper.example|8443", "Receives the tokens")
    e.attr("ip-dst|port", "198.51.100.77|8443", "Behind that name", tags=("kill-chain:Command and Control",))
    e.attr("email-dst-display-name", "Calendar Helper Support")
    e.attr("email-message-id", "<consent.9931@calendar-helper.example>")
    e.attr("dkim", "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQC", "Selector s1, shortened")
    e.attr("dkim-signature", "v=1; a=rsa-sha256; d=calendar-helper.example; s=s1; bh=frcCV1k9oG9oKj3dpUqdJg1PxRT2RSN/XKdLCPjaYaY=")
    e.attr("http-method", "POST", "The only method that its interface answers")
    return e


def extension():
    e = Event("tab-tidy", "2026-07-08", LANTERNFISH, "Browser extension Tab Tidy was sold and now reads form fields",
              tags=CLEAR + (technique("Exfiltration Over C2 Channel - T1041"),))
    e.attr("chrome-extension-id", "abcdefghijklmnopabcdefghijklmnop", "Version 4.1.0 and later")
    e.attr("edge-extension-id", "ponmlkjihgfedcbaponmlkjihgfedcba", "The same code in the other shop")
    e.many("hostname", [f"{name}.tabtidy.example" for name in ("sync", "cfg", "m1", "m2")], "Contacted by the background page")
    e.attr("ip-dst", "198.51.100.140", "Behind all four", first="2026-06-30")
    e.attr("dom-hash", digest("md5", "tabtidy", "options"), "Structure of the options page")
    code = e.obj("script", "Part that copies form fields", filename="content.js", language="JavaScript", state="Malicious",
                 script="document.addEventListener('submit', e => queue(new FormData(e.target)));",
                 comment="Shortened; the queue is sent every ninety seconds")
    bundle = e.obj("file", "The package", filename="tab-tidy-4.1.0.crx", sha256=digest("sha256", "tabtidy", "crx"),
                   sha1=digest("sha1", "tabtidy", "crx"), md5=digest("md5", "tabtidy", "crx"), size_in_bytes=184320)
    bundle.ref(code, "contains")
    return e


def gift_cards():
    e = Event("gift-cards", "2026-10-14", KESTREL, "Gift card portal abused with stolen shop accounts",
              tags=GREEN + (VALID, "misp-galaxy:threat-actor=\"Storm-0539\""), analysis=1)
    e.attr("comment", "Attribution tag set for training only: the case is invented.", category="Attribution")
    e.many("ip-src", ["192.0.2.131", "192.0.2.140", "192.0.2.177"], "Inside the known proxy pool", first="2026-10-02", last="2026-10-12")
    e.attr("ip-src", PROXY_POOL, "The pool itself", ids=False)
    e.attr("user-agent", STUFFING_AGENT, "Same client as in the payroll case")
    e.attr("jabber-id", "cards@chat.example", "Contact for resale")
    e.attr("twitter-id", "quick_cards_example", "Advertises the cards")
    e.attr("prtn", "+15550190")
    e.attr("btc", "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy", "Named in the offer; an address from the documentation")
    post = e.obj("microblog", "The offer", post="Cards at half price, message me", username="quick_cards_example", type="Twitter",
                 creation_date="2026-10-03T18:20:00Z")
    coin = e.obj("coin-address", "Where to pay", address="3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy", symbol="BTC",
                 last_updated="2026-10-13T00:00:00Z")
    post.ref(coin, "mentions")
    return e



def events():
    return [parcel_fee(), payroll(), invoice_fraud(), mfa_fatigue(), qr_codes(), voice_clone(), consent_app(), extension(),
            gift_cards()]
