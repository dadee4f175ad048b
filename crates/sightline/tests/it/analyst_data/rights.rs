//! Who sees and who changes a note, and what its writing must not tell.

use super::{NOWHERE, World, on_each, text};
use crate::harness::ADMIN;
use axum::http::StatusCode;
use serde_json::{Value, json};

/// Notes on an open and a hidden event, on each other, and on nothing; the open event's uuid.
async fn write_all(world: &World<'_>) -> String {
    let (open, attribute) = world.event(3).await;
    let (hidden, hidden_attribute) = world.event(0).await;
    let owner = &world.owner;
    let shared = json!({"note": "open", "distribution": 3});
    let on_open = world.note(owner, &open, "Event", shared).await;
    world
        .note(
            owner,
            &attribute,
            "Attribute",
            json!({"note": "attribute", "distribution": 5}),
        )
        .await;
    let private = world
        .note(
            owner,
            &open,
            "Event",
            json!({"note": "private", "distribution": 0}),
        )
        .await;
    // A reply to something that an outsider does not see is not seen either, however open it is.
    world
        .note(
            owner,
            &text(&private["uuid"]),
            "Note",
            json!({"note": "reply to private", "distribution": 3}),
        )
        .await;
    let reply = json!({"note": "reply to open", "distribution": 3});
    let reply = world.note(owner, &text(&on_open["uuid"]), "Note", reply).await;
    world
        .note(
            owner,
            &text(&reply["uuid"]),
            "Note",
            json!({"note": "reply to reply", "distribution": 1}),
        )
        .await;
    world
        .note(
            owner,
            &hidden,
            "Event",
            json!({"note": "hidden", "distribution": 3}),
        )
        .await;
    world
        .note(
            owner,
            &hidden_attribute,
            "Attribute",
            json!({"note": "hidden attribute", "distribution": 3}),
        )
        .await;
    world
        .note(
            owner,
            NOWHERE,
            "Event",
            json!({"note": "nowhere", "distribution": 3}),
        )
        .await;
    open
}

#[test]
fn a_note_is_seen_where_it_and_all_that_it_hangs_on_are() {
    on_each(&async |world| {
        let open = write_all(world).await;
        let owner = &world.owner;
        let all = [
            "open",
            "attribute",
            "private",
            "reply to private",
            "reply to open",
            "reply to reply",
            "hidden",
            "hidden attribute",
            "nowhere",
        ];
        assert_eq!(world.listed(owner).await, all);
        assert_eq!(world.listed(ADMIN).await, all);
        let seen = ["open", "attribute", "reply to open", "reply to reply"];
        assert_eq!(world.listed(&world.outsider).await, seen);
        for id in 1..=all.len() {
            let (status, answer) = world
                .get(&world.outsider, &format!("/analyst_data/view/all/{id}"))
                .await;
            let shown = answer["Note"]["note"].as_str().map(str::to_owned);
            match shown {
                Some(note) => assert!(seen.contains(&note.as_str()), "{note}"),
                None => assert_eq!(
                    (status, &answer["message"]),
                    (StatusCode::NOT_FOUND, &json!("Invalid analyst data."))
                ),
            }
        }
        let (_, minimal) = world
            .send(
                &world.outsider,
                "/analyst_data/indexMinimal",
                json!({"orgc_name": []}),
            )
            .await;
        assert_eq!(minimal["Note"].as_object().unwrap().len(), seen.len());
        // In the event, as a thread.
        let (_, event) = world.get(&world.outsider, &format!("/events/view/{open}")).await;
        let notes = event["Event"]["Note"].as_array().unwrap();
        assert_eq!(notes.len(), 1, "{notes:?}");
        assert_eq!(notes[0]["Note"][0]["Note"][0]["note"], "reply to reply");
        assert_eq!(event["Event"]["Attribute"][0]["Note"][0]["note"], "attribute");
        assert_eq!(notes[0]["_canEdit"], false);
        let (_, without) = world
            .get(
                &world.outsider,
                &format!("/events/view/{open}/includeAnalystData:0"),
            )
            .await;
        assert!(without["Event"].get("Note").is_none());
    });
}

#[test]
fn writing_tells_nothing_of_what_is_hidden() {
    on_each(&async |world| {
        let (hidden, _) = world.event(0).await;
        let mut answers = Vec::new();
        for on in [hidden.as_str(), NOWHERE] {
            let path = format!("/analyst_data/add/Note/{on}/Event");
            let (status, mut answer) = world
                .send(
                    &world.outsider,
                    &path,
                    json!({"note": "guess", "distribution": 3}),
                )
                .await;
            assert_eq!(status, StatusCode::OK, "{answer}");
            for varies in ["id", "uuid", "object_uuid", "created", "modified"] {
                answer["Note"][varies] = Value::Null;
            }
            answers.push(answer);
            // Without the type, the uuid of something hidden is no uuid of anything.
            let (status, answer) = world
                .send(
                    &world.outsider,
                    &format!("/analyst_data/add/Note/{on}"),
                    json!({"note": "x"}),
                )
                .await;
            assert_eq!(
                (status, &answer["message"]),
                (StatusCode::METHOD_NOT_ALLOWED, &json!("Invalid object type."))
            );
            let body = json!({"related_object_uuid": on, "related_object_type": "Event", "relationship_type": "r", "distribution": 3});
            let (open, _) = world.event(3).await;
            let path = format!("/analyst_data/add/Relationship/{open}/Event");
            let (_, made) = world.send(&world.outsider, &path, body).await;
            assert_eq!(made["Relationship"]["related_object"], json!({}), "{made}");
            let (_, related) = world
                .get(
                    &world.outsider,
                    &format!(
                        "/analyst_data/getRelatedElement/Relationship/{}",
                        text(&made["Relationship"]["uuid"])
                    ),
                )
                .await;
            assert_eq!(related, json!({}));
        }
        assert_eq!(answers[0], answers[1]);
        // Its owner reads what others guessed onto it.
        assert_eq!(
            world.listed(&world.owner).await,
            ["guess"],
            "on their own event, not on nothing"
        );
    });
}

#[test]
fn only_its_organisation_changes_it() {
    on_each(&async |world| {
        let (open, _) = world.event(3).await;
        let note = world
            .note(
                &world.owner,
                &open,
                "Event",
                json!({"note": "mine", "distribution": 3}),
            )
            .await;
        let uuid = text(&note["uuid"]);
        let (edit, delete) = (
            format!("/analyst_data/edit/Note/{uuid}"),
            format!("/analyst_data/delete/Note/{uuid}"),
        );
        for path in [&edit, &delete] {
            let (status, answer) = world.send(&world.outsider, path, json!({"note": "theirs"})).await;
            assert_eq!(
                (status, &answer["message"]),
                (
                    StatusCode::METHOD_NOT_ALLOWED,
                    &json!("You are not authorised to do that.")
                ),
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
        let limited = world
            .instance
            .person(&org, role, "limited@third.example")
            .await
            .key;
        let (status, _) = world.send(&limited, &add, json!({"note": "x"})).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        let smuggled = json!({"info": "with a note", "distribution": 3, "Note": [{"note": "smuggled", "distribution": 3}]});
        world.instance.post(&limited, "/events/add", smuggled).await;
        assert_eq!(world.listed(ADMIN).await, ["mine"], "nor inside an event");
        let (status, edited) = world.send(&world.owner, &edit, json!({"note": "better"})).await;
        assert_eq!(
            (status, &edited["Note"]["note"]),
            (StatusCode::OK, &json!("better"))
        );
        let (status, gone) = world.send(&world.owner, &delete, Value::Null).await;
        assert_eq!(
            (status, &gone["message"]),
            (StatusCode::OK, &json!("Note deleted."))
        );
        let (status, answer) = world.send(&world.owner, &delete, Value::Null).await;
        assert_eq!(
            (status, &answer["message"]),
            (StatusCode::NOT_FOUND, &json!("Invalid Note."))
        );
        let (status, answer) = world
            .send(&world.owner, &add, json!({"uuid": uuid, "note": "again"}))
            .await;
        assert_eq!(
            status,
            StatusCode::FORBIDDEN,
            "its uuid does not come back: {answer}"
        );
    });
}

#[test]
fn a_body_does_not_say_what_is_not_its_to_say() {
    on_each(&async |world| {
        let (open, _) = world.event(3).await;
        let (other, _) = world.event(3).await;
        let body = json!({
            "note": "n", "id": "77", "org_uuid": NOWHERE, "orgc_uuid": NOWHERE, "locked": true, "object_uuid": other,
            "object_type": "Object", "created": "2001-01-01 00:00:00", "modified": "2001-01-01 00:00:00", "note_type": 2,
            "Orgc": {"uuid": NOWHERE, "name": "Somebody else"},
        });
        let made = world.note(&world.owner, &open, "Event", body.clone()).await;
        assert_eq!(
            (&made["object_uuid"], &made["object_type"]),
            (&json!(open), &json!("Event"))
        );
        assert_eq!(
            (&made["id"], &made["locked"], &made["note_type"]),
            (&json!("1"), &json!(false), &json!(0))
        );
        assert_eq!(made["Orgc"]["name"], "Ours");
        assert_ne!(made["orgc_uuid"], NOWHERE);
        assert_ne!(made["org_uuid"], NOWHERE);
        assert_ne!(made["created"], "2001-01-01 00:00:00");
        let (_, edited) = world.send(&world.owner, "/analyst_data/edit/Note/1", body).await;
        for field in [
            "id",
            "uuid",
            "org_uuid",
            "orgc_uuid",
            "locked",
            "object_uuid",
            "object_type",
            "created",
        ] {
            assert_eq!(edited["Note"][field], made[field], "{field}");
        }
        // Somebody else's note does not change by way of an event, a note or a push.
        let uuid = made["uuid"].clone();
        let stolen = json!({"uuid": uuid, "note": "stolen", "modified": "2099-01-01 00:00:00", "object_type": "Event", "object_uuid": open});
        let event = json!({"info": "theirs", "distribution": 3, "Note": [stolen]});
        let event = world.instance.post(&world.outsider, "/events/add", event).await;
        let nested = json!({"note": "theirs", "Note": [stolen]});
        world
            .note(&world.outsider, &text(&event["Event"]["uuid"]), "Event", nested)
            .await;
        for key in [&world.outsider, &world.sync] {
            let (status, answer) = world
                .send(key, "/analyst_data/pushAnalystData", json!({"Note": stolen}))
                .await;
            assert_eq!(status, StatusCode::FORBIDDEN, "{answer}");
        }
        let (_, now) = world.get(&world.owner, "/analyst_data/view/Note/1").await;
        assert_eq!(now["Note"]["note"], "n");
    });
}
