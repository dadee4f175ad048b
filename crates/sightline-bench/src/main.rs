//! Benches of the whole product, each against what the engine does by itself in the same run (`docs/performance.md`).

mod compare;
mod copy;
mod database;
mod feed;
mod generate;
mod http;
mod ingest;
mod report;
mod requests;
mod run;
mod scan;
mod searches;
mod server;
mod warninglists;

use anyhow::{Context, Result};
use clap::{Args, Parser, Subcommand, ValueEnum};
use database::Engine;
use run::{Part, Plan};
use std::io::{Write, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

#[derive(Debug, Parser)]
#[command(name = "sightline-bench", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Measure one engine
    Run(Run),
    /// Compare the figures of two runs
    Compare(Compare),
    /// Write generated events as a MISP feed
    Feed(Feed),
    /// Measure the matching of warninglists
    Warninglists(Warninglists),
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum EngineName {
    Sqlite,
    Postgres,
}

#[derive(Debug, Args)]
struct Run {
    /// The engine to measure
    #[arg(long)]
    engine: EngineName,
    /// Attributes to ingest and to export
    #[arg(long, default_value_t = 1_000_000)]
    attributes: usize,
    /// Where to write the figures
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// A superuser of the PostgreSQL server, as postgres://USER:PASSWORD@HOST/NAME; the run makes its own databases
    #[arg(long, value_name = "URL", required_if_eq("engine", "postgres"))]
    database: Option<String>,
    /// Directory for databases and feeds; what the run leaves there is kept [default: a temporary one]
    #[arg(long)]
    dir: Option<PathBuf>,
    /// Measure only this part; may be repeated
    #[arg(long)]
    only: Vec<Part>,
    /// Small and fast, to see that everything works: 20,000 attributes
    #[arg(long)]
    quick: bool,
    /// The server [default: `sightline` beside this program]
    #[arg(long, value_name = "FILE")]
    server_binary: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct Compare {
    /// What an earlier run wrote
    before: PathBuf,
    /// What a later run wrote
    after: PathBuf,
}

#[derive(Debug, Args)]
struct Feed {
    /// Directory to write to
    directory: PathBuf,
    /// Attributes of all events together
    #[arg(long, default_value_t = 20_000)]
    attributes: usize,
    /// Another seed makes other events
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

#[derive(Debug, Args)]
struct Warninglists {
    /// Directory with the lists, as `lists/<name>/list.json`, at any depth
    directory: PathBuf,
    /// Values to look up, one a line
    values: PathBuf,
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Run(run) => run.run(),
        Command::Compare(files) => compare::table(&files.before, &files.after).and_then(|text| print(&text)),
        Command::Feed(feed) => feed::write(&feed.directory, feed.seed, feed.attributes),
        Command::Warninglists(bench) => warninglists::measure(&bench.directory, &bench.values),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report::say(&format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

impl Run {
    fn run(self) -> Result<()> {
        let temporary = tempfile::tempdir().context("a temporary directory")?;
        let directory = self.dir.as_deref().unwrap_or(temporary.path());
        let measures = self.plan()?.run(directory)?;
        if let Some(file) = &self.json {
            std::fs::write(file, serde_json::to_vec_pretty(&measures)?)
                .with_context(|| format!("writing {}", file.display()))?;
        }
        print(&report::table(&measures))
    }

    fn plan(&self) -> Result<Plan> {
        let engine = match (self.engine, &self.database) {
            (EngineName::Sqlite, _) => Engine::Sqlite,
            (EngineName::Postgres, url) => Engine::Postgres(url.clone().context("--database is missing")?),
        };
        let attributes = if self.quick { 20_000 } else { self.attributes };
        let binary = match &self.server_binary {
            Some(binary) => binary.clone(),
            None => beside(&std::env::current_exe()?),
        };
        Ok(Plan {
            engine,
            attributes,
            large: if self.quick { 5_000 } else { 100_000 },
            fetched: attributes.min(200_000),
            adding: Duration::from_secs(if self.quick { 2 } else { 10 }),
            only: self.only.clone(),
            binary,
        })
    }
}

fn print(text: &str) -> Result<()> {
    stdout().write_all(text.as_bytes()).context("standard output")
}

fn beside(program: &Path) -> PathBuf {
    program.with_file_name("sightline")
}
