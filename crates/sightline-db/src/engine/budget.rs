//! How long a statement may run: it must not hold a connection for ever. PostgreSQL counts by itself, SQLite is watched.

use super::DbResult;
use rusqlite::Connection;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// A statement that runs for two minutes is a mistake.
pub(super) const STATEMENT_BUDGET: Duration = Duration::from_secs(120);
/// Steps of SQLite's machine between two looks at the clock: about a millisecond.
const STEPS: i32 = 100_000;
/// The deadline of a statement that has none.
const NEVER: u64 = u64::MAX;

/// The time budget of one SQLite connection's statements.
#[derive(Debug)]
pub(super) struct Budget {
    start: Instant,
    limit: Duration,
    /// Milliseconds after `start` at which the running statement is interrupted.
    deadline: Arc<AtomicU64>,
}

impl Budget {
    /// Watches the connection: from now on its statements fail with [`super::DbError::Timeout`] after `limit`.
    pub(super) fn watch(connection: &mut Connection, limit: Duration) -> DbResult<Self> {
        let budget = Self {
            start: Instant::now(),
            limit,
            deadline: Arc::new(AtomicU64::new(NEVER)),
        };
        let (start, deadline) = (budget.start, Arc::clone(&budget.deadline));
        connection.progress_handler(
            STEPS,
            Some(move || milliseconds(start.elapsed()) > deadline.load(Ordering::Relaxed)),
        )?;
        Ok(budget)
    }

    /// A statement begins.
    pub(super) fn begin(&self) {
        let deadline = milliseconds(self.start.elapsed() + self.limit);
        self.deadline.store(deadline, Ordering::Relaxed);
    }

    /// What runs now may take as long as it needs.
    pub(super) fn lift(&self) {
        self.deadline.store(NEVER, Ordering::Relaxed);
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(NEVER)
}

#[cfg(test)]
mod tests {
    use super::super::DbError;
    use super::*;

    const ENDLESS: &str =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT MAX(i) FROM n";

    #[test]
    fn a_statement_over_its_budget_ends_and_the_next_one_has_its_own() {
        let mut connection = Connection::open_in_memory().unwrap();
        let budget = Budget::watch(&mut connection, Duration::from_millis(200)).unwrap();
        budget.begin();
        let failure = connection
            .query_row(ENDLESS, [], |row| row.get::<_, i64>(0))
            .map_err(DbError::from);
        assert!(matches!(failure, Err(DbError::Timeout)), "{failure:?}");
        budget.begin();
        let counted: i64 = connection
            .query_row(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000) SELECT COUNT(*) FROM n",
                [],
                |row| row.get(0),
            )
            .unwrap();
        assert_eq!(counted, 10_000);
    }

    #[test]
    fn a_lifted_budget_does_not_end_a_statement() {
        let mut connection = Connection::open_in_memory().unwrap();
        let budget = Budget::watch(&mut connection, Duration::ZERO).unwrap();
        budget.begin();
        budget.lift();
        let sum: i64 = connection
            .query_row(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000) SELECT COUNT(*) FROM n",
                [],
                |row| row.get(0),
            )
            .unwrap();
        assert_eq!(sum, 300_000);
    }
}
