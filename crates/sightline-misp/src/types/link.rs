//! What counts as a link: an absolute URL as PHP's `FILTER_VALIDATE_URL` accepts it, because that is what the
//! reference and its clients agree on. The WHATWG rules repair too much: `http:example` would pass.

use std::net::Ipv6Addr;

/// Longest host name and longest label, in bytes (RFC 1035).
const HOST_BYTES: usize = 253;
const LABEL_BYTES: usize = 63;

/// Whether this is an absolute URL.
pub(super) fn is_link(text: &str) -> bool {
    if !text.bytes().all(|b| b.is_ascii_graphic()) {
        return false;
    }
    let Some((scheme, rest)) = text.split_once(':') else {
        return false;
    };
    if scheme.is_empty()
        || !scheme
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
    {
        return false;
    }
    let is = |name: &str| scheme.eq_ignore_ascii_case(name);
    let Some(rest) = rest.strip_prefix("//") else {
        return !rest.is_empty() && (is("mailto") || is("news") || is("file"));
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    if authority.is_empty() {
        return is("file");
    }
    let (user, host_port) = match authority.rsplit_once('@') {
        Some((user, host_port)) => (user, host_port),
        None => ("", authority),
    };
    is_userinfo(user) && is_host_and_port(host_port, is("http") || is("https"))
}

fn is_userinfo(text: &str) -> bool {
    text.bytes()
        .all(|b| b.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:%".contains(&b))
}

fn is_host_and_port(text: &str, strict: bool) -> bool {
    let (host, port) = if let Some(rest) = text.strip_prefix('[') {
        let Some((address, port)) = rest.split_once(']') else {
            return false;
        };
        if address.parse::<Ipv6Addr>().is_err() {
            return false;
        }
        (None, port)
    } else {
        let (host, port) = text
            .split_at_checked(text.find(':').unwrap_or(text.len()))
            .unwrap_or((text, ""));
        (Some(host), port)
    };
    let is_port = |digits: &str| digits.is_empty() || digits.parse::<u16>().is_ok();
    let port_fits = port.is_empty() || port.strip_prefix(':').is_some_and(is_port);
    port_fits
        && host.is_none_or(|host| {
            if strict {
                is_host_name(host)
            } else {
                !host.is_empty()
            }
        })
}

/// Letters, digits and inner hyphens in labels; no underscores; one final dot is fine.
fn is_host_name(host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    host.len() <= HOST_BYTES
        && host.split('.').all(|label| {
            label.len() <= LABEL_BYTES
                && label.starts_with(|c: char| c.is_ascii_alphanumeric())
                && label.ends_with(|c: char| c.is_ascii_alphanumeric())
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        })
}
