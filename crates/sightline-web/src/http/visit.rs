//! Who looks at a page: a visitor with a session, or a stranger at the log-in form.

use super::cookies::{Cookies, FLASH, THEME};
use crate::layout::{Flash, FlashKind, Frame, Nav, Theme, UserBadge};
use axum::http::HeaderMap;
use sightline_app::Ctx;
use sightline_app::login::Before;
use sightline_core::Permission;

/// A page request of a logged-in user.
#[derive(Clone, Debug)]
pub(crate) struct Visit {
    /// The caller and the platform.
    pub(crate) ctx: Ctx,
    /// The anti-forgery token of the session.
    pub(crate) csrf: String,
    /// What has to be done before anything else.
    pub(crate) before: Option<Before>,
    /// The session's token, to keep this session when others end.
    pub(crate) token: String,
    /// What the top bar says of the user.
    pub(crate) badge: UserBadge,
    /// The nonce of this answer's content security policy.
    pub(crate) nonce: String,
    /// The chosen theme.
    pub(crate) theme: Theme,
    /// A message from the page before.
    pub(crate) flash: Option<Flash>,
    /// Whether a script asked for a part of a page.
    pub(crate) partial: bool,
    /// How cookies are set.
    pub(crate) cookies: Cookies,
}

impl Visit {
    /// The frame of a page.
    pub(crate) fn frame(&self, title: impl Into<String>, nav: Nav) -> Frame {
        Frame {
            title: title.into(),
            instance: INSTANCE.into(),
            version: env!("CARGO_PKG_VERSION").into(),
            csp_nonce: self.nonce.clone(),
            csrf_token: self.csrf.clone(),
            theme: self.theme,
            nav,
            // Who has not proved who they are is shown nothing of the account.
            user: Some(self.badge.clone()).filter(|_| self.before != Some(Before::Otp)),
            flashes: self.flash.clone().into_iter().collect(),
            notifications: self.badge.waiting,
            search: String::new(),
        }
    }

    /// The same browser after its session has ended.
    pub(crate) fn as_stranger(&self) -> Stranger {
        Stranger {
            nonce: self.nonce.clone(),
            theme: self.theme,
            token: String::new(),
        }
    }

    /// Whether the caller may.
    pub(crate) fn may(&self, permission: Permission) -> bool {
        self.ctx.caller.may(permission)
    }
}

/// What the pages call this installation.
const INSTANCE: &str = "Sightline";

/// A page request without a session.
#[derive(Clone, Debug)]
pub(crate) struct Stranger {
    /// The nonce of this answer's content security policy.
    pub(crate) nonce: String,
    /// The chosen theme.
    pub(crate) theme: Theme,
    /// The anti-forgery token of the log-in form.
    pub(crate) token: String,
}

impl Stranger {
    /// The frame of a page without navigation.
    pub(crate) fn frame(&self, title: impl Into<String>) -> Frame {
        Frame {
            title: title.into(),
            instance: INSTANCE.into(),
            version: env!("CARGO_PKG_VERSION").into(),
            csp_nonce: self.nonce.clone(),
            csrf_token: self.token.clone(),
            theme: self.theme,
            ..Frame::default()
        }
    }
}

/// The theme that the browser's cookie names.
pub(super) fn theme(headers: &HeaderMap) -> Theme {
    Theme::from_cookie(Cookies::get(headers, THEME))
}

/// The message that the page before left.
pub(super) fn flash(headers: &HeaderMap) -> Option<Flash> {
    let (kind, text) = Cookies::get(headers, FLASH)?.split_once('.')?;
    let kind = match kind {
        "ok" => FlashKind::Success,
        "warning" => FlashKind::Warning,
        "error" => FlashKind::Error,
        _ => FlashKind::Info,
    };
    let text: String = form_urlencoded::parse(format!("t={text}").as_bytes())
        .next()?
        .1
        .into_owned();
    Some(Flash { kind, text })
}
