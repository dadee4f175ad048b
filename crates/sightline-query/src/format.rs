//! The formats of search answers (spec 04 section 8).

use crate::params::Params;
use crate::scope::Scope;
use sightline_core::{AppError, AppResult};
use std::collections::BTreeMap;

/// How a body is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    /// `application/json`
    Json,
    /// `application/xml`
    Xml,
    /// `text/csv`
    Csv,
    /// `text/plain`
    Text,
    /// `text/html`
    Html,
}

impl Body {
    /// The media type.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Xml => "application/xml",
            Self::Csv => "text/csv",
            Self::Text => "text/plain",
            Self::Html => "text/html",
        }
    }

    /// The file extension, also the value of `X-Response-Format`.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Xml => "xml",
            Self::Csv => "csv",
            Self::Text => "txt",
            Self::Html => "html",
        }
    }
}

macro_rules! formats {
    ($($variant:ident $name:literal $body:ident $scopes:literal $($restrictive:ident)?;)+) => {
        /// A `returnFormat`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum ReturnFormat { $(#[doc = concat!("`", $name, "`")] $variant),+ }

        impl ReturnFormat {
            /// Every format.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name on the wire, also the value of `X-Export-Module-Used`.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// How its body is written.
            pub const fn body(self) -> Body {
                match self { $(Self::$variant => Body::$body),+ }
            }

            /// Whether it is meant for detection systems: unless the caller says otherwise, only attributes with
            /// `to_ids` of published events go in.
            pub const fn is_restrictive(self) -> bool {
                match self { $(Self::$variant => formats!(@ $($restrictive)?)),+ }
            }

            /// One letter for each scope that offers it.
            const fn scopes(self) -> &'static str {
                match self { $(Self::$variant => $scopes),+ }
            }
        }
    };
    (@ restrictive) => { true };
    (@) => { false };
}

formats! {
    Json "json" Json "eaos";
    Xml "xml" Xml "eas";
    Csv "csv" Csv "eas";
    Text "text" Text "ea" restrictive;
    Hashes "hashes" Text "ea" restrictive;
    Hosts "hosts" Text "ea" restrictive;
    Netfilter "netfilter" Text "ea";
    Rpz "rpz" Text "ea" restrictive;
    Snort "snort" Text "ea" restrictive;
    Suricata "suricata" Text "ea" restrictive;
    OpenIoc "openioc" Xml "ea" restrictive;
    Kunai "kunai" Json "ea" restrictive;
    Cache "cache" Text "ea";
    Count "count" Text "ea";
    Stix "stix" Xml "ea";
    StixJson "stix-json" Json "ea";
    Stix2 "stix2" Json "ea";
    Yara "yara" Text "ea";
    YaraJson "yara-json" Json "ea";
    Attack "attack" Html "e";
    AttackSightings "attack-sightings" Json "ea";
    Context "context" Html "e";
    ContextMarkdown "context-markdown" Text "e" restrictive;
    OpenData "opendata" Text "ea";
}

impl ReturnFormat {
    /// The value of `X-Response-Format`.
    pub const fn response_format(self) -> &'static str {
        // The reference names this one differently from all other plain texts.
        if matches!(self, Self::Text) {
            "text"
        } else {
            self.body().extension()
        }
    }

    /// Whether a search of `scope` can answer in it.
    pub fn is_offered(self, scope: Scope) -> bool {
        let letter = match scope {
            Scope::Event => 'e',
            Scope::Attribute => 'a',
            Scope::Object => 'o',
            Scope::Sighting => 's',
            Scope::GalaxyCluster => return self == Self::Json,
        };
        self.scopes().contains(letter)
    }

    pub(crate) fn parse(params: &Params, scope: Scope) -> AppResult<Self> {
        let name = params.text("returnFormat")?;
        let format = match name.as_deref() {
            None | Some("download") => Some(Self::Json),
            Some("stix") if params.accepts_json() => Some(Self::StixJson),
            Some(name) => Self::ALL.iter().copied().find(|format| format.name() == name),
        };
        format
            .filter(|format| format.is_offered(scope))
            .ok_or_else(|| AppError::not_found("Invalid output format."))
    }
}

/// Parameters that only some formats read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FormatOptions {
    /// Columns of a CSV instead of the usual ones.
    pub requested_attributes: Vec<String>,
    /// A CSV without its first line.
    pub headerless: bool,
    /// The galaxy that ATT&CK exports draw.
    pub attack_galaxy: Option<String>,
    /// What goes into the head of a response policy zone: `policy`, `ns`, `ttl`, …
    pub zone: BTreeMap<&'static str, String>,
    /// How `cache` makes checksums.
    pub hash_type: Option<String>,
    /// Where `hosts` leads.
    pub ip_address: Option<String>,
    /// What `netfilter` does.
    pub netfilter_action: Option<String>,
}

impl FormatOptions {
    pub(crate) fn parse(params: &Params) -> AppResult<Self> {
        const ZONE: [&str; 11] = [
            "policy",
            "walled_garden",
            "ns",
            "ns_alt",
            "email",
            "serial",
            "refresh",
            "retry",
            "expiry",
            "minimum_ttl",
            "ttl",
        ];
        let mut zone = BTreeMap::new();
        for name in ZONE {
            if let Some(text) = params.text(name)? {
                zone.insert(name, text);
            }
        }
        Ok(Self {
            requested_attributes: params.texts("requested_attributes")?,
            headerless: params.get("headerless").is_some_and(crate::include::truthy),
            attack_galaxy: params.text("attackGalaxy")?,
            zone,
            hash_type: params.text("hash_type")?,
            ip_address: params.text("ip_address")?,
            netfilter_action: params.text("netfilter_action")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::ReturnFormat::{self, Json, Stix, StixJson, Text};
    use crate::params::{Params, Request};
    use crate::scope::Scope;
    use serde_json::json;
    use sightline_core::{AppError, AppResult};

    fn parse(name: &str, scope: Scope, accepts_json: bool) -> AppResult<ReturnFormat> {
        let body = json!({ "returnFormat": name });
        let request = Request {
            body: Some(&body),
            accepts_json,
            ..Request::default()
        };
        ReturnFormat::parse(&Params::harvest(scope, request)?, scope)
    }

    #[test]
    fn names() {
        for (name, accepts_json, expected) in [
            ("", false, Json),
            ("download", false, Json),
            ("stix", false, Stix),
            ("stix", true, StixJson),
        ] {
            assert_eq!(
                parse(name, Scope::Event, accepts_json).expect("known"),
                expected,
                "{name}"
            );
        }
        for format in ReturnFormat::ALL {
            assert_eq!(parse(format.name(), Scope::Event, false).expect("known"), *format);
        }
        assert_eq!(
            (Text.response_format(), ReturnFormat::Hashes.response_format()),
            ("text", "txt")
        );
    }

    #[test]
    fn what_a_scope_does_not_offer_is_not_found() {
        for (name, scope) in [
            ("bro", Scope::Event),
            ("stix2-json", Scope::Attribute),
            ("attack", Scope::Attribute),
            ("context", Scope::Attribute),
            ("csv", Scope::Object),
            ("text", Scope::Sighting),
            ("JSON", Scope::Event),
        ] {
            let error = parse(name, scope, false).expect_err("refused");
            assert!(
                matches!(&error, AppError::NotFound(text) if text == "Invalid output format."),
                "{name}"
            );
        }
    }
}
