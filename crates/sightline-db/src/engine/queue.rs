//! Work for a group of threads. It goes to the thread that was busy last: its caches are warm, and threads that are
//! not needed neither connect nor grow.

use crossbeam_channel::{Sender, bounded};
use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The end of a queue that work is put into. When the last clone is dropped, the threads finish what is waiting and end.
pub(super) struct Queue<T>(Arc<Shared<T>>);

/// The other end, one for each thread.
pub(super) struct Worker<T>(Arc<Shared<T>>);

struct Shared<T>(Mutex<State<T>>);

struct State<T> {
    waiting: VecDeque<T>,
    /// Threads without work, the one that was busy last at the end. `None` tells a thread to end.
    idle: Vec<Sender<Option<T>>>,
    closed: bool,
}

impl<T> Shared<T> {
    fn state(&self) -> MutexGuard<'_, State<T>> {
        // Nothing panics while the lock is held.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Queue<T> {
    pub(super) fn new() -> Self {
        Self(Arc::new(Shared(Mutex::new(State {
            waiting: VecDeque::new(),
            idle: Vec::new(),
            closed: false,
        }))))
    }

    pub(super) fn worker(&self) -> Worker<T> {
        Worker(Arc::clone(&self.0))
    }

    /// Hands the work to an idle thread, or lets it wait for the next one.
    pub(super) fn send(&self, work: T) {
        let mut state = self.0.state();
        match state.idle.pop() {
            Some(idle) => {
                drop(state);
                // It waits for exactly this, in a channel that has room for it.
                let _ = idle.send(Some(work));
            }
            None => state.waiting.push_back(work),
        }
    }
}

impl<T> Drop for Queue<T> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.closed = true;
        for idle in state.idle.drain(..) {
            let _ = idle.send(None);
        }
    }
}

impl<T> fmt::Debug for Queue<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Queue")
            .field("waiting", &self.0.state().waiting.len())
            .finish()
    }
}

impl<T> Worker<T> {
    /// Waits for work; `None` when there will be no more.
    pub(super) fn next(&self) -> Option<T> {
        let (own, mine) = bounded(1);
        {
            let mut state = self.0.state();
            if let Some(work) = state.waiting.pop_front() {
                return Some(work);
            }
            if state.closed {
                return None;
            }
            state.idle.push(own);
        }
        mine.recv().ok().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;
    use std::thread::{self, ThreadId, sleep};
    use std::time::Duration;

    /// Threads that answer with their id after `pause`.
    fn pool(threads: usize, pause: Duration) -> (Queue<Sender<ThreadId>>, Vec<thread::JoinHandle<()>>) {
        let queue: Queue<Sender<ThreadId>> = Queue::new();
        let handles = (0..threads)
            .map(|_| {
                let worker = queue.worker();
                thread::spawn(move || {
                    while let Some(answer) = worker.next() {
                        sleep(pause);
                        answer.send(thread::current().id()).unwrap();
                    }
                })
            })
            .collect();
        (queue, handles)
    }

    #[test]
    fn one_piece_at_a_time_is_done_by_one_thread() {
        let (queue, _) = pool(4, Duration::ZERO);
        sleep(Duration::from_millis(50));
        let mut busy = HashSet::new();
        for _ in 0..20 {
            let (answer, result) = bounded(1);
            queue.send(answer);
            busy.insert(result.recv().unwrap());
            sleep(Duration::from_millis(2));
        }
        assert_eq!(busy.len(), 1);
    }

    #[test]
    fn pieces_at_once_are_done_by_all_and_what_waits_is_done_before_the_threads_end() {
        let (queue, handles) = pool(4, Duration::from_millis(10));
        let (answer, result) = bounded(40);
        for _ in 0..40 {
            queue.send(answer.clone());
        }
        drop(queue);
        for handle in handles {
            handle.join().unwrap();
        }
        let answers: Vec<ThreadId> = result.try_iter().collect();
        assert_eq!(answers.len(), 40);
        assert_eq!(answers.iter().collect::<HashSet<_>>().len(), 4);
    }
}
