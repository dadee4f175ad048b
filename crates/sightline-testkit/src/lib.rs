//! What tests of several crates share: a fresh database per test on every engine, and the real data where it is.

mod data;
mod database;

pub use data::data_set;
pub use database::{TestDatabase, databases};
