//! HTTP tests against the whole API in process: parse, authenticate, authorise, answer. No socket, no sleeping.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

mod acl_matrix;
mod analyst_data;
mod change_feed;
mod collections;
mod event_reports;
mod harness;
mod samples;
mod sharing;
mod visibility;
