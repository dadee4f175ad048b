//! The indexes of values: patterns, networks, and that they keep in step with the table whatever is done to it.

use super::{World, parameters};
use crate::data::{self, event, new_attribute, new_event, org, simple};
use crate::engines::on_each;
use serde_json::{Value, json};
use sightline_core::ids::{AttributeId, EventId};
use sightline_core::random;
use sightline_db::search::{AttributeCursor, explain};
use sightline_db::{Dialect, Tx, attribute_text, attributes, events};
use sightline_query::{AttributeSearch, Scope};

/// The values that a body finds, with halves joined, in the order of ids.
fn values(tx: &mut Tx<'_>, body: &Value) -> Vec<String> {
    let asked = AttributeSearch::parse(&parameters(Scope::Attribute, body), 0).unwrap();
    let everybody = World::everybody();
    let mut cursor = AttributeCursor::open(tx, everybody, &asked.filter, &asked.order, asked.paging).unwrap();
    let mut found = Vec::new();
    loop {
        let rows = cursor.next(tx, 100).unwrap();
        if rows.is_empty() {
            return found;
        }
        found.extend(rows.into_iter().map(|row| row.attribute.value().into_owned()));
    }
}

fn a_new_event(tx: &mut Tx<'_>) -> EventId {
    let owner = org(tx, &random::alphanumeric(8));
    event(tx, new_event(owner, "An event"))
}

#[test]
fn an_address_finds_the_networks_that_hold_it_and_a_network_what_it_holds() {
    on_each(|db| {
        data::write(db, |tx| {
            let here = a_new_event(tx);
            for (kind, value) in [
                ("ip-dst", "192.0.2.77"),
                ("ip-src", "192.0.2.0/24"),
                ("ip-dst", "192.0.0.0/16"),
                ("ip-dst|port", "192.0.2.200|443"),
                ("domain|ip", "a.example|192.0.3.1"),
                ("ip-dst", "198.51.100.1"),
                ("ip-dst", "2001:db8::7"),
                ("ip-src", "2001:db8::/32"),
                ("text", "192.0.2.77"),
            ] {
                simple(tx, here, kind, value);
            }
            let cases: &[(Value, &[&str])] = &[
                (
                    json!("192.0.2.77"),
                    &["192.0.2.77", "192.0.2.0/24", "192.0.0.0/16"],
                ),
                (
                    json!("192.0.2.0/24"),
                    &["192.0.2.77", "192.0.2.0/24", "192.0.0.0/16", "192.0.2.200|443"],
                ),
                (json!("192.0.3.0/24"), &["192.0.0.0/16", "a.example|192.0.3.1"]),
                (json!("2001:DB8:0::7"), &["2001:db8::7", "2001:db8::/32"]),
                (json!("2001:db8::/64"), &["2001:db8::7", "2001:db8::/32"]),
                (json!(["198.51.100.0/30", "2001:db9::/32"]), &["198.51.100.1"]),
                (
                    json!({"OR": ["192.0.0.0/16"], "NOT": ["192.0.2.0/25"]}),
                    &["192.0.2.200|443", "a.example|192.0.3.1"],
                ),
                (json!("10.0.0.0/8"), &[]),
            ];
            for (asked, expected) in cases {
                for limit in [None, Some(50)] {
                    assert_eq!(
                        values(tx, &json!({"cidr": asked, "limit": limit})),
                        *expected,
                        "{asked}"
                    );
                }
            }
            // Plain values are compared as they are.
            assert_eq!(values(tx, &json!({"value": "192.0.2.0/24"})), ["192.0.2.0/24"]);
            Ok(())
        });
    });
}

#[test]
fn patterns_find_prefixes_suffixes_infixes_and_all_under_a_domain() {
    on_each(|db| {
        data::write(db, |tx| {
            let here = a_new_event(tx);
            for value in [
                "example.com",
                "www.example.com",
                "a.b.example.com",
                "example.com.evil.test",
                "notexample.com",
                r"c:\users\x_y\50%.exe",
                "ünïcode.test",
            ] {
                simple(tx, here, "text", value);
            }
            let mut commented = new_attribute(here, "text", "plain");
            commented.comment = "under example.com".into();
            data::attribute(tx, commented);
            let cases: &[(Value, &[&str])] = &[
                (
                    json!(["example.com", "%.example.com"]),
                    &["example.com", "www.example.com", "a.b.example.com"],
                ),
                (json!("EXAMPLE%"), &["example.com", "example.com.evil.test"]),
                (json!("%evil.test"), &["example.com.evil.test"]),
                (json!("%b.exa%"), &["a.b.example.com"]),
                (json!("%a.%com"), &["a.b.example.com"]),
                (json!(r"%x\_y%"), &[r"c:\users\x_y\50%.exe"]),
                (json!(r"%50\%.e%"), &[r"c:\users\x_y\50%.exe"]),
                (json!("%www_exa%"), &["www.example.com"]),
                (json!("%Ünï%"), &["ünïcode.test"]),
                (
                    json!("%co%"),
                    &[
                        "example.com",
                        "www.example.com",
                        "a.b.example.com",
                        "example.com.evil.test",
                        "notexample.com",
                        "ünïcode.test",
                    ],
                ),
                (
                    json!({"AND": ["%example%", "%evil%"]}),
                    &["example.com.evil.test"],
                ),
                (
                    json!({"OR": ["%example%"], "NOT": ["%.com"]}),
                    &["example.com.evil.test"],
                ),
                (json!("%nothing like it%"), &[]),
            ];
            for (asked, expected) in cases {
                for limit in [None, Some(50)] {
                    assert_eq!(
                        values(tx, &json!({"value": asked, "limit": limit})),
                        *expected,
                        "{asked}"
                    );
                }
            }
            Ok(())
        });
    });
}

#[test]
fn pages_of_a_text_of_which_there_is_plenty_are_complete_and_in_order() {
    const ROWS: usize = 40_000;
    on_each(|db| {
        data::write(db, |tx| {
            let here = a_new_event(tx);
            let ids = tx.allocate_ids("attributes", ROWS)?;
            let rows: Vec<_> = ids
                .iter()
                .enumerate()
                .map(|(n, id)| {
                    let mut row = new_attribute(here, "domain", &format!("host{n}.example"));
                    (row.id, row.deleted) = (AttributeId(*id), n % 10 == 3);
                    row
                })
                .collect();
            attributes::insert_many(tx, &rows)?;
            let body = |page| json!({"value": "%.example", "limit": 4_000, "page": page});
            let paged: Vec<String> = (1..=10).flat_map(|page| values(tx, &body(page))).collect();
            let live: Vec<String> = rows
                .iter()
                .filter(|row| !row.deleted)
                .map(|row| row.value1.clone())
                .collect();
            assert_eq!(paged, live);
            assert_eq!(values(tx, &json!({"value": "%.example"})), live);
            assert_eq!(
                values(tx, &json!({"value": "%HOST39999%", "limit": 5})),
                ["host39999.example"]
            );
            Ok(())
        });
    });
}

/// A sequence of numbers that a seed decides.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % end
    }

    fn text(&mut self) -> String {
        (0..4 + self.below(8))
            .map(|_| ["ab", "ba", ".c", "É"][self.below(4)])
            .collect()
    }
}

#[test]
fn the_indexes_keep_in_step_through_random_edits() {
    on_each(|db| {
        data::write(db, |tx| {
            let mut dice = Dice(7);
            let mut events_left: Vec<EventId> = (0..4).map(|_| a_new_event(tx)).collect();
            for _ in 0..400 {
                let place = events_left[dice.below(events_left.len())];
                let known = tx.all("SELECT id FROM attributes ORDER BY id", &[], |row| row.int(0))?;
                let some = |dice: &mut Dice| known.get(dice.below(known.len().max(1))).copied();
                match (dice.below(10), some(&mut dice)) {
                    (0..6, _) | (_, None) => {
                        let mut row = new_attribute(place, "text", &dice.text());
                        if dice.below(3) == 0 {
                            row = new_attribute(place, "ip-dst", &format!("10.0.{}.1", dice.below(9)));
                        }
                        row.comment = dice.text();
                        data::attribute(tx, row);
                    }
                    (6 | 7, Some(id)) => {
                        let (mut row, _) = attributes::find(
                            tx,
                            sightline_db::Visible::everything(),
                            Some(AttributeId(id)),
                            None,
                        )?
                        .unwrap();
                        row.kind = new_attribute(place, "ip-src", "10.0.0.1").kind;
                        row.value1 = if dice.below(2) == 0 {
                            dice.text()
                        } else {
                            format!("10.0.{}.0/24", dice.below(9))
                        };
                        row.comment = dice.text();
                        attributes::update(tx, &row)?;
                    }
                    (8, Some(id)) => attributes::delete_many(tx, &[id])?,
                    (_, Some(id)) => attributes::soft_delete_many(tx, &[id], 5)?,
                }
                if events_left.len() > 2 && dice.below(150) == 0 {
                    let gone = events_left.pop().unwrap();
                    events::delete(tx, gone)?;
                }
            }
            attribute_text::check(tx)?;
            let all = values(tx, &json!({"returnFormat": "json"}));
            for _ in 0..60 {
                let part: String = dice.text().chars().take(4).collect();
                let expected: Vec<&String> = all
                    .iter()
                    .filter(|value| value.to_lowercase().contains(&part.to_lowercase()))
                    .collect();
                assert_eq!(
                    values(tx, &json!({"value": format!("%{part}%")}))
                        .iter()
                        .collect::<Vec<_>>(),
                    expected,
                    "{part}"
                );
            }
            for n in 0..9 {
                let found = values(tx, &json!({"cidr": format!("10.0.{n}.0/24")}));
                let expected: Vec<&String> = all
                    .iter()
                    .filter(|value| value.starts_with(&format!("10.0.{n}.")))
                    .collect();
                assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{n}");
            }
            Ok(())
        });
    });
}

#[test]
fn the_most_selective_condition_leads_and_an_explanation_says_so() {
    on_each(|db| {
        data::write(db, |tx| {
            let here = a_new_event(tx);
            for n in 0..50 {
                simple(tx, here, "domain", &format!("host{n}.example"));
            }
            simple(tx, here, "ip-dst", "192.0.2.1");
            let cases = [
                (
                    json!({"value": "host1.example", "last": "5d"}),
                    Some("a.value1_key + a.value2_key"),
                ),
                (json!({"value": "%host1.%", "timestamp": 1}), Some("a text")),
                (
                    json!({"cidr": "192.0.2.0/24", "value": "%example%"}),
                    Some("a.network"),
                ),
                (
                    json!({"value": "%.example", "uuid": uuid::Uuid::new_v4()}),
                    Some("a.id + a.event_id"),
                ),
                (json!({"type": "domain"}), None),
                (json!({"value": "%e%"}), None),
            ];
            for (body, expected) in cases {
                let asked = AttributeSearch::parse(&parameters(Scope::Attribute, &body), 0).unwrap();
                let way =
                    explain::attributes(tx, World::everybody(), &asked.filter, &asked.order, asked.paging)?;
                assert!(way.statement.starts_with("SELECT a.id"), "{}", way.statement);
                assert!(!way.engine.is_empty());
                // PostgreSQL chooses by its own statistics.
                if tx.dialect() == Dialect::Sqlite {
                    assert_eq!(way.index.as_deref(), expected, "{body}");
                } else {
                    assert!(way.rows.is_some(), "{:?}", way.engine);
                }
            }
            Ok(())
        });
    });
}
