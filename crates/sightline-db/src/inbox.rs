//! What people outside ask of the administrators.

use crate::{DbResult, Row, Tx, params};
use serde_json::Value;
use uuid::Uuid;

/// A message as kept.
#[derive(Clone, Debug, Default, PartialEq)]
#[expect(missing_docs, reason = "the columns of spec 10 part H")]
pub struct Message {
    pub id: i64,
    pub uuid: Uuid,
    pub title: String,
    /// `registration`.
    pub kind: String,
    pub ip: String,
    pub user_agent: String,
    pub comment: String,
    pub timestamp: i64,
    pub data: Value,
}

const COLUMNS: &str = "id, uuid, title, type, ip, user_agent, comment, timestamp, data";

fn read(row: &Row<'_>) -> DbResult<Message> {
    Ok(Message {
        id: row.int(0)?,
        uuid: row.uuid(1)?,
        title: row.text(2)?,
        kind: row.text(3)?,
        ip: row.text(4)?,
        user_agent: row.text(5)?,
        comment: row.text(6)?,
        timestamp: row.int(7)?,
        data: serde_json::from_str(row.str(8)?).unwrap_or_default(),
    })
}

/// Writes a new message; its `id` is ignored.
pub fn insert(tx: &mut Tx<'_>, message: &Message) -> DbResult<i64> {
    tx.int(
        "INSERT INTO inbox (uuid, title, type, ip, user_agent, comment, timestamp, data) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id",
        params![
            message.uuid,
            &message.title,
            &message.kind,
            &message.ip,
            &message.user_agent,
            &message.comment,
            message.timestamp,
            message.data.to_string().as_str()
        ],
    )
}

/// A page of the messages by id, and how many there are in all.
pub fn list(tx: &mut Tx<'_>, limit: u32, offset: u32) -> DbResult<(Vec<Message>, i64)> {
    let total = tx.int("SELECT COUNT(*) FROM inbox", &[])?;
    let found = tx.all(
        &format!("SELECT {COLUMNS} FROM inbox ORDER BY id LIMIT $1 OFFSET $2"),
        params![limit, offset],
        read,
    )?;
    Ok((found, total))
}

/// A message, which nobody else answers until this transaction ends.
pub fn find_to_change(tx: &mut Tx<'_>, id: Option<i64>, uuid: Option<Uuid>) -> DbResult<Option<Message>> {
    let found = find(tx, id, uuid)?;
    let Some(message) = found else {
        return Ok(None);
    };
    tx.lock_row("inbox", message.id)?;
    // It may have been answered while this one waited.
    find(tx, Some(message.id), None)
}

fn find(tx: &mut Tx<'_>, id: Option<i64>, uuid: Option<Uuid>) -> DbResult<Option<Message>> {
    match (id, uuid) {
        (Some(id), _) => tx.first(
            &format!("SELECT {COLUMNS} FROM inbox WHERE id = $1"),
            params![id],
            read,
        ),
        (None, Some(uuid)) => tx.first(
            &format!("SELECT {COLUMNS} FROM inbox WHERE uuid = $1"),
            params![uuid],
            read,
        ),
        (None, None) => Ok(None),
    }
}

/// How many messages there are, and how many of them this address has sent since a moment.
pub fn counts(tx: &mut Tx<'_>, ip: &str, since: i64) -> DbResult<(i64, i64)> {
    let all = tx.int("SELECT COUNT(*) FROM inbox", &[])?;
    let own = tx.int(
        "SELECT COUNT(*) FROM inbox WHERE ip = $1 AND timestamp > $2",
        params![ip, since],
    )?;
    Ok((all, own))
}

/// Whether a message with this title waits already.
pub fn waits(tx: &mut Tx<'_>, title: &str) -> DbResult<bool> {
    tx.exists("SELECT 1 FROM inbox WHERE title = $1", params![title])
}

/// Keeps other messages of strangers waiting, so that a count is still true when it is acted on.
pub fn lock(tx: &mut Tx<'_>) -> DbResult<()> {
    tx.lock_name("inbox")
}

/// Removes a message.
pub fn delete(tx: &mut Tx<'_>, id: i64) -> DbResult<()> {
    tx.exec("DELETE FROM inbox WHERE id = $1", params![id])?;
    Ok(())
}
