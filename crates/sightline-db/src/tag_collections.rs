//! Tag collections: named bundles of tags.

use crate::paging::paged;
use crate::tags::{self, Lister};
use crate::{DbError, DbResult, Row, Sql, Tx, params};
use sightline_core::ids::{OrgId, TagCollectionId, TagId, UserId};
use sightline_misp::records::{TagCollection, TagCollectionTag};
use uuid::Uuid;

const COLUMNS: &str = "c.id, c.uuid, c.name, c.description, c.all_orgs, c.org_id, c.user_id";

fn read(row: &Row<'_>) -> DbResult<TagCollection> {
    Ok(TagCollection {
        id: TagCollectionId(row.int(0)?),
        uuid: row.uuid(1)?,
        name: row.text(2)?,
        description: row.text(3)?,
        all_orgs: row.bool(4)?,
        org_id: OrgId(row.int(5)?),
        user_id: UserId(row.int(6)?),
    })
}

/// Which bundles a list shows; texts are looked for as parts, whatever their case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// In the name.
    pub name: Option<String>,
    /// In name or description.
    pub any: Option<String>,
    /// With this uuid.
    pub uuid: Option<Uuid>,
}

/// Those of one's own organisation and those that are for all; a site administrator's are all.
fn visible(sql: &mut Sql<'_>, lister: Lister) {
    match lister {
        Lister::Everything => sql.push("TRUE"),
        Lister::User(org, _) => sql.push("(c.all_orgs OR c.org_id = ").bind(org).push(")"),
    };
}

/// A page of bundles by id, and how many there are in all.
pub fn list(
    tx: &mut Tx<'_>,
    lister: Lister,
    filter: &Filter,
    limit: u32,
    offset: i64,
) -> DbResult<(Vec<TagCollection>, i64)> {
    let part = |text: &Option<String>| {
        text.as_deref()
            .map(|text| format!("%{}%", crate::like::escape(text)))
    };
    let (name, any) = (part(&filter.name), part(&filter.any));
    let dialect = tx.dialect();
    let conditions = |columns: &str| {
        let mut sql = Sql::new(
            dialect,
            &format!("SELECT {columns} FROM tag_collections c WHERE "),
        );
        visible(&mut sql, lister);
        if let Some(pattern) = &name {
            sql.push(" AND ").like("c.name", pattern, false);
        }
        if let Some(pattern) = &any {
            sql.push(" AND (").like("c.name", pattern, false);
            sql.push(" OR ").like("c.description", pattern, false).push(")");
        }
        if let Some(uuid) = filter.uuid {
            sql.push(" AND c.uuid = ").bind(uuid);
        }
        sql
    };
    paged(tx, conditions, COLUMNS, "c.id", (limit, offset), read)
}

/// One bundle, if it may be seen.
pub fn by_id(tx: &mut Tx<'_>, lister: Lister, id: TagCollectionId) -> DbResult<Option<TagCollection>> {
    let mut sql = Sql::new(
        tx.dialect(),
        &format!("SELECT {COLUMNS} FROM tag_collections c WHERE c.id = "),
    );
    sql.bind(id).push(" AND ");
    visible(&mut sql, lister);
    tx.first(sql.text(), sql.values(), read)
}

/// Whether a bundle with this uuid is there, seen or not.
pub fn uuid_exists(tx: &mut Tx<'_>, uuid: Uuid) -> DbResult<bool> {
    tx.exists("SELECT 1 FROM tag_collections WHERE uuid = $1", params![uuid])
}

/// The tags of some bundles in the order in which they were put in; those restricted to others are left out.
pub fn tags_of(tx: &mut Tx<'_>, lister: Lister, ids: &[i64]) -> DbResult<Vec<TagCollectionTag>> {
    let mut sql = Sql::new(
        tx.dialect(),
        &format!(
            "SELECT {}, x.id, x.tag_collection_id FROM tag_collection_tags x JOIN tags t ON t.id = x.tag_id WHERE ",
            tags::COLUMNS
        ),
    );
    sql.any("x.tag_collection_id", ids).push(" AND ");
    lister.push(&mut sql, "t");
    sql.push(" ORDER BY x.id");
    tx.all(sql.text(), sql.values(), |row| {
        Ok(TagCollectionTag {
            tag: tags::read(row, 0)?,
            id: row.int(tags::COLUMN_COUNT)?,
            collection_id: TagCollectionId(row.int(tags::COLUMN_COUNT + 1)?),
        })
    })
}

/// Writes a new bundle; its `id` is ignored.
pub fn insert(tx: &mut Tx<'_>, new: &TagCollection) -> DbResult<TagCollectionId> {
    let id = tx.first(
        "INSERT INTO tag_collections (uuid, name, description, all_orgs, org_id, user_id) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (uuid) DO NOTHING RETURNING id",
        params![
            new.uuid,
            &new.name,
            &new.description,
            new.all_orgs,
            new.org_id,
            new.user_id
        ],
        |row| row.int(0),
    )?;
    id.map(TagCollectionId)
        .ok_or_else(|| DbError::NotUnique(format!("tag collection {}", new.uuid)))
}

/// Writes back name, description and who may use it.
pub fn update(tx: &mut Tx<'_>, changed: &TagCollection) -> DbResult<()> {
    tx.exec(
        "UPDATE tag_collections SET name = $2, description = $3, all_orgs = $4 WHERE id = $1",
        params![changed.id, &changed.name, &changed.description, changed.all_orgs],
    )?;
    Ok(())
}

/// Removes a bundle, and takes it off the feeds that would attach it.
pub fn delete(tx: &mut Tx<'_>, id: TagCollectionId) -> DbResult<()> {
    tx.exec(
        "DELETE FROM tag_collection_tags WHERE tag_collection_id = $1",
        params![id],
    )?;
    tx.exec(
        "UPDATE feeds SET tag_collection_id = 0 WHERE tag_collection_id = $1",
        params![id],
    )?;
    tx.exec("DELETE FROM tag_collections WHERE id = $1", params![id])?;
    Ok(())
}

/// Puts a tag into a bundle; whether it was not there before.
pub fn add_tag(tx: &mut Tx<'_>, id: TagCollectionId, tag: TagId) -> DbResult<bool> {
    Ok(tx.exec(
        "INSERT INTO tag_collection_tags (tag_collection_id, tag_id) VALUES ($1, $2) \
         ON CONFLICT (tag_collection_id, tag_id) DO NOTHING",
        params![id, tag],
    )? > 0)
}

/// Takes a tag out of a bundle; whether it was there.
pub fn remove_tag(tx: &mut Tx<'_>, id: TagCollectionId, tag: TagId) -> DbResult<bool> {
    Ok(tx.exec(
        "DELETE FROM tag_collection_tags WHERE tag_collection_id = $1 AND tag_id = $2",
        params![id, tag],
    )? > 0)
}
