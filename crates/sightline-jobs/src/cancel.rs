//! A flag that is raised once, with its reason, and that async code can wait for.

use std::sync::Arc;
use tokio::sync::watch;

/// Why work should stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// A person asked for it: the job ends here.
    Requested,
    /// This process is stopping: the job goes back to the queue.
    Stopping,
    /// Another worker has taken the job over: nothing that this run still writes may count.
    Lost,
}

/// The flag; clones share it.
#[derive(Clone, Debug)]
pub struct CancelToken(Arc<watch::Sender<Option<Reason>>>);

impl Default for CancelToken {
    fn default() -> Self {
        Self::new()
    }
}

impl CancelToken {
    /// A flag that is not raised.
    pub fn new() -> Self {
        Self(Arc::new(watch::Sender::new(None)))
    }

    /// Raises the flag. The first reason stays.
    pub fn cancel(&self, reason: Reason) {
        self.0.send_if_modified(|current| {
            let first = current.is_none();
            current.get_or_insert(reason);
            first
        });
    }

    /// The reason, once the flag is raised.
    pub fn reason(&self) -> Option<Reason> {
        *self.0.borrow()
    }

    /// Whether the flag is raised.
    pub fn is_cancelled(&self) -> bool {
        self.reason().is_some()
    }

    /// Returns when the flag is raised; at once if it is already.
    pub async fn cancelled(&self) {
        // The sender lives in `self`, so the channel cannot close while this waits.
        let _ = self.0.subscribe().wait_for(Option::is_some).await;
    }
}

#[cfg(test)]
mod tests {
    use super::{CancelToken, Reason};

    #[tokio::test]
    async fn the_first_reason_stays_and_wakes_every_clone() {
        let token = CancelToken::new();
        let waiting = tokio::spawn({
            let token = token.clone();
            async move {
                token.cancelled().await;
                token.reason()
            }
        });
        assert_eq!(token.reason(), None);
        token.cancel(Reason::Stopping);
        token.cancel(Reason::Lost);
        assert_eq!(waiting.await.unwrap(), Some(Reason::Stopping));
        token.cancelled().await;
    }
}
