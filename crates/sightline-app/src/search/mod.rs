//! Searches: who may find what, and the JSON of the answers, written in chunks so that an export of a million rows
//! passes through bounded memory and no reader holds a snapshot for long.

mod attributes;
mod events;
mod explain;
mod index;
mod objects;
mod surroundings;

#[cfg(test)]
mod tests;

pub use attributes::AttributeAnswer;
pub use events::EventAnswer;
pub use explain::{Explanation, explain};
pub(crate) use index::own_address_only;
pub use index::{AttributeIndexAnswer, EventIndexAnswer};
pub use objects::ObjectAnswer;

use crate::Ctx;
use crate::events::document::CHUNK_BYTES;
use serde_json::{Map, Value};
use sightline_core::{AppError, AppResult, Permission};
use sightline_db::search::{DeletedAccess, Viewer};
use sightline_db::{Tx, user_settings};
use sightline_misp::json::Buffer;
use sightline_query::{Include, Includes, ReturnFormat};

/// An answer that is written bit by bit. Each call is one short read.
pub trait Answer: Send + 'static {
    /// Writes the next rows; `false` when the answer is complete.
    fn step(&mut self, ctx: &Ctx, tx: &mut Tx<'_>, out: &mut Buffer) -> AppResult<bool>;

    /// Writes rows until a chunk is full; `false` when the answer is complete.
    fn chunk(&mut self, ctx: &Ctx, tx: &mut Tx<'_>, out: &mut Buffer) -> AppResult<bool> {
        while out.len() < CHUNK_BYTES {
            if !self.step(ctx, tx, out)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

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

/// `NotFound` for formats that are known but not written yet.
pub fn require_supported(format: ReturnFormat) -> AppResult<()> {
    match format {
        ReturnFormat::Json | ReturnFormat::Count => Ok(()),
        _ => Err(AppError::not_found("Invalid output format.")),
    }
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
