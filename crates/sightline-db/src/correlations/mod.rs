//! Equal values in other events (spec 02 section 8), found at read from the value indexes: no pair is ever stored, so
//! nothing can be stale and a feed's events cost nothing to correlate.

mod candidates;
mod policy;
pub mod ranking;

pub use policy::Policy;

use crate::{DbError, DbResult, Sql, Tx, Visible, attributes, events, params};
use candidates::{Pair, Stored, equal, inside};
use sightline_core::ids::EventId;
use sightline_misp::fold::{fold, value_key};
use sightline_misp::networks::Network;
use sightline_misp::records::{Attribute, Event};
use sightline_misp::types::AttributeType;
use std::collections::{HashMap, HashSet};

/// Values looked up before the rows that they share are loaded: at most some thousand rows at a time.
const SLICE: usize = 500;

/// A half of a value that may occur in events other than its own.
#[derive(Clone, Copy, Debug)]
pub struct Sought<'a> {
    /// The half.
    pub value: &'a str,
    /// The event in which it was met.
    pub event: EventId,
    /// The address or network that it is, when it may meet those that hold it or are inside it.
    pub network: Option<Network>,
}

/// Why a value correlates with nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Silence {
    /// It is on the list of exclusions.
    Excluded,
    /// The viewer would meet it too often.
    TooCommon,
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

/// What is sought for an attribute: its halves, each in its event.
pub fn sought(attribute: &Attribute) -> impl Iterator<Item = Sought<'_>> {
    let meets = meets_networks(attribute.kind);
    halves(attribute).map(move |value| Sought {
        value,
        event: attribute.event_id,
        network: meets.then(|| Network::parse(value)).flatten(),
    })
}

/// The types that correlate by network (spec 08 section 2).
fn meets_networks(kind: AttributeType) -> bool {
    matches!(
        kind,
        AttributeType::IpSrc | AttributeType::IpDst | AttributeType::IpSrcPort | AttributeType::IpDstPort
    )
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
    sql.push(" AND ").push(&elsewhere());
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

/// Whether a half of an attribute `a` probably occurs in another event; only the indexes of the other side are touched.
fn elsewhere() -> String {
    let held = |key: &str| {
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
    format!(
        "({} OR (a.value2_key IS NOT NULL AND a.type_id NOT IN ({}) AND ({})))",
        held("value1_key"),
        codes(AttributeType::correlates_value1_only),
        held("value2_key")
    )
}

/// The visible attributes of an event that probably share a value with another event, or may by network; at most `most`.
pub fn holders(
    tx: &mut Tx<'_>,
    visible: Visible,
    event: EventId,
    networks: bool,
    most: usize,
) -> DbResult<Vec<Attribute>> {
    let mut sql = Sql::new(
        tx.dialect(),
        &format!(
            "SELECT {} FROM attributes a JOIN events e ON e.id = a.event_id WHERE {} AND a.event_id = ",
            attributes::COLUMNS,
            correlates("a")
        ),
    );
    sql.bind(event).push(" AND ");
    visible.attribute(&mut sql, "e", "a");
    sql.push(" AND (").push(&elsewhere());
    if networks {
        sql.push(&format!(
            " OR (a.network IS NOT NULL AND a.type_id IN ({}))",
            codes(meets_networks)
        ));
    }
    sql.push(") ORDER BY a.id LIMIT ")
        .bind(i64::try_from(most).unwrap_or(i64::MAX));
    tx.all(sql.text(), sql.values(), |row| attributes::read(row, 0))
}

/// The addresses and networks of some events' visible attributes that may meet others inside or around them, with their
/// event, without repetition, at most `most` of all.
pub fn shared_networks(
    tx: &mut Tx<'_>,
    visible: Visible,
    events: &[i64],
    most: usize,
) -> DbResult<Vec<(EventId, String)>> {
    let stored = Stored::load(tx)?;
    let mut sql = Sql::new(
        tx.dialect(),
        &format!(
            "SELECT a.value1, a.event_id FROM attributes a JOIN events e ON e.id = a.event_id WHERE {} \
             AND a.type_id IN ({}) AND a.network IS NOT NULL AND ",
            correlates("a"),
            codes(meets_networks)
        ),
    );
    sql.any("a.event_id", events).push(" AND ");
    visible.attribute(&mut sql, "e", "a");
    let (mut values, mut seen) = (Vec::new(), HashSet::new());
    tx.each(sql.text(), sql.values(), |row| {
        let (value, event) = (row.str(0)?, row.int(1)?);
        let meets = Network::parse(value).is_some_and(|network| stored.may_meet(network));
        if meets && seen.insert((event, value_key(value))) {
            values.push((EventId(event), value.to_owned()));
        }
        Ok::<_, DbError>(values.len() < most)
    })?;
    Ok(values)
}

/// Calls `each` with the position of a sought value, each attribute that was found for it, in the order of their ids, and
/// what both have in common. Answers which positions were looked up in vain, and why. Whether a value is too common is
/// asked of what the viewer sees: nobody learns from it how much is hidden.
pub fn matches(
    tx: &mut Tx<'_>,
    visible: Visible,
    policy: &Policy,
    sought: &[Sought<'_>],
    mut each: impl FnMut(usize, &Found, &str),
) -> DbResult<Vec<(usize, Silence)>> {
    let mut silent = Vec::new();
    let askers = askers(tx, policy, sought)?;
    let positions: Vec<(usize, &Sought<'_>)> = sought.iter().enumerate().collect();
    for part in positions.chunks(SLICE) {
        let (excluded, part): (Vec<_>, Vec<_>) = part
            .iter()
            .copied()
            .partition(|(_, sought)| policy.excludes(sought.value));
        silent.extend(excluded.iter().map(|(n, _)| (*n, Silence::Excluded)));
        let mut pairs: Vec<Pair> = Vec::new();
        let mut take = |found: Vec<Pair>| {
            for group in found.chunk_by(|a, b| a.0 == b.0) {
                match group.first() {
                    Some((n, _)) if group.len() > policy.limit => silent.push((*n, Silence::TooCommon)),
                    _ => pairs.extend(group),
                }
            }
        };
        take(equal(tx, visible, policy, &part)?);
        if policy.networks {
            take(inside(tx, visible, policy, &part)?);
        }
        pairs.sort_unstable();
        pairs.dedup();
        let rows = rows(tx, visible, &pairs)?;
        for (n, id) in pairs {
            let (Some(found), Some(wanted)) = (rows.get(&id), sought.get(n)) else {
                continue;
            };
            let apart = askers
                .get(&wanted.event.0)
                .is_some_and(|asker| policy.separates(asker, &found.event));
            if !apart && let Some(common) = common(policy, wanted, &found.attribute) {
                each(n, found, common);
            }
        }
    }
    Ok(silent)
}

/// The events that ask, when there are rules that look at them.
fn askers(tx: &mut Tx<'_>, policy: &Policy, sought: &[Sought<'_>]) -> DbResult<HashMap<i64, Event>> {
    if !policy.has_rules() {
        return Ok(HashMap::new());
    }
    let ids: HashSet<i64> = sought.iter().map(|sought| sought.event.0).collect();
    let ids: Vec<i64> = ids.into_iter().collect();
    let events = tx.all(
        &format!("SELECT {} FROM events e WHERE e.id = ANY($1)", events::context()),
        params![&ids],
        |row| events::read(row, 0),
    )?;
    Ok(events.into_iter().map(|event| (event.id.0, event)).collect())
}

/// What a sought value and an attribute have in common, unless it is excluded in the attribute's spelling.
fn common<'s>(policy: &Policy, wanted: &Sought<'s>, found: &'s Attribute) -> Option<&'s str> {
    // The key is 64 bits of a digest: only the folded text itself decides equality.
    let folded = fold(wanted.value);
    match halves(found).find(|half| fold(half) == folded) {
        Some(half) => (!policy.excludes(half)).then_some(wanted.value),
        None => {
            let network = wanted.network?;
            let other = Network::parse(&found.value1)?;
            let meet = policy.networks && network.is_address() != other.is_address();
            (meet && !policy.excludes(&found.value1)).then_some(found.value1.as_str())
        }
    }
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
            events::context()
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

/// How many attributes may correlate.
pub fn participants(tx: &mut Tx<'_>) -> DbResult<i64> {
    tx.unhurried()?;
    tx.int(
        &format!("SELECT COUNT(*) FROM attributes a WHERE {}", correlates("a")),
        &[],
    )
}
