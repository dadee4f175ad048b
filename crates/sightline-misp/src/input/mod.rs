//! Lenient decoding of what clients send: every accepted body shape, no rule (spec 01 section 1, spec 03 section 1.1).

mod bodies;
mod draft;
mod list;
mod loose;

pub use bodies::{
    AnalystIn, AttributeIn, EventIn, EventReportIn, ObjectIn, ObjectReferenceIn, OrgIn, ProposalIn,
    ServerRefIn, SharingGroupIn, SharingGroupOrgIn, SharingGroupServerIn, SightingIn, TagIn,
};
pub use draft::{AttributeDraft, Defaults};
pub use list::{LooseList, OneOrMany};
pub use loose::Loose;
