//! Counts over the whole instance, of what the viewer sees.

use crate::{DbResult, Sql, Tx, Visible};
use sightline_core::ids::OrgId;

/// What attributes are counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum By {
    /// The code of their type.
    Type,
    /// The code of their category.
    Category,
}

impl By {
    const fn column(self) -> &'static str {
        match self {
            Self::Type => "a.type_id",
            Self::Category => "a.category_id",
        }
    }
}

/// How many events there are that changed at `since` or later, and organisations that created them.
pub fn events(tx: &mut Tx<'_>, visible: Visible, since: i64) -> DbResult<(i64, i64)> {
    let mut sql = Sql::new(
        tx.dialect(),
        "SELECT COUNT(*), COUNT(DISTINCT e.orgc_id) FROM events e WHERE e.timestamp >= ",
    );
    sql.bind(since).push(" AND ");
    visible.event(&mut sql, "e");
    let counts = tx.first(sql.text(), sql.values(), |row| Ok((row.int(0)?, row.int(1)?)))?;
    Ok(counts.unwrap_or_default())
}

/// How many live attributes there are that changed at `since` or later.
pub fn attributes(tx: &mut Tx<'_>, visible: Visible, since: i64) -> DbResult<i64> {
    let mut sql = Sql::new(
        tx.dialect(),
        "SELECT COUNT(*) FROM attributes a JOIN events e ON e.id = a.event_id \
         WHERE NOT a.deleted AND a.timestamp >= ",
    );
    sql.bind(since).push(" AND ");
    visible.event(&mut sql, "e");
    sql.push(" AND ");
    visible.attribute(&mut sql, "e", "a");
    tx.int(sql.text(), sql.values())
}

/// Creator, code and number of live attributes.
pub fn attributes_by(tx: &mut Tx<'_>, visible: Visible, by: By) -> DbResult<Vec<(OrgId, i64, i64)>> {
    let column = by.column();
    let mut sql = Sql::new(
        tx.dialect(),
        &format!(
            "SELECT e.orgc_id, {column}, COUNT(*) FROM attributes a JOIN events e ON e.id = a.event_id \
             WHERE NOT a.deleted AND "
        ),
    );
    visible.event(&mut sql, "e");
    sql.push(" AND ");
    visible.attribute(&mut sql, "e", "a");
    sql.push(&format!(
        " GROUP BY e.orgc_id, {column} ORDER BY e.orgc_id, {column}"
    ));
    tx.all(sql.text(), sql.values(), |row| {
        Ok((OrgId(row.int(0)?), row.int(1)?, row.int(2)?))
    })
}

/// How many values stand in more than one event, as far as correlation looks at them.
pub fn shared_values(tx: &mut Tx<'_>, visible: Visible) -> DbResult<i64> {
    let mut sql = Sql::new(
        tx.dialect(),
        "SELECT COUNT(*) FROM (SELECT a.value1_key FROM attributes a JOIN events e ON e.id = a.event_id \
         WHERE NOT a.deleted AND NOT a.disable_correlation AND NOT e.disable_correlation AND ",
    );
    visible.event(&mut sql, "e");
    sql.push(" AND ");
    visible.attribute(&mut sql, "e", "a");
    sql.push(" GROUP BY a.value1_key HAVING MIN(a.event_id) <> MAX(a.event_id)) shared");
    tx.int(sql.text(), sql.values())
}

/// What one organisation has contributed on one day.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "named by the columns")]
pub struct Contribution {
    pub org: OrgId,
    /// The event's date, `YYYY-MM-DD`.
    pub date: String,
    pub events: i64,
    /// Live attributes of those events.
    pub attributes: i64,
}

/// Contributions by creator and date of the event.
pub fn contributions(tx: &mut Tx<'_>, visible: Visible) -> DbResult<Vec<Contribution>> {
    let mut sql = Sql::new(
        tx.dialect(),
        "SELECT e.orgc_id, e.date, COUNT(DISTINCT e.id), COUNT(a.id) FROM events e \
         LEFT JOIN attributes a ON a.event_id = e.id AND NOT a.deleted AND ",
    );
    visible.attribute(&mut sql, "e", "a");
    sql.push(" WHERE ");
    visible.event(&mut sql, "e");
    sql.push(" GROUP BY e.orgc_id, e.date ORDER BY e.orgc_id, e.date");
    tx.all(sql.text(), sql.values(), |row| {
        Ok(Contribution {
            org: OrgId(row.int(0)?),
            date: row.text(1)?,
            events: row.int(2)?,
            attributes: row.int(3)?,
        })
    })
}

/// How many users there are, of one organisation or all, that came at `since` or later; and how many of them have an
/// encryption key.
pub fn users(tx: &mut Tx<'_>, org: Option<OrgId>, since: i64) -> DbResult<(i64, i64)> {
    let mut sql = Sql::new(
        tx.dialect(),
        "SELECT COUNT(*), COUNT(CASE WHEN gpgkey <> '' THEN 1 END) FROM users WHERE date_created >= ",
    );
    sql.bind(since);
    if let Some(org) = org {
        sql.push(" AND org_id = ").bind(org);
    }
    let counts = tx.first(sql.text(), sql.values(), |row| Ok((row.int(0)?, row.int(1)?)))?;
    Ok(counts.unwrap_or_default())
}

/// How many organisations there are that came at `since` or later: local ones, and others.
pub fn organisations(tx: &mut Tx<'_>, since: i64) -> DbResult<(i64, i64)> {
    let mut sql = Sql::new(
        tx.dialect(),
        "SELECT COUNT(CASE WHEN local THEN 1 END), COUNT(CASE WHEN NOT local THEN 1 END) FROM organisations \
         WHERE date_created >= ",
    );
    sql.bind(since);
    let counts = tx.first(sql.text(), sql.values(), |row| Ok((row.int(0)?, row.int(1)?)))?;
    Ok(counts.unwrap_or_default())
}
