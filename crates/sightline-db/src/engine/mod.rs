//! The two engines behind one `Tx`: values, rows, transactions and the threads that own connections.

mod ahead;
mod budget;
mod growth;
mod pool;
mod postgres;
mod queue;
mod row;
mod sqlite;
mod tx;
mod value;

pub use ahead::Ahead;
pub use pool::{Db, Target};
pub use row::Row;
pub use tx::{Access, Kind, Tx};
pub use value::Value;

/// Which SQL the engine speaks; used only where the common text does not reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// The embedded engine.
    Sqlite,
    /// PostgreSQL 15 or later.
    Postgres,
}

/// What a storage call can fail with.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// A unique index refused the row; the text names the index or columns.
    #[error("not unique: {0}")]
    NotUnique(String),
    /// Another transaction was in the way; the whole closure may be run again.
    #[error("serialisation: {0}")]
    Retry(String),
    /// The engine cannot be reached or is shutting down.
    #[error("database unavailable: {0}")]
    Unavailable(String),
    /// A statement ran longer than its budget.
    #[error("statement exceeded its time budget")]
    Timeout,
    /// A value that the engine cannot keep: NUL in text, a number out of range, a text too long for its index.
    #[error("not storable: {0}")]
    NotStorable(String),
    /// Anything else: a defect of ours or of the engine.
    #[error("database: {0}")]
    Other(String),
}

impl From<DbError> for sightline_core::AppError {
    fn from(error: DbError) -> Self {
        match error {
            DbError::NotUnique(_) => Self::Conflict("This record already exists.".into()),
            DbError::Unavailable(_) | DbError::Retry(_) => {
                Self::Unavailable("The database is not available, try again shortly.".into())
            }
            DbError::Timeout => Self::Unavailable(format!(
                "The query took longer than its time budget of {} seconds. Narrow it by time (`timestamp`, `last`), \
                 `type`, `tags` or `org`, look for whole values instead of parts, or ask for pages with `limit`.",
                budget::STATEMENT_BUDGET.as_secs()
            )),
            DbError::NotStorable(_) => {
                Self::BadRequest("The request holds a value that the database cannot keep.".into())
            }
            DbError::Other(text) => Self::Internal(text),
        }
    }
}

/// Result of a storage call.
pub type DbResult<T> = Result<T, DbError>;
