//! The indexes of events, attributes and proposals: another syntax for the same trees (spec 04 sections 10 and 11).

mod attribute;
mod event;
mod proposal;

#[cfg(test)]
mod tests;

pub use attribute::AttributeIndex;
pub use event::EventIndex;
pub use proposal::ProposalIndex;
