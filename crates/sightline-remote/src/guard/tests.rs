//! The tables, the forms a host can take in a URL, and the exceptions.

use super::*;

fn refused(address: &str) -> Option<&'static str> {
    Guard::default().check_address(address.parse().unwrap()).err()
}

#[test]
fn addresses_that_are_refused() {
    for (address, reason) in [
        ("0.0.0.0", "unspecified address"),
        ("0.1.2.3", "unspecified address"),
        ("10.0.0.1", "private network address"),
        ("10.255.255.255", "private network address"),
        ("100.64.0.1", "carrier-grade NAT address"),
        ("100.100.100.200", "carrier-grade NAT address"),
        ("100.127.255.255", "carrier-grade NAT address"),
        ("127.0.0.1", "loopback address"),
        ("127.255.0.9", "loopback address"),
        ("168.63.129.16", "cloud metadata service"),
        ("169.254.169.254", "cloud metadata service"),
        ("169.254.170.2", "link-local address"),
        ("172.16.0.1", "private network address"),
        ("172.31.255.255", "private network address"),
        ("192.0.0.192", "reserved address"),
        ("192.0.2.1", "documentation address"),
        ("192.88.99.1", "reserved address"),
        ("192.168.1.1", "private network address"),
        ("198.18.0.1", "benchmark address"),
        ("198.19.255.255", "benchmark address"),
        ("198.51.100.7", "documentation address"),
        ("203.0.113.7", "documentation address"),
        ("224.0.0.1", "multicast address"),
        ("239.255.255.250", "multicast address"),
        ("240.0.0.1", "reserved address"),
        ("255.255.255.255", "reserved address"),
        ("::", "unspecified address"),
        ("::1", "loopback address"),
        ("::127.0.0.1", "reserved address"),
        ("::8.8.8.8", "reserved address"),
        ("::ffff:127.0.0.1", "loopback address"),
        ("::ffff:10.0.0.1", "private network address"),
        ("::ffff:0:10.0.0.1", "reserved address"),
        ("64:ff9b::10.0.0.1", "private network address"),
        ("64:ff9b::169.254.169.254", "cloud metadata service"),
        ("64:ff9b:1::8.8.8.8", "reserved address"),
        ("100::1", "reserved address"),
        ("2001:0:808:808::1", "reserved address"),
        ("2001:2::1", "reserved address"),
        ("2001:10::1", "reserved address"),
        ("2001:db8::1", "documentation address"),
        ("2002:7f00:1::1", "loopback address"),
        ("2002:c0a8:101::", "private network address"),
        ("3fff::1", "documentation address"),
        ("4000::1", "reserved address"),
        ("5f00::1", "reserved address"),
        ("fc00::1", "unique-local address"),
        ("fd00:ec2::254", "cloud metadata service"),
        ("fd12:3456::1", "unique-local address"),
        ("fe80::1", "link-local address"),
        ("febf::1", "link-local address"),
        ("fec0::1", "reserved address"),
        ("ff02::1", "multicast address"),
    ] {
        assert_eq!(refused(address), Some(reason), "{address}");
    }
}

#[test]
fn public_addresses_pass() {
    for address in [
        "1.1.1.1",
        "8.8.8.8",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "168.63.129.17",
        "169.253.255.255",
        "172.15.255.255",
        "172.32.0.0",
        "192.0.1.1",
        "192.167.255.255",
        "198.17.255.255",
        "198.20.0.0",
        "223.255.255.255",
        "2001:200::1",
        "2606:4700::1111",
        "2a00:1450:4001::1",
        "2002:808:808::1",
        "64:ff9b::8.8.8.8",
        "::ffff:8.8.8.8",
    ] {
        assert_eq!(refused(address), None, "{address}");
    }
}

#[test]
fn urls_that_are_refused() {
    let guard = Guard::default();
    for url in [
        "http://127.0.0.1/",
        "http://127.1/",
        "http://2130706433/",
        "http://0x7f.0.0.1/",
        "http://0177.0.0.1/",
        "http://127.0.0.1./",
        "http://①②⑦.0.0.1/",
        "http://0/",
        "http://[::1]:8080/",
        "http://[::ffff:7f00:1]/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[fd00:ec2::254]/",
        "http://metadata.google.internal/",
        "http://METADATA.google.internal./",
        "https://metadata/",
        "http://localhost:9200/",
        "http://localhost./",
        "http://a.b.LocalHost/",
    ] {
        let result = guard.parse_url(url);
        assert!(
            matches!(result, Err(RemoteError::Blocked { .. })),
            "{url}: {result:?}"
        );
    }
    for url in [
        "ftp://example.org/",
        "file:///etc/passwd",
        "gopher://example.org/",
        "http://user:password@example.org/",
        "http://user@example.org/",
        "https://:password@example.org/",
        "example.org/feed",
        "http://",
        "",
    ] {
        let result = guard.parse_url(url);
        assert!(
            matches!(result, Err(RemoteError::InvalidUrl(_))),
            "{url}: {result:?}"
        );
    }
    for url in [
        "https://example.org/feed/",
        "http://example.org:8443/",
        "http://8.8.8.8/",
        " https://example.org ",
    ] {
        assert!(guard.parse_url(url).is_ok(), "{url}");
    }
}

#[test]
fn the_administrator_can_open_everything_or_single_networks() {
    let open = Guard {
        allow_private: true,
        ..Guard::default()
    };
    let some = Guard {
        allow_networks: vec!["10.1.0.0/16".parse().unwrap()],
        ..Guard::default()
    };
    for address in [
        "10.1.2.3",
        "::ffff:10.1.2.3",
        "10.2.0.1",
        "169.254.169.254",
        "::1",
    ] {
        let address: IpAddr = address.parse().unwrap();
        assert!(open.check_address(address).is_ok());
        let inside = address.to_canonical().to_string().starts_with("10.1.");
        assert_eq!(some.check_address(address).is_ok(), inside, "{address}");
    }
    assert!(open.parse_url("http://localhost:1234/").is_ok());
    assert!(open.parse_url("http://metadata.google.internal/").is_ok());
    assert!(some.parse_url("http://localhost:1234/").is_err());
    assert!(open.parse_url("http://user:password@10.1.2.3/").is_err());
}
