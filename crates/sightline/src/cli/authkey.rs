//! `sightline authkey`: API keys.

use super::print::Printer;
use anyhow::Result;
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use sightline_app::auth_keys::{self, Listed, Wanted};
use sightline_app::{Ctx, users};
use sightline_core::clock::{date_of, datetime_of};

#[derive(Debug, Args)]
pub(super) struct Authkey {
    /// Print JSON
    #[arg(long, global = true)]
    pub(super) json: bool,
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List keys; of a key only its ends are known
    List {
        /// Only this user's: e-mail address or number
        #[arg(long)]
        user: Option<String>,
    },
    /// Make a key; prints it, once
    Add {
        /// The user: e-mail address or number
        user: String,
        /// What it is for
        #[arg(long)]
        comment: Option<String>,
        /// It may only read
        #[arg(long)]
        read_only: bool,
        /// Last day on which it works, as YYYY-MM-DD
        #[arg(long)]
        expiration: Option<String>,
        /// Address or network from which it works; may be repeated
        #[arg(long)]
        allowed_ip: Vec<String>,
    },
    /// Remove a key, which stops working at once
    Delete {
        /// The key's number or uuid
        key: String,
    },
}

impl Authkey {
    pub(super) async fn run(self, ctx: Ctx, out: Printer) -> Result<()> {
        match self.action {
            Action::List { user } => list(&ctx, out, user).await,
            Action::Add {
                user,
                comment,
                read_only,
                expiration,
                allowed_ip,
            } => {
                let body = json!({
                    "comment": comment,
                    "read_only": read_only,
                    "expiration": expiration,
                    "allowed_ips": allowed_ip,
                });
                let owner = users::find(&ctx, &user).await?;
                let made = auth_keys::add(&ctx, owner, serde_json::from_value(body)?).await?;
                out.record([
                    ("id", made.key.id.0.into()),
                    ("uuid", made.key.uuid.to_string().into()),
                    ("expiration", end(made.key.expiration)),
                    ("key", made.raw.into()),
                ])
            }
            Action::Delete { key } => {
                let id = auth_keys::delete(&ctx, &key).await?;
                out.done(&format!("Key {id} is gone."), [("id", id.0.into())])
            }
        }
    }
}

async fn list(ctx: &Ctx, out: Printer, user: Option<String>) -> Result<()> {
    let user = match user {
        Some(user) => Some(users::find(ctx, &user).await?),
        None => None,
    };
    let (found, _) = auth_keys::index(
        ctx,
        Wanted {
            user,
            ..Wanted::default()
        },
        None,
        0,
    )
    .await?;
    let rows = found
        .into_iter()
        .map(|Listed { key, email }| {
            [
                key.id.0.into(),
                format!("{}…{}", key.authkey_start, key.authkey_end).into(),
                email.into(),
                key.read_only.into(),
                end(key.expiration),
                (key.last_used != 0).then(|| datetime_of(key.last_used)).into(),
                key.comment.into(),
            ]
        })
        .collect();
    out.rows(
        [
            "id",
            "key",
            "user",
            "read_only",
            "expiration",
            "last_used",
            "comment",
        ],
        rows,
    )
}

/// The day on which a key ends; nothing for never.
fn end(expiration: i64) -> Value {
    if expiration == 0 {
        Value::Null
    } else {
        date_of(expiration).into()
    }
}
