//! Intelligence files of Zeek, formerly Bro (spec 09 A.11): tab-separated, one indicator a line.

use super::{Export, Needs, Row, cannot, is_plain, one_line};
use sightline_misp::json::Buffer;
use sightline_misp::types::AttributeType::{self, *};

const HEAD: &[u8] =
    b"#fields\tindicator\tindicator_type\tmeta.source\tmeta.desc\tmeta.url\tmeta.do_notice\tmeta.if_in\n";

const IPS: &[AttributeType] = &[IpSrc, IpDst, IpSrcPort, IpDstPort, DomainIp];
const DOMAINS: &[AttributeType] = &[Domain, Hostname, DomainIp, HostnamePort];
const EMAILS: &[AttributeType] = &[
    Email,
    EmailSrc,
    EmailDst,
    EmailReplyTo,
    TargetEmail,
    WhoisRegistrantEmail,
];
const HASHES: &[AttributeType] = &[
    Md5,
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
    FilenameMd5,
    FilenameSha1,
    FilenameSha224,
    FilenameSha256,
    FilenameSha384,
    FilenameSha512,
    MalwareSample,
];
const NAMES: &[AttributeType] = &[
    Filename,
    EmailAttachment,
    Attachment,
    MalwareSample,
    FilenameMd5,
    FilenameSha1,
    FilenameSha224,
    FilenameSha256,
    FilenameSha384,
    FilenameSha512,
];
const CERTIFICATES: &[AttributeType] = &[X509FingerprintSha1, X509FingerprintMd5, X509FingerprintSha256];

/// What of it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "their names on the wire say it")]
pub enum IntelKind {
    All,
    Ip,
    Url,
    Domain,
    Ja3,
    Email,
    Filename,
    FileHash,
    CertHash,
    Software,
}

impl IntelKind {
    /// By its name on the wire.
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "all" => Self::All,
            "ip" => Self::Ip,
            "url" => Self::Url,
            "domain" => Self::Domain,
            "ja3-fingerprint-md5" => Self::Ja3,
            "email" => Self::Email,
            "filename" => Self::Filename,
            "filehash" => Self::FileHash,
            "certhash" => Self::CertHash,
            "software" => Self::Software,
            _ => return None,
        })
    }

    const fn passes(self) -> &'static [&'static [AttributeType]] {
        match self {
            Self::All => &[
                IPS,
                &[Url],
                DOMAINS,
                &[Ja3FingerprintMd5],
                EMAILS,
                NAMES,
                HASHES,
                CERTIFICATES,
                &[UserAgent],
            ],
            Self::Ip => &[IPS],
            Self::Url => &[&[Url]],
            Self::Domain => &[DOMAINS],
            Self::Ja3 => &[&[Ja3FingerprintMd5]],
            Self::Email => &[EMAILS],
            Self::Filename => &[NAMES],
            Self::FileHash => &[HASHES],
            Self::CertHash => &[CERTIFICATES],
            Self::Software => &[&[UserAgent]],
        }
    }

    /// Which of the kinds a pass of `all` writes.
    const fn of_pass(self, pass: usize) -> Self {
        match (self, pass) {
            (Self::All, 0) => Self::Ip,
            (Self::All, 1) => Self::Url,
            (Self::All, 2) => Self::Domain,
            (Self::All, 3) => Self::Ja3,
            (Self::All, 4) => Self::Email,
            (Self::All, 5) => Self::Filename,
            (Self::All, 6) => Self::FileHash,
            (Self::All, 7) => Self::CertHash,
            (Self::All, _) => Self::Software,
            _ => self,
        }
    }
}

/// `bro`.
#[derive(Debug)]
pub struct ZeekIntel {
    kind: IntelKind,
    now: IntelKind,
    instance: String,
    base_url: String,
}

impl ZeekIntel {
    /// Intelligence of a kind, from an instance of this name and address.
    pub fn new(kind: IntelKind, instance: String, base_url: String) -> Self {
        Self {
            kind,
            now: kind,
            instance,
            base_url,
        }
    }
}

impl Export for ZeekIntel {
    fn passes(&self) -> &'static [&'static [AttributeType]] {
        self.kind.passes()
    }

    fn needs(&self) -> Needs {
        Needs {
            orgs: true,
            ..Needs::default()
        }
    }

    fn begin(&mut self, out: &mut Buffer) {
        out.extend_from_slice(HEAD);
    }

    fn begin_pass(&mut self, pass: usize, _out: &mut Buffer) {
        self.now = self.kind.of_pass(pass);
    }

    fn row(&mut self, row: &Row<'_>, out: &mut Buffer) {
        let attribute = row.attribute;
        let (first, second) = (attribute.value1.as_str(), attribute.value2.as_str());
        let indicator = match (self.now, attribute.kind) {
            (IntelKind::Ip, DomainIp) | (IntelKind::FileHash, MalwareSample) => second,
            (IntelKind::FileHash, kind) if kind.name().starts_with("filename|") => second,
            // Zeek knows URLs without their scheme.
            (IntelKind::Url, _) => first.split_once("://").map_or(first, |(_, rest)| rest),
            _ => first,
        };
        let kind = match self.now {
            IntelKind::Ip if indicator.contains('/') => "SUBNET",
            IntelKind::Ip => "ADDR",
            IntelKind::Url => "URL",
            IntelKind::Domain => "DOMAIN",
            IntelKind::Ja3 => "JA3",
            IntelKind::Email => "EMAIL",
            IntelKind::Filename => "FILE_NAME",
            IntelKind::FileHash => "FILE_HASH",
            IntelKind::CertHash => "CERT_HASH",
            IntelKind::Software | IntelKind::All => "SOFTWARE",
        };
        // Zeek's reader has an escape for bytes, but an indicator is compared as it stands.
        if indicator.is_empty()
            || indicator == "-"
            || !indicator.chars().all(is_plain)
            || indicator.starts_with('#')
        {
            cannot(
                out,
                "#",
                row,
                "its value cannot stand in a line of an intelligence file",
            );
            return;
        }
        let event = &row.event.event;
        let line = format!(
            "{indicator}\tIntel::{kind}\t{} ({}) - {}\t{}. {}\t{}/events/view/{}\tT\t-\n",
            one_line(&self.instance),
            event.uuid,
            one_line(&row.event.creator),
            one_line(&event.info),
            one_line(&attribute.comment),
            self.base_url,
            event.id,
        );
        out.extend_from_slice(line.as_bytes());
    }
}
