//! `sightline user`: people, also when nobody can log in any more.

use super::print::Printer;
use anyhow::{Result, anyhow};
use clap::{Args, Subcommand};
use serde_json::{Map, Value};
use sightline_app::{Ctx, organisations, roles, users};
use sightline_core::clock::datetime_of;

#[derive(Debug, Args)]
pub(super) struct User {
    /// Print JSON
    #[arg(long, global = true)]
    pub(super) json: bool,
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List users
    List,
    /// Add a user; prints the password and a first API key, once
    Add {
        /// E-mail address
        email: String,
        /// Organisation, by name, number or uuid [default: the one that runs this instance]
        #[arg(long)]
        org: Option<String>,
        /// Role, by name or number [default: the default role]
        #[arg(long)]
        role: Option<String>,
    },
    /// Change a user
    Edit {
        /// E-mail address or number
        user: String,
        /// New e-mail address
        #[arg(long)]
        email: Option<String>,
        /// Organisation, by name, number or uuid
        #[arg(long)]
        org: Option<String>,
        /// Role, by name or number
        #[arg(long)]
        role: Option<String>,
        /// Let the user in again
        #[arg(long)]
        enable: bool,
    },
    /// Lock a user out: sessions end, keys stop working
    Disable {
        /// E-mail address or number
        user: String,
    },
    /// Make a new password, to be changed at the next log-in; prints it, once
    ResetPassword {
        /// E-mail address or number
        user: String,
    },
}

impl User {
    pub(super) async fn run(self, ctx: Ctx, out: Printer) -> Result<()> {
        match self.action {
            Action::List => list(&ctx, out).await,
            Action::Add { email, org, role } => add(&ctx, out, email, org, role).await,
            Action::Edit {
                user,
                email,
                org,
                role,
                enable,
            } => {
                let mut body = placed(&ctx, org, role).await?;
                body.extend(email.map(|email| ("email".into(), email.into())));
                body.extend(enable.then(|| ("disabled".into(), false.into())));
                let view = edit(&ctx, &user, body).await?;
                out.done(&format!("User {} is changed.", view.user.email), fields(&view))
            }
            Action::Disable { user } => {
                let view = edit(&ctx, &user, Map::from_iter([("disabled".into(), true.into())])).await?;
                out.done(&format!("User {} is locked out.", view.user.email), fields(&view))
            }
            Action::ResetPassword { user } => reset_password(&ctx, out, &user).await,
        }
    }
}

async fn list(ctx: &Ctx, out: Printer) -> Result<()> {
    let (found, _) = users::index(ctx, users::Filter::default(), None, 0).await?;
    let rows = found
        .into_iter()
        .map(|users::Listed { user, role, org }| {
            let seen = user.current_login.max(user.last_api_access);
            [
                user.id.0.into(),
                user.email.into(),
                org.name.into(),
                role.name.into(),
                user.disabled.into(),
                (seen != 0).then(|| datetime_of(seen)).into(),
            ]
        })
        .collect();
    out.rows(["id", "email", "org", "role", "disabled", "last_seen"], rows)
}

async fn add(
    ctx: &Ctx,
    out: Printer,
    email: String,
    org: Option<String>,
    role: Option<String>,
) -> Result<()> {
    let mut body = placed(ctx, org, role).await?;
    body.insert("email".into(), email.into());
    let added = users::add(ctx, serde_json::from_value(Value::Object(body))?).await?;
    out.record([
        ("id", added.view.user.id.0.into()),
        ("email", added.view.user.email.into()),
        ("org", added.view.org.name.into()),
        ("role", added.view.role.name.into()),
        ("password", added.password.into()),
        ("key", added.key.into()),
    ])
}

async fn reset_password(ctx: &Ctx, out: Printer, user: &str) -> Result<()> {
    let (view, password) = users::reset_password(ctx, users::find(ctx, user).await?).await?;
    out.record([("email", view.user.email.into()), ("password", password.into())])
}

async fn edit(ctx: &Ctx, user: &str, body: Map<String, Value>) -> Result<users::UserView> {
    let id = users::find(ctx, user).await?;
    Ok(users::edit(ctx, id, serde_json::from_value(Value::Object(body))?).await?)
}

/// The part of a body that says where a user belongs, with the names looked up.
async fn placed(ctx: &Ctx, org: Option<String>, role: Option<String>) -> Result<Map<String, Value>> {
    let mut body = Map::new();
    if let Some(org) = org {
        body.insert(
            "org_id".into(),
            organisations::view(ctx, &org).await?.org.id.0.into(),
        );
    }
    if let Some(role) = role {
        let is_it =
            |known: &roles::Role| known.name.eq_ignore_ascii_case(&role) || known.id.to_string() == role;
        let known = roles::all(ctx).await?.into_iter().find(is_it);
        let known = known.ok_or_else(|| anyhow!("there is no role `{role}`"))?;
        body.insert("role_id".into(), known.id.0.into());
    }
    Ok(body)
}

fn fields(view: &users::UserView) -> [(&'static str, Value); 5] {
    [
        ("id", view.user.id.0.into()),
        ("email", view.user.email.clone().into()),
        ("org", view.org.name.clone().into()),
        ("role", view.role.name.clone().into()),
        ("disabled", view.user.disabled.into()),
    ]
}
