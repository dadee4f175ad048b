//! The change feed through the API: who is told what, positions, waiting, streams, limits. On both engines.

use crate::harness::{ADMIN, Instance, on_each};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use sightline_db::{Access, change_feed};

/// `kind action record` of what a reader is told after a position, and the next position.
async fn told(instance: &Instance, key: &str, query: &str) -> (Vec<String>, String) {
    let path = format!("/changes/index?limit=1000&{query}");
    let (status, answer) = instance.call(key, Method::GET, &path, None).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    let said = |change: &Value| {
        let text = |field: &str| change[field].as_str().unwrap_or("-").to_owned();
        format!("{} {} {}", text("kind"), text("action"), text("record_id"))
    };
    let changes = answer["changes"].as_array().unwrap();
    (
        changes.iter().map(said).collect(),
        answer["next"].as_str().unwrap().to_owned(),
    )
}

async fn now(instance: &Instance, key: &str) -> String {
    let (changes, next) = told(instance, key, "").await;
    assert!(changes.is_empty());
    next
}

fn id(answer: &Value, kind: &str) -> String {
    answer[kind]["id"].as_str().unwrap().to_owned()
}

#[test]
fn readers_are_told_what_they_may_see_and_nothing_else() {
    on_each(&async |instance: &Instance| {
        let (one, two) = (instance.org("One").await, instance.org("Two").await);
        let owner = instance.person(&one, 4, "owner@x.example").await.key;
        let other = instance.person(&two, 4, "other@x.example").await.key;
        let (mine, theirs) = (now(instance, &owner).await, now(instance, &other).await);
        let admins = now(instance, ADMIN).await;

        let open = json!({"info": "open", "distribution": 3, "Attribute": [{"type": "domain", "value": "a.example"}]});
        let open = id(&instance.post(&owner, "/events/add", open).await, "Event");
        let hidden = json!({"info": "hidden", "distribution": 0});
        let hidden = id(&instance.post(&owner, "/events/add", hidden).await, "Event");
        let add = |value: &str, distribution: i64| json!({"type": "domain", "value": value, "distribution": distribution});
        let path = format!("/attributes/add/{open}");
        let shown = id(
            &instance.post(&owner, &path, add("b.example", 5)).await,
            "Attribute",
        );
        let secret = id(
            &instance.post(&owner, &path, add("c.example", 0)).await,
            "Attribute",
        );
        instance
            .post(&owner, &format!("/sightings/add/{shown}"), json!({}))
            .await;
        instance
            .post(&owner, &format!("/events/publish/{open}"), json!({}))
            .await;
        for attribute in [&shown, &secret] {
            let path = format!("/attributes/delete/{attribute}/1");
            instance.post(&owner, &path, json!({})).await;
        }
        for event in [&open, &hidden] {
            instance
                .post(&owner, &format!("/events/delete/{event}"), json!({}))
                .await;
        }
        // Everything that was in the events went with them; their deletions are told to those who could see them.
        let query = |after: &str| format!("after={after}&kind=event,attribute,object,sighting");
        let (told_owner, _) = told(instance, &owner, &query(&mine)).await;
        assert_eq!(
            told_owner,
            [format!("event delete {open}"), format!("event delete {hidden}")]
        );
        let (told_other, _) = told(instance, &other, &query(&theirs)).await;
        assert_eq!(told_other, [format!("event delete {open}")]);
        assert_eq!(told(instance, ADMIN, &query(&admins)).await.0, told_owner);
    });
}

#[test]
fn changes_inside_an_event_come_in_order_with_the_rights_of_now() {
    on_each(&async |instance: &Instance| {
        let (one, two) = (instance.org("One").await, instance.org("Two").await);
        let owner = instance.person(&one, 4, "owner@x.example").await.key;
        let other = instance.person(&two, 4, "other@x.example").await.key;
        let (mine, theirs) = (now(instance, &owner).await, now(instance, &other).await);
        let event = json!({"info": "open", "distribution": 3});
        let event = id(&instance.post(&owner, "/events/add", event).await, "Event");
        let path = format!("/attributes/add/{event}");
        let add = |value: &str, distribution: i64| json!({"type": "domain", "value": value, "distribution": distribution});
        let a = id(
            &instance.post(&owner, &path, add("a.example", 5)).await,
            "Attribute",
        );
        let b = id(
            &instance.post(&owner, &path, add("b.example", 0)).await,
            "Attribute",
        );
        let path = format!("/attributes/edit/{a}");
        instance.post(&owner, &path, json!({"comment": "changed"})).await;
        instance
            .post(ADMIN, "/tags/add", json!({"name": "tlp:red"}))
            .await;
        let admin_event = json!({"event": event, "tag": "tlp:red"});
        instance
            .post(ADMIN, &format!("/events/addTag/{event}/tlp:red"), admin_event)
            .await;
        instance
            .post(&owner, &format!("/sightings/add/{a}"), json!({}))
            .await;
        instance
            .post(&owner, &format!("/events/publish/{event}"), json!({}))
            .await;
        instance
            .post(&owner, &format!("/attributes/delete/{b}"), json!({}))
            .await;
        instance
            .post(&owner, &format!("/attributes/delete/{a}/1"), json!({}))
            .await;

        let (all, next) = told(instance, &owner, &format!("after={mine}&event={event}")).await;
        let of_event = |action: &str| format!("event {action} {event}");
        let of = |action: &str, id: &str| format!("attribute {action} {id}");
        assert_eq!(
            all,
            [
                of_event("create"),
                of_event("tag"),
                of_event("publish"),
                of("delete", &b),
                of("delete", &a)
            ],
            "what is gone is told as gone"
        );
        let (seen, _) = told(instance, &other, &format!("after={theirs}&event={event}")).await;
        assert_eq!(
            seen,
            [
                of_event("create"),
                of_event("tag"),
                of_event("publish"),
                of("delete", &a)
            ]
        );
        assert_eq!(told(instance, &owner, &format!("after={next}")).await.0, [""; 0]);
        // Taken back: nothing of it is told any more.
        instance
            .post(
                &owner,
                &format!("/events/edit/{event}"),
                json!({"distribution": 0}),
            )
            .await;
        let (seen, _) = told(instance, &other, &format!("after={theirs}&event={event}")).await;
        assert_eq!(seen, [""; 0]);
        let (tagged, _) = told(instance, &owner, &format!("after={mine}&action=tag")).await;
        assert_eq!(tagged, [of_event("tag")]);
    });
}

#[test]
fn tags_are_told_to_those_who_are_shown_them() {
    on_each(&async |instance: &Instance| {
        let (one, two) = (instance.org("One").await, instance.org("Two").await);
        let owner = instance.person(&one, 4, "owner@x.example").await;
        let other = instance.person(&two, 4, "other@x.example").await.key;
        let sync = instance.person(&two, 5, "sync@x.example").await.key;
        let mut starts = Vec::new();
        for key in [&owner.key, &other, &sync, &ADMIN.to_owned()] {
            starts.push((key.clone(), now(instance, key).await));
        }
        let event = json!({"info": "open", "distribution": 3});
        let event = id(&instance.post(&owner.key, "/events/add", event).await, "Event");
        let mut tags = Vec::new();
        for body in [
            json!({"name": "open"}),
            json!({"name": "theirs", "org_id": one}),
            json!({"name": "personal", "user_id": owner.id}),
            json!({"name": "unexported", "exportable": false}),
            json!({"name": "locally", "local_only": true}),
        ] {
            tags.push(id(&instance.post(ADMIN, "/tags/add", body).await, "Tag"));
        }
        for name in ["open", "theirs", "personal", "unexported"] {
            let path = format!("/events/addTag/{event}/{name}");
            instance.post(ADMIN, &path, json!({})).await;
        }
        let path = format!("/events/addTag/{event}/locally/local:1");
        instance.post(ADMIN, &path, json!({})).await;
        let path = format!("/events/removeTag/{event}/theirs");
        instance.post(ADMIN, &path, json!({})).await;

        let names = async |key: &str, start: &str, query: &str| {
            let path = format!("/changes/index?limit=1000&after={start}&{query}");
            let (_, answer) = instance.call(key, Method::GET, &path, None).await;
            let changes = answer["changes"].as_array().unwrap();
            let said = |change: &Value| {
                let text = |field: &str| change[field].as_str().unwrap_or("-").to_owned();
                format!("{} {}", text("action"), text("tag"))
            };
            changes.iter().map(said).collect::<Vec<_>>()
        };
        let all = [
            "tag open",
            "tag theirs",
            "tag personal",
            "tag unexported",
            "tag locally",
            "untag theirs",
        ];
        let expected = [
            all.iter()
                .copied()
                .filter(|one| *one != "tag unexported")
                .collect(),
            vec!["tag open", "tag locally"],
            vec!["tag open"],
            all.to_vec(),
        ];
        for ((key, start), expected) in starts.iter().zip(&expected) {
            let query = "kind=event&action=tag,untag";
            assert_eq!(&names(key, start, query).await, expected);
        }
        // The name of a tag that one is not shown finds nothing.
        let (key, start) = &starts[1];
        assert_eq!(names(key, start, "kind=event&tag=personal").await, [""; 0]);
        assert_eq!(
            names(key, start, "kind=event&action=create&tag=open").await,
            ["create -"]
        );

        // The tags themselves, and their end.
        for tag in &tags {
            instance
                .post(ADMIN, &format!("/tags/delete/{tag}"), json!({}))
                .await;
        }
        let (gone, _) = told(instance, key, &format!("after={start}&kind=tag")).await;
        let deleted = |at: usize| format!("tag delete {}", tags[at]);
        assert_eq!(gone, [deleted(0), deleted(3), deleted(4)]);
        let (key, start) = &starts[0];
        let (gone, _) = told(instance, key, &format!("after={start}&kind=tag")).await;
        assert_eq!(gone, (0..5).map(deleted).collect::<Vec<_>>());
    });
}

#[test]
fn a_change_of_many_attributes_tells_of_each_that_the_reader_sees() {
    on_each(&async |instance: &Instance| {
        let (one, two) = (instance.org("One").await, instance.org("Two").await);
        let owner = instance.person(&one, 4, "owner@x.example").await.key;
        let other = instance.person(&two, 4, "other@x.example").await.key;
        let attribute = |value: &str, distribution: i64| json!({"type": "domain", "value": value, "distribution": distribution});
        let event = json!({"info": "open", "distribution": 3,
            "Attribute": [attribute("a.example", 5), attribute("b.example", 0)]});
        let made = instance.post(&owner, "/events/add", event).await;
        let ids: Vec<&str> = made["Event"]["Attribute"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["id"].as_str().unwrap())
            .collect();
        let (mine, theirs) = (now(instance, &owner).await, now(instance, &other).await);
        let event = id(&made, "Event");
        let path = format!("/attributes/deleteSelected/{event}");
        instance.post(&owner, &path, json!({"id": ids})).await;
        let of = |id: &str| format!("attribute delete {id}");
        let (all, _) = told(instance, &owner, &format!("after={mine}&kind=attribute")).await;
        assert_eq!(all, [of(ids[0]), of(ids[1])]);
        let (seen, _) = told(instance, &other, &format!("after={theirs}&kind=attribute")).await;
        assert_eq!(seen, [of(ids[0])]);
    });
}

#[test]
fn positions_say_nothing_about_what_is_hidden() {
    on_each(&async |instance: &Instance| {
        let org = instance.org("Other").await;
        let reader = instance.person(&org, 6, "reader@x.example").await.key;
        let before = now(instance, &reader).await;
        let (_, again) = told(instance, &reader, &format!("after={before}")).await;
        assert_ne!(before, again, "a position is never given out twice");
        instance
            .post(ADMIN, "/events/add", json!({"info": "hidden", "distribution": 0}))
            .await;
        let (changes, after) = told(instance, &reader, &format!("after={before}")).await;
        assert!(changes.is_empty());
        assert_ne!(before, after);
        assert_eq!(before.len(), after.len());
        for forged in ["1", "x", "AAAA", before.get(1..).unwrap()] {
            let path = format!("/changes/index?after={forged}");
            let (status, answer) = instance.call(&reader, Method::GET, &path, None).await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{answer}");
            assert!(answer["message"].as_str().unwrap().starts_with("after:"));
        }
    });
}

#[test]
fn a_waiting_request_is_answered_by_the_change_that_it_waits_for() {
    on_each(&async |instance: &Instance| {
        let start = now(instance, ADMIN).await;
        let query = format!("after={start}&wait=25&kind=event");
        let (waited, made) = tokio::join!(
            told(instance, ADMIN, &query),
            instance.post(ADMIN, "/events/add", json!({"info": "an event"}))
        );
        assert_eq!(waited.0, [format!("event create {}", id(&made, "Event"))]);
    });
}

#[test]
fn a_forgotten_position_is_refused_with_a_reason() {
    on_each(&async |instance: &Instance| {
        let start = now(instance, ADMIN).await;
        instance
            .post(ADMIN, "/events/add", json!({"info": "an event"}))
            .await;
        instance
            .database()
            .run_blocking(Access::Write, |tx| change_feed::prune(tx, i64::MAX, 1_000))
            .unwrap();
        for path in ["/changes/index", "/changes/stream"] {
            let path = format!("{path}?after={start}");
            let (status, answer) = instance.call(ADMIN, Method::GET, &path, None).await;
            assert_eq!(status, StatusCode::GONE, "{answer}");
        }
        assert!(told(instance, ADMIN, "after=oldest").await.0.is_empty());
    });
}

#[test]
fn bad_filters_are_named() {
    on_each(&async |instance: &Instance| {
        for (query, field) in [
            ("kind=audit", "kind"),
            ("action=burn", "action"),
            ("event=x", "event"),
            ("wait=26", "wait"),
            ("limit=0", "limit"),
        ] {
            let path = format!("/changes/index?{query}");
            let (status, answer) = instance.call(ADMIN, Method::GET, &path, None).await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{query}");
            assert!(answer["message"].as_str().unwrap().starts_with(field), "{answer}");
        }
    });
}

#[test]
fn a_stream_tells_what_happens_and_ends_with_the_key() {
    on_each(&async |instance: &Instance| {
        let org = instance.org("Other").await;
        let reader = instance.person(&org, 4, "reader@x.example").await;
        let mut stream = instance.stream(&reader.key, "/changes/stream?kind=event").await;
        let begin = stream.chunk().await.unwrap();
        assert!(
            begin.starts_with("retry: ") && begin.contains("\nid: "),
            "{begin}"
        );
        let made = json!({"info": "an event", "distribution": 3});
        let made = id(&instance.post(ADMIN, "/events/add", made).await, "Event");
        let chunk = stream.chunk().await.unwrap();
        assert!(chunk.contains("event: event\ndata: {"), "{chunk}");
        assert!(chunk.contains(&format!("\"record_id\":\"{made}\"")), "{chunk}");
        let disable = json!({"disabled": true});
        let path = format!("/admin/users/edit/{}", reader.id);
        instance.post(ADMIN, &path, disable).await;
        let end = stream.chunk().await.unwrap();
        assert!(end.starts_with(": "), "{end}");
        assert_eq!(stream.chunk().await, None);
    });
}

#[test]
fn a_user_has_so_many_streams_and_no_more() {
    on_each(&async |instance: &Instance| {
        let mut open = Vec::new();
        for _ in 0..8 {
            let mut stream = instance.stream(ADMIN, "/changes/stream").await;
            stream.chunk().await.unwrap();
            open.push(stream);
        }
        let (status, answer) = instance.call(ADMIN, Method::GET, "/changes/stream", None).await;
        assert_eq!(status, StatusCode::TOO_MANY_REQUESTS, "{answer}");
    });
}
