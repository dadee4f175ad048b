//! The box on top of every page: what it offers as one types, and the page of all that was found.

use crate::http::{Answer, Input, Visit, fragment, page};
use crate::layout::Nav;
use crate::pages::list::ListUrl;
use crate::pages::search::{FoundRow, SearchPage, SearchTab, Suggestions};
use sightline_app::search::{Hit, Kind, look_up};

/// Suggestions of one kind.
const OFFERED: u32 = 4;
/// Rows of one kind on the page; the lists that it leads to have the rest.
const SHOWN: u32 = 50;
/// Characters from which suggestions are made.
const SHORTEST: usize = 2;

/// What is offered while one types.
pub(super) async fn suggest(visit: Visit, input: Input) -> Answer {
    let text = input.query.get("q").trim().to_owned();
    let mut rows = Vec::new();
    if text.chars().count() >= SHORTEST || text.parse::<u32>().is_ok() {
        for kind in Kind::ALL {
            let (hits, _) = look_up(&visit.ctx, &text, kind, OFFERED).await?;
            rows.extend(hits.into_iter().map(row));
        }
        // Whatever is exactly what was typed comes first, of whatever kind.
        rows.sort_by_key(|row| !row.exact);
    }
    fragment(
        &Suggestions {
            all: ListUrl::new("/search", &[("q", &text)]).to_string(),
            text,
            rows,
        },
        None,
    )
}

/// All that was found, a tab for each kind.
pub(super) async fn index(visit: Visit, input: Input) -> Answer {
    let text = input.query.get("q").trim().to_owned();
    let mut found = Vec::new();
    for kind in Kind::ALL {
        found.push((kind, look_up(&visit.ctx, &text, kind, SHOWN).await?));
    }
    let asked = input.query.get("kind");
    let chosen = Kind::ALL
        .into_iter()
        .find(|kind| kind.name() == asked)
        .or_else(|| {
            found
                .iter()
                .find(|(_, (hits, _))| !hits.is_empty())
                .map(|(kind, _)| *kind)
        })
        .unwrap_or(Kind::Values);
    let mut frame = visit.frame("Search", Nav::None);
    frame.search.clone_from(&text);
    let tabs = found
        .iter()
        .map(|(kind, (hits, more))| SearchTab {
            label: label(*kind),
            url: ListUrl::new("/search", &[("q", &text), ("kind", kind.name())]).to_string(),
            count: format!("{}{}", hits.len(), if *more { "+" } else { "" }),
            active: *kind == chosen,
        })
        .collect();
    let (hits, more) = found
        .into_iter()
        .find(|(kind, _)| *kind == chosen)
        .map(|(_, found)| found)
        .unwrap_or_default();
    page(&SearchPage {
        frame,
        tabs,
        all: more.then(|| all_of(chosen, &text)).flatten(),
        export: (!hits.is_empty()).then(|| export_of(chosen, &text)).flatten(),
        kind: label(chosen),
        rows: hits.into_iter().map(row).collect(),
        text,
    })
}

fn label(kind: Kind) -> &'static str {
    match kind {
        Kind::Events => "Events",
        Kind::Values => "Values",
        Kind::Tags => "Tags",
        Kind::Organisations => "Organisations",
        Kind::Reports => "Reports",
        Kind::Objects => "Objects",
    }
}

/// The list with every row of the kind.
fn all_of(kind: Kind, text: &str) -> Option<String> {
    let list = |path, name, value: &str| Some(ListUrl::new(path, &[(name, value)]).to_string());
    match kind {
        Kind::Events => list("/events/index", "eventinfo", text),
        Kind::Values => list("/attributes/index", "value", &format!("%{text}%")),
        Kind::Reports => list("/event_reports/index", "value", text),
        Kind::Organisations => list("/organisations/index", "searchall", text),
        Kind::Tags | Kind::Objects => None,
    }
}

/// The form that exports what was found of the kind.
fn export_of(kind: Kind, text: &str) -> Option<String> {
    let part = format!("%{text}%");
    let form = |params: &[(&str, &str)]| Some(ListUrl::new("/exports", params).to_string());
    match kind {
        Kind::Values => form(&[("value", &part)]),
        Kind::Events => form(&[("of", "events"), ("format", "json"), ("eventinfo", &part)]),
        _ => None,
    }
}

fn row(hit: Hit) -> FoundRow {
    let event = hit.event.as_ref().map_or(0, |(id, _)| id.0);
    FoundRow {
        url: match hit.kind {
            Kind::Events => format!("/events/view/{}", hit.id),
            Kind::Values => format!("/events/view/{event}#attribute-{}", hit.id),
            Kind::Objects => format!("/events/view/{event}"),
            Kind::Tags => ListUrl::new("/events/index", &[("tag", &hit.title)]).to_string(),
            Kind::Organisations => format!("/organisations/view/{}", hit.id),
            Kind::Reports => format!("/event_reports/view/{}", hit.id),
        },
        kind: match hit.kind {
            Kind::Events => "Event",
            Kind::Values => "Value",
            Kind::Tags => "Tag",
            Kind::Organisations => "Organisation",
            Kind::Reports => "Report",
            Kind::Objects => "Object",
        },
        title: hit.title,
        detail: hit.detail,
        event: hit
            .event
            .map(|(id, info)| format!("{} {info}", id.0))
            .unwrap_or_default(),
        exact: hit.exact,
    }
}
