//! What clients ask of the server: single adds, one large event, an export of everything.

use crate::generate::{self, Rng};
use crate::report::{JsonRate, Rate};
use crate::server::Server;
use anyhow::{Context, Result, ensure};
use memchr::memmem::Finder;
use serde_json::{Value, json};
use sightline_core::ids::EventId;
use std::time::{Duration, Instant};

/// What occurs once in every attribute of an answer.
const ONCE: &[u8] = b"\"object_relation\":";

/// Counts the attributes of a JSON that passes in parts.
struct Counter {
    finder: Finder<'static>,
    /// The end of the part before, which may hold the beginning of a match.
    tail: Vec<u8>,
    count: usize,
    bytes: usize,
}

impl Counter {
    fn new() -> Self {
        Self {
            finder: Finder::new(ONCE),
            tail: Vec::new(),
            count: 0,
            bytes: 0,
        }
    }

    fn take(&mut self, part: &[u8]) {
        let overlap = ONCE.len() - 1;
        self.bytes += part.len();
        // Only matches across the border: those within the part are found below.
        let border: Vec<u8> = self
            .tail
            .iter()
            .chain(part.iter().take(overlap))
            .copied()
            .collect();
        self.count += self.finder.find_iter(&border).count();
        self.count += self.finder.find_iter(part).count();
        let keep = if part.len() >= overlap { part } else { &border };
        self.tail = keep.iter().rev().take(overlap).rev().copied().collect();
    }
}

/// The JSON of one event with so many attributes.
pub(crate) fn event(server: &Server, id: EventId, attributes: usize) -> Result<JsonRate> {
    read(server, "GET", &format!("/events/view/{}", id.0), b"", attributes)
}

/// Every attribute there is.
pub(crate) fn export(server: &Server, attributes: usize) -> Result<JsonRate> {
    read(
        server,
        "POST",
        "/attributes/restSearch",
        br#"{"returnFormat":"json"}"#,
        attributes,
    )
}

fn read(server: &Server, method: &str, path: &str, json: &[u8], attributes: usize) -> Result<JsonRate> {
    let mut client = server.connect()?;
    let mut counter = Counter::new();
    let begun = Instant::now();
    client.request(method, path, json, |part| counter.take(part))?;
    let spent = begun.elapsed();
    ensure!(
        counter.count == attributes,
        "{path} answers {} of {attributes} attributes in {} bytes",
        counter.count,
        counter.bytes
    );
    Ok(JsonRate {
        rate: Rate {
            count: counter.count,
            spent,
        },
        bytes: counter.bytes,
    })
}

/// Clients that add one attribute per request for a while, each to the event that `event_of` names.
pub(crate) fn adds(
    server: &Server,
    clients: usize,
    length: Duration,
    seed: u64,
    event_of: impl Fn(usize) -> String + Sync,
) -> Result<Rate> {
    let begun = Instant::now();
    let counts: Vec<Result<usize>> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..clients)
            .map(|n| {
                let path = format!("/attributes/add/{}", event_of(n));
                scope.spawn(move || {
                    let mut client = server.connect()?;
                    let mut rng = Rng::of(seed, u64::try_from(n)?);
                    let mut done = 0;
                    while begun.elapsed() < length {
                        let value = format!("{}.{}.example", rng.hex(8), rng.hex(6));
                        let body = json!({"type": "domain", "category": "Network activity", "value": value});
                        client.post(&path, body.to_string().as_bytes())?;
                        done += 1;
                    }
                    Ok(done)
                })
            })
            .collect();
        workers
            .into_iter()
            .map(|worker| worker.join().unwrap_or(Ok(0)))
            .collect()
    });
    Ok(Rate {
        count: counts.into_iter().sum::<Result<usize>>()?,
        spent: begun.elapsed(),
    })
}

/// Events for the clients to add to; their ids.
pub(crate) fn new_events(server: &Server, count: usize, seed: u64) -> Result<Vec<String>> {
    let mut client = server.connect()?;
    (0..count)
        .map(|n| {
            let event = generate::event(seed, u64::try_from(n)?, 10);
            let answer: Value = serde_json::from_slice(&client.post("/events/add", &event.bytes)?)?;
            let id = answer
                .pointer("/Event/id")
                .and_then(Value::as_str)
                .context("events/add answers no id")?;
            Ok(id.to_owned())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_counted_wherever_the_parts_end() {
        let text = br#"[{"object_relation":null},{"object_relation":"a"},{"object_relation":null}]"#;
        for size in 1..text.len() {
            let mut counter = Counter::new();
            text.chunks(size).for_each(|part| counter.take(part));
            assert_eq!(
                (counter.count, counter.bytes),
                (3, text.len()),
                "in parts of {size}"
            );
        }
    }
}
