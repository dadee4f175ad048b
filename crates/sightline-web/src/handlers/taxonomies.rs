//! Taxonomies.

use crate::http::{Answer, Input, Visit, done, page};
use crate::layout::Nav;
use crate::pages::list::{ListUrl, Pager};
use crate::pages::moment::Count;
use crate::pages::tag_pill::TagPill;
use crate::pages::taxonomies::{TagState, TaxonomyEntry, TaxonomyIndexPage, TaxonomyPage, TaxonomyRow};
use sightline_app::knowledge::{Library, request_update};
use sightline_app::taxonomies::{self, Counted, Entry, Filter, TaxonomyKey};
use sightline_core::Permission;
use sightline_core::ids::TaxonomyId;
use sightline_core::limits::PAGE_ROWS;
use sightline_misp::records::Taxonomy;

const INDEX: &str = "/taxonomies/index";

fn count(number: i64) -> Count {
    Count(u64::try_from(number).unwrap_or(0))
}

fn row(taxonomy: Taxonomy, total: i64, current: i64) -> TaxonomyRow {
    TaxonomyRow {
        id: taxonomy.id.0,
        namespace: taxonomy.namespace,
        description: taxonomy.description,
        version: taxonomy.version,
        enabled: taxonomy.enabled,
        exclusive: taxonomy.exclusive,
        required: taxonomy.required,
        highlighted: taxonomy.highlighted,
        total: count(total),
        current: count(current),
    }
}

pub(super) async fn index(visit: Visit, input: Input) -> Answer {
    let query = input.query.get("value").to_owned();
    let only_enabled = input.query.ticked("enabled");
    let filter = Filter {
        value: (!query.is_empty()).then(|| query.clone()),
        enabled: only_enabled.then_some(true),
    };
    let (found, total) = taxonomies::index(&visit.ctx, filter, input.page(), PAGE_ROWS).await?;
    let enabled = if only_enabled { "1" } else { "" };
    let url = ListUrl::new(INDEX, &[("value", &query), ("enabled", enabled)]);
    page(&TaxonomyIndexPage {
        frame: visit.frame("Taxonomies", Nav::Taxonomies),
        query,
        only_enabled,
        pager: Pager::of(url, input.page(), PAGE_ROWS, total),
        rows: found
            .into_iter()
            .map(
                |Counted {
                     taxonomy,
                     total,
                     current,
                 }| row(taxonomy, total, current),
            )
            .collect(),
        can_manage: visit.may(Permission::SiteAdmin),
    })
}

pub(super) async fn view(visit: Visit, input: Input) -> Answer {
    let key = TaxonomyKey::parse(input.arg(0));
    let query = input.query.get("filter").to_owned();
    let filter = (!query.is_empty()).then(|| query.clone());
    let found = taxonomies::usage(&visit.ctx, key, filter).await?;
    let entries: Vec<TaxonomyEntry> = found.entries.into_iter().map(entry).collect();
    let offered = entries
        .iter()
        .filter(|entry| entry.state == TagState::Offered)
        .count();
    let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    page(&TaxonomyPage {
        frame: visit.frame(found.taxonomy.namespace.clone(), Nav::Taxonomies),
        taxonomy: row(found.taxonomy, number(entries.len()), number(offered)),
        query,
        entries,
        can_manage: visit.may(Permission::SiteAdmin),
    })
}

fn entry(entry: Entry) -> TaxonomyEntry {
    let state = match &entry.existing {
        Some(tag) if tag.hide_tag => TagState::Hidden,
        Some(_) => TagState::Offered,
        None => TagState::Missing,
    };
    TaxonomyEntry {
        pill: TagPill {
            id: entry.existing.as_ref().map_or(0, |tag| tag.id.0),
            name: entry.says.tag,
            colour: entry.existing.map_or(entry.says.colour, |tag| tag.colour),
            ..TagPill::default()
        },
        expanded: entry.says.expanded,
        description: entry.says.description,
        weight: entry.says.numerical_value,
        exclusive: entry.says.exclusive_predicate,
        state,
        events: count(entry.events),
        attributes: count(entry.attributes),
    }
}

fn view_of(id: TaxonomyId) -> String {
    format!("/taxonomies/view/{id}")
}

/// Enabling is making its tags, too: a taxonomy without them offers nothing.
pub(super) async fn enable(visit: Visit, input: Input) -> Answer {
    let id = TaxonomyId(input.id(0)?);
    taxonomies::set_enabled(&visit.ctx, id, true).await?;
    taxonomies::make(&visit.ctx, id, None).await?;
    done(&visit, &view_of(id), "Taxonomy enabled, its tags are offered.")
}

pub(super) async fn disable(visit: Visit, input: Input) -> Answer {
    let id = TaxonomyId(input.id(0)?);
    taxonomies::set_enabled(&visit.ctx, id, false).await?;
    done(&visit, &view_of(id), "Taxonomy disabled, its tags are hidden.")
}

pub(super) async fn toggle_required(visit: Visit, input: Input) -> Answer {
    let id = TaxonomyId(input.id(0)?);
    taxonomies::set_required(&visit.ctx, id, None).await?;
    done(&visit, &view_of(id), "Taxonomy saved.")
}

pub(super) async fn toggle_highlighted(visit: Visit, input: Input) -> Answer {
    let id = TaxonomyId(input.id(0)?);
    taxonomies::set_highlighted(&visit.ctx, id, None).await?;
    done(&visit, &view_of(id), "Taxonomy saved.")
}

pub(super) async fn add_tag(visit: Visit, input: Input) -> Answer {
    let id = TaxonomyId(input.id(0)?);
    let name = input.form.get("name").to_owned();
    taxonomies::make(&visit.ctx, id, Some(vec![name])).await?;
    done(&visit, &view_of(id), "The tag is offered.")
}

pub(super) async fn hide_tag(visit: Visit, input: Input) -> Answer {
    let id = TaxonomyId(input.id(0)?);
    let name = input.form.get("name").to_owned();
    taxonomies::set_hidden(&visit.ctx, id, Some(vec![name]), true).await?;
    done(&visit, &view_of(id), "The tag is hidden.")
}

pub(super) async fn delete(visit: Visit, input: Input) -> Answer {
    taxonomies::delete(&visit.ctx, TaxonomyId(input.id(0)?)).await?;
    done(&visit, INDEX, "Taxonomy deleted.")
}

pub(super) async fn update(visit: Visit, _: Input) -> Answer {
    let job = request_update(&visit.ctx, &[Library::Taxonomies], None).await?;
    done(&visit, INDEX, &format!("Job {job} loads what is new."))
}
