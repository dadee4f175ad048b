//! Reading groups: those that the caller is in, or made (spec 05 section 5).

use super::{find, may_delete, may_edit};
use crate::{Ctx, organisations};
use sightline_core::ids::OrgId;
use sightline_core::{AppError, AppResult};
use sightline_db::{Tx, organisations as db_organisations, sharing_groups, users};
use sightline_misp::records::{OrgRef, Organisation, SharingGroup};

/// Which groups a list shows.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only active, or only inactive ones.
    pub active: Option<bool>,
    /// Part of name, description or releasability; or the uuid.
    pub search: Option<String>,
    /// An organisation that made the group or is known to be a member, by id, uuid or name.
    pub org: Option<String>,
}

/// A group with what the caller may do with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The group, with the members that the caller may know.
    pub group: SharingGroup,
    /// May be changed and extended.
    pub editable: bool,
    /// May be deleted.
    pub deletable: bool,
}

/// A group with all that its page says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The group and the caller's rights.
    pub listed: Listed,
    /// Who made it.
    pub creator: Organisation,
    /// The organisation of the user who brought it; unknown to those who may not know the members.
    pub sync_org: Option<OrgRef>,
}

/// A page of groups by name, and how many there are in all.
pub async fn index(ctx: &Ctx, filter: Filter, limit: u32, offset: u32) -> AppResult<(Vec<Listed>, i64)> {
    ctx.read(move |ctx, tx| {
        let org = match &filter.org {
            None => None,
            Some(key) => match organisations::find(tx, key) {
                Ok(org) => Some(org.id),
                Err(AppError::NotFound(_)) => return Ok((Vec::new(), 0)),
                Err(error) => return Err(error),
            },
        };
        listed(ctx, tx, filter, org, limit, offset)
    })
    .await
}

/// Most groups named on the page of an organisation.
const OF_ORGANISATION: u32 = 500;

/// The visible groups that an organisation made, or is known to be a member of.
pub async fn of_organisation(ctx: &Ctx, org: OrgId) -> AppResult<Vec<Listed>> {
    ctx.read(move |ctx, tx| {
        let (groups, _) = listed(ctx, tx, Filter::default(), Some(org), OF_ORGANISATION, 0)?;
        Ok(groups)
    })
    .await
}

fn listed(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    filter: Filter,
    org: Option<OrgId>,
    limit: u32,
    offset: u32,
) -> AppResult<(Vec<Listed>, i64)> {
    let filter = sharing_groups::Filter {
        active: filter.active,
        search: filter.search,
        org,
    };
    let (groups, total) = sharing_groups::list(tx, ctx.visible(), &filter, limit, offset)?;
    Ok((
        groups.into_iter().map(|group| judged(ctx, group)).collect(),
        total,
    ))
}

fn judged(ctx: &Ctx, group: SharingGroup) -> Listed {
    Listed {
        editable: may_edit(ctx, &group),
        deletable: may_delete(ctx, &group),
        group,
    }
}

/// One group, by id or uuid.
pub async fn view(ctx: &Ctx, key: &str) -> AppResult<Shown> {
    let key = key.to_owned();
    ctx.read(move |ctx, tx| {
        let group = find(ctx, tx, &key)?.ok_or_else(|| {
            AppError::NotAllowed(
                "Sharing group doesn't exist or you do not have permission to access it.".into(),
            )
        })?;
        let creator = db_organisations::by_id(tx, group.org_id)?.unwrap_or_default();
        let sync_org = match users::standing(tx, group.sync_user_id)? {
            Some(user) if !group.concealed => Some(organisations::reference(tx, user.org_id)?),
            _ => None,
        };
        Ok(Shown {
            listed: judged(ctx, group),
            creator,
            sync_org,
        })
    })
    .await
}
