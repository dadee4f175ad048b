//! One row of a result, read by position, from either engine.

use super::{DbError, DbResult};
use uuid::Uuid;

/// A row; columns are read by position, in the order of the statement's select list.
pub enum Row<'a> {
    /// From SQLite.
    Sqlite(&'a rusqlite::Row<'a>),
    /// From PostgreSQL.
    Postgres(&'a postgres::Row),
}

impl Row<'_> {
    fn get<T>(&self, column: usize) -> DbResult<T>
    where
        T: rusqlite::types::FromSql + for<'b> postgres::types::FromSql<'b>,
    {
        match self {
            Self::Sqlite(row) => row
                .get(column)
                .map_err(|e| DbError::Other(format!("column {column}: {e}"))),
            Self::Postgres(row) => row
                .try_get(column)
                .map_err(|e| DbError::Other(format!("column {column}: {e}"))),
        }
    }

    /// BIGINT.
    pub fn int(&self, column: usize) -> DbResult<i64> {
        self.get(column)
    }

    /// BIGINT or NULL.
    pub fn opt_int(&self, column: usize) -> DbResult<Option<i64>> {
        self.get(column)
    }

    /// BOOLEAN.
    pub fn bool(&self, column: usize) -> DbResult<bool> {
        self.get(column)
    }

    /// BOOLEAN or NULL.
    pub fn opt_bool(&self, column: usize) -> DbResult<Option<bool>> {
        self.get(column)
    }

    /// TEXT.
    pub fn text(&self, column: usize) -> DbResult<String> {
        self.get(column)
    }

    /// TEXT or NULL.
    pub fn opt_text(&self, column: usize) -> DbResult<Option<String>> {
        self.get(column)
    }

    /// TEXT without a copy, for hot loops.
    pub fn str(&self, column: usize) -> DbResult<&str> {
        match self {
            Self::Sqlite(row) => row
                .get_ref(column)
                .ok()
                .and_then(|value| value.as_str().ok())
                .ok_or_else(|| DbError::Other(format!("column {column} is not text"))),
            Self::Postgres(row) => row
                .try_get(column)
                .map_err(|e| DbError::Other(format!("column {column}: {e}"))),
        }
    }

    /// BLOB or BYTEA.
    pub fn bytes(&self, column: usize) -> DbResult<Vec<u8>> {
        self.get(column)
    }

    /// BLOB, BYTEA or NULL.
    pub fn opt_bytes(&self, column: usize) -> DbResult<Option<Vec<u8>>> {
        self.get(column)
    }

    /// UUID.
    pub fn uuid(&self, column: usize) -> DbResult<Uuid> {
        self.opt_uuid(column)?
            .ok_or_else(|| DbError::Other(format!("column {column}: uuid is NULL")))
    }

    /// UUID or NULL.
    pub fn opt_uuid(&self, column: usize) -> DbResult<Option<Uuid>> {
        match self {
            Self::Sqlite(row) => {
                let bytes: Option<[u8; 16]> = row
                    .get(column)
                    .map_err(|e| DbError::Other(format!("column {column}: {e}")))?;
                Ok(bytes.map(Uuid::from_bytes))
            }
            Self::Postgres(row) => row
                .try_get(column)
                .map_err(|e| DbError::Other(format!("column {column}: {e}"))),
        }
    }
}
