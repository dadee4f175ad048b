//! Settings that were changed while the server ran: a name and a JSON value.

use crate::{DbResult, Tx, params};
use serde_json::Value;

/// Every stored setting, by name.
pub fn all(tx: &mut Tx<'_>) -> DbResult<Vec<(String, Value)>> {
    tx.all(
        "SELECT setting, value FROM system_settings ORDER BY setting",
        &[],
        |row| {
            Ok((
                row.text(0)?,
                serde_json::from_str(row.str(1)?).unwrap_or_default(),
            ))
        },
    )
}

/// Writes a setting, replacing an older value.
pub fn set(tx: &mut Tx<'_>, setting: &str, value: &Value, now: i64) -> DbResult<()> {
    tx.exec(
        "INSERT INTO system_settings (setting, value, modified) VALUES ($1, $2, $3) \
         ON CONFLICT (setting) DO UPDATE SET value = excluded.value, modified = excluded.modified",
        params![setting, value.to_string().as_str(), now],
    )?;
    Ok(())
}

/// Goes back to the default.
pub fn remove(tx: &mut Tx<'_>, setting: &str) -> DbResult<()> {
    tx.exec("DELETE FROM system_settings WHERE setting = $1", params![setting])?;
    Ok(())
}
