//! What is recognised, as what, and what is not.

use proptest::prelude::*;

use super::*;

fn parse(text: &str) -> Vec<(&'static str, String)> {
    Freetext::new()
        .parse_text(text)
        .into_iter()
        .map(|found| (found.default_type, found.value))
        .collect()
}

fn one(text: &str) -> Option<(&'static str, String)> {
    let mut found = parse(text);
    assert!(found.len() <= 1, "{text}: {found:?}");
    found.pop()
}

#[test]
fn each_kind_by_its_shape() {
    let hex = |length: usize| {
        "0123456789abcdef"
            .repeat(8)
            .chars()
            .take(length)
            .collect::<String>()
    };
    let (h32, h40, h56, h64, h96, h128) = (hex(32), hex(40), hex(56), hex(64), hex(96), hex(128));
    let table: Vec<(String, &str)> = [
        ("192.0.2.1", "ip-dst"),
        ("198.51.100.0/24", "ip-dst"),
        ("2001:db8::1", "ip-dst"),
        ("2001:db8::/32", "ip-dst"),
        ("user.name+tag@mail.example.com", "email-src"),
        ("a.b@mail.test", "email-src"),
        ("example.com", "domain"),
        ("www.example.co.uk", "hostname"),
        ("bücher.example.com", "hostname"),
        ("http://example.com/a?b[]=1&c=2", "url"),
        ("https://internal.corp/x", "url"),
        ("ftp://192.0.2.1:2121/f.bin", "url"),
        ("http://[2001:db8::1]:8080/x", "url"),
        ("example.com/path/x.php", "url"),
        ("192.0.2.1/gate.php", "url"),
        ("192.0.2.1:8080/gate.php", "url"),
        ("invoice.exe", "filename"),
        ("payload.bin", "filename"),
        ("C:\\Windows\\Temp\\x.dll", "filename"),
        ("C:\\Windows\\Temp\\x", "filename"),
        ("%APPDATA%\\run", "filename"),
        ("/opt/.hidden/run.sh", "filename"),
        ("\\\\server\\share\\tool.exe", "filename"),
        ("HKLM\\Software\\Run\\x", "regkey"),
        ("HKEY_CURRENT_USER\\Software\\x", "regkey"),
        ("Software\\Microsoft\\Windows\\x", "regkey"),
        ("CVE-2024-1234", "vulnerability"),
        ("+352-555-0100", "phone-number"),
        ("+49(0)30/5550100", "phone-number"),
        ("AS64500", "AS"),
        ("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "btc"),
        ("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "btc"),
        ("3:AXGBicFlgVNhBGcL6wCrFQEv:AXGHsNhxLsr2C", "ssdeep"),
        (
            "evil.exe|3:AXGBicFlgVNhBGcL6wCrFQEv:AXGHsNhxLsr2C",
            "filename|ssdeep",
        ),
    ]
    .into_iter()
    .map(|(text, kind)| (text.to_owned(), kind))
    .chain([
        (h32.clone(), "md5"),
        (h40.to_uppercase(), "sha1"),
        (h56.clone(), "sha224"),
        (h64.clone(), "sha256"),
        (h96.clone(), "sha384"),
        (h128.clone(), "sha512"),
        (format!("evil.exe|{h32}"), "filename|md5"),
        (format!("evil|{h40}"), "filename|sha1"),
        (format!("evil.exe|{h56}"), "filename|sha224"),
        (format!("evil.exe|{h64}"), "filename|sha256"),
        (format!("evil.exe|{h96}"), "filename|sha384"),
        (format!("evil.exe|{h128}"), "filename|sha512"),
    ])
    .collect();
    for (text, kind) in table {
        assert_eq!(one(&text), Some((kind, text.clone())));
    }
}

#[test]
fn what_is_rewritten() {
    for (text, kind, value) in [
        ("192.0.2[.]1:8080", "ip-dst|port", "192.0.2.1|8080"),
        ("192.0.2.1:99999", "ip-dst", "192.0.2.1"),
        ("[2001:db8::1]:443", "ip-dst|port", "2001:db8::1|443"),
        ("([192.0.2[.]9])", "ip-dst", "192.0.2.9"),
        ("hxxps[:]//example[.]com/x", "url", "https://example.com/x"),
        ("user[at]example[.]com", "email-src", "user@example.com"),
        ("mailto:user@example.com", "email-src", "user@example.com"),
        ("cve-2024\u{2013}12345", "vulnerability", "CVE-2024-12345"),
        ("(see example.com).", "domain", "example.com"),
    ] {
        assert_eq!(one(text), Some((kind, value.to_owned())), "{text}");
    }
    let found = Freetext::new().parse_text("c2.example[.]com:8443");
    assert_eq!(found[0].value, "c2.example.com");
    assert_eq!(found[0].original_value, "c2.example[.]com:8443");
    assert_eq!(found[0].comment, "On port 8443");
    assert_eq!(found[0].types, ["hostname", "domain", "url", "filename"]);
}

#[test]
fn prose_is_not_indicators() {
    for text in [
        "The quick brown fox. Jumps e.g. over it, i.e. there; etc.",
        "12:30:45 2020-03-24 24/12/2020 1.2.3 v2.0.1 3,141592 10.5% 50/50 and/or std::vector :: 1.2.3.4.5",
        "256.1.1.1 1.2.3.4/33 CVE-20-1 AS AS0 ASN12 +12 a@b",
        "sentence.Another not-a-host -.com .com http:// http://x C++ x^2 {a} [b]",
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb",
    ] {
        assert_eq!(parse(text), [], "{text}");
    }
}

#[test]
fn markup_and_labels_are_looked_through() {
    let md5 = "44d88612fea8a8f36de82e1278abb02f";
    for text in [
        format!("|`+{md5}+` |VBS/Some.AEV"),
        format!("- MD5:{md5}"),
        format!("**{md5}**"),
        format!("md5={md5}"),
        format!("<td>{md5}</td>"),
        format!("\u{201c}{md5}\u{201d}"),
    ] {
        assert_eq!(parse(&text), [("md5", md5.to_owned())], "{text}");
    }
    let url = |value: &str| ("url", value.to_owned());
    assert_eq!(
        parse("[report](https://example.com/r.html)"),
        [url("https://example.com/r.html")]
    );
    assert_eq!(
        parse("link:https://example.com/r[text]"),
        [url("https://example.com/r")]
    );
    assert_eq!(
        parse("`\\https://example.com/watch?v=x`"),
        [url("https://example.com/watch?v=x")]
    );
    assert_eq!(
        parse("src=192.0.2.1 dst:192.0.2.2"),
        [
            ("ip-dst", "192.0.2.1".to_owned()),
            ("ip-dst", "192.0.2.2".to_owned())
        ]
    );
    assert_eq!(
        parse("C2|a.example.com|192.0.2.1"),
        [
            ("hostname", "a.example.com".to_owned()),
            ("ip-dst", "192.0.2.1".to_owned())
        ]
    );
}

#[test]
fn quoted_names_with_blanks() {
    assert_eq!(
        parse("runs \"C:\\Program Files\\Some Tool\\x.exe\" and then"),
        [
            ("filename", "C:\\Program Files\\Some Tool\\x.exe".to_owned()),
            ("filename", "Tool\\x.exe".to_owned())
        ]
    );
    assert_eq!(
        parse("`HKLM\\Software\\Some Key\\Run`")[0],
        ("regkey", "HKLM\\Software\\Some Key\\Run".to_owned())
    );
    assert_eq!(parse("he said \"nothing of note\" twice"), []);
}

#[test]
fn json_is_walked() {
    let text = r#"{"iocs": [{"url": "https:\/\/example.com\/x", "note": "see \"My File.docx\""}, 5, null], "name": "My Tool.exe"}"#;
    let values: Vec<_> = parse(text).into_iter().map(|(_, value)| value).collect();
    assert!(values.contains(&"https://example.com/x".to_owned()), "{values:?}");
    assert!(values.contains(&"My Tool.exe".to_owned()), "{values:?}");
    let line = r#"{"url":"https:\/\/example.com\/x","ip":"192.0.2.1"}"#;
    let mut found = Vec::new();
    Freetext::new().parse_line(line, &mut found);
    let values: Vec<_> = found.into_iter().map(|found| found.value).collect();
    assert_eq!(values, ["https://example.com/x", "192.0.2.1"]);
}

#[test]
fn each_value_once_in_order() {
    let found = parse("b.example.com a.example.com\nb[.]example.com");
    assert_eq!(
        found.iter().map(|(_, value)| &**value).collect::<Vec<_>>(),
        ["b.example.com", "a.example.com"]
    );
}

#[test]
fn pages_of_listed_vendors_are_links_over_https_only() {
    let parser = Freetext::new().with_vendors(["Vendor.example.com", ".other.example"]);
    let kinds = |text: &str| {
        parser
            .parse_text(text)
            .iter()
            .map(|found| found.default_type)
            .collect::<Vec<_>>()
    };
    assert_eq!(kinds("https://vendor.example.com/analysis/1"), ["link"]);
    assert_eq!(kinds("https://www.Vendor.example.com/analysis/1"), ["link"]);
    assert_eq!(kinds("https://x.other.example/"), ["link"]);
    assert_eq!(kinds("http://vendor.example.com/analysis/1"), ["url"]);
    assert_eq!(kinds("https://notvendor.example.com/"), ["url"]);
}

proptest! {
    #[test]
    fn never_panics_and_values_come_from_the_text(text in "(?s).{0,200}") {
        for found in Freetext::new().parse_text(&text) {
            prop_assert!(!found.value.is_empty());
            prop_assert!(found.types.contains(&found.default_type));
            prop_assert!(text.contains(&found.original_value));
        }
    }

    #[test]
    fn indicator_like_text_never_panics(text in r"([\[\](){}.:/@|\\%+h]|xxp|dot|://|[a-f0-9é]{1,9}|CVE-|AS|com|exe){0,40}") {
        let mut found = Vec::new();
        Freetext::new().parse_line(&text, &mut found);
        prop_assert!(found.iter().all(|found| found.value.len() <= text.len() + 8));
    }
}
