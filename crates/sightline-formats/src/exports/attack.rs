//! `attack-sightings`: sightings of ATT&CK techniques, a JSON list (spec 09 A.10).

use super::{Export, Needs, Row};
use sightline_misp::datetime::format_micros;
use sightline_misp::json::{Buffer, write_object, write_text};

/// Microseconds of a second.
const MICROS: i64 = 1_000_000;

/// `attack-sightings`.
#[derive(Debug, Default)]
pub struct AttackSightings {
    written: bool,
}

/// `T1059` of `misp-galaxy:mitre-attack-pattern="Command and Scripting Interpreter - T1059"`.
pub(super) fn technique(tag: &str) -> Option<&str> {
    let (galaxy, name) = tag.strip_prefix("misp-galaxy:")?.split_once('=')?;
    let (_, id) = name.trim_matches('"').rsplit_once(" - ")?;
    let digits = id.strip_prefix('T')?;
    let numbered = digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    (galaxy.ends_with("attack-pattern") && numbered).then_some(id)
}

impl Export for AttackSightings {
    fn needs(&self) -> Needs {
        Needs {
            tags: true,
            ..Needs::default()
        }
    }

    fn begin(&mut self, out: &mut Buffer) {
        out.push(b'[');
    }

    fn row(&mut self, row: &Row<'_>, out: &mut Buffer) {
        let techniques: Vec<&str> = row.tags.iter().filter_map(|tag| technique(tag)).collect();
        if techniques.is_empty() {
            return;
        }
        if self.written {
            out.push(b',');
        }
        self.written = true;
        let attribute = row.attribute;
        let start = attribute
            .first_seen
            .unwrap_or(attribute.timestamp.saturating_mul(MICROS));
        let end = attribute.last_seen.unwrap_or(start).max(start);
        write_object(out, |o| {
            o.uuid("id", attribute.uuid);
            o.text("sightingType", "direct-technique-sighting");
            o.text("startTime", &format_micros(start));
            o.text("endTime", &format_micros(end));
            o.text("detectionType", "raw");
            o.list("techniques", techniques, |out, id| {
                out.extend_from_slice(b"{\"techniqueID\":");
                write_text(out, id);
                out.push(b'}');
            });
        });
    }

    fn end(&mut self, out: &mut Buffer) {
        out.push(b']');
    }
}
