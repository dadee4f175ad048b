//! The parts of a group as bodies write them: name, flags, members, instances, times.

use crate::{Ctx, organisations};
use sightline_core::ids::{OrgId, SharingGroupId};
use sightline_core::limits::SHARING_GROUP_NAME_CHARS;
use sightline_core::{AppError, AppResult, FieldErrors, random};
use sightline_db::{Tx, sharing_groups};
use sightline_misp::datetime::parse_lenient;
use sightline_misp::input::{Loose, OrgIn, SharingGroupIn, SharingGroupOrgIn, SharingGroupServerIn};
use sightline_misp::records::{OrgRef, SharingGroup, SharingGroupOrg, SharingGroupServer};

/// This instance among the instances of a group.
pub(super) const HERE: i64 = 0;

/// Applies name, texts and flags to a group; what the body leaves out keeps its value. Whether members see each other is
/// applied only where `owns` says so.
pub(super) fn apply(group: &mut SharingGroup, input: &SharingGroupIn, owns: bool) -> FieldErrors {
    let mut errors = FieldErrors::default();
    if input.name.is_given() {
        group.name = input.name.filled().unwrap_or_default();
    }
    if group.name.is_empty() {
        errors.add("name", "Name cannot be empty.");
    } else if group.name.chars().count() > SHARING_GROUP_NAME_CHARS {
        errors.add(
            "name",
            format!("The name is longer than {SHARING_GROUP_NAME_CHARS} characters."),
        );
    }
    for (field, text) in [
        (&input.releasability, &mut group.releasability),
        (&input.description, &mut group.description),
    ] {
        if let Some(given) = field.text() {
            given.trim().clone_into(text);
        }
    }
    let hidden = group.hide_members;
    for (name, field, flag) in [
        ("active", &input.active, &mut group.active),
        ("roaming", &input.roaming, &mut group.roaming),
        ("hide_members", &input.hide_members, &mut group.hide_members),
    ] {
        match field.flag() {
            Some(given) => *flag = given,
            None if !field.is_given() => {}
            None => errors.add(name, "The value has to be a boolean (true, false, 0 or 1)."),
        }
    }
    if group.hide_members != hidden && !owns {
        errors.add(
            "hide_members",
            "Only the organisation that made the group decides whether its members see each other.",
        );
    }
    errors
}

/// A name that no visible group has: the wanted one, or with a random number behind it (spec 01 section 9). A group
/// that the caller does not see must not show itself by its name.
pub(super) fn free_name(ctx: &Ctx, tx: &mut Tx<'_>, name: &str) -> AppResult<String> {
    Ok(
        if sharing_groups::name_is_seen(tx, ctx.visible(), name, SharingGroupId(0))? {
            format!("{name}_{}", random::alphanumeric(4).to_lowercase())
        } else {
            name.to_owned()
        },
    )
}

/// The organisations of a body that came with a record: unknown ones are captured.
pub(super) fn captured_orgs(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    input: &SharingGroupIn,
) -> AppResult<Vec<SharingGroupOrg>> {
    let mut orgs = Vec::new();
    for member in &input.orgs.0 {
        if let Some(org) = described(member) {
            put(
                &mut orgs,
                organisations::capture(ctx, tx, &org)?,
                member.extend.flag(),
            );
        }
    }
    Ok(orgs)
}

/// The organisations that a user names: by `Organisation`, or by an id of this instance. One that is described with
/// uuid and name is captured when it is not known; a name alone must be known, or every slip would make one.
pub(super) fn named_orgs(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    input: &SharingGroupIn,
) -> AppResult<Vec<SharingGroupOrg>> {
    let mut orgs = Vec::new();
    for member in &input.orgs.0 {
        let org = match described(member) {
            Some(org) => named(ctx, tx, &org)?,
            None => local(tx, &member.org_id.filled().unwrap_or_default())?,
        };
        put(&mut orgs, org, member.extend.flag());
    }
    for org in input.organisation.many() {
        let org = named(ctx, tx, org)?;
        put(&mut orgs, org, None);
    }
    Ok(orgs)
}

fn described(member: &SharingGroupOrgIn) -> Option<OrgIn> {
    let org = match &member.organisation {
        Some(org) => (**org).clone(),
        None => OrgIn {
            uuid: member.uuid.clone(),
            name: member.name.clone(),
            ..OrgIn::default()
        },
    };
    (org.uuid.filled().is_some() || org.name.filled().is_some()).then_some(org)
}

fn named(ctx: &Ctx, tx: &mut Tx<'_>, org: &OrgIn) -> AppResult<OrgId> {
    match (org.uuid.filled(), org.name.filled()) {
        (Some(_), Some(_)) => organisations::capture(ctx, tx, org),
        (Some(key), None) | (None, Some(key)) => local(tx, &key),
        (None, None) => local(tx, &org.id.filled().unwrap_or_default()),
    }
}

fn local(tx: &mut Tx<'_>, key: &str) -> AppResult<OrgId> {
    match organisations::find(tx, key) {
        Ok(org) => Ok(org.id),
        Err(AppError::NotFound(_)) => Err(AppError::field("SharingGroupOrg", "Invalid organisation.")),
        Err(error) => Err(error),
    }
}

fn put(orgs: &mut Vec<SharingGroupOrg>, id: OrgId, extend: Option<bool>) {
    let extend = extend == Some(true);
    match orgs.iter_mut().find(|known| known.org.id == id) {
        Some(known) => known.extend |= extend,
        None => orgs.push(SharingGroupOrg {
            id: 0,
            org: OrgRef {
                id,
                ..OrgRef::default()
            },
            extend,
        }),
    }
}

/// This instance as a body names it. Others are not known yet and are left out (spec 06 B.7). A number is believed only
/// from users of this instance: in a record from elsewhere 0 is the other instance.
pub(super) fn servers(ctx: &Ctx, input: &SharingGroupIn, from_here: bool) -> Vec<SharingGroupServer> {
    let all_orgs = input
        .servers
        .0
        .iter()
        .filter(|server| is_here(ctx, server, from_here))
        .map(|server| server.all_orgs.flag() == Some(true))
        .reduce(|one, other| one || other);
    let here = all_orgs.map(|all_orgs| SharingGroupServer {
        id: 0,
        server_id: HERE,
        all_orgs,
    });
    here.into_iter().collect()
}

fn is_here(ctx: &Ctx, server: &SharingGroupServerIn, from_here: bool) -> bool {
    let trimmed = |url: &str| url.trim_end_matches('/').to_owned();
    match server.server.as_ref().and_then(|server| server.url.filled()) {
        Some(url) => trimmed(&url) == trimmed(&ctx.platform.base_url),
        None => from_here && server.server_id.int() == Some(HERE),
    }
}

/// Adds members and instances to a group and renews those that are there; none is taken away.
pub(super) fn merge(
    tx: &mut Tx<'_>,
    group: SharingGroupId,
    orgs: &[SharingGroupOrg],
    servers: &[SharingGroupServer],
) -> AppResult<()> {
    for member in orgs {
        if !sharing_groups::add_org(tx, group, member.org.id, member.extend)? {
            sharing_groups::set_extend(tx, group, member.org.id, member.extend)?;
        }
    }
    for server in servers {
        sharing_groups::remove_server(tx, group, server.server_id)?;
        sharing_groups::add_server(tx, group, server.server_id, server.all_orgs)?;
    }
    Ok(())
}

/// `YYYY-MM-DD HH:MM:SS` in UTC as Unix seconds.
pub(super) fn moment(field: &Loose, now: i64) -> Option<i64> {
    parse_lenient(&field.filled()?, now).map(|micros| micros.div_euclid(1_000_000))
}
