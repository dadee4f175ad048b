//! A page of a list, and how many rows all pages have: two statements with the same conditions.

use crate::{DbResult, Row, Sql, Tx};

/// The rows of a page, given as limit and offset, in the order of a column; and how many there are in all. `select` makes
/// the statement that yields some columns.
pub(crate) fn paged<'a, T>(
    tx: &mut Tx<'_>,
    select: impl Fn(&str) -> Sql<'a>,
    columns: &str,
    order: &str,
    (limit, offset): (u32, i64),
    read: fn(&Row<'_>) -> DbResult<T>,
) -> DbResult<(Vec<T>, i64)> {
    let count = select("COUNT(*)");
    let total = tx.int(count.text(), count.values())?;
    let mut sql = select(columns);
    sql.push(&format!(" ORDER BY {order} LIMIT "))
        .bind(limit)
        .push(" OFFSET ")
        .bind(offset);
    Ok((tx.all(sql.text(), sql.values(), read)?, total))
}
