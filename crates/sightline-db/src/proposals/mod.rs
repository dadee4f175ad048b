//! Proposals to change, delete or add attributes (spec 01 section 8).

mod list;

pub use list::{
    Detail, Listing, any_open, by_ids, count, find, find_ids, of_attributes, open_new, open_per_event,
};

use crate::{DbError, DbResult, Row, Tx, events, params};
use sightline_core::ids::{AttributeId, EventId, OrgId, ProposalId, UserId};
use sightline_misp::records::Proposal;
use sightline_misp::types::{AttributeType, Category};
use uuid::Uuid;

/// The columns that [`read`] expects, of a table named `p`.
const COLUMNS: &str = "p.id, p.uuid, p.old_id, p.event_id, p.org_id, p.user_id, p.type_id, p.category_id, p.value1, \
     p.value2, p.to_ids, p.comment, p.timestamp, p.proposal_to_delete, p.disable_correlation, p.first_seen, \
     p.last_seen, p.deleted";
/// How many columns [`COLUMNS`] names.
const COLUMN_COUNT: usize = 18;

/// Reads a proposal that starts at the first column.
fn read(row: &Row<'_>) -> DbResult<Proposal> {
    let (kind, category) = (row.int(6)?, row.int(7)?);
    Ok(Proposal {
        id: ProposalId(row.int(0)?),
        uuid: row.uuid(1)?,
        old_id: AttributeId(row.int(2)?),
        event_id: EventId(row.int(3)?),
        org_id: OrgId(row.int(4)?),
        user_id: UserId(row.int(5)?),
        kind: AttributeType::from_code(kind)
            .ok_or_else(|| DbError::Other(format!("unknown type code {kind}")))?,
        category: Category::from_code(category)
            .ok_or_else(|| DbError::Other(format!("unknown category code {category}")))?,
        value1: row.text(8)?,
        value2: row.text(9)?,
        to_ids: row.bool(10)?,
        comment: row.text(11)?,
        timestamp: row.int(12)?,
        proposal_to_delete: row.bool(13)?,
        disable_correlation: row.bool(14)?,
        first_seen: row.opt_int(15)?,
        last_seen: row.opt_int(16)?,
        deleted: row.bool(17)?,
    })
}

/// Writes a new proposal; its `id` is ignored.
pub fn insert(tx: &mut Tx<'_>, p: &Proposal) -> DbResult<ProposalId> {
    tx.int(
        "INSERT INTO proposals (uuid, old_id, event_id, org_id, user_id, type_id, category_id, value1, value2, to_ids, \
         comment, timestamp, proposal_to_delete, disable_correlation, first_seen, last_seen, deleted) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) RETURNING id",
        params![
            p.uuid,
            p.old_id,
            p.event_id,
            p.org_id,
            p.user_id,
            p.kind.code(),
            p.category.code(),
            &p.value1,
            &p.value2,
            p.to_ids,
            &p.comment,
            p.timestamp,
            p.proposal_to_delete,
            p.disable_correlation,
            p.first_seen,
            p.last_seen,
            p.deleted
        ],
    )
    .map(ProposalId)
}

/// As [`events::lock`], for the event of a proposal.
pub fn lock(tx: &mut Tx<'_>, id: ProposalId) -> DbResult<()> {
    let of = "id = (SELECT event_id FROM proposals WHERE id = $1)";
    events::lock_where(tx, of, params![id])
}

/// Marks a proposal as accepted or discarded.
pub fn close(tx: &mut Tx<'_>, id: ProposalId, now: i64) -> DbResult<()> {
    tx.exec(
        "UPDATE proposals SET deleted = TRUE, timestamp = $2 WHERE id = $1",
        params![id, now],
    )?;
    Ok(())
}

/// Closes the open proposals about attributes: they have been deleted, so there is nothing left to decide.
pub fn close_of_attributes(tx: &mut Tx<'_>, attributes: &[i64], now: i64) -> DbResult<()> {
    tx.exec(
        "UPDATE proposals SET deleted = TRUE, timestamp = $2 WHERE old_id = ANY($1) AND NOT deleted",
        params![attributes, now],
    )?;
    Ok(())
}

/// Whether an organisation's proposal to delete this attribute is open.
pub fn has_open_deletion(tx: &mut Tx<'_>, attribute: AttributeId, org: OrgId) -> DbResult<bool> {
    tx.exists(
        "SELECT 1 FROM proposals WHERE old_id = $1 AND org_id = $2 AND proposal_to_delete AND NOT deleted",
        params![attribute, org],
    )
}

/// How many proposals of an organisation are open in an event: about one attribute, or with 0 for new ones.
pub fn open_of(tx: &mut Tx<'_>, event: EventId, attribute: AttributeId, org: OrgId) -> DbResult<i64> {
    tx.int(
        "SELECT COUNT(*) FROM proposals WHERE event_id = $1 AND old_id = $2 AND org_id = $3 AND NOT deleted",
        params![event, attribute, org],
    )
}

/// Whether any proposal of a new attribute has this uuid.
pub fn is_uuid_taken(tx: &mut Tx<'_>, uuid: Uuid) -> DbResult<bool> {
    tx.exists(
        "SELECT 1 FROM proposals WHERE uuid = $1 AND old_id = 0",
        params![uuid],
    )
}

/// The proposals of an event with one of these uuids, closed ones too, whoever may see them.
pub fn in_event(tx: &mut Tx<'_>, event: EventId, uuids: &[Uuid]) -> DbResult<Vec<Proposal>> {
    tx.all(
        &format!(
            "SELECT {COLUMNS} FROM proposals p WHERE p.event_id = $1 AND p.uuid = ANY($2) ORDER BY p.id"
        ),
        params![event, uuids],
        read,
    )
}
