//! Which rules an attribute becomes, by its type.

use super::content::{VALUE_BYTES, content, labels};
use super::{Rule, Sensor};
use crate::exports::netfilter::network;
use crate::exports::rpz::host_name;
use sightline_misp::records::Attribute;
use sightline_misp::types::AttributeType::*;
use std::net::IpAddr;

type Rules = Result<Vec<Rule>, &'static str>;

const NO_ADDRESS: &str = "its value is not an address";
const NO_NAME: &str = "its value is not a host name";

/// The rules of an attribute; `None` when its type has none for this sensor.
pub(super) fn of(sensor: Sensor, attribute: &Attribute) -> Option<Rules> {
    let (first, second) = (attribute.value1.as_str(), attribute.value2.as_str());
    if attribute.value().len() > VALUE_BYTES {
        return Some(Err("its value is too long for a rule"));
    }
    Some(match attribute.kind {
        IpDst => to(first, "any").map(|rule| vec![rule]),
        IpDstPort => to(first, second).map(|rule| vec![rule]),
        IpSrc => from(first, "any").map(|rule| vec![rule]),
        IpSrcPort => from(first, second).map(|rule| vec![rule]),
        Domain | Hostname => host(sensor, first, attribute.kind == Hostname),
        DomainIp => host(sensor, first, false).and_then(|mut rules| {
            rules.push(to(second, "any")?);
            rules.push(from(second, "any")?);
            Ok(rules)
        }),
        Url => url(sensor, first),
        UserAgent => Ok(vec![user_agent(sensor, first)]),
        Email => Ok(vec![sender(first), recipient(first)]),
        EmailSrc => Ok(vec![sender(first)]),
        EmailDst => Ok(vec![recipient(first)]),
        EmailSubject => Ok(vec![mail("Bad Email Subject: ", "Subject|3a|", first)]),
        EmailAttachment => Ok(vec![mail(
            "Bad Email Attachment: ",
            "Content-Disposition|3a|",
            first,
        )]),
        Ja3FingerprintMd5 if sensor == Sensor::Suricata => ja3(first),
        _ => return None,
    })
}

fn checked(address: &str) -> Result<String, &'static str> {
    let (ip, length) = network(address).ok_or(NO_ADDRESS)?;
    let whole = length == if ip.is_ipv4() { 32 } else { 128 };
    Ok(if whole {
        ip.to_string()
    } else {
        format!("{ip}/{length}")
    })
}

fn checked_port(port: &str) -> Result<&str, &'static str> {
    let number = port == "any" || port.parse::<u16>().is_ok();
    number.then_some(port).ok_or("its port is not a number")
}

fn to(address: &str, port: &str) -> Result<Rule, &'static str> {
    Ok(Rule {
        head: format!(
            "alert ip $HOME_NET any -> {} {}",
            checked(address)?,
            checked_port(port)?
        ),
        what: "Outgoing To IP: ",
        matches: String::new(),
    })
}

fn from(address: &str, port: &str) -> Result<Rule, &'static str> {
    Ok(Rule {
        head: format!(
            "alert ip {} {} -> $HOME_NET any",
            checked(address)?,
            checked_port(port)?
        ),
        what: "Incoming From IP: ",
        matches: String::new(),
    })
}

/// The name at the end of something longer: itself or below it, but not the tail of another name.
fn boundary(name: &str) -> String {
    format!("(^|[^A-Za-z0-9-]){}", name.replace('.', "\\."))
}

fn host(sensor: Sensor, name: &str, hostname: bool) -> Rules {
    let name = host_name(name).ok_or(NO_NAME)?;
    let (dns, http) = if hostname {
        ("Hostname: ", "Outgoing HTTP Hostname: ")
    } else {
        ("Domain ", "Outgoing HTTP Domain ")
    };
    let mut rules = Vec::new();
    match sensor {
        Sensor::Suricata => rules.push(Rule {
            head: "alert dns any any -> any any".to_owned(),
            what: dns,
            matches: format!(
                "dns.query; content:\"{name}\"; nocase; pcre: \"/{}$/i\"; ",
                boundary(&name)
            ),
        }),
        Sensor::Snort => {
            // A query's flags and counts, where they stand in UDP; behind the length in TCP.
            for (transport, offset) in [("udp", 2), ("tcp", 4)] {
                rules.push(Rule {
                    head: format!("alert {transport} any any -> any 53"),
                    what: dns,
                    matches: format!(
                        "content:\"|01 00 00 01 00 00 00 00 00 00|\"; depth:10; offset:{offset}; \
                         content:\"{}\"; fast_pattern; nocase; distance:0; ",
                        labels(&name)
                    ),
                });
            }
        }
    }
    let matches = match sensor {
        Sensor::Suricata => format!(
            "flow:to_server,established; http.header; content: \"Host|3a|\"; nocase; http.header; \
             content:\"{name}\"; fast_pattern; nocase; pcre: \"/{}[^A-Za-z0-9-\\.]/Hi\"; tag:session,600,seconds; ",
            boundary(&name)
        ),
        Sensor::Snort => format!(
            "flow:to_server,established; content: \"Host|3a|\"; nocase; http_header; content:\"{name}\"; \
             fast_pattern; nocase; http_header; pcre: \"/{}[^A-Za-z0-9-\\.]/Hi\"; tag:session,600,seconds; ",
            boundary(&name)
        ),
    };
    let head = match sensor {
        Sensor::Suricata => "alert http $HOME_NET any -> $EXTERNAL_NET any",
        Sensor::Snort => "alert tcp $HOME_NET any -> $EXTERNAL_NET $HTTP_PORTS",
    };
    rules.push(Rule {
        head: head.to_owned(),
        what: http,
        matches,
    });
    Ok(rules)
}

/// A URL apart: scheme, host, port, path with query.
struct Parts<'u> {
    scheme: String,
    host: &'u str,
    port: Option<u16>,
    path: &'u str,
}

fn apart(url: &str) -> Option<Parts<'_>> {
    let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at_checked(end)?;
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let (host, port) = match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, port)) => (host, port.strip_prefix(':')),
        None => match authority.rsplit_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        },
    };
    Some(Parts {
        scheme: scheme.to_ascii_lowercase(),
        host,
        port: port.and_then(|port| port.parse().ok()),
        // The fragment never leaves the browser.
        path: path.split('#').next().unwrap_or_default(),
    })
}

fn url(sensor: Sensor, url: &str) -> Rules {
    const WHAT: &str = "Outgoing URL ";
    let parts = apart(url)
        .filter(|parts| !parts.host.is_empty())
        .ok_or("its value has no host")?;
    let port = |default: &str| {
        parts
            .port
            .map_or_else(|| default.to_owned(), |port| port.to_string())
    };
    let rule = |protocol: &str, port: String, matches: String| {
        let head = format!("alert {protocol} $HOME_NET any -> $EXTERNAL_NET {port}");
        Ok(vec![Rule {
            head,
            what: WHAT,
            matches,
        }])
    };
    let name = || match parts.host.parse::<IpAddr>() {
        Ok(ip) => Ok(ip.to_string()),
        Err(_) => host_name(parts.host).ok_or(NO_NAME),
    };
    if sensor == Sensor::Snort {
        let path = match parts.path {
            "" | "/" => String::new(),
            path => content(path, "", "nocase; http_uri; "),
        };
        let matches = format!(
            "flow:to_server,established; {}{path}tag:session,600,seconds; ",
            content(&name()?, "fast_pattern; ", "nocase; http_header; ")
        );
        return rule("tcp", port("$HTTP_PORTS"), matches);
    }
    match parts.scheme.as_str() {
        "http" => {
            let path = match parts.path {
                "" | "/" => String::new(),
                path => format!("http.uri; {}", content(path, "", "nocase; ")),
            };
            let matches = format!(
                "flow:to_server,established; http.header; {}{path}tag:session,600,seconds; ",
                content(&name()?, "fast_pattern; ", "nocase; ")
            );
            rule("http", port("$HTTP_PORTS"), matches)
        }
        "https" => {
            let matches = format!(
                "flow:to_server,established; tls.sni; {}tag:session,600,seconds; ",
                content(&name()?, "fast_pattern; ", "nocase; ")
            );
            rule("tls", port("any"), matches)
        }
        scheme @ ("ssh" | "ftp") => {
            let ip = parts
                .host
                .parse::<IpAddr>()
                .map_err(|_| "its host is a name, which this protocol does not carry")?;
            let head = format!("alert {scheme} $HOME_NET any -> {ip} {}", port("any"));
            let matches = "flow:to_server,established; tag:session,600,seconds; ".to_owned();
            Ok(vec![Rule {
                head,
                what: WHAT,
                matches,
            }])
        }
        _ => {
            let matches = format!(
                "flow:to_server,established; http.uri; {}tag:session,600,seconds; ",
                content(url, "fast_pattern; ", "nocase; ")
            );
            rule("http", port("$HTTP_PORTS"), matches)
        }
    }
}

fn user_agent(sensor: Sensor, agent: &str) -> Rule {
    let (head, matches) = match sensor {
        Sensor::Suricata => (
            "alert http $HOME_NET any -> $EXTERNAL_NET any",
            format!("http.user_agent; {}", content(agent, "fast_pattern; ", "")),
        ),
        Sensor::Snort => (
            "alert tcp $HOME_NET any -> $EXTERNAL_NET $HTTP_PORTS",
            content(&format!("User-Agent: {agent}"), "fast_pattern; ", "http_header; "),
        ),
    };
    Rule {
        head: head.to_owned(),
        what: "Outgoing User-Agent: ",
        matches: format!("flow:to_server,established; {matches}tag:session,600,seconds; "),
    }
}

fn sender(address: &str) -> Rule {
    mail("Source Email Address: ", "MAIL FROM|3a|", address)
}

fn recipient(address: &str) -> Rule {
    mail("Destination Email Address: ", "RCPT TO|3a|", address)
}

fn mail(what: &'static str, field: &str, value: &str) -> Rule {
    Rule {
        head: "alert tcp $EXTERNAL_NET any -> $SMTP_SERVERS 25".to_owned(),
        what,
        matches: format!(
            "flow:established,to_server; content:\"{field}\"; nocase; {}tag:session,600,seconds; ",
            content(value, "fast_pattern; distance:0; ", "nocase; ")
        ),
    }
}

fn ja3(hash: &str) -> Rules {
    let digest = hash.len() == 32 && hash.bytes().all(|b| b.is_ascii_hexdigit());
    if !digest {
        return Err("its value is not a checksum");
    }
    Ok(vec![Rule {
        head: "alert tls $HOME_NET any -> $EXTERNAL_NET any".to_owned(),
        what: "JA3 Hash: ",
        matches: format!("flow:to_server,established; ja3.hash; content:\"{hash}\"; fast_pattern; "),
    }])
}
