//! One change of many attributes at once.

use crate::{DbResult, Tx, params};
use sightline_core::ids::SharingGroupId;
use sightline_misp::records::Distribution;

/// The events of some attributes, in the order of their ids. An attribute never changes its event.
pub fn events_of(tx: &mut Tx<'_>, ids: &[i64]) -> DbResult<Vec<i64>> {
    tx.all(
        "SELECT DISTINCT event_id FROM attributes WHERE id = ANY($1) ORDER BY event_id",
        params![ids],
        |row| row.int(0),
    )
}

/// Sets the timestamp.
pub fn set_timestamps(tx: &mut Tx<'_>, ids: &[i64], now: i64) -> DbResult<()> {
    tx.exec(
        "UPDATE attributes SET timestamp = $2 WHERE id = ANY($1)",
        params![ids, now],
    )?;
    Ok(())
}

/// Sets the IDS flag, and the timestamp.
pub fn set_to_ids(tx: &mut Tx<'_>, ids: &[i64], to_ids: bool, now: i64) -> DbResult<()> {
    tx.exec(
        "UPDATE attributes SET to_ids = $2, timestamp = $3 WHERE id = ANY($1)",
        params![ids, to_ids, now],
    )?;
    Ok(())
}

/// Sets whether they stay out of correlations, and the timestamp.
pub fn set_disable_correlation(tx: &mut Tx<'_>, ids: &[i64], disabled: bool, now: i64) -> DbResult<()> {
    tx.exec(
        "UPDATE attributes SET disable_correlation = $2, timestamp = $3 WHERE id = ANY($1)",
        params![ids, disabled, now],
    )?;
    Ok(())
}

/// Sets who sees them, and the timestamp.
pub fn set_distribution(
    tx: &mut Tx<'_>,
    ids: &[i64],
    distribution: Distribution,
    group: SharingGroupId,
    now: i64,
) -> DbResult<()> {
    tx.exec(
        "UPDATE attributes SET distribution = $2, sharing_group_id = $3, timestamp = $4 WHERE id = ANY($1)",
        params![ids, distribution.number(), group, now],
    )?;
    Ok(())
}

/// Brings back what was marked as deleted.
pub fn restore(tx: &mut Tx<'_>, ids: &[i64], now: i64) -> DbResult<()> {
    tx.exec(
        "UPDATE attributes SET deleted = FALSE, timestamp = $2 WHERE id = ANY($1)",
        params![ids, now],
    )?;
    Ok(())
}
