//! Taxonomies (spec 07 section 1).

use crate::key::{named_or_field, text, window};
use crate::request::Request;
use crate::response::Response;
use crate::router::{Allow, Methods, Route, route};
use crate::tags::field_texts;
use serde_json::{Map, Value, json};
use sightline_app::Ctx;
use sightline_app::events::EventKey;
use sightline_app::knowledge::Library;
use sightline_app::taxonomies::{self, Conflict, Counted, Entry, Filter, TaxonomyKey, Whole};
use sightline_core::ids::TaxonomyId;
use sightline_core::limits::PAGE_ROWS_MAX;
use sightline_core::{AppError, AppResult, Permission};
use sightline_misp::json::{Buffer, ObjectWriter, write_list, write_object};

pub(crate) fn routes() -> Vec<Route> {
    use Allow::{Everyone, SiteAdmin};
    use Methods::{GetPost, Post, PostDelete};
    const TAGGER: Allow = Allow::All(&[Permission::Tagger]);
    const NAME: &str = "taxonomies";
    vec![
        route(NAME, "index", GetPost, Everyone, index),
        route(NAME, "view", GetPost, Everyone, view),
        route(NAME, "taxonomy_tags", GetPost, Everyone, usage),
        route(NAME, "export", GetPost, Everyone, export),
        route(NAME, "import", Post, SiteAdmin, import),
        route(NAME, "enable", Post, SiteAdmin, enable),
        route(NAME, "disable", Post, SiteAdmin, disable),
        route(NAME, "addTag", Post, SiteAdmin, add_tag),
        route(NAME, "disableTag", Post, SiteAdmin, hide_tag),
        route(NAME, "hideTag", Post, TAGGER, hide_tag),
        route(NAME, "unhideTag", Post, TAGGER, unhide_tag),
        route(NAME, "toggleRequired", Post, SiteAdmin, toggle_required),
        route(NAME, "toggleHighlighted", Post, SiteAdmin, toggle_highlighted),
        route(NAME, "update", Post, SiteAdmin, |ctx, _| async move {
            crate::knowledge::update(&ctx, Library::Taxonomies, "taxonomy libraries").await
        }),
        route(NAME, "delete", PostDelete, SiteAdmin, delete),
        route(
            NAME,
            "normalizeCustomTagsToTaxonomyFormat",
            Post,
            SiteAdmin,
            normalise,
        ),
        route(
            "events",
            "runTaxonomyExclusivityCheck",
            GetPost,
            Everyone,
            conflicts,
        ),
    ]
}

fn key(request: &Request) -> AppResult<TaxonomyKey> {
    request
        .arg(0)
        .map(TaxonomyKey::parse)
        .ok_or_else(|| AppError::not_found("Taxonomy not found."))
}

/// The taxonomy that a change names: in the URL, or as `taxonomy_id`.
fn id(request: &Request) -> AppResult<TaxonomyId> {
    let body = request.fields("Taxonomy")?;
    let named = request
        .arg(0)
        .map(str::to_owned)
        .or_else(|| body.get("taxonomy_id").and_then(text));
    named
        .and_then(|id| id.parse().ok())
        .map(TaxonomyId)
        .ok_or_else(|| AppError::Refused("Invalid taxonomy.".into()))
}

async fn index(ctx: Ctx, request: Request) -> AppResult<Response> {
    let body = request.fields("Taxonomy")?;
    let given = |name: &str| named_or_field(&request, &body, name);
    let filter = Filter {
        value: given("value").or_else(|| given("searchall")),
        enabled: given("enabled").map(|on| !matches!(on.to_ascii_lowercase().as_str(), "0" | "false")),
    };
    let (page, limit) = window(&request, &body, PAGE_ROWS_MAX);
    let (found, total) = taxonomies::index(&ctx, filter, page, limit).await?;
    let mut out = Buffer::new();
    write_list(&mut out, &found, |out, counted: &Counted| {
        write_object(out, |o| {
            o.object("Taxonomy", |o| counted.taxonomy.write(o));
            o.count("total_count", counted.total);
            o.count("current_count", counted.current);
        });
    });
    Ok(Response::raw_json(out).with_total(total))
}

async fn view(ctx: Ctx, request: Request) -> AppResult<Response> {
    Ok(answer(&taxonomies::view(&ctx, key(&request)?).await?, false))
}

async fn usage(ctx: Ctx, request: Request) -> AppResult<Response> {
    let filter = named_or_field(&request, &request.fields("Taxonomy")?, "filter");
    Ok(answer(
        &taxonomies::usage(&ctx, key(&request)?, filter).await?,
        true,
    ))
}

fn answer(whole: &Whole, counted: bool) -> Response {
    let mut out = Buffer::new();
    write_object(&mut out, |o| {
        o.object("Taxonomy", |o| whole.taxonomy.write(o));
        o.list("entries", &whole.entries, |out, entry| {
            write_object(out, |o| {
                write_entry(o, entry);
                if counted {
                    o.count("events", entry.events);
                    o.count("attributes", entry.attributes);
                }
            });
        });
    });
    Response::raw_json(out)
}

/// A weight that was set on the tag counts; the taxonomy's stands beside it.
fn write_entry(o: &mut ObjectWriter<'_>, entry: &Entry) {
    let own = entry.existing.as_ref().and_then(|tag| tag.numerical_value);
    let own = own.map(|number| number.to_string());
    if own.is_some() && own != entry.says.numerical_value {
        let mut says = entry.says.clone();
        let original = std::mem::replace(&mut says.numerical_value, own);
        says.write(o);
        if let Some(original) = original {
            o.text("original_numerical_value", &original);
        }
    } else {
        entry.says.write(o);
    }
    match &entry.existing {
        Some(tag) => o.object("existing_tag", |o| o.object("Tag", |o| tag.write(o))),
        None => o.flag("existing_tag", false),
    }
}

async fn export(ctx: Ctx, request: Request) -> AppResult<Response> {
    let file = taxonomies::export(&ctx, key(&request)?).await?;
    Ok(Response::raw_json(file.into_bytes()))
}

async fn import(ctx: Ctx, request: Request) -> AppResult<Response> {
    Ok(answer(&taxonomies::import(&ctx, request.json()?).await?, false))
}

async fn enable(ctx: Ctx, request: Request) -> AppResult<Response> {
    let id = id(&request)?;
    taxonomies::set_enabled(&ctx, id, true).await?;
    Ok(saved("Taxonomy enabled", "enable", id))
}

async fn disable(ctx: Ctx, request: Request) -> AppResult<Response> {
    let id = id(&request)?;
    taxonomies::set_enabled(&ctx, id, false).await?;
    Ok(saved("Taxonomy disabled", "disable", id))
}

fn saved(message: &str, action: &str, id: TaxonomyId) -> Response {
    Response::saved(
        message,
        &format!("/taxonomies/{action}/{id}"),
        Some(&id.to_string()),
    )
}

/// The tags that a request names: a second positional parameter, or `name`, or the list in `nameList`; `None` means all.
fn names(request: &Request) -> AppResult<Option<Vec<String>>> {
    let mut body = request.fields("Taxonomy")?;
    if let Some(name) = request.arg(1) {
        return Ok(Some(vec![name.to_owned()]));
    }
    for field in ["nameList", "name"] {
        let mut listed = field_texts(&body, field);
        listed.retain(|name| !name.is_empty());
        if !listed.is_empty() {
            return Ok(Some(listed));
        }
        body.remove(field);
    }
    Ok(None)
}

async fn add_tag(ctx: Ctx, request: Request) -> AppResult<Response> {
    let id = id(&request)?;
    taxonomies::make(&ctx, id, names(&request)?).await?;
    Ok(saved("The tag(s) has been saved.", "addTag", id))
}

async fn hide_tag(ctx: Ctx, request: Request) -> AppResult<Response> {
    set_hidden(ctx, request, true).await
}

async fn unhide_tag(ctx: Ctx, request: Request) -> AppResult<Response> {
    set_hidden(ctx, request, false).await
}

async fn set_hidden(ctx: Ctx, request: Request, hidden: bool) -> AppResult<Response> {
    let id = id(&request)?;
    taxonomies::set_hidden(&ctx, id, names(&request)?, hidden).await?;
    Ok(Response::found(&ctx, &format!("/taxonomies/view/{id}")))
}

/// What a toggle says: a field of the body, or nothing.
fn wish(body: &Map<String, Value>, name: &str) -> Option<bool> {
    body.get(name)
        .and_then(text)
        .map(|value| !matches!(value.to_ascii_lowercase().as_str(), "" | "0" | "false"))
}

async fn toggle_required(ctx: Ctx, request: Request) -> AppResult<Response> {
    let id = id(&request)?;
    let wish = wish(&request.fields("Taxonomy")?, "required");
    taxonomies::set_required(&ctx, id, wish).await?;
    // The reference's own words, which its client compares.
    Ok(saved("Taxonomy toggleRequireded", "toggleRequired", id))
}

async fn toggle_highlighted(ctx: Ctx, request: Request) -> AppResult<Response> {
    let id = id(&request)?;
    let wish = wish(&request.fields("Taxonomy")?, "highlighted");
    taxonomies::set_highlighted(&ctx, id, wish).await?;
    Ok(saved("Taxonomy toggleHighlighteded", "toggleHighlighted", id))
}

async fn delete(ctx: Ctx, request: Request) -> AppResult<Response> {
    let id = id(&request)?;
    taxonomies::delete(&ctx, id).await?;
    Ok(saved("Taxonomy deleted", "delete", id))
}

async fn normalise(ctx: Ctx, _: Request) -> AppResult<Response> {
    let changed = taxonomies::normalise(&ctx).await?;
    Ok(Response::saved(
        &format!("{changed} tag(s) normalised."),
        "/taxonomies/normalizeCustomTagsToTaxonomyFormat",
        None,
    ))
}

async fn conflicts(ctx: Ctx, request: Request) -> AppResult<Response> {
    let key = EventKey::parse(request.arg(0).unwrap_or_default())?;
    let found = taxonomies::conflicts(&ctx, key).await?;
    let list = |conflicts: &[Conflict]| {
        let one = |conflict: &Conflict| json!({"tags": conflict.tags, "conflict": conflict.reason});
        Value::Array(conflicts.iter().map(one).collect())
    };
    Ok(Response::json(
        &json!({"global": list(&found.global), "local": list(&found.local)}),
    ))
}
