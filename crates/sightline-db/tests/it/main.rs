//! The contract of the storage layer, the same on both engines.

// `cfg(test)` is always true here; it tells the lints that every function below is test code.
#[cfg(test)]
mod ahead;
#[cfg(test)]
mod analyst_data;
#[cfg(test)]
mod change_feed;
#[cfg(test)]
mod conflicts;
#[cfg(test)]
mod correlations;
#[cfg(test)]
mod data;
#[cfg(test)]
mod engines;
#[cfg(test)]
mod jobs;
#[cfg(test)]
mod lists;
#[cfg(test)]
mod people;
#[cfg(test)]
mod proposals;
#[cfg(test)]
mod schema;
#[cfg(test)]
mod search;
#[cfg(test)]
mod sharing_groups;
#[cfg(test)]
mod sightings;
#[cfg(test)]
mod tags;
