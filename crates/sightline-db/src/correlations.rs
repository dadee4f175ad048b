//! Equal values in other events (spec 02 section 8), found at read from the value indexes: no pair is ever stored, so
//! nothing can be stale and a feed's events cost nothing to correlate.

use crate::{DbError, DbResult, Dialect, Sql, Tx, Visible, attributes, events, params};
use sightline_core::ids::EventId;
use sightline_misp::fold::{fold, value_key};
use sightline_misp::records::{Attribute, Event};
use sightline_misp::types::AttributeType;
use std::collections::{HashMap, HashSet};

/// A value met by more attributes of other events than this says nothing (`MISP.correlation_limit`).
pub const OVER_CORRELATION: usize = 20;
/// Values looked up before the rows that they share are loaded: at most some thousand rows at a time.
const SLICE: usize = 500;

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

/// The values of some events' visible attributes that probably occur elsewhere, with their event, without repetition, at most
/// `most` of each. One statement that only touches the indexes of the other side.
pub fn shared_values(
    tx: &mut Tx<'_>,
    visible: Visible,
    events: &[i64],
    most: usize,
) -> DbResult<Vec<(EventId, String)>> {
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
            "SELECT a.value1, CASE WHEN a.type_id IN ({ports}) THEN '' ELSE a.value2 END, a.event_id \
             FROM attributes a JOIN events e ON e.id = a.event_id WHERE {} AND ",
            correlates("a")
        ),
    );
    match events {
        [one] => sql.push("a.event_id = ").bind(*one),
        several => sql.any("a.event_id", several),
    };
    sql.push(" AND ");
    visible.attribute(&mut sql, "e", "a");
    sql.push(&format!(
        " AND ({} OR (a.value2_key IS NOT NULL AND a.type_id NOT IN ({ports}) AND ({})))",
        elsewhere("value1_key"),
        elsewhere("value2_key")
    ));
    let (mut values, mut seen) = (Vec::new(), HashMap::<i64, HashSet<i64>>::new());
    let mut full = HashSet::new();
    tx.each(sql.text(), sql.values(), |row| {
        let event = row.int(2)?;
        let of_event = seen.entry(event).or_default();
        for half in [row.str(0)?, row.str(1)?] {
            let counts = of_event.len() < most && !half.trim_end_matches(' ').is_empty();
            if counts && of_event.insert(value_key(half)) {
                values.push((EventId(event), half.to_owned()));
            }
        }
        if of_event.len() >= most {
            full.insert(event);
        }
        Ok::<_, DbError>(full.len() < events.len())
    })?;
    Ok(values)
}

/// Calls `each` with the position of a sought value and each attribute that was found for it, in the order of their
/// ids. A value that over-correlates finds nothing, whoever asks: what one may not see still makes it meaningless.
pub fn matches(
    tx: &mut Tx<'_>,
    visible: Visible,
    sought: &[Sought<'_>],
    mut each: impl FnMut(usize, &Found),
) -> DbResult<()> {
    for (slice, part) in sought.chunks(SLICE).enumerate() {
        let candidates = candidates(tx, part)?;
        let groups = candidates.chunk_by(|a, b| a.0 == b.0);
        let mut pairs: Vec<(usize, i64)> = groups
            .filter(|group| group.len() <= OVER_CORRELATION)
            .flatten()
            .copied()
            .collect();
        pairs.sort_unstable();
        let rows = rows(tx, visible, &pairs)?;
        for (n, id) in pairs {
            let (Some(found), Some(wanted)) = (rows.get(&id), part.get(n)) else {
                continue;
            };
            // The key is 64 bits of a digest: only the folded text itself decides equality.
            let wanted = fold(wanted.value);
            if halves(&found.attribute).any(|half| fold(half) == wanted) {
                each(slice * SLICE + n, found);
            }
        }
    }
    Ok(())
}

/// The visible attributes among the second of each pair.
fn rows(tx: &mut Tx<'_>, visible: Visible, pairs: &[(usize, i64)]) -> DbResult<HashMap<i64, Found>> {
    if pairs.is_empty() {
        return Ok(HashMap::new());
    }
    let mut ids: Vec<i64> = pairs.iter().map(|(_, id)| *id).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut sql = Sql::new(
        tx.dialect(),
        &format!(
            "SELECT {}, {} FROM attributes a JOIN events e ON e.id = a.event_id WHERE ",
            attributes::COLUMNS,
            events::COLUMNS
        ),
    );
    sql.any("a.id", &ids).push(" AND ");
    visible.event(&mut sql, "e");
    sql.push(" AND ");
    visible.attribute(&mut sql, "e", "a");
    let found = tx.all(sql.text(), sql.values(), |row| {
        Ok(Found {
            attribute: attributes::read(row, 0)?,
            event: events::read(row, attributes::COLUMN_COUNT)?,
        })
    })?;
    Ok(found
        .into_iter()
        .map(|found| (found.attribute.id.0, found))
        .collect())
}

/// Positions of sought values with the ids of attributes that hold their key, one position after the other.
fn candidates(tx: &mut Tx<'_>, sought: &[Sought<'_>]) -> DbResult<Vec<(usize, i64)>> {
    let keys: Vec<i64> = sought.iter().map(|s| value_key(s.value)).collect();
    let own: Vec<i64> = sought.iter().map(|s| s.event.0).collect();
    match tx.dialect() {
        // A prepared look-up in the same process costs less than any set.
        Dialect::Sqlite => {
            let sql = holders("$1", "$2");
            let mut pairs = Vec::new();
            for (n, (key, event)) in keys.iter().zip(&own).enumerate() {
                tx.each(&sql, params![*key, *event], |row| {
                    pairs.push((n, row.int(0)?));
                    Ok::<_, DbError>(true)
                })?;
            }
            Ok(pairs)
        }
        Dialect::Postgres => tx.all(
            &format!(
                "SELECT m.id, s.n FROM unnest($1::bigint[], $2::bigint[]) WITH ORDINALITY AS s(key, event, n) \
                 CROSS JOIN LATERAL ({}) m ORDER BY s.n",
                holders("s.key", "s.event")
            ),
            params![&keys, &own],
            |row| Ok((usize::try_from(row.int(1)? - 1).unwrap_or_default(), row.int(0)?)),
        ),
    }
}

/// The ids of attributes of other events that hold the key in a half that counts; one more than the limit per half.
fn holders(key: &str, event: &str) -> String {
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
