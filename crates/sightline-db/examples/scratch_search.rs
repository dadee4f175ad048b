#![allow(clippy::all, clippy::restriction, missing_docs, unused)]
use sightline_core::ids::*;
use sightline_db::*;
use sightline_db::search::*;
use sightline_db::correlations::*;
use sightline_misp::records::*;
use sightline_misp::types::*;
use sightline_query::*;
use std::time::Instant;
use serde_json::json;

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let target = if args[1].starts_with("postgres") { Target::Postgres(args[1].clone()) } else { Target::Sqlite(args[1].clone().into()) };
    let db = Db::open(&target).unwrap();
    migrations::run(&db, 0).unwrap();
    let have: i64 = db.run_blocking(Access::Read, |tx| tx.int("SELECT COUNT(*) FROM attributes", &[])).unwrap();
    if have == 0 {
        let t = Instant::now();
        let mut n: u64 = 0;
        for e in 0..2001_i64 {
            db.run_blocking(Access::Write, move |tx| -> DbResult<()> {
                let event = Event { id: EventId(0), uuid: uuid::Uuid::from_u128(1000 + e as u128), org_id: OrgId(1 + e % 5), orgc_id: OrgId(1 + e % 7), user_id: UserId(1), date: format!("2026-{:02}-{:02}", 1 + e % 12, 1 + e % 28), info: format!("Event number {e} about something"), threat_level: ThreatLevel::Low, analysis: Analysis::Initial, distribution: Distribution::AllCommunities, sharing_group_id: SharingGroupId(0), published: e % 3 != 0, timestamp: 1_000_000 + e * 1000, publish_timestamp: 1_000_000 + e * 1000, sighting_timestamp: 0, attribute_count: 0, locked: false, proposal_email_lock: false, disable_correlation: false, extends_uuid: None, protected: None };
                let id = events::insert(tx, &event)?;
                let count = if e == 2000 { 100_000 } else { 450 };
                let ids = tx.allocate_ids("attributes", count)?;
                let rows: Vec<Attribute> = ids.iter().map(|i| {
                    // one in twenty values is shared with other events
                    let shared = i % 20 == 0;
                    let v = if shared { (i * 7919) % 40_000 } else { *i + 1_000_000 };
                    let (kind, v1, v2) = match i % 4 {
                        0 => (AttributeType::parse("ip-dst").unwrap(), format!("10.{}.{}.{}", v >> 16 & 255, v >> 8 & 255, v & 255), String::new()),
                        1 => (AttributeType::parse("domain").unwrap(), format!("host{v}.example.org"), String::new()),
                        2 => (AttributeType::parse("filename|md5").unwrap(), format!("file{v}.exe"), format!("{v:032x}")),
                        _ => (AttributeType::parse("sha256").unwrap(), format!("{v:064x}"), String::new()),
                    };
                    Attribute { id: AttributeId(*i), uuid: uuid::Uuid::new_v4(), event_id: id, object_id: ObjectId(0), object_relation: None, category: kind.default_category(), kind, value1: v1, value2: v2, to_ids: true, timestamp: 1_000_000 + i, distribution: Distribution::Inherit, sharing_group_id: SharingGroupId(0), comment: if i % 10 == 0 {"a comment".into()} else {String::new()}, deleted: false, disable_correlation: false, first_seen: None, last_seen: None }
                }).collect();
                attributes::insert_many(tx, &rows)
            }).unwrap();
        }
        db.run_blocking(Access::Write, |tx| -> DbResult<()> {
            for i in 1..=5 { tx.exec("INSERT INTO tags (name, name_key, colour) VALUES ($1, 0, '#000')", params![format!("tag{i}").as_str()])?; }
            tx.exec("INSERT INTO event_tags (event_id, tag_id) SELECT id, 1 + id % 3 FROM events", &[])?;
            tx.exec("INSERT INTO attribute_tags (attribute_id, event_id, tag_id) SELECT id, event_id, 4 FROM attributes WHERE id % 50 = 0", &[])?;
            Ok(())
        }).unwrap();
        println!("filled in {:?}", t.elapsed());
    }
    let everyone = Viewer { visible: Visible::everything(), deleted: DeletedAccess::All };
    let member = Viewer { visible: Visible::to_organisation(OrgId(3), false), deleted: DeletedAccess::Owner(OrgId(3)) };
    for (name, viewer) in [("admin", everyone), ("member", member)] {
        db.run_blocking(Access::Read, move |tx| -> DbResult<()> {
            let big = tx.int("SELECT MAX(id) FROM events", &[])?;
            let t = Instant::now();
            let values = shared_values(tx, viewer.visible, EventId(big), 5000)?;
            let t1 = t.elapsed();
            let sought: Vec<Sought> = values.iter().map(|value| Sought { value, event: EventId(big) }).collect();
            let mut n = 0;
            matches(tx, viewer.visible, &sought, |_, _| n += 1)?;
            println!("{name} correlation: {} values in {t1:?}, {n} matches, total {:?}", values.len(), t.elapsed());
            let many: Vec<String> = (0..1000).map(|i| format!("host{}.example.org", 1_000_000 + i * 401 + 1)).collect();
            for body in [json!({"eventid": 5}), json!({"value": "host1000001.example.org"}), json!({"value": many}), json!({"value": "%host1000%"}), json!({"tags": "tag1"}), json!({"tags": "tag4"}), json!({"tags": {"NOT": ["tag1"]}}), json!({"type": "sha256"}), json!({"last": "5d"}), json!({"to_ids": 0}), json!({"value": {"NOT": ["host1000001.example.org"]}}), json!({"limit": 60, "page": 20, "returnFormat": "json"}), json!({"searchall": "%comment%"}), json!({"org": [1]}), json!({"published": 1})] {
                let p = Params::harvest(Scope::Event, Request { body: Some(&body), ..Request::default() }).unwrap();
                let s = EventSearch::parse(&p, 3_000_000).unwrap();
                let t = Instant::now();
                let page = search::events(tx, viewer, &s.filter, &s.order, s.paging)?;
                let te = t.elapsed();
                let p = Params::harvest(Scope::Attribute, Request { body: Some(&body), ..Request::default() }).unwrap();
                let s = AttributeSearch::parse(&p, 3_000_000).unwrap();
                let t = Instant::now();
                let mut c = AttributeCursor::open(tx, viewer, &s.filter, &s.order, s.paging)?;
                let to = t.elapsed();
                let mut n = 0;
                loop { let rows = c.next(tx, 1000)?; if rows.is_empty() { break } n += rows.len(); }
                let mut b = body.to_string(); b.truncate(60);
                println!("{name} {b}: events {} ({}) in {te:?}; attributes {} rows {n} open {to:?} all {:?}", page.ids.len(), page.total, c.total(), t.elapsed());
            }
            let body = json!({"returnFormat": "json"});
            let p = Params::harvest(Scope::Attribute, Request { body: Some(&body), ..Request::default() }).unwrap();
            let s = AttributeSearch::parse(&p, 3_000_000).unwrap();
            let t = Instant::now();
            let mut c = AttributeCursor::open(tx, viewer, &s.filter, &s.order, s.paging)?;
            let to = t.elapsed();
            let mut n = 0;
            loop { let rows = c.next(tx, 1000)?; if rows.is_empty() { break }
                let ids: Vec<i64> = rows.iter().map(|r| r.attribute.id.0).collect();
                if std::env::var("TAGS").is_ok() { tags::of_attributes(tx, &ids)?; }
                n += rows.len(); }
            println!("{name} EXPORT {} rows {n} open {to:?} all {:?}", c.total(), t.elapsed());
            let few: Vec<i64> = (0..1000).map(|i| i * 900 + 1).collect();
            Ok(())
        }).unwrap();
    }
}
