//! The job worker of this process: which handlers there are, start and end.

use sightline_app::attributes::bulk;
use sightline_app::{Platform, change_feed, correlations, feeds, jobs, knowledge, logs, mail, users};
use std::sync::Arc;
use tokio::task::JoinHandle;

/// A running worker.
#[derive(Debug)]
pub(crate) struct Worker {
    stop: jobs::CancelToken,
    task: JoinHandle<()>,
}

impl Worker {
    /// Starts running jobs.
    pub(crate) fn start(platform: &Arc<Platform>) -> Self {
        let stop = jobs::CancelToken::new();
        let options = jobs::Options::default();
        let run = jobs::run_worker(
            Arc::clone(platform),
            users::caller,
            handlers(),
            options,
            stop.clone(),
        );
        Self {
            stop,
            task: tokio::spawn(run),
        }
    }

    /// Ends when every running job has ended or was handed back to the queue.
    pub(crate) async fn stop(self) {
        self.stop.cancel(jobs::Reason::Stopping);
        if let Err(error) = self.task.await {
            tracing::error!(%error, "the worker ended badly");
        }
    }
}

/// Every feature's handlers.
fn handlers() -> jobs::Handlers {
    let handlers = bulk::handlers(logs::handlers(feeds::handlers(jobs::Handlers::default())));
    mail::handlers(correlations::handlers(change_feed::handlers(
        knowledge::handlers(handlers),
    )))
}
