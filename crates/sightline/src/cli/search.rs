//! `sightline search`: how searches are answered.

use super::print::Printer;
use anyhow::{Context, Result};
use clap::{Args, Subcommand, ValueEnum};
use serde_json::Value;
use sightline_app::{Ctx, search};
use sightline_query::Scope;

#[derive(Debug, Args)]
pub(super) struct Search {
    /// Print JSON
    #[arg(long, global = true)]
    pub(super) json: bool,
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Show how a restSearch would be answered: its conditions, the index it takes, the statement, the rows expected
    Explain {
        /// What is searched
        scope: Searched,
        /// The parameters, as JSON: '{"value": "%.example.com", "limit": 100}'
        parameters: String,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Searched {
    Events,
    Attributes,
}

impl Search {
    pub(super) async fn run(self, ctx: Ctx, out: Printer) -> Result<()> {
        let Action::Explain { scope, parameters } = self.action;
        let scope = match scope {
            Searched::Events => Scope::Event,
            Searched::Attributes => Scope::Attribute,
        };
        let body: Value = serde_json::from_str(&parameters).context("the parameters are not JSON")?;
        let found = search::explain(&ctx, scope, body).await?;
        let index = found
            .way
            .index
            .unwrap_or_else(|| "none: every row is read".into());
        let indented = |text: &str| text.lines().map(|line| format!("\n  {line}")).collect::<String>();
        let (tree, engine) = if out.is_json() {
            (found.tree.into(), found.way.engine.into())
        } else {
            let engine = indented(&found.way.engine.join("\n"));
            (Value::from(indented(&found.tree)), Value::from(engine))
        };
        out.record([
            ("conditions", tree),
            ("index", index.into()),
            (
                "rows",
                found
                    .way
                    .rows
                    .map_or_else(|| "not counted, or many".into(), Value::from),
            ),
            ("statement", found.way.statement.into()),
            ("engine", engine),
        ])
    }
}
