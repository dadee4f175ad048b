//! Feeds: their record, its JSON shape and what a request may say of one (spec 06 A.2).

use crate::input::Loose;
use crate::json::ObjectWriter;
use crate::records::Distribution;
use serde::Deserialize;
use serde_json::Value;
use sightline_core::ids::{EventId, FeedId, OrgId, SharingGroupId, TagCollectionId, TagId};

/// How a feed is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SourceFormat {
    /// A directory of events with a manifest.
    Misp,
    /// Text in which indicators are recognised.
    #[default]
    Freetext,
    /// Columns.
    Csv,
}

impl SourceFormat {
    /// The word on the wire and in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Misp => "misp",
            Self::Freetext => "freetext",
            Self::Csv => "csv",
        }
    }

    /// The format of that name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Misp, Self::Freetext, Self::Csv]
            .into_iter()
            .find(|format| format.name() == name)
    }
}

/// Where a feed is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InputSource {
    /// At a URL.
    #[default]
    Network,
    /// On this machine's disk.
    Local,
}

impl InputSource {
    /// The word on the wire and in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Network => "network",
            Self::Local => "local",
        }
    }

    /// The source of that name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Network, Self::Local]
            .into_iter()
            .find(|source| source.name() == name)
    }
}

/// A feed as kept.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of spec 06 A.2")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one independent switch of the wire"
)]
pub struct Feed {
    pub id: FeedId,
    pub name: String,
    pub provider: String,
    /// A URL without the file names of a MISP feed, or a path.
    pub url: String,
    /// JSON text; empty for none.
    pub rules: String,
    pub enabled: bool,
    /// 5 keeps what the feed's events say.
    pub distribution: Distribution,
    pub sharing_group_id: SharingGroupId,
    pub tag_id: TagId,
    pub tag_collection_id: TagCollectionId,
    /// One of the list that comes with the product.
    pub is_default: bool,
    pub source_format: SourceFormat,
    pub fixed_event: bool,
    pub delta_merge: bool,
    pub event_id: EventId,
    pub publish: bool,
    pub override_ids: bool,
    /// JSON text.
    pub settings: String,
    pub input_source: InputSource,
    pub delete_local_file: bool,
    pub lookup_visible: bool,
    /// One `Name: value` per line; may hold secrets.
    pub headers: Option<String>,
    pub caching_enabled: bool,
    pub force_to_ids: bool,
    pub orgc_id: OrgId,
    /// Of the last fetch that was complete; not on the wire.
    pub etag: Option<String>,
    /// When the last fetch ended; 0 for never. Not on the wire.
    pub last_fetch: i64,
    /// What came of it. Not on the wire.
    pub last_result: String,
}

impl Default for Feed {
    /// What a request that names only name, provider and URL makes (spec 06 A.7).
    fn default() -> Self {
        Self {
            id: FeedId(0),
            name: String::new(),
            provider: String::new(),
            url: String::new(),
            rules: String::new(),
            enabled: false,
            distribution: Distribution::OrganisationOnly,
            sharing_group_id: SharingGroupId(0),
            tag_id: TagId(0),
            tag_collection_id: TagCollectionId(0),
            is_default: false,
            source_format: SourceFormat::Freetext,
            fixed_event: true,
            delta_merge: false,
            event_id: EventId(0),
            publish: false,
            override_ids: false,
            settings: "[]".into(),
            input_source: InputSource::Network,
            delete_local_file: false,
            lookup_visible: false,
            headers: None,
            caching_enabled: false,
            force_to_ids: false,
            orgc_id: OrgId(0),
            etag: None,
            last_fetch: 0,
            last_result: String::new(),
        }
    }
}

impl Feed {
    /// The columns in the reference's order. Headers may hold keys, so only those who manage feeds see them.
    pub fn write(&self, o: &mut ObjectWriter<'_>, with_headers: bool) {
        o.number("id", self.id);
        o.text("name", &self.name);
        o.text("provider", &self.provider);
        o.text("url", &self.url);
        o.opt_text(
            "rules",
            Some(self.rules.as_str()).filter(|rules| !rules.is_empty()),
        );
        o.flag("enabled", self.enabled);
        o.number("distribution", self.distribution.number());
        o.number("sharing_group_id", self.sharing_group_id);
        o.number("tag_id", self.tag_id.0);
        o.flag("default", self.is_default);
        o.text("source_format", self.source_format.name());
        o.flag("fixed_event", self.fixed_event);
        o.flag("delta_merge", self.delta_merge);
        o.number("event_id", self.event_id);
        o.flag("publish", self.publish);
        o.flag("override_ids", self.override_ids);
        o.text("settings", &self.settings);
        o.text("input_source", self.input_source.name());
        o.flag("delete_local_file", self.delete_local_file);
        o.flag("lookup_visible", self.lookup_visible);
        if with_headers {
            o.opt_text("headers", self.headers.as_deref());
        }
        o.flag("caching_enabled", self.caching_enabled);
        o.flag("force_to_ids", self.force_to_ids);
        o.number("orgc_id", self.orgc_id);
        o.number("tag_collection_id", self.tag_collection_id);
    }
}

/// What a request says of a feed; what it leaves out stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the fields of the wire, spec 06 A.2")]
pub struct FeedIn {
    pub name: Loose,
    pub provider: Loose,
    pub url: Loose,
    /// An object, or its text.
    pub rules: Option<Value>,
    /// Another name of `rules`, which wins.
    pub pull_rules: Option<Value>,
    pub enabled: Loose,
    pub distribution: Loose,
    pub sharing_group_id: Loose,
    pub tag_id: Loose,
    pub tag_collection_id: Loose,
    pub source_format: Loose,
    pub fixed_event: Loose,
    pub delta_merge: Loose,
    pub event_id: Loose,
    pub target_event: Loose,
    pub publish: Loose,
    pub override_ids: Loose,
    /// An object, or its text.
    pub settings: Option<Value>,
    pub input_source: Loose,
    pub delete_local_file: Loose,
    pub lookup_visible: Loose,
    pub headers: Loose,
    pub caching_enabled: Loose,
    pub force_to_ids: Loose,
    pub orgc_id: Loose,
    #[serde(rename = "default")]
    pub is_default: Loose,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::write_object;
    use serde_json::json;

    #[test]
    fn a_new_feed_looks_like_the_references() {
        let feed = Feed {
            id: FeedId(86),
            name: "TestFeed".into(),
            provider: "TestFeed - Provider".into(),
            url: "http://example.com".into(),
            ..Feed::default()
        };
        let mut out = Vec::new();
        write_object(&mut out, |o| feed.write(o, true));
        // Text, not a value: the order of the keys counts as well.
        assert_eq!(
            String::from_utf8(out).unwrap(),
            concat!(
                r#"{"id":"86","name":"TestFeed","provider":"TestFeed - Provider","url":"http://example.com","#,
                r#""rules":null,"enabled":false,"distribution":"0","sharing_group_id":"0","tag_id":"0","#,
                r#""default":false,"source_format":"freetext","fixed_event":true,"delta_merge":false,"#,
                r#""event_id":"0","publish":false,"override_ids":false,"settings":"[]","#,
                r#""input_source":"network","delete_local_file":false,"lookup_visible":false,"headers":null,"#,
                r#""caching_enabled":false,"force_to_ids":false,"orgc_id":"0","tag_collection_id":"0"}"#
            )
        );
    }

    #[test]
    fn headers_are_left_out_for_those_who_do_not_manage_feeds() {
        let feed = Feed {
            headers: Some("Authorization: secret".into()),
            ..Feed::default()
        };
        let mut out = Vec::new();
        write_object(&mut out, |o| feed.write(o, false));
        assert!(!String::from_utf8(out).unwrap().contains("secret"));
    }

    #[test]
    fn a_body_may_hold_objects_where_text_is_stored() {
        let body: FeedIn = serde_json::from_value(json!({
            "enabled": "1", "pull_rules": {"tags": {"OR": ["a"]}}, "settings": "{}", "unknown": [1]
        }))
        .unwrap();
        assert_eq!(body.enabled.flag(), Some(true));
        assert_eq!(body.pull_rules, Some(json!({"tags": {"OR": ["a"]}})));
        assert_eq!(body.settings, Some(json!("{}")));
        assert_eq!(body.name, Loose::Absent);
    }
}
