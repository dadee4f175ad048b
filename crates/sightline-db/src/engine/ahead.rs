//! Reads that begin before their result is asked for, on whatever thread is free.

use super::pool::Db;
use super::{DbError, DbResult, Tx};
use crossbeam_channel::{Receiver, bounded};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

type Work<T> = Box<dyn FnOnce(&mut Tx<'_>) -> DbResult<T> + Send>;

/// A read on its way. Who takes the result does the work itself when no thread has begun it: a transaction that waits for
/// another one could otherwise wait for a thread that it occupies. Dropped, it is not begun any more.
pub struct Ahead<T> {
    work: Waiting<T>,
    result: Receiver<DbResult<T>>,
}

/// Work that the first one to come takes.
struct Waiting<T>(Arc<Mutex<Option<Work<T>>>>);

impl<T> Waiting<T> {
    fn take(&self) -> Option<Work<T>> {
        // Nothing panics while the lock is held.
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Db {
    /// Begins a read; its result is one of a snapshot of its own.
    pub fn ahead<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> DbResult<T> + Send + 'static,
    ) -> Ahead<T> {
        let work: Work<T> = Box::new(work);
        let work = Arc::new(Mutex::new(Some(work)));
        let waiting = Waiting(Arc::clone(&work));
        let (answer, result) = bounded(1);
        self.send_read(
            move || waiting.take(),
            move |outcome| {
                let _ = answer.send(outcome);
            },
        );
        Ahead {
            work: Waiting(work),
            result,
        }
    }
}

impl<T> Ahead<T> {
    /// The result, after waiting for it or working for it in this transaction.
    pub fn take(self, tx: &mut Tx<'_>) -> DbResult<T> {
        if let Some(work) = self.work.take() {
            return work(tx);
        }
        self.result
            .recv()
            .unwrap_or_else(|_| Err(DbError::Unavailable("the database is closing".into())))
    }
}

impl<T> Drop for Ahead<T> {
    fn drop(&mut self) {
        drop(self.work.take());
    }
}

impl<T> fmt::Debug for Ahead<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ahead").finish_non_exhaustive()
    }
}
