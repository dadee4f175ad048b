//! Whether somebody who wants to add to an event edits it or extends it (spec 03 section 3).

use super::{EventKey, find, may_modify};
use crate::Ctx;
use sightline_core::{AppResult, Permission};
use sightline_db::events;
use sightline_misp::records::Event;

/// What to do to add to an event.
#[derive(Clone, Debug)]
pub struct Strategy {
    /// Edit the event itself; else extend it.
    pub edit: bool,
    /// Extensions that are there already and that the caller may change.
    pub extensions: Vec<Event>,
}

/// How the caller adds to a visible event.
pub async fn edit_strategy(ctx: &Ctx, key: EventKey) -> AppResult<Strategy> {
    ctx.require(Permission::Add)?;
    ctx.read(move |ctx, tx| {
        let event = find(ctx, tx, &key)?;
        let mut extensions = events::extending(tx, ctx.visible(), event.uuid)?;
        extensions.retain(|extension| may_modify(ctx, extension));
        Ok(Strategy {
            edit: may_modify(ctx, &event),
            extensions,
        })
    })
    .await
}
