//! Equal values in other events (spec 02 section 8), found at read from the value indexes: no pair is ever stored, so
//! nothing can be stale and a feed's events cost nothing to correlate.

use crate::{DbResult, Dialect, Row, Sql, Tx, Value, Visible, attributes, events, params};
use sightline_core::ids::EventId;
use sightline_misp::fold::{fold, value_key};
use sightline_misp::records::{Attribute, Event};
use sightline_misp::types::AttributeType;
use std::collections::HashSet;

/// A value met by more attributes of other events than this says nothing (`MISP.correlation_limit`).
pub const OVER_CORRELATION: usize = 20;

/// A half of a value that may occur in events other than its own.
#[derive(Clone, Copy, Debug)]
pub struct Sought<'a> {
    /// The half.
    pub value: &'a str,
    /// The event in which it was met.
    pub event: EventId,
}

/// A visible attribute of another event that holds a sought value.
#[derive(Clone, Debug)]
pub struct Found {
    /// The attribute.
    pub attribute: Attribute,
    /// Its event.
    pub event: Event,
}

/// The halves of an attribute that correlate: none when its type or its own flag says so.
pub fn halves(attribute: &Attribute) -> impl Iterator<Item = &str> {
    let off = attribute.deleted || attribute.disable_correlation || attribute.kind.never_correlates();
    let second = !attribute.kind.correlates_value1_only();
    [(true, &attribute.value1), (second, &attribute.value2)]
        .into_iter()
        .filter(move |(counts, half)| *counts && !off && !half.trim_end_matches(' ').is_empty())
        .map(|(_, half)| half.as_str())
}

/// Those of the events that take no part in correlation.
pub fn disabled_events(tx: &mut Tx<'_>, ids: &[i64]) -> DbResult<HashSet<i64>> {
    let ids = tx.all(
        "SELECT id FROM events WHERE id = ANY($1) AND disable_correlation",
        params![ids],
        |row| row.int(0),
    )?;
    Ok(ids.into_iter().collect())
}

/// The values of an event's visible attributes that probably occur elsewhere, without repetition, at most `most`.
/// One statement that only touches the indexes of the other side.
pub fn shared_values(
    tx: &mut Tx<'_>,
    visible: Visible,
    event: EventId,
    most: usize,
) -> DbResult<Vec<String>> {
    let ports = codes(AttributeType::correlates_value1_only);
    let elsewhere = |key: &str| {
        ["value1_key", "value2_key"]
            .iter()
            .flat_map(|column| ["<", ">"].map(|side| (column, side)))
            .map(|(column, side)| {
                format!(
                    "EXISTS (SELECT 1 FROM attributes x WHERE x.{column} = a.{key} AND x.event_id {side} a.event_id)"
                )
            })
            .collect::<Vec<_>>()
            .join(" OR ")
    };
    let mut sql = Sql::new(
        tx.dialect(),
        &format!(
            "SELECT a.value1, CASE WHEN a.type_id IN ({ports}) THEN '' ELSE a.value2 END \
             FROM attributes a JOIN events e ON e.id = a.event_id WHERE {} AND a.event_id = ",
            correlates("a")
        ),
    );
    sql.bind(event).push(" AND ");
    visible.attribute(&mut sql, "e", "a");
    sql.push(&format!(
        " AND ({} OR (a.value2_key IS NOT NULL AND a.type_id NOT IN ({ports}) AND ({})))",
        elsewhere("value1_key"),
        elsewhere("value2_key")
    ));
    let (mut values, mut seen) = (Vec::new(), HashSet::new());
    tx.each(sql.text(), sql.values(), |row| {
        for half in [row.str(0)?, row.str(1)?] {
            if !half.trim_end_matches(' ').is_empty() && seen.insert(value_key(half)) {
                values.push(half.to_owned());
            }
        }
        Ok::<_, crate::DbError>(values.len() < most)
    })?;
    values.truncate(most);
    Ok(values)
}

/// Calls `each` with the position of every sought value and what was found for it. A value that over-correlates finds
/// nothing, whoever asks: what one may not see still makes a value meaningless.
pub fn matches(
    tx: &mut Tx<'_>,
    visible: Visible,
    sought: &[Sought<'_>],
    mut each: impl FnMut(usize, Found),
) -> DbResult<()> {
    let keys: Vec<i64> = sought.iter().map(|s| value_key(s.value)).collect();
    let own: Vec<i64> = sought.iter().map(|s| s.event.0).collect();
    let mut group = Group::default();
    match tx.dialect() {
        // A prepared look-up in the same process costs less than any set.
        Dialect::Sqlite => {
            let sql = per_key(visible);
            let mut values = sql.values().to_vec();
            for (n, (key, event)) in keys.iter().zip(&own).enumerate() {
                for (slot, value) in values.iter_mut().zip([*key, *event]) {
                    *slot = Value::Int(value);
                }
                tx.each(sql.text(), &values, |row| group.take(n, row))?;
                group.finish(sought, &mut each);
            }
        }
        Dialect::Postgres => {
            let sql = in_one(visible, &keys, &own);
            tx.each(sql.text(), sql.values(), |row| {
                let n = usize::try_from(row.int(0)? - 1).unwrap_or_default();
                if n != group.position {
                    group.finish(sought, &mut each);
                }
                group.take(n, row)
            })?;
            group.finish(sought, &mut each);
        }
    }
    Ok(())
}

/// The rows of one sought value.
#[derive(Default)]
struct Group {
    position: usize,
    rows: Vec<(bool, Found)>,
}

impl Group {
    fn take(&mut self, position: usize, row: &Row<'_>) -> DbResult<bool> {
        self.position = position;
        let attribute = attributes::read(row, 2)?;
        let event = events::read(row, 2 + attributes::COLUMN_COUNT)?;
        self.rows.push((row.bool(1)?, Found { attribute, event }));
        Ok(true)
    }

    /// Hands on what counts. The key is 64 bits of a digest: only the folded text itself decides equality.
    fn finish(&mut self, sought: &[Sought<'_>], each: &mut impl FnMut(usize, Found)) {
        let Some(wanted) = sought
            .get(self.position)
            .filter(|_| !self.rows.is_empty())
            .map(|s| fold(s.value))
        else {
            return;
        };
        let mut rows = std::mem::take(&mut self.rows);
        rows.retain(|(_, found)| halves(&found.attribute).any(|half| fold(half) == wanted));
        if rows.len() <= OVER_CORRELATION {
            rows.sort_by_key(|(_, found)| found.attribute.id);
            for (_, found) in rows.into_iter().filter(|(seen, _)| *seen) {
                each(self.position, found);
            }
        }
    }
}

fn per_key(visible: Visible) -> Sql<'static> {
    let mut sql = Sql::new(Dialect::Sqlite, "SELECT ");
    // Bound first, so that they are $1 and $2; the values are replaced for each look-up.
    sql.bind(0_i64).push(" * 0 + ").bind(0_i64).push(" * 0, ");
    seen(&mut sql, visible);
    sql.push(&format!(" FROM ({}) m {JOINED}", candidates("$1", "$2")));
    sql
}

fn in_one<'a>(visible: Visible, keys: &'a [i64], own: &'a [i64]) -> Sql<'a> {
    let mut sql = Sql::new(Dialect::Postgres, "WITH s AS (SELECT * FROM unnest(");
    sql.bind(keys)
        .push("::bigint[], ")
        .bind(own)
        .push("::bigint[]) WITH ORDINALITY AS u(key, event, n)) SELECT s.n, ");
    seen(&mut sql, visible);
    sql.push(&format!(
        " FROM s CROSS JOIN LATERAL ({}) m {JOINED} ORDER BY s.n",
        candidates("s.key", "s.event")
    ));
    sql
}

const JOINED: &str = "JOIN attributes a ON a.id = m.id JOIN events e ON e.id = a.event_id";

fn seen(sql: &mut Sql<'_>, visible: Visible) {
    sql.push("(");
    visible.event(sql, "e");
    sql.push(" AND ");
    visible.attribute(sql, "e", "a");
    sql.push(&format!("), {}, {}", attributes::COLUMNS, events::COLUMNS));
}

/// The ids of attributes of other events that hold the key in a half that counts; one more than the limit per half.
fn candidates(key: &str, event: &str) -> String {
    let branch = |condition: &str| {
        format!(
            "SELECT * FROM (SELECT c.id FROM attributes c JOIN events f ON f.id = c.event_id WHERE {condition} AND \
             c.event_id <> {event} AND {} AND NOT f.disable_correlation LIMIT {}) b",
            correlates("c"),
            OVER_CORRELATION + 1
        )
    };
    format!(
        "{} UNION ALL {}",
        branch(&format!("c.value1_key = {key}")),
        branch(&format!(
            "c.value2_key = {key} AND c.value1_key <> {key} AND c.type_id NOT IN ({})",
            codes(AttributeType::correlates_value1_only)
        ))
    )
}

/// Whether an attribute row takes part at all.
fn correlates(a: &str) -> String {
    let never = codes(AttributeType::never_correlates);
    format!("NOT {a}.deleted AND NOT {a}.disable_correlation AND {a}.type_id NOT IN ({never})")
}

/// The stored codes of some types as an SQL list; they are constants of the program.
fn codes(which: impl Fn(AttributeType) -> bool) -> String {
    let codes: Vec<String> = AttributeType::ALL
        .iter()
        .filter(|ty| which(**ty))
        .map(|ty| ty.code().to_string())
        .collect();
    codes.join(", ")
}
