//! Collections: dossiers of events and galaxy clusters, under the viewer's visibility.

use crate::events::distribution;
use crate::paging::paged;
use crate::{DbError, DbResult, Row, Sql, Tx, Visible, params};
use sightline_core::ids::{CollectionElementId, CollectionId, OrgId, SharingGroupId, UserId};
use sightline_misp::records::{Collection, CollectionElement, ElementType};
use std::collections::HashMap;
use uuid::Uuid;

const COLUMNS: &str = "c.id, c.uuid, c.org_id, c.orgc_id, c.user_id, c.created, c.modified, c.distribution, \
     c.sharing_group_id, c.name, c.type, c.description";
const ELEMENT_COLUMNS: &str = "x.id, x.uuid, x.element_uuid, x.element_type, x.collection_id, x.description";

fn read(row: &Row<'_>) -> DbResult<Collection> {
    Ok(Collection {
        id: CollectionId(row.int(0)?),
        uuid: row.uuid(1)?,
        org_id: OrgId(row.int(2)?),
        orgc_id: OrgId(row.int(3)?),
        user_id: UserId(row.int(4)?),
        created: row.int(5)?,
        modified: row.int(6)?,
        distribution: distribution(row.int(7)?)?,
        sharing_group_id: SharingGroupId(row.int(8)?),
        name: row.text(9)?,
        kind: row.text(10)?,
        description: row.text(11)?,
    })
}

fn read_element(row: &Row<'_>) -> DbResult<CollectionElement> {
    let kind = row.text(3)?;
    Ok(CollectionElement {
        id: CollectionElementId(row.int(0)?),
        uuid: row.uuid(1)?,
        element_uuid: row.uuid(2)?,
        element_type: ElementType::parse(&kind)
            .ok_or_else(|| DbError::Other(format!("unknown type `{kind}` of an element")))?,
        collection_id: CollectionId(row.int(4)?),
        description: row.text(5)?,
    })
}

/// Which collections a list shows; texts are looked for as parts, whatever their case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "each narrows the column of its name")]
pub struct Filter {
    pub user: Option<UserId>,
    pub orgc: Option<OrgId>,
    pub uuid: Option<Uuid>,
    pub kind: Option<String>,
    pub name: Option<String>,
    /// In name or description.
    pub any: Option<String>,
    /// That hold this record.
    pub element: Option<Uuid>,
}

/// A page of visible collections by id, and how many there are in all.
pub fn list(
    tx: &mut Tx<'_>,
    visible: Visible,
    filter: &Filter,
    limit: u32,
    offset: i64,
) -> DbResult<(Vec<Collection>, i64)> {
    let part = |text: &Option<String>| {
        text.as_deref()
            .map(|text| format!("%{}%", crate::like::escape(text)))
    };
    let (name, any) = (part(&filter.name), part(&filter.any));
    let dialect = tx.dialect();
    let conditions = |columns: &str| {
        let mut sql = Sql::new(dialect, &format!("SELECT {columns} FROM collections c WHERE "));
        visible.record(&mut sql, "c");
        if let Some(user) = filter.user {
            sql.push(" AND c.user_id = ").bind(user);
        }
        if let Some(orgc) = filter.orgc {
            sql.push(" AND c.orgc_id = ").bind(orgc);
        }
        if let Some(uuid) = filter.uuid {
            sql.push(" AND c.uuid = ").bind(uuid);
        }
        if let Some(kind) = &filter.kind {
            sql.push(" AND c.type = ").bind(kind);
        }
        if let Some(pattern) = &name {
            sql.push(" AND ").like("c.name", pattern, false);
        }
        if let Some(pattern) = &any {
            sql.push(" AND (").like("c.name", pattern, false);
            sql.push(" OR ").like("c.description", pattern, false).push(")");
        }
        if let Some(element) = filter.element {
            sql.push(" AND EXISTS (SELECT 1 FROM collection_elements x WHERE x.collection_id = c.id AND x.element_uuid = ")
                .bind(element)
                .push(" AND ");
            shown(&mut sql, visible);
            sql.push(")");
        }
        sql
    };
    paged(tx, conditions, COLUMNS, "c.id", (limit, offset), read)
}

/// By id, if visible.
pub fn by_id(tx: &mut Tx<'_>, visible: Visible, id: CollectionId) -> DbResult<Option<Collection>> {
    let mut sql = Sql::new(
        tx.dialect(),
        &format!("SELECT {COLUMNS} FROM collections c WHERE c.id = "),
    );
    sql.bind(id).push(" AND ");
    visible.record(&mut sql, "c");
    tx.first(sql.text(), sql.values(), read)
}

/// By uuid, if visible.
pub fn by_uuid(tx: &mut Tx<'_>, visible: Visible, uuid: Uuid) -> DbResult<Option<Collection>> {
    let mut sql = Sql::new(
        tx.dialect(),
        &format!("SELECT {COLUMNS} FROM collections c WHERE c.uuid = "),
    );
    sql.bind(uuid).push(" AND ");
    visible.record(&mut sql, "c");
    tx.first(sql.text(), sql.values(), read)
}

/// Elements with the collections that hold them.
const ELEMENTS: &str = "FROM collection_elements x JOIN collections c ON c.id = x.collection_id WHERE";

/// Appends: the element `x` of collection `c` is shown. The owner reads all that its collection names. Others read of the
/// events those that they see: one that is hidden from them and one that is not here look the same, and neither adding
/// an element nor deleting an event tells them apart.
fn shown(sql: &mut Sql<'_>, visible: Visible) {
    sql.push("(");
    visible.owner(sql, "c");
    sql.push(
        " OR x.element_type <> 'Event' OR EXISTS (SELECT 1 FROM events e WHERE e.uuid = x.element_uuid AND ",
    );
    visible.event(sql, "e");
    sql.push("))");
}

/// The elements of a collection that may be seen, by id.
pub fn elements(
    tx: &mut Tx<'_>,
    visible: Visible,
    collection: CollectionId,
) -> DbResult<Vec<CollectionElement>> {
    let mut sql = Sql::new(
        tx.dialect(),
        &format!("SELECT {ELEMENT_COLUMNS} {ELEMENTS} x.collection_id = "),
    );
    sql.bind(collection).push(" AND ");
    shown(&mut sql, visible);
    sql.push(" ORDER BY x.id");
    tx.all(sql.text(), sql.values(), read_element)
}

/// One element, if it may be seen; its collection is the caller's to check.
pub fn element(
    tx: &mut Tx<'_>,
    visible: Visible,
    id: CollectionElementId,
) -> DbResult<Option<CollectionElement>> {
    let mut sql = Sql::new(
        tx.dialect(),
        &format!("SELECT {ELEMENT_COLUMNS} {ELEMENTS} x.id = "),
    );
    sql.bind(id).push(" AND ");
    shown(&mut sql, visible);
    tx.first(sql.text(), sql.values(), read_element)
}

/// How many elements each of these collections shows.
pub fn element_counts(
    tx: &mut Tx<'_>,
    visible: Visible,
    ids: &[i64],
) -> DbResult<HashMap<CollectionId, i64>> {
    let mut sql = Sql::new(
        tx.dialect(),
        &format!("SELECT x.collection_id, COUNT(*) {ELEMENTS} "),
    );
    sql.any("x.collection_id", ids).push(" AND ");
    shown(&mut sql, visible);
    sql.push(" GROUP BY x.collection_id");
    let counts = tx.all(sql.text(), sql.values(), |row| {
        Ok((CollectionId(row.int(0)?), row.int(1)?))
    })?;
    Ok(counts.into_iter().collect())
}

/// How many elements a collection has, whoever may see them.
pub fn size(tx: &mut Tx<'_>, id: CollectionId) -> DbResult<i64> {
    tx.int(
        "SELECT COUNT(*) FROM collection_elements WHERE collection_id = $1",
        params![id],
    )
}

/// Writes a new collection; its `id` is ignored. `NotUnique` when its uuid is taken.
pub fn insert(tx: &mut Tx<'_>, new: &Collection) -> DbResult<CollectionId> {
    let id = tx.first(
        "INSERT INTO collections (uuid, org_id, orgc_id, user_id, created, modified, distribution, sharing_group_id, \
         name, type, description) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
         ON CONFLICT (uuid) DO NOTHING RETURNING id",
        params![
            new.uuid,
            new.org_id,
            new.orgc_id,
            new.user_id,
            new.created,
            new.modified,
            new.distribution.number(),
            new.sharing_group_id,
            &new.name,
            &new.kind,
            &new.description
        ],
        |row| row.int(0),
    )?;
    id.map(CollectionId)
        .ok_or_else(|| DbError::NotUnique(format!("collection {}", new.uuid)))
}

/// Writes back what an edit may change.
pub fn update(tx: &mut Tx<'_>, changed: &Collection) -> DbResult<()> {
    tx.exec(
        "UPDATE collections SET modified = $2, distribution = $3, sharing_group_id = $4, name = $5, type = $6, \
         description = $7 WHERE id = $1",
        params![
            changed.id,
            changed.modified,
            changed.distribution.number(),
            changed.sharing_group_id,
            &changed.name,
            &changed.kind,
            &changed.description
        ],
    )?;
    Ok(())
}

/// Removes a collection with its elements; what they name stays.
pub fn delete(tx: &mut Tx<'_>, id: CollectionId) -> DbResult<()> {
    tx.exec(
        "DELETE FROM collection_elements WHERE collection_id = $1",
        params![id],
    )?;
    tx.exec("DELETE FROM collections WHERE id = $1", params![id])?;
    Ok(())
}

/// Writes a new element; its `id` is ignored. `None` when the collection holds that record already.
pub fn insert_element(tx: &mut Tx<'_>, new: &CollectionElement) -> DbResult<Option<CollectionElementId>> {
    let id = tx.first(
        "INSERT INTO collection_elements (uuid, element_uuid, element_type, collection_id, description) \
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT (collection_id, element_uuid) DO NOTHING RETURNING id",
        params![
            new.uuid,
            new.element_uuid,
            new.element_type.name(),
            new.collection_id,
            &new.description
        ],
        |row| row.int(0),
    )?;
    Ok(id.map(CollectionElementId))
}

/// Says something else of an element.
pub fn describe_element(tx: &mut Tx<'_>, id: CollectionElementId, description: &str) -> DbResult<()> {
    tx.exec(
        "UPDATE collection_elements SET description = $2 WHERE id = $1",
        params![id, description],
    )?;
    Ok(())
}

/// Takes elements out of their collection.
pub fn delete_elements(tx: &mut Tx<'_>, ids: &[i64]) -> DbResult<()> {
    tx.exec("DELETE FROM collection_elements WHERE id = ANY($1)", params![ids])?;
    Ok(())
}
