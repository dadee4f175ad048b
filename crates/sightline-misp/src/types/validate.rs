//! Whether a normalised value fits its type, and the exact words when it does not (spec 02 sections 2 and 5).

use super::hashes::Hash;
use super::normalise::trim;
use super::{AttributeType, ip, link, shapes};
use crate::datetime;
use sightline_core::limits::VALUE_BYTES;

pub(super) const WRONG_FORMAT: &str =
    "Value not in the right type/format. Please double check the value or select type \"other\".";
const NOT_AN_IP: &str = "IP address has an invalid format.";
const NOT_A_PORT: &str = "Port numbers have to be integers between 1 and 65535.";

/// What the values of a type must look like.
#[derive(Clone, Copy)]
pub(super) enum Rule {
    Anything,
    SingleLine,
    Hash(Hash),
    FilenameHash(Hash),
    Ip,
    IpPort,
    Domain,
    Hostname,
    DomainIp,
    HostnamePort,
    Email,
    Numeric,
    Whole,
    Integer,
    Port,
    Asn,
    HttpMethod,
    SshFingerprint,
    Cve,
    Cwe,
    Link,
    HexDigits,
    Alphanumeric,
    ServiceName,
    Datetime,
    MacOctets(usize),
    Json,
    Boolean,
    Onion,
    Uuid,
}

/// Check a value that has been normalised; the error is the message for the field `value`.
pub fn validate(ty: AttributeType, value: &str) -> Result<(), String> {
    if trim(value).is_empty() {
        return refused("Value cannot be empty.");
    }
    let composite = ty.is_composite();
    let controls_only = |part: &str| !part.is_empty() && part.chars().all(char::is_control);
    if controls_only(value) || (composite && value.split('|').any(controls_only)) {
        return refused(
            "Value provided consists purely of control characters and is therefore considered to be empty.",
        );
    }
    if composite && value.bytes().filter(|b| *b == b'|').count() != 1 {
        return refused("Composite type found but the value not in the composite (value1|value2) format.");
    }
    ty.row().rule.check(ty, value)?;
    accepted_if(
        value.len() <= VALUE_BYTES,
        "The entered string is too long and would get truncated. Please consider adding the data as an attachment instead",
    )
}

impl Rule {
    fn check(self, ty: AttributeType, value: &str) -> Result<(), String> {
        match self {
            Self::Anything => Ok(()),
            Self::SingleLine => accepted_if(
                !shapes::contains_newline(value),
                "Value must not contain new line character.",
            ),
            Self::Hash(hash) => hash.check(value),
            Self::FilenameHash(hash) => hash.check_with_filename(value),
            Self::Ip => ip::check_network(value).map_err(str::to_owned),
            Self::IpPort | Self::DomainIp | Self::HostnamePort => self.check_halves(super::split(ty, value)),
            Self::Domain => accepted_if(
                shapes::is_domain(value),
                "Domain has an invalid format. Please double check the value or select type \"other\".",
            ),
            Self::Hostname => accepted_if(
                shapes::is_domain(value),
                "Hostname has an invalid format. Please double check the value or select type \"other\".",
            ),
            Self::Email => accepted_if(
                shapes::is_email(value),
                "Email address has an invalid format. Please double check the value or select type \"other\".",
            ),
            Self::Numeric => accepted_if(shapes::is_numeric(value), WRONG_FORMAT),
            Self::Whole => accepted_if(
                shapes::is_digits(value),
                "The value has to be a whole number greater or equal 0.",
            ),
            Self::Integer => accepted_if(shapes::is_integer(value), "The value has to be an integer value."),
            Self::Port => accepted_if(shapes::is_port(value), NOT_A_PORT),
            Self::Asn => accepted_if(
                shapes::is_asn(value),
                "AS number have to be integer between 1 and 4294967295",
            ),
            Self::HttpMethod => accepted_if(shapes::has_http_verb(value), "Unknown HTTP method."),
            Self::SshFingerprint => accepted_if(
                shapes::is_ssh_fingerprint(value),
                "SSH fingerprint must be in MD5 or SHA256 format.",
            ),
            Self::Cve => accepted_if(
                shapes::is_cve(value),
                "Invalid format. Expected: CVE-xxxx-xxxx...",
            ),
            Self::Cwe => accepted_if(shapes::is_cwe(value), "Invalid format. Expected: CWE-x..."),
            Self::Link => accepted_if(link::is_link(value), WRONG_FORMAT),
            Self::HexDigits => accepted_if(shapes::is_hex_digits(value), WRONG_FORMAT),
            Self::Alphanumeric => accepted_if(shapes::is_alphanumeric(value), WRONG_FORMAT),
            Self::ServiceName => accepted_if(
                shapes::is_service_name(value),
                "Invalid format. Only values shorter than 256 characters that don't include any forward or backward slashes are allowed.",
            ),
            Self::Datetime => accepted_if(
                datetime::is_absolute(value),
                "Datetime has to be in the ISO 8601 format.",
            ),
            Self::MacOctets(octets) => accepted_if(shapes::is_mac(value, octets), WRONG_FORMAT),
            Self::Json => accepted_if(
                serde_json::from_str::<serde::de::IgnoredAny>(value).is_ok(),
                WRONG_FORMAT,
            ),
            Self::Boolean => accepted_if(matches!(value, "0" | "1"), WRONG_FORMAT),
            Self::Onion => accepted_if(shapes::is_onion(value), "Onion address has an invalid format."),
            Self::Uuid => accepted_if(shapes::is_uuid(value), "Please provide a valid RFC 4122 UUID"),
        }
    }

    fn check_halves(self, (first, second): (&str, &str)) -> Result<(), String> {
        match self {
            Self::IpPort => accepted_if(ip::is_address(first), NOT_AN_IP)?,
            Self::HostnamePort => accepted_if(shapes::is_domain(first), "Hostname has an invalid format.")?,
            _ => accepted_if(shapes::is_domain(first), "Domain has an invalid format.")?,
        }
        match self {
            Self::DomainIp => accepted_if(ip::is_address(second), NOT_AN_IP),
            _ => accepted_if(shapes::is_port(second), NOT_A_PORT),
        }
    }
}

fn accepted_if(fits: bool, refusal: &str) -> Result<(), String> {
    if fits { Ok(()) } else { refused(refusal) }
}

fn refused(refusal: &str) -> Result<(), String> {
    Err(refusal.to_owned())
}
