//! Reading proposals: only those of events, and about attributes, that the viewer may see.

use super::{COLUMN_COUNT, COLUMNS, read};
use crate::search::order;
use crate::{DbResult, Row, Sql, Tx, Visible, events, organisations, params};
use sightline_core::ids::{EventId, OrgId, ProposalId};
use sightline_misp::records::{Event, OrgRef, Proposal};
use sightline_query::{Flag3, ProposalIndex};
use std::collections::HashMap;

/// A proposal with its event and who made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Detail {
    /// The proposal.
    pub proposal: Proposal,
    /// Who proposes.
    pub org: Option<OrgRef>,
    /// The event that would change.
    pub event: Event,
}

/// Which proposals a list is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// Only those of one event.
    pub event: Option<EventId>,
    /// Only those of events that this organisation created.
    pub creator: Option<OrgId>,
    /// What was asked.
    pub index: ProposalIndex,
}

fn with_org(row: &Row<'_>) -> DbResult<(Proposal, Option<OrgRef>)> {
    Ok((read(row)?, organisations::opt_ref(row, COLUMN_COUNT)?))
}

fn detail(row: &Row<'_>) -> DbResult<Detail> {
    let (proposal, org) = with_org(row)?;
    Ok(Detail {
        proposal,
        org,
        event: events::read(row, COLUMN_COUNT + 4)?,
    })
}

/// Columns: proposal, its organisation.
fn select(more: &str) -> String {
    format!(
        "SELECT {COLUMNS}, o.id, o.uuid, o.name, o.local{more} FROM proposals p JOIN events e ON e.id = p.event_id \
         LEFT JOIN organisations o ON o.id = p.org_id WHERE "
    )
}

fn select_details() -> String {
    select(&format!(", {}", events::context()))
}

/// What every list respects.
fn seen_by(sql: &mut Sql<'_>, visible: Visible) {
    visible.event(sql, "e");
    sql.push(" AND ");
    visible.proposal(sql, "e", "p");
}

/// By id, if visible; closed ones are found.
pub fn find(tx: &mut Tx<'_>, visible: Visible, id: ProposalId) -> DbResult<Option<Detail>> {
    let mut sql = Sql::new(tx.dialect(), &select_details());
    sql.push("p.id = ").bind(id).push(" AND ");
    seen_by(&mut sql, visible);
    tx.first(sql.text(), sql.values(), detail)
}

/// Those of the ids that are visible, in the order of the ids.
pub fn by_ids(tx: &mut Tx<'_>, visible: Visible, ids: &[i64]) -> DbResult<Vec<Detail>> {
    let mut sql = Sql::new(tx.dialect(), &select_details());
    sql.any("p.id", ids).push(" AND ");
    seen_by(&mut sql, visible);
    let mut found = tx.all(sql.text(), sql.values(), detail)?;
    let places: HashMap<i64, usize> = ids.iter().enumerate().map(|(place, id)| (*id, place)).collect();
    found.sort_by_key(|detail| places.get(&detail.proposal.id.0).copied());
    Ok(found)
}

fn conditions<'a>(sql: &mut Sql<'a>, visible: Visible, listing: &Listing, pattern: &'a str) {
    seen_by(sql, visible);
    if let Some(event) = listing.event {
        sql.push(" AND p.event_id = ").bind(event);
    }
    if let Some(creator) = listing.creator {
        sql.push(" AND e.orgc_id = ").bind(creator);
    }
    if let Some(since) = listing.index.since {
        sql.push(" AND p.timestamp >= ").bind(since);
    }
    match listing.index.deleted {
        Flag3::Yes => sql.push(" AND p.deleted"),
        Flag3::No => sql.push(" AND NOT p.deleted"),
        Flag3::Both => sql,
    };
    if listing.index.text.is_some() {
        sql.push(" AND (").like("p.value1", pattern, false);
        sql.push(" OR ").like("p.value2", pattern, false);
        sql.push(" OR ").like("p.comment", pattern, false).push(")");
    }
}

fn pattern(listing: &Listing) -> String {
    let text = listing.index.text.as_deref().unwrap_or_default();
    format!("%{}%", crate::like::escape(text))
}

/// The ids that the asked page of a list holds, in its order.
pub fn find_ids(tx: &mut Tx<'_>, visible: Visible, listing: &Listing) -> DbResult<Vec<i64>> {
    let pattern = pattern(listing);
    let mut sql = Sql::new(
        tx.dialect(),
        "SELECT p.id FROM proposals p JOIN events e ON e.id = p.event_id WHERE ",
    );
    conditions(&mut sql, visible, listing, &pattern);
    sql.push(&format!(" ORDER BY {}", order::proposals(&listing.index.order)));
    let paging = listing.index.paging;
    if let Some(limit) = paging.limit {
        sql.push(" LIMIT ").bind(i64::from(limit));
        sql.push(" OFFSET ")
            .bind(i64::try_from(paging.offset()).unwrap_or(i64::MAX));
    }
    tx.all(sql.text(), sql.values(), |row| row.int(0))
}

/// How many proposals a list holds on all pages.
pub fn count(tx: &mut Tx<'_>, visible: Visible, listing: &Listing) -> DbResult<i64> {
    let pattern = pattern(listing);
    let mut sql = Sql::new(
        tx.dialect(),
        "SELECT COUNT(*) FROM proposals p JOIN events e ON e.id = p.event_id WHERE ",
    );
    conditions(&mut sql, visible, listing, &pattern);
    tx.int(sql.text(), sql.values())
}

/// The open proposals about some attributes that the viewer is known to see, in the order of their ids.
pub fn of_attributes(tx: &mut Tx<'_>, attributes: &[i64]) -> DbResult<Vec<(Proposal, Option<OrgRef>)>> {
    let mut sql = Sql::new(tx.dialect(), &select(""));
    sql.any("p.old_id", attributes);
    sql.push(" AND NOT p.deleted ORDER BY p.id");
    tx.all(sql.text(), sql.values(), with_org)
}

/// The next open proposals of new attributes for an event that the viewer is known to see, in id order after `after`.
pub fn open_new(
    tx: &mut Tx<'_>,
    event: EventId,
    after: ProposalId,
    limit: usize,
) -> DbResult<Vec<(Proposal, Option<OrgRef>)>> {
    let mut sql = Sql::new(tx.dialect(), &select(""));
    sql.push("p.event_id = ")
        .bind(event)
        .push(" AND p.id > ")
        .bind(after);
    sql.push(" AND p.old_id = 0 AND NOT p.deleted ORDER BY p.id LIMIT ");
    sql.bind(i64::try_from(limit).unwrap_or(i64::MAX));
    tx.all(sql.text(), sql.values(), with_org)
}

/// Whether any proposal for one of these events is open, whoever may see it: most events have none, and then there is
/// nothing to look for attribute by attribute.
pub fn any_open(tx: &mut Tx<'_>, events: &[i64]) -> DbResult<bool> {
    tx.exists(
        "SELECT 1 FROM proposals WHERE event_id = ANY($1) AND NOT deleted LIMIT 1",
        params![events],
    )
}

/// How many open proposals the viewer sees, per event.
pub fn open_per_event(tx: &mut Tx<'_>, visible: Visible, events: &[i64]) -> DbResult<Vec<(EventId, i64)>> {
    let mut sql = Sql::new(
        tx.dialect(),
        "SELECT p.event_id, COUNT(*) FROM proposals p JOIN events e ON e.id = p.event_id WHERE NOT p.deleted AND ",
    );
    sql.any("p.event_id", events).push(" AND ");
    seen_by(&mut sql, visible);
    sql.push(" GROUP BY p.event_id");
    tx.all(sql.text(), sql.values(), |row| {
        Ok((EventId(row.int(0)?), row.int(1)?))
    })
}
