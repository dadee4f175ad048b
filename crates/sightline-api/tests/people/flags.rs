//! The permission flags of roles: what each one opens. Without its flag the same request of the same user is refused.

use crate::wire::{ADMIN, Instance, on_each, text};
use serde_json::{Value, json};
use sightline_app::Settings;
use sightline_core::Permission;
use std::collections::BTreeSet;

const ACL: &str = "You do not have permission to use this functionality.";
const NOT_YOURS: &str = "You are not authorised to do that.";
const NO_KEY: &str = "Authentication failed. Please make sure you pass the API key of an API enabled user along in the \
     Authorization header.";

/// One flag and a request that needs it. `{event}`, `{private}`, `{attribute}`, `{uuid}` and `{org}` stand for the id of an
/// event of a colleague, of one that only the organisation sees, of an attribute, the uuid of the event, another organisation.
struct Gate {
    flag: &'static str,
    /// `permission` without and with the flag: four flags cannot be said one by one.
    level: (u8, u8),
    method: &'static str,
    path: &'static str,
    body: &'static str,
    refusal: &'static str,
}

const fn gate(
    flag: &'static str,
    level: (u8, u8),
    method: &'static str,
    path: &'static str,
    body: &'static str,
    refusal: &'static str,
) -> Gate {
    Gate {
        flag,
        level,
        method,
        path,
        body,
        refusal,
    }
}

#[rustfmt::skip]
const GATES: &[Gate] = &[
    gate("perm_add",           (0, 1), "POST", "/events/add", r#"{"info": "New"}"#, ACL),
    gate("perm_modify",        (0, 1), "POST", "/collections/add", r#"{"name": "C", "type": "other"}"#, ACL),
    gate("perm_modify_org",    (1, 2), "POST", "/events/edit/{event}", r#"{"info": "Changed"}"#, NOT_YOURS),
    gate("perm_publish",       (2, 3), "POST", "/events/publish/{event}", "null", ACL),
    gate("perm_delegate",      (3, 3), "POST", "/event_delegations/delegateEvent/{private}", r#"{"org_id": "{org}", "distribution": 0}"#, ACL),
    gate("perm_sync",          (0, 0), "GET",  "/organisations/getUUIDs", "null", ACL),
    gate("perm_admin",         (0, 0), "GET",  "/admin/users/index", "null", ACL),
    gate("perm_audit",         (0, 0), "GET",  "/admin/audit_logs/index", "null", ACL),
    gate("perm_auth",          (0, 0), "GET",  "/users/view/me", "null", NO_KEY),
    gate("perm_site_admin",    (0, 0), "GET",  "/servers/serverSettings", "null", ACL),
    gate("perm_tagger",        (2, 2), "POST", "/events/addTag/{event}/1", "null", ACL),
    gate("perm_tag_editor",    (0, 0), "POST", "/tags/add", r#"{"name": "flag:new"}"#, ACL),
    gate("perm_sharing_group", (0, 0), "POST", "/sharing_groups/add", r#"{"name": "G", "releasability": "x"}"#, ACL),
    gate("perm_sighting",      (0, 0), "POST", "/sightings/add/{attribute}", r#"{"type": "0"}"#, ACL),
    gate("perm_analyst_data",  (1, 1), "POST", "/analyst_data/add/Note/{uuid}/Event", r#"{"note": "Seen"}"#, ACL),
];

/// Flags without an endpoint: `perm_skip_otp` is about log-ins (`sightline-app/tests/people/otp.rs`), `perm_regexp_access`
/// about who may give a role to others (below), `perm_view_feed_correlations` about what an event tells
/// (`e2e/pymisp/test_feed_cache.py`).
const ELSEWHERE: [&str; 3] = [
    "perm_skip_otp",
    "perm_regexp_access",
    "perm_view_feed_correlations",
];
/// Flags that are kept, and open nothing before the feature that they are for is there.
const LATER: [&str; 7] = [
    "perm_template",
    "perm_object_template",
    "perm_publish_zmq",
    "perm_publish_kafka",
    "perm_decaying",
    "perm_galaxy_editor",
    "perm_warninglist",
];

#[test]
fn every_flag_is_accounted_for() {
    let listed: Vec<&str> = GATES
        .iter()
        .map(|gate| gate.flag)
        .chain(ELSEWHERE)
        .chain(LATER)
        .collect();
    let set: BTreeSet<&str> = listed.iter().copied().collect();
    assert_eq!(set.len(), listed.len(), "a flag is listed twice");
    let all: BTreeSet<&str> = Permission::ALL.iter().map(|flag| flag.name()).collect();
    assert_eq!(set, all);
    let notes = include_str!("../../../../docs/api-compat.md");
    for flag in LATER {
        assert!(
            notes.contains(&format!("`{flag}`")),
            "docs/api-compat.md does not say what becomes of {flag}"
        );
    }
}

/// What the requests name.
struct Records(Vec<(&'static str, String)>);

impl Records {
    async fn new(instance: &Instance) -> Self {
        let event = |distribution: &'static str| json!({"info": "Here", "distribution": distribution, "Attribute": [{"type": "domain", "value": "a.example"}]});
        let shared = instance.post(ADMIN, "/events/add", event("1")).await;
        let private = instance.post(ADMIN, "/events/add", event("0")).await;
        instance
            .post(ADMIN, "/tags/add", json!({"name": "flag:tag"}))
            .await;
        let org = json!({"name": "Elsewhere", "local": true});
        let org = instance.post(ADMIN, "/admin/organisations/add", org).await;
        Self(vec![
            ("{event}", text(&shared, "/Event/id")),
            ("{private}", text(&private, "/Event/id")),
            ("{attribute}", text(&shared, "/Event/Attribute/0/id")),
            ("{uuid}", text(&shared, "/Event/uuid")),
            ("{org}", text(&org, "/Organisation/id")),
        ])
    }

    fn named(&self, text: &str) -> String {
        let put = |text: String, (name, value): &(&str, String)| text.replace(name, value);
        self.0.iter().fold(text.to_owned(), put)
    }
}

#[test]
fn each_flag_opens_what_it_is_for() {
    on_each(&Settings::default(), |instance| async move {
        let records = Records::new(&instance).await;
        for gate in GATES {
            let flag = gate.flag;
            let role = json!({"name": flag, "permission": 3, "perm_auth": true, flag: true});
            let role = text(&instance.post(ADMIN, "/admin/roles/add", role).await, "/Role/id");
            let (_, key) = instance.user(&format!("{flag}@admin.test"), "1", &role).await;
            let path = records.named(gate.path);
            let body: Value = serde_json::from_str(&records.named(gate.body)).unwrap();
            // Refused first: what is allowed may use up what it names.
            for (held, level) in [(false, gate.level.0), (true, gate.level.1)] {
                let changed = json!({"permission": level, flag: held});
                instance
                    .post(ADMIN, &format!("/admin/roles/edit/{role}"), changed)
                    .await;
                let answer = instance.ask(&key, gate.method, &path, body.clone()).await;
                let status = answer.status.as_u16();
                if held {
                    assert_eq!(status, 200, "with {flag}: {}", answer.body);
                } else {
                    let message = text(&answer.body, "/message");
                    assert_eq!((status, message.as_str()), (403, gate.refusal), "without {flag}");
                    assert_eq!(text(&answer.body, "/url"), path, "without {flag}");
                }
            }
        }
    });
}

#[test]
fn an_organisations_administrator_gives_no_role_that_reaches_beyond_it() {
    on_each(&Settings::default(), |instance| async move {
        let (_, boss) = instance.user("boss@admin.test", "1", "2").await;
        for (flag, may) in [
            ("perm_audit", true),
            ("perm_regexp_access", false),
            ("perm_sync", false),
            ("perm_site_admin", false),
        ] {
            let role = json!({"name": flag, "permission": 0, flag: true});
            let role = text(&instance.post(ADMIN, "/admin/roles/add", role).await, "/Role/id");
            let body = json!({"email": format!("{flag}@admin.test"), "role_id": role});
            let answer = instance.ask(&boss, "POST", "/admin/users/add", body).await;
            assert_eq!(answer.status.as_u16() == 200, may, "{flag}: {}", answer.body);
        }
    });
}
