//! Collections and their elements (spec 03 section 13, spec 07 section 9).

use crate::key::{named_by, named_or_field, text, window};
use crate::request::{Request, decode_value};
use crate::response::Response;
use crate::router::{Allow, Methods, Route, route};
use axum::http::Method;
use serde_json::Value;
use sightline_app::Ctx;
use sightline_app::collections::{self, CollectionIn, CollectionKey, ElementIn, Filter, Whole};
use sightline_core::ids::CollectionElementId;
use sightline_core::limits::{ALL_ROWS, PAGE_ROWS_MAX};
use sightline_core::{AppError, AppResult, Permission, Stretch};
use sightline_misp::json::{Buffer, write_list, write_object};
use sightline_misp::records::CollectionElement;
use uuid::Uuid;

pub(crate) fn routes() -> Vec<Route> {
    use Allow::Everyone;
    use Methods::{GetPost, Post, PostDelete};
    const EDITOR: Allow = Allow::All(&[Permission::Modify]);
    const ELEMENTS: &str = "collectionelements";
    vec![
        route("collections", "index", GetPost, Everyone, index),
        route("collections", "view", GetPost, Everyone, view),
        route("collections", "add", GetPost, EDITOR, add),
        route("collections", "edit", GetPost, EDITOR, edit),
        route("collections", "delete", PostDelete, EDITOR, delete),
        route(ELEMENTS, "index", GetPost, Everyone, elements),
        route(ELEMENTS, "add", Post, EDITOR, add_element),
        route(
            ELEMENTS,
            "addElementToCollection",
            Post,
            EDITOR,
            add_to_collection,
        ),
        route(ELEMENTS, "delete", PostDelete, EDITOR, delete_element),
    ]
}

fn key(request: &Request) -> AppResult<CollectionKey> {
    named_by(request, &["id", "uuid"], CollectionKey::parse)
}

fn uuid_of(text: Option<String>, field: &str) -> AppResult<Option<Uuid>> {
    text.map(|text| Uuid::try_parse(&text))
        .transpose()
        .map_err(|_| AppError::BadRequest(format!("Invalid value for `{field}`: use a UUID.")))
}

/// `/collections/index[/my_collections|/org_collections]`
async fn index(ctx: Ctx, request: Request) -> AppResult<Response> {
    let body = request.fields("Collection")?;
    let given = |name: &str| named_or_field(&request, &body, name);
    let mut filter = Filter {
        uuid: uuid_of(given("uuid"), "uuid")?,
        kind: given("type"),
        name: given("name"),
        any: given("searchall").or_else(|| given("filter")),
        element: uuid_of(given("element_uuid"), "element_uuid")?,
        ..Filter::default()
    };
    let scope = request.arg(0).map(str::to_owned).or_else(|| given("scope"));
    match scope.as_deref() {
        Some("my_collections") => filter.user = Some(ctx.caller.user_id),
        Some("org_collections") => filter.orgc = Some(ctx.caller.org_id),
        _ => {}
    }
    let (page, limit) = window(&request, &body, PAGE_ROWS_MAX);
    let (found, total) = collections::index(&ctx, filter, page, limit).await?;
    let mut out = Buffer::new();
    write_list(&mut out, &found, |out, listed| {
        write_object(out, |o| {
            o.object("Collection", |o| {
                listed.collection.write(o);
                o.count("element_count", listed.elements);
                o.object("Org", |o| listed.org.write_short(o));
                o.object("Orgc", |o| listed.orgc.write_short(o));
            });
        });
    });
    Ok(Response::raw_json(out).with_total(total))
}

fn answer(ctx: &Ctx, whole: &Whole) -> Response {
    let mut out = Buffer::new();
    write_object(&mut out, |o| {
        o.object("Collection", |o| {
            whole.collection.write(o);
            o.list("CollectionElement", &whole.elements, |out, element| {
                write_object(out, |o| element.write(o));
            });
            o.object("Org", |o| whole.org.write_short(o));
            o.object("Orgc", |o| whole.orgc.write_short(o));
            if let Some(group) = &whole.sharing_group {
                o.object("SharingGroup", |o| group.write(o, &ctx.platform.base_url));
            }
        });
    });
    Response::raw_json(out)
}

async fn view(ctx: Ctx, request: Request) -> AppResult<Response> {
    let whole = collections::view(&ctx, key(&request)?).await?;
    Ok(answer(&ctx, &whole))
}

async fn add(ctx: Ctx, request: Request) -> AppResult<Response> {
    if request.method == Method::GET {
        return Ok(crate::events::describe("/collections/add", &["name", "type"]));
    }
    let body: CollectionIn = request.decode("Collection")?;
    let whole = collections::add(&ctx, body).await?;
    Ok(answer(&ctx, &whole))
}

async fn edit(ctx: Ctx, request: Request) -> AppResult<Response> {
    if request.method == Method::GET {
        return Ok(crate::events::describe("/collections/edit", &[]));
    }
    let key = key(&request)?;
    let body: CollectionIn = request.decode("Collection")?;
    let whole = collections::edit(&ctx, key, body).await?;
    Ok(answer(&ctx, &whole))
}

async fn delete(ctx: Ctx, request: Request) -> AppResult<Response> {
    let id = collections::delete(&ctx, key(&request)?).await?;
    Ok(Response::saved(
        "Collection deleted.",
        &format!("/collections/delete/{id}"),
        Some(&id.to_string()),
    ))
}

/// The collection that an action of the elements names.
fn collection(request: &Request) -> AppResult<CollectionKey> {
    match request.arg(0) {
        Some(arg) => CollectionKey::parse(arg),
        None => {
            let body = request.fields("CollectionElement")?;
            let named = body.get("collection_id").and_then(text).unwrap_or_default();
            CollectionKey::parse(&named)
        }
    }
}

async fn elements(ctx: Ctx, request: Request) -> AppResult<Response> {
    let (page, limit) = window(&request, &request.fields("CollectionElement")?, ALL_ROWS);
    let found = collections::element_list(&ctx, collection(&request)?).await?;
    let Stretch { skip, left, .. } = Stretch::<i64>::page(page, limit);
    let skip = usize::try_from(skip).unwrap_or(usize::MAX);
    let mut out = Buffer::new();
    write_list(&mut out, found.iter().skip(skip).take(left), write_element);
    let total = i64::try_from(found.len()).unwrap_or(i64::MAX);
    Ok(Response::raw_json(out).with_total(total))
}

fn write_element(out: &mut Buffer, element: &CollectionElement) {
    write_object(out, |o| {
        o.object("CollectionElement", |o| element.write(o));
    });
}

async fn add_element(ctx: Ctx, request: Request) -> AppResult<Response> {
    let body: ElementIn = request.decode("CollectionElement")?;
    added(&ctx, collection(&request)?, body).await
}

/// `/collectionElements/addElementToCollection/<type>/<uuid>` with `{"collection_id", "description"}`
async fn add_to_collection(ctx: Ctx, request: Request) -> AppResult<Response> {
    let mut body = request.fields("CollectionElement")?;
    for (n, field) in ["element_type", "element_uuid"].into_iter().enumerate() {
        if let Some(arg) = request.arg(n) {
            body.insert(field.into(), arg.into());
        }
    }
    let named = body.get("collection_id").and_then(text).unwrap_or_default();
    added(
        &ctx,
        CollectionKey::parse(&named)?,
        decode_value(Value::Object(body))?,
    )
    .await
}

async fn added(ctx: &Ctx, key: CollectionKey, body: ElementIn) -> AppResult<Response> {
    let element = collections::add_element(ctx, key, body).await?;
    let mut out = Buffer::new();
    write_element(&mut out, &element);
    Ok(Response::raw_json(out))
}

async fn delete_element(ctx: Ctx, request: Request) -> AppResult<Response> {
    let id = named_by(&request, &["id"], |id| {
        id.parse()
            .map(CollectionElementId)
            .map_err(|_| collections::invalid_collection())
    })?;
    collections::delete_element(&ctx, id).await?;
    Ok(Response::saved(
        "Collection element deleted.",
        &format!("/collection_elements/delete/{id}"),
        Some(&id.to_string()),
    ))
}
