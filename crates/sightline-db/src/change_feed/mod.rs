//! The change feed: what happened, in the order of the commits (docs/adr/0006-change-feed.md).
//!
//! Every audit row leaves rows here. They are collected while a transaction runs and written as the last thing before its
//! commit, on PostgreSQL under a lock that such transactions share; a reader that takes it alone knows up to which id
//! everything has ended ([`settled`]), and reads no further: whoever has read up to an id has missed nothing below it.

mod note;
mod prune;
mod read;

pub(crate) use note::note;
pub use prune::prune;
pub use read::{Filter, Page, Viewer, latest, oldest, page, settled};

use crate::{DbResult, Dialect, Kind, Tx, Value, params};
use sightline_misp::change_feed::{ChangeAction, ChangeKind};
use uuid::Uuid;

/// PostgreSQL's advisory lock between writers, who share it, and readers who look how far those are; an arbitrary constant.
const LOCK: i64 = 0x5167_4366;

/// A row in the making.
#[derive(Debug)]
pub(crate) struct NewChange {
    created: i64,
    audit_id: i64,
    kind: ChangeKind,
    action: ChangeAction,
    record_id: i64,
    event_id: Option<i64>,
    tag_id: Option<i64>,
    local: bool,
    seen: Seen,
}

/// Who could see a record when it was deleted.
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    uuid: Option<Uuid>,
    org_id: i64,
    distribution: i64,
    sharing_group_id: i64,
    published: bool,
    object_id: i64,
    holder_id: i64,
}

/// Writes what a transaction has announced.
pub(crate) fn write(tx: &mut Tx<'_>, changes: &[NewChange]) -> DbResult<()> {
    const COLUMNS: &[(&str, Kind)] = &[
        ("id", Kind::Int),
        ("created", Kind::Int),
        ("audit_id", Kind::Int),
        ("kind", Kind::Text),
        ("action", Kind::Text),
        ("record_id", Kind::Int),
        ("event_id", Kind::Int),
        ("tag_id", Kind::Int),
        ("local", Kind::Bool),
        ("uuid", Kind::Uuid),
        ("org_id", Kind::Int),
        ("distribution", Kind::Int),
        ("sharing_group_id", Kind::Int),
        ("published", Kind::Bool),
        ("object_id", Kind::Int),
        ("holder_id", Kind::Int),
    ];
    if changes.is_empty() {
        return Ok(());
    }
    if tx.dialect() == Dialect::Postgres {
        tx.exists("SELECT pg_advisory_xact_lock_shared($1)", params![LOCK])?;
    }
    let ids = tx.allocate_ids("changes", changes.len())?;
    let mut rows = ids.iter().zip(changes);
    tx.insert_many("changes", COLUMNS, changes.len(), |_, row| {
        let Some((id, change)) = rows.next() else {
            return;
        };
        row.extend([
            Value::Int(*id),
            change.created.into(),
            change.audit_id.into(),
            change.kind.name().into(),
            change.action.name().into(),
            change.record_id.into(),
            change.event_id.into(),
            change.tag_id.into(),
            change.local.into(),
            change.seen.uuid.into(),
            change.seen.org_id.into(),
            change.seen.distribution.into(),
            change.seen.sharing_group_id.into(),
            change.seen.published.into(),
            change.seen.object_id.into(),
            change.seen.holder_id.into(),
        ]);
    })
}
