//! Attribute searches that may yield millions: a cursor that is moved from transaction to transaction.

use super::plan::{self, Lead, Plan};
use super::resolve::{Aliases, Resolver};
use super::{Viewer, id, in_order, limit, order};
use crate::attributes::{COLUMN_COUNT, COLUMNS, read};
use crate::events::distribution;
use crate::{DbResult, Dialect, Row, Sql, Tx};
use sightline_core::ids::{ObjectId, SharingGroupId};
use sightline_misp::records::{Attribute, Distribution};
use sightline_query::{AttributeColumn, AttributePredicate, Filter, Order, Paging};

/// Ids that a search lists at once: eight megabytes, and one evaluation of the condition for each such window.
const WINDOW: usize = 1_000_000;

const HOLDING: &str = "ob.distribution, ob.sharing_group_id";
const JOIN_HOLDING: &str = "LEFT JOIN objects ob ON ob.id = a.object_id";

/// An attribute as a search finds it.
#[derive(Clone, Debug)]
pub struct AttributeRow {
    /// The attribute.
    pub attribute: Attribute,
    /// The object that holds it, if any.
    pub object: Option<Holding>,
}

/// What search answers show of the object that holds an attribute.
#[derive(Clone, Copy, Debug)]
#[expect(missing_docs, reason = "the three columns")]
pub struct Holding {
    pub id: ObjectId,
    pub distribution: Distribution,
    pub sharing_group_id: SharingGroupId,
}

/// A search for attributes on its way.
#[derive(Clone, Debug)]
pub struct AttributeCursor {
    viewer: Viewer,
    plan: Plan,
    total: i64,
    state: State,
}

#[derive(Clone, Debug)]
enum State {
    /// Every attribute in id order is tested; those up to `after` are done.
    Scan { after: i64 },
    /// These were found, `at` of them are done; `more` when they are only the first window.
    List { ids: Vec<i64>, at: usize, more: bool },
}

impl AttributeCursor {
    /// Starts the search. A condition that an index answers, an order or a limit lists ids first; anything else is a scan.
    pub fn open(
        tx: &mut Tx<'_>,
        viewer: Viewer,
        filter: &Filter<AttributePredicate>,
        sort: &[Order<AttributeColumn>],
        paging: Paging,
    ) -> DbResult<Self> {
        let mut cursor = Self::planned(tx, viewer, filter, sort, paging)?;
        let whole = paging.limit.is_none() && sort.is_empty();
        if whole && cursor.plan.lead.is_none() {
            cursor.total = cursor.count(tx)?;
            return Ok(cursor);
        }
        let sql = cursor.listing(tx.dialect(), sort, paging);
        let ids = tx.all(sql.text(), sql.values(), id)?;
        let more = whole && ids.len() == WINDOW;
        cursor.total = if more {
            cursor.count(tx)?
        } else {
            i64::try_from(ids.len()).unwrap_or(i64::MAX)
        };
        cursor.state = State::List { ids, at: 0, more };
        Ok(cursor)
    }

    /// Resolves the names of a filter and chooses its index.
    pub(super) fn planned(
        tx: &mut Tx<'_>,
        viewer: Viewer,
        filter: &Filter<AttributePredicate>,
        sort: &[Order<AttributeColumn>],
        paging: Paging,
    ) -> DbResult<Self> {
        let condition = Resolver { tx: &mut *tx, viewer }.attributes(filter, &Aliases::of_attributes())?;
        plan::prepare(tx, &condition)?;
        let mut plan = plan::plan(tx, condition)?;
        if paging.limit.is_some() && sort.is_empty() {
            plan = plan.for_a_page(tx.dialect());
        }
        Ok(Self {
            viewer,
            plan,
            total: 0,
            state: State::Scan { after: 0 },
        })
    }

    pub(super) fn lead(&self) -> Option<&Lead> {
        self.plan.lead.as_ref()
    }

    /// The statement that lists ids.
    pub(super) fn listing(
        &self,
        dialect: Dialect,
        sort: &[Order<AttributeColumn>],
        paging: Paging,
    ) -> Sql<'_> {
        let mut sql = self.matching(dialect, "a.id");
        sql.push(" ORDER BY ").push(&if self.plan.stream().is_some() {
            "f.rowid".to_owned()
        } else {
            order::attributes(sort)
        });
        if paging.limit.is_none() && sort.is_empty() {
            sql.push(" LIMIT ")
                .bind(i64::try_from(WINDOW).unwrap_or(i64::MAX));
        } else {
            limit(&mut sql, paging);
        }
        sql
    }

    /// How many rows there will be on this page, or in all when there are no pages.
    pub fn total(&self) -> i64 {
        self.total
    }

    /// The next rows; none when all are done. Rows that ceased to be visible since are left out.
    pub fn next(&mut self, tx: &mut Tx<'_>, rows: usize) -> DbResult<Vec<AttributeRow>> {
        loop {
            let chunk = match &self.state {
                State::Scan { after } => return self.scan(tx, *after, rows),
                State::List { ids, at, more: true } if *at == ids.len() => {
                    let after = ids.last().copied().unwrap_or(i64::MAX);
                    self.refill(tx, after)?;
                    continue;
                }
                State::List { ids, at, .. } => ids.iter().skip(*at).take(rows).copied().collect::<Vec<i64>>(),
            };
            if let State::List { at, .. } = &mut self.state {
                *at += chunk.len();
            }
            let found = if chunk.is_empty() {
                Vec::new()
            } else {
                self.rows(tx, &chunk)?
            };
            if chunk.is_empty() || !found.is_empty() {
                return Ok(found);
            }
        }
    }

    fn scan(&mut self, tx: &mut Tx<'_>, after: i64, rows: usize) -> DbResult<Vec<AttributeRow>> {
        // CROSS JOIN keeps SQLite's planner from starting at the events and sorting all attributes.
        let mut sql = Sql::new(
            tx.dialect(),
            &format!(
                "SELECT {COLUMNS}, {HOLDING} FROM attributes a CROSS JOIN events e {JOIN_HOLDING} \
                 WHERE e.id = a.event_id AND a.id > "
            ),
        );
        sql.bind(after).push(" AND ");
        self.conditions(&mut sql);
        sql.push(" ORDER BY a.id LIMIT ")
            .bind(i64::try_from(rows).unwrap_or(i64::MAX));
        let found = tx.all(sql.text(), sql.values(), row)?;
        self.state = State::Scan {
            after: found.last().map_or(i64::MAX, |row| row.attribute.id.0),
        };
        Ok(found)
    }

    fn refill(&mut self, tx: &mut Tx<'_>, after: i64) -> DbResult<()> {
        let mut sql = self.matching(tx.dialect(), "a.id");
        sql.push(" AND a.id > ").bind(after).push(" ORDER BY a.id LIMIT ");
        sql.bind(i64::try_from(WINDOW).unwrap_or(i64::MAX));
        let ids = tx.all(sql.text(), sql.values(), id)?;
        let more = ids.len() == WINDOW;
        self.state = State::List { ids, at: 0, more };
        Ok(())
    }

    fn rows(&self, tx: &mut Tx<'_>, ids: &[i64]) -> DbResult<Vec<AttributeRow>> {
        let mut sql = Sql::new(
            tx.dialect(),
            &format!(
                "SELECT {COLUMNS}, {HOLDING} FROM attributes a JOIN events e ON e.id = a.event_id {JOIN_HOLDING} WHERE "
            ),
        );
        sql.any("a.id", ids).push(" AND ");
        self.visible(&mut sql);
        let found = tx.all(sql.text(), sql.values(), row)?;
        Ok(in_order(
            ids,
            found.into_iter().map(|row| (row.attribute.id.0, row)),
        ))
    }

    /// How many rows match on all pages.
    pub fn count(&self, tx: &mut Tx<'_>) -> DbResult<i64> {
        let sql = self.matching(tx.dialect(), "COUNT(*)");
        tx.int(sql.text(), sql.values())
    }

    fn matching(&self, dialect: Dialect, what: &str) -> Sql<'_> {
        // Where events do not lead, CROSS JOIN keeps SQLite's planner from starting at them and sorting all attributes.
        let join = if self.plan.lead.as_ref().is_some_and(Lead::is_over_events) {
            "JOIN events e ON"
        } else {
            "CROSS JOIN events e WHERE"
        };
        let mut sql = Sql::new(dialect, &format!("SELECT {what} FROM "));
        match self.plan.stream() {
            Some(candidates) => {
                sql.push("attribute_text f CROSS JOIN attributes a CROSS JOIN events e WHERE attribute_text MATCH ")
                    .bind(candidates)
                    .push(" AND a.id = f.rowid AND e.id = a.event_id AND ");
            }
            None if join.ends_with("ON") => {
                sql.push(&format!("attributes a {join} e.id = a.event_id WHERE "));
            }
            None => {
                sql.push(&format!("attributes a {join} e.id = a.event_id AND "));
            }
        }
        self.conditions(&mut sql);
        sql
    }

    fn conditions<'a>(&'a self, sql: &mut Sql<'a>) {
        self.plan.condition.render(sql, self.viewer);
        sql.push(" AND ");
        self.visible(sql);
    }

    fn visible(&self, sql: &mut Sql<'_>) {
        self.viewer.event(sql, "e");
        sql.push(" AND ");
        self.viewer.attribute(sql, "e", "a");
    }
}

/// How many visible attributes satisfy a filter.
pub fn count_attributes(
    tx: &mut Tx<'_>,
    viewer: Viewer,
    filter: &Filter<AttributePredicate>,
) -> DbResult<i64> {
    let whole = Paging { limit: None, page: 1 };
    AttributeCursor::planned(tx, viewer, filter, &[], whole)?.count(tx)
}

fn row(row: &Row<'_>) -> DbResult<AttributeRow> {
    let attribute = read(row, 0)?;
    let object = match row.opt_int(COLUMN_COUNT)? {
        Some(number) => Some(Holding {
            id: attribute.object_id,
            distribution: distribution(number)?,
            sharing_group_id: SharingGroupId(row.int(COLUMN_COUNT + 1)?),
        }),
        None => None,
    };
    Ok(AttributeRow { attribute, object })
}
