//! The scopes of restSearch and the parameters that each accepts, in positional order (spec 04 section 2).

use sightline_core::{AppError, AppResult};

/// What a restSearch looks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Whole events.
    Event,
    /// Single attributes.
    Attribute,
    /// Whole objects.
    Object,
    /// Sightings.
    Sighting,
    /// Clusters of galaxies.
    GalaxyCluster,
}

impl Scope {
    /// The scope of a controller as it stands in the path.
    pub fn of_controller(name: &str) -> AppResult<Self> {
        match name {
            "events" => Ok(Self::Event),
            "attributes" => Ok(Self::Attribute),
            "objects" => Ok(Self::Object),
            "sightings" => Ok(Self::Sighting),
            "galaxyclusters" => Ok(Self::GalaxyCluster),
            _ => Err(AppError::not_found(
                "RestSearch is not implemented (yet) for this scope.",
            )),
        }
    }

    /// The accepted parameters; one that ends in `*` stands for every name that starts so.
    pub(crate) const fn accepted(self) -> &'static [&'static str] {
        match self {
            Self::Event => EVENT,
            Self::Attribute => ATTRIBUTE,
            Self::Object => OBJECT,
            Self::Sighting => SIGHTING,
            Self::GalaxyCluster => GALAXY_CLUSTER,
        }
    }
}

/// Accepted by every scope, after its own list.
pub(crate) const PAGING: [&str; 2] = ["limit", "page"];

#[rustfmt::skip]
const EVENT: &[&str] = &[
    "returnFormat", "value", "type", "category", "org", "tags", "searchall", "from", "to", "last", "eventid",
    "withAttachments", "metadata", "uuid", "publish_timestamp", "timestamp", "event_timestamp", "event_tags",
    "published", "enforceWarninglist", "sgReferenceOnly", "limit", "page", "requested_attributes", "includeContext",
    "headerless", "includeWarninglistHits", "attackGalaxy", "to_ids", "deleted", "excludeLocalTags", "date",
    "includeSightingdb", "tag", "object_relation", "threat_level_id", "eventinfo", "sharinggroup", "idList",
    "includeAllTags", "includeAttachments", "event_uuid", "distribution", "sharing_group_id", "disableSiteAdmin",
    "flatten", "blockedAttributeTags", "eventsExtendingUuid", "extended", "extensionList", "excludeGalaxy",
    "includeAnalystData", "includeRelatedTags", "includeDecayScore", "includeScoresOnEvent",
    "includeFeedCorrelations", "includeServerCorrelations", "noEventReports", "noShadowAttributes", "order",
    "protected", "includeGranularCorrelations", "policy", "walled_garden", "ns", "email", "serial", "refresh",
    "retry", "expiry", "minimum_ttl", "ttl", "org.sector", "org.local", "org.nationality", "galaxy.*",
    "cidr",
    // Read by formats, and in no list of the reference.
    "includeEventUuid", "ignore", "ns_alt", "hash_type", "ip_address", "netfilter_action",
];

#[rustfmt::skip]
const ATTRIBUTE: &[&str] = &[
    "returnFormat", "value", "value1", "value2", "type", "category", "org", "tags", "from", "to", "last", "eventid",
    "withAttachments", "uuid", "publish_timestamp", "published", "timestamp", "enforceWarninglist", "to_ids",
    "deleted", "includeEventUuid", "event_timestamp", "threat_level_id", "includeEventTags", "includeProposals",
    "limit", "page", "requested_attributes", "includeContext", "headerless", "includeWarninglistHits",
    "attackGalaxy", "object_relation", "includeSightings", "includeCorrelations", "includeDecayScore",
    "decayingModel", "excludeDecayed", "modelOverrides", "includeFullModel", "score", "attribute_timestamp",
    "first_seen", "last_seen", "eventinfo", "sharinggroup", "allow_proposal_blocking", "flatten", "list",
    "event_ids", "includeAllTags", "includeAttributeUuid", "includeGalaxy", "order", "policy", "walled_garden",
    "ns", "email", "serial", "refresh", "retry", "expiry", "minimum_ttl", "ttl", "cidr",
    // Read by formats, and in no list of the reference.
    "ignore", "ns_alt", "hash_type", "ip_address", "netfilter_action",
];

#[rustfmt::skip]
const OBJECT: &[&str] = &[
    "returnFormat", "value", "type", "category", "org", "tags", "first_seen", "last_seen", "from", "to", "last",
    "eventid", "withAttachments", "uuid", "publish_timestamp", "published", "timestamp", "enforceWarninglist",
    "to_ids", "deleted", "includeEventUuid", "event_timestamp", "threat_level_id", "includeEventTags",
    "includeProposals", "limit", "page", "requested_attributes", "includeContext", "headerless",
    "includeWarninglistHits", "attackGalaxy", "object_relation", "metadata", "includeAllTags", "object_name",
    "object_template_uuid", "object_template_version", "cidr",
];

#[rustfmt::skip]
const SIGHTING: &[&str] = &[
    "context", "returnFormat", "id", "uuid", "type", "from", "to", "last", "org_id", "source", "includeAttribute",
    "includeEvent", "includeUuid",
    // Read by formats, and in no list of the reference.
    "requested_attributes", "headerless",
];

#[rustfmt::skip]
const GALAXY_CLUSTER: &[&str] = &[
    "page", "limit", "id", "uuid", "galaxy_id", "galaxy_uuid", "version", "distribution", "org_id", "orgc_id",
    "tag_name", "custom", "sgReferenceOnly", "minimal", "list", "first", "count", "order",
    // In no list of the reference; instances ask for what is published when they pull.
    "published", "returnFormat",
];
