//! `/organisations` and `/admin/organisations`.

use crate::wire::{ADMIN, fields, on_each, text};
use serde_json::{Value, json};
use sightline_app::Settings;

#[test]
fn an_organisation_is_added_viewed_edited_and_deleted() {
    on_each(&Settings::default(), |instance| async move {
        let wanted =
            json!({"Organisation": {"name": "Acme", "nationality": "Luxembourg", "sector": "CSIRT"}});
        let added = instance.post(ADMIN, "/admin/organisations/add", wanted).await;
        let id = text(&added, "/Organisation/id");
        let uuid = text(&added, "/Organisation/uuid");
        assert_eq!(
            added,
            json!({"Organisation": {
                "id": id, "name": "Acme", "date_created": "2023-11-14 22:13:20",
                "date_modified": "2023-11-14 22:13:20", "description": null, "type": "", "nationality": "Luxembourg",
                "sector": "CSIRT", "created_by": "1", "uuid": uuid, "contacts": null, "local": true,
                "restricted_to_domain": null, "landingpage": null,
            }})
        );
        let expected = json!({"Organisation": {
            "id": id, "name": "Acme", "date_created": "2023-11-14 22:13:20", "date_modified": "2023-11-14 22:13:20",
            "type": "", "nationality": "Luxembourg", "sector": "CSIRT", "contacts": null, "description": null,
            "local": true, "uuid": uuid, "restricted_to_domain": null, "created_by": "1", "user_count": "0",
            "created_by_email": "admin@admin.test",
        }});
        for key in [id.as_str(), uuid.as_str(), "Acme"] {
            assert_eq!(
                instance.get(ADMIN, &format!("/organisations/view/{key}")).await,
                expected
            );
        }
        for (name, status) in [("Acme", 200), ("Nobody", 404)] {
            let path = format!("/organisations/view/{name}");
            let answer = instance.ask(ADMIN, "HEAD", &path, Value::Null).await;
            assert_eq!(
                (answer.status.as_u16(), answer.body),
                (status, Value::Null),
                "{name}"
            );
        }
        let edit = format!("/admin/organisations/edit/{uuid}");
        let edited = instance
            .post(
                ADMIN,
                &edit,
                json!({"name": "Blah", "restricted_to_domain": ["a.test"]}),
            )
            .await;
        assert_eq!(text(&edited, "/Organisation/name"), "Blah");
        assert_eq!(
            edited.pointer("/Organisation/restricted_to_domain").unwrap(),
            &json!(["a.test"])
        );
        assert_eq!(
            text(&edited, "/Organisation/sector"),
            "CSIRT",
            "what is not named stays"
        );

        let deleted = instance
            .post(ADMIN, &format!("/admin/organisations/delete/{uuid}"), Value::Null)
            .await;
        assert_eq!(
            deleted,
            json!({"saved": true, "success": true, "name": "Organisation deleted", "message": "Organisation deleted",
                   "url": format!("/admin/organisations/delete/{id}"), "id": id})
        );
        let (status, message, _) = instance.refused(ADMIN, &edit, json!({"name": "x"})).await;
        assert_eq!((status, message.as_str()), (404, "Invalid organisation"));
    });
}

#[test]
fn what_cannot_be_says_why() {
    on_each(&Settings::default(), |instance| async move {
        let id = instance.org("Acme").await;
        let add = "/admin/organisations/add";
        let refused = instance.refused(ADMIN, add, json!({"name": "Acme"})).await;
        let errors = json!({"name": ["An organisation with this name already exists."]});
        assert_eq!(refused, (403, "Could not add Organisation".into(), errors));
        let (status, _, errors) = instance
            .refused(ADMIN, add, json!({"name": "B", "uuid": "x"}))
            .await;
        assert_eq!(
            (status, errors),
            (403, json!({"uuid": ["Please provide a valid RFC 4122 UUID"]}))
        );

        let (_, key) = instance.user("one@acme.test", &id, "3").await;
        let path = format!("/admin/organisations/delete/{id}");
        let answer = instance.ask(ADMIN, "POST", &path, json!({})).await;
        assert_eq!(answer.status, 403);
        assert_eq!(
            answer.body,
            json!({"saved": false, "name": "Could not delete Organisation",
                   "message": "Could not delete Organisation", "url": path, "errors": [], "id": id})
        );
        let (status, message, _) = instance.refused(&key, add, json!({"name": "C"})).await;
        assert_eq!(
            (status, message.as_str()),
            (403, "You do not have permission to use this functionality.")
        );
    });
}

#[test]
fn lists_have_a_scope_a_search_and_tell_users_less() {
    on_each(&Settings::default(), |instance| async move {
        let acme = instance.org("Acme").await;
        instance
            .post(
                ADMIN,
                "/admin/organisations/add",
                json!({"name": "Far", "local": false}),
            )
            .await;
        let (_, key) = instance.user("one@acme.test", &acme, "3").await;
        let names = |list: Value| -> Vec<String> {
            list.as_array()
                .unwrap()
                .iter()
                .map(|one| text(one, "/Organisation/name"))
                .collect()
        };
        for (path, expected) in [
            ("/organisations", vec!["Acme", "ORGNAME"]),
            ("/organisations/index/scope:local", vec!["Acme", "ORGNAME"]),
            ("/organisations/index/scope:external", vec!["Far"]),
            ("/organisations/index/scope:all", vec!["Acme", "Far", "ORGNAME"]),
            ("/organisations/index/scope:all/searchall:fa", vec!["Far"]),
        ] {
            assert_eq!(names(instance.get(ADMIN, path).await), expected, "{path}");
        }
        let seen = instance.get(&key, "/organisations/index").await;
        assert_eq!(
            fields(&seen, "/0/Organisation"),
            "contacts date_created date_modified description id landingpage local name nationality \
             restricted_to_domain sector type user_count uuid"
        );
        assert_eq!(text(&seen, "/0/Organisation/user_count"), "1");
        let all = instance.get(ADMIN, "/organisations/index").await;
        assert_eq!(
            text(&all, "/1/Organisation/created_by_email"),
            "Unknown",
            "the first was there before anybody"
        );
        let uuids = instance.get(ADMIN, "/organisations/getUUIDs").await;
        assert_eq!(uuids.as_array().unwrap().len(), 2);
    });
}
