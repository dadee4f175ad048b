//! Changing the attributes of a batch, set by set: rows, what hangs on them, one touch and one audit row per event.

use super::action::names;
use super::batch::Batch;
use super::{Action, Verdict};
use crate::Ctx;
use crate::attributes::remove_batch;
use serde_json::{Map, Value, json};
use sightline_core::AppResult;
use sightline_core::ids::{EventId, JobId};
use sightline_db::audit::Change;
use sightline_db::tags::AttributeTagRow;
use sightline_db::{Tx, attribute_changes, events, objects, tags};
use sightline_misp::records::{Attribute, Distribution};
use std::collections::BTreeMap;

/// What is written of a group of attributes: the action's word and what it changed.
type Written = (&'static str, Map<String, Value>);

/// Does the action to those that `verdicts` say it of.
pub(super) fn change(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    action: &Action,
    batch: &Batch,
    verdicts: &[Verdict],
    job: JobId,
) -> AppResult<()> {
    let changing: Vec<&Attribute> = batch
        .attributes
        .iter()
        .zip(verdicts)
        .filter(|(_, verdict)| **verdict == Verdict::Change)
        .map(|(attribute, _)| attribute)
        .collect();
    if changing.is_empty() {
        return Ok(());
    }
    match action {
        Action::Tag { local, .. } => attach(tx, action, batch, &changing)
            .and_then(|()| if *local { Ok(()) } else { touch(ctx, tx, &changing) })?,
        Action::Untag { local, .. } => detach(ctx, tx, batch, &changing, *local)?,
        Action::Delete { hard } => return delete(ctx, tx, batch, &changing, *hard),
        Action::Restore => {
            attribute_changes::restore(tx, &ids(&changing), ctx.now())?;
            for (event, held) in by_event(&changing) {
                events::add_to_count(tx, event, i64::try_from(held.len()).unwrap_or(i64::MAX))?;
            }
            touch(ctx, tx, &changing)?;
        }
        Action::ToIds { to_ids } => {
            attribute_changes::set_to_ids(tx, &ids(&changing), *to_ids, ctx.now())?;
            touch(ctx, tx, &changing)?;
        }
        Action::DisableCorrelation { disable_correlation } => {
            attribute_changes::set_disable_correlation(tx, &ids(&changing), *disable_correlation, ctx.now())?;
            touch(ctx, tx, &changing)?;
        }
        Action::Distribution {
            distribution,
            sharing_group_id,
        } => {
            let level = Distribution::from_number(*distribution).unwrap_or(Distribution::OrganisationOnly);
            attribute_changes::set_distribution(tx, &ids(&changing), level, *sharing_group_id, ctx.now())?;
            touch(ctx, tx, &changing)?;
        }
    }
    record(ctx, tx, action, batch, &changing, job)
}

fn ids(attributes: &[&Attribute]) -> Vec<i64> {
    attributes.iter().map(|attribute| attribute.id.0).collect()
}

fn by_event<'a>(attributes: &[&'a Attribute]) -> BTreeMap<EventId, Vec<&'a Attribute>> {
    let mut events: BTreeMap<EventId, Vec<&Attribute>> = BTreeMap::new();
    for attribute in attributes {
        events.entry(attribute.event_id).or_default().push(attribute);
    }
    events
}

/// The timestamps of the attributes, of their objects and events are now; the events are unpublished.
fn touch(ctx: &Ctx, tx: &mut Tx<'_>, changed: &[&Attribute]) -> AppResult<()> {
    attribute_changes::set_timestamps(tx, &ids(changed), ctx.now())?;
    let mut held: Vec<i64> = changed
        .iter()
        .map(|a| a.object_id.0)
        .filter(|id| *id != 0)
        .collect();
    held.sort_unstable();
    held.dedup();
    objects::set_timestamps(tx, &held, ctx.now())?;
    let touched: Vec<i64> = by_event(changed).into_keys().map(|event| event.0).collect();
    Ok(events::unpublish_many_at(tx, &touched, ctx.now())?)
}

fn attach(tx: &mut Tx<'_>, action: &Action, batch: &Batch, changing: &[&Attribute]) -> AppResult<()> {
    let Action::Tag { tags: wanted, local } = action else {
        return Ok(());
    };
    let mut rows = Vec::new();
    for attribute in changing {
        for tag in wanted.iter().filter(|tag| !batch.has(attribute, **tag)) {
            rows.push(AttributeTagRow {
                attribute_id: attribute.id,
                event_id: attribute.event_id,
                tag_id: *tag,
                local: *local,
                relationship_type: None,
            });
        }
    }
    tags::attach_to_attributes(tx, &rows)?;
    Ok(())
}

/// What is taken off locally only is nobody else's news.
fn detach(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    batch: &Batch,
    changing: &[&Attribute],
    local: Option<bool>,
) -> AppResult<()> {
    let (mut rows, mut news) = (Vec::new(), Vec::new());
    for attribute in changing {
        let mut global = false;
        for attached in batch.removable(ctx, attribute, local) {
            rows.push(attached.attachment_id);
            global |= !attached.local;
        }
        if global {
            news.push(*attribute);
        }
    }
    tags::detach_from_attributes(tx, &rows)?;
    if news.is_empty() {
        Ok(())
    } else {
        touch(ctx, tx, &news)
    }
}

fn delete(ctx: &Ctx, tx: &mut Tx<'_>, batch: &Batch, changing: &[&Attribute], hard: bool) -> AppResult<()> {
    let groups = by_event(changing);
    for (id, group) in &groups {
        if let Some(event) = batch.events.get(id) {
            let group: Vec<Attribute> = group.iter().map(|attribute| (*attribute).clone()).collect();
            remove_batch(ctx, tx, event, &group, hard)?;
        }
    }
    let touched: Vec<i64> = groups.into_keys().map(|event| event.0).collect();
    Ok(events::unpublish_many_at(tx, &touched, ctx.now())?)
}

/// One row per event, and per old value where that is not the same for all.
fn record(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    action: &Action,
    batch: &Batch,
    changed: &[&Attribute],
    job: JobId,
) -> AppResult<()> {
    let tag_names = names(tx, action.tags())?;
    let mut groups: BTreeMap<(EventId, String), (Written, Vec<i64>)> = BTreeMap::new();
    for attribute in changed {
        let written = written(action, attribute, &tag_names);
        let key = (attribute.event_id, Value::Object(written.1.clone()).to_string());
        groups
            .entry(key)
            .or_insert((written, Vec::new()))
            .1
            .push(attribute.id.0);
    }
    let rows: Vec<_> = groups
        .into_iter()
        .map(|((event, _), ((word, mut fields), ids))| {
            fields.insert("attributes".into(), json!(ids.len()));
            fields.insert("attribute_ids".into(), json!(ids));
            fields.insert("job".into(), json!(job));
            (event, word, fields)
        })
        .collect();
    let changes: Vec<Change<'_>> = rows
        .iter()
        .map(|(event, word, fields)| Change {
            action: word,
            model: "Event",
            id: event.0,
            title: batch.events.get(event).map_or("", |event| event.info.as_str()),
            event: Some(*event),
            fields: Value::Object(fields.clone()),
        })
        .collect();
    ctx.audit_many(tx, &changes)
}

fn written(action: &Action, before: &Attribute, tag_names: &[String]) -> Written {
    let (word, fields) = match action {
        Action::Tag { local, .. } => (
            if *local { "tag_local" } else { "tag" },
            json!({"tag": tag_names}),
        ),
        Action::Untag { local, .. } => (
            if *local == Some(true) {
                "remove_local_tag"
            } else {
                "remove_tag"
            },
            json!({"tag": tag_names}),
        ),
        Action::ToIds { to_ids } => ("edit", json!({"to_ids": [before.to_ids, to_ids]})),
        Action::DisableCorrelation { disable_correlation } => (
            "edit",
            json!({"disable_correlation": [before.disable_correlation, disable_correlation]}),
        ),
        Action::Distribution {
            distribution,
            sharing_group_id,
        } => (
            "edit",
            json!({
                "distribution": [before.distribution.number(), distribution],
                "sharing_group_id": [before.sharing_group_id, sharing_group_id],
            }),
        ),
        Action::Delete { .. } => ("delete", json!({})),
        Action::Restore => ("undelete", json!({"deleted": [true, false]})),
    };
    match fields {
        Value::Object(fields) => (word, fields),
        _ => (word, Map::new()),
    }
}
