//! Which ways in the log-in page offers, and what somebody who came in another way than by password can do here.

use super::credentials::local_passwords;
use crate::Ctx;
use crate::settings::Settings;
use sightline_core::{AppError, AppResult};
use sightline_db::users::{self, User};

/// What the log-in page shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ways {
    /// A form for a name and a password.
    pub form: bool,
    /// What people type there need not be an e-mail address.
    pub any_name: bool,
    /// The OpenID Connect provider.
    pub oidc: Option<String>,
    /// The proxy that everybody has to come through.
    pub header: Option<String>,
}

impl Ways {
    /// By the present settings.
    pub fn of(settings: &Settings) -> Self {
        if settings.header_login.enabled && settings.header_login.required {
            return Self {
                header: Some(settings.header_login.name.clone()),
                ..Self::default()
            };
        }
        let ldap = settings.ldap.is_on();
        Self {
            form: ldap || local_passwords(settings),
            any_name: ldap,
            oidc: settings.oidc.is_on().then(|| settings.oidc.name.clone()),
            header: None,
        }
    }
}

/// Where somebody goes who logs out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Exit {
    /// To the log-in page.
    Here,
    /// The proxy's own log-out: its name and address.
    Proxy(String, String),
    /// The OpenID Connect provider's log-out: its name.
    Provider(String),
}

async fn user(ctx: &Ctx) -> AppResult<Option<User>> {
    let id = ctx.caller.user_id;
    ctx.read(move |_, tx| Ok(users::by_id(tx, id)?)).await
}

fn comes_by_header(settings: &Settings, user: &User) -> bool {
    settings.header_login.enabled && user.external_auth_required
}

/// How the caller leaves; `Forbidden` when the proxy keeps its users in.
pub async fn exit(ctx: &Ctx) -> AppResult<Exit> {
    let settings = ctx.settings();
    let Some(user) = user(ctx).await? else {
        return Ok(Exit::Here);
    };
    let header = &settings.header_login;
    if comes_by_header(&settings, &user) {
        if header.disable_logout {
            return Err(AppError::Forbidden(format!(
                "You are logged in by {}. Log out there.",
                header.name
            )));
        }
        return Ok(if header.logout_url.is_empty() {
            Exit::Here
        } else {
            Exit::Proxy(header.name.clone(), header.logout_url.clone())
        });
    }
    Ok(if settings.oidc.is_on() && user.sub.is_some() {
        Exit::Provider(settings.oidc.name.clone())
    } else {
        Exit::Here
    })
}

/// `Refused` for somebody whose password is kept elsewhere.
pub(crate) fn require_own_password(settings: &Settings, user: &User) -> AppResult<()> {
    let header = &settings.header_login;
    if !comes_by_header(settings, user) {
        return Ok(());
    }
    Err(AppError::Refused(if header.password_url.is_empty() {
        format!("Your password is kept by {}. Change it there.", header.name)
    } else {
        format!(
            "Your password is kept by {}. Change it there: {}",
            header.name, header.password_url
        )
    }))
}
