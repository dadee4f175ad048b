//! `rpz`: a response policy zone for name servers (spec 09 A.6).

use super::netfilter::{address, network};
use super::once::Once;
use super::{Export, Row, cannot};
use sightline_core::clock::datetime_of;
use sightline_misp::json::Buffer;
use sightline_misp::types::AttributeType::{self, Domain, DomainIp, Hostname, IpDst, IpSrc};
use std::collections::BTreeMap;
use std::net::IpAddr;

/// The number of a policy, its name, its answer, and what it does.
const POLICIES: [(&str, &str, &str); 6] = [
    ("DROP", "rpz-drop.", "drop every query"),
    ("NXDOMAIN", ".", "return NXDOMAIN (name does not exist)"),
    (
        "NODATA",
        "*.",
        "return NODATA (name exists but no answers returned)",
    ),
    ("Local-Data", "", "return the walled garden"),
    ("PASSTHRU", "rpz-passthru.", "be answered as without this zone"),
    ("TCP-only", "rpz-tcp-only.", "be answered over TCP only"),
];

/// The parameters of a zone and their defaults.
const DEFAULTS: [(&str, &str); 11] = [
    ("policy", "1"),
    ("walled_garden", "127.0.0.1"),
    ("serial", "$date00"),
    ("refresh", "2h"),
    ("retry", "30m"),
    ("expiry", "30d"),
    ("minimum_ttl", "1h"),
    ("ttl", "1w"),
    ("ns", "localhost."),
    ("ns_alt", ""),
    ("email", "root.localhost"),
];

/// The head of a zone and its policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone {
    parts: BTreeMap<&'static str, String>,
    /// The right side of every rule.
    action: String,
    does: &'static str,
}

impl Zone {
    /// What a parameter is unless somebody says otherwise.
    pub fn default_of(name: &str) -> &'static str {
        DEFAULTS
            .iter()
            .find(|(known, _)| *known == name)
            .map_or("", |(_, default)| default)
    }

    /// Whether a parameter may have this value.
    pub fn accepts(name: &str, text: &str) -> bool {
        let given = |asked: &str| (asked == name).then(|| text.to_owned());
        Self::new(given, 0).is_ok()
    }

    /// What `given` says, the first of its answers that is there, at `now`; or which parameter is wrong.
    pub fn new(given: impl Fn(&str) -> Option<String>, now: i64) -> Result<Self, &'static str> {
        let mut parts = BTreeMap::new();
        for (name, default) in DEFAULTS {
            let text = given(name).filter(|text| !text.is_empty());
            let text = text.unwrap_or_else(|| default.to_owned());
            let text = if name == "serial" {
                serial(&text, now)
            } else {
                text
            };
            if !is_valid(name, &text) {
                return Err(name);
            }
            parts.insert(name, text);
        }
        let policy = parts.get("policy").map_or("1", String::as_str);
        let known = POLICIES
            .iter()
            .enumerate()
            .find(|(number, (name, _, _))| policy == number.to_string() || policy.eq_ignore_ascii_case(name));
        let (_, (_, answer, does)) = known.ok_or("policy")?;
        let garden = parts.get("walled_garden").cloned().unwrap_or_default();
        let action = if !answer.is_empty() {
            format!("CNAME {answer}")
        } else {
            match garden.parse() {
                Ok(IpAddr::V4(address)) => format!("A {address}"),
                Ok(IpAddr::V6(address)) => format!("AAAA {address}"),
                Err(_) => format!("CNAME {}.", garden.trim_end_matches('.')),
            }
        };
        Ok(Self { parts, action, does })
    }

    fn part(&self, name: &str) -> &str {
        self.parts.get(name).map_or("", String::as_str)
    }
}

fn serial(text: &str, now: i64) -> String {
    let date: String = datetime_of(now)
        .chars()
        .take(10)
        .filter(char::is_ascii_digit)
        .collect();
    text.replace("$date", &date).replace("$time", &now.to_string())
}

fn is_valid(name: &str, text: &str) -> bool {
    let duration = |text: &str| {
        (1..=20).contains(&text.len())
            && text.starts_with(|c: char| c.is_ascii_digit())
            && text
                .bytes()
                .all(|b| b.is_ascii_digit() || b"smhdwSMHDW".contains(&b))
    };
    match name {
        "policy" => true,
        "ns_alt" => text.is_empty() || host_name(text.trim_end_matches('.')).is_some(),
        "walled_garden" => text.parse::<IpAddr>().is_ok() || host_name(text.trim_end_matches('.')).is_some(),
        "ns" | "email" => host_name(text.trim_end_matches('.')).is_some(),
        "serial" => text.parse::<u32>().is_ok(),
        _ => duration(text),
    }
}

/// A name that can stand in a zone or in a hosts file, as it stands there; international ones in their ASCII form.
pub(super) fn host_name(text: &str) -> Option<String> {
    let name = if text.is_ascii() {
        text.to_owned()
    } else {
        idna::domain_to_ascii(text).ok()?
    };
    let labels = name.split('.').all(|label| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b))
    });
    // Room for `*.` and the zone's own name.
    (name.len() <= 220 && labels).then_some(name)
}

/// `rpz`.
#[derive(Debug)]
pub struct Rpz {
    zone: Zone,
    once: Once,
    pass: usize,
}

const PASSES: &[&[AttributeType]] = &[&[IpSrc, IpDst, DomainIp], &[Domain, DomainIp], &[Hostname]];

impl Rpz {
    /// A zone.
    pub fn new(zone: Zone) -> Self {
        Self {
            zone,
            once: Once::default(),
            pass: 0,
        }
    }

    fn rule(&mut self, owner: &str, out: &mut Buffer) {
        if self.once.is_new(owner) {
            out.extend_from_slice(format!("{owner} {}\n", self.zone.action).as_bytes());
        }
    }
}

impl Export for Rpz {
    fn passes(&self) -> &'static [&'static [AttributeType]] {
        PASSES
    }

    fn begin(&mut self, out: &mut Buffer) {
        let zone = &self.zone;
        let part = |name| zone.part(name);
        let head = format!(
            "$TTL {};\n@               SOA {} {} ({} {} {} {} {})\n                NS {}\n",
            part("ttl"),
            part("ns"),
            part("email"),
            part("serial"),
            part("refresh"),
            part("retry"),
            part("expiry"),
            part("minimum_ttl"),
            part("ns"),
        );
        out.extend_from_slice(head.as_bytes());
        if !part("ns_alt").is_empty() {
            out.extend_from_slice(format!("                NS {}\n", part("ns_alt")).as_bytes());
        }
        out.push(b'\n');
    }

    fn begin_pass(&mut self, pass: usize, out: &mut Buffer) {
        self.pass = pass;
        let what = match pass {
            0 => "list of IP addresses",
            1 => "domain names and all of their sub-domains",
            _ => "hostnames",
        };
        let between = if pass == 0 { "" } else { "\n" };
        let line = format!(
            "{between}; The following {what} will {} irrespective of actual result received.\n",
            self.zone.does
        );
        out.extend_from_slice(line.as_bytes());
    }

    fn row(&mut self, row: &Row<'_>, out: &mut Buffer) {
        let attribute = row.attribute;
        match (self.pass, attribute.kind) {
            (0, IpSrc | IpDst | DomainIp) => match address(row).and_then(network) {
                Some((address, length)) => self.rule(&trigger(address, length), out),
                None => cannot(out, ";", row, "its value is not an address"),
            },
            (1, Domain | DomainIp) | (2, Hostname) => match host_name(&attribute.value1) {
                Some(name) => {
                    self.rule(&name, out);
                    if self.pass == 1 {
                        self.rule(&format!("*.{name}"), out);
                    }
                }
                None => cannot(out, ";", row, "its value is not a host name"),
            },
            _ => {}
        }
    }

    fn end(&mut self, out: &mut Buffer) {
        out.push(b'\n');
    }
}

/// The owner name that stands for a network: prefix length and the groups backwards, `zz` for the longest run of zeros.
fn trigger(address: IpAddr, length: u8) -> String {
    match address {
        IpAddr::V4(address) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(length)).unwrap_or(0);
            let [a, b, c, d] = (u32::from(address) & mask).to_be_bytes();
            format!("{length}.{d}.{c}.{b}.{a}.rpz-ip")
        }
        IpAddr::V6(address) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(length)).unwrap_or(0);
            let text = std::net::Ipv6Addr::from(u128::from(address) & mask);
            format!("{length}.{}.rpz-ip", groups_backwards(text.segments()))
        }
    }
}

fn groups_backwards(groups: [u16; 8]) -> String {
    let (mut best, mut run) = (0..0, 0..0);
    for (at, group) in groups.iter().enumerate() {
        run = match (*group, run.end == at) {
            (0, true) => run.start..at + 1,
            (0, false) => at..at + 1,
            _ => at + 1..at + 1,
        };
        if run.len() > best.len() {
            best = run.clone();
        }
    }
    let mut texts: Vec<String> = Vec::new();
    for (at, group) in groups.iter().enumerate() {
        if best.len() > 1 && best.contains(&at) {
            if at == best.start {
                texts.push("zz".to_owned());
            }
        } else {
            texts.push(format!("{group:x}"));
        }
    }
    texts.reverse();
    texts.join(".")
}
