//! The answers of searches, as JSON.

use super::*;
use crate::files::Files;
use crate::{Caller, Counts, Platform, Settings};
use serde_json::json;
use sightline_core::ids::{AttributeId, EventId, ObjectId, OrgId, SharingGroupId, UserId};
use sightline_core::{Clock, Permissions, random};
use sightline_db::audit::RequestType;
use sightline_db::{attributes as attribute_rows, events as event_rows, objects as object_rows, params};
use sightline_misp::records::{Analysis, Attribute, Distribution, Event, Object, ThreatLevel};
use sightline_misp::types::{AttributeType, split};
use sightline_query::{
    AttributeIndex, AttributeSearch, EventIndex, EventSearch, ObjectSearch, Params, Request, Scope,
};
use sightline_remote::{Remote, RemoteConfig};
use std::sync::Arc;
use tokio::sync::Notify;
use uuid::Uuid;

const OWNER: OrgId = OrgId(1);
const OTHER: OrgId = OrgId(2);
const EVENT_UUID: Uuid = Uuid::from_u128(0xe1);
const SAMPLE: &[u8] = b"not really malware";

/// A caller of an organisation, with these permissions.
fn ctx(platform: &Arc<Platform>, org_id: OrgId, permissions: &[Permission]) -> Ctx {
    let caller = Caller {
        user_id: UserId(org_id.0),
        org_id,
        email: format!("user{org_id}@example.com"),
        permissions: Permissions::of(permissions),
        ..Caller::default()
    };
    Ctx {
        request_type: RequestType::Api,
        ..Ctx::platform(platform.clone()).acting_as(caller)
    }
}

/// Runs `test` on a filled database of every engine, as a site administrator.
fn on_each(test: impl Fn(&Ctx, &mut Tx<'_>) + Send + Sync + Clone + 'static) {
    for database in sightline_testkit::databases() {
        let platform = Arc::new(Platform {
            db: database.db.clone(),
            clock: Clock::fixed(1_000_000),
            settings: Settings::default().into(),
            files: Files::new(database.directory().join("files")),
            remote: Remote::new(&RemoteConfig::default()).unwrap(),
            counts: Counts::default(),
            warninglists: crate::warninglists::Warninglists::default(),
            bell: Notify::new(),
            followers: Default::default(),
            uuid: random::uuid(),
            host_org: OWNER,
            base_url: "http://localhost".into(),
        });
        let ctx = ctx(&platform, OWNER, Permission::ALL);
        let test = test.clone();
        let write = |work: Box<dyn FnOnce(&mut Tx<'_>) + Send>| {
            let work = move |tx: &mut Tx<'_>| -> AppResult<()> {
                work(tx);
                Ok(())
            };
            platform
                .db
                .run_blocking(sightline_db::Access::Write, work)
                .unwrap();
        };
        let filling = ctx.clone();
        write(Box::new(move |tx| build(&filling, tx)));
        write(Box::new(move |tx| test(&ctx, tx)));
    }
}

/// Event 1 (owner's): attribute 1 a domain tagged `own`, attribute 2 a sample inside object 1, attribute 3 deleted.
/// Event 2 (other's): attribute 4 the same domain. Event 1 is tagged `event-tag` and `hidden`, which is not exportable.
fn build(ctx: &Ctx, tx: &mut Tx<'_>) {
    for (org, name) in [(OWNER, "Owner"), (OTHER, "Other")] {
        let id = tx
            .int(
                "INSERT INTO organisations (uuid, name, local, date_created, date_modified) \
                 VALUES ($1, $2, TRUE, 0, 0) RETURNING id",
                params![Uuid::new_v4(), name],
            )
            .unwrap();
        assert_eq!(id, org.0);
    }
    event(tx, OWNER, EVENT_UUID);
    event(tx, OTHER, Uuid::new_v4());
    tx.exec("UPDATE events SET attribute_count = 2 WHERE id = 1", params![])
        .unwrap();
    let file = object(tx_id(tx, "objects"));
    object_rows::insert_many(tx, &[file]).unwrap();
    attribute(tx, EventId(1), "domain", "evil.example", |_| ());
    let sample = format!("sample.exe|{}", "0".repeat(32));
    attribute(tx, EventId(1), "malware-sample", &sample, |a| {
        a.object_id = ObjectId(1);
        a.object_relation = Some("malware-sample".into());
    });
    attribute(tx, EventId(1), "domain", "gone.example", |a| a.deleted = true);
    attribute(tx, EventId(2), "hostname", "EVIL.example", |_| ());
    ctx.platform
        .files
        .store(tx, EventId(1), AttributeId(2), SAMPLE)
        .unwrap();
    for (id, name, exportable) in [(1, "own", true), (2, "event-tag", true), (3, "hidden", false)] {
        tx.exec(
            "INSERT INTO tags (id, name, name_key, colour, exportable) VALUES ($1, $2, 0, '#ff0000', $3)",
            params![id, name, exportable],
        )
        .unwrap();
    }
    tx.exec(
        "INSERT INTO attribute_tags (attribute_id, event_id, tag_id) VALUES (1, 1, 1)",
        params![],
    )
    .unwrap();
    tx.exec(
        "INSERT INTO event_tags (event_id, tag_id) VALUES (1, 2), (1, 3)",
        params![],
    )
    .unwrap();
    tx.exec(
        "INSERT INTO sightings (uuid, attribute_id, event_id, org_id, date_sighting, type) VALUES ($1, 1, 1, 1, 500, 0)",
        params![Uuid::new_v4()],
    )
    .unwrap();
}

fn tx_id(tx: &mut Tx<'_>, table: &str) -> i64 {
    tx.allocate_ids(table, 1).unwrap()[0]
}

fn event(tx: &mut Tx<'_>, org: OrgId, uuid: Uuid) {
    let event = Event {
        id: EventId(0),
        uuid,
        org_id: org,
        orgc_id: org,
        user_id: UserId(org.0),
        date: format!("2026-01-0{org}"),
        info: format!("of {org}"),
        threat_level: ThreatLevel::Low,
        analysis: Analysis::Initial,
        distribution: Distribution::AllCommunities,
        sharing_group_id: SharingGroupId(0),
        published: true,
        timestamp: 1_000,
        publish_timestamp: 2_000,
        sighting_timestamp: 0,
        attribute_count: 1,
        locked: false,
        proposal_email_lock: false,
        disable_correlation: false,
        extends_uuid: None,
        protected: None,
    };
    event_rows::insert(tx, &event).unwrap();
}

fn object(id: i64) -> Object {
    Object {
        id: ObjectId(id),
        uuid: Uuid::new_v4(),
        event_id: EventId(1),
        name: "file".into(),
        meta_category: "file".into(),
        description: String::new(),
        template_uuid: None,
        template_version: 1,
        timestamp: 1_000,
        distribution: Distribution::Inherit,
        sharing_group_id: SharingGroupId(0),
        comment: String::new(),
        deleted: false,
        first_seen: None,
        last_seen: None,
    }
}

fn attribute(tx: &mut Tx<'_>, event: EventId, kind: &str, value: &str, change: impl Fn(&mut Attribute)) {
    let kind = AttributeType::parse(kind).unwrap();
    let (value1, value2) = split(kind, value);
    let mut attribute = Attribute {
        id: AttributeId(tx_id(tx, "attributes")),
        uuid: Uuid::new_v4(),
        event_id: event,
        object_id: ObjectId(0),
        object_relation: None,
        kind,
        category: kind.default_category(),
        value1: value1.into(),
        value2: value2.into(),
        to_ids: true,
        timestamp: 1_000,
        distribution: Distribution::Inherit,
        sharing_group_id: SharingGroupId(0),
        comment: String::new(),
        deleted: false,
        disable_correlation: false,
        first_seen: None,
        last_seen: None,
    };
    change(&mut attribute);
    attribute_rows::insert_many(tx, &[attribute]).unwrap();
}

fn parameters(scope: Scope, body: &Value) -> Params {
    Params::harvest(
        scope,
        Request {
            body: Some(body),
            ..Request::default()
        },
    )
    .unwrap()
}

fn written(ctx: &Ctx, tx: &mut Tx<'_>, mut answer: impl Answer) -> Value {
    let mut out = Buffer::new();
    while answer.step(ctx, tx, &mut out).unwrap() {}
    serde_json::from_slice(&out).unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&out)))
}

fn attributes(ctx: &Ctx, tx: &mut Tx<'_>, body: &Value) -> Vec<Value> {
    let search = AttributeSearch::parse(&parameters(Scope::Attribute, body), ctx.now()).unwrap();
    let answer = AttributeAnswer::open(ctx, tx, search).unwrap();
    written(ctx, tx, answer)["response"]["Attribute"]
        .as_array()
        .unwrap()
        .clone()
}

fn events(ctx: &Ctx, tx: &mut Tx<'_>, body: &Value) -> Vec<Value> {
    let search = EventSearch::parse(&parameters(Scope::Event, body), ctx.now()).unwrap();
    let answer = EventAnswer::open(ctx, tx, &search).unwrap();
    let answer = written(ctx, tx, answer);
    answer["response"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["Event"].clone())
        .collect()
}

fn ids(rows: &[Value]) -> Vec<&str> {
    rows.iter().map(|row| row["id"].as_str().unwrap()).collect()
}

fn names(tags: &Value) -> Vec<&str> {
    tags.as_array()
        .into_iter()
        .flatten()
        .map(|tag| tag["name"].as_str().unwrap())
        .collect()
}

#[test]
fn attributes_come_with_event_object_and_tags() {
    on_each(|ctx, tx| {
        let rows = attributes(ctx, tx, &json!({"eventid": 1}));
        assert_eq!(ids(&rows), ["1", "2"]);
        let domain = &rows[0];
        assert_eq!(domain["value"], "evil.example");
        assert_eq!(
            domain["Event"],
            json!({"org_id": "1", "distribution": "3", "publish_timestamp": "2000", "id": "1", "info": "of 1",
                   "orgc_id": "1", "uuid": EVENT_UUID})
        );
        assert_eq!(
            domain["Tag"],
            json!([{"id": "1", "name": "own", "colour": "#ff0000", "numerical_value": null, "is_galaxy": false,
                    "local": false}])
        );
        assert!(
            domain.get("Object").is_none() && domain.get("value1").is_none() && domain.get("data").is_none()
        );
        assert_eq!(
            rows[1]["Object"],
            json!({"id": "1", "distribution": "5", "sharing_group_id": "0"})
        );
        assert!(rows[1].get("Tag").is_none());
        assert_eq!(
            attributes(ctx, tx, &json!({"value": "nowhere.example"})),
            Vec::<Value>::new()
        );
    });
}

#[test]
fn includes_add_what_they_name() {
    on_each(|ctx, tx| {
        let one = |tx: &mut Tx<'_>, include: &str| {
            attributes(ctx, tx, &json!({"eventid": 1, include: 1}))
                .into_iter()
                .next()
                .unwrap()
        };
        assert_eq!(one(tx, "includeEventUuid")["event_uuid"], json!(EVENT_UUID));
        let tagged = one(tx, "includeEventTags");
        assert_eq!(names(&tagged["Tag"]), ["own", "event-tag"]);
        assert_eq!(
            (&tagged["Tag"][0]["inherited"], &tagged["Tag"][1]["inherited"]),
            (&Value::Null, &json!(1))
        );
        let all = attributes(
            ctx,
            tx,
            &json!({"eventid": 1, "includeEventTags": 1, "includeAllTags": 1}),
        );
        assert_eq!(names(&all[0]["Tag"]), ["own", "event-tag", "hidden"]);
        let context = &one(tx, "includeContext")["Event"];
        assert_eq!(
            (&context["date"], &context["threat_level_id"]),
            (&json!("2026-01-01"), &json!("3"))
        );
        assert_eq!(
            (&context["Orgc"]["name"], names(&context["Tag"])),
            (&json!("Owner"), vec!["event-tag"])
        );
        assert_eq!(one(tx, "includeSightings")["Sighting"][0]["date_sighting"], "500");
        let related = &one(tx, "includeCorrelations")["RelatedAttribute"];
        assert_eq!(
            (&related[0]["id"], &related[0]["Event"]["info"]),
            (&json!("4"), &json!("of 2"))
        );
        let rows = attributes(ctx, tx, &json!({"type": "malware-sample", "withAttachments": 1}));
        assert_eq!(rows[0]["data"], "bm90IHJlYWxseSBtYWx3YXJl");
    });
}

#[test]
fn a_full_page_announces_one_more() {
    on_each(|ctx, tx| {
        for (body, announced) in [
            (json!({"limit": 2}), 3),
            (json!({"limit": 2, "page": 2}), 1),
            (json!({"limit": 9}), 3),
            (json!({"returnFormat": "json"}), 3),
        ] {
            let search = AttributeSearch::parse(&parameters(Scope::Attribute, &body), ctx.now()).unwrap();
            assert_eq!(
                open_attributes(ctx, tx, search).unwrap().announced,
                announced,
                "{body}"
            );
        }
    });
}

#[test]
fn deleted_attributes_are_for_owners_and_synchronising_users() {
    on_each(|admin, tx| {
        let deleted = json!({"deleted": 1});
        for (org, permissions, expected) in [
            (OWNER, &[Permission::Auth][..], vec!["3"]),
            (OTHER, &[Permission::Auth], vec![]),
            (OTHER, &[Permission::Sync], vec!["3"]),
        ] {
            let caller = ctx(&admin.platform, org, permissions);
            assert_eq!(
                ids(&attributes(&caller, tx, &deleted)),
                expected,
                "{org} {permissions:?}"
            );
        }
    });
}

#[test]
fn a_site_administrator_may_look_as_others_do() {
    on_each(|ctx, tx| {
        tx.exec("UPDATE events SET distribution = 0 WHERE id = 2", params![])
            .unwrap();
        let search =
            |ctx: &Ctx, body: Value| EventSearch::parse(&parameters(Scope::Event, &body), ctx.now()).unwrap();
        let all = search(ctx, json!({"returnFormat": "json"}));
        assert_eq!(
            EventAnswer::open(&as_asked(ctx, &all.includes), tx, &all)
                .unwrap()
                .total(),
            2
        );
        let limited = search(ctx, json!({"disableSiteAdmin": 1}));
        assert_eq!(
            EventAnswer::open(&as_asked(ctx, &limited.includes), tx, &limited)
                .unwrap()
                .total(),
            1
        );
    });
}

#[test]
fn events_are_whole_documents() {
    on_each(|ctx, tx| {
        let rows = events(ctx, tx, &json!({"returnFormat": "json"}));
        assert_eq!(ids(&rows), ["1", "2"]);
        assert_eq!(ids(rows[0]["Attribute"].as_array().unwrap()), ["1"]);
        assert_eq!(rows[0]["Object"][0]["Attribute"][0]["id"], "2");
        assert_eq!(names(&rows[0]["Tag"]), ["event-tag"]);
        assert_eq!(rows[0]["RelatedEvent"][0]["Event"]["id"], "2");
        assert_eq!(rows[1]["RelatedEvent"][0]["Event"]["Orgc"]["name"], "Owner");
        let rows = events(
            ctx,
            tx,
            &json!({"eventid": 1, "metadata": 1, "includeAllTags": 1}),
        );
        assert!(rows[0].get("Attribute").is_none());
        assert_eq!(names(&rows[0]["Tag"]), ["event-tag", "hidden"]);
        let rows = events(ctx, tx, &json!({"eventid": 1, "flatten": 1, "deleted": [0, 1]}));
        assert_eq!(ids(rows[0]["Attribute"].as_array().unwrap()), ["1", "2", "3"]);
        assert_eq!(events(ctx, tx, &json!({"eventid": 77})), Vec::<Value>::new());
    });
}

#[test]
fn objects_are_whole() {
    on_each(|ctx, tx| {
        let search = ObjectSearch::parse(
            &parameters(Scope::Object, &json!({"object_name": "file"})),
            ctx.now(),
        )
        .unwrap();
        let answer = ObjectAnswer::open(ctx, tx, search).unwrap();
        assert_eq!(answer.total(), 1);
        let answer = written(ctx, tx, answer);
        let object = &answer["response"][0]["Object"];
        assert_eq!(
            (&object["name"], &object["Event"]["id"]),
            (&json!("file"), &json!("1"))
        );
        assert_eq!(object["Attribute"][0]["object_relation"], "malware-sample");
    });
}

#[test]
fn the_index_lists_heads() {
    on_each(|admin, tx| {
        let index = |ctx: &Ctx, tx: &mut Tx<'_>, body: Value| {
            let asked = EventIndex::parse(
                Request {
                    body: Some(&body),
                    ..Request::default()
                },
                ctx.now(),
            )
            .unwrap();
            let answer = EventIndexAnswer::open(ctx, tx, &asked).unwrap();
            (answer.total(), written(ctx, tx, answer))
        };
        let (total, rows) = index(admin, tx, json!({"limit": 1}));
        assert_eq!((total, rows.as_array().unwrap().len()), (2, 1));
        assert_eq!(rows[0]["Orgc"]["name"], "Owner");
        assert!(rows[0].get("user_id").is_none() && rows[0].get("SharingGroup").is_none());
        assert_eq!(rows[0]["EventTag"].as_array().unwrap().len(), 1);
        assert_eq!(rows[0]["EventTag"][0]["Tag"]["name"], "event-tag");
        let (_, minimal) = index(admin, tx, json!({"minimal": 1, "eventid": 1}));
        let mut keys: Vec<&String> = minimal[0].as_object().unwrap().keys().collect();
        keys.sort();
        assert_eq!(
            keys,
            [
                "id",
                "orgc_uuid",
                "published",
                "sighting_timestamp",
                "timestamp",
                "uuid"
            ]
        );
        tx.exec(
            "INSERT INTO users (id, org_id, role_id, email, password, date_created, date_modified) \
             VALUES (1, 1, 1, 'user1@example.com', '', 0, 0), (2, 2, 1, 'user2@example.com', '', 0, 0)",
            params![],
        )
        .unwrap();
        let user = ctx(&admin.platform, OWNER, &[Permission::Auth]);
        let (total, rows) = index(&user, tx, json!({"email": "example.com"}));
        assert_eq!((total, rows[0]["id"].as_str()), (1, Some("1")));
        assert_eq!(index(&user, tx, json!({"email": "user2"})).0, 0);
        assert_eq!(index(admin, tx, json!({"email": "user2"})).0, 1);
    });
}

#[test]
fn the_attribute_index_shows_halves() {
    on_each(|ctx, tx| {
        let asked = AttributeIndex::parse(Request::default()).unwrap();
        let answer = AttributeIndexAnswer::open(ctx, tx, &asked).unwrap();
        let rows = written(ctx, tx, answer);
        assert_eq!(ids(rows.as_array().unwrap()), ["4", "1", "2"]);
        assert_eq!(rows[2]["value1"], "sample.exe");
    });
}

#[test]
fn defaults_come_from_the_users_settings() {
    on_each(|ctx, tx| {
        assert_eq!(defaults(ctx, tx).unwrap(), None);
        tx.exec(
            "INSERT INTO user_settings (user_id, setting, value, timestamp) \
             VALUES (1, 'default_restsearch_parameters', '{\"limit\": 1}', 0)",
            params![],
        )
        .unwrap();
        let defaults = defaults(ctx, tx).unwrap().unwrap();
        let body = json!({"type": "domain"});
        let request = Request {
            body: Some(&body),
            defaults: Some(&defaults),
            ..Request::default()
        };
        let search =
            AttributeSearch::parse(&Params::harvest(Scope::Attribute, request).unwrap(), ctx.now()).unwrap();
        assert_eq!(search.paging.limit, Some(1));
    });
}
