//! Whether a name and a password fit: here, or in the directory where one is configured.

use super::external::{self, Doorkeeper};
use super::{ldap, verify_password};
use crate::Platform;
use crate::settings::Settings;
use serde_json::json;
use sightline_core::{AppError, AppResult};
use sightline_db::users::User;

/// Whether passwords that are kept here open anything.
pub(super) fn local_passwords(settings: &Settings) -> bool {
    let (header, oidc, ldap) = (&settings.header_login, &settings.oidc, &settings.ldap);
    if header.enabled && header.required {
        return false;
    }
    if settings.security.external_only && (header.enabled || oidc.is_on() || ldap.is_on()) {
        return false;
    }
    (!oidc.is_on() || oidc.mixed) && (!ldap.is_on() || ldap.mixed)
}

/// The user whom name and password open the door for, and how. `stored` is the local user of that name.
pub(super) async fn check(
    platform: &Platform,
    name: &str,
    password: &str,
    stored: Option<User>,
    ip: &str,
) -> AppResult<Option<(User, &'static str)>> {
    let settings = platform.settings.current();
    let now = platform.clock.now();
    let by_header = |user: &User| settings.header_login.enabled && user.external_auth_required;
    if local_passwords(&settings) {
        let hash = stored
            .as_ref()
            .filter(|user| !user.password.is_empty() && !by_header(user))
            .map(|user| user.password.clone());
        let fits = verify_password(password.to_owned(), hash).await?;
        let standing_ok = stored
            .as_ref()
            .is_some_and(|user| !user.disabled && user.expiration.is_none_or(|end| end == 0 || end > now));
        if fits && standing_ok {
            return Ok(stored.map(|user| (user, "password")));
        }
    }
    if !settings.ldap.is_on() || (settings.header_login.enabled && settings.header_login.required) {
        return Ok(None);
    }
    let Some(identity) = ldap::identity(platform, name, password).await? else {
        return Ok(None);
    };
    let (door, policy) = (Doorkeeper::new(platform, ip), ldap::policy(&settings));
    let admitted = platform
        .db
        .write(move |tx| {
            let admitted = external::admit(tx, &door, &identity, &policy)?;
            if let Err(reason) = &admitted {
                let fields = json!({"method": policy.method, "reason": reason});
                door.note(tx, "login_fail", Default::default(), &identity.email, fields)?;
            }
            Ok::<_, AppError>(admitted)
        })
        .await?;
    match admitted {
        Ok(user) => Ok(Some((user, "ldap"))),
        Err(reason) => Err(AppError::Unauthenticated(reason)),
    }
}
