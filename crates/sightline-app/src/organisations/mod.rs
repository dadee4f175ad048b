//! Organisations: knowing them, managing them, and capturing those that arrive inside data (spec 01 section 10).

mod capture;
mod list;
mod logos;
mod manage;
mod merge;

pub use capture::capture;
pub(crate) use list::may_see;
pub use list::{Described, Scope, event_counts, index, local_uuids, may_list, view};
pub use logos::{Logo, logo, remove_logo, set_logo};
pub use manage::{OrganisationIn, add, delete, edit};
pub(crate) use merge::takes;
pub use merge::{MergedOrganisations, merge};

use sightline_core::ids::OrgId;
use sightline_core::{AppError, AppResult};
use sightline_db::{Tx, organisations};
use sightline_misp::records::{OrgRef, Organisation};
use uuid::Uuid;

/// What the reference says of an organisation that is not there or not visible.
pub fn invalid_organisation() -> AppError {
    AppError::not_found("Invalid organisation")
}

/// The short form for embedding; empty when the organisation is gone.
pub fn reference(tx: &mut Tx<'_>, id: OrgId) -> AppResult<OrgRef> {
    Ok(organisations::refs(tx, &[id.0])?.pop().unwrap_or(OrgRef {
        id,
        ..OrgRef::default()
    }))
}

/// Whether there is such an organisation.
pub fn exists(tx: &mut Tx<'_>, id: OrgId) -> AppResult<bool> {
    Ok(!organisations::refs(tx, &[id.0])?.is_empty())
}

/// Its name; empty when the organisation is gone.
pub fn name_of(tx: &mut Tx<'_>, id: OrgId) -> AppResult<String> {
    Ok(reference(tx, id)?.name)
}

/// By id, uuid or exact name, in that order.
pub fn find(tx: &mut Tx<'_>, key: &str) -> AppResult<Organisation> {
    let found = if let Ok(id) = key.parse() {
        organisations::by_id(tx, OrgId(id))?
    } else if let Ok(uuid) = Uuid::try_parse(key) {
        organisations::by_uuid(tx, uuid)?
    } else {
        organisations::by_name(tx, key)?
    };
    found.ok_or_else(invalid_organisation)
}
