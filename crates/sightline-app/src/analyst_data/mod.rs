//! Notes, opinions and relationships (spec 01 section 13, spec 03 section 13). They hang on anything that has a uuid,
//! known here or not, and are their writer's: they neither change nor unpublish what they hang on.

mod add;
pub mod blocklist;
mod capture;
mod carriers;
mod delete;
mod draft;
mod edit;
mod exchange;
mod list;
mod shown;

pub use add::add;
pub(crate) use capture::{capture, capture_on_attributes};
pub(crate) use carriers::{name_attributes, name_contents};
pub use delete::delete;
pub use edit::edit;
pub use exchange::{Known, minimal, push, wanted};
pub use list::{Listed, Page, children, count, index, list, on, on_attribute, on_object, related, view};
pub use shown::{Hung, Shown, counts_on, hung_on, write_related};
pub use sightline_db::analyst_data::{Filter, ListFilter};

use crate::{Ctx, organisations};
use serde_json::{Value, json};
use sightline_core::ids::AnalystDataId;
use sightline_core::{AppError, AppResult, Permission};
use sightline_db::analyst_data::{self, Key};
use sightline_db::audit::Change;
use sightline_db::{Tx, entities};
use sightline_misp::records::{AnalystContent, AnalystData, AnalystKind, EntityKind, EntityRef};
use uuid::Uuid;

/// Digits are an id, a uuid is a uuid, anything else names nothing.
pub fn key(kind: Option<AnalystKind>, text: &str) -> AppResult<Key> {
    if let Ok(id) = text.parse() {
        return Ok(Key::Id(AnalystDataId(id)));
    }
    Uuid::try_parse(text).map(Key::Uuid).map_err(|_| invalid(kind))
}

/// What the reference says of one that is not there or not shown.
pub fn invalid(kind: Option<AnalystKind>) -> AppError {
    AppError::not_found(format!(
        "Invalid {}.",
        kind.map_or("analyst data", AnalystKind::name)
    ))
}

/// `Forbidden` unless the caller may write analyst data at all.
fn require_write(ctx: &Ctx) -> AppResult<()> {
    ctx.require(Permission::Add)?;
    ctx.require(Permission::AnalystData)
}

/// The uuid of the caller's organisation.
fn own_org(ctx: &Ctx, tx: &mut Tx<'_>) -> AppResult<Uuid> {
    Ok(organisations::reference(tx, ctx.caller.org_id)?.uuid)
}

/// Whether the caller, of the organisation with this uuid, may change it (spec 05 section 6).
fn may_edit(ctx: &Ctx, own_org: Uuid, data: &AnalystData) -> bool {
    ctx.caller.is_site_admin()
        || ctx.caller.may(Permission::Add)
            && ctx.caller.may(Permission::AnalystData)
            && data.orgc_uuid == own_org
}

/// One that the caller may see and change: until the transaction ends nobody else does.
fn find_to_change(ctx: &Ctx, tx: &mut Tx<'_>, kind: Option<AnalystKind>, key: Key) -> AppResult<AnalystData> {
    analyst_data::lock(tx, key)?;
    let data = analyst_data::find(tx, ctx.visible(), kind, key)?.ok_or_else(|| invalid(kind))?;
    let own = own_org(ctx, tx)?;
    if may_edit(ctx, own, &data) {
        Ok(data)
    } else {
        Err(AppError::NotAllowed("You are not authorised to do that.".into()))
    }
}

/// Which visible thing a uuid is, when a request does not say.
pub async fn kind_of(ctx: &Ctx, uuid: Uuid) -> AppResult<EntityRef> {
    ctx.read(move |ctx, tx| {
        for kind in EntityKind::ALL.iter().copied() {
            if let Some(found) = entities::find(tx, ctx.visible(), kind, &[uuid])?.pop() {
                return Ok(found.of);
            }
        }
        Err(AppError::NotAllowed("Invalid object type.".into()))
    })
    .await
}

/// The row of an audit log.
fn record(ctx: &Ctx, tx: &mut Tx<'_>, action: &str, data: &AnalystData) -> AppResult<()> {
    let (title, mut fields): (&str, Value) = match &data.content {
        AnalystContent::Note { note, language } => (note, json!({"note": note, "language": language})),
        AnalystContent::Opinion { opinion, comment } => {
            (comment, json!({"opinion": opinion, "comment": comment}))
        }
        AnalystContent::Relationship {
            relationship_type,
            related,
        } => (
            relationship_type,
            json!({
                "relationship_type": relationship_type, "related_object_type": related.kind.name(),
                "related_object_uuid": related.uuid,
            }),
        ),
    };
    if let Value::Object(fields) = &mut fields {
        fields.insert("uuid".into(), json!(data.uuid));
        fields.insert("object_type".into(), json!(data.target.kind.name()));
        fields.insert("object_uuid".into(), json!(data.target.uuid));
        fields.insert("distribution".into(), json!(data.distribution.number()));
    }
    let title: String = title.chars().take(TITLE_CHARS).collect();
    ctx.audit(
        tx,
        &Change {
            action,
            model: data.kind().name(),
            id: data.id.0,
            title: &title,
            event: None,
            fields,
        },
    )
}

/// Characters of a text that name it in the audit log.
const TITLE_CHARS: usize = 80;
