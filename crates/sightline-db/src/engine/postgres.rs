//! PostgreSQL: connecting, binding and the meaning of its errors.

use super::budget::STATEMENT_BUDGET;
use super::{DbError, DbResult, Value};
use postgres::error::SqlState;
use postgres::types::private::BytesMut;
use postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use postgres::{Client, NoTls};
use sightline_core::random;
use std::error::Error;
use std::sync::LazyLock;

/// How the connections of this process call themselves: [`crate::health::is_alone`] tells them from those of others.
static NAME: LazyLock<String> = LazyLock::new(|| format!("sightline {}", random::alphanumeric(12)));

/// Opens a connection with the session settings that every statement relies on.
pub(super) fn connect(url: &str) -> DbResult<Client> {
    let mut config: postgres::Config = url
        .parse()
        .map_err(|e| DbError::Other(format!("database url: {e}")))?;
    config.application_name(NAME.as_str());
    let mut client = config
        .connect(NoTls)
        .map_err(|e| DbError::Unavailable(describe(&e)))?;
    client.batch_execute(&format!(
        "SET TIME ZONE 'UTC'; SET client_min_messages = warning; SET jit = off; SET statement_timeout = '{}s'",
        STATEMENT_BUDGET.as_secs()
    ))?;
    Ok(client)
}

impl ToSql for Value<'_> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Value::Null => Ok(IsNull::Yes),
            Value::Bool(v) => v.to_sql(ty, out),
            Value::Int(v) if *ty == Type::INT4 => i32::try_from(*v)?.to_sql(ty, out),
            Value::Int(v) => v.to_sql(ty, out),
            Value::Text(v) => v.to_sql(ty, out),
            Value::Bytes(v) => v.to_sql(ty, out),
            Value::Uuid(v) => v.to_sql(ty, out),
            Value::Ints(v) => v.to_sql(ty, out),
            Value::Texts(v) => v.to_sql(ty, out),
            Value::Uuids(v) => v.to_sql(ty, out),
            Value::Blobs(v) => v.to_sql(ty, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

fn describe(error: &postgres::Error) -> String {
    error.as_db_error().map_or_else(
        || {
            error
                .source()
                .map_or_else(|| error.to_string(), |source| format!("{error}: {source}"))
        },
        |db| format!("{}: {}", db.code().code(), db.message()),
    )
}

impl From<postgres::Error> for DbError {
    fn from(error: postgres::Error) -> Self {
        let text = describe(&error);
        match error.code() {
            Some(code) if *code == SqlState::UNIQUE_VIOLATION => Self::NotUnique(text),
            Some(code)
                if *code == SqlState::T_R_SERIALIZATION_FAILURE
                    || *code == SqlState::T_R_DEADLOCK_DETECTED =>
            {
                Self::Retry(text)
            }
            Some(code)
                if *code == SqlState::CHARACTER_NOT_IN_REPERTOIRE
                    || *code == SqlState::UNTRANSLATABLE_CHARACTER
                    || *code == SqlState::NUMERIC_VALUE_OUT_OF_RANGE
                    || *code == SqlState::PROGRAM_LIMIT_EXCEEDED =>
            {
                Self::NotStorable(text)
            }
            Some(code) if *code == SqlState::QUERY_CANCELED => Self::Timeout,
            Some(code) if *code == SqlState::ADMIN_SHUTDOWN => Self::Unavailable(text),
            Some(_) => Self::Other(text),
            None if error.is_closed() => Self::Unavailable(text),
            None => Self::Other(text),
        }
    }
}
