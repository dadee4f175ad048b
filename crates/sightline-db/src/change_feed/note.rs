//! From audit rows to rows of the feed. A deletion for good is recorded before its rows go: who could see them is read
//! from them here.

use super::{NewChange, Seen};
use crate::audit::Change;
use crate::{DbResult, Row, Tx, params};
use serde_json::Value as Json;
use sightline_misp::change_feed::{ChangeAction, ChangeKind};
use std::collections::{BTreeSet, HashMap};

/// Kinds of records whose deletion keeps who could see them.
const KEPT: [ChangeKind; 7] = [
    ChangeKind::Event,
    ChangeKind::Attribute,
    ChangeKind::Object,
    ChangeKind::ObjectReference,
    ChangeKind::EventReport,
    ChangeKind::Sighting,
    ChangeKind::Tag,
];

/// Announces changes with the ids of their audit rows.
pub(crate) fn note(tx: &mut Tx<'_>, now: i64, audit_ids: &[i64], changes: &[Change<'_>]) -> DbResult<()> {
    let tags = tag_ids(tx, changes)?;
    let mut new = Vec::with_capacity(changes.len());
    for (audit_id, change) in audit_ids.iter().zip(changes) {
        let (mut kind, action) = classify(change.model, change.action);
        let (mut records, mut attached) = (vec![change.id], vec![None]);
        if let Some(ids) = change.fields.get("attribute_ids").and_then(Json::as_array) {
            // One audit row stands for many attributes of an event.
            kind = ChangeKind::Attribute;
            records = ids.iter().filter_map(Json::as_i64).collect();
        }
        if matches!(action, ChangeAction::Tag | ChangeAction::Untag) {
            attached = names(&change.fields)
                .map(|name| tags.get(name).copied())
                .collect();
        } else if kind == ChangeKind::Tag && action != ChangeAction::Delete {
            attached = vec![Some(change.id)];
        }
        let row = |record_id, action, tag_id| NewChange {
            created: now,
            audit_id: *audit_id,
            kind,
            action,
            record_id,
            event_id: change.event.map(|event| event.0),
            tag_id,
            local: matches!(change.action, "tag_local" | "remove_local_tag"),
            seen: Seen::default(),
        };
        for record in records {
            new.extend(attached.iter().map(|tag| row(record, action, *tag)));
        }
        if kind == ChangeKind::Event && publishes(action, &change.fields) {
            new.push(row(change.id, ChangeAction::Publish, None));
        }
    }
    for kind in KEPT {
        remember(tx, kind, &mut new)?;
    }
    tx.announce(new);
    Ok(())
}

/// What an audit row says to those who follow changes.
fn classify(model: &str, action: &str) -> (ChangeKind, ChangeAction) {
    const OTHER: (ChangeKind, ChangeAction) = (ChangeKind::Audit, ChangeAction::Create);
    let kind = match model {
        "Event" => ChangeKind::Event,
        "Attribute" => ChangeKind::Attribute,
        "Object" => ChangeKind::Object,
        "ObjectReference" => ChangeKind::ObjectReference,
        "EventReport" => ChangeKind::EventReport,
        "Sighting" => ChangeKind::Sighting,
        "Tag" => ChangeKind::Tag,
        "User" => ChangeKind::User,
        "Organisation" => ChangeKind::Organisation,
        _ => return OTHER,
    };
    let action = match action {
        "add" => ChangeAction::Create,
        "edit" | "undelete" => ChangeAction::Update,
        "delete" | "soft_delete" => ChangeAction::Delete,
        "publish" => ChangeAction::Publish,
        "unpublish" => ChangeAction::Unpublish,
        "tag" | "tag_local" => ChangeAction::Tag,
        "remove_tag" | "remove_local_tag" => ChangeAction::Untag,
        // A log-in, an export: nothing has changed.
        _ => return OTHER,
    };
    (kind, action)
}

/// The names of the tags that a change attaches or takes off.
fn names(fields: &Json) -> impl Iterator<Item = &str> {
    let (one, many) = match fields.get("tag") {
        Some(Json::Array(names)) => (None, Some(names)),
        other => (other, None),
    };
    one.into_iter()
        .chain(many.into_iter().flatten())
        .filter_map(Json::as_str)
}

fn tag_ids(tx: &mut Tx<'_>, changes: &[Change<'_>]) -> DbResult<HashMap<String, i64>> {
    let named: BTreeSet<&str> = changes.iter().flat_map(|change| names(&change.fields)).collect();
    if named.is_empty() {
        return Ok(HashMap::new());
    }
    let named: Vec<String> = named.into_iter().map(str::to_owned).collect();
    let found = tx.all(
        "SELECT name, id FROM tags WHERE name = ANY($1)",
        params![&named],
        |row| Ok((row.text(0)?, row.int(1)?)),
    )?;
    Ok(found.into_iter().collect())
}

/// Whether saving an event has published it as well.
fn publishes(action: ChangeAction, fields: &Json) -> bool {
    let published = fields.get("published");
    match action {
        ChangeAction::Create => published == Some(&Json::Bool(true)),
        ChangeAction::Update => published.and_then(|change| change.get(1)) == Some(&Json::Bool(true)),
        _ => false,
    }
}

/// Reads who could see the deleted records of a kind.
fn remember(tx: &mut Tx<'_>, kind: ChangeKind, new: &mut [NewChange]) -> DbResult<()> {
    let ids: Vec<i64> = new
        .iter()
        .filter(|change| change.kind == kind && change.action == ChangeAction::Delete)
        .map(|change| change.record_id)
        .collect();
    if ids.is_empty() {
        return Ok(());
    }
    let seen: HashMap<i64, Seen> = tx
        .all(source(kind), params![&ids], |row| Ok((row.int(0)?, seen(row)?)))?
        .into_iter()
        .collect();
    for change in new.iter_mut().filter(|change| change.kind == kind) {
        if let Some(seen) = seen.get(&change.record_id) {
            change.seen = *seen;
            if kind == ChangeKind::Tag {
                change.tag_id = Some(change.record_id);
            }
        }
    }
    Ok(())
}

fn source(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::Attribute => {
            "SELECT id, uuid, CAST(0 AS BIGINT), distribution, sharing_group_id, FALSE, object_id, CAST(0 AS BIGINT) FROM attributes WHERE id = ANY($1)"
        }
        ChangeKind::Object => {
            "SELECT id, uuid, CAST(0 AS BIGINT), distribution, sharing_group_id, FALSE, CAST(0 AS BIGINT), CAST(0 AS BIGINT) FROM objects WHERE id = ANY($1)"
        }
        ChangeKind::ObjectReference => {
            "SELECT id, uuid, CAST(0 AS BIGINT), CAST(0 AS BIGINT), CAST(0 AS BIGINT), FALSE, object_id, CAST(0 AS BIGINT) FROM object_references WHERE id = ANY($1)"
        }
        ChangeKind::EventReport => {
            "SELECT id, uuid, CAST(0 AS BIGINT), distribution, sharing_group_id, FALSE, CAST(0 AS BIGINT), CAST(0 AS BIGINT) FROM event_reports WHERE id = ANY($1)"
        }
        ChangeKind::Sighting => {
            "SELECT id, uuid, org_id, CAST(0 AS BIGINT), CAST(0 AS BIGINT), FALSE, CAST(0 AS BIGINT), attribute_id FROM sightings WHERE id = ANY($1)"
        }
        ChangeKind::Tag => {
            "SELECT id, CAST(NULL AS UUID), org_id, CAST(0 AS BIGINT), CAST(0 AS BIGINT), FALSE, CAST(0 AS BIGINT), user_id FROM tags WHERE id = ANY($1)"
        }
        _ => {
            "SELECT id, uuid, org_id, distribution, sharing_group_id, published, CAST(0 AS BIGINT), CAST(0 AS BIGINT) FROM events WHERE id = ANY($1)"
        }
    }
}

fn seen(row: &Row<'_>) -> DbResult<Seen> {
    Ok(Seen {
        uuid: row.opt_uuid(1)?,
        org_id: row.int(2)?,
        distribution: row.int(3)?,
        sharing_group_id: row.int(4)?,
        published: row.bool(5)?,
        object_id: row.int(6)?,
        holder_id: row.int(7)?,
    })
}
