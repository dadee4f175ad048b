//! Values that never correlate (spec 07 section 7, spec 08 section 4). They are looked at when correlations are read: a
//! new one works at once, and one that is taken away leaves nothing to be made good.

#[cfg(test)]
mod tests;

use crate::Ctx;
use serde::Deserialize;
use serde_json::{Value, json};
use sightline_core::ids::CorrelationExclusionId;
use sightline_core::limits::TEXT_CHARS;
use sightline_core::{AppError, AppResult, Permission};
use sightline_db::audit::Change;
use sightline_db::{Tx, correlation_exclusions};
use sightline_misp::input::Loose;
use sightline_misp::records::CorrelationExclusion;

/// The longest value, in characters.
const VALUE_CHARS: usize = 10_000;

/// An exclusion as clients send it.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the fields of the wire, spec 07 section 7")]
pub struct CorrelationExclusionIn {
    pub value: Loose,
    pub comment: Loose,
}

impl CorrelationExclusionIn {
    fn comment(&self, exclusion: &mut CorrelationExclusion) -> AppResult<()> {
        if let Some(text) = self.comment.text() {
            let text = text.trim();
            if text.chars().count() > TEXT_CHARS {
                return Err(AppError::field(
                    "comment",
                    format!("The comment is longer than {TEXT_CHARS} characters."),
                ));
            }
            exclusion.comment = (!text.is_empty()).then(|| text.to_owned());
        }
        Ok(())
    }
}

fn invalid_exclusion() -> AppError {
    AppError::not_found("Invalid correlation exclusion.")
}

/// A page, from 1, of the exclusions that contain a text, and how many there are in all.
pub async fn index(
    ctx: &Ctx,
    containing: String,
    page: u32,
    limit: u32,
) -> AppResult<(Vec<CorrelationExclusion>, i64)> {
    ctx.require(Permission::SiteAdmin)?;
    let offset = i64::from(page.saturating_sub(1)) * i64::from(limit);
    ctx.read(move |_, tx| Ok(correlation_exclusions::list(tx, &containing, limit, offset)?))
        .await
}

/// One of them.
pub async fn view(ctx: &Ctx, id: CorrelationExclusionId) -> AppResult<CorrelationExclusion> {
    ctx.require(Permission::SiteAdmin)?;
    ctx.read(move |_, tx| find(tx, id)).await
}

fn find(tx: &mut Tx<'_>, id: CorrelationExclusionId) -> AppResult<CorrelationExclusion> {
    correlation_exclusions::by_id(tx, id)?.ok_or_else(invalid_exclusion)
}

/// Excludes a value.
pub async fn add(ctx: &Ctx, body: CorrelationExclusionIn) -> AppResult<CorrelationExclusion> {
    ctx.require(Permission::SiteAdmin)?;
    let value = body.value.filled().unwrap_or_default();
    if value.trim_matches('%').is_empty() {
        return Err(AppError::field(
            "value",
            "Please name a value; a lone % would exclude everything.",
        ));
    }
    if value.chars().count() > VALUE_CHARS {
        return Err(AppError::field(
            "value",
            format!("The value is longer than {VALUE_CHARS} characters."),
        ));
    }
    let mut exclusion = CorrelationExclusion {
        value,
        ..CorrelationExclusion::default()
    };
    body.comment(&mut exclusion)?;
    ctx.write(move |ctx, tx| {
        exclusion.id = correlation_exclusions::insert(tx, &exclusion)?
            .ok_or_else(|| AppError::field("value", "This value is excluded already."))?;
        record(ctx, tx, "add", &exclusion, json!({"comment": exclusion.comment}))?;
        Ok(exclusion)
    })
    .await
}

/// Changes the comment.
pub async fn edit(
    ctx: &Ctx,
    id: CorrelationExclusionId,
    body: CorrelationExclusionIn,
) -> AppResult<CorrelationExclusion> {
    ctx.require(Permission::SiteAdmin)?;
    ctx.write(move |ctx, tx| {
        tx.lock_row("correlation_exclusions", id.0)?;
        let before = find(tx, id)?;
        let mut exclusion = before.clone();
        body.comment(&mut exclusion)?;
        correlation_exclusions::update(tx, &exclusion)?;
        let changed = json!({"comment": [before.comment, exclusion.comment]});
        record(ctx, tx, "edit", &exclusion, changed)?;
        Ok(exclusion)
    })
    .await
}

/// Lets a value correlate again.
pub async fn delete(ctx: &Ctx, id: CorrelationExclusionId) -> AppResult<()> {
    ctx.require(Permission::SiteAdmin)?;
    ctx.write(move |ctx, tx| {
        tx.lock_row("correlation_exclusions", id.0)?;
        let exclusion = find(tx, id)?;
        correlation_exclusions::delete(tx, id)?;
        record(
            ctx,
            tx,
            "delete",
            &exclusion,
            json!({"comment": exclusion.comment}),
        )
    })
    .await
}

fn record(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    action: &str,
    exclusion: &CorrelationExclusion,
    fields: Value,
) -> AppResult<()> {
    ctx.audit(
        tx,
        &Change {
            action,
            model: "CorrelationExclusion",
            id: exclusion.id.0,
            title: &exclusion.value,
            event: None,
            fields,
        },
    )
}
