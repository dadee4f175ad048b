"""Facts that the generator needs: the default category of each attribute type, and the object templates it uses."""

# (default category, default IDS flag) -> attribute types
DEFAULTS = {
    ("Payload delivery", True): [
        "md5", "sha1", "sha256", "filename", "filename|md5", "filename|sha1", "filename|sha256",
        "email-src", "email-attachment", "malware-sample", "authentihash", "vhash", "ssdeep", "imphash",
        "telfhash", "pehash", "impfuzzy", "sha224", "sha384", "sha512", "sha512/224", "sha512/256",
        "sha3-224", "sha3-256", "sha3-384", "sha3-512", "tlsh", "cdhash", "filename|authentihash",
        "filename|vhash", "filename|ssdeep", "filename|imphash", "filename|impfuzzy", "filename|pehash",
        "filename|sha224", "filename|sha384", "filename|sha512", "filename|sha512/224",
        "filename|sha512/256", "filename|sha3-224", "filename|sha3-256", "filename|sha3-384",
        "filename|sha3-512", "filename|tlsh", "mobile-application-id", "azure-application-id",
        "chrome-extension-id", "edge-extension-id",
    ],
    ("Artifacts dropped", False): [
        "pdb", "gene", "kusto-query", "mime-type", "named pipe", "process-state", "windows-scheduled-task",
        "windows-service-name", "windows-service-displayname",
    ],
    ("Network activity", True): [
        "ip-src", "ip-dst", "hostname", "domain", "domain|ip", "eppn", "email-dst", "url",
        "ja3-fingerprint-md5", "jarm-fingerprint", "favicon-mmh3", "hassh-md5", "hasshserver-md5", "snort",
        "suricata", "bro", "zeek", "community-id", "dom-hash", "pattern-in-traffic", "uri",
        "x509-fingerprint-sha1", "x509-fingerprint-md5", "x509-fingerprint-sha256", "ip-dst|port",
        "ip-src|port", "hostname|port", "onion-address",
    ],
    ("Social network", True): [
        "email",
    ],
    ("Payload delivery", False): [
        "email-subject", "email-body", "malware-type", "email-dst-display-name", "email-src-display-name",
        "email-header", "email-reply-to", "email-x-mailer", "email-mime-boundary", "email-thread-index",
        "email-message-id",
    ],
    ("Other", False): [
        "float", "comment", "text", "hex", "other", "size-in-bytes", "counter", "integer", "datetime",
        "boolean", "uuid", "anonymised",
    ],
    ("Internal reference", False): [
        "git-commit-id",
    ],
    ("Network activity", False): [
        "http-method", "user-agent", "AS", "ssh-fingerprint", "cookie", "port", "mac-address", "mac-eui-64",
        "dkim", "dkim-signature",
    ],
    ("Persistence mechanism", True): [
        "regkey", "regkey|value",
    ],
    ("Payload installation", True): [
        "pattern-in-file", "pattern-in-memory", "filename-pattern", "yara", "stix2-pattern", "sigma",
    ],
    ("Person", False): [
        "pgp-public-key", "pgp-private-key", "identity-card-number", "phone-number", "first-name",
        "middle-name", "last-name", "full-name", "date-of-birth", "place-of-birth", "gender",
        "passport-number", "passport-country", "passport-expiration", "redress-number", "nationality",
        "visa-number", "issue-date-of-the-visa", "primary-residence", "country-of-residence",
        "special-service-request", "frequent-flyer-number", "travel-details", "payment-details",
        "place-port-of-original-embarkation", "place-port-of-clearance",
        "place-port-of-onward-foreign-destination", "passenger-name-record-locator-number",
    ],
    ("External analysis", False): [
        "vulnerability", "cpe", "weakness", "attachment", "link", "cortex",
    ],
    ("Artifacts dropped", True): [
        "mutex",
    ],
    ("Targeting data", False): [
        "target-user", "target-email", "target-machine", "target-org", "target-location", "target-external",
    ],
    ("Financial fraud", True): [
        "btc", "dash", "xmr", "iban", "bic", "bank-account-nr", "aba-rtn", "bin", "cc-number", "prtn",
    ],
    ("Attribution", False): [
        "threat-actor", "campaign-name", "campaign-id", "whois-registrant-email", "whois-registrant-phone",
        "whois-registrant-name", "whois-registrant-org", "whois-registrar", "whois-creation-date",
        "dns-soa-email",
    ],
    ("Social network", False): [
        "github-username", "github-repository", "github-organisation", "jabber-id", "twitter-id",
    ],
}

# name -> (template uuid, version, meta category, description, relation -> (type, category, IDS flag, correlation off)),
# from the public misp-objects definitions.
TEMPLATES = {
    "android-app": (
        "92836f23-4730-4eae-82ac-9f00d5299735", 2, "file",
        "Indicators related to an Android app",
        {
            "appid": ("text", "Other", False, False), "name": ("text", "Other", False, False),
            "sha256": ("sha256", "Payload delivery", True, False),
            "certificate": ("sha1", "Payload delivery", True, False),
            "domain": ("domain", "Network activity", True, False),
        },
    ),
    "annotation": (
        "5d8dc046-15a1-4ca3-a09f-ed4ede7c4487", 3, "misc",
        "An annotation object allowing analysts to add annotations, comments, executive summary to a MISP "
        "event, objects or attributes.",
        {
            "text": ("text", "Other", False, False), "type": ("text", "Other", False, True),
            "format": ("text", "Other", False, True),
        },
    ),
    "asn": (
        "4ec55cc6-9e49-4c64-b794-03c25c1a6587", 6, "network",
        "Autonomous system object describing an autonomous system which can include one or more network "
        "operators managing an entity (e.g. ISP) along with their routing policy, routing prefixes or alike.",
        {
            "asn": ("AS", "Network activity", False, False), "description": ("text", "Other", False, False),
            "country": ("text", "Other", False, False),
            "subnet-announced": ("ip-src", "Network activity", True, False),
            "first-seen": ("datetime", "Other", False, True),
        },
    ),
    "attack-pattern": (
        "35928348-56be-4d7f-9752-a80927936351", 1, "vulnerability",
        "Attack pattern describing a common attack pattern enumeration and classification.",
        {
            "id": ("text", "Other", False, True), "name": ("text", "Other", False, False),
            "summary": ("text", "Other", False, False),
            "related-weakness": ("weakness", "External analysis", False, False),
        },
    ),
    "bank-account": (
        "b4712203-95a8-4883-80e9-b566f5df11c9", 3, "financial",
        "An object describing bank account information based on account description from goAML 4.0.",
        {
            "iban": ("iban", "Financial fraud", True, False), "swift": ("bic", "Financial fraud", True, True),
            "account-name": ("text", "Other", False, False), "currency-code": ("text", "Other", False, True),
            "institution-name": ("text", "Other", False, True),
        },
    ),
    "coin-address": (
        "d0e6997e-78da-4815-a6a1-cfc1c1cb8a46", 7, "financial",
        "An address used in a cryptocurrency",
        {
            "address": ("btc", "Financial fraud", True, False), "symbol": ("text", "Other", False, True),
            "last-updated": ("datetime", "Other", False, True),
        },
    ),
    "course-of-action": (
        "3d1c2c06-68a9-4394-8c8d-258d115f796f", 1, "misc",
        "An object describing a specific measure taken to prevent or respond to an attack.",
        {
            "name": ("text", "Other", False, True), "type": ("text", "Other", False, True),
            "description": ("text", "Other", False, True), "objective": ("text", "Other", False, True),
            "stage": ("text", "Other", False, True), "cost": ("text", "Other", False, True),
            "impact": ("text", "Other", False, True), "efficacy": ("text", "Other", False, True),
        },
    ),
    "credential": (
        "a27e98c9-9b0e-414c-8076-d201e039ca09", 5, "misc",
        "Credential describes one or more credential(s) including password(s), api key(s) or decryption "
        "key(s).",
        {
            "username": ("text", "Other", False, False), "password": ("text", "Other", False, False),
            "type": ("text", "Other", False, True), "origin": ("text", "Other", False, True),
            "format": ("text", "Other", False, True),
        },
    ),
    "device": (
        "0c64b41a-e583-4f4d-ac92-d484163b9e52", 10, "misc",
        "An object to define a device",
        {
            "name": ("text", "Other", False, False), "device-type": ("text", "Other", False, True),
            "ip-address": ("ip-src", "Network activity", True, False),
            "MAC-address": ("mac-address", "Network activity", False, False), "OS": ("text", "Other", False, True),
            "infection_type": ("text", "Other", False, True), "dns-name": ("text", "Other", False, False),
            "description": ("text", "Other", False, True),
        },
    ),
    "domain-ip": (
        "43b3b146-77eb-4931-b4cc-b66c60f28734", 11, "network",
        "A domain/hostname and IP address seen as a tuple in a specific time frame.",
        {
            "domain": ("domain", "Network activity", True, False), "ip": ("ip-dst", "Network activity", True, False),
            "hostname": ("hostname", "Network activity", True, False),
            "port": ("port", "Network activity", False, False), "first-seen": ("datetime", "Other", False, True),
            "last-seen": ("datetime", "Other", False, True),
        },
    ),
    "email": (
        "a0c666e0-fc65-4be8-b48f-3423d788b552", 19, "network",
        "Email object describing an email with meta-information",
        {
            "from": ("email-src", "Payload delivery", True, False),
            "from-display-name": ("email-src-display-name", "Payload delivery", False, False),
            "to": ("email-dst", "Payload delivery", True, True),
            "subject": ("email-subject", "Payload delivery", False, False),
            "attachment": ("email-attachment", "Payload delivery", True, False),
            "message-id": ("email-message-id", "Payload delivery", False, True),
            "reply-to": ("email-reply-to", "Payload delivery", False, False),
            "send-date": ("datetime", "Other", False, True),
            "mime-boundary": ("email-mime-boundary", "Payload delivery", False, True),
            "thread-index": ("email-thread-index", "Payload delivery", False, True),
            "header": ("email-header", "Payload delivery", False, True),
            "x-mailer": ("email-x-mailer", "Payload delivery", False, True),
            "return-path": ("email-src", "Payload delivery", True, False),
            "received-header-ip": ("ip-src", "Network activity", True, False),
        },
    ),
    "file": (
        "688c46fb-5edb-40a3-8273-1af7923e2215", 25, "file",
        "File object describing a file with meta-information",
        {
            "filename": ("filename", "Payload delivery", True, True),
            "size-in-bytes": ("size-in-bytes", "Other", False, True), "md5": ("md5", "Payload delivery", True, False),
            "sha1": ("sha1", "Payload delivery", True, False), "sha256": ("sha256", "Payload delivery", True, False),
            "ssdeep": ("ssdeep", "Payload delivery", True, False), "tlsh": ("tlsh", "Payload delivery", True, False),
            "imphash": ("imphash", "Payload delivery", True, False),
            "malware-sample": ("malware-sample", "Payload delivery", True, False),
            "mimetype": ("mime-type", "Artifacts dropped", False, True), "entropy": ("float", "Other", False, True),
            "state": ("text", "Other", False, True), "path": ("text", "Other", False, True),
            "text": ("text", "Other", False, True), "authentihash": ("authentihash", "Payload delivery", True, False),
            "vhash": ("vhash", "Payload delivery", True, False),
            "sha512": ("sha512", "Payload delivery", True, False),
            "pattern-in-file": ("pattern-in-file", "Artifacts dropped", True, False),
        },
    ),
    "geolocation": (
        "cd6f2238-ba55-4888-82c4-104e6e1acf21", 8, "misc",
        "An object to describe a geographic location.",
        {
            "city": ("text", "Other", False, False), "country": ("text", "Other", False, False),
            "latitude": ("float", "Other", False, True), "longitude": ("float", "Other", False, True),
            "text": ("text", "Other", False, True),
        },
    ),
    "http-request": (
        "b4a8d163-8110-4239-bfcf-e08f3a9fdf7b", 4, "network",
        "A single HTTP request header",
        {
            "method": ("http-method", "Network activity", False, True),
            "uri": ("uri", "Network activity", True, False), "host": ("hostname", "Network activity", True, False),
            "user-agent": ("user-agent", "Network activity", False, False),
            "cookie": ("text", "Network activity", False, False),
            "ip-dst": ("ip-dst", "Network activity", True, False),
        },
    ),
    "ip-port": (
        "9f8cea74-16fe-4968-a2b4-026676949ac6", 10, "network",
        "An IP address (or domain or hostname) and a port seen as a tuple (or as a triple) in a specific time "
        "frame.",
        {
            "ip": ("ip-dst", "Network activity", True, False), "dst-port": ("port", "Network activity", False, True),
            "protocol": ("text", "Network activity", False, True), "first-seen": ("datetime", "Other", False, True),
            "last-seen": ("datetime", "Other", False, True),
            "hostname": ("hostname", "Network activity", True, False), "AS": ("AS", "Network activity", False, True),
            "country-code": ("text", "Network activity", False, True),
        },
    ),
    "ja3": (
        "09b45449-5d6e-492c-a68a-cb2e188cbfac", 4, "network",
        "JA3 is a new technique for creating SSL client fingerprints that are easy to produce and can be "
        "easily shared for threat intelligence. Fingerprints are composed of Client Hello packet; SSL "
        "Version, Accepted Ciphers, List of Extensions, Elliptic Curves, and Elliptic Curve Formats. "
        "https://github.com/salesforce/ja3",
        {
            "ja3-fingerprint-md5": ("ja3-fingerprint-md5", "Network activity", True, False),
            "ip-src": ("ip-src", "Network activity", True, False),
            "ip-dst": ("ip-dst", "Network activity", True, False), "description": ("text", "Other", False, False),
        },
    ),
    "microblog": (
        "8ec8c911-ddbe-4f5b-895b-fbff70c42a60", 20, "misc",
        "Microblog post like a Twitter tweet or a post on a Facebook wall.",
        {
            "post": ("text", "Other", False, False), "username": ("text", "Other", False, False),
            "type": ("text", "Other", False, True), "creation-date": ("datetime", "Other", False, False),
        },
    ),
    "network-connection": (
        "af16764b-f8e5-4603-9de1-de34d272f80b", 7, "network",
        "A local or remote network connection.",
        {
            "ip-src": ("ip-src", "Network activity", True, False),
            "ip-dst": ("ip-dst", "Network activity", True, False),
            "src-port": ("port", "Network activity", False, False),
            "dst-port": ("port", "Network activity", False, False), "layer3-protocol": ("text", "Other", False, True),
            "layer4-protocol": ("text", "Other", False, True), "layer7-protocol": ("text", "Other", False, True),
            "community-id": ("community-id", "Network activity", True, False),
            "first-packet-seen": ("datetime", "Other", False, True),
            "src-bytes-count": ("size-in-bytes", "Other", False, True),
            "dst-bytes-count": ("size-in-bytes", "Other", False, True), "count": ("counter", "Other", False, False),
        },
    ),
    "organization": (
        "f750e12b-127a-432c-b022-b3f9153c4e2a", 9, "misc",
        "An object which describes an organization.",
        {
            "name": ("text", "Other", False, False), "role": ("text", "Other", False, True),
            "sector": ("text", "Other", False, False), "type-of-organization": ("text", "Other", False, False),
            "e-mail": ("email-src", "Payload delivery", True, False),
            "phone-number": ("phone-number", "Person", False, False),
        },
    ),
    "passive-dns": (
        "b77b7b1c-66ab-4a41-8da4-83810f6d2d6c", 5, "network",
        "Passive DNS records as expressed in draft-dulaunoy-dnsop-passive-dns-cof-07. See "
        "https://tools.ietf.org/id/draft-dulaunoy-dnsop-passive-dns-cof-07.html",
        {
            "rrname": ("text", "Network activity", False, False), "rrtype": ("text", "Network activity", False, True),
            "rdata": ("text", "Other", False, False), "count": ("counter", "Other", False, True),
            "time_first": ("datetime", "Other", False, True), "time_last": ("datetime", "Other", False, True),
            "origin": ("text", "Other", False, True),
        },
    ),
    "pe": (
        "cf7adecc-d4f0-4e88-9d90-f978ee151a07", 11, "file",
        "Object describing a Portable Executable",
        {
            "imphash": ("imphash", "Payload delivery", True, False),
            "impfuzzy": ("impfuzzy", "Payload delivery", True, False),
            "original-filename": ("filename", "Payload delivery", True, True),
            "internal-filename": ("filename", "Payload delivery", True, True),
            "compilation-timestamp": ("datetime", "Other", False, False),
            "number-sections": ("counter", "Other", False, True), "company-name": ("text", "Other", False, True),
            "pdb": ("pdb", "Artifacts dropped", False, False), "pehash": ("pehash", "Payload delivery", True, False),
            "type": ("text", "Other", False, True),
        },
    ),
    "pe-section": (
        "198a17d2-a135-4b25-9a32-5aa4e632014a", 3, "file",
        "Object describing a section of a Portable Executable",
        {
            "name": ("text", "Other", False, True), "md5": ("md5", "Payload delivery", True, False),
            "size-in-bytes": ("size-in-bytes", "Other", False, True), "entropy": ("float", "Other", False, True),
            "ssdeep": ("ssdeep", "Payload delivery", True, False),
        },
    ),
    "person": (
        "a15b0477-e9d1-4b9c-9546-abe78a4f4248", 21, "misc",
        "An object which describes a person or an identity.",
        {
            "first-name": ("first-name", "Person", False, True), "last-name": ("last-name", "Person", False, False),
            "full-name": ("full-name", "Person", False, False), "alias": ("text", "Other", False, False),
            "handle": ("text", "Other", False, False), "e-mail": ("email-src", "Payload delivery", True, False),
            "phone-number": ("phone-number", "Person", False, False), "role": ("text", "Other", False, True),
            "nationality": ("nationality", "Person", False, True), "gender": ("gender", "Person", False, True),
            "date-of-birth": ("date-of-birth", "Person", False, False),
            "passport-number": ("passport-number", "Person", False, False),
            "passport-country": ("passport-country", "Person", False, True),
        },
    ),
    "process": (
        "02aeef94-ac23-455c-addb-731757ceafb5", 10, "misc",
        "Object describing a system process.",
        {
            "name": ("text", "Other", False, False), "pid": ("text", "Other", False, True),
            "command-line": ("text", "Other", False, False), "parent-process-name": ("text", "Other", False, False),
            "user-process": ("text", "Other", False, True), "integrity-level": ("text", "Other", False, True),
            "process-state": ("process-state", "Artifacts dropped", False, True),
            "creation-time": ("datetime", "Other", False, True),
        },
    ),
    "registry-key": (
        "8b3228ad-6d82-4fe6-b2ae-05426308f1d5", 5, "file",
        "Registry key object describing a Windows registry key with value and last-modified timestamp",
        {
            "key": ("regkey", "Persistence mechanism", True, False),
            "hive": ("text", "Persistence mechanism", False, True),
            "name": ("text", "Persistence mechanism", False, False),
            "data": ("text", "Persistence mechanism", False, False),
            "data-type": ("text", "Persistence mechanism", False, True),
            "last-modified": ("datetime", "Other", False, False),
        },
    ),
    "report": (
        "70a68471-df22-4e3f-aa1a-5a3be19f82df", 8, "misc",
        "Report object to describe a report along with its metadata.",
        {
            "title": ("text", "Other", False, False), "summary": ("text", "Other", False, False),
            "link": ("link", "External analysis", False, False), "type": ("text", "Other", False, True),
            "case-number": ("text", "Internal reference", False, False),
        },
    ),
    "script": (
        "6bce7d01-dbec-4054-b3c2-3655a19382e2", 7, "misc",
        "Object describing a computer program written to be run in a special run-time environment. The script "
        "or shell script can be used for malicious activities but also as support tools for threat analysts.",
        {
            "script": ("text", "Other", False, False), "filename": ("filename", "Payload delivery", True, True),
            "language": ("text", "Other", False, True), "comment": ("text", "Other", False, False),
            "state": ("text", "Other", False, True),
        },
    ),
    "sigma": (
        "aa21a3cd-ab2c-442a-9999-a5e6626591ec", 2, "misc",
        "An object describing a Sigma rule (or a Sigma rule name).",
        {
            "sigma": ("sigma", "Payload installation", True, False),
            "sigma-rule-name": ("text", "Other", False, False),
        },
    ),
    "suricata": (
        "3c177337-fb80-405a-a6c1-1b2ddea8684a", 2, "network",
        "An object describing one or more Suricata rule(s) along with version and contextual information.",
        {
            "suricata": ("suricata", "Network activity", True, False),
        },
    ),
    "url": (
        "60efb77b-40b5-4c46-871b-ed1ed999fce5", 10, "network",
        "url object describes an url along with its normalized field (like extracted using faup parsing "
        "library) and its metadata.",
        {
            "url": ("url", "Network activity", True, False), "host": ("hostname", "Network activity", True, False),
            "domain": ("domain", "Network activity", True, False), "resource_path": ("text", "Other", False, False),
            "query_string": ("text", "Other", False, False), "scheme": ("text", "Other", False, True),
            "port": ("port", "Network activity", False, True),
        },
    ),
    "user-account": (
        "49606b06-22f0-4ac8-8eee-2f12ad46f3d3", 6, "misc",
        "User-account object, defining aspects of user identification, authentication, privileges and other "
        "relevant data points.",
        {
            "username": ("text", "Other", False, False), "user-id": ("text", "Other", False, False),
            "display-name": ("text", "Other", False, False), "email": ("email", "Social network", True, False),
            "account-type": ("text", "Other", False, False), "group": ("text", "Other", False, True),
            "created": ("datetime", "Other", False, True), "last_login": ("datetime", "Other", False, True),
            "privileged": ("boolean", "Other", False, True),
        },
    ),
    "victim": (
        "a8806e40-39ad-435f-be02-ac2a13d6fc7d", 10, "misc",
        "Victim object describes the target of an attack or abuse.",
        {
            "name": ("target-org", "Targeting data", False, False), "sectors": ("text", "Other", False, False),
            "external": ("target-external", "Targeting data", False, False),
            "description": ("text", "Other", False, False),
        },
    ),
    "vulnerability": (
        "81650945-f186-437b-8945-9f31715d32da", 12, "vulnerability",
        "Vulnerability object describing a common vulnerability enumeration which can describe published, "
        "unpublished, under review or embargo vulnerability for software, equipments or hardware.",
        {
            "id": ("vulnerability", "External analysis", False, False), "summary": ("text", "Other", False, False),
            "cvss-score": ("float", "Other", False, True), "cvss-string": ("text", "Other", False, True),
            "published": ("datetime", "Other", False, True),
            "references": ("link", "External analysis", False, False),
            "vulnerable-configuration": ("cpe", "External analysis", False, False),
            "state": ("text", "Other", False, True),
        },
    ),
    "weakness": (
        "b8713fc0-d7a2-4b27-a182-38ed47966802", 1, "vulnerability",
        "Weakness object describing a common weakness enumeration which can describe usable, incomplete, "
        "draft or deprecated weakness for software, equipment of hardware.",
        {
            "id": ("weakness", "External analysis", False, False), "name": ("text", "Other", False, False),
            "description": ("text", "Other", False, False),
        },
    ),
    "whois": (
        "429faea1-34ff-47af-8a00-7c62d3be5a6a", 10, "network",
        "Whois records information for a domain name or an IP address.",
        {
            "domain": ("domain", "Network activity", True, False),
            "registrar": ("whois-registrar", "Attribution", False, False),
            "registrant-email": ("whois-registrant-email", "Attribution", False, False),
            "registrant-name": ("whois-registrant-name", "Attribution", False, False),
            "registrant-org": ("whois-registrant-org", "Attribution", False, False),
            "registrant-phone": ("whois-registrant-phone", "Attribution", False, False),
            "creation-date": ("datetime", "Other", False, True),
            "expiration-date": ("datetime", "Other", False, True),
            "nameserver": ("hostname", "Network activity", False, True),
        },
    ),
    "x509": (
        "d1ab756a-26b5-4349-9f43-765630f0911c", 14, "network",
        "x509 object describing a X.509 certificate",
        {
            "x509-fingerprint-md5": ("x509-fingerprint-md5", "Network activity", True, False),
            "x509-fingerprint-sha1": ("x509-fingerprint-sha1", "Network activity", True, False),
            "x509-fingerprint-sha256": ("x509-fingerprint-sha256", "Network activity", True, False),
            "serial-number": ("text", "Other", False, False), "issuer": ("text", "Other", False, True),
            "subject": ("text", "Other", False, False), "validity-not-before": ("datetime", "Other", False, True),
            "validity-not-after": ("datetime", "Other", False, True),
            "dns_names": ("hostname", "Network activity", True, False),
            "is_self_signed": ("boolean", "Other", False, True),
            "subject-common-name": ("text", "Other", False, True), "version": ("text", "Other", False, True),
        },
    ),
    "yara": (
        "b5acf82e-ecca-4868-82fe-9dbdf4d808c3", 9, "misc",
        "An object describing a YARA rule (or a YARA rule name), its supported YARA version, and optional "
        "test-sample hashes. Test samples are true-positive by default; set false-positive=true when needed.",
        {
            "yara": ("yara", "Payload installation", True, False), "yara-rule-name": ("text", "Other", False, False),
            "comment": ("comment", "Other", False, False),
        },
    ),
}
