//! What each format writes of rows like those of the recorded answers.

use super::{attribute, export};
use crate::exports::*;
use sightline_core::ids::ObjectId;
use sightline_misp::records::Attribute;
use sightline_misp::types::AttributeType::{self, *};

const TAG: &str = "probe:tag=\"1\"";

fn some() -> Vec<Attribute> {
    vec![
        attribute(1, IpDst, "198.51.100.7"),
        attribute(2, Domain, "evil.example.com"),
        attribute(3, Md5, "d41d8cd98f00b204e9800998ecf8427e"),
        attribute(4, Url, "http://evil.example.com/a?b=c"),
        attribute(5, DomainIp, "evil.example.com|198.51.100.7"),
        attribute(
            6,
            FilenameSha1,
            "evil.exe|da39a3ee5e6b4b0d3255bfef95601890afd80709",
        ),
        attribute(7, Hostname, "www.example.org"),
    ]
}

fn lines(kind: AttributeType, value: &str, of: &mut dyn Export) -> Vec<String> {
    let text = export(of, &[attribute(1, kind, value)], &[]);
    text.lines().map(str::to_owned).collect()
}

#[test]
fn csv_is_as_recorded() {
    let mut held = attribute(8, Comment, "naïve €uro \"quoted\", comma\nnewline");
    held.object_id = ObjectId(3);
    held.object_relation = Some("text".into());
    held.to_ids = false;
    let columns = Columns::new(&[], false, false).unwrap();
    let text = export(
        &mut Csv::new(columns, false),
        &[attribute(1, IpDst, "198.51.100.7"), held],
        &[TAG],
    );
    assert_eq!(
        text,
        "uuid,event_id,category,type,value,comment,to_ids,date,object_relation,attribute_tag,object_uuid,object_name,object_meta_category\n\
         \"00000000-0000-0000-0000-000000000001\",1,\"Network activity\",\"ip-dst\",\"198.51.100.7\",\"\",1,1700000000,\"\",\"probe:tag=\"\"1\"\"\",\"\",\"\",\"\"\n\
         \"00000000-0000-0000-0000-000000000008\",1,\"Other\",\"comment\",\"naïve €uro \"\"quoted\"\", comma\nnewline\",\"\",0,1700000000,\"text\",\"probe:tag=\"\"1\"\"\",\"00000000-0000-0000-0000-00000000000b\",\"file\",\"file\"\n\n"
    );
}

#[test]
fn csv_has_the_columns_that_are_asked_for() {
    let asked = ["value", "timestamp", "object_meta-category"].map(str::to_owned);
    let columns = Columns::new(&asked, true, true).unwrap();
    let text = export(
        &mut Csv::new(columns.clone(), false),
        &[attribute(1, IpDst, "198.51.100.7")],
        &[],
    );
    assert_eq!(
        text,
        "value,date,object_meta_category,event_info,event_member_org,event_source_org,event_distribution,\
         event_threat_level_id,event_analysis,event_date,event_tag,event_timestamp,decay_score_score,decay_score_decayed\n\
         \"198.51.100.7\",1700000000,\"\",\"A \"\"probe\"\", of sorts\",\"Owner\",\"Maker\",1,\"Medium\",0,\"2026-01-31\",\
         \"tlp:green\",1700000000,\"\",\"\"\n\n"
    );
    assert!(!export(&mut Csv::new(columns, true), &[], &[]).contains("value"));
    assert_eq!(
        Columns::new(&["no".to_owned()], false, false),
        Err("no".to_owned())
    );
}

#[test]
fn lists_hold_each_value_once() {
    let twice: Vec<Attribute> = some().into_iter().chain(some()).collect();
    assert_eq!(
        export(&mut Values::default(), &twice, &[]),
        "198.51.100.7\nevil.example.com\nd41d8cd98f00b204e9800998ecf8427e\nhttp://evil.example.com/a?b=c\n\
         evil.example.com|198.51.100.7\nevil.exe|da39a3ee5e6b4b0d3255bfef95601890afd80709\nwww.example.org\n"
    );
    let hashes = "d41d8cd98f00b204e9800998ecf8427e\nda39a3ee5e6b4b0d3255bfef95601890afd80709\n";
    assert_eq!(export(&mut Hashes::default(), &twice, &[]), hashes);
    assert_eq!(
        export(&mut Hashes::of("md5"), &twice, &[]),
        "d41d8cd98f00b204e9800998ecf8427e\n"
    );
    let made = "2026-01-31 00:00:00 UTC".to_owned();
    assert_eq!(
        export(&mut Hosts::new("0.0.0.0".parse().unwrap(), made), &twice, &[]),
        "# MISP export of domains as a hosts file\n# Made 2026-01-31 00:00:00 UTC\n0.0.0.0 evil.example.com\n"
    );
    assert_eq!(
        export(&mut Netfilter::new("DROP").unwrap(), &twice, &[]),
        "iptables -A INPUT -s 198.51.100.7 -j DROP\n\n"
    );
    assert!(Netfilter::new("DROP; reboot").is_none());
}

#[test]
fn caches_hold_checksums_of_halves() {
    let mut cache = Cache {
        kind: HashKind::Sha1,
        with_event: true,
    };
    assert_eq!(
        export(&mut cache, &[attribute(1, DomainIp, "a.example|192.0.2.1")], &[]),
        format!(
            "{},00000000-0000-0000-0000-00000000000e\n{},00000000-0000-0000-0000-00000000000e\n",
            crate::hashes::sha1_hex(b"a.example"),
            crate::hashes::sha1_hex(b"192.0.2.1")
        )
    );
}

#[test]
fn zones_are_as_recorded() {
    let zone = Zone::new(|_| None, 1_795_500_000).unwrap();
    assert_eq!(
        export(&mut Rpz::new(zone), &some(), &[]),
        "$TTL 1w;\n@               SOA localhost. root.localhost (2026112400 2h 30m 30d 1h)\n                NS localhost.\n\n\
         ; The following list of IP addresses will return NXDOMAIN (name does not exist) irrespective of actual result received.\n\
         32.7.100.51.198.rpz-ip CNAME .\n\n\
         ; The following domain names and all of their sub-domains will return NXDOMAIN (name does not exist) irrespective of actual result received.\n\
         evil.example.com CNAME .\n*.evil.example.com CNAME .\n\n\
         ; The following hostnames will return NXDOMAIN (name does not exist) irrespective of actual result received.\n\
         www.example.org CNAME .\n\n"
    );
}

#[test]
fn zones_take_policies_and_networks() {
    for (policy, garden, rule) in [
        ("0", "", "CNAME rpz-drop."),
        ("nodata", "", "CNAME *."),
        ("3", "192.0.2.9", "A 192.0.2.9"),
        ("3", "2001:db8::9", "AAAA 2001:db8::9"),
        ("Local-Data", "garden.example", "CNAME garden.example."),
        ("5", "", "CNAME rpz-tcp-only."),
    ] {
        let given = |name: &str| match name {
            "policy" => Some(policy.to_owned()),
            "walled_garden" => Some(garden.to_owned()),
            _ => None,
        };
        let mut rpz = Rpz::new(Zone::new(given, 0).unwrap());
        let text = export(&mut rpz, &[attribute(1, Hostname, "a.example")], &[]);
        assert!(
            text.contains(&format!("\na.example {rule}\n")),
            "{policy}: {text}"
        );
    }
    for (name, text) in [
        ("policy", "9"),
        ("ttl", "1w; x"),
        ("ns", "a b"),
        ("serial", "x"),
        ("email", "a\nb"),
    ] {
        assert_eq!(
            Zone::new(|asked| (asked == name).then(|| text.to_owned()), 0),
            Err(name)
        );
    }
    let rpz = || Rpz::new(Zone::new(|_| None, 0).unwrap());
    for (value, owner) in [
        ("192.0.2.77/24", "24.0.2.0.192.rpz-ip"),
        ("2001:db8::1", "128.1.zz.db8.2001.rpz-ip"),
        ("2001:db8::/32", "32.zz.db8.2001.rpz-ip"),
        ("::1", "128.1.zz.rpz-ip"),
        ("2001:db8:1:2:3:4:5:6", "128.6.5.4.3.2.1.db8.2001.rpz-ip"),
    ] {
        let text = lines(IpDst, value, &mut rpz());
        assert!(
            text.iter().any(|line| line == &format!("{owner} CNAME .")),
            "{value}: {text:?}"
        );
    }
    assert!(lines(Domain, "пример.example", &mut rpz()).contains(&"xn--e1afmkfd.example CNAME .".to_owned()));
}

#[test]
fn rules_are_numbered_in_the_range_of_their_reader() {
    let mut nids = Nids::new(Sensor::Suricata, 4_000_000, "http://127.0.0.1:8180");
    let text = export(&mut nids, &some(), &[TAG]);
    let rules: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(
        rules[0].trim(),
        "alert ip $HOME_NET any -> 198.51.100.7 any (msg: \"MISP e1 [probe:tag=|22|1|22|,tlp:green] Outgoing To IP: 198.51.100.7\"; \
         classtype:trojan-activity; sid:4000011; rev:1; priority:2; reference:url,http://127.0.0.1:8180/events/view/1;)"
    );
    let sids: Vec<&str> = rules
        .iter()
        .filter_map(|rule| rule.split("sid:").nth(1)?.split(';').next())
        .collect();
    assert_eq!(
        sids,
        [
            "4000011", "4000021", "4000022", "4000041", "4000051", "4000052", "4000053", "4000054",
            "4000071", "4000072"
        ]
    );
    assert!(rules[1].contains(
        "dns.query; content:\"evil.example.com\"; nocase; pcre: \"/(^|[^A-Za-z0-9-])evil\\.example\\.com$/i\";"
    ));
}

#[test]
fn what_has_no_rule_is_told() {
    let too_far = attribute(429_496_730, IpDst, "192.0.2.1");
    let mut nids = Nids::new(Sensor::Suricata, 0, "");
    let text = export(&mut nids, &[too_far], &[]);
    assert!(
        text.contains("\n# Attribute 429496730 is left out: its number"),
        "{text}"
    );
    let long = format!("http://a.example/{}", "x".repeat(60_000));
    let text = lines(Url, &long, &mut Nids::new(Sensor::Suricata, 0, ""));
    assert!(
        text.iter().any(|line| line.contains("too long for a rule")),
        "{text:?}"
    );
}

#[test]
fn rules_of_authors_are_renumbered_and_nothing_else_passes() {
    let nids = || Nids::new(Sensor::Snort, 100, "https://misp.example");
    let own = "drop tcp any any -> any 80 (msg:\"old; name\"; content:\"a|3b|b\"; pcre:\"/x(y)/\"; sid:7; rev:3; reference:url,example.org;)";
    let text = lines(Snort, own, &mut nids());
    assert_eq!(
        text.last().unwrap().trim(),
        "alert tcp any any -> any 80 (msg: \"MISP e1 [tlp:green] old|3b| name\"; content:\"a|3b|b\"; pcre:\"/x(y)/\"; \
         classtype:trojan-activity; sid:111; rev:1; priority:2; reference:url,https://misp.example/events/view/1;)"
    );
    for broken in [
        "alert tcp any any -> any any (msg:\"a\"; sid:1;) alert tcp any any -> any any (sid:2;)",
        "alert tcp any any -> any any (msg:\"a; sid:1;)",
        "alert tcp any any -> any any (lua:/tmp/x.lua; sid:1;)",
        "alert tcp any any -> any any (content:\"a\\\"; sid:1;)",
        "pass tcp any (sid:1;)",
        "nonsense",
        "",
    ] {
        let text = lines(Snort, broken, &mut nids());
        assert!(
            text.iter().any(|line| line.contains("is not one rule")),
            "{broken}: {text:?}"
        );
    }
}

#[test]
fn zeek_is_as_recorded() {
    let mut commented = attribute(1, IpDst, "198.51.100.7");
    commented.comment = "c2".into();
    let mut zeek = ZeekIntel::new(
        IntelKind::Ip,
        "ORGNAME MISP".into(),
        "http://127.0.0.1:8180".into(),
    );
    assert_eq!(
        export(
            &mut zeek,
            &[
                commented,
                attribute(5, DomainIp, "evil.example.com|198.51.100.8"),
                attribute(6, IpSrc, "192.0.2.0/24")
            ],
            &[]
        ),
        "#fields\tindicator\tindicator_type\tmeta.source\tmeta.desc\tmeta.url\tmeta.do_notice\tmeta.if_in\n\
         198.51.100.7\tIntel::ADDR\tORGNAME MISP (00000000-0000-0000-0000-00000000000e) - Maker\tA \"probe\", of sorts. c2\thttp://127.0.0.1:8180/events/view/1\tT\t-\n\
         198.51.100.8\tIntel::ADDR\tORGNAME MISP (00000000-0000-0000-0000-00000000000e) - Maker\tA \"probe\", of sorts. \thttp://127.0.0.1:8180/events/view/1\tT\t-\n\
         192.0.2.0/24\tIntel::SUBNET\tORGNAME MISP (00000000-0000-0000-0000-00000000000e) - Maker\tA \"probe\", of sorts. \thttp://127.0.0.1:8180/events/view/1\tT\t-\n"
    );
    let mut all = ZeekIntel::new(IntelKind::All, "X".into(), String::new());
    let text = export(&mut all, &some(), &[]);
    for (indicator, kind) in [
        ("evil.example.com/a?b=c", "URL"),
        ("evil.example.com", "DOMAIN"),
        ("da39a3ee5e6b4b0d3255bfef95601890afd80709", "FILE_HASH"),
        ("evil.exe", "FILE_NAME"),
    ] {
        assert!(
            text.contains(&format!("\n{indicator}\tIntel::{kind}\t")),
            "{text}"
        );
    }
}

#[test]
fn yara_is_made_and_passed_on() {
    let rules = [
        attribute(1, Md5, "d41d8cd98f00b204e9800998ecf8427e"),
        attribute(2, Url, "http://a.example/\"\\"),
        attribute(
            3,
            Yara,
            "rule good { strings: $a = /x}\\/y/ $b = { AA ?? } condition: any of them }",
        ),
        attribute(4, Yara, "rule good { condition: true }"),
        attribute(5, Yara, "rule open { condition: true"),
        attribute(6, Yara, "include \"/etc/passwd\""),
        attribute(7, Yara, "rule c { condition: true } /*"),
    ];
    let text = export(&mut YaraFile::default(), &rules, &[]);
    assert!(
        text.contains("hash.md5(0, filesize) == \"d41d8cd98f00b204e9800998ecf8427e\""),
        "{text}"
    );
    assert!(
        text.contains("$value = \"http://a.example/\\\"\\\\\" ascii wide nocase"),
        "{text}"
    );
    assert!(text.contains("\nrule good { strings:"), "{text}");
    for line in [
        "a rule of its name is there already",
        "// rule open {",
        "// include",
        "// rule c {",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    let json: serde_json::Value =
        serde_json::from_str(&export(&mut YaraJson::default(), &rules, &[])).unwrap();
    assert_eq!(json["generated"].as_array().unwrap().len(), 2);
    assert_eq!(json["as-is"][0]["value"], rules[2].value1);
}

#[test]
fn ioc_documents_have_items_and_pairs() {
    let mut ioc = OpenIoc::new("A & B", "2026-01-31T00:00:00".into(), "Maker".into());
    let mut quiet = attribute(9, Md5, "00000000000000000000000000000000");
    quiet.to_ids = false;
    let text = export(&mut ioc, &[some()[2].clone(), some()[4].clone(), quiet], &[]);
    assert!(
        text.contains("<short_description>A &amp; B</short_description>"),
        "{text}"
    );
    assert!(text.contains(
        "<Context document=\"FileItem\" search=\"FileItem/Md5sum\" type=\"mir\"/><Content type=\"md5\">d41d8cd98f00b204e9800998ecf8427e</Content>"
    ), "{text}");
    assert!(
        text.contains("<Indicator operator=\"AND\" id=\"00000000-0000-0000-0000-000000000005\">"),
        "{text}"
    );
    assert!(!text.contains("00000000000000000000000000000000<"), "{text}");
}

#[test]
fn sightings_and_summaries_come_from_tags() {
    let technique = "misp-galaxy:mitre-attack-pattern=\"Command - T1059.001\"";
    let json = export(
        &mut AttackSightings::default(),
        &some()[..2],
        &[technique, "tlp:red"],
    );
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json[0]["techniques"][0]["techniqueID"], "T1059.001");
    assert_eq!(json[1]["sightingType"], "direct-technique-sighting");
    assert_eq!(
        export(&mut AttackSightings::default(), &some(), &["tlp:red"]),
        "[]"
    );
    assert_eq!(
        export(
            &mut Context::new(Markup::Markdown),
            &some()[..2],
            &[technique, "a_b"]
        ),
        "# Context\n\n1 events, 2 attributes\n\n## ATT\\&CK techniques\n\n- Command - T1059.001: 2\n\n## Taxonomy other\n\n\
         - a\\_b: 2\n\n## Taxonomy tlp\n\n- tlp:green: 1\n"
    );
    let json = export(&mut Kunai::new("X", uuid::Uuid::nil()), &some(), &[]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(
        (&json[0]["severity"], &json[3]["value"]),
        (&5.into(), &"198.51.100.7".into())
    );
}

#[test]
fn xml_repeats_elements() {
    let json = br#"{"response": [{"Event":{"id":"1","info":"a<b & \"c\"","published":false,"extends_uuid":"","protected":null,
        "Attribute":[{"value":"x\u0001\ny"},{"value":"z","Tag":["t","u"]}],"Galaxy":[],"Org":{"n":7}}},{"Event":{"id":"2"}}]}"#;
    let expected = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<response>\n<Event><id>1</id><info>a&lt;b &amp; &quot;c&quot;</info>\
        <published>0</published><extends_uuid/><protected/><Attribute><value>x\ny</value></Attribute><Attribute><value>z</value>\
        <Tag>t</Tag><Tag>u</Tag></Attribute><Galaxy/><Org><n>7</n></Org></Event>\n<Event><id>2</id></Event>\n</response>\n";
    for size in 1..json.len() {
        let mut writer = XmlWriter::default();
        let mut out = Vec::new();
        json.chunks(size).for_each(|piece| writer.push(piece, &mut out));
        assert_eq!(String::from_utf8(out).unwrap(), expected, "in pieces of {size}");
    }
    let mut out = Vec::new();
    XmlWriter::default().push(
        b"{\"response\": {\"Attribute\": [{\"id\":\"1\"},{\"id\":\"2\"}]}}\n",
        &mut out,
    );
    assert_eq!(
        String::from_utf8(out).unwrap(),
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<response>\n<Attribute><id>1</id></Attribute>\n<Attribute><id>2</id></Attribute>\n</response>\n"
    );
}
