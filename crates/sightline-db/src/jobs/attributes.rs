//! The attributes that a job works on, where what it does changes what would match.

use crate::{DbResult, Kind, Tx, Value, params};
use sightline_core::ids::JobId;

/// Adds attributes to a job's list.
pub fn add_attributes(tx: &mut Tx<'_>, job: JobId, ids: &[i64]) -> DbResult<()> {
    const COLUMNS: &[(&str, Kind)] = &[("job_id", Kind::Int), ("attribute_id", Kind::Int)];
    tx.insert_many("job_attributes", COLUMNS, ids.len(), |n, row| {
        if let Some(id) = ids.get(n) {
            row.extend([job.into(), Value::Int(*id)]);
        }
    })
}

/// The last attribute of a job's list; 0 when it is empty.
pub fn last_attribute(tx: &mut Tx<'_>, job: JobId) -> DbResult<i64> {
    tx.int(
        "SELECT COALESCE(MAX(attribute_id), 0) FROM job_attributes WHERE job_id = $1",
        params![job],
    )
}

/// The next of a job's list, in id order after `after`.
pub fn next_attributes(tx: &mut Tx<'_>, job: JobId, after: i64, limit: usize) -> DbResult<Vec<i64>> {
    tx.all(
        "SELECT attribute_id FROM job_attributes WHERE job_id = $1 AND attribute_id > $2 ORDER BY attribute_id LIMIT $3",
        params![job, after, i64::try_from(limit).unwrap_or(i64::MAX)],
        |row| row.int(0),
    )
}

/// Removes a job's list.
pub fn forget_attributes(tx: &mut Tx<'_>, job: JobId) -> DbResult<()> {
    tx.exec("DELETE FROM job_attributes WHERE job_id = $1", params![job])?;
    Ok(())
}
