//! Reading organisations. Everybody sees them, unless the instance hides them (spec 05 section 4); who added one is for
//! site administrators.

use super::{find, invalid_organisation};
use crate::Ctx;
use sightline_core::ids::{OrgId, UserId};
use sightline_core::{AppError, AppResult, Permission};
use sightline_db::organisations::{self, Filter};
use sightline_db::{Tx, users};
use sightline_misp::records::Organisation;
use std::collections::HashMap;
use uuid::Uuid;

/// Which organisations a list shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    /// Those with users here.
    #[default]
    Local,
    /// Those known only from data.
    External,
    /// Both.
    All,
}

/// An organisation with what a page or an answer says beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Described {
    /// The organisation.
    pub org: Organisation,
    /// Its users on this instance.
    pub user_count: i64,
    /// Who added it, `Unknown` when that is not known; `None` for callers who may not know.
    pub created_by_email: Option<String>,
    /// When its logo came in, if it has one.
    pub logo: Option<i64>,
}

/// Whether the caller may list organisations (`Security.hide_organisation_index_from_users`).
pub fn may_list(ctx: &Ctx) -> bool {
    !ctx.settings().security.hide_organisation_index_from_users || ctx.caller.may(Permission::SharingGroup)
}

/// A page of organisations by name, and how many there are in all. Without a limit all of them.
pub async fn index(
    ctx: &Ctx,
    scope: Scope,
    search: Option<String>,
    limit: Option<u32>,
    offset: u32,
) -> AppResult<(Vec<Described>, i64)> {
    if !may_list(ctx) {
        return Err(AppError::no_permission());
    }
    let local = match scope {
        Scope::Local => Some(true),
        Scope::External => Some(false),
        Scope::All => None,
    };
    ctx.read(move |ctx, tx| {
        let (found, total) = organisations::list(tx, &Filter { local, search }, limit, offset)?;
        Ok((described(ctx, tx, found)?, total))
    })
    .await
}

/// One organisation, by id, uuid or name.
pub async fn view(ctx: &Ctx, key: &str) -> AppResult<Described> {
    let key = key.to_owned();
    ctx.read(move |ctx, tx| {
        let org = find_visible(ctx, tx, &key)?;
        let user_count = organisations::user_count(tx, org.id)?;
        let mut found = described(ctx, tx, vec![(org, user_count)])?;
        found.pop().ok_or_else(invalid_organisation)
    })
    .await
}

/// The organisation, if the caller may see it: where the index is hidden, the own one and those of visible events.
pub(super) fn find_visible(ctx: &Ctx, tx: &mut Tx<'_>, key: &str) -> AppResult<Organisation> {
    let org = find(tx, key)?;
    if may_see(ctx, tx, org.id)? {
        Ok(org)
    } else {
        Err(invalid_organisation())
    }
}

/// Whether the caller may know of an organisation: as [`find_visible`].
pub(crate) fn may_see(ctx: &Ctx, tx: &mut Tx<'_>, org: OrgId) -> AppResult<bool> {
    Ok(
        may_list(ctx)
            || org == ctx.caller.org_id
            || organisations::has_visible_event(tx, ctx.visible(), org)?,
    )
}

fn described(ctx: &Ctx, tx: &mut Tx<'_>, found: Vec<(Organisation, i64)>) -> AppResult<Vec<Described>> {
    let creators: HashMap<UserId, String> = if ctx.caller.is_site_admin() {
        let ids: Vec<i64> = found.iter().map(|(org, _)| org.created_by.0).collect();
        users::emails(tx, &ids)?.into_iter().collect()
    } else {
        HashMap::new()
    };
    let ids: Vec<i64> = found.iter().map(|(org, _)| org.id.0).collect();
    let logos: HashMap<OrgId, i64> = organisations::logos_of(tx, &ids)?.into_iter().collect();
    let describe = |(org, user_count): (Organisation, i64)| {
        let email = || {
            creators
                .get(&org.created_by)
                .cloned()
                .unwrap_or_else(|| "Unknown".into())
        };
        let created_by_email = ctx.caller.is_site_admin().then(email);
        Described {
            logo: logos.get(&org.id).copied(),
            org,
            user_count,
            created_by_email,
        }
    };
    Ok(found.into_iter().map(describe).collect())
}

/// How many events each of these organisations created, as far as the caller sees them.
pub async fn event_counts(ctx: &Ctx, orgs: Vec<OrgId>) -> AppResult<HashMap<OrgId, i64>> {
    let key = (ctx.visible(), orgs.clone());
    ctx.counted(&ctx.platform.counts.events_of_orgs, key, move |ctx, tx| {
        let ids: Vec<i64> = orgs.iter().map(|org| org.0).collect();
        let counts = organisations::event_counts(tx, ctx.visible(), &ids)?;
        Ok(counts.into_iter().collect())
    })
    .await
}

/// The uuids of the local organisations, for those who synchronise.
pub async fn local_uuids(ctx: &Ctx) -> AppResult<Vec<Uuid>> {
    if ctx.settings().security.hide_organisation_index_from_users && !ctx.caller.is_site_admin() {
        return Err(AppError::NotAllowed(
            "This action is not enabled on this instance.".into(),
        ));
    }
    ctx.read(|_, tx| Ok(organisations::local_uuids(tx)?)).await
}
