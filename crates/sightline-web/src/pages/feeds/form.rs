//! The form of a feed: every field of the record, rules and settings as fields instead of JSON.

use crate::layout::Frame;
use crate::pages::errors::Errors;
use crate::pages::wording::Choice;
use askama::Template;

/// Posts the fields below by their names to `/feeds/add` or `/feeds/edit/{id}`; `target_event` is the record's
/// `event_id`. Lists (`tags_or`, …) have one entry per line.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "feeds/form.html")]
pub struct FeedFormPage {
    /// The frame.
    pub frame: Frame,
    /// The feed that is changed; `None` for a new one.
    pub id: Option<i64>,
    /// Name.
    pub name: String,
    /// Provider.
    pub provider: String,
    /// `network`, and `local` where the configuration allows it.
    pub input_source: Vec<Choice>,
    /// Address or path.
    pub url: String,
    /// `misp`, `csv`, `freetext`.
    pub source_format: Vec<Choice>,
    /// May be fetched.
    pub enabled: bool,
    /// Takes part in look-ups without being imported.
    pub caching_enabled: bool,
    /// Ordinary users see it and its hits.
    pub lookup_visible: bool,
    /// Extra request headers, `Name: value`, one per line.
    pub headers: String,
    /// Levels 0 to 5.
    pub distribution: Vec<Choice>,
    /// Groups for level 4.
    pub sharing_groups: Vec<Choice>,
    /// None and the tags; sent as `tag_id`.
    pub tags: Vec<Choice>,
    /// None and the tag collections; sent as `tag_collection_id`.
    pub tag_collections: Vec<Choice>,
    /// Own and the organisations; sent as `orgc_id`.
    pub creators: Vec<Choice>,
    /// Always the same event.
    pub fixed_event: bool,
    /// That event's id; empty makes one at the first fetch.
    pub target_event: String,
    /// Values that vanish from the feed are deleted.
    pub delta_merge: bool,
    /// Publish after fetching.
    pub publish: bool,
    /// Take the IDS flag off everything.
    pub override_ids: bool,
    /// Remove local files once they are in.
    pub delete_local_file: bool,
    /// Only events with one of these tags.
    pub tags_or: String,
    /// No event with one of these tags.
    pub tags_not: String,
    /// Only events of these organisations, by name or uuid.
    pub orgs_or: String,
    /// No event of these.
    pub orgs_not: String,
    /// Oldest change, such as `30d`.
    pub url_timestamp: String,
    /// Oldest publication, such as `30d`.
    pub url_publish_timestamp: String,
    /// Columns with values, from 1, by commas.
    pub csv_value: String,
    /// Delimiter.
    pub csv_delimiter: String,
    /// Values that match are dropped.
    pub excluderegex: String,
    /// New events do not correlate.
    pub disable_correlation: bool,
    /// New events are stored unpublished.
    pub unpublish_event: bool,
    /// What is wrong.
    pub errors: Errors,
}

impl FeedFormPage {
    fn action(&self) -> String {
        self.id
            .map_or_else(|| "/feeds/add".into(), |id| format!("/feeds/edit/{id}"))
    }
}
