//! The MISP core format: records and their JSON shape, lenient decoding, attribute types, validation and normalising.

pub mod change_feed;
pub mod datetime;
pub mod feeds;
pub mod fold;
pub mod input;
pub mod json;
pub mod networks;
pub mod records;
pub mod types;
