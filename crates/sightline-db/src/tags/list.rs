//! Lists of tags, and which tags a user likes best.

use super::{COLUMNS, like_any, read};
use crate::{DbResult, Dialect, Sql, Tx, params};
use sightline_core::ids::{OrgId, TagId, UserId};
use sightline_misp::fold::value_key;
use sightline_misp::records::Tag;

/// Who lists tags: others' restricted tags are not shown (spec 05 section 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lister {
    /// A site administrator: every tag.
    Everything,
    /// A user: unrestricted tags, and those restricted to this organisation and user.
    User(OrgId, UserId),
}

impl Lister {
    /// Appends the predicate over a row of tags of this name.
    pub(crate) fn push(self, sql: &mut Sql<'_>, tag: &str) {
        match self {
            Self::Everything => sql.push("TRUE"),
            Self::User(org, user) => sql
                .push(tag)
                .push(".org_id IN (0, ")
                .bind(org)
                .push(") AND ")
                .push(tag)
                .push(".user_id IN (0, ")
                .bind(user)
                .push(")"),
        };
    }
}

/// Which tags to list; patterns are those of SQL LIKE, without regard to case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListFilter {
    /// The name matches one of these; no restriction when empty.
    pub patterns: Vec<String>,
    /// The name is this, in any case.
    pub name: Option<String>,
    /// Only the favourites of this user.
    pub favourites_of: Option<UserId>,
}

impl ListFilter {
    fn push<'a>(&'a self, sql: &mut Sql<'a>, lister: Lister) {
        sql.push(" WHERE ");
        lister.push(sql, "t");
        if !self.patterns.is_empty() {
            sql.push(" AND ");
            like_any(sql, "t.name", &self.patterns);
        }
        if let Some(name) = &self.name {
            sql.push(" AND t.name_key = ").bind(value_key(name.trim()));
        }
        if let Some(user) = self.favourites_of {
            sql.push(" AND EXISTS (SELECT 1 FROM favourite_tags f WHERE f.tag_id = t.id AND f.user_id = ")
                .bind(user)
                .push(")");
        }
    }
}

/// All tags that the filter lets through, in the order of their names.
pub fn list(tx: &mut Tx<'_>, lister: Lister, filter: &ListFilter) -> DbResult<Vec<Tag>> {
    rows(tx, lister, filter, i64::MAX, 0)
}

/// A page of them, and how many there are in all.
pub fn page(
    tx: &mut Tx<'_>,
    lister: Lister,
    filter: &ListFilter,
    limit: u32,
    offset: i64,
) -> DbResult<(Vec<Tag>, i64)> {
    let mut count = Sql::new(tx.dialect(), "SELECT COUNT(*) FROM tags t");
    filter.push(&mut count, lister);
    let total = tx.int(count.text(), count.values())?;
    Ok((rows(tx, lister, filter, i64::from(limit), offset)?, total))
}

fn rows(tx: &mut Tx<'_>, lister: Lister, filter: &ListFilter, limit: i64, offset: i64) -> DbResult<Vec<Tag>> {
    let mut sql = Sql::new(tx.dialect(), &format!("SELECT {COLUMNS} FROM tags t"));
    filter.push(&mut sql, lister);
    // In the order of bytes, capitals of the alphabet as small letters: what SQLite does by itself.
    sql.push(match tx.dialect() {
        Dialect::Sqlite => " ORDER BY LOWER(t.name), t.id",
        Dialect::Postgres => " ORDER BY LOWER(t.name COLLATE \"C\") COLLATE \"C\", t.id",
    });
    sql.push(" LIMIT ").bind(limit).push(" OFFSET ").bind(offset);
    tx.all(sql.text(), sql.values(), |row| read(row, 0))
}

/// Whether a user likes a tag.
pub fn is_favourite(tx: &mut Tx<'_>, user: UserId, tag: TagId) -> DbResult<bool> {
    tx.exists(
        "SELECT 1 FROM favourite_tags WHERE user_id = $1 AND tag_id = $2",
        params![user, tag],
    )
}

/// Makes a tag a favourite of a user, or no longer.
pub fn set_favourite(tx: &mut Tx<'_>, user: UserId, tag: TagId, on: bool) -> DbResult<()> {
    tx.exec(
        if on {
            "INSERT INTO favourite_tags (user_id, tag_id) VALUES ($1, $2) ON CONFLICT (user_id, tag_id) DO NOTHING"
        } else {
            "DELETE FROM favourite_tags WHERE user_id = $1 AND tag_id = $2"
        },
        params![user, tag],
    )?;
    Ok(())
}

/// Those of the tags that a user likes.
pub fn favourites(tx: &mut Tx<'_>, user: UserId, tags: &[i64]) -> DbResult<Vec<TagId>> {
    tx.all(
        "SELECT tag_id FROM favourite_tags WHERE user_id = $1 AND tag_id = ANY($2)",
        params![user, tags],
        |row| row.int(0).map(TagId),
    )
}
