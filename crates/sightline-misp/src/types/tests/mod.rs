//! The whole type system against a table of cases, and its structure against itself.

use super::*;
use crate::fold::fold;
use std::collections::BTreeMap;

const CASES: &str = include_str!("cases.txt");

#[derive(Default)]
struct Cases {
    kept: Vec<String>,
    normalised: Vec<(String, String)>,
    refused: Vec<(String, String)>,
}

fn unescape(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        if c != '\\' {
            plain.push(c);
            continue;
        }
        match rest.next().expect("an escape has a letter") {
            'n' => plain.push('\n'),
            'r' => plain.push('\r'),
            't' => plain.push('\t'),
            's' => plain.push(' '),
            '\\' => plain.push('\\'),
            'u' => {
                let hex: String = rest.by_ref().skip(1).take_while(|c| *c != '}').collect();
                plain.push(char::from_u32(u32::from_str_radix(&hex, 16).unwrap()).unwrap());
            }
            other => panic!("unknown escape {other}"),
        }
    }
    plain
}

fn cases() -> BTreeMap<AttributeType, Cases> {
    let mut all: BTreeMap<AttributeType, Cases> = BTreeMap::new();
    let mut current = None;
    for line in CASES
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
    {
        let pair = |text: &str| {
            let (value, outcome) = text
                .split_once("=> ")
                .unwrap_or_else(|| panic!("no outcome in {line}"));
            (
                unescape(value.strip_suffix(' ').unwrap_or(value)),
                unescape(outcome),
            )
        };
        let cases = current.and_then(|ty| all.get_mut(&ty));
        match (line.split_at(2), cases) {
            (("+ ", value), Some(cases)) => cases.kept.push(unescape(value)),
            (("> ", text), Some(cases)) => cases.normalised.push(pair(text)),
            (("- ", text), Some(cases)) => cases.refused.push(pair(text)),
            _ => {
                let ty = AttributeType::parse(line).unwrap_or_else(|| panic!("{line} is no type"));
                assert!(all.insert(ty, Cases::default()).is_none(), "{line} comes twice");
                current = Some(ty);
            }
        }
    }
    all
}

#[test]
fn every_type_has_cases_of_each_kind() {
    let all = cases();
    for ty in AttributeType::ALL {
        let cases = all.get(ty).unwrap_or_else(|| panic!("no cases for {ty}"));
        assert!(!cases.kept.is_empty(), "nothing accepted for {ty}");
        assert!(!cases.normalised.is_empty(), "nothing normalised for {ty}");
        // Every text is some boolean.
        assert!(
            !cases.refused.is_empty() || *ty == AttributeType::Boolean,
            "nothing refused for {ty}"
        );
    }
}

#[test]
fn accepted_values_are_stored_as_they_are() {
    for (ty, cases) in cases() {
        for value in &cases.kept {
            assert_eq!(&normalise(ty, value), value, "{ty}");
            assert_eq!(validate(ty, value), Ok(()), "{ty}: {value}");
        }
    }
}

#[test]
fn values_are_brought_into_their_form() {
    for (ty, cases) in cases() {
        for (value, stored) in &cases.normalised {
            assert_eq!(&normalise(ty, value), stored, "{ty}: {value}");
            assert_eq!(&normalise(ty, stored), stored, "{ty}: twice");
            assert_eq!(validate(ty, stored), Ok(()), "{ty}: {stored}");
        }
    }
}

#[test]
fn refusals_have_their_message() {
    for (ty, cases) in cases() {
        for (value, message) in &cases.refused {
            assert_eq!(
                validate(ty, &normalise(ty, value)).as_ref(),
                Err(message),
                "{ty}: {value}"
            );
        }
        assert_eq!(
            validate(ty, " "),
            Err("Value cannot be empty.".to_owned()),
            "{ty}"
        );
    }
    let two = validate(AttributeType::Boolean, "2");
    assert!(two.is_err_and(|message| message.starts_with("Value not in the right type/format.")));
}

#[test]
fn the_longest_value_is_65535_bytes() {
    assert_eq!(validate(AttributeType::Text, &"x".repeat(65_535)), Ok(()));
    let message = validate(AttributeType::Text, &"x".repeat(65_536)).unwrap_err();
    assert!(message.starts_with("The entered string is too long"), "{message}");
}

#[test]
fn names_and_codes_lead_back_and_never_change() {
    for (ty, code) in AttributeType::ALL.iter().zip(1..) {
        assert_eq!(ty.code(), code, "{ty}");
        assert_eq!(AttributeType::from_code(code), Some(*ty));
        assert_eq!(AttributeType::parse(ty.name()), Some(*ty));
    }
    for (category, code) in Category::ALL.iter().zip(1..) {
        assert_eq!(category.code(), code, "{category}");
        assert_eq!(Category::from_code(code), Some(*category));
        assert_eq!(Category::parse(category.name()), Some(*category));
    }
    assert_eq!((AttributeType::ALL.len(), Category::ALL.len()), (194, 16));
    assert_eq!(
        AttributeType::from_code(0).or(AttributeType::from_code(195)),
        None
    );
    assert_eq!(AttributeType::parse("MD5"), None);
    assert_eq!(Category::parse("other"), None);
    // Stored in databases: these stand for all.
    assert_eq!(AttributeType::Suricata.code(), 35);
    assert_eq!(AttributeType::OnionAddress.code(), 194);
    assert_eq!(Category::Other.code(), 16);
}

#[test]
fn every_type_is_allowed_in_its_default_category() {
    for ty in AttributeType::ALL {
        assert!(valid_pair(ty.default_category(), *ty), "{ty}");
    }
    assert!(!valid_pair(Category::Person, AttributeType::Md5));
    let categories: Vec<_> = AttributeType::Suricata.categories().collect();
    assert_eq!(
        categories,
        [Category::NetworkActivity, Category::ExternalAnalysis]
    );
}

#[test]
fn composites_split_and_join() {
    let composites = AttributeType::ALL.iter().filter(|ty| ty.is_composite()).count();
    assert_eq!(composites, 25);
    let ty = AttributeType::DomainIp;
    assert_eq!(split(ty, "example.com|192.0.2.1"), ("example.com", "192.0.2.1"));
    assert_eq!(split(AttributeType::Text, "a|b"), ("a|b", ""));
    assert_eq!(split(AttributeType::MalwareSample, "a"), ("a", ""));
    assert_eq!(
        (join("a", "b"), join("a", "")),
        ("a|b".to_owned(), "a".to_owned())
    );
}

#[test]
fn flags_of_types() {
    let attachments: Vec<_> = AttributeType::ALL
        .iter()
        .filter(|ty| ty.is_attachment())
        .collect();
    assert_eq!(
        attachments,
        [&AttributeType::Attachment, &AttributeType::MalwareSample]
    );
    let silent: Vec<_> = AttributeType::ALL
        .iter()
        .filter(|ty| ty.never_correlates())
        .map(|ty| ty.name())
        .collect();
    assert_eq!(silent.len(), 12);
    assert!(silent.contains(&"comment") && !silent.contains(&"domain"));
    let first_half: Vec<_> = AttributeType::ALL
        .iter()
        .filter(|ty| ty.correlates_value1_only())
        .collect();
    assert_eq!(first_half.len(), 3);
}

#[test]
fn patterns_select_types_by_name() {
    let matching = |pattern: &str| {
        AttributeType::matching(pattern)
            .map(AttributeType::name)
            .collect::<Vec<_>>()
    };
    assert_eq!(matching("MD5"), ["md5"]);
    assert_eq!(matching("as"), ["AS"]);
    assert_eq!(
        matching("ip-%"),
        ["ip-src", "ip-dst", "ip-dst|port", "ip-src|port"]
    );
    assert_eq!(
        matching("%|port"),
        ["ip-dst|port", "ip-src|port", "hostname|port"]
    );
    assert_eq!(
        matching("%name|%512/2%"),
        ["filename|sha512/224", "filename|sha512/256"]
    );
    assert_eq!(matching("%").len(), 194);
    assert_eq!(matching("m%d%5"), ["md5"]);
    assert!(matching("nothing%").is_empty() && matching("").is_empty());
}

#[test]
fn the_description_has_the_shape_that_clients_read() {
    let result = &describe_types()["result"];
    let keys: Vec<_> = result.as_object().unwrap().keys().collect();
    assert_eq!(
        keys,
        ["sane_defaults", "types", "categories", "category_type_mappings"]
    );
    assert_eq!(result["types"].as_array().unwrap().len(), 194);
    assert_eq!(result["types"][0], "md5");
    assert_eq!(result["categories"][15], "Other");
    assert_eq!(
        result["sane_defaults"]["md5"].to_string(),
        r#"{"default_category":"Payload delivery","to_ids":1}"#
    );
    assert_eq!(
        result["category_type_mappings"]["Internal reference"][6],
        "git-commit-id"
    );
    let pairs: usize = Category::ALL.iter().map(|category| category.types().len()).sum();
    assert_eq!(pairs, 486);
}

#[test]
fn the_description_is_the_one_that_clients_ship() {
    let root = std::env::var("SIGHTLINE_TEST_DATA")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data").to_owned());
    let Ok(shipped) = std::fs::read_to_string(format!("{root}/knowledge/describeTypes.json")) else {
        eprintln!("SKIPPED: no knowledge/describeTypes.json under {root}; set SIGHTLINE_TEST_DATA");
        return;
    };
    let shipped: serde_json::Value = serde_json::from_str(&shipped).unwrap();
    // As text, so that the order counts.
    assert_eq!(describe_types().to_string(), shipped.to_string());
}

#[test]
fn differently_defanged_values_have_one_key() {
    let keys = [
        "hxxp://Example[.]com",
        "http://example.com",
        "HXXP://example[dot]com ",
    ]
    .map(|value| fold(&normalise(AttributeType::Url, value)));
    assert_eq!(keys[0], keys[1]);
    assert_eq!(keys[1], keys[2]);
}
