//! Values against lists of every kind, and against the slow way of finding the same.

use proptest::prelude::*;

use super::*;

/// Lists with ids from 10 on.
fn matcher(lists: &[(Kind, &[&str], &[&str])]) -> Matcher {
    let mut builder = Builder::default();
    for (id, (kind, types, entries)) in (10..).zip(lists) {
        let list = builder.list(id, types).unwrap();
        for entry in *entries {
            builder.entry(list, *kind, entry).unwrap();
        }
    }
    builder.build().unwrap()
}

/// `id=entry` of every hit.
fn found(matcher: &Matcher, subject: Subject<'_>) -> Vec<String> {
    let hits = matcher.hits(subject, &matcher.lists().all());
    hits.iter()
        .map(|hit| format!("{}={}", matcher.lists().id(hit.list).unwrap(), hit.entry))
        .collect()
}

#[test]
fn a_string_is_the_whole_value_in_its_case() {
    let m = matcher(&[
        (Kind::String, &[], &["Google.com", "a"]),
        (Kind::String, &[], &["a"]),
    ]);
    assert_eq!(found(&m, Subject::whole("a")), ["10=a", "11=a"]);
    assert_eq!(found(&m, Subject::whole("Google.com")), ["10=Google.com"]);
    assert!(found(&m, Subject::whole("google.com")).is_empty());
    assert!(found(&m, Subject::whole("")).is_empty());
}

#[test]
fn a_host_matches_itself_and_what_lies_below() {
    let m = matcher(&[(Kind::Hostname, &[], &["google.com", ".Dyn.ORG.", "de"])]);
    for (value, entry) in [
        ("google.com", "10=google.com"),
        ("WWW.google.com.", "10=google.com"),
        ("https://a.google.com/x?y=//z", "10=google.com"),
        ("google.com/path", "10=google.com"),
        ("x.dyn.org", "10=dyn.org"),
        ("bund.de", "10=de"),
    ] {
        assert_eq!(found(&m, Subject::whole(value)), [entry], "{value}");
    }
    for value in [
        "notgoogle.com",
        "com",
        "https://google.com:8080/",
        "https://u@google.com/x",
        "google.com.evil",
    ] {
        assert!(found(&m, Subject::whole(value)).is_empty(), "{value}");
    }
}

#[test]
fn an_address_or_network_lies_in_a_network() {
    let m = matcher(&[
        (
            Kind::Cidr,
            &[],
            &["10.0.0.0/8", "10.1.2.0/24", "192.168.1.1", "0.0.0.0/0"],
        ),
        (
            Kind::Cidr,
            &[],
            &["2001:db8::/32", "10.1.0.0/16", "255.255.255.255"],
        ),
    ]);
    assert_eq!(
        found(&m, Subject::whole("10.1.2.3")),
        ["10=10.1.2.0/24", "11=10.1.0.0/16"]
    );
    assert_eq!(
        found(&m, Subject::whole("10.1.0.0/16")),
        ["10=10.0.0.0/8", "11=10.1.0.0/16"]
    );
    assert_eq!(
        found(&m, Subject::whole("10.1.2.0/23")),
        ["10=10.0.0.0/8", "11=10.1.0.0/16"]
    );
    assert_eq!(
        found(&m, Subject::whole("255.255.255.255")),
        ["10=0.0.0.0/0", "11=255.255.255.255"]
    );
    assert_eq!(found(&m, Subject::whole("2001:DB8::1")), ["11=2001:db8::/32"]);
    assert!(found(&m, Subject::whole("2001:db9::1")).is_empty());
    assert!(found(&m, Subject::whole("10.1.2.3.4")).is_empty());
}

#[test]
fn parts_and_patterns_match_anywhere() {
    let m = matcher(&[
        (Kind::Substring, &[], &["mail.example", "ample"]),
        (Kind::Regex, &[], &[r"/^(noc|soc)\@.*$/i"]),
    ]);
    assert_eq!(
        found(&m, Subject::whole("a@mail.example.org")).len(),
        1,
        "one hit a list"
    );
    assert_eq!(found(&m, Subject::whole("NOC@corp")), [r"11=/^(noc|soc)\@.*$/i"]);
    assert!(found(&m, Subject::whole("MAIL.EXAMPL")).is_empty());
}

#[test]
fn of_two_halves_the_first_that_matches_counts() {
    let m = matcher(&[(Kind::String, &[], &["b", "a"])]);
    for (value, part) in [("a|b", "a"), ("x|b", "b"), ("a|x", "a")] {
        let subject = Subject::composite(value);
        let hits = m.hits(subject, &m.lists().all());
        assert_eq!(hits.len(), 1);
        assert_eq!(subject.part(&hits[0]), part, "{value}");
    }
    assert!(!m.is_known(Subject::whole("a|b"), &m.lists().all()));
}

#[test]
fn lists_are_asked_for_their_types_and_by_choice() {
    let m = matcher(&[
        (Kind::String, &["md5", "no-such-type"], &["x"]),
        (Kind::String, &["ALL"], &["x"]),
        (Kind::String, &["sha1"], &["x"]),
    ]);
    let ids = |selection: &Selection| {
        let hits = m.hits(Subject::whole("x"), selection);
        hits.iter()
            .filter_map(|hit| m.lists().id(hit.list))
            .collect::<Vec<_>>()
    };
    let md5 = m.lists().of_type(sightline_misp::types::AttributeType::Md5);
    assert_eq!(ids(&md5), [10, 11]);
    assert_eq!(ids(&md5.and(&m.lists().by_ids(|id| id == 10))), [10]);
    assert!(!m.is_known(Subject::whole("x"), &m.lists().by_ids(|_| false)));
}

#[test]
fn what_cannot_match_is_refused_with_its_reason() {
    let mut builder = Builder::default();
    let list = builder.list(1, &[]).unwrap();
    for (kind, entry) in [
        (Kind::Cidr, "10.0.0.0/33"),
        (Kind::Cidr, "example.com"),
        (Kind::Regex, "no delimiters"),
        (Kind::Regex, "/(?=look)/"),
        (Kind::Regex, "/x/e"),
    ] {
        let error = builder.entry(list, kind, entry).unwrap_err().to_string();
        assert!(error.contains(entry), "{error}");
    }
}

proptest! {
    /// The one search through the boundaries finds what trying every network finds.
    #[test]
    fn networks_are_found_as_by_trying_all(
        nets in proptest::collection::vec((0u32..64, 24u8..=32), 0..40),
        address in 0u32..64,
        length in 24u8..=32,
    ) {
        let text = |(low, length): (u32, u8)| format!("10.0.0.{low}/{length}");
        let entries: Vec<String> = nets.iter().map(|net| text(*net)).collect();
        let mut builder = Builder::default();
        for (id, entry) in (0..).zip(&entries) {
            let list = builder.list(id, &[]).unwrap();
            builder.entry(list, Kind::Cidr, entry).unwrap();
        }
        let m = builder.build().unwrap();
        let value = text((address, length));
        let wanted: ipnet::IpNet = value.parse().unwrap();
        let wanted = wanted.trunc();
        let hits = m.hits(Subject::whole(&value), &m.lists().all());
        let got: Vec<usize> = hits.iter().map(|hit| usize::from(hit.list)).collect();
        let expected: Vec<usize> = (0..entries.len())
            .filter(|index| entries[*index].parse::<ipnet::IpNet>().unwrap().trunc().contains(&wanted))
            .collect();
        prop_assert_eq!(got, expected);
    }

    /// One backwards walk finds what comparing every suffix finds.
    #[test]
    fn hosts_are_found_as_by_comparing_suffixes(
        entries in proptest::collection::vec("[ab]{1,2}(\\.[ab]{1,2}){0,2}", 0..20),
        host in "[ab]{1,2}(\\.[ab]{1,2}){0,3}",
    ) {
        let mut builder = Builder::default();
        for (id, entry) in (0..).zip(&entries) {
            let list = builder.list(id, &[]).unwrap();
            builder.entry(list, Kind::Hostname, entry).unwrap();
        }
        let m = builder.build().unwrap();
        let hits = m.hits(Subject::whole(&host), &m.lists().all());
        let got: Vec<usize> = hits.iter().map(|hit| usize::from(hit.list)).collect();
        let expected: Vec<usize> = (0..entries.len())
            .filter(|index| host == entries[*index] || host.ends_with(&format!(".{}", entries[*index])))
            .collect();
        prop_assert_eq!(got, expected);
    }

    /// Whatever the value, nothing panics and `is_known` agrees with `hits`.
    #[test]
    fn any_value_is_answered(value in "\\PC{0,80}") {
        let m = matcher(&[
            (Kind::String, &[], &["a"]),
            (Kind::Hostname, &[], &["ä.de", "com"]),
            (Kind::Cidr, &[], &["::/0", "0.0.0.0/1"]),
            (Kind::Substring, &[], &["é"]),
            (Kind::Regex, &[], &["/[0-9]/"]),
        ]);
        let all = m.lists().all();
        let subject = Subject::composite(&value);
        prop_assert_eq!(m.is_known(subject, &all), !m.hits(subject, &all).is_empty());
    }
}
