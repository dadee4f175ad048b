//! Organisations: merging, logos, and instances that hide them.

use crate::fixture::{ORG_ADMIN, USER, body, on_each, refusal};
use serde_json::json;
use sightline_app::events::{self, EventKey};
use sightline_app::organisations::{self, Scope};
use sightline_app::{Settings, sharing_groups};

#[test]
fn two_organisations_become_one() {
    on_each(&Settings::default(), |world| async move {
        let admin = world.admin().await;
        let (from, into) = (world.org("from").await, world.org("into").await);
        let ada = world.user("ada@x.example", from, ORG_ADMIN).await;
        let bob = world.user("bob@x.example", into, USER).await;
        let secret = json!({"info": "secret", "distribution": 0});
        let event = events::add(&ada, body(secret)).await.unwrap().event;
        let wanted = json!({"name": "g", "SharingGroupOrg": [{"org_id": from, "extend": 1}]});
        let group = sharing_groups::add(&ada, body(wanted)).await.unwrap();
        let merged = organisations::merge(&admin, "from", &into.to_string())
            .await
            .unwrap();
        assert_eq!(merged.into.id, into);
        for kind in ["users", "events", "sharing_groups", "sharing_group_orgs"] {
            assert!(merged.moved.contains(&(kind, 1)), "{kind}: {:?}", merged.moved);
        }
        assert_eq!(refusal(organisations::view(&admin, "from").await).0, "not found");
        assert_eq!(world.acting(ada.caller.user_id).await.caller.org_id, into);
        let seen = events::summary(&bob, EventKey::Id(event.id)).await.unwrap();
        assert_eq!((seen.event.org_id, seen.event.orgc_id), (into, into));
        let shown = sharing_groups::view(&bob, &group.id.to_string()).await.unwrap();
        assert_eq!(
            (shown.creator.id, shown.listed.group.orgs[0].org.id),
            (into, into)
        );
        assert_eq!(world.audited("merge", "Organisation").await, 1);
    });
}

#[test]
fn a_merge_that_cannot_be_changes_nothing() {
    on_each(&Settings::default(), |world| async move {
        let admin = world.admin().await;
        let from = world.org("from").await;
        let ada = world.user("ada@x.example", from, ORG_ADMIN).await;
        for more in [
            json!({"name": "far", "local": false}),
            json!({"name": "strict", "restricted_to_domain": ["strict.example"]}),
        ] {
            organisations::add(&admin, body(more)).await.unwrap();
        }
        let host = world.platform.host_org.to_string();
        for (one, other, kind, part) in [
            ("from", "from", "refused", "into itself"),
            (host.as_str(), "from", "refused", "runs this instance"),
            ("from", "far", "refused", "is not local"),
            ("from", "strict", "refused", "1 of the users have others"),
            ("from", "nobody", "not found", "Invalid organisation"),
            ("nobody", "from", "not found", "Invalid organisation"),
        ] {
            let (was, words) = refusal(organisations::merge(&admin, one, other).await);
            assert_eq!(was, kind, "{one} {other}");
            assert!(words.contains(part), "{words}");
        }
        assert_eq!(
            refusal(organisations::merge(&ada, "from", "far").await).0,
            "forbidden"
        );
        assert_eq!(organisations::view(&admin, "from").await.unwrap().user_count, 1);
        assert_eq!(world.audited("merge", "Organisation").await, 0);
        organisations::merge(&admin, "far", "from").await.unwrap();
    });
}

/// A PNG of one pixel, as far as its head and its end say.
fn png() -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\0\0\0\0".to_vec();
    bytes.extend_from_slice(b"\0\0\0\0IEND\xae\x42\x60\x82");
    bytes
}

#[test]
fn logos_are_pictures_and_are_set_by_administrators() {
    on_each(&Settings::default(), |world| async move {
        let admin = world.admin().await;
        let org = world.org("ACME").await;
        let ada = world.user("ada@x.example", org, ORG_ADMIN).await;
        assert_eq!(refusal(organisations::logo(&ada, "ACME").await).0, "not found");
        organisations::set_logo(&admin, "ACME", png()).await.unwrap();
        let logo = organisations::logo(&ada, &org.to_string()).await.unwrap();
        assert_eq!((logo.kind.as_str(), logo.image), ("image/png", png()));
        assert_eq!(
            organisations::view(&ada, "ACME").await.unwrap().logo,
            Some(world.platform.clock.now())
        );
        for (bytes, part) in [
            (b"<svg onload='alert(1)'/>".to_vec(), "Only PNG and JPEG"),
            (Vec::new(), "Only PNG and JPEG"),
            ([png(), vec![0; 300_000]].concat(), "larger than 256 KiB"),
        ] {
            let (kind, words) = refusal(organisations::set_logo(&admin, "ACME", bytes).await);
            assert!(kind == "invalid" && words.contains(part), "{kind} {words}");
        }
        assert_eq!(
            refusal(organisations::set_logo(&ada, "ACME", png()).await).0,
            "forbidden"
        );
        assert_eq!(
            refusal(organisations::remove_logo(&ada, "ACME").await).0,
            "forbidden"
        );
        organisations::remove_logo(&admin, "ACME").await.unwrap();
        assert_eq!(refusal(organisations::logo(&ada, "ACME").await).0, "not found");
    });
}

#[test]
fn an_instance_may_hide_its_organisations() {
    let mut settings = Settings::default();
    settings.security.hide_organisation_index_from_users = true;
    on_each(&settings, |world| async move {
        let (ours, theirs) = (world.org("ours").await, world.org("theirs").await);
        let ada = world.user("ada@x.example", ours, USER).await;
        let manager = world.user("boss@x.example", ours, ORG_ADMIN).await;
        let other = world.user("other@x.example", theirs, USER).await;
        let listed = async |ctx| organisations::index(ctx, Scope::All, None, None, 0).await;
        assert_eq!(refusal(listed(&ada).await).0, "forbidden");
        assert_eq!(listed(&manager).await.unwrap().0.len(), 3);
        assert_eq!(organisations::view(&ada, "ours").await.unwrap().org.id, ours);
        let hidden = refusal(organisations::view(&ada, "theirs").await);
        assert_eq!(hidden, refusal(organisations::view(&ada, "nobody").await));
        events::add(&other, body(json!({"info": "secret", "distribution": 0})))
            .await
            .unwrap();
        assert!(organisations::view(&ada, "theirs").await.is_err());
        events::add(&other, body(json!({"info": "open", "distribution": 1})))
            .await
            .unwrap();
        assert_eq!(organisations::view(&ada, "theirs").await.unwrap().org.id, theirs);
        assert_eq!(refusal(organisations::local_uuids(&ada).await).0, "not allowed");
    });
}

#[test]
fn who_was_authenticated_before_a_merge_writes_nothing_in_the_old_name() {
    on_each(&Settings::default(), |world| async move {
        let admin = world.admin().await;
        let (from, into) = (world.org("from").await, world.org("into").await);
        let ada = world.user("ada@x.example", from, USER).await;
        organisations::merge(&admin, "from", "into").await.unwrap();
        let late = events::add(&ada, body(json!({"info": "late"}))).await;
        assert_eq!(refusal(late).0, "conflict");
        let again = world.acting(ada.caller.user_id).await;
        let event = events::add(&again, body(json!({"info": "again"})))
            .await
            .unwrap()
            .event;
        assert_eq!(event.org_id, into);
    });
}

#[test]
fn a_merge_waits_for_what_is_being_written() {
    on_each(&Settings::default(), |world| async move {
        let admin = world.admin().await;
        for n in 0..10 {
            let (from, into) = (format!("from{n}"), format!("into{n}"));
            let org = world.org(&from).await;
            world.org(&into).await;
            let ada = world.user(&format!("ada{n}@x.example"), org, USER).await;
            let written = async {
                for n in 0..5 {
                    // Those that come too late are refused.
                    let _ = events::add(&ada, body(json!({"info": format!("event {n}")}))).await;
                }
            };
            let (merged, ()) = tokio::join!(organisations::merge(&admin, &from, &into), written);
            merged.unwrap();
            let left = admin
                .read(move |_, tx| {
                    Ok(tx.int(
                        "SELECT COUNT(*) FROM events WHERE org_id = $1 OR orgc_id = $1",
                        sightline_db::params![org],
                    )?)
                })
                .await
                .unwrap();
            assert_eq!(left, 0, "nothing is left behind");
        }
    });
}
