//! `suricata` and `snort`: rules for network sensors (spec 09 A.7).

mod content;
mod own_rule;
mod rules;

use super::{Export, Needs, Row, cannot};
use content::message;
use sightline_misp::json::Buffer;
use sightline_misp::types::AttributeType::{self, *};

/// For which sensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "their names say it")]
pub enum Sensor {
    Suricata,
    Snort,
}

impl Sensor {
    const fn name(self) -> &'static str {
        match self {
            Self::Suricata => "suricata",
            Self::Snort => "snort",
        }
    }
}

/// What there are rules for.
const TYPES: &[AttributeType] = &[
    IpDst,
    IpDstPort,
    IpSrc,
    IpSrcPort,
    Domain,
    Hostname,
    DomainIp,
    Url,
    UserAgent,
    Email,
    EmailSrc,
    EmailDst,
    EmailSubject,
    EmailAttachment,
    Ja3FingerprintMd5,
    Snort,
    Suricata,
];

/// Rules for one kind of sensor.
#[derive(Debug)]
pub struct Nids {
    sensor: Sensor,
    /// The number below which no rule of this user begins.
    first_sid: i64,
    base_url: String,
}

/// A rule without what all rules share.
struct Rule {
    /// `alert ip $HOME_NET any -> 192.0.2.1 any`.
    head: String,
    what: &'static str,
    /// Conditions, each ended by `;`.
    matches: String,
}

impl Nids {
    /// Numbers begin after the user's own; rules name the events below `base_url`.
    pub fn new(sensor: Sensor, first_sid: i64, base_url: &str) -> Self {
        Self {
            sensor,
            first_sid,
            base_url: base_url
                .chars()
                .filter(|c| !matches!(c, ';' | '"' | '\\' | ' '))
                .collect(),
        }
    }

    /// The number of the `n`th rule of an attribute; sensors keep 32 bits.
    fn sid(&self, row: &Row<'_>, n: usize) -> Option<u32> {
        let n = i64::try_from(n).ok()?;
        let sid = row.attribute.id.0.checked_mul(10)?.checked_add(self.first_sid)?;
        u32::try_from(sid.checked_add(n)?).ok()
    }

    fn tail(&self, row: &Row<'_>, sid: u32) -> String {
        let event = &row.event.event;
        format!(
            "classtype:trojan-activity; sid:{sid}; rev:1; priority:{}; reference:url,{}/events/view/{};",
            event.threat_level.number(),
            self.base_url,
            event.id
        )
    }

    fn names(row: &Row<'_>) -> String {
        let own = row.tags.iter().copied();
        let tags: Vec<&str> = own.chain(row.event.tags.iter().map(String::as_str)).collect();
        format!(
            "MISP e{} [{}]",
            row.event.event.id,
            message(&tags.join(","), false)
        )
    }
}

impl Export for Nids {
    fn passes(&self) -> &'static [&'static [AttributeType]] {
        &[TYPES]
    }

    fn needs(&self) -> Needs {
        Needs {
            tags: true,
            event_tags: true,
            ..Needs::default()
        }
    }

    fn begin(&mut self, out: &mut Buffer) {
        let head = format!(
            "# MISP export of IDS rules - optimized for {}\n#\n\
             # These NIDS rules contain some variables that need to exist in your configuration.\n\
             # Make sure you have set:\n#\n\
             # $HOME_NET     - Your internal network range\n\
             # $EXTERNAL_NET - The network considered as outside\n\
             # $SMTP_SERVERS - All your internal SMTP servers\n\
             # $HTTP_PORTS   - The ports used to contain HTTP traffic (not required with suricata export)\n# \n",
            self.sensor.name()
        );
        out.extend_from_slice(head.as_bytes());
    }

    fn row(&mut self, row: &Row<'_>, out: &mut Buffer) {
        if row.attribute.kind == Snort || row.attribute.kind == Suricata {
            return self.own_rule(row, out);
        }
        let Some(rules) = rules::of(self.sensor, row.attribute) else {
            return;
        };
        let rules = match rules {
            Ok(rules) => rules,
            Err(why) => return cannot(out, "#", row, why),
        };
        let names = Self::names(row);
        let value = message(&row.attribute.value(), true);
        for (n, rule) in rules.iter().enumerate() {
            let Some(sid) = self.sid(row, n + 1) else {
                return cannot(
                    out,
                    "#",
                    row,
                    "its number leaves no room for the number of a rule",
                );
            };
            let Rule { head, what, matches } = rule;
            let tail = self.tail(row, sid);
            let line = format!("{head} (msg: \"{names} {what}{value}\"; {matches}{tail}) \n");
            out.extend_from_slice(line.as_bytes());
        }
    }
}

impl Nids {
    /// A rule that an author wrote.
    fn own_rule(&self, row: &Row<'_>, out: &mut Buffer) {
        if self.sensor == Sensor::Snort && row.attribute.kind == Suricata {
            return;
        }
        let rule = own_rule::parse(&row.attribute.value1);
        let (Some(rule), Some(sid)) = (rule, self.sid(row, 1)) else {
            return cannot(out, "#", row, "its value is not one rule");
        };
        let line = format!(
            "alert {} (msg: \"{} {}\"; {}{}) \n",
            rule.head,
            Self::names(row),
            rule.message,
            rule.options,
            self.tail(row, sid)
        );
        out.extend_from_slice(line.as_bytes());
    }
}
