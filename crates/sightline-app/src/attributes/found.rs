//! A page of attributes over all events, as the attribute list shows it.

use crate::Ctx;
use crate::search::viewer;
use sightline_core::AppResult;
use sightline_core::ids::{EventId, OrgId};
use sightline_db::organisations;
use sightline_db::search::{AttributeCursor, event_rows};
use sightline_misp::records::{Attribute, Event};
use sightline_query::AttributeSearch;
use std::collections::HashMap;

/// An attribute with its event and who made it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the attribute and what stands beside it")]
pub struct Found {
    pub attribute: Attribute,
    pub event: Event,
    pub creator: String,
}

/// The rows of a page, and how many match on all pages.
pub async fn found(ctx: &Ctx, search: AttributeSearch) -> AppResult<(Vec<Found>, u64)> {
    ctx.read(move |ctx, tx| {
        let viewer = viewer(ctx);
        let mut cursor = AttributeCursor::open(tx, viewer, &search.filter, &search.order, search.paging)?;
        let total = u64::try_from(cursor.count(tx)?).unwrap_or(0);
        let rows = cursor.next(tx, usize::try_from(cursor.total()).unwrap_or(0))?;
        let mut ids: Vec<i64> = rows.iter().map(|row| row.attribute.event_id.0).collect();
        ids.sort_unstable();
        ids.dedup();
        let events: HashMap<EventId, Event> = event_rows(tx, viewer, &ids)?
            .into_iter()
            .map(|event| (event.id, event))
            .collect();
        let orgs: Vec<i64> = events.values().map(|event| event.orgc_id.0).collect();
        let names: HashMap<OrgId, String> = organisations::refs(tx, &orgs)?
            .into_iter()
            .map(|org| (org.id, org.name))
            .collect();
        let beside = |attribute: Attribute| {
            let event = events.get(&attribute.event_id)?.clone();
            let creator = names.get(&event.orgc_id).cloned().unwrap_or_default();
            Some(Found {
                attribute,
                event,
                creator,
            })
        };
        Ok((
            rows.into_iter().filter_map(|row| beside(row.attribute)).collect(),
            total,
        ))
    })
    .await
}
