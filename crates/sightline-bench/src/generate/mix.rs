//! What real feeds consist of, as measured over 404 published events with 122,503 attributes: types, categories, tags
//! and sizes. The tags themselves are made up.

/// What an attribute is: type, category and whether it is for detection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    pub(crate) category: &'static str,
    pub(crate) to_ids: bool,
}

const fn kind(name: &'static str, category: &'static str, to_ids: bool) -> Kind {
    Kind {
        name,
        category,
        to_ids,
    }
}

const NETWORK: &str = "Network activity";
const DELIVERY: &str = "Payload delivery";
const ARTIFACTS: &str = "Artifacts dropped";

/// Per 10,000 attributes.
pub(crate) const TYPES: &[(Kind, u64)] = &[
    (kind("domain", NETWORK, true), 5_410),
    (kind("domain", NETWORK, false), 110),
    (kind("url", NETWORK, true), 2_920),
    (kind("url", "External analysis", false), 180),
    (kind("ip-dst", NETWORK, true), 580),
    (kind("ip-src", NETWORK, true), 36),
    (kind("text", DELIVERY, true), 120),
    (kind("text", "External analysis", false), 80),
    (kind("sha256", DELIVERY, true), 187),
    (kind("md5", DELIVERY, true), 150),
    (kind("md5", "Payload installation", false), 28),
    (kind("sha1", ARTIFACTS, false), 53),
    (kind("filename", ARTIFACTS, false), 28),
    (kind("link", "External analysis", false), 14),
    (kind("filename|sha1", ARTIFACTS, true), 12),
    (kind("filename|sha256", DELIVERY, true), 6),
    (kind("filename|md5", DELIVERY, true), 6),
    (kind("domain|ip", NETWORK, true), 11),
    (kind("other", ARTIFACTS, false), 10),
    (kind("regkey|value", ARTIFACTS, false), 9),
    (kind("regkey", ARTIFACTS, true), 5),
    (kind("email-src", DELIVERY, true), 7),
    (kind("hostname", NETWORK, true), 5),
    (kind("ip-dst|port", NETWORK, true), 4),
    (kind("pdb", ARTIFACTS, false), 3),
    (kind("mutex", ARTIFACTS, false), 3),
    (kind("vulnerability", DELIVERY, false), 2),
];

/// Object attributes: relation, kind.
pub(crate) type Element = (&'static str, Kind);

/// Objects: name, meta-category, template uuid and version, and the attributes of one.
pub(crate) type Template = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static [Element],
);

/// The commonest objects.
pub(crate) const OBJECTS: &[(Template, u64)] = &[
    (
        (
            "file",
            "file",
            "688c46fb-5edb-40a3-8273-1af7923e2215",
            "25",
            &[
                ("filename", kind("filename", DELIVERY, true)),
                ("md5", kind("md5", DELIVERY, true)),
                ("sha1", kind("sha1", DELIVERY, true)),
                ("sha256", kind("sha256", DELIVERY, true)),
                ("size-in-bytes", kind("size-in-bytes", "Other", false)),
            ],
        ),
        50,
    ),
    (
        (
            "domain-ip",
            "network",
            "43b3b146-77eb-4931-b4cc-b66c60f28734",
            "11",
            &[
                ("domain", kind("domain", NETWORK, true)),
                ("ip", kind("ip-dst", NETWORK, true)),
            ],
        ),
        35,
    ),
    (
        (
            "url",
            "network",
            "60efb77b-40b5-4c46-871b-ed1ed999fce5",
            "10",
            &[
                ("url", kind("url", NETWORK, true)),
                ("scheme", kind("text", "Other", false)),
            ],
        ),
        15,
    ),
];

/// A tag's name and colour.
pub(crate) type Tag = (&'static str, &'static str);

/// Tags of events.
pub(crate) const EVENT_TAGS: &[(Tag, u64)] = &[
    (("tlp:clear", "#ffffff"), 60),
    (("type:OSINT", "#004646"), 55),
    (("tlp:green", "#339900"), 12),
    (("tlp:amber", "#ffc000"), 6),
    (("workflow:state=\"complete\"", "#00a300"), 8),
    (("bench:source-type=\"blog-post\"", "#00223b"), 8),
    (("bench:certainty=\"50\"", "#0087e8"), 5),
    (("bench:sector=\"Finance\"", "#0088cc"), 3),
];

/// Tags of attributes.
pub(crate) const ATTRIBUTE_TAGS: &[(Tag, u64)] = &[
    (("phishing", "#9b2c2c"), 40),
    (("c2", "#2b6cb0"), 14),
    (("malware", "#c05621"), 9),
    (("scam", "#b7791f"), 7),
    (("bench:kill-chain=\"Delivery\"", "#00c300"), 5),
    (("bench:kill-chain=\"Command and Control\"", "#0f0f0f"), 5),
    (("bench:risk=\"low\"", "#00b300"), 3),
    (("bench:family=\"Ironmoth\"", "#0088cc"), 2),
    (("bench:family=\"Jadewick\"", "#0088cc"), 2),
    (("stealer", "#333333"), 2),
];

/// Attributes with at least one tag, per mille.
pub(crate) const TAGGED: u64 = 410;
/// Attributes with a comment, per mille.
pub(crate) const COMMENTED: u64 = 650;
/// Attributes with a first sight, per mille.
pub(crate) const FIRST_SEEN: u64 = 320;
/// Values that come from the shared pool, per mille: what makes correlations.
pub(crate) const REPEATED: u64 = 80;
/// Attributes that are not alone but open an object, per 10,000.
pub(crate) const IN_OBJECTS: u64 = 40;
/// Events with a report, per mille.
pub(crate) const REPORTED: u64 = 20;

/// Attributes per event: the share of events up to here in per cent, and the number of attributes; between two points
/// every number is as likely as any other.
pub(crate) const SIZES: &[(u64, u64)] = &[
    (0, 1),
    (10, 16),
    (25, 74),
    (50, 162),
    (75, 299),
    (90, 519),
    (99, 2_148),
    (100, 4_000),
];
