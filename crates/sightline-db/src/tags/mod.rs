//! Tags (spec 01 section 6): the tags themselves. Their attachments are in `attach.rs`.

mod attach;
mod list;
mod statistics;

pub use attach::{
    AttributeTagRow, EventTagRow, attach_to_attributes, attach_to_events, attribute_attachment,
    detach_from_attribute, detach_from_attributes, detach_from_event, event_attachment, of_attributes,
    of_events, set_attribute_relationship, set_event_relationship,
};
pub use list::{ListFilter, Lister, favourites, is_favourite, list, page, set_favourite};
pub use statistics::{attribute_counts, event_counts};

use crate::{DbResult, Dialect, Row, Sql, Tx, params};
use sightline_core::ids::{OrgId, TagId, UserId};
use sightline_misp::fold::{fold, value_key};
use sightline_misp::records::Tag;
use std::collections::{HashMap, HashSet};

/// The columns that [`read`] expects, of a table named `t`.
pub(crate) const COLUMNS: &str = "t.id, t.name, t.colour, t.exportable, t.org_id, t.user_id, t.hide_tag, \
     t.numerical_value, t.is_galaxy, t.is_custom_galaxy, t.local_only";
/// How many columns [`COLUMNS`] names.
pub(crate) const COLUMN_COUNT: usize = 11;

/// Reads a tag that starts at column `at`.
pub(crate) fn read(row: &Row<'_>, at: usize) -> DbResult<Tag> {
    Ok(Tag {
        id: TagId(row.int(at)?),
        name: row.text(at + 1)?,
        colour: row.text(at + 2)?,
        exportable: row.bool(at + 3)?,
        org_id: OrgId(row.int(at + 4)?),
        user_id: UserId(row.int(at + 5)?),
        hide_tag: row.bool(at + 6)?,
        numerical_value: row.opt_int(at + 7)?,
        is_galaxy: row.bool(at + 8)?,
        is_custom_galaxy: row.bool(at + 9)?,
        local_only: row.bool(at + 10)?,
    })
}

/// By id.
pub fn by_id(tx: &mut Tx<'_>, id: TagId) -> DbResult<Option<Tag>> {
    tx.first(
        &format!("SELECT {COLUMNS} FROM tags t WHERE t.id = $1"),
        params![id],
        |row| read(row, 0),
    )
}

/// Some tags.
pub(crate) fn by_ids(tx: &mut Tx<'_>, ids: &[i64]) -> DbResult<HashMap<TagId, Tag>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let tags = tx.all(
        &format!("SELECT {COLUMNS} FROM tags t WHERE t.id = ANY($1)"),
        params![ids],
        |row| read(row, 0),
    )?;
    Ok(tags.into_iter().map(|tag| (tag.id, tag)).collect())
}

/// The tags with these names; names are compared without regard to case, as captured tags are. Oldest first.
pub fn by_names(tx: &mut Tx<'_>, names: &[String]) -> DbResult<Vec<Tag>> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let wanted: HashSet<String> = names.iter().map(|name| fold(name)).collect();
    let keys: Vec<i64> = wanted.iter().map(|name| value_key(name)).collect();
    let mut tags = tx.all(
        &format!("SELECT {COLUMNS} FROM tags t WHERE t.name_key = ANY($1) ORDER BY t.id"),
        params![&keys],
        |row| read(row, 0),
    )?;
    tags.retain(|tag| wanted.contains(&fold(&tag.name)));
    Ok(tags)
}

/// Writes a new tag; its `id` is ignored. When another transaction has just written the same name, that row is meant.
pub fn insert(tx: &mut Tx<'_>, tag: &Tag) -> DbResult<TagId> {
    let new = tx.first(
        "INSERT INTO tags (name, name_key, colour, exportable, org_id, user_id, hide_tag, numerical_value, is_galaxy, \
         is_custom_galaxy, local_only) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
         ON CONFLICT (name) DO NOTHING RETURNING id",
        params![
            &tag.name,
            value_key(&tag.name),
            &tag.colour,
            tag.exportable,
            tag.org_id,
            tag.user_id,
            tag.hide_tag,
            tag.numerical_value,
            tag.is_galaxy,
            tag.is_custom_galaxy,
            tag.local_only
        ],
        |row| row.int(0),
    )?;
    match new {
        Some(id) => Ok(TagId(id)),
        None => tx
            .int("SELECT id FROM tags WHERE name = $1", params![&tag.name])
            .map(TagId),
    }
}

/// Writes a tag back.
pub fn update(tx: &mut Tx<'_>, tag: &Tag) -> DbResult<()> {
    tx.exec(
        "UPDATE tags SET name = $2, name_key = $3, colour = $4, exportable = $5, org_id = $6, user_id = $7, \
         hide_tag = $8, numerical_value = $9, is_galaxy = $10, is_custom_galaxy = $11, local_only = $12 WHERE id = $1",
        params![
            tag.id,
            &tag.name,
            value_key(&tag.name),
            &tag.colour,
            tag.exportable,
            tag.org_id,
            tag.user_id,
            tag.hide_tag,
            tag.numerical_value,
            tag.is_galaxy,
            tag.is_custom_galaxy,
            tag.local_only
        ],
    )?;
    Ok(())
}

/// Removes a tag, takes it off everything, and out of the bundles and feeds that would attach it.
pub fn delete(tx: &mut Tx<'_>, id: TagId) -> DbResult<()> {
    tx.exec("DELETE FROM event_tags WHERE tag_id = $1", params![id])?;
    tx.exec("DELETE FROM attribute_tags WHERE tag_id = $1", params![id])?;
    tx.exec("DELETE FROM tag_collection_tags WHERE tag_id = $1", params![id])?;
    tx.exec(
        "DELETE FROM galaxy_cluster_relation_tags WHERE tag_id = $1",
        params![id],
    )?;
    tx.exec("DELETE FROM favourite_tags WHERE tag_id = $1", params![id])?;
    tx.exec("UPDATE feeds SET tag_id = 0 WHERE tag_id = $1", params![id])?;
    tx.exec("DELETE FROM tags WHERE id = $1", params![id])?;
    Ok(())
}

/// Appends: the column matches one of the patterns, without regard to case. One value whatever their number, because
/// a chain of a thousand ORs would exceed SQLite's depth of expressions.
pub(crate) fn like_any<'a>(sql: &mut Sql<'a>, column: &str, patterns: &'a [String]) {
    match sql.dialect() {
        Dialect::Postgres => sql.push(column).push(" ILIKE ANY(").bind(patterns).push(")"),
        Dialect::Sqlite => sql
            .push("EXISTS (SELECT 1 FROM rarray(")
            .bind(patterns)
            .push(&format!(") p WHERE like_ci(p.value, {column}))")),
    };
}
