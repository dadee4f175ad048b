//! The libraries as their repositories publish them: every file is read, and the lists match.
//!
//! The data lies outside the repository; without it these tests say so and pass.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::Path;

use sightline_knowledge::library::{
    ClusterFile, DecayingModelFile, FileKind, GalaxyFile, Kind, NoticelistFile, RelationshipFile,
    TaxonomyFile, TemplateFile, WarninglistFile, parse,
};
use sightline_knowledge::matching::{Builder, Subject};
use sightline_testkit::data_set;

/// Every file below a folder, with its path.
fn files(folder: &Path, found: &mut dyn FnMut(&str, Vec<u8>)) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found(path.to_str().unwrap(), fs::read(&path).unwrap());
        }
    }
}

#[test]
fn every_published_file_is_read() {
    let directory = tempfile::tempdir().unwrap();
    let mut counts: BTreeMap<FileKind, usize> = BTreeMap::new();
    let (mut clusters, mut relations, mut tags) = (0, 0, HashSet::new());
    for archive in [
        "misp-taxonomies",
        "misp-galaxy",
        "misp-objects",
        "misp-noticelist",
        "misp-decaying-models",
    ] {
        let name = format!("knowledge/{archive}");
        let Some(folder) = data_set(&name, "every_published_file_is_read", directory.path()) else {
            return;
        };
        files(&folder, &mut |path, content| {
            let Some(kind) = FileKind::of(path, &content) else {
                return;
            };
            *counts.entry(kind).or_default() += 1;
            let read = match kind {
                FileKind::Taxonomy => parse(&content).map(|file: TaxonomyFile| {
                    tags.extend(file.entries().into_iter().map(|entry| entry.tag));
                }),
                FileKind::Galaxy => parse::<GalaxyFile>(&content).map(drop),
                FileKind::Clusters => parse(&content).map(|file: ClusterFile| {
                    clusters += file.values.len();
                    relations += file
                        .values
                        .iter()
                        .map(|cluster| cluster.related.len())
                        .sum::<usize>();
                }),
                FileKind::ObjectTemplate => parse::<TemplateFile>(&content).map(drop),
                FileKind::Relationships => parse::<RelationshipFile>(&content).map(drop),
                FileKind::Warninglist => parse::<WarninglistFile>(&content).map(drop),
                FileKind::Noticelist => parse::<NoticelistFile>(&content).map(drop),
                FileKind::DecayingModel => parse::<DecayingModelFile>(&content).map(drop),
            };
            if let Err(error) = read {
                panic!("{path}: {error}");
            }
        });
    }
    let expected = [
        (FileKind::Taxonomy, 183),
        (FileKind::Galaxy, 131),
        (FileKind::Clusters, 131),
        (FileKind::ObjectTemplate, 424),
        (FileKind::Relationships, 1),
        (FileKind::Noticelist, 1),
        (FileKind::DecayingModel, 3),
    ];
    assert_eq!(counts, BTreeMap::from(expected));
    // Of 63,753 relations two name no cluster.
    assert_eq!((clusters, relations), (55_723, 63_751));
    assert!(tags.contains("tlp:red") && tags.len() > 12_000, "{}", tags.len());
}

#[test]
fn the_published_warninglists_know_what_they_list() {
    let directory = tempfile::tempdir().unwrap();
    let test = "the_published_warninglists_know_what_they_list";
    let Some(folder) = data_set("knowledge/misp-warninglists", test, directory.path()) else {
        return;
    };
    let mut builder = Builder::default();
    let mut names = Vec::new();
    let mut samples = Vec::new();
    files(&folder, &mut |path, content| {
        if FileKind::of(path, &content) != Some(FileKind::Warninglist) {
            return;
        }
        let file: WarninglistFile = parse(&content).unwrap_or_else(|error| panic!("{path}: {error}"));
        let types: Vec<&str> = file.matching_attributes.iter().map(String::as_str).collect();
        let list = builder.list(0, &types).unwrap();
        let mut refused = 0;
        for entry in &file.list.0 {
            refused += usize::from(builder.entry(list, file.kind, &entry.value).is_err());
        }
        assert_eq!(refused, 0, "{}", file.name);
        if file.kind != Kind::Regex {
            samples.extend(
                file.list
                    .0
                    .iter()
                    .step_by(97)
                    .map(|entry| (list, entry.value.clone())),
            );
        }
        names.push(file.name);
    });
    assert_eq!(names.len(), 136);
    let matcher = builder.build().unwrap();
    let all = matcher.lists().all();
    for (list, value) in &samples {
        let hits = matcher.hits(Subject::whole(value), &all);
        assert!(
            hits.iter().any(|hit| hit.list == *list),
            "{value} of {}",
            names[usize::from(*list)]
        );
    }
    let google = matcher.hits(Subject::whole("8.8.8.8"), &all);
    assert!(
        google
            .iter()
            .any(|hit| names[usize::from(hit.list)].contains("public DNS"))
    );
    assert!(!matcher.is_known(Subject::whole("qx7-no-such-host.invalid"), &all));
}
