//! The command line: one file for each command. A command reads its flags, calls the application as the platform,
//! and prints.

mod authkey;
mod config;
mod db;
mod event;
mod feed;
mod init;
mod job;
mod knowledge;
mod org;
mod print;
mod search;
mod serve;
#[cfg(test)]
mod tests;
mod user;
mod work;

use crate::config::{Config, LogConfig, Sources, load};
use crate::platform::{self, Place};
use crate::telemetry;
use anyhow::{Context, Result};
use clap::{Args, Parser, Subcommand};
use print::Printer;
use sightline_app::Ctx;
use std::io::{Write, stderr};
use std::path::PathBuf;
use std::process::ExitCode;

/// Threads for blocking work (password hashes, files) at most: each hash takes some 20 MB while it runs.
const BLOCKING_THREADS: usize = 16;
/// Threads that answer requests, at most; the database has threads of its own.
const WORKER_THREADS: usize = 8;

/// Sightline: a threat-intelligence platform that speaks MISP.
#[derive(Debug, Parser)]
#[command(name = "sightline", version, max_term_width = 100, propagate_version = true)]
struct Cli {
    #[command(flatten)]
    place: PlaceFlags,
    #[command(subcommand)]
    command: Command,
}

/// Where the data and the configuration are.
#[derive(Clone, Debug, Args)]
struct PlaceFlags {
    /// Directory of the data: the SQLite database, attachments, and sightline.toml
    #[arg(long, global = true, value_name = "DIR", default_value = "./data")]
    data: PathBuf,
    /// PostgreSQL database, as postgres://USER:PASSWORD@HOST/NAME [default: SQLite in the data directory]
    #[arg(long, global = true, value_name = "URL")]
    database: Option<String>,
    /// Configuration [default: sightline.toml in the data directory, if it exists]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server
    Serve(serve::Serve),
    /// Create the database, the roles, the first organisation and the administrator, without running the server
    Init(init::Init),
    /// Users
    User(user::User),
    /// Organisations
    Org(org::Org),
    /// API keys
    Authkey(authkey::Authkey),
    /// Feeds
    Feed(feed::Feed),
    /// Events
    Event(event::Event),
    /// Searches
    Search(search::Search),
    /// Taxonomies, galaxies and warninglists
    Knowledge(knowledge::Knowledge),
    /// Background jobs
    Job(job::Job),
    /// The configuration in force
    Config(config::ConfigCommand),
    /// The database itself: schema, backup, check
    Db(db::DbCommand),
}

/// Reads the command line and runs it. 0: done, 1: it failed, 2: the command line itself is wrong.
pub(crate) fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nobody is left to tell when standard error is closed.
            let _ = writeln!(stderr(), "error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> Result<()> {
    let place = cli.place;
    match cli.command {
        Command::Serve(serve) => serve.run(&place),
        Command::Config(command) => command.run(&place),
        Command::Init(init) => init.run(&place),
        Command::Db(command) => command.run(&place),
        Command::User(command) => with_platform(&place, command.json, |ctx, out, _| command.run(ctx, out)),
        Command::Org(command) => with_platform(&place, command.json, |ctx, out, _| command.run(ctx, out)),
        Command::Authkey(command) => with_platform(&place, command.json, |ctx, out, _| command.run(ctx, out)),
        Command::Feed(command) => with_platform(&place, command.json, |ctx, out, place| {
            command.run(ctx, out, place)
        }),
        Command::Knowledge(command) => with_platform(&place, command.json, |ctx, out, place| {
            command.run(ctx, out, place)
        }),
        Command::Event(command) => with_platform(&place, command.json, |ctx, out, _| command.run(ctx, out)),
        Command::Search(command) => with_platform(&place, command.json, |ctx, out, _| command.run(ctx, out)),
        Command::Job(command) => with_platform(&place, command.json, |ctx, out, _| command.run(ctx, out)),
    }
}

impl PlaceFlags {
    /// The configuration in force for these flags.
    fn load(&self, listen: Option<String>) -> Result<Config> {
        load(&Sources {
            data: self.data.clone(),
            file: self.config.clone(),
            environment: Sources::environment()?,
            listen,
            database: self.database.clone(),
        })
    }

    fn place(&self, config: &Config) -> Place {
        Place::new(&self.data, &config.database.url)
    }
}

/// Runs a command on an instance that exists, as the platform itself.
fn with_platform<F>(
    flags: &PlaceFlags,
    json: bool,
    command: impl FnOnce(Ctx, Printer, Place) -> F,
) -> Result<()>
where
    F: Future<Output = Result<()>>,
{
    let config = flags.load(None)?;
    quiet(&config)?;
    let place = flags.place(&config);
    let platform = platform::open(&config, &place)?;
    runtime()?.block_on(command(Ctx::platform(platform), Printer::new(json), place))
}

/// A command's output is its answer: of the log only what went wrong.
fn quiet(config: &Config) -> Result<()> {
    telemetry::log(&LogConfig {
        level: "warn".into(),
        ..config.log.clone()
    })
}

fn runtime() -> Result<tokio::runtime::Runtime> {
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(cores.clamp(2, WORKER_THREADS))
        .max_blocking_threads(BLOCKING_THREADS)
        .enable_all()
        .build()
        .context("no threads")
}
