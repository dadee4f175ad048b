//! Reading reports: one, those of an event, all of them.

use super::{Key, find};
use crate::analyst_data::{Hung, hung_on};
use crate::events::{self, EventKey, may_modify, to_merge};
use crate::{Ctx, organisations};
use sightline_core::ids::{EventReportId, OrgId};
use sightline_core::{AppResult, Stretch};
use sightline_db::event_reports;
pub use sightline_db::event_reports::Filter;
use sightline_db::{Tx, organisations as db_organisations, sharing_groups};
use sightline_misp::records::{Event, EventReport, OrgRef, SharingGroup};
use std::collections::HashMap;
use uuid::Uuid;

/// A report with what stands beside it.
#[derive(Clone, Debug)]
pub struct Detail {
    /// The report.
    pub report: EventReport,
    /// The event that it belongs to.
    pub event: Event,
    /// The event's owner.
    pub org: OrgRef,
    /// The event's creator.
    pub orgc: OrgRef,
    /// The group of distribution 4, where the caller may read it.
    pub group: Option<SharingGroup>,
    /// Notes, opinions and relationships.
    pub hung: Hung,
    /// Whether the caller may change it.
    pub may_modify: bool,
}

pub(super) fn detail(ctx: &Ctx, tx: &mut Tx<'_>, report: EventReport, event: Event) -> AppResult<Detail> {
    Ok(Detail {
        org: organisations::reference(tx, event.org_id)?,
        orgc: organisations::reference(tx, event.orgc_id)?,
        group: match report.sharing_group_id.0 {
            0 => None,
            id => sharing_groups::by_ids(tx, ctx.visible(), &[id])?.pop(),
        },
        hung: hung_on(ctx, tx, &[report.uuid])?
            .remove(&report.uuid)
            .unwrap_or_default(),
        may_modify: may_modify(ctx, &event),
        report,
        event,
    })
}

/// One report.
pub async fn view(ctx: &Ctx, key: Key) -> AppResult<Detail> {
    ctx.read(move |ctx, tx| {
        let (report, event) = find(ctx, tx, key)?;
        detail(ctx, tx, report, event)
    })
    .await
}

/// Whose reports a list shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Every event's.
    All,
    /// One event's.
    Event(EventKey),
    /// One event's and those of the events that extend it.
    Extended(EventKey),
}

/// Reports read at once: each may hold a megabyte of text.
const PAGE: usize = 20;

/// The next reports in id order, and where to go on when there may be more.
pub async fn index(
    ctx: &Ctx,
    scope: Scope,
    filter: Filter,
    stretch: Stretch<EventReportId>,
) -> AppResult<(Vec<Detail>, Option<Stretch<EventReportId>>)> {
    ctx.read(move |ctx, tx| {
        let filter = scoped(ctx, tx, scope, filter)?;
        let page = event_reports::after(tx, ctx.visible(), &filter, stretch, PAGE)?;
        let next = stretch.following(page.last().map(|(report, _)| report.id), page.len(), PAGE);
        Ok((details(ctx, tx, page)?, next))
    })
    .await
}

/// How many reports [`index`] shows in all.
pub async fn count(ctx: &Ctx, scope: Scope, filter: Filter) -> AppResult<i64> {
    let of = ("event reports", ctx.visible(), scope, filter.clone());
    ctx.total(of, move |ctx, tx| {
        let filter = scoped(ctx, tx, scope, filter)?;
        Ok(event_reports::count(tx, ctx.visible(), &filter)?)
    })
    .await
}

fn scoped(ctx: &Ctx, tx: &mut Tx<'_>, scope: Scope, filter: Filter) -> AppResult<Filter> {
    let events = match scope {
        Scope::All => return Ok(filter),
        Scope::Event(key) => vec![events::find(ctx, tx, &key)?.id.0],
        Scope::Extended(key) => {
            let event = events::find(ctx, tx, &key)?;
            let extending = to_merge(ctx, tx, &event)?;
            std::iter::once(event.id.0)
                .chain(extending.iter().map(|event| event.id.0))
                .collect()
        }
    };
    Ok(Filter {
        events: Some(events),
        ..filter
    })
}

/// Many at once: what stands beside them is read together.
fn details(ctx: &Ctx, tx: &mut Tx<'_>, page: Vec<(EventReport, Event)>) -> AppResult<Vec<Detail>> {
    let ids: Vec<i64> = page
        .iter()
        .flat_map(|(_, event)| [event.org_id.0, event.orgc_id.0])
        .collect();
    let orgs: HashMap<OrgId, OrgRef> = db_organisations::refs(tx, &ids)?
        .into_iter()
        .map(|org| (org.id, org))
        .collect();
    let groups: Vec<i64> = page
        .iter()
        .map(|(report, _)| report.sharing_group_id.0)
        .filter(|id| *id != 0)
        .collect();
    let groups = if groups.is_empty() {
        Vec::new()
    } else {
        sharing_groups::by_ids(tx, ctx.visible(), &groups)?
    };
    let uuids: Vec<Uuid> = page.iter().map(|(report, _)| report.uuid).collect();
    let mut hung = hung_on(ctx, tx, &uuids)?;
    let org = |id: OrgId| orgs.get(&id).cloned().unwrap_or_default();
    Ok(page
        .into_iter()
        .map(|(report, event)| Detail {
            org: org(event.org_id),
            orgc: org(event.orgc_id),
            group: groups
                .iter()
                .find(|group| group.id == report.sharing_group_id)
                .cloned(),
            hung: hung.remove(&report.uuid).unwrap_or_default(),
            may_modify: may_modify(ctx, &event),
            report,
            event,
        })
        .collect())
}

/// A page of reports and how many there are in all.
#[derive(Clone, Debug)]
pub struct Listed {
    /// This page's, the newest change first.
    pub rows: Vec<Detail>,
    /// On all pages.
    pub total: u64,
}

/// A page of reports over all events, from 1.
pub async fn page(ctx: &Ctx, filter: Filter, limit: u32, page: u32) -> AppResult<Listed> {
    ctx.read(move |ctx, tx| {
        let offset = u64::from(page.saturating_sub(1)) * u64::from(limit);
        let (rows, total) = event_reports::page(tx, ctx.visible(), &filter, limit, offset)?;
        Ok(Listed {
            rows: details(ctx, tx, rows)?,
            total: u64::try_from(total).unwrap_or(0),
        })
    })
    .await
}
