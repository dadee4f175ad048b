//! `netfilter`: a shell script of iptables rules (spec 09 A.5).

use super::once::Once;
use super::{Export, Row, cannot};
use sightline_misp::json::Buffer;
use sightline_misp::types::AttributeType::{self, DomainIp, IpDst, IpDstPort, IpSrc, IpSrcPort};
use std::net::IpAddr;

/// `netfilter`.
#[derive(Debug)]
pub struct Netfilter {
    action: String,
    once: Once,
}

impl Netfilter {
    /// `action` is a target of iptables: letters, digits, `_` and `-`.
    pub fn new(action: &str) -> Option<Self> {
        let named = !action.is_empty()
            && action.len() < 29
            && !action.starts_with('-')
            && action
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b));
        named.then(|| Self {
            action: action.to_owned(),
            once: Once::default(),
        })
    }
}

/// The address or network of a row, if it has one.
pub(super) fn address<'r>(row: &'r Row<'_>) -> Option<&'r str> {
    let attribute = row.attribute;
    match attribute.kind {
        IpSrc | IpDst | IpSrcPort | IpDstPort => Some(&attribute.value1),
        DomainIp => Some(&attribute.value2),
        _ => None,
    }
}

/// An address or a network with its prefix length.
pub(super) fn network(text: &str) -> Option<(IpAddr, u8)> {
    let (address, length) = match text.split_once('/') {
        Some((address, length)) => (address, Some(length)),
        None => (text, None),
    };
    let address: IpAddr = address.parse().ok()?;
    let longest = if address.is_ipv4() { 32 } else { 128 };
    let length = match length {
        Some(length) => length.parse().ok().filter(|length| *length <= longest)?,
        None => longest,
    };
    Some((address, length))
}

impl Export for Netfilter {
    fn passes(&self) -> &'static [&'static [AttributeType]] {
        &[&[IpSrc, IpDst, IpSrcPort, IpDstPort, DomainIp]]
    }

    fn row(&mut self, row: &Row<'_>, out: &mut Buffer) {
        let Some(text) = address(row) else { return };
        if !self.once.is_new(text) {
            return;
        }
        let Some((address, length)) = network(text) else {
            cannot(out, "#", row, "its value is not an address");
            return;
        };
        let program = if address.is_ipv4() {
            "iptables"
        } else {
            "ip6tables"
        };
        let whole = length == if address.is_ipv4() { 32 } else { 128 };
        let source = if whole {
            address.to_string()
        } else {
            format!("{address}/{length}")
        };
        out.extend_from_slice(format!("{program} -A INPUT -s {source} -j {}\n", self.action).as_bytes());
    }

    fn end(&mut self, out: &mut Buffer) {
        out.push(b'\n');
    }
}
