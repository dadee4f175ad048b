//! The contract of the storage layer, the same on both engines.

mod engines;
mod jobs;
