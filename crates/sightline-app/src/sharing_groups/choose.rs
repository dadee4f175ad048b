//! Choosing the group of a record with distribution 4: by id, by uuid, or by the group that the record embeds.

use super::capture::capture;
use super::key;
use crate::Ctx;
use sightline_core::ids::{OrgId, SharingGroupId};
use sightline_core::{AppError, AppResult, Permission};
use sightline_db::sharing_groups::{self, Key};
use sightline_db::{Tx, organisations};
use sightline_misp::input::{Loose, SharingGroupIn};
use sightline_misp::records::SharingGroup;
use std::collections::HashMap;
use uuid::Uuid;

/// Which group a body names.
#[derive(Clone, Copy, Debug)]
pub struct Wish<'a> {
    named: &'a Loose,
    embedded: Option<&'a SharingGroupIn>,
    kept: SharingGroupId,
}

impl<'a> Wish<'a> {
    /// `sharing_group_id` and `SharingGroup` of a body.
    pub fn new(named: &'a Loose, embedded: Option<&'a SharingGroupIn>) -> Self {
        Self {
            named,
            embedded,
            kept: SharingGroupId(0),
        }
    }

    /// The record is in this group already and may stay there, whatever has become of the group since; 0 for none.
    #[must_use]
    pub fn keeping(self, kept: SharingGroupId) -> Self {
        Self { kept, ..self }
    }

    /// Whether the body names no group, in any way.
    pub fn is_empty(&self) -> bool {
        self.embedded.is_none() && self.key().is_none()
    }

    /// The group by which the body calls it; `None` when it names none.
    fn key(&self) -> Option<Key> {
        let named = self.named.filled().filter(|text| text != "0");
        match named {
            Some(text) => key(&text).or(Some(Key::Id(SharingGroupId(0)))),
            None if self.kept.0 != 0 => Some(Key::Id(self.kept)),
            None => uuid_of(self.embedded?).map(Key::Uuid),
        }
    }
}

pub(super) fn uuid_of(input: &SharingGroupIn) -> Option<Uuid> {
    Uuid::try_parse(&input.uuid.filled()?).ok()
}

fn not_authorised() -> AppError {
    AppError::Forbidden("Invalid Sharing Group or not authorised.".into())
}

/// The group, when the caller may put data into it: it is active and visible, or the record is in it already. Those who
/// synchronise bring unknown groups with the record.
pub fn choose(ctx: &Ctx, tx: &mut Tx<'_>, wish: Wish<'_>) -> AppResult<SharingGroupId> {
    let key = match wish.embedded {
        Some(embedded) if ctx.caller.may(Permission::Sync) => Key::Id(capture(ctx, tx, embedded)?),
        embedded => {
            // A group from elsewhere: the number beside it means another group here.
            if let Some(uuid) = embedded.and_then(uuid_of)
                && sharing_groups::find(tx, ctx.visible(), Key::Uuid(uuid))?.is_none()
            {
                return Err(not_authorised());
            }
            wish.key().ok_or_else(not_authorised)?
        }
    };
    if key == Key::Id(wish.kept) && wish.kept.0 != 0 {
        return Ok(wish.kept);
    }
    let chosen = sharing_groups::choosable_id(tx, ctx.visible(), key)?.ok_or_else(not_authorised)?;
    sharing_groups::keep(tx, chosen)?;
    Ok(chosen)
}

/// `Forbidden` unless the caller may put data into the group.
pub fn require_choosable(ctx: &Ctx, tx: &mut Tx<'_>, id: SharingGroupId) -> AppResult<()> {
    sharing_groups::choosable_id(tx, ctx.visible(), Key::Id(id))?
        .map(|_| ())
        .ok_or_else(not_authorised)
}

/// The groups that data arriving in one transaction refers to, each resolved once: by the uuid of the embedded group
/// and what the body says beside it.
#[derive(Debug, Default)]
pub struct Resolver {
    known: HashMap<(Option<Uuid>, Option<Key>), Option<SharingGroupId>>,
}

impl Resolver {
    /// As [`choose`]; `None` when the caller may not use the group. The record is then dropped rather than shown to more
    /// people than meant.
    pub fn resolve(
        &mut self,
        ctx: &Ctx,
        tx: &mut Tx<'_>,
        wish: Wish<'_>,
    ) -> AppResult<Option<SharingGroupId>> {
        let key = (wish.embedded.and_then(uuid_of), wish.key());
        if let Some(known) = self.known.get(&key) {
            return Ok(*known);
        }
        let chosen = match choose(ctx, tx, wish) {
            Ok(id) => Some(id),
            Err(AppError::Refused(_) | AppError::Forbidden(_) | AppError::Invalid(_)) => None,
            Err(error) => return Err(error),
        };
        // A record that stays where it is says nothing of what others may do; a group without a uuid is a new one.
        if chosen != Some(wish.kept) && key != (None, None) {
            self.known.insert(key, chosen);
        }
        Ok(chosen)
    }
}

/// What stands for the group of a record when the caller may not see that group.
const UNSEEN: &str = "The present group, which you may not see";

/// The groups that the caller may choose for new data: id and name, by name. Where two share a name, it carries who
/// made the group. `kept` is offered as well, 0 for none: a record may stay in its group.
pub async fn choosable(ctx: &Ctx, kept: SharingGroupId) -> AppResult<Vec<(SharingGroupId, String)>> {
    ctx.read(move |ctx, tx| {
        let mut groups = sharing_groups::choosable(tx, ctx.visible())?;
        if kept.0 != 0 && !groups.iter().any(|group| group.id == kept) {
            groups.extend(sharing_groups::by_ids(tx, ctx.visible(), &[kept.0])?);
        }
        let orgs: Vec<i64> = groups.iter().map(|group| group.org_id.0).collect();
        let orgs: HashMap<OrgId, String> = organisations::refs(tx, &orgs)?
            .into_iter()
            .map(|org| (org.id, org.name))
            .collect();
        let label = |group: &SharingGroup| {
            let twins = groups.iter().filter(|other| other.name == group.name).count();
            match orgs.get(&group.org_id) {
                Some(org) if twins > 1 => format!("{} ({org})", group.name),
                _ => group.name.clone(),
            }
        };
        let mut offered: Vec<_> = groups.iter().map(|group| (group.id, label(group))).collect();
        if kept.0 != 0 && !offered.iter().any(|(id, _)| *id == kept) {
            offered.push((kept, UNSEEN.into()));
        }
        Ok(offered)
    })
    .await
}
