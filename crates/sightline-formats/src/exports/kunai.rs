//! `kunai`: indicators for the Kunai sensor, a JSON list (spec 09 A.10).

use super::{Export, Row};
use sightline_misp::json::{Buffer, write_object};
use sightline_misp::types::AttributeType::{self, *};

/// `kunai`.
#[derive(Debug)]
pub struct Kunai {
    source: String,
    empty: bool,
}

impl Kunai {
    /// From an instance of this name and uuid.
    pub fn new(instance: &str, uuid: uuid::Uuid) -> Self {
        Self {
            source: format!("[{instance} MISP] {uuid}"),
            empty: true,
        }
    }
}

impl Export for Kunai {
    fn passes(&self) -> &'static [&'static [AttributeType]] {
        &[&[
            Md5,
            Sha1,
            Sha256,
            Sha512,
            FilenameMd5,
            FilenameSha1,
            FilenameSha256,
            FilenameSha512,
            MalwareSample,
            Domain,
            Hostname,
            IpDst,
            DomainIp,
        ]]
    }

    fn begin(&mut self, out: &mut Buffer) {
        out.push(b'[');
    }

    fn row(&mut self, row: &Row<'_>, out: &mut Buffer) {
        let attribute = row.attribute;
        let severity = match attribute.kind {
            Domain | Hostname => 7,
            IpDst | DomainIp => 5,
            Md5 | Sha1 | Sha256 | Sha512 | FilenameMd5 | FilenameSha1 | FilenameSha256 | FilenameSha512
            | MalwareSample => 10,
            _ => return,
        };
        let value = if attribute.value2.is_empty() {
            &attribute.value1
        } else {
            &attribute.value2
        };
        if !self.empty {
            out.extend_from_slice(b", ");
        }
        self.empty = false;
        write_object(out, |o| {
            o.text("type", attribute.kind.name());
            o.uuid("uuid", attribute.uuid);
            o.text("source", &self.source);
            o.text("value", value);
            o.uuid("event_uuid", row.event.event.uuid);
            o.count("severity", severity);
        });
    }

    fn end(&mut self, out: &mut Buffer) {
        out.push(b']');
    }
}
