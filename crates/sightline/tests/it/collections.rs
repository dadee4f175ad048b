//! Blocklists, collections, tag collections, bookmarks, favourites and news over the wire: shapes as recorded, and who
//! is refused what. On both engines.

use crate::harness::{ADMIN, Instance, Person};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

/// Two organisations with an administrator each, and a read-only key of the first.
struct World<'a> {
    instance: &'a Instance,
    ours: Person,
    theirs: Person,
    read_only: String,
}

#[expect(clippy::needless_pass_by_value, reason = "tests are written in place")]
fn on_each(test: impl AsyncFn(&World<'_>)) {
    for database in sightline_testkit::databases() {
        let instance = Instance::start(database);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let (one, two) = (instance.org("Ours").await, instance.org("Theirs").await);
            let ours = instance.person(&one, 2, "a@ours.example").await;
            let theirs = instance.person(&two, 2, "b@theirs.example").await;
            let read_only = instance.key(&ours.id, json!({"read_only": true})).await;
            let world = World {
                instance: &instance,
                ours,
                theirs,
                read_only,
            };
            test(&world).await;
        });
    }
}

impl World<'_> {
    async fn get(&self, key: &str, path: &str) -> (u16, Value) {
        let (status, answer) = self.instance.call(key, Method::GET, path, None).await;
        (status.as_u16(), answer)
    }

    async fn post(&self, key: &str, path: &str, body: Value) -> (u16, Value) {
        let (status, answer) = self.instance.call(key, Method::POST, path, Some(body)).await;
        (status.as_u16(), answer)
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value}"))
}

const UUID: &str = "0da0f1ac-676c-4cec-a4b8-fac3ab781ac7";

#[test]
fn blocklists_look_as_recorded() {
    on_each(async |world| {
        for (path, list, model, uuid) in [
            (
                "eventBlocklists",
                "event_blocklists",
                "EventBlocklist",
                "event_uuid",
            ),
            ("orgBlocklists", "org_blocklists", "OrgBlocklist", "org_uuid"),
        ] {
            let (_, added) = world
                .post(ADMIN, &format!("/{path}/add"), json!({"uuids": [UUID, "bad"]}))
                .await;
            let expected = json!({
                "result": {"successes": [UUID], "fails": ["bad"]},
                "message": "Done. Added 1 new entries to the blocklist. 1 entries could not be saved.",
            });
            assert_eq!(added, expected);
            let (_, listed) = world.get(ADMIN, &format!("/{list}/index")).await;
            let entry = &listed[0];
            assert_eq!((&entry["id"], &entry[uuid]), (&json!("1"), &json!(UUID)));
            if model == "OrgBlocklist" {
                assert_eq!(
                    entry["blocked_data"],
                    json!({"blocked_amount": false, "blocked_last_time": false})
                );
            }
            // As PyMISP sends it: the whole record.
            let mut record = entry.clone();
            record["comment"] = json!("This is a test");
            record[uuid] = json!("99999999-676c-4cec-a4b8-fac3ab781ac7");
            let (_, edited) = world.post(ADMIN, &format!("/{path}/edit/{UUID}"), record).await;
            assert_eq!(
                (&edited[model]["comment"], &edited[model][uuid]),
                (&json!("This is a test"), &json!(UUID))
            );
            let (_, found) = world
                .get(ADMIN, &format!("/{path}/index/comment:is%20a%20test/limit:1"))
                .await;
            assert_eq!(found.as_array().unwrap().len(), 1);
            let (status, _) = world.get(ADMIN, &format!("/{path}/index/{uuid}:no")).await;
            assert_eq!(status, 400);
            for key in [&world.ours.key, &world.read_only] {
                for action in ["index", "add", "edit/1", "delete/1"] {
                    let (status, _) = world
                        .post(key, &format!("/{path}/{action}"), json!({"uuids": [UUID]}))
                        .await;
                    assert_eq!(status, 403, "{path}/{action}");
                }
            }
            let (_, gone) = world
                .post(ADMIN, &format!("/{path}/delete/{UUID}"), json!({}))
                .await;
            let expected = json!({
                "saved": true, "success": true, "name": "Blocklist entry removed",
                "message": "Blocklist entry removed", "url": format!("/{list}/delete/{UUID}"), "id": UUID,
            });
            assert_eq!(gone, expected);
            let (status, gone) = world
                .post(ADMIN, &format!("/{path}/delete/{UUID}"), json!({}))
                .await;
            assert_eq!((status, text(&gone["message"])), (404, "Invalid blocklist entry"));
        }
    });
}

#[test]
fn a_blocked_event_and_a_blocked_creator_are_refused_in_the_references_words() {
    on_each(async |world| {
        let event = json!({"info": "x", "uuid": UUID, "distribution": 1});
        let added = world
            .instance
            .post(&world.ours.key, "/events/add", event.clone())
            .await;
        let id = text(&added["Event"]["id"]).to_owned();
        world
            .instance
            .post(&world.ours.key, &format!("/events/delete/{id}"), json!({}))
            .await;
        let (status, refused) = world.post(&world.ours.key, "/events/add", event).await;
        assert_eq!(
            (status, text(&refused["message"])),
            (403, "Event blocked by event blocklist.")
        );
        let (_, listed) = world.get(ADMIN, "/event_blocklists/index").await;
        assert_eq!(listed[0]["comment"], "Automatically blocked by deleting event");
        let org = text(&added["Event"]["Orgc"]["uuid"]).to_owned();
        world
            .instance
            .post(ADMIN, "/orgBlocklists/add", json!({"uuids": org}))
            .await;
        let (status, refused) = world
            .post(&world.ours.key, "/events/add", json!({"info": "y"}))
            .await;
        assert_eq!(
            (status, text(&refused["message"])),
            (403, "Event blocked by organisation blocklist.")
        );
        let (_, listed) = world.get(ADMIN, "/org_blocklists/index").await;
        assert_eq!(listed[0]["blocked_data"]["blocked_amount"], "1");
        let (_, gone) = world
            .post(
                ADMIN,
                "/eventBlocklists/massDelete",
                json!({"ids": [UUID, "12345"]}),
            )
            .await;
        assert_eq!(gone["message"], "1 blocklist entries removed");
    });
}

#[test]
fn a_tag_collection_is_made_filled_attached_and_passed_on() {
    on_each(async |world| {
        let (ours, theirs) = (&world.ours.key, &world.theirs.key);
        let mut tags = Vec::new();
        for name in ["a", "b"] {
            let tag = world
                .instance
                .post(ours, "/tags/add", json!({"name": name}))
                .await;
            tags.push(text(&tag["Tag"]["id"]).to_owned());
        }
        let body =
            json!({"TagCollection": {"name": "triage", "description": "d", "org_id": "1", "user_id": "1"}});
        let made = world.instance.post(ours, "/tag_collections/add", body).await;
        let id = text(&made["TagCollection"]["id"]).to_owned();
        assert_ne!(made["TagCollection"]["org_id"], "1");
        assert_eq!(
            (&made["TagCollectionTag"], &made["Galaxy"]),
            (&json!([]), &json!([]))
        );
        let list = serde_json::to_string(&tags).unwrap();
        let path = format!("/tag_collections/addTag/{id}");
        let (_, added) = world.post(ours, &path, json!({"tag": list})).await;
        assert_eq!(added, json!({"saved": true, "success": "2 tags added."}));
        let (status, _) = world.post(ours, &path, json!({"tag": "nope"})).await;
        assert_eq!(status, 405);
        for (key, expected) in [(theirs, 404), (&world.read_only, 403)] {
            let (status, _) = world.post(key, &path, json!({"tag": tags[0]})).await;
            assert_eq!(status, expected);
        }
        let (_, seen) = world.get(theirs, "/tag_collections/index").await;
        assert_eq!(seen, json!([]));
        let event = world
            .instance
            .post(ours, "/events/add", json!({"info": "x"}))
            .await;
        let event = text(&event["Event"]["id"]).to_owned();
        let path = format!("/events/addTag/{event}/collection_{id}");
        let (_, attached) = world.post(ours, &path, json!({})).await;
        assert_eq!(
            attached,
            json!({"saved": true, "success": "Tag added.", "check_publish": true})
        );
        let (_, seen) = world.get(ours, &format!("/events/view/{event}")).await;
        let names: Vec<&str> = seen["Event"]["Tag"]
            .as_array()
            .unwrap()
            .iter()
            .map(|tag| text(&tag["name"]))
            .collect();
        assert_eq!(names, ["a", "b"]);
        let (_, listed) = world.get(ours, "/tag_collections/index").await;
        assert_eq!(listed[0]["TagCollectionTag"][1]["Tag"]["name"], "b");
        assert_eq!(listed[0]["Organisation"]["name"], "Ours");
        // Another instance would send what this one lists; here it is known already.
        let (_, known) = world
            .post(theirs, "/tag_collections/import", listed.clone())
            .await;
        assert_eq!(known["message"], "0 tag collections imported, 1 skipped.");
        let (_, gone) = world
            .post(ours, &format!("/tag_collections/delete/{id}"), json!({}))
            .await;
        assert_eq!(gone["message"], "Tag collection deleted.");
        let (_, again) = world.post(theirs, "/tag_collections/import", listed).await;
        assert_eq!(again["message"], "1 tag collections imported, 0 skipped.");
    });
}

#[test]
fn a_collection_is_shared_as_its_distribution_says() {
    on_each(async |world| {
        let (ours, theirs) = (&world.ours.key, &world.theirs.key);
        let (status, made) = world
            .post(
                ours,
                "/collections/add/",
                json!({"name": "col", "type": "campaign", "description": "d", "distribution": 1}),
            )
            .await;
        assert_eq!(status, 200, "{made}");
        let made = &made["Collection"];
        let id = text(&made["id"]).to_owned();
        assert_eq!(
            (&made["distribution"], &made["sharing_group_id"], &made["type"]),
            (&json!("1"), &Value::Null, &json!("campaign"))
        );
        let secret = world
            .instance
            .post(ours, "/events/add", json!({"info": "s", "distribution": 0}))
            .await;
        let open = world
            .instance
            .post(ours, "/events/add", json!({"info": "o", "distribution": 1}))
            .await;
        for event in [&secret, &open] {
            let uuid = text(&event["Event"]["uuid"]);
            let path = format!("/collectionElements/addElementToCollection/Event/{uuid}");
            let (_, added) = world
                .post(ours, &path, json!({"collection_id": id, "description": "why"}))
                .await;
            assert_eq!(added["CollectionElement"]["element_uuid"], uuid, "{added}");
        }
        let count = |answer: &Value| {
            answer["Collection"]["CollectionElement"]
                .as_array()
                .unwrap()
                .len()
        };
        let (_, seen) = world.get(theirs, &format!("/collections/view/{id}")).await;
        assert_eq!(count(&seen), 1);
        let (_, seen) = world.get(ours, &format!("/collections/view/{id}")).await;
        assert_eq!(count(&seen), 2);
        let element = text(&seen["Collection"]["CollectionElement"][1]["id"]).to_owned();
        let (_, listed) = world.get(theirs, "/collections/index").await;
        assert_eq!(listed[0]["Collection"]["element_count"], 1);
        for scope in ["my_collections", "org_collections"] {
            assert_eq!(
                world.get(theirs, &format!("/collections/index/{scope}")).await.1,
                json!([])
            );
            assert_eq!(
                world
                    .get(ours, &format!("/collections/index/{scope}"))
                    .await
                    .1
                    .as_array()
                    .unwrap()
                    .len(),
                1
            );
        }
        for (path, body) in [
            (format!("/collections/edit/{id}"), json!({"name": "x"})),
            (format!("/collections/delete/{id}"), json!({})),
            (format!("/collectionElements/delete/{element}"), json!({})),
            (
                format!("/collectionElements/add/{id}"),
                json!({"element_uuid": UUID, "element_type": "Event"}),
            ),
        ] {
            let (status, refused) = world.post(theirs, &path, body.clone()).await;
            assert_eq!(
                (status, text(&refused["message"])),
                (405, "Invalid Collection or insuficient privileges"),
                "{path}"
            );
            let (status, _) = world.post(&world.read_only, &path, body).await;
            assert_eq!(status, 403, "{path}");
        }
        world
            .post(
                ours,
                &format!("/collections/edit/{id}"),
                json!({"distribution": 0}),
            )
            .await;
        let (status, _) = world.get(theirs, &format!("/collections/view/{id}")).await;
        assert_eq!(status, 405);
        let (_, gone) = world
            .post(ours, &format!("/collections/delete/{id}"), json!({}))
            .await;
        assert_eq!(gone["message"], "Collection deleted.");
    });
}

#[test]
fn bookmarks_favourites_and_news() {
    on_each(async |world| {
        let (ours, theirs) = (&world.ours.key, &world.theirs.key);
        let body = json!({"name": "n", "url": "/events/index", "exposed_to_org": true, "user_id": "1", "org_id": "1"});
        let made = world.instance.post(ours, "/bookmarks/add", body.clone()).await;
        assert_eq!(made["Bookmark"]["user_id"], json!(world.ours.id));
        let id = text(&made["Bookmark"]["id"]).to_owned();
        let (_, seen) = world.get(&world.read_only, "/bookmarks/index/scope:mine").await;
        assert_eq!(seen.as_array().unwrap().len(), 1);
        assert_eq!(world.get(theirs, "/bookmarks/index").await.1, json!([]));
        assert_eq!(world.get(theirs, &format!("/bookmarks/view/{id}")).await.0, 404);
        assert_eq!(
            world
                .post(theirs, &format!("/bookmarks/delete/{id}"), json!({}))
                .await
                .0,
            404
        );
        assert_eq!(world.post(&world.read_only, "/bookmarks/add", body).await.0, 403);
        let (status, wrong) = world
            .post(
                ours,
                "/bookmarks/add",
                json!({"name": "n", "url": "javascript:x"}),
            )
            .await;
        assert_eq!(status, 403);
        assert!(wrong["errors"]["url"].is_array(), "{wrong}");

        let tag = world
            .instance
            .post(ours, "/tags/add", json!({"name": "liked"}))
            .await;
        let toggle = json!({"FavouriteTag": {"data": tag["Tag"]["id"]}});
        assert_eq!(
            world
                .post(&world.read_only, "/favourite_tags/toggle", toggle.clone())
                .await
                .0,
            403
        );
        assert_eq!(
            world.post(ours, "/favourite_tags/toggle", toggle.clone()).await.0,
            200
        );
        let (_, liked) = world.get(ours, "/tags/index/favouritesOnly:1").await;
        assert_eq!(
            (&liked["Tag"][0]["name"], &liked["Tag"][0]["favourite"]),
            (&json!("liked"), &json!(true))
        );
        assert_eq!(
            world.get(theirs, "/tags/index/favouritesOnly:1").await.1,
            json!({"Tag": []})
        );

        let item = json!({"title": "t", "message": "m"});
        assert_eq!(world.post(ours, "/news/add", item.clone()).await.0, 403);
        let told = world.instance.post(ADMIN, "/news/add", item).await;
        let (_, read) = world.get(theirs, "/news/index").await;
        assert_eq!(read, json!([told]));
        let id = text(&told["News"]["id"]).to_owned();
        let (_, moved) = world
            .post(ADMIN, &format!("/news/edit/{id}"), json!({"title": "u"}))
            .await;
        assert_eq!(
            (&moved["News"]["title"], &moved["News"]["message"]),
            (&json!("u"), &json!("m"))
        );
        assert_eq!(
            world
                .post(ADMIN, &format!("/news/delete/{id}"), json!({}))
                .await
                .0,
            200
        );
        assert_eq!(
            world
                .post(ADMIN, &format!("/news/delete/{id}"), json!({}))
                .await
                .0,
            404
        );
    });
}

#[test]
fn an_event_says_what_extends_it_and_how_to_add_to_it() {
    on_each(async |world| {
        let (ours, theirs) = (&world.ours.key, &world.theirs.key);
        let attribute = |value: &str| json!([{"type": "domain", "value": value}]);
        let base =
            json!({"info": "base", "distribution": 1, "uuid": UUID, "Attribute": attribute("a.example")});
        let base = world.instance.post(ours, "/events/add", base).await;
        let base = text(&base["Event"]["id"]).to_owned();
        let more = json!({"info": "more", "distribution": 1, "extends_uuid": UUID, "Attribute": attribute("b.example")});
        let more = world.instance.post(theirs, "/events/add", more).await;
        let secret = json!({"info": "secret", "distribution": 0, "extends_uuid": UUID, "Attribute": attribute("c.example")});
        world.instance.post(theirs, "/events/add", secret).await;
        let (_, merged) = world.get(ours, &format!("/events/view/{base}/extended:1")).await;
        let event = &merged["Event"];
        assert_eq!(event["Attribute"].as_array().unwrap().len(), 2);
        let id = text(&more["Event"]["id"]);
        assert_eq!(event["extensionEvents"][id]["Orgc"]["name"], "Theirs");
        assert!(!merged.to_string().contains("secret"));
        let search = json!({"eventid": base, "extensionList": 1, "metadata": 1, "returnFormat": "json"});
        let (_, found) = world.post(ours, "/events/restSearch", search).await;
        let list = &found["response"][0]["Event"]["ExtendedBy"];
        assert_eq!(
            (list.as_array().unwrap().len(), &list[0]["info"]),
            (1, &json!("more"))
        );
        let (_, strategy) = world
            .get(theirs, &format!("/events/getEditStrategy/{base}"))
            .await;
        assert_eq!(
            (
                &strategy["strategy"],
                strategy["extensions"].as_array().unwrap().len()
            ),
            (&json!("extend"), 2)
        );
        let (_, strategy) = world.get(ours, &format!("/events/getEditStrategy/{base}")).await;
        assert_eq!(strategy, json!({"strategy": "edit", "extensions": []}));
        let status = world
            .instance
            .call(
                &world.read_only,
                Method::GET,
                &format!("/events/getEditStrategy/{base}"),
                None,
            )
            .await
            .0;
        assert_eq!(status, StatusCode::FORBIDDEN);
    });
}
