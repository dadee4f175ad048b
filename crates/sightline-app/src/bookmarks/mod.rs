//! Bookmarks (spec 07 section 9): a user's own, and those that others of the organisation show.

#[cfg(test)]
mod tests;

pub use sightline_db::bookmarks::Shelf;

use crate::{Ctx, changes};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use sightline_core::ids::BookmarkId;
use sightline_core::limits::{NAME_CHARS, TEXT_CHARS};
use sightline_core::{AppError, AppResult, FieldErrors};
use sightline_db::audit::Change;
use sightline_db::{Tx, bookmarks};
use sightline_misp::input::Loose;
use sightline_misp::records::Bookmark;

/// Longest address, in characters; browsers follow longer ones unreliably.
const URL_CHARS: usize = 2_000;
/// Most bookmarks of a user: they are for the few things that one comes back to.
const BOOKMARKS: i64 = 1_000;

/// Which bookmarks a list shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    /// The caller's own.
    Mine,
    /// Those shown to the organisation.
    Org,
    /// Both.
    #[default]
    All,
}

/// A bookmark as clients send it. Its user and organisation are the caller's, whatever is said.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the fields of the wire, spec 07 section 9")]
pub struct BookmarkIn {
    pub name: Loose,
    pub url: Loose,
    pub comment: Loose,
    pub exposed_to_org: Loose,
}

impl BookmarkIn {
    fn apply(&self, bookmark: &mut Bookmark) -> AppResult<()> {
        let mut errors = FieldErrors::default();
        for (input, field, target, longest) in [
            (&self.name, "name", &mut bookmark.name, NAME_CHARS),
            (&self.url, "url", &mut bookmark.url, URL_CHARS),
            (&self.comment, "comment", &mut bookmark.comment, TEXT_CHARS),
        ] {
            if let Some(text) = input.text() {
                text.trim().clone_into(target);
            }
            if target.chars().count() > longest {
                errors.add(field, format!("The text is longer than {longest} characters."));
            }
        }
        if bookmark.name.is_empty() {
            errors.add("name", "Name cannot be empty.");
        }
        if !leads_somewhere(&bookmark.url) {
            errors.add(
                "url",
                "The address has to be a path of this site, such as /events/index, or begin with http:// or https://.",
            );
        }
        match self.exposed_to_org.flag() {
            Some(shown) => bookmark.exposed_to_org = shown,
            None if !self.exposed_to_org.is_given() => {}
            None => errors.add(
                "exposed_to_org",
                "The value has to be a boolean (true, false, 0 or 1).",
            ),
        }
        errors.into_result()
    }
}

/// A link that others click must not run anything, and must not look like a path while it leads elsewhere.
fn leads_somewhere(url: &str) -> bool {
    let path = url.starts_with('/') && !url.starts_with("//") && !url.starts_with("/\\");
    let lower = url.to_ascii_lowercase();
    let elsewhere = ["http://", "https://"]
        .iter()
        .any(|scheme| lower.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty()));
    (path || elsewhere) && !url.chars().any(|c| c.is_control() || c.is_whitespace())
}

fn invalid_bookmark() -> AppError {
    AppError::not_found("Invalid bookmark.")
}

fn shelf(ctx: &Ctx, scope: Scope) -> Shelf {
    let caller = &ctx.caller;
    match scope {
        Scope::Mine => Shelf::Own(caller.user_id),
        Scope::Org => Shelf::Org(caller.org_id),
        Scope::All => Shelf::Both(caller.user_id, caller.org_id),
    }
}

/// A page, from 1, of bookmarks that the caller sees, and how many there are in all; `text` is part of them.
pub async fn index(
    ctx: &Ctx,
    scope: Scope,
    text: Option<String>,
    page: u32,
    limit: u32,
) -> AppResult<(Vec<Bookmark>, i64)> {
    let offset = i64::from(page.saturating_sub(1)) * i64::from(limit);
    ctx.read(move |ctx, tx| {
        let shelf = shelf(ctx, scope);
        Ok(bookmarks::list(tx, shelf, text.as_deref(), limit, offset)?)
    })
    .await
}

/// One bookmark that the caller sees.
pub async fn view(ctx: &Ctx, id: BookmarkId) -> AppResult<Bookmark> {
    ctx.read(move |ctx, tx| bookmarks::by_id(tx, shelf(ctx, Scope::All), id)?.ok_or_else(invalid_bookmark))
        .await
}

/// Adds a bookmark of the caller's own.
pub async fn add(ctx: &Ctx, body: BookmarkIn) -> AppResult<Bookmark> {
    ctx.require_writing()?;
    ctx.write(move |ctx, tx| {
        let mut new = Bookmark {
            user_id: ctx.caller.user_id,
            org_id: ctx.caller.org_id,
            ..Bookmark::default()
        };
        body.apply(&mut new)?;
        if bookmarks::count_of(tx, ctx.caller.user_id)? >= BOOKMARKS {
            return Err(AppError::Refused(format!(
                "You have {BOOKMARKS} bookmarks already; delete one first."
            )));
        }
        new.id = bookmarks::insert(tx, &new)?;
        record(ctx, tx, "add", &new, Value::Object(columns(&new)))?;
        Ok(new)
    })
    .await
}

/// Changes a bookmark of the caller's own.
pub async fn edit(ctx: &Ctx, id: BookmarkId, body: BookmarkIn) -> AppResult<Bookmark> {
    ctx.require_writing()?;
    ctx.write(move |ctx, tx| {
        let before = find_own(ctx, tx, id)?;
        let mut after = before.clone();
        body.apply(&mut after)?;
        bookmarks::update(tx, &after)?;
        let changed = changes::between(&columns(&before), &columns(&after));
        record(ctx, tx, "edit", &after, changed)?;
        Ok(after)
    })
    .await
}

/// Removes a bookmark of the caller's own.
pub async fn delete(ctx: &Ctx, id: BookmarkId) -> AppResult<()> {
    ctx.require_writing()?;
    ctx.write(move |ctx, tx| {
        let bookmark = find_own(ctx, tx, id)?;
        bookmarks::delete(tx, id)?;
        record(ctx, tx, "delete", &bookmark, Value::Object(columns(&bookmark)))
    })
    .await
}

fn find_own(ctx: &Ctx, tx: &mut Tx<'_>, id: BookmarkId) -> AppResult<Bookmark> {
    bookmarks::by_id(tx, shelf(ctx, Scope::Mine), id)?.ok_or_else(invalid_bookmark)
}

fn columns(bookmark: &Bookmark) -> Map<String, Value> {
    changes::fields(json!({
        "name": bookmark.name,
        "url": bookmark.url,
        "comment": bookmark.comment,
        "exposed_to_org": bookmark.exposed_to_org,
    }))
}

fn record(ctx: &Ctx, tx: &mut Tx<'_>, action: &str, bookmark: &Bookmark, fields: Value) -> AppResult<()> {
    ctx.audit(
        tx,
        &Change {
            action,
            model: "Bookmark",
            id: bookmark.id.0,
            title: &bookmark.name,
            event: None,
            fields,
        },
    )
}
