//! Tags that arrive inside events: resolved once per batch, created where the caller may, dropped silently where not
//! (spec 01 section 6).

use super::{may_tag_locally, name_key, naming, restriction};
use crate::Ctx;
use sightline_core::ids::{AttributeId, TagId};
use sightline_core::{AppResult, Permission};
use sightline_db::audit::Change;
use sightline_db::tags::{AttributeTagRow, EventTagRow};
use sightline_db::{Tx, tags};
use sightline_misp::input::TagIn;
use sightline_misp::records::{Event, Tag};
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};

/// The tags of a batch by name.
#[derive(Clone, Debug, Default)]
pub struct TagMap(HashMap<String, Tag>);

impl TagMap {
    /// The tag of this name, in any case.
    pub fn get(&self, name: &str) -> Option<&Tag> {
        self.0.get(&name_key(name))
    }
}

/// Resolves all tags of a batch: one query for the distinct names, one statement per unknown one.
pub fn capture<'a>(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    inputs: impl IntoIterator<Item = &'a TagIn>,
) -> AppResult<TagMap> {
    let wanted = distinct(inputs);
    let names: Vec<String> = wanted.keys().cloned().collect();
    let mut map = TagMap::default();
    for tag in tags::by_names(tx, &names)? {
        map.0.entry(name_key(&tag.name)).or_insert(tag);
    }
    if ctx.caller.may(Permission::TagEditor) || ctx.caller.may(Permission::Sync) {
        // In the order of their names: two transactions that create the same tags wait for each other, not in a circle.
        for (key, (name, input)) in wanted {
            if let Entry::Vacant(free) = map.0.entry(key) {
                free.insert(create(ctx, tx, naming::captured(&name, input))?);
            }
        }
    }
    Ok(map)
}

/// Folded name -> name as written, and the first body that has it.
fn distinct<'a>(inputs: impl IntoIterator<Item = &'a TagIn>) -> BTreeMap<String, (String, &'a TagIn)> {
    let mut seen = HashSet::new();
    let mut wanted = BTreeMap::new();
    for input in inputs {
        let Some(name) = input.name.filled().filter(|name| naming::is_name(name)) else {
            continue;
        };
        if seen.insert(name.clone()) {
            wanted.entry(name_key(&name)).or_insert((name, input));
        }
    }
    wanted
}

/// Makes a tag that the platform itself needs, whoever asks for it.
pub(crate) fn make(ctx: &Ctx, tx: &mut Tx<'_>, input: &TagIn, local_only: bool) -> AppResult<TagId> {
    let name = input.name.text().unwrap_or_default();
    let mut tag = naming::captured(&name, input);
    tag.local_only = local_only;
    Ok(create(ctx, tx, tag)?.id)
}

/// Writes a new tag.
pub(super) fn create(ctx: &Ctx, tx: &mut Tx<'_>, mut tag: Tag) -> AppResult<Tag> {
    tag.id = tags::insert(tx, &tag)?;
    ctx.audit(
        tx,
        &Change {
            action: "add",
            model: "Tag",
            id: tag.id.0,
            title: &tag.name,
            event: None,
            fields: serde_json::json!({"name": tag.name, "colour": tag.colour}),
        },
    )?;
    Ok(tag)
}

/// How a captured tag is attached: `None` when it may not be. A local tag of a sender who may not tag locally is
/// dropped: made global it would be known to more people than meant.
fn attachment<'m>(ctx: &Ctx, map: &'m TagMap, input: &TagIn) -> Option<(&'m Tag, bool, Option<String>)> {
    let local = input.local.flag() == Some(true);
    if local && !may_tag_locally(ctx) {
        return None;
    }
    let tag = map.get(&input.name.filled()?)?;
    restriction(ctx, tag, local)
        .is_none()
        .then(|| (tag, local, input.relationship_type.filled()))
}

/// Captures and attaches the tags of many attributes of one event.
pub fn attach_captured(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    event: &Event,
    wanted: &[(AttributeId, &[TagIn])],
) -> AppResult<()> {
    if wanted.iter().all(|(_, list)| list.is_empty()) {
        return Ok(());
    }
    let map = capture(ctx, tx, wanted.iter().flat_map(|(_, list)| list.iter()))?;
    let mut rows = Vec::new();
    for (attribute_id, list) in wanted {
        for input in *list {
            if let Some((tag, local, relationship_type)) = attachment(ctx, &map, input) {
                rows.push(AttributeTagRow {
                    attribute_id: *attribute_id,
                    event_id: event.id,
                    tag_id: tag.id,
                    local,
                    relationship_type,
                });
            }
        }
    }
    tags::attach_to_attributes(tx, &rows)?;
    Ok(())
}

/// Captures and attaches the tags of an event itself.
pub fn attach_captured_to_event(ctx: &Ctx, tx: &mut Tx<'_>, event: &Event, list: &[TagIn]) -> AppResult<()> {
    if list.is_empty() {
        return Ok(());
    }
    let map = capture(ctx, tx, list)?;
    let rows: Vec<EventTagRow> = list
        .iter()
        .filter_map(|input| attachment(ctx, &map, input))
        .map(|(tag, local, relationship_type)| EventTagRow {
            event_id: event.id,
            tag_id: tag.id,
            local,
            relationship_type,
        })
        .collect();
    tags::attach_to_events(tx, &rows)?;
    Ok(())
}
