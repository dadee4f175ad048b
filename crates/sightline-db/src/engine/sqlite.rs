//! SQLite: opening a connection as we want it, binding, and the functions that PostgreSQL has built in.

use super::{DbError, DbResult, Value};
use rusqlite::functions::FunctionFlags;
use rusqlite::types::{ToSql, ToSqlOutput, Value as Owned, ValueRef};
use rusqlite::{Connection, ErrorCode};
use std::borrow::Cow;
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

/// How long a statement waits for the writer's lock; only start-up and the command line ever contend.
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);
/// Prepared statements kept per connection.
const STATEMENTS: usize = 256;

/// Pages that the writer keeps: random index pages of a bulk load come back again and again.
const WRITER_CACHE_KIB: u32 = 16 * 1024;
/// Pages that each reader keeps; the system's own cache stands behind it. No memory map: its pages count as the
/// process's memory, once for each connection, and in WAL mode every access to one looks through the WAL first.
const READER_CACHE_KIB: u32 = 8 * 1024;

/// Opens the file (creating it) in WAL mode. Readers refuse to write.
pub(super) fn open(path: &Path, read_only: bool) -> DbResult<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;
         PRAGMA temp_store = MEMORY;
         PRAGMA wal_autocheckpoint = 16000; PRAGMA journal_size_limit = 67108864;",
    )?;
    let cache = if read_only {
        READER_CACHE_KIB
    } else {
        WRITER_CACHE_KIB
    };
    connection.execute_batch(&format!("PRAGMA cache_size = -{cache}"))?;
    rusqlite::vtab::array::load_module(&connection)?;
    add_functions(&connection)?;
    if read_only {
        connection.execute_batch("PRAGMA query_only = ON")?;
    }
    Ok(connection)
}

/// `like_ci(pattern, text)` and `like_cs(pattern, text)`: LIKE with `\` as escape, the way PostgreSQL does it.
fn add_functions(connection: &Connection) -> DbResult<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    for (name, fold) in [("like_ci", true), ("like_cs", false)] {
        connection.create_scalar_function(name, 2, flags, move |context| {
            let (Ok(pattern), Ok(text)) = (context.get_raw(0).as_str(), context.get_raw(1).as_str()) else {
                return Ok(None);
            };
            Ok(Some(if fold {
                crate::like::matches(&pattern.to_lowercase(), &text.to_lowercase())
            } else {
                crate::like::matches(pattern, text)
            }))
        })?;
    }
    Ok(())
}

/// `$1` -> `?1`, and `= ANY($1)` -> `IN (SELECT value FROM rarray(?1))`.
pub(super) fn translate(sql: &str) -> Cow<'_, str> {
    if !sql.contains('$') {
        return Cow::Borrowed(sql);
    }
    let mut out = String::with_capacity(sql.len() + 32);
    let mut rest = sql;
    while let Some(at) = rest.find('$') {
        let (before, after) = rest.split_at(at);
        let digits = after.bytes().skip(1).take_while(u8::is_ascii_digit).count();
        let (number, tail) = after.split_at(1 + digits);
        let number = number.trim_start_matches('$');
        if let Some(head) = before.strip_suffix("= ANY(") {
            out.push_str(head);
            out.push_str("IN (SELECT value FROM rarray(?");
            out.push_str(number);
            out.push(')');
        } else {
            out.push_str(before);
            out.push('?');
            out.push_str(number);
        }
        rest = tail;
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// A list for `rarray`, handed over by pointer.
fn list(values: impl Iterator<Item = Owned>) -> ToSqlOutput<'static> {
    ToSqlOutput::from_rc(Rc::new(values.collect::<Vec<Owned>>()), c"rarray")
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Value::Null => ToSqlOutput::Borrowed(ValueRef::Null),
            Value::Bool(v) => ToSqlOutput::Owned(Owned::Integer(i64::from(*v))),
            Value::Int(v) => ToSqlOutput::Owned(Owned::Integer(*v)),
            Value::Text(v) => ToSqlOutput::Borrowed(ValueRef::Text(v.as_bytes())),
            Value::Bytes(v) => ToSqlOutput::Borrowed(ValueRef::Blob(v)),
            Value::Uuid(v) => ToSqlOutput::Owned(Owned::Blob(v.as_bytes().to_vec())),
            Value::Ints(v) => list(v.iter().map(|i| Owned::Integer(*i))),
            Value::Texts(v) => list(v.iter().map(|t| Owned::Text(t.clone()))),
            Value::Blobs(v) => list(v.iter().map(|b| Owned::Blob(b.clone()))),
            Value::Uuids(v) => list(v.iter().map(|u| Owned::Blob(u.as_bytes().to_vec()))),
        })
    }
}

impl From<rusqlite::Error> for DbError {
    fn from(error: rusqlite::Error) -> Self {
        match &error {
            rusqlite::Error::SqliteFailure(failure, text) => match failure.code {
                ErrorCode::ConstraintViolation if matches!(failure.extended_code, 2067 | 1555) => {
                    Self::NotUnique(text.clone().unwrap_or_default())
                }
                ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Self::Retry(error.to_string()),
                ErrorCode::OperationInterrupted => Self::Timeout,
                ErrorCode::CannotOpen | ErrorCode::DiskFull | ErrorCode::SystemIoFailure => {
                    Self::Unavailable(error.to_string())
                }
                _ => Self::Other(error.to_string()),
            },
            _ => Self::Other(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::translate;

    #[test]
    fn the_common_dialect_becomes_sqlites() {
        assert_eq!(
            translate("SELECT a FROM t WHERE b = $2 AND c = ANY($1) AND d = $12"),
            "SELECT a FROM t WHERE b = ?2 AND c IN (SELECT value FROM rarray(?1)) AND d = ?12"
        );
        assert_eq!(translate("SELECT 1"), "SELECT 1");
    }
}
