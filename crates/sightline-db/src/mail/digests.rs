//! What happened in a while, as far as a viewer may know.

use crate::{DbResult, Sql, Tx, Visible, params};
use sightline_core::ids::EventId;

/// What a reader wants to hear of; empty lists and texts do not restrict.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DigestFilter {
    /// Of these creators.
    pub orgc: Vec<i64>,
    /// With these distributions.
    pub distribution: Vec<i64>,
    /// Shared with these groups.
    pub sharing_group: Vec<i64>,
    /// With this in the info.
    pub info: String,
    /// With one of these tags, `%` for anything.
    pub tags: Vec<String>,
}

/// A tag and how often it was used, now and in the time before.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "said above")]
pub struct Trend {
    pub name: String,
    pub now: i64,
    pub before: i64,
}

/// Up to when digests of this period are queued.
pub fn digested_until(tx: &mut Tx<'_>, period: &str) -> DbResult<Option<i64>> {
    tx.first(
        "SELECT until FROM digest_runs WHERE period = $1",
        params![period],
        |row| row.int(0),
    )
}

/// Notes it. Whether this call moved it: of two processes, one does.
pub fn set_digested_until(tx: &mut Tx<'_>, period: &str, until: i64) -> DbResult<bool> {
    let touched = tx.exec(
        "INSERT INTO digest_runs (period, until) VALUES ($1, $2) \
         ON CONFLICT (period) DO UPDATE SET until = excluded.until WHERE digest_runs.until < excluded.until",
        params![period, until],
    )?;
    Ok(touched == 1)
}

/// The visible events that were published in `[from, until)`, latest first, and how many there are in all.
pub fn digest_events(
    tx: &mut Tx<'_>,
    visible: Visible,
    filter: &DigestFilter,
    (from, until): (i64, i64),
    limit: u32,
) -> DbResult<(Vec<EventId>, i64)> {
    let patterns = filter.patterns();
    let mut count = Sql::new(tx.dialect(), "SELECT COUNT(*) FROM events e WHERE ");
    filter.push(&mut count, visible, (from, until), &patterns);
    let total = tx.int(count.text(), count.values())?;
    let mut sql = Sql::new(tx.dialect(), "SELECT e.id FROM events e WHERE ");
    filter.push(&mut sql, visible, (from, until), &patterns);
    sql.push(" ORDER BY e.publish_timestamp DESC, e.id DESC LIMIT ")
        .bind(limit);
    let ids = tx.all(sql.text(), sql.values(), |row| Ok(EventId(row.int(0)?)))?;
    Ok((ids, total))
}

/// The tags that are on most of those events, with how often they were used in the time of the same length before.
pub fn trending_tags(
    tx: &mut Tx<'_>,
    visible: Visible,
    filter: &DigestFilter,
    (from, until): (i64, i64),
    limit: u32,
) -> DbResult<Vec<Trend>> {
    let patterns = filter.patterns();
    let before = from - (until - from);
    let used = |tx: &mut Tx<'_>, span: (i64, i64), names: Option<&[String]>| {
        let mut sql = Sql::new(
            tx.dialect(),
            "SELECT t.name, COUNT(*) AS uses FROM event_tags x JOIN tags t ON t.id = x.tag_id \
             JOIN events e ON e.id = x.event_id WHERE ",
        );
        filter.push(&mut sql, visible, span, &patterns);
        if let Some(names) = names {
            sql.push(" AND ").any("t.name", names);
        }
        sql.push(" GROUP BY t.name ORDER BY uses DESC, t.name LIMIT ")
            .bind(limit);
        tx.all(sql.text(), sql.values(), |row| Ok((row.text(0)?, row.int(1)?)))
    };
    let now = used(tx, (from, until), None)?;
    let names: Vec<String> = now.iter().map(|(name, _)| name.clone()).collect();
    let earlier = used(tx, (before, from), Some(&names))?;
    let trend = |(name, now): (String, i64)| {
        let before = earlier
            .iter()
            .find(|(known, _)| *known == name)
            .map_or(0, |(_, uses)| *uses);
        Trend { name, now, before }
    };
    Ok(now.into_iter().map(trend).collect())
}

impl DigestFilter {
    /// The info as a pattern, and the tags as patterns: `%` is the caller's, the rest is literal.
    fn patterns(&self) -> (String, Vec<String>) {
        let info = format!("%{}%", crate::like::escape(&self.info));
        let parts = |tag: &String| {
            tag.split('%')
                .map(crate::like::escape)
                .collect::<Vec<_>>()
                .join("%")
        };
        (info, self.tags.iter().map(parts).collect())
    }

    fn push<'a>(
        &'a self,
        sql: &mut Sql<'a>,
        visible: Visible,
        (from, until): (i64, i64),
        (info, tags): &'a (String, Vec<String>),
    ) {
        visible.event(sql, "e");
        sql.push(" AND e.published AND e.publish_timestamp >= ")
            .bind(from)
            .push(" AND e.publish_timestamp < ")
            .bind(until);
        for (column, ids) in [
            ("e.orgc_id", &self.orgc),
            ("e.distribution", &self.distribution),
            ("e.sharing_group_id", &self.sharing_group),
        ] {
            if !ids.is_empty() {
                sql.push(" AND ").any(column, ids.as_slice());
            }
        }
        if !self.info.is_empty() {
            sql.push(" AND ").like("e.info", info, false);
        }
        if !tags.is_empty() {
            sql.push(
                " AND EXISTS (SELECT 1 FROM event_tags ft JOIN tags fn ON fn.id = ft.tag_id \
                 WHERE ft.event_id = e.id AND (FALSE",
            );
            for tag in tags {
                sql.push(" OR ").like("fn.name", tag, false);
            }
            sql.push("))");
        }
    }
}
