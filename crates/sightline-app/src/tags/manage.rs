//! Listing, adding, editing and deleting tags (spec 03 section 6).

use super::{TagKey, capture, lister, naming};
use crate::Ctx;
use sightline_core::ids::TagId;
use sightline_core::{AppError, AppResult, Permission};
use sightline_db::Tx;
use sightline_db::audit::Change;
use sightline_db::tags::{self, ListFilter};
use sightline_misp::input::TagIn;
use sightline_misp::records::Tag;
use std::collections::{HashMap, HashSet};

/// A tag and how often the caller sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// The tag.
    pub tag: Tag,
    /// Visible events that have it.
    pub events: i64,
    /// Visible attributes that have it.
    pub attributes: i64,
    /// Whether the caller likes it.
    pub favourite: bool,
}

impl Counted {
    fn uncounted(tag: Tag) -> Self {
        Self {
            tag,
            events: 0,
            attributes: 0,
            favourite: false,
        }
    }
}

/// Which tags an index shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IndexFilter {
    /// The name contains this.
    pub contains: Option<String>,
    /// The name is this, in any case.
    pub name: Option<String>,
    /// Only the caller's favourites.
    pub favourites: bool,
    /// Leave the counts at 0 without counting.
    pub without_counts: bool,
}

/// Most tags in one answer, and how many come when nothing is said: clients take the list for whole, and all installed
/// taxonomies together have some ten thousand.
pub const TAG_ROWS: u32 = 50_000;

/// A page, from 1, of the tags that the caller may see, by name, and how many there are in all.
pub async fn index(ctx: &Ctx, filter: IndexFilter, page: u32, limit: u32) -> AppResult<(Vec<Counted>, i64)> {
    let limit = limit.clamp(1, TAG_ROWS);
    let offset = i64::from(page.saturating_sub(1)) * i64::from(limit);
    ctx.read(move |ctx, tx| {
        let user = ctx.caller.user_id;
        let rows = ListFilter {
            patterns: filter
                .contains
                .iter()
                .map(|text| format!("%{}%", literal(text)))
                .collect(),
            name: filter.name,
            favourites_of: filter.favourites.then_some(user),
        };
        let (found, total) = tags::page(tx, lister(ctx), &rows, limit, offset)?;
        let ids: Vec<i64> = found.iter().map(|tag| tag.id.0).collect();
        let liked: HashSet<TagId> = tags::favourites(tx, user, &ids)?.into_iter().collect();
        let mut counted = if filter.without_counts {
            found.into_iter().map(Counted::uncounted).collect()
        } else {
            // Of all tags at once, unless only some of them are shown.
            let some = (i64::try_from(ids.len()).unwrap_or(i64::MAX) < total).then_some(ids.as_slice());
            counted(ctx, tx, found, some)?
        };
        for one in &mut counted {
            one.favourite = liked.contains(&one.tag.id);
        }
        Ok((counted, total))
    })
    .await
}

fn counted(ctx: &Ctx, tx: &mut Tx<'_>, found: Vec<Tag>, only: Option<&[i64]>) -> AppResult<Vec<Counted>> {
    let events: HashMap<TagId, i64> = tags::event_counts(tx, ctx.visible(), only)?.into_iter().collect();
    let attributes: HashMap<TagId, i64> = tags::attribute_counts(tx, ctx.visible(), only)?
        .into_iter()
        .collect();
    let count = |map: &HashMap<TagId, i64>, id| map.get(&id).copied().unwrap_or(0);
    Ok(found
        .into_iter()
        .map(|tag| Counted {
            events: count(&events, tag.id),
            attributes: count(&attributes, tag.id),
            ..Counted::uncounted(tag)
        })
        .collect())
}

/// One tag with its counts.
pub async fn view(ctx: &Ctx, id: TagId) -> AppResult<Counted> {
    ctx.read(move |ctx, tx| {
        let tag = tags::by_id(tx, id)?.filter(|tag| may_see(ctx, tag));
        let found = counted(ctx, tx, tag.into_iter().collect(), Some(&[id.0]))?;
        found
            .into_iter()
            .next()
            .ok_or_else(|| AppError::NotAllowed("Invalid Tag".into()))
    })
    .await
}

/// Tags restricted to others are hidden (spec 05 section 4).
pub(crate) fn may_see(ctx: &Ctx, tag: &Tag) -> bool {
    let caller = &ctx.caller;
    caller.is_site_admin()
        || (tag.org_id.0 == 0 || tag.org_id == caller.org_id)
            && (tag.user_id.0 == 0 || tag.user_id == caller.user_id)
}

/// The tags whose names match one of the texts, in which `%` stands for anything.
pub async fn search(ctx: &Ctx, texts: Vec<String>) -> AppResult<Vec<Tag>> {
    let patterns: Vec<String> = texts
        .iter()
        .map(|text| pattern(text.trim()))
        .filter(|p| !p.is_empty())
        .collect();
    if patterns.is_empty() {
        return Ok(Vec::new());
    }
    ctx.read(move |ctx, tx| {
        Ok(tags::list(
            tx,
            lister(ctx),
            &ListFilter {
                patterns,
                ..ListFilter::default()
            },
        )?)
    })
    .await
}

/// A pattern in which a backslash is a backslash: no tag's name needs an escaped `%`.
fn pattern(text: &str) -> String {
    text.replace('\\', r"\\")
}

/// A pattern that means exactly this text.
fn literal(text: &str) -> String {
    pattern(text).replace('%', r"\%").replace('_', r"\_")
}

/// Adds a tag; one that is there already is returned as it is, unless it is kept for others.
pub async fn add(ctx: &Ctx, input: TagIn) -> AppResult<Tag> {
    ctx.require(Permission::TagEditor)?;
    ctx.write(move |ctx, tx| {
        let mut tag = Tag {
            exportable: true,
            ..Tag::default()
        };
        naming::apply(&mut tag, &input)?;
        match TagKey::Name(tag.name.clone()).find(tx)? {
            Some(known) if may_see(ctx, &known) => Ok(known),
            Some(_) => Err(AppError::field("name", "A similar name already exists.")),
            None => capture::create(ctx, tx, tag),
        }
    })
    .await
}

/// Changes the fields that are given.
pub async fn edit(ctx: &Ctx, id: TagId, input: TagIn) -> AppResult<Tag> {
    require_site_admin(ctx)?;
    ctx.write(move |ctx, tx| {
        let before = tags::by_id(tx, id)?.ok_or_else(invalid_tag)?;
        let mut after = before.clone();
        naming::apply(&mut after, &input)?;
        if tags::by_names(tx, std::slice::from_ref(&after.name))?
            .iter()
            .any(|twin| twin.id != id)
        {
            return Err(AppError::field("name", "A similar name already exists."));
        }
        tags::update(tx, &after)?;
        ctx.audit(
            tx,
            &Change {
                action: "edit",
                model: "Tag",
                id: id.0,
                title: &after.name,
                event: None,
                fields: serde_json::json!({
                    "name": [before.name, after.name],
                    "colour": [before.colour, after.colour],
                    "exportable": [before.exportable, after.exportable],
                    "hide_tag": [before.hide_tag, after.hide_tag],
                    "local_only": [before.local_only, after.local_only],
                    "org_id": [before.org_id, after.org_id],
                    "user_id": [before.user_id, after.user_id],
                    "numerical_value": [before.numerical_value, after.numerical_value],
                }),
            },
        )?;
        Ok(after)
    })
    .await
}

/// Deletes a tag and takes it off everything.
pub async fn delete(ctx: &Ctx, id: TagId) -> AppResult<()> {
    require_site_admin(ctx)?;
    ctx.write(move |ctx, tx| {
        let tag = tags::by_id(tx, id)?.ok_or_else(invalid_tag)?;
        // Before the row goes: who could see it is read from it.
        ctx.audit(
            tx,
            &Change {
                action: "delete",
                model: "Tag",
                id: id.0,
                title: &tag.name,
                event: None,
                fields: serde_json::json!({"name": tag.name}),
            },
        )?;
        Ok(tags::delete(tx, id)?)
    })
    .await
}

fn invalid_tag() -> AppError {
    AppError::not_found("Invalid tag")
}

fn require_site_admin(ctx: &Ctx) -> AppResult<()> {
    if ctx.caller.is_site_admin() {
        Ok(())
    } else {
        Err(AppError::no_permission())
    }
}
