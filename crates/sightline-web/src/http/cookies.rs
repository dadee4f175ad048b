//! The few cookies: the session, the anti-forgery token of the log-in form, the theme, a message for the next page.

use axum::http::{HeaderMap, HeaderValue, header};

/// The session token.
pub(crate) const SESSION: &str = "sightline_session";
/// The anti-forgery token of the log-in form, before there is a session.
pub(crate) const LOGIN_TOKEN: &str = "sightline_login";
/// What a browser that has left for the log-in provider must bring back.
pub(crate) const OIDC_STATE: &str = "sightline_oidc";
/// The theme, set by a script.
pub(crate) const THEME: &str = "theme";
/// A message that the next page shows once.
pub(crate) const FLASH: &str = "sightline_flash";

/// Cookies as this server sets them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cookies {
    /// Only over TLS.
    pub(crate) secure: bool,
}

impl Cookies {
    /// The value of a request's cookie.
    pub(crate) fn get<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
        headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value)
    }

    /// `Set-Cookie` for a value that scripts cannot read.
    pub(crate) fn set(self, name: &str, value: &str) -> Option<HeaderValue> {
        let secure = if self.secure { "; Secure" } else { "" };
        HeaderValue::from_str(&format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}")).ok()
    }

    /// `Set-Cookie` that removes a value.
    pub(crate) fn remove(self, name: &str) -> Option<HeaderValue> {
        let secure = if self.secure { "; Secure" } else { "" };
        HeaderValue::from_str(&format!(
            "{name}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0{secure}"
        ))
        .ok()
    }
}
