//! Organisations.

use crate::fixture::{USER, body, on_each, refusal};
use serde_json::{Value, json};
use sightline_app::organisations::{self, Scope, capture};
use sightline_app::{Ctx, Settings, users};
use sightline_core::ids::OrgId;
use sightline_core::random;

async fn captured(ctx: &Ctx, input: Value) -> OrgId {
    ctx.write(move |ctx, tx| capture(ctx, tx, &body(input)))
        .await
        .unwrap()
}

#[test]
fn added_edited_found_and_deleted() {
    on_each(&Settings::default(), |world| async move {
        let admin = world.admin().await;
        let wanted = json!({"name": " Example CERT ", "sector": "CSIRT", "restricted_to_domain": "example.org\nexample.net"});
        let org = organisations::add(&admin, body(wanted)).await.unwrap();
        assert_eq!(
            (org.name.as_str(), org.local, org.created_by.0),
            ("Example CERT", true, 1)
        );
        assert_eq!(org.restricted_to_domain, ["example.org", "example.net"]);
        let edited = organisations::edit(
            &admin,
            &org.uuid.to_string(),
            body(json!({"id": 1, "sector": "IT"})),
        )
        .await;
        let edited = edited.unwrap();
        assert_eq!(
            (edited.id, edited.sector.as_str(), edited.name.as_str()),
            (org.id, "IT", "Example CERT")
        );
        for key in [org.id.to_string(), org.uuid.to_string(), org.name.clone()] {
            let found = organisations::view(&admin, &key).await.unwrap();
            assert_eq!((found.org.id, found.user_count), (org.id, 0), "{key}");
            assert_eq!(found.created_by_email.as_deref(), Some("admin@admin.test"));
        }
        assert_eq!(
            organisations::delete(&admin, &org.id.to_string()).await.unwrap(),
            org.id
        );
        let gone = organisations::view(&admin, &org.name).await;
        assert_eq!(refusal(gone), ("not found", "Invalid organisation".to_owned()));
        for action in ["add", "edit", "delete"] {
            assert_eq!(world.audited(action, "Organisation").await, 1, "{action}");
        }
    });
}

#[test]
fn names_and_uuids_are_unique_and_names_are_mandatory() {
    on_each(&Settings::default(), |world| async move {
        let admin = world.admin().await;
        let first = organisations::add(&admin, body(json!({"name": "ACME"})))
            .await
            .unwrap();
        for (wanted, expected) in [
            (
                json!({"name": "ACME"}),
                "[name]: An organisation with this name already exists.",
            ),
            (
                json!({"name": "Other", "uuid": first.uuid}),
                "[uuid]: An organisation with this UUID already exists.",
            ),
            (
                json!({"name": "Other", "uuid": "zz"}),
                "[uuid]: Please provide a valid RFC 4122 UUID",
            ),
            (json!({}), "[name]: Name cannot be empty."),
            (json!({"name": "  "}), "[name]: Name cannot be empty."),
        ] {
            let outcome = organisations::add(&admin, body(wanted)).await;
            assert_eq!(refusal(outcome), ("invalid", expected.to_owned()));
        }
        let second = organisations::add(&admin, body(json!({"name": "acme"})))
            .await
            .unwrap();
        let outcome =
            organisations::edit(&admin, &second.id.to_string(), body(json!({"name": "ACME"}))).await;
        assert_eq!(refusal(outcome).0, "invalid");
    });
}

#[test]
fn one_that_is_in_use_stays() {
    on_each(&Settings::default(), |world| async move {
        let admin = world.admin().await;
        let org = world.org("ACME").await;
        let ada = world.user("ada@example.org", org, USER).await;
        for key in [org.to_string(), world.platform.host_org.to_string()] {
            assert_eq!(
                refusal(organisations::delete(&admin, &key).await),
                ("rejected", "[]".to_owned())
            );
        }
        users::delete(&admin, ada.caller.user_id).await.unwrap();
        organisations::delete(&admin, &org.to_string()).await.unwrap();
    });
}

#[test]
fn lists_have_scopes_and_a_search() {
    on_each(&Settings::default(), |world| async move {
        let admin = world.admin().await;
        let acme = world.org("ACME").await;
        let ada = world.user("ada@example.org", acme, USER).await;
        organisations::add(&admin, body(json!({"name": "50%", "description": "Power"})))
            .await
            .unwrap();
        captured(&admin, json!({"name": "Foreign", "uuid": random::uuid()})).await;
        let names = async |ctx: &Ctx, scope, search: Option<&str>| {
            let (found, total) = organisations::index(ctx, scope, search.map(Into::into), None, 0)
                .await
                .unwrap();
            assert_eq!(usize::try_from(total).unwrap(), found.len());
            found
                .into_iter()
                .map(|described| described.org.name)
                .collect::<Vec<_>>()
        };
        assert_eq!(
            names(&admin, Scope::Local, None).await,
            ["50%", "ACME", "ORGNAME"]
        );
        assert_eq!(names(&admin, Scope::External, None).await, ["Foreign"]);
        assert_eq!(names(&admin, Scope::All, None).await.len(), 4);
        assert_eq!(names(&admin, Scope::All, Some("acm")).await, ["ACME"]);
        assert_eq!(names(&admin, Scope::All, Some("%")).await, ["50%"]);
        assert_eq!(names(&admin, Scope::All, Some("power")).await, ["50%"]);
        let (page, total) = organisations::index(&ada, Scope::Local, None, Some(1), 1)
            .await
            .unwrap();
        assert_eq!(
            (page[0].org.name.as_str(), page[0].user_count, total),
            ("ACME", 1, 3)
        );
        assert_eq!(page[0].created_by_email, None);
    });
}

#[test]
fn only_site_administrators_change_them() {
    on_each(&Settings::default(), |world| async move {
        let org = world.org("ACME").await;
        let boss = world
            .user("boss@example.org", org, crate::fixture::ORG_ADMIN)
            .await;
        let key = org.to_string();
        assert_eq!(
            refusal(organisations::add(&boss, body(json!({"name": "x"}))).await).0,
            "forbidden"
        );
        assert_eq!(
            refusal(organisations::edit(&boss, &key, body(json!({"name": "x"}))).await).0,
            "forbidden"
        );
        assert_eq!(refusal(organisations::delete(&boss, &key).await).0, "forbidden");
    });
}

#[test]
fn what_arrives_in_data_is_known_again() {
    on_each(&Settings::default(), |world| async move {
        let admin = world.admin().await;
        let local = organisations::add(&admin, body(json!({"name": "ACME"})))
            .await
            .unwrap();
        assert_eq!(
            captured(&admin, json!({"uuid": local.uuid, "name": "Renamed"})).await,
            local.id
        );
        assert_eq!(captured(&admin, json!({"name": "ACME"})).await, local.id);
        let (one, two) = (random::uuid(), random::uuid());
        let first = captured(&admin, json!({"uuid": one, "name": "ACME"})).await;
        let second = captured(&admin, json!({"uuid": two, "name": "ACME"})).await;
        assert_eq!(
            captured(&admin, json!({"uuid": one, "name": "ACME"})).await,
            first
        );
        let names = [first, second].map(|id| id.to_string());
        for (key, expected) in names.iter().zip(["ACME_1", "ACME_2"]) {
            let found = organisations::view(&admin, key).await.unwrap().org;
            assert_eq!((found.name.as_str(), found.local), (expected, false));
        }
    });
}
