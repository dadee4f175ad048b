//! `sightline org`: organisations.

use super::print::Printer;
use anyhow::Result;
use clap::{Args, Subcommand};
use serde_json::json;
use sightline_app::Ctx;
use sightline_app::organisations::{self, Described, Scope};

#[derive(Debug, Args)]
pub(super) struct Org {
    /// Print JSON
    #[arg(long, global = true)]
    pub(super) json: bool,
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List organisations
    List {
        /// Also those that are only known from data
        #[arg(long)]
        all: bool,
    },
    /// Add an organisation
    Add {
        /// Its name
        name: String,
        /// Its uuid elsewhere [default: a new one]
        #[arg(long)]
        uuid: Option<String>,
        /// What it is
        #[arg(long)]
        description: Option<String>,
        /// It has no users here; it only creates data
        #[arg(long)]
        external: bool,
    },
}

impl Org {
    pub(super) async fn run(self, ctx: Ctx, out: Printer) -> Result<()> {
        match self.action {
            Action::List { all } => list(&ctx, out, if all { Scope::All } else { Scope::Local }).await,
            Action::Add {
                name,
                uuid,
                description,
                external,
            } => {
                let body =
                    json!({"name": name, "uuid": uuid, "description": description, "local": !external});
                let org = organisations::add(&ctx, serde_json::from_value(body)?).await?;
                out.done(
                    &format!("Organisation {} is added: {}.", org.id, org.name),
                    [
                        ("id", org.id.0.into()),
                        ("uuid", org.uuid.to_string().into()),
                        ("name", org.name.clone().into()),
                    ],
                )
            }
        }
    }
}

async fn list(ctx: &Ctx, out: Printer, scope: Scope) -> Result<()> {
    let (found, _) = organisations::index(ctx, scope, None, None, 0).await?;
    let rows = found
        .into_iter()
        .map(|Described { org, user_count, .. }| {
            [
                org.id.0.into(),
                org.uuid.to_string().into(),
                org.name.into(),
                org.local.into(),
                user_count.into(),
            ]
        })
        .collect();
    out.rows(["id", "uuid", "name", "local", "users"], rows)
}
