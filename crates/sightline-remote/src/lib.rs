//! Everything outbound, behind the SSRF guard. No other crate opens a connection to another machine, and no
//! other crate reads a file that a feed's settings name.
//!
//! [`Remote::get`] fetches a URL, [`Response::into_tempfile`] takes its body, [`feed_headers`] builds what a
//! feed server expects, [`Remote::post_form`] asks a service a question with an answer, [`Remote::directory_entry`]
//! asks a directory who somebody is, [`LocalRoots`] is the same door for feeds that are directories on this machine.
//! Dropping any of these futures stops the work.

mod archive;
mod client;
mod config;
mod error;
mod files;
mod guard;
mod headers;
mod ldap;
mod local;
mod resolver;
mod response;
mod smtp;
#[cfg(test)]
mod test_server;

pub use client::{Remote, Request};
pub use config::RemoteConfig;
pub use error::RemoteError;
pub use files::{Take, Wanted, each_file};
pub use guard::Guard;
pub use headers::feed_headers;
pub use ldap::{Directory, DirectoryEntry, directory_url, is_directory_filter};
pub use local::LocalRoots;
pub use reqwest::header::HeaderMap;
pub use response::Response;
pub use smtp::{SmtpConfig, SmtpError, SmtpTls};
