//! IP addresses, networks, and addresses with a port (spec 02 sections 5.1 and 5.2).

use super::shapes::is_digits;
use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// An address or network in canonical text; what is no address stays as it is.
pub(super) fn normalise(value: &str) -> Cow<'_, str> {
    match value.split_once('/') {
        Some((address, mask)) if !address.is_empty() => {
            let address = compressed(address);
            let single = (mask == "32" && value.contains('.')) || (mask == "128" && value.contains(':'));
            if single {
                address
            } else {
                Cow::Owned(format!("{address}/{mask}"))
            }
        }
        _ => compressed(value),
    }
}

/// The shortest form of an IPv6 address; anything else unchanged.
fn compressed(address: &str) -> Cow<'_, str> {
    if !address.contains(':') {
        return Cow::Borrowed(address);
    }
    match address.parse::<Ipv6Addr>() {
        Ok(parsed) => Cow::Owned(ipv6_text(parsed)),
        Err(_) => Cow::Borrowed(address),
    }
}

/// The text that `inet_ntop` gives, which unlike the standard library writes the deprecated IPv4-compatible addresses
/// with dots; other servers store that form.
fn ipv6_text(address: Ipv6Addr) -> String {
    match address.segments() {
        [0, 0, 0, 0, 0, 0, high, _] if high != 0 => {
            let [.., a, b, c, d] = address.octets();
            format!("::{}", Ipv4Addr::new(a, b, c, d))
        }
        _ => address.to_string(),
    }
}

/// Whether this is one address, not a network.
pub(super) fn is_address(text: &str) -> bool {
    text.parse::<IpAddr>().is_ok()
}

/// Why this is no address and no network.
pub(super) fn check_network(value: &str) -> Result<(), &'static str> {
    let Some((address, mask)) = value.split_once('/') else {
        return if is_address(value) {
            Ok(())
        } else {
            Err("IP address has an invalid format.")
        };
    };
    if !is_digits(mask) {
        return Err("Invalid CIDR notation value found.");
    }
    // A mask too long to be a number is above every limit.
    let mask = mask.parse::<u64>().unwrap_or(u64::MAX);
    match address.parse::<IpAddr>() {
        Ok(IpAddr::V4(_)) if mask > 32 => {
            Err("Invalid CIDR notation value found, for IPv4 must be lower or equal 32.")
        }
        Ok(IpAddr::V6(_)) if mask > 128 => {
            Err("Invalid CIDR notation value found, for IPv6 must be lower or equal 128.")
        }
        Ok(_) => Ok(()),
        Err(_) => Err("IP address has an invalid format."),
    }
}

/// The address and the port in any of the notations that people use; `None` when no port is found.
pub(super) fn split_port(value: &str) -> Option<(&str, &str)> {
    if value.bytes().filter(|b| *b == b':').count() < 2 {
        return value
            .split_once(':')
            .filter(|(address, _)| address.parse::<Ipv4Addr>().is_ok())
            .or_else(|| value.split_once('|'));
    }
    value
        .split_once('|')
        .or_else(|| value.strip_prefix('[')?.split_once("]:"))
        .or_else(|| value.rsplit_once('.'))
        .or_else(|| value.split_once(" port "))
        .or_else(|| value.split_once('p'))
        .or_else(|| value.split_once('#'))
        .or_else(|| value.rsplit_once(':'))
}
