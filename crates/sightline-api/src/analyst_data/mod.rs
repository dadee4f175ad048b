//! Notes, opinions and relationships (spec 03 section 13).

mod blocklist;
mod exchange;
#[cfg(test)]
mod tests;

use crate::key::{flag, named_or_field, text, window};
use crate::paged;
use crate::request::Request;
use crate::response::Response;
use crate::router::{Allow, Methods, Route, route};
use serde_json::{Map, Value, json};
use sightline_app::Ctx;
use sightline_app::analyst_data::{self, Filter, Hung, Shown};
use sightline_app::attributes::AttributeKey;
use sightline_app::objects::ObjectKey;
use sightline_core::limits::ALL_ROWS;
use sightline_core::{AppError, AppResult, Permission, Stretch};
use sightline_misp::json::{Buffer, write_list, write_object};
use sightline_misp::records::{AnalystKind, EntityKind, EntityRef};
use uuid::Uuid;

const WRITE: Allow = Allow::All(&[Permission::Add, Permission::AnalystData]);
const SYNC: Allow = Allow::All(&[Permission::Sync]);

pub(crate) fn routes() -> Vec<Route> {
    use Allow::Everyone;
    use Methods::{Get, GetPost, Post, PostDelete};
    let mut routes = vec![
        route("analystdata", "index", GetPost, Everyone, index),
        route("analystdata", "view", GetPost, Everyone, view),
        route("analystdata", "add", Post, WRITE, add),
        route("analystdata", "edit", Post, WRITE, edit),
        route("analystdata", "delete", PostDelete, WRITE, delete),
        route("analystdata", "getChildren", Get, Everyone, children),
        route("analystdata", "getRelatedElement", Get, Everyone, related),
        route(
            "analystdata",
            "indexMinimal",
            GetPost,
            Everyone,
            exchange::minimal,
        ),
        route(
            "analystdata",
            "filterAnalystDataForPush",
            Post,
            SYNC,
            exchange::filter,
        ),
        route("analystdata", "pushAnalystData", Post, SYNC, exchange::push),
        route("attributes", "viewAnalystData", Get, Everyone, of_attribute),
        route("objects", "viewAnalystData", Get, Everyone, of_object),
    ];
    routes.extend(blocklist::routes());
    routes
}

/// The kind that a URL names; `all` where the record's own kind will do.
fn kind(name: Option<&str>) -> AppResult<Option<AnalystKind>> {
    match name {
        Some(name) if name.eq_ignore_ascii_case("all") => Ok(None),
        name => name
            .and_then(AnalystKind::parse)
            .map(Some)
            .ok_or_else(invalid_type),
    }
}

fn one_kind(name: Option<&str>) -> AppResult<AnalystKind> {
    kind(name)?.ok_or_else(invalid_type)
}

fn invalid_type() -> AppError {
    AppError::NotAllowed("Invalid type.".into())
}

fn wrapped(out: &mut Buffer, shown: &Shown, base_url: &str) {
    write_object(out, |o| {
        shown.write(o.key(shown.data.kind().name()), base_url);
    });
}

fn answer(ctx: &Ctx, shown: &Shown) -> Response {
    let mut out = Buffer::new();
    wrapped(&mut out, shown, &ctx.platform.base_url);
    Response::raw_json(out)
}

/// The body's fields out of the wrapper of their kind, or of any where the URL does not say.
fn fields(request: &Request, kind: Option<AnalystKind>) -> AppResult<Map<String, Value>> {
    match kind {
        Some(kind) => request.fields(kind.name()),
        None => {
            let body = request.json()?;
            let wrapper = AnalystKind::ALL
                .iter()
                .find(|kind| body.get(kind.name()).is_some_and(Value::is_object))
                .map_or("", |kind| kind.name());
            request.fields(wrapper)
        }
    }
}

async fn index(ctx: Ctx, request: Request) -> AppResult<Response> {
    let kind = one_kind(request.arg(0))?;
    let body = request.fields("request")?;
    let mut uuids: Vec<String> = request
        .named
        .iter()
        .filter(|(name, _)| matches!(name.as_str(), "uuid" | "uuid[]"))
        .map(|(_, value)| value.clone())
        .collect();
    match body.get("uuid") {
        Some(Value::Array(list)) => uuids.extend(list.iter().filter_map(text)),
        other => uuids.extend(other.and_then(text)),
    }
    let uuid = |name: &str, value: &str| {
        Uuid::try_parse(value)
            .map_err(|_| AppError::BadRequest(format!("Invalid value for `{name}`: a uuid is expected.")))
    };
    let target = ["object_uuid", "target_object"]
        .iter()
        .find_map(|name| Some((*name, named_or_field(&request, &body, name)?)));
    let filter = Filter {
        uuids: if uuids.is_empty() {
            None
        } else {
            Some(
                uuids
                    .iter()
                    .map(|value| uuid("uuid", value))
                    .collect::<AppResult<_>>()?,
            )
        },
        target: target.map(|(name, value)| uuid(name, &value)).transpose()?,
    };
    let (page, limit) = window(&request, &body, ALL_ROWS);
    let first = analyst_data::index(&ctx, kind, filter.clone(), Stretch::page(page, limit)).await?;
    let total = analyst_data::count(&ctx, kind, filter.clone()).await?;
    let base_url = ctx.platform.base_url.clone();
    let next = move |rest| {
        let (ctx, filter) = (ctx.clone(), filter.clone());
        async move { analyst_data::index(&ctx, kind, filter, rest).await }
    };
    let write = move |out: &mut Buffer, shown: &Shown| wrapped(out, shown, &base_url);
    Ok(paged::list(first, next, write).with_total(total))
}

async fn view(ctx: Ctx, request: Request) -> AppResult<Response> {
    let kind = kind(request.arg(0))?;
    let key = analyst_data::key(kind, request.arg(1).unwrap_or_default())?;
    let shown = analyst_data::view(&ctx, kind, key).await?;
    Ok(answer(&ctx, &shown))
}

async fn add(ctx: Ctx, request: Request) -> AppResult<Response> {
    let kind = one_kind(request.arg(0))?;
    let fields = fields(&request, Some(kind))?;
    let given = |n: usize, name: &str| {
        request
            .arg(n)
            .map(str::to_owned)
            .or_else(|| fields.get(name).and_then(text))
            .filter(|value| !value.is_empty())
    };
    let uuid = given(1, "object_uuid").and_then(|text| Uuid::try_parse(&text).ok());
    let uuid = uuid.ok_or_else(|| AppError::field("object_uuid", "Please provide a valid RFC 4122 UUID"))?;
    let target = match given(2, "object_type") {
        Some(name) => EntityRef {
            kind: EntityKind::parse(&name)
                .ok_or_else(|| AppError::NotAllowed("Invalid object type.".into()))?,
            uuid,
        },
        None => analyst_data::kind_of(&ctx, uuid).await?,
    };
    let body = crate::request::decode_value(Value::Object(fields))?;
    let shown = analyst_data::add(&ctx, kind, target, body).await?;
    Ok(answer(&ctx, &shown))
}

async fn edit(ctx: Ctx, request: Request) -> AppResult<Response> {
    let kind = kind(request.arg(0))?;
    let key = analyst_data::key(kind, request.arg(1).unwrap_or_default())?;
    let body = crate::request::decode_value(Value::Object(fields(&request, kind)?))?;
    let shown = analyst_data::edit(&ctx, kind, key, body).await?;
    Ok(answer(&ctx, &shown))
}

async fn delete(ctx: Ctx, request: Request) -> AppResult<Response> {
    let kind = kind(request.arg(0))?;
    let key = analyst_data::key(kind, request.arg(1).unwrap_or_default())?;
    let hard = match request.arg(2) {
        Some(arg) => !matches!(arg, "0" | "false"),
        None => {
            let body = request.fields("request")?;
            !body.contains_key("hard") || flag(&request, &body, "hard")
        }
    };
    let gone = analyst_data::delete(&ctx, kind, key, hard).await?;
    let name = gone.kind().name();
    let message = format!("{name} deleted.");
    let url = format!("/{}s/delete/{}", name.to_lowercase(), gone.id);
    // A number here, and text elsewhere.
    let id = Map::from_iter([("id".to_owned(), gone.id.0.into())]);
    Ok(Response::saved_with(&message, &url, None, id))
}

async fn children(ctx: Ctx, request: Request) -> AppResult<Response> {
    let kind = one_kind(request.arg(0))?;
    let key = analyst_data::key(Some(kind), request.arg(1).unwrap_or_default())?;
    let depth = request.arg(2).and_then(|depth| depth.parse().ok()).unwrap_or(2);
    let below = analyst_data::children(&ctx, kind, key, depth).await?;
    let mut out = Buffer::new();
    write_list(&mut out, &below, |out, shown| {
        wrapped(out, shown, &ctx.platform.base_url);
    });
    Ok(Response::raw_json(out))
}

async fn related(ctx: Ctx, request: Request) -> AppResult<Response> {
    let kind = Some(one_kind(request.arg(0))?);
    let key = analyst_data::key(kind, request.arg(1).unwrap_or_default())?;
    let found = analyst_data::related(&ctx, key).await?;
    let mut out = Buffer::new();
    write_object(&mut out, |o| {
        if let Some(found) = &found {
            o.object(found.of.kind.name(), |o| analyst_data::write_related(o, found));
        }
    });
    Ok(Response::raw_json(out))
}

async fn of_attribute(ctx: Ctx, request: Request) -> AppResult<Response> {
    let key = AttributeKey::parse(request.arg(0).unwrap_or_default())?;
    Ok(lists(&ctx, &analyst_data::on_attribute(&ctx, key).await?))
}

async fn of_object(ctx: Ctx, request: Request) -> AppResult<Response> {
    let key = ObjectKey::parse(request.arg(0).unwrap_or_default())?;
    Ok(lists(&ctx, &analyst_data::on_object(&ctx, key).await?))
}

/// The three lists, empty or not.
fn lists(ctx: &Ctx, hung: &Hung) -> Response {
    let mut out = Buffer::new();
    write_object(&mut out, |o| {
        for kind in AnalystKind::ALL.iter().copied() {
            let of_kind = hung.list.iter().filter(|shown| shown.data.kind() == kind);
            o.list(kind.name(), of_kind, |out, shown| {
                shown.write(out, &ctx.platform.base_url);
            });
        }
    });
    Response::raw_json(out)
}

/// `{"Note": {uuid: modified}, …}` without the kinds that there are none of.
fn known(list: &[analyst_data::Known]) -> Value {
    let mut all = Map::new();
    for (kind, uuid, modified) in list {
        let of_kind = all.entry(kind.name()).or_insert_with(|| json!({}));
        if let Value::Object(of_kind) = of_kind {
            let moment = sightline_core::clock::datetime_of(*modified);
            of_kind.insert(uuid.to_string(), moment.into());
        }
    }
    Value::Object(all)
}
