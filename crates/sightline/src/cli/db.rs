//! `sightline db`: schema, backup, check. Works on a database that this version has not migrated yet.

use super::print::Printer;
use super::{PlaceFlags, quiet};
use crate::platform::{self, Place};
use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use sightline_core::Clock;
use sightline_db::{Access, Target, backup, health, migrations};
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(super) struct DbCommand {
    /// Print JSON
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Bring the schema up to date; `serve` does it by itself
    Migrate,
    /// Copy the SQLite database into a new file, also while the server runs, and check the copy
    Backup {
        /// The new file
        file: PathBuf,
    },
    /// Check the database for damage
    Check,
}

impl DbCommand {
    pub(super) fn run(self, flags: &PlaceFlags) -> Result<()> {
        let config = flags.load(None)?;
        quiet(&config)?;
        let place = flags.place(&config);
        let out = Printer::new(self.json);
        match self.action {
            Action::Migrate => migrate(&place, out),
            Action::Backup { file } => copy(&place, file, out),
            Action::Check => check(&place, out),
        }
    }
}

fn migrate(place: &Place, out: Printer) -> Result<()> {
    let ran = migrations::run(&platform::connect(place)?, Clock::system().now()).context("migration")?;
    let sentence = match ran.as_slice() {
        [] => "The schema is up to date.".to_owned(),
        ran => format!("Migrated: {}.", ran.join(", ")),
    };
    out.done(&sentence, [("migrated", ran.into())])
}

fn copy(place: &Place, file: PathBuf, out: Printer) -> Result<()> {
    let Target::Sqlite(database) = &place.target else {
        bail!("this instance keeps its data in PostgreSQL: back it up with pg_dump");
    };
    platform::must_exist(place)?;
    let file = std::path::absolute(file)?;
    backup::copy(database, &file).context("backup")?;
    let bytes = std::fs::metadata(&file)?.len();
    let sentence = format!("Copied to {} ({bytes} bytes) and checked.", file.display());
    out.done(
        &sentence,
        [
            ("file", file.display().to_string().into()),
            ("bytes", bytes.into()),
        ],
    )
}

fn check(place: &Place, out: Printer) -> Result<()> {
    platform::must_exist(place)?;
    let db = platform::connect(place)?;
    let problems = db.run_blocking(Access::Read, health::problems).context("check")?;
    if problems.is_empty() {
        return out.done("The database is whole.", [("problems", problems.into())]);
    }
    let sentence = problems.join("\n");
    let count = problems.len();
    out.done(&sentence, [("problems", problems.into())])?;
    bail!("the database is damaged ({count} problems): restore a backup")
}
