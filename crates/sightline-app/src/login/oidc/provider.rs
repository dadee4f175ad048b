//! The provider: what it says of itself, its keys, what it sells for a code. Asked anew at every log-in, so that new
//! keys count at once; every request passes the guard.

use crate::Platform;
use crate::settings::OidcSettings;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::jwk::{Jwk, PublicKeyUse};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use sightline_core::{AppError, AppResult};
use sightline_remote::{HeaderMap, RemoteError, Request};
use std::time::Duration;
use url::form_urlencoded::byte_serialize;

/// Largest answer of a provider, in bytes: keys and claims are a few kilobytes.
const ANSWER_BYTES: u64 = 1024 * 1024;
/// How long a person waits for one answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a provider says of itself.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Provider {
    pub(super) issuer: String,
    pub(super) authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    #[serde(default)]
    userinfo_endpoint: Option<String>,
    #[serde(default)]
    pub(super) end_session_endpoint: Option<String>,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Vec<String>,
}

/// What a code buys.
#[derive(Deserialize)]
pub(super) struct Bought {
    pub(super) id_token: String,
    #[serde(default)]
    pub(super) access_token: Option<String>,
}

#[derive(Deserialize)]
struct Keys {
    keys: Vec<Value>,
}

/// What a person reads when the provider is not one.
pub(super) fn broken() -> AppError {
    AppError::Upstream(
        "The provider's answer cannot be read. The administrator should look at its address.".into(),
    )
}

fn away(error: &RemoteError) -> AppError {
    tracing::warn!(%error, "the provider could not be asked");
    AppError::Upstream("The log-in provider cannot be reached. Try again later.".into())
}

async fn fetch<T: DeserializeOwned>(platform: &Platform, url: &str, headers: HeaderMap) -> AppResult<T> {
    let request = Request::new(url).headers(headers).patience(PATIENCE);
    let answer = platform.remote.get(request).await.map_err(|error| away(&error))?;
    let body = answer
        .into_bytes(ANSWER_BYTES)
        .await
        .map_err(|error| away(&error))?;
    serde_json::from_slice(&body).map_err(|error| {
        tracing::warn!(%error, url, "not what a provider answers");
        broken()
    })
}

impl Provider {
    /// Asks the configured provider what it is, and refuses one that is another, or that leads out of TLS.
    pub(super) async fn discover(platform: &Platform, oidc: &OidcSettings) -> AppResult<Self> {
        let base = oidc.provider_url.trim_end_matches('/');
        let base = base
            .strip_suffix("/.well-known/openid-configuration")
            .unwrap_or(base);
        let url = format!("{base}/.well-known/openid-configuration");
        let provider: Self = fetch(platform, &url, HeaderMap::new()).await?;
        let expected = if oidc.issuer.is_empty() {
            base
        } else {
            &oidc.issuer
        };
        if provider.issuer.trim_end_matches('/') != expected.trim_end_matches('/') {
            tracing::warn!(issuer = provider.issuer, expected, "the provider is another one");
            return Err(broken());
        }
        let secret = base.starts_with("https://");
        let endpoints = [
            Some(&provider.authorization_endpoint),
            Some(&provider.token_endpoint),
            Some(&provider.jwks_uri),
            provider.userinfo_endpoint.as_ref(),
            provider.end_session_endpoint.as_ref(),
        ];
        let good = |url: &String| url.starts_with("https://") || (!secret && url.starts_with("http://"));
        if endpoints.into_iter().flatten().all(good) {
            Ok(provider)
        } else {
            tracing::warn!("the provider names an endpoint without TLS");
            Err(broken())
        }
    }

    /// Buys the token that a code stands for.
    pub(super) async fn buy(
        &self,
        platform: &Platform,
        oidc: &OidcSettings,
        code: &str,
        verifier: &str,
        redirect_uri: &str,
    ) -> AppResult<Bought> {
        let mut fields = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", redirect_uri),
            ("code_verifier", verifier),
        ];
        let mut headers = HeaderMap::new();
        let (id, secret) = (&oidc.client_id, &oidc.client_secret.0);
        if secret.is_empty() {
            fields.push(("client_id", id));
        } else if self.takes_secret_in_form(oidc.authentication_method) {
            fields.extend([("client_id", id.as_str()), ("client_secret", secret)]);
        } else {
            let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
            let pair = STANDARD.encode(format!("{}:{}", encoded(id), encoded(secret)));
            let value = format!("Basic {pair}").parse().map_err(AppError::internal)?;
            headers.insert("authorization", value);
        }
        headers.insert("accept", "application/json".parse().map_err(AppError::internal)?);
        let (status, body) = platform
            .remote
            .post_form(&self.token_endpoint, &fields, headers, ANSWER_BYTES, PATIENCE)
            .await
            .map_err(|error| away(&error))?;
        if status != 200 {
            let said: Value = serde_json::from_slice(&body).unwrap_or_default();
            let error = said.get("error").and_then(Value::as_str).unwrap_or("none given");
            tracing::warn!(status, error, "the provider sells no token");
            return Err(if error == "invalid_grant" {
                AppError::Unauthenticated(
                    "The provider does not accept its code any more. Begin the log-in again.".into(),
                )
            } else {
                AppError::Upstream(
                    "The provider refuses this server. The reason is in this server's log.".into(),
                )
            });
        }
        serde_json::from_slice(&body).map_err(|_| broken())
    }

    fn takes_secret_in_form(&self, configured: u8) -> bool {
        let supported = &self.token_endpoint_auth_methods_supported;
        let has = |method: &str| supported.iter().any(|known| known == method);
        match configured {
            1 => false,
            2 => true,
            _ => has("client_secret_post") && !has("client_secret_basic"),
        }
    }

    /// The keys that sign its tokens; those of kinds that we do not know are left out.
    pub(super) async fn keys(&self, platform: &Platform) -> AppResult<Vec<Jwk>> {
        let found: Keys = fetch(platform, &self.jwks_uri, HeaderMap::new()).await?;
        let known = found
            .keys
            .into_iter()
            .filter_map(|key| serde_json::from_value::<Jwk>(key).ok());
        Ok(known
            .filter(|key| {
                key.common
                    .public_key_use
                    .as_ref()
                    .is_none_or(|used_for| *used_for == PublicKeyUse::Signature)
            })
            .collect())
    }

    /// What else it knows of the person, where it has a place to ask.
    pub(super) async fn user_info(
        &self,
        platform: &Platform,
        access_token: Option<&str>,
    ) -> AppResult<Option<Map<String, Value>>> {
        let (Some(url), Some(token)) = (&self.userinfo_endpoint, access_token) else {
            return Ok(None);
        };
        let mut headers = HeaderMap::new();
        let value = format!("Bearer {token}").parse().map_err(|_| broken())?;
        headers.insert("authorization", value);
        fetch(platform, url, headers).await.map(Some)
    }
}
