//! Which index leads a search for attributes. SQLite keeps no statistics here, so each condition that an index answers is
//! counted in that index, up to a limit; the one with the fewest rows leads and the others are tested on what it finds.
//! PostgreSQL plans each search by its own statistics and the values at hand, unless it is for keys ([`prepare`]).

use super::condition::Condition;
use crate::{DbResult, Dialect, Sql, Tx};

/// Index entries counted at most: some milliseconds.
const COUNTED: i64 = 50_000;
/// Candidates of the text index counted at most; each costs more than an entry of another index.
const CANDIDATES: i64 = 30_000;
/// What an event holds, where events are counted: the average of published feeds.
const PER_EVENT: i64 = 300;

/// A condition with its parts in their roles.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) condition: Condition,
    pub(super) lead: Option<Lead>,
}

/// The index that finds the rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Lead {
    /// What it indexes.
    pub(super) index: String,
    /// About how many rows it finds; `None` when they were not counted or are more than were counted.
    pub(super) rows: Option<i64>,
    /// What the text index is asked for, when that alone leads: it can be read in the order of ids.
    pub(super) text: Option<String>,
    /// Whether the rows come in the order of ids, one by one.
    pub(super) in_order: bool,
}

/// Has PostgreSQL plan this search for its values, where they matter; a search for keys reuses its plan, which takes longer to
/// make than to run.
pub(super) fn prepare(tx: &mut Tx<'_>, condition: &Condition) -> DbResult<()> {
    if condition.is_keyed() {
        return Ok(());
    }
    tx.plan_by_values()
}

/// Chooses the index of a condition over attributes.
pub(super) fn plan(tx: &mut Tx<'_>, condition: Condition) -> DbResult<Plan> {
    let parts = flat(condition);
    let mut best: Option<(usize, Lead)> = None;
    for (n, part) in parts.iter().enumerate() {
        let Some(lead) = lead(tx, part)? else { continue };
        if best.as_ref().is_none_or(|(_, other)| lead.cost() < other.cost()) {
            best = Some((n, lead));
        }
    }
    let chosen = best.as_ref().map(|(n, _)| *n);
    let parts = parts
        .into_iter()
        .enumerate()
        .map(|(n, part)| {
            if Some(n) == chosen || tx.dialect() == Dialect::Postgres {
                part
            } else {
                tested(part)
            }
        })
        .collect();
    Ok(Plan {
        condition: Condition::All(parts),
        lead: best.map(|(_, lead)| lead),
    })
}

impl Plan {
    /// For the first rows in the order of ids. A text or network of which there is plenty is found soonest in that order:
    /// in the text index itself, or row by row.
    pub(super) fn for_a_page(self, dialect: Dialect) -> Self {
        let plenty = self.lead.as_ref().is_some_and(|lead| {
            lead.rows.is_none() && (lead.text.is_some() || lead.index.ends_with(".network"))
        });
        if dialect == Dialect::Postgres || !plenty {
            return self;
        }
        Self {
            condition: Condition::All(flat(self.condition).into_iter().map(tested).collect()),
            lead: self.lead.filter(|lead| lead.text.is_some()).map(|lead| Lead {
                in_order: true,
                ..lead
            }),
        }
    }

    /// For those that hold one such row: of a text of which there is plenty, most holders find one among their first rows.
    pub(super) fn for_a_holder(self) -> Condition {
        let plenty = self
            .lead
            .is_some_and(|lead| lead.rows.is_none() && lead.text.is_some());
        match self.condition {
            Condition::All(parts) if plenty => Condition::All(parts.into_iter().map(without_text).collect()),
            condition => condition,
        }
    }

    /// What the text index is asked for when it is read in the order of ids.
    pub(super) fn stream(&self) -> Option<&str> {
        self.lead
            .as_ref()
            .filter(|lead| lead.in_order)
            .and_then(|lead| lead.text.as_deref())
    }
}

impl Lead {
    /// Whether it finds events, and attributes by them.
    pub(super) fn is_over_events(&self) -> bool {
        self.index.starts_with('e')
    }

    fn cost(&self) -> i64 {
        self.rows.unwrap_or(i64::MAX)
    }
}

fn flat(condition: Condition) -> Vec<Condition> {
    match condition {
        Condition::All(parts) => parts.into_iter().flat_map(flat).collect(),
        other => vec![other],
    }
}

/// The same, answered without an index.
pub(super) fn tested(condition: Condition) -> Condition {
    match condition {
        Condition::Fixed(_) | Condition::Tested(_) => condition,
        other => Condition::Tested(Box::new(without_text(other))),
    }
}

/// Without the look-up in the text index, which would list all that it finds.
fn without_text(condition: Condition) -> Condition {
    match condition {
        Condition::All(parts) => Condition::All(parts.into_iter().map(without_text).collect()),
        Condition::Any(parts) => Condition::Any(parts.into_iter().map(without_text).collect()),
        Condition::Not(part) => Condition::Not(Box::new(without_text(*part))),
        Condition::Text {
            a, columns, patterns, ..
        } => Condition::Text {
            a,
            columns,
            patterns,
            candidates: None,
        },
        other => other,
    }
}

/// The index that answers a condition, if one does.
fn lead(tx: &mut Tx<'_>, condition: &Condition) -> DbResult<Option<Lead>> {
    if let Condition::Any(parts) = condition {
        return union(tx, parts);
    }
    let Some(index) = index_of(condition) else {
        return Ok(None);
    };
    let text = match condition {
        Condition::Text { candidates, .. } => candidates.clone(),
        _ => None,
    };
    Ok(Some(Lead {
        rows: count(tx, condition)?,
        index,
        text,
        in_order: false,
    }))
}

fn union(tx: &mut Tx<'_>, parts: &[Condition]) -> DbResult<Option<Lead>> {
    let mut leads = Vec::new();
    for part in parts {
        match lead(tx, part)? {
            Some(lead) => leads.push(lead),
            None => return Ok(None),
        }
    }
    if let [only] = leads.as_slice() {
        return Ok(Some(only.clone()));
    }
    let mut names: Vec<String> = leads.iter().map(|lead| lead.index.clone()).collect();
    names.dedup();
    Ok(Some(Lead {
        index: names.join(" + "),
        rows: leads.iter().map(|lead| lead.rows).sum(),
        text: None,
        in_order: false,
    }))
}

/// What the index of a condition is over; nothing when none answers it.
fn index_of(condition: &Condition) -> Option<String> {
    match condition {
        Condition::Key(column, _) | Condition::Uuids(column, _) | Condition::Dates { column, .. } => {
            Some(column.clone())
        }
        Condition::Range { column, indexed, .. } => indexed.then(|| column.clone()),
        Condition::Halves { a, .. } => Some(format!("{a}.value1_key")),
        Condition::Tagged { table, .. } => Some(format!("{table}.tag_id")),
        Condition::Networks { column, .. } => Some(column.clone()),
        Condition::Text { a, candidates, .. } => candidates.is_some().then(|| format!("{a} text")),
        Condition::Has { inner, .. } => index_of(inner),
        // A conjunction inside alternatives, as for composite values: its first part that an index answers.
        Condition::All(parts) => parts.iter().find_map(index_of),
        _ => None,
    }
}

/// About how many attributes the index of a condition finds; `None` when there are more than are counted.
fn count(tx: &mut Tx<'_>, condition: &Condition) -> DbResult<Option<i64>> {
    if tx.dialect() == Dialect::Postgres {
        return Ok(None);
    }
    let everyone = super::Viewer {
        visible: crate::Visible::everything(),
        deleted: super::DeletedAccess::All,
    };
    let (table, factor, limit) = match condition {
        Condition::Key(column, list) if column.ends_with(".id") => {
            return Ok(Some(i64::try_from(list.len()).unwrap_or(i64::MAX)));
        }
        Condition::Text {
            candidates: Some(candidates),
            ..
        } => {
            let mut sql = Sql::new(
                tx.dialect(),
                "SELECT COUNT(*) FROM (SELECT 1 FROM attribute_text WHERE attribute_text MATCH ",
            );
            sql.bind(candidates)
                .push(" LIMIT ")
                .bind(CANDIDATES)
                .push(") counted");
            let rows = tx.int(sql.text(), sql.values())?;
            return Ok((rows < CANDIDATES).then_some(rows));
        }
        Condition::Tagged { table, tags, .. } => {
            let factor = if *table == "event_tags" { PER_EVENT } else { 1 };
            let mut sql = Sql::new(
                tx.dialect(),
                &format!("SELECT COUNT(*) FROM (SELECT 1 FROM {table} t WHERE "),
            );
            sql.any("t.tag_id", tags)
                .push(" LIMIT ")
                .bind(COUNTED / factor)
                .push(") counted");
            let rows = tx.int(sql.text(), sql.values())?;
            return Ok((rows < COUNTED / factor).then_some(rows * factor));
        }
        Condition::Has { inner, .. } => return count(tx, inner),
        Condition::All(parts) => {
            for part in parts {
                if index_of(part).is_some() {
                    return count(tx, part);
                }
            }
            return Ok(None);
        }
        other => match index_of(other) {
            Some(column) if column.starts_with('e') => ("events", PER_EVENT, COUNTED / PER_EVENT),
            _ => ("attributes", 1, COUNTED),
        },
    };
    let alias = index_of(condition).unwrap_or_default();
    let alias = alias.split('.').next().unwrap_or_default();
    let mut sql = Sql::new(
        tx.dialect(),
        &format!("SELECT COUNT(*) FROM (SELECT 1 FROM {table} {alias} WHERE "),
    );
    condition.render(&mut sql, everyone);
    sql.push(" LIMIT ").bind(limit).push(") counted");
    let rows = tx.int(sql.text(), sql.values())?;
    Ok((rows < limit).then_some(rows * factor))
}
