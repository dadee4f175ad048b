//! Lists in pages: the same order and the same totals on both engines, and nothing that the reader may not see.

use crate::data::{event, new_attribute, new_event, new_object, object, org, read, simple, write};
use crate::engines::on_each;
use sightline_core::ids::{CollectionElementId, CollectionId, OrgId, SharingGroupId, UserId};
use sightline_db::attribute_window::{Order, WindowFilter, window};
use sightline_db::audit::{self, Actor, Change};
use sightline_db::blocklists::{self, Filter};
use sightline_db::tags::{self, ListFilter, Lister};
use sightline_db::{DbError, Visible, collections, params};
use sightline_misp::records::{
    Blocklist, BlocklistEntry, Collection, CollectionElement, Distribution, ElementType, Tag,
};
use uuid::Uuid;

#[test]
fn tags_come_in_the_order_of_their_names_whatever_the_engine() {
    on_each(|db| {
        let names = ["b", "A_", "aa", "É", "Zoo", "a:\"x\"", "é", "_", "B"];
        write(db, move |tx| {
            for name in names {
                let tag = Tag {
                    name: name.into(),
                    colour: "#000000".into(),
                    ..Tag::default()
                };
                tags::insert(tx, &tag)?;
            }
            Ok(())
        });
        let page = |limit: u32, offset: i64| {
            read(db, move |tx| {
                let (found, total) =
                    tags::page(tx, Lister::Everything, &ListFilter::default(), limit, offset)?;
                let names: Vec<String> = found.into_iter().map(|tag| tag.name).collect();
                Ok((names, total))
            })
        };
        let all = ["_", "a:\"x\"", "A_", "aa", "b", "B", "Zoo", "É", "é"];
        assert_eq!(page(100, 0), (all.map(str::to_owned).to_vec(), 9));
        assert_eq!(page(2, 4), (vec!["b".into(), "B".into()], 9));
        assert_eq!(page(2, 20), (vec![], 9));
        let named = ListFilter {
            name: Some("B ".into()),
            ..ListFilter::default()
        };
        let found = read(db, move |tx| tags::list(tx, Lister::Everything, &named));
        assert_eq!(found.len(), 2);
    });
}

fn dossier(org: OrgId, distribution: Distribution) -> Collection {
    Collection {
        id: CollectionId(0),
        uuid: Uuid::new_v4(),
        org_id: org,
        orgc_id: org,
        user_id: UserId(1),
        created: 1,
        modified: 1,
        distribution,
        sharing_group_id: SharingGroupId(0),
        name: "100% sure".into(),
        kind: "other".into(),
        description: String::new(),
    }
}

#[test]
fn a_collection_follows_its_distribution_and_its_group() {
    on_each(|db| {
        write(db, |tx| {
            let (owner, member, outsider) = (org(tx, "owner"), org(tx, "member"), org(tx, "outsider"));
            let group = tx.int(
                "INSERT INTO sharing_groups (uuid, name, org_id, created, modified) VALUES ($1, 'g', $2, 0, 0) RETURNING id",
                params![Uuid::new_v4(), owner],
            )?;
            tx.exec(
                "INSERT INTO sharing_group_orgs (sharing_group_id, org_id) VALUES ($1, $2)",
                params![group, member],
            )?;
            let mut shared = dossier(owner, Distribution::SharingGroup);
            shared.sharing_group_id = SharingGroupId(group);
            let private = collections::insert(tx, &dossier(owner, Distribution::OrganisationOnly))?;
            let shared = collections::insert(tx, &shared)?;
            let open = collections::insert(tx, &dossier(owner, Distribution::CommunityOnly))?;
            for (viewer, expected) in [
                (Visible::everything(), vec![private, shared, open]),
                (Visible::to_organisation(owner, true), vec![private, shared, open]),
                (Visible::to_organisation(member, true), vec![shared, open]),
                (Visible::to_organisation(outsider, true), vec![open]),
            ] {
                let filter = collections::Filter {
                    name: Some("0%".into()),
                    ..collections::Filter::default()
                };
                let (found, total) = collections::list(tx, viewer, &filter, 10, 0)?;
                assert_eq!(found.iter().map(|one| one.id).collect::<Vec<_>>(), expected);
                assert_eq!(usize::try_from(total).unwrap(), expected.len());
                let (page, _) = collections::list(tx, viewer, &filter, 1, 1)?;
                assert_eq!(page.first().map(|one| one.id), expected.get(1).copied());
            }
            let twin = dossier(owner, Distribution::CommunityOnly);
            collections::insert(tx, &twin)?;
            assert!(matches!(
                collections::insert(tx, &twin),
                Err(DbError::NotUnique(_))
            ));
            let element = CollectionElement {
                id: CollectionElementId(0),
                uuid: Uuid::new_v4(),
                element_uuid: Uuid::new_v4(),
                element_type: ElementType::GalaxyCluster,
                collection_id: open,
                description: String::new(),
            };
            assert!(collections::insert_element(tx, &element)?.is_some());
            assert!(collections::insert_element(tx, &element)?.is_none(), "once");
            collections::delete(tx, open)?;
            assert_eq!(tx.int("SELECT COUNT(*) FROM collection_elements", &[])?, 0);
            Ok(())
        });
    });
}

#[test]
fn a_blocklist_keeps_one_entry_of_a_uuid() {
    on_each(|db| {
        write(db, |tx| {
            for list in [Blocklist::Events, Blocklist::Organisations] {
                let entry = BlocklistEntry {
                    uuid: Uuid::from_u128(7),
                    created: 5,
                    name: "a name".into(),
                    ..BlocklistEntry::default()
                };
                let id = blocklists::insert(tx, list, &entry)?.unwrap();
                assert_eq!(blocklists::insert(tx, list, &entry)?, None);
                assert_eq!(
                    blocklists::blocked(tx, list, &[Uuid::from_u128(7), Uuid::from_u128(8)])?,
                    [entry.uuid]
                );
                assert_eq!(
                    blocklists::by_id(tx, list, id)?,
                    blocklists::by_uuid(tx, list, entry.uuid)?
                );
                let filter = Filter {
                    any: Some("A N".into()),
                    ..Filter::default()
                };
                let (found, total) = blocklists::list(tx, list, None, &filter, 10, 0)?;
                assert_eq!((found[0].name.as_str(), total), ("a name", 1));
            }
            blocklists::count_refusal(tx, Uuid::from_u128(7), 9)?;
            let entry = blocklists::by_uuid(tx, Blocklist::Organisations, Uuid::from_u128(7))?.unwrap();
            assert_eq!((entry.refused, entry.last_refused), (1, 9));
            Ok(())
        });
    });
}

#[test]
fn a_window_goes_over_several_events_in_order() {
    on_each(|db| {
        let (events, rows) = write(db, |tx| {
            let owner = org(tx, "owner");
            let (one, two) = (
                event(tx, new_event(owner, "one")),
                event(tx, new_event(owner, "two")),
            );
            let held = object(tx, new_object(one, "file"));
            let mut inside = new_attribute(one, "md5", &"0".repeat(32));
            inside.object_id = held;
            let inside = crate::data::attribute(tx, inside);
            let rows = vec![
                simple(tx, one, "domain", "a.example"),
                inside,
                simple(tx, two, "domain", "b.example"),
            ];
            Ok((vec![one.0, two.0], rows))
        });
        let (found, total) = read(db, move |tx| {
            window(
                tx,
                Visible::everything(),
                &events,
                &WindowFilter::default(),
                Order::Structure,
                0,
                10,
            )
        });
        assert_eq!(found.iter().map(|one| one.id).collect::<Vec<_>>(), rows);
        assert_eq!(total, 3);
    });
}

#[test]
fn many_changes_have_a_row_each() {
    on_each(|db| {
        write(db, |tx| {
            let change = |id, title| Change {
                action: "soft_delete",
                model: "Attribute",
                id,
                title,
                event: None,
                fields: serde_json::json!({"n": id}),
            };
            let long = "x".repeat(300);
            audit::insert_many(tx, 7, &Actor::default(), &[change(1, "one"), change(2, &long)])?;
            audit::insert(tx, 7, &Actor::default(), &change(3, "three"))?;
            let rows = tx.all(
                "SELECT model_id, change, model_title FROM audit_logs ORDER BY id",
                &[],
                |row| Ok((row.int(0)?, row.text(1)?, row.text(2)?.len())),
            )?;
            assert_eq!(rows.len(), 3);
            assert_eq!(rows[1], (2, "{\"n\":2}".into(), 250));
            Ok(())
        });
    });
}
