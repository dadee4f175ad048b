//! Tags and sightings over the wire: shapes and refusals as recorded.

use super::{field_texts, percent, texts};
use crate::test_client::on_each;
use serde_json::{Map, Value, json};

fn message(answer: &Value) -> &str {
    answer["message"].as_str().unwrap()
}

#[test]
fn a_tag_from_its_making_to_its_end() {
    on_each(|client| async move {
        let (status, made) = client.post("/tags/add", json!({"name": "my_tag"})).await;
        let expected = json!({"Tag": {
            "id": "1", "name": "my_tag", "colour": "#450a5e", "exportable": true, "org_id": "0", "user_id": "0",
            "hide_tag": false, "numerical_value": null, "is_galaxy": false, "is_custom_galaxy": false, "local_only": false,
        }});
        assert_eq!((status, &made), (200, &expected));
        assert_eq!(
            client
                .post("/tags/add", json!({"Tag": {"name": "my_tag"}}))
                .await
                .1,
            expected
        );
        for (body, reason) in [
            (json!({"name": ""}), "[name]: This field is required."),
            (
                json!({"name": "b", "colour": "zzz"}),
                "[colour]: Colour has to be in the RGB format (#FFFFFF)",
            ),
        ] {
            let (status, refused) = client.post("/tags/add", body).await;
            assert_eq!(
                (status, message(&refused)),
                (405, &*format!("Could not add the Tag. {reason}"))
            );
        }
        let (_, seen) = client.ask("GET", "/tags/view/1", Value::Null).await;
        assert_eq!(
            (&seen["name"], &seen["count"], &seen["attribute_count"]),
            (&json!("my_tag"), &json!(0), &json!(0))
        );
        let (_, listed) = client.ask("GET", "/tags", Value::Null).await;
        assert_eq!(listed["Tag"][0]["favourite"], json!(false));
        let (_, bare) = client
            .ask(
                "GET",
                "/tags/index/searchall:MY/exclude_statistics:1",
                Value::Null,
            )
            .await;
        assert!(bare["Tag"][0].get("count").is_none());
        assert_eq!(
            client
                .post("/tags/search", json!({"tagname": "my%", "strict_tagname": false}))
                .await
                .1,
            json!([expected])
        );
        assert_eq!(
            client.ask("GET", "/tags/search/my", Value::Null).await.1,
            json!([])
        );

        let (_, edited) = client
            .post("/tags/edit/1", json!({"id": "1", "hide_tag": true, "count": "0"}))
            .await;
        assert_eq!(edited["Tag"]["hide_tag"], json!(true));
        let (_, deleted) = client.post("/tags/delete/1", Value::Null).await;
        let gone = json!({"name": "Tag deleted.", "message": "Tag deleted.", "url": "http://localhost/tags/delete/1"});
        assert_eq!(deleted, gone);
        for (path, status, reason) in [
            ("/tags/view/1", 405, "Invalid Tag"),
            ("/tags/edit/1", 404, "Invalid tag"),
            ("/tags/delete/x", 404, "Invalid tag"),
        ] {
            let (was, refused) = client.post(path, json!({"name": "x"})).await;
            assert_eq!((was, message(&refused)), (status, reason), "{path}");
        }
    });
}

#[test]
fn objects_are_tagged_by_uuid() {
    on_each(|client| async move {
        let (event, attribute) = client.event().await;
        for (path, body, status, expected) in [
            (
                "/tags/attachTagToObject",
                json!({"uuid": event, "tag": "t", "local": false}),
                200,
                "Global tag t(1) successfully attached to Event(1).",
            ),
            (
                "/tags/attachTagToObject",
                json!({"uuid": event, "tag": "t"}),
                200,
                "Event already has the requested tag attached, no changes had to be made for tag t.",
            ),
            (
                "/tags/attachTagToObject",
                json!({"uuid": attribute, "tag": "1", "local": true, "relationship_type": "is"}),
                200,
                "Local tag t(1) successfully attached to Attribute(1).",
            ),
            (
                "/tags/attachTagToObject",
                json!({"uuid": event, "tag": ["a", "b"]}),
                200,
                "Successfully attached 2 tags to Event (1)",
            ),
            (
                "/tags/attachTagToObject",
                json!({"uuid": "x", "tag": "a"}),
                405,
                "Invalid object uuid",
            ),
            (
                "/tags/attachTagToObject",
                json!({"uuid": event}),
                405,
                "Invalid tag",
            ),
            (
                "/tags/attachTagToObject",
                json!({"uuid": "95a0f140-0ec2-4076-9238-2a38eff7a34b", "tag": "a"}),
                404,
                "Invalid Target.",
            ),
            (
                "/tags/attachTagToObject",
                json!({"uuid": event, "tag": 99}),
                403,
                "Could not attachTagToObject Tag",
            ),
        ] {
            let (was, answer) = client.post(path, body.clone()).await;
            assert_eq!((was, message(&answer)), (status, expected), "{path} {body}");
        }
        let (_, refused) = client
            .post("/tags/attachTagToObject", json!({"uuid": event, "tag": 99}))
            .await;
        assert_eq!(
            refused["errors"],
            json!("Failed to attach 1 tags. Reasons: {\"0\":\"Invalid Tag.\"}")
        );
        let colon = format!("/tags/attachTagToObject/{event}/tlp:amber");
        assert_eq!(
            client.post(&colon, json!({})).await.0,
            405,
            "a name with a colon is a named parameter"
        );
        let (_, counts) = client
            .ask("GET", "/tags/tagStatistics/true/true", Value::Null)
            .await;
        assert_eq!(
            counts,
            json!({"tags": {"a": "33.333%", "b": "33.333%", "t": "33.333%"}, "taxonomies": []})
        );
    });
}

#[test]
fn tags_on_objects_change_and_come_off() {
    on_each(|client| async move {
        let (_, attribute) = client.event().await;
        let local = json!({"uuid": attribute, "tag": "t", "local": true});
        assert_eq!(client.post("/tags/attachTagToObject", local).await.0, 200);
        for (path, body, status, expected) in [
            (
                "/tags/modifyTagRelationship/attribute/1",
                json!({"Tag": {"relationship_type": "was"}}),
                200,
                "Relationship updated.",
            ),
            (
                "/tags/modifyTagRelationship/event/77",
                json!({"Tag": {"relationship_type": "was"}}),
                404,
                "Tag not found.",
            ),
            (
                "/tags/removeTagFromObject",
                json!({"uuid": attribute, "tag": "t"}),
                200,
                "Local tag t (1) successfully removed from Attribute(1).",
            ),
            (
                "/tags/removeTagFromObject",
                json!({"uuid": attribute, "tag": "t"}),
                404,
                "Could not remove tag as it is not attached to the target Attribute",
            ),
            (
                "/tags/removeTagFromObject",
                json!({"uuid": attribute, "tag": "nope"}),
                405,
                "Invalid Tag.",
            ),
        ] {
            let (was, answer) = client.post(path, body.clone()).await;
            assert_eq!((was, message(&answer)), (status, expected), "{path} {body}");
        }
    });
}

#[test]
fn events_and_attributes_have_their_own_actions() {
    on_each(|client| async move {
        client.event().await;
        client.post("/tags/add", json!({"name": "t"})).await;
        client
            .post("/tags/add", json!({"name": "u", "local_only": true}))
            .await;
        let added = json!({"saved": true, "success": "Tag added.", "check_publish": true});
        let refused = |reason: &str| json!({"saved": false, "errors": reason});
        for (path, body, expected) in [
            ("/events/addTag/1/1", json!({}), added.clone()),
            (
                "/events/addTag",
                json!({"event": 1, "tag": "t"}),
                refused("Tag is already attached to this event."),
            ),
            (
                "/events/addTag/1",
                json!({"request": {"Event": {"tag": "u"}}}),
                refused("Invalid Tag. This tag can only be set as a local tag."),
            ),
            ("/events/addTag/1/u/local:1", json!({}), added.clone()),
            (
                "/events/addTag/1/nosuchtagname",
                json!({}),
                refused("Invalid Tag."),
            ),
            ("/events/addTag/99/t", json!({}), refused("Invalid event.")),
            ("/attributes/addTag/1", json!({"tag": "[1,2]"}), added.clone()),
            (
                "/attributes/addTag/1",
                json!({"tag": "1"}),
                refused("Tag is already attached to this attribute."),
            ),
            (
                "/attributes/addTag/1",
                json!({"tag": "nosuchtag-x"}),
                refused("Invalid Tag."),
            ),
            (
                "/attributes/removeTag/1/999",
                json!({}),
                refused("Invalid attribute - tag combination."),
            ),
            (
                "/events/removeTag/1/99999",
                json!({}),
                refused("Invalid event - tag combination."),
            ),
            (
                "/events/removeTag/1/1",
                json!({}),
                json!({"saved": true, "success": "Tag removed.", "check_publish": true}),
            ),
            (
                "/events/removeTag/1/u",
                json!({}),
                json!({"saved": true, "success": "Tag removed.", "check_publish": false}),
            ),
        ] {
            assert_eq!(
                client.post(path, body.clone()).await,
                (200, expected),
                "{path} {body}"
            );
        }
        assert_eq!(client.post("/attributes/addTag/99/t", json!({})).await.0, 404);
    });
}

#[test]
fn a_search_takes_its_texts_in_many_shapes() {
    for body in [
        json!("x"),
        json!(["x"]),
        json!({"tag": "x"}),
        json!({"tagname": ["x"]}),
        json!({"request": {"tag": "x"}}),
    ] {
        assert_eq!(texts(&body), ["x"], "{body}");
    }
    assert!(texts(&json!({"other": "x"})).is_empty());
}

#[test]
fn a_list_of_tags_may_be_a_text() {
    let body = |value: Value| Map::from_iter([("tag".to_owned(), value)]);
    assert_eq!(field_texts(&body(json!("[1, \"a\"]")), "tag"), ["1", "a"]);
    assert_eq!(field_texts(&body(json!([1, "a"])), "tag"), ["1", "a"]);
    assert_eq!(field_texts(&body(json!("[odd]")), "tag"), ["[odd]"]);
    assert_eq!(field_texts(&body(json!(7)), "tag"), ["7"]);
}

#[test]
fn percentages_are_short() {
    assert_eq!(percent(1, 1), "100%");
    assert_eq!(percent(1, 8), "12.5%");
    assert_eq!(percent(1, 3), "33.333%");
    assert_eq!(percent(0, 0), "0%");
}

#[test]
fn every_index_says_how_many_records_there_are_on_all_pages() {
    on_each(|client| async move {
        for name in ["a", "b", "c"] {
            client.post("/tags/add", json!({"name": name})).await;
        }
        client.event().await;
        for (path, total) in [
            ("/tags/index/limit:2/page:2", "3"),
            ("/events/index/limit:1/page:9", "1"),
            ("/attributes/index/limit:1/page:9", "1"),
            ("/sightings/index", "0"),
            ("/feeds/index", "0"),
            ("/jobs/index", "0"),
            ("/organisations/index", "1"),
            ("/admin/users/index/limit:1/page:2", "1"),
            ("/auth_keys/index", "1"),
            ("/roles/index", "6"),
            ("/user_settings/index", "0"),
            ("/event_blocklists/index", "0"),
            ("/org_blocklists/index", "0"),
            ("/tag_collections/index", "0"),
            ("/collections/index", "0"),
            ("/bookmarks/index", "0"),
            ("/news/index", "0"),
        ] {
            let (status, headers, body) = client.raw("GET", path, "").await;
            assert_eq!(status, 200, "{path}: {body}");
            assert_eq!(headers.get("x-total-count").unwrap(), total, "{path}");
        }
        let (_, page) = client.ask("GET", "/tags/index/limit:2/page:2", Value::Null).await;
        assert_eq!(page["Tag"].as_array().unwrap().len(), 1);
    });
}
