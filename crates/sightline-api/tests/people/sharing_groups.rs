//! `/sharingGroups`: the wire, as recorded.

use crate::wire::{ADMIN, Instance, fields, on_each, text};
use serde_json::{Value, json};
use sightline_app::Settings;

const MOMENT: &str = "2023-11-14 22:13:20";

async fn host(instance: &Instance) -> (String, String) {
    let org = instance.get(ADMIN, "/organisations/view/1").await;
    (text(&org, "/Organisation/name"), text(&org, "/Organisation/uuid"))
}

#[test]
fn a_group_is_added_viewed_listed_edited_and_deleted() {
    on_each(&Settings::default(), |instance| async move {
        let (host_name, host_uuid) = host(&instance).await;
        let acme = instance.org("Acme").await;
        let acme_uuid = text(
            &instance.get(ADMIN, "/organisations/view/Acme").await,
            "/Organisation/uuid",
        );
        let wanted = json!({"SharingGroup": {"name": "Circle", "releasability": "Testing"},
                            "SharingGroupOrg": [{"org_id": acme, "extend": true}]});
        let added = instance.post(ADMIN, "/sharingGroups/add", wanted).await;
        let (id, uuid) = (
            text(&added, "/SharingGroup/id"),
            text(&added, "/SharingGroup/uuid"),
        );
        let member = text(&added, "/SharingGroupOrg/0/id");
        let server = text(&added, "/SharingGroupServer/0/id");
        let group = json!({
            "id": id, "name": "Circle", "releasability": "Testing", "description": "", "uuid": uuid,
            "organisation_uuid": host_uuid, "org_id": "1", "sync_user_id": "1", "active": true, "created": MOMENT,
            "modified": MOMENT, "local": true, "roaming": false,
        });
        let short = json!({"id": "1", "name": host_name, "uuid": host_uuid});
        assert_eq!(
            added,
            json!({
                "SharingGroup": group,
                "SharingGroupOrg": [{"id": member, "sharing_group_id": id, "org_id": acme, "extend": true,
                                     "Organisation": {"id": acme, "name": "Acme", "uuid": acme_uuid}}],
                "SharingGroupServer": [{"id": server, "sharing_group_id": id, "server_id": "0", "all_orgs": false}],
                "Organisation": short,
            })
        );

        let here = json!({"id": "0", "name": "Local instance", "url": "http://localhost"});
        for path in [
            format!("/sharing_groups/view/{id}"),
            format!("/sharingGroups/view/{uuid}"),
        ] {
            let viewed = instance.get(ADMIN, &path).await;
            let mut expected = group.clone();
            expected["sync_org_name"] = json!(host_name);
            expected["sync_org"] = short.clone();
            assert_eq!(viewed["SharingGroup"], expected);
            assert_eq!(viewed["SharingGroupOrg"][0]["Organisation"]["local"], json!(true));
            assert_eq!(viewed["SharingGroupServer"][0]["Server"], here);
            assert_eq!(
                fields(&viewed, "/Organisation"),
                "contacts created_by date_created date_modified description id landingpage local name nationality \
                 restricted_to_domain sector type uuid"
            );
        }

        let listed = instance.get(ADMIN, "/sharingGroups/index").await;
        assert_eq!(
            listed["response"][0]["SharingGroup"],
            json!({"id": id, "uuid": uuid, "name": "Circle", "description": "", "releasability": "Testing",
                   "local": true, "active": true, "roaming": false, "org_count": "1"})
        );
        assert_eq!(listed["response"][0]["Organisation"], short);
        assert_eq!(listed["response"][0]["editable"], json!(true));
        assert_eq!(listed["response"][0]["deletable"], json!(true));

        let edited = instance
            .post(
                ADMIN,
                &format!("/sharing_groups/edit/{uuid}"),
                json!({"name": "New name"}),
            )
            .await;
        assert_eq!(text(&edited, "/SharingGroup/name"), "New name");
        assert_eq!(edited["SharingGroupOrg"], added["SharingGroupOrg"]);
        let deleted = instance
            .post(ADMIN, &format!("/sharingGroups/delete/{uuid}"), Value::Null)
            .await;
        assert_eq!(
            deleted,
            json!({"saved": true, "success": true, "name": "SharingGroup deleted", "message": "SharingGroup deleted",
                   "url": format!("/sharing_groups/delete/{uuid}"), "id": uuid})
        );
        assert_eq!(
            instance.get(ADMIN, "/sharing_groups/index").await,
            json!({"response": []})
        );
    });
}

#[test]
fn lists_have_filters_and_pages() {
    on_each(&Settings::default(), |instance| async move {
        let acme = instance.org("Acme").await;
        for (name, active) in [("Alpha", true), ("Beta", true), ("Gone", false)] {
            let wanted = json!({"name": name, "active": active, "SharingGroupOrg": [{"org_id": if name == "Beta" { acme.clone() } else { "1".into() }}]});
            instance.post(ADMIN, "/sharingGroups/add", wanted).await;
        }
        for (path, expected) in [
            ("/sharingGroups/index", "Alpha Beta"),
            ("/sharingGroups/index/true", "Gone"),
            ("/sharing_groups/index/value:alph", "Alpha"),
            ("/sharing_groups/index/searchorg:Acme", "Beta"),
            ("/sharing_groups/index/searchorg:4711", ""),
            ("/sharing_groups/index/limit:1/page:2", "Beta"),
            ("/sharing_groups/index/limit:1/page:9", ""),
        ] {
            let listed = instance.get(ADMIN, path).await;
            let names: Vec<&str> = listed["response"]
                .as_array()
                .unwrap()
                .iter()
                .map(|one| one["SharingGroup"]["name"].as_str().unwrap())
                .collect();
            assert_eq!(names.join(" "), expected, "{path}");
        }
        let answer = instance
            .ask(ADMIN, "GET", "/sharing_groups/index/limit:x", Value::Null)
            .await;
        assert_eq!(
            (answer.status.as_u16(), &answer.body["message"]),
            (400, &json!("limit must be a number."))
        );
    });
}

#[test]
fn members_and_instances_are_named_in_the_path_or_the_body() {
    on_each(&Settings::default(), |instance| async move {
        instance.org("Acme").await;
        let added = instance
            .post(ADMIN, "/sharingGroups/add", json!({"name": "Circle"}))
            .await;
        let id = text(&added, "/SharingGroup/id");
        let done = |message: &str, action: &str| {
            json!({"saved": true, "success": true, "name": message, "message": message,
                   "url": format!("/sharing_groups/{action}")})
        };
        let body = json!({"sg_id": id, "org_id": "Acme", "extend": true});
        let answer = instance.post(ADMIN, "/sharingGroups/addOrg", body.clone()).await;
        assert_eq!(answer, done("Organisation added to the sharing group.", "addOrg"));
        let viewed = instance.get(ADMIN, &format!("/sharing_groups/view/{id}")).await;
        assert_eq!(viewed["SharingGroupOrg"][0]["extend"], json!(true));
        let (status, message, errors) = instance.refused(ADMIN, "/sharingGroups/addOrg", body).await;
        assert_eq!(
            (status, message.as_str(), errors),
            (
                403,
                "Could not addOrg SharingGroup",
                json!("Organisation is already in the sharing group.")
            )
        );
        let answer = instance
            .post(
                ADMIN,
                &format!("/sharing_groups/removeOrg/{id}/Acme"),
                Value::Null,
            )
            .await;
        assert_eq!(
            answer,
            done("Organisation removed from the sharing group.", "removeOrg")
        );
        instance
            .post(ADMIN, &format!("/sharing_groups/addOrg/{id}/Acme/1"), Value::Null)
            .await;

        let server = json!({"sg_id": id, "server_id": "0", "all_orgs": true});
        let (_, _, errors) = instance
            .refused(ADMIN, "/sharingGroups/addServer", server.clone())
            .await;
        assert_eq!(errors, json!("Server is already in the sharing group."));
        let answer = instance
            .post(ADMIN, "/sharingGroups/removeServer", server.clone())
            .await;
        assert_eq!(
            answer,
            done("Server removed from the sharing group.", "removeServer")
        );
        let answer = instance.post(ADMIN, "/sharingGroups/addServer", server).await;
        assert_eq!(answer, done("Server added to the sharing group.", "addServer"));
        for (path, body, expected) in [
            (
                "/sharingGroups/addOrg",
                json!({"sg_id": id, "org_id": "4711"}),
                "Invalid organisation.",
            ),
            (
                "/sharingGroups/addOrg",
                json!({}),
                "No valid sharing group ID provided.",
            ),
            (
                "/sharingGroups/removeOrg",
                json!({"sg_id": "4711", "org_id": "1"}),
                "Invalid sharing group or no editing rights.",
            ),
            (
                "/sharingGroups/addServer",
                json!({"sg_id": id, "server_id": "7"}),
                "Invalid server.",
            ),
        ] {
            let (status, message, _) = instance.refused(ADMIN, path, body).await;
            assert_eq!((status, message.as_str()), (405, expected), "{path}");
        }
    });
}

#[test]
fn refusals_speak_the_references_words() {
    on_each(&Settings::default(), |instance| async move {
        let acme = instance.org("Acme").await;
        let (_, key) = instance.user("boss@acme.example", &acme, "2").await;
        let added = instance
            .post(ADMIN, "/sharingGroups/add", json!({"name": "Circle"}))
            .await;
        let id = text(&added, "/SharingGroup/id");
        let (status, message, errors) = instance.refused(ADMIN, "/sharing_groups/add", json!({})).await;
        assert_eq!((status, message.as_str()), (403, "Could not add SharingGroup"));
        assert_eq!(
            errors,
            json!("Could not save sharing group. [name]: Name cannot be empty.")
        );
        let hidden = "Sharing group doesn&#039;t exist or you do not have permission to access it.";
        for wanted in [id.as_str(), "999", "nonsense"] {
            let path = format!("/sharing_groups/view/{wanted}");
            let answer = instance.ask(&key, "GET", &path, Value::Null).await;
            assert_eq!(
                (answer.status.as_u16(), &answer.body["message"]),
                (405, &json!(hidden)),
                "{wanted}"
            );
            assert_eq!(
                instance.ask(&key, "HEAD", &path, Value::Null).await.status,
                404,
                "{wanted}"
            );
            let edit = instance
                .refused(
                    &key,
                    &format!("/sharing_groups/edit/{wanted}"),
                    json!({"name": "x"}),
                )
                .await;
            assert_eq!(
                (edit.0, edit.1.as_str()),
                (404, "Invalid sharing group."),
                "{wanted}"
            );
            let delete = instance
                .refused(&key, &format!("/sharingGroups/delete/{wanted}"), Value::Null)
                .await;
            assert_eq!(
                (delete.0, delete.1.as_str()),
                (405, "Action not allowed."),
                "{wanted}"
            );
        }
        assert_eq!(
            instance
                .ask(ADMIN, "HEAD", &format!("/sharing_groups/view/{id}"), Value::Null)
                .await
                .status,
            200
        );
        instance
            .post(ADMIN, &format!("/sharing_groups/addOrg/{id}/{acme}"), Value::Null)
            .await;
        let edit = instance
            .refused(&key, &format!("/sharing_groups/edit/{id}"), json!({"name": "x"}))
            .await;
        assert_eq!((edit.0, edit.1.as_str()), (405, "Action not allowed."));
        let listed = instance.get(&key, "/sharing_groups/index").await;
        assert_eq!(listed["response"][0]["editable"], json!(false));
        assert_eq!(listed["response"][0]["deletable"], json!(false));

        let event = json!({"info": "x", "distribution": 4, "sharing_group_id": id});
        let event = instance.post(ADMIN, "/events/add", event).await;
        assert_eq!(event["Event"]["SharingGroup"]["name"], json!("Circle"));
        assert_eq!(
            event["Event"]["SharingGroup"]["SharingGroupOrg"][0]["Organisation"]["name"],
            json!("Acme")
        );
        let (status, message, errors) = instance
            .refused(ADMIN, &format!("/sharingGroups/delete/{id}"), Value::Null)
            .await;
        assert_eq!((status, message.as_str()), (403, "Could not delete SharingGroup"));
        assert!(
            errors
                .as_str()
                .unwrap()
                .starts_with("The sharing group could not be deleted")
        );
    });
}

#[test]
fn hidden_members_appear_nowhere_on_the_wire() {
    on_each(&Settings::default(), |instance| async move {
        let mut orgs = Vec::new();
        for name in ["Alpha", "Beta"] {
            orgs.push(instance.org(name).await);
        }
        let (_, key) = instance.user("reader@alpha.example", &orgs[0], "3").await;
        let wanted = json!({"name": "Circle", "hide_members": true,
                            "SharingGroupOrg": [{"org_id": orgs[0]}, {"org_id": orgs[1]}]});
        let added = instance.post(ADMIN, "/sharingGroups/add", wanted).await;
        assert_eq!(added["SharingGroup"]["hide_members"], json!(true));
        let id = text(&added, "/SharingGroup/id");
        let event = json!({"info": "x", "distribution": 4, "sharing_group_id": id, "Attribute": [
            {"type": "domain", "value": "a.example", "distribution": 4, "sharing_group_id": id}]});
        let event = text(&instance.post(ADMIN, "/events/add", event).await, "/Event/id");
        let viewed = instance.get(&key, &format!("/sharing_groups/view/{id}")).await;
        assert_eq!(fields(&viewed, ""), "Organisation SharingGroup");
        assert_eq!(viewed["SharingGroup"]["org_count"], json!("1"));
        let embedded = instance.get(&key, &format!("/events/view/{event}")).await;
        assert_eq!(
            embedded["Event"]["SharingGroup"]["SharingGroupOrg"][0]["Organisation"]["name"],
            json!("Alpha")
        );
        for path in [
            format!("/events/view/{event}"),
            "/events/restSearch".into(),
            "/attributes/restSearch".into(),
            "/events/index".into(),
            format!("/sharing_groups/view/{id}"),
            "/sharing_groups/index".into(),
            "/sharing_groups/index/searchorg:Alpha".into(),
        ] {
            let answer = if path.contains("restSearch") {
                instance.post(&key, &path, json!({"returnFormat": "json"})).await
            } else {
                instance.get(&key, &path).await
            };
            let answer = answer.to_string();
            assert!(
                answer.contains("Circle") || path.contains("attributes"),
                "{path}: {answer}"
            );
            assert!(!answer.contains("Beta"), "{path}: {answer}");
        }
        let none = instance.get(&key, "/sharing_groups/index/searchorg:Beta").await;
        assert_eq!(none, json!({"response": []}));
    });
}

#[test]
fn organisations_are_merged() {
    on_each(&Settings::default(), |instance| async move {
        let (from, into) = (instance.org("From").await, instance.org("Into").await);
        instance.user("ada@from.example", &from, "3").await;
        let (status, _, errors) = instance
            .refused(ADMIN, &format!("/admin/organisations/merge/{from}"), json!({}))
            .await;
        assert_eq!(
            (status, errors),
            (
                403,
                json!({"target": ["The organisation that stays is missing."]})
            )
        );
        let (status, message, errors) = instance
            .refused(
                ADMIN,
                &format!("/admin/organisations/merge/{from}/{from}"),
                Value::Null,
            )
            .await;
        assert_eq!((status, message.as_str()), (403, "Could not merge Organisation"));
        assert_eq!(errors, json!("An organisation cannot be merged into itself."));
        let merged = instance
            .post(
                ADMIN,
                &format!("/admin/organisations/merge/{from}"),
                json!({"target": "Into"}),
            )
            .await;
        assert_eq!(
            (&merged["id"], &merged["data"]),
            (&json!(into), &json!({"users": "1"}))
        );
        let viewed = instance.get(ADMIN, "/organisations/view/Into").await;
        assert_eq!(viewed["Organisation"]["user_count"], json!("1"));
        assert_eq!(
            instance
                .ask(ADMIN, "GET", "/organisations/view/From", Value::Null)
                .await
                .status,
            404
        );
        let uuid = instance.get(ADMIN, "/admin/organisations/generateuuid").await;
        assert_eq!(text(&uuid, "/uuid").len(), 36);
    });
}

#[test]
fn organisations_are_searched_under_every_name_of_the_filter() {
    on_each(&Settings::default(), |instance| async move {
        instance.org("Acme").await;
        for path in [
            "/organisations/index/scope:all/searchall:acm",
            "/organisations/index/quickFilter:acm",
            "/organisations/index?searchall=ACM",
        ] {
            let found = instance.get(ADMIN, path).await;
            let found = found.as_array().unwrap();
            assert_eq!(
                (found.len(), &found[0]["Organisation"]["name"]),
                (1, &json!("Acme")),
                "{path}"
            );
        }
    });
}
