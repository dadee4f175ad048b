//! Clusters of events against real databases: who sees which, and what their tags mean.

use super::*;
use crate::Settings;
use crate::events::EventKey;
use crate::events::document::{EventDocument, Options};
use crate::search::Answer;
use crate::tags::tests::world::{OWNER, World, on_each};
use crate::tags::{Outcome, TargetKey};
use serde_json::{Value, json};
use sightline_core::ids::{EventId, GalaxyClusterId, SharingGroupId};
use sightline_db::galaxies::{NewElement, NewRelation, add_clusters, add_elements, add_relations};
use sightline_misp::records::{Distribution, GalaxyCluster};

fn cluster(galaxy: &Galaxy, value: &str, uuid: u128) -> GalaxyCluster {
    GalaxyCluster {
        id: GalaxyClusterId(0),
        galaxy_id: galaxy.id,
        uuid: Uuid::from_u128(uuid),
        collection_uuid: None,
        kind: galaxy.kind.clone(),
        value: value.into(),
        description: "d".into(),
        source: String::new(),
        authors: vec!["us".into()],
        version: 1,
        distribution: Distribution::AllCommunities,
        sharing_group_id: SharingGroupId(0),
        org_id: 0.into(),
        orgc_id: 0.into(),
        is_default: true,
        locked: false,
        extends_uuid: None,
        extends_version: 0,
        published: false,
        deleted: false,
    }
}

/// A galaxy with the default cluster `Storm` (also `Gale`), and one that only the owner's organisation sees and that points to it.
async fn weather(world: &World) -> [GalaxyCluster; 2] {
    world
        .admin()
        .write(|_, tx| {
            let mut galaxy = Galaxy {
                uuid: Uuid::from_u128(1),
                kind: "weather".into(),
                name: "Weather".into(),
                enabled: true,
                ..Galaxy::default()
            };
            galaxy.id = galaxies::put(tx, &galaxy)?;
            let own = GalaxyCluster {
                distribution: Distribution::OrganisationOnly,
                org_id: OWNER,
                orgc_id: OWNER,
                is_default: false,
                ..cluster(&galaxy, "Secret", 3)
            };
            let mut both = [cluster(&galaxy, "Storm", 2), own];
            add_clusters(tx, &mut both)?;
            add_elements(
                tx,
                &both.each_ref().map(|cluster| NewElement {
                    cluster,
                    key: "synonyms",
                    value: "Gale",
                }),
            )?;
            add_relations(
                tx,
                &[NewRelation {
                    cluster: both[1].id,
                    target: both[0].uuid,
                    kind: "similar",
                    distribution: Distribution::AllCommunities,
                    sharing_group: SharingGroupId(0),
                    is_default: false,
                    tags: Vec::new(),
                }],
            )?;
            Ok(both)
        })
        .await
        .unwrap()
}

async fn document(ctx: &Ctx, id: EventId) -> Value {
    let whole = ctx
        .read(move |ctx, tx| {
            EventDocument::open(ctx, tx, &EventKey::Id(id), Options::default())?.whole(ctx, tx)
        })
        .await
        .unwrap();
    serde_json::from_slice(&whole).unwrap()
}

async fn listed(ctx: &Ctx, filter: ClusterFilter, window: Option<Window>) -> Value {
    let out = ctx
        .read(move |ctx, tx| {
            let mut answer = ClusterAnswer::open(ctx, tx, filter, Shape::Search, window)?;
            let mut out = Vec::new();
            while answer.chunk(ctx, tx, &mut out)? {}
            Ok(out)
        })
        .await
        .unwrap();
    serde_json::from_slice::<Value>(&out).unwrap()["response"].clone()
}

#[test]
fn a_cluster_is_attached_shown_and_taken_off() {
    on_each(&Settings::default(), |world| async move {
        let [storm, _] = weather(&world).await;
        let owner = world.owner();
        let body = json!({"info": "e", "distribution": 3, "Attribute": [{"type": "domain", "value": "a.example",
            "Tag": [{"name": "misp-galaxy:weather=\"nothing\""}]}]});
        let (event, attributes) = world.event(&world.admin(), body).await;
        let refused = attach(
            &owner,
            TargetKey::Event(EventKey::Id(event.id)),
            vec![ClusterKey::Id(storm.id)],
            false,
        );
        assert!(refused.await.is_err(), "not the event's owner");
        let admin = world.admin();
        let key = TargetKey::Event(EventKey::Id(event.id));
        for expected in [true, false] {
            let done = attach(&admin, key, vec![ClusterKey::Uuid(storm.uuid)], false)
                .await
                .unwrap();
            assert_eq!(matches!(done.outcomes[0], Outcome::Attached(_)), expected);
        }
        let attribute = crate::attributes::AttributeKey::Id(attributes[0].id);
        attach(
            &admin,
            TargetKey::Attribute(attribute),
            vec![ClusterKey::Id(storm.id)],
            false,
        )
        .await
        .unwrap();
        // Whoever sees the event sees what its tags mean.
        let shown = document(&world.other(), event.id).await;
        let galaxy = &shown["Event"]["Galaxy"][0];
        let cluster = &galaxy["GalaxyCluster"][0];
        assert_eq!(
            (&galaxy["type"], &cluster["value"]),
            (&json!("weather"), &json!("Storm"))
        );
        assert_eq!(cluster["meta"], json!({"synonyms": ["Gale"]}));
        assert_eq!(cluster["GalaxyClusterRelation"], json!([]));
        assert_eq!(
            cluster.get("TargetingClusterRelation"),
            None,
            "another's cluster points to it"
        );
        assert_eq!(cluster["tag_name"], shown["Event"]["Tag"][0]["name"]);
        assert_eq!(shown["Event"]["Tag"][0]["colour"], "#0088cc");
        let tag = cluster["tag_id"].as_i64().unwrap();
        let of_attribute = &shown["Event"]["Attribute"][0]["Galaxy"];
        assert_eq!(
            of_attribute.as_array().unwrap().len(),
            1,
            "an unknown tag means nothing"
        );
        assert_eq!(of_attribute[0]["GalaxyCluster"][0]["value"], "Storm");
        detach(&admin, key, tag.into()).await.unwrap();
        let shown = document(&admin, event.id).await;
        assert_eq!(shown["Event"]["Galaxy"], json!([]));
    });
}

#[test]
fn a_tag_means_its_cluster_or_a_synonym_whichever_came_first_for_those_who_see_it() {
    on_each(&Settings::default(), |world| async move {
        let body = json!({"info": "e", "distribution": 3, "Tag": [
            {"name": "misp-galaxy:weather=\"gale\""},
            {"name": format!("misp-galaxy:weather=\"{}\"", Uuid::from_u128(3))}]});
        let (event, _) = world.event(&world.admin(), body).await;
        assert_eq!(
            document(&world.owner(), event.id).await["Event"]["Galaxy"],
            json!([])
        );
        let [_, secret] = weather(&world).await;
        let values = |shown: &Value| -> Vec<Value> {
            let clusters = shown["Event"]["Galaxy"][0]["GalaxyCluster"].as_array().unwrap();
            clusters.iter().map(|cluster| cluster["value"].clone()).collect()
        };
        assert_eq!(
            values(&document(&world.owner(), event.id).await),
            ["Storm", "Secret"]
        );
        assert_eq!(values(&document(&world.other(), event.id).await), ["Storm"]);
        // Nor is it found, counted or attached.
        assert!(
            view_cluster(&world.other(), ClusterKey::Id(secret.id))
                .await
                .is_err()
        );
        let found = listed(&world.other(), ClusterFilter::default(), None).await;
        assert_eq!(found.as_array().unwrap().len(), 1);
        let found = listed(
            &world.owner(),
            ClusterFilter::default(),
            Some(Window { page: 2, limit: 1 }),
        )
        .await;
        assert_eq!(found[0]["GalaxyCluster"]["value"], "Secret");
        let related = &found[0]["GalaxyCluster"]["GalaxyClusterRelation"][0];
        assert_ne!(related["referenced_galaxy_cluster_id"], "0");
        let own = ClusterFilter {
            tag_names: Some(vec![secret.tag_name()]),
            custom: Some(true),
            ..ClusterFilter::default()
        };
        assert_eq!(
            listed(&world.owner(), own.clone(), None)
                .await
                .as_array()
                .unwrap()
                .len(),
            1
        );
        assert_eq!(listed(&world.other(), own, None).await, json!([]));
    });
}

#[test]
fn a_galaxy_is_switched_and_deleted_by_administrators_only() {
    on_each(&Settings::default(), |world| async move {
        weather(&world).await;
        let key = GalaxyKey::Uuid(Uuid::from_u128(1));
        assert!(set_enabled(&world.owner(), key, None).await.is_err());
        assert!(!set_enabled(&world.admin(), key, None).await.unwrap().enabled);
        assert!(delete(&world.owner(), key).await.is_err());
        delete(&world.admin(), key).await.unwrap();
        assert!(delete(&world.admin(), key).await.is_err());
        let left = world
            .admin()
            .read(|_, tx| Ok(galaxies::counts(tx)?.clusters))
            .await
            .unwrap();
        assert_eq!(left, 0);
    });
}
