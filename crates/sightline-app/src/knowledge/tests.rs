//! Updates against real databases: what is loaded, kept, skipped and named as broken.

use super::*;
use crate::Settings;
use crate::jobs::{CancelToken, Handlers, Options, Reason, State};
use crate::tags::tests::world::{World, on_each};
use crate::{Caller, jobs};
use serde_json::json;
use sightline_core::ids::{UserId, WarninglistId};
use sightline_db::{taxonomies, warninglists};
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
