//! Sharing groups: choosing one for new data, and capturing one that arrives inside a record (spec 01 section 9).

use crate::{Ctx, organisations};
use sightline_core::ids::SharingGroupId;
use sightline_core::{AppError, AppResult, Permission, random};
use sightline_db::{Tx, sharing_groups};
use sightline_misp::input::{Loose, SharingGroupIn};
use sightline_misp::records::{OrgRef, SharingGroup, SharingGroupOrg, SharingGroupServer};
use std::collections::HashMap;
use uuid::Uuid;

/// `NotAllowed` unless the caller may put data into the group.
pub fn require_choosable(ctx: &Ctx, tx: &mut Tx<'_>, id: SharingGroupId) -> AppResult<()> {
    if sharing_groups::is_choosable(tx, ctx.visible(), id)? {
        Ok(())
    } else {
        Err(AppError::Forbidden(
            "Invalid Sharing Group or not authorised.".into(),
        ))
    }
}

/// The local group for one that arrived inside a record: found by uuid, or created with its members.
pub fn capture(ctx: &Ctx, tx: &mut Tx<'_>, input: &SharingGroupIn) -> AppResult<SharingGroupId> {
    let refused = || {
        AppError::Refused(
            "Event could not be saved: User not authorised to create the associated sharing group.".into(),
        )
    };
    let uuid = input.uuid.filled().and_then(|text| Uuid::try_parse(&text).ok());
    if let Some(known) = uuid
        .map(|uuid| sharing_groups::by_uuid(tx, uuid))
        .transpose()?
        .flatten()
    {
        require_choosable(ctx, tx, known.id)?;
        return Ok(known.id);
    }
    if !ctx.caller.may(Permission::SharingGroup) {
        return Err(refused());
    }
    let group = described(ctx, tx, input, uuid)?;
    let own_org_is_in = group.orgs.iter().any(|member| member.org.id == ctx.caller.org_id)
        || group
            .servers
            .iter()
            .any(|server| server.server_id == 0 && server.all_orgs);
    if !own_org_is_in && !ctx.caller.is_site_admin() {
        return Err(refused());
    }
    Ok(sharing_groups::insert(tx, &group)?)
}

fn described(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    input: &SharingGroupIn,
    uuid: Option<Uuid>,
) -> AppResult<SharingGroup> {
    let name = input
        .name
        .filled()
        .ok_or_else(|| AppError::field("name", "Name cannot be empty."))?;
    let name = if sharing_groups::name_exists(tx, &name)? {
        format!("{name}_{}", random::alphanumeric(4).to_lowercase())
    } else {
        name
    };
    let creator = match &input.organisation {
        Some(org) => organisations::capture(ctx, tx, org)?,
        None => ctx.caller.org_id,
    };
    let mut orgs: Vec<SharingGroupOrg> = Vec::new();
    for member in &input.orgs.0 {
        let Some(org) = &member.organisation else { continue };
        let id = organisations::capture(ctx, tx, org)?;
        if !orgs.iter().any(|known| known.org.id == id) {
            let org = OrgRef {
                id,
                ..OrgRef::default()
            };
            orgs.push(SharingGroupOrg {
                id: 0,
                org,
                extend: member.extend.flag() == Some(true),
            });
        }
    }
    let roaming = input.roaming.flag() == Some(true);
    let here = SharingGroupServer {
        id: 0,
        server_id: 0,
        all_orgs: false,
    };
    let text = |field: &Loose| field.filled().unwrap_or_default();
    Ok(SharingGroup {
        uuid: uuid.unwrap_or_else(random::uuid),
        name,
        releasability: text(&input.releasability),
        description: text(&input.description),
        organisation_uuid: input
            .organisation_uuid
            .filled()
            .and_then(|text| Uuid::try_parse(&text).ok()),
        org_id: creator,
        sync_user_id: ctx.caller.user_id,
        active: true,
        local: false,
        roaming,
        created: ctx.now(),
        modified: ctx.now(),
        orgs,
        servers: if roaming { Vec::new() } else { vec![here] },
        ..SharingGroup::default()
    })
}

/// The groups that data arriving in one transaction refers to, each resolved once.
#[derive(Debug, Default)]
pub struct Resolver {
    by_uuid: HashMap<Uuid, Option<SharingGroupId>>,
    choosable: HashMap<SharingGroupId, bool>,
}

impl Resolver {
    /// The group for a record with distribution 4: the embedded one, or the id that it names. `None` when the caller
    /// may not use it; the record is then dropped rather than shown to more people than meant.
    pub fn resolve(
        &mut self,
        ctx: &Ctx,
        tx: &mut Tx<'_>,
        embedded: Option<&SharingGroupIn>,
        id: SharingGroupId,
    ) -> AppResult<Option<SharingGroupId>> {
        if let Some(group) = embedded.filter(|_| ctx.caller.may(Permission::Sync)) {
            let uuid = group
                .uuid
                .filled()
                .and_then(|text| Uuid::try_parse(&text).ok())
                .unwrap_or_default();
            if let Some(known) = self.by_uuid.get(&uuid) {
                return Ok(*known);
            }
            let captured = match capture(ctx, tx, group) {
                Ok(id) => Some(id),
                Err(AppError::Refused(_) | AppError::Forbidden(_) | AppError::Invalid(_)) => None,
                Err(error) => return Err(error),
            };
            self.by_uuid.insert(uuid, captured);
            return Ok(captured);
        }
        let known = self.choosable.get(&id).copied();
        let choosable = match known {
            Some(known) => known,
            None => sharing_groups::is_choosable(tx, ctx.visible(), id)?,
        };
        self.choosable.insert(id, choosable);
        Ok(choosable.then_some(id))
    }
}

/// The groups that the caller may choose for new data: id and name, by name.
pub async fn choosable(ctx: &Ctx) -> AppResult<Vec<(SharingGroupId, String)>> {
    ctx.read(|ctx, tx| {
        let groups = sharing_groups::choosable(tx, ctx.visible())?;
        Ok(groups.into_iter().map(|group| (group.id, group.name)).collect())
    })
    .await
}
