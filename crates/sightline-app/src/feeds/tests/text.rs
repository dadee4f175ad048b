//! Fetching text and CSV feeds.

use super::*;
use serde_json::{Value, json};

async fn subscribe(instance: &Instance, server: &Server, more: Value) -> FeedId {
    let mut body =
        json!({"name": "T", "provider": "P", "url": format!("{}/list.txt", server.url), "enabled": true});
    body.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    instance.add(body).await
}

#[test]
fn a_fixed_event_follows_the_feed() {
    on_each(|instance| async move {
        let server = Server::new();
        server.put(
            "list.txt",
            "# comment\n203.0.113.1\n203.0.113.2\nevil.example.com\nEVIL.example.com\n203.0.113.1\n",
        );
        let id = subscribe(
            &instance,
            &server,
            json!({"delta_merge": true, "publish": true, "override_ids": true}),
        )
        .await;
        let job = instance.fetch(id).await;
        assert_eq!(job.state, State::Done, "{}", job.message);
        let event = instance.feed(id).await.event_id;
        assert_eq!(
            instance.values(event).await,
            ["203.0.113.1", "203.0.113.2", "evil.example.com"]
        );
        let stored = instance.event(event).await;
        assert_eq!(
            (stored.info.as_str(), stored.attribute_count, stored.published),
            ("T feed", 3, true)
        );
        assert_eq!((stored.analysis.number(), stored.threat_level.number()), (2, 4));
        assert!(
            instance
                .attributes(event)
                .await
                .iter()
                .all(|a| !a.to_ids && a.distribution.number() == 5)
        );

        server.forget();
        assert_eq!(instance.fetch(id).await.message, "The feed has not changed.");
        assert_eq!(server.served_in_all(), 0);

        server.put("list.txt", "203.0.113.2\n203.0.113.3\n");
        let job = instance.fetch(id).await;
        assert!(
            job.message.contains("2 value(s) in the feed, 1 new")
                && job.message.contains("2 value(s) are no longer")
        );
        assert_eq!(instance.feed(id).await.event_id, event);
        assert_eq!(instance.values(event).await, ["203.0.113.2", "203.0.113.3"]);
        let after = instance.event(event).await;
        assert_eq!((after.attribute_count, after.published), (2, true));
        assert_eq!(
            instance
                .attributes(event)
                .await
                .iter()
                .filter(|a| a.deleted)
                .count(),
            2
        );

        // A server in trouble must not empty the event.
        server.put("list.txt", "\n");
        instance.fetch(id).await;
        assert_eq!(instance.values(event).await, ["203.0.113.2", "203.0.113.3"]);
    });
}

#[test]
fn columns_patterns_and_switches_of_a_csv_feed() {
    on_each(|instance| async move {
        let server = Server::new();
        server.put(
            "list.txt",
            "#a;b\n203.0.113.1;one.example.com\n203.0.113.2;two.example.com\n",
        );
        let settings = json!({"csv": {"value": "2", "delimiter": ";"}, "common": {"excluderegex": "/^one/"},
            "disable_correlation": "1"});
        let id = subscribe(
            &instance,
            &server,
            json!({"source_format": "csv", "settings": settings, "fixed_event": false, "distribution": "5"}),
        )
        .await;
        let (found, total) = preview_values(&instance.admin, id, 1, 10).await.unwrap();
        assert_eq!(
            (found[0].value.as_str(), found[0].default_type, total),
            ("two.example.com", "hostname", 1)
        );
        instance.fetch(id).await;
        let event = EventId(instance.count("SELECT MAX(id) FROM events").await);
        let stored = instance.attributes(event).await;
        assert_eq!((stored.len(), stored[0].value().as_ref()), (1, "two.example.com"));
        assert!(stored[0].disable_correlation);
        assert!(
            !instance.event(event).await.published,
            "publishing was not asked for"
        );
        assert_eq!(
            instance.event(event).await.distribution.number(),
            0,
            "there is nothing to inherit from"
        );
        assert_eq!(instance.feed(id).await.event_id.0, 0);

        server.put("list.txt", "203.0.113.9;three.example.com\n");
        instance.fetch(id).await;
        assert_eq!(
            instance.count("SELECT COUNT(*) FROM events").await,
            2,
            "each fetch has an event of its own"
        );
    });
}

#[test]
fn an_interrupted_fetch_goes_on_in_the_same_event() {
    on_each(|instance| async move {
        let server = Server::new();
        let lines: String = (0..20_000).map(|n| format!("host{n}.example.com\n")).collect();
        server.put("list.txt", &lines);
        let id = subscribe(&instance, &server, json!({"fixed_event": false})).await;
        let job = request_fetch(&instance.admin, id).await.unwrap();
        instance
            .work_until(job, |job| job.progress > 0 || !job.state.is_alive())
            .await;
        let half = instance.count("SELECT COUNT(*) FROM attributes").await;
        assert!((1..20_000).contains(&half), "{half} before the interruption");
        let ended = instance.work_until(job, |job| !job.state.is_alive()).await;
        assert_eq!(ended.state, State::Done, "{}", ended.message);
        assert_eq!(instance.count("SELECT COUNT(*) FROM events").await, 1);
        assert_eq!(instance.count("SELECT COUNT(*) FROM attributes").await, 20_000);
        assert_eq!(
            instance
                .count("SELECT COUNT(DISTINCT value1) FROM attributes")
                .await,
            20_000
        );
        assert_eq!(instance.count("SELECT attribute_count FROM events").await, 20_000);
    });
}

#[test]
fn a_chosen_event_and_creator_are_used() {
    on_each(|instance| async move {
        let server = Server::new();
        server.put("list.txt", "one.example.com");
        let org = instance.admin.caller.org_id;
        let id = subscribe(&instance, &server, json!({"orgc_id": org.0})).await;
        instance.fetch(id).await;
        let event = instance.feed(id).await.event_id;
        assert_eq!(instance.event(event).await.orgc_id, org);

        server.put("list.txt", "two.example.com");
        let other = subscribe(&instance, &server, json!({"target_event": event.0})).await;
        instance.fetch(other).await;
        assert_eq!(
            instance.values(event).await,
            ["one.example.com", "two.example.com"]
        );
        // A deleted event is made anew, although the list has not changed.
        crate::events::delete(&instance.admin, crate::events::EventKey::Id(event))
            .await
            .unwrap();
        instance.fetch(other).await;
        let anew = instance.feed(other).await.event_id;
        assert_ne!(anew, event);
        assert_eq!(instance.values(anew).await, ["two.example.com"]);
    });
}
