//! Bookmarks: a user's own, and those that others of the organisation show.

use crate::paging::paged;
use crate::{DbResult, Row, Sql, Tx, params};
use sightline_core::ids::{BookmarkId, OrgId, UserId};
use sightline_misp::records::Bookmark;

const COLUMNS: &str = "b.id, b.user_id, b.org_id, b.name, b.url, b.comment, b.exposed_to_org";

fn read(row: &Row<'_>) -> DbResult<Bookmark> {
    Ok(Bookmark {
        id: BookmarkId(row.int(0)?),
        user_id: UserId(row.int(1)?),
        org_id: OrgId(row.int(2)?),
        name: row.text(3)?,
        url: row.text(4)?,
        comment: row.text(5)?,
        exposed_to_org: row.bool(6)?,
    })
}

/// Whose bookmarks a list shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shelf {
    /// One's own.
    Own(UserId),
    /// Those shown to the organisation.
    Org(OrgId),
    /// Both.
    Both(UserId, OrgId),
}

impl Shelf {
    fn push(self, sql: &mut Sql<'_>) {
        match self {
            Self::Own(user) => sql.push("b.user_id = ").bind(user),
            Self::Org(org) => sql.push("(b.exposed_to_org AND b.org_id = ").bind(org).push(")"),
            Self::Both(user, org) => sql
                .push("(b.user_id = ")
                .bind(user)
                .push(" OR (b.exposed_to_org AND b.org_id = ")
                .bind(org)
                .push("))"),
        };
    }
}

/// A page of bookmarks by id, and how many there are in all; `text` is part of name, address or comment.
pub fn list(
    tx: &mut Tx<'_>,
    shelf: Shelf,
    text: Option<&str>,
    limit: u32,
    offset: i64,
) -> DbResult<(Vec<Bookmark>, i64)> {
    let dialect = tx.dialect();
    let pattern = crate::like::containing(text.unwrap_or_default());
    let select = |what: &str| {
        let mut sql = Sql::new(dialect, &format!("SELECT {what} FROM bookmarks b WHERE "));
        shelf.push(&mut sql);
        if text.is_some() {
            sql.push(" AND (").like("b.name", &pattern, false);
            sql.push(" OR ").like("b.url", &pattern, false);
            sql.push(" OR ").like("b.comment", &pattern, false).push(")");
        }
        sql
    };
    paged(tx, select, COLUMNS, "b.id", (limit, offset), read)
}

/// One bookmark of a shelf.
pub fn by_id(tx: &mut Tx<'_>, shelf: Shelf, id: BookmarkId) -> DbResult<Option<Bookmark>> {
    let mut sql = Sql::new(
        tx.dialect(),
        &format!("SELECT {COLUMNS} FROM bookmarks b WHERE b.id = "),
    );
    sql.bind(id).push(" AND ");
    shelf.push(&mut sql);
    tx.first(sql.text(), sql.values(), read)
}

/// How many bookmarks a user has.
pub fn count_of(tx: &mut Tx<'_>, user: UserId) -> DbResult<i64> {
    tx.int("SELECT COUNT(*) FROM bookmarks WHERE user_id = $1", params![user])
}

/// Writes a new bookmark; its `id` is ignored.
pub fn insert(tx: &mut Tx<'_>, new: &Bookmark) -> DbResult<BookmarkId> {
    tx.int(
        "INSERT INTO bookmarks (user_id, org_id, name, url, comment, exposed_to_org) \
         VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
        params![
            new.user_id,
            new.org_id,
            &new.name,
            &new.url,
            &new.comment,
            new.exposed_to_org
        ],
    )
    .map(BookmarkId)
}

/// Writes a bookmark back.
pub fn update(tx: &mut Tx<'_>, changed: &Bookmark) -> DbResult<()> {
    tx.exec(
        "UPDATE bookmarks SET name = $2, url = $3, comment = $4, exposed_to_org = $5 WHERE id = $1",
        params![
            changed.id,
            &changed.name,
            &changed.url,
            &changed.comment,
            changed.exposed_to_org
        ],
    )?;
    Ok(())
}

/// Removes a bookmark.
pub fn delete(tx: &mut Tx<'_>, id: BookmarkId) -> DbResult<()> {
    tx.exec("DELETE FROM bookmarks WHERE id = $1", params![id])?;
    Ok(())
}
