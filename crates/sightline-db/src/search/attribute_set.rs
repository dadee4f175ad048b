//! The attributes that satisfy a filter, as a set to be counted and walked in id order. It ends at an id, so that it
//! stands still while new attributes come.

use super::condition::Condition;
use super::resolve::{Aliases, Resolver};
use super::{Viewer, id};
use crate::{DbResult, Sql, Tx};
use sightline_core::ids::EventId;
use sightline_query::{AttributePredicate, Filter};

/// A set of visible attributes.
#[derive(Clone, Debug)]
pub struct AttributeSet {
    viewer: Viewer,
    condition: Condition,
    up_to: i64,
}

/// The greatest id of an attribute; 0 when there is none.
pub fn last_attribute(tx: &mut Tx<'_>) -> DbResult<i64> {
    tx.int("SELECT COALESCE(MAX(id), 0) FROM attributes", &[])
}

impl AttributeSet {
    /// The attributes up to the id `up_to` that satisfy the filter and that the viewer sees.
    pub fn open(
        tx: &mut Tx<'_>,
        viewer: Viewer,
        filter: &Filter<AttributePredicate>,
        up_to: i64,
    ) -> DbResult<Self> {
        let condition = Resolver { tx: &mut *tx, viewer }.attributes(filter, &Aliases::of_attributes())?;
        Ok(Self {
            viewer,
            condition,
            up_to,
        })
    }

    /// How many there are, in how many events.
    pub fn count(&self, tx: &mut Tx<'_>) -> DbResult<(i64, i64)> {
        let sql = self.matching(tx, "COUNT(*), COUNT(DISTINCT a.event_id)", 0);
        let counts = tx.first(sql.text(), sql.values(), |row| Ok((row.int(0)?, row.int(1)?)))?;
        Ok(counts.unwrap_or_default())
    }

    /// The events that have most of them, with their numbers.
    pub fn top_events(&self, tx: &mut Tx<'_>, limit: i64) -> DbResult<Vec<(EventId, i64)>> {
        let mut sql = self.matching(tx, "a.event_id, COUNT(*)", 0);
        sql.push(" GROUP BY a.event_id ORDER BY COUNT(*) DESC, a.event_id LIMIT ")
            .bind(limit);
        tx.all(sql.text(), sql.values(), |row| {
            Ok((EventId(row.int(0)?), row.int(1)?))
        })
    }

    /// The next ids after `after`.
    pub fn ids(&self, tx: &mut Tx<'_>, after: i64, limit: usize) -> DbResult<Vec<i64>> {
        let mut sql = self.matching(tx, "a.id", after);
        sql.push(" ORDER BY a.id LIMIT ")
            .bind(i64::try_from(limit).unwrap_or(i64::MAX));
        tx.all(sql.text(), sql.values(), id)
    }

    fn matching(&self, tx: &Tx<'_>, what: &str, after: i64) -> Sql<'_> {
        // CROSS JOIN keeps SQLite's planner from starting at the events where all attributes have to be tested anyway;
        // where an index finds them, the planner is left to choose.
        let from = if self.condition.is_selective() {
            "attributes a JOIN events e ON e.id = a.event_id WHERE"
        } else {
            "attributes a CROSS JOIN events e WHERE e.id = a.event_id AND"
        };
        let mut sql = Sql::new(tx.dialect(), &format!("SELECT {what} FROM {from} a.id > "));
        sql.bind(after).push(" AND a.id <= ").bind(self.up_to);
        sql.push(" AND ");
        self.condition.render(&mut sql, self.viewer);
        sql.push(" AND ");
        self.viewer.event(&mut sql, "e");
        sql.push(" AND ");
        self.viewer.attribute(&mut sql, "e", "a");
        sql
    }
}
