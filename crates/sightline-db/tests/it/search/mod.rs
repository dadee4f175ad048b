//! Every search parameter, from the request's words to the rows that come back.

mod attributes;
mod events;
mod indexes;
mod objects;

use crate::data::{self, attribute, event, new_attribute, new_event, new_object, object, org, tag};
use crate::engines::on_each;
use serde_json::Value;
use sightline_core::ids::{AttributeId, EventId, ObjectId, OrgId};
use sightline_db::search::{self, AttributeCursor, DeletedAccess, Viewer};
use sightline_db::{Tx, Visible, params};
use sightline_misp::records::{Analysis, Distribution, ThreatLevel};
use sightline_query::{AttributeSearch, EventSearch, ObjectSearch, Params, Request, Scope};
use uuid::Uuid;

/// The time of every search.
const NOW: i64 = 1_000_000;
const EVENT_UUID: Uuid = Uuid::from_u128(0xe1);
const ATTRIBUTE_UUID: Uuid = Uuid::from_u128(0xa1);
const OBJECT_UUID: Uuid = Uuid::from_u128(0x01);
const TEMPLATE_UUID: Uuid = Uuid::from_u128(0x71);
const GROUP_UUID: Uuid = Uuid::from_u128(0x91);

/// The stored rows, by the letter that tests call them.
#[derive(Clone, Copy)]
struct World {
    alpha: OrgId,
    beta: OrgId,
    /// Alpha's, published, `phish`, tagged `tlp:green`; holds attributes 0 (ip), 1 (domain|ip, tagged `c2`), 2 (deleted).
    a: EventId,
    /// Beta's, unpublished, high threat; holds attribute 3 (md5, no IDS) and an object with attribute 4 (filename).
    b: EventId,
    /// Beta's, only for beta; holds attribute 5 (the ip again).
    c: EventId,
    /// Alpha's, for a sharing group of beta; extends `a`; holds nothing.
    d: EventId,
    attributes: [AttributeId; 6],
    object: ObjectId,
}

impl World {
    fn everybody() -> Viewer {
        Viewer {
            visible: Visible::everything(),
            deleted: DeletedAccess::All,
        }
    }

    fn member(org: OrgId) -> Viewer {
        Viewer {
            visible: Visible::to_organisation(org, false),
            deleted: DeletedAccess::Owner(org),
        }
    }
}

/// Runs `test` on a filled database of every engine.
fn on_world(test: impl Fn(&mut Tx<'_>, World) + Send + Clone + 'static) {
    on_each(move |db| {
        let test = test.clone();
        data::write(db, move |tx| {
            let world = build(tx);
            test(tx, world);
            Ok(())
        });
    });
}

fn build(tx: &mut Tx<'_>) -> World {
    let (alpha, beta) = (org(tx, "Alpha"), org(tx, "Beta Corp"));
    tx.exec(
        "UPDATE organisations SET sector = 'Energy', nationality = 'Norway' WHERE id = $1",
        params![beta],
    )
    .unwrap();
    tx.exec(
        "UPDATE organisations SET local = FALSE WHERE id = $1",
        params![beta],
    )
    .unwrap();
    let group = tx
        .int(
            "INSERT INTO sharing_groups (uuid, name, org_id, created, modified) VALUES ($1, 'g', $2, 0, 0) RETURNING id",
            params![GROUP_UUID, beta],
        )
        .unwrap();
    tx.exec(
        "INSERT INTO sharing_group_orgs (sharing_group_id, org_id) VALUES ($1, $2)",
        params![group, beta],
    )
    .unwrap();

    let mut a = new_event(alpha, "Phishing wave");
    a.uuid = EVENT_UUID;
    a.date = "2026-01-10".into();
    let a = event(tx, a);
    let mut b = new_event(beta, r"Backdoor in C:\Windows\system");
    (b.published, b.publish_timestamp, b.timestamp) = (false, 0, 5_000);
    (b.threat_level, b.analysis) = (ThreatLevel::High, Analysis::Completed);
    let b = event(tx, b);
    let mut c = new_event(beta, "Private notes");
    c.distribution = Distribution::OrganisationOnly;
    let c = event(tx, c);
    let mut d = new_event(alpha, "Shared in a group");
    (d.distribution, d.sharing_group_id, d.extends_uuid) =
        (Distribution::SharingGroup, group.into(), Some(EVENT_UUID));
    d.publish_timestamp = 900_000;
    let d = event(tx, d);

    let mut ip = new_attribute(a, "ip-dst", "2001:db8::7");
    (ip.uuid, ip.timestamp, ip.first_seen, ip.last_seen) =
        (ATTRIBUTE_UUID, 3_000, Some(10_000_000), Some(20_000_000));
    ip.comment = "Seen at Noon".into();
    let ip = attribute(tx, ip);
    let domain = attribute(tx, new_attribute(a, "domain|ip", "evil.example|192.0.2.1"));
    let mut gone = new_attribute(a, "domain", "gone.example");
    gone.deleted = true;
    let gone = attribute(tx, gone);
    let mut hash = new_attribute(b, "md5", "0123456789abcdef0123456789abcdef");
    hash.to_ids = false;
    let hash = attribute(tx, hash);
    let mut file = new_object(b, "file");
    (file.uuid, file.template_uuid, file.template_version) = (OBJECT_UUID, Some(TEMPLATE_UUID), 24);
    (file.first_seen, file.last_seen) = (Some(10_000_000), Some(20_000_000));
    let file = object(tx, file);
    let mut name = new_attribute(b, "filename", "Invoice_2026.exe");
    (name.object_id, name.object_relation) = (file, Some("filename".into()));
    let name = attribute(tx, name);
    let again = attribute(tx, new_attribute(c, "ip-src", "2001:db8::7"));
    tx.exec("UPDATE events SET attribute_count = 2 WHERE id = $1", params![a])
        .unwrap();

    tag(tx, "tlp:green", a, None);
    tag(tx, "c2", a, Some(domain));
    tag(tx, "tlp:red", c, None);
    World {
        alpha,
        beta,
        a,
        b,
        c,
        d,
        attributes: [ip, domain, gone, hash, name, again],
        object: file,
    }
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

/// Fails unless each of these parameters of spec 04 section 2 is in one of the bodies.
fn covered<'b>(bodies: impl Iterator<Item = &'b Value>, parameters: &str) {
    let used: Vec<&String> = bodies
        .filter_map(Value::as_object)
        .flat_map(serde_json::Map::keys)
        .collect();
    for name in parameters.split_whitespace() {
        assert!(used.iter().any(|key| *key == name), "no case for `{name}`");
    }
}

/// The letters of the events that a body finds.
fn found_events(tx: &mut Tx<'_>, world: World, viewer: Viewer, body: &Value) -> String {
    let asked = EventSearch::parse(&parameters(Scope::Event, body), NOW).unwrap();
    let page = search::events(tx, viewer, &asked.filter, &asked.order, asked.paging).unwrap();
    let names = [(world.a, 'a'), (world.b, 'b'), (world.c, 'c'), (world.d, 'd')];
    page.ids
        .iter()
        .map(|id| names.iter().find(|(event, _)| event.0 == *id).unwrap().1)
        .collect()
}

/// The positions of the attributes that a body finds, and the announced total.
fn found_attributes(tx: &mut Tx<'_>, world: World, viewer: Viewer, body: &Value) -> (Vec<usize>, i64) {
    let asked = AttributeSearch::parse(&parameters(Scope::Attribute, body), NOW).unwrap();
    let mut cursor = AttributeCursor::open(tx, viewer, &asked.filter, &asked.order, asked.paging).unwrap();
    let mut found = Vec::new();
    loop {
        // Two at a time, so that every cursor has to go on.
        let rows = cursor.next(tx, 2).unwrap();
        if rows.is_empty() {
            return (found, cursor.total());
        }
        let position = |id: AttributeId| {
            world
                .attributes
                .iter()
                .position(|attribute| *attribute == id)
                .unwrap()
        };
        found.extend(rows.iter().map(|row| position(row.attribute.id)));
    }
}

/// How many objects a body finds.
fn found_objects(tx: &mut Tx<'_>, world: World, viewer: Viewer, body: &Value) -> usize {
    let asked = ObjectSearch::parse(&parameters(Scope::Object, body), NOW).unwrap();
    let page = search::objects(tx, viewer, &asked.filter, asked.paging).unwrap();
    assert!(page.ids.iter().all(|id| *id == world.object.0));
    page.ids.len()
}
