//! Organisations, roles, users, keys and settings on the wire: the shapes that clients read, whole answers of one
//! instance per engine.

// `cfg(test)` is always true here; it tells the lints that every function below is test code.
#[cfg(test)]
mod flags;
#[cfg(test)]
mod gates;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod organisations;
#[cfg(test)]
mod roles;
#[cfg(test)]
mod settings;
#[cfg(test)]
mod sharing_groups;
#[cfg(test)]
mod users;
#[cfg(test)]
mod wire;
