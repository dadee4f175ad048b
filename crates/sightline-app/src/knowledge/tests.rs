//! Updates against real databases: what is loaded, kept, skipped and named as broken.

use super::*;
use crate::Settings;
use crate::jobs::{CancelToken, Handlers, Options, Reason, State};
use crate::tags::tests::world::{World, on_each};
use crate::{Caller, jobs};
use serde_json::json;
use sightline_core::ids::{UserId, WarninglistId};
use sightline_db::galaxies::{self, ClusterFilter};
use sightline_db::{Visible, taxonomies, warninglists};
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Longest an update may take before a test gives up.
const PATIENCE: Duration = Duration::from_secs(300);

fn write(root: &Path, path: &str, content: &serde_json::Value) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content.to_string()).unwrap();
}

fn taxonomy(version: i64, word: &str) -> serde_json::Value {
    json!({"namespace": "weather", "description": "d", "version": version, "predicates": [{"value": word}]})
}

fn warninglist(version: i64, entries: usize) -> serde_json::Value {
    let list: Vec<String> = (0..entries).map(|n| format!("v{version}-{n}")).collect();
    json!({"name": "Known values", "description": "d", "version": version, "type": "string",
        "matching_attributes": ["md5"], "list": list})
}

/// Runs an update from a folder as the platform; its message.
async fn update(world: &World, from: &Path) -> String {
    let ctx = Ctx::platform(Arc::clone(&world.platform));
    let from = from.to_str().unwrap().to_owned();
    let job = request_update(&ctx, &[], Some(from)).await.unwrap();
    let stop = CancelToken::new();
    let worker = tokio::spawn(jobs::run_worker(
        Arc::clone(&world.platform),
        |_, _, _| Ok(Some(Caller::default())),
        handlers(Handlers::default()),
        Options::default(),
        stop.clone(),
    ));
    let updated = wait_for_update(&ctx, job, &Library::ALL, PATIENCE).await.unwrap();
    stop.cancel(Reason::Stopping);
    worker.await.unwrap();
    let ended = jobs::view(&ctx, job).await.unwrap();
    assert!(updated.unwrap().done, "{}", ended.message);
    assert_eq!(ended.state, State::Done);
    ended.message
}

#[test]
fn newer_files_are_loaded_older_kept_and_broken_ones_named() {
    on_each(&Settings::default(), |world| async move {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        write(root, "weather/machinetag.json", &taxonomy(2, "rain"));
        write(root, "lists/known/list.json", &warninglist(2, 45_000));
        write(
            root,
            "broken/machinetag.json",
            &json!({"namespace": "broken", "description": "d"}),
        );
        assert_eq!(
            update(&world, root).await,
            "2 of 3 files were new; 1 could not be read: see the log."
        );
        let admin = world.admin();
        let (id, list) = admin
            .write(|_, tx| {
                let mut weather = taxonomies::by_namespace(tx, "weather")?.unwrap();
                weather.enabled = true;
                taxonomies::set_flags(tx, &weather)?;
                let list = warninglists::by_name(tx, "Known values")?.unwrap();
                warninglists::set_enabled(tx, &[list.id.0], true)?;
                assert_eq!(warninglists::entries(tx, list.content_id, 44_999, 10)?.len(), 1);
                Ok((weather.id, list))
            })
            .await
            .unwrap();
        assert_eq!(list.entry_count, 45_000);
        let (_, broken) = state(&admin).await.unwrap();
        assert_eq!(broken.len(), 1);
        assert!(
            broken[0].problem.as_ref().unwrap().contains("predicates"),
            "{broken:?}"
        );
        assert!(state(&world.owner()).await.is_err());
        // Nothing is new; the broken file is named again.
        assert_eq!(
            update(&world, root).await,
            "0 of 3 files were new; 1 could not be read: see the log."
        );
        write(root, "weather/machinetag.json", &taxonomy(1, "snow"));
        write(root, "lists/known/list.json", &warninglist(3, 2));
        fs::remove_file(root.join("broken/machinetag.json")).unwrap();
        assert_eq!(update(&world, root).await, "1 of 2 files were new.");
        admin
            .read(move |_, tx| {
                let weather = taxonomies::by_id(tx, id)?.unwrap();
                assert_eq!((weather.version, weather.enabled), (2, true));
                assert_eq!(taxonomies::tags(tx, id)?[0].tag, "weather:rain");
                let now = warninglists::by_id(tx, WarninglistId(list.id.0))?.unwrap();
                assert_eq!((now.version, now.enabled, now.entry_count), (3, true, 2));
                assert_ne!(now.content_id, list.content_id);
                assert!(
                    warninglists::entries(tx, list.content_id, 0, 10)?.is_empty(),
                    "swept away"
                );
                Ok(())
            })
            .await
            .unwrap();
    });
}

#[test]
fn only_the_platform_names_a_source_and_only_administrators_update() {
    on_each(&Settings::default(), |world| async move {
        let mut admin = world.admin();
        admin.caller.user_id = UserId(1);
        assert!(request_update(&admin, &[], Some("/srv".into())).await.is_err());
        assert!(request_update(&admin, &[], None).await.is_ok());
        assert!(request_update(&world.owner(), &[], None).await.is_err());
        let platform = Ctx::platform(Arc::clone(&world.platform));
        assert!(
            request_update(&platform, &[], Some("folder".into()))
                .await
                .is_err()
        );
    });
}

fn galaxy() -> serde_json::Value {
    json!({"name": "Weather", "type": "weather", "uuid": "0c1d39b5-0b0d-4b44-9a3c-9ae8d0a4ad01", "version": 1,
        "description": "d", "icon": "cloud", "namespace": "sky",
        "kill_chain_order": {"day": ["morning", "evening"], "a": []}})
}

fn clusters(version: i64, storm: &str, rain: &str) -> serde_json::Value {
    json!({"name": "Weather", "type": "weather", "uuid": "0c1d39b5-0b0d-4b44-9a3c-9ae8d0a4ad02", "version": version,
        "source": "us", "authors": ["a", "b"], "values": [
            {"uuid": "0c1d39b5-0b0d-4b44-9a3c-9ae8d0a4ad03", "value": storm, "description": "loud",
                "meta": {"synonyms": ["Tempest", "Gale"], "kill_chain": ["day:evening"]},
                "related": [{"dest-uuid": "0c1d39b5-0b0d-4b44-9a3c-9ae8d0a4ad04", "type": "similar", "tags": ["how:sure", "how:sure"]}]},
            {"uuid": "0c1d39b5-0b0d-4b44-9a3c-9ae8d0a4ad04", "value": rain}]})
}

#[test]
fn clusters_wait_for_their_galaxy_keep_their_ids_and_are_found_by_their_tags() {
    on_each(&Settings::default(), |world| async move {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        write(root, "clusters/weather.json", &clusters(1, "Storm", "Rain"));
        assert_eq!(
            update(&world, root).await,
            "0 of 1 files were new; 1 could not be read: see the log."
        );
        // The galaxy comes after its clusters, in the order of names.
        write(root, "galaxies/weather.json", &galaxy());
        assert_eq!(update(&world, root).await, "2 of 2 files were new.");
        assert_eq!(update(&world, root).await, "0 of 2 files were new.");
        let named = |tag: &str| {
            let tag = vec![tag.to_owned()];
            let admin = world.admin();
            async move {
                admin
                    .read(move |_, tx| {
                        Ok(galaxies::named(tx, Visible::everything(), &tag)?
                            .into_values()
                            .next())
                    })
                    .await
                    .unwrap()
            }
        };
        let storm = named("misp-galaxy:weather=\"STORM\"").await.unwrap();
        assert_eq!(storm.authors, ["a", "b"]);
        assert_eq!(named("misp-galaxy:weather=\"gale\"").await.unwrap().id, storm.id);
        assert_eq!(named("misp-galaxy:weather=\"Snow\"").await, None);
        let (id, uuid) = (storm.id, storm.uuid);
        world
            .admin()
            .read(move |_, tx| {
                let all = Visible::everything();
                let order = galaxies::by_type(tx, "weather")?
                    .unwrap()
                    .kill_chain_order
                    .unwrap();
                assert_eq!(order, r#"{"day":["morning","evening"],"a":[]}"#);
                assert_eq!(galaxies::elements(tx, &[id.0])?.len(), 3);
                let relations = galaxies::relations_from(tx, all, &[id.0])?;
                assert_eq!(relations.len(), 1);
                assert_eq!(relations[0].tags.len(), 1);
                let target = relations[0].relation.referenced_galaxy_cluster_id;
                assert_ne!(target.0, 0);
                let rain = relations[0].relation.referenced_galaxy_cluster_uuid;
                assert_eq!(galaxies::relations_to(tx, all, &[rain])?, relations);
                assert!(galaxies::relations_to(tx, all, &[uuid])?.is_empty());
                Ok(())
            })
            .await
            .unwrap();
        // A newer file renames one: it stays the same cluster. An older one changes nothing.
        write(
            root,
            "clusters/weather.json",
            &clusters(2, "Thunderstorm", "Rain"),
        );
        assert_eq!(update(&world, root).await, "1 of 2 files were new.");
        write(root, "clusters/weather.json", &clusters(1, "Blizzard", "Rain"));
        assert_eq!(update(&world, root).await, "0 of 2 files were new.");
        let renamed = named("misp-galaxy:weather=\"thunderstorm\"").await.unwrap();
        assert_eq!((renamed.id, renamed.version), (id, 2));
        assert_eq!(named("misp-galaxy:weather=\"storm\"").await, None);
        let count = world
            .admin()
            .read(|_, tx| {
                Ok(galaxies::count_clusters(
                    tx,
                    Visible::everything(),
                    &ClusterFilter::default(),
                )?)
            })
            .await;
        assert_eq!(count.unwrap(), 2);
    });
}

#[test]
fn the_published_galaxies_are_all_loaded() {
    let unpacked = tempfile::tempdir().unwrap();
    let name = "knowledge::the_published_galaxies_are_all_loaded";
    let Some(folder) = sightline_testkit::data_set("knowledge/misp-galaxy", name, unpacked.path()) else {
        return;
    };
    on_each(&Settings::default(), |world| {
        let archive = folder.clone();
        async move {
            let started = std::time::Instant::now();
            assert_eq!(update(&world, &archive).await, "262 of 262 files were new.");
            let first = started.elapsed();
            let started = std::time::Instant::now();
            assert_eq!(update(&world, &archive).await, "0 of 262 files were new.");
            eprintln!("loaded in {first:?}, looked at again in {:?}", started.elapsed());
            // As a Python script counts them over the files; two relations of 63,753 name no cluster.
            world
                .admin()
                .read(|_, tx| {
                    let counts = galaxies::counts(tx)?;
                    assert_eq!((counts.galaxies, counts.clusters), (131, 55_723));
                    assert_eq!((counts.elements, counts.relations), (370_859, 63_751));
                    Ok(())
                })
                .await
                .unwrap();
        }
    });
}
