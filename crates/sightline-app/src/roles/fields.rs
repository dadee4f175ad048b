//! What a request says of a role, checked and applied.

use serde::Deserialize;
use sightline_core::{FieldErrors, Permission, Permissions};
use sightline_db::roles::Role;
use sightline_misp::input::Loose;
use std::collections::HashMap;

/// A role as clients send it.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the fields of the wire, spec 05 section 3")]
pub struct RoleIn {
    pub name: Loose,
    /// What the role may do with events: 0 to 3, or a word. Missing means 0, on every save.
    pub permission: Loose,
    pub restricted_to_site_admin: Loose,
    pub enforce_rate_limit: Loose,
    pub rate_limit_count: Loose,
    pub memory_limit: Loose,
    pub max_execution_time: Loose,
    /// `perm_*`; the four that `permission` decides are ignored.
    #[serde(flatten)]
    pub flags: HashMap<String, Loose>,
}

/// The permissions that `permission` decides, by the level from which they are held.
const LEVELS: [(u8, Permission); 4] = [
    (1, Permission::Add),
    (1, Permission::Modify),
    (2, Permission::ModifyOrg),
    (3, Permission::Publish),
];
/// The words for the levels 0 to 3.
const WORDS: [&str; 4] = ["read_only", "manage_own", "manage_org", "publish"];

/// The virtual field `permission` of a role, 0 to 3, and its word (spec 05 section 3.1).
pub fn permission_level(permissions: Permissions) -> (u8, &'static str) {
    let has = |permission| permissions.has(permission);
    let level = match has(Permission::Add) {
        true if has(Permission::Modify) && has(Permission::Publish) => 3,
        true if has(Permission::ModifyOrg) => 2,
        true => 1,
        false => 0,
    };
    (level, WORDS.get(usize::from(level)).copied().unwrap_or_default())
}

fn level(input: &Loose) -> u8 {
    let word = input.filled().unwrap_or_default();
    let by_word = WORDS
        .iter()
        .position(|known| *known == word)
        .and_then(|at| u8::try_from(at).ok());
    by_word
        .or_else(|| input.int().and_then(|n| u8::try_from(n).ok()))
        .filter(|n| *n <= 3)
        .unwrap_or(0)
}

/// Applies what the body says; what it leaves out stays, but for `permission`.
pub(super) fn apply(role: &mut Role, body: &RoleIn, errors: &mut FieldErrors) {
    if let Some(name) = body.name.text() {
        name.trim().clone_into(&mut role.name);
    }
    if role.name.is_empty() {
        errors.add("name", "Name cannot be empty.");
    }
    let mut flag = |field: &str, input: &Loose, held: bool| match input.flag() {
        Some(given) => given,
        None if !input.is_given() => held,
        None => {
            errors.add(field, "The value has to be a boolean (true, false, 0 or 1).");
            held
        }
    };
    role.restricted_to_site_admin = flag(
        "restricted_to_site_admin",
        &body.restricted_to_site_admin,
        role.restricted_to_site_admin,
    );
    role.enforce_rate_limit = flag(
        "enforce_rate_limit",
        &body.enforce_rate_limit,
        role.enforce_rate_limit,
    );
    for permission in Permission::ALL {
        if let Some(input) = body.flags.get(permission.name()) {
            let held = flag(permission.name(), input, role.permissions.has(*permission));
            role.permissions = role.permissions.set(*permission, held);
        }
    }
    let level = level(&body.permission);
    for (from, permission) in LEVELS {
        role.permissions = role.permissions.set(permission, level >= from);
    }
    if body.rate_limit_count.is_given() {
        match body.rate_limit_count.int() {
            Some(count) if count >= 0 => role.rate_limit_count = count,
            None if body.rate_limit_count.filled().is_none() => role.rate_limit_count = 0,
            _ => errors.add(
                "rate_limit_count",
                "The rate limit has to be a number of requests, 0 or more.",
            ),
        }
    }
    for (input, field) in [
        (&body.memory_limit, &mut role.memory_limit),
        (&body.max_execution_time, &mut role.max_execution_time),
    ] {
        if let Some(text) = input.text() {
            *field = Some(text.trim().to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn applied(body: serde_json::Value) -> Role {
        let mut role = Role {
            name: "r".into(),
            ..Role::default()
        };
        let mut errors = FieldErrors::default();
        apply(&mut role, &serde_json::from_value(body).unwrap(), &mut errors);
        assert!(errors.is_empty(), "{errors}");
        role
    }

    #[test]
    fn permission_decides_four_flags_and_missing_means_none() {
        for (given, expected) in [
            (json!({}), "read_only"),
            (json!({"perm_add": 1}), "read_only"),
            (json!({"permission": "1"}), "manage_own"),
            (json!({"permission": 2}), "manage_org"),
            (json!({"permission": "manage_org"}), "manage_org"),
            (json!({"permission": "publish"}), "publish"),
            (json!({"permission": 9}), "read_only"),
        ] {
            let role = applied(given.clone());
            assert_eq!(permission_level(role.permissions).1, expected, "{given}");
        }
        assert!(
            !applied(json!({"permission": 1}))
                .permissions
                .has(Permission::ModifyOrg)
        );
    }

    #[test]
    fn other_flags_and_limits_are_taken_over() {
        let role = applied(
            json!({"perm_sighting": "1", "rate_limit_count": "30", "enforce_rate_limit": true,
                                  "memory_limit": "", "max_execution_time": "1234"}),
        );
        assert_eq!(role.permissions, Permissions::of(&[Permission::Sighting]));
        assert_eq!((role.rate_limit_count, role.enforce_rate_limit), (30, true));
        assert_eq!(
            (role.memory_limit.as_deref(), role.max_execution_time.as_deref()),
            (Some(""), Some("1234"))
        );
    }

    #[test]
    fn nonsense_is_refused_by_field() {
        let body: RoleIn =
            serde_json::from_value(json!({"name": " ", "perm_sync": "maybe", "rate_limit_count": -1}))
                .unwrap();
        let mut errors = FieldErrors::default();
        apply(&mut Role::default(), &body, &mut errors);
        assert_eq!(
            errors.0.keys().collect::<Vec<_>>(),
            ["name", "perm_sync", "rate_limit_count"]
        );
    }
}
