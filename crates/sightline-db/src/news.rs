//! News items.

use crate::{DbResult, Row, Tx, params};
use sightline_core::ids::{NewsId, UserId};
use sightline_misp::records::News;

const COLUMNS: &str = "n.id, n.title, n.message, n.user_id, n.date_created";

fn read(row: &Row<'_>) -> DbResult<News> {
    Ok(News {
        id: NewsId(row.int(0)?),
        title: row.text(1)?,
        message: row.text(2)?,
        user_id: UserId(row.int(3)?),
        date_created: row.int(4)?,
    })
}

/// A page of the news, newest first, and how many there are in all.
pub fn list(tx: &mut Tx<'_>, limit: u32, offset: i64) -> DbResult<(Vec<News>, i64)> {
    let total = tx.int("SELECT COUNT(*) FROM news", &[])?;
    let rows = tx.all(
        &format!("SELECT {COLUMNS} FROM news n ORDER BY n.date_created DESC, n.id DESC LIMIT $1 OFFSET $2"),
        params![limit, offset],
        read,
    )?;
    Ok((rows, total))
}

/// One item.
pub fn by_id(tx: &mut Tx<'_>, id: NewsId) -> DbResult<Option<News>> {
    tx.first(
        &format!("SELECT {COLUMNS} FROM news n WHERE n.id = $1"),
        params![id],
        read,
    )
}

/// Writes a new item; its `id` is ignored.
pub fn insert(tx: &mut Tx<'_>, new: &News) -> DbResult<NewsId> {
    tx.int(
        "INSERT INTO news (title, message, user_id, date_created) VALUES ($1, $2, $3, $4) RETURNING id",
        params![&new.title, &new.message, new.user_id, new.date_created],
    )
    .map(NewsId)
}

/// Writes an item back.
pub fn update(tx: &mut Tx<'_>, changed: &News) -> DbResult<()> {
    tx.exec(
        "UPDATE news SET title = $2, message = $3, user_id = $4 WHERE id = $1",
        params![changed.id, &changed.title, &changed.message, changed.user_id],
    )?;
    Ok(())
}

/// Removes an item.
pub fn delete(tx: &mut Tx<'_>, id: NewsId) -> DbResult<()> {
    tx.exec("DELETE FROM news WHERE id = $1", params![id])?;
    Ok(())
}

/// Remembers that a user has seen what there was at `now`.
pub fn mark_read(tx: &mut Tx<'_>, user: UserId, now: i64) -> DbResult<()> {
    tx.exec("UPDATE users SET newsread = $2 WHERE id = $1", params![user, now])?;
    Ok(())
}
