//! `Db`: threads that own connections and run closures on them.

use super::budget::{Budget, STATEMENT_BUDGET};
use super::growth::{Growth, analyse};
use super::queue::{Lane, Queue};
use super::tx::{Effect, Inner, Statements};
use super::{Access, DbError, DbResult, Dialect, Tx, postgres, sqlite};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

/// SQLite readers. Reads are CPU-bound, so a few more than two cores need.
const SQLITE_READERS: usize = 4;
/// How often a transaction is tried that others are in the way of, on PostgreSQL.
const ATTEMPTS: u32 = 4;
/// Milliseconds before the second attempt; longer before each next one, and by chance up to twice as long, so that those who
/// met once do not meet again.
const PAUSE: u64 = 10;
/// Of the readers, how many may be busy with reads that take long: the rest answers look-ups meanwhile.
const SQLITE_LONG_READS: usize = 2;
/// PostgreSQL connections of one node.
const POSTGRES_CONNECTIONS: usize = 12;
/// Of those, how many may be busy with reads that take long.
const POSTGRES_LONG_READS: usize = 6;

/// Where the data lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A file; created when missing.
    Sqlite(PathBuf),
    /// A `postgres://` URL.
    Postgres(String),
}

enum Connection {
    Sqlite {
        connection: Box<rusqlite::Connection>,
        budget: Budget,
    },
    Postgres {
        url: String,
        client: Box<Option<::postgres::Client>>,
        statements: Statements,
        growth: Arc<Growth>,
        /// Whether the last transaction was ended because another one was in the way.
        conflict: bool,
    },
}

type Task = Box<dyn FnOnce(&mut Connection) + Send>;

/// A handle to the database; clones share the same threads, which end with the last handle.
#[derive(Clone, Debug)]
pub struct Db {
    dialect: Dialect,
    readers: Arc<Queue<Task>>,
    writers: Arc<Queue<Task>>,
}

impl Db {
    /// Opens the database and starts its threads. Does not migrate: see [`crate::migrations`].
    pub fn open(target: &Target) -> DbResult<Self> {
        match target {
            Target::Sqlite(path) => {
                let writer = vec![Connection::sqlite(path, false)?];
                let readers = (0..SQLITE_READERS)
                    .map(|_| Connection::sqlite(path, true))
                    .collect::<DbResult<Vec<_>>>()?;
                Ok(Self {
                    dialect: Dialect::Sqlite,
                    readers: start("read", readers, SQLITE_LONG_READS)?,
                    writers: start("write", writer, 1)?,
                })
            }
            Target::Postgres(url) => {
                let first = postgres::connect(url)?;
                let growth = Arc::new(Growth::default());
                let mut connections = vec![Connection::postgres(url, Some(first), &growth)];
                connections.resize_with(POSTGRES_CONNECTIONS, || Connection::postgres(url, None, &growth));
                let threads = start("postgres", connections, POSTGRES_LONG_READS)?;
                Ok(Self {
                    dialect: Dialect::Postgres,
                    readers: Arc::clone(&threads),
                    writers: threads,
                })
            }
        }
    }

    /// Which engine this is.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Runs `work` in a read-only transaction with one consistent snapshot.
    pub async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        self.run(Access::Read, Lane::Short, work).await
    }

    /// As `read`, for work that may take long: an export, a search that no index answers. It waits while too many of its
    /// kind run, so that a few of them cannot keep everybody else from a look-up.
    pub async fn read_at_length<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        self.run(Access::Read, Lane::Long, work).await
    }

    /// Runs `work` in a transaction that commits when it returns `Ok` and rolls back otherwise. Where another transaction was
    /// in the way, a copy of it is run again: what it does outside the database it leaves to [`Tx::at_end`].
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Clone + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        answered(|answer| {
            self.writers.send(
                Box::new(move |connection| answer(connection.run_again(work))),
                Lane::Short,
            );
        })
        .await
    }

    async fn run<T, E, F>(&self, access: Access, lane: Lane, work: F) -> Result<T, E>
    where
        F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        answered(|answer| self.send(access, lane, work, answer)).await
    }

    /// As `read` and `write`, for callers without a runtime (command line, benches).
    pub fn run_blocking<T, E, F>(&self, access: Access, work: F) -> Result<T, E>
    where
        F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let (answer, result) = crossbeam_channel::bounded(1);
        self.send(access, Lane::Short, work, move |outcome| {
            let _ = answer.send(outcome);
        });
        result
            .recv()
            .unwrap_or_else(|_| Err(DbError::Unavailable("the database is closing".into()).into()))
    }

    fn send<T, E, F>(
        &self,
        access: Access,
        lane: Lane,
        work: F,
        answer: impl FnOnce(Result<T, E>) + Send + 'static,
    ) where
        F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let queue = match access {
            Access::Read => &self.readers,
            Access::Write => &self.writers,
        };
        queue.send(
            Box::new(move |connection| answer(connection.run(access, work))),
            lane,
        );
    }

    /// A read that is found, or not, when a thread is free for it.
    pub(super) fn send_read<T, F>(
        &self,
        find: impl FnOnce() -> Option<F> + Send + 'static,
        answer: impl FnOnce(DbResult<T>) + Send + 'static,
    ) where
        F: FnOnce(&mut Tx<'_>) -> DbResult<T>,
    {
        let task: Task = Box::new(move |connection| {
            if let Some(work) = find() {
                answer(connection.run(Access::Read, work));
            }
        });
        // What is read ahead is read for an export.
        self.readers.send(task, Lane::Long);
    }
}

/// Waits for what the thread that gets the work says.
async fn answered<T, E>(send: impl FnOnce(Box<dyn FnOnce(Result<T, E>) + Send>)) -> Result<T, E>
where
    T: Send + 'static,
    E: From<DbError> + Send + 'static,
{
    let (answer, result) = tokio::sync::oneshot::channel();
    send(Box::new(move |outcome| {
        // The caller may have gone away; its answer is then nobody's.
        let _ = answer.send(outcome);
    }));
    result
        .await
        .unwrap_or_else(|_| Err(DbError::Unavailable("the database is closing".into()).into()))
}

fn start(name: &str, connections: Vec<Connection>, most_long: usize) -> DbResult<Arc<Queue<Task>>> {
    let queue: Queue<Task> = Queue::new(most_long);
    for (n, mut connection) in connections.into_iter().enumerate() {
        let mut worker = queue.worker();
        thread::Builder::new()
            .name(format!("db-{name}-{n}"))
            .spawn(move || {
                while let Some(task) = worker.next() {
                    task(&mut connection);
                }
            })
            .map_err(|e| DbError::Unavailable(e.to_string()))?;
    }
    Ok(Arc::new(queue))
}

impl Connection {
    fn sqlite(path: &Path, read_only: bool) -> DbResult<Self> {
        let mut connection = sqlite::open(path, read_only)?;
        let budget = Budget::watch(&mut connection, STATEMENT_BUDGET)?;
        Ok(Self::Sqlite {
            connection: Box::new(connection),
            budget,
        })
    }

    fn postgres(url: &str, client: Option<::postgres::Client>, growth: &Arc<Growth>) -> Self {
        Self::Postgres {
            url: url.to_owned(),
            client: Box::new(client),
            statements: Statements::new(),
            growth: Arc::clone(growth),
            conflict: false,
        }
    }

    /// A transaction that writes, again when another one was in the way. SQLite's writers wait for each other before they
    /// begin, so only PostgreSQL has to choose one that gives way.
    fn run_again<T, E, F>(&mut self, work: F) -> Result<T, E>
    where
        E: From<DbError>,
        F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Clone,
    {
        for attempt in 1..ATTEMPTS {
            if matches!(self, Self::Sqlite { .. }) {
                break;
            }
            let outcome = self.run(Access::Write, work.clone());
            if outcome.is_ok() || !matches!(self, Self::Postgres { conflict: true, .. }) {
                return outcome;
            }
            let pause = PAUSE * u64::from(attempt);
            let chance = u64::from(sightline_core::random::uuid().as_fields().0) % pause;
            thread::sleep(Duration::from_millis(pause + chance));
        }
        self.run(Access::Write, work)
    }

    /// One transaction; a panic in it is an error.
    fn run<T, E, F>(&mut self, access: Access, work: F) -> Result<T, E>
    where
        E: From<DbError>,
        F: FnOnce(&mut Tx<'_>) -> Result<T, E>,
    {
        catch_unwind(AssertUnwindSafe(|| self.transaction(access, work))).unwrap_or_else(|_| {
            self.reset();
            Err(DbError::Other("a transaction panicked and was rolled back".into()).into())
        })
    }

    fn transaction<T, E, F>(&mut self, access: Access, work: F) -> Result<T, E>
    where
        E: From<DbError>,
        F: FnOnce(&mut Tx<'_>) -> Result<T, E>,
    {
        match self {
            Self::Sqlite { connection, budget } => {
                budget.lift();
                // IMMEDIATE: another process (the command line) may be writing; wait at the start, not half-way.
                let begin = if access == Access::Write {
                    "BEGIN IMMEDIATE"
                } else {
                    "BEGIN"
                };
                connection.execute_batch(begin).map_err(DbError::from)?;
                let mut tx = Tx::new(Inner::Sqlite {
                    connection,
                    budget,
                    hurried: true,
                });
                let outcome = work(&mut tx).and_then(|value| tx.finish().map(|()| value).map_err(E::from));
                let effects = tx.take_effects();
                budget.lift();
                let end = if outcome.is_ok() { "COMMIT" } else { "ROLLBACK" };
                let ended = connection.execute_batch(end).map_err(DbError::from);
                settle(effects, outcome.is_ok() && ended.is_ok());
                let value = outcome?;
                ended?;
                Ok(value)
            }
            Self::Postgres {
                url,
                client,
                statements,
                growth,
                conflict,
            } => {
                *conflict = false;
                if client.as_ref().as_ref().is_none_or(::postgres::Client::is_closed) {
                    statements.clear();
                    **client = Some(postgres::connect(url)?);
                }
                let Some(open) = client.as_mut().as_mut() else {
                    return Err(DbError::Unavailable("no connection".into()).into());
                };
                let (outcome, filled, met) = postgres_transaction(open, statements, access, work);
                *conflict = met;
                for (table, rows) in filled {
                    if let Some(rows) = growth.add(&table, rows) {
                        analyse(open, &table, rows);
                    }
                }
                outcome
            }
        }
    }

    /// After a panic the connection's state is unknown: roll back, or drop the connection.
    fn reset(&mut self) {
        match self {
            Self::Sqlite { connection, .. } => {
                if !connection.is_autocommit() {
                    let _ = connection.execute_batch("ROLLBACK");
                }
            }
            Self::Postgres { client, .. } => **client = None,
        }
    }
}

fn settle(effects: Vec<Effect>, committed: bool) {
    for effect in effects {
        effect(committed);
    }
}

/// The outcome, what the transaction filled if it was committed, and whether another one was in its way.
fn postgres_transaction<T, E, F>(
    client: &mut ::postgres::Client,
    statements: &mut Statements,
    access: Access,
    work: F,
) -> (Result<T, E>, Vec<(String, u64)>, bool)
where
    E: From<DbError>,
    F: FnOnce(&mut Tx<'_>) -> Result<T, E>,
{
    let builder = match access {
        Access::Read => client
            .build_transaction()
            .read_only(true)
            .isolation_level(::postgres::IsolationLevel::RepeatableRead),
        Access::Write => client.build_transaction(),
    };
    let tx = match builder.start() {
        Ok(tx) => tx,
        Err(error) => return (Err(DbError::from(error).into()), Vec::new(), false),
    };
    let mut tx = Tx::new(Inner::Postgres { tx, statements });
    let outcome = work(&mut tx).and_then(|value| tx.finish().map(|()| value).map_err(E::from));
    let (effects, filled, met) = (tx.take_effects(), tx.take_filled(), tx.met_conflict());
    // Dropping the transaction rolls it back.
    let ended = match tx.inner {
        Inner::Postgres { tx, .. } if outcome.is_ok() => tx.commit().map_err(DbError::from),
        _ => Ok(()),
    };
    let committed = outcome.is_ok() && ended.is_ok();
    let met = met || matches!(ended, Err(DbError::Retry(_)));
    settle(effects, committed);
    let outcome = outcome.and_then(|value| ended.map(|()| value).map_err(E::from));
    (outcome, if committed { filled } else { Vec::new() }, met)
}
