//! Whose name stands on a sighting: the true one, nobody's, or that of the organisation that stands in for all
//! (spec 01 section 7).

use crate::Ctx;
use sightline_core::ids::OrgId;
use sightline_core::{AppResult, Permission};
use sightline_db::sightings::Detail;
use sightline_db::{Tx, organisations};
use sightline_misp::records::{OrgRef, Sighting};

/// A sighting as the caller is shown it: where sightings are anonymous, another organisation's has `org_id` 0 and no
/// organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The sighting.
    pub sighting: Sighting,
    /// Who saw it.
    pub org: Option<OrgRef>,
}

/// What the caller reads instead of another organisation's name.
#[derive(Clone, Debug)]
pub(super) struct Names {
    own: OrgId,
    hidden: bool,
    stand_in: Option<OrgRef>,
}

impl Names {
    pub(super) fn load(ctx: &Ctx, tx: &mut Tx<'_>) -> AppResult<Self> {
        let stand_in = match stand_in_of(ctx) {
            Some(id) => organisations::refs(tx, &[id])?.pop(),
            None => None,
        };
        Ok(Self {
            own: ctx.caller.org_id,
            hidden: are_hidden(ctx),
            stand_in,
        })
    }

    pub(super) fn shown(&self, mut sighting: Sighting, org: Option<OrgRef>) -> Shown {
        if !self.hidden || sighting.org_id == self.own {
            return Shown { sighting, org };
        }
        sighting.org_id = self.stand_in.as_ref().map_or(OrgId(0), |org| org.id);
        Shown {
            sighting,
            org: self.stand_in.clone(),
        }
    }

    /// The same for a sighting that comes with its attribute and event.
    pub(super) fn presented(&self, detail: Detail) -> Detail {
        let Shown { sighting, org } = self.shown(detail.sighting, detail.org);
        Detail {
            sighting,
            org,
            ..detail
        }
    }
}

/// Whether the caller does not read who else saw something. Asking by organisation must not tell either.
pub(super) fn are_hidden(ctx: &Ctx) -> bool {
    ctx.settings().sightings.anonymise || stand_in_of(ctx).is_some()
}

fn stand_in_of(ctx: &Ctx) -> Option<i64> {
    let syncs = ctx.caller.permissions.has(Permission::Sync) && !ctx.caller.is_site_admin();
    Some(ctx.settings().sightings.anonymise_as).filter(|id| syncs && *id != 0)
}
