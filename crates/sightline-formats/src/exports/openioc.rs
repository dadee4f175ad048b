//! `openioc`: Mandiant's XML of 2010 (spec 09 A.8).

use super::xml::write_text;
use super::{Export, Needs, Row, one_line};
use crate::hashes::md5_hex;
use sightline_misp::json::Buffer;
use sightline_misp::types::{AttributeType, AttributeType::*, Category};
use uuid::Uuid;

/// One condition: the document that is searched, the term, and the type of its content.
type Term = (&'static str, &'static str, &'static str);

const MD5: Term = ("FileItem", "FileItem/Md5sum", "md5");
const SHA1: Term = ("FileItem", "FileItem/Sha1sum", "sha1");
const SHA256: Term = ("FileItem", "FileItem/Sha256sum", "sha256");
const FILE_NAME: Term = ("FileItem", "FileItem/FileName", "string");
const REMOTE_IP: Term = ("PortItem", "PortItem/remoteIP", "IP");
const DNS: Term = ("Network", "Network/DNS", "string");
const KEY: Term = ("RegistryItem", "RegistryItem/KeyPath", "string");

const TYPES: &[AttributeType] = &[
    Md5,
    Sha1,
    Sha256,
    Filename,
    FilenameMd5,
    FilenameSha1,
    FilenameSha256,
    MalwareSample,
    IpSrc,
    IpDst,
    Hostname,
    Domain,
    DomainIp,
    EmailSrc,
    EmailDst,
    EmailSubject,
    EmailAttachment,
    Url,
    UserAgent,
    Regkey,
    RegkeyValue,
    Snort,
    Attachment,
    Link,
];

/// What a type is searched for: one term, or two for both halves.
fn terms(kind: AttributeType) -> Option<(Term, Option<Term>)> {
    Some(match kind {
        Md5 => (MD5, None),
        Sha1 => (SHA1, None),
        Sha256 => (SHA256, None),
        Filename | Attachment => (FILE_NAME, None),
        FilenameMd5 | MalwareSample => (FILE_NAME, Some(MD5)),
        FilenameSha1 => (FILE_NAME, Some(SHA1)),
        FilenameSha256 => (FILE_NAME, Some(SHA256)),
        IpSrc => (REMOTE_IP, None),
        IpDst | Hostname => (("RouteEntryItem", "RouteEntryItem/Destination", "string"), None),
        Domain => (DNS, None),
        DomainIp => (DNS, Some(REMOTE_IP)),
        EmailSrc => (("Email", "Email/From", "string"), None),
        EmailDst => (("Email", "Email/To", "string"), None),
        EmailSubject => (("Email", "Email/Subject", "string"), None),
        EmailAttachment => (("Email", "Email/Attachment/Name", "string"), None),
        Url => (("UrlHistoryItem", "UrlHistoryItem/URL", "string"), None),
        UserAgent => (("Network", "Network/UserAgent", "string"), None),
        Regkey => (KEY, None),
        RegkeyValue => (KEY, Some(("RegistryItem", "RegistryItem/Value", "string"))),
        Snort => (("Snort", "Snort/Snort", "string"), None),
        Link => (("URL", "URL", "string"), None),
        _ => return None,
    })
}

/// `openioc`.
#[derive(Debug)]
pub struct OpenIoc {
    title: String,
    /// When it is made, `2026-01-31T00:00:00`.
    made: String,
    author: String,
}

impl OpenIoc {
    /// A document of this title, made at a time by an instance.
    pub fn new(title: &str, made: String, author: String) -> Self {
        Self {
            title: one_line(title),
            made,
            author,
        }
    }

    /// The same document has the same identifiers every time.
    fn id(&self, what: &str) -> Uuid {
        Uuid::parse_str(&md5_hex(format!("{} {what}", self.title).as_bytes())).unwrap_or_default()
    }
}

impl Export for OpenIoc {
    fn passes(&self) -> &'static [&'static [AttributeType]] {
        &[TYPES]
    }

    fn needs(&self) -> Needs {
        Needs::default()
    }

    fn begin(&mut self, out: &mut Buffer) {
        let (id, made) = (self.id("ioc"), &self.made);
        let head = format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<ioc xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
             xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\" id=\"{id}\" last-modified=\"{made}\" \
             xmlns=\"http://schemas.mandiant.com/2010/ioc\">\n<short_description>"
        );
        out.extend_from_slice(head.as_bytes());
        write_text(out, &self.title);
        out.extend_from_slice(
            b"</short_description>\n<description></description>\n<keywords/>\n<authored_by>",
        );
        write_text(out, &self.author);
        let rest = format!(
            "</authored_by>\n<authored_date>{made}</authored_date>\n<links/>\n<definition>\n\
             <Indicator operator=\"OR\" id=\"{}\">\n",
            self.id("indicator")
        );
        out.extend_from_slice(rest.as_bytes());
    }

    fn row(&mut self, row: &Row<'_>, out: &mut Buffer) {
        use Category::{
            ArtifactsDropped, NetworkActivity, PayloadDelivery, PayloadInstallation, PersistenceMechanism,
        };
        let attribute = row.attribute;
        let wanted = matches!(
            attribute.category,
            PayloadDelivery | ArtifactsDropped | PayloadInstallation | PersistenceMechanism | NetworkActivity
        );
        let Some((first, second)) = terms(attribute.kind).filter(|_| wanted && attribute.to_ids) else {
            return;
        };
        let id = attribute.uuid;
        match second.filter(|_| !attribute.value2.is_empty()) {
            None => item(out, id, first, &attribute.value1),
            Some(second) => {
                let half = |n: u128| Uuid::from_u128(id.as_u128() ^ n);
                out.extend_from_slice(format!("<Indicator operator=\"AND\" id=\"{id}\">\n").as_bytes());
                item(out, half(1), first, &attribute.value1);
                item(out, half(2), second, &attribute.value2);
                out.extend_from_slice(b"</Indicator>\n");
            }
        }
    }

    fn end(&mut self, out: &mut Buffer) {
        out.extend_from_slice(b"</Indicator>\n</definition>\n</ioc>\n");
    }
}

fn item(out: &mut Buffer, id: Uuid, (document, search, kind): Term, value: &str) {
    let condition = if search == "Email/Subject" {
        "contains"
    } else {
        "is"
    };
    let head = format!(
        "<IndicatorItem id=\"{id}\" condition=\"{condition}\"><Context document=\"{document}\" search=\"{search}\" \
         type=\"mir\"/><Content type=\"{kind}\">"
    );
    out.extend_from_slice(head.as_bytes());
    write_text(out, value);
    out.extend_from_slice(b"</Content></IndicatorItem>\n");
}
