//! The members of a group, one at a time (spec 03 section 11).

use super::{to_extend, touched};
use crate::{Ctx, organisations};
use serde_json::json;
use sightline_core::{AppError, AppResult};
use sightline_db::{Tx, sharing_groups};
use sightline_misp::records::{Organisation, SharingGroup};

/// Adds an organisation, named by id, uuid or name.
pub async fn add_org(ctx: &Ctx, group: &str, org: &str, extend: bool) -> AppResult<()> {
    change(ctx, group, org, move |ctx, tx, group, org| {
        if !sharing_groups::add_org(tx, group.id, org.id, extend)? {
            return Err(AppError::Refused(
                "Organisation is already in the sharing group.".into(),
            ));
        }
        touched(
            ctx,
            tx,
            group,
            json!({"member_added": {"org_id": org.id, "name": org.name, "extend": extend}}),
        )
    })
    .await
}

/// Removes an organisation. It keeps what it owns; it no longer sees what others share with the group.
pub async fn remove_org(ctx: &Ctx, group: &str, org: &str) -> AppResult<()> {
    change(ctx, group, org, |ctx, tx, group, org| {
        if !sharing_groups::remove_org(tx, group.id, org.id)? {
            return Err(not_a_member());
        }
        touched(
            ctx,
            tx,
            group,
            json!({"member_removed": {"org_id": org.id, "name": org.name}}),
        )
    })
    .await
}

/// Whether a member may extend the group.
pub async fn set_extend(ctx: &Ctx, group: &str, org: &str, extend: bool) -> AppResult<()> {
    change(ctx, group, org, move |ctx, tx, group, org| {
        if !group.orgs.iter().any(|member| member.org.id == org.id) {
            return Err(not_a_member());
        }
        sharing_groups::set_extend(tx, group.id, org.id, extend)?;
        touched(
            ctx,
            tx,
            group,
            json!({"member_changed": {"org_id": org.id, "name": org.name, "extend": extend}}),
        )
    })
    .await
}

fn not_a_member() -> AppError {
    AppError::Refused("Organisation is not in the sharing group.".into())
}

async fn change<F>(ctx: &Ctx, group: &str, org: &str, work: F) -> AppResult<()>
where
    F: FnOnce(&Ctx, &mut Tx<'_>, &SharingGroup, &Organisation) -> AppResult<()> + Clone + Send + 'static,
{
    let (group, org) = (group.to_owned(), org.to_owned());
    ctx.write(move |ctx, tx| {
        // The group first: who may not change it learns nothing of organisations.
        let group = to_extend(ctx, tx, &group)?;
        let org = organisations::find(tx, &org).map_err(|error| match error {
            AppError::NotFound(_) => AppError::NotAllowed("Invalid organisation.".into()),
            other => other,
        })?;
        work(ctx, tx, &group, &org)
    })
    .await
}
