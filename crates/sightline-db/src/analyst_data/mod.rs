//! Notes, opinions and relationships (spec 01 section 13).

pub mod blocklist;
mod list;
mod visibility;

pub use list::{
    Filter, Hanging, ListFilter, THREAD_ROWS, any, count, count_on, hanging_on, latest, minimal, page,
    pointing_to,
};
pub(crate) use visibility::seen_by;

use crate::events::distribution;
use crate::{DbError, DbResult, Dialect, Row, Sql, Tx, Visible, params};
use sightline_core::ids::{AnalystDataId, SharingGroupId};
use sightline_misp::records::{AnalystContent, AnalystData, AnalystKind, EntityKind, EntityRef};
use uuid::Uuid;

const COLUMNS: &str = "d.id, d.uuid, d.kind, d.object_type, d.object_uuid, d.authors, d.org_uuid, d.orgc_uuid, \
     d.created, d.modified, d.distribution, d.sharing_group_id, d.locked, d.note, d.language, d.opinion, d.comment, \
     d.relationship_type, d.related_object_type, d.related_object_uuid";

/// How many columns [`COLUMNS`] names.
const COLUMN_COUNT: usize = 20;

/// A row by id or uuid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the two keys")]
pub enum Key {
    Id(AnalystDataId),
    Uuid(Uuid),
}

fn entity(kind: &str, uuid: Uuid) -> DbResult<EntityRef> {
    let kind =
        EntityKind::parse(kind).ok_or_else(|| DbError::Other(format!("unknown kind of thing {kind}")))?;
    Ok(EntityRef { kind, uuid })
}

fn read(row: &Row<'_>) -> DbResult<AnalystData> {
    let text = |column| row.opt_text(column).map(Option::unwrap_or_default);
    let content = match AnalystKind::parse(row.str(2)?) {
        Some(AnalystKind::Note) => AnalystContent::Note {
            note: text(13)?,
            language: text(14)?,
        },
        Some(AnalystKind::Opinion) => AnalystContent::Opinion {
            opinion: row.opt_int(15)?.unwrap_or_default(),
            comment: text(16)?,
        },
        Some(AnalystKind::Relationship) => AnalystContent::Relationship {
            relationship_type: text(17)?,
            related: entity(&text(18)?, row.opt_uuid(19)?.unwrap_or_default())?,
        },
        None => return Err(DbError::Other("unknown kind of analyst data".into())),
    };
    Ok(AnalystData {
        id: AnalystDataId(row.int(0)?),
        uuid: row.uuid(1)?,
        target: entity(row.str(3)?, row.uuid(4)?)?,
        authors: row.text(5)?,
        org_uuid: row.uuid(6)?,
        orgc_uuid: row.uuid(7)?,
        created: row.int(8)?,
        modified: row.int(9)?,
        distribution: distribution(row.int(10)?)?,
        sharing_group_id: SharingGroupId(row.int(11)?),
        locked: row.bool(12)?,
        content,
    })
}

fn keyed<'a>(sql: &mut Sql<'a>, key: Key) {
    match key {
        Key::Id(id) => sql.push("d.id = ").bind(id),
        Key::Uuid(uuid) => sql.push("d.uuid = ").bind(uuid),
    };
}

/// By id or uuid, if the viewer may see it; of one kind if given.
pub fn find(
    tx: &mut Tx<'_>,
    visible: Visible,
    kind: Option<AnalystKind>,
    key: Key,
) -> DbResult<Option<AnalystData>> {
    let mut sql = Sql::new(
        tx.dialect(),
        &format!("SELECT {COLUMNS} FROM analyst_data d WHERE "),
    );
    keyed(&mut sql, key);
    if let Some(kind) = kind {
        sql.push(" AND d.kind = ").bind(kind.name());
    }
    sql.push(" AND ");
    seen_by(&mut sql, visible, "d");
    tx.first(sql.text(), sql.values(), read)
}

/// Keeps others from changing the row until the transaction ends.
pub fn lock(tx: &mut Tx<'_>, key: Key) -> DbResult<()> {
    if tx.dialect() == Dialect::Postgres {
        let mut sql = Sql::new(tx.dialect(), "SELECT 1 FROM analyst_data d WHERE ");
        keyed(&mut sql, key);
        sql.push(" FOR UPDATE");
        tx.exists(sql.text(), sql.values())?;
    }
    Ok(())
}

/// The columns that differ from kind to kind, as they are stored.
struct Split<'a> {
    note: Option<&'a str>,
    language: Option<&'a str>,
    opinion: Option<i64>,
    comment: Option<&'a str>,
    relationship: Option<&'a str>,
    related: Option<EntityRef>,
}

fn split(content: &AnalystContent) -> Split<'_> {
    let mut split = Split {
        note: None,
        language: None,
        opinion: None,
        comment: None,
        relationship: None,
        related: None,
    };
    match content {
        AnalystContent::Note { note, language } => {
            split.note = Some(note);
            split.language = Some(language);
        }
        AnalystContent::Opinion { opinion, comment } => {
            split.opinion = Some(*opinion);
            split.comment = Some(comment);
        }
        AnalystContent::Relationship {
            relationship_type,
            related,
        } => {
            split.relationship = Some(relationship_type);
            split.related = Some(*related);
        }
    }
    split
}

/// Writes a new row; its `id` is ignored. `None` when the uuid is taken.
pub fn insert(tx: &mut Tx<'_>, data: &AnalystData) -> DbResult<Option<AnalystDataId>> {
    let content = split(&data.content);
    tx.first(
        "INSERT INTO analyst_data (uuid, kind, object_type, object_uuid, authors, org_uuid, orgc_uuid, created, \
         modified, distribution, sharing_group_id, locked, note, language, opinion, comment, relationship_type, \
         related_object_type, related_object_uuid) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19) \
         ON CONFLICT DO NOTHING RETURNING id",
        params![
            data.uuid,
            data.kind().name(),
            data.target.kind.name(),
            data.target.uuid,
            &data.authors,
            data.org_uuid,
            data.orgc_uuid,
            data.created,
            data.modified,
            data.distribution.number(),
            data.sharing_group_id,
            data.locked,
            content.note,
            content.language,
            content.opinion,
            content.comment,
            content.relationship,
            content.related.map(|related| related.kind.name()),
            content.related.map(|related| related.uuid)
        ],
        |row| row.int(0).map(AnalystDataId),
    )
}

/// Writes a row back; its uuid, kind, organisations and what it hangs on never change.
pub fn update(tx: &mut Tx<'_>, data: &AnalystData) -> DbResult<()> {
    let content = split(&data.content);
    tx.exec(
        "UPDATE analyst_data SET authors = $2, modified = $3, distribution = $4, sharing_group_id = $5, note = $6, \
         language = $7, opinion = $8, comment = $9, relationship_type = $10, related_object_type = $11, \
         related_object_uuid = $12 WHERE id = $1",
        params![
            data.id,
            &data.authors,
            data.modified,
            data.distribution.number(),
            data.sharing_group_id,
            content.note,
            content.language,
            content.opinion,
            content.comment,
            content.relationship,
            content.related.map(|related| related.kind.name()),
            content.related.map(|related| related.uuid)
        ],
    )?;
    Ok(())
}

/// Deletes a row. What hangs on it stays: others wrote it.
pub fn delete(tx: &mut Tx<'_>, id: AnalystDataId) -> DbResult<()> {
    tx.exec("DELETE FROM analyst_data WHERE id = $1", params![id])?;
    Ok(())
}
