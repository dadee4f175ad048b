//! This instance as a feed, read by another one.

use super::*;
use crate::events as app_events;
use crate::feeds::export::{Audience, Chunks, EventFile, Hashes, Manifest};
use serde_json::{Value, json};
use sightline_misp::input::EventIn;

async fn written(ctx: &Ctx, mut document: impl Chunks) -> String {
    let bytes = ctx
        .read(move |ctx, tx| {
            let (mut all, mut more) = (Vec::new(), true);
            while more {
                let mut chunk = Vec::new();
                more = document.next(ctx, tx, &mut chunk)?;
                all.extend(chunk);
            }
            Ok(all)
        })
        .await;
    String::from_utf8(bytes.unwrap()).unwrap()
}

async fn add_event(instance: &Instance, info: &str, distribution: i64, published: bool) -> Event {
    let body: EventIn = serde_json::from_value(json!({
        "info": info, "distribution": distribution, "published": published,
        "Tag": [{"name": "tlp:clear"}, {"name": "only:here", "local": true}],
        "Attribute": [
            {"type": "domain", "value": format!("{info}.example.com"), "Tag": [{"name": "c2"}]},
            {"type": "ip-dst", "value": "203.0.113.1", "distribution": 0},
            {"type": "filename|md5", "value": "a.exe|d41d8cd98f00b204e9800998ecf8427e",
             "first_seen": "2026-01-01T00:00:00.000000+00:00"},
            {"type": "domain", "value": "gone.example.com", "deleted": true},
        ],
        "Object": [{
            "name": "file", "uuid": Uuid::new_v4(), "meta-category": "file", "template_version": "1",
            "template_uuid": "688c46fb-5edb-40a3-8273-1af7923e2215", "description": "d",
            "Attribute": [{"type": "filename", "object_relation": "filename", "value": "b.exe"}],
        }],
        "EventReport": [{"name": "r", "content": "# text"}],
    }))
    .unwrap();
    app_events::add(&instance.admin, body).await.unwrap().event
}

#[test]
fn what_is_published_and_may_leave_is_written_without_ids() {
    on_each(|instance| async move {
        let open = add_event(&instance, "open", 3, true).await;
        let own = add_event(&instance, "own", 0, true).await;
        add_event(&instance, "draft", 3, false).await;
        let admin = &instance.admin;
        let names = |manifest: &str| {
            let manifest: serde_json::Map<String, Value> = serde_json::from_str(manifest).unwrap();
            let mut names: Vec<String> = manifest
                .values()
                .map(|entry| entry["info"].as_str().unwrap().to_owned())
                .collect();
            names.sort();
            names
        };
        assert_eq!(
            names(&written(admin, Manifest::new(Audience::Caller)).await),
            ["open", "own"]
        );
        assert_eq!(
            names(&written(admin, Manifest::new(Audience::Anybody)).await),
            ["open"]
        );
        let stranger = instance.stranger();
        assert_eq!(
            names(&written(&stranger, Manifest::new(Audience::Caller)).await),
            ["open"]
        );
        let file = async |ctx: &Ctx, uuid: Uuid, audience: Audience| {
            ctx.read(move |ctx, tx| EventFile::open(ctx, tx, uuid, audience))
                .await
        };
        assert!(file(admin, own.uuid, Audience::Anybody).await.is_err());
        assert!(file(&stranger, own.uuid, Audience::Caller).await.is_err());

        let document = written(admin, file(admin, open.uuid, Audience::Anybody).await.unwrap()).await;
        let document: Value = serde_json::from_str(&document).unwrap();
        let event = &document["Event"];
        let values: Vec<&str> = event["Attribute"]
            .as_array()
            .unwrap()
            .iter()
            .map(|a| a["value"].as_str().unwrap())
            .collect();
        assert_eq!(
            values,
            ["open.example.com", "a.exe|d41d8cd98f00b204e9800998ecf8427e"],
            "live and not private"
        );
        assert_eq!(
            event["Tag"],
            json!([{"name": "tlp:clear", "colour": event["Tag"][0]["colour"], "local": false,
            "relationship_type": null}])
        );
        assert_eq!(event["Object"][0]["Attribute"][0]["object_relation"], "filename");
        assert_eq!(event["EventReport"][0]["content"], "# text");
        for name in [
            "id",
            "org_id",
            "orgc_id",
            "event_id",
            "sharing_group_id",
            "user_id",
        ] {
            assert!(!document.to_string().contains(&format!("\"{name}\":")), "{name}");
        }
        let hashes = written(admin, Hashes::new(Audience::Anybody)).await;
        let of = |value: &str| {
            format!(
                "{},{}",
                sightline_formats::hashes::md5_hex(value.as_bytes()),
                open.uuid
            )
        };
        let mut lines: Vec<&str> = hashes.lines().collect();
        lines.sort_unstable();
        let mut expected = [
            "open.example.com",
            "a.exe",
            "d41d8cd98f00b204e9800998ecf8427e",
            "b.exe",
        ]
        .map(of);
        expected.sort();
        assert_eq!(lines, expected);
    });
}

#[test]
fn an_empty_feed_is_still_a_feed() {
    on_each(|instance| async move {
        assert_eq!(
            written(&instance.admin, Manifest::new(Audience::Caller)).await,
            "{}"
        );
        assert_eq!(written(&instance.admin, Hashes::new(Audience::Caller)).await, "");
    });
}

#[test]
fn a_second_instance_reads_what_the_first_one_wrote() {
    for (first, second) in databases().into_iter().zip(databases()) {
        let (first, second) = (Instance::on(&first), Instance::on(&second));
        block_on(async {
            let event = add_event(&first, "shared", 3, true).await;
            let directory = first.directory.join("feed");
            assert_eq!(export::to_directory(&first.admin, &directory).await.unwrap(), 1);
            let server = Server::over(&directory);
            let id = second
                .add(
                    json!({"name": "F", "provider": "P", "url": server.url, "source_format": "misp",
                    "enabled": true, "distribution": "5"}),
                )
                .await;
            let job = second.fetch(id).await;
            assert!(
                job.message
                    .ends_with("Downloaded 1 new event(s). Updated 0 event(s)."),
                "{}",
                job.message
            );
            let copy = second.event_by_uuid(&event.uuid.to_string()).await.unwrap();
            assert_eq!(
                (copy.info, copy.timestamp, copy.published),
                (event.info, event.timestamp, true)
            );
            assert_eq!(copy.attribute_count, 3, "two outside, one inside the object");
            assert_eq!(second.count("SELECT COUNT(*) FROM objects").await, 1);
            assert_eq!(second.count("SELECT COUNT(*) FROM event_reports").await, 1);
            assert_eq!(second.count("SELECT COUNT(*) FROM attribute_tags").await, 1);
            let seen = "SELECT COUNT(*) FROM attributes WHERE first_seen IS NOT NULL AND value2 <> ''";
            assert_eq!(second.count(seen).await, 1);
        });
    }
}
