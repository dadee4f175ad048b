//! An organisation met in an event, a sharing group or a sighting (spec 01 section 10): found by uuid, else by name,
//! else added as one that is not local.

use crate::Ctx;
use serde_json::json;
use sightline_core::ids::OrgId;
use sightline_core::limits::ORG_NAME_CHARS;
use sightline_core::{AppError, AppResult, random};
use sightline_db::audit::Change;
use sightline_db::{Tx, organisations};
use sightline_misp::input::OrgIn;
use sightline_misp::records::Organisation;
use uuid::Uuid;

/// Names tried before giving up on a name that others have taken.
const NAME_ATTEMPTS: u32 = 100;

/// The local id of the organisation that a body describes.
pub fn capture(ctx: &Ctx, tx: &mut Tx<'_>, input: &OrgIn) -> AppResult<OrgId> {
    let uuid = input.uuid.filled().and_then(|text| Uuid::try_parse(&text).ok());
    if let Some(uuid) = uuid
        && let Some(known) = organisations::by_uuid(tx, uuid)?
    {
        return Ok(known.id);
    }
    let name = input.name.filled().or_else(|| uuid.map(|uuid| uuid.to_string()));
    let name =
        name.ok_or_else(|| AppError::field("Orgc", "The organisation has neither a uuid nor a name."))?;
    if name.chars().count() > ORG_NAME_CHARS {
        return Err(AppError::field(
            "Orgc",
            format!("The organisation's name is longer than {ORG_NAME_CHARS} characters."),
        ));
    }
    match (organisations::by_name(tx, &name)?, uuid) {
        (Some(known), None) => Ok(known.id),
        (None, _) => add(ctx, tx, name, uuid),
        // The name belongs to another organisation: two that share a name must not become one.
        (Some(_), Some(_)) => {
            let free = free_name(tx, &name)?;
            add(ctx, tx, free, uuid)
        }
    }
}

fn free_name(tx: &mut Tx<'_>, name: &str) -> AppResult<String> {
    for number in 1..=NAME_ATTEMPTS {
        let candidate = format!("{name}_{number}");
        if organisations::by_name(tx, &candidate)?.is_none() {
            return Ok(candidate);
        }
    }
    Err(AppError::Conflict(format!(
        "Too many organisations are called {name}."
    )))
}

fn add(ctx: &Ctx, tx: &mut Tx<'_>, name: String, uuid: Option<Uuid>) -> AppResult<OrgId> {
    let org = Organisation {
        uuid: uuid.unwrap_or_else(random::uuid),
        name,
        created_by: ctx.caller.user_id,
        local: false,
        date_created: ctx.now(),
        date_modified: ctx.now(),
        ..Organisation::default()
    };
    let Some(id) = organisations::insert_if_new(tx, &org)? else {
        // Another transaction has just brought it.
        let known = organisations::by_uuid(tx, org.uuid)?;
        return known.map(|org| org.id).ok_or_else(|| {
            AppError::Conflict(format!(
                "The organisation {} is being added by somebody else.",
                org.name
            ))
        });
    };
    ctx.audit(
        tx,
        &Change {
            action: "add",
            model: "Organisation",
            id: id.0,
            title: &org.name,
            event: None,
            fields: json!({"uuid": org.uuid, "name": org.name, "local": false}),
        },
    )?;
    Ok(id)
}
