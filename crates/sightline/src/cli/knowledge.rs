//! `sightline knowledge`: loading taxonomies, galaxies and warninglists, with or without a running server.

use super::print::Printer;
use super::work::run_or_leave;
use crate::platform::Place;
use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use sightline_app::Ctx;
use sightline_app::knowledge::{Library, request_update};
use std::path::Path;

#[derive(Debug, Args)]
pub(super) struct Knowledge {
    /// Print JSON
    #[arg(long, global = true)]
    pub(super) json: bool,
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Load what is new: here and now, or by the server that runs on this data directory
    Update {
        /// A folder, an archive, or an address of one, in place of the configured sources
        #[arg(long, value_name = "DIR|ARCHIVE|URL")]
        from: Option<String>,
        /// Only this kind: taxonomies, galaxies or warninglists; may be repeated
        #[arg(long = "kind", value_name = "KIND", value_parser = library)]
        kinds: Vec<Library>,
    },
}

fn library(name: &str) -> Result<Library, String> {
    Library::parse(name).ok_or_else(|| "the kinds are taxonomies, galaxies and warninglists".to_owned())
}

impl Knowledge {
    pub(super) async fn run(self, ctx: Ctx, out: Printer, place: Place) -> Result<()> {
        let Action::Update { from, kinds } = self.action;
        let from = from.map(absolute).transpose()?;
        let job = request_update(&ctx, &kinds, from).await?;
        run_or_leave(&ctx, out, &place, &[job]).await
    }
}

/// A running server has another working directory.
fn absolute(from: String) -> Result<String> {
    if from.starts_with("http://") || from.starts_with("https://") {
        return Ok(from);
    }
    let path = Path::new(&from).canonicalize().with_context(|| from.clone())?;
    path.into_os_string()
        .into_string()
        .map_err(|_| anyhow::anyhow!("{from}: the path is not UTF-8"))
}
