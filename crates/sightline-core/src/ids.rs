//! Row ids as types, so that an event's id cannot be passed where an attribute's is due.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl From<i64> for $name {
            fn from(id: i64) -> Self {
                Self(id)
            }
        }
    )+};
}

ids! {
    /// An event.
    EventId,
    /// An attribute.
    AttributeId,
    /// An object; 0 means "none" on an attribute.
    ObjectId,
    /// A reference between an object and another object or attribute.
    ObjectReferenceId,
    /// A tag.
    TagId,
    /// A sighting.
    SightingId,
    /// A proposed change to an attribute.
    ProposalId,
    /// An offer to hand an event over.
    EventDelegationId,
    /// An organisation; 0 means "any" on a tag.
    OrgId,
    /// A user; 0 means "any" on a tag and "nobody" as a creator.
    UserId,
    /// A role.
    RoleId,
    /// An API key.
    AuthKeyId,
    /// A sharing group; 0 means "none".
    SharingGroupId,
    /// A feed.
    FeedId,
    /// A taxonomy.
    TaxonomyId,
    /// A warninglist.
    WarninglistId,
    /// A galaxy.
    GalaxyId,
    /// A cluster of a galaxy.
    GalaxyClusterId,
    /// One thing that is known of a cluster.
    GalaxyElementId,
    /// How one cluster relates to another.
    GalaxyClusterRelationId,
    /// A background job.
    JobId,
    /// An event report.
    EventReportId,
    /// An entry of a blocklist.
    BlocklistEntryId,
    /// A bundle of tags; 0 on a feed means "none".
    TagCollectionId,
    /// A collection of events and clusters.
    CollectionId,
    /// One record in a collection.
    CollectionElementId,
    /// A bookmark.
    BookmarkId,
    /// A news item.
    NewsId,
    /// The discussion of an event.
    ThreadId,
    /// What somebody says in one; 0 means "none" as what is answered.
    PostId,
    /// A note, an opinion or a relationship.
    AnalystDataId,
    /// A value that never correlates.
    CorrelationExclusionId,
    /// A group of events that do not correlate among themselves.
    CorrelationRuleId,
}
