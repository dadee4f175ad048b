//! Event searches and the event index.

use super::{ATTRIBUTE_UUID, EVENT_UUID, GROUP_UUID, NOW, World, covered, found_events, on_world};
use serde_json::{Value, json};
use sightline_db::search;
use sightline_query::{EventIndex, Request};

#[test]
fn every_parameter_finds_what_it_should() {
    on_world(|tx, world| {
        let [a, b] = [world.a.0, world.b.0];
        let org = world.beta.0;
        let cases: Vec<(Value, &str)> = vec![
            (json!({"eventid": a}), "a"),
            (json!({"eventid": [a, b]}), "ab"),
            (json!({"eventid": format!("!{a}")}), "bcd"),
            (json!({"eventid": 999_999}), ""),
            (json!({"uuid": EVENT_UUID}), "a"),
            (json!({"uuid": ATTRIBUTE_UUID}), "a"),
            (json!({"uuid": {"NOT": [EVENT_UUID]}}), "bcd"),
            (json!({"value": "2001:DB8:0::7"}), "ac"),
            (json!({"value": "EVIL.example"}), "a"),
            (json!({"value": "192.0.2.1"}), "a"),
            (json!({"value": "evil.example|192.0.2.1"}), "a"),
            (json!({"value": "evil.example|192.0.2.2"}), ""),
            (json!({"value": "%.EXAMPLE"}), "a"),
            (json!({"value": ["nothing", "invoice_2026.EXE"]}), "b"),
            (json!({"value": {"NOT": ["evil.example"]}}), "bcd"),
            (json!({"type": "md5"}), "b"),
            (json!({"type": "ip-%"}), "ac"),
            (json!({"type": {"OR": ["md5", "ip-src"]}}), "bc"),
            (json!({"category": "Payload delivery"}), "b"),
            (json!({"category": "payload delivery"}), ""),
            (json!({"object_relation": "filename"}), "b"),
            (json!({"to_ids": 0}), "b"),
            (json!({"org": org}), "bc"),
            (json!({"org": "beta corp"}), "bc"),
            (json!({"org": "!Beta Corp"}), "ad"),
            (json!({"org": "unknown"}), ""),
            (json!({"org.sector": "energy"}), "bc"),
            (json!({"org.nationality": "Norway"}), "bc"),
            (json!({"org.local": 1}), "ad"),
            (json!({"tags": "tlp:green"}), "a"),
            (json!({"tags": "TLP:green"}), ""),
            (json!({"tags": "tlp:%"}), "ac"),
            (json!({"tags": "c2"}), "a"),
            (json!({"tags": {"AND": ["tlp:green", "c2"]}}), "a"),
            (json!({"tags": {"AND": ["tlp:green", "tlp:red"]}}), ""),
            (json!({"tags": {"AND": ["tlp:green", "unknown"]}}), ""),
            (json!({"tags": {"NOT": ["tlp:red"]}}), "abd"),
            (json!({"tags": {"NOT": ["unknown"]}}), "abcd"),
            (json!({"tags": "unknown"}), ""),
            (json!({"event_tags": "c2"}), ""),
            (json!({"event_tags": "tlp:green"}), "a"),
            (json!({"eventinfo": "Phishing wave"}), "a"),
            (json!({"eventinfo": "phishing wave"}), ""),
            (json!({"eventinfo": r"%C:\Windows%"}), "b"),
            (json!({"from": "2026-01-05"}), "a"),
            (json!({"to": "2026-01-05"}), "bcd"),
            (json!({"date": ["2026-01-09", "2026-01-11"]}), "a"),
            (json!({"last": "2d"}), "d"),
            (json!({"publish_timestamp": [1, 3_000]}), "ac"),
            (json!({"timestamp": 4_000}), "b"),
            (json!({"event_timestamp": 4_000}), "b"),
            (json!({"timestamp": "5x"}), ""),
            (json!({"published": 0}), "b"),
            (json!({"published": [true, false]}), "abcd"),
            (json!({"threat_level_id": 1}), "b"),
            (json!({"distribution": 0}), "c"),
            (json!({"sharinggroup": GROUP_UUID}), "d"),
            (json!({"sharinggroup": 4711}), ""),
            (json!({"event_uuid": EVENT_UUID}), "a"),
            (json!({"idList": [b]}), "b"),
            (json!({"eventsExtendingUuid": EVENT_UUID}), "d"),
            (json!({"eventsExtendingUuid": a}), "d"),
            (json!({"protected": 0}), "abcd"),
            (json!({"deleted": 1}), "a"),
            (json!({"searchall": "%PHISH%"}), "a"),
            (json!({"searchall": "%noon%"}), "a"),
            (json!({"searchall": "tlp:red"}), "c"),
            (json!({"searchall": 1, "value": "%evil%"}), "a"),
            (json!({"order": "Event.timestamp desc", "eventid": [a, b]}), "ba"),
            (json!({"limit": 2}), "ab"),
            (json!({"limit": 2, "page": 2}), "cd"),
            (json!({"limit": 2, "page": 9}), ""),
            (json!({"tag": "tlp:green"}), "a"),
            (json!({"sharing_group_id": GROUP_UUID}), "d"),
            (json!({"cidr": ["192.0.2.0/30", "2001:db8::/64"]}), "ac"),
            (json!({"cidr": {"NOT": ["2001:db8::7"]}}), "bd"),
        ];
        covered(
            cases.iter().map(|(body, _)| body),
            "value type category org tags tag searchall from to last eventid uuid publish_timestamp timestamp \
             event_timestamp event_tags published to_ids deleted date object_relation threat_level_id eventinfo \
             sharinggroup idList event_uuid distribution sharing_group_id eventsExtendingUuid protected order limit page \
             org.sector org.local org.nationality cidr",
        );
        for (body, expected) in cases {
            assert_eq!(
                found_events(tx, world, World::everybody(), &body),
                expected,
                "{body}"
            );
        }
    });
}

#[test]
fn what_is_hidden_is_not_found_through_any_parameter() {
    on_world(|tx, world| {
        let (alpha, beta) = (World::member(world.alpha), World::member(world.beta));
        for (body, by_alpha, by_beta) in [
            (json!({"returnFormat": "json"}), "abd", "abcd"),
            (json!({"value": "2001:db8::7"}), "a", "ac"),
            (json!({"tags": "tlp:red"}), "", "c"),
            // Deleted attributes are found only by the organisation that owns the event.
            (json!({"value": "gone.example"}), "a", ""),
            (json!({"deleted": 1}), "a", ""),
        ] {
            assert_eq!(found_events(tx, world, alpha, &body), by_alpha, "alpha {body}");
            assert_eq!(found_events(tx, world, beta, &body), by_beta, "beta {body}");
        }
    });
}

#[test]
fn a_page_knows_the_total() {
    on_world(|tx, world| {
        let asked = super::parameters(
            sightline_query::Scope::Event,
            &json!({"limit": 1, "org": "Beta Corp"}),
        );
        let asked = sightline_query::EventSearch::parse(&asked, NOW).unwrap();
        let page = search::events(tx, World::everybody(), &asked.filter, &asked.order, asked.paging).unwrap();
        assert_eq!((page.ids, page.total), (vec![world.b.0], 2));
    });
}

#[test]
fn a_thousand_values_are_one_query() {
    on_world(|tx, world| {
        let mut values: Vec<String> = (0..3_000)
            .map(|n| format!("host{n}.example|192.0.2.{n}"))
            .collect();
        values.push("evil.example|192.0.2.1".into());
        values.extend((0..2_000).map(|n| format!("%nothing{n}")));
        let body = json!({ "value": values });
        assert_eq!(found_events(tx, world, World::everybody(), &body), "a");
        let nots = json!({"value": {"NOT": (0..2_000).map(|n| format!("x{n}")).collect::<Vec<_>>()}});
        assert_eq!(found_events(tx, world, World::everybody(), &nots), "abcd");
    });
}

#[test]
fn the_index_filters_and_sorts() {
    on_world(|tx, world| {
        for (body, expected) in [
            (json!({"all": "evil"}), vec![world.a]),
            (json!({"all": "beta"}), vec![world.b, world.c]),
            (json!({"attribute": "invoice"}), vec![world.b]),
            (json!({"value": "192.0.2.1"}), vec![world.a]),
            (json!({"searcheventinfo": "PHISH"}), vec![world.a]),
            (json!({"tag": "tlp:green|tlp:red"}), vec![world.a, world.c]),
            (json!({"tag": "!tlp:red"}), vec![world.a, world.b, world.d]),
            (json!({"org": "!Alpha"}), vec![world.b, world.c]),
            (json!({"hasproposal": 1}), vec![]),
            (json!({"minimal": 1}), vec![world.a]),
            (json!({"threatlevel": "1|2"}), vec![world.b]),
            (json!({"analysis": 2}), vec![world.b]),
            (json!({"datefrom": "2026-01-05"}), vec![world.a]),
            (json!({"email": "nobody"}), vec![]),
            (
                json!({"sort": "info", "direction": "desc"}),
                vec![world.d, world.c, world.a, world.b],
            ),
        ] {
            let asked = EventIndex::parse(
                Request {
                    body: Some(&body),
                    ..Request::default()
                },
                NOW,
            )
            .unwrap();
            let page =
                search::events(tx, World::everybody(), &asked.filter, &asked.order, asked.paging).unwrap();
            let expected: Vec<i64> = expected.into_iter().map(|event| event.0).collect();
            assert_eq!(page.ids, expected, "{body}");
        }
    });
}

#[test]
fn rows_come_in_the_order_of_the_ids() {
    on_world(|tx, world| {
        let ids = [world.c.0, world.a.0];
        let all: Vec<i64> = search::event_rows(tx, World::everybody(), &ids)
            .unwrap()
            .iter()
            .map(|event| event.id.0)
            .collect();
        assert_eq!(all, ids);
        let seen: Vec<i64> = search::event_rows(tx, World::member(world.alpha), &ids)
            .unwrap()
            .iter()
            .map(|event| event.id.0)
            .collect();
        assert_eq!(seen, [world.a.0]);
    });
}
