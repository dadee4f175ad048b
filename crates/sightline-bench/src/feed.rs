//! A feed fetched by the server from a directory: the whole way, as a background job.

use crate::generate;
use crate::report::Rate;
use crate::server::Server;
use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use sightline_db::{Access, Db, DbError, params};
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::{Duration, Instant};

/// A fetch that has not ended by then is stuck.
const PATIENCE: Duration = Duration::from_secs(1_800);
/// How often the job is looked at.
const POLL: Duration = Duration::from_millis(50);

/// Writes events with `attributes` attributes as a feed.
pub(crate) fn write(directory: &Path, seed: u64, attributes: usize) -> Result<()> {
    fs::create_dir_all(directory)?;
    let mut manifest = BufWriter::new(File::create(directory.join("manifest.json"))?);
    let mut separator = "{";
    for event in generate::events(seed, attributes) {
        fs::write(directory.join(format!("{}.json", event.uuid)), &event.bytes)?;
        write!(manifest, "{separator}\"{}\":", event.uuid)?;
        manifest.write_all(&event.manifest)?;
        separator = ",";
    }
    manifest.write_all(b"}")?;
    manifest.flush()?;
    Ok(())
}

/// Subscribes to the feed and fetches it. `db` is the server's database, for looking on.
pub(crate) fn fetch(server: &Server, db: &Db, directory: &Path, attributes: usize) -> Result<Rate> {
    let mut client = server.connect()?;
    let feed = json!({"Feed": {
        "name": "Bench", "provider": "Bench", "url": directory, "source_format": "misp", "input_source": "local",
        "enabled": true, "distribution": "3",
    }});
    let answer: Value = serde_json::from_slice(&client.post("/feeds/add", feed.to_string().as_bytes())?)?;
    let id = answer
        .pointer("/Feed/id")
        .and_then(Value::as_str)
        .context("the answer to feeds/add has no id")?;
    let before = count(db)?;
    let begun = Instant::now();
    client.get(&format!("/feeds/fetchFromFeed/{id}"))?;
    loop {
        std::thread::sleep(POLL);
        match last_job(db)?.as_str() {
            "done" => break,
            "queued" | "running" => ensure!(begun.elapsed() < PATIENCE, "the fetch does not end"),
            state => bail!("the fetch is {state}"),
        }
    }
    let spent = begun.elapsed();
    let added = usize::try_from(count(db)? - before)?;
    ensure!(
        added == attributes,
        "{added} of {attributes} attributes were fetched"
    );
    Ok(Rate { count: added, spent })
}

fn last_job(db: &Db) -> Result<String, DbError> {
    db.run_blocking(Access::Read, |tx| {
        let state = tx.first(
            "SELECT state FROM jobs ORDER BY id DESC LIMIT 1",
            params![],
            |row| row.text(0),
        )?;
        Ok(state.unwrap_or_else(|| "queued".into()))
    })
}

fn count(db: &Db) -> Result<i64, DbError> {
    db.run_blocking(Access::Read, |tx| {
        tx.int("SELECT COUNT(*) FROM attributes", params![])
    })
}
