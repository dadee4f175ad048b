//! What is taken, shown, refused and exchanged.

use super::{NOWHERE, on_each, text};
use crate::harness::ADMIN;
use axum::http::StatusCode;
use serde_json::json;

#[test]
fn refusals_name_what_is_wrong() {
    on_each(&async |world| {
        let (open, _) = world.event(3).await;
        for (kind, body, field) in [
            ("Note", json!({}), "note"),
            ("Note", json!({"note": "  "}), "note"),
            ("Note", json!({"note": "x".repeat(70_000)}), "note"),
            ("Note", json!({"note": "x", "uuid": "nonsense"}), "uuid"),
            ("Note", json!({"note": "x", "distribution": 7}), "distribution"),
            (
                "Note",
                json!({"note": "x", "distribution": 4}),
                "sharing_group_id",
            ),
            (
                "Note",
                json!({"note": "x", "authors": "x".repeat(300)}),
                "authors",
            ),
            ("Opinion", json!({"comment": "x"}), "opinion"),
            ("Opinion", json!({"opinion": 101}), "opinion"),
            ("Opinion", json!({"opinion": "many"}), "opinion"),
            (
                "Relationship",
                json!({"relationship_type": "x"}),
                "related_object_uuid",
            ),
            (
                "Relationship",
                json!({"related_object_uuid": NOWHERE, "related_object_type": "Nothing"}),
                "related_object_type",
            ),
            (
                "Relationship",
                json!({"related_object_uuid": open, "related_object_type": "Event"}),
                "related_object_uuid",
            ),
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
            assert_eq!(
                (status, &answer["message"]),
                (StatusCode::METHOD_NOT_ALLOWED, &json!("Invalid type.")),
                "{path}"
            );
        }
        let (status, _) = world
            .get(&world.owner, "/analyst_data/index/Note/uuid:nonsense")
            .await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert!(world.listed(ADMIN).await.is_empty());
    });
}

#[test]
fn what_an_event_brings_is_taken_once_and_renewed_when_newer() {
    on_each(&async |world| {
        let (uuid, attribute) = (
            "5d2e0c1e-0d5a-4f57-8f6e-000000000001",
            "5d2e0c1e-0d5a-4f57-8f6e-000000000002",
        );
        let (note, reply, report) = (
            "5d2e0c1e-0d5a-4f57-8f6e-000000000003",
            "5d2e0c1e-0d5a-4f57-8f6e-000000000004",
            "5d2e0c1e-0d5a-4f57-8f6e-000000000005",
        );
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
        world
            .instance
            .post(&world.owner, "/events/add", body("first", "2030-01-01 00:00:00"))
            .await;
        let shown =
            async || world.get(&world.owner, &format!("/events/view/{uuid}")).await.1["Event"].clone();
        let event = shown().await;
        let top: Vec<&str> = event["Note"]
            .as_array()
            .unwrap()
            .iter()
            .map(|n| n["note"].as_str().unwrap())
            .collect();
        assert_eq!(top, ["first", "elsewhere"]);
        assert_eq!(event["Note"][0]["Note"][0]["note"], "reply");
        assert_eq!(event["Note"][0]["Opinion"][0]["comment"], "inside");
        assert_eq!(event["Attribute"][0]["Opinion"][0]["opinion"], "30");
        assert_eq!(event["Object"][0]["Note"][0]["note"], "on an object");
        assert_eq!(event["EventReport"][0]["Note"][0]["note"], "on a report");
        assert_eq!(
            event["timestamp"], "4000000000",
            "analyst data is no change of the event"
        );
        let renew = async |words: &str, modified: &str, timestamp: &str| {
            let body = json!({"info": "an event", "timestamp": timestamp, "Note": [{"uuid": note, "note": words, "modified": modified}]});
            world
                .instance
                .post(&world.owner, &format!("/events/edit/{uuid}"), body)
                .await;
            text(&shown().await["Note"][0]["note"])
        };
        assert_eq!(renew("older", "2001-01-01 00:00:00", "4000000001").await, "first");
        assert_eq!(
            renew("newer", "2090-01-01T00:00:00+00:00", "4000000002").await,
            "newer"
        );
        let found = json!({"uuid": uuid, "returnFormat": "json"});
        let plain = world
            .instance
            .post(&world.owner, "/events/restSearch", found.clone())
            .await;
        assert!(plain["response"][0]["Event"].get("Note").is_none());
        let mut with = found;
        with["includeAnalystData"] = json!(true);
        let with = world
            .instance
            .post(&world.owner, "/events/restSearch", with)
            .await;
        assert_eq!(with["response"][0]["Event"]["Note"][0]["note"], "newer");
    });
}

#[test]
fn relationships_are_shown_from_both_ends_and_circles_end() {
    on_each(&async |world| {
        let (from, _) = world.event(3).await;
        let (to, attribute) = world.event(3).await;
        let body = json!({
            "relationship_type": "derived-from", "related_object_uuid": attribute, "related_object_type": "Attribute", "distribution": 3,
        });
        let path = format!("/analyst_data/add/Relationship/{from}/Event");
        let made = world.instance.post(&world.owner, &path, body).await;
        assert_eq!(
            made["Relationship"]["related_object"]["Attribute"]["value"],
            "a.example.com"
        );
        let (_, event) = world.get(&world.outsider, &format!("/events/view/{to}")).await;
        let inbound = &event["Event"]["Attribute"][0]["RelationshipInbound"];
        assert_eq!(inbound[0]["object_uuid"], json!(from), "{event}");
        let (_, lists) = world
            .get(
                &world.outsider,
                &format!("/attributes/viewAnalystData/{attribute}"),
            )
            .await;
        assert_eq!(lists, json!({"Note": [], "Opinion": [], "Relationship": []}));
        // Two notes that hang on each other: nothing loops, and only their own organisation sees them.
        let (a, b) = (
            "5d2e0c1e-0d5a-4f57-8f6e-0000000000aa",
            "5d2e0c1e-0d5a-4f57-8f6e-0000000000bb",
        );
        world
            .note(
                &world.owner,
                b,
                "Note",
                json!({"uuid": a, "note": "a", "distribution": 3}),
            )
            .await;
        world
            .note(
                &world.owner,
                a,
                "Note",
                json!({"uuid": b, "note": "b", "distribution": 3}),
            )
            .await;
        let (status, seen) = world
            .get(&world.owner, &format!("/analyst_data/view/Note/{a}"))
            .await;
        assert_eq!(
            (status, &seen["Note"]["Note"][0]["note"]),
            (StatusCode::OK, &json!("b"))
        );
        assert!(world.listed(&world.outsider).await.is_empty());
        let (status, _) = world
            .get(&world.owner, &format!("/analyst_data/getChildren/Note/{a}/5"))
            .await;
        assert_eq!(status, StatusCode::OK);
    });
}

#[test]
fn instances_exchange_what_is_unknown_or_newer() {
    on_each(&async |world| {
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
            world
                .send(&world.sync, "/analyst_data/filterAnalystDataForPush", offer)
                .await
                .1
        };
        assert_eq!(
            wanted("2020-01-01 00:00:00").await,
            json!({"Note": {uuid: "2020-01-01 00:00:00"}})
        );
        world
            .instance
            .post(
                &world.sync,
                "/analyst_data/pushAnalystData",
                sent("first", "2020-01-01 00:00:00"),
            )
            .await;
        assert_eq!(wanted("2020-01-01 00:00:00").await, json!({}));
        assert_eq!(
            wanted("2021-01-01 00:00:00").await,
            json!({"Note": {uuid: "2021-01-01 00:00:00"}})
        );
        world
            .instance
            .post(
                &world.sync,
                "/analyst_data/pushAnalystData",
                sent("second", "2021-01-01 00:00:00"),
            )
            .await;
        let (_, list) = world
            .get(
                &world.owner,
                &format!("/analyst_data/index/Note/uuid[]:{uuid}/uuid[]:{NOWHERE}.json"),
            )
            .await;
        let note = &list[0]["Note"];
        assert_eq!(
            (&note["note"], &note["locked"], &note["modified"]),
            (&json!("second"), &json!(true), &json!("2021-01-01 00:00:00"))
        );
        assert_eq!(note["Orgc"]["name"], "Far away");
        for (names, count) in [
            (json!(["Far away"]), 1),
            (json!(["!Far away"]), 0),
            (json!(["Ours"]), 0),
        ] {
            let (_, minimal) = world
                .send(
                    &world.owner,
                    "/analyst_data/indexMinimal",
                    json!({"orgc_name": names}),
                )
                .await;
            assert_eq!(
                minimal["Note"].as_object().map_or(0, serde_json::Map::len),
                count,
                "{names}"
            );
        }
    });
}

#[test]
fn what_is_blocked_does_not_come_back() {
    on_each(&async |world| {
        let (open, _) = world.event(3).await;
        let uuid = "5d2e0c1e-0d5a-4f57-8f6e-0000000000dd";
        let sent = json!({"uuid": uuid, "object_uuid": open, "object_type": "Event", "note": "spam", "locked": true});
        let push = async || {
            world
                .instance
                .post(
                    &world.sync,
                    "/analyst_data/pushAnalystData",
                    json!({"Note": sent}),
                )
                .await
        };
        push().await;
        let block = json!({"uuids": [uuid, "nonsense"], "comment": "spam"});
        let (_, blocked) = world.send(ADMIN, "/analystDataBlocklists/add", block).await;
        assert_eq!(
            blocked["result"],
            json!({"successes": [uuid], "fails": ["nonsense"]})
        );
        world
            .instance
            .post(ADMIN, &format!("/analyst_data/delete/Note/{uuid}"), json!({}))
            .await;
        push().await;
        assert!(world.listed(ADMIN).await.is_empty());
        let offer = json!({"Note": {uuid: "2022-01-01 00:00:00"}});
        let (_, wanted) = world
            .send(&world.sync, "/analyst_data/filterAnalystDataForPush", offer)
            .await;
        assert_eq!(wanted, json!({}));
        let (_, index) = world.get(ADMIN, "/analystDataBlocklists/index").await;
        assert_eq!(index[0]["comment"], "spam");
        let edit = format!("/analystDataBlocklists/edit/{uuid}");
        let (_, edited) = world.send(ADMIN, &edit, json!({"comment": "old"})).await;
        assert_eq!(edited["AnalystDataBlocklist"]["comment"], "old");
        let delete = format!("/analystDataBlocklists/delete/{uuid}");
        world.instance.post(ADMIN, &delete, json!({})).await;
        assert_eq!(
            world.get(ADMIN, "/analystDataBlocklists/index").await.1,
            json!([])
        );
        push().await;
        assert_eq!(world.listed(ADMIN).await, ["spam"]);
        let (status, _) = world.get(&world.owner, "/analystDataBlocklists/index").await;
        assert_eq!(status, StatusCode::FORBIDDEN);
    });
}

#[test]
fn a_pushed_thread_stays_without_the_replies_that_are_refused() {
    on_each(&async |world| {
        let (open, _) = world.event(3).await;
        let uuid = |n: u8| format!("5d2e0c1e-0d5a-4f57-8f6e-0000000001{n:02}");
        let note = json!({"Note": {
            "uuid": uuid(0), "object_uuid": open, "object_type": "Event", "note": "top", "distribution": "1", "locked": true,
            "Opinion": [
                {"uuid": uuid(1), "opinion": 101, "Note": [{"uuid": uuid(2), "note": "below what is refused"}]},
                {"uuid": uuid(3), "opinion": 50, "distribution": "1"},
            ],
        }});
        world
            .instance
            .post(&world.sync, "/analyst_data/pushAnalystData", note)
            .await;
        let (_, seen) = world
            .get(&world.sync, &format!("/analyst_data/view/Note/{}", uuid(0)))
            .await;
        let opinions = seen["Note"]["Opinion"].as_array().unwrap();
        assert_eq!(opinions.len(), 1, "{seen}");
        assert_eq!(opinions[0]["uuid"], json!(uuid(3)));
        // The record itself is refused aloud.
        let wrong = json!({"Opinion": {"uuid": uuid(9), "object_uuid": open, "object_type": "Event", "opinion": 101}});
        let (status, _) = world
            .send(&world.sync, "/analyst_data/pushAnalystData", wrong)
            .await;
        assert_eq!(status, StatusCode::FORBIDDEN);
    });
}
