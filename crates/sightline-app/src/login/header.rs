//! Users whom a reverse proxy names in a header (`Plugin.CustomAuth_*`). The header is believed from the configured
//! proxies only: from anybody else it is what anybody may write.

use super::session::{self, Entry};
use crate::settings::{HeaderLoginSettings, Settings, network};
use crate::users::is_active;
use crate::{Caller, Platform};
use sightline_core::{AppError, AppResult, Permission};
use sightline_db::{external_logins, users};
use sightline_remote::HeaderMap;
use std::net::IpAddr;

/// The name under which the header comes, or none: server variables that hold no header do not exist here.
fn header_name(settings: &HeaderLoginSettings) -> Option<String> {
    let name = if settings.use_namespace {
        Some(settings.header.as_str())
    } else {
        settings.header.strip_prefix(settings.namespace.as_str())
    };
    name.map(|name| name.replace('_', "-").to_lowercase())
        .filter(|name| !name.is_empty())
}

/// What a believed proxy calls the user of a request.
pub fn claimed(settings: &Settings, peer: Option<IpAddr>, headers: &HeaderMap) -> Option<String> {
    let settings = &settings.header_login;
    let peer = peer.filter(|_| settings.enabled)?.to_canonical();
    let believed = settings
        .sources
        .iter()
        .filter_map(|text| network(text))
        .any(|network| network.contains(&peer));
    if !believed {
        return None;
    }
    let name = header_name(settings)?;
    let mut lines = headers.get_all(name.as_str()).iter();
    // Of two lines one is the client's own: a proxy replaces it, or must not be believed.
    match (lines.next(), lines.next()) {
        (Some(line), None) => line
            .to_str()
            .ok()
            .map(|text| text.trim().to_owned())
            .filter(|text| !text.is_empty()),
        _ => None,
    }
}

/// Whether a request without a believed header gets in nowhere.
pub fn is_required(settings: &Settings) -> bool {
    settings.header_login.enabled && settings.header_login.required
}

/// The active user whom the proxies call so; `None` when there is none, or more than one.
async fn caller(platform: &Platform, key: &str) -> AppResult<Option<Caller>> {
    let (now, key) = (platform.clock.now(), key.to_owned());
    platform
        .db
        .read(move |tx| {
            let found = external_logins::by_key(tx, &key)?;
            let [id] = found.as_slice() else {
                return Ok(None);
            };
            let standing = users::standing(tx, *id)?.filter(|standing| is_active(standing, now));
            Ok::<_, AppError>(standing.map(Caller::from))
        })
        .await
}

/// The caller of an API request that a believed proxy vouches for.
pub async fn api_caller(platform: &Platform, key: &str) -> AppResult<Option<Caller>> {
    let caller = caller(platform, key).await?;
    Ok(caller.filter(|caller| caller.may(Permission::Auth)))
}

/// A session of the user whom a believed proxy names: the one of `token` when it is theirs, else a new one. The token of
/// a new session, or `None` when the old one goes on. `Unauthenticated` when nobody here is called so.
pub async fn enter(
    platform: &Platform,
    key: &str,
    token: &str,
    ip: &str,
    user_agent: &str,
) -> AppResult<Option<String>> {
    let settings = platform.settings.current();
    let Some(caller) = caller(platform, key).await? else {
        return Err(AppError::Unauthenticated(format!(
            "{} knows you, but you have no account on this instance. Ask its administrator.",
            settings.header_login.name
        )));
    };
    if !token.is_empty()
        && let Some(present) = session::session(platform, token).await?
        && present.caller.user_id == caller.user_id
    {
        return Ok(None);
    }
    let user = platform
        .db
        .read(move |tx| Ok::<_, AppError>(users::by_id(tx, caller.user_id)?))
        .await?;
    let Some(user) = user else { return Ok(None) };
    let entry = Entry::new(ip, user_agent, "header");
    session::open(platform, user, entry).await.map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(sources: &[&str]) -> Settings {
        let mut settings = Settings::default();
        settings.header_login.enabled = true;
        settings.header_login.header = "X_Remote_User".into();
        settings.header_login.sources = sources.iter().map(|text| (*text).to_owned()).collect();
        settings
    }

    fn headers(values: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append("x-remote-user", value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn only_configured_proxies_are_believed() {
        let ada = headers(&["ada"]);
        for (sources, peer, name) in [
            (&[][..], "127.0.0.1", None),
            (&["10.0.0.0/8"], "127.0.0.1", None),
            (&["10.0.0.0/8"], "10.1.2.3", Some("ada")),
            (&["10.1.2.3"], "::ffff:10.1.2.3", Some("ada")),
        ] {
            let found = claimed(&settings(sources), Some(peer.parse().unwrap()), &ada);
            assert_eq!(found.as_deref(), name, "{sources:?} {peer}");
        }
        let believed = settings(&["10.0.0.0/8"]);
        assert_eq!(claimed(&believed, None, &ada), None);
        let mut off = believed.clone();
        off.header_login.enabled = false;
        assert_eq!(claimed(&off, Some("10.1.2.3".parse().unwrap()), &ada), None);
        for none in [headers(&[]), headers(&[" "]), headers(&["mallory", "ada"])] {
            assert_eq!(claimed(&believed, Some("10.1.2.3".parse().unwrap()), &none), None);
        }
    }

    #[test]
    fn the_namespace_is_that_of_server_variables() {
        for (use_namespace, header, expected) in [
            (true, "X_REMOTE_USER", Some("x-remote-user")),
            (true, "X-Remote-User", Some("x-remote-user")),
            (false, "HTTP_X_REMOTE_USER", Some("x-remote-user")),
            (false, "REMOTE_USER", None),
            (true, "", None),
        ] {
            let settings = HeaderLoginSettings {
                use_namespace,
                header: header.into(),
                ..HeaderLoginSettings::default()
            };
            assert_eq!(header_name(&settings).as_deref(), expected, "{header}");
        }
    }
}
