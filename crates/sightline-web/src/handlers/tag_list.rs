//! The list of tags, and the visitor's favourites among them.

use crate::http::{Answer, Input, Visit, fragment, page};
use crate::layout::Nav;
use crate::pages::list::{ListUrl, Pager};
use crate::pages::moment::Count;
use crate::pages::tag_pill::TagPill;
use crate::pages::tags::{FavouriteSwitch, TagIndexPage, TagRow};
use sightline_app::tags::{self, Counted, IndexFilter};
use sightline_core::ids::TagId;
use sightline_core::limits::PAGE_ROWS;

const INDEX: &str = "/tags/index";

pub(super) async fn index(visit: Visit, input: Input) -> Answer {
    let query = input.query.get("searchall").to_owned();
    let favourites = input.query.get("favouritesOnly") == "1";
    let filter = IndexFilter {
        contains: (!query.is_empty()).then(|| query.clone()),
        favourites,
        ..IndexFilter::default()
    };
    let (found, total) = tags::index(&visit.ctx, filter, input.page(), PAGE_ROWS).await?;
    let only = if favourites { "1" } else { "" };
    let url = ListUrl::new(INDEX, &[("searchall", &query), ("favouritesOnly", only)]);
    page(&TagIndexPage {
        frame: visit.frame("Tags", Nav::Tags),
        query,
        favourites,
        pager: Pager::of(url, input.page(), PAGE_ROWS, total),
        rows: found.into_iter().map(row).collect(),
    })
}

fn row(counted: Counted) -> TagRow {
    let tag = counted.tag;
    let marks = [
        (tag.org_id.0 != 0 || tag.user_id.0 != 0, "restricted"),
        (tag.local_only, "local only"),
        (tag.hide_tag, "hidden"),
        (!tag.exportable, "not exported"),
        (tag.is_galaxy, "galaxy"),
    ];
    TagRow {
        events: Count(u64::try_from(counted.events).unwrap_or(0)),
        attributes: Count(u64::try_from(counted.attributes).unwrap_or(0)),
        number: tag.numerical_value,
        marks: marks
            .into_iter()
            .filter(|(on, _)| *on)
            .map(|(_, words)| words)
            .collect(),
        favourite: FavouriteSwitch {
            id: tag.id.0,
            name: tag.name.clone(),
            on: counted.favourite,
        },
        tag: TagPill {
            id: tag.id.0,
            name: tag.name,
            colour: tag.colour,
            local: false,
            relationship: None,
        },
    }
}

pub(super) async fn toggle_favourite(visit: Visit, input: Input) -> Answer {
    let id = TagId(input.id(0)?);
    let on = tags::toggle_favourite(&visit.ctx, id).await?;
    let words = if on {
        "Tag added to the favourites."
    } else {
        "Tag removed from the favourites."
    };
    let name = tags::view(&visit.ctx, id).await?.tag.name;
    fragment(&FavouriteSwitch { id: id.0, name, on }, Some(words))
}
