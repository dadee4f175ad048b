//! Organisations, roles, users, keys, sessions and settings against real databases.

// `cfg(test)` is always true here; it tells the lints that every function below is test code.
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod logs;
#[cfg(test)]
mod mail;
#[cfg(test)]
mod mailbox;
#[cfg(test)]
mod merging;
#[cfg(test)]
mod organisations;
#[cfg(test)]
mod otp;
#[cfg(test)]
mod registrations;
#[cfg(test)]
mod roles;
#[cfg(test)]
mod server_settings;
#[cfg(test)]
mod sessions;
#[cfg(test)]
mod settings;
#[cfg(test)]
mod setup;
#[cfg(test)]
mod sharing_groups;
#[cfg(test)]
mod users;
