//! Blocklists (spec 06 B.8): events that must not come back, organisations whose events are not wanted. Whatever way an
//! event takes in, it passes [`admit`].

mod manage;
#[cfg(test)]
mod tests;

pub use manage::{Added, BlocklistIn, EntryKey, add, delete, delete_many, edit, index, view};
pub use sightline_db::blocklists::Filter;

use crate::{Ctx, organisations};
use sightline_core::ids::OrgId;
use sightline_core::{AppError, AppResult, Permission};
use sightline_db::{Tx, blocklists};
use sightline_misp::records::{Blocklist, BlocklistEntry, Distribution, Event};
use uuid::Uuid;

/// The comment of entries that a deletion made, in the reference's words.
const BY_DELETION: &str = "Automatically blocked by deleting event";
const EVENT_BLOCKED: &str = "Event blocked by event blocklist.";
const ORG_BLOCKED: &str = "Event blocked by organisation blocklist.";

/// `Forbidden` with the reference's sentence when the event or its creator is blocked.
pub fn admit(tx: &mut Tx<'_>, event: Uuid, creator: OrgId) -> AppResult<()> {
    if !blocklists::blocked(tx, Blocklist::Events, &[event])?.is_empty() {
        return Err(AppError::Forbidden(EVENT_BLOCKED.into()));
    }
    let creator = organisations::reference(tx, creator)?.uuid;
    admit_creator(tx, creator)
}

/// `Forbidden` when the organisation's events are not wanted.
pub fn admit_creator(tx: &mut Tx<'_>, creator: Uuid) -> AppResult<()> {
    if blocklists::blocked(tx, Blocklist::Organisations, &[creator])?.is_empty() {
        Ok(())
    } else {
        Err(AppError::Forbidden(ORG_BLOCKED.into()))
    }
}

/// Whether an event was refused because of who created it.
pub fn refused_creator(error: &AppError) -> bool {
    matches!(error, AppError::Forbidden(reason) if reason == ORG_BLOCKED)
}

/// Counts a refusal, in a transaction of its own: the one that was refused leaves nothing behind. `None` is the
/// caller's own organisation.
pub async fn count_refusal(ctx: &Ctx, creator: Option<Uuid>) -> AppResult<()> {
    ctx.write(move |ctx, tx| {
        let creator = match creator {
            Some(creator) => creator,
            None => organisations::reference(tx, ctx.caller.org_id)?.uuid,
        };
        Ok(blocklists::count_refusal(tx, creator, ctx.now())?)
    })
    .await
}

/// Remembers a deleted event, so that no feed and no other instance brings it back.
pub fn remember_deleted(ctx: &Ctx, tx: &mut Tx<'_>, event: &Event) -> AppResult<()> {
    let entry = BlocklistEntry {
        uuid: event.uuid,
        created: ctx.now(),
        name: event.info.clone(),
        comment: BY_DELETION.into(),
        creator: organisations::name_of(tx, event.orgc_id)?,
        owner_id: if everybody_saw(ctx, event) {
            OrgId(0)
        } else {
            event.org_id
        },
        ..BlocklistEntry::default()
    };
    blocklists::insert(tx, Blocklist::Events, &entry)?;
    Ok(())
}

fn everybody_saw(ctx: &Ctx, event: &Event) -> bool {
    let limited = matches!(
        event.distribution,
        Distribution::OrganisationOnly | Distribution::SharingGroup
    );
    !limited && (event.published || !ctx.settings().events.unpublished_private)
}

/// What the reference says of an entry that is not there.
pub fn invalid_entry() -> AppError {
    AppError::not_found("Invalid blocklist entry")
}

/// Whether the caller may read and change a list: for events those of the organisation that runs this instance who may
/// add events, for organisations its administrators (spec 05 section 8).
pub fn may_manage(ctx: &Ctx, list: Blocklist) -> bool {
    match list {
        Blocklist::Events => {
            ctx.caller.is_site_admin() || ctx.is_host_org() && ctx.caller.may(Permission::Add)
        }
        Blocklist::Organisations => ctx.caller.is_site_admin(),
    }
}

fn require_manager(ctx: &Ctx, list: Blocklist) -> AppResult<()> {
    if may_manage(ctx, list) {
        Ok(())
    } else {
        Err(AppError::no_permission())
    }
}

/// Whose eyes read the titles; `None` reads all of them.
fn reader(ctx: &Ctx) -> Option<OrgId> {
    (!ctx.caller.is_site_admin()).then_some(ctx.caller.org_id)
}
