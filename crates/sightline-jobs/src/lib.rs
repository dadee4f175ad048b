//! The queue engine and its worker loop; knows no feature and no SQL.
//!
//! A feature registers a handler for a kind of job in [`Handlers`]; whoever keeps the queue implements [`Store`];
//! [`Worker`] claims, runs, heartbeats, retries, cancels and hands back.

mod cancel;
mod handlers;
mod progress;
mod retry;
mod store;
mod worker;

pub use cancel::{CancelToken, Reason};
pub use handlers::{Handlers, JobCtx, JobError, Schedule};
pub use progress::Progress;
pub use retry::{ATTEMPTS, backoff};
pub use store::{Claimed, Lease, Level, Outcome, Standing, Store};
pub use worker::{HEARTBEAT, LOST_AFTER, Options, Worker};
