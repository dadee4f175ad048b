//! Offers to hand an event over. Only its two sides see one: every query names an organisation, or is the platform's.

use crate::events::{self, distribution};
use crate::{DbResult, Row, Tx, params};
use sightline_core::ids::{EventDelegationId, EventId, OrgId, SharingGroupId, UserId};
use sightline_misp::records::{Distribution, Event, EventDelegation};
use uuid::Uuid;

/// The columns that [`read`] expects, of a table named `d`.
const COLUMNS: &str =
    "d.id, d.org_id, d.requester_org_id, d.event_id, d.message, d.distribution, d.sharing_group_id";
/// How many columns [`COLUMNS`] names.
const COLUMN_COUNT: usize = 7;
/// The stored distribution of "as the recipient likes".
const OPEN: i64 = -1;

fn read(row: &Row<'_>) -> DbResult<EventDelegation> {
    Ok(EventDelegation {
        id: EventDelegationId(row.int(0)?),
        org_id: OrgId(row.int(1)?),
        requester_org_id: OrgId(row.int(2)?),
        event_id: EventId(row.int(3)?),
        message: row.text(4)?,
        distribution: match row.int(5)? {
            OPEN => None,
            level => Some(distribution(level)?),
        },
        sharing_group_id: SharingGroupId(row.int(6)?),
    })
}

fn read_with_event(row: &Row<'_>) -> DbResult<(EventDelegation, Event)> {
    Ok((read(row)?, events::read(row, COLUMN_COUNT)?))
}

/// An offer says how much is offered, to those who do not see the event yet too.
fn select(condition: &str) -> String {
    format!(
        "SELECT {COLUMNS}, {} FROM event_delegations d JOIN events e ON e.id = d.event_id WHERE {condition}",
        events::columns()
    )
}

/// Writes an offer; its `id` is ignored. `None` when the event is being offered already.
pub fn insert(tx: &mut Tx<'_>, d: &EventDelegation) -> DbResult<Option<EventDelegationId>> {
    let id = tx.first(
        "INSERT INTO event_delegations (org_id, requester_org_id, event_id, message, distribution, sharing_group_id) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (event_id) DO NOTHING RETURNING id",
        params![
            d.org_id,
            d.requester_org_id,
            d.event_id,
            &d.message,
            d.distribution.map_or(OPEN, Distribution::number),
            d.sharing_group_id
        ],
        |row| row.int(0),
    )?;
    Ok(id.map(EventDelegationId))
}

/// By id, with the event, whoever may see it.
pub fn by_id(tx: &mut Tx<'_>, id: EventDelegationId) -> DbResult<Option<(EventDelegation, Event)>> {
    tx.first(&select("d.id = $1"), params![id], read_with_event)
}

/// As [`events::lock`], for the event that is offered.
pub fn lock(tx: &mut Tx<'_>, id: EventDelegationId) -> DbResult<()> {
    let of = "id = (SELECT event_id FROM event_delegations WHERE id = $1)";
    events::lock_where(tx, of, params![id])
}

/// A side of an offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Who is to take the event.
    Recipient,
    /// Who offers it.
    Requester,
}

impl Side {
    const fn column(self) -> &'static str {
        match self {
            Self::Recipient => "org_id",
            Self::Requester => "requester_org_id",
        }
    }
}

/// The offers on whose side an organisation stands, in the order of the ids.
pub fn of_org(
    tx: &mut Tx<'_>,
    side: Side,
    org: OrgId,
    limit: i64,
    offset: i64,
) -> DbResult<Vec<(EventDelegation, Event)>> {
    let condition = format!("d.{} = $1 ORDER BY d.id LIMIT $2 OFFSET $3", side.column());
    tx.all(&select(&condition), params![org, limit, offset], read_with_event)
}

/// How many there are.
pub fn count(tx: &mut Tx<'_>, side: Side, org: OrgId) -> DbResult<i64> {
    let sql = format!(
        "SELECT COUNT(*) FROM event_delegations WHERE {} = $1",
        side.column()
    );
    tx.int(&sql, params![org])
}

/// The offer of an event, whoever may see it.
pub fn of_event(tx: &mut Tx<'_>, event: EventId) -> DbResult<Option<(EventDelegation, Event)>> {
    tx.first(&select("d.event_id = $1"), params![event], read_with_event)
}

/// An event that is offered to an organisation, which it may therefore look at.
pub fn event_offered_to(
    tx: &mut Tx<'_>,
    org: OrgId,
    id: Option<EventId>,
    uuid: Option<Uuid>,
) -> DbResult<Option<Event>> {
    let named = |column: &str| select(&format!("d.org_id = $1 AND e.{column} = $2"));
    let found = match (id, uuid) {
        (Some(id), _) => tx.first(&named("id"), params![org, id], read_with_event)?,
        (None, uuid) => tx.first(&named("uuid"), params![org, uuid], read_with_event)?,
    };
    Ok(found.map(|(_, event)| event))
}

/// Hands an event over: it is the organisation's from now on, unpublished.
pub fn transfer(
    tx: &mut Tx<'_>,
    event: EventId,
    org: OrgId,
    user: UserId,
    level: Distribution,
    group: SharingGroupId,
    now: i64,
) -> DbResult<()> {
    tx.exec(
        "UPDATE events SET org_id = $2, orgc_id = $2, user_id = $3, distribution = $4, sharing_group_id = $5, \
         published = FALSE, timestamp = $6 WHERE id = $1",
        params![event, org, user, level.number(), group, now],
    )?;
    Ok(())
}

/// Removes an offer.
pub fn delete(tx: &mut Tx<'_>, id: EventDelegationId) -> DbResult<()> {
    tx.exec("DELETE FROM event_delegations WHERE id = $1", params![id])?;
    Ok(())
}
