//! The attribute table of the event page: windows, rows, and what their buttons do.

use super::proposals::changes;
use super::words::{audience, pills};
use crate::http::{Answer, Form, Input, Visit, done, fragment, redirect};
use crate::pages::analyst_data::Marker;
use crate::pages::attributes::{
    AttributeFilter, AttributeLine, AttributeRow, AttributeRowFragment, AttributeTable,
    AttributeTableFragment, AttributeWindow, ObjectRow, Reference, SightingCell, SightingCounts, TagEditor,
    TagTarget,
};
use crate::pages::events::EventLink;
use crate::pages::list::ListUrl;
use crate::pages::moment::{Count, Moment};
use crate::pages::wording::Choice;
use sightline_app::attributes::{self, AttributeKey, Order, Window, WindowFilter};
use sightline_app::events::EventKey;
use sightline_app::objects;
use sightline_core::ids::AttributeId;
use sightline_core::{AppResult, Permission};
use sightline_misp::input::{AttributeIn, Loose};
use sightline_misp::records::{Attribute, Event, Object};
use sightline_misp::types::AttributeType;

/// Rows per window: a screen scrolls through it in seconds, a server fills it in milliseconds.
const WINDOW: u64 = 200;
/// Related events named in a row before "and so many more".
const RELATED: usize = 5;

/// Type groups of the filter: name and the types' categories or prefixes.
const GROUPS: &[(&str, &str, &[&str])] = &[
    (
        "network",
        "Network",
        &[
            "ip-",
            "domain",
            "hostname",
            "url",
            "uri",
            "email",
            "AS",
            "port",
            "mac-",
            "user-agent",
            "ja3",
            "jarm",
        ],
    ),
    (
        "file",
        "Files",
        &[
            "md5",
            "sha",
            "filename",
            "ssdeep",
            "imphash",
            "tlsh",
            "malware-sample",
            "attachment",
            "authentihash",
            "vhash",
            "pehash",
            "cdhash",
        ],
    ),
    (
        "financial",
        "Financial",
        &[
            "btc",
            "dash",
            "xmr",
            "iban",
            "bic",
            "bin",
            "cc-number",
            "aba-rtn",
            "bank-account-nr",
            "prtn",
        ],
    ),
    ("text", "Text", &["text", "comment", "other", "link"]),
];

fn filter_of(query: &Form) -> (WindowFilter, Order) {
    let group = GROUPS.iter().find(|(name, ..)| *name == query.get("group"));
    let types = group.map(|(_, _, prefixes)| {
        AttributeType::ALL
            .iter()
            .filter(|kind| prefixes.iter().any(|prefix| kind.name().starts_with(prefix)))
            .map(|kind| kind.code())
            .collect()
    });
    let text = query.get("filter");
    let filter = WindowFilter {
        text: (!text.is_empty()).then(|| text.to_owned()),
        types,
        to_ids: match query.get("to_ids") {
            "1" => Some(true),
            "0" => Some(false),
            _ => None,
        },
        deleted: match query.get("deleted") {
            "1" => Some(true),
            "all" => None,
            _ => Some(false),
        },
    };
    let order = match query.get("sort") {
        "newest" => Order::Newest,
        "value" => Order::Value,
        "type" => Order::Kind,
        _ => Order::Structure,
    };
    (filter, order)
}

/// The address of a window with its filter.
fn url_of(event: i64, query: &Form) -> ListUrl {
    let kept: Vec<(&str, &str)> = ["filter", "group", "to_ids", "deleted", "sort", "extended"]
        .into_iter()
        .map(|name| (name, query.get(name)))
        .collect();
    ListUrl::new(&format!("/events/{event}/attributes"), &kept)
}

/// Whether the rows of the events that extend this one stand among its own.
pub(super) fn is_extended(query: &Form) -> bool {
    query.ticked("extended")
}

/// The table as the event page first shows it.
pub(super) async fn first_window(visit: &Visit, key: EventKey, query: &Form) -> AppResult<AttributeTable> {
    table(visit, key, query, 1).await
}

async fn table(visit: &Visit, key: EventKey, query: &Form, first: u64) -> AppResult<AttributeTable> {
    let (filter, order) = filter_of(query);
    let extended = is_extended(query);
    let skipped = first.saturating_sub(1);
    let window = attributes::window(&visit.ctx, key, extended, filter, order, skipped, WINDOW).await?;
    let event = window.event.id.0;
    let groups = std::iter::once(("", "All")).chain(GROUPS.iter().map(|(name, label, _)| (*name, *label)));
    Ok(AttributeTable {
        event_id: event,
        extended,
        filter: AttributeFilter {
            text: query.get("filter").to_owned(),
            groups: Choice::list(groups, query.get("group")),
            to_ids: Choice::list(
                [("", "All"), ("1", "IDS only"), ("0", "Not IDS")],
                query.get("to_ids"),
            ),
            deleted: Choice::list(
                [("", "Hidden"), ("1", "Only deleted"), ("all", "Shown")],
                query.get("deleted"),
            ),
            sort: Choice::list(
                [
                    ("", "As built"),
                    ("newest", "Newest first"),
                    ("value", "Value"),
                    ("type", "Type"),
                ],
                query.get("sort"),
            ),
        },
        total: Count(window.total),
        per_window: WINDOW,
        can_modify: window.may_modify,
        can_tag: window.may_modify && visit.may(Permission::Tagger),
        window: shown(
            visit,
            &window,
            &url_of(event, query),
            first,
            order == Order::Structure,
        ),
    })
}

fn shown(visit: &Visit, window: &Window, url: &ListUrl, first: u64, folded: bool) -> AttributeWindow {
    let count = u64::try_from(window.rows.len()).unwrap_or(0);
    let last = (first + count).saturating_sub(1);
    let mut lines = Vec::with_capacity(window.rows.len());
    let mut current = 0;
    for attribute in &window.rows {
        if folded && attribute.object_id.0 != current {
            current = attribute.object_id.0;
            if let Some(object) = window
                .objects
                .iter()
                .find(|object| object.id == attribute.object_id)
            {
                lines.push(AttributeLine::Object(Box::new(object_row(window, object))));
            }
        }
        lines.push(AttributeLine::Attribute(Box::new(row(visit, window, attribute))));
    }
    AttributeWindow {
        next: (last < window.total).then(|| url.with("after", &last.to_string())),
        url: url.with("after", &first.saturating_sub(1).to_string()),
        first: Count(if count == 0 { 0 } else { first }),
        last: Count(last),
        lines,
    }
}

fn object_row(window: &Window, object: &Object) -> ObjectRow {
    let inside = window
        .rows
        .iter()
        .filter(|row| row.object_id == object.id)
        .count();
    let source = window
        .extensions
        .iter()
        .find(|event| event.id == object.event_id)
        .map(link);
    ObjectRow {
        id: object.id.0,
        uuid: object.uuid.to_string(),
        name: object.name.clone(),
        meta_category: object.meta_category.clone(),
        comment: object.comment.clone(),
        count: Count(u64::try_from(inside).unwrap_or(0)),
        modified: Moment(object.timestamp),
        audience: audience(object.distribution, "", None),
        references: window
            .references
            .iter()
            .filter(|reference| reference.object_id == object.id && !reference.deleted)
            .map(|reference| Reference {
                relationship: reference.relationship_type.clone(),
                target: window
                    .objects
                    .iter()
                    .find(|other| other.uuid == reference.referenced_uuid)
                    .map_or_else(
                        || reference.referenced_uuid.to_string(),
                        |other| other.name.clone(),
                    ),
            })
            .collect(),
        referenced_by: Count(0),
        deleted: object.deleted,
        can_modify: window.may_modify && source.is_none(),
        source,
    }
}

fn row(visit: &Visit, window: &Window, attribute: &Attribute) -> AttributeRow {
    let related = window
        .related
        .get(&attribute.id)
        .map(|related| related.attributes.as_slice())
        .unwrap_or_default();
    let mut events: Vec<EventLink> = Vec::new();
    for other in related {
        if !events.iter().any(|known| known.id == other.event.id.0) {
            events.push(EventLink {
                id: other.event.id.0,
                info: other.event.info.clone(),
            });
        }
    }
    let more = u64::try_from(events.len().saturating_sub(RELATED)).unwrap_or(0);
    events.truncate(RELATED);
    let source = window.source(attribute).map(link);
    let tagger = visit.may(Permission::Tagger) && source.is_none();
    let may_change = window.may_change(attribute);
    let notes = window.notes.get(&attribute.id).copied().unwrap_or(0);
    AttributeRow {
        id: attribute.id.0,
        uuid: attribute.uuid.to_string(),
        modified: Moment(attribute.timestamp),
        category: attribute.category.name().into(),
        kind: attribute.kind.name().into(),
        value: attribute.value().into_owned(),
        download: attribute
            .kind
            .is_attachment()
            .then(|| format!("/attributes/download/{}", attribute.id)),
        tags: TagEditor {
            target: TagTarget::Attribute,
            id: attribute.id.0,
            tags: pills(
                window
                    .tags
                    .get(&attribute.id)
                    .map(Vec::as_slice)
                    .unwrap_or_default(),
            ),
            can_tag: tagger && may_change,
            can_tag_locally: tagger && visit.ctx.is_host_org(),
        },
        comment: attribute.comment.clone(),
        to_ids: attribute.to_ids,
        audience: audience(attribute.distribution, "", None),
        sightings: sighting_cell(visit, window, attribute.id),
        can_annotate: notes > 0 || visit.may(Permission::Add) && visit.may(Permission::AnalystData),
        notes: Marker {
            uuid: attribute.uuid.to_string(),
            count: Count(notes),
            out_of_band: false,
        },
        related: events,
        related_more: more,
        correlation_disabled: attribute.disable_correlation,
        relation: attribute.object_relation.clone(),
        object_id: attribute.object_id.0,
        first_seen: attribute
            .first_seen
            .map(|micros| Moment::of_micros(micros).minute()),
        last_seen: attribute
            .last_seen
            .map(|micros| Moment::of_micros(micros).minute()),
        warnings: Vec::new(),
        feeds: window
            .feeds
            .of(attribute.id)
            .map(|(feed, _)| feed.name.clone())
            .collect(),
        deleted: attribute.deleted,
        proposals: changes(visit, window, attribute),
        can_modify: may_change,
        can_propose: window.may_propose && source.is_none(),
        source,
    }
}

fn link(event: &Event) -> EventLink {
    EventLink {
        id: event.id.0,
        info: event.info.clone(),
    }
}

pub(super) fn sighting_cell(visit: &Visit, window: &Window, id: AttributeId) -> SightingCell {
    let count = window.sightings.get(&id).copied().unwrap_or_default();
    SightingCell {
        attribute_id: id.0,
        counts: SightingCounts {
            seen: Count(count.seen),
            false_positive: Count(count.false_positive),
            expired: Count(count.expired),
        },
        can_sight: visit.may(Permission::Sighting),
    }
}

/// The next window of rows for a script, or the whole table when its filter changed.
pub(super) async fn windows(visit: Visit, input: Input) -> Answer {
    let key = EventKey::parse(input.arg(0))?;
    let after: Option<u64> = input.query.get("after").parse().ok();
    let first = after.map_or_else(
        || input.query.get("first").parse().unwrap_or(1).max(1),
        |row| row + 1,
    );
    if !visit.partial {
        return redirect(&format!("/events/view/{}", input.id(0)?));
    }
    let table = table(&visit, key, &input.query, first).await?;
    if after.is_some() {
        return fragment(&table.window, None);
    }
    fragment(&AttributeTableFragment { table }, None)
}

pub(super) async fn row_answer(visit: &Visit, id: AttributeId, announce: Option<&str>) -> Answer {
    let window = attributes::window_of(&visit.ctx, id).await?;
    let attribute = window.rows.first().ok_or_else(attributes::invalid_attribute)?;
    fragment(
        &AttributeRowFragment {
            row: row(visit, &window, attribute),
        },
        announce,
    )
}

pub(super) async fn show_row(visit: Visit, input: Input) -> Answer {
    row_answer(&visit, AttributeId(input.id(0)?), None).await
}

/// One field in place: the IDS switch.
pub(super) async fn edit_field(visit: Visit, input: Input) -> Answer {
    let id = AttributeId(input.id(0)?);
    let to_ids = Loose::Bool(input.form.ticked("to_ids"));
    attributes::edit(
        &visit.ctx,
        AttributeKey::Id(id),
        AttributeIn {
            to_ids,
            ..AttributeIn::default()
        },
    )
    .await?;
    row_answer(&visit, id, None).await
}

pub(super) async fn delete(visit: Visit, input: Input) -> Answer {
    let id = AttributeId(input.id(0)?);
    attributes::delete(&visit.ctx, AttributeKey::Id(id), false).await?;
    if visit.partial {
        row_answer(&visit, id, Some("Attribute deleted.")).await
    } else {
        back(&visit, id).await
    }
}

async fn back(visit: &Visit, id: AttributeId) -> Answer {
    let event = attributes::window_of(&visit.ctx, id).await?.event.id;
    done(visit, &format!("/events/view/{event}"), "Attribute deleted.")
}

pub(super) async fn restore(visit: Visit, input: Input) -> Answer {
    let id = AttributeId(input.id(0)?);
    attributes::restore(&visit.ctx, AttributeKey::Id(id)).await?;
    row_answer(&visit, id, Some("Attribute restored.")).await
}

pub(super) async fn delete_selected(visit: Visit, input: Input) -> Answer {
    let event = input.id(0)?;
    let ids = input.form.ids("id");
    let count = attributes::delete_many(&visit.ctx, EventKey::parse(input.arg(0))?, Some(ids), false).await?;
    let plural = if count == 1 { "" } else { "s" };
    done(
        &visit,
        &format!("/events/view/{event}"),
        &format!("{count} attribute{plural} deleted."),
    )
}

pub(super) async fn download(visit: Visit, input: Input) -> Answer {
    let file = attributes::download(&visit.ctx, input.arg(0)).await?;
    // The name came from a client: offered in a header, quoted and stripped, never used as a path.
    let name: String = file
        .name
        .chars()
        .filter(|c| c.is_ascii_graphic() && !"\"\\;".contains(*c))
        .collect();
    let mut response = axum::response::Response::new(axum::body::Body::from(file.bytes));
    let headers = response.headers_mut();
    headers.insert(
        axum::http::header::CONTENT_TYPE,
        axum::http::HeaderValue::from_static("application/octet-stream"),
    );
    if let Ok(value) = axum::http::HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(axum::http::header::CONTENT_DISPOSITION, value);
    }
    Ok(response)
}

pub(super) async fn delete_object(visit: Visit, input: Input) -> Answer {
    let event = objects::delete(&visit.ctx, objects::ObjectKey::parse(input.arg(0))?, false).await?;
    done(&visit, &format!("/events/view/{event}"), "Object deleted.")
}
