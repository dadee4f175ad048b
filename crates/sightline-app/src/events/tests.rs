//! Events that extend others: the merged document and table, for those who see all of it and for those who do not.

use super::document::{EventDocument, Options};
use super::extensions::EXTENSIONS;
use super::*;
use crate::Settings;
use crate::attributes::{Order, WindowFilter, window};
use crate::tags::tests::world::{World, on_each};
use serde_json::{Value, json};

const BASE: &str = "5f1b2c3d-0000-4000-8000-00000000000a";

fn body(info: &str, distribution: i64, extends: &str) -> Value {
    json!({"info": info, "distribution": distribution, "extends_uuid": extends,
           "Attribute": [{"type": "domain", "value": format!("{info}.example")}], "Tag": [{"name": "shared"}],
           "EventReport": [{"name": format!("report of {info}"), "content": "x"}]})
}

/// The owner's event; an extension of the others', one that they keep to themselves.
async fn three(world: &World) -> [Event; 3] {
    let mut base = body("base", 1, "");
    base["uuid"] = json!(BASE);
    let base = world.event(&world.owner(), base).await.0;
    let open = world.event(&world.other(), body("open", 1, BASE)).await.0;
    let closed = world.event(&world.other(), body("closed", 0, BASE)).await.0;
    [base, open, closed]
}

async fn document(ctx: &Ctx, id: EventId, options: Options) -> Value {
    let bytes = ctx
        .read(move |ctx, tx| EventDocument::open(ctx, tx, &EventKey::Id(id), options)?.whole(ctx, tx))
        .await
        .unwrap();
    serde_json::from_slice::<Value>(&bytes).unwrap()["Event"].clone()
}

fn values(event: &Value, list: &str, field: &str) -> Vec<String> {
    let list = event[list].as_array().unwrap().iter();
    list.map(|one| one[field].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_merged_document_holds_what_its_reader_sees() {
    on_each(&Settings::default(), |world| async move {
        let [base, open, closed] = three(&world).await;
        let merged = || Options {
            extended: true,
            extension_list: true,
            ..Options::default()
        };
        let seen = document(&world.owner(), base.id, merged()).await;
        assert_eq!(
            values(&seen, "Attribute", "value"),
            ["base.example", "open.example"]
        );
        assert_eq!(
            values(&seen, "EventReport", "name"),
            ["report of base", "report of open"]
        );
        let extensions = seen["extensionEvents"].as_object().unwrap();
        assert_eq!(extensions.keys().collect::<Vec<_>>(), [&open.id.to_string()]);
        let extension = &extensions[&open.id.to_string()];
        assert_eq!(
            (&extension["info"], &extension["Orgc"]["name"]),
            (&json!("open"), &json!("Other"))
        );
        assert_eq!(values(&seen, "ExtendedBy", "uuid"), [open.uuid.to_string()]);
        let all = document(&world.other(), base.id, merged()).await;
        assert_eq!(values(&all, "Attribute", "value").len(), 3);
        assert_eq!(
            values(&all, "ExtendedBy", "id"),
            [open.id.to_string(), closed.id.to_string()]
        );
        // Not asked for, nothing is merged; nothing to merge, nothing is said.
        let plain = document(&world.other(), base.id, Options::default()).await;
        assert_eq!(values(&plain, "Attribute", "value"), ["base.example"]);
        assert!(plain.get("extensionEvents").is_none() && plain.get("ExtendedBy").is_none());
        let leaf = document(&world.other(), open.id, merged()).await;
        assert!(leaf.get("extensionEvents").is_none());
        assert_eq!(leaf["ExtendedBy"], json!([]));
    });
}

#[test]
fn members_of_a_merged_document_are_not_related_to_it() {
    on_each(&Settings::default(), |world| async move {
        let owner = world.owner();
        let attribute = json!([{"type": "domain", "value": "same.example"}]);
        let base = json!({"info": "base", "uuid": BASE, "distribution": 1, "Attribute": attribute});
        let base = world.event(&owner, base).await.0;
        let extension =
            json!({"info": "extension", "extends_uuid": BASE, "distribution": 1, "Attribute": attribute});
        world.event(&owner, extension).await;
        let far = json!({"info": "far", "distribution": 1, "Attribute": attribute});
        world.event(&owner, far).await;
        let infos = |event: &Value| -> Vec<String> {
            let list = event["RelatedEvent"].as_array().unwrap().iter();
            list.map(|one| one["Event"]["info"].as_str().unwrap().to_owned())
                .collect()
        };
        assert_eq!(
            infos(&document(&owner, base.id, Options::default()).await),
            ["extension", "far"]
        );
        let merged = Options {
            extended: true,
            ..Options::default()
        };
        assert_eq!(infos(&document(&owner, base.id, merged).await), ["far"]);
    });
}

#[test]
fn a_merged_table_marks_its_rows_and_lets_only_the_own_ones_be_changed() {
    on_each(&Settings::default(), |world| async move {
        let [base, open, closed] = three(&world).await;
        let shown = async |ctx: &Ctx, extended: bool| {
            let key = EventKey::Id(base.id);
            let table = window(
                ctx,
                key,
                extended,
                WindowFilter::default(),
                Order::Structure,
                0,
                10,
            )
            .await
            .unwrap();
            let rows: Vec<_> = table
                .rows
                .iter()
                .map(|row| {
                    (
                        row.event_id,
                        table.source(row).map(|event| event.id),
                        table.may_change(row),
                    )
                })
                .collect();
            (rows, table.total)
        };
        let own = (base.id, None, true);
        assert_eq!(shown(&world.owner(), false).await, (vec![own], 1));
        assert_eq!(
            shown(&world.owner(), true).await,
            (vec![own, (open.id, Some(open.id), false)], 2)
        );
        let (rows, total) = shown(&world.other(), true).await;
        assert_eq!((rows.len(), total), (3, 3));
        assert!(rows.iter().all(|(.., may_change)| !may_change));
        assert_eq!(rows[2].1, Some(closed.id));
    });
}

#[test]
fn whoever_may_not_edit_an_event_extends_it() {
    on_each(&Settings::default(), |world| async move {
        let [base, open, closed] = three(&world).await;
        let of = async |ctx: &Ctx| {
            let strategy = edit_strategy(ctx, EventKey::Id(base.id)).await.unwrap();
            let ids: Vec<EventId> = strategy.extensions.iter().map(|event| event.id).collect();
            (strategy.edit, ids)
        };
        assert_eq!(of(&world.owner()).await, (true, vec![]));
        assert_eq!(of(&world.other()).await, (false, vec![open.id, closed.id]));
        assert!(matches!(
            edit_strategy(&world.owner(), EventKey::Id(closed.id)).await,
            Err(AppError::NotFound(_))
        ));
    });
}

#[test]
fn an_event_that_too_many_extend_is_not_merged_in_part() {
    on_each(&Settings::default(), |world| async move {
        let [base, open, _] = three(&world).await;
        let copy = open.clone();
        world
            .admin()
            .write(move |_, tx| {
                for n in 0..EXTENSIONS {
                    let uuid = uuid::Uuid::from_u128(n.try_into().unwrap());
                    sightline_db::events::insert(tx, &Event { uuid, ..copy.clone() })?;
                }
                Ok(())
            })
            .await
            .unwrap();
        let merged = Options {
            extended: true,
            ..Options::default()
        };
        let answer = world
            .owner()
            .read(move |ctx, tx| EventDocument::open(ctx, tx, &EventKey::Id(base.id), merged).map(drop))
            .await;
        assert!(matches!(answer, Err(AppError::TooLarge(_))), "{answer:?}");
        let plain = document(&world.owner(), base.id, Options::default()).await;
        assert_eq!(values(&plain, "Attribute", "value"), ["base.example"]);
    });
}
