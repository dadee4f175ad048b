//! What can be recognised: the types that a value may be imported as, the likeliest one apart.

/// The attribute types of one kind of value (spec 09 B.1).
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Kind {
    pub(super) types: &'static [&'static str],
    pub(super) default_type: &'static str,
}

pub(super) static IP: Kind = Kind {
    types: &["ip-dst", "ip-src", "ip-src/ip-dst"],
    default_type: "ip-dst",
};
pub(super) static IP_PORT: Kind = Kind {
    types: &["ip-dst|port", "ip-src|port", "ip-src|port/ip-dst|port"],
    default_type: "ip-dst|port",
};

pub(super) static HEX_32: Kind = Kind {
    types: &["md5", "imphash", "x509-fingerprint-md5", "ja3-fingerprint-md5"],
    default_type: "md5",
};
pub(super) static HEX_40: Kind = Kind {
    types: &["sha1", "pehash", "x509-fingerprint-sha1", "cdhash"],
    default_type: "sha1",
};
pub(super) static HEX_56: Kind = Kind {
    types: &["sha224", "sha512/224"],
    default_type: "sha224",
};
pub(super) static HEX_64: Kind = Kind {
    types: &["sha256", "authentihash", "sha512/256", "x509-fingerprint-sha256"],
    default_type: "sha256",
};
pub(super) static HEX_96: Kind = Kind {
    types: &["sha384"],
    default_type: "sha384",
};
pub(super) static HEX_128: Kind = Kind {
    types: &["sha512"],
    default_type: "sha512",
};
pub(super) static SSDEEP: Kind = Kind {
    types: &["ssdeep"],
    default_type: "ssdeep",
};

pub(super) static NAMED_32: Kind = Kind {
    types: &["filename|md5", "filename|imphash"],
    default_type: "filename|md5",
};
pub(super) static NAMED_40: Kind = Kind {
    types: &["filename|sha1", "filename|pehash"],
    default_type: "filename|sha1",
};
pub(super) static NAMED_56: Kind = Kind {
    types: &["filename|sha224", "filename|sha512/224"],
    default_type: "filename|sha224",
};
pub(super) static NAMED_64: Kind = Kind {
    types: &["filename|sha256", "filename|authentihash", "filename|sha512/256"],
    default_type: "filename|sha256",
};
pub(super) static NAMED_96: Kind = Kind {
    types: &["filename|sha384"],
    default_type: "filename|sha384",
};
pub(super) static NAMED_128: Kind = Kind {
    types: &["filename|sha512"],
    default_type: "filename|sha512",
};
pub(super) static NAMED_SSDEEP: Kind = Kind {
    types: &["filename|ssdeep"],
    default_type: "filename|ssdeep",
};

pub(super) static EMAIL: Kind = Kind {
    types: &[
        "email",
        "email-src",
        "email-dst",
        "target-email",
        "whois-registrant-email",
    ],
    default_type: "email-src",
};
pub(super) static HOSTNAME: Kind = Kind {
    types: &["hostname", "domain", "url", "filename"],
    default_type: "hostname",
};
pub(super) static DOMAIN: Kind = Kind {
    types: &["domain", "filename"],
    default_type: "domain",
};
pub(super) static URL: Kind = Kind {
    types: &["url"],
    default_type: "url",
};
pub(super) static LINK: Kind = Kind {
    types: &["link"],
    default_type: "link",
};
pub(super) static FILENAME: Kind = Kind {
    types: &["filename"],
    default_type: "filename",
};
pub(super) static REGKEY: Kind = Kind {
    types: &["regkey"],
    default_type: "regkey",
};
pub(super) static VULNERABILITY: Kind = Kind {
    types: &["vulnerability"],
    default_type: "vulnerability",
};
pub(super) static PHONE: Kind = Kind {
    types: &["phone-number", "prtn", "whois-registrant-phone"],
    default_type: "phone-number",
};
pub(super) static AS: Kind = Kind {
    types: &["AS"],
    default_type: "AS",
};
pub(super) static BTC: Kind = Kind {
    types: &["btc"],
    default_type: "btc",
};

/// A recognised value, still borrowed from its token.
#[derive(Debug)]
pub(super) struct Found<'a> {
    pub(super) kind: &'static Kind,
    pub(super) value: std::borrow::Cow<'a, str>,
    pub(super) comment: String,
}

impl<'a> Found<'a> {
    pub(super) fn new(kind: &'static Kind, value: &'a str) -> Self {
        Self {
            kind,
            value: value.into(),
            comment: String::new(),
        }
    }
}
