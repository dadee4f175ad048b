//! Which addresses this server may connect to. A URL that a user gives must never reach the machine itself, the
//! network it stands in, or the metadata service of its cloud.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use url::{Host, Url};

use crate::error::{RemoteError, host_of};

#[cfg(test)]
mod tests;

/// The address policy.
#[derive(Clone, Debug, Default)]
pub struct Guard {
    /// Nothing is refused.
    pub allow_private: bool,
    /// Networks that are reachable whatever the tables say.
    pub allow_networks: Vec<IpNet>,
}

const fn v4(a: u8, b: u8, c: u8, d: u8, prefix: u8, reason: &'static str) -> (Ipv4Net, &'static str) {
    (Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix), reason)
}

/// IANA's special-purpose registry without what is globally reachable, and Azure's metadata host, which has a
/// public-looking address.
const V4: [(Ipv4Net, &str); 17] = [
    v4(0, 0, 0, 0, 8, "unspecified address"),
    v4(10, 0, 0, 0, 8, "private network address"),
    v4(100, 64, 0, 0, 10, "carrier-grade NAT address"),
    v4(127, 0, 0, 0, 8, "loopback address"),
    v4(169, 254, 169, 254, 32, "cloud metadata service"),
    v4(169, 254, 0, 0, 16, "link-local address"),
    v4(172, 16, 0, 0, 12, "private network address"),
    v4(192, 0, 0, 0, 24, "reserved address"),
    v4(192, 0, 2, 0, 24, "documentation address"),
    v4(192, 88, 99, 0, 24, "reserved address"),
    v4(192, 168, 0, 0, 16, "private network address"),
    v4(198, 18, 0, 0, 15, "benchmark address"),
    v4(198, 51, 100, 0, 24, "documentation address"),
    v4(203, 0, 113, 0, 24, "documentation address"),
    v4(168, 63, 129, 16, 32, "cloud metadata service"),
    v4(224, 0, 0, 0, 4, "multicast address"),
    v4(240, 0, 0, 0, 4, "reserved address"),
];

const fn v6(segments: [u16; 8], prefix: u8, reason: &'static str) -> (Ipv6Net, &'static str) {
    let [a, b, c, d, e, f, g, h] = segments;
    (
        Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, d, e, f, g, h), prefix),
        reason,
    )
}

const V6: [(Ipv6Net, &str); 9] = [
    v6([0, 0, 0, 0, 0, 0, 0, 0], 128, "unspecified address"),
    v6([0, 0, 0, 0, 0, 0, 0, 1], 128, "loopback address"),
    v6(
        [0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254],
        128,
        "cloud metadata service",
    ),
    v6([0xfc00, 0, 0, 0, 0, 0, 0, 0], 7, "unique-local address"),
    v6([0xfe80, 0, 0, 0, 0, 0, 0, 0], 10, "link-local address"),
    v6([0xff00, 0, 0, 0, 0, 0, 0, 0], 8, "multicast address"),
    // Protocol assignments, Teredo, ORCHID and benchmarking among them: no web server is there.
    v6([0x2001, 0, 0, 0, 0, 0, 0, 0], 23, "reserved address"),
    v6([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32, "documentation address"),
    v6([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20, "documentation address"),
];

/// Everything that is handed out to the public internet so far.
const GLOBAL_UNICAST: Ipv6Net = v6([0x2000, 0, 0, 0, 0, 0, 0, 0], 3, "").0;
const MAPPED: Ipv6Net = v6([0, 0, 0, 0, 0, 0xffff, 0, 0], 96, "").0;
const NAT64: Ipv6Net = v6([0x64, 0xff9b, 0, 0, 0, 0, 0, 0], 96, "").0;
const SIX_TO_FOUR: Ipv6Net = v6([0x2002, 0, 0, 0, 0, 0, 0, 0], 16, "").0;

/// Names that mean this machine or a metadata service whatever they resolve to.
const METADATA_HOSTS: [&str; 6] = [
    "metadata",
    "metadata.google.internal",
    "metadata.goog",
    "metadata.azure.internal",
    "metadata.tencentyun.com",
    "instance-data",
];

impl Guard {
    /// Parses `text` and checks scheme, credentials and host; names are checked again once they are resolved.
    pub fn parse_url(&self, text: &str) -> Result<Url, RemoteError> {
        let url = Url::parse(text.trim()).map_err(|error| RemoteError::InvalidUrl(error.to_string()))?;
        self.check_url(&url)?;
        Ok(url)
    }

    /// See [`Guard::parse_url`].
    pub(crate) fn check_url(&self, url: &Url) -> Result<(), RemoteError> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(RemoteError::InvalidUrl("only http and https are fetched".into()));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(RemoteError::InvalidUrl(
                "user name and password do not belong into a URL".into(),
            ));
        }
        let verdict = match url.host() {
            // The HTTP library resolves no literals, so they would pass by the guarded resolver.
            Some(Host::Ipv4(address)) => self.check_address(address.into()),
            Some(Host::Ipv6(address)) => self.check_address(address.into()),
            Some(Host::Domain(name)) => self.check_name(name),
            None => return Err(RemoteError::InvalidUrl("it has no host".into())),
        };
        verdict.map_err(|reason| RemoteError::Blocked {
            host: host_of(url),
            reason,
        })
    }

    /// Whether `address` may be connected to; `Err` says what kind of address it is.
    pub fn check_address(&self, address: IpAddr) -> Result<(), &'static str> {
        let address = address.to_canonical();
        if self.allow_private
            || self
                .allow_networks
                .iter()
                .any(|network| network.contains(&address))
        {
            return Ok(());
        }
        match address {
            IpAddr::V4(address) => check_v4(address),
            IpAddr::V6(address) => check_v6(address),
        }
    }

    fn check_name(&self, name: &str) -> Result<(), &'static str> {
        if self.allow_private {
            return Ok(());
        }
        let name = name.trim_end_matches('.').to_ascii_lowercase();
        if METADATA_HOSTS.contains(&name.as_str()) {
            return Err("cloud metadata service");
        }
        // Resolution would say so too, but behind a proxy it is the proxy's loopback.
        if name == "localhost" || name.ends_with(".localhost") {
            return self.check_address(Ipv4Addr::LOCALHOST.into());
        }
        Ok(())
    }
}

fn check_v4(address: Ipv4Addr) -> Result<(), &'static str> {
    match V4.iter().find(|(network, _)| network.contains(&address)) {
        Some((_, reason)) => Err(reason),
        None => Ok(()),
    }
}

fn check_v6(address: Ipv6Addr) -> Result<(), &'static str> {
    let [_, b, c, .., g, h] = address.segments();
    if MAPPED.contains(&address) || NAT64.contains(&address) {
        return check_v4(joined(g, h));
    }
    if SIX_TO_FOUR.contains(&address) {
        return check_v4(joined(b, c));
    }
    if let Some((_, reason)) = V6.iter().find(|(network, _)| network.contains(&address)) {
        return Err(reason);
    }
    if GLOBAL_UNICAST.contains(&address) {
        Ok(())
    } else {
        Err("reserved address")
    }
}

fn joined(high: u16, low: u16) -> Ipv4Addr {
    Ipv4Addr::from_bits((u32::from(high) << 16) | u32::from(low))
}
