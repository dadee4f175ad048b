//! Who is at the other end: the client's address, also behind reverse proxies.

use axum::http::HeaderMap;
use ipnet::IpNet;
use std::net::IpAddr;

/// The header in which each proxy adds the address that it saw.
const FORWARDED: &str = "x-forwarded-for";

/// The reverse proxies whose word is taken.
#[derive(Debug, Default)]
pub(super) struct Proxies(Vec<IpNet>);

impl Proxies {
    pub(super) fn new(networks: Vec<IpNet>) -> Self {
        Self(networks)
    }

    /// The client's address: the peer's, or, going back from it, the first that is not one of our proxies. What
    /// stands further left was written by the client and may be anything.
    pub(super) fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer.to_canonical();
        let lines: Vec<&str> = headers
            .get_all(FORWARDED)
            .iter()
            .filter_map(|line| line.to_str().ok())
            .collect();
        for hop in lines.iter().rev().flat_map(|line| line.rsplit(',')) {
            if !self.trusts(client) {
                break;
            }
            let Ok(address) = hop.trim().parse::<IpAddr>() else {
                break;
            };
            client = address.to_canonical();
        }
        client
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_trusted_proxies_are_believed_and_only_as_far_as_they_go() {
        let proxies = Proxies::new(vec![
            "10.0.0.0/8".parse().unwrap(),
            "127.0.0.1/32".parse().unwrap(),
        ]);
        for (peer, header, client) in [
            ("192.0.2.1", None, "192.0.2.1"),
            ("192.0.2.1", Some("198.51.100.7"), "192.0.2.1"),
            ("127.0.0.1", Some("198.51.100.7"), "198.51.100.7"),
            ("::ffff:127.0.0.1", Some("198.51.100.7"), "198.51.100.7"),
            (
                "127.0.0.1",
                Some("203.0.113.9, 198.51.100.7, 10.1.1.1"),
                "198.51.100.7",
            ),
            ("127.0.0.1", Some("nonsense"), "127.0.0.1"),
            ("127.0.0.1", Some("10.2.2.2"), "10.2.2.2"),
            ("10.0.0.1", Some("2001:db8::1"), "2001:db8::1"),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(header) = header {
                headers.insert(FORWARDED, header.parse().unwrap());
            }
            let found = proxies.client(peer.parse().unwrap(), &headers);
            assert_eq!(found.to_string(), client, "{peer} {header:?}");
        }
    }
}
