//! A report from a page on the web (spec 03 section 10): fetched by this server through the guard, as text.

use super::add::add_in;
use super::{CONTENT_BYTES, Detail, NAME_CHARS};
use crate::Ctx;
use crate::events::{EventKey, find, require_modify};
use sightline_core::{AppError, AppResult, Permission};
use sightline_formats::html_text;
use sightline_misp::input::{EventReportIn, Loose};
use sightline_remote::Request;
use std::time::Duration;

/// Fetches `url` and makes a report of its text. HTML loses its markup; anything that is not text is refused.
pub async fn import_from_url(ctx: &Ctx, event: EventKey, url: String) -> AppResult<Detail> {
    ctx.require(Permission::Add)?;
    let url = url.trim().to_owned();
    if url.is_empty() {
        return Err(AppError::field("url", "This field cannot be left blank"));
    }
    // Before anything is fetched: this server asks the web only for those who may keep the answer.
    ctx.read(move |ctx, tx| require_modify(ctx, &find(ctx, tx, &event)?))
        .await?;
    let (source, kind, body) = tokio::time::timeout(PATIENCE, fetch(ctx, url))
        .await
        .map_err(|_| AppError::Upstream("The other server took too long to answer.".into()))??;
    let text = String::from_utf8_lossy(&body).replace('\0', "");
    let (title, content) = if kind.contains("html") {
        tokio::task::spawn_blocking(move || html_text::extract(&text))
            .await
            .map_err(AppError::internal)?
    } else {
        (None, text)
    };
    let name: String = title
        .unwrap_or_else(|| source.clone())
        .chars()
        .take(NAME_CHARS)
        .collect();
    let body = EventReportIn {
        name: Loose::Text(name),
        content: Loose::Text(with_source(&source, &content)),
        ..EventReportIn::default()
    };
    ctx.write(move |ctx, tx| add_in(ctx, tx, &event, &body)).await
}

/// How long a person waits for a page.
const PATIENCE: Duration = Duration::from_secs(30);

/// Address after redirects, content type, bytes.
async fn fetch(ctx: &Ctx, url: String) -> AppResult<(String, String, Vec<u8>)> {
    let answer = ctx.platform.remote.get(Request::new(url)).await?;
    let source = answer.final_url.to_string();
    let kind = answer
        .content_type
        .clone()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let not_text = || AppError::Refused("Only text can be imported as a report.".into());
    if !is_text(&kind) {
        return Err(not_text());
    }
    let limit = u64::try_from(CONTENT_BYTES).unwrap_or(u64::MAX);
    let body = answer.into_bytes(limit).await?;
    // Where the server does not say what it is, the bytes have to.
    if kind.is_empty() && std::str::from_utf8(&body).is_err() {
        return Err(not_text());
    }
    Ok((source, kind, body))
}

fn is_text(kind: &str) -> bool {
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kind.is_empty()
        || kind.starts_with("text/")
        || matches!(kind, "application/xhtml+xml" | "application/json")
}

/// The text below a line that says where it is from, cut at a character when it is too long.
fn with_source(source: &str, content: &str) -> String {
    let mut text = format!("Source: `{}`\n\n", source.replace('`', "%60"));
    let room = CONTENT_BYTES.saturating_sub(text.len());
    let end = (0..=room.min(content.len()))
        .rev()
        .find(|at| content.is_char_boundary(*at));
    text.push_str(content.get(..end.unwrap_or(0)).unwrap_or_default());
    text
}
