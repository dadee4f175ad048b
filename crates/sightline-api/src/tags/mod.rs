//! Tags (spec 03 section 6).

mod attach;
#[cfg(test)]
mod tests;

use crate::key::{flag, named_by, named_or_field, text, window};
use crate::request::Request;
use crate::response::Response;
use crate::router::{Allow, Methods, Route, route};
use crate::statistics::percent;
use axum::http::Method;
use serde_json::{Map, Value};
use sightline_app::Ctx;
use sightline_app::tags::{self, Counted, IndexFilter};
use sightline_core::ids::TagId;
use sightline_core::{AppError, AppResult, Permission};
use sightline_misp::json::{Buffer, write_list, write_object, write_text};
use sightline_misp::records::Tag;

pub(crate) fn routes() -> Vec<Route> {
    use Allow::{All, Everyone, SiteAdmin};
    use Methods::{GetPost, PostDelete};
    let mut routes = vec![
        route("tags", "index", GetPost, Everyone, index),
        route("tags", "view", GetPost, Everyone, view),
        route("tags", "add", GetPost, All(&[Permission::TagEditor]), add),
        route("tags", "edit", GetPost, SiteAdmin, edit),
        route("tags", "delete", PostDelete, SiteAdmin, delete),
        route("tags", "search", GetPost, Everyone, search),
        route("tags", "tagStatistics", GetPost, Everyone, statistics),
        route(
            "favouritetags",
            "toggle",
            Methods::Post,
            Allow::NotReadOnly(&[]),
            toggle_favourite,
        ),
    ];
    routes.extend(attach::routes());
    routes
}

async fn index(ctx: Ctx, request: Request) -> AppResult<Response> {
    let body = request.fields("Tag")?;
    let given = |name: &str| named_or_field(&request, &body, name);
    let without_counts = flag(&request, &body, "exclude_statistics");
    let filter = IndexFilter {
        contains: given("searchall")
            .or_else(|| given("filter"))
            .or_else(|| given("search")),
        name: given("name"),
        favourites: flag(&request, &body, "favouritesOnly"),
        without_counts,
    };
    let (page, limit) = window(&request, &body, tags::TAG_ROWS);
    let (shown, total) = tags::index(&ctx, filter, page, limit).await?;
    let mut out = Buffer::new();
    write_object(&mut out, |o| {
        o.list("Tag", &shown, |out, counted| {
            write_object(out, |o| {
                counted.tag.write(o);
                o.flag("favourite", counted.favourite);
                if !without_counts {
                    o.count("count", counted.events);
                    o.count("attribute_count", counted.attributes);
                }
            });
        });
    });
    Ok(Response::raw_json(out).with_total(total))
}

async fn view(ctx: Ctx, request: Request) -> AppResult<Response> {
    let id = named_by(&request, &["id"], tag_id).map_err(|_| AppError::NotAllowed("Invalid Tag".into()))?;
    let Counted {
        tag,
        events,
        attributes,
        ..
    } = tags::view(&ctx, id).await?;
    let mut out = Buffer::new();
    write_object(&mut out, |o| {
        tag.write(o);
        o.count("count", events);
        o.count("attribute_count", attributes);
    });
    Ok(Response::raw_json(out))
}

fn tag_id(text: &str) -> AppResult<TagId> {
    text.parse()
        .map(TagId)
        .map_err(|_| AppError::not_found("Invalid tag"))
}

async fn add(ctx: Ctx, request: Request) -> AppResult<Response> {
    if request.method == Method::GET {
        return Ok(crate::events::describe("/tags/add", &["name"]));
    }
    tags::add(&ctx, request.decode("Tag")?)
        .await
        .map_err(could_not_add)
        .map(|tag| one(&tag))
}

async fn edit(ctx: Ctx, request: Request) -> AppResult<Response> {
    if request.method == Method::GET {
        return Ok(crate::events::describe("/tags/edit", &["name"]));
    }
    let fields = request.fields("Tag")?;
    let id = tag_id(
        &request
            .arg(0)
            .map(str::to_owned)
            .or_else(|| fields.get("id").and_then(text))
            .unwrap_or_default(),
    )?;
    tags::edit(&ctx, id, request.decode("Tag")?)
        .await
        .map_err(could_not_add)
        .map(|tag| one(&tag))
}

/// The reference answers invalid fields of a tag with one sentence, also when editing.
fn could_not_add(error: AppError) -> AppError {
    match error {
        AppError::Invalid(fields) => AppError::NotAllowed(format!("Could not add the Tag. {fields}")),
        other => other,
    }
}

fn one(tag: &Tag) -> Response {
    let mut out = Buffer::new();
    write_object(&mut out, |o| o.object("Tag", |o| tag.write(o)));
    Response::raw_json(out)
}

async fn delete(ctx: Ctx, request: Request) -> AppResult<Response> {
    let id = named_by(&request, &["id"], tag_id)?;
    tags::delete(&ctx, id).await?;
    Ok(Response::message(
        "Tag deleted.",
        &format!("{}/tags/delete/{id}", ctx.platform.base_url),
    ))
}

/// `{"FavouriteTag": {"data": <tag id>}}` (spec 07 section 9).
async fn toggle_favourite(ctx: Ctx, request: Request) -> AppResult<Response> {
    let fields = request.fields("FavouriteTag")?;
    let id = tag_id(&fields.get("data").and_then(text).unwrap_or_default())?;
    let message = if tags::toggle_favourite(&ctx, id).await? {
        "Tag added to the favourites."
    } else {
        "Tag removed from the favourites."
    };
    Ok(Response::saved(
        message,
        "/favourite_tags/toggle",
        Some(&id.to_string()),
    ))
}

async fn search(ctx: Ctx, request: Request) -> AppResult<Response> {
    let texts = match request.arg(0) {
        Some(arg) => vec![arg.to_owned()],
        None => texts(&request.json()?),
    };
    let found = tags::search(&ctx, texts).await?;
    let mut out = Buffer::new();
    write_list(&mut out, &found, |out, tag| {
        write_object(out, |o| o.object("Tag", |o| tag.write(o)));
    });
    Ok(Response::raw_json(out))
}

/// What a search names: a text, a list, or either under `tag`, `tagname` or `Tag`.
fn texts(body: &Value) -> Vec<String> {
    match body {
        Value::Array(list) => list.iter().filter_map(text).collect(),
        Value::Object(fields) => {
            let named = ["tag", "tagname", "name", "Tag", "request"]
                .iter()
                .find_map(|key| fields.get(*key));
            named.map(texts).unwrap_or_default()
        }
        scalar => text(scalar).into_iter().collect(),
    }
}

async fn statistics(ctx: Ctx, request: Request) -> AppResult<Response> {
    let on = |n: usize| request.arg(n).is_some_and(|arg| !matches!(arg, "0" | "false"));
    let (of_tags, of_taxonomies) = tags::statistics(&ctx, on(1)).await?;
    let total: i64 = of_tags.iter().map(|(_, count)| count).sum();
    let mut out = b"{\"tags\":".to_vec();
    write_numbers(&mut out, &of_tags, |out, count| {
        let text = if on(0) {
            percent(count, total)
        } else {
            count.to_string()
        };
        write_text(out, &text);
    });
    out.extend_from_slice(b",\"taxonomies\":");
    // The reference's empty list of what is an object otherwise.
    if of_taxonomies.is_empty() {
        out.extend_from_slice(b"[]");
    } else {
        write_numbers(&mut out, &of_taxonomies, |out, count| {
            out.extend_from_slice(count.to_string().as_bytes());
        });
    }
    out.push(b'}');
    Ok(Response::raw_json(out))
}

/// Names and numbers as an object, in their order.
fn write_numbers(out: &mut Buffer, numbers: &[(String, i64)], number: impl Fn(&mut Buffer, i64)) {
    out.push(b'{');
    for (n, (name, count)) in numbers.iter().enumerate() {
        if n > 0 {
            out.push(b',');
        }
        write_text(out, name);
        out.push(b':');
        number(out, *count);
    }
    out.push(b'}');
}

/// A field of the body as a list of texts: a scalar, a list, or a list written as a JSON text.
pub(crate) fn field_texts(body: &Map<String, Value>, name: &str) -> Vec<String> {
    match body.get(name) {
        Some(Value::Array(list)) => list.iter().filter_map(text).collect(),
        Some(value) => text(value).map(|text| listed(&text)).unwrap_or_default(),
        None => Vec::new(),
    }
}

pub(crate) fn listed(text_or_list: &str) -> Vec<String> {
    match serde_json::from_str(text_or_list) {
        Ok(Value::Array(list)) => list.iter().filter_map(text).collect(),
        _ => vec![text_or_list.to_owned()],
    }
}
