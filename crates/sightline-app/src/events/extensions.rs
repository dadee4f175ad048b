//! Whether somebody who wants to add to an event edits it or extends it (spec 03 section 3).

use super::{EventKey, find, may_modify};
use crate::Ctx;
use sightline_core::{AppError, AppResult, Permission};
use sightline_db::{Tx, events};
use sightline_misp::records::Event;

/// What to do to add to an event.
#[derive(Clone, Debug)]
pub struct Strategy {
    /// Edit the event itself; else extend it.
    pub edit: bool,
    /// Extensions that are there already and that the caller may change.
    pub extensions: Vec<Event>,
}

/// Extensions of one event that are listed beside it.
pub(super) const EXTENSIONS: usize = 1_000;

/// The events that extend one, as far as the caller sees them, to be merged into it. `TooLarge` when there are more than one
/// answer can hold: a merged event is whole, or is not there.
pub(crate) fn to_merge(ctx: &Ctx, tx: &mut Tx<'_>, event: &Event) -> AppResult<Vec<Event>> {
    let found = events::extending(tx, ctx.visible(), event.uuid, EXTENSIONS + 1)?;
    if found.len() > EXTENSIONS {
        return Err(AppError::TooLarge(format!(
            "More than {EXTENSIONS} events extend this one: they cannot be merged. Read them one by one."
        )));
    }
    Ok(found)
}

/// How the caller adds to a visible event.
pub async fn edit_strategy(ctx: &Ctx, key: EventKey) -> AppResult<Strategy> {
    ctx.require(Permission::Add)?;
    ctx.read(move |ctx, tx| {
        let event = find(ctx, tx, &key)?;
        let mut extensions = events::extending(tx, ctx.visible(), event.uuid, EXTENSIONS)?;
        extensions.retain(|extension| may_modify(ctx, extension));
        Ok(Strategy {
            edit: may_modify(ctx, &event),
            extensions,
        })
    })
    .await
}
