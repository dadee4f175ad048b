//! One run: set up, fill, measure the floors, then measure the server.

use crate::database::Engine;
use crate::report::{JsonRate, Measure, Rate, float, say};
use crate::server::{Launch, Server};
use crate::{copy, feed, generate, ingest, requests, scan, searches};
use anyhow::{Context, Result, ensure};
use sightline_core::ids::EventId;
use sightline_db::Db;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

const CLIENTS: usize = 16;
/// The seeds of what is added at different times, so that no uuid occurs twice.
const INGEST: u64 = 1;
const LARGE: u64 = 2;
const SMALL: u64 = 3;
const FETCH: u64 = 4;
const ADDS: u64 = 5;
/// What a server that has just started still does is over by then.
const SETTLE: Duration = Duration::from_secs(3);

/// The parts of a run that `--only` chooses from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Part {
    /// Start and idle memory.
    Start,
    /// Ingest against raw inserts.
    Ingest,
    /// The JSON of one large event.
    Event,
    /// Export of everything.
    Export,
    /// Searches of every kind.
    Search,
    /// Single adds by 16 clients.
    Adds,
    /// A feed fetched by the server.
    Fetch,
}

/// What to run.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) engine: Engine,
    /// Attributes to ingest and to export.
    pub(crate) attributes: usize,
    /// Attributes of the one large event.
    pub(crate) large: usize,
    /// Attributes of the feed that the server fetches.
    pub(crate) fetched: usize,
    /// How long the clients add.
    pub(crate) adding: Duration,
    pub(crate) only: Vec<Part>,
    pub(crate) binary: PathBuf,
}

impl Plan {
    fn wants(&self, part: Part) -> bool {
        self.only.is_empty() || self.only.contains(&part)
    }

    /// Runs it below `directory`.
    pub(crate) fn run(&self, directory: &Path) -> Result<Vec<Measure>> {
        let mut measures = Vec::new();
        let data = directory.join("server");
        let database = self.engine.create(&data)?;
        let feeds = directory.join("feeds");
        let launch = Launch {
            binary: &self.binary,
            data: &data,
            database: &database,
            feeds: feeds.clone(),
        };
        let db = database.open()?;
        let ctx = ingest::context(&db, &data)?;
        flushed()?;
        let ingested = ingest::add_all(&ctx, generate::events(INGEST, self.attributes), self.attributes)?;
        let spare = self.engine.create(&directory.join("floor"))?;
        if self.wants(Part::Ingest) {
            flushed()?;
            let floor = copy::floor(&db, &spare.open()?)?;
            measures.push(
                Measure::speed(
                    "feed ingest",
                    "attributes/s",
                    ingested.per_second(),
                    Some(floor.per_second()),
                )
                .at_least(20_000.0, Some(0.4)),
            );
        }
        if self.wants(Part::Start) {
            measures.extend(start(&launch)?);
        }
        let large = ingest::add(&ctx, &generate::event(LARGE, 1, self.large))?.id;
        if self.wants(Part::Event) || self.wants(Part::Export) {
            measures.extend(self.reading(&launch, &db, large)?);
        }
        if self.wants(Part::Search) {
            let all = self.attributes + self.large;
            measures.extend(searches::measure(&launch.start()?, &db, CLIENTS, all)?);
        }
        if self.wants(Part::Adds) {
            let bare = self.engine.create(&directory.join("adds"))?;
            let floor = copy::single_rows(&db, &bare.open()?, CLIENTS, self.adding)?;
            measures.extend(self.adds(&launch.start()?, floor)?);
        }
        if self.wants(Part::Fetch) {
            say("feed fetch by the server");
            feed::write(&feeds, FETCH, self.fetched)?;
            let server = launch.start()?;
            server.forget_peak()?;
            let fetched = feed::fetch(&server, &db, &feeds, self.fetched)?;
            measures.push(Measure::speed(
                "feed fetch by the server",
                "attributes/s",
                fetched.per_second(),
                None,
            ));
            measures
                .push(Measure::cost("peak memory, feed fetch", "MB", server.peak()?, None).at_most(150.0));
        }
        Ok(measures)
    }

    /// The large event and the export, against scans of the same rows, in turns: what disturbs one disturbs the other.
    fn reading(&self, launch: &Launch<'_>, db: &Db, large: EventId) -> Result<Vec<Measure>> {
        let mut measures = Vec::new();
        let server = launch.start()?;
        if self.wants(Part::Event) {
            let ask = || requests::event(&server, large, self.large);
            let (floor, answer) = in_turns(|| scan::of_event(db, large.0), ask)?;
            say(&bytes("event", answer.bytes, floor.bytes));
            let name = format!("event JSON of {} attributes", self.large);
            let floor = floor.rate.spent.as_secs_f64();
            measures.push(Measure::cost(
                name,
                "s",
                answer.rate.spent.as_secs_f64(),
                Some(floor),
            ));
        }
        if self.wants(Part::Export) {
            let everything = self.attributes + self.large;
            server.forget_peak()?;
            let (floor, answer) = in_turns(|| scan::all(db), || requests::export(&server, everything))?;
            say(&bytes("export", answer.bytes, floor.bytes));
            let name = format!("restSearch export of {everything}");
            let floor = floor.rate.per_second();
            measures.push(
                Measure::speed(name, "attributes/s", answer.rate.per_second(), Some(floor))
                    .at_least(250_000.0, Some(0.3)),
            );
            measures.push(Measure::cost("peak memory, export", "MB", server.peak()?, None).at_most(150.0));
        }
        Ok(measures)
    }

    fn adds(&self, server: &Server, floor: Rate) -> Result<Vec<Measure>> {
        say("single adds");
        let floor = Some(floor.per_second());
        let events = requests::new_events(server, CLIENTS, SMALL)?;
        let own = |n: usize| events.get(n).cloned().unwrap_or_default();
        let apart = requests::adds(server, CLIENTS, self.adding, ADDS, own)?;
        let together = requests::adds(server, CLIENTS, self.adding, ADDS + 1, |_| own(0))?;
        Ok(vec![
            Measure::speed("single adds, 16 clients", "requests/s", apart.per_second(), floor)
                .at_least(1_000.0, None),
            Measure::speed(
                "single adds, 16 clients, one event",
                "requests/s",
                together.per_second(),
                floor,
            ),
        ])
    }
}

/// Start on a database that is there, three times, and the memory of a server that does nothing.
fn start(launch: &Launch<'_>) -> Result<Vec<Measure>> {
    let mut starts = Vec::new();
    let mut idle = 0.0;
    for _ in 0..3 {
        let server = launch.start()?;
        starts.push(server.start);
        sleep(SETTLE);
        idle = server.memory()?;
    }
    starts.sort_unstable();
    let middle = starts.get(1).context("no starts")?.as_secs_f64() * 1_000.0;
    Ok(vec![
        Measure::cost("start", "ms", middle, None).at_most(300.0),
        Measure::cost("idle memory", "MB", idle, None).at_most(60.0),
    ])
}

/// Waits until nothing that was written before still waits for the disk: every step starts alike.
fn flushed() -> Result<()> {
    let status = Command::new("sync").status().context("sync")?;
    ensure!(status.success(), "sync: {status}");
    Ok(())
}

/// The fastest of three scans and the fastest of three answers; a first round only warms both.
fn in_turns(
    mut scan: impl FnMut() -> Result<JsonRate>,
    mut ask: impl FnMut() -> Result<JsonRate>,
) -> Result<(JsonRate, JsonRate)> {
    let (mut floors, mut answers) = (Vec::new(), Vec::new());
    for round in 0..4 {
        let (floor, answer) = (scan()?, ask()?);
        if round > 0 {
            floors.push(floor);
            answers.push(answer);
        }
    }
    let fastest = |all: Vec<JsonRate>| {
        all.into_iter()
            .min_by_key(|one| one.rate.spent)
            .context("no rounds")
    };
    Ok((fastest(floors)?, fastest(answers)?))
}

fn bytes(what: &str, answer: usize, floor: usize) -> String {
    format!(
        "{what}: {:.1} MB, its floor {:.1} MB",
        float(answer) / 1e6,
        float(floor) / 1e6
    )
}
