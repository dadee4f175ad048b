//! Sharing groups, and what hangs on organisations.

use crate::data::{self, event, new_event, org};
use crate::engines::on_each;
use crate::schema::columns;
use sightline_core::ids::{OrgId, SharingGroupId};
use sightline_db::organisations::{self, Logo, NOT_OWNED, OWNED};
use sightline_db::sharing_groups::{self, Filter, Key, SHARED};
use sightline_db::{Db, Members, Tx, Visible, params};
use sightline_misp::records::{Distribution, OrgRef, SharingGroup, SharingGroupOrg, SharingGroupServer};
use uuid::Uuid;

fn in_each(test: impl Fn(&mut Tx<'_>) + Send + Clone + 'static) {
    on_each(move |db: &Db| {
        let test = test.clone();
        data::write(db, move |tx| {
            test(tx);
            Ok(())
        });
    });
}

fn member(org: OrgId, extend: bool) -> SharingGroupOrg {
    let org = OrgRef {
        id: org,
        ..OrgRef::default()
    };
    SharingGroupOrg { id: 0, org, extend }
}

fn new_group(name: &str, creator: OrgId, orgs: Vec<SharingGroupOrg>) -> SharingGroup {
    SharingGroup {
        uuid: Uuid::new_v4(),
        name: name.into(),
        org_id: creator,
        active: true,
        orgs,
        ..SharingGroup::default()
    }
}

fn seen_by(org: OrgId) -> Visible {
    Visible::to_organisation(org, false)
}

fn names(group: &SharingGroup) -> Vec<&str> {
    group.orgs.iter().map(|member| member.org.name.as_str()).collect()
}

fn view(tx: &mut Tx<'_>, visible: Visible, id: SharingGroupId) -> SharingGroup {
    sharing_groups::find(tx, visible, Key::Id(id)).unwrap().unwrap()
}

#[test]
fn every_table_that_names_a_group_or_an_organisation_is_known() {
    in_each(|tx| {
        let all = columns(tx);
        let mut sharing: Vec<&str> = all
            .iter()
            .filter(|(table, column)| column == "sharing_group_id" && !table.starts_with("sharing_group_"))
            // Who could see a record before it was deleted keeps no group in use.
            .filter(|(table, _)| table != "changes")
            .map(|(table, _)| table.as_str())
            .collect();
        sharing.sort_unstable();
        let mut known = SHARED.to_vec();
        known.sort_unstable();
        assert_eq!(
            sharing, known,
            "what is shared with a group: sharing_groups::SHARED"
        );

        let mut owned: Vec<(&str, &str)> = all
            .iter()
            .map(|(table, column)| (table.as_str(), column.as_str()))
            .filter(|(_, column)| column.contains("org") && *column != "all_orgs")
            .collect();
        owned.sort_unstable();
        let mut known: Vec<(&str, &str)> = OWNED
            .iter()
            .map(|owned| (owned.table, owned.column))
            .chain(NOT_OWNED.iter().map(|(table, column, _)| (*table, *column)))
            .collect();
        known.sort_unstable();
        assert_eq!(
            owned, known,
            "what belongs to an organisation: organisations::OWNED"
        );
    });
}

#[test]
fn a_group_comes_back_as_it_was_written() {
    in_each(|tx| {
        let (one, two) = (org(tx, "One"), org(tx, "Two"));
        let group = SharingGroup {
            releasability: "Partners".into(),
            description: "A circle".into(),
            organisation_uuid: Some(Uuid::new_v4()),
            local: true,
            roaming: true,
            created: 3,
            modified: 4,
            servers: vec![SharingGroupServer {
                server_id: 0,
                all_orgs: true,
                ..SharingGroupServer::default()
            }],
            ..new_group("Circle", one, vec![member(one, true), member(two, false)])
        };
        let id = sharing_groups::insert(tx, &group).unwrap();
        let mut stored = view(tx, Visible::everything(), id);
        assert_eq!(names(&stored), ["One", "Two"]);
        assert_eq!((stored.creator.name.as_str(), stored.org_count), ("One", 2));
        assert!(stored.may_extend(one) && !stored.may_extend(two));
        assert!(stored.servers[0].all_orgs && stored.roaming && stored.local && stored.active);

        stored.name = "Renamed".into();
        (
            stored.active,
            stored.roaming,
            stored.hide_members,
            stored.modified,
        ) = (false, false, true, 9);
        sharing_groups::update(tx, &stored).unwrap();
        assert_eq!(view(tx, Visible::everything(), id), stored);

        assert!(
            !sharing_groups::add_org(tx, id, two, true).unwrap(),
            "a member already"
        );
        sharing_groups::set_extend(tx, id, two, true).unwrap();
        assert!(view(tx, Visible::everything(), id).may_extend(two));
        assert!(sharing_groups::remove_org(tx, id, two).unwrap());
        assert!(!sharing_groups::remove_org(tx, id, two).unwrap());
        assert!(sharing_groups::remove_server(tx, id, 0).unwrap());
        assert!(!sharing_groups::remove_server(tx, id, 0).unwrap());
        sharing_groups::delete(tx, id).unwrap();
        assert!(
            sharing_groups::find(tx, Visible::everything(), Key::Id(id))
                .unwrap()
                .is_none()
        );
        let rest = "SELECT COUNT(*) FROM sharing_group_orgs";
        assert_eq!(tx.int(rest, &[]).unwrap(), 0);
    });
}

#[test]
fn only_those_in_a_group_see_it_and_only_active_ones_are_chosen() {
    in_each(|tx| {
        let orgs = ["maker", "member", "outsider"].map(|name| org(tx, name));
        let [maker, insider, outsider] = orgs;
        let id = sharing_groups::insert(tx, &new_group("g", maker, vec![member(insider, false)])).unwrap();
        let sees = |tx: &mut Tx<'_>, org| {
            let visible = seen_by(org);
            let found = sharing_groups::by_ids(tx, visible, &[id.0]).unwrap().len() == 1;
            let listed = sharing_groups::list(tx, visible, &Filter::default(), 10, 0)
                .unwrap()
                .1
                == 1;
            let chosen = sharing_groups::choosable_id(tx, visible, Key::Id(id)).unwrap() == Some(id);
            let offered = sharing_groups::choosable(tx, visible).unwrap().len() == 1;
            let named = sharing_groups::name_is_seen(tx, visible, "g", SharingGroupId(0)).unwrap();
            [found, listed, chosen, offered, named]
        };
        assert_eq!(sees(tx, maker), [true; 5]);
        assert_eq!(sees(tx, insider), [true; 5]);
        assert_eq!(sees(tx, outsider), [false; 5]);
        sharing_groups::add_server(tx, id, 0, true).unwrap();
        assert_eq!(sees(tx, outsider), [true; 5], "everybody here is in it");
        tx.exec("UPDATE sharing_groups SET active = FALSE", &[]).unwrap();
        assert_eq!(sees(tx, insider), [true, true, false, false, true]);
    });
}

#[test]
fn hidden_members_are_neither_listed_nor_counted_nor_found() {
    in_each(|tx| {
        let [maker, one, two] = ["maker", "one", "two"].map(|name| org(tx, name));
        let group = SharingGroup {
            hide_members: true,
            ..new_group(
                "g",
                maker,
                vec![member(maker, false), member(one, false), member(two, true)],
            )
        };
        let id = sharing_groups::insert(tx, &group).unwrap();
        let all = ["maker", "one", "two"];
        for (visible, expected) in [
            (Visible::everything(), &all[..]),
            (seen_by(maker), &all[..]),
            (seen_by(one), &["one"][..]),
            (seen_by(one).with_members(Members::Managed), &["one"][..]),
            (seen_by(two), &["two"][..]),
            (seen_by(two).with_members(Members::Managed), &all[..]),
            (seen_by(maker).with_members(Members::Withheld), &["maker"][..]),
        ] {
            let seen = view(tx, visible, id);
            assert_eq!(names(&seen), expected, "{visible:?}");
            assert_eq!(usize::try_from(seen.org_count), Ok(expected.len()), "{visible:?}");
            assert_eq!(seen.concealed, expected.len() < 3, "{visible:?}");
            for org in [one, two] {
                let filter = Filter {
                    org: Some(org),
                    ..Filter::default()
                };
                let (found, total) = sharing_groups::list(tx, visible, &filter, 10, 0).unwrap();
                let known = seen.orgs.iter().any(|member| member.org.id == org);
                assert_eq!(
                    (found.len(), total),
                    (usize::from(known), i64::from(known)),
                    "{visible:?} {org}"
                );
            }
        }
    });
}

#[test]
fn lists_withheld_by_the_instance_are_still_counted() {
    in_each(|tx| {
        let [maker, one] = ["maker", "one"].map(|name| org(tx, name));
        let id = sharing_groups::insert(
            tx,
            &new_group("g", maker, vec![member(maker, false), member(one, false)]),
        )
        .unwrap();
        let seen = view(tx, seen_by(one).with_members(Members::Withheld), id);
        assert_eq!((names(&seen), seen.org_count), (vec!["one"], 2));
        let seen = view(tx, seen_by(one).with_members(Members::Managed), id);
        assert_eq!(names(&seen), ["maker", "one"]);
    });
}

#[test]
fn groups_are_listed_by_name_state_text_and_page() {
    in_each(|tx| {
        let maker = org(tx, "maker");
        for (name, active) in [("b 100%", true), ("a", true), ("c", false)] {
            let group = SharingGroup {
                active,
                description: format!("about {name}"),
                ..new_group(name, maker, Vec::new())
            };
            sharing_groups::insert(tx, &group).unwrap();
        }
        let list = |tx: &mut Tx<'_>, active, search: Option<&str>, limit, offset| {
            let filter = Filter {
                active,
                search: search.map(str::to_owned),
                org: None,
            };
            let (found, total) = sharing_groups::list(tx, seen_by(maker), &filter, limit, offset).unwrap();
            let names: Vec<String> = found.into_iter().map(|group| group.name).collect();
            (names.join(","), total)
        };
        assert_eq!(list(tx, None, None, 10, 0), ("a,b 100%,c".into(), 3));
        assert_eq!(list(tx, Some(true), None, 1, 1), ("b 100%".into(), 2));
        assert_eq!(list(tx, Some(false), None, 10, 0), ("c".into(), 1));
        assert_eq!(list(tx, None, Some("0%"), 10, 0), ("b 100%".into(), 1));
        assert_eq!(list(tx, None, Some("ABOUT C"), 10, 0), ("c".into(), 1));
        assert_eq!(list(tx, None, Some("%%"), 10, 0), (String::new(), 0));
    });
}

#[test]
fn whatever_is_shared_with_a_group_keeps_it() {
    in_each(|tx| {
        let maker = org(tx, "maker");
        let id = sharing_groups::insert(tx, &new_group("g", maker, Vec::new())).unwrap();
        let other = sharing_groups::insert(tx, &new_group("other", maker, Vec::new())).unwrap();
        let one = event(tx, new_event(maker, "one"));
        data::simple(tx, one, "domain", "a.example");
        tx.exec(
            "INSERT INTO event_reports (uuid, event_id, name, content, distribution, timestamp) \
             VALUES ($1, $2, 'r', '', 5, 0)",
            params![Uuid::new_v4(), one],
        )
        .unwrap();
        tx.exec(
            "INSERT INTO objects (uuid, event_id, name, meta_category, description, template_version, timestamp, \
             distribution, comment) VALUES ($1, $2, 'file', 'file', '', 1, 0, 5, '')",
            params![Uuid::new_v4(), one],
        )
        .unwrap();
        tx.exec(
            "INSERT INTO feeds (name, provider, url, source_format, input_source) \
             VALUES ('f', 'p', 'https://feed.example', 'misp', 'network')",
            &[],
        )
        .unwrap();
        tx.exec(
            "INSERT INTO collections (uuid, org_id, orgc_id, user_id, created, modified, distribution, name, type) \
             VALUES ($1, 1, 1, 1, 0, 0, 0, 'c', 'campaign')",
            params![Uuid::new_v4()],
        )
        .unwrap();
        tx.exec(
            "INSERT INTO event_delegations (org_id, requester_org_id, event_id, message, distribution, sharing_group_id) \
             VALUES (1, 2, $1, '', 0, 0)",
            params![one],
        )
        .unwrap();
        tx.exec(
            "INSERT INTO analyst_data (uuid, kind, object_type, object_uuid, authors, org_uuid, orgc_uuid, created, \
             modified, distribution) VALUES ($1, 'Note', 'Event', $1, '', $1, $1, 0, 0, 0)",
            params![Uuid::new_v4()],
        )
        .unwrap();
        tx.exec(
            "INSERT INTO galaxy_clusters (uuid, galaxy_id, value, tag_key, description, source, authors, version, \
             distribution, org_id, orgc_id, is_default) VALUES ($1, 1, 'v', 1, '', '', '', 1, 0, 1, 1, FALSE)",
            params![Uuid::new_v4()],
        )
        .unwrap();
        tx.exec(
            "INSERT INTO galaxy_cluster_relations (galaxy_cluster_id, target_uuid, type, distribution, is_default) \
             VALUES (1, $1, 'similar-to', 0, FALSE)",
            params![Uuid::new_v4()],
        )
        .unwrap();
        for table in SHARED {
            assert!(!sharing_groups::is_used(tx, id).unwrap(), "{table}");
            let touched = tx.exec(&format!("UPDATE {table} SET sharing_group_id = $1"), params![id]);
            assert_eq!(touched.unwrap(), 1, "{table}");
            assert!(sharing_groups::is_used(tx, id).unwrap(), "{table}");
            assert!(!sharing_groups::is_used(tx, other).unwrap(), "{table}");
            tx.exec(&format!("UPDATE {table} SET sharing_group_id = 0"), &[])
                .unwrap();
        }
    });
}

#[test]
fn what_one_organisation_owned_the_other_owns_after_a_merge() {
    in_each(|tx| {
        let [from, into, third] = ["from", "into", "third"].map(|name| org(tx, name));
        let uuid = |tx: &mut Tx<'_>, org| organisations::by_id(tx, org).unwrap().unwrap().uuid;
        let (from_uuid, into_uuid) = (uuid(tx, from), uuid(tx, into));
        event(tx, new_event(from, "theirs"));
        event(tx, new_event(third, "not theirs"));
        let made = SharingGroup {
            organisation_uuid: Some(from_uuid),
            ..new_group(
                "made",
                from,
                vec![member(from, true), member(into, false), member(third, false)],
            )
        };
        let made = sharing_groups::insert(tx, &made).unwrap();
        let joined =
            sharing_groups::insert(tx, &new_group("joined", third, vec![member(from, false)])).unwrap();
        let logo = Logo {
            kind: "image/png".into(),
            image: vec![0, 1, 255],
            modified: 7,
        };
        organisations::store_logo(tx, from, &logo).unwrap();
        assert!(organisations::is_used(tx, from).unwrap());

        let moved = organisations::merge_into(tx, (from, from_uuid), (into, into_uuid)).unwrap();
        assert!(moved.contains(&("events", 1)), "{moved:?}");
        assert!(!organisations::is_used(tx, from).unwrap());
        let made = view(tx, Visible::everything(), made);
        assert_eq!(names(&made), ["into", "third"]);
        assert!(made.may_extend(into), "the wider right stays");
        assert_eq!((made.org_id, made.organisation_uuid), (into, Some(into_uuid)));
        assert_eq!(names(&view(tx, Visible::everything(), joined)), ["into"]);
        let counts =
            organisations::event_counts(tx, Visible::everything(), &[from.0, into.0, third.0]).unwrap();
        assert_eq!(counts.iter().find(|(org, _)| *org == into), Some(&(into, 1)));
        assert_eq!(counts.iter().find(|(org, _)| *org == from), None);
        assert_eq!(organisations::logo(tx, into).unwrap(), Some(logo));
        assert_eq!(organisations::logo(tx, from).unwrap(), None);
    });
}

#[test]
fn a_logo_is_replaced_kept_apart_and_removed() {
    in_each(|tx| {
        let [one, two] = ["one", "two"].map(|name| org(tx, name));
        let logo = |byte, modified| Logo {
            kind: "image/jpeg".into(),
            image: vec![byte],
            modified,
        };
        organisations::store_logo(tx, one, &logo(1, 1)).unwrap();
        organisations::store_logo(tx, one, &logo(2, 2)).unwrap();
        organisations::store_logo(tx, two, &logo(3, 3)).unwrap();
        assert_eq!(organisations::logo(tx, one).unwrap(), Some(logo(2, 2)));
        let uuid = organisations::by_id(tx, one).unwrap().unwrap().uuid;
        organisations::merge_into(tx, (one, uuid), (two, Uuid::new_v4())).unwrap();
        assert_eq!(
            organisations::logo(tx, two).unwrap(),
            Some(logo(3, 3)),
            "the own one stays"
        );
        assert_eq!(organisations::logos_of(tx, &[one.0, two.0]).unwrap(), [(two, 3)]);
        assert!(organisations::remove_logo(tx, two).unwrap());
        assert!(!organisations::remove_logo(tx, two).unwrap());
    });
}

#[test]
fn events_are_counted_as_far_as_they_are_seen() {
    in_each(|tx| {
        let [ours, theirs] = ["ours", "theirs"].map(|name| org(tx, name));
        event(tx, new_event(ours, "open"));
        let secret = sightline_misp::records::Event {
            distribution: Distribution::OrganisationOnly,
            ..new_event(ours, "secret")
        };
        event(tx, secret);
        for (org, expected) in [(ours, 2), (theirs, 1)] {
            let counts = organisations::event_counts(tx, seen_by(org), &[ours.0, theirs.0]).unwrap();
            assert_eq!(counts, [(ours, expected)]);
        }
        assert!(organisations::has_visible_event(tx, seen_by(theirs), ours).unwrap());
        tx.exec("UPDATE events SET distribution = 0", &[]).unwrap();
        assert!(!organisations::has_visible_event(tx, seen_by(theirs), ours).unwrap());
    });
}
