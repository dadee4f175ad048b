//! Searches: who may find what, and the JSON of the answers, written in chunks so that an export of a million rows
//! passes through bounded memory and no reader holds a snapshot for long.

mod attributes;
mod events;
mod explain;
mod export;
mod formats;
mod heads;
mod index;
mod lookup;
mod objects;
mod surroundings;

#[cfg(test)]
mod tests;

pub use attributes::AttributeAnswer;
pub use events::EventAnswer;
pub use explain::{Explanation, explain};
pub use formats::{
    Opened, Special, open_attributes, open_events, open_objects, open_special, require_supported,
};
pub(crate) use index::own_address_only;
pub use index::{AttributeIndexAnswer, EventIndexAnswer};
pub use lookup::{Hit, Kind, look_up};
pub use objects::ObjectAnswer;

use crate::Ctx;
use crate::events::document::CHUNK_BYTES;
use serde_json::{Map, Value};
use sightline_core::{AppResult, Permission};
use sightline_db::search::{DeletedAccess, Viewer};
use sightline_db::{Tx, user_settings};
use sightline_misp::json::Buffer;
use sightline_query::{Include, Includes};

/// An answer that is written bit by bit. Each call is one short read.
pub trait Answer: Send + 'static {
    /// Writes the next rows; `false` when the answer is complete.
    fn step(&mut self, ctx: &Ctx, tx: &mut Tx<'_>, out: &mut Buffer) -> AppResult<bool>;

    /// Writes rows until a chunk is full or the read has lasted long enough; `false` when the answer is complete.
    fn chunk(&mut self, ctx: &Ctx, tx: &mut Tx<'_>, out: &mut Buffer) -> AppResult<bool> {
        let mut steps = 0;
        while out.len() < CHUNK_BYTES && steps < CHUNK_STEPS {
            if !self.step(ctx, tx, out)? {
                return Ok(false);
            }
            steps += 1;
        }
        Ok(true)
    }
}

impl Answer for Box<dyn Answer> {
    fn step(&mut self, ctx: &Ctx, tx: &mut Tx<'_>, out: &mut Buffer) -> AppResult<bool> {
        self.as_mut().step(ctx, tx, out)
    }
}

/// Steps of one read: a format that writes little must not hold a connection for as long as it takes to see all rows.
const CHUNK_STEPS: usize = 100;

/// The rights of the caller's searches: deleted rows are for synchronising users, site administrators and the
/// organisation that owns the event (spec 04 section 3.4).
pub fn viewer(ctx: &Ctx) -> Viewer {
    let deleted = if ctx.caller.may(Permission::Sync) {
        DeletedAccess::All
    } else {
        DeletedAccess::Owner(ctx.caller.org_id)
    };
    Viewer {
        visible: ctx.visible(),
        deleted,
    }
}

/// The context of a search: a site administrator may ask for what an ordinary user of the organisation would get.
pub fn as_asked(ctx: &Ctx, includes: &Includes) -> Ctx {
    if !includes.has(Include::DisableSiteAdmin) {
        return ctx.clone();
    }
    let mut caller = ctx.caller.clone();
    caller.permissions = caller.permissions.set(Permission::SiteAdmin, false);
    ctx.acting_as(caller)
}

/// The caller's default parameters of searches (`default_restsearch_parameters`).
pub fn defaults(ctx: &Ctx, tx: &mut Tx<'_>) -> AppResult<Option<Map<String, Value>>> {
    let setting = user_settings::get(tx, ctx.caller.user_id, "default_restsearch_parameters")?;
    Ok(match setting.map(|setting| setting.value) {
        Some(Value::Object(parameters)) => Some(parameters),
        _ => None,
    })
}

/// Puts a comma before every element but the first.
#[derive(Clone, Copy, Debug, Default)]
struct Commas(bool);

impl Commas {
    fn next(&mut self, out: &mut Buffer) {
        if self.0 {
            out.push(b',');
        }
        self.0 = true;
    }
}
