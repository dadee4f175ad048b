//! The history of one event, as far as its reader may know it.

use super::search::{Entry, read, select};
use crate::{DbResult, Sql, Tx, Visible};
use sightline_core::ids::{EventId, OrgId, UserId};

/// Who reads the history of an event that it sees.
#[derive(Clone, Copy, Debug)]
pub enum Reader {
    /// The owner, or a site administrator: every row, but of sightings only those of one organisation where who saw
    /// something is to stay hidden.
    Insider {
        /// That organisation.
        sightings_of: Option<OrgId>,
    },
    /// Somebody else: rows of what it sees now, and its own.
    Outsider {
        /// What it sees.
        visible: Visible,
        /// Who it is.
        user: UserId,
    },
}

/// A page of an event's rows, latest first; `org` restricts to the acts of one organisation.
pub fn history(
    tx: &mut Tx<'_>,
    event: EventId,
    reader: Reader,
    org: Option<OrgId>,
    limit: u32,
    offset: i64,
) -> DbResult<Vec<Entry>> {
    let mut sql = Sql::new(tx.dialect(), &select());
    conditions(&mut sql, event, reader, org);
    sql.push(" ORDER BY l.id DESC LIMIT ")
        .bind(limit)
        .push(" OFFSET ")
        .bind(offset);
    tx.all(sql.text(), sql.values(), read)
}

/// How many rows an event's history has.
pub fn count_history(tx: &mut Tx<'_>, event: EventId, reader: Reader, org: Option<OrgId>) -> DbResult<i64> {
    let mut sql = Sql::new(tx.dialect(), "SELECT COUNT(*) FROM audit_logs l WHERE ");
    conditions(&mut sql, event, reader, org);
    tx.int(sql.text(), sql.values())
}

fn conditions(sql: &mut Sql<'_>, event: EventId, reader: Reader, org: Option<OrgId>) {
    sql.push("l.event_id = ").bind(event);
    match reader {
        Reader::Insider { sightings_of: None } => {}
        Reader::Insider {
            sightings_of: Some(org),
        } => {
            sql.push(" AND (l.model <> 'Sighting' OR l.org_id = ")
                .bind(org)
                .push(")");
        }
        Reader::Outsider { visible, user } => outside(sql, visible, user),
    }
    if let Some(org) = org {
        sql.push(" AND l.org_id = ").bind(org);
    }
}

/// A record that is gone, or of a kind that is not named here, is nobody else's business.
fn outside(sql: &mut Sql<'_>, visible: Visible, user: UserId) {
    sql.push(" AND (l.model = 'Event' OR (l.user_id = ").bind(user);
    sql.push(
        ") OR (l.model = 'Attribute' AND EXISTS (SELECT 1 FROM attributes a JOIN events e ON e.id = a.event_id \
         WHERE a.id = l.model_id AND a.event_id = l.event_id AND NOT a.deleted AND ",
    );
    visible.attribute(sql, "e", "a");
    for (model, table) in [("Object", "objects"), ("EventReport", "event_reports")] {
        sql.push(&format!(
            ")) OR (l.model = '{model}' AND EXISTS (SELECT 1 FROM {table} x JOIN events e ON e.id = x.event_id \
             WHERE x.id = l.model_id AND x.event_id = l.event_id AND NOT x.deleted AND "
        ));
        visible.inner(sql, "e", "x");
    }
    sql.push(")))");
}
