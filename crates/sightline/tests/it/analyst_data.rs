//! Notes, opinions and relationships against rights: who sees one, who changes one, and what they must not give away
//! of what they hang on. On both engines.

use crate::harness::{ADMIN, Instance};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

const NOWHERE: &str = "2b6c6ff0-57f6-4f5a-9b40-000000000001";

fn on_each(test: impl AsyncFn(&World<'_>)) {
    for database in sightline_testkit::databases() {
        let instance = Instance::start(database);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async { test(&World::new(&instance).await).await });
    }
}

struct World<'a> {
    instance: &'a Instance,
    owner: String,
    read_only: String,
    reader: String,
    outsider: String,
    sync: String,
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

impl<'a> World<'a> {
    async fn new(instance: &'a Instance) -> Self {
        let (ours, theirs) = (instance.org("Ours").await, instance.org("Theirs").await);
        let owner = instance.person(&ours, 4, "owner@ours.example").await;
        Self {
            instance,
            read_only: instance.key(&owner.id, json!({"read_only": true})).await,
            owner: owner.key,
            reader: instance.person(&ours, 6, "reader@ours.example").await.key,
            outsider: instance.person(&theirs, 4, "outsider@theirs.example").await.key,
            sync: instance.person(&theirs, 5, "sync@theirs.example").await.key,
        }
    }

    /// An event with an attribute; both uuids.
    async fn event(&self, distribution: i64) -> (String, String) {
        let attribute = json!({"type": "domain", "value": "a.example.com"});
        let body = json!({"info": "an event", "distribution": distribution, "Attribute": [attribute]});
        let event = self.instance.post(&self.owner, "/events/add", body).await;
        (text(&event["Event"]["uuid"]), text(&event["Event"]["Attribute"][0]["uuid"]))
    }

    async fn get(&self, key: &str, path: &str) -> (StatusCode, Value) {
        self.instance.call(key, Method::GET, path, None).await
    }

    async fn send(&self, key: &str, path: &str, body: Value) -> (StatusCode, Value) {
        self.instance.call(key, Method::POST, path, Some(body)).await
    }

    async fn note(&self, key: &str, on: &str, kind: &str, body: Value) -> Value {
        let path = format!("/analyst_data/add/Note/{on}/{kind}");
        self.instance.post(key, &path, body).await["Note"].clone()
    }

    /// The notes that an index shows.
    async fn listed(&self, key: &str) -> Vec<String> {
        let (status, list) = self.get(key, "/analyst_data/index/Note").await;
        assert_eq!(status, StatusCode::OK, "{list}");
        let list = list.as_array().unwrap();
        list.iter().map(|row| text(&row["Note"]["note"])).collect()
    }
}

#[test]
fn a_note_is_seen_where_it_and_all_that_it_hangs_on_are() {
    on_each(async |world| {
        let (open, attribute) = world.event(3).await;
        let (hidden, hidden_attribute) = world.event(0).await;
        let owner = &world.owner;
        let shared = json!({"note": "open", "distribution": 3});
        let on_open = world.note(owner, &open, "Event", shared).await;
        world.note(owner, &attribute, "Attribute", json!({"note": "attribute", "distribution": 5})).await;
        let private = world.note(owner, &open, "Event", json!({"note": "private", "distribution": 0})).await;
        // A reply to something that an outsider does not see is not seen either, however open it is.
        world.note(owner, &text(&private["uuid"]), "Note", json!({"note": "reply to private", "distribution": 3})).await;
        let reply = json!({"note": "reply to open", "distribution": 3});
        let reply = world.note(owner, &text(&on_open["uuid"]), "Note", reply).await;
        world.note(owner, &text(&reply["uuid"]), "Note", json!({"note": "reply to reply", "distribution": 1})).await;
        world.note(owner, &hidden, "Event", json!({"note": "hidden", "distribution": 3})).await;
        world.note(owner, &hidden_attribute, "Attribute", json!({"note": "hidden attribute", "distribution": 3})).await;
        world.note(owner, NOWHERE, "Event", json!({"note": "nowhere", "distribution": 3})).await;
        let all = [
            "open", "attribute", "private", "reply to private", "reply to open", "reply to reply", "hidden", "hidden attribute",
            "nowhere",
        ];
        assert_eq!(world.listed(owner).await, all);
        assert_eq!(world.listed(ADMIN).await, all);
        let seen = ["open", "attribute", "reply to open", "reply to reply"];
        assert_eq!(world.listed(&world.outsider).await, seen);
        for id in 1..=all.len() {
            let (status, answer) = world.get(&world.outsider, &format!("/analyst_data/view/all/{id}")).await;
            let shown = answer["Note"]["note"].as_str().map(str::to_owned);
            match shown {
                Some(note) => assert!(seen.contains(&note.as_str()), "{note}"),
                None => assert_eq!((status, &answer["message"]), (StatusCode::NOT_FOUND, &json!("Invalid analyst data."))),
            }
        }
        let (_, minimal) = world.send(&world.outsider, "/analyst_data/indexMinimal", json!({"orgc_name": []})).await;
        assert_eq!(minimal["Note"].as_object().unwrap().len(), seen.len());
        // In the event, as a thread.
        let (_, event) = world.get(&world.outsider, &format!("/events/view/{open}")).await;
        let notes = event["Event"]["Note"].as_array().unwrap();
        assert_eq!(notes.len(), 1, "{notes:?}");
        assert_eq!(notes[0]["Note"][0]["Note"][0]["note"], "reply to reply");
        assert_eq!(event["Event"]["Attribute"][0]["Note"][0]["note"], "attribute");
        assert_eq!(notes[0]["_canEdit"], false);
        let (_, without) = world.get(&world.outsider, &format!("/events/view/{open}/includeAnalystData:0")).await;
        assert!(without["Event"].get("Note").is_none());
    });
}

#[test]
fn writing_tells_nothing_of_what_is_hidden() {
    on_each(async |world| {
        let (hidden, _) = world.event(0).await;
        let mut answers = Vec::new();
        for on in [hidden.as_str(), NOWHERE] {
            let path = format!("/analyst_data/add/Note/{on}/Event");
            let (status, mut answer) = world.send(&world.outsider, &path, json!({"note": "guess", "distribution": 3})).await;
            assert_eq!(status, StatusCode::OK, "{answer}");
            for varies in ["id", "uuid", "object_uuid"] {
                answer["Note"][varies] = Value::Null;
            }
            answers.push(answer);
            // Without the type, the uuid of something hidden is no uuid of anything.
            let (status, answer) = world.send(&world.outsider, &format!("/analyst_data/add/Note/{on}"), json!({"note": "x"})).await;
            assert_eq!((status, &answer["message"]), (StatusCode::METHOD_NOT_ALLOWED, &json!("Invalid object type.")));
            let body = json!({"related_object_uuid": on, "related_object_type": "Event", "relationship_type": "r", "distribution": 3});
            let (open, _) = world.event(3).await;
            let path = format!("/analyst_data/add/Relationship/{open}/Event");
            let (_, made) = world.send(&world.outsider, &path, body).await;
            assert_eq!(made["Relationship"]["related_object"], json!({}), "{made}");
            let (_, related) = world
                .get(&world.outsider, &format!("/analyst_data/getRelatedElement/Relationship/{}", text(&made["Relationship"]["uuid"])))
                .await;
            assert_eq!(related, json!({}));
        }
        assert_eq!(answers[0], answers[1]);
        // The owner of the hidden event is not shown what strangers hang on it without a reason... but it is theirs to see.
        assert_eq!(world.listed(&world.owner).await, ["guess"], "on their own event, not on nothing");
    });
}

#[test]
fn only_its_organisation_changes_it() {
    on_each(async |world| {
        let (open, _) = world.event(3).await;
        let note = world.note(&world.owner, &open, "Event", json!({"note": "mine", "distribution": 3})).await;
        let uuid = text(&note["uuid"]);
        let (edit, delete) = (format!("/analyst_data/edit/Note/{uuid}"), format!("/analyst_data/delete/Note/{uuid}"));
        for path in [&edit, &delete] {
            let (status, answer) = world.send(&world.outsider, path, json!({"note": "theirs"})).await;
            assert_eq!(
                (status, &answer["message"]),
                (StatusCode::METHOD_NOT_ALLOWED, &json!("You are not authorised to do that.")),
                "{path}"
            );
        }
        let add = format!("/analyst_data/add/Note/{open}/Event");
        for (who, key) in [("reader", &world.reader), ("read-only key", &world.read_only)] {
            for path in [&add, &edit, &delete] {
                let (status, answer) = world.send(key, path, json!({"note": "x"})).await;
                assert_eq!(status, StatusCode::FORBIDDEN, "{who} {path}: {answer}");
            }
        }
        // A role that may add events but not analyst data.
        let role = json!({"name": "Events only", "permission": 2, "perm_auth": true});
        let role = world.instance.post(ADMIN, "/admin/roles/add", role).await;
        let role: i64 = text(&role["Role"]["id"]).parse().unwrap();
        let org = world.instance.org("Third").await;
        let limited = world.instance.person(&org, role, "limited@third.example").await.key;
        let (status, _) = world.send(&limited, &add, json!({"note": "x"})).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        let smuggled = json!({"info": "with a note", "distribution": 3, "Note": [{"note": "smuggled", "distribution": 3}]});
        world.instance.post(&limited, "/events/add", smuggled).await;
        assert_eq!(world.listed(ADMIN).await, ["mine"], "nor inside an event");
        let (status, edited) = world.send(&world.owner, &edit, json!({"note": "better"})).await;
        assert_eq!((status, &edited["Note"]["note"]), (StatusCode::OK, &json!("better")));
        let (status, gone) = world.send(&world.owner, &delete, Value::Null).await;
        assert_eq!((status, &gone["message"]), (StatusCode::OK, &json!("Note deleted.")));
        let (status, answer) = world.send(&world.owner, &delete, Value::Null).await;
        assert_eq!((status, &answer["message"]), (StatusCode::NOT_FOUND, &json!("Invalid Note.")));
        let (status, answer) = world.send(&world.owner, &add, json!({"uuid": uuid, "note": "again"})).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "its uuid does not come back: {answer}");
    });
}

#[test]
fn a_body_does_not_say_what_is_not_its_to_say() {
    on_each(async |world| {
        let (open, _) = world.event(3).await;
        let (other, _) = world.event(3).await;
        let body = json!({
            "note": "n", "id": "77", "org_uuid": NOWHERE, "orgc_uuid": NOWHERE, "locked": true, "object_uuid": other,
            "object_type": "Object", "created": "2001-01-01 00:00:00", "modified": "2001-01-01 00:00:00", "note_type": 2,
            "Orgc": {"uuid": NOWHERE, "name": "Somebody else"},
        });
        let made = world.note(&world.owner, &open, "Event", body.clone()).await;
        assert_eq!((&made["object_uuid"], &made["object_type"]), (&json!(open), &json!("Event")));
        assert_eq!((&made["id"], &made["locked"], &made["note_type"]), (&json!("1"), &json!(false), &json!(0)));
        assert_eq!(made["Orgc"]["name"], "Ours");
        assert_ne!(made["orgc_uuid"], NOWHERE);
        assert_ne!(made["org_uuid"], NOWHERE);
        assert_ne!(made["created"], "2001-01-01 00:00:00");
        let (_, edited) = world.send(&world.owner, "/analyst_data/edit/Note/1", body).await;
        for field in ["id", "uuid", "org_uuid", "orgc_uuid", "locked", "object_uuid", "object_type", "created"] {
            assert_eq!(edited["Note"][field], made[field], "{field}");
        }
        // Somebody else's note does not change by way of an event, a note or a push.
        let uuid = made["uuid"].clone();
        let stolen = json!({"uuid": uuid, "note": "stolen", "modified": "2099-01-01 00:00:00", "object_type": "Event", "object_uuid": open});
        let event = json!({"info": "theirs", "distribution": 3, "Note": [stolen]});
        let event = world.instance.post(&world.outsider, "/events/add", event).await;
        let nested = json!({"note": "theirs", "Note": [stolen]});
        world.note(&world.outsider, &text(&event["Event"]["uuid"]), "Event", nested).await;
        for key in [&world.outsider, &world.sync] {
            let (status, answer) = world.send(key, "/analyst_data/pushAnalystData", json!({"Note": stolen})).await;
            assert_eq!(status, StatusCode::FORBIDDEN, "{answer}");
        }
        let (_, now) = world.get(&world.owner, "/analyst_data/view/Note/1").await;
        assert_eq!(now["Note"]["note"], "n");
    });
}

#[test]
fn refusals_name_what_is_wrong() {
    on_each(async |world| {
        let (open, _) = world.event(3).await;
        for (kind, body, field) in [
            ("Note", json!({}), "note"),
            ("Note", json!({"note": "  "}), "note"),
            ("Note", json!({"note": "x".repeat(70_000)}), "note"),
            ("Note", json!({"note": "x", "uuid": "nonsense"}), "uuid"),
            ("Note", json!({"note": "x", "distribution": 7}), "distribution"),
            ("Note", json!({"note": "x", "distribution": 4}), "sharing_group_id"),
            ("Note", json!({"note": "x", "authors": "x".repeat(300)}), "authors"),
            ("Opinion", json!({"comment": "x"}), "opinion"),
            ("Opinion", json!({"opinion": 101}), "opinion"),
            ("Opinion", json!({"opinion": "many"}), "opinion"),
            ("Relationship", json!({"relationship_type": "x"}), "related_object_uuid"),
            ("Relationship", json!({"related_object_uuid": NOWHERE, "related_object_type": "Nothing"}), "related_object_type"),
            ("Relationship", json!({"related_object_uuid": open, "related_object_type": "Event"}), "related_object_uuid"),
        ] {
            let path = format!("/analyst_data/add/{kind}/{open}/Event");
            let (status, answer) = world.send(&world.owner, &path, body.clone()).await;
            assert_eq!(status, StatusCode::FORBIDDEN, "{body}: {answer}");
            assert!(answer["errors"][field].is_array(), "{body}: {answer}");
        }
        for path in [
            format!("/analyst_data/add/Nope/{open}/Event"),
            "/analyst_data/index/all".into(),
            "/analyst_data/view/Nope/1".into(),
        ] {
            let (status, answer) = world.send(&world.owner, &path, json!({"note": "x"})).await;
            assert_eq!((status, &answer["message"]), (StatusCode::METHOD_NOT_ALLOWED, &json!("Invalid type.")), "{path}");
        }
        let (status, _) = world.get(&world.owner, "/analyst_data/index/Note/uuid:nonsense").await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert!(world.listed(ADMIN).await.is_empty());
    });
}

#[test]
fn what_an_event_brings_is_taken_once_and_renewed_when_newer() {
    on_each(async |world| {
        let (uuid, attribute) = ("5d2e0c1e-0d5a-4f57-8f6e-000000000001", "5d2e0c1e-0d5a-4f57-8f6e-000000000002");
        let (note, reply, report) =
            ("5d2e0c1e-0d5a-4f57-8f6e-000000000003", "5d2e0c1e-0d5a-4f57-8f6e-000000000004", "5d2e0c1e-0d5a-4f57-8f6e-000000000005");
        let body = |words: &str, modified: &str| {
            json!({
                "uuid": uuid, "info": "an event", "distribution": 3, "timestamp": "4000000000",
                "Attribute": [{"uuid": attribute, "type": "domain", "value": "a.example.com",
                               "Opinion": [{"opinion": 30, "comment": "unsure"}]}],
                "Object": [{
                    "uuid": "5d2e0c1e-0d5a-4f57-8f6e-000000000006", "name": "file", "meta-category": "file", "description": "d",
                    "template_uuid": "5d2e0c1e-0d5a-4f57-8f6e-000000000007", "template_version": 1,
                    "Attribute": [{"type": "filename", "value": "a.exe", "object_relation": "filename"}],
                    "Note": [{"note": "on an object"}],
                }],
                "EventReport": [{"uuid": report, "name": "r", "content": "c", "Note": [{"note": "on a report"}]}],
                "Note": [
                    {"uuid": note, "note": words, "modified": modified, "Opinion": [{"opinion": 90, "comment": "inside"}]},
                    // As clients write a thread: flat, with the reply naming what it answers.
                    {"uuid": reply, "note": "reply", "object_type": "Note", "object_uuid": note},
                    // Another event's content is no place for what this one carries.
                    {"note": "elsewhere", "object_type": "Attribute", "object_uuid": NOWHERE},
                ],
            })
        };
        world.instance.post(&world.owner, "/events/add", body("first", "2030-01-01 00:00:00")).await;
        let shown = async || world.get(&world.owner, &format!("/events/view/{uuid}")).await.1["Event"].clone();
        let event = shown().await;
        let top: Vec<&str> = event["Note"].as_array().unwrap().iter().map(|n| n["note"].as_str().unwrap()).collect();
        assert_eq!(top, ["first", "elsewhere"]);
        assert_eq!(event["Note"][0]["Note"][0]["note"], "reply");
        assert_eq!(event["Note"][0]["Opinion"][0]["comment"], "inside");
        assert_eq!(event["Attribute"][0]["Opinion"][0]["opinion"], "30");
        assert_eq!(event["Object"][0]["Note"][0]["note"], "on an object");
        assert_eq!(event["EventReport"][0]["Note"][0]["note"], "on a report");
        assert_eq!(event["timestamp"], "4000000000", "analyst data is no change of the event");
        let renew = async |words: &str, modified: &str, timestamp: &str| {
            let body = json!({"info": "an event", "timestamp": timestamp, "Note": [{"uuid": note, "note": words, "modified": modified}]});
            world.instance.post(&world.owner, &format!("/events/edit/{uuid}"), body).await;
            text(&shown().await["Note"][0]["note"])
        };
        assert_eq!(renew("older", "2001-01-01 00:00:00", "4000000001").await, "first");
        assert_eq!(renew("newer", "2090-01-01T00:00:00+00:00", "4000000002").await, "newer");
        let found = json!({"uuid": uuid, "returnFormat": "json"});
        let plain = world.instance.post(&world.owner, "/events/restSearch", found.clone()).await;
        assert!(plain["response"][0]["Event"].get("Note").is_none());
        let mut with = found;
        with["includeAnalystData"] = json!(true);
        let with = world.instance.post(&world.owner, "/events/restSearch", with).await;
        assert_eq!(with["response"][0]["Event"]["Note"][0]["note"], "newer");
    });
}

#[test]
fn relationships_are_shown_from_both_ends_and_circles_end() {
    on_each(async |world| {
        let (from, _) = world.event(3).await;
        let (to, attribute) = world.event(3).await;
        let body = json!({
            "relationship_type": "derived-from", "related_object_uuid": attribute, "related_object_type": "Attribute", "distribution": 3,
        });
        let path = format!("/analyst_data/add/Relationship/{from}/Event");
        let made = world.instance.post(&world.owner, &path, body).await;
        assert_eq!(made["Relationship"]["related_object"]["Attribute"]["value"], "a.example.com");
        let (_, event) = world.get(&world.outsider, &format!("/events/view/{to}")).await;
        let inbound = &event["Event"]["Attribute"][0]["RelationshipInbound"];
        assert_eq!(inbound[0]["object_uuid"], json!(from), "{event}");
        let (_, lists) = world.get(&world.outsider, &format!("/attributes/viewAnalystData/{attribute}")).await;
        assert_eq!(lists, json!({"Note": [], "Opinion": [], "Relationship": []}));
        // Two notes that hang on each other: nothing loops, and only their own organisation sees them.
        let (a, b) = ("5d2e0c1e-0d5a-4f57-8f6e-0000000000aa", "5d2e0c1e-0d5a-4f57-8f6e-0000000000bb");
        world.note(&world.owner, b, "Note", json!({"uuid": a, "note": "a", "distribution": 3})).await;
        world.note(&world.owner, a, "Note", json!({"uuid": b, "note": "b", "distribution": 3})).await;
        let (status, seen) = world.get(&world.owner, &format!("/analyst_data/view/Note/{a}")).await;
        assert_eq!((status, &seen["Note"]["Note"][0]["note"]), (StatusCode::OK, &json!("b")));
        assert!(world.listed(&world.outsider).await.is_empty());
        let (status, _) = world.get(&world.owner, &format!("/analyst_data/getChildren/Note/{a}/5")).await;
        assert_eq!(status, StatusCode::OK);
    });
}

#[test]
fn instances_exchange_what_is_unknown_or_newer() {
    on_each(async |world| {
        let (open, _) = world.event(3).await;
        let uuid = "5d2e0c1e-0d5a-4f57-8f6e-0000000000cc";
        let sent = |words: &str, modified: &str| {
            json!({"Note": {
                "uuid": uuid, "object_uuid": open, "object_type": "Event", "note": words, "language": "en", "distribution": "1", "locked": true,
                "created": "2020-01-01 00:00:00", "modified": modified, "Orgc": {"uuid": NOWHERE, "name": "Far away"},
            }})
        };
        let wanted = async |modified: &str| {
            let offer = json!({"Note": {uuid: modified}});
            world.send(&world.sync, "/analyst_data/filterAnalystDataForPush", offer).await.1
        };
        assert_eq!(wanted("2020-01-01 00:00:00").await, json!({"Note": {uuid: "2020-01-01 00:00:00"}}));
        world.instance.post(&world.sync, "/analyst_data/pushAnalystData", sent("first", "2020-01-01 00:00:00")).await;
        assert_eq!(wanted("2020-01-01 00:00:00").await, json!({}));
        assert_eq!(wanted("2021-01-01 00:00:00").await, json!({"Note": {uuid: "2021-01-01 00:00:00"}}));
        world.instance.post(&world.sync, "/analyst_data/pushAnalystData", sent("second", "2021-01-01 00:00:00")).await;
        let (_, list) = world.get(&world.owner, &format!("/analyst_data/index/Note/uuid[]:{uuid}/uuid[]:{NOWHERE}.json")).await;
        let note = &list[0]["Note"];
        assert_eq!((&note["note"], &note["locked"], &note["modified"]), (&json!("second"), &json!(true), &json!("2021-01-01 00:00:00")));
        assert_eq!(note["Orgc"]["name"], "Far away");
        for (names, count) in [(json!(["Far away"]), 1), (json!(["!Far away"]), 0), (json!(["Ours"]), 0)] {
            let (_, minimal) = world.send(&world.owner, "/analyst_data/indexMinimal", json!({"orgc_name": names})).await;
            assert_eq!(minimal["Note"].as_object().map_or(0, serde_json::Map::len), count, "{names}");
        }
        // A blocked uuid is not wanted again.
        let block = json!({"uuids": [uuid, "nonsense"], "comment": "spam"});
        let (_, blocked) = world.send(ADMIN, "/analystDataBlocklists/add", block).await;
        assert_eq!(blocked["result"], json!({"successes": [uuid], "fails": ["nonsense"]}));
        world.instance.post(ADMIN, &format!("/analyst_data/delete/Note/{uuid}"), json!({})).await;
        world.instance.post(&world.sync, "/analyst_data/pushAnalystData", sent("third", "2022-01-01 00:00:00")).await;
        assert!(world.listed(ADMIN).await.is_empty());
        assert_eq!(wanted("2022-01-01 00:00:00").await, json!({}));
        let (_, index) = world.get(ADMIN, "/analystDataBlocklists/index").await;
        assert_eq!(index[0]["comment"], "spam");
        let (_, edited) = world.send(ADMIN, &format!("/analystDataBlocklists/edit/{uuid}"), json!({"comment": "old"})).await;
        assert_eq!(edited["AnalystDataBlocklist"]["comment"], "old");
        world.instance.post(ADMIN, &format!("/analystDataBlocklists/delete/{uuid}"), json!({})).await;
        assert_eq!(world.get(ADMIN, "/analystDataBlocklists/index").await.1, json!([]));
        let (status, _) = world.get(&world.owner, "/analystDataBlocklists/index").await;
        assert_eq!(status, StatusCode::FORBIDDEN);
    });
}
