//! Lines, cells, limits and broken input of text feeds.

use std::io::{BufReader, Cursor, Read};

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn settings(columns: &str, delimiter: &str, exclude: &str) -> FeedSettings {
    FeedSettings::from_json(
        &json!({"csv": {"value": columns, "delimiter": delimiter}, "common": {"excluderegex": exclude}}),
    )
    .unwrap()
}

fn csv_values(text: &str, settings: FeedSettings) -> Vec<String> {
    TextFeed::csv(Cursor::new(text), Freetext::new(), settings)
        .map(|found| found.unwrap().value)
        .collect()
}

#[test]
fn columns_comments_and_quotes() {
    let text = "\u{feff}# first,192.0.2.99\r\n\"1\", \"http://a.example.com/x,y\",192.0.2.1\n\n2,'b.example.org' ,192.0.2.2\n3\n";
    assert_eq!(
        csv_values(text, settings("3", ",", "")),
        ["192.0.2.1", "192.0.2.2"]
    );
    assert_eq!(
        csv_values(text, settings("2,3", "", "")),
        [
            "http://a.example.com/x",
            "192.0.2.1",
            "b.example.org",
            "192.0.2.2"
        ]
    );
    assert_eq!(
        csv_values("a.example.com,192.0.2.1\n", settings("", ",", "")),
        ["a.example.com", "192.0.2.1"]
    );
}

#[test]
fn delimiters_of_any_length() {
    assert_eq!(
        csv_values("x\t192.0.2.1\ty\n", settings("2", "\\t", "")),
        ["192.0.2.1"]
    );
    assert_eq!(
        csv_values("x  |  192.0.2.1  |  y", settings("2", "|", "")),
        ["192.0.2.1"]
    );
    assert_eq!(
        csv_values("x::192.0.2.1::y", settings("2", "::", "")),
        ["192.0.2.1"]
    );
    assert_eq!(
        csv_values("192.0.2.1 4 a.example.com", settings("1", " ", "")),
        ["192.0.2.1"]
    );
    assert_eq!(
        cells("a \"b\" c,\"d\"\"e\" , \"open,x", ","),
        ["a \"b\" c", "d\"e", "open", "x"]
    );
    assert_eq!(cells("", ","), [""]);
}

#[test]
fn excluded_values_are_dropped_in_both_formats() {
    let exclude = settings("", "", "/^192\\.0/");
    assert_eq!(
        csv_values("192.0.2.1,203.0.113.5", exclude.clone()),
        ["203.0.113.5"]
    );
    let text = TextFeed::freetext(Cursor::new("192.0.2.1 203.0.113.5"), Freetext::new(), exclude);
    assert_eq!(
        text.map(|found| found.unwrap().value).collect::<Vec<_>>(),
        ["203.0.113.5"]
    );
}

#[test]
fn overlong_lines_are_reported_and_skipped() {
    let mut text = b"192.0.2.1\n".to_vec();
    text.extend(std::iter::repeat_n(b'x', MAX_LINE_BYTES + 1));
    text.extend(b"\n192.0.2.2\n\xff\xfe 192.0.2.3 \xff");
    let mut feed = TextFeed::freetext(
        BufReader::with_capacity(64, &*text),
        Freetext::new(),
        FeedSettings::default(),
    );
    assert_eq!(feed.next().unwrap().unwrap().value, "192.0.2.1");
    assert!(matches!(
        feed.next().unwrap(),
        Err(TextFeedError::LineTooLong { line: 2 })
    ));
    assert_eq!(feed.next().unwrap().unwrap().value, "192.0.2.2");
    assert_eq!(
        feed.next().unwrap().unwrap().value,
        "192.0.2.3",
        "invalid UTF-8 is read around"
    );
    assert!(feed.next().is_none());
    assert_eq!(feed.lines_read(), 4);
}

#[test]
fn a_broken_stream_ends_the_feed() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("connection reset"))
        }
    }
    let reader = BufReader::new(Cursor::new("192.0.2.1\n").chain(Broken));
    let mut feed = TextFeed::freetext(reader, Freetext::new(), FeedSettings::default());
    assert_eq!(feed.next().unwrap().unwrap().value, "192.0.2.1");
    assert!(matches!(feed.next().unwrap(), Err(TextFeedError::Io(_))));
    assert!(feed.next().is_none());
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400), delimiter in ".{1,3}") {
        let settings = FeedSettings { delimiter, ..FeedSettings::default() };
        prop_assert!(TextFeed::csv(&*bytes, Freetext::new(), settings.clone()).all(|found| found.is_ok()));
        prop_assert!(TextFeed::freetext(&*bytes, Freetext::new(), settings).all(|found| found.is_ok()));
    }
}
