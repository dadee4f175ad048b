//! Tags and their attachments: names, bulk, counts that reveal nothing.

use crate::data::{attribute, event, new_attribute, new_event, org, read, simple, write};
use crate::engines::on_each;
use sightline_core::ids::{AttributeId, EventId, OrgId, TagId, UserId};
use sightline_db::tags::{self, AttributeTagRow, EventTagRow, ListFilter, Lister};
use sightline_db::{DbResult, Tx, Visible, params};
use sightline_misp::records::{Distribution, Tag};

fn named(name: &str) -> Tag {
    Tag {
        name: name.into(),
        colour: "#00aa00".into(),
        exportable: true,
        ..Tag::default()
    }
}

fn on_event(event_id: EventId, tag_id: TagId) -> EventTagRow {
    EventTagRow {
        event_id,
        tag_id,
        local: false,
        relationship_type: None,
    }
}

fn on_attribute(attribute_id: AttributeId, event_id: EventId, tag_id: TagId) -> AttributeTagRow {
    AttributeTagRow {
        attribute_id,
        event_id,
        tag_id,
        local: false,
        relationship_type: None,
    }
}

fn list(tx: &mut Tx<'_>, lister: Lister, patterns: &[&str]) -> DbResult<Vec<String>> {
    let patterns = patterns.iter().map(|p| (*p).to_owned()).collect();
    Ok(tags::list(
        tx,
        lister,
        &ListFilter {
            patterns,
            ..ListFilter::default()
        },
    )?
    .into_iter()
    .map(|tag| tag.name)
    .collect())
}

#[test]
fn names_are_found_in_any_case_and_written_once() {
    on_each(|db| {
        let (id, same) = write(db, |tx| {
            Ok((
                tags::insert(tx, &named("tlp:Red"))?,
                tags::insert(tx, &named("tlp:Red"))?,
            ))
        });
        assert_eq!(id, same, "a name that is there already is the same tag");
        let found = read(db, |tx| tags::by_names(tx, &["TLP:RED".into(), "nope".into()]));
        assert_eq!(
            found
                .iter()
                .map(|tag| (tag.id, tag.name.as_str()))
                .collect::<Vec<_>>(),
            [(id, "tlp:Red")]
        );
        assert!(read(db, |tx| tags::by_names(tx, &[])).is_empty());
    });
}

#[test]
fn a_key_without_the_name_is_no_match() {
    on_each(|db| {
        write(db, |tx| {
            let id = tags::insert(tx, &named("one"))?;
            // As if the key of "two" were that of "one".
            tx.exec("UPDATE tags SET name = 'two' WHERE id = $1", params![id])?;
            assert!(tags::by_names(tx, &["one".into()])?.is_empty());
            Ok(())
        });
    });
}

#[test]
fn every_column_survives() {
    on_each(|db| {
        let tag = Tag {
            name: "misp-galaxy:x=\"y\"".into(),
            colour: "#123456".into(),
            exportable: false,
            org_id: OrgId(3),
            user_id: UserId(4),
            hide_tag: true,
            numerical_value: Some(7),
            is_galaxy: true,
            is_custom_galaxy: true,
            local_only: true,
            ..Tag::default()
        };
        let stored = {
            let tag = tag.clone();
            write(db, move |tx| {
                let id = tags::insert(tx, &named("before"))?;
                tags::update(tx, &Tag { id, ..tag })?;
                tags::by_id(tx, id)
            })
        };
        let stored = stored.unwrap();
        assert_eq!(Tag { id: stored.id, ..tag }, stored);
        assert_eq!(
            read(db, |tx| tags::by_names(tx, &["MISP-GALAXY:X=\"Y\"".into()])).len(),
            1
        );
    });
}

#[test]
fn attaching_twice_changes_nothing() {
    on_each(|db| {
        write(db, |tx| {
            let owner = org(tx, "a");
            let e = event(tx, new_event(owner, "e"));
            let a = simple(tx, e, "text", "x");
            let (red, green) = (
                tags::insert(tx, &named("red"))?,
                tags::insert(tx, &named("green"))?,
            );
            let first = EventTagRow {
                relationship_type: Some("is".into()),
                local: true,
                ..on_event(e, red)
            };
            assert_eq!(
                tags::attach_to_events(tx, &[first, on_event(e, red), on_event(e, green)])?,
                2
            );
            assert_eq!(tags::attach_to_events(tx, &[on_event(e, red)])?, 0);
            let found: Vec<_> = tags::of_events(tx, &[e.0])?
                .into_iter()
                .map(|(_, t)| (t.tag.id, t.local, t.relationship_type))
                .collect();
            assert_eq!(found, [(red, true, Some("is".into())), (green, false, None)]);

            let rows = [
                on_attribute(a, e, green),
                on_attribute(a, e, green),
                on_attribute(a, e, red),
            ];
            assert_eq!(tags::attach_to_attributes(tx, &rows)?, 2);
            assert_eq!(tags::attach_to_attributes(tx, &rows)?, 0);
            let found: Vec<_> = tags::of_attributes(tx, &[a.0])?
                .into_iter()
                .map(|(id, t)| (id, t.tag.id))
                .collect();
            assert_eq!(found, [(a, green), (a, red)], "in the order of attachment");

            let (_, attached) = tags::of_attributes(tx, &[a.0])?.remove(0);
            tags::set_attribute_relationship(tx, attached.attachment_id, Some("of"))?;
            let (on, attached) = tags::attribute_attachment(tx, attached.attachment_id)?.unwrap();
            assert_eq!((on, attached.relationship_type.as_deref()), (a, Some("of")));

            assert!(tags::detach_from_attribute(tx, a, green)?);
            assert!(!tags::detach_from_attribute(tx, a, green)?);
            assert!(tags::detach_from_event(tx, e, green)?);
            assert!(!tags::detach_from_event(tx, e, green)?);
            Ok(())
        });
    });
}

#[test]
fn bulk_attachment_takes_tens_of_thousands() {
    const ATTRIBUTES: i64 = 20_000;
    on_each(|db| {
        write(db, |tx| {
            let tag = tags::insert(tx, &named("bulk"))?;
            let rows: Vec<_> = (1..=ATTRIBUTES)
                .map(|n| on_attribute(AttributeId(n), EventId(1), tag))
                .collect();
            assert_eq!(tags::attach_to_attributes(tx, &rows)?, 20_000);
            let ids: Vec<i64> = (1..=ATTRIBUTES).collect();
            assert_eq!(tags::of_attributes(tx, &ids)?.len(), 20_000);
            Ok(())
        });
    });
}

#[test]
fn deleting_a_tag_takes_it_off_everything() {
    on_each(|db| {
        write(db, |tx| {
            let owner = org(tx, "a");
            let e = event(tx, new_event(owner, "e"));
            let a = simple(tx, e, "text", "x");
            let tag = tags::insert(tx, &named("gone"))?;
            tags::attach_to_events(tx, &[on_event(e, tag)])?;
            tags::attach_to_attributes(tx, &[on_attribute(a, e, tag)])?;
            tags::delete(tx, tag)?;
            assert!(tags::by_id(tx, tag)?.is_none());
            for table in ["event_tags", "attribute_tags"] {
                assert_eq!(tx.int(&format!("SELECT COUNT(*) FROM {table}"), &[])?, 0);
            }
            Ok(())
        });
    });
}

#[test]
fn counts_do_not_reveal_what_is_hidden() {
    on_each(|db| {
        write(db, |tx| {
            let (owner, other) = (org(tx, "a"), org(tx, "b"));
            let tag = tags::insert(tx, &named("t"))?;
            let open = event(tx, new_event(owner, "open"));
            let hidden = event(
                tx,
                sightline_misp::records::Event {
                    distribution: Distribution::OrganisationOnly,
                    ..new_event(owner, "hidden")
                },
            );
            let seen = simple(tx, open, "text", "seen");
            let in_hidden = simple(tx, hidden, "text", "in hidden");
            let private = attribute(
                tx,
                sightline_misp::records::Attribute {
                    distribution: Distribution::OrganisationOnly,
                    ..new_attribute(open, "text", "private")
                },
            );
            let deleted = attribute(
                tx,
                sightline_misp::records::Attribute {
                    deleted: true,
                    ..new_attribute(open, "text", "deleted")
                },
            );
            tags::attach_to_events(tx, &[on_event(open, tag), on_event(hidden, tag)])?;
            let rows = [
                (seen, open),
                (in_hidden, hidden),
                (private, open),
                (deleted, open),
            ];
            tags::attach_to_attributes(tx, &rows.map(|(a, e)| on_attribute(a, e, tag)))?;
            for (visible, events, attributes) in [
                (Visible::everything(), 2, 3),
                (Visible::to_organisation(owner, false), 2, 3),
                (Visible::to_organisation(other, false), 1, 1),
            ] {
                assert_eq!(tags::event_counts(tx, visible, None)?, [(tag, events)]);
                assert_eq!(
                    tags::attribute_counts(tx, visible, Some(&[tag.0]))?,
                    [(tag, attributes)]
                );
            }
            assert!(tags::event_counts(tx, Visible::everything(), Some(&[tag.0 + 1]))?.is_empty());
            Ok(())
        });
    });
}

#[test]
fn lists_match_patterns_and_hide_what_is_restricted_to_others() {
    on_each(|db| {
        write(db, |tx| {
            for (name, org_id, user_id) in [
                ("tlp:red", 0, 0),
                ("TLP:Green", 0, 0),
                ("ours", 1, 0),
                ("theirs", 2, 0),
                ("mine", 0, 7),
                ("50%", 0, 0),
                (r"a\b", 0, 0),
            ] {
                tags::insert(
                    tx,
                    &Tag {
                        org_id: OrgId(org_id),
                        user_id: UserId(user_id),
                        ..named(name)
                    },
                )?;
            }
            let all = [r"50%", r"a\b", "mine", "ours", "theirs", "TLP:Green", "tlp:red"];
            assert_eq!(list(tx, Lister::Everything, &[])?, all);
            let member = Lister::User(OrgId(1), UserId(7));
            assert_eq!(
                list(tx, member, &[])?,
                [r"50%", r"a\b", "mine", "ours", "TLP:Green", "tlp:red"]
            );
            let stranger = Lister::User(OrgId(3), UserId(9));
            assert_eq!(list(tx, stranger, &[])?, [r"50%", r"a\b", "TLP:Green", "tlp:red"]);
            assert_eq!(list(tx, stranger, &["tlp:%"])?, ["TLP:Green", "tlp:red"]);
            assert_eq!(list(tx, stranger, &["tlp"])?, Vec::<String>::new());
            assert_eq!(list(tx, stranger, &[r"50\%", r"%\\%"])?, ["50%", r"a\b"]);
            let many: Vec<&str> = std::iter::repeat_n("nothing", 3_000).collect();
            assert!(list(tx, stranger, &many)?.is_empty());
            Ok(())
        });
    });
}
