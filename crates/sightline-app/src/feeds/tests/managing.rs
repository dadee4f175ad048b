//! Validation, rights, audit, lists.

use super::*;
use serde_json::json;
use sightline_core::FieldErrors;

async fn refused(instance: &Instance, body: serde_json::Value) -> FieldErrors {
    match add(&instance.admin, feed_in(body)).await {
        Err(AppError::Invalid(fields)) => fields,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_wrong_with_a_feed_is_told_by_field() {
    on_each(|instance| async move {
        let blank = FieldErrors::one("name", "This field cannot be left blank");
        assert_eq!(refused(&instance, json!({})).await, blank);
        let outside = instance.directory.join("files").display().to_string();
        for (field, value, part) in [
            ("provider", json!(""), "blank"),
            ("url", json!("nowhere"), "valid http"),
            ("url", json!("ftp://example.com/"), "valid http"),
            ("enabled", json!("perhaps"), "boolean"),
            ("source_format", json!("stix"), "misp"),
            ("distribution", json!("9"), "0 to 4"),
            ("distribution", json!("4"), ""),
            ("rules", json!("[1]"), "JSON object"),
            (
                "settings",
                json!({"common": {"excluderegex": "/(/"}}),
                "exclude pattern",
            ),
            ("headers", json!("no colon here"), "Name: value"),
            ("target_event", json!("5000"), "no such event"),
            ("tag_id", json!(5000), "no such tag"),
            ("orgc_id", json!("x"), "number"),
        ] {
            let mut body = json!({"name": "n", "provider": "p", "url": "http://example.com"});
            body[field] = value.clone();
            let errors = refused(&instance, body).await;
            let name = match field {
                "target_event" => "event_id",
                "distribution" if part.is_empty() => "sharing_group_id",
                other => other,
            };
            let message = errors
                .0
                .get(name)
                .unwrap_or_else(|| panic!("{field} {value}: {errors}"));
            assert!(message[0].contains(part), "{field}: {message:?}");
        }
        let local = json!({"name": "n", "provider": "p", "url": outside, "input_source": "local"});
        assert!(
            refused(&instance, local)
                .await
                .to_string()
                .contains("feeds.local_roots")
        );
        assert_eq!(
            instance.count("SELECT COUNT(*) FROM feeds").await,
            0,
            "nothing is half-written"
        );
    });
}

#[test]
fn private_addresses_are_refused_when_the_feed_is_added() {
    let Some(database) = databases().into_iter().next() else {
        panic!("no database")
    };
    let mut instance = Instance::on(&database);
    let platform = Arc::get_mut(&mut instance.admin.platform).unwrap();
    platform.remote = Remote::new(&RemoteConfig::default()).unwrap();
    block_on(async {
        let errors = refused(
            &instance,
            json!({"name": "n", "provider": "p", "url": "http://127.0.0.1/"}),
        )
        .await;
        assert!(errors.to_string().contains("remote.allow_private"), "{errors}");
    });
}

#[test]
fn an_edit_changes_what_it_names_and_leaves_a_trace_without_secrets() {
    on_each(|instance| async move {
        let id = instance
            .add(json!({
                "name": "n", "provider": "p", "url": "http://example.com", "headers": "Authorization: secret",
                "rules": {"tags": {"OR": ["a"]}}, "settings": "{\"csv\":{\"value\":\"1\"}}", "source_format": "csv"
            }))
            .await;
        let before = instance.feed(id).await;
        instance.edit(id, json!({"enabled": true})).await;
        assert_eq!(
            instance.feed(id).await,
            Feed {
                enabled: true,
                ..before.clone()
            }
        );
        assert_eq!(
            (before.rules.as_str(), before.fixed_event),
            (r#"{"tags":{"OR":["a"]}}"#, true)
        );
        instance.edit(id, json!({"headers": ""})).await;
        assert_eq!(instance.feed(id).await.headers, None);

        let traces = "SELECT COUNT(*) FROM audit_logs WHERE model = 'Feed'";
        assert_eq!(instance.count(traces).await, 3);
        let secrets = "SELECT COUNT(*) FROM audit_logs WHERE change LIKE '%secret%'";
        assert_eq!(instance.count(secrets).await, 0);

        delete(&instance.admin, id).await.unwrap();
        assert!(matches!(
            view(&instance.admin, id).await,
            Err(AppError::NotFound(_))
        ));
        assert!(matches!(
            delete(&instance.admin, id).await,
            Err(AppError::NotFound(_))
        ));
    });
}

#[test]
fn strangers_see_only_what_is_marked_for_them_and_change_nothing() {
    on_each(|instance| async move {
        let feed = |name: &str, visible: bool| json!({"name": name, "provider": "p", "url": format!("http://example.com/{name}"), "lookup_visible": visible});
        let hidden = instance.add(feed("hidden", false)).await;
        let open = instance.add(feed("open", true)).await;
        let stranger = instance.stranger();
        let (seen, total) = index(&stranger, Filter::default(), 1, 10).await.unwrap();
        assert_eq!((seen[0].feed.id, seen.len(), total), (open, 1, 1));
        assert_eq!(
            index(&instance.admin, Filter::default(), 2, 1).await.unwrap().1,
            2
        );
        assert!(matches!(
            view(&stranger, hidden).await,
            Err(AppError::NotFound(_))
        ));
        assert!(matches!(
            preview_manifest(&stranger, hidden, None, 1, 1).await,
            Err(AppError::NotFound(_))
        ));
        for outcome in [
            add(&stranger, feed_in(feed("x", true))).await.map(drop),
            edit(&stranger, open, FeedIn::default()).await.map(drop),
            delete(&stranger, open).await,
            set_enabled(&stranger, open, true).await,
            request_fetch(&stranger, open).await.map(drop),
            request_fetch_all(&stranger).await.map(drop),
            import(&stranger, Vec::new()).await.map(drop),
            load_defaults(&stranger).await.map(drop),
            import_event(&stranger, open, Uuid::nil()).await.map(drop),
        ] {
            assert!(matches!(outcome, Err(AppError::Forbidden(_))), "{outcome:?}");
        }
    });
}

#[test]
fn filters_find_parts_of_names_and_flags() {
    on_each(|instance| async move {
        for (name, url, on) in [
            ("Alpha_1", "http://a.example/", true),
            ("Beta%", "http://b.example/", false),
        ] {
            instance
                .add(json!({"name": name, "provider": "P", "url": url, "enabled": on}))
                .await;
        }
        let found = async |filter: Filter| {
            let (listed, _) = index(&instance.admin, filter, 1, 10).await.unwrap();
            listed
                .into_iter()
                .map(|listed| listed.feed.name)
                .collect::<Vec<_>>()
        };
        let any = |text: &str| Filter {
            any: Some(text.into()),
            ..Filter::default()
        };
        assert_eq!(found(any("ALPHA")).await, ["Alpha_1"]);
        assert_eq!(found(any("b.example")).await, ["Beta%"]);
        assert_eq!(
            found(any("%")).await,
            ["Beta%"],
            "wildcards are ordinary characters"
        );
        assert_eq!(found(any("_")).await, ["Alpha_1"]);
        assert_eq!(
            found(Filter {
                enabled: Some(true),
                ..Filter::default()
            })
            .await,
            ["Alpha_1"]
        );
        assert_eq!(
            found(Filter {
                name: Some("bet".into()),
                ..Filter::default()
            })
            .await,
            ["Beta%"]
        );
        assert_eq!(
            switch(
                &instance.admin,
                vec![FeedId(1), FeedId(2), FeedId(9)],
                Switch::Caching(true)
            )
            .await
            .unwrap(),
            2
        );
        assert_eq!(
            found(Filter {
                caching_enabled: Some(true),
                ..Filter::default()
            })
            .await
            .len(),
            2
        );
    });
}

#[test]
fn lists_are_loaded_disabled_and_never_twice() {
    on_each(|instance| async move {
        let known = sightline_formats::default_feeds::default_feeds().len();
        assert_eq!(load_defaults(&instance.admin).await.unwrap(), known);
        assert_eq!(load_defaults(&instance.admin).await.unwrap(), 0);
        let on = "SELECT COUNT(*) FROM feeds WHERE enabled OR NOT is_default";
        assert_eq!(instance.count(on).await, 0);
        assert!(request_fetch_all(&instance.admin).await.unwrap().is_empty());

        let entry = |url: &str| {
            json!({"Feed": {"name": "n", "provider": "p", "url": url, "enabled": true, "event_id": "9"},
                   "Tag": {"name": "from:list", "colour": "#123456"}})
        };
        let list: Vec<ImportIn> = serde_json::from_value(
            json!([entry("http://one.example"), entry("http://one.example"), {"Feed": {}}]),
        )
        .unwrap();
        assert_eq!(import(&instance.admin, list).await.unwrap(), 1);
        let custom = Filter {
            is_default: Some(false),
            ..Filter::default()
        };
        let (listed, _) = index(&instance.admin, custom, 1, 10).await.unwrap();
        assert_eq!(listed[0].tag.as_ref().unwrap().name, "from:list");
        assert!(!listed[0].feed.enabled && listed[0].feed.event_id.0 == 0);
    });
}
