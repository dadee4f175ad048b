//! The blocklist of analyst data (spec 06 B.8): uuids that are refused when they arrive again. Site administrators.

use crate::Ctx;
use serde_json::json;
use sightline_core::{AppError, AppResult};
use sightline_db::Tx;
use sightline_db::analyst_data::blocklist;
pub use sightline_db::analyst_data::blocklist::Blocked;
use sightline_db::audit::Change;
use uuid::Uuid;

/// Most uuids that one request may add: they are typed or pasted.
pub const ADD_MAX: usize = 10_000;

fn require(ctx: &Ctx) -> AppResult<()> {
    if ctx.caller.is_site_admin() {
        Ok(())
    } else {
        Err(AppError::no_permission())
    }
}

fn record(ctx: &Ctx, tx: &mut Tx<'_>, action: &str, entry: &Blocked) -> AppResult<()> {
    ctx.audit(
        tx,
        &Change {
            action,
            model: "AnalystDataBlocklist",
            id: entry.id,
            title: &entry.uuid.to_string(),
            event: None,
            fields: json!({
                "analyst_data_info": entry.info, "analyst_data_orgc": entry.orgc, "comment": entry.comment,
            }),
        },
    )
}

/// A page of the list, oldest first, and how many entries there are.
pub async fn index(ctx: &Ctx, page: u32, limit: u32) -> AppResult<(Vec<Blocked>, i64)> {
    require(ctx)?;
    let offset = i64::from(page.saturating_sub(1)) * i64::from(limit);
    ctx.read(move |_, tx| Ok(blocklist::page(tx, limit, offset)?))
        .await
}

/// Blocks uuids; those that are blocked now and those that were before.
pub async fn add(ctx: &Ctx, uuids: Vec<Uuid>, as_entry: Blocked) -> AppResult<(Vec<Uuid>, Vec<Uuid>)> {
    require(ctx)?;
    ctx.write(move |ctx, tx| {
        let (mut added, mut known) = (Vec::new(), Vec::new());
        for uuid in uuids {
            let entry = Blocked {
                uuid,
                created: ctx.now(),
                ..as_entry.clone()
            };
            if blocklist::add(tx, &entry)? {
                record(ctx, tx, "add", &entry)?;
                added.push(uuid);
            } else {
                known.push(uuid);
            }
        }
        Ok((added, known))
    })
    .await
}

fn found(tx: &mut Tx<'_>, key: &str) -> AppResult<Blocked> {
    let invalid = || AppError::not_found("Invalid blocklist entry.");
    let (id, uuid) = match key.parse() {
        Ok(id) => (Some(id), None),
        Err(_) => (None, Some(Uuid::try_parse(key).map_err(|_| invalid())?)),
    };
    blocklist::find(tx, id, uuid)?.ok_or_else(invalid)
}

/// What an edit may change of an entry; what is `None` stays.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "the columns of spec 06 B.8")]
pub struct Edit {
    pub info: Option<String>,
    pub orgc: Option<String>,
    pub comment: Option<String>,
}

/// Changes an entry, named by id or uuid; its uuid stays.
pub async fn edit(ctx: &Ctx, key: String, edit: Edit) -> AppResult<Blocked> {
    require(ctx)?;
    ctx.write(move |ctx, tx| {
        let before = found(tx, &key)?;
        let entry = Blocked {
            info: edit.info.unwrap_or_else(|| before.info.clone()),
            orgc: edit.orgc.unwrap_or_else(|| before.orgc.clone()),
            comment: edit.comment.unwrap_or_else(|| before.comment.clone()),
            ..before
        };
        blocklist::update(tx, &entry)?;
        record(ctx, tx, "edit", &entry)?;
        Ok(entry)
    })
    .await
}

/// Removes an entry, named by id or uuid.
pub async fn delete(ctx: &Ctx, key: String) -> AppResult<Blocked> {
    require(ctx)?;
    ctx.write(move |ctx, tx| remove(ctx, tx, &key)).await
}

/// Removes entries, named by id or uuid: all of them, or none when one is not there. How many.
pub async fn delete_many(ctx: &Ctx, keys: Vec<String>) -> AppResult<usize> {
    require(ctx)?;
    if keys.len() > DELETED_AT_ONCE {
        return Err(AppError::TooLarge(format!(
            "At most {DELETED_AT_ONCE} entries are deleted at once."
        )));
    }
    ctx.write(move |ctx, tx| {
        for key in &keys {
            remove(ctx, tx, key)?;
        }
        Ok(keys.len())
    })
    .await
}

/// Entries that one request deletes at most.
const DELETED_AT_ONCE: usize = 10_000;

fn remove(ctx: &Ctx, tx: &mut Tx<'_>, key: &str) -> AppResult<Blocked> {
    let entry = found(tx, key)?;
    blocklist::remove(tx, entry.id)?;
    record(ctx, tx, "delete", &entry)?;
    Ok(entry)
}
