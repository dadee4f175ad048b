//! Reading the feed: what one viewer may see of it now.

use super::LOCK;
use crate::sightings::ShownTo;
use crate::tags::Lister;
use crate::{DbResult, Dialect, Row, Sql, Tx, Visible, params};
use sightline_misp::change_feed::{Change, ChangeAction, ChangeKind};

/// Rows looked at for one page, however few of them the viewer may see.
const WINDOW: i64 = 1_000;

/// Who reads.
#[derive(Clone, Copy, Debug)]
pub struct Viewer {
    /// What it sees.
    pub visible: Visible,
    /// Whose sightings it is shown.
    pub sightings: ShownTo,
    /// Which tags it is shown.
    pub tags: Lister,
    /// Whether it is shown tags that never leave this instance.
    pub local_tags: bool,
}

/// What a reader asks for; empty lists ask for everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Kinds of records.
    pub kinds: Vec<ChangeKind>,
    /// Kinds of changes.
    pub actions: Vec<ChangeAction>,
    /// One event and what is in it.
    pub event: Option<i64>,
    /// Events that have this tag, and what is in them; and changes that attach it or take it off.
    pub tag: Option<String>,
}

/// Some entries, and how far they go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// What the viewer may see, in order.
    pub changes: Vec<Change>,
    /// Where to go on.
    pub position: i64,
    /// Whether there are no more rows after it.
    pub caught_up: bool,
}

/// The last position, as far as everything is [`settled`].
pub fn latest(tx: &mut Tx<'_>, settled: i64) -> DbResult<i64> {
    tx.int(
        "SELECT COALESCE(MAX(id), 0) FROM changes WHERE id <= $1",
        params![settled],
    )
}

/// The oldest position from which nothing is missing.
pub fn oldest(tx: &mut Tx<'_>) -> DbResult<i64> {
    tx.int("SELECT COALESCE(MIN(id), 0) FROM changes", &[])
}

/// Up to which position every transaction has ended, asked in a transaction before the one that reads. `known` is an earlier
/// answer: nobody is held up when it still stands.
///
/// PostgreSQL hands out ids before the commit. Writers hold a lock from then on, so once it was had alone, every id that was
/// given out by then is either there to be read or will never be.
pub fn settled(tx: &mut Tx<'_>, known: i64) -> DbResult<i64> {
    const GIVEN: &str = "SELECT last_value FROM changes_id_seq";
    if tx.dialect() == Dialect::Sqlite {
        return latest(tx, i64::MAX);
    }
    if tx.int(GIVEN, &[])? == known {
        return Ok(known);
    }
    tx.exists("SELECT pg_advisory_xact_lock($1)", params![LOCK])?;
    tx.int(GIVEN, &[])
}

/// The entries after a position, at most `limit`, and none beyond what is [`settled`]. `None` reads for the platform itself:
/// every row, those of no kind as well.
pub fn page(
    tx: &mut Tx<'_>,
    viewer: Option<Viewer>,
    filter: &Filter,
    after: i64,
    settled: i64,
    limit: usize,
) -> DbResult<Page> {
    let window = tx.all(
        "SELECT id FROM changes WHERE id > $1 AND id <= $2 ORDER BY id LIMIT $3",
        params![after, settled, WINDOW],
        |row| row.int(0),
    )?;
    let Some(last) = window.last().copied() else {
        return Ok(Page {
            changes: Vec::new(),
            position: after,
            caught_up: true,
        });
    };
    let kinds: Vec<String> = filter.kinds.iter().map(|kind| kind.name().to_owned()).collect();
    let actions: Vec<String> = filter
        .actions
        .iter()
        .map(|action| action.name().to_owned())
        .collect();
    let mut sql = Sql::new(tx.dialect(), SELECT);
    sql.push("c.id > ")
        .bind(after)
        .push(" AND c.id <= ")
        .bind(last)
        .push(" AND ");
    match viewer {
        Some(viewer) => may_see(&mut sql, viewer),
        None => {
            sql.push("TRUE");
        }
    }
    if !kinds.is_empty() {
        sql.push(" AND ").any("c.kind", &kinds);
    }
    if !actions.is_empty() {
        sql.push(" AND ").any("c.action", &actions);
    }
    if let Some(event) = filter.event {
        sql.push(" AND c.event_id = ").bind(event);
    }
    if let Some(tag) = &filter.tag {
        sql.push(" AND (t.name = ").bind(tag.as_str());
        sql.push(
            " OR EXISTS (SELECT 1 FROM event_tags et JOIN tags t ON t.id = et.tag_id WHERE et.event_id = c.event_id \
             AND t.name = ",
        )
        .bind(tag.as_str())
        .push(" AND ");
        match viewer {
            Some(viewer) => attached(&mut sql, viewer, "et"),
            None => {
                sql.push("TRUE");
            }
        }
        sql.push("))");
    }
    let rows = i64::try_from(limit).unwrap_or(WINDOW).min(WINDOW);
    sql.push(" ORDER BY c.id LIMIT ").bind(rows);
    let changes: Vec<Change> = tx
        .all(sql.text(), sql.values(), read)?
        .into_iter()
        .flatten()
        .collect();
    let full = changes.len() >= limit;
    let position = match changes.last() {
        Some(change) if full => change.position,
        _ => last,
    };
    Ok(Page {
        caught_up: !full && window.len() < usize::try_from(WINDOW).unwrap_or(usize::MAX),
        changes,
        position,
    })
}

const SELECT: &str = "SELECT c.id, c.audit_id, c.created, c.kind, c.action, c.record_id, c.event_id, e.uuid, t.name, \
     COALESCE(c.uuid, CASE c.kind WHEN 'event' THEN e.uuid \
     WHEN 'attribute' THEN (SELECT u.uuid FROM attributes u WHERE u.id = c.record_id) \
     WHEN 'object' THEN (SELECT u.uuid FROM objects u WHERE u.id = c.record_id) \
     WHEN 'object_reference' THEN (SELECT u.uuid FROM object_references u WHERE u.id = c.record_id) \
     WHEN 'event_report' THEN (SELECT u.uuid FROM event_reports u WHERE u.id = c.record_id) \
     WHEN 'sighting' THEN (SELECT u.uuid FROM sightings u WHERE u.id = c.record_id) \
     WHEN 'organisation' THEN (SELECT u.uuid FROM organisations u WHERE u.id = c.record_id) END) \
     FROM changes c LEFT JOIN events e ON e.id = c.event_id LEFT JOIN tags t ON t.id = c.tag_id WHERE ";

fn read(row: &Row<'_>) -> DbResult<Option<Change>> {
    let (Some(kind), Some(action)) = (ChangeKind::parse(row.str(3)?), ChangeAction::parse(row.str(4)?))
    else {
        return Ok(None);
    };
    Ok(Some(Change {
        position: row.int(0)?,
        audit_id: row.int(1)?,
        at: row.int(2)?,
        kind,
        action,
        record_id: row.int(5)?,
        event_id: row.opt_int(6)?,
        event_uuid: row.opt_uuid(7)?,
        tag: row.opt_text(8)?,
        uuid: row.opt_uuid(9)?,
    }))
}

/// A record that is there is told as it may be seen now; one that is gone only as deleted, to those who could see it then
/// and may see the event that it was in.
fn may_see(sql: &mut Sql<'_>, viewer: Viewer) {
    let visible = viewer.visible;
    let everything = visible.organisation().is_none();
    sql.push("((c.kind = 'event' AND c.action = 'delete' AND ");
    visible.event(sql, "c");
    sql.push(") OR (c.kind = 'tag' AND ");
    tag(sql, viewer);
    sql.push(")");
    if everything {
        sql.push(" OR c.kind IN ('user', 'organisation')");
    }
    sql.push(" OR (e.id IS NOT NULL AND ");
    visible.event(sql, "e");
    sql.push(" AND (c.action NOT IN ('tag', 'untag') OR ");
    attached(sql, viewer, "c");
    sql.push(") AND ((c.kind = 'event' AND c.action <> 'delete')");

    sql.push(" OR (c.kind = 'attribute' AND c.action = 'delete' AND c.uuid IS NOT NULL AND ");
    visible.attribute(sql, "e", "c");
    sql.push(") OR (c.kind = 'attribute' AND c.action <> 'delete' AND ");
    attribute(sql, visible, "c.record_id");
    sql.push(")");

    for (kind, table) in [("object", "objects"), ("event_report", "event_reports")] {
        sql.push(&format!(
            " OR (c.kind = '{kind}' AND c.action = 'delete' AND c.uuid IS NOT NULL AND "
        ));
        visible.inner(sql, "e", "c");
        sql.push(&format!(
            ") OR (c.kind = '{kind}' AND c.action <> 'delete' AND EXISTS (SELECT 1 FROM {table} x \
             WHERE x.id = c.record_id AND x.event_id = e.id AND NOT x.deleted AND "
        ));
        visible.inner(sql, "e", "x");
        sql.push("))");
    }

    sql.push(
        " OR (c.kind = 'object_reference' AND EXISTS (SELECT 1 FROM objects x WHERE x.event_id = e.id AND NOT x.deleted \
         AND x.id = CASE c.action WHEN 'delete' THEN c.object_id ELSE \
         (SELECT r.object_id FROM object_references r WHERE r.id = c.record_id AND NOT r.deleted) END AND ",
    );
    visible.inner(sql, "e", "x");
    sql.push("))");

    sql.push(" OR (c.kind = 'sighting' AND c.action = 'delete' AND ");
    viewer.sightings.condition(sql, "c", "e");
    sql.push(" AND ");
    attribute(sql, visible, "c.holder_id");
    sql.push(
        ") OR (c.kind = 'sighting' AND c.action <> 'delete' AND EXISTS (SELECT 1 FROM sightings s \
         WHERE s.id = c.record_id AND ",
    );
    viewer.sightings.condition(sql, "s", "e");
    sql.push(" AND ");
    attribute(sql, visible, "s.attribute_id");
    sql.push(")))))");
}

/// The tag itself: whom it is kept for is shown it, also when it is gone.
fn tag(sql: &mut Sql<'_>, viewer: Viewer) {
    sql.push("CASE WHEN c.action <> 'delete' THEN t.id IS NOT NULL AND ");
    viewer.tags.push(sql, "t");
    sql.push(" ELSE c.tag_id IS NOT NULL AND ");
    match viewer.tags {
        Lister::Everything => sql.push("TRUE"),
        Lister::User(org, user) => sql
            .push("c.org_id IN (0, ")
            .bind(org)
            .push(") AND c.holder_id IN (0, ")
            .bind(user)
            .push(")"),
    };
    sql.push(" END");
}

/// What row `x` attaches is a tag `t` that the viewer is shown on records, and among the tags.
fn attached(sql: &mut Sql<'_>, viewer: Viewer, x: &str) {
    sql.push("(t.id IS NOT NULL AND ");
    viewer.tags.push(sql, "t");
    if viewer.visible.organisation().is_some() {
        sql.push(" AND t.exportable");
        if !viewer.local_tags {
            sql.push(&format!(" AND NOT {x}.local"));
        }
    }
    sql.push(")");
}

/// The live attribute of this id is in the event, and visible.
fn attribute(sql: &mut Sql<'_>, visible: Visible, id: &str) {
    sql.push(&format!(
        "EXISTS (SELECT 1 FROM attributes a WHERE a.id = {id} AND a.event_id = e.id AND NOT a.deleted AND "
    ));
    visible.attribute(sql, "e", "a");
    sql.push(")");
}
