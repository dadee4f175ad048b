//! The floor of reading: the same rows scanned in the order of their ids and written as the same JSON, without any
//! question of who may see what, without pages, and without a network.

use crate::report::{JsonRate, Rate};
use anyhow::Result;
use sightline_db::{Access, Db, DbError, DbResult, Row, Tx, Value, params};
use sightline_misp::datetime::format_micros;
use sightline_misp::json::{Buffer, ObjectWriter, write_object};
use sightline_misp::types::{AttributeType, Category};
use std::time::Instant;

/// The buffer is emptied when it has grown to this.
const CHUNK_BYTES: usize = 256 * 1024;

/// Every attribute with its event and its tags, as a search answers them.
pub(crate) fn all(db: &Db) -> Result<JsonRate> {
    scan(db, None)
}

/// The attributes of one event with their tags.
pub(crate) fn of_event(db: &Db, event: i64) -> Result<JsonRate> {
    scan(db, Some(event))
}

fn scan(db: &Db, event: Option<i64>) -> Result<JsonRate> {
    let begun = Instant::now();
    let (count, bytes) = db.run_blocking(Access::Read, move |tx| {
        let mut sink = Sink::default();
        attributes(tx, event, &mut sink)?;
        let count = sink.rows;
        tags(tx, event, &mut sink)?;
        Ok::<_, DbError>((count, sink.bytes + sink.buffer.len()))
    })?;
    Ok(JsonRate {
        rate: Rate {
            count,
            spent: begun.elapsed(),
        },
        bytes,
    })
}

#[derive(Default)]
struct Sink {
    buffer: Buffer,
    bytes: usize,
    rows: usize,
}

impl Sink {
    fn row(&mut self, fill: impl FnOnce(&mut ObjectWriter<'_>) -> DbResult<()>) -> DbResult<bool> {
        if self.buffer.len() > CHUNK_BYTES {
            self.bytes += self.buffer.len();
            self.buffer.clear();
        }
        let mut outcome = Ok(());
        write_object(&mut self.buffer, |o| outcome = fill(o));
        self.buffer.push(b',');
        self.rows += 1;
        outcome.map(|()| true)
    }
}

fn condition(event: Option<i64>, column: &str) -> (String, Vec<Value<'static>>) {
    match event {
        Some(event) => (format!("WHERE {column} = $1"), params![event].to_vec()),
        None => (String::new(), Vec::new()),
    }
}

fn attributes(tx: &mut Tx<'_>, event: Option<i64>, sink: &mut Sink) -> DbResult<()> {
    let (condition, values) = condition(event, "a.event_id");
    let with_event = event.is_none();
    let sql = format!(
        "SELECT a.id, a.event_id, a.object_id, a.object_relation, a.category_id, a.type_id, a.to_ids, a.uuid, \
         a.timestamp, a.distribution, a.sharing_group_id, a.comment, a.deleted, a.disable_correlation, a.first_seen, \
         a.last_seen, a.value1, a.value2, e.org_id, e.distribution, e.info, e.orgc_id, e.uuid, \
         e.publish_timestamp FROM attributes a JOIN events e ON e.id = a.event_id {condition} ORDER BY a.id"
    );
    tx.each(&sql, &values, |row| sink.row(|o| attribute(o, row, with_event)))
}

fn attribute(o: &mut ObjectWriter<'_>, row: &Row<'_>, with_event: bool) -> DbResult<()> {
    let optional = |at: usize| row.opt_int(at).map(|micros| micros.map(format_micros));
    o.number("id", row.int(0)?);
    o.number("event_id", row.int(1)?);
    o.number("object_id", row.int(2)?);
    o.opt_text("object_relation", row.opt_text(3)?.as_deref());
    o.text(
        "category",
        Category::from_code(row.int(4)?).map_or("", |category| category.name()),
    );
    o.text(
        "type",
        AttributeType::from_code(row.int(5)?).map_or("", |kind| kind.name()),
    );
    o.flag("to_ids", row.bool(6)?);
    o.uuid("uuid", row.uuid(7)?);
    o.number("timestamp", row.int(8)?);
    o.number("distribution", row.int(9)?);
    o.number("sharing_group_id", row.int(10)?);
    o.text("comment", row.str(11)?);
    o.flag("deleted", row.bool(12)?);
    o.flag("disable_correlation", row.bool(13)?);
    o.opt_text("first_seen", optional(14)?.as_deref());
    o.opt_text("last_seen", optional(15)?.as_deref());
    match row.str(17)? {
        "" => o.text("value", row.str(16)?),
        second => o.text("value", &format!("{}|{second}", row.str(16)?)),
    }
    if !with_event {
        return Ok(());
    }
    let mut outcome = Ok(());
    o.object("Event", |o| outcome = event(o, row));
    outcome
}

fn event(o: &mut ObjectWriter<'_>, row: &Row<'_>) -> DbResult<()> {
    o.number("org_id", row.int(18)?);
    o.number("distribution", row.int(19)?);
    o.number("publish_timestamp", row.int(23)?);
    o.number("id", row.int(1)?);
    o.text("info", row.str(20)?);
    o.number("orgc_id", row.int(21)?);
    o.uuid("uuid", row.uuid(22)?);
    Ok(())
}

fn tags(tx: &mut Tx<'_>, event: Option<i64>, sink: &mut Sink) -> DbResult<()> {
    let (condition, values) = condition(event, "x.event_id");
    let sql = format!(
        "SELECT t.id, t.name, t.colour, x.local, t.is_galaxy, t.numerical_value FROM attribute_tags x JOIN tags t ON t.id = x.tag_id \
         {condition} ORDER BY x.attribute_id"
    );
    tx.each(&sql, &values, |row| {
        sink.row(|o| {
            o.number("id", row.int(0)?);
            o.text("name", row.str(1)?);
            o.text("colour", row.str(2)?);
            o.opt_number("numerical_value", row.opt_int(5)?);
            o.flag("is_galaxy", row.bool(4)?);
            o.flag("local", row.bool(3)?);
            Ok(())
        })
    })
}
