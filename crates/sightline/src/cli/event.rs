//! `sightline event`: events without a browser.

use super::print::Printer;
use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use serde_json::Value;
use sightline_api::request::{decode_value, unwrap};
use sightline_app::Ctx;
use sightline_app::events::document::{CHUNK_BYTES, EventDocument, Options};
use sightline_app::events::{self, EventKey};
use sightline_core::AppError;
use sightline_core::limits::PAGE_ROWS;
use sightline_misp::input::EventIn;
use sightline_query::{EventIndex, Request};
use std::io::{Read, Write, stdin, stdout};
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
pub(super) struct Event {
    /// Print JSON
    #[arg(long, global = true)]
    pub(super) json: bool,
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List events, latest first
    List {
        /// Only events with this text in their title, attributes, organisation or tags
        #[arg(long)]
        search: Option<String>,
        /// At most so many
        #[arg(long, default_value_t = PAGE_ROWS)]
        limit: u32,
        /// The next so many, from 1
        #[arg(long, default_value_t = 1)]
        page: u32,
    },
    /// Print an event as JSON, with everything in it
    Show {
        /// The event's number or uuid
        event: String,
    },
    /// Add the events of a JSON file; `-` reads standard input
    Import {
        /// One event, a list of them, or what a restSearch answered
        file: PathBuf,
        /// Merge into events that are there already
        #[arg(long)]
        update: bool,
    },
    /// Publish an event
    Publish {
        /// The event's number or uuid
        event: String,
    },
    /// Delete an event and everything in it, for good
    Delete {
        /// The event's number or uuid
        event: String,
    },
}

impl Event {
    pub(super) async fn run(self, ctx: Ctx, out: Printer) -> Result<()> {
        match self.action {
            Action::List { search, limit, page } => list(&ctx, out, search, limit, page).await,
            Action::Show { event } => show(&ctx, EventKey::parse(&event)?).await,
            Action::Import { file, update } => import(&ctx, out, &file, update).await,
            Action::Publish { event } => {
                let id = events::publish(&ctx, EventKey::parse(&event)?).await?;
                out.done(&format!("Event {id} is published."), [("id", id.0.into())])
            }
            Action::Delete { event } => {
                let id = events::delete(&ctx, EventKey::parse(&event)?).await?;
                out.done(&format!("Event {id} is deleted."), [("id", id.0.into())])
            }
        }
    }
}

async fn list(ctx: &Ctx, out: Printer, search: Option<String>, limit: u32, page: u32) -> Result<()> {
    let mut named = vec![
        ("sort".to_owned(), "timestamp".to_owned()),
        ("direction".into(), "desc".into()),
        ("limit".into(), limit.to_string()),
        ("page".into(), page.to_string()),
    ];
    named.extend(search.map(|text| ("searchall".into(), text)));
    let request = Request {
        get: true,
        named: &named,
        ..Request::default()
    };
    let (found, _) = events::rows(ctx, EventIndex::parse(request, ctx.now())?).await?;
    let rows = found
        .into_iter()
        .map(
            |events::Row {
                 event, orgc, tags, ..
             }| {
                let tags: Vec<String> = tags.into_iter().map(|attached| attached.tag.name).collect();
                [
                    event.id.0.into(),
                    event.uuid.to_string().into(),
                    event.date.into(),
                    orgc.name.into(),
                    event.published.into(),
                    event.attribute_count.into(),
                    tags.join(", ").into(),
                    event.info.into(),
                ]
            },
        )
        .collect();
    out.rows(
        [
            "id",
            "uuid",
            "date",
            "org",
            "published",
            "attributes",
            "tags",
            "info",
        ],
        rows,
    )
}

/// Written as it comes, so that a large event passes through little memory.
async fn show(ctx: &Ctx, key: EventKey) -> Result<()> {
    let mut document = ctx
        .read(move |ctx, tx| EventDocument::open(ctx, tx, &key, Options::default()))
        .await?;
    loop {
        let (rest, more, chunk) = ctx
            .read(move |ctx, tx| {
                let mut chunk = Vec::with_capacity(CHUNK_BYTES * 2);
                let more = document.next(ctx, tx, &mut chunk)?;
                Ok((document, more, chunk))
            })
            .await?;
        document = rest;
        stdout().write_all(&chunk)?;
        if !more {
            return Ok(writeln!(stdout())?);
        }
    }
}

async fn import(ctx: &Ctx, out: Printer, file: &Path, update: bool) -> Result<()> {
    let named = || file.display().to_string();
    let value: Value = serde_json::from_slice(&read(file).with_context(named)?).with_context(named)?;
    let found = unpacked(value);
    if found.is_empty() {
        bail!("{}: no event in it", named());
    }
    let (mut added, mut updated, mut failed) = (0_u64, 0_u64, Vec::new());
    for (number, value) in (1_u64..).zip(found) {
        match store(ctx, value, update).await {
            Ok(Stored::Added) => added += 1,
            Ok(Stored::Updated) => updated += 1,
            Err(error) => failed.push(format!("event {number} of {}: {error}", named())),
        }
    }
    let sentence = format!(
        "{added} events added, {updated} updated, {} refused.",
        failed.len()
    );
    out.done(
        &sentence,
        [
            ("added", added.into()),
            ("updated", updated.into()),
            ("refused", failed.clone().into()),
        ],
    )?;
    if failed.is_empty() {
        Ok(())
    } else {
        bail!("{}", failed.join("\n"))
    }
}

fn read(file: &Path) -> Result<Vec<u8>> {
    if file != Path::new("-") {
        return Ok(std::fs::read(file)?);
    }
    let mut bytes = Vec::new();
    stdin().read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// `{"Event": …}`, the bare event, a list of either, or `{"response": [...]}` around it.
fn unpacked(value: Value) -> Vec<Value> {
    match value {
        Value::Array(list) => list,
        Value::Object(mut fields) => match fields.remove("response") {
            Some(inner) => unpacked(inner),
            None => vec![Value::Object(fields)],
        },
        _ => Vec::new(),
    }
}

enum Stored {
    Added,
    Updated,
}

async fn store(ctx: &Ctx, value: Value, update: bool) -> Result<Stored, AppError> {
    let fields = Value::Object(unwrap(value, "Event"));
    let input: EventIn = decode_value(fields.clone())?;
    if update && let Some(uuid) = input.uuid.filled() {
        let key = EventKey::parse(&uuid)?;
        if ctx.read(move |ctx, tx| events::find(ctx, tx, &key)).await.is_ok() {
            events::edit(ctx, key, decode_value(fields)?).await?;
            return Ok(Stored::Updated);
        }
    }
    match events::add(ctx, input).await {
        // The words are for clients of the REST API.
        Err(AppError::NotFound(_)) => Err(AppError::Conflict(
            "it is there already; --update merges it".into(),
        )),
        outcome => outcome.map(|_| Stored::Added),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_way_to_wrap_events_is_understood() {
        let event = json!({"Event": {"info": "a"}});
        assert_eq!(unpacked(event.clone()), std::slice::from_ref(&event));
        assert_eq!(unpacked(json!([event, event])).len(), 2);
        assert_eq!(
            unpacked(json!({"response": [event]})),
            std::slice::from_ref(&event)
        );
        assert_eq!(unpacked(json!({"response": event})), [event]);
        assert!(unpacked(json!("text")).is_empty());
    }
}
