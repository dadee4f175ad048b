//! A transaction: the only way to run a statement.

use super::budget::Budget;
use super::{DbError, DbResult, Dialect, Row, Value, sqlite};
use crate::change_feed::{self, NewChange};
use postgres::fallible_iterator::FallibleIterator;
use postgres::types::{ToSql, Type};
use std::collections::HashMap;

/// Dynamic statements kept prepared per PostgreSQL connection before the cache starts over.
const STATEMENTS: usize = 500;

/// Whether a transaction may write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// A consistent snapshot, no writes.
    Read,
    /// Reads and writes; rolled back unless the closure returns `Ok`.
    Write,
}

/// Prepared statements of one PostgreSQL connection.
pub(super) type Statements = HashMap<String, postgres::Statement>;

/// What is left to do when a transaction has ended; `true` when it is committed.
pub(super) type Effect = Box<dyn FnOnce(bool) + Send>;

/// An open transaction on either engine.
pub struct Tx<'a> {
    pub(super) inner: Inner<'a>,
    effects: Vec<Effect>,
    /// What those who follow changes are told when the transaction is committed.
    changes: Vec<NewChange>,
    /// Tables that were written to in bulk, and how many rows.
    filled: Vec<(String, u64)>,
    /// Whether PostgreSQL ended it because another transaction was in the way.
    conflict: bool,
}

pub(super) enum Inner<'a> {
    Sqlite {
        connection: &'a rusqlite::Connection,
        budget: &'a Budget,
        /// Whether statements have a time budget.
        hurried: bool,
    },
    Postgres {
        tx: postgres::Transaction<'a>,
        statements: &'a mut Statements,
    },
}

impl<'a> Tx<'a> {
    pub(super) fn new(inner: Inner<'a>) -> Self {
        Self {
            inner,
            effects: Vec::new(),
            changes: Vec::new(),
            filled: Vec::new(),
            conflict: false,
        }
    }

    /// Leaves something outside the database to be done as soon as the transaction has ended, with `true` when it is
    /// committed and `false` when it is rolled back.
    pub fn at_end(&mut self, effect: impl FnOnce(bool) + Send + 'static) {
        self.effects.push(Box::new(effect));
    }

    /// Leaves rows of the change feed to be written just before the commit.
    pub(crate) fn announce(&mut self, changes: impl IntoIterator<Item = NewChange>) {
        self.changes.extend(changes);
    }

    /// The last thing before a commit.
    pub(super) fn finish(&mut self) -> DbResult<()> {
        let changes = std::mem::take(&mut self.changes);
        change_feed::write(self, &changes)
    }

    pub(super) fn met_conflict(&self) -> bool {
        self.conflict
    }

    pub(super) fn take_filled(&mut self) -> Vec<(String, u64)> {
        std::mem::take(&mut self.filled)
    }

    pub(super) fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }
}

impl Tx<'_> {
    /// Which engine this is.
    pub fn dialect(&self) -> Dialect {
        match self.inner {
            Inner::Sqlite { .. } => Dialect::Sqlite,
            Inner::Postgres { .. } => Dialect::Postgres,
        }
    }

    /// Lets the statements of this transaction take as long as they need.
    pub fn unhurried(&mut self) -> DbResult<()> {
        match &mut self.inner {
            Inner::Sqlite { budget, hurried, .. } => {
                *hurried = false;
                budget.lift();
                Ok(())
            }
            Inner::Postgres { tx, .. } => Ok(tx.batch_execute("SET LOCAL statement_timeout = 0")?),
        }
    }

    /// Lets PostgreSQL plan each statement of this transaction for the values it is run with: which index serves a search
    /// depends on what is sought, and a plan that is kept for any value serves none well.
    pub fn plan_by_values(&mut self) -> DbResult<()> {
        match &mut self.inner {
            Inner::Sqlite { .. } => Ok(()),
            Inner::Postgres { tx, .. } => {
                Ok(tx.batch_execute("SET LOCAL plan_cache_mode = force_custom_plan")?)
            }
        }
    }

    /// Runs a statement; the number of rows it touched.
    pub fn exec(&mut self, sql: &str, params: &[Value<'_>]) -> DbResult<u64> {
        match &mut self.inner {
            Inner::Sqlite {
                connection,
                budget,
                hurried,
            } => {
                begin(budget, *hurried);
                let mut statement = connection.prepare_cached(&sqlite::translate(sql))?;
                let touched = statement.execute(rusqlite::params_from_iter(params))?;
                Ok(u64::try_from(touched).unwrap_or(u64::MAX))
            }
            Inner::Postgres { tx, statements } => {
                let statement = prepare(tx, statements, sql)?;
                tx.execute(&statement, &borrowed(params))
                    .map_err(|error| noted(&mut self.conflict, error))
            }
        }
    }

    /// Calls `each` for every row, without collecting them. `Ok(false)` stops early.
    pub fn each<E, F>(&mut self, sql: &str, params: &[Value<'_>], mut each: F) -> Result<(), E>
    where
        E: From<DbError>,
        F: FnMut(&Row<'_>) -> Result<bool, E>,
    {
        match &mut self.inner {
            Inner::Sqlite {
                connection,
                budget,
                hurried,
            } => {
                begin(budget, *hurried);
                let mut statement = connection
                    .prepare_cached(&sqlite::translate(sql))
                    .map_err(DbError::from)?;
                let mut rows = statement
                    .query(rusqlite::params_from_iter(params))
                    .map_err(DbError::from)?;
                while let Some(row) = rows.next().map_err(DbError::from)? {
                    if !each(&Row::Sqlite(row))? {
                        break;
                    }
                }
            }
            Inner::Postgres { tx, statements } => {
                let statement = prepare(tx, statements, sql)?;
                let conflict = &mut self.conflict;
                let mut rows = tx
                    .query_raw(&statement, params)
                    .map_err(|error| noted(conflict, error))?;
                while let Some(row) = rows.next().map_err(|error| noted(conflict, error))? {
                    if !each(&Row::Postgres(&row))? {
                        break;
                    }
                }
            }
        }
        Ok(())
    }

    /// Every row, mapped.
    pub fn all<T, F>(&mut self, sql: &str, params: &[Value<'_>], mut map: F) -> DbResult<Vec<T>>
    where
        F: FnMut(&Row<'_>) -> DbResult<T>,
    {
        let mut out = Vec::new();
        self.each(sql, params, |row| {
            out.push(map(row)?);
            Ok::<_, DbError>(true)
        })?;
        Ok(out)
    }

    /// The first row, mapped, or `None`.
    pub fn first<T, F>(&mut self, sql: &str, params: &[Value<'_>], mut map: F) -> DbResult<Option<T>>
    where
        F: FnMut(&Row<'_>) -> DbResult<T>,
    {
        let mut out = None;
        self.each(sql, params, |row| {
            out = Some(map(row)?);
            Ok::<_, DbError>(false)
        })?;
        Ok(out)
    }

    /// The single number that a statement such as `SELECT COUNT(*)` or `INSERT … RETURNING id` yields.
    pub fn int(&mut self, sql: &str, params: &[Value<'_>]) -> DbResult<i64> {
        self.first(sql, params, |row| row.int(0))?
            .ok_or_else(|| DbError::Other("a statement that must yield a row yielded none".into()))
    }

    /// Whether a statement yields any row.
    pub fn exists(&mut self, sql: &str, params: &[Value<'_>]) -> DbResult<bool> {
        Ok(self.first(sql, params, |_| Ok(()))?.is_some())
    }

    /// Keeps others from changing or deleting a row until this transaction ends, so that what is read of it next is still true
    /// when it is written. SQLite has a single writer, so there is nothing to do.
    pub fn lock_row(&mut self, table: &str, id: i64) -> DbResult<()> {
        if self.dialect() == Dialect::Postgres {
            let sql = format!("SELECT 1 FROM {table} WHERE id = $1 FOR NO KEY UPDATE");
            self.exists(&sql, &[Value::Int(id)])?;
        }
        Ok(())
    }

    /// As [`Tx::lock_row`], for something that has no row of its own: whoever asks for the same name waits until this transaction
    /// ends, and then reads what it has written.
    pub fn lock_name(&mut self, name: &str) -> DbResult<()> {
        if self.dialect() == Dialect::Postgres {
            self.exists(
                "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))",
                &[Value::Text(name)],
            )?;
        }
        Ok(())
    }

    /// Reserves `count` ids of a table, for rows that are written with `insert_many`.
    pub fn allocate_ids(&mut self, table: &str, count: usize) -> DbResult<Vec<i64>> {
        let wanted = i64::try_from(count).map_err(|e| DbError::Other(e.to_string()))?;
        if wanted == 0 {
            return Ok(Vec::new());
        }
        match self.dialect() {
            Dialect::Postgres => self.all(
                &format!("SELECT nextval('{table}_id_seq') FROM generate_series(1, $1)"),
                &[Value::Int(wanted)],
                |row| row.int(0),
            ),
            Dialect::Sqlite => {
                self.exec(
                    "INSERT INTO sqlite_sequence (name, seq) SELECT $1, 0 \
                     WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = $1)",
                    &[Value::Text(table)],
                )?;
                let last = self.int(
                    "UPDATE sqlite_sequence SET seq = seq + $2 WHERE name = $1 RETURNING seq",
                    &[Value::Text(table), Value::Int(wanted)],
                )?;
                Ok((last - wanted + 1..=last).collect())
            }
        }
    }

    /// Writes many rows at once: COPY on PostgreSQL, one prepared statement on SQLite.
    /// `fill` pushes the values of row `n` onto the vector; it is called for n in 0..count.
    pub fn insert_many<'v, F>(
        &mut self,
        table: &str,
        columns: &[(&str, Kind)],
        count: usize,
        mut fill: F,
    ) -> DbResult<()>
    where
        F: FnMut(usize, &mut Vec<Value<'v>>),
    {
        if count == 0 {
            return Ok(());
        }
        self.filled
            .push((table.to_owned(), u64::try_from(count).unwrap_or(u64::MAX)));
        let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
        let mut values = Vec::with_capacity(columns.len());
        match &mut self.inner {
            Inner::Sqlite {
                connection,
                budget,
                hurried,
            } => {
                begin(budget, *hurried);
                let marks: Vec<String> = (1..=columns.len()).map(|n| format!("?{n}")).collect();
                let sql = format!(
                    "INSERT INTO {table} ({}) VALUES ({})",
                    names.join(", "),
                    marks.join(", ")
                );
                let mut statement = connection.prepare_cached(&sql)?;
                for n in 0..count {
                    values.clear();
                    fill(n, &mut values);
                    statement.execute(rusqlite::params_from_iter(&values))?;
                }
            }
            Inner::Postgres { tx, .. } => {
                let sql = format!("COPY {table} ({}) FROM STDIN (FORMAT binary)", names.join(", "));
                let types: Vec<Type> = columns.iter().map(|(_, kind)| kind.postgres()).collect();
                let sink = tx.copy_in(&sql)?;
                let mut writer = postgres::binary_copy::BinaryCopyInWriter::new(sink, &types);
                for n in 0..count {
                    values.clear();
                    fill(n, &mut values);
                    writer
                        .write_raw(values.iter())
                        .map_err(|error| noted(&mut self.conflict, error))?;
                }
                writer
                    .finish()
                    .map_err(|error| noted(&mut self.conflict, error))?;
            }
        }
        Ok(())
    }

    /// Runs several statements without parameters (migrations).
    pub fn batch(&mut self, sql: &str) -> DbResult<()> {
        match &mut self.inner {
            Inner::Sqlite { connection, .. } => Ok(connection.execute_batch(sql)?),
            Inner::Postgres { tx, .. } => Ok(tx.batch_execute(sql)?),
        }
    }
}

/// The type of a column in `insert_many`, which PostgreSQL's binary COPY must know.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// BIGINT.
    Int,
    /// BOOLEAN.
    Bool,
    /// TEXT.
    Text,
    /// UUID.
    Uuid,
    /// BYTEA or BLOB.
    Bytes,
}

impl Kind {
    const fn postgres(self) -> Type {
        match self {
            Self::Int => Type::INT8,
            Self::Bool => Type::BOOL,
            Self::Text => Type::TEXT,
            Self::Uuid => Type::UUID,
            Self::Bytes => Type::BYTEA,
        }
    }
}

fn begin(budget: &Budget, hurried: bool) {
    if hurried {
        budget.begin();
    }
}

/// The error; notes whether another transaction was in the way.
fn noted(conflict: &mut bool, error: postgres::Error) -> DbError {
    let error = DbError::from(error);
    *conflict |= matches!(error, DbError::Retry(_));
    error
}

fn borrowed<'p, 'v>(params: &'p [Value<'v>]) -> Vec<&'p (dyn ToSql + Sync)>
where
    'v: 'p,
{
    params.iter().map(|p| -> &(dyn ToSql + Sync) { p }).collect()
}

fn prepare(
    tx: &mut postgres::Transaction<'_>,
    statements: &mut Statements,
    sql: &str,
) -> DbResult<postgres::Statement> {
    if let Some(statement) = statements.get(sql) {
        return Ok(statement.clone());
    }
    if statements.len() >= STATEMENTS {
        statements.clear();
    }
    let statement = tx.prepare(sql)?;
    statements.insert(sql.to_owned(), statement.clone());
    Ok(statement)
}
