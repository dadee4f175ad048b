//! Logos of organisations: small pictures, kept in the database.

use crate::{DbResult, Tx, params};
use sightline_core::ids::OrgId;

/// A stored picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logo {
    /// Its media type, one of those that were let in.
    pub kind: String,
    /// The bytes as they came in.
    pub image: Vec<u8>,
    /// When it came in.
    pub modified: i64,
}

/// The logo of an organisation.
pub fn logo(tx: &mut Tx<'_>, org: OrgId) -> DbResult<Option<Logo>> {
    tx.first(
        "SELECT type, image, modified FROM organisation_logos WHERE org_id = $1",
        params![org],
        |row| {
            Ok(Logo {
                kind: row.text(0)?,
                image: row.bytes(1)?,
                modified: row.int(2)?,
            })
        },
    )
}

/// Which of these organisations have a logo, and since when.
pub fn logos_of(tx: &mut Tx<'_>, orgs: &[i64]) -> DbResult<Vec<(OrgId, i64)>> {
    tx.all(
        "SELECT org_id, modified FROM organisation_logos WHERE org_id = ANY($1)",
        params![orgs],
        |row| Ok((OrgId(row.int(0)?), row.int(1)?)),
    )
}

/// Stores a logo in place of the one that was there.
pub fn store_logo(tx: &mut Tx<'_>, org: OrgId, logo: &Logo) -> DbResult<()> {
    tx.exec(
        "INSERT INTO organisation_logos (org_id, type, image, modified) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (org_id) DO UPDATE SET type = excluded.type, image = excluded.image, modified = excluded.modified",
        params![org, &logo.kind, &logo.image, logo.modified],
    )?;
    Ok(())
}

/// Removes a logo; false when there was none.
pub fn remove_logo(tx: &mut Tx<'_>, org: OrgId) -> DbResult<bool> {
    Ok(tx.exec("DELETE FROM organisation_logos WHERE org_id = $1", params![org])? > 0)
}
