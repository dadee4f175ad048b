//! Adding, editing and deleting organisations: site administrators only.

use super::find;
use crate::{Ctx, changes, text_list};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use sightline_core::ids::OrgId;
use sightline_core::limits::ORG_NAME_CHARS;
use sightline_core::{AppError, AppResult, FieldErrors, Permission, random};
use sightline_db::audit::Change;
use sightline_db::{Tx, organisations};
use sightline_misp::input::Loose;
use sightline_misp::records::Organisation;
use uuid::Uuid;

/// An organisation as clients send it.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the fields of the wire, spec 01 section 10")]
pub struct OrganisationIn {
    pub uuid: Loose,
    pub name: Loose,
    pub description: Loose,
    #[serde(rename = "type")]
    pub kind: Loose,
    pub nationality: Loose,
    pub sector: Loose,
    pub contacts: Loose,
    pub local: Loose,
    pub landingpage: Loose,
    /// A list, or one text with a line or comma between domains.
    pub restricted_to_domain: Value,
}

/// Adds an organisation; local unless said otherwise.
pub async fn add(ctx: &Ctx, body: OrganisationIn) -> AppResult<Organisation> {
    ctx.require(Permission::SiteAdmin)?;
    ctx.write(move |ctx, tx| {
        let mut org = Organisation {
            uuid: random::uuid(),
            created_by: ctx.caller.user_id,
            local: true,
            date_created: ctx.now(),
            date_modified: ctx.now(),
            ..Organisation::default()
        };
        apply(tx, &mut org, &body)?;
        org.id = organisations::insert(tx, &org)?;
        record(ctx, tx, "add", &org, Value::Object(columns(&org)))?;
        Ok(org)
    })
    .await
}

/// Changes what the body names.
pub async fn edit(ctx: &Ctx, key: &str, body: OrganisationIn) -> AppResult<Organisation> {
    ctx.require(Permission::SiteAdmin)?;
    let key = key.to_owned();
    ctx.write(move |ctx, tx| {
        let before = find(tx, &key)?;
        let mut org = before.clone();
        apply(tx, &mut org, &body)?;
        org.date_modified = ctx.now();
        organisations::update(tx, &org)?;
        record(
            ctx,
            tx,
            "edit",
            &org,
            changes::between(&columns(&before), &columns(&org)),
        )?;
        Ok(org)
    })
    .await
}

/// Removes an organisation on which nothing hangs.
pub async fn delete(ctx: &Ctx, key: &str) -> AppResult<OrgId> {
    ctx.require(Permission::SiteAdmin)?;
    let key = key.to_owned();
    ctx.write(move |ctx, tx| {
        let org = find(tx, &key)?;
        if org.id == ctx.platform.host_org || organisations::is_used(tx, org.id)? {
            // The reference gives no reason here, and clients compare what it says.
            return Err(AppError::Rejected(json!([])));
        }
        organisations::delete(tx, org.id)?;
        record(ctx, tx, "delete", &org, Value::Object(columns(&org)))?;
        Ok(org.id)
    })
    .await
}

fn apply(tx: &mut Tx<'_>, org: &mut Organisation, body: &OrganisationIn) -> AppResult<()> {
    let mut errors = FieldErrors::default();
    for (input, field) in [
        (&body.name, &mut org.name),
        (&body.kind, &mut org.kind),
        (&body.nationality, &mut org.nationality),
        (&body.sector, &mut org.sector),
    ] {
        if let Some(text) = input.text() {
            text.trim().clone_into(field);
        }
    }
    for (input, field) in [
        (&body.description, &mut org.description),
        (&body.contacts, &mut org.contacts),
        (&body.landingpage, &mut org.landingpage),
    ] {
        if let Some(text) = input.text() {
            *field = Some(text);
        }
    }
    if let Some(domains) = text_list::parse(&body.restricted_to_domain) {
        org.restricted_to_domain = domains;
    }
    match body.local.flag() {
        Some(local) => org.local = local,
        None if !body.local.is_given() => {}
        None => errors.add("local", "The value has to be a boolean (true, false, 0 or 1)."),
    }
    if let Some(text) = body.uuid.filled() {
        match Uuid::try_parse(&text) {
            Ok(uuid) => org.uuid = uuid,
            Err(_) => errors.add("uuid", "Please provide a valid RFC 4122 UUID"),
        }
    }
    if org.name.is_empty() {
        errors.add("name", "Name cannot be empty.");
    } else if org.name.chars().count() > ORG_NAME_CHARS {
        errors.add(
            "name",
            format!("The name is longer than {ORG_NAME_CHARS} characters."),
        );
    }
    if organisations::by_name(tx, &org.name)?.is_some_and(|other| other.id != org.id) {
        errors.add("name", "An organisation with this name already exists.");
    }
    if organisations::by_uuid(tx, org.uuid)?.is_some_and(|other| other.id != org.id) {
        errors.add("uuid", "An organisation with this UUID already exists.");
    }
    errors.into_result()
}

fn columns(org: &Organisation) -> Map<String, Value> {
    changes::fields(json!({
        "uuid": org.uuid,
        "name": org.name,
        "description": org.description,
        "type": org.kind,
        "nationality": org.nationality,
        "sector": org.sector,
        "contacts": org.contacts,
        "local": org.local,
        "restricted_to_domain": org.restricted_to_domain,
        "landingpage": org.landingpage,
    }))
}

fn record(ctx: &Ctx, tx: &mut Tx<'_>, action: &str, org: &Organisation, fields: Value) -> AppResult<()> {
    ctx.audit(
        tx,
        &Change {
            action,
            model: "Organisation",
            id: org.id.0,
            title: &org.name,
            event: None,
            fields,
        },
    )
}
