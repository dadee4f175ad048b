//! Addresses, hosts, URLs and e-mail addresses.

use std::borrow::Cow;
use std::net::{Ipv4Addr, Ipv6Addr};

use super::kinds::{self, Found};
use super::refang::strip_prefix_any_case;

/// Longest name in the DNS, in bytes.
const MAX_HOST: usize = 253;

/// Longest label in the DNS, in bytes.
const MAX_LABEL: usize = 63;

/// Schemes that make a URL of what follows, whatever its host is called.
const SCHEMES: [&str; 20] = [
    "http", "https", "ftp", "ftps", "sftp", "tftp", "ssh", "scp", "ws", "wss", "tcp", "udp", "ldap", "ldaps",
    "rmi", "smb", "telnet", "socks5", "rtsp", "git",
];

/// An IP address, a network in CIDR notation, or an address with a port.
pub(super) fn address(text: &str) -> Option<Found<'_>> {
    let first = text.bytes().next()?;
    if !(first.is_ascii_hexdigit() || first == b':' || first == b'[') {
        return None;
    }
    let plain = text
        .strip_prefix('[')
        .and_then(|inner| inner.strip_suffix(']'))
        .unwrap_or(text);
    if is_ip(plain) || is_network(plain) {
        return Some(Found::new(&kinds::IP, plain));
    }
    let (address, port) = text.rsplit_once(':')?;
    let bare = match address.strip_prefix('[') {
        Some(bracketed) => bracketed.strip_suffix(']').filter(|inner| is_ipv6(inner))?,
        None => Some(address).filter(|address| address.parse::<Ipv4Addr>().is_ok())?,
    };
    let port = port_number(port)?;
    Some(Found {
        kind: &kinds::IP_PORT,
        value: format!("{bare}|{port}").into(),
        comment: String::new(),
    })
}

fn is_ip(text: &str) -> bool {
    text.parse::<Ipv4Addr>().is_ok() || is_ipv6(text)
}

/// Not `::`, which in prose is punctuation.
fn is_ipv6(text: &str) -> bool {
    text.len() > 2 && text.contains(':') && text.parse::<Ipv6Addr>().is_ok()
}

fn is_network(text: &str) -> bool {
    let Some((address, bits)) = text.split_once('/') else {
        return false;
    };
    let limit = if address.parse::<Ipv4Addr>().is_ok() {
        32
    } else if address.parse::<Ipv6Addr>().is_ok() {
        128
    } else {
        return false;
    };
    bits.len() <= 3
        && bits.bytes().all(|b| b.is_ascii_digit())
        && bits.parse::<u8>().is_ok_and(|bits| bits <= limit)
}

fn port_number(text: &str) -> Option<u16> {
    let digits = text.len() <= 5 && text.bytes().all(|b| b.is_ascii_digit());
    digits
        .then(|| text.parse::<u16>().ok())
        .flatten()
        .filter(|port| *port > 0)
}

/// An e-mail address; its domain need not be under a known top level, the `@` says enough.
pub(super) fn email(text: &str) -> Option<Found<'_>> {
    let text = strip_prefix_any_case(text, "mailto:").unwrap_or(text);
    let (local, domain) = text.split_once('@')?;
    let spelled = !local.is_empty()
        && !local.starts_with('.')
        && local
            .chars()
            .all(|c| c.is_alphanumeric() || "._%+-#$!~*&".contains(c));
    (spelled && labels(domain).is_some_and(|labels| labels > 1)).then(|| Found::new(&kinds::EMAIL, text))
}

/// A URL or a host, with or without a port.
pub(super) fn url_or_host<'a>(text: &'a str, is_vendor: impl Fn(&str) -> bool) -> Option<Found<'a>> {
    if let Some((scheme, rest)) = text.split_once("://") {
        let scheme = SCHEMES.iter().find(|known| scheme.eq_ignore_ascii_case(known))?;
        let (authority, path) = split_authority(rest);
        let host = host_of(authority)?;
        if !is_reachable(host) || !clean_path(path) {
            return None;
        }
        let kind = if *scheme == "https" && is_vendor(host) {
            &kinds::LINK
        } else {
            &kinds::URL
        };
        return Some(Found::new(kind, text));
    }
    let (authority, path) = split_authority(text);
    if !path.is_empty() {
        let host = host_of(authority)?;
        let known = host.parse::<Ipv4Addr>().is_ok() || known_host(host).is_some();
        // Four numbers before a slash are an address only when they are not a network with a broken mask.
        let target = known
            && clean_path(path)
            && !(is_digits(path.trim_start_matches('/'))
                && host == authority
                && host.parse::<Ipv4Addr>().is_ok());
        return target.then(|| Found::new(&kinds::URL, text));
    }
    let (host, port) = match authority.split_once(':') {
        Some((host, port)) => (host, Some(port_number(port)?)),
        None => (authority, None),
    };
    let kind = if known_host(host)? > 2 {
        &kinds::HOSTNAME
    } else {
        &kinds::DOMAIN
    };
    let comment = port.map(|port| format!("On port {port}")).unwrap_or_default();
    Some(Found {
        comment,
        ..Found::new(kind, host)
    })
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// Before and from the first character that ends an authority.
fn split_authority(text: &str) -> (&str, &str) {
    text.find(['/', '?', '#'])
        .and_then(|at| text.split_at_checked(at))
        .unwrap_or((text, ""))
}

/// The host of `user@host:port`; `None` when the port is no port.
fn host_of(authority: &str) -> Option<&str> {
    let host_port = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    if host_port.starts_with('[') {
        let (host, rest) = host_port.split_once(']')?;
        let port_fits = rest.is_empty()
            || rest
                .strip_prefix(':')
                .is_some_and(|port| port_number(port).is_some());
        return port_fits.then(|| host.trim_start_matches('['));
    }
    match host_port.split_once(':') {
        Some((host, port)) => port_number(port).map(|_| host),
        None => Some(host_port),
    }
}

/// After a scheme any address and any dotted name will do: internal names are indicators, too.
fn is_reachable(host: &str) -> bool {
    is_ip(host) || labels(host).is_some_and(|labels| labels > 1)
}

/// No character that only markup puts into a URL; square brackets are fine in a query.
fn clean_path(path: &str) -> bool {
    let before_query = path.split('?').next().unwrap_or_default();
    !path.contains(['`', '|', '{', '}', '\\', '^', '"', '<', '>']) && !before_query.contains(['[', ']'])
}

/// The number of labels of a host name under a top level that exists.
pub(super) fn known_host(text: &str) -> Option<usize> {
    let labels = labels(text).filter(|labels| *labels > 1)?;
    let lower = if text.chars().any(char::is_uppercase) {
        Cow::Owned(text.to_lowercase())
    } else {
        Cow::Borrowed(text)
    };
    psl::suffix(lower.as_bytes())
        .is_some_and(|suffix| suffix.is_known())
        .then_some(labels)
}

/// The number of labels when `text` is shaped like a host name; its last label is no number.
fn labels(text: &str) -> Option<usize> {
    if text.len() > MAX_HOST {
        return None;
    }
    let mut count = 0;
    let mut last = "";
    for label in text.split('.') {
        let shaped = !label.is_empty()
            && label.len() <= MAX_LABEL
            && label.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_')
            && !label.ends_with('-');
        if !shaped {
            return None;
        }
        count += 1;
        last = label;
    }
    last.chars().any(char::is_alphabetic).then_some(count)
}
