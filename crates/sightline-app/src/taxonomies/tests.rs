//! Taxonomies against real databases: switching, making and hiding tags, exclusion, import, and who may.

use super::*;
use crate::Settings;
use crate::knowledge::store_taxonomy;
use crate::tags::tests::world::{World, on_each};
use crate::tags::{Outcome, TagKey, TargetKey, Via, Wish, attach};
use serde_json::json;
use sightline_knowledge::library::parse;

const WEATHER: &str = r##"{"namespace":"Weather","description":"Skies","version":3,"exclusive":true,
    "predicates":[{"value":"rain","expanded":"Wet","colour":"#0000FF","numerical_value":20},{"value":"sun"}]}"##;
const STATE: &str = r#"{"namespace":"state","description":"d","version":1,
    "predicates":[{"value":"how","exclusive":true},{"value":"why"}],
    "values":[{"predicate":"how","entry":[{"value":"a"},{"value":"b"}]},
              {"predicate":"why","entry":[{"value":"a"},{"value":"b"}]}]}"#;

async fn load(world: &World) -> TaxonomyId {
    world
        .admin()
        .write(|_, tx| {
            store_taxonomy(tx, &parse(STATE.as_bytes()).unwrap())?;
            Ok(store_taxonomy(tx, &parse(WEATHER.as_bytes()).unwrap())?.unwrap())
        })
        .await
        .unwrap()
}

fn by_id(id: TaxonomyId) -> TaxonomyKey {
    TaxonomyKey::Id(id)
}

#[test]
fn tags_are_made_hidden_and_shown_and_disabling_hides_them() {
    on_each(&Settings::default(), |world| async move {
        let admin = world.admin();
        let id = load(&world).await;
        set_enabled(&admin, id, true).await.unwrap();
        make(&admin, id, Some(vec!["weather:RAIN".into()])).await.unwrap();
        let found = view(&world.owner(), TaxonomyKey::Namespace("Weather".into()))
            .await
            .unwrap();
        let tag = found.entries[0].existing.as_ref().unwrap();
        assert_eq!(
            (tag.name.as_str(), tag.colour.as_str()),
            ("Weather:rain", "#0000FF")
        );
        assert_eq!(tag.numerical_value, Some(20));
        assert!(found.entries[1].existing.is_none());
        make(&admin, id, None).await.unwrap();
        let counts = index(&admin, Filter::default(), 1, 10).await.unwrap().0;
        let weather = counts.iter().find(|one| one.taxonomy.id == id).unwrap();
        assert_eq!((weather.total, weather.current), (2, 2));
        set_hidden(&world.owner(), id, Some(vec!["Weather:sun".into()]), true)
            .await
            .unwrap();
        set_enabled(&admin, id, false).await.unwrap();
        let hidden = view(&admin, by_id(id)).await.unwrap();
        assert!(!hidden.taxonomy.enabled);
        assert!(
            hidden
                .entries
                .iter()
                .all(|entry| entry.existing.as_ref().unwrap().hide_tag)
        );
        assert!(make(&admin, id, Some(vec!["tlp:red".into()])).await.is_err());
    });
}

#[test]
fn only_administrators_change_taxonomies() {
    on_each(&Settings::default(), |world| async move {
        let owner = world.owner();
        let id = load(&world).await;
        assert!(set_enabled(&owner, id, true).await.is_err());
        assert!(set_required(&owner, id, None).await.is_err());
        assert!(set_highlighted(&owner, id, None).await.is_err());
        assert!(make(&owner, id, None).await.is_err());
        assert!(delete(&owner, id).await.is_err());
        assert!(import(&owner, json!({})).await.is_err());
        assert!(normalise(&owner).await.is_err());
        assert!(!view(&owner, by_id(id)).await.unwrap().taxonomy.enabled);
    });
}

#[test]
fn flags_are_kept_over_a_newer_version_and_an_older_one_is_refused() {
    on_each(&Settings::default(), |world| async move {
        let admin = world.admin();
        let id = load(&world).await;
        set_required(&admin, id, Some(true)).await.unwrap();
        set_highlighted(&admin, id, None).await.unwrap();
        let mut file: serde_json::Value = serde_json::from_str(WEATHER).unwrap();
        assert!(import(&admin, file.clone()).await.is_err(), "the same version");
        file["version"] = 4.into();
        file["predicates"] = json!([{"value": "snow"}]);
        let found = import(&admin, file).await.unwrap();
        assert!(found.taxonomy.required && found.taxonomy.highlighted);
        assert_eq!(found.entries.len(), 1);
        assert!(export(&admin, by_id(id)).await.unwrap().contains("snow"));
        delete(&admin, id).await.unwrap();
        assert!(view(&admin, by_id(id)).await.is_err());
    });
}

#[test]
fn exclusive_tags_are_refused_where_they_are_added_and_named_where_they_came_in() {
    on_each(&Settings::default(), |world| async move {
        let id = load(&world).await;
        make(&world.admin(), id, None).await.unwrap();
        let owner = world.owner();
        let event = world
            .event(&owner, json!({"info": "e", "distribution": 0}))
            .await
            .0
            .id;
        let key = TargetKey::Event(crate::events::EventKey::Id(event));
        let add = |name: &'static str, via: Via| {
            let (owner, key) = (owner.clone(), key);
            async move {
                let wish = Wish {
                    tags: vec![TagKey::Name(name.into())],
                    local: false,
                    relationship_type: None,
                    via,
                };
                attach(&owner, key, wish).await.unwrap().outcomes.remove(0)
            }
        };
        assert!(matches!(
            add("Weather:rain", Via::AddTag).await,
            Outcome::Attached(_)
        ));
        assert!(matches!(
            add("Weather:rain", Via::AddTag).await,
            Outcome::Already(_)
        ));
        let refused = Outcome::Refused("Tag is not allowed due to taxonomy exclusivity settings");
        assert_eq!(add("Weather:sun", Via::AddTag).await, refused);
        let none = conflicts(&owner, crate::events::EventKey::Id(event))
            .await
            .unwrap();
        assert_eq!(none, Conflicts::default());
        assert!(matches!(
            add("Weather:sun", Via::TagObject).await,
            Outcome::Attached(_)
        ));
        let found = conflicts(&owner, crate::events::EventKey::Id(event))
            .await
            .unwrap();
        assert_eq!(found.global[0].tags.len(), 2);
        assert!(
            conflicts(&world.other(), crate::events::EventKey::Id(event))
                .await
                .is_err()
        );
    });
}
