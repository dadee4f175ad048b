//! Event reports against rights: who sees one, who changes one, and what a body may not say. On both engines.

use crate::harness::{self, ADMIN, Instance};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

fn on_each(test: &impl AsyncFn(&World<'_>)) {
    harness::on_each(&async |instance| test(&World::new(instance).await).await);
}

/// An organisation that owns events, a member of a sharing group, and an outsider.
struct World<'a> {
    instance: &'a Instance,
    owner: String,
    colleague: String,
    read_only: String,
    reader: String,
    member: String,
    outsider: String,
    group: String,
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

impl<'a> World<'a> {
    async fn new(instance: &'a Instance) -> Self {
        let (ours, theirs, others) = (
            instance.org("Ours").await,
            instance.org("Theirs").await,
            instance.org("Others").await,
        );
        let owner = instance.person(&ours, 5, "owner@ours.example").await;
        let member_uuid = instance
            .call(ADMIN, Method::GET, &format!("/organisations/view/{theirs}"), None)
            .await
            .1["Organisation"]["uuid"]
            .clone();
        let ours_uuid = instance
            .call(ADMIN, Method::GET, &format!("/organisations/view/{ours}"), None)
            .await
            .1["Organisation"]["uuid"]
            .clone();
        // A group is captured with the first event that is shared with it.
        let group = json!({
            "uuid": "7f9ee3a4-6a50-4c5e-9d60-5d2e7d1c0001", "name": "group", "releasability": "them",
            "Organisation": {"uuid": ours_uuid, "name": "Ours"},
            "SharingGroupOrg": [
                {"Organisation": {"uuid": ours_uuid, "name": "Ours"}, "extend": true},
                {"Organisation": {"uuid": member_uuid, "name": "Theirs"}, "extend": false},
            ],
        });
        let body = json!({"info": "for the group", "distribution": 4, "SharingGroup": group});
        let event = instance.post(&owner.key, "/events/add", body).await;
        Self {
            instance,
            colleague: instance.person(&ours, 3, "colleague@ours.example").await.key,
            read_only: instance.key(&owner.id, json!({"read_only": true})).await,
            reader: instance.person(&ours, 6, "reader@ours.example").await.key,
            member: instance.person(&theirs, 4, "member@theirs.example").await.key,
            outsider: instance.person(&others, 4, "outsider@others.example").await.key,
            owner: owner.key,
            group: text(&event["Event"]["sharing_group_id"]),
        }
    }

    async fn event(&self, distribution: i64) -> (String, String) {
        let body = json!({"info": "an event", "distribution": distribution});
        let event = self.instance.post(&self.owner, "/events/add", body).await;
        (text(&event["Event"]["id"]), text(&event["Event"]["uuid"]))
    }

    async fn report(&self, event: &str, body: Value) -> Value {
        let path = format!("/eventReports/add/{event}");
        self.instance.post(&self.owner, &path, body).await["EventReport"].clone()
    }

    async fn get(&self, key: &str, path: &str) -> (StatusCode, Value) {
        self.instance.call(key, Method::GET, path, None).await
    }

    async fn send(&self, key: &str, path: &str, body: Value) -> (StatusCode, Value) {
        self.instance.call(key, Method::POST, path, Some(body)).await
    }

    /// Names of the reports that an index shows.
    async fn listed(&self, key: &str, path: &str) -> Vec<String> {
        let (status, list) = self.get(key, path).await;
        assert_eq!(status, StatusCode::OK, "{list}");
        let list = list.as_array().unwrap();
        list.iter().map(|row| text(&row["EventReport"]["name"])).collect()
    }
}

#[test]
fn a_report_is_seen_where_its_event_and_its_own_distribution_allow() {
    on_each(&async |world| {
        let (open, _) = world.event(3).await;
        let (hidden, _) = world.event(0).await;
        let own = json!({"name": "own", "content": "x", "distribution": 0});
        let grouped =
            json!({"name": "grouped", "content": "x", "distribution": 4, "sharing_group_id": world.group});
        let inherited = json!({"name": "inherited", "content": "x", "distribution": 5});
        let mut ids = Vec::new();
        for body in [own, grouped, inherited] {
            ids.push((text(&body["name"]), text(&world.report(&open, body).await["id"])));
        }
        let secret = world
            .report(
                &hidden,
                json!({"name": "secret", "content": "x", "distribution": 3}),
            )
            .await;
        ids.push(("secret".into(), text(&secret["id"])));
        for (who, key, seen) in [
            (
                "owner",
                &world.owner,
                vec!["own", "grouped", "inherited", "secret"],
            ),
            (
                "reader",
                &world.reader,
                vec!["own", "grouped", "inherited", "secret"],
            ),
            ("member", &world.member, vec!["grouped", "inherited"]),
            ("outsider", &world.outsider, vec!["inherited"]),
        ] {
            assert_eq!(world.listed(key, "/eventReports/index").await, seen, "{who}");
            let of_event: Vec<&str> = seen.iter().copied().filter(|name| *name != "secret").collect();
            let path = format!("/eventReports/index/event_id:{open}");
            assert_eq!(world.listed(key, &path).await, of_event, "{who}");
            let (_, event) = world.get(key, &format!("/events/view/{open}")).await;
            let inside: Vec<String> = event["Event"]["EventReport"]
                .as_array()
                .unwrap()
                .iter()
                .map(|report| text(&report["name"]))
                .collect();
            assert_eq!(inside, of_event, "{who}");
            for (name, id) in &ids {
                let (status, answer) = world.get(key, &format!("/eventReports/view/{id}")).await;
                if seen.contains(&name.as_str()) {
                    assert_eq!(
                        (status, &answer["EventReport"]["name"]),
                        (StatusCode::OK, &json!(name)),
                        "{who}"
                    );
                } else {
                    // The same answer as for a report that never was.
                    let (never, nothing) = world.get(key, "/eventReports/view/999999").await;
                    assert_eq!(
                        (status, &answer["message"]),
                        (never, &nothing["message"]),
                        "{who} {name}"
                    );
                    assert_eq!(answer["message"], "Invalid report");
                }
            }
        }
        let (status, answer) = world
            .get(&world.outsider, &format!("/eventReports/index/event_id:{hidden}"))
            .await;
        assert_eq!(
            (status, &answer["message"]),
            (StatusCode::NOT_FOUND, &json!("Invalid event"))
        );
    });
}

#[test]
fn only_those_who_may_modify_the_event_change_its_reports() {
    on_each(&async |world| {
        let (open, _) = world.event(3).await;
        let report = world
            .report(&open, json!({"name": "r", "content": "192.0.2.1"}))
            .await;
        let id = text(&report["id"]);
        let calls = [
            (
                format!("/eventReports/add/{open}"),
                json!({"name": "x", "content": "x"}),
            ),
            (format!("/eventReports/edit/{id}"), json!({"name": "x"})),
            (format!("/eventReports/delete/{id}"), json!({})),
            (format!("/eventReports/delete/{id}"), json!({"hard": 1})),
            (format!("/eventReports/restore/{id}"), json!({})),
            (
                format!("/eventReports/extractAllFromReport/{id}"),
                json!({"save": true}),
            ),
            (
                format!("/eventReports/importReportFromUrl/{open}"),
                json!({"url": "https://192.0.2.1/x"}),
            ),
        ];
        for (who, key) in [
            ("member", &world.member),
            ("outsider", &world.outsider),
            ("reader", &world.reader),
            ("read-only key", &world.read_only),
        ] {
            for (path, body) in &calls {
                let (status, answer) = world.send(key, path, body.clone()).await;
                assert_eq!(status, StatusCode::FORBIDDEN, "{who} {path}: {answer}");
            }
        }
        let (_, now) = world.get(&world.owner, &format!("/eventReports/view/{id}")).await;
        assert_eq!(now["EventReport"], report, "nothing has changed");
        let (_, event) = world.get(&world.owner, &format!("/events/view/{open}")).await;
        assert_eq!(event["Event"]["Attribute"], json!([]), "nothing was written");
        let (status, edited) = world
            .send(
                &world.colleague,
                &format!("/eventReports/edit/{id}"),
                json!({"name": "by a colleague"}),
            )
            .await;
        assert_eq!(
            (status, &edited["EventReport"]["name"]),
            (StatusCode::OK, &json!("by a colleague"))
        );
    });
}

#[test]
fn a_body_does_not_say_what_is_not_its_to_say() {
    on_each(&async |world| {
        let (mine, _) = world.event(3).await;
        let theirs = json!({"info": "another event", "distribution": 3});
        let theirs = world.instance.post(&world.member, "/events/add", theirs).await;
        let theirs = text(&theirs["Event"]["id"]);
        let add = |event: &str| format!("/eventReports/add/{event}");
        let foreign = world
            .instance
            .post(
                &world.member,
                &add(&theirs),
                json!({"name": "foreign", "content": "kept"}),
            )
            .await["EventReport"]
            .clone();
        // The event of the URL is authorised; the event and the ids of the body are not listened to.
        let body = json!({
            "id": foreign["id"], "event_id": theirs, "name": "n", "content": "c", "deleted": true, "timestamp": "1", "org_id": "1",
        });
        let made = world.report(&mine, body.clone()).await;
        assert_ne!(made["id"], foreign["id"]);
        assert_eq!(
            (&made["event_id"], &made["deleted"]),
            (&json!(mine), &json!(false))
        );
        assert_ne!(made["timestamp"], "1");
        // Nor when editing: neither the other event's report, nor another uuid.
        let mut body = body;
        body["uuid"] = foreign["uuid"].clone();
        let (status, edited) = world
            .send(
                &world.owner,
                &format!("/eventReports/edit/{}", text(&made["id"])),
                body.clone(),
            )
            .await;
        assert_eq!(status, StatusCode::OK, "{edited}");
        for field in ["id", "uuid", "event_id", "deleted"] {
            assert_eq!(edited["EventReport"][field], made[field], "{field}");
        }
        let (status, refused) = world.send(&world.owner, &add(&mine), body).await;
        assert_eq!(
            (status, &refused["errors"]),
            (StatusCode::FORBIDDEN, &json!("The UUID provided is not unique"))
        );
        let (status, _) = world
            .send(
                &world.owner,
                &format!("/eventReports/edit/{}", text(&foreign["uuid"])),
                json!({"content": "gone"}),
            )
            .await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        // The same by way of the whole event.
        let mut stolen = foreign.clone();
        stolen["content"] = json!("gone");
        stolen["timestamp"] = json!("4000000000");
        let whole = json!({"info": "an event", "EventReport": [stolen]});
        let (status, _) = world
            .send(&world.owner, &format!("/events/edit/{mine}"), whole)
            .await;
        assert_eq!(status, StatusCode::OK);
        let (_, now) = world
            .get(
                &world.member,
                &format!("/eventReports/view/{}", text(&foreign["id"])),
            )
            .await;
        assert_eq!(now["EventReport"], foreign, "another event's report is as it was");
    });
}

#[test]
fn refusals_name_what_is_wrong() {
    on_each(&async |world| {
        let (event, uuid) = world.event(0).await;
        let add = format!("/eventReports/add/{event}");
        for (body, message) in [
            (
                json!({"name": "", "content": "x"}),
                "This field cannot be left blank",
            ),
            (json!({"content": "x"}), "This field cannot be left blank"),
            (
                json!({"name": "x", "uuid": "nonsense"}),
                "Please provide a valid RFC 4122 UUID",
            ),
            (
                json!({"name": "x", "distribution": 4}),
                "If the distribution is set to \"Sharing Group\", a sharing group has to be selected.",
            ),
            (json!({"name": "x".repeat(300)}), "At most 255 characters."),
            (
                json!({"name": "x", "content": "x".repeat(1_100_000)}),
                "At most 1048576 bytes.",
            ),
        ] {
            let (status, answer) = world.send(&world.owner, &add, body).await;
            assert_eq!(
                (status, answer["name"].as_str(), answer["errors"].as_str()),
                (
                    StatusCode::FORBIDDEN,
                    Some("Could not add EventReport"),
                    Some(message)
                ),
                "{answer}"
            );
        }
        let (status, answer) = world
            .send(&world.owner, &add, json!({"name": "x", "distribution": 9}))
            .await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        assert!(
            answer["errors"].as_str().unwrap().starts_with("Options : 0, 1"),
            "{answer}"
        );
        let (status, answer) = world
            .send(&world.owner, "/eventReports/add", json!({"name": "x"}))
            .await;
        assert_eq!(
            (status, &answer["message"]),
            (StatusCode::METHOD_NOT_ALLOWED, &json!("No event ID set."))
        );
        let (status, answer) = world
            .send(
                &world.outsider,
                &format!("/eventReports/add/{uuid}"),
                json!({"name": "x"}),
            )
            .await;
        assert_eq!(
            (status, &answer["message"]),
            (StatusCode::NOT_FOUND, &json!("Invalid event"))
        );
        let foreign = json!({"name": "x", "distribution": 4, "sharing_group_id": "999999"});
        let (status, _) = world.send(&world.owner, &add, foreign).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        let (status, answer) = world
            .get(&world.owner, "/eventReports/index/context:everything")
            .await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{answer}");
    });
}

#[test]
fn deleting_unpublishes_and_can_be_undone_unless_it_is_for_good() {
    on_each(&async |world| {
        let (event, _) = world.event(3).await;
        let report = world.report(&event, json!({"name": "r", "content": "x"})).await;
        let (id, uuid) = (text(&report["id"]), text(&report["uuid"]));
        let post = async |path: String, body: Value| world.instance.post(&world.owner, &path, body).await;
        post(format!("/events/publish/{event}"), json!({})).await;
        let gone = post(format!("/eventReports/delete/{uuid}"), json!({})).await;
        assert_eq!(gone["name"], format!("Event Report {uuid} soft deleted"));
        let (_, seen) = world.get(&world.owner, &format!("/events/view/{event}")).await;
        assert_eq!(seen["Event"]["published"], false);
        assert_eq!(seen["Event"]["EventReport"], json!([]));
        assert!(world.listed(&world.owner, "/eventReports/index").await.is_empty());
        for context in ["deleted", "all"] {
            let path = format!("/eventReports/index/context:{context}");
            assert_eq!(world.listed(&world.owner, &path).await, ["r"]);
            assert!(
                world.listed(&world.outsider, &path).await.is_empty(),
                "not theirs to see"
            );
        }
        let (status, _) = world
            .get(&world.outsider, &format!("/eventReports/view/{id}"))
            .await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        let back = post(format!("/eventReports/restore/{id}"), json!({})).await;
        assert_eq!(back["message"], format!("Event Report {id} restored"));
        assert_eq!(world.listed(&world.outsider, "/eventReports/index").await, ["r"]);
        post(format!("/eventReports/delete/{id}/hard"), json!({})).await;
        let (status, answer) = world
            .send(&world.owner, &format!("/eventReports/delete/{id}"), json!({}))
            .await;
        assert_eq!(
            (status, &answer["message"]),
            (StatusCode::NOT_FOUND, &json!("Invalid report"))
        );
    });
}

#[test]
fn extraction_writes_nothing_unless_asked_and_tells_nothing_hidden() {
    on_each(&async |world| {
        let body = json!({
            "info": "an event", "distribution": 3,
            "Attribute": [{"type": "ip-dst", "value": "192.0.2.1", "distribution": 0}, {"type": "domain", "value": "seen.example.com"}],
        });
        let event = world.instance.post(&world.owner, "/events/add", body).await;
        let event = text(&event["Event"]["id"]);
        let content = "Beacons to 192[.]0[.]2[.]1 and hxxp://evil.example.com/a, also seen.example.com. `d41d8cd98f00b204e9800998ecf8427e`";
        let report = world
            .report(
                &event,
                json!({"name": "r", "content": content, "distribution": 5}),
            )
            .await;
        let path = format!("/eventReports/extractFromReport/{}", text(&report["id"]));
        let known = async |key: &str| -> Vec<(String, bool)> {
            let (status, list) = world.get(key, &path).await;
            assert_eq!(status, StatusCode::OK, "{list}");
            let list = list.as_array().unwrap();
            list.iter()
                .map(|one| (text(&one["value"]), one["known"].as_bool().unwrap()))
                .collect()
        };
        let found = known(&world.owner).await;
        assert!(found.contains(&("192.0.2.1".into(), true)), "{found:?}");
        assert!(found.contains(&("seen.example.com".into(), true)), "{found:?}");
        assert!(
            found.contains(&("http://evil.example.com/a".into(), false)),
            "{found:?}"
        );
        // What an outsider may not see is not told by "known".
        let found = known(&world.outsider).await;
        assert!(found.contains(&("192.0.2.1".into(), false)), "{found:?}");
        let all = format!("/eventReports/extractAllFromReport/{}", text(&report["id"]));
        let (_, only_looked) = world.send(&world.owner, &all, json!({})).await;
        assert!(only_looked.as_array().unwrap().len() >= 4, "{only_looked}");
        let values = async || -> Vec<String> {
            let (_, event) = world.get(&world.owner, &format!("/events/view/{event}")).await;
            event["Event"]["Attribute"]
                .as_array()
                .unwrap()
                .iter()
                .map(|attribute| text(&attribute["value"]))
                .collect()
        };
        assert_eq!(values().await.len(), 2, "nothing was written");
        let (status, refused) = world
            .send(
                &world.owner,
                &all,
                json!({"save": true, "values": ["not.in.it.example.com"]}),
            )
            .await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{refused}");
        let chosen = json!({"save": true, "values": [{"value": "http://evil.example.com/a", "type": "url", "to_ids": false}]});
        let (status, saved) = world.send(&world.owner, &all, chosen).await;
        assert_eq!(
            (status, &saved["Attribute"][0]["to_ids"]),
            (StatusCode::OK, &json!(false)),
            "{saved}"
        );
        assert_eq!(values().await.len(), 3);
        let (_, rest) = world.send(&world.owner, &all, json!({"save": true})).await;
        assert_eq!(rest["errors"], json!({}), "{rest}");
        assert!(
            values()
                .await
                .contains(&"d41d8cd98f00b204e9800998ecf8427e".to_owned())
        );
    });
}

#[test]
fn the_web_is_fetched_only_where_the_guard_allows() {
    on_each(&async |world| {
        let (event, _) = world.event(0).await;
        let path = format!("/eventReports/importReportFromUrl/{event}");
        for url in [
            "http://127.0.0.1:1/",
            "http://localhost/",
            "http://169.254.169.254/latest/meta-data",
            "http://[::1]/",
            "file:///etc/passwd",
            "ftp://example.com/",
            "https://user:password@example.com/",
            "nonsense",
            "",
        ] {
            let (status, answer) = world.send(&world.owner, &path, json!({"url": url})).await;
            assert_eq!(status, StatusCode::FORBIDDEN, "{url}: {answer}");
        }
        assert!(world.listed(&world.owner, "/eventReports/index").await.is_empty());
    });
}
