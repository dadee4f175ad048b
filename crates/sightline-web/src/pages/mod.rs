//! One struct per page or fragment: what the page says, ready to show. Handlers fill them, templates render them.
//!
//! A struct ending in `Page` is a whole document; the others are pieces of one or fragments that htmx swaps in.

pub mod account;
pub mod analyst_data;
pub mod analyst_list;
pub mod attributes;
pub mod blocklists;
pub mod bookmarks;
pub mod collections;
pub mod correlations;
pub mod errors;
pub mod event_delegations;
pub mod event_reports;
pub mod events;
pub mod exports;
pub mod feeds;
pub mod jobs;
pub mod list;
pub mod logs;
pub mod mail;
pub mod moment;
pub mod news;
pub mod organisations;
pub mod otp;
pub mod proposals;
pub mod registrations;
pub mod rest_client;
pub mod roles;
pub mod search;
pub mod sessions;
pub mod settings;
pub mod sharing_groups;
pub mod sightings;
pub mod statistics;
pub mod tag_collections;
pub mod tag_pill;
pub mod tags;
pub mod taxonomies;
pub mod threads;
pub mod user_settings;
pub mod users;
pub mod wording;

#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;
