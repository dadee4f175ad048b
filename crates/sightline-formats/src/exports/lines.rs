//! Plain lists: values, checksums, checksums of values (spec 09 A.5).

use super::once::Once;
use super::{Export, Row};
use crate::feed_hashes::hashed_parts;
use crate::hashes::{md5_hex, sha1_hex, sha256_hex};
use sightline_misp::json::Buffer;
use sightline_misp::types::AttributeType::{self, *};

/// `text`: values, each once. A value of several lines is one line, as a list has no other way to say it.
#[derive(Debug, Default)]
pub struct Values(Once);

impl Export for Values {
    fn row(&mut self, row: &Row<'_>, out: &mut Buffer) {
        let value = row.attribute.value();
        line(&mut self.0, &value, out);
    }
}

fn line(once: &mut Once, value: &str, out: &mut Buffer) {
    if once.is_new(value) {
        if value.contains(['\n', '\r']) {
            out.extend_from_slice(value.replace(['\n', '\r'], " ").as_bytes());
        } else {
            out.extend_from_slice(value.as_bytes());
        }
        out.push(b'\n');
    }
}

/// Types whose whole value is a checksum.
const PLAIN: &[AttributeType] = &[
    Md5,
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
    Sha512_224,
    Sha512_256,
    Sha3_224,
    Sha3_256,
    Sha3_384,
    Sha3_512,
    Ssdeep,
    Imphash,
    Tlsh,
    X509FingerprintMd5,
    X509FingerprintSha1,
    X509FingerprintSha256,
    Pehash,
    Authentihash,
    Impfuzzy,
];

/// And those that hold one beside a file name.
const ALL: &[AttributeType] = &[
    Md5,
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
    Sha512_224,
    Sha512_256,
    Sha3_224,
    Sha3_256,
    Sha3_384,
    Sha3_512,
    Ssdeep,
    Imphash,
    Tlsh,
    X509FingerprintMd5,
    X509FingerprintSha1,
    X509FingerprintSha256,
    Pehash,
    Authentihash,
    Impfuzzy,
    MalwareSample,
    FilenameMd5,
    FilenameSha1,
    FilenameSha224,
    FilenameSha256,
    FilenameSha384,
    FilenameSha512,
    FilenameSha512_224,
    FilenameSha512_256,
    FilenameSha3_224,
    FilenameSha3_256,
    FilenameSha3_384,
    FilenameSha3_512,
    FilenameSsdeep,
    FilenameImphash,
    FilenameTlsh,
    FilenamePehash,
    FilenameAuthentihash,
    FilenameImpfuzzy,
    FilenameVhash,
];

pub(super) fn is_hash(kind: AttributeType) -> bool {
    PLAIN.contains(&kind)
}

/// `hashes`: checksums, also those beside a file name, each once.
#[derive(Debug, Default)]
pub struct Hashes {
    once: Once,
    only: Option<&'static str>,
}

impl Hashes {
    /// Only checksums of one kind: what `hids` asks for.
    pub fn of(kind: &'static str) -> Self {
        Self {
            only: Some(kind),
            ..Self::default()
        }
    }
}

impl Export for Hashes {
    fn passes(&self) -> &'static [&'static [AttributeType]] {
        &[ALL]
    }

    fn row(&mut self, row: &Row<'_>, out: &mut Buffer) {
        if let Some((kind, hash)) = row.hash()
            && self.only.is_none_or(|only| only == kind)
        {
            line(&mut self.once, hash, out);
        }
    }
}

/// How `cache` makes checksums.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "their names say it")]
pub enum HashKind {
    #[default]
    Md5,
    Sha1,
    Sha256,
}

impl HashKind {
    /// By its name on the wire.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "md5" => Some(Self::Md5),
            "sha1" => Some(Self::Sha1),
            "sha256" => Some(Self::Sha256),
            _ => None,
        }
    }
}

/// `cache`: the checksum of each value, of composite ones of each half; with the event's uuid if asked.
#[derive(Debug, Default)]
pub struct Cache {
    /// How checksums are made.
    pub kind: HashKind,
    /// Whether a second column names the event.
    pub with_event: bool,
}

impl Export for Cache {
    fn row(&mut self, row: &Row<'_>, out: &mut Buffer) {
        let value = row.attribute.value();
        for part in hashed_parts(row.attribute.kind.name(), &value) {
            let hash = match self.kind {
                HashKind::Md5 => md5_hex(part.as_bytes()),
                HashKind::Sha1 => sha1_hex(part.as_bytes()),
                HashKind::Sha256 => sha256_hex(part.as_bytes()),
            };
            out.extend_from_slice(hash.as_bytes());
            if self.with_event {
                out.push(b',');
                out.extend_from_slice(row.event.event.uuid.to_string().as_bytes());
            }
            out.push(b'\n');
        }
    }
}
