//! `yara` and `yara-json`: rules made of values, and the rules that authors wrote (spec 09 A.10).

mod scan;

#[cfg(test)]
pub(in crate::exports) use scan::names;

use super::once::Once;
use super::{Export, Row, cannot};
use sightline_misp::json::{Buffer, write_object};
use sightline_misp::types::AttributeType::{self, *};
use std::fmt::Write;

const PASSES: &[&[AttributeType]] = &[
    &[
        Md5,
        Sha1,
        Sha256,
        Imphash,
        FilenameMd5,
        FilenameSha1,
        FilenameSha256,
        FilenameImphash,
        MalwareSample,
        Filename,
        Domain,
        Hostname,
        DomainIp,
        IpSrc,
        IpDst,
        IpSrcPort,
        IpDstPort,
        Url,
        Uri,
        Email,
        EmailSrc,
        EmailDst,
        UserAgent,
        Regkey,
        Mutex,
        NamedPipe,
        Pdb,
        PatternInFile,
        PatternInMemory,
        WindowsServiceName,
    ],
    &[Yara],
];

/// Longest string of a rule, in bytes as written: the compiler's buffer is 8 KB.
const STRING_BYTES: usize = 4_000;

/// A rule that finds the value; or why there is none.
fn generated(row: &Row<'_>) -> Option<Result<String, &'static str>> {
    let attribute = row.attribute;
    let value = attribute.value1.as_str();
    let condition = match row.hash() {
        Some(("imphash", hash)) => Some(format!("pe.imphash() == \"{}\"", hash.to_ascii_lowercase())),
        Some((kind @ ("md5" | "sha1" | "sha256"), hash)) => Some(format!(
            "hash.{kind}(0, filesize) == \"{}\"",
            hash.to_ascii_lowercase()
        )),
        Some(_) => return None,
        None => None,
    };
    let is_hex = |(_, hash): (&str, &str)| hash.bytes().all(|b| b.is_ascii_hexdigit());
    if condition.is_some() && !row.hash().is_some_and(is_hex) {
        return Some(Err("its value is not a checksum"));
    }
    if condition.is_none()
        && !PASSES
            .first()
            .is_some_and(|types| types.contains(&attribute.kind))
    {
        return None;
    }
    let text = quoted(value);
    if condition.is_none() && text.len() > STRING_BYTES {
        return Some(Err("its value is too long for a rule"));
    }
    let mut rule = format!(
        "rule MISP_e{event}_a{id}\n{{\n    meta:\n        event_id = {event}\n        uuid = \"{uuid}\"\n        \
         type = \"{kind}\"\n",
        event = attribute.event_id,
        id = attribute.id,
        uuid = attribute.uuid,
        kind = attribute.kind.name(),
    );
    let _ = match condition {
        Some(condition) => write!(rule, "    condition:\n        {condition}\n}}\n"),
        None => write!(
            rule,
            "    strings:\n        $value = {text} ascii wide nocase\n    condition:\n        $value\n}}\n"
        ),
    };
    Some(Ok(rule))
}

/// A string of the rule language.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for byte in text.bytes() {
        match byte {
            b'"' | b'\\' => {
                out.push('\\');
                out.push(char::from(byte));
            }
            0x20..=0x7e => out.push(char::from(byte)),
            _ => {
                let _ = write!(out, "\\x{byte:02x}");
            }
        }
    }
    out.push('"');
    out
}

/// `yara`: one file.
#[derive(Debug, Default)]
pub struct YaraFile {
    names: Once,
}

impl Export for YaraFile {
    fn passes(&self) -> &'static [&'static [AttributeType]] {
        PASSES
    }

    fn begin(&mut self, out: &mut Buffer) {
        out.extend_from_slice(b"import \"hash\"\nimport \"pe\"\n\n");
    }

    fn begin_pass(&mut self, pass: usize, out: &mut Buffer) {
        let head: &[u8] = if pass == 0 {
            b"// generated\n\n"
        } else {
            b"// as-is\n\n"
        };
        out.extend_from_slice(head);
    }

    fn row(&mut self, row: &Row<'_>, out: &mut Buffer) {
        if row.attribute.kind == Yara {
            return self.as_is(row, out);
        }
        match generated(row) {
            Some(Ok(rule)) => {
                out.extend_from_slice(rule.as_bytes());
                out.push(b'\n');
            }
            Some(Err(why)) => cannot(out, "//", row, why),
            None => {}
        }
    }
}

impl YaraFile {
    /// What an author wrote, if it is rules and nothing else; otherwise as a comment, so that the file still compiles.
    fn as_is(&mut self, row: &Row<'_>, out: &mut Buffer) {
        let text = &row.attribute.value1;
        let why = match scan::names(text) {
            None => "it is not whole rules",
            Some(names) if names.iter().any(|name| name.starts_with("MISP_e")) => "its name is taken",
            Some(names) if !names.iter().all(|name| self.names.is_new(name)) => {
                "a rule of its name is there already"
            }
            Some(_) => {
                out.extend_from_slice(text.as_bytes());
                out.extend_from_slice(b"\n\n");
                return;
            }
        };
        let head = format!("// Attribute {} is a comment: {why}.\n", row.attribute.id);
        out.extend_from_slice(head.as_bytes());
        for line in text.split(['\n', '\r']) {
            out.extend_from_slice(b"// ");
            out.extend_from_slice(line.as_bytes());
            // A backslash at the end would carry the comment on in some readers.
            out.extend_from_slice(b" \n");
        }
        out.push(b'\n');
    }
}

/// `yara-json`: the same rules one by one.
#[derive(Debug, Default)]
pub struct YaraJson {
    written: bool,
}

impl Export for YaraJson {
    fn passes(&self) -> &'static [&'static [AttributeType]] {
        PASSES
    }

    fn begin_pass(&mut self, pass: usize, out: &mut Buffer) {
        let head: &[u8] = if pass == 0 {
            b"{\"generated\":["
        } else {
            b"],\"as-is\":["
        };
        out.extend_from_slice(head);
        self.written = false;
    }

    fn row(&mut self, row: &Row<'_>, out: &mut Buffer) {
        let attribute = row.attribute;
        let made;
        let rule = if attribute.kind == Yara {
            &attribute.value1
        } else {
            match generated(row) {
                Some(Ok(rule)) => {
                    made = rule;
                    &made
                }
                _ => return,
            }
        };
        if self.written {
            out.push(b',');
        }
        self.written = true;
        write_object(out, |o| {
            o.text("value", rule);
            o.text("comment", &attribute.comment);
            o.number("event_id", attribute.event_id);
            o.uuid("event_uuid", row.event.event.uuid);
            o.number("attribute_id", attribute.id);
            o.uuid("attribute_uuid", attribute.uuid);
        });
    }

    fn end(&mut self, out: &mut Buffer) {
        out.extend_from_slice(b"]}");
    }
}
