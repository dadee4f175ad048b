//! The list of tags.

use super::list::Pager;
use super::moment::Count;
use super::tag_pill::TagPill;
use crate::layout::Frame;
use askama::Template;
use askama::filters::HtmlSafe;

/// `GET /tags/index`, narrowed by `searchall` and `favouritesOnly`.
#[derive(Clone, Debug, Template)]
#[template(path = "tags/index.html")]
pub struct TagIndexPage {
    /// The frame.
    pub frame: Frame,
    /// What is searched for.
    pub query: String,
    /// Only favourites.
    pub favourites: bool,
    /// Where we are.
    pub pager: Pager,
    /// The tags.
    pub rows: Vec<TagRow>,
}

/// One tag.
#[derive(Clone, Debug)]
pub struct TagRow {
    /// The tag itself.
    pub tag: TagPill,
    /// Visible events that have it.
    pub events: Count,
    /// Visible attributes that have it.
    pub attributes: Count,
    /// What scores take it for.
    pub number: Option<i64>,
    /// What is particular about it, in words.
    pub marks: Vec<&'static str>,
    /// The switch in its row.
    pub favourite: FavouriteSwitch,
}

/// Whether the visitor likes a tag. Posts to `/favourite_tags/toggle/{id}`, which answers with the switch as it is then.
#[derive(Clone, Debug, Template)]
#[template(path = "tags/favourite.html")]
pub struct FavouriteSwitch {
    /// The tag's id.
    pub id: i64,
    /// The tag's name.
    pub name: String,
    /// It is one.
    pub on: bool,
}

impl HtmlSafe for FavouriteSwitch {}

impl TagIndexPage {
    /// The events that have a tag.
    fn events_of(&self, name: &str) -> super::list::ListUrl {
        super::list::ListUrl::new("/events/index", &[("tag", name)])
    }
}
