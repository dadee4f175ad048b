//! The rules of a MISP feed (spec 06 A.3): which of its events are wanted.

use serde_json::Value;
use sightline_core::Timestamp;

use crate::feed_manifest::ManifestEntry;
use crate::relative_time::TimeSpan;

/// One of these, none of those. Empty lists allow everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OneOf {
    /// At least one must be there, unless the list is empty.
    pub any: Vec<String>,
    /// None may be there.
    pub none: Vec<String>,
}

/// What a feed's `rules` say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FeedRules {
    /// Tag names.
    pub tags: OneOf,
    /// Names or uuids of creator organisations.
    pub orgs: OneOf,
    /// When the event was changed.
    pub timestamp: TimeSpan,
    /// When the event was published.
    pub publish_timestamp: TimeSpan,
}

/// What the rules look at in a downloaded event.
#[derive(Clone, Copy, Debug)]
pub struct EventFacts<'a> {
    /// Names of the event's tags.
    pub tags: &'a [String],
    /// Name of the creator organisation.
    pub orgc_name: &'a str,
    /// Uuid of the creator organisation.
    pub orgc_uuid: &'a str,
    /// When it was changed.
    pub timestamp: Timestamp,
    /// When it was published, if known.
    pub publish_timestamp: Option<Timestamp>,
}

/// Why rules were refused; the text is meant for the administrator.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RulesError {
    /// Neither an object nor the text of one.
    #[error("The feed rules are not a JSON object: {0}")]
    NotAnObject(String),
    /// A list of names is something else.
    #[error("The feed rules for {0} are not a list of names.")]
    NotAList(&'static str),
    /// The URL parameter is no time, and no pair of times.
    #[error("The feed rule {0} is not a time like 30d, a date, a Unix time, or a pair of them.")]
    Time(&'static str),
}

impl FeedRules {
    /// From the stored text or the object in a request; empty or null allows everything.
    ///
    /// # Errors
    /// See [`RulesError`].
    pub fn from_json(rules: &Value) -> Result<Self, RulesError> {
        let rules = object(rules)?;
        let params = object(rules.get("url_params").unwrap_or(&Value::Null))?;
        let span = |name: &'static str| {
            TimeSpan::from_json(params.get(name).unwrap_or(&Value::Null)).ok_or(RulesError::Time(name))
        };
        Ok(Self {
            tags: one_of(&rules, "tags")?,
            orgs: one_of(&rules, "orgs")?,
            timestamp: span("timestamp")?,
            publish_timestamp: span("publish_timestamp")?,
        })
    }

    /// Whether an event is worth downloading, by its manifest entry: names are compared exactly, and a time that the
    /// manifest does not tell excludes nothing.
    pub fn allows_manifest(&self, entry: &ManifestEntry, now: Timestamp) -> bool {
        let has_tag = |rule: &String| entry.tags.iter().any(|tag| tag.name == *rule);
        let is_org = |rule: &String| entry.orgc_name == *rule || entry.orgc_uuid.eq_ignore_ascii_case(rule);
        let published = entry
            .publish_timestamp
            .is_none_or(|at| self.publish_timestamp.contains(at, now));
        self.tags.allows(has_tag)
            && self.orgs.allows(is_org)
            && self.timestamp.contains(entry.timestamp, now)
            && published
    }

    /// Whether a downloaded event may be stored: names are compared as parts, whatever their case.
    pub fn allows_event(&self, event: EventFacts<'_>, now: Timestamp) -> bool {
        let tags: Vec<String> = event.tags.iter().map(|tag| tag.to_lowercase()).collect();
        let org = event.orgc_name.to_lowercase();
        let has_tag = |rule: &String| {
            let rule = rule.to_lowercase();
            tags.iter().any(|tag| tag.contains(&rule))
        };
        let is_org =
            |rule: &String| org.contains(&rule.to_lowercase()) || event.orgc_uuid.eq_ignore_ascii_case(rule);
        let published = event
            .publish_timestamp
            .is_none_or(|at| self.publish_timestamp.contains(at, now));
        self.tags.allows(has_tag)
            && self.orgs.allows(is_org)
            && self.timestamp.contains(event.timestamp, now)
            && published
    }
}

impl OneOf {
    fn allows(&self, matches: impl Fn(&String) -> bool) -> bool {
        (self.any.is_empty() || self.any.iter().any(&matches)) && !self.none.iter().any(&matches)
    }
}

/// The object, also when it was stored as text; nothing and an empty list (an empty PHP map) are an empty object.
fn object(value: &Value) -> Result<serde_json::Map<String, Value>, RulesError> {
    match value {
        Value::Null => Ok(serde_json::Map::new()),
        Value::Array(list) if list.is_empty() => Ok(serde_json::Map::new()),
        Value::Object(object) => Ok(object.clone()),
        Value::String(text) if text.trim().is_empty() => Ok(serde_json::Map::new()),
        Value::String(text) => match serde_json::from_str(text) {
            Ok(Value::String(_)) => Err(RulesError::NotAnObject("it is text".into())),
            Ok(parsed) => object(&parsed),
            Err(error) => Err(RulesError::NotAnObject(error.to_string())),
        },
        _ => Err(RulesError::NotAnObject("it is a list or a number".into())),
    }
}

fn one_of(rules: &serde_json::Map<String, Value>, name: &'static str) -> Result<OneOf, RulesError> {
    let Some(rule) = rules.get(name) else {
        return Ok(OneOf::default());
    };
    let rule = object(rule).map_err(|_| RulesError::NotAList(name))?;
    let names = |key: &str| match rule.get(key) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(items)) => items
            .iter()
            .map(|item| {
                item.as_str()
                    .map(|text| text.trim().to_owned())
                    .ok_or(RulesError::NotAList(name))
            })
            .filter(|item| item.as_ref().map_or(true, |text| !text.is_empty()))
            .collect(),
        Some(_) => Err(RulesError::NotAList(name)),
    };
    Ok(OneOf {
        any: names("OR")?,
        none: names("NOT")?,
    })
}

#[cfg(test)]
mod tests;
