//! Warninglists against real databases: own lists, switching, what they know, and who may.

use super::*;
use crate::Settings;
use crate::tags::tests::world::{HOST, World, on_each};
use sightline_core::Permission;

fn new(name: &str, kind: &str, entries: &str) -> NewWarninglist {
    NewWarninglist {
        name: name.into(),
        description: "d".into(),
        version: 1,
        kind: kind.into(),
        category: "false_positive".into(),
        types: vec!["ip-src".into()],
        entries: entries_of_text(entries),
    }
}

fn keeper(world: &World) -> Ctx {
    world.member(HOST, &[Permission::Warninglist])
}

async fn known(ctx: &Ctx, value: &str) -> Vec<(String, String)> {
    let mut found = check_values(ctx, vec![value.to_owned()]).await.unwrap();
    let hits = found.pop().map(|(_, known)| known).unwrap_or_default();
    hits.into_iter().map(|hit| (hit.list.name, hit.entry)).collect()
}

#[test]
fn a_list_knows_values_as_soon_as_it_is_enabled_or_edited() {
    on_each(&Settings::default(), |world| async move {
        let (keeper, owner) = (keeper(&world), world.owner());
        let list = add(&keeper, new("Nets", "cidr", "10.0.0.0/8 # ours\n2001:db8::/32"))
            .await
            .unwrap();
        assert_eq!(list.entry_count, 2);
        let stored = entries(&owner, &list, 0).await.unwrap();
        assert_eq!(
            (stored[0].value.as_str(), stored[0].comment.as_str()),
            ("10.0.0.0/8", "ours")
        );
        assert!(known(&owner, "10.1.2.3").await.is_empty());
        set_enabled(&keeper, list.id, true).await.unwrap();
        let hit = ("Nets".to_owned(), "10.0.0.0/8".to_owned());
        assert_eq!(known(&owner, "10.1.2.3").await, [hit]);
        let edited = edit(&keeper, list.id, new("Nets", "cidr", "192.0.2.0/24"))
            .await
            .unwrap();
        assert_eq!((edited.version, edited.enabled), (2, true));
        let old = entries(&owner, &list, 1).await.unwrap();
        assert_eq!(old[0].value, "2001:db8::/32", "who reads the old version goes on");
        while keeper.write(|_, tx| Ok(warninglists::sweep(tx)?)).await.unwrap() {}
        let broken = entries(&owner, &list, 1).await.unwrap_err();
        assert!(matches!(broken, AppError::Conflict(_)), "not the end: {broken}");
        assert!(entries(&owner, &edited, 1).await.unwrap().is_empty(), "the end");
        assert!(known(&owner, "10.1.2.3").await.is_empty());
        assert_eq!(known(&owner, "192.0.2.9").await.len(), 1);
        let toggled = toggle(&keeper, Chosen::Names(vec!["%NET%".into()]), None)
            .await
            .unwrap();
        assert_eq!(
            toggled,
            Toggled {
                lists: 1,
                enabled: None
            }
        );
        assert!(known(&owner, "192.0.2.9").await.is_empty());
        delete(&keeper, list.id).await.unwrap();
        assert!(view(&owner, list.id).await.is_err());
    });
}

#[test]
fn what_is_wrong_with_a_list_is_named_and_nothing_is_kept() {
    on_each(&Settings::default(), |world| async move {
        let keeper = keeper(&world);
        for (list, field) in [
            (new("", "string", "a"), "name"),
            (new("a", "words", "a"), "type"),
            (new("a", "cidr", "10.0.0.0/33"), "entries"),
            (new("a", "regex", "/(/"), "entries"),
            (new("a", "string", ""), "entries"),
        ] {
            let error = add(&keeper, list).await.unwrap_err();
            assert!(error.to_string().contains(field), "{field}: {error}");
        }
        add(&keeper, new("a", "string", "x")).await.unwrap();
        assert!(
            add(&keeper, new("a", "string", "x")).await.is_err(),
            "the name is taken"
        );
        assert_eq!(index(&keeper, Filter::default(), 1, 10).await.unwrap().1, 1);
    });
}

#[test]
fn only_who_may_changes_lists() {
    on_each(&Settings::default(), |world| async move {
        let owner = world.owner();
        let list = add(&keeper(&world), new("a", "string", "x")).await.unwrap();
        assert!(add(&owner, new("b", "string", "x")).await.is_err());
        assert!(import(&owner, new("b", "string", "x")).await.is_err());
        assert!(edit(&owner, list.id, new("b", "string", "x")).await.is_err());
        assert!(set_enabled(&owner, list.id, true).await.is_err());
        assert!(delete(&owner, list.id).await.is_err());
        assert!(!view(&owner, list.id).await.unwrap().enabled);
    });
}
