//! The list of notes, opinions and relationships.

use super::words::audience;
use crate::http::{Answer, Input, Visit, page};
use crate::layout::Nav;
use crate::pages::analyst_list::{AnalystListPage, AnalystRow};
use crate::pages::list::{FilterChip, ListUrl, Pager};
use crate::pages::moment::Moment;
use sightline_app::analyst_data::{self, ListFilter, Listed};
use sightline_core::AppError;
use sightline_core::limits::PAGE_ROWS;
use sightline_misp::records::{AnalystContent, AnalystKind};
use uuid::Uuid;

/// Filters and what the page calls them.
const FILTERS: &[(&str, &str)] = &[("text", "Text"), ("org", "Organisation"), ("on", "On")];
/// Characters of a text in the list.
const TEXT_CHARS: usize = 200;

pub(super) async fn index(visit: Visit, input: Input) -> Answer {
    let kind = match input.arg(0) {
        "" => AnalystKind::Note,
        name => AnalystKind::parse(name).ok_or_else(|| AppError::not_found("There is no such page."))?,
    };
    let given = |name: &str| Some(input.query.get(name).to_owned()).filter(|text| !text.is_empty());
    let params: Vec<(&str, &str)> = FILTERS
        .iter()
        .map(|(name, _)| (*name, input.query.get(name)))
        .collect();
    let url = ListUrl::new(&format!("/analyst_data/index/{}", kind.name()), &params);
    let on = match given("on") {
        Some(text) => {
            Some(Uuid::try_parse(&text).map_err(|_| AppError::BadRequest("`On` is not a uuid.".into()))?)
        }
        None => None,
    };
    let filter = ListFilter {
        text: given("text"),
        org: given("org"),
        target: on,
    };
    let offset = i64::from(input.page() - 1) * i64::from(PAGE_ROWS);
    let (found, total) = analyst_data::list(&visit.ctx, kind, filter, i64::from(PAGE_ROWS), offset).await?;
    page(&AnalystListPage {
        frame: visit.frame("Analyst data", Nav::AnalystData),
        tabs: [
            (AnalystKind::Note, "Notes"),
            (AnalystKind::Opinion, "Opinions"),
            (AnalystKind::Relationship, "Relationships"),
        ]
        .into_iter()
        .map(|(one, label)| {
            let url = ListUrl::new(&format!("/analyst_data/index/{}", one.name()), &params);
            (url, label, one == kind)
        })
        .collect(),
        kind: kind.name(),
        text: input.query.get("text").to_owned(),
        org: input.query.get("org").to_owned(),
        on: input.query.get("on").to_owned(),
        chips: FILTERS
            .iter()
            .filter_map(|(name, label)| Some(FilterChip::new(&url, name, label, &given(name)?)))
            .collect(),
        pager: Pager::of(url, input.page(), PAGE_ROWS, total),
        rows: found.iter().map(row).collect(),
    })
}

fn short(text: &str) -> String {
    text.chars().take(TEXT_CHARS).collect()
}

fn row(listed: &Listed) -> AnalystRow {
    let data = &listed.shown.data;
    let org = listed
        .shown
        .orgc
        .as_ref()
        .map(|org| org.name.clone())
        .unwrap_or_default();
    let (text, opinion) = match &data.content {
        AnalystContent::Note { note, .. } => (note, None),
        AnalystContent::Opinion { opinion, comment } => (comment, Some(*opinion)),
        AnalystContent::Relationship {
            relationship_type, ..
        } => (relationship_type, None),
    };
    let related = match (&listed.shown.related, &data.content) {
        (Some(entity), _) => Some((entity.label.to_lowercase(), short(&entity.title))),
        (None, AnalystContent::Relationship { related, .. }) => {
            Some((related.kind.name().to_lowercase(), related.uuid.to_string()))
        }
        _ => None,
    };
    AnalystRow {
        href: ListUrl::new(
            &format!(
                "/analyst_data/thread/{}/{}",
                data.target.kind.name(),
                data.target.uuid
            ),
            &[],
        ),
        authors: data.authors.clone(),
        modified: Moment(data.modified),
        text: short(text),
        opinion,
        on: match &listed.on {
            Some(entity) => (entity.label.to_lowercase(), short(&entity.title)),
            None => (
                data.target.kind.name().to_lowercase(),
                data.target.uuid.to_string(),
            ),
        },
        related,
        audience: audience(
            data.distribution,
            &org,
            listed.shown.group.as_ref().map(|group| group.name.as_str()),
        ),
        org,
    }
}
