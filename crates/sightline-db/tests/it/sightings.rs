//! Sightings: who is shown whose, values, searches.

use crate::data::{attribute, event, new_attribute, new_event, org, read, simple, write};
use crate::engines::on_each;
use sightline_core::Stretch;
use sightline_core::ids::{AttributeId, EventId, OrgId, SightingId};
use sightline_db::sightings::{self, OrgKey, Rule, Scope, ShownTo};
use sightline_db::{Db, Tx, Visible, params};
use sightline_misp::records::{Attribute, Distribution, Event, Sighting, SightingType};
use sightline_query::{
    AttributePredicate, EventPredicate, Filter, Keys, Paging, SightingPredicate as S, Term, TimeRange,
};
use uuid::Uuid;

const EVERYTHING: Paging = Paging { limit: None, page: 1 };

fn seen(tx: &mut Tx<'_>, on: (EventId, AttributeId), org_id: OrgId, at: i64, source: &str) -> i64 {
    let mut row = [Sighting {
        uuid: Uuid::new_v4(),
        event_id: on.0,
        attribute_id: on.1,
        org_id,
        date_sighting: at,
        source: source.into(),
        ..Sighting::default()
    }];
    sightings::insert_many(tx, &mut row).unwrap();
    row[0].id.0
}

/// Organisations 1 (owner), 2, 3; event 1 open with attributes 1 and 2 (private), event 2 hidden with attribute 3.
/// Sightings: 1 by the owner, 2 by organisation 2, 3 on the private attribute, 4 in the hidden event.
fn world(db: &Db) {
    write(db, |tx| {
        let (one, two) = (org(tx, "one"), org(tx, "two"));
        org(tx, "three");
        let open = event(tx, new_event(one, "open"));
        let hidden = event(
            tx,
            Event {
                distribution: Distribution::OrganisationOnly,
                ..new_event(one, "hidden")
            },
        );
        let a = simple(tx, open, "text", "Value");
        let private = attribute(
            tx,
            Attribute {
                distribution: Distribution::OrganisationOnly,
                ..new_attribute(open, "text", "value")
            },
        );
        let b = simple(tx, hidden, "text", "value");
        assert_eq!(seen(tx, (open, a), one, 100, "sensor"), 1);
        assert_eq!(seen(tx, (open, a), two, 300, "%odd"), 2);
        assert_eq!(seen(tx, (open, private), two, 200, ""), 3);
        assert_eq!(seen(tx, (hidden, b), one, 400, "sensor"), 4);
        Ok(())
    });
}

fn found(db: &Db, visible: Visible, shown: ShownTo, filter: Filter<S>, paging: Paging) -> Vec<i64> {
    read(db, move |tx| {
        sightings::find_ids(tx, visible, shown, &filter, paging)
    })
}

fn member(org: i64) -> Visible {
    Visible::to_organisation(OrgId(org), false)
}

#[test]
fn the_policy_decides_who_is_shown_whose() {
    on_each(|db| {
        world(db);
        let shown = |org: i64, rule| {
            found(
                db,
                member(org),
                ShownTo::organisation(OrgId(org), rule),
                Filter::everything(),
                EVERYTHING,
            )
        };
        for (org, rule, expected) in [
            (1, Rule::Own, vec![1, 2, 3, 4]),
            (2, Rule::Own, vec![2]),
            (3, Rule::Own, vec![]),
            (2, Rule::Reporters, vec![1, 2]),
            (3, Rule::Reporters, vec![]),
            (3, Rule::Everyone, vec![1, 2]),
            (3, Rule::Host(OrgId(2)), vec![2]),
            (3, Rule::Host(OrgId(3)), vec![]),
        ] {
            assert_eq!(shown(org, rule), expected, "organisation {org}, {rule:?}");
        }
        let all = found(
            db,
            Visible::everything(),
            ShownTo::everything(),
            Filter::everything(),
            EVERYTHING,
        );
        assert_eq!(all, [1, 2, 3, 4]);
    });
}

#[test]
fn lists_respect_visibility_and_policy() {
    on_each(|db| {
        world(db);
        let (own, everyone) = (
            ShownTo::organisation(OrgId(3), Rule::Own),
            ShownTo::organisation(OrgId(3), Rule::Everyone),
        );
        read(db, move |tx| {
            let ids = |list: Vec<sightings::Detail>| list.iter().map(|d| d.sighting.id.0).collect::<Vec<_>>();
            let newest = |tx: &mut Tx<'_>, scope, orgs: &[OrgKey]| {
                sightings::newest_first(tx, member(3), everyone, scope, orgs)
            };
            assert_eq!(newest(tx, Scope::Event(EventId(1)), &[])?, [2, 1]);
            assert_eq!(newest(tx, Scope::Event(EventId(2)), &[])?, [0_i64; 0]);
            assert_eq!(newest(tx, Scope::Attribute(AttributeId(2)), &[])?, [0_i64; 0]);
            let first = Scope::Attribute(AttributeId(1));
            assert_eq!(newest(tx, first, &[OrgKey::Id(OrgId(1))])?, [1]);
            assert_eq!(
                ids(sightings::by_ids(tx, member(3), everyone, &[2, 4, 1])?),
                [2, 1]
            );
            let two = tx
                .first("SELECT uuid FROM organisations WHERE id = 2", &[], |row| {
                    row.uuid(0)
                })?
                .unwrap();
            let (named, other) = (OrgKey::Uuid(two), OrgKey::Id(OrgId(1)));
            assert_eq!(newest(tx, Scope::Everything, &[named])?, [2]);
            assert_eq!(newest(tx, Scope::Everything, &[named, other])?, [0_i64; 0]);

            let page = |tx: &mut Tx<'_>, after| {
                let stretch = Stretch {
                    after: SightingId(after),
                    ..Stretch::page(1, 10)
                };
                sightings::page(tx, member(3), everyone, Scope::Everything, stretch, 1)
            };
            assert_eq!(ids(page(tx, 0)?), [1]);
            assert_eq!(ids(page(tx, 1)?), [2]);
            assert_eq!(ids(page(tx, 2)?), [0_i64; 0]);

            let one = sightings::find(tx, member(3), everyone, Some(SightingId(2)), None)?.unwrap();
            assert_eq!(
                (one.org.unwrap().name.as_str(), one.attribute.id, one.event.id),
                ("two", AttributeId(1), EventId(1))
            );
            let by_uuid = sightings::find(tx, member(3), everyone, None, Some(one.sighting.uuid))?.unwrap();
            assert_eq!(by_uuid.sighting.id, SightingId(2));
            assert!(sightings::find(tx, member(3), own, Some(SightingId(2)), None)?.is_none());
            assert!(sightings::find(tx, member(3), everyone, Some(SightingId(4)), None)?.is_none());

            let of =
                |tx: &mut Tx<'_>, shown| sightings::of_attributes(tx, shown, &[1]).map(|list| list.len());
            assert_eq!((of(tx, everyone)?, of(tx, own)?), (2, 0));
            Ok(())
        });
    });
}

#[test]
fn values_match_whole_and_in_halves_but_only_what_is_visible() {
    on_each(|db| {
        world(db);
        let composite = write(db, |tx| {
            attribute(
                tx,
                Attribute {
                    deleted: true,
                    ..new_attribute(EventId(1), "text", "value")
                },
            );
            Ok(simple(tx, EventId(1), "ip-dst|port", "192.0.2.1|443").0)
        });
        let matching = |visible, value: &str| {
            let values = [value.to_owned()];
            let found = read(db, move |tx| {
                sightings::attributes_by_values(tx, visible, &values)
            });
            found.iter().map(|a| a.id.0).collect::<Vec<_>>()
        };
        assert_eq!(matching(Visible::everything(), "VALUE"), [1, 2, 3]);
        assert_eq!(
            matching(member(2), "value"),
            [1],
            "neither the private one nor the hidden event's"
        );
        for value in ["192.0.2.1", "443", "192.0.2.1|443"] {
            assert_eq!(matching(member(2), value), [composite], "{value}");
        }
        assert_eq!(matching(member(2), "192.0.2.1|80"), [0_i64; 0]);
        assert_eq!(matching(member(2), "alue"), [0_i64; 0]);
    });
}

#[test]
fn expirations_are_removed_per_organisation() {
    on_each(|db| {
        world(db);
        write(db, |tx| {
            tx.exec("UPDATE sightings SET type = 2 WHERE id IN (1, 2, 3)", &[])?;
            sightings::delete_expirations(tx, OrgId(2), &[1])?;
            let left = tx.all("SELECT id FROM sightings ORDER BY id", &[], |row| row.int(0))?;
            assert_eq!(left, [1, 3, 4]);
            sightings::delete(tx, SightingId(1))?;
            assert!(!tx.exists("SELECT 1 FROM sightings WHERE id = $1", params![1_i64])?);
            Ok(())
        });
    });
}

#[test]
fn bulk_rows_keep_every_column_and_uuids_are_known() {
    on_each(|db| {
        world(db);
        write(db, |tx| {
            let sighting = Sighting {
                uuid: Uuid::new_v4(),
                attribute_id: AttributeId(1),
                event_id: EventId(1),
                org_id: OrgId(3),
                date_sighting: 12,
                source: "s".into(),
                kind: SightingType::FalsePositive,
                ..Sighting::default()
            };
            let mut rows = [sighting.clone()];
            sightings::insert_many(tx, &mut rows)?;
            let stored = sightings::find(
                tx,
                Visible::everything(),
                ShownTo::everything(),
                Some(rows[0].id),
                None,
            )?
            .unwrap();
            assert_eq!(
                stored.sighting,
                Sighting {
                    id: rows[0].id,
                    ..sighting.clone()
                }
            );
            let (known, unknown) = (sighting.uuid, Uuid::new_v4());
            assert_eq!(sightings::known_uuids(tx, &[known, unknown])?, [known].into());
            assert_eq!(
                sightings::uuids_of_event(tx, EventId(1), &[known, unknown])?,
                [known]
            );
            assert!(sightings::uuids_of_event(tx, EventId(2), &[known])?.is_empty());
            Ok(())
        });
    });
}

#[test]
fn searches_find_by_every_predicate() {
    on_each(|db| {
        world(db);
        let (org_two, event_one) = read(db, |tx| {
            let uuid = |tx: &mut Tx<'_>, sql| tx.first(sql, &[], |row| row.uuid(0)).map(Option::unwrap);
            Ok((
                uuid(tx, "SELECT uuid FROM organisations WHERE id = 2")?,
                uuid(tx, "SELECT uuid FROM events WHERE id = 1")?,
            ))
        });
        let ids = |ids: &[i64]| Keys {
            ids: ids.to_vec(),
            ..Keys::default()
        };
        let uuids = |uuid| Keys {
            uuids: vec![uuid],
            ..Keys::default()
        };
        let names = |name: &str| Keys {
            names: vec![Term::exact(name)],
            ..Keys::default()
        };
        let range = |from, to| S::Date(TimeRange { from, to });
        let all = |filter| {
            found(
                db,
                Visible::everything(),
                ShownTo::everything(),
                filter,
                EVERYTHING,
            )
        };
        for (filter, expected) in [
            (Filter::nothing(), vec![]),
            (Filter::Is(S::Sighting(ids(&[4, 1, 99]))), vec![1, 4]),
            (Filter::Is(range(Some(200), None)), vec![2, 3, 4]),
            (Filter::Is(range(Some(100), Some(200))), vec![1, 3]),
            (Filter::Is(S::Kind(vec![1])), vec![]),
            (Filter::Is(S::Kind(vec![0, 2])), vec![1, 2, 3, 4]),
            (Filter::Is(S::Org(ids(&[2]))), vec![2, 3]),
            (Filter::Is(S::Org(uuids(org_two))), vec![2, 3]),
            (Filter::Is(S::Org(names("TWO"))), vec![2, 3]),
            (Filter::negate(Filter::Is(S::Org(ids(&[2])))), vec![1, 4]),
            (Filter::Is(S::Source(vec![Term::exact("sensor")])), vec![1, 4]),
            (
                Filter::Is(S::Source(vec![Term::exact("nope"), Term::parse("sen%")])),
                vec![1, 4],
            ),
            (
                Filter::Is(S::OfEvent(Box::new(Filter::Is(EventPredicate::Event(uuids(
                    event_one,
                )))))),
                vec![1, 2, 3],
            ),
            (
                Filter::Is(S::OfAttribute(Box::new(Filter::Is(
                    AttributePredicate::Attribute(ids(&[2, 3])),
                )))),
                vec![3, 4],
            ),
            (
                Filter::all([Filter::Is(S::Org(ids(&[1]))), Filter::Is(range(None, Some(150)))]),
                vec![1],
            ),
            (
                Filter::any([
                    Filter::Is(S::Sighting(ids(&[1]))),
                    Filter::Is(S::Sighting(ids(&[3]))),
                ]),
                vec![1, 3],
            ),
        ] {
            assert_eq!(all(filter.clone()), expected, "{filter:?}");
        }
        let paged = |page| {
            let paging = Paging { limit: Some(3), page };
            found(
                db,
                Visible::everything(),
                ShownTo::everything(),
                Filter::everything(),
                paging,
            )
        };
        assert_eq!((paged(1), paged(2), paged(3)), (vec![1, 2, 3], vec![4], vec![]));
        let many = Filter::All((0..3_000).map(|_| Filter::Is(S::Kind(vec![0]))).collect());
        assert_eq!(all(many).len(), 4);
    });
}

#[test]
fn stretches_count_what_the_viewer_is_shown() {
    on_each(|db| {
        world(db);
        read(db, |tx| {
            let count = |tx: &mut Tx<'_>, visible, shown| {
                sightings::per_stretch(tx, visible, shown, Scope::Event(EventId(1)), 150, 100)
            };
            let kind = SightingType::Sighting;
            let all = count(tx, Visible::everything(), ShownTo::everything())?;
            assert_eq!(all, [(kind, -1, 1), (kind, 0, 1), (kind, 1, 1)]);
            let outsider = count(tx, member(3), ShownTo::organisation(OrgId(3), Rule::Everyone))?;
            assert_eq!(
                outsider,
                [(kind, -1, 1), (kind, 1, 1)],
                "not the private attribute's"
            );
            Ok(())
        });
    });
}
