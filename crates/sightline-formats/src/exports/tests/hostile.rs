//! Values that try to leave their field: what a parser reads back is what was put in, and not one row more.

use super::{attribute, export};
use crate::exports::*;
use proptest::prelude::*;
use sightline_misp::records::Attribute;
use sightline_misp::types::AttributeType::{self, *};

/// Text made of what formats use for themselves, of control and direction characters, and of anything.
fn text() -> impl Strategy<Value = String> {
    let sign = prop::sample::select(vec![
        "\"",
        "'",
        "\n",
        "\r",
        "\r\n",
        ";",
        "|",
        "\\",
        ":",
        ",",
        "\t",
        "#",
        "(",
        ")",
        "{",
        "}",
        "/*",
        "*/",
        "//",
        "<",
        ">",
        "&",
        "]]>",
        "=",
        "+",
        "-",
        "@",
        "$",
        "`",
        "%",
        "\u{202e}",
        "\u{2066}",
        "\u{feff}",
        "\u{7f}",
        "\u{1b}",
        "é",
        "漢",
        "a",
        "rule x{condition:true}",
        "alert ip any any -> any any (sid:1;)",
        "=cmd|'/c calc'!A1",
    ]);
    let piece = prop_oneof![4 => sign.prop_map(str::to_owned), 1 => "[^\u{0}]{0,8}"];
    let short = prop::collection::vec(piece, 1..24).prop_map(|pieces| pieces.concat());
    prop_oneof![20 => short.clone(), 1 => short.prop_map(|text| text.repeat(65_536 / text.len().max(1)))]
        .prop_filter("never empty", |text| !text.is_empty())
}

fn hostile(kind: AttributeType, value: &str) -> Attribute {
    let mut hostile = attribute(1, kind, "x");
    hostile.value1 = value.to_owned();
    hostile.comment = value.to_owned();
    hostile.object_relation = Some(value.to_owned());
    hostile
}

/// The records of a CSV as RFC 4180 reads them.
fn records(text: &str) -> Vec<Vec<String>> {
    let (mut records, mut record, mut cell) = (Vec::new(), Vec::new(), String::new());
    let mut quoted = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => cell.push(chars.next().unwrap()),
            '"' => quoted = !quoted,
            ',' if !quoted => record.push(std::mem::take(&mut cell)),
            '\n' if !quoted => {
                record.push(std::mem::take(&mut cell));
                records.push(std::mem::take(&mut record));
            }
            _ => cell.push(c),
        }
    }
    assert!(!quoted && cell.is_empty());
    records
}

/// A rule read as sensors read it: its options, at each `;` outside quotes.
fn options(rule: &str) -> Vec<String> {
    let body = rule.trim().split_once('(').unwrap().1.strip_suffix(')').unwrap();
    let (mut options, mut option, mut quoted, mut escaped) = (Vec::new(), String::new(), false, false);
    for c in body.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => quoted = !quoted,
            ';' if !quoted => {
                options.push(std::mem::take(&mut option).trim().to_owned());
                continue;
            }
            _ => {}
        }
        option.push(c);
    }
    assert!(!quoted && option.trim().is_empty(), "{rule}");
    options
}

const RULED: [AttributeType; 10] = [
    IpDst,
    Domain,
    Hostname,
    Url,
    UserAgent,
    Email,
    EmailSubject,
    EmailAttachment,
    Ja3FingerprintMd5,
    Snort,
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn csv_gives_back_what_was_put_in(value in text(), tag in text()) {
        let columns = Columns::new(&[], true, false).unwrap();
        let out = export(&mut Csv::new(columns, false), &[hostile(Comment, &value), attribute(2, IpDst, "192.0.2.1")], &[&tag]);
        let records = records(&out);
        prop_assert_eq!(records.len(), 4);
        prop_assert!(records[..3].iter().all(|record| record.len() == 22));
        prop_assert_eq!(&records[1][4], &value);
        prop_assert_eq!(&records[1][5], &value);
        prop_assert_eq!(&records[1][9], &tag);
        prop_assert_eq!(&records[2][4], "192.0.2.1");
    }

    #[test]
    fn a_list_has_one_line_for_each_value(value in text()) {
        let out = export(&mut Values::default(), &[hostile(Comment, &value)], &[]);
        prop_assert_eq!(out.matches(['\n', '\r']).count(), 1);
        for out in [
            export(&mut Hosts::new("0.0.0.0".parse().unwrap(), "now".into()), &[hostile(Domain, &value)], &[]),
            export(&mut Rpz::new(Zone::new(|_| None, 0).unwrap()), &[hostile(Domain, &value), hostile(Hostname, &value), hostile(IpDst, &value)], &[]),
            export(&mut Netfilter::new("DROP").unwrap(), &[hostile(IpSrc, &value)], &[]),
        ] {
            for line in out.lines() {
                let known = line.is_empty() || line.starts_with(['#', ';', '$', '@', ' ']);
                let plain = line.bytes().all(|b| b.is_ascii_alphanumeric() || b" ._-*:/".contains(&b));
                prop_assert!(known || plain, "{}", line);
            }
        }
    }

    #[test]
    fn a_rule_stays_one_rule(value in text(), tag in text(), kind in prop::sample::select(RULED.to_vec())) {
        for sensor in [Sensor::Suricata, Sensor::Snort] {
            let mut nids = Nids::new(sensor, 1000, "https://misp.example");
            let out = export(&mut nids, &[hostile(kind, &value)], &[&tag]);
            prop_assert!(!out.contains('\r'));
            for line in out.split('\n').filter(|line| !line.is_empty() && !line.starts_with('#')) {
                let options = options(line);
                let sids: Vec<&String> = options.iter().filter(|option| option.starts_with("sid:")).collect();
                prop_assert_eq!(sids.len(), 1);
                prop_assert!(sids[0].strip_prefix("sid:101").is_some(), "{}", sids[0]);
                prop_assert!(options[0].starts_with("msg: \"MISP e1 ["), "{}", options[0]);
                prop_assert!(line.len() < 8_000, "{}", line.len());
            }
        }
    }

    #[test]
    fn long_contents_are_whole(value in "[ -~]{1,1200}") {
        let mut nids = Nids::new(Sensor::Suricata, 0, "");
        let out = export(&mut nids, &[hostile(UserAgent, &value)], &[]);
        let rule = out.lines().last().unwrap();
        let mut bytes = Vec::new();
        for option in options(rule).iter().filter_map(|option| option.strip_prefix("content:")) {
            for (n, part) in option.trim_matches('"').split('|').enumerate() {
                if n % 2 == 0 {
                    bytes.extend_from_slice(part.as_bytes());
                } else {
                    bytes.extend(hex::decode(part).unwrap());
                }
            }
        }
        prop_assert_eq!(String::from_utf8(bytes).unwrap(), value);
    }

    #[test]
    fn xml_gives_back_what_it_can_hold(value in text()) {
        let json = serde_json::json!({"response": [{"Event": {"info": value}}]}).to_string();
        let mut xml = Vec::new();
        XmlWriter::default().push(json.as_bytes(), &mut xml);
        let xml = String::from_utf8(xml).unwrap();
        let inner = if xml.contains("<info/>") {
            ""
        } else {
            xml.split_once("<info>").unwrap().1.split_once("</info>").unwrap().0
        };
        prop_assert!(!inner.contains(['<', '>', '"']));
        let read = inner.replace("&#13;", "\r").replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
        let kept: String = value.chars().filter(|c| !matches!(c, '\u{7f}' | '\u{fffe}' | '\u{ffff}') && (*c >= ' ' || matches!(c, '\t' | '\n' | '\r'))).collect();
        prop_assert_eq!(read, kept);
        let mut ioc = OpenIoc::new(&value, "2026-01-31T00:00:00".into(), value.clone());
        let out = export(&mut ioc, &[hostile(Url, &value)], &[]);
        prop_assert_eq!(out.matches("<IndicatorItem ").count(), 1);
        prop_assert_eq!(out.matches("</IndicatorItem>").count(), 1);
    }

    #[test]
    fn intelligence_has_its_seven_fields(value in text()) {
        let mut zeek = ZeekIntel::new(IntelKind::All, value.clone(), "https://misp.example".into());
        let out = export(&mut zeek, &[hostile(Url, &value), hostile(Filename, &value), hostile(UserAgent, &value)], &[]);
        for line in out.split('\n').filter(|line| !line.is_empty() && !line.starts_with('#')) {
            prop_assert_eq!(line.split('\t').count(), 7, "{}", line);
        }
        prop_assert!(!out.contains('\r'));
    }

    #[test]
    fn a_foreign_rule_ends_where_it_should(value in text()) {
        let rules = [hostile(Yara, &value), attribute(2, Yara, "rule last { condition: true }"), hostile(Mutex, &value)];
        let out = export(&mut YaraFile::default(), &rules, &[]);
        let names = crate::exports::yara::names(&out);
        prop_assert!(names.is_some_and(|names| names.contains(&"last".to_owned())), "{}", out);
        let json = export(&mut YaraJson::default(), &rules, &[]);
        prop_assert!(serde_json::from_str::<serde_json::Value>(&json).is_ok());
    }

    #[test]
    fn summaries_are_text(tag in text()) {
        let out = export(&mut Context::new(Markup::Html), &[attribute(1, IpDst, "192.0.2.1")], &[&tag]);
        let shell = export(&mut Context::new(Markup::Html), &[attribute(1, IpDst, "192.0.2.1")], &["plain"]);
        prop_assert_eq!(out.matches('<').count() >= shell.matches('<').count() - 8, true);
        let body = out.split_once("<body>").unwrap().1;
        for part in body.split('<').skip(1) {
            let name = part.split('>').next().unwrap();
            prop_assert!(["h1", "/h1", "p", "/p", "h2", "/h2", "ul", "/ul", "li", "/li", "/body", "/html"].contains(&name), "{}", name);
        }
    }
}
