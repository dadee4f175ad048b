//! Who may do what with sharing groups: makers, members that may extend, members, outsiders, administrators.

use crate::fixture::{ORG_ADMIN, SYNC, USER, World, body, on_each, refusal};
use serde_json::{Value, json};
use sightline_app::events::{self, EventKey};
use sightline_app::sharing_groups::{self, Filter};
use sightline_app::{Ctx, Settings, attributes};
use sightline_core::AppError;
use sightline_core::ids::{OrgId, SharingGroupId};
use sightline_misp::records::SharingGroup;

/// People of four organisations; three of them meet in a group.
struct Cast {
    world: World,
    admin: Ctx,
    /// Manages groups for the organisation that made it.
    maker: Ctx,
    /// Manages groups for a member that may extend it.
    extender: Ctx,
    /// Manages groups for a member that may not.
    member: Ctx,
    /// An ordinary user of that member.
    reader: Ctx,
    outsider: Ctx,
    group: SharingGroup,
}

impl Cast {
    async fn new(world: World, more: Value) -> Self {
        let mut orgs = Vec::new();
        for name in ["maker", "extender", "member", "outsider"] {
            orgs.push(world.org(name).await);
        }
        let person =
            async |n: usize, name: &str, role| world.user(&format!("{name}@x.example"), orgs[n], role).await;
        let maker = person(0, "maker", ORG_ADMIN).await;
        let mut wanted = json!({
            "name": "Circle", "releasability": "Partners", "SharingGroupOrg": [
                {"org_id": orgs[0]}, {"org_id": orgs[1].to_string(), "extend": true}, {"Organisation": {"name": "member"}},
            ],
        });
        for (field, value) in more.as_object().unwrap() {
            wanted[field] = value.clone();
        }
        let group = sharing_groups::add(&maker, body(wanted)).await.unwrap();
        Self {
            admin: world.admin().await,
            extender: person(1, "extender", ORG_ADMIN).await,
            member: person(2, "member", ORG_ADMIN).await,
            reader: person(2, "reader", USER).await,
            outsider: person(3, "outsider", ORG_ADMIN).await,
            maker,
            group,
            world,
        }
    }

    fn key(&self) -> String {
        self.group.id.to_string()
    }

    async fn members(&self, ctx: &Ctx) -> Vec<String> {
        let shown = sharing_groups::view(ctx, &self.key()).await.unwrap();
        shown
            .listed
            .group
            .orgs
            .into_iter()
            .map(|member| member.org.name)
            .collect()
    }
}

fn on_cast<F: Future<Output = ()>>(more: &Value, test: impl Fn(Cast) -> F) {
    on_each(&Settings::default(), |world| {
        let more = more.clone();
        let test = &test;
        async move { test(Cast::new(world, more).await).await }
    });
}

#[test]
fn a_new_group_belongs_to_whoever_makes_it_whatever_the_body_says() {
    on_each(&Settings::default(), |world| async move {
        let (ours, theirs) = (world.org("ours").await, world.org("theirs").await);
        let maker = world.user("maker@x.example", ours, ORG_ADMIN).await;
        let wanted = json!({
            "id": 77, "name": " Circle ", "org_id": theirs, "organisation_uuid": "5f1b2c3d-0000-4000-8000-0000000000ff",
            "Organisation": {"name": "theirs"}, "sync_user_id": 1, "local": false, "created": "2001-01-01 00:00:00",
            "uuid": "5F1B2C3D-0000-4000-8000-0000000000AA",
        });
        let group = sharing_groups::add(&maker, body(wanted)).await.unwrap();
        assert_eq!((group.name.as_str(), group.org_id), ("Circle", ours));
        assert_eq!(group.uuid.to_string(), "5f1b2c3d-0000-4000-8000-0000000000aa");
        assert_eq!(group.sync_user_id, maker.caller.user_id);
        assert!(group.local && group.active && !group.roaming && group.id.0 != 77);
        assert_eq!(group.created, world.platform.clock.now());
        assert_eq!(
            (group.orgs.len(), group.servers.len()),
            (0, 1),
            "this instance, without all its organisations"
        );
        assert!(!group.servers[0].all_orgs);
        let roaming = sharing_groups::add(&maker, body(json!({"name": "r", "roaming": true})))
            .await
            .unwrap();
        assert!(roaming.servers.is_empty());
        assert_eq!(world.audited("add", "SharingGroup").await, 2);
    });
}

#[test]
fn what_cannot_be_is_refused_by_field() {
    on_each(&Settings::default(), |world| async move {
        let ours = world.org("ours").await;
        let maker = world.user("maker@x.example", ours, ORG_ADMIN).await;
        let uuid = "5f1b2c3d-0000-4000-8000-0000000000aa";
        sharing_groups::add(&maker, body(json!({"name": "Circle", "uuid": uuid})))
            .await
            .unwrap();
        for (wanted, expected) in [
            (json!({}), "[name]: Name cannot be empty."),
            (json!({"name": "  "}), "[name]: Name cannot be empty."),
            (
                json!({"name": "x".repeat(256)}),
                "[name]: The name is longer than 255 characters.",
            ),
            (
                json!({"name": "x", "uuid": "zz"}),
                "[uuid]: Please provide a valid RFC 4122 UUID",
            ),
            (
                json!({"name": "x", "uuid": uuid}),
                "[uuid]: The UUID provided is not unique",
            ),
            (
                json!({"name": "x", "active": "maybe"}),
                "[active]: The value has to be a boolean (true, false, 0 or 1).",
            ),
            (
                json!({"name": "x", "SharingGroupOrg": [{"org_id": 4711}]}),
                "[SharingGroupOrg]: Invalid organisation.",
            ),
            (
                json!({"name": "x", "SharingGroupOrg": [{"Organisation": {"name": "Tpyo"}}]}),
                "[SharingGroupOrg]: Invalid organisation.",
            ),
        ] {
            let outcome = sharing_groups::add(&maker, body(wanted)).await;
            assert_eq!(refusal(outcome), ("invalid", expected.to_owned()));
        }
        let ada = world.user("ada@x.example", ours, USER).await;
        let outcome = sharing_groups::add(&ada, body(json!({"name": "x"}))).await;
        assert_eq!(refusal(outcome).0, "forbidden");
    });
}

#[test]
fn members_are_named_in_every_shape_that_clients_use() {
    on_each(&Settings::default(), |world| async move {
        let ours = world.org("ours").await;
        let maker = world.user("maker@x.example", ours, ORG_ADMIN).await;
        let known = "5f1b2c3d-0000-4000-8000-00000000000";
        for (n, members) in [
            json!({"SharingGroupOrg": [{"org_id": ours, "extend": "1"}]}),
            json!({"SharingGroupOrg": {"0": {"org_id": ours.to_string(), "extend": true}}}),
            json!({"SharingGroupOrg": [{"uuid": format!("{known}2"), "name": "New two", "extend": 1}]}),
            json!({"SharingGroupOrg": [{"extend": true, "Organisation": {"uuid": format!("{known}3"), "name": "New three"}}]}),
        ]
        .into_iter()
        .enumerate()
        {
            let mut wanted = members;
            wanted["name"] = json!(format!("g{n}"));
            let group = sharing_groups::add(&maker, body(wanted)).await.unwrap();
            assert_eq!((group.orgs.len(), group.orgs[0].extend), (1, true), "{n}");
            assert_eq!(group.orgs[0].org.local, n < 2, "unknown ones are captured");
        }
        let wanted = json!({"name": "list", "Organisation": [{"name": "ours"}, {"name": "New two"}]});
        let group = sharing_groups::add(&maker, body(wanted)).await.unwrap();
        let names: Vec<&str> = group.orgs.iter().map(|member| member.org.name.as_str()).collect();
        assert_eq!((names, group.org_id), (vec!["ours", "New two"], ours));
    });
}

#[test]
fn a_group_shows_itself_to_its_members_only() {
    on_cast(&json!({}), |cast| async move {
        for ctx in [
            &cast.admin,
            &cast.maker,
            &cast.extender,
            &cast.member,
            &cast.reader,
        ] {
            assert_eq!(
                cast.members(ctx).await,
                ["maker", "extender", "member"],
                "{}",
                ctx.caller.email
            );
            let (listed, total) = sharing_groups::index(ctx, Filter::default(), 10, 0)
                .await
                .unwrap();
            assert_eq!((listed.len(), total), (1, 1), "{}", ctx.caller.email);
            let offered = sharing_groups::choosable(ctx, SharingGroupId(0)).await.unwrap();
            assert_eq!(offered, [(cast.group.id, "Circle".to_owned())]);
        }
        let nothing = refusal(sharing_groups::view(&cast.outsider, "4711").await);
        for key in [cast.key(), cast.group.uuid.to_string(), "nonsense".into()] {
            assert_eq!(
                refusal(sharing_groups::view(&cast.outsider, &key).await),
                nothing,
                "{key}"
            );
        }
        for filter in [
            Filter::default(),
            Filter {
                search: Some("circle".into()),
                ..Filter::default()
            },
            Filter {
                search: Some(cast.group.uuid.to_string()),
                ..Filter::default()
            },
            Filter {
                org: Some("member".into()),
                ..Filter::default()
            },
        ] {
            let (listed, total) = sharing_groups::index(&cast.outsider, filter, 10, 0)
                .await
                .unwrap();
            assert_eq!((listed.len(), total), (0, 0));
        }
        assert!(
            sharing_groups::choosable(&cast.outsider, SharingGroupId(0))
                .await
                .unwrap()
                .is_empty()
        );
        let org = cast.reader.caller.org_id;
        assert_eq!(
            sharing_groups::of_organisation(&cast.maker, org)
                .await
                .unwrap()
                .len(),
            1
        );
        assert!(
            sharing_groups::of_organisation(&cast.outsider, org)
                .await
                .unwrap()
                .is_empty()
        );
    });
}

#[test]
fn makers_extenders_and_administrators_change_a_group() {
    on_cast(&json!({}), |cast| async move {
        for (n, ctx) in [&cast.admin, &cast.maker, &cast.extender].into_iter().enumerate() {
            let wanted =
                json!({"name": format!("Circle {n}"), "description": "d", "active": "0", "modified": ""});
            let edited = sharing_groups::edit(ctx, &cast.key(), body(wanted))
                .await
                .unwrap();
            assert_eq!((edited.name, edited.active), (format!("Circle {n}"), false));
            assert_eq!(edited.releasability, "Partners", "what is not named stays");
        }
        for ctx in [&cast.member, &cast.reader, &cast.outsider] {
            let who = &ctx.caller.email;
            let wanted = json!({"name": "Mine"});
            let edit = refusal(sharing_groups::edit(ctx, &cast.key(), body(wanted.clone())).await);
            let delete = refusal(sharing_groups::delete(ctx, &cast.key()).await);
            let add = refusal(sharing_groups::add_org(ctx, &cast.key(), "outsider", false).await);
            let remove = refusal(sharing_groups::remove_org(ctx, &cast.key(), "member").await);
            let server = refusal(sharing_groups::add_server(ctx, &cast.key(), "0", true).await);
            let extend = refusal(sharing_groups::set_extend(ctx, &cast.key(), "member", true).await);
            for (words, _) in [&edit, &delete, &add, &remove, &server, &extend] {
                assert!(
                    ["forbidden", "not allowed", "not found"].contains(words),
                    "{who}: {words}"
                );
            }
            // One that is hidden and one that is not there are told apart by nothing.
            if ctx.caller.org_id == cast.outsider.caller.org_id {
                assert_eq!(
                    edit,
                    refusal(sharing_groups::edit(ctx, "4711", body(wanted)).await)
                );
                assert_eq!(delete, refusal(sharing_groups::delete(ctx, "4711").await));
                assert_eq!(
                    add,
                    refusal(sharing_groups::add_org(ctx, "4711", "outsider", false).await)
                );
                assert_eq!(
                    add,
                    refusal(sharing_groups::add_org(ctx, &cast.key(), "nobody", false).await)
                );
                assert_eq!(
                    remove,
                    refusal(sharing_groups::remove_org(ctx, "4711", "member").await)
                );
                assert_eq!(
                    server,
                    refusal(sharing_groups::add_server(ctx, "4711", "0", true).await)
                );
            }
        }
        assert_eq!(cast.members(&cast.admin).await, ["maker", "extender", "member"]);
        assert_eq!(
            refusal(sharing_groups::delete(&cast.extender, &cast.key()).await).0,
            "not allowed"
        );
    });
}

#[test]
fn an_edit_changes_no_identity_and_an_older_one_nothing() {
    on_cast(&json!({}), |cast| async move {
        cast.world.platform.clock.advance(60);
        let wanted = json!({
            "id": 4711, "uuid": "5f1b2c3d-0000-4000-8000-0000000000bb", "org_id": cast.extender.caller.org_id,
            "organisation_uuid": "5f1b2c3d-0000-4000-8000-0000000000cc", "sync_user_id": 1, "local": 0,
            "Organisation": {"name": "extender"}, "created": "2001-01-01 00:00:00", "releasability": "All",
        });
        let edited = sharing_groups::edit(&cast.extender, &cast.key(), body(wanted))
            .await
            .unwrap();
        let expected = SharingGroup {
            releasability: "All".into(),
            modified: cast.world.platform.clock.now(),
            ..cast.group.clone()
        };
        assert_eq!(edited, expected);
        let older = json!({"name": "Older", "modified": sightline_core::clock::datetime_of(edited.modified)});
        let same = sharing_groups::edit(&cast.maker, &cast.key(), body(older))
            .await
            .unwrap();
        assert_eq!(same, expected);
        let more = json!({"SharingGroupOrg": [{"Organisation": {"name": "outsider"}}, {"Organisation": {"name": "member"}, "extend": 1}],
                          "SharingGroupServer": [{"server_id": "0", "all_orgs": true}]});
        let edited = sharing_groups::edit(&cast.maker, &cast.key(), body(more))
            .await
            .unwrap();
        let names: Vec<&str> = edited
            .orgs
            .iter()
            .map(|member| member.org.name.as_str())
            .collect();
        assert_eq!(
            names,
            ["maker", "extender", "member", "outsider"],
            "none is taken away"
        );
        assert!(edited.may_extend(cast.member.caller.org_id) && edited.servers[0].all_orgs);
        let told = "SELECT change FROM audit_logs WHERE model = 'SharingGroup' ORDER BY id DESC";
        let db = &cast.world.platform.db;
        let told: Option<String> = db
            .read(move |tx| tx.first(told, &[], |row| row.text(0)))
            .await
            .unwrap();
        let told: Value = serde_json::from_str(&told.unwrap()).unwrap();
        assert_eq!(told["all_orgs"], json!([false, true]));
        assert_eq!(
            told["members"][1],
            json!({"org_id": cast.member.caller.org_id.0, "extend": true})
        );
    });
}

#[test]
fn members_come_and_go_one_by_one() {
    on_cast(&json!({}), |cast| async move {
        let key = cast.group.uuid.to_string();
        sharing_groups::add_org(&cast.extender, &key, "outsider", true)
            .await
            .unwrap();
        assert_eq!(cast.members(&cast.outsider).await.len(), 4);
        let again = sharing_groups::add_org(&cast.maker, &key, "outsider", false).await;
        assert_eq!(
            refusal(again),
            (
                "refused",
                "Organisation is already in the sharing group.".to_owned()
            )
        );
        sharing_groups::set_extend(&cast.maker, &key, "outsider", false)
            .await
            .unwrap();
        let outcome = sharing_groups::remove_org(&cast.outsider, &key, "member").await;
        assert_eq!(refusal(outcome).1, "Invalid sharing group or no editing rights.");
        sharing_groups::remove_org(&cast.maker, &key, "outsider")
            .await
            .unwrap();
        let gone = sharing_groups::remove_org(&cast.maker, &key, "outsider").await;
        assert_eq!(
            refusal(gone),
            ("refused", "Organisation is not in the sharing group.".to_owned())
        );
        for (group, org, expected) in [
            (key.as_str(), "nobody", "Invalid organisation."),
            (key.as_str(), "", "Invalid organisation."),
            ("", "member", "No valid sharing group ID provided."),
            ("4711", "member", "Invalid sharing group or no editing rights."),
        ] {
            let outcome = sharing_groups::add_org(&cast.maker, group, org, false).await;
            assert_eq!(
                refusal(outcome),
                ("not allowed", expected.to_owned()),
                "{group} {org}"
            );
        }
        assert!(sharing_groups::view(&cast.outsider, &key).await.is_err());

        let here = cast.world.platform.base_url.clone();
        let there = sharing_groups::add_server(&cast.maker, &key, "0", true).await;
        assert_eq!(
            refusal(there),
            ("refused", "Server is already in the sharing group.".to_owned())
        );
        sharing_groups::remove_server(&cast.maker, &key, &here)
            .await
            .unwrap();
        sharing_groups::add_server(&cast.maker, &key, &here, true)
            .await
            .unwrap();
        assert_eq!(
            cast.members(&cast.outsider).await.len(),
            3,
            "everybody here is in it"
        );
        let other = sharing_groups::add_server(&cast.maker, &key, "9", false).await;
        assert_eq!(refusal(other), ("not allowed", "Invalid server.".to_owned()));
    });
}

#[test]
fn hidden_members_stay_hidden_from_each_other() {
    on_cast(&json!({"hide_members": true}), |cast| async move {
        let all = ["maker", "extender", "member"];
        for (ctx, expected) in [
            (&cast.admin, &all[..]),
            (&cast.maker, &all[..]),
            (&cast.extender, &all[..]),
            (&cast.member, &["member"][..]),
            (&cast.reader, &["member"][..]),
        ] {
            assert_eq!(cast.members(ctx).await, expected, "{}", ctx.caller.email);
        }
        let found = sharing_groups::of_organisation(&cast.reader, cast.extender.caller.org_id)
            .await
            .unwrap();
        assert!(found.is_empty(), "nor is the group named at another member");
        let unhide = json!({"hide_members": false});
        let outcome = sharing_groups::edit(&cast.extender, &cast.key(), body(unhide.clone())).await;
        assert_eq!(refusal(outcome).0, "invalid");
        let same = json!({"hide_members": true, "description": "d"});
        sharing_groups::edit(&cast.extender, &cast.key(), body(same))
            .await
            .unwrap();
        sharing_groups::edit(&cast.maker, &cast.key(), body(unhide))
            .await
            .unwrap();
        assert_eq!(cast.members(&cast.reader).await, all);
    });
}

#[test]
fn an_instance_may_withhold_all_members_from_ordinary_users() {
    let mut settings = Settings::default();
    settings.security.hide_organisations_in_sharing_groups = true;
    on_each(&settings, |world| async move {
        let cast = Cast::new(world, json!({})).await;
        assert_eq!(cast.members(&cast.reader).await, ["member"]);
        let shown = sharing_groups::view(&cast.reader, &cast.key()).await.unwrap();
        assert_eq!((shown.listed.group.org_count, shown.sync_org), (3, None));
        assert_eq!(
            cast.members(&cast.member).await.len(),
            3,
            "those who manage groups see them"
        );
    });
}

#[test]
fn names_of_hidden_groups_are_not_told() {
    on_cast(&json!({}), |cast| async move {
        let twin = sharing_groups::add(&cast.outsider, body(json!({"name": "Circle"})))
            .await
            .unwrap();
        assert_eq!(
            twin.name, "Circle",
            "the name of a group that the outsider does not see is free"
        );
        let seen = sharing_groups::add(&cast.member, body(json!({"name": "Circle"})))
            .await
            .unwrap();
        assert!(seen.name.starts_with("Circle_"), "{}", seen.name);
        let rename = json!({"name": "Circle"});
        let outcome = sharing_groups::edit(&cast.member, &seen.id.to_string(), body(rename)).await;
        assert_eq!(
            refusal(outcome).1,
            "[name]: A sharing group with this name already exists."
        );
        let offered = sharing_groups::choosable(&cast.admin, SharingGroupId(0))
            .await
            .unwrap();
        let labels: Vec<&str> = offered.iter().map(|(_, label)| label.as_str()).collect();
        assert!(
            labels.contains(&"Circle (maker)") && labels.contains(&"Circle (outsider)"),
            "{labels:?}"
        );
    });
}

fn event(group: impl serde::Serialize) -> Value {
    json!({"info": "secret", "distribution": 4, "sharing_group_id": group})
}

#[test]
fn data_goes_only_into_groups_that_one_is_in() {
    on_cast(&json!({}), |cast| async move {
        let id = cast.group.id;
        for group in [json!(id), json!(id.to_string()), json!(cast.group.uuid)] {
            let added = events::add(&cast.reader, body(event(&group))).await.unwrap();
            assert_eq!(added.event.sharing_group_id, id, "{group}");
        }
        let embedded =
            json!({"info": "by uuid", "distribution": 4, "SharingGroup": {"uuid": cast.group.uuid}});
        assert_eq!(
            events::add(&cast.reader, body(embedded))
                .await
                .unwrap()
                .event
                .sharing_group_id,
            id
        );
        // A number beside a group of elsewhere means another group there.
        let foreign = json!({"info": "x", "distribution": 4, "sharing_group_id": id,
                             "SharingGroup": {"uuid": "5f1b2c3d-0000-4000-8000-0000000000ee", "name": "Elsewhere"}});
        assert_eq!(
            refusal(events::add(&cast.reader, body(foreign)).await).0,
            "not allowed"
        );

        let nowhere = refusal(events::add(&cast.outsider, body(event(4711))).await);
        assert_eq!(
            nowhere,
            (
                "not allowed",
                "Invalid Sharing Group or not authorised.".to_owned()
            )
        );
        for group in [json!(id), json!(cast.group.uuid)] {
            assert_eq!(
                refusal(events::add(&cast.outsider, body(event(&group))).await),
                nowhere,
                "{group}"
            );
        }
        let none = json!({"info": "x", "distribution": 4});
        assert_eq!(refusal(events::add(&cast.maker, body(none)).await).0, "invalid");

        let own = events::add(&cast.outsider, body(json!({"info": "own", "distribution": 0})))
            .await
            .unwrap();
        let key = EventKey::Id(own.event.id);
        let moved = events::edit(&cast.outsider, key, body(event(id))).await;
        assert_eq!(refusal(moved), ("refused", "Event could not be saved: Invalid sharing group or you don't have access to that sharing group.".to_owned()));
        let attribute = json!({"type": "domain", "value": "a.example", "distribution": 4, "sharing_group_id": cast.group.uuid});
        let outcome = attributes::add(&cast.outsider, key, vec![body(attribute.clone())], true).await;
        assert_eq!(
            refusal(outcome),
            ("forbidden", "Invalid Sharing Group or not authorised.".to_owned())
        );
        let plain = json!({"type": "domain", "value": "b.example"});
        let (_, added) = attributes::add(&cast.outsider, key, vec![body(plain)], true)
            .await
            .unwrap();
        let attribute_key = attributes::AttributeKey::Id(added.stored[0].id);
        let moving = json!({"distribution": 4, "sharing_group_id": id});
        assert_eq!(
            refusal(attributes::edit(&cast.outsider, attribute_key, body(moving)).await).0,
            "forbidden"
        );

        let theirs = events::add(&cast.reader, body(json!({"info": "m", "distribution": 0})))
            .await
            .unwrap();
        let (_, added) = attributes::add(
            &cast.reader,
            EventKey::Id(theirs.event.id),
            vec![body(attribute)],
            true,
        )
        .await
        .unwrap();
        assert_eq!(added.stored[0].sharing_group_id, id);
    });
}

#[test]
fn a_group_out_of_use_keeps_what_it_has_and_takes_nothing_new() {
    on_cast(&json!({}), |cast| async move {
        let added = events::add(&cast.reader, body(event(cast.group.id)))
            .await
            .unwrap();
        let key = EventKey::Id(added.event.id);
        let inside = json!({"type": "domain", "value": "a.example", "distribution": 4, "sharing_group_id": cast.group.id});
        attributes::add(&cast.reader, key, vec![body(inside)], true)
            .await
            .unwrap();
        sharing_groups::edit(&cast.maker, &cast.key(), body(json!({"active": false})))
            .await
            .unwrap();
        assert_eq!(
            refusal(events::add(&cast.reader, body(event(cast.group.id))).await).0,
            "not allowed"
        );
        let renamed = json!({"info": "renamed", "distribution": 4, "sharing_group_id": cast.group.id});
        let edited = events::edit(&cast.reader, key, body(renamed)).await.unwrap();
        assert_eq!(
            (edited.info.as_str(), edited.sharing_group_id),
            ("renamed", cast.group.id)
        );
        let edited = events::edit(&cast.reader, key, body(json!({"info": "again"})))
            .await
            .unwrap();
        assert_eq!(edited.sharing_group_id, cast.group.id);
        assert!(
            sharing_groups::choosable(&cast.reader, SharingGroupId(0))
                .await
                .unwrap()
                .is_empty()
        );
        assert_eq!(
            sharing_groups::choosable(&cast.reader, cast.group.id)
                .await
                .unwrap()
                .len(),
            1
        );
        let offered = sharing_groups::choosable(&cast.outsider, cast.group.id)
            .await
            .unwrap();
        assert!(!offered[0].1.contains("Circle"), "{offered:?}");
        let inactive = Filter {
            active: Some(false),
            ..Filter::default()
        };
        assert_eq!(
            sharing_groups::index(&cast.reader, inactive, 10, 0)
                .await
                .unwrap()
                .1,
            1
        );
    });
}

#[test]
fn a_group_in_use_is_not_deleted() {
    on_cast(&json!({}), |cast| async move {
        let added = events::add(&cast.reader, body(event(cast.group.id)))
            .await
            .unwrap();
        let (kind, words) = refusal(sharing_groups::delete(&cast.maker, &cast.key()).await);
        assert_eq!(kind, "refused");
        assert!(
            words.starts_with("The sharing group could not be deleted"),
            "{words}"
        );
        events::delete(&cast.reader, EventKey::Id(added.event.id))
            .await
            .unwrap();
        sharing_groups::delete(&cast.maker, &cast.key()).await.unwrap();
        assert!(sharing_groups::view(&cast.admin, &cast.key()).await.is_err());
        assert_eq!(cast.world.audited("delete", "SharingGroup").await, 1);
    });
}

async fn synced(ctx: &Ctx, group: Value) -> Result<SharingGroupId, AppError> {
    let wanted = json!({"info": "synced", "distribution": 4, "sharing_group_id": 1, "SharingGroup": group});
    events::add(ctx, body(wanted))
        .await
        .map(|added| added.event.sharing_group_id)
}

#[test]
fn a_group_that_comes_with_an_event_is_captured() {
    on_each(&Settings::default(), |world| async move {
        let (ours, theirs): (OrgId, OrgId) = (world.org("ours").await, world.org("theirs").await);
        let syncing = world.user("sync@x.example", ours, SYNC).await;
        let other = world.user("other@x.example", theirs, SYNC).await;
        let maker = json!({"uuid": "5f1b2c3d-0000-4000-8000-0000000000d1", "name": "Far maker"});
        let group = |name: &str, modified: &str, members: Value| {
            json!({"uuid": "5f1b2c3d-0000-4000-8000-0000000000d0", "name": name, "modified": modified, "active": true,
                   "Organisation": maker, "SharingGroupOrg": members,
                   "SharingGroupServer": [{"server_id": "0", "all_orgs": true, "Server": {"id": "0", "url": "https://far.example"}}]})
        };
        let without_us = group(
            "Far",
            "2023-01-01 00:00:00",
            json!([{"Organisation": {"name": "theirs"}}]),
        );
        let refused = refusal(synced(&syncing, without_us).await);
        assert_eq!(refused.0, "refused");
        let with_us = json!([{"Organisation": {"name": "ours"}}, {"Organisation": {"name": "Far member", "uuid": "5f1b2c3d-0000-4000-8000-0000000000d2"}, "extend": true}]);
        let first = group("Far", "2023-01-01 00:00:00", with_us.clone());
        let id = synced(&syncing, first.clone()).await.unwrap();
        let view = sharing_groups::view(&syncing, &id.to_string()).await.unwrap();
        let known = view.listed.group;
        assert!(!known.local && known.org_count == 2 && view.creator.name == "Far maker");
        assert!(
            known.servers.iter().all(|server| !server.all_orgs),
            "the other instance's 0 is not this one"
        );
        assert_eq!(view.sync_org.unwrap().name, "ours");

        // One that is here but hidden answers as one that may not be made.
        assert_eq!(refusal(synced(&other, first).await), refused);
        let with_them = json!([{"Organisation": {"name": "theirs"}}]);
        assert_eq!(
            refusal(synced(&other, group("Mine", "2023-06-01 00:00:00", with_them.clone())).await),
            refused
        );

        let older = group("Older", "2022-01-01 00:00:00", with_us);
        assert_eq!(synced(&syncing, older).await.unwrap(), id);
        let name = async || {
            sharing_groups::view(&syncing, &id.to_string())
                .await
                .unwrap()
                .listed
                .group
                .name
        };
        assert_eq!(name().await, "Far");
        let newer = group("Newer", "2023-06-01 00:00:00", with_them);
        assert_eq!(synced(&syncing, newer).await.unwrap(), id);
        assert_eq!(name().await, "Newer");
        assert_eq!(
            sharing_groups::view(&other, &id.to_string())
                .await
                .unwrap()
                .listed
                .group
                .org_count,
            3
        );
        // The user who brought it may change it.
        sharing_groups::edit(&syncing, &id.to_string(), body(json!({"description": "d"})))
            .await
            .unwrap();
        assert_eq!(
            refusal(sharing_groups::edit(&other, &id.to_string(), body(json!({"description": "e"}))).await).0,
            "not allowed"
        );
    });
}

#[test]
fn a_local_group_is_not_renewed_by_those_who_synchronise() {
    on_cast(&json!({}), |cast| async move {
        let syncing = cast
            .world
            .user("sync@x.example", cast.member.caller.org_id, SYNC)
            .await;
        let copy = json!({"uuid": cast.group.uuid, "name": "Taken over", "modified": "2023-11-14 22:13:20",
                          "SharingGroupOrg": [{"Organisation": {"name": "outsider"}}]});
        cast.world.platform.clock.advance(3600);
        let mut newer = copy;
        newer["modified"] = json!("2023-11-14 23:00:00");
        assert_eq!(synced(&syncing, newer).await.unwrap(), cast.group.id);
        assert_eq!(cast.members(&cast.admin).await, ["maker", "extender", "member"]);
        assert_eq!(
            sharing_groups::view(&cast.admin, &cast.key())
                .await
                .unwrap()
                .listed
                .group
                .name,
            "Circle"
        );
    });
}

#[test]
fn two_who_bring_the_same_new_group_at_the_same_time_both_get_it() {
    on_each(&Settings::default(), |world| async move {
        let org = world.org("ours").await;
        let one = world.user("one@x.example", org, SYNC).await;
        let two = world.user("two@x.example", org, SYNC).await;
        for n in 0..10 {
            let carried = |info: &str| {
                let uuid = format!("5f1b2c3d-0000-4000-8000-{n:012}");
                body(json!({"info": info, "distribution": 4, "SharingGroup": {
                    "uuid": uuid, "name": format!("Circle {n}"), "SharingGroupOrg": [{"Organisation": {"name": "ours"}}]}}))
            };
            let (first, second) = tokio::join!(
                events::add(&one, carried("first")),
                events::add(&two, carried("second"))
            );
            let (first, second) = (first.unwrap().event, second.unwrap().event);
            assert_ne!(first.id, second.id);
            assert_eq!(first.sharing_group_id, second.sharing_group_id);
        }
        assert_eq!(world.audited("add", "SharingGroup").await, 10);
    });
}
