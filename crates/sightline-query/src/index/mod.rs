//! The indexes of events and attributes: another syntax for the same trees (spec 04 sections 10 and 11).

mod attribute;
mod event;

#[cfg(test)]
mod tests;

pub use attribute::AttributeIndex;
pub use event::EventIndex;
