//! Sightings on pages: adding, deleting, and who has seen an attribute when.

use super::attributes::sighting_cell;
use crate::http::{Answer, Input, Visit, done, fragment, page};
use crate::layout::Nav;
use crate::pages::attributes::SightingCounts;
use crate::pages::list::{ListUrl, Pager};
use crate::pages::moment::{Count, Moment};
use crate::pages::sightings::{SightingChart, SightingKind, SightingListPage, SightingRow};
use sightline_app::attributes::{self, AttributeKey};
use sightline_app::sightings::{self, Add, Context, Detail, Search, SightingKey, Subject};
use sightline_core::ids::{AttributeId, SightingId};
use sightline_core::limits::PAGE_ROWS;
use sightline_core::{AppError, Permission};
use sightline_misp::input::Loose;
use sightline_misp::records::SightingType;
use sightline_query::Paging;

/// Columns of the chart: weeks of a year.
const COLUMNS: usize = 52;
/// Seconds in a day.
const DAY: i64 = 86_400;

fn address(attribute: AttributeId) -> String {
    format!("/sightings/listSightings/{attribute}/attribute")
}

/// A sighting, false positive or expiration of one attribute.
pub(super) async fn add(visit: Visit, input: Input) -> Answer {
    let id = AttributeId(input.id(0)?);
    let words = match input.form.get("type") {
        "1" => "False positive noted.",
        "2" => "Expiration noted.",
        _ => "Sighting noted.",
    };
    let text = |name: &str| match input.form.get(name) {
        "" => Loose::Absent,
        given => Loose::Text(given.to_owned()),
    };
    sightings::add(
        &visit.ctx,
        Add {
            subject: Subject::Attributes(vec![AttributeKey::Id(id)]),
            kind: text("type"),
            source: input.form.get("source").to_owned(),
            at: text("date"),
        },
    )
    .await?;
    if !visit.partial {
        return done(&visit, &address(id), words);
    }
    let window = attributes::window_of(&visit.ctx, id).await?;
    fragment(&sighting_cell(&visit, &window, id), Some(words))
}

pub(super) async fn delete(visit: Visit, input: Input) -> Answer {
    sightings::delete(&visit.ctx, SightingKey::Id(SightingId(input.id(0)?))).await?;
    let attribute: i64 = input
        .form
        .get("attribute")
        .parse()
        .map_err(|_| AppError::not_found("There is no such record."))?;
    done(&visit, &address(AttributeId(attribute)), "Sighting deleted.")
}

pub(super) async fn list(visit: Visit, input: Input) -> Answer {
    let id = AttributeId(input.id(0)?);
    let window = attributes::window_of(&visit.ctx, id).await?;
    let attribute = window
        .rows
        .first()
        .filter(|attribute| !attribute.deleted)
        .ok_or_else(attributes::invalid_attribute)?;
    let context = Context::Attribute(AttributeKey::Id(id));
    let paging = Paging {
        limit: Some(PAGE_ROWS),
        page: input.page(),
    };
    let mut search = Search::of(&visit.ctx, vec![context], None, paging).await?;
    let found = search.next(&visit.ctx).await?.unwrap_or_default();
    let timeline = sightings::timeline(&visit.ctx, context, COLUMNS).await?;
    let [seen, false_positive, expired] = timeline.total;
    page(&SightingListPage {
        frame: visit.frame("Sightings", Nav::Events),
        attribute_id: id.0,
        kind: attribute.kind.name().into(),
        value: attribute.value().into_owned(),
        event_id: window.event.id.0,
        event_info: window.event.info.clone(),
        counts: SightingCounts {
            seen: Count(seen),
            false_positive: Count(false_positive),
            expired: Count(expired),
        },
        chart: SightingChart {
            from: Moment(timeline.from),
            days: u64::try_from(timeline.width.div_euclid(DAY)).unwrap_or(0).max(1),
            columns: timeline
                .columns
                .iter()
                .map(|[seen, wrong, _]| (*seen, *wrong))
                .collect(),
        },
        pager: Pager {
            url: ListUrl::new(&address(id), &[]),
            page: u64::from(input.page()),
            per_page: u64::from(PAGE_ROWS),
            total: seen + false_positive + expired,
        },
        rows: found
            .details
            .into_iter()
            .map(|detail| row(&visit, detail))
            .collect(),
        can_sight: visit.may(Permission::Sighting),
    })
}

fn row(visit: &Visit, detail: Detail) -> SightingRow {
    SightingRow {
        id: detail.sighting.id.0,
        at: Moment(detail.sighting.date_sighting),
        can_delete: sightings::may_delete(&visit.ctx, &detail.sighting),
        org: detail.org.map(|org| org.name),
        kind: match detail.sighting.kind {
            SightingType::Sighting => SightingKind::Seen,
            SightingType::FalsePositive => SightingKind::FalsePositive,
            SightingType::Expiration => SightingKind::Expiration,
        },
        source: detail.sighting.source,
    }
}
