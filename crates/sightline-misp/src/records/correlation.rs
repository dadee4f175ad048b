//! What keeps values and events from correlating (spec 08 sections 4 and 5).

use super::Event;
use crate::json::{ObjectWriter, write_text};
use sightline_core::ids::{CorrelationExclusionId, CorrelationRuleId};
use uuid::Uuid;

/// A value that never correlates; `%` at either end stands for any text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of spec 07 section 7")]
pub struct CorrelationExclusion {
    pub id: CorrelationExclusionId,
    pub value: String,
    pub from_json: bool,
    pub comment: Option<String>,
}

impl CorrelationExclusion {
    /// The columns.
    pub fn write(&self, o: &mut ObjectWriter<'_>) {
        o.number("id", self.id);
        o.text("value", &self.value);
        o.flag("from_json", self.from_json);
        o.opt_text("comment", self.comment.as_deref());
    }

    /// Whether a half of a value is excluded; the case of letters counts.
    pub fn matches(&self, half: &str) -> bool {
        match (self.value.strip_prefix('%'), self.value.strip_suffix('%')) {
            // A single `%` is both prefix and suffix: everything.
            (Some(rest), Some(_)) => half.contains(rest.strip_suffix('%').unwrap_or(rest)),
            (Some(end), None) => half.ends_with(end),
            (None, Some(start)) => half.starts_with(start),
            (None, None) => half == self.value,
        }
    }
}

/// What a rule looks at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the column of an event of the same name")]
pub enum Selector {
    #[default]
    OrgcId,
    OrgId,
    EventId,
    EventInfo,
}

impl Selector {
    /// Every one, as they are offered.
    pub const ALL: [Self; 4] = [Self::OrgcId, Self::OrgId, Self::EventId, Self::EventInfo];

    /// As the wire has it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::OrgcId => "orgc_id",
            Self::OrgId => "org_id",
            Self::EventId => "event_id",
            Self::EventInfo => "event_info",
        }
    }

    /// The selector of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|selector| selector.name() == name)
    }
}

/// A group of events that do not correlate among themselves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of spec 08 section 5")]
pub struct CorrelationRule {
    pub id: CorrelationRuleId,
    pub uuid: Uuid,
    pub name: String,
    pub comment: String,
    pub selector: Selector,
    pub list: Vec<String>,
    pub timestamp: i64,
}

impl CorrelationRule {
    /// The columns.
    pub fn write(&self, o: &mut ObjectWriter<'_>) {
        o.number("id", self.id);
        o.uuid("uuid", self.uuid);
        o.text("name", &self.name);
        o.text("comment", &self.comment);
        o.text("selector_type", self.selector.name());
        o.list("selector_list", &self.list, |out, text| write_text(out, text));
        o.number("timestamp", self.timestamp);
    }

    /// Whether an event belongs to the group.
    pub fn holds(&self, event: &Event) -> bool {
        let listed = |id: i64| self.list.iter().any(|item| item.parse() == Ok(id));
        match self.selector {
            Selector::OrgcId => listed(event.orgc_id.0),
            Selector::OrgId => listed(event.org_id.0),
            Selector::EventId => listed(event.id.0),
            Selector::EventInfo => {
                let info = event.info.to_lowercase();
                self.list.iter().any(|pattern| {
                    let value = pattern.to_lowercase();
                    let pattern = CorrelationExclusion {
                        value,
                        ..CorrelationExclusion::default()
                    };
                    pattern.matches(&info)
                })
            }
        }
    }

    /// Whether it keeps two events apart.
    pub fn separates(&self, one: &Event, other: &Event) -> bool {
        self.holds(one) && self.holds(other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::{Analysis, Distribution, ThreatLevel};

    #[test]
    fn percent_signs_at_the_ends_stand_for_any_text() {
        let excluded = |value: &str, half: &str| {
            let value = value.to_owned();
            CorrelationExclusion {
                value,
                ..CorrelationExclusion::default()
            }
            .matches(half)
        };
        for (value, half, expected) in [
            ("a.example", "a.example", true),
            ("a.example", "b.a.example", false),
            ("a.example", "A.example", false),
            ("%a.example", "b.a.example", true),
            ("%a.example", "a.example.org", false),
            ("a.%", "a.example", true),
            ("a.%", "b.a.example", false),
            ("%a.e%", "b.a.example", true),
            ("%x.e%", "b.a.example", false),
            ("%", "anything", true),
            ("a%b", "axb", false),
            ("a%b", "a%b", true),
        ] {
            assert_eq!(excluded(value, half), expected, "{value} {half}");
        }
    }

    #[test]
    fn a_rule_separates_only_members_of_its_group() {
        let event = |id: i64, orgc: i64, info: &str| Event {
            id: id.into(),
            uuid: Uuid::nil(),
            org_id: 9.into(),
            orgc_id: orgc.into(),
            user_id: 1.into(),
            date: "2026-01-02".into(),
            info: info.into(),
            threat_level: ThreatLevel::Undefined,
            analysis: Analysis::Initial,
            distribution: Distribution::OrganisationOnly,
            sharing_group_id: 0.into(),
            published: false,
            timestamp: 0,
            publish_timestamp: 0,
            sighting_timestamp: 0,
            attribute_count: 0,
            locked: false,
            proposal_email_lock: false,
            disable_correlation: false,
            extends_uuid: None,
            protected: None,
        };
        let rule = |selector, list: &[&str]| CorrelationRule {
            selector,
            list: list.iter().map(|text| (*text).to_owned()).collect(),
            ..CorrelationRule::default()
        };
        let (one, two, three) = (
            event(1, 5, "Daily feed 1"),
            event(2, 6, "the daily FEED"),
            event(3, 7, "x"),
        );
        let by_creator = rule(Selector::OrgcId, &["5", "6"]);
        assert!(by_creator.separates(&one, &two));
        assert!(!by_creator.separates(&one, &three));
        assert!(rule(Selector::OrgId, &["9"]).separates(&two, &three));
        assert!(rule(Selector::EventId, &["1", "3"]).separates(&one, &three));
        assert!(!rule(Selector::EventId, &["1"]).separates(&one, &three));
        let by_info = rule(Selector::EventInfo, &["daily%", "%Feed"]);
        assert!(by_info.separates(&one, &two));
        assert!(!by_info.separates(&two, &three));
    }
}
