//! Against real reports and feeds: what independent tools agree on is found, and big lists pass quickly.
//!
//! The data lies outside the repository (`SIGHTLINE_TEST_DATA`, default `../shared/data` beside it); without it these
//! tests say so and pass.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use sightline_formats::feed_settings::FeedSettings;
use sightline_formats::freetext::Freetext;
use sightline_formats::text_feed::TextFeed;

/// Unpacks an archive of the test data; `None`, loudly, when there is none.
fn data(archive: &str) -> Option<PathBuf> {
    let root = std::env::var_os("SIGHTLINE_TEST_DATA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let file = root.join(format!("{archive}.tar.zst"));
    if !file.exists() {
        eprintln!("SKIPPED: no test data at {}", file.display());
        return None;
    }
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{archive}-{}", std::process::id()));
    fs::create_dir_all(&target).unwrap();
    let unpacked = Command::new("tar")
        .arg("--zstd")
        .arg("-xf")
        .arg(&file)
        .arg("-C")
        .arg(&target)
        .status()
        .unwrap();
    assert!(unpacked.success(), "tar could not unpack {}", file.display());
    Some(target.join(archive))
}

/// The values a report gives up, in the shape of the reference: lower case, halves apart, hosts of URLs and e-mail
/// addresses counted as domains.
fn values(text: &str) -> BTreeSet<String> {
    let mut values = BTreeSet::new();
    for found in Freetext::new().parse_text(text) {
        let value = found.value.to_lowercase();
        if found.default_type == "url" {
            let rest = value.split_once("://").map_or(&*value, |(_, rest)| rest);
            let host = rest.split(['/', '?', '#', ':']).next().unwrap();
            values.insert(host.to_owned());
            values.insert(value.trim_end_matches('/').to_owned());
        } else if let Some((_, host)) = value.split_once('@') {
            values.insert(host.to_owned());
        }
        values.extend(value.split('|').map(str::to_owned));
    }
    values
}

#[test]
fn reports_give_up_what_other_tools_agree_on() {
    let Some(folder) = data("freetext") else { return };
    let (mut expected, mut found) = (0, 0);
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let Some(report) = path.to_str().unwrap().strip_suffix(".expected.json") else {
            continue;
        };
        let reference: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        let ours = values(&fs::read_to_string(report).unwrap());
        for (kind, list) in reference["consensus"].as_object().unwrap() {
            let wanted: Vec<String> = list
                .as_array()
                .unwrap()
                .iter()
                .map(|value| value.as_str().unwrap().to_lowercase())
                .collect();
            let missing: Vec<_> = wanted
                .iter()
                .filter(|value| !ours.contains(value.trim_end_matches('/')))
                .collect();
            let name = Path::new(report).file_name().unwrap().to_string_lossy();
            println!(
                "{name} {kind}: {} of {} missing {missing:?}",
                missing.len(),
                wanted.len()
            );
            expected += wanted.len();
            found += wanted.len() - missing.len();
            assert!(
                missing.len() * 20 <= wanted.len().max(100),
                "{name} {kind}: {missing:?}"
            );
        }
    }
    println!("recall {found} of {expected}");
    assert!(
        expected > 3_000 && found * 1_000 >= expected * 985,
        "recall {found} of {expected}"
    );
    fs::remove_dir_all(folder.parent().unwrap()).unwrap();
}

#[test]
fn large_lists_pass_completely() {
    let Some(folder) = data("text-feeds") else { return };
    let count = |file: &str, csv: Option<&str>| {
        let reader = BufReader::new(File::open(folder.join(file)).unwrap());
        let settings = FeedSettings::from_json(
            &serde_json::json!({"csv": {"value": "2", "delimiter": csv.unwrap_or(",")}}),
        )
        .unwrap();
        let mut feed = match csv {
            Some(_) => TextFeed::csv(reader, Freetext::new(), settings),
            None => TextFeed::freetext(reader, Freetext::new(), settings),
        };
        let started = std::time::Instant::now();
        let mut found = 0_u64;
        for candidate in feed.by_ref() {
            candidate.unwrap();
            found += 1;
        }
        println!(
            "{file}: {found} of {} lines in {:?}",
            feed.lines_read(),
            started.elapsed()
        );
        (found, feed.lines_read())
    };
    let (found, lines) = count("domains_299k_blocklistproject-phishing+redirect.txt", None);
    assert!(lines == 298_926 && found * 1_000 > lines * 998, "{found}");
    let (found, lines) = count("ipv4_14k_ipsum-level3.txt", None);
    assert_eq!((found, lines), (14_217, 14_217));
    let (found, lines) = count("csv_infoblox-combined.csv", Some(","));
    assert!(found * 1_000 > lines * 990, "{found} of {lines}");
    let (found, lines) = count("mixed-comments_maltrail-cobaltstrike-2.txt", None);
    assert!(found * 2 > lines, "{found} of {lines}");
    fs::remove_dir_all(folder.parent().unwrap()).unwrap();
}
