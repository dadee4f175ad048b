//! A feed of real events, complete; then a later publication of two of them.

use super::*;
use serde_json::{Value, json};
use sightline_testkit::data_set;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;

/// What an event holds, without what is deleted.
#[derive(Debug, Default, PartialEq, Eq)]
struct Counts {
    outside: i64,
    inside: i64,
    objects: i64,
    references: i64,
    reports: i64,
}

fn live(list: &Value) -> impl Iterator<Item = &Value> {
    let deleted = |item: &&Value| !matches!(item["deleted"], Value::Bool(true));
    list.as_array().into_iter().flatten().filter(deleted)
}

fn in_file(directory: &Path, uuid: &str) -> Counts {
    let text = std::fs::read_to_string(directory.join(format!("{uuid}.json"))).unwrap();
    let event = serde_json::from_str::<Value>(&text).unwrap()["Event"].take();
    let number = |count: usize| i64::try_from(count).unwrap();
    let of_objects = |list: &str| {
        live(&event["Object"])
            .map(|object| live(&object[list]).count())
            .sum::<usize>()
    };
    Counts {
        outside: number(live(&event["Attribute"]).count()),
        inside: number(of_objects("Attribute")),
        objects: number(live(&event["Object"]).count()),
        references: number(of_objects("ObjectReference")),
        reports: number(live(&event["EventReport"]).count()),
    }
}

async fn stored(instance: &Instance) -> BTreeMap<String, Counts> {
    let of = |table: &str, condition: &str| {
        format!("(SELECT COUNT(*) FROM {table} x WHERE x.event_id = e.id {condition})")
    };
    let sql = format!(
        "SELECT e.uuid, e.attribute_count, {}, {}, {}, {}, {} FROM events e",
        of("attributes", "AND NOT x.deleted AND x.object_id = 0"),
        of("attributes", "AND NOT x.deleted AND x.object_id <> 0"),
        of("objects", "AND NOT x.deleted"),
        of("object_references", "AND NOT x.deleted"),
        of("event_reports", "AND NOT x.deleted")
    );
    let rows = instance.admin.read(move |_, tx| {
        Ok(tx.all(&sql, &[], |row| {
            let counts = Counts {
                outside: row.int(2)?,
                inside: row.int(3)?,
                objects: row.int(4)?,
                references: row.int(5)?,
                reports: row.int(6)?,
            };
            assert_eq!(
                row.int(1)?,
                counts.outside + counts.inside,
                "attribute_count of {}",
                row.uuid(0)?
            );
            Ok((row.uuid(0)?.to_string(), counts))
        })?)
    });
    rows.await.unwrap().into_iter().collect()
}

/// Everything in the files is stored, or the log says why not: repeated values and uuids, and the few values that the
/// types' rules refuse.
fn assert_complete(directory: &Path, stored: &BTreeMap<String, Counts>, log: &[LogLine]) {
    let manifest = std::fs::read_to_string(directory.join("manifest.json")).unwrap();
    let manifest: serde_json::Map<String, Value> = serde_json::from_str(&manifest).unwrap();
    assert_eq!(stored.len(), manifest.len());
    assert!(log.len() < 100, "{} lines", log.len());
    for uuid in manifest.keys() {
        let (file, stored) = (in_file(directory, uuid), &stored[uuid]);
        let notes = |about: &str| {
            let start = format!("Event {uuid}: {about} ");
            i64::try_from(log.iter().filter(|line| line.message.starts_with(&start)).count()).unwrap()
        };
        assert_eq!(
            file.objects - stored.objects,
            notes("object"),
            "objects of {uuid}"
        );
        if notes("object") == 0 {
            let missing = file.outside + file.inside - stored.outside - stored.inside;
            assert_eq!(missing, notes("attribute"), "attributes of {uuid}");
            assert_eq!(file.references, stored.references, "references of {uuid}");
        }
        assert_eq!(file.reports, stored.reports, "reports of {uuid}");
    }
}

/// When each event, and everything in it, was last changed.
async fn timestamps(instance: &Instance) -> HashMap<Uuid, (i64, i64, i64)> {
    let sql = "SELECT e.uuid, e.timestamp, e.publish_timestamp, (SELECT CAST(SUM(a.timestamp % 1000000) AS BIGINT) \
         FROM attributes a WHERE a.event_id = e.id) FROM events e";
    let rows = instance.admin.read(move |_, tx| {
        Ok(tx.all(sql, &[], |row| {
            Ok((
                row.uuid(0)?,
                (row.int(1)?, row.int(2)?, row.opt_int(3)?.unwrap_or_default()),
            ))
        })?)
    });
    rows.await.unwrap().into_iter().collect()
}

#[test]
fn a_real_feed_comes_in_complete_once() {
    for database in databases() {
        let engine = database.engine();
        let unpacked = tempfile::tempdir().unwrap();
        let name = "feeds::real::a_real_feed_comes_in_complete_once";
        let Some(directory) = data_set("feed-misp", name, unpacked.path()) else {
            return;
        };
        let update = data_set("feed-misp-update", name, unpacked.path()).unwrap();
        let instance = Instance::on(&database);
        let server = Server::over(&directory);
        block_on(async {
            let id = instance
                .add(
                    json!({"name": "F", "provider": "P", "url": server.url, "source_format": "misp",
                    "enabled": true, "distribution": "5"}),
                )
                .await;
            let job = instance.fetch(id).await;
            assert!(
                job.message
                    .ends_with("Downloaded 404 new event(s). Updated 0 event(s)."),
                "{engine}: {}",
                job.message
            );
            assert_complete(&directory, &stored(&instance).await, &instance.log(job.id).await);

            let before = timestamps(&instance).await;
            assert_eq!(instance.fetch(id).await.message, "The feed has not changed.");
            instance.edit(id, json!({"name": "forget the etag"})).await;
            let job = instance.fetch(id).await;
            assert!(
                job.message
                    .ends_with("Downloaded 0 new event(s). Updated 0 event(s)."),
                "{}",
                job.message
            );
            assert_eq!(timestamps(&instance).await, before);

            for file in std::fs::read_dir(&update).unwrap().flatten() {
                std::fs::copy(file.path(), directory.join(file.file_name())).unwrap();
            }
            let job = instance.fetch(id).await;
            assert!(
                job.message
                    .ends_with("Downloaded 0 new event(s). Updated 2 event(s)."),
                "{}",
                job.message
            );
            let after = timestamps(&instance).await;
            let changed: Vec<&Uuid> = before
                .keys()
                .filter(|uuid| before[*uuid] != after[*uuid])
                .collect();
            assert_eq!(changed.len(), 2, "{changed:?}");
        });
    }
}
