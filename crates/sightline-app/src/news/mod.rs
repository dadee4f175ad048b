//! News (spec 10 part H): what the administrators tell everybody.

#[cfg(test)]
mod tests;

use crate::{Ctx, changes};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use sightline_core::ids::{NewsId, UserId};
use sightline_core::limits::{NAME_CHARS, TEXT_CHARS};
use sightline_core::{AppError, AppResult, FieldErrors, Permission};
use sightline_db::audit::Change;
use sightline_db::{Tx, news};
use sightline_misp::input::Loose;
use sightline_misp::records::News;

/// A news item as clients send it.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the fields of the wire, spec 10 part H")]
pub struct NewsIn {
    pub title: Loose,
    pub message: Loose,
    /// The author stays unnamed.
    pub anonymise: Loose,
}

impl NewsIn {
    fn apply(&self, ctx: &Ctx, item: &mut News) -> AppResult<()> {
        let mut errors = FieldErrors::default();
        for (input, field, target, longest) in [
            (&self.title, "title", &mut item.title, NAME_CHARS),
            (&self.message, "message", &mut item.message, TEXT_CHARS),
        ] {
            if let Some(text) = input.text() {
                text.trim().clone_into(target);
            }
            if target.is_empty() {
                errors.add(field, format!("The {field} cannot be empty."));
            } else if target.chars().count() > longest {
                errors.add(field, format!("The {field} is longer than {longest} characters."));
            }
        }
        match self.anonymise.flag() {
            Some(true) => item.user_id = UserId(0),
            Some(false) => item.user_id = ctx.caller.user_id,
            None if !self.anonymise.is_given() => {}
            None => errors.add(
                "anonymise",
                "The value has to be a boolean (true, false, 0 or 1).",
            ),
        }
        errors.into_result()
    }
}

fn invalid_news() -> AppError {
    AppError::not_found("No valid news item found.")
}

/// A page, from 1, of the news, newest first, and how many items there are in all.
pub async fn index(ctx: &Ctx, page: u32, limit: u32) -> AppResult<(Vec<News>, i64)> {
    let offset = i64::from(page.saturating_sub(1)) * i64::from(limit);
    ctx.read(move |_, tx| Ok(news::list(tx, limit, offset)?)).await
}

/// One item.
pub async fn view(ctx: &Ctx, id: NewsId) -> AppResult<News> {
    ctx.read(move |_, tx| news::by_id(tx, id)?.ok_or_else(invalid_news))
        .await
}

/// Remembers that the caller has seen the news. No audit row: it changes nothing that others see.
pub async fn mark_read(ctx: &Ctx) -> AppResult<()> {
    ctx.write(|ctx, tx| Ok(news::mark_read(tx, ctx.caller.user_id, ctx.now())?))
        .await
}

/// Tells everybody something.
pub async fn add(ctx: &Ctx, body: NewsIn) -> AppResult<News> {
    ctx.require(Permission::SiteAdmin)?;
    ctx.write(move |ctx, tx| {
        let mut item = News {
            user_id: ctx.caller.user_id,
            date_created: ctx.now(),
            ..News::default()
        };
        body.apply(ctx, &mut item)?;
        item.id = news::insert(tx, &item)?;
        record(ctx, tx, "add", &item, Value::Object(columns(&item)))?;
        Ok(item)
    })
    .await
}

/// Says it differently.
pub async fn edit(ctx: &Ctx, id: NewsId, body: NewsIn) -> AppResult<News> {
    ctx.require(Permission::SiteAdmin)?;
    ctx.write(move |ctx, tx| {
        let before = news::by_id(tx, id)?.ok_or_else(invalid_news)?;
        let mut item = before.clone();
        body.apply(ctx, &mut item)?;
        news::update(tx, &item)?;
        let changed = changes::between(&columns(&before), &columns(&item));
        record(ctx, tx, "edit", &item, changed)?;
        Ok(item)
    })
    .await
}

/// Takes it back.
pub async fn delete(ctx: &Ctx, id: NewsId) -> AppResult<()> {
    ctx.require(Permission::SiteAdmin)?;
    ctx.write(move |ctx, tx| {
        let item = news::by_id(tx, id)?.ok_or_else(invalid_news)?;
        news::delete(tx, id)?;
        record(ctx, tx, "delete", &item, Value::Object(columns(&item)))
    })
    .await
}

fn columns(item: &News) -> Map<String, Value> {
    changes::fields(json!({
        "title": item.title,
        "message": item.message,
        "anonymous": item.user_id.0 == 0,
    }))
}

fn record(ctx: &Ctx, tx: &mut Tx<'_>, action: &str, item: &News, fields: Value) -> AppResult<()> {
    ctx.audit(
        tx,
        &Change {
            action,
            model: "News",
            id: item.id.0,
            title: &item.title,
            event: None,
            fields,
        },
    )
}
