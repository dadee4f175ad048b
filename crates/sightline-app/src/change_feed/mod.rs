//! The change feed: what happened, in order, for whoever may see it (docs/operations/change-feed.md).
//!
//! A reader holds a position. What it may see is decided when an entry is told, with the rights that it has then. Positions
//! leave the server sealed: they say nothing about what the reader may not see, not even how much there is.

mod cursor;
mod followers;
mod prune;
mod reader;
mod stream;

pub use followers::Followers;
pub use prune::handlers;
pub use reader::Reader;
pub use sightline_db::change_feed::Filter;
pub use sightline_misp::change_feed::{Change, ChangeAction, ChangeKind};
pub use stream::{Stream, stream};

use sightline_core::{AppError, AppResult};

/// Most names in a filter's list; there are fewer kinds.
const NAMES: usize = 20;

/// A filter from the texts of a request: lists with commas, the id of an event, the name of a tag.
pub fn filter(
    kinds: Option<&str>,
    actions: Option<&str>,
    event: Option<&str>,
    tag: Option<&str>,
) -> AppResult<Filter> {
    let event = event
        .filter(|text| !text.is_empty())
        .map(|text| {
            text.parse()
                .map_err(|_| AppError::BadRequest("event: the id of an event is a number.".into()))
        })
        .transpose()?;
    let told = |name: &str| ChangeKind::parse(name).filter(|kind| *kind != ChangeKind::Audit);
    Ok(Filter {
        kinds: names("kind", kinds, told)?,
        actions: names("action", actions, ChangeAction::parse)?,
        event,
        tag: tag.filter(|text| !text.is_empty()).map(str::to_owned),
    })
}

fn names<T>(field: &str, text: Option<&str>, parse: impl Fn(&str) -> Option<T>) -> AppResult<Vec<T>> {
    text.unwrap_or_default()
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .take(NAMES)
        .map(|name| parse(name).ok_or_else(|| AppError::BadRequest(format!("{field}: there is no {name}."))))
        .collect()
}
