//! Proposals: who sees them, lists, counts, and what goes with an attribute or event.

use crate::data::{attribute, event, new_attribute, new_event, org, read, simple, write};
use crate::engines::on_each;
use serde_json::json;
use sightline_core::ids::{AttributeId, EventId, OrgId, ProposalId, UserId};
use sightline_db::proposals::{self, Listing};
use sightline_db::search::{self, DeletedAccess, Viewer};
use sightline_db::{Db, Tx, Visible, attributes, events, params};
use sightline_misp::records::{Attribute, Distribution, Event, Proposal};
use sightline_misp::types::AttributeType;
use sightline_query::{EventIndex, ProposalIndex, Request};
use uuid::Uuid;

fn proposal(event_id: i64, old_id: i64, value: &str, timestamp: i64) -> Proposal {
    let kind = AttributeType::parse("text").unwrap();
    Proposal {
        id: ProposalId(0),
        uuid: Uuid::new_v4(),
        old_id: AttributeId(old_id),
        event_id: EventId(event_id),
        org_id: OrgId(2),
        user_id: UserId(7),
        kind,
        category: kind.default_category(),
        value1: value.into(),
        value2: String::new(),
        to_ids: true,
        comment: format!("about {value}"),
        timestamp,
        proposal_to_delete: false,
        disable_correlation: true,
        first_seen: Some(1),
        last_seen: None,
        deleted: false,
    }
}

/// Organisations 1 (owner) and 2; event 1 open with attributes 1 (open), 2 (private) and 3 (deleted), event 2 hidden.
/// Proposals: 1 new, 2 to 4 about the attributes, 5 for the hidden event, 6 closed.
fn world(db: &Db) {
    write(db, |tx| {
        let one = org(tx, "one");
        org(tx, "two");
        let open = event(tx, new_event(one, "open"));
        let narrow = |event: Event| Event {
            distribution: Distribution::OrganisationOnly,
            ..event
        };
        event(tx, narrow(new_event(one, "hidden")));
        simple(tx, open, "text", "open");
        attribute(
            tx,
            Attribute {
                distribution: Distribution::OrganisationOnly,
                ..new_attribute(open, "text", "private")
            },
        );
        attribute(
            tx,
            Attribute {
                deleted: true,
                ..new_attribute(open, "text", "gone")
            },
        );
        for (event, old, value, at) in [
            (1, 0, "New%", 50),
            (1, 1, "b", 40),
            (1, 2, "c", 30),
            (1, 3, "d", 20),
            (2, 0, "e", 10),
            (1, 0, "f", 60),
        ] {
            proposals::insert(tx, &proposal(event, old, value, at))?;
        }
        proposals::close(tx, ProposalId(6), 60)
    });
}

const OWNER: Visible = Visible::to_organisation(OrgId(1), false);
const OTHER: Visible = Visible::to_organisation(OrgId(2), false);

fn listed(tx: &mut Tx<'_>, visible: Visible, named: &[(&str, &str)]) -> Vec<i64> {
    let named: Vec<(String, String)> = named
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    let request = Request {
        get: true,
        named: &named,
        ..Request::default()
    };
    let listing = Listing {
        event: None,
        creator: None,
        index: ProposalIndex::parse(request, 1_000).unwrap(),
    };
    proposals::find_ids(tx, visible, &listing).unwrap()
}

#[test]
fn who_sees_the_attribute_sees_its_proposals() {
    on_each(|db| {
        world(db);
        read(db, |tx| {
            assert_eq!(listed(tx, OWNER, &[]), [1, 2, 3, 4, 5]);
            assert_eq!(listed(tx, Visible::everything(), &[]), [1, 2, 3, 4, 5]);
            assert_eq!(listed(tx, OTHER, &[]), [1, 2]);
            for id in [3, 4, 5] {
                assert!(proposals::find(tx, OTHER, ProposalId(id))?.is_none(), "{id}");
                assert!(proposals::find(tx, OWNER, ProposalId(id))?.is_some(), "{id}");
            }
            let found = proposals::by_ids(tx, OTHER, &[2, 5, 1])?;
            assert_eq!(found.iter().map(|d| d.proposal.id.0).collect::<Vec<_>>(), [2, 1]);
            assert_eq!(proposals::open_per_event(tx, OTHER, &[1, 2])?, [(EventId(1), 2)]);
            let one = proposals::find(tx, OTHER, ProposalId(2))?.unwrap();
            assert_eq!(one.org.unwrap().name, "two");
            let expected = Proposal {
                id: ProposalId(2),
                uuid: one.proposal.uuid,
                ..proposal(1, 1, "b", 40)
            };
            assert_eq!(one.proposal, expected);
            Ok(())
        });
    });
}

#[test]
fn lists_are_filtered_sorted_and_paged() {
    on_each(|db| {
        world(db);
        read(db, |tx| {
            for (asked, expected) in [
                (vec![("deleted", "1")], vec![6]),
                (vec![("deleted", "2")], vec![1, 2, 3, 4, 5, 6]),
                (vec![("timestamp", "40")], vec![1, 2]),
                (vec![("searchall", "W%")], vec![1]),
                (vec![("searchall", "ABOUT d")], vec![4]),
                (vec![("sort", "timestamp")], vec![5, 4, 3, 2, 1]),
                (
                    vec![("sort", "value"), ("direction", "desc"), ("limit", "2")],
                    vec![5, 4],
                ),
                (vec![("limit", "2"), ("page", "2")], vec![3, 4]),
                (vec![("limit", "2"), ("page", "9")], vec![]),
            ] {
                assert_eq!(listed(tx, OWNER, &asked), expected, "{asked:?}");
            }
            let of_two = Listing {
                event: Some(EventId(2)),
                creator: Some(OrgId(1)),
                index: ProposalIndex::parse(Request::default(), 0).unwrap(),
            };
            assert_eq!(proposals::find_ids(tx, OWNER, &of_two)?, [5]);
            assert_eq!(proposals::count(tx, OWNER, &of_two)?, 1);
            assert_eq!(proposals::count(tx, OTHER, &of_two)?, 0);
            Ok(())
        });
    });
}

#[test]
fn the_event_filter_tells_nobody_of_what_is_hidden() {
    on_each(|db| {
        world(db);
        write(db, |tx| {
            let lonely = event(
                tx,
                new_event(OrgId(1), "only a private attribute is proposed about"),
            );
            let secret = attribute(
                tx,
                Attribute {
                    distribution: Distribution::OrganisationOnly,
                    ..new_attribute(lonely, "text", "secret")
                },
            );
            proposals::insert(tx, &proposal(lonely.0, secret.0, "g", 1)).map(drop)
        });
        read(db, |tx| {
            for (visible, flag, expected) in [
                (OWNER, 1, vec![1, 2, 3]),
                (OWNER, 0, vec![]),
                (OTHER, 1, vec![1]),
                (OTHER, 0, vec![3]),
                (OTHER, 2, vec![1, 3]),
            ] {
                let body = json!({"hasproposal": flag});
                let request = Request {
                    body: Some(&body),
                    ..Request::default()
                };
                let index = EventIndex::parse(request, 0).unwrap();
                let viewer = Viewer {
                    visible,
                    deleted: DeletedAccess::All,
                };
                let mut ids = search::events(tx, viewer, &index.filter, &[], index.paging)?.ids;
                ids.sort_unstable();
                assert_eq!(ids, expected, "{visible:?} {flag}");
            }
            Ok(())
        });
    });
}

#[test]
fn proposals_go_with_what_they_are_about() {
    on_each(|db| {
        world(db);
        write(db, |tx| {
            assert_eq!(proposals::of_attributes(tx, &[1, 2])?.len(), 2);
            proposals::close(tx, ProposalId(2), 70)?;
            let mut again = proposal(1, 1, "again", 80);
            again.proposal_to_delete = true;
            proposals::insert(tx, &again)?;
            assert!(proposals::has_open_deletion(tx, AttributeId(1), OrgId(2))?);
            assert!(!proposals::has_open_deletion(tx, AttributeId(1), OrgId(1))?);
            proposals::close_of_attributes(tx, &[1], 0)?;
            assert_eq!(
                listed(tx, OWNER, &[("deleted", "2")]),
                [1, 2, 3, 4, 5, 6, 7],
                "closed, not gone"
            );
            assert!(!proposals::has_open_deletion(tx, AttributeId(1), OrgId(2))?);
            attributes::delete_many(tx, &[1, 2])?;
            assert_eq!(listed(tx, OWNER, &[("deleted", "2")]), [1, 4, 5, 6]);
            assert_eq!(proposals::open_new(tx, EventId(1), ProposalId(0), 9)?.len(), 1);
            events::delete(tx, EventId(1))?;
            let left = tx.all("SELECT id FROM proposals", params![], |row| row.int(0))?;
            assert_eq!(left, [5]);
            Ok(())
        });
    });
}
