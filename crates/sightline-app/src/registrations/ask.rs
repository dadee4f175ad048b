//! Asking for an account.

use super::{KIND, Registration, record};
use crate::{Ctx, users};
use serde::Deserialize;
use serde_json::{Map, Value};
use sightline_core::limits::{ORG_NAME_CHARS, TEXT_CHARS};
use sightline_core::{AppError, AppResult, FieldErrors, random};
use sightline_db::inbox;
use sightline_formats::openpgp::PublicKey;
use sightline_misp::input::Loose;
use uuid::Uuid;

/// Requests of one address that wait for an answer, within [`WINDOW`]: enough for colleagues behind one proxy.
const PER_ADDRESS: i64 = 10;
/// In seconds.
const WINDOW: i64 = 3600;
/// Requests that wait in all: more than anybody reads.
const WAITING: i64 = 1000;
/// Longest public key, in characters.
const KEY_CHARS: usize = 64 * 1024;
/// Longest name of a program that is kept, in characters.
const AGENT_CHARS: usize = 255;

/// What somebody says who asks for an account.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the fields of the wire, spec 10 part H")]
pub struct RegistrationIn {
    pub email: Loose,
    pub org_name: Loose,
    pub org_uuid: Loose,
    pub message: Loose,
    pub pgp: Loose,
    pub custom_perms: Loose,
    pub perm_sync: Loose,
    pub perm_publish: Loose,
    pub perm_admin: Loose,
}

impl RegistrationIn {
    /// The address, and the message as it is kept: what was not said is left out.
    fn checked(&self, now: i64) -> AppResult<(String, Value)> {
        let mut errors = FieldErrors::default();
        let mut data = Map::new();
        let email = self.email.filled().unwrap_or_default().trim().to_lowercase();
        if email.is_empty() {
            return Err(AppError::BadRequest(
                "We require at least the email field to be filled.".into(),
            ));
        }
        if !users::is_email(&email) {
            errors.add("email", "Please enter a valid email address.");
        }
        data.insert("email".into(), email.clone().into());
        for (field, input, longest) in [
            ("org_name", &self.org_name, ORG_NAME_CHARS),
            ("pgp", &self.pgp, KEY_CHARS),
            ("message", &self.message, TEXT_CHARS),
        ] {
            let text = input.filled().unwrap_or_default().trim().to_owned();
            if text.chars().count() > longest {
                errors.add(field, format!("The field is longer than {longest} characters."));
            }
            if field == "message" || !text.is_empty() {
                data.insert(field.into(), text.into());
            }
        }
        if let Some(key) = self.pgp.filled().filter(|key| !key.trim().is_empty())
            && let Err(problem) = PublicKey::parse(&key, now)
        {
            errors.add("pgp", problem.to_string());
        }
        if let Some(text) = self.org_uuid.filled() {
            match Uuid::try_parse(text.trim()) {
                Ok(uuid) => _ = data.insert("org_uuid".into(), uuid.to_string().into()),
                Err(_) => errors.add("org_uuid", "This is not a uuid."),
            }
        }
        for (field, input) in [
            ("custom_perms", &self.custom_perms),
            ("perm_sync", &self.perm_sync),
            ("perm_publish", &self.perm_publish),
            ("perm_admin", &self.perm_admin),
        ] {
            let wanted = input.flag().unwrap_or(false);
            if wanted || field != "custom_perms" {
                data.insert(field.into(), if wanted { "1" } else { "" }.into());
            }
        }
        errors.into_result()?;
        Ok((email, Value::Object(data)))
    }
}

/// Whether strangers may ask.
pub fn is_open(ctx: &Ctx) -> bool {
    ctx.settings().access.self_registration
}

/// Keeps the request until an administrator answers it. The answer says nothing of whether the address has an account here
/// or has asked before.
pub async fn ask(ctx: &Ctx, body: RegistrationIn) -> AppResult<()> {
    if !is_open(ctx) {
        return Err(AppError::NotAllowed(
            "Self registration is not enabled on this instance.".into(),
        ));
    }
    ctx.require_live()?;
    let (email, data) = body.checked(ctx.now())?;
    ctx.write(move |ctx, tx| {
        inbox::lock(tx)?;
        let ip = ctx.ip.clone().unwrap_or_default();
        let (waiting, own) = inbox::counts(tx, &ip, ctx.now() - WINDOW)?;
        if own >= PER_ADDRESS {
            return Err(AppError::RateLimited {
                message: "Too many requests from your address. Please try again later.".into(),
                retry_after: u64::try_from(WINDOW).unwrap_or(0),
            });
        }
        if waiting >= WAITING {
            return Err(AppError::Unavailable(
                "No more requests are taken at the moment. Please try again later.".into(),
            ));
        }
        let title = format!("User registration for {email}.");
        if inbox::waits(tx, &title)? {
            return Ok(());
        }
        let agent = ctx.user_agent.as_deref().unwrap_or_default();
        let mut registration = Registration {
            uuid: random::uuid(),
            title,
            kind: KIND.into(),
            ip,
            user_agent: agent.chars().take(AGENT_CHARS).collect(),
            timestamp: ctx.now(),
            data,
            ..Registration::default()
        };
        registration.id = inbox::insert(tx, &registration)?;
        record(ctx, tx, "add", &registration)
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_kept_of_a_request() {
        let body = json!({"email": " Ada@Example.org ", "org_name": "ACME", "org_id": null, "message": null,
            "perm_sync": true, "perm_admin": false});
        let body: RegistrationIn = serde_json::from_value(body).unwrap();
        let (email, data) = body.checked(0).unwrap();
        assert_eq!(email, "ada@example.org");
        assert_eq!(
            data,
            json!({"email": "ada@example.org", "org_name": "ACME", "message": "",
                "perm_sync": "1", "perm_publish": "", "perm_admin": ""})
        );
    }

    #[test]
    fn what_is_refused_names_its_field() {
        for (body, field) in [
            (json!({}), "email"),
            (json!({"email": "bad"}), "email"),
            (json!({"email": "a@b.example", "org_uuid": "x"}), "org_uuid"),
            (json!({"email": "a@b.example", "pgp": "no key"}), "pgp"),
            (
                json!({"email": "a@b.example", "org_name": "x".repeat(256)}),
                "org_name",
            ),
            (
                json!({"email": "a@b.example", "message": "x".repeat(10_001)}),
                "message",
            ),
        ] {
            let body: RegistrationIn = serde_json::from_value(body).unwrap();
            let refusal = body.checked(0).unwrap_err().to_string();
            assert!(refusal.contains(field), "{refusal}");
        }
    }
}
