//! Log-in through an OpenID Connect provider (`OidcAuth.*`): the authorization code flow with PKCE, state and nonce. A
//! browser leaves once and comes back once; whatever goes wrong ends on a page of this site that says so, never in
//! another departure.

mod claims;
mod provider;
mod token;

use super::external::{self, Doorkeeper, Policy};
use super::session::{self, Entry};
use crate::Platform;
use crate::settings::{OidcSettings, Settings};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use provider::Provider;
use serde_json::json;
use sha2::{Digest, Sha256};
use sightline_core::{AppError, AppResult, random};
use sightline_db::external_logins::{self, Departure};
use url::Url;

/// Characters of a state, a nonce and a verifier: letters and digits, of which 43 hold 256 bits.
const RANDOM_CHARS: usize = 43;
/// Seconds that a browser may stay away: time to find a phone.
const AWAY_SECONDS: i64 = 600;
/// Departures kept of one address, so that nobody fills the table.
const DEPARTURES: u32 = 50;
/// Longest path that is remembered, in bytes.
const NEXT_BYTES: usize = 2_000;

/// A browser on its way to the provider.
#[derive(Clone, Debug)]
pub struct Departing {
    /// Where it goes.
    pub url: String,
    /// What it must bring back in a cookie.
    pub state: String,
}

/// What the provider has sent back with the browser.
#[derive(Clone, Debug, Default)]
pub struct Return {
    /// What we gave it.
    pub state: String,
    /// What we buy the token with.
    pub code: String,
    /// Who sends it, where the provider says.
    pub iss: String,
    /// Why there is no code.
    pub error: String,
}

/// Somebody who is in.
#[derive(Clone, Debug)]
pub struct Arrived {
    /// The token of the session.
    pub token: String,
    /// Where they wanted to go.
    pub next: String,
}

fn redirect_uri(platform: &Platform) -> String {
    format!("{}/users/oidc/return", platform.base_url)
}

fn hash(text: &str) -> Vec<u8> {
    Sha256::digest(text.as_bytes()).to_vec()
}

fn require_on(settings: &Settings) -> AppResult<&OidcSettings> {
    let closed = settings.header_login.enabled && settings.header_login.required;
    if settings.oidc.is_on() && !closed {
        Ok(&settings.oidc)
    } else {
        Err(AppError::not_found("There is no such page."))
    }
}

/// Sends a browser to the provider; `next` is the path of this site that it comes back for.
pub async fn depart(platform: &Platform, next: &str, ip: &str) -> AppResult<Departing> {
    let settings = platform.settings.current();
    let oidc = require_on(&settings)?;
    let provider = Provider::discover(platform, oidc).await?;
    let [state, nonce, verifier] = [(); 3].map(|()| random::alphanumeric(RANDOM_CHARS));
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
    let scope: Vec<&str> = std::iter::once("openid")
        .chain(
            oidc.scopes
                .iter()
                .map(String::as_str)
                .filter(|scope| *scope != "openid"),
        )
        .collect();
    let mut url = Url::parse(&provider.authorization_endpoint).map_err(|_| provider::broken())?;
    url.query_pairs_mut()
        .append_pair("response_type", "code")
        .append_pair("client_id", &oidc.client_id)
        .append_pair("redirect_uri", &redirect_uri(platform))
        .append_pair("scope", &scope.join(" "))
        .append_pair("state", &state)
        .append_pair("nonce", &nonce)
        .append_pair("code_challenge", &challenge)
        .append_pair("code_challenge_method", "S256");
    let now = platform.clock.now();
    let departure = Departure {
        state_hash: hash(&state),
        nonce,
        verifier,
        next: if next.len() <= NEXT_BYTES { next } else { "/" }.to_owned(),
        ip: ip.to_owned(),
        expires: now + AWAY_SECONDS,
    };
    platform
        .db
        .write(move |tx| Ok::<_, AppError>(external_logins::depart(tx, &departure, now, DEPARTURES)?))
        .await?;
    Ok(Departing {
        url: url.into(),
        state,
    })
}

/// Takes a browser that comes back. `cookie` is the state that it was sent away with: one that somebody else was sent
/// away with is not taken.
pub async fn arrive(
    platform: &Platform,
    back: &Return,
    cookie: &str,
    ip: &str,
    user_agent: &str,
) -> AppResult<Arrived> {
    let settings = platform.settings.current();
    let oidc = require_on(&settings)?;
    let unknown = || {
        AppError::Unauthenticated(
            "This log-in was not begun here, was used before, or has taken too long. Begin it again.".into(),
        )
    };
    if back.state.is_empty() || back.state != cookie {
        return Err(unknown());
    }
    let (now, state_hash) = (platform.clock.now(), hash(&back.state));
    let departure = platform
        .db
        .write(move |tx| Ok::<_, AppError>(external_logins::arrive(tx, &state_hash, now)?))
        .await?
        .ok_or_else(unknown)?;
    let outcome = identified(platform, oidc, back, &departure).await;
    let identity = match outcome {
        Ok(identity) => identity,
        Err(error) => {
            let (door, reason) = (Doorkeeper::new(platform, ip), error.to_string());
            let note = move |tx: &mut sightline_db::Tx<'_>| {
                let fields = json!({"method": "oidc", "reason": reason});
                door.note(tx, "login_fail", Default::default(), "oidc", fields)
            };
            platform.db.write(note).await?;
            return Err(error);
        }
    };
    let (door, policy) = (Doorkeeper::new(platform, ip), policy(&settings));
    let admitted = platform
        .db
        .write(move |tx| {
            let admitted = external::admit(tx, &door, &identity, &policy)?;
            if let Err(reason) = &admitted {
                let fields = json!({"method": "oidc", "reason": reason, "sub": identity.sub});
                door.note(tx, "login_fail", Default::default(), &identity.email, fields)?;
            }
            Ok::<_, AppError>(admitted)
        })
        .await?;
    let user = admitted.map_err(AppError::Forbidden)?;
    let token = session::open(platform, user, Entry::new(ip, user_agent, "oidc")).await?;
    Ok(Arrived {
        token,
        next: departure.next,
    })
}

fn policy(settings: &Settings) -> Policy {
    let oidc = &settings.oidc;
    Policy {
        method: "oidc",
        create: true,
        update_role: oidc.update_role,
        update_org: true,
        unblock: oidc.unblock,
        header_users_stay_out: settings.header_login.enabled,
        default_org: oidc.default_org.clone(),
    }
}

/// From the provider's answer to who it is.
async fn identified(
    platform: &Platform,
    oidc: &OidcSettings,
    back: &Return,
    departure: &Departure,
) -> AppResult<external::Identity> {
    let refused = |text: &str| AppError::Unauthenticated(text.to_owned());
    if !back.error.is_empty() {
        tracing::info!(error = back.error, "the provider has not logged somebody in");
        return Err(refused(match back.error.as_str() {
            "access_denied" => "The log-in was cancelled, or the provider does not let you in.",
            _ => "The provider could not log you in. Its reason is in this server's log.",
        }));
    }
    if back.code.is_empty() {
        return Err(refused("The provider has sent no code."));
    }
    let provider = Provider::discover(platform, oidc).await?;
    if !back.iss.is_empty() && back.iss != provider.issuer {
        return Err(refused("The answer comes from another provider."));
    }
    let bought = provider
        .buy(
            platform,
            oidc,
            &back.code,
            &departure.verifier,
            &redirect_uri(platform),
        )
        .await?;
    let keys = provider.keys(platform).await?;
    let expected = token::Expected {
        issuer: &provider.issuer,
        client_id: &oidc.client_id,
        nonce: &departure.nonce,
        now: platform.clock.now(),
    };
    let mut known = token::verified(&bought.id_token, &keys, &expected).map_err(|reason| {
        tracing::warn!(reason, "the provider's token is refused");
        refused("The provider's answer cannot be trusted. The reason is in this server's log.")
    })?;
    if let Some(more) = provider
        .user_info(platform, bought.access_token.as_deref())
        .await?
    {
        if more.get("sub") != known.get("sub") {
            return Err(refused("The provider speaks of two different people."));
        }
        for (name, value) in more {
            // What is signed counts more.
            known.entry(name).or_insert(value);
        }
    }
    Ok(claims::identity(oidc, &known))
}

/// Where a browser logs out at the provider too; `None` when it has no such place.
pub async fn farewell(platform: &Platform) -> AppResult<Option<String>> {
    let settings = platform.settings.current();
    let oidc = require_on(&settings)?;
    let provider = Provider::discover(platform, oidc).await?;
    let Some(mut url) = provider
        .end_session_endpoint
        .as_deref()
        .and_then(|text| Url::parse(text).ok())
    else {
        return Ok(None);
    };
    url.query_pairs_mut()
        .append_pair("client_id", &oidc.client_id)
        .append_pair(
            "post_logout_redirect_uri",
            &format!("{}/users/login", platform.base_url),
        );
    Ok(Some(url.into()))
}
