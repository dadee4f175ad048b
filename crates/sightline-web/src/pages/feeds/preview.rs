//! What a feed offers, before anything is imported.

use crate::layout::Frame;
use crate::pages::events::EventLink;
use crate::pages::list::Pager;
use crate::pages::moment::Moment;
use crate::pages::tag_pill::TagPill;
use crate::pages::wording::Threat;
use askama::Template;

/// `GET /feeds/previewIndex/{id}`, searched by `searchall`.
#[derive(Clone, Debug, Template)]
#[template(path = "feeds/preview.html")]
pub struct FeedPreviewPage {
    /// The frame.
    pub frame: Frame,
    /// The feed's id.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Its provider.
    pub provider: String,
    /// Its address.
    pub url: String,
    /// It may be fetched.
    pub enabled: bool,
    /// May fetch and edit.
    pub can_manage: bool,
    /// What is searched for.
    pub query: String,
    /// Where we are in the list.
    pub pager: Pager,
    /// What it offers.
    pub body: PreviewBody,
}

/// What a feed offers.
#[derive(Clone, Debug)]
pub enum PreviewBody {
    /// Events of a MISP feed.
    Manifest(Vec<ManifestRow>),
    /// Values of a CSV or freetext feed.
    Values(Vec<ValueRow>),
    /// Why nothing can be shown.
    Failed(String),
}

/// How an entry of a manifest relates to what is here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PreviewStatus {
    /// Not here yet.
    #[default]
    New,
    /// Here, but older.
    Updated,
    /// Here and as recent.
    Current,
    /// Kept out by the feed's rules.
    Blocked,
}

impl PreviewStatus {
    fn label(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Updated => "updated",
            Self::Current => "here",
            Self::Blocked => "blocked",
        }
    }

    fn class(self) -> &'static str {
        match self {
            Self::New => "ok",
            Self::Updated => "info",
            Self::Current => "muted-mark",
            Self::Blocked => "warning",
        }
    }
}

/// An event that a MISP feed offers.
#[derive(Clone, Debug, Default)]
pub struct ManifestRow {
    /// Uuid.
    pub uuid: String,
    /// Title.
    pub info: String,
    /// Who created it.
    pub org: String,
    /// Its date.
    pub date: String,
    /// Threat level.
    pub threat: Threat,
    /// Tags.
    pub tags: Vec<TagPill>,
    /// Last change.
    pub modified: Moment,
    /// Whether it is here.
    pub status: PreviewStatus,
    /// Its id where it is here.
    pub event_id: Option<i64>,
}

/// A value that was found in a CSV or freetext feed.
#[derive(Clone, Debug, Default)]
pub struct ValueRow {
    /// The value.
    pub value: String,
    /// The type it would get.
    pub kind: String,
    /// The category it would get.
    pub category: String,
    /// The flag it would get.
    pub to_ids: bool,
    /// Events that have it already.
    pub related: Vec<EventLink>,
}
