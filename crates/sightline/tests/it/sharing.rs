//! What is shared with a group, asked for in every way by everybody: members, those who may extend the group, those who
//! made it, outsiders, administrators, a read-only key. On both engines.

use crate::harness::{ADMIN, Instance};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

#[test]
fn what_is_shared_with_a_group_is_for_its_members() {
    for database in sightline_testkit::databases() {
        let engine = database.engine();
        let instance = Instance::start(database);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let world = World::new(&instance, engine).await;
            world.members_see_it_and_others_do_not().await;
            world.only_some_change_the_group().await;
            world.a_member_that_is_removed_sees_nothing_more().await;
        });
    }
}

/// An open event that holds an attribute and an object of a group, and an event of the group.
struct World<'a> {
    instance: &'a Instance,
    engine: &'a str,
    group: String,
    group_uuid: String,
    secret: String,
    open: String,
    maker: String,
    extender: String,
    member: String,
    read_only: String,
    outsider: String,
    member_org: String,
}

impl<'a> World<'a> {
    async fn new(instance: &'a Instance, engine: &'a str) -> Self {
        let mut orgs = Vec::new();
        for name in ["Maker", "Extender", "Member", "Outsider"] {
            orgs.push(instance.org(name).await);
        }
        // Roles of the seed: 2 manages groups, 3 does not.
        let maker = instance.person(&orgs[0], 2, "maker@x.example").await;
        let extender = instance.person(&orgs[1], 2, "extender@x.example").await;
        let member = instance.person(&orgs[2], 3, "member@x.example").await;
        let manager = instance.person(&orgs[2], 2, "manager@x.example").await;
        let outsider = instance.person(&orgs[3], 2, "outsider@x.example").await;
        let wanted = json!({"name": "zebra circle", "SharingGroupOrg": [
            {"org_id": orgs[1], "extend": true}, {"org_id": orgs[2]}]});
        let group = instance.post(&maker.key, "/sharing_groups/add", wanted).await;
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let id = text(&group["SharingGroup"]["id"]);
        let shared = |value: &str| json!({"type": "domain", "value": value, "distribution": 4, "sharing_group_id": id});
        let secret = json!({"info": "zebra event", "distribution": 4, "sharing_group_id": id,
                            "Attribute": [{"type": "domain", "value": "zebra-in-event.example"}]});
        let secret = instance.post(&maker.key, "/events/add", secret).await;
        let open = json!({"info": "open event", "distribution": 3, "published": true, "Attribute": [
            {"type": "domain", "value": "plain.example"}, shared("zebra-attribute.example")]});
        let open = instance.post(&maker.key, "/events/add", open).await;
        let open = text(&open["Event"]["id"]);
        let object = json!({"name": "domain-ip", "meta-category": "network", "description": "d",
            "template_uuid": "43b3b146-77eb-4931-b4cc-b66c60f28734", "template_version": 1, "distribution": 4,
            "sharing_group_id": id, "Attribute": [
                {"type": "domain", "value": "zebra-object.example", "object_relation": "domain"}]});
        instance
            .post(&maker.key, &format!("/objects/add/{open}"), object)
            .await;
        let sample = json!({"request": {"files": [{"filename": "zebra.bin", "data": "aGVsbG8="}], "distribution": 4,
                            "sharing_group_id": id}});
        instance
            .post(&maker.key, &format!("/events/upload_sample/{open}"), sample)
            .await;
        Self {
            group_uuid: text(&group["SharingGroup"]["uuid"]),
            secret: text(&secret["Event"]["id"]),
            read_only: instance.key(&manager.id, json!({"read_only": true})).await,
            member_org: orgs[2].clone(),
            group: id,
            open,
            maker: maker.key,
            extender: extender.key,
            member: member.key,
            outsider: outsider.key,
            instance,
            engine,
        }
    }

    async fn text(&self, key: &str, method: Method, path: &str, body: Option<Value>) -> (StatusCode, String) {
        let (status, answer) = self.instance.call(key, method, path, body).await;
        (status, answer.to_string())
    }

    /// Every way of asking, and how often a member finds the animal in the answer.
    async fn members_see_it_and_others_do_not(&self) {
        let search = |field: &str, value: &str| Some(json!({"returnFormat": "json", field: value}));
        let asked = [
            (Method::GET, format!("/events/view/{}", self.secret), None),
            (Method::GET, format!("/events/view/{}", self.open), None),
            (
                Method::POST,
                "/events/restSearch".into(),
                search("searchall", "%zebra%"),
            ),
            (
                Method::POST,
                "/events/restSearch".into(),
                search("sharinggroup", &self.group),
            ),
            (
                Method::POST,
                "/events/restSearch".into(),
                search("sharinggroup", &self.group_uuid),
            ),
            (
                Method::POST,
                "/attributes/restSearch".into(),
                search("value", "%zebra%"),
            ),
            (
                Method::POST,
                "/attributes/restSearch".into(),
                search("sharinggroup", &self.group_uuid),
            ),
            (
                Method::POST,
                "/objects/restSearch".into(),
                search("value", "zebra-object.example"),
            ),
            (
                Method::POST,
                "/events/index".into(),
                Some(json!({"eventinfo": "zebra"})),
            ),
            (
                Method::POST,
                "/events/index".into(),
                Some(json!({"sharinggroup": self.group})),
            ),
            (Method::GET, "/attributes/index".into(), None),
            (Method::GET, "/sharing_groups/index".into(), None),
            (Method::GET, "/sharing_groups/index/value:zebra".into(), None),
            (
                Method::GET,
                format!("/sharing_groups/index/searchorg:{}", self.member_org),
                None,
            ),
            (Method::GET, format!("/sharing_groups/view/{}", self.group), None),
            (
                Method::GET,
                format!("/sharing_groups/view/{}", self.group_uuid),
                None,
            ),
        ];
        for (method, path, body) in asked {
            for key in [ADMIN, &self.maker, &self.extender, &self.member, &self.read_only] {
                let (status, answer) = self.text(key, method.clone(), &path, body.clone()).await;
                assert!(
                    status.is_success() && answer.contains("zebra"),
                    "{} {path}: {status} {answer}",
                    self.engine
                );
            }
            let (_, answer) = self.text(&self.outsider, method, &path, body).await;
            let seen = answer.replace(&path, "");
            assert!(!seen.contains("zebra"), "{} {path}: {seen}", self.engine);
        }
        let (_, open) = self
            .instance
            .call(
                &self.outsider,
                Method::GET,
                &format!("/events/view/{}", self.open),
                None,
            )
            .await;
        assert_eq!(open["Event"]["Attribute"].as_array().unwrap().len(), 1);
        assert_eq!(open["Event"]["Object"], json!([]));
        for path in ["/events/view/", "/sharing_groups/view/"] {
            let id = if path.contains("events") {
                &self.secret
            } else {
                &self.group
            };
            let hidden = self
                .instance
                .call(&self.outsider, Method::HEAD, &format!("{path}{id}"), None)
                .await
                .0;
            assert_eq!(hidden, StatusCode::NOT_FOUND, "{path}");
        }
    }

    async fn only_some_change_the_group(&self) {
        let id = &self.group;
        let calls = [
            (
                format!("/sharing_groups/edit/{id}"),
                json!({"description": "changed"}),
            ),
            (
                "/sharing_groups/addOrg".into(),
                json!({"sg_id": id, "org_id": "Outsider"}),
            ),
            (
                "/sharing_groups/removeOrg".into(),
                json!({"sg_id": id, "org_id": "Outsider"}),
            ),
            (
                "/sharing_groups/removeServer".into(),
                json!({"sg_id": id, "server_id": 0}),
            ),
            (
                "/sharing_groups/addServer".into(),
                json!({"sg_id": id, "server_id": 0}),
            ),
        ];
        for key in [ADMIN, &self.maker, &self.extender] {
            for (path, body) in &calls {
                let (status, answer) = self.text(key, Method::POST, path, Some(body.clone())).await;
                assert!(status.is_success(), "{} {path}: {status} {answer}", self.engine);
            }
        }
        let before = self
            .text(ADMIN, Method::GET, &format!("/sharing_groups/view/{id}"), None)
            .await;
        let delete = (format!("/sharing_groups/delete/{id}"), Value::Null);
        for key in [&self.member, &self.read_only, &self.outsider] {
            for (path, body) in calls.iter().chain([&delete]) {
                let (status, answer) = self.text(key, Method::POST, path, Some(body.clone())).await;
                assert!(
                    status.is_client_error(),
                    "{} {path}: {status} {answer}",
                    self.engine
                );
                assert!(!answer.contains("zebra"), "{answer}");
            }
        }
        let (status, _) = self.text(&self.extender, Method::POST, &delete.0, None).await;
        assert_eq!(
            status,
            StatusCode::METHOD_NOT_ALLOWED,
            "who extends a group does not delete it"
        );
        let after = self
            .text(ADMIN, Method::GET, &format!("/sharing_groups/view/{id}"), None)
            .await;
        assert_eq!(before, after);
        // Moving data into the group, by id and by uuid, or through the event of somebody else.
        let own = json!({"info": "own", "distribution": 0});
        let own = self.instance.post(&self.outsider, "/events/add", own).await;
        let own = own["Event"]["id"].as_str().unwrap();
        for group in [id, &self.group_uuid] {
            let body = json!({"distribution": 4, "sharing_group_id": group, "info": "own"});
            for path in ["/events/add".to_owned(), format!("/events/edit/{own}")] {
                let (status, _) = self
                    .text(&self.outsider, Method::POST, &path, Some(body.clone()))
                    .await;
                assert!(status.is_client_error(), "{} {path}: {status}", self.engine);
            }
            let attribute =
                json!({"type": "text", "value": "x", "distribution": 4, "sharing_group_id": group});
            let sample = json!({"request": {"files": [{"filename": "x", "data": "aGVsbG8="}], "distribution": 4,
                                "sharing_group_id": group}});
            let path = format!("/events/upload_sample/{own}");
            let (status, _) = self.text(&self.outsider, Method::POST, &path, Some(sample)).await;
            assert_eq!(status, StatusCode::FORBIDDEN, "{}", self.engine);
            let path = format!("/attributes/add/{own}");
            let (status, _) = self
                .text(&self.outsider, Method::POST, &path, Some(attribute))
                .await;
            assert_eq!(status, StatusCode::FORBIDDEN, "{}", self.engine);
        }
        let path = format!("/events/edit/{}", self.secret);
        let (status, _) = self
            .text(&self.outsider, Method::POST, &path, Some(json!({"info": "mine"})))
            .await;
        assert_eq!(status, StatusCode::NOT_FOUND);
    }

    async fn a_member_that_is_removed_sees_nothing_more(&self) {
        let path = format!("/events/view/{}", self.secret);
        assert_eq!(
            self.text(&self.member, Method::GET, &path, None).await.0,
            StatusCode::OK
        );
        let body = json!({"sg_id": self.group_uuid, "org_id": self.member_org});
        self.instance
            .post(&self.maker, "/sharing_groups/removeOrg", body)
            .await;
        assert_eq!(
            self.text(&self.member, Method::GET, &path, None).await.0,
            StatusCode::NOT_FOUND
        );
        let group = format!("/sharing_groups/view/{}", self.group);
        assert_eq!(
            self.text(&self.member, Method::GET, &group, None).await.0,
            StatusCode::METHOD_NOT_ALLOWED
        );
    }
}
