//! The switches that say what goes into an answer (spec 04 sections 3.3, 4, 5 and 6).

use crate::params::Params;
use serde_json::Value;
use std::collections::BTreeMap;

macro_rules! includes {
    ($($(#[$doc:meta])* $variant:ident => $($name:literal)|+),+ $(,)?) => {
        /// One switch.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Include { $($(#[$doc])* $variant),+ }

        impl Include {
            /// Every switch with the names that callers use.
            const NAMES: &'static [(Self, &'static str)] = &[$($((Self::$variant, $name)),+),+];
        }
    };
}

includes! {
    /// Events and objects without their content.
    Metadata => "metadata",
    /// The bytes of attachments and samples as base64 `data`.
    Attachments => "withAttachments" | "includeAttachments",
    /// Attributes with a warninglist hit are left out.
    EnforceWarninglist => "enforceWarninglist",
    /// Warninglist hits as `warnings`.
    WarninglistHits => "includeWarninglistHits",
    /// Only the id of a sharing group.
    SharingGroupReferenceOnly => "sgReferenceOnly",
    /// The whole event beside each attribute.
    Context => "includeContext",
    /// Tags that are not exportable as well.
    AllTags => "includeAllTags",
    /// Local tags are left out. Not given, the caller's role decides.
    ExcludeLocalTags => "excludeLocalTags",
    /// Tags of the event on its attributes, marked as inherited.
    EventTags => "includeEventTags",
    /// Tags of related events.
    RelatedTags => "includeRelatedTags",
    /// No galaxy data on events.
    ExcludeGalaxy => "excludeGalaxy",
    /// Galaxy data on attributes.
    Galaxy => "includeGalaxy",
    /// Attributes of objects beside the others, no objects.
    Flatten => "flatten",
    /// Content of the events that extend this one.
    Extended => "extended",
    /// The list of events that extend this one.
    ExtensionList => "extensionList",
    /// Related attributes.
    Correlations => "includeCorrelations",
    /// Related attributes, on the attributes of events.
    GranularCorrelations => "includeGranularCorrelations",
    /// Hits in feeds.
    FeedCorrelations => "includeFeedCorrelations",
    /// Hits on other servers.
    ServerCorrelations => "includeServerCorrelations",
    /// Decay scores.
    DecayScore => "includeDecayScore",
    /// Decay scores on the event itself.
    ScoresOnEvent => "includeScoresOnEvent",
    /// Decaying models whole, not only their names.
    FullModel => "includeFullModel",
    /// Notes, opinions, relationships.
    AnalystData => "includeAnalystData",
    /// Look-ups in a SightingDB.
    SightingDb => "includeSightingdb",
    /// Sightings.
    Sightings => "includeSightings",
    /// Proposals.
    Proposals => "includeProposals",
    /// Attributes with a proposal to delete them may be left out.
    ProposalBlocking => "allow_proposal_blocking",
    /// No event reports.
    NoEventReports => "noEventReports",
    /// No proposals.
    NoProposals => "noShadowAttributes",
    /// The uuid of the event on each attribute.
    EventUuid => "includeEventUuid" | "includeAttributeUuid",
    /// A site administrator sees what an ordinary user would.
    DisableSiteAdmin => "disableSiteAdmin",
    /// Ids only.
    List => "list",
    /// The attribute of a sighting.
    SightingAttribute => "includeAttribute",
    /// The event of a sighting.
    SightingEvent => "includeEvent",
    /// The uuids of a sighting's attribute and event.
    SightingUuids => "includeUuid",
}

/// The switches of one search.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Includes(BTreeMap<Include, bool>);

impl Includes {
    /// Whether `include` is on.
    pub fn has(&self, include: Include) -> bool {
        self.get(include) == Some(true)
    }

    /// What the caller said about `include`, if anything.
    pub fn get(&self, include: Include) -> Option<bool> {
        self.0.get(&include).copied()
    }

    /// These are on, and nothing is said of others.
    pub fn of(includes: &[Include]) -> Self {
        Self(includes.iter().map(|include| (*include, true)).collect())
    }

    pub(crate) fn parse(params: &Params) -> Self {
        let mut includes = BTreeMap::new();
        for (include, name) in Include::NAMES {
            if let Some(value) = params.get(name) {
                *includes.entry(*include).or_default() |= truthy(value);
            }
        }
        Self(includes)
    }

    pub(crate) fn set(&mut self, include: Include) {
        self.0.insert(include, true);
    }
}

/// Whether a switch is on.
pub(crate) fn truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(flag) => *flag,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !matches!(text.to_ascii_lowercase().as_str(), "" | "0" | "false" | "null"),
        Value::Array(items) => !items.is_empty(),
        Value::Object(map) => !map.is_empty(),
    }
}

#[cfg(test)]
mod tests {
    use super::truthy;
    use serde_json::json;

    #[test]
    fn what_switches_on() {
        for value in [
            json!(true),
            json!(1),
            json!("1"),
            json!("true"),
            json!("yes"),
            json!([0]),
        ] {
            assert!(truthy(&value), "{value}");
        }
        for value in [
            json!(null),
            json!(false),
            json!(0),
            json!(0.0),
            json!("0"),
            json!("False"),
            json!([]),
            json!({}),
        ] {
            assert!(!truthy(&value), "{value}");
        }
    }
}
