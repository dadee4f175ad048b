//! Manifests as different generators write them, and broken ones.

use proptest::prelude::*;

use super::*;

const UUID: &str = "5b8e4f3a-0000-4000-8000-00000000000A";

fn read(text: &str) -> (Vec<Result<ManifestEntry, BrokenEntry>>, bool) {
    let mut entries = Vec::new();
    let ended = read_manifest(text.as_bytes(), |entry| entries.push(entry)).is_ok();
    (entries, ended)
}

#[test]
fn texts_and_numbers_and_either_spelling_of_the_creator() {
    let rich = format!(
        r##"{{"{UUID}": {{"Orgc": {{"name": "Harbour CERT", "uuid": "u"}}, "Tag": [{{"name": "tlp:clear", "colour": "#ffffff"}}, "bare", {{}}],
        "info": "Title", "date": "2026-09-04", "analysis": "2", "threat_level_id": "3", "timestamp": "1536153445", "publish_timestamp": "1536153450"}}}}"##
    );
    let (entries, ended) = read(&rich);
    assert!(ended);
    let entry = entries[0].as_ref().unwrap();
    assert_eq!(entry.uuid, UUID.to_lowercase());
    assert_eq!(
        (entry.timestamp, entry.publish_timestamp),
        (1_536_153_445, Some(1_536_153_450))
    );
    assert_eq!((entry.analysis, entry.threat_level_id), (2, 3));
    assert_eq!(
        (&*entry.orgc_name, &*entry.info, &*entry.date),
        ("Harbour CERT", "Title", "2026-09-04")
    );
    assert_eq!(
        entry.tags.iter().map(|tag| &*tag.name).collect::<Vec<_>>(),
        ["tlp:clear", "bare"]
    );

    let (entries, _) = read(&format!(
        r#"{{"{UUID}": {{"orgc": {{"name": "B"}}, "timestamp": 7, "analysis": 1}}}}"#
    ));
    let entry = entries[0].as_ref().unwrap();
    assert_eq!(
        (
            &*entry.orgc_name,
            entry.timestamp,
            entry.analysis,
            entry.threat_level_id
        ),
        ("B", 7, 1, 4)
    );
    assert_eq!((entry.tags.len(), entry.publish_timestamp), (0, None));
}

#[test]
fn broken_entries_are_named_and_the_rest_is_read() {
    let (entries, ended) = read(&format!(
        r#"{{"../../etc/passwd": {{"timestamp": 1}}, "5b8e4f3a-0000-4000-8000-000000000001": [], "5b8e4f3a-0000-4000-8000-000000000002": {{}}, "{UUID}": {{"timestamp": 1}}}}"#
    ));
    assert!(ended);
    let reasons: Vec<_> = entries
        .iter()
        .map(|entry| entry.as_ref().map_or_else(|broken| broken.reason, |_| "fine"))
        .collect();
    assert_eq!(
        reasons,
        ["the key is no uuid", "not an object", "no timestamp", "fine"]
    );
    assert_eq!(
        entries[0].as_ref().unwrap_err().to_string(),
        "manifest entry \"../../etc/passwd\": the key is no uuid"
    );
}

#[test]
fn empty_cut_off_and_foreign_documents() {
    for empty in ["{}", "[]", " {} \n"] {
        assert_eq!(read(empty), (vec![], true), "{empty}");
    }
    for foreign in ["", "[1]", "\"x\"", "null", "{} trailing", "<html>"] {
        assert!(!read(foreign).1, "{foreign}");
    }
    let (entries, ended) = read(&format!(r#"{{"{UUID}": {{"timestamp": 1}}, "5b8e"#));
    assert!(
        !ended && entries.len() == 1,
        "what came before the cut is handed over"
    );
}

#[test]
fn what_is_written_is_read_back() {
    let entry = ManifestEntry {
        uuid: UUID.to_lowercase(),
        timestamp: 1_795_000_000,
        info: "Quotes \" and ünïcode".into(),
        orgc_name: "Harbour CERT".into(),
        orgc_uuid: "55f6ea5e-2c60-40e5-964f-47a8950d210f".into(),
        tags: vec![ManifestTag {
            name: "tlp:clear".into(),
            colour: "#ffffff".into(),
        }],
        date: "2026-11-20".into(),
        analysis: 2,
        threat_level_id: 1,
        publish_timestamp: Some(1_795_000_001),
    };
    let second = ManifestEntry {
        uuid: "00000000-0000-4000-8000-000000000001".into(),
        publish_timestamp: None,
        ..entry.clone()
    };
    let mut writer = ManifestWriter::new(Vec::new());
    writer.add(&entry).unwrap();
    writer.add(&second).unwrap();
    let text = String::from_utf8(writer.finish().unwrap()).unwrap();
    assert_eq!(read(&text), (vec![Ok(entry.clone()), Ok(second)], true));
    assert_eq!(entry.to_json()["timestamp"], "1795000000");
    assert_eq!(ManifestWriter::new(Vec::new()).finish().unwrap(), b"{}");
}

proptest! {
    #[test]
    fn never_panics(text in ".{0,80}") {
        let _ = read(&text);
        let _ = read(&format!("{{\"{UUID}\":{text}}}"));
    }
}
