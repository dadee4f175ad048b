//! The REST surface: decode, call the application, encode. MISP's wire, and nothing but the wire.

mod acl;
mod ahead;
mod analyst_data;
mod attributes;
mod auth_keys;
mod authenticate;
mod blocklists;
mod bookmarks;
mod collections;
mod diagnostics;
pub mod envelope;
mod event_delegations;
mod event_reports;
mod events;
mod feeds;
mod jobs;
mod key;
mod logs;
mod mail;
mod news;
mod objects;
mod openapi;
mod organisations;
mod paged;
mod proposals;
pub mod request;
pub mod response;
mod roles;
pub mod router;
mod samples;
mod search;
mod serve;
mod servers;
mod settings;
mod sharing_groups;
mod sightings;
mod statistics;
mod tag_collections;
mod tags;
#[cfg(test)]
mod test_client;
mod user_settings;
mod users;

pub use serve::{Api, is_rest};
pub use sightline_app::Origin;
