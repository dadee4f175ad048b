//! Fetching a MISP feed.

use super::*;
use serde_json::{Value, json};

const A: &str = "5f1b2c3d-0000-4000-8000-00000000000a";
const B: &str = "5f1b2c3d-0000-4000-8000-00000000000b";
const C: &str = "5f1b2c3d-0000-4000-8000-00000000000c";

fn event(uuid: &str, timestamp: i64, values: &[&str]) -> Value {
    let attribute = |value: &&str| {
        let number = sightline_misp::fold::value_key(value).unsigned_abs();
        json!({
            "uuid": Uuid::from_u64_pair(number, u64::try_from(timestamp).unwrap()).to_string(),
            "type": "domain", "category": "Network activity", "value": value, "to_ids": true,
            "timestamp": timestamp.to_string(), "distribution": "5",
        })
    };
    json!({"Event": {
        "uuid": uuid, "info": format!("event {uuid}"), "date": "2026-01-02", "threat_level_id": "2",
        "analysis": "2", "timestamp": timestamp.to_string(), "published": true, "distribution": "3",
        "Orgc": {"name": "Example CERT", "uuid": "5f1b2c3d-0000-4000-8000-0000000000ce"},
        "Tag": [{"name": "tlp:clear", "colour": "#ffffff"}],
        "Attribute": values.iter().map(attribute).collect::<Vec<_>>(),
    }})
}

/// Writes the manifest of these events.
fn publish(server: &Server, list: &[(&str, i64)]) {
    let entries: serde_json::Map<String, Value> = list
        .iter()
        .map(|(uuid, timestamp)| {
            let entry = json!({"Orgc": {"name": "Example CERT"}, "Tag": [{"name": "tlp:clear"}],
                "info": "x", "timestamp": timestamp.to_string()});
            ((*uuid).to_owned(), entry)
        })
        .collect();
    server.put("manifest.json", &Value::Object(entries).to_string());
}

fn put(server: &Server, uuid: &str, timestamp: i64, values: &[&str]) {
    server.put(
        &format!("{uuid}.json"),
        &event(uuid, timestamp, values).to_string(),
    );
}

async fn subscribe(instance: &Instance, server: &Server, more: Value) -> FeedId {
    let mut body = json!({"name": "F", "provider": "P", "url": server.url, "source_format": "misp",
        "enabled": true, "distribution": "5"});
    body.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    instance.add(body).await
}

#[test]
fn fetched_events_get_the_tags_of_the_feeds_collection() {
    use crate::tag_collections;
    use crate::tags::TagKey;
    on_each(|instance| async move {
        let admin = &instance.admin;
        let bundle = serde_json::from_value(json!({"name": "triage"})).unwrap();
        let bundle = tag_collections::add(admin, bundle).await.unwrap().collection.id;
        let mut tags = Vec::new();
        for name in ["osint:source", "TLP:Clear", "single"] {
            let input = serde_json::from_value(json!({"name": name})).unwrap();
            tags.push(crate::tags::add(admin, input).await.unwrap().id);
        }
        let wanted = tags.iter().take(2).copied().map(TagKey::Id).collect();
        tag_collections::add_tags(admin, bundle, wanted).await.unwrap();
        let server = Server::new();
        publish(&server, &[(A, 100)]);
        put(&server, A, 100, &["a.example"]);
        let id = subscribe(&instance, &server, json!({"tag_id": tags[2]})).await;
        assert!(matches!(
            edit(admin, id, feed_in(json!({"tag_collection_id": 999}))).await,
            Err(AppError::Invalid(_))
        ));
        instance.edit(id, json!({"tag_collection_id": bundle.0})).await;
        let listed = view(admin, id).await.unwrap();
        assert_eq!(listed.feed.tag_collection_id, bundle);
        assert_eq!(listed.tag_collection.unwrap().tags.len(), 2);
        instance.fetch(id).await;
        let event = instance.event_by_uuid(A).await.unwrap().id;
        let names = move |_: &Ctx, tx: &mut Tx<'_>| {
            let tags = sightline_db::tags::of_events(tx, &[event.0])?;
            Ok(tags.into_iter().map(|(_, tag)| tag.tag.name).collect::<Vec<_>>())
        };
        // The collection in place of the single tag; what the event has in another case is not there twice.
        assert_eq!(admin.read(names).await.unwrap(), ["TLP:Clear", "osint:source"]);
        tag_collections::delete(admin, bundle).await.unwrap();
        assert_eq!(instance.feed(id).await.tag_collection_id.0, 0);
    });
}

#[test]
fn events_of_blocked_organisations_and_blocked_events_are_not_fetched() {
    use crate::blocklists::{self, Filter};
    use sightline_misp::records::Blocklist;
    on_each(|instance| async move {
        let admin = &instance.admin;
        let server = Server::new();
        publish(&server, &[(A, 100), (B, 100)]);
        put(&server, A, 100, &["a.example"]);
        put(&server, B, 100, &["b.example"]);
        let id = subscribe(&instance, &server, json!({})).await;
        let list = |uuid: &str| serde_json::from_value(json!({"uuids": uuid})).unwrap();
        blocklists::add(admin, Blocklist::Events, list(B)).await.unwrap();
        let creator = "5f1b2c3d-0000-4000-8000-0000000000ce";
        blocklists::add(admin, Blocklist::Organisations, list(creator))
            .await
            .unwrap();
        let job = instance.fetch(id).await;
        assert!(
            job.message.contains("Downloaded 0 new event(s)"),
            "{}",
            job.message
        );
        assert!(job.message.contains("1 event(s) were blocked"), "{}", job.message);
        assert!(instance.event_by_uuid(A).await.is_none());
        let counted = blocklists::index(admin, Blocklist::Organisations, Filter::default(), 1, 1).await;
        assert_eq!(counted.unwrap().0[0].refused, 1);
        // A manifest that names the creator spares the download.
        let entry = json!({"Orgc": {"name": "Example CERT", "uuid": creator}, "Tag": [], "info": "x", "timestamp": "200"});
        server.put("manifest.json", &json!({A: entry}).to_string());
        let job = instance.fetch(id).await;
        assert!(!job.message.contains("blocked"), "{}", job.message);
        let key = blocklists::EntryKey::parse(creator).unwrap();
        blocklists::delete(admin, Blocklist::Organisations, key)
            .await
            .unwrap();
        publish(&server, &[(A, 100), (B, 100)]);
        instance.fetch(id).await;
        assert!(instance.event_by_uuid(A).await.is_some());
        assert!(instance.event_by_uuid(B).await.is_none());
    });
}

#[test]
fn broken_events_are_named_and_skipped_and_come_later_when_they_are_whole() {
    on_each(|instance| async move {
        let server = Server::new();
        publish(&server, &[(A, 100), (B, 100), (C, 100)]);
        put(&server, A, 100, &["a.example", "b.example"]);
        server.put(&format!("{B}.json"), "{\"Event\": {\"info\": ");
        let id = subscribe(&instance, &server, json!({})).await;

        let job = instance.fetch(id).await;
        assert_eq!(job.state, State::Done, "{}", job.message);
        assert!(
            job.message.contains("Downloaded 1 new event(s)") && job.message.contains("2 event(s) could not")
        );
        let log = instance.log(job.id).await;
        assert!(
            log.iter()
                .any(|line| line.level == "error" && line.message.contains(B)),
            "{log:?}"
        );
        assert!(
            log.iter()
                .any(|line| line.level == "error" && line.message.contains(C)),
            "{log:?}"
        );
        let stored = instance.event_by_uuid(A).await.unwrap();
        assert!(stored.published && stored.publish_timestamp > 0 && !stored.locked);
        assert_eq!(
            (
                stored.attribute_count,
                stored.timestamp,
                stored.distribution.number()
            ),
            (2, 100, 3)
        );
        assert_ne!(
            stored.orgc_id, instance.admin.caller.org_id,
            "the creator is who the feed says"
        );

        put(&server, B, 100, &["c.example"]);
        put(&server, C, 100, &["d.example"]);
        server.forget();
        let job = instance.fetch(id).await;
        assert!(
            job.message.contains("Downloaded 2 new event(s). Updated 0"),
            "{}",
            job.message
        );
        assert_eq!(
            server.served(&format!("{A}.json")),
            0,
            "what is here is not downloaded again"
        );

        server.forget();
        let job = instance.fetch(id).await;
        assert_eq!(job.message, "The feed has not changed.");
        assert_eq!(
            server.served_in_all(),
            0,
            "the manifest was asked for with its etag"
        );
        assert_eq!(instance.feed(id).await.last_result, job.message);
        assert_eq!(instance.count("SELECT COUNT(*) FROM events").await, 3);
    });
}

#[test]
fn newer_copies_replace_older_ones_and_others_change_nothing() {
    on_each(|instance| async move {
        let server = Server::new();
        publish(&server, &[(A, 100), (B, 100)]);
        put(&server, A, 100, &["a.example"]);
        put(&server, B, 100, &["b.example"]);
        let id = subscribe(&instance, &server, json!({})).await;
        instance.fetch(id).await;

        publish(&server, &[(A, 200), (B, 50)]);
        put(&server, A, 200, &["a2.example"]);
        put(&server, B, 50, &["b2.example"]);
        let job = instance.fetch(id).await;
        assert!(
            job.message.contains("Downloaded 0 new event(s). Updated 1"),
            "{}",
            job.message
        );
        let (a, b) = (
            instance.event_by_uuid(A).await.unwrap(),
            instance.event_by_uuid(B).await.unwrap(),
        );
        assert_eq!(instance.values(a.id).await, ["a.example", "a2.example"]);
        assert_eq!((a.timestamp, a.published, a.attribute_count), (200, true, 2));
        assert_eq!(instance.values(b.id).await, ["b.example"]);

        // The manifest promises more than the file holds: nothing is done, and nothing is reported as an error.
        publish(&server, &[(A, 300)]);
        let job = instance.fetch(id).await;
        assert!(
            job.message
                .ends_with("Downloaded 0 new event(s). Updated 0 event(s)."),
            "{}",
            job.message
        );
        assert_eq!(instance.event_by_uuid(A).await.unwrap().timestamp, 200);
    });
}

#[test]
fn the_feeds_level_tag_and_rules_decide() {
    on_each(|instance| async move {
        let server = Server::new();
        publish(&server, &[(A, 100), (B, 100)]);
        put(&server, A, 100, &["a.example"]);
        let mut blocked = event(B, 100, &["b.example"]);
        blocked["Event"]["Tag"] = json!([{"name": "private:yes"}]);
        server.put(&format!("{B}.json"), &blocked.to_string());
        let tag: Vec<ImportIn> = serde_json::from_value(json!([{
            "Feed": {"name": "F", "provider": "P", "url": format!("{}/", server.url), "source_format": "misp",
                     "rules": {"tags": {"NOT": ["private"]}}},
            "Tag": {"name": "via:feed"}
        }]))
        .unwrap();
        import(&instance.admin, tag).await.unwrap();
        let id = FeedId(1);
        instance
            .edit(
                id,
                json!({"enabled": "1", "distribution": 1, "headers": "X-Key: 42"}),
            )
            .await;
        let job = instance.fetch(id).await;
        assert!(job.message.contains("1 event(s) were blocked"), "{}", job.message);
        assert!(
            server.last_headers().iter().any(|line| line == "x-key: 42"),
            "{:?}",
            server.last_headers()
        );
        assert!(instance.event_by_uuid(B).await.is_none());
        let stored = instance.event_by_uuid(A).await.unwrap();
        assert_eq!(stored.distribution.number(), 1);
        assert!(
            instance
                .attributes(stored.id)
                .await
                .iter()
                .all(|a| a.distribution.number() == 5)
        );
        let tags = instance
            .admin
            .read(move |_, tx| Ok(sightline_db::tags::of_events(tx, &[stored.id.0])?))
            .await
            .unwrap();
        let mut names: Vec<String> = tags.into_iter().map(|(_, attached)| attached.tag.name).collect();
        names.sort();
        assert_eq!(names, ["tlp:clear", "via:feed"]);
    });
}

#[test]
fn a_fetch_that_was_interrupted_goes_on_and_doubles_nothing() {
    on_each(|instance| async move {
        let server = Server::new();
        let uuids: Vec<String> = (0..60).map(|n| Uuid::from_u64_pair(1, n).to_string()).collect();
        let list: Vec<(&str, i64)> = uuids.iter().map(|uuid| (uuid.as_str(), 100)).collect();
        publish(&server, &list);
        for uuid in &uuids {
            put(&server, uuid, 100, &[&format!("{uuid}.example")]);
        }
        server.delay(Duration::from_millis(5));
        let id = subscribe(&instance, &server, json!({})).await;
        let job = request_fetch(&instance.admin, id).await.unwrap();
        // The worker stops while the job is running: the job is handed back.
        instance
            .work_until(job, |job| job.progress > 3 || !job.state.is_alive())
            .await;
        let half = instance.count("SELECT COUNT(*) FROM events").await;
        assert!((1..60).contains(&half), "{half} events before the interruption");
        assert_eq!(
            jobs::view(&instance.admin, job).await.unwrap().state,
            State::Queued
        );
        assert_eq!(
            request_fetch(&instance.admin, id).await.unwrap(),
            job,
            "one fetch of a feed at a time"
        );

        let ended = instance.work_until(job, |job| !job.state.is_alive()).await;
        assert_eq!(ended.state, State::Done, "{}", ended.message);
        assert_eq!(instance.count("SELECT COUNT(*) FROM events").await, 60);
        assert_eq!(instance.count("SELECT COUNT(*) FROM attributes").await, 60);

        let mut again = list.clone();
        again.push((A, 100));
        publish(&server, &again);
        put(&server, A, 100, &["a.example"]);
        let job = request_fetch(&instance.admin, id).await.unwrap();
        jobs::cancel(&instance.admin, job).await.unwrap();
        assert!(instance.fetch(id).await.message.contains("Downloaded 1 new"));
    });
}

#[test]
fn a_directory_of_this_machine_is_a_feed_too_and_may_be_emptied() {
    on_each(|instance| async move {
        let server = Server::over(&instance.directory.join("local"));
        publish(&server, &[(A, 100), (B, 100)]);
        put(&server, A, 100, &["a.example"]);
        put(&server, B, 100, &["b.example"]);
        let id = instance
            .add(json!({"name": "L", "provider": "P", "url": server.root.display().to_string(),
                "source_format": "misp", "input_source": "local", "enabled": true, "delete_local_file": true}))
            .await;
        let job = instance.fetch(id).await;
        assert!(job.message.contains("Downloaded 2 new"), "{}", job.message);
        assert!(!server.root.join(format!("{A}.json")).exists());
        assert!(server.root.join("manifest.json").exists());
        let job = instance.fetch(id).await;
        assert!(
            job.message
                .ends_with("Downloaded 0 new event(s). Updated 0 event(s)."),
            "{}",
            job.message
        );
    });
}

#[test]
fn disabled_and_broken_feeds_say_so() {
    on_each(|instance| async move {
        let server = Server::new();
        let id = subscribe(&instance, &server, json!({"enabled": false})).await;
        let refusal = request_fetch(&instance.admin, id).await.unwrap_err();
        assert_eq!(
            refusal.to_string(),
            "Feed is currently not enabled. Make sure you enable it."
        );
        set_enabled(&instance.admin, id, true).await.unwrap();
        assert!(matches!(
            set_enabled(&instance.admin, FeedId(99), true).await,
            Err(AppError::NotAllowed(_))
        ));

        let job = instance.fetch(id).await;
        assert_eq!(job.state, State::Failed, "there is no manifest: {}", job.message);
        server.put("manifest.json", "<html>");
        let job = instance.fetch(id).await;
        assert_eq!(job.state, State::Failed);
        assert!(
            instance
                .feed(id)
                .await
                .last_result
                .contains("manifest.json cannot be read")
        );
    });
}

#[test]
fn previews_show_a_page_and_store_nothing() {
    on_each(|instance| async move {
        let server = Server::new();
        publish(&server, &[(A, 100), (B, 200), (C, 300)]);
        put(&server, A, 100, &["a.example"]);
        let rules = json!({"rules": {"url_params": "{\"timestamp\": \"150\"}"}, "distribution": "1"});
        let id = subscribe(&instance, &server, rules).await;
        let (entries, total) = preview_manifest(&instance.admin, id, None, 2, 1).await.unwrap();
        assert_eq!((entries[0].uuid.as_str(), entries.len(), total), (C, 1, 2));
        let (entries, _) = preview_manifest(&instance.admin, id, Some("0000000B".into()), 1, 10)
            .await
            .unwrap();
        assert_eq!(entries[0].uuid, B);
        assert!(preview_values(&instance.admin, id, 1, 1).await.is_err());

        let a = Uuid::try_parse(A).unwrap();
        assert_eq!(
            preview_event(&instance.admin, id, a).await.unwrap(),
            None,
            "too old for the rules"
        );
        instance.edit(id, json!({"rules": "{}"})).await;
        let shown = preview_event(&instance.admin, id, a).await.unwrap().unwrap();
        assert_eq!(shown["Event"]["distribution"], "1");
        assert_eq!(shown["Event"]["Attribute"][0]["distribution"], "5");
        assert_eq!(instance.count("SELECT COUNT(*) FROM events").await, 0);

        assert_eq!(
            import_event(&instance.admin, id, a).await.unwrap(),
            Imported::Added
        );
        assert_eq!(
            import_event(&instance.admin, id, a).await.unwrap(),
            Imported::Unchanged
        );
        server.remove(&format!("{A}.json"));
        assert!(matches!(
            import_event(&instance.admin, id, a).await,
            Err(AppError::Upstream(_))
        ));
    });
}
