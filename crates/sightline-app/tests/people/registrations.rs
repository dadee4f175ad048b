//! Asking for an account, and the answers.

use crate::fixture::{ORG_ADMIN, USER, World, body, on_each};
use serde_json::json;
use sightline_app::registrations::{accept, ask, discard, index};
use sightline_app::{Caller, Ctx, Settings};
use std::sync::Arc;

fn open() -> Settings {
    let mut settings = Settings::default();
    settings.access.self_registration = true;
    settings
}

fn stranger(world: &World) -> Ctx {
    Ctx {
        caller: Caller::default(),
        ip: Some("192.0.2.9".into()),
        ..Ctx::platform(Arc::clone(&world.platform))
    }
}

#[test]
fn a_stranger_asks_and_an_administrator_answers() {
    on_each(&open(), |world| async move {
        let (admin, outside) = (world.admin().await, stranger(&world));
        let org = world.org("ACME").await;
        for email in ["ada@example.org", "bob@example.org", "ada@example.org"] {
            ask(&outside, body(json!({"email": email}))).await.unwrap();
        }
        let (found, total) = index(&admin, 1, 10).await.unwrap();
        assert_eq!((found.len(), total), (2, 2), "nobody waits twice");
        let key = found[0].uuid.to_string();
        let refused = accept(&admin, &key, body(json!({"org_id": null})))
            .await
            .unwrap_err();
        assert!(refused.to_string().starts_with("No organisation selected."));
        let added = accept(&admin, &key, body(json!({"org_id": org}))).await.unwrap();
        assert_eq!((added.view.user.org_id, added.view.user.role_id), (org, USER));
        discard(&admin, &found[1].id.to_string()).await.unwrap();
        assert_eq!(index(&admin, 1, 10).await.unwrap().1, 0);
        assert!(accept(&admin, &key, body(json!({"org_id": org}))).await.is_err());
        // An address with an account gets the same answer; accepting says why not, and the request stays.
        ask(&outside, body(json!({"email": "ada@example.org"})))
            .await
            .unwrap();
        let key = index(&admin, 1, 10).await.unwrap().0[0].id.to_string();
        assert!(accept(&admin, &key, body(json!({"org_id": org}))).await.is_err());
        assert_eq!(index(&admin, 1, 10).await.unwrap().1, 1);
    });
}

#[test]
fn strangers_ask_only_so_often_and_only_site_administrators_answer() {
    on_each(&open(), |world| async move {
        let outside = stranger(&world);
        for n in 0..10 {
            ask(&outside, body(json!({"email": format!("a{n}@example.org")})))
                .await
                .unwrap();
        }
        assert!(
            ask(&outside, body(json!({"email": "b@example.org"})))
                .await
                .is_err()
        );
        let org = world.org("ACME").await;
        let other = world.user("boss@acme.example", org, ORG_ADMIN).await;
        assert!(index(&other, 1, 10).await.is_err());
        assert!(accept(&other, "1", body(json!({"org_id": org}))).await.is_err());
        assert!(discard(&other, "1").await.is_err());
    });
    on_each(&Settings::default(), |world| async move {
        let answer = ask(&stranger(&world), body(json!({"email": "a@example.org"}))).await;
        assert!(answer.is_err(), "not unless it is switched on");
    });
}
