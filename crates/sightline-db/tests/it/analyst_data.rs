//! Analyst data: who sees it, up the whole chain of what it hangs on.

use crate::data::{event, new_event, org, read, simple, write};
use crate::engines::on_each;
use sightline_core::Stretch;
use sightline_core::ids::{AnalystDataId, OrgId, SharingGroupId};
use sightline_db::analyst_data::{self, Filter, Key};
use sightline_db::{Db, Tx, Visible, entities, params};
use sightline_misp::records::{
    AnalystContent, AnalystData, AnalystKind, Distribution, EntityKind, EntityRef, Event,
};
use uuid::Uuid;

fn uuid_of(tx: &mut Tx<'_>, org: OrgId) -> Uuid {
    tx.first(
        "SELECT uuid FROM organisations WHERE id = $1",
        params![org],
        |row| row.uuid(0),
    )
    .unwrap()
    .unwrap()
}

fn note(tx: &mut Tx<'_>, org: OrgId, on: EntityRef, distribution: Distribution, text: &str) -> EntityRef {
    let own = uuid_of(tx, org);
    let uuid = Uuid::new_v4();
    let data = AnalystData {
        id: AnalystDataId(0),
        uuid,
        target: on,
        authors: String::new(),
        org_uuid: own,
        orgc_uuid: own,
        created: 1,
        modified: 1,
        distribution,
        sharing_group_id: SharingGroupId(i64::from(distribution == Distribution::SharingGroup)),
        locked: false,
        content: AnalystContent::Note {
            note: text.into(),
            language: "en".into(),
        },
    };
    analyst_data::insert(tx, &data).unwrap().unwrap();
    assert_eq!(
        analyst_data::insert(tx, &data).unwrap(),
        None,
        "a uuid is used once"
    );
    EntityRef {
        kind: EntityKind::Note,
        uuid,
    }
}

fn on(kind: EntityKind, uuid: Uuid) -> EntityRef {
    EntityRef { kind, uuid }
}

/// The notes that a member of an organisation is shown.
fn seen(db: &Db, org: i64, unpublished_private: bool) -> Vec<String> {
    read(db, move |tx| {
        let visible = Visible::to_organisation(OrgId(org), unpublished_private);
        let page = analyst_data::page(
            tx,
            visible,
            AnalystKind::Note,
            &Filter::default(),
            Stretch::page(1, 100),
            100,
        )?;
        Ok(page
            .into_iter()
            .map(|data| match data.content {
                AnalystContent::Note { note, .. } => note,
                other => panic!("{other:?}"),
            })
            .collect())
    })
}

#[test]
fn a_chain_is_seen_as_far_as_every_link_of_it_is() {
    on_each(|db| {
        use Distribution::{AllCommunities as All, Inherit, OrganisationOnly as Own, SharingGroup as Group};
        write(db, |tx| {
            let (one, two, three) = (org(tx, "one"), org(tx, "two"), org(tx, "three"));
            let _ = three;
            tx.exec(
                "INSERT INTO sharing_groups (uuid, name, releasability, description, org_id, created, modified) \
                 VALUES ($1, 'g', '', '', $2, 0, 0)",
                params![Uuid::new_v4(), one],
            )?;
            tx.exec(
                "INSERT INTO sharing_group_orgs (sharing_group_id, org_id) VALUES (1, $1)",
                params![two],
            )?;
            let new = new_event(one, "open");
            let open = on(EntityKind::Event, new.uuid);
            let id = event(tx, new);
            let attribute = simple(tx, id, "text", "value");
            let attribute = tx.first(
                "SELECT uuid FROM attributes WHERE id = $1",
                params![attribute],
                |row| row.uuid(0),
            )?;
            let attribute = on(EntityKind::Attribute, attribute.unwrap());
            let draft = Event {
                published: false,
                ..new_event(one, "draft")
            };
            let draft_uuid = on(EntityKind::Event, draft.uuid);
            event(tx, draft);
            note(tx, one, open, All, "all");
            note(tx, one, attribute, Inherit, "inherit");
            let grouped = note(tx, one, open, Group, "group");
            note(tx, one, grouped, All, "below group");
            let own = note(tx, one, open, Own, "own");
            let below = note(tx, two, own, All, "below own, by two");
            note(tx, one, below, All, "below that");
            note(tx, one, draft_uuid, All, "draft");
            note(tx, one, on(EntityKind::Event, Uuid::new_v4()), All, "nowhere");
            note(tx, one, on(EntityKind::Galaxy, Uuid::new_v4()), All, "galaxy");
            // A uuid under another kind is not the thing itself.
            note(tx, one, on(EntityKind::Attribute, open.uuid), All, "wrong kind");
            Ok(())
        });
        let all = [
            "all",
            "inherit",
            "group",
            "below group",
            "own",
            "below own, by two",
            "below that",
            "draft",
            "nowhere",
            "galaxy",
            "wrong kind",
        ];
        assert_eq!(seen(db, 1, false), all);
        // Two wrote an answer that it may go on reading, and what hangs on it; not what it answered.
        assert_eq!(
            seen(db, 2, false),
            [
                "all",
                "inherit",
                "group",
                "below group",
                "below own, by two",
                "below that",
                "draft"
            ]
        );
        assert_eq!(seen(db, 3, false), ["all", "inherit", "draft"]);
        assert_eq!(seen(db, 3, true), ["all", "inherit"]);
    });
}

#[test]
fn a_note_on_a_hidden_thing_does_not_open_what_others_answer_to_it() {
    on_each(|db| {
        write(db, |tx| {
            use Distribution::AllCommunities as All;
            let (one, two) = (org(tx, "one"), org(tx, "two"));
            let hidden = Event {
                distribution: Distribution::OrganisationOnly,
                ..new_event(one, "hidden")
            };
            let hidden_uuid = on(EntityKind::Event, hidden.uuid);
            event(tx, hidden);
            let planted = note(tx, two, hidden_uuid, All, "planted");
            note(tx, one, planted, All, "answer");
            Ok(())
        });
        assert_eq!(seen(db, 1, false), ["planted", "answer"]);
        assert_eq!(seen(db, 2, false), ["planted"]);
    });
}

#[test]
fn things_are_found_by_kind_and_uuid_where_they_are_visible() {
    on_each(|db| {
        let (uuid, note_uuid) = write(db, |tx| {
            let one = org(tx, "one");
            org(tx, "two");
            let new = Event {
                distribution: Distribution::OrganisationOnly,
                ..new_event(one, "hidden")
            };
            let uuid = new.uuid;
            event(tx, new);
            let note = note(
                tx,
                one,
                on(EntityKind::Event, uuid),
                Distribution::AllCommunities,
                "text",
            );
            Ok((uuid, note.uuid))
        });
        for (org, count) in [(1, 1), (2, 0)] {
            read(db, move |tx| {
                let visible = Visible::to_organisation(OrgId(org), false);
                for (kind, uuid) in [(EntityKind::Event, uuid), (EntityKind::Note, note_uuid)] {
                    let found = entities::find(tx, visible, kind, &[uuid, Uuid::new_v4()])?;
                    assert_eq!(found.len(), count, "{org} {kind:?}");
                }
                assert!(entities::find(tx, visible, EntityKind::Opinion, &[note_uuid])?.is_empty());
                assert!(entities::find(tx, visible, EntityKind::Galaxy, &[note_uuid])?.is_empty());
                let found = analyst_data::find(tx, visible, None, Key::Uuid(note_uuid))?;
                assert_eq!(found.is_some(), count == 1);
                assert_eq!(analyst_data::hanging_on(tx, visible, &[uuid])?.rows.len(), count);
                Ok(())
            });
        }
    });
}

#[test]
fn what_much_hangs_on_takes_nothing_from_the_others_and_is_said_to_be_cut() {
    on_each(|db| {
        let (busy, quiet) = (Uuid::new_v4(), Uuid::new_v4());
        let replied = write(db, move |tx| {
            let one = org(tx, "one");
            org(tx, "two");
            let all = Distribution::AllCommunities;
            let mut last = None;
            for n in 0..12 {
                last = Some(note(tx, one, on(EntityKind::Event, busy), all, &n.to_string()));
            }
            note(tx, one, on(EntityKind::Event, quiet), all, "quiet");
            let reply = note(tx, one, last.unwrap(), all, "reply");
            note(tx, one, reply, all, "reply to it");
            Ok(last.unwrap())
        });
        let many: Vec<Uuid> = [busy, quiet]
            .into_iter()
            .chain((0..998).map(|_| Uuid::new_v4()))
            .collect();
        read(db, move |tx| {
            let hanging = analyst_data::hanging_on(tx, Visible::everything(), &many)?;
            let of = |uuid| hanging.rows.iter().filter(|row| row.target.uuid == uuid).count();
            assert_eq!((of(busy), of(quiet)), (10, 1), "each has its share");
            assert_eq!(hanging.cut.iter().collect::<Vec<_>>(), [&busy]);
            let alone = analyst_data::hanging_on(tx, Visible::everything(), &[busy])?;
            assert_eq!((alone.rows.len(), alone.cut.len()), (12, 0));
            let mut counts = analyst_data::count_on(tx, Visible::everything(), &many)?;
            counts.sort_by_key(|(_, count)| *count);
            assert_eq!(counts, [(quiet, 1), (busy, 14)]);
            let counts = analyst_data::count_on(tx, Visible::everything(), &[replied.uuid])?;
            assert_eq!(counts, [(replied.uuid, 2)]);
            let stranger = Visible::to_organisation(OrgId(2), false);
            assert_eq!(
                analyst_data::count_on(tx, stranger, &many)?,
                [],
                "nothing of a hidden thing"
            );
            Ok(())
        });
    });
}
