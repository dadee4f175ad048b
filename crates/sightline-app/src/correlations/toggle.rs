//! Switching the correlation of one event or attribute off and on again. Nothing is stored of correlations, so there is
//! nothing to purge or to recompute.

use crate::Ctx;
use crate::attributes::{self, AttributeKey};
use crate::events::{self, EventKey, may_modify};
use serde_json::json;
use sightline_core::ids::{AttributeId, EventId};
use sightline_core::{AppError, AppResult, Permission};
use sightline_db::audit::Change;
use sightline_misp::records::Event;

/// Site administrators may; others where the instance allows it and they may change the event (spec 05 section 6).
fn require(ctx: &Ctx, event: &Event) -> AppResult<()> {
    if ctx.caller.is_site_admin() {
        return Ok(());
    }
    if !ctx.settings().correlations.may_be_disabled {
        return Err(AppError::NotAllowed(
            "Disabling the correlation is not permitted on this instance.".into(),
        ));
    }
    if may_modify(ctx, event) {
        Ok(())
    } else {
        Err(AppError::no_permission())
    }
}

/// Switches an event's correlation; whether it is disabled now. Its timestamp stays: only this instance is concerned.
pub async fn toggle_event(ctx: &Ctx, key: EventKey) -> AppResult<(EventId, bool)> {
    ctx.write(move |ctx, tx| {
        let before = events::find_to_change(ctx, tx, &key)?;
        require(ctx, &before)?;
        let disabled = !before.disable_correlation;
        let event = Event {
            disable_correlation: disabled,
            ..before
        };
        sightline_db::events::update(tx, &event)?;
        let change = Change {
            action: "edit",
            model: "Event",
            id: event.id.0,
            title: &event.info,
            event: Some(event.id),
            fields: json!({"disable_correlation": [!disabled, disabled]}),
        };
        ctx.audit(tx, &change)?;
        Ok((event.id, disabled))
    })
    .await
}

/// Switches an attribute's correlation; whether it is disabled now. Its timestamp stays.
pub async fn toggle_attribute(ctx: &Ctx, key: AttributeKey) -> AppResult<(AttributeId, bool)> {
    ctx.write(move |ctx, tx| {
        let (mut attribute, event) = attributes::find_to_change(ctx, tx, &key)?;
        require(ctx, &event)?;
        let disabled = !attribute.disable_correlation;
        attribute.disable_correlation = disabled;
        sightline_db::attributes::update(tx, &attribute)?;
        let change = Change {
            action: "edit",
            model: "Attribute",
            id: attribute.id.0,
            title: &attribute.value(),
            event: Some(event.id),
            fields: json!({"disable_correlation": [!disabled, disabled]}),
        };
        ctx.audit(tx, &change)?;
        Ok((attribute.id, disabled))
    })
    .await
}

/// How many attributes correlate as they are: what "generating" them again comes to.
pub async fn regenerated(ctx: &Ctx) -> AppResult<i64> {
    ctx.require(Permission::SiteAdmin)?;
    ctx.read(|_, tx| Ok(sightline_db::correlations::participants(tx)?))
        .await
}
