//! Work for a group of threads. It goes to the thread that was busy last: its caches are warm, and threads that are
//! not needed neither connect nor grow. Work that may take long leaves threads for the rest: only so many pieces of it
//! run at once, and what takes a moment never waits for all of them.

use crossbeam_channel::{Sender, bounded};
use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The end of a queue that work is put into. When the last clone is dropped, the threads finish what is waiting and end.
pub(super) struct Queue<T>(Arc<Shared<T>>);

/// The other end, one for each thread.
pub(super) struct Worker<T> {
    shared: Arc<Shared<T>>,
    /// What the thread did last.
    did: Lane,
}

struct Shared<T>(Mutex<State<T>>);

struct State<T> {
    /// Work that takes a moment.
    waiting: VecDeque<T>,
    /// Work that may take long.
    long: VecDeque<T>,
    /// Pieces of long work that run.
    running_long: usize,
    /// How many of them may.
    most_long: usize,
    /// Threads without work, the one that was busy last at the end. `None` tells a thread to end.
    idle: Vec<Sender<Option<(T, Lane)>>>,
    closed: bool,
}

/// How long a piece of work is expected to take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lane {
    /// A moment.
    Short,
    /// Perhaps as long as its budget allows.
    Long,
}

impl<T> State<T> {
    fn next(&mut self) -> Option<(T, Lane)> {
        if let Some(work) = self.waiting.pop_front() {
            return Some((work, Lane::Short));
        }
        // At the end what is left is done by whoever is there.
        if self.running_long < self.most_long || self.closed {
            let work = self.long.pop_front()?;
            self.running_long += 1;
            return Some((work, Lane::Long));
        }
        None
    }
}

impl<T> Shared<T> {
    fn state(&self) -> MutexGuard<'_, State<T>> {
        // Nothing panics while the lock is held.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Queue<T> {
    /// A queue for some threads, of which at most `most_long` do long work.
    pub(super) fn new(most_long: usize) -> Self {
        Self(Arc::new(Shared(Mutex::new(State {
            waiting: VecDeque::new(),
            long: VecDeque::new(),
            running_long: 0,
            most_long,
            idle: Vec::new(),
            closed: false,
        }))))
    }

    pub(super) fn worker(&self) -> Worker<T> {
        Worker {
            shared: Arc::clone(&self.0),
            did: Lane::Short,
        }
    }

    /// Hands the work to an idle thread, or lets it wait for the next one.
    pub(super) fn send(&self, work: T, lane: Lane) {
        let mut state = self.0.state();
        match lane {
            Lane::Short => state.waiting.push_back(work),
            Lane::Long => state.long.push_back(work),
        }
        if state.idle.is_empty() {
            return;
        }
        if let Some(next) = state.next() {
            let idle = state.idle.pop();
            drop(state);
            // It waits for exactly this, in a channel that has room for it.
            let _ = idle.map(|idle| idle.send(Some(next)));
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
    pub(super) fn next(&mut self) -> Option<T> {
        let (own, mine) = bounded(1);
        {
            let mut state = self.shared.state();
            if self.did == Lane::Long {
                state.running_long = state.running_long.saturating_sub(1);
                self.did = Lane::Short;
            }
            if let Some((work, lane)) = state.next() {
                self.did = lane;
                return Some(work);
            }
            if state.closed {
                return None;
            }
            state.idle.push(own);
        }
        let (work, lane) = mine.recv().ok().flatten()?;
        self.did = lane;
        Some(work)
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
        let queue: Queue<Sender<ThreadId>> = Queue::new(threads - 1);
        let handles = (0..threads)
            .map(|_| {
                let mut worker = queue.worker();
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
            queue.send(answer, Lane::Short);
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
            queue.send(answer.clone(), Lane::Short);
        }
        drop(queue);
        for handle in handles {
            handle.join().unwrap();
        }
        let answers: Vec<ThreadId> = result.try_iter().collect();
        assert_eq!(answers.len(), 40);
        assert_eq!(answers.iter().collect::<HashSet<_>>().len(), 4);
    }

    #[test]
    fn short_work_does_not_wait_for_long_work_and_all_of_it_is_done() {
        let queue: Queue<Box<dyn FnOnce() + Send>> = Queue::new(3);
        let handles: Vec<_> = (0..4)
            .map(|_| {
                let mut worker = queue.worker();
                thread::spawn(move || {
                    while let Some(work) = worker.next() {
                        work();
                    }
                })
            })
            .collect();
        let (release, held) = bounded::<()>(0);
        let (done, ended) = bounded(20);
        for _ in 0..10 {
            let (held, done) = (held.clone(), done.clone());
            let work = move || {
                let _ = held.recv();
                done.send(()).unwrap();
            };
            queue.send(Box::new(work), Lane::Long);
        }
        for _ in 0..20 {
            let (answer, result) = bounded(1);
            queue.send(Box::new(move || answer.send(()).unwrap()), Lane::Short);
            result.recv_timeout(Duration::from_secs(60)).unwrap();
        }
        assert_eq!(ended.try_iter().count(), 0);
        drop(release);
        drop(queue);
        for handle in handles {
            handle.join().unwrap();
        }
        assert_eq!(ended.try_iter().count(), 10);
    }
}
