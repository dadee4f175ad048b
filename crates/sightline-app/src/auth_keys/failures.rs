//! Keys that name nobody: one audit row an hour for each address, so that guessing shows but does not fill the log.

use crate::Platform;
use serde_json::json;
use sightline_core::AppResult;
use sightline_db::audit::{self, Actor, Change, RequestType};

/// Seconds in which one row stands for every failure from an address.
const QUIET: i64 = 3_600;
/// Characters of the key that the row shows: enough to recognise one's own, useless to others.
const SHOWN: usize = 4;

/// Notes a failure. The request is refused in any case: it does not depend on this.
pub async fn note_failure(platform: &Platform, key: &str, ip: Option<&str>) {
    let now = platform.clock.now();
    if let Err(error) = write(platform, key, now, ip).await {
        tracing::warn!(%error, "a failed authentication could not be noted");
    }
}

async fn write(platform: &Platform, key: &str, now: i64, ip: Option<&str>) -> AppResult<()> {
    let logged = ip.filter(|_| platform.settings.current().audit.client_ip);
    let actor = Actor {
        ip: logged.map(str::to_owned),
        request_type: RequestType::Api,
        ..Actor::default()
    };
    let known = {
        let ip = actor.ip.clone();
        platform
            .db
            .read(move |tx| audit::failed_lately(tx, ip.as_deref(), now - QUIET))
            .await?
    };
    if known {
        return Ok(());
    }
    let title: String = key.chars().take(SHOWN).chain("…".chars()).collect();
    platform
        .db
        .write(move |tx| {
            let change = Change {
                action: "auth_fail",
                model: "User",
                id: 0,
                title: &title,
                event: None,
                fields: json!({}),
            };
            audit::insert(tx, now, &actor, &change)
        })
        .await?;
    Ok(())
}
