//! From a change to its messages. Records are told as they are now; of one that is gone, what is still known of it.

use super::shapes::{self, action_of};
use super::{Message, message};
use crate::Ctx;
use crate::events::EventKey;
use crate::events::document::{EventDocument, Options};
use sightline_core::AppResult;
use sightline_core::ids::{EventId, OrgId, TagId, UserId};
use sightline_db::sightings::ShownTo;
use sightline_db::{Tx, Visible, attributes, audit, events, objects, organisations, sightings, tags, users};
use sightline_misp::change_feed::{Change, ChangeAction, ChangeKind};
use sightline_misp::json::{Buffer, ObjectWriter};

/// Largest published event; a larger one is told with its head only.
const EVENT_BYTES_MAX: usize = 64 << 20;

/// The messages of a change; `first` of those that its audit row has left.
pub(super) fn messages(ctx: &Ctx, tx: &mut Tx<'_>, change: &Change, first: bool) -> AppResult<Vec<Message>> {
    let wanted = ctx.settings().zeromq.clone();
    let mut told = Vec::new();
    if wanted.audit
        && first
        && let Some(entry) = audit::by_id(tx, change.audit_id)?
    {
        told.push(message("misp_json_audit", |o| {
            o.object("AuditLog", |o| shapes::entry(o, &entry));
            o.text("action", "log");
        }));
    }
    if matches!(change.action, ChangeAction::Tag | ChangeAction::Untag) {
        if wanted.tags {
            told.extend(attachment(tx, change)?);
        }
        return Ok(told);
    }
    let record = match change.kind {
        ChangeKind::Event if change.action == ChangeAction::Publish => published(ctx, tx, change)?,
        ChangeKind::Event if wanted.events => event(tx, change)?,
        ChangeKind::Attribute if wanted.attributes => attribute(tx, change)?,
        ChangeKind::Object if wanted.objects => object(tx, change)?,
        ChangeKind::ObjectReference if wanted.object_references => reference(tx, change)?,
        ChangeKind::Sighting if wanted.sightings => sighting(tx, change)?,
        ChangeKind::Tag if wanted.tags => tag(tx, change)?,
        ChangeKind::User if wanted.users => user(tx, change)?,
        ChangeKind::Organisation if wanted.organisations => organisation(tx, change)?,
        _ => None,
    };
    told.extend(record);
    Ok(told)
}

/// The event as it is published, whole.
fn published(ctx: &Ctx, tx: &mut Tx<'_>, change: &Change) -> AppResult<Option<Message>> {
    let id = EventId(change.record_id);
    let Some(head) = events::by_id(tx, Visible::everything(), id)? else {
        return Ok(None);
    };
    let options = Options {
        attachments: ctx.settings().zeromq.include_attachments,
        ..Options::default()
    };
    let mut document = EventDocument::open(ctx, tx, &EventKey::Id(id), options)?;
    let mut out = Buffer::from("misp_json ");
    let mut chunk = Buffer::new();
    loop {
        let more = document.next(ctx, tx, &mut chunk)?;
        out.append(&mut chunk);
        if !more {
            return Ok(Some(out));
        }
        if out.len() > EVENT_BYTES_MAX {
            tracing::warn!(event = id.0, "too large to be published over ZeroMQ as a whole");
            return Ok(Some(message("misp_json", |o| {
                o.object("Event", |o| head.write_head(o));
            })));
        }
    }
}

fn event(tx: &mut Tx<'_>, change: &Change) -> AppResult<Option<Message>> {
    let found = events::by_id(tx, Visible::everything(), EventId(change.record_id))?;
    Ok(told(
        "misp_json_event",
        "Event",
        change,
        found.as_ref(),
        |o, event| event.write_head(o),
    ))
}

fn attribute(tx: &mut Tx<'_>, change: &Change) -> AppResult<Option<Message>> {
    let found = attributes::by_ids(tx, Visible::everything(), &[change.record_id])?.pop();
    let event = match change.event_id {
        Some(id) => events::by_id(tx, Visible::everything(), EventId(id))?,
        None => None,
    };
    let soft = change.action == ChangeAction::Delete && found.is_some();
    if found.is_none() && change.action != ChangeAction::Delete {
        return Ok(None);
    }
    Ok(Some(message("misp_json_attribute", |o| {
        o.object("Attribute", |o| match &found {
            Some(attribute) => shapes::attribute(o, attribute),
            None => shapes::gone(o, change),
        });
        if let Some(event) = &event {
            o.object("Event", |o| event.write_head(o));
        }
        o.text("action", if soft { "soft-delete" } else { action_of(change) });
    })))
}

fn object(tx: &mut Tx<'_>, change: &Change) -> AppResult<Option<Message>> {
    let found = objects::by_ids(tx, Visible::everything(), &[change.record_id])?.pop();
    Ok(told(
        "misp_json_object",
        "Object",
        change,
        found.as_ref(),
        |o, object| object.write(o),
    ))
}

fn reference(tx: &mut Tx<'_>, change: &Change) -> AppResult<Option<Message>> {
    let found = objects::reference(tx, Some(change.record_id.into()), None)?;
    Ok(told(
        "misp_json_object_reference",
        "ObjectReference",
        change,
        found.as_ref(),
        |o, reference| {
            reference.write(o);
        },
    ))
}

fn sighting(tx: &mut Tx<'_>, change: &Change) -> AppResult<Option<Message>> {
    let ids = [change.record_id];
    let found = sightings::by_ids(tx, Visible::everything(), ShownTo::everything(), &ids)?.pop();
    Ok(told(
        "misp_json_sighting",
        "Sighting",
        change,
        found.as_ref(),
        shapes::sighting,
    ))
}

fn tag(tx: &mut Tx<'_>, change: &Change) -> AppResult<Option<Message>> {
    let found = tags::by_id(tx, TagId(change.record_id))?;
    Ok(told("misp_json_tag", "Tag", change, found.as_ref(), |o, tag| {
        tag.write(o);
    }))
}

fn user(tx: &mut Tx<'_>, change: &Change) -> AppResult<Option<Message>> {
    let found = users::by_id(tx, UserId(change.record_id))?;
    Ok(told(
        "misp_json_user",
        "User",
        change,
        found.as_ref(),
        shapes::user,
    ))
}

fn organisation(tx: &mut Tx<'_>, change: &Change) -> AppResult<Option<Message>> {
    let found = organisations::by_id(tx, OrgId(change.record_id))?;
    Ok(told(
        "misp_json_organisation",
        "Organisation",
        change,
        found.as_ref(),
        |o, org| {
            org.write_card(o);
        },
    ))
}

/// A tag that was attached to something, or taken off.
fn attachment(tx: &mut Tx<'_>, change: &Change) -> AppResult<Option<Message>> {
    let (field, kind) = match change.kind {
        ChangeKind::Event => ("event_id", "event"),
        ChangeKind::Attribute => ("attribute_id", "attribute"),
        _ => return Ok(None),
    };
    let Some(name) = change.tag.clone() else {
        return Ok(None);
    };
    let Some(tag) = tags::by_names(tx, std::slice::from_ref(&name))?
        .into_iter()
        .find(|tag| tag.name == name)
    else {
        return Ok(None);
    };
    let done = if change.action == ChangeAction::Tag {
        "attached to"
    } else {
        "detached from"
    };
    Ok(Some(message("misp_json_tag", |o| {
        o.object("Tag", |o| {
            tag.write(o);
            o.number(field, change.record_id);
        });
        o.text("action", &format!("{done} {kind}"));
    })))
}

/// A record as it is now; nothing when it is gone by other means than this change.
fn told<T>(
    topic: &str,
    name: &str,
    change: &Change,
    found: Option<&T>,
    write: impl FnOnce(&mut ObjectWriter<'_>, &T),
) -> Option<Message> {
    if found.is_none() && change.action != ChangeAction::Delete {
        return None;
    }
    Some(message(topic, |o| {
        o.object(name, |o| match found {
            Some(record) => write(o, record),
            None => shapes::gone(o, change),
        });
        o.text("action", action_of(change));
    }))
}
