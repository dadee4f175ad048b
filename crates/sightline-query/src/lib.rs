//! restSearch and index filters turned into a typed, normalised query tree. Pure: no SQL, no I/O.
//!
//! The way of a request: [`Request`] -> [`Params::harvest`] keeps what the scope accepts (spec 04 sections 1 and 2) ->
//! one of [`EventSearch`], [`AttributeSearch`], [`ObjectSearch`], [`SightingSearch`], [`EventIndex`],
//! [`AttributeIndex`], [`ProposalIndex`] gives every parameter its meaning -> the storage layer turns its [`Filter`] into SQL.
//!
//! Visibility is not here: the storage layer adds it to every query.

mod cost;
mod filter;
mod flag;
mod format;
mod include;
mod index;
mod keys;
mod order;
mod params;
mod predicate;
mod scope;
mod search;
mod terms;
mod time;

#[cfg(test)]
mod fuzz;

pub use filter::Filter;
pub use flag::Flag3;
pub use format::{Body, FormatOptions, ReturnFormat};
pub use include::{Include, Includes};
pub use index::{AttributeIndex, EventIndex, ProposalIndex};
pub use keys::Keys;
pub use order::{AttributeColumn, EventColumn, Order, Paging, ProposalColumn};
pub use params::{INVALID_JSON, Params, Request};
pub use predicate::{AttributePredicate, EventPredicate, ObjectPredicate, SightingPredicate, TagSelector};
pub use scope::Scope;
pub use search::{
    AttributeSearch, Content, Decay, EventSearch, GalaxyClusterSearch, ObjectSearch, SightingSearch,
};
pub use terms::{Term, Terms};
pub use time::{DateRange, TimeRange};
