//! The floor of writing: the very rows that an ingest has stored, written to an empty database of the same schema in
//! the same transactions, by plain INSERT or COPY, with nothing decided or looked up.

use crate::report::{Rate, progress};
use anyhow::Result;
use sightline_db::{Access, Db, DbError, DbResult, Dialect, Kind, Row, Tx, Value, params};
use std::sync::Arc;
use std::time::{Duration, Instant};
use uuid::Uuid;

type Columns = &'static [(&'static str, Kind)];

use Kind::{Bool, Bytes, Int, Text, Uuid as Id};

/// What an event consists of: table, the column that holds the event's id, the columns.
const TABLES: &[(&str, &str, Columns)] = &[
    (
        "events",
        "id",
        &[
            ("id", Int),
            ("uuid", Id),
            ("org_id", Int),
            ("orgc_id", Int),
            ("user_id", Int),
            ("date", Text),
            ("info", Text),
            ("threat_level_id", Int),
            ("analysis", Int),
            ("distribution", Int),
            ("published", Bool),
            ("timestamp", Int),
            ("publish_timestamp", Int),
            ("attribute_count", Int),
        ],
    ),
    (
        "attributes",
        "event_id",
        &[
            ("id", Int),
            ("uuid", Id),
            ("event_id", Int),
            ("object_id", Int),
            ("object_relation", Text),
            ("type_id", Int),
            ("category_id", Int),
            ("value1", Text),
            ("value2", Text),
            ("value1_key", Int),
            ("value2_key", Int),
            ("to_ids", Bool),
            ("timestamp", Int),
            ("distribution", Int),
            ("sharing_group_id", Int),
            ("comment", Text),
            ("deleted", Bool),
            ("disable_correlation", Bool),
            ("first_seen", Int),
            ("last_seen", Int),
            ("network", Bytes),
        ],
    ),
    (
        "objects",
        "event_id",
        &[
            ("id", Int),
            ("uuid", Id),
            ("event_id", Int),
            ("name", Text),
            ("meta_category", Text),
            ("description", Text),
            ("template_uuid", Id),
            ("template_version", Int),
            ("timestamp", Int),
            ("distribution", Int),
            ("comment", Text),
        ],
    ),
    (
        "object_references",
        "event_id",
        &[
            ("id", Int),
            ("uuid", Id),
            ("timestamp", Int),
            ("object_id", Int),
            ("event_id", Int),
            ("source_uuid", Id),
            ("referenced_uuid", Id),
            ("referenced_id", Int),
            ("referenced_type", Int),
            ("relationship_type", Text),
            ("comment", Text),
        ],
    ),
    (
        "event_reports",
        "event_id",
        &[
            ("id", Int),
            ("uuid", Id),
            ("event_id", Int),
            ("name", Text),
            ("content", Text),
            ("distribution", Int),
            ("timestamp", Int),
        ],
    ),
    (
        "event_tags",
        "event_id",
        &[("id", Int), ("event_id", Int), ("tag_id", Int)],
    ),
    (
        "attribute_tags",
        "event_id",
        &[
            ("id", Int),
            ("attribute_id", Int),
            ("event_id", Int),
            ("tag_id", Int),
        ],
    ),
];

/// A value read back.
#[derive(Debug)]
enum Cell {
    Int(Option<i64>),
    Bool(bool),
    Text(Option<String>),
    Id(Option<Uuid>),
    Bytes(Option<Vec<u8>>),
}

impl Cell {
    fn read(row: &Row<'_>, at: usize, kind: Kind) -> DbResult<Self> {
        Ok(match kind {
            Int => Self::Int(row.opt_int(at)?),
            Bool => Self::Bool(row.bool(at)?),
            Text => Self::Text(row.opt_text(at)?),
            Id => Self::Id(row.opt_uuid(at)?),
            Bytes => Self::Bytes(row.opt_bytes(at)?),
        })
    }

    fn value(&self) -> Value<'_> {
        match self {
            Self::Int(value) => (*value).into(),
            Self::Bool(value) => (*value).into(),
            Self::Text(value) => value.as_deref().into(),
            Self::Id(value) => (*value).into(),
            Self::Bytes(value) => value.as_deref().into(),
        }
    }
}

/// The rows of one event, in the order of [`TABLES`].
type Rows = Vec<Vec<Vec<Cell>>>;

/// Copies the events of `from` to the empty `to`; attributes per second of writing.
pub(crate) fn floor(from: &Db, to: &Db) -> Result<Rate> {
    let events = read(from, |tx| {
        tx.all("SELECT id FROM events ORDER BY id", &[], |row| row.int(0))
    })?;
    let (mut spent, mut attributes) = (Duration::ZERO, 0);
    for (n, event) in events.iter().copied().enumerate() {
        let rows = read(from, move |tx| {
            let table = |tx: &mut Tx<'_>, (name, key, columns): &(&str, &str, Columns)| {
                rows(tx, name, key, columns, event)
            };
            TABLES
                .iter()
                .map(|one| table(tx, one))
                .collect::<DbResult<Rows>>()
        })?;
        attributes += rows.get(1).map_or(0, Vec::len);
        let begun = Instant::now();
        to.run_blocking(Access::Write, move |tx| write(tx, &rows))?;
        spent += begun.elapsed();
        progress("raw insert", n, n + 1, events.len());
    }
    Ok(Rate {
        count: attributes,
        spent,
    })
}

fn rows(tx: &mut Tx<'_>, table: &str, key: &str, columns: Columns, event: i64) -> DbResult<Vec<Vec<Cell>>> {
    let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
    let sql = format!(
        "SELECT {} FROM {table} WHERE {key} = $1 ORDER BY id",
        names.join(", ")
    );
    tx.all(&sql, params![event], |row| {
        columns
            .iter()
            .enumerate()
            .map(|(at, (_, kind))| Cell::read(row, at, *kind))
            .collect()
    })
}

fn write(tx: &mut Tx<'_>, rows: &Rows) -> DbResult<()> {
    for ((table, _, columns), rows) in TABLES.iter().zip(rows) {
        tx.insert_many(table, columns, rows.len(), |n, values| {
            values.extend(rows.get(n).into_iter().flatten().map(Cell::value));
        })?;
        if *table == "attributes" {
            let ids: Vec<i64> = rows.iter().filter_map(|row| id_of(row)).collect();
            index_text(tx, &ids)?;
        }
    }
    Ok(())
}

fn id_of(row: &[Cell]) -> Option<i64> {
    match row.first() {
        Some(Cell::Int(id)) => *id,
        _ => None,
    }
}

/// SQLite's text index stands beside the rows.
fn index_text(tx: &mut Tx<'_>, ids: &[i64]) -> DbResult<()> {
    if tx.dialect() == Dialect::Sqlite {
        tx.exec(
            "INSERT INTO attribute_text (rowid, value1, value2, comment) \
             SELECT id, value1, value2, comment FROM attributes WHERE id = ANY($1)",
            params![ids],
        )?;
    }
    Ok(())
}

fn read<T, F>(db: &Db, work: F) -> DbResult<T>
where
    T: Send + 'static,
    F: FnOnce(&mut Tx<'_>) -> Result<T, DbError> + Send + 'static,
{
    db.run_blocking(Access::Read, work)
}

/// The floor of single adds: `clients` threads that write one attribute row per transaction, until `deadline`.
pub(crate) fn single_rows(from: &Db, to: &Db, clients: usize, length: Duration) -> Result<Rate> {
    let wanted = 20_000;
    let sample: Arc<Vec<Vec<Cell>>> = Arc::new(read(from, move |tx| sample(tx, wanted))?);
    let begun = Instant::now();
    let done: Vec<Result<usize>> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..clients)
            .map(|client| {
                let (to, sample) = (to.clone(), Arc::clone(&sample));
                scope.spawn(move || {
                    let mut written = 0;
                    while begun.elapsed() < length && client + written * clients < sample.len() {
                        let (sample, n) = (Arc::clone(&sample), client + written * clients);
                        to.run_blocking(Access::Write, move |tx| insert_one(tx, &sample, n))?;
                        written += 1;
                    }
                    Ok(written)
                })
            })
            .collect();
        workers
            .into_iter()
            .map(|worker| worker.join().unwrap_or(Ok(0)))
            .collect()
    });
    Ok(Rate {
        count: done.into_iter().sum::<Result<usize>>()?,
        spent: begun.elapsed(),
    })
}

fn attribute_columns() -> Columns {
    TABLES
        .iter()
        .find(|(name, ..)| *name == "attributes")
        .map_or(&[], |(_, _, columns)| columns)
}

fn sample(tx: &mut Tx<'_>, wanted: i64) -> DbResult<Vec<Vec<Cell>>> {
    let columns = attribute_columns();
    let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
    let sql = format!("SELECT {} FROM attributes ORDER BY id LIMIT $1", names.join(", "));
    tx.all(&sql, params![wanted], |row| {
        columns
            .iter()
            .enumerate()
            .map(|(at, (_, kind))| Cell::read(row, at, *kind))
            .collect()
    })
}

fn insert_one(tx: &mut Tx<'_>, sample: &[Vec<Cell>], n: usize) -> DbResult<()> {
    let columns = attribute_columns();
    let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
    let marks: Vec<String> = (1..=columns.len()).map(|n| format!("${n}")).collect();
    let values: Vec<Value<'_>> = sample.get(n).into_iter().flatten().map(Cell::value).collect();
    tx.exec(
        &format!(
            "INSERT INTO attributes ({}) VALUES ({})",
            names.join(", "),
            marks.join(", ")
        ),
        &values,
    )?;
    let id: Vec<i64> = sample.get(n).and_then(|row| id_of(row)).into_iter().collect();
    index_text(tx, &id)
}
