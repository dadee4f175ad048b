//! One box for everything: events, values, tags, organisations, reports and objects by a text or a number, as far as the
//! caller may see them.

use super::viewer;
use crate::{Ctx, event_reports, organisations, tags};
use serde_json::json;
use sightline_core::AppResult;
use sightline_core::ids::EventId;
use sightline_db::Tx;
use sightline_db::search::{self, AttributeCursor};
use sightline_misp::networks::Network;
use sightline_misp::records::Attribute;
use sightline_query::{
    AttributeSearch, EventColumn, EventPredicate, Filter, Keys, ObjectPredicate, Order, Paging, Params,
    Request, Scope, Term,
};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// Characters from which a part of a value is looked for: shorter ones match nearly everything, and no index has them.
const SHORTEST_PART: usize = 3;

/// What is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Events by title, number or uuid.
    Events,
    /// Attributes by value, exact ones first.
    Values,
    /// Tags by name.
    Tags,
    /// Organisations.
    Organisations,
    /// Reports by name.
    Reports,
    /// Objects by number or uuid.
    Objects,
}

impl Kind {
    /// Every kind, in the order in which they are shown.
    pub const ALL: [Self; 6] = [
        Self::Values,
        Self::Events,
        Self::Tags,
        Self::Organisations,
        Self::Reports,
        Self::Objects,
    ];

    /// Its name in addresses and on pages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Events => "events",
            Self::Values => "values",
            Self::Tags => "tags",
            Self::Organisations => "organisations",
            Self::Reports => "reports",
            Self::Objects => "objects",
        }
    }
}

/// One thing that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// What it is.
    pub kind: Kind,
    /// Its number.
    pub id: i64,
    /// Its name, title or value.
    pub title: String,
    /// Its type, date or the like.
    pub detail: String,
    /// The event that holds it.
    pub event: Option<(EventId, String)>,
    /// Whether it is exactly what was looked for.
    pub exact: bool,
}

/// The first things of one kind that match a text, best first, and whether there are more.
pub async fn look_up(ctx: &Ctx, text: &str, kind: Kind, limit: u32) -> AppResult<(Vec<Hit>, bool)> {
    let text = text.trim().to_owned();
    if text.is_empty() {
        return Ok((Vec::new(), false));
    }
    // One more than asked tells whether there are more.
    let wanted = limit + 1;
    let mut hits = match kind {
        Kind::Events => ctx.read(move |ctx, tx| events(ctx, tx, &text, wanted)).await?,
        Kind::Values => ctx.read(move |ctx, tx| values(ctx, tx, &text, wanted)).await?,
        Kind::Objects => ctx.read(move |ctx, tx| objects(ctx, tx, &text, wanted)).await?,
        Kind::Tags => named_tags(ctx, text, wanted).await?,
        Kind::Organisations => orgs(ctx, text, wanted).await?,
        Kind::Reports => reports(ctx, text, wanted).await?,
    };
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = hits.len() > limit;
    hits.sort_by_key(|hit| !hit.exact);
    hits.truncate(limit);
    Ok((hits, more))
}

/// The first rows.
fn first(rows: u32) -> Paging {
    Paging {
        limit: Some(rows),
        page: 1,
    }
}

/// A number or uuid, as the key of a row.
fn keys(text: &str) -> Keys {
    Keys {
        ids: text.parse().into_iter().filter(|id: &i64| *id > 0).collect(),
        uuids: Uuid::try_parse(text).into_iter().collect(),
        names: Vec::new(),
    }
}

/// The text with what is special in patterns made plain.
fn literal(text: &str) -> String {
    text.replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_")
}

fn events(ctx: &Ctx, tx: &mut Tx<'_>, text: &str, rows: u32) -> AppResult<Vec<Hit>> {
    let keys = keys(text);
    let mut filters = vec![Filter::Is(EventPredicate::Info {
        terms: vec![Term::containing(&literal(text))],
        fold_case: true,
    })];
    if !keys.is_empty() {
        filters.push(Filter::Is(EventPredicate::Event(keys.clone())));
    }
    let latest = [Order {
        column: EventColumn::Timestamp,
        descending: true,
    }];
    let found = search::events(tx, viewer(ctx), &Filter::any(filters), &latest, first(rows))?;
    Ok(search::event_rows(tx, viewer(ctx), &found.ids)?
        .into_iter()
        .map(|event| Hit {
            kind: Kind::Events,
            id: event.id.0,
            exact: keys.ids.contains(&event.id.0) || keys.uuids.contains(&event.uuid) || event.info == text,
            title: event.info,
            detail: event.date,
            event: None,
        })
        .collect())
}

/// The very value, then what a network holds and what holds an address, then values with the text in them.
fn values(ctx: &Ctx, tx: &mut Tx<'_>, text: &str, rows: u32) -> AppResult<Vec<Hit>> {
    let mut asked = vec![(json!({"value": {"OR": [literal_or_exact(text)]}}), true)];
    if let Ok(uuid) = Uuid::try_parse(text) {
        asked.push((json!({"uuid": uuid}), false));
    }
    if Network::parse(text).is_some() {
        asked.push((json!({"cidr": text}), false));
    }
    if text.chars().count() >= SHORTEST_PART {
        asked.push((json!({"value": {"OR": [format!("%{}%", literal(text))]}}), false));
    }
    let (mut seen, mut found) = (HashSet::new(), Vec::new());
    for (body, exact) in asked {
        if found.len() >= usize::try_from(rows).unwrap_or(usize::MAX) {
            break;
        }
        for attribute in attributes(ctx, tx, &body, rows)? {
            if seen.insert(attribute.id) {
                found.push((attribute, exact));
            }
        }
    }
    let ids: Vec<i64> = found.iter().map(|(attribute, _)| attribute.event_id.0).collect();
    let titles: HashMap<EventId, String> = search::event_rows(tx, viewer(ctx), &ids)?
        .into_iter()
        .map(|event| (event.id, event.info))
        .collect();
    Ok(found
        .into_iter()
        .map(|(attribute, exact)| Hit {
            kind: Kind::Values,
            id: attribute.id.0,
            title: attribute.value().into_owned(),
            detail: attribute.kind.name().to_owned(),
            event: titles
                .get(&attribute.event_id)
                .map(|title| (attribute.event_id, title.clone())),
            exact,
        })
        .collect())
}

/// A text compared whole: one that would be taken for a pattern is a pattern of itself.
fn literal_or_exact(text: &str) -> String {
    if text.starts_with('%') || text.ends_with('%') {
        format!("{}%", literal(text))
    } else {
        text.to_owned()
    }
}

fn attributes(ctx: &Ctx, tx: &mut Tx<'_>, body: &serde_json::Value, rows: u32) -> AppResult<Vec<Attribute>> {
    let request = Request {
        body: Some(body),
        ..Request::default()
    };
    let search = AttributeSearch::parse(&Params::harvest(Scope::Attribute, request)?, ctx.now())?;
    let mut cursor = AttributeCursor::open(tx, viewer(ctx), &search.filter, &[], first(rows))?;
    let rows = usize::try_from(rows).unwrap_or(usize::MAX);
    Ok(cursor
        .next(tx, rows)?
        .into_iter()
        .map(|row| row.attribute)
        .collect())
}

fn objects(ctx: &Ctx, tx: &mut Tx<'_>, text: &str, rows: u32) -> AppResult<Vec<Hit>> {
    let keys = keys(text);
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let filter = Filter::all([
        Filter::Is(ObjectPredicate::Object(keys)),
        Filter::Is(ObjectPredicate::Deleted(false)),
    ]);
    let found = search::objects(tx, viewer(ctx), &filter, first(rows))?;
    let objects = search::object_rows(tx, viewer(ctx), &found.ids)?;
    let events: Vec<i64> = objects.iter().map(|object| object.event_id.0).collect();
    let titles: HashMap<EventId, String> = search::event_rows(tx, viewer(ctx), &events)?
        .into_iter()
        .map(|event| (event.id, event.info))
        .collect();
    Ok(objects
        .into_iter()
        .map(|object| Hit {
            kind: Kind::Objects,
            id: object.id.0,
            event: titles
                .get(&object.event_id)
                .map(|title| (object.event_id, title.clone())),
            title: object.name,
            detail: object.meta_category,
            exact: true,
        })
        .collect())
}

async fn named_tags(ctx: &Ctx, text: String, rows: u32) -> AppResult<Vec<Hit>> {
    let filter = tags::IndexFilter {
        contains: Some(text.clone()),
        without_counts: true,
        ..tags::IndexFilter::default()
    };
    let (found, _) = tags::index(ctx, filter, 1, rows).await?;
    Ok(found
        .into_iter()
        .map(|counted| Hit {
            kind: Kind::Tags,
            id: counted.tag.id.0,
            exact: counted.tag.name.eq_ignore_ascii_case(&text),
            title: counted.tag.name,
            detail: String::new(),
            event: None,
        })
        .collect())
}

/// None for those who may not list them.
async fn orgs(ctx: &Ctx, text: String, rows: u32) -> AppResult<Vec<Hit>> {
    if !organisations::may_list(ctx) {
        return Ok(Vec::new());
    }
    let (found, _) =
        organisations::index(ctx, organisations::Scope::All, Some(text.clone()), Some(rows), 0).await?;
    Ok(found
        .into_iter()
        .map(|described| Hit {
            kind: Kind::Organisations,
            id: described.org.id.0,
            exact: described.org.name.eq_ignore_ascii_case(&text),
            title: described.org.name,
            detail: described.org.sector,
            event: None,
        })
        .collect())
}

async fn reports(ctx: &Ctx, text: String, rows: u32) -> AppResult<Vec<Hit>> {
    let filter = event_reports::Filter {
        events: None,
        deleted: Some(false),
        text: Some(text.clone()),
    };
    let listed = event_reports::page(ctx, filter, rows, 1).await?;
    Ok(listed
        .rows
        .into_iter()
        .map(|detail| Hit {
            kind: Kind::Reports,
            id: detail.report.id.0,
            exact: detail.report.name.eq_ignore_ascii_case(&text),
            title: detail.report.name,
            detail: String::new(),
            event: Some((detail.event.id, detail.event.info)),
        })
        .collect())
}
