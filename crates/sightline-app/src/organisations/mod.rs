//! Organisations: knowing them, and capturing those that arrive inside data.

mod capture;

pub use capture::capture;

use sightline_core::ids::OrgId;
use sightline_core::{AppError, AppResult};
use sightline_db::{Tx, organisations};
use sightline_misp::records::OrgRef;

/// What the reference says of an organisation that is not there or not visible.
pub fn invalid_organisation() -> AppError {
    AppError::not_found("Invalid organisation")
}

/// The short form for embedding; empty when the organisation is gone.
pub fn reference(tx: &mut Tx<'_>, id: OrgId) -> AppResult<OrgRef> {
    Ok(organisations::refs(tx, &[id.0])?.pop().unwrap_or(OrgRef { id, ..OrgRef::default() }))
}

/// Whether there is such an organisation.
pub fn exists(tx: &mut Tx<'_>, id: OrgId) -> AppResult<bool> {
    Ok(!organisations::refs(tx, &[id.0])?.is_empty())
}

/// Its name; empty when the organisation is gone.
pub fn name_of(tx: &mut Tx<'_>, id: OrgId) -> AppResult<String> {
    Ok(reference(tx, id)?.name)
}
