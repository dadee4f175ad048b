//! Import and export formats as pure functions: no files, no sockets.

pub mod default_feeds;
pub mod exports;
pub mod feed_hashes;
pub mod feed_manifest;
pub mod feed_rules;
pub mod feed_settings;
pub mod freetext;
pub mod hashes;
pub mod html_text;
pub mod mail;
pub mod malware_sample;
pub mod markdown;
pub mod openpgp;
pub mod picture;
pub mod relative_time;
pub mod text_feed;
