//! Statistics (spec 10 part H): counts of what the caller may see, and of nothing else. Organisations with the number
//! of their users are known to everybody; when users came, only of the own organisation.

mod contents;
mod people;

pub use contents::{Histogram, Sources, attributes, histogram, sources, tags};
pub use people::{Growth, OrgRow, Usage, growth, organisations, usage};
pub use sightline_db::statistics::By;
