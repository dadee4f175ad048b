//! From claims to an identity, by the names that the administrator gives.

use crate::login::external::Identity;
use crate::settings::OidcSettings;
use serde_json::{Map, Value};
use uuid::Uuid;

/// A claim by its name; `a.b` is `b` within `a` unless there is a claim of that whole name.
fn claim<'a>(claims: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    if let Some(value) = claims.get(name) {
        return Some(value);
    }
    let mut parts = name.split('.');
    let first = claims.get(parts.next()?)?;
    parts.try_fold(first, |value, part| value.get(part))
}

/// A claim that is one text, or a list of one.
fn text(claims: &Map<String, Value>, name: &str) -> Option<String> {
    let value = claim(claims, name)?;
    let text = value
        .as_str()
        .or_else(|| value.as_array()?.first()?.as_str())?
        .trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn roles(oidc: &OidcSettings, claims: &Map<String, Value>) -> Vec<String> {
    match claim(claims, &oidc.roles_property) {
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Some(Value::String(text)) if oidc.roles_delimiter.is_empty() => vec![text.clone()],
        Some(Value::String(text)) => text
            .split(oidc.roles_delimiter.as_str())
            .map(|role| role.trim().to_owned())
            .collect(),
        _ => Vec::new(),
    }
}

/// Who the claims speak of.
pub(super) fn identity(oidc: &OidcSettings, claims: &Map<String, Value>) -> Identity {
    let email_proved = match claims.get("email_verified") {
        // Providers of one company leave it out: every address in them is its own.
        None | Some(Value::Null) => true,
        Some(Value::Bool(proved)) => *proved,
        Some(other) => other.as_str() == Some("true"),
    };
    Identity {
        sub: text(claims, "sub"),
        email: text(claims, "email").unwrap_or_default(),
        email_proved,
        roles: roles(oidc, claims)
            .iter()
            .filter_map(|role| oidc.role_mapper.get(role).cloned())
            .collect(),
        org_name: text(claims, &oidc.organisation_property),
        org_uuid: text(claims, &oidc.organisation_uuid_property).and_then(|text| Uuid::try_parse(&text).ok()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(claims: &Value) -> Identity {
        let oidc = OidcSettings {
            role_mapper: [("analyst", "3"), ("chief", "Org Admin")]
                .map(|(there, here)| (there.to_owned(), here.to_owned()))
                .into(),
            roles_property: "realm.roles".into(),
            ..OidcSettings::default()
        };
        identity(&oidc, claims.as_object().unwrap())
    }

    #[test]
    fn roles_are_a_list_or_a_text_and_only_mapped_ones_count() {
        for (claims, roles) in [
            (
                json!({"realm": {"roles": ["chief", "cook", "analyst"]}}),
                vec!["Org Admin", "3"],
            ),
            (json!({"realm": {"roles": "analyst, cook"}}), vec!["3"]),
            (
                json!({"realm.roles": ["chief"], "realm": {"roles": ["analyst"]}}),
                vec!["Org Admin"],
            ),
            (json!({"realm": {"roles": 7}}), vec![]),
            (json!({"roles": ["chief"]}), vec![]),
            (json!({"realm": "chief"}), vec![]),
        ] {
            assert_eq!(of(&claims).roles, roles, "{claims}");
        }
    }

    #[test]
    fn an_address_is_believed_unless_the_provider_says_otherwise() {
        for (claims, proved) in [
            (json!({}), true),
            (json!({"email_verified": true}), true),
            (json!({"email_verified": "true"}), true),
            (json!({"email_verified": false}), false),
            (json!({"email_verified": "no"}), false),
        ] {
            assert_eq!(of(&claims).email_proved, proved, "{claims}");
        }
        let known = of(
            &json!({"sub": "1", "email": "Ada@example.org", "organization": "ACME", "organization_uuid": "x"}),
        );
        assert_eq!(
            (
                known.sub.as_deref(),
                known.email.as_str(),
                known.org_name.as_deref(),
                known.org_uuid
            ),
            (Some("1"), "Ada@example.org", Some("ACME"), None)
        );
    }
}
