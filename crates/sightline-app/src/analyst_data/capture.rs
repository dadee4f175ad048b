//! Notes, opinions and relationships that arrive inside what they hang on (spec 01 section 13).

use super::draft::{draft, moment, overlay};
use super::{may_edit, own_org, record};
use crate::Ctx;
use sightline_core::ids::EventId;
use sightline_core::{AppError, AppResult, Permission};
use sightline_db::analyst_data::{self, Key, blocklist};
use sightline_db::{Tx, Visible, attributes};
use sightline_misp::input::{AnalystIn, AttributeIn};
use sightline_misp::records::{AnalystData, AnalystKind, EntityKind, EntityRef};
use std::collections::HashSet;
use uuid::Uuid;

/// Adds what is new and takes over what is newer. What may not be taken is left out, and `dropped` is told why, as
/// with everything else that an event carries.
pub(crate) fn capture<'a>(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    parent: EntityRef,
    bodies: impl Iterator<Item = (AnalystKind, &'a AnalystIn)>,
    mut dropped: impl FnMut(String),
) -> AppResult<()> {
    capture_from(ctx, tx, parent, bodies, &mut |_, why| dropped(why))
}

/// The same; `dropped` is also told at which level of the thread, from 0.
pub(super) fn capture_from<'a>(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    parent: EntityRef,
    bodies: impl Iterator<Item = (AnalystKind, &'a AnalystIn)>,
    dropped: &mut dyn FnMut(usize, String),
) -> AppResult<()> {
    let mut bodies = bodies.peekable();
    if bodies.peek().is_none() {
        return Ok(());
    }
    if !ctx.caller.may(Permission::Add) || !ctx.caller.may(Permission::AnalystData) {
        dropped(0, "analyst data: the role may not write it".into());
        return Ok(());
    }
    let own = own_org(ctx, tx)?;
    capture_all(ctx, tx, own, parent, bodies, &mut |level, why| {
        dropped(level, why);
    })
}

/// The same for what hangs on attributes of an event, found by the uuids of their bodies.
pub(crate) fn capture_on_attributes<'a>(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    event: EventId,
    bodies: impl Iterator<Item = &'a AttributeIn>,
    mut dropped: impl FnMut(String),
) -> AppResult<()> {
    let carrying: Vec<(Uuid, &AttributeIn)> = bodies
        .filter(|body| body.analyst_data().next().is_some())
        .filter_map(|body| Some((Uuid::try_parse(&body.uuid.filled()?).ok()?, body)))
        .collect();
    if carrying.is_empty() {
        return Ok(());
    }
    let uuids: Vec<Uuid> = carrying.iter().map(|(uuid, _)| *uuid).collect();
    let stored: HashSet<Uuid> = attributes::by_uuids(tx, &uuids)?
        .into_iter()
        .filter(|attribute| attribute.event_id == event)
        .map(|attribute| attribute.uuid)
        .collect();
    for (uuid, body) in carrying.into_iter().filter(|(uuid, _)| stored.contains(uuid)) {
        let on = EntityRef {
            kind: EntityKind::Attribute,
            uuid,
        };
        capture(ctx, tx, on, body.analyst_data(), &mut dropped)?;
    }
    Ok(())
}

/// The nesting of a body ends where its JSON does: the decoder follows it at most 128 levels.
fn capture_all<'a>(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    own: Uuid,
    parent: EntityRef,
    bodies: impl Iterator<Item = (AnalystKind, &'a AnalystIn)>,
    dropped: &mut dyn FnMut(usize, String),
) -> AppResult<()> {
    for (kind, body) in bodies {
        let target = reply_target(body).unwrap_or(parent);
        match capture_one(ctx, tx, own, kind, target, body) {
            Ok(Some(uuid)) => {
                let inside = EntityRef {
                    kind: kind.entity(),
                    uuid,
                };
                let all: Vec<_> = body.analyst_data().collect();
                capture_all(ctx, tx, own, inside, all.into_iter(), &mut |level, why| {
                    dropped(level + 1, why);
                })?;
            }
            Ok(None) => {}
            Err(error @ (AppError::Invalid(_) | AppError::Refused(_) | AppError::Forbidden(_))) => {
                dropped(0, format!("{}: {error}", kind.name()));
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Clients flatten threads: a reply then stands beside the note that it answers. Only analyst data is believed here,
/// so that an event cannot hang anything on another event's content.
fn reply_target(body: &AnalystIn) -> Option<EntityRef> {
    let kind = EntityKind::parse(&body.object_type.filled()?)?;
    AnalystKind::of(kind)?;
    Some(EntityRef {
        kind,
        uuid: Uuid::try_parse(&body.object_uuid.filled()?).ok()?,
    })
}

/// The uuid of what is stored now; `None` when its uuid is blocked.
fn capture_one(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    own: Uuid,
    kind: AnalystKind,
    target: EntityRef,
    body: &AnalystIn,
) -> AppResult<Option<Uuid>> {
    let uuid = body.uuid.filled().and_then(|text| Uuid::try_parse(&text).ok());
    if let Some(uuid) = uuid {
        if blocklist::contains(tx, uuid)? {
            return Ok(None);
        }
        analyst_data::lock(tx, Key::Uuid(uuid))?;
        // Uuids are unique over everything that is stored, seen or not.
        if let Some(known) = analyst_data::find(tx, Visible::everything(), None, Key::Uuid(uuid))? {
            renew(ctx, tx, own, kind, target, &known, body)?;
            return Ok(Some(uuid));
        }
    }
    let mut data = draft(ctx, tx, kind, target, own, body)?;
    data.locked = ctx.caller.may(Permission::Sync) && body.locked.flag() == Some(true);
    data.id = analyst_data::insert(tx, &data)?.ok_or_else(taken)?;
    record(ctx, tx, "add", &data)?;
    Ok(Some(data.uuid))
}

fn taken() -> AppError {
    AppError::Refused("The UUID provided is not unique".into())
}

/// Takes over a newer copy: of one's own, or of a remote one for those who synchronise. An older or equal copy is
/// left alone without a word: it is how a client sends back what it has read.
fn renew(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    own: Uuid,
    kind: AnalystKind,
    target: EntityRef,
    known: &AnalystData,
    body: &AnalystIn,
) -> AppResult<()> {
    if known.kind() != kind || known.target != target {
        return Err(taken());
    }
    let told = moment(ctx, &body.modified);
    if told.is_some_and(|told| told <= known.modified) {
        return Ok(());
    }
    let synchronises = ctx.caller.may(Permission::Sync);
    // A remote one that the caller cannot see is not theirs to open or to rewrite.
    let seen = analyst_data::find(tx, ctx.visible(), None, Key::Uuid(known.uuid))?.is_some();
    let may = may_edit(ctx, own, known) || synchronises && known.locked && seen;
    if !may {
        return Err(taken());
    }
    let mut data = overlay(ctx, tx, known, body)?;
    if let Some(told) = told.filter(|_| synchronises) {
        data.modified = told;
    }
    analyst_data::update(tx, &data)?;
    record(ctx, tx, "edit", &data)
}
