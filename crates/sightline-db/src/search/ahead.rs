//! The rows of an attribute search, of which the next chunk is read while the caller writes this one.

use super::{AttributeCursor, AttributeRow};
use crate::{Ahead, Db, DbResult, Tx};

/// The chunks of a search, in order.
#[derive(Debug)]
pub struct AttributeRows {
    total: i64,
    chunk: usize,
    next: Next,
}

#[derive(Debug)]
enum Next {
    Unread(Box<AttributeCursor>),
    OnItsWay(Ahead<(AttributeCursor, Vec<AttributeRow>)>),
    Done,
}

impl AttributeRows {
    /// The rows of `cursor`, `chunk` at a time.
    pub fn new(cursor: AttributeCursor, chunk: usize) -> Self {
        Self {
            total: cursor.total(),
            chunk,
            next: Next::Unread(Box::new(cursor)),
        }
    }

    /// How many rows there will be on this page, or in all when there are no pages.
    pub fn total(&self) -> i64 {
        self.total
    }

    /// The next chunk; empty when all are done. A full one is likely not the last: `db` begins to read on.
    pub fn next(&mut self, db: &Db, tx: &mut Tx<'_>) -> DbResult<Vec<AttributeRow>> {
        let chunk = self.chunk;
        let (cursor, rows) = match std::mem::replace(&mut self.next, Next::Done) {
            Next::Unread(cursor) => read(*cursor, tx, chunk)?,
            Next::OnItsWay(ahead) => ahead.take(tx)?,
            Next::Done => return Ok(Vec::new()),
        };
        if !rows.is_empty() {
            self.next = if rows.len() == chunk {
                Next::OnItsWay(db.ahead(move |tx| read(cursor, tx, chunk)))
            } else {
                Next::Unread(Box::new(cursor))
            };
        }
        Ok(rows)
    }
}

fn read(
    mut cursor: AttributeCursor,
    tx: &mut Tx<'_>,
    chunk: usize,
) -> DbResult<(AttributeCursor, Vec<AttributeRow>)> {
    let rows = cursor.next(tx, chunk)?;
    Ok((cursor, rows))
}
