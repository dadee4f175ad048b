//! Addresses and networks as byte strings that sort by address, so that one ordinary index tells both which addresses
//! a network holds and which networks hold an address (spec 08 section 2).
//!
//! A key is the family (4 or 6), the first address of the network in network order, and the length of its prefix.
//! A plain address is the network that holds only itself. Families never meet: no IPv6 network holds an IPv4 address.

use crate::records::Attribute;
use crate::types::AttributeType;
use std::net::IpAddr;

/// An IPv4 or IPv6 network; a single address is one with the longest prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Network {
    first: IpAddr,
    prefix: u8,
}

impl Network {
    /// Reads `192.0.2.1`, `192.0.2.0/24`, `2001:db8::/32`. Bits beyond the prefix are ignored.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let longest = longest(address);
        let prefix = match prefix {
            None => longest,
            Some(digits) if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                digits.parse().ok().filter(|prefix| *prefix <= longest)?
            }
            Some(_) => return None,
        };
        Some(Self::of(address, prefix))
    }

    fn of(address: IpAddr, prefix: u8) -> Self {
        let first = match address {
            IpAddr::V4(v4) => {
                let mask = u32::MAX.checked_shl(u32::from(32 - prefix.min(32))).unwrap_or(0);
                IpAddr::V4((u32::from(v4) & mask).into())
            }
            IpAddr::V6(v6) => {
                let mask = u128::MAX
                    .checked_shl(u32::from(128 - prefix.min(128)))
                    .unwrap_or(0);
                IpAddr::V6((u128::from(v6) & mask).into())
            }
        };
        Self { first, prefix }
    }

    /// Whether this is a single address.
    pub fn is_address(self) -> bool {
        self.prefix == longest(self.first)
    }

    /// The key under which it is stored.
    pub fn key(self) -> Vec<u8> {
        key(self.first, self.prefix)
    }

    /// The keys of every network that holds it, itself included: at most 129.
    pub fn holders(self) -> Vec<Vec<u8>> {
        (0..=self.prefix)
            .map(|prefix| Self::of(self.first, prefix).key())
            .collect()
    }

    /// The first and last key of what it holds, itself included.
    pub fn range(self) -> (Vec<u8>, Vec<u8>) {
        let last = match self.first {
            IpAddr::V4(v4) => {
                let host = u32::MAX.checked_shr(u32::from(self.prefix)).unwrap_or(0);
                IpAddr::V4((u32::from(v4) | host).into())
            }
            IpAddr::V6(v6) => {
                let host = u128::MAX.checked_shr(u32::from(self.prefix)).unwrap_or(0);
                IpAddr::V6((u128::from(v6) | host).into())
            }
        };
        (self.key(), key(last, longest(self.first)))
    }
}

fn longest(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

fn key(address: IpAddr, prefix: u8) -> Vec<u8> {
    let mut key = Vec::with_capacity(18);
    match address {
        IpAddr::V4(v4) => {
            key.push(4);
            key.extend(v4.octets());
        }
        IpAddr::V6(v6) => {
            key.push(6);
            key.extend(v6.octets());
        }
    }
    key.push(prefix);
    key
}

/// The types whose values are addresses or networks, in their first or second half.
pub fn is_address_type(kind: AttributeType) -> bool {
    matches!(
        kind.name(),
        "ip-src" | "ip-dst" | "ip-src|port" | "ip-dst|port" | "domain|ip"
    )
}

/// The address or network that is the value of an attribute of this type.
pub fn of_value(kind: AttributeType, value1: &str, value2: &str) -> Option<Network> {
    match kind.name() {
        "domain|ip" => Network::parse(value2),
        _ if is_address_type(kind) => Network::parse(value1),
        _ => None,
    }
}

/// The address or network that an attribute is about.
pub fn of_attribute(attribute: &Attribute) -> Option<Network> {
    of_value(attribute.kind, &attribute.value1, &attribute.value2)
}

#[cfg(test)]
mod tests {
    use super::Network;

    fn network(text: &str) -> Network {
        Network::parse(text).unwrap()
    }

    fn holds(outer: &str, inner: &str) -> bool {
        let (first, last) = network(outer).range();
        let key = network(inner).key();
        let by_range = first <= key && key <= last;
        let by_holders = network(inner).holders().contains(&network(outer).key());
        assert_eq!(by_range, by_holders, "{outer} {inner}");
        by_range
    }

    #[test]
    fn both_directions_agree_on_what_a_network_holds() {
        for (outer, inner, expected) in [
            ("192.0.2.0/24", "192.0.2.77", true),
            ("192.0.2.0/24", "192.0.3.1", false),
            ("192.0.2.0/24", "192.0.2.128/25", true),
            ("192.0.2.128/25", "192.0.2.0/24", false),
            ("192.0.2.0/25", "192.0.2.0/24", false),
            ("192.0.2.0/24", "192.0.2.0/24", true),
            ("0.0.0.0/0", "255.255.255.255", true),
            ("192.0.2.1", "192.0.2.1", true),
            ("2001:db8::/32", "2001:db8:1::1", true),
            ("2001:db8::/32", "2001:db9::1", false),
            ("::/0", "ffff::1/128", true),
            ("::/0", "192.0.2.1", false),
            ("0.0.0.0/0", "::1", false),
        ] {
            assert_eq!(holds(outer, inner), expected, "{outer} {inner}");
        }
    }

    #[test]
    fn bits_beyond_the_prefix_do_not_count() {
        assert_eq!(network("192.0.2.77/24"), network("192.0.2.0/24"));
        assert_eq!(network("2001:DB8::1/32"), network("2001:db8::/32"));
    }

    #[test]
    fn what_is_no_network() {
        for text in [
            "",
            "192.0.2",
            "192.0.2.1/33",
            "192.0.2.1/",
            "192.0.2.1/+8",
            "::1/129",
            "example.com",
            "1.2.3.4|80",
        ] {
            assert_eq!(Network::parse(text), None, "{text}");
        }
    }
}
