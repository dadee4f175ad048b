//! Samples of collections, tag collections, blocklists, bookmarks and news.

use super::{HOSTILE, frame};
use crate::layout::Nav;
use crate::pages::blocklists::{BlocklistFormPage, BlocklistPage, BlocklistRow};
use crate::pages::bookmarks::{BookmarkFormPage, BookmarkIndexPage, BookmarkRow};
use crate::pages::collections::{
    CollectionFormPage, CollectionIndexPage, CollectionPage, CollectionRow, ElementRow,
};
use crate::pages::errors::Errors;
use crate::pages::list::{ListUrl, Pager};
use crate::pages::moment::{Count, Moment};
use crate::pages::news::{NewsFormPage, NewsItem, NewsPage};
use crate::pages::tag_collections::{TagCollectionFormPage, TagCollectionIndexPage, TagCollectionRow};
use crate::pages::tag_pill::TagPill;
use crate::pages::tags::{FavouriteSwitch, TagIndexPage, TagRow};
use crate::pages::wording::{Audience, Choice};

const UUID: &str = "55f6ea5e-0000-4000-8000-000000000001";

fn pager(path: &str) -> Pager {
    Pager::of(ListUrl::new(path, &[]), 1, 60, 2)
}

fn missing(field: &str) -> Errors {
    Errors([(field.to_owned(), "Name cannot be empty.".to_owned())].into())
}

fn pill(name: &str) -> TagPill {
    TagPill {
        id: 4,
        name: name.into(),
        colour: "#ffc000".into(),
        ..TagPill::default()
    }
}

impl TagIndexPage {
    pub(crate) fn sample() -> Self {
        let row = |id, name: &str, on: bool| TagRow {
            tag: pill(name),
            events: Count(12),
            attributes: Count(0),
            number: on.then_some(100),
            marks: if on {
                vec!["restricted", "local only"]
            } else {
                Vec::new()
            },
            favourite: FavouriteSwitch {
                id,
                name: name.to_owned(),
                on,
            },
        };
        Self {
            frame: frame("Tags", Nav::Tags),
            query: HOSTILE.into(),
            favourites: false,
            pager: pager("/tags/index"),
            rows: vec![row(1, "tlp:amber", true), row(2, HOSTILE, false)],
        }
    }
}

impl BlocklistPage {
    pub(crate) fn sample(of_events: bool) -> Self {
        let entry = |id, name: &str| BlocklistRow {
            id,
            uuid: UUID.into(),
            name: name.into(),
            creator: HOSTILE.into(),
            comment: HOSTILE.into(),
            created: Moment(1_735_700_000),
            refused: Count(12),
            last_refused: (id == 1).then_some(Moment(1_763_970_000)),
        };
        Self {
            frame: frame("Blocklists", Nav::Blocklists),
            of_events,
            both: true,
            query: HOSTILE.into(),
            pager: pager("/event_blocklists/index"),
            rows: vec![entry(1, HOSTILE), entry(2, "")],
        }
    }
}

impl BlocklistFormPage {
    pub(crate) fn sample(id: Option<i64>) -> Self {
        Self {
            frame: frame("Blocklists", Nav::Blocklists),
            of_events: id.is_none(),
            id,
            uuids: HOSTILE.into(),
            name: HOSTILE.into(),
            errors: missing(if id.is_none() { "uuids" } else { "comment" }),
            ..Self::default()
        }
    }
}

impl TagCollectionIndexPage {
    pub(crate) fn sample() -> Self {
        let row = |id, name: &str, tags| TagCollectionRow {
            id,
            name: name.into(),
            description: HOSTILE.into(),
            org: HOSTILE.into(),
            all_orgs: id == 1,
            tags,
            can_edit: id == 1,
        };
        Self {
            frame: frame("Tag collections", Nav::TagCollections),
            query: HOSTILE.into(),
            pager: pager("/tag_collections/index"),
            rows: vec![
                row(1, HOSTILE, vec![pill("tlp:amber"), pill(HOSTILE)]),
                row(2, "empty", vec![]),
            ],
            can_add: true,
        }
    }
}

impl TagCollectionFormPage {
    pub(crate) fn sample() -> Self {
        Self {
            frame: frame("Edit tag collection", Nav::TagCollections),
            id: Some(1),
            name: HOSTILE.into(),
            tags: HOSTILE.into(),
            errors: missing("name"),
            ..Self::default()
        }
    }
}

fn collection(id: i64, name: &str) -> CollectionRow {
    CollectionRow {
        id,
        name: name.into(),
        description: HOSTILE.into(),
        kind: "campaign".into(),
        org: HOSTILE.into(),
        elements: Count(3),
        modified: Moment(1_763_970_000),
        audience: Audience::of(1, "Example CERT", None),
    }
}

impl CollectionIndexPage {
    pub(crate) fn sample() -> Self {
        Self {
            frame: frame("Collections", Nav::Collections),
            scope: "org".into(),
            query: HOSTILE.into(),
            pager: pager("/collections/index"),
            rows: vec![collection(1, "Harbour campaign"), collection(2, HOSTILE)],
            can_add: true,
        }
    }
}

impl CollectionPage {
    pub(crate) fn sample() -> Self {
        let element = |id, event, info: &str| ElementRow {
            id,
            uuid: UUID.into(),
            kind: "event".into(),
            description: HOSTILE.into(),
            event,
            info: info.into(),
        };
        Self {
            frame: frame("Collection", Nav::Collections),
            collection: collection(1, HOSTILE),
            uuid: UUID.into(),
            created: Moment(1_735_700_000),
            elements: vec![element(1, 12, HOSTILE), element(2, 0, "")],
            can_modify: true,
            element_uuid: HOSTILE.into(),
            description: String::new(),
            types: Choice::list([("Event", "An event")], "Event"),
            errors: missing("element_uuid"),
        }
    }
}

impl CollectionFormPage {
    pub(crate) fn sample() -> Self {
        Self {
            frame: frame("Add collection", Nav::Collections),
            name: HOSTILE.into(),
            types: Choice::list([("campaign", "campaign")], ""),
            distribution: Choice::distributions("1", true, false),
            sharing_groups: Choice::list([("3", HOSTILE)], ""),
            errors: missing("name"),
            ..Self::default()
        }
    }
}

impl BookmarkIndexPage {
    pub(crate) fn sample() -> Self {
        let row = |id, name: &str| BookmarkRow {
            id,
            name: name.into(),
            url: "/events/index?tag=a&b".into(),
            comment: HOSTILE.into(),
            own: id == 1,
            exposed: id == 1,
        };
        Self {
            frame: frame("Bookmarks", Nav::Bookmarks),
            pager: pager("/bookmarks/index"),
            rows: vec![row(1, HOSTILE), row(2, "Wiki")],
        }
    }
}

impl BookmarkFormPage {
    pub(crate) fn sample() -> Self {
        Self {
            frame: frame("Edit bookmark", Nav::Bookmarks),
            id: Some(1),
            name: HOSTILE.into(),
            url: HOSTILE.into(),
            errors: missing("url"),
            ..Self::default()
        }
    }
}

impl NewsPage {
    pub(crate) fn sample() -> Self {
        let item = |id| NewsItem {
            id,
            title: HOSTILE.into(),
            message: HOSTILE.into(),
            written: Moment(1_763_970_000),
        };
        Self {
            frame: frame("News", Nav::News),
            pager: pager("/news/index"),
            items: vec![item(1), item(2)],
            can_manage: true,
        }
    }
}

impl NewsFormPage {
    pub(crate) fn sample() -> Self {
        Self {
            frame: frame("Edit news", Nav::News),
            id: Some(1),
            title: HOSTILE.into(),
            message: HOSTILE.into(),
            errors: missing("title"),
            ..Self::default()
        }
    }
}
