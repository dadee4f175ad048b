//! From a key to its user (spec 05 sections 1.2 and 1.3). One indexed look-up per request; notes of use are written at
//! most once a minute, so that reading stays reading.

use super::hash;
use crate::users::is_active;
use crate::{Caller, Ctx, Platform};
use ipnet::IpNet;
use sightline_core::ids::AuthKeyId;
use sightline_core::{AppError, AppResult, Permission, Permissions};
use sightline_db::Tx;
use sightline_db::auth_keys::{self, AuthKey};
use sightline_db::user_ips;
use sightline_db::users::{self, Standing};
use std::net::IpAddr;

/// Seconds between two notes of the use of one key.
const NOTE_SECONDS: i64 = 60;
/// Addresses remembered per key.
const UNIQUE_IPS: usize = 1000;

/// The key that authenticated a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyUse {
    /// Its user.
    pub caller: Caller,
    /// When the key ends, for the header that says so; 0 for never.
    pub expiration: i64,
}

/// The user of a key. `Unauthenticated` for a key that names nobody; `Forbidden` with the reference's reason for one
/// that may not be used now, or from here.
pub async fn authenticate(platform: &Platform, key: &str, ip: Option<&str>) -> AppResult<KeyUse> {
    let now = platform.clock.now();
    let key_hash = hash(key);
    let found = platform
        .db
        .read(move |tx| {
            let Some(key) = auth_keys::by_hash(tx, &key_hash)? else {
                return Ok::<_, AppError>(None);
            };
            Ok(users::standing(tx, key.user_id)?.map(|standing| (key, standing)))
        })
        .await?;
    let allowed = match &found {
        Some((key, standing)) => check(key, standing, now, ip),
        None => Err(unknown()),
    };
    allowed?;
    let (key, standing) = found.ok_or_else(unknown)?;
    if let Err(error) = note(platform, &key, now, ip).await {
        // The request does not depend on it, and the next one notes again.
        tracing::warn!(%error, "the use of an API key could not be noted");
    }
    let expiration = key.expiration;
    Ok(KeyUse {
        caller: caller(&key, standing),
        expiration,
    })
}

fn unknown() -> AppError {
    AppError::Unauthenticated("Authentication failed.".into())
}

fn check(key: &AuthKey, standing: &Standing, now: i64, ip: Option<&str>) -> AppResult<()> {
    if key.expiration != 0 && key.expiration <= now {
        return Err(unknown());
    }
    if !is_active(standing, now) {
        return Err(AppError::Forbidden(
            "Authentication failed. Your user account has been disabled.".into(),
        ));
    }
    let permissions = standing.permissions;
    if !permissions.has(Permission::Auth) && !permissions.has(Permission::SiteAdmin) {
        return Err(unknown());
    }
    let Some(allowed) = key.allowed_ips.as_ref().filter(|list| !list.is_empty()) else {
        return Ok(());
    };
    let Some(ip) = ip.and_then(|ip| ip.parse::<IpAddr>().ok()) else {
        return Err(AppError::Forbidden(
            "Auth key is limited to IP address, but IP address not found".into(),
        ));
    };
    if allowed.iter().any(|range| contains(range, ip)) {
        Ok(())
    } else {
        Err(AppError::Forbidden(
            "It is not possible to use this Auth key from your IP address".into(),
        ))
    }
}

/// Whether an address or network holds `ip`. IPv4 inside IPv6 counts as IPv4.
fn contains(range: &str, ip: IpAddr) -> bool {
    let ip = ip.to_canonical();
    match range.parse::<IpNet>() {
        Ok(net) => net.contains(&ip),
        Err(_) => range.parse::<IpAddr>().is_ok_and(|one| one.to_canonical() == ip),
    }
}

/// The caller as it stands now, for answers that go on for long: `Unauthenticated` when its key is gone or over, or its user
/// may do nothing any more.
pub(crate) fn renew(ctx: &Ctx, tx: &mut Tx<'_>) -> AppResult<Caller> {
    let now = ctx.now();
    let standing = users::standing(tx, ctx.caller.user_id)?.filter(|standing| is_active(standing, now));
    let standing = standing.ok_or_else(unknown)?;
    let Some(id) = ctx.caller.auth_key else {
        return Ok(Caller::from(standing));
    };
    let key = auth_keys::find(tx, Some(id), None)?.ok_or_else(unknown)?;
    check(&key, &standing, now, ctx.ip.as_deref())?;
    Ok(caller(&key, standing))
}

fn caller(key: &AuthKey, standing: Standing) -> Caller {
    let mut caller = Caller::from(standing);
    caller.auth_key = Some(key.id);
    caller.read_only = key.read_only;
    if key.read_only {
        let kept = Permissions::of(&[Permission::Auth, Permission::Audit]);
        caller.permissions = caller.permissions.intersect(kept);
    }
    caller
}

async fn note(platform: &Platform, key: &AuthKey, now: i64, ip: Option<&str>) -> AppResult<()> {
    let new_ip =
        ip.filter(|ip| key.unique_ips.len() < UNIQUE_IPS && !key.unique_ips.iter().any(|known| known == ip));
    if now - key.last_used < NOTE_SECONDS && new_ip.is_none() {
        return Ok(());
    }
    let mut ips = key.unique_ips.clone();
    ips.extend(new_ip.map(str::to_owned));
    let keeps = platform.settings.current().audit.user_ips;
    let seen_at = ip.filter(|_| keeps).map(str::to_owned);
    let (id, user): (AuthKeyId, _) = (key.id, key.user_id);
    platform
        .db
        .write(move |tx| {
            auth_keys::used(tx, id, now, &ips)?;
            if let Some(ip) = &seen_at {
                user_ips::note(tx, user, ip, now)?;
            }
            Ok(users::used_api(tx, user, now)?)
        })
        .await
}
