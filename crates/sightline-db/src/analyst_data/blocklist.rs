//! Uuids of analyst data that must not come back (spec 06 B.8).

use crate::paging::paged;
use crate::{DbResult, Row, Sql, Tx, params};
use uuid::Uuid;

/// One entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of spec 06 B.8")]
pub struct Blocked {
    pub id: i64,
    pub uuid: Uuid,
    pub created: i64,
    pub info: String,
    pub orgc: String,
    pub comment: String,
}

const COLUMNS: &str = "id, analyst_data_uuid, created, analyst_data_info, analyst_data_orgc, comment";

fn read(row: &Row<'_>) -> DbResult<Blocked> {
    Ok(Blocked {
        id: row.int(0)?,
        uuid: row.uuid(1)?,
        created: row.int(2)?,
        info: row.text(3)?,
        orgc: row.text(4)?,
        comment: row.text(5)?,
    })
}

/// Whether a uuid is blocked.
pub fn contains(tx: &mut Tx<'_>, uuid: Uuid) -> DbResult<bool> {
    tx.exists(
        "SELECT 1 FROM analyst_data_blocklists WHERE analyst_data_uuid = $1",
        params![uuid],
    )
}

/// A page of entries, oldest first, and how many there are.
pub fn page(tx: &mut Tx<'_>, limit: u32, offset: i64) -> DbResult<(Vec<Blocked>, i64)> {
    let dialect = tx.dialect();
    let select = |what: &str| Sql::new(dialect, &format!("SELECT {what} FROM analyst_data_blocklists"));
    paged(tx, select, COLUMNS, "id", (limit, offset), read)
}

/// By id or uuid.
pub fn find(tx: &mut Tx<'_>, id: Option<i64>, uuid: Option<Uuid>) -> DbResult<Option<Blocked>> {
    tx.first(
        &format!("SELECT {COLUMNS} FROM analyst_data_blocklists WHERE id = $1 OR analyst_data_uuid = $2"),
        params![id, uuid],
        read,
    )
}

/// Adds an entry; `false` when the uuid is blocked already.
pub fn add(tx: &mut Tx<'_>, entry: &Blocked) -> DbResult<bool> {
    let written = tx.exec(
        "INSERT INTO analyst_data_blocklists (analyst_data_uuid, created, analyst_data_info, analyst_data_orgc, comment) \
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
        params![entry.uuid, entry.created, &entry.info, &entry.orgc, &entry.comment],
    )?;
    Ok(written > 0)
}

/// Writes what may be changed of an entry.
pub fn update(tx: &mut Tx<'_>, entry: &Blocked) -> DbResult<()> {
    tx.exec(
        "UPDATE analyst_data_blocklists SET analyst_data_info = $2, analyst_data_orgc = $3, comment = $4 WHERE id = $1",
        params![entry.id, &entry.info, &entry.orgc, &entry.comment],
    )?;
    Ok(())
}

/// Removes an entry.
pub fn remove(tx: &mut Tx<'_>, id: i64) -> DbResult<()> {
    tx.exec("DELETE FROM analyst_data_blocklists WHERE id = $1", params![id])?;
    Ok(())
}
