//! Tag collections (spec 07 section 9).

use crate::key::{named_by, named_or_field, text, window};
use crate::request::{Request, decode_value, unwrap};
use crate::response::Response;
use crate::router::{Allow, Methods, Route, route};
use axum::http::Method;
use serde_json::{Value, json};
use sightline_app::Ctx;
use sightline_app::tag_collections::{self, Filter, TagCollectionIn, Whole};
use sightline_app::tags::TagKey;
use sightline_core::ids::{TagCollectionId, TagId};
use sightline_core::limits::PAGE_ROWS_MAX;
use sightline_core::{AppError, AppResult, Permission};
use sightline_misp::json::{Buffer, write_list, write_object};
use uuid::Uuid;

pub(crate) fn routes() -> Vec<Route> {
    use Allow::Everyone;
    use Methods::{GetPost, Post, PostDelete};
    const EDITOR: Allow = Allow::All(&[Permission::TagEditor]);
    const NAME: &str = "tagcollections";
    vec![
        route(NAME, "index", GetPost, Everyone, index),
        route(NAME, "view", GetPost, Everyone, view),
        route(NAME, "add", GetPost, EDITOR, add),
        route(NAME, "edit", GetPost, EDITOR, edit),
        route(NAME, "delete", PostDelete, EDITOR, delete),
        route(NAME, "addTag", Post, EDITOR, add_tag),
        route(NAME, "removeTag", PostDelete, EDITOR, remove_tag),
        route(NAME, "import", Post, EDITOR, import),
    ]
}

fn key(request: &Request) -> AppResult<TagCollectionId> {
    named_by(request, &["id", "tag_collection_id"], |id| {
        id.parse()
            .map(TagCollectionId)
            .map_err(|_| tag_collections::invalid_collection())
    })
}

async fn index(ctx: Ctx, request: Request) -> AppResult<Response> {
    let body = request.fields("TagCollection")?;
    let given = |name: &str| named_or_field(&request, &body, name);
    let filter = Filter {
        name: given("name"),
        any: given("searchall").or_else(|| given("filter")),
        uuid: given("uuid")
            .map(|text| Uuid::try_parse(&text))
            .transpose()
            .map_err(|_| AppError::BadRequest("Invalid value for `uuid`: use a UUID.".into()))?,
    };
    let (page, limit) = window(&request, &body, PAGE_ROWS_MAX);
    let (found, total) = tag_collections::index(&ctx, filter, page, limit).await?;
    let mut out = Buffer::new();
    write_list(&mut out, &found, write);
    Ok(Response::raw_json(out).with_total(total))
}

fn write(out: &mut Buffer, whole: &Whole) {
    write_object(out, |o| {
        whole.collection.write_whole(o, &whole.tags, &whole.org);
    });
}

fn answer(whole: &Whole) -> Response {
    let mut out = Buffer::new();
    write(&mut out, whole);
    Response::raw_json(out)
}

async fn view(ctx: Ctx, request: Request) -> AppResult<Response> {
    Ok(answer(&tag_collections::view(&ctx, key(&request)?).await?))
}

async fn add(ctx: Ctx, request: Request) -> AppResult<Response> {
    if request.method == Method::GET {
        return Ok(crate::events::describe("/tag_collections/add", &["name"]));
    }
    let body: TagCollectionIn = request.decode("TagCollection")?;
    Ok(answer(&tag_collections::add(&ctx, body).await?))
}

async fn edit(ctx: Ctx, request: Request) -> AppResult<Response> {
    if request.method == Method::GET {
        return Ok(crate::events::describe("/tag_collections/edit", &[]));
    }
    let id = key(&request)?;
    let body: TagCollectionIn = request.decode("TagCollection")?;
    Ok(answer(&tag_collections::edit(&ctx, id, body).await?))
}

async fn delete(ctx: Ctx, request: Request) -> AppResult<Response> {
    let id = key(&request)?;
    tag_collections::delete(&ctx, id).await?;
    Ok(Response::saved(
        "Tag collection deleted.",
        &format!("/tag_collections/delete/{id}"),
        Some(&id.to_string()),
    ))
}

/// The tags that a request names: the second positional parameter, or the field `tag`; one, or a JSON list of them.
fn wanted(request: &Request) -> AppResult<Vec<TagKey>> {
    let body = request.fields("TagCollection")?;
    let named = match request.arg(1) {
        Some(arg) => crate::tags::listed(arg),
        None => crate::tags::field_texts(&body, "tag"),
    };
    let keys: Vec<TagKey> = named.iter().filter_map(|name| TagKey::parse(name)).collect();
    if keys.is_empty() {
        Err(AppError::NotAllowed("Invalid Tag".into()))
    } else {
        Ok(keys)
    }
}

async fn add_tag(ctx: Ctx, request: Request) -> AppResult<Response> {
    let id = key(&request)?;
    let message = match tag_collections::add_tags(&ctx, id, wanted(&request)?).await? {
        0 => "The tag is in this collection already.".to_owned(),
        1 => "Tag added.".into(),
        several => format!("{several} tags added."),
    };
    Ok(Response::json(&json!({"saved": true, "success": message})))
}

async fn remove_tag(ctx: Ctx, request: Request) -> AppResult<Response> {
    let id = key(&request)?;
    let body = request.fields("TagCollection")?;
    let tag = request
        .arg(1)
        .map(str::to_owned)
        .or_else(|| body.get("tag").and_then(text))
        .and_then(|tag| tag.parse().ok())
        .map(TagId)
        .ok_or_else(|| AppError::NotAllowed("Invalid Tag".into()))?;
    tag_collections::remove_tag(&ctx, id, tag).await?;
    Ok(Response::json(&json!({"saved": true, "success": "Tag removed."})))
}

/// The list that the index of another instance shows, or one element of it.
async fn import(ctx: Ctx, request: Request) -> AppResult<Response> {
    let list = match request.json()? {
        Value::Array(list) => list,
        Value::Object(one) => vec![Value::Object(one)],
        _ => Vec::new(),
    };
    let list: Vec<TagCollectionIn> = list
        .into_iter()
        .map(|one| decode_value(Value::Object(unwrap(one, "TagCollection"))))
        .collect::<AppResult<_>>()?;
    if list.is_empty() {
        return Err(AppError::BadRequest(
            "Send a tag collection, or a list of them as the index shows it.".into(),
        ));
    }
    let imported = tag_collections::import(&ctx, list).await?;
    let message = format!(
        "{} tag collections imported, {} skipped.",
        imported.added, imported.skipped
    );
    Ok(Response::saved(&message, "/tag_collections/import", None))
}
