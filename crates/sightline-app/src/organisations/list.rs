//! Reading organisations. Everybody sees them; who added one is for site administrators.

use super::find;
use crate::Ctx;
use sightline_core::AppResult;
use sightline_core::ids::UserId;
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
}

/// A page of organisations by name, and how many there are in all. Without a limit all of them.
pub async fn index(
    ctx: &Ctx,
    scope: Scope,
    search: Option<String>,
    limit: Option<u32>,
    offset: u32,
) -> AppResult<(Vec<Described>, i64)> {
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
        let org = find(tx, &key)?;
        let user_count = organisations::user_count(tx, org.id)?;
        let mut found = described(ctx, tx, vec![(org, user_count)])?;
        found.pop().ok_or_else(super::invalid_organisation)
    })
    .await
}

fn described(ctx: &Ctx, tx: &mut Tx<'_>, found: Vec<(Organisation, i64)>) -> AppResult<Vec<Described>> {
    let creators: HashMap<UserId, String> = if ctx.caller.is_site_admin() {
        let ids: Vec<i64> = found.iter().map(|(org, _)| org.created_by.0).collect();
        users::emails(tx, &ids)?.into_iter().collect()
    } else {
        HashMap::new()
    };
    let describe = |(org, user_count): (Organisation, i64)| {
        let email = || {
            creators
                .get(&org.created_by)
                .cloned()
                .unwrap_or_else(|| "Unknown".into())
        };
        let created_by_email = ctx.caller.is_site_admin().then(email);
        Described {
            org,
            user_count,
            created_by_email,
        }
    };
    Ok(found.into_iter().map(describe).collect())
}

/// The uuids of the local organisations.
pub async fn local_uuids(ctx: &Ctx) -> AppResult<Vec<Uuid>> {
    ctx.read(|_, tx| Ok(organisations::local_uuids(tx)?)).await
}
