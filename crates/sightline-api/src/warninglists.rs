//! Warninglists (spec 07 section 4).

use crate::key::{named_or_field, text, window};
use crate::request::Request;
use crate::response::{JSON, Response};
use crate::router::{Allow, Methods, Route, route};
use crate::tags::field_texts;
use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use serde_json::{Map, Value, json};
use sightline_app::Ctx;
use sightline_app::knowledge::Library;
use sightline_app::warninglists::{self, Chosen, Entry, Filter, NewWarninglist, entries_of_text};
use sightline_core::ids::WarninglistId;
use sightline_core::limits::PAGE_ROWS_MAX;
use sightline_core::{AppError, AppResult, Permission};
use sightline_misp::json::{Buffer, write_list, write_object, write_text};
use sightline_misp::records::{Warninglist, WarninglistEntry};
use std::future::ready;

pub(crate) fn routes() -> Vec<Route> {
    use Allow::{Everyone, SiteAdmin};
    use Methods::{GetPost, Post, PostDelete};
    const KEEPER: Allow = Allow::All(&[Permission::Warninglist]);
    const NAME: &str = "warninglists";
    vec![
        route(NAME, "index", GetPost, Everyone, index),
        route(NAME, "view", GetPost, Everyone, view),
        route(NAME, "export", GetPost, Everyone, export),
        route(NAME, "checkValue", Post, Everyone, check_value),
        route(NAME, "add", Post, KEEPER, add),
        route(NAME, "edit", Post, KEEPER, edit),
        route(NAME, "import", Post, KEEPER, import),
        route(NAME, "delete", PostDelete, KEEPER, delete),
        route(NAME, "toggleEnable", Post, KEEPER, toggle),
        route(NAME, "enableWarninglist", Post, KEEPER, enable),
        route(NAME, "getToggleField", GetPost, KEEPER, |_, _| async {
            Err(AppError::NotAllowed(
                "This action is available via AJAX only.".into(),
            ))
        }),
        route(NAME, "update", Post, SiteAdmin, |ctx, _| async move {
            crate::knowledge::update(&ctx, Library::Warninglists, "warninglists").await
        }),
    ]
}

fn id(request: &Request) -> AppResult<WarninglistId> {
    request
        .arg(0)
        .and_then(|id| id.parse().ok())
        .map(WarninglistId)
        .ok_or_else(warninglists::not_found)
}

async fn index(ctx: Ctx, request: Request) -> AppResult<Response> {
    let body = request.fields("Warninglist")?;
    let given = |name: &str| named_or_field(&request, &body, name);
    let filter = Filter {
        value: given("value").or_else(|| given("searchall")),
        enabled: given("enabled").map(|on| !is_off(&on)),
    };
    let (page, limit) = window(&request, &body, PAGE_ROWS_MAX);
    let (found, total) = warninglists::index(&ctx, filter, page, limit).await?;
    let mut out = Buffer::new();
    write_object(&mut out, |o| {
        o.list("Warninglists", &found, |out, list: &Warninglist| {
            write_object(out, |o| {
                o.object("Warninglist", |o| {
                    list.write(o);
                    o.number("warninglist_entry_count", list.entry_count);
                    o.text("valid_attributes", &types(list).join(", "));
                });
            });
        });
    });
    Ok(Response::raw_json(out).with_total(total))
}

fn is_off(text: &str) -> bool {
    matches!(text.to_ascii_lowercase().as_str(), "" | "0" | "false")
}

/// The types that a list is for, as the wire has them.
fn types(list: &Warninglist) -> Vec<&str> {
    if list.types.is_empty() {
        vec!["ALL"]
    } else {
        list.types.iter().map(String::as_str).collect()
    }
}

/// The whole list, its entries in chunks.
async fn view(ctx: Ctx, request: Request) -> AppResult<Response> {
    let list = warninglists::view(&ctx, id(&request)?).await?;
    let mut head = Buffer::new();
    write_object(&mut head, |o| o.object("Warninglist", |o| list.write(o)));
    // Both objects are closed again by what follows the entries.
    head.truncate(head.len().saturating_sub(2));
    head.extend_from_slice(b",\"WarninglistEntry\":[");
    let mut tail = b"],\"WarninglistType\":".to_vec();
    write_list(
        &mut tail,
        &(1..).zip(types(&list)).collect::<Vec<(i64, &str)>>(),
        |out, (n, name)| {
            write_object(out, |o| {
                o.number("id", *n);
                o.text("type", name);
                o.number("warninglist_id", list.id);
            });
        },
    );
    tail.extend_from_slice(b"}}");
    let number = list.id;
    Ok(streamed(ctx, &list, head, tail, move |out, entry| {
        write_object(out, |o| entry.write(o, number));
    }))
}

/// The file of a list.
async fn export(ctx: Ctx, request: Request) -> AppResult<Response> {
    let list = warninglists::view(&ctx, id(&request)?).await?;
    let mut head = Buffer::new();
    write_object(&mut head, |o| {
        o.text("name", &list.name);
        o.text("type", &list.kind);
        o.number("version", list.version);
        o.text("description", &list.description);
        o.list("matching_attributes", &types(&list), |out, name| {
            write_text(out, name);
        });
    });
    head.truncate(head.len().saturating_sub(1));
    head.extend_from_slice(b",\"list\":[");
    Ok(streamed(ctx, &list, head, b"]}".to_vec(), |out, entry| {
        write_text(out, &entry.value);
    }))
}

fn streamed(
    ctx: Ctx,
    list: &Warninglist,
    head: Buffer,
    tail: Vec<u8>,
    write: impl Fn(&mut Buffer, &WarninglistEntry) + Send + 'static,
) -> Response {
    let list = list.clone();
    let chunks = stream::try_unfold(0, move |after| {
        let (ctx, list) = (ctx.clone(), list.clone());
        async move {
            let entries = warninglists::entries(&ctx, &list, after).await?;
            Ok::<_, AppError>(
                entries
                    .last()
                    .map(|last| last.position)
                    .map(|last| (entries, last)),
            )
        }
    });
    let rows = chunks.map_ok(move |entries| {
        let mut out = Buffer::new();
        for entry in &entries {
            if entry.position > 1 {
                out.push(b',');
            }
            write(&mut out, entry);
        }
        Bytes::from(out)
    });
    let edge = |bytes: Vec<u8>| stream::once(ready(Ok(Bytes::from(bytes))));
    Response::stream(JSON, edge(head).chain(rows).chain(edge(tail)))
}

/// One value, a list of them, or a list under `[]`.
async fn check_value(ctx: Ctx, request: Request) -> AppResult<Response> {
    let values = match request.json()? {
        Value::Array(list) => list.iter().filter_map(text).collect(),
        Value::Object(fields) => {
            let named = fields.get("[]").or_else(|| fields.get("value"));
            match named {
                Some(Value::Array(list)) => list.iter().filter_map(text).collect(),
                Some(value) => text(value).into_iter().collect(),
                None => Vec::new(),
            }
        }
        Value::Null => return Err(AppError::BadRequest("No data provided.".into())),
        scalar => text(&scalar).into_iter().collect(),
    };
    let found = warninglists::check_values(&ctx, values).await?;
    if found.is_empty() {
        // The reference's empty list of what is an object otherwise.
        return Ok(Response::json(&json!([])));
    }
    let answer: Map<String, Value> = found
        .into_iter()
        .map(|(value, known)| {
            let hits = known.into_iter().map(
                |hit| json!({"id": hit.list.id.to_string(), "name": hit.list.name, "matched": hit.entry}),
            );
            (value, hits.collect())
        })
        .collect();
    Ok(Response::json(&Value::Object(answer)))
}

/// A list as a request writes it: in the format of its file, or with `entries` as text.
fn decode(request: &Request) -> AppResult<NewWarninglist> {
    let fields = request.fields("Warninglist")?;
    let given = |name: &str| fields.get(name).and_then(text).unwrap_or_default();
    let or = |value: String, default: &str| {
        if value.is_empty() {
            default.to_owned()
        } else {
            value
        }
    };
    let mut types = field_texts(&fields, "matching_attributes");
    if types.iter().any(|name| name == "ALL") {
        types.clear();
    }
    let version = given("version");
    Ok(NewWarninglist {
        name: given("name"),
        description: given("description"),
        version: if version.is_empty() {
            1
        } else {
            version
                .parse()
                .map_err(|_| AppError::field("version", "The version is a number."))?
        },
        kind: or(given("type"), "string"),
        category: or(given("category"), "false_positive"),
        types,
        entries: fields
            .get("list")
            .or_else(|| fields.get("entries"))
            .map(entries)
            .transpose()?
            .unwrap_or_default(),
    })
}

fn entries(value: &Value) -> AppResult<Vec<Entry>> {
    let invalid = || {
        AppError::field(
            "entries",
            "Entries are texts, or objects with `value` and `comment`.",
        )
    };
    match value {
        Value::String(lines) => Ok(entries_of_text(lines)),
        Value::Array(list) => list
            .iter()
            .map(|one| match one {
                Value::Object(entry) => Ok(Entry {
                    value: entry.get("value").and_then(text).ok_or_else(invalid)?,
                    comment: entry.get("comment").and_then(text).unwrap_or_default(),
                }),
                scalar => Ok(Entry {
                    value: text(scalar).ok_or_else(invalid)?,
                    comment: String::new(),
                }),
            })
            .collect(),
        Value::Object(map) => Ok(map
            .iter()
            .map(|(value, comment)| Entry {
                value: value.clone(),
                comment: text(comment).unwrap_or_default(),
            })
            .collect()),
        _ => Err(invalid()),
    }
}

async fn add(ctx: Ctx, request: Request) -> AppResult<Response> {
    let list = warninglists::add(&ctx, decode(&request)?).await?;
    let mut out = Buffer::new();
    write_object(&mut out, |o| o.object("Warninglist", |o| list.write(o)));
    Ok(Response::raw_json(out))
}

async fn edit(ctx: Ctx, request: Request) -> AppResult<Response> {
    let new = decode(&request)?;
    let said = new.entries.clone();
    let list = warninglists::edit(&ctx, id(&request)?, new).await?;
    let types = types(&list);
    let entries: Vec<Value> = said
        .iter()
        .map(|entry| {
            let comment = (!entry.comment.is_empty()).then_some(&entry.comment);
            json!({"value": entry.value, "comment": comment})
        })
        .collect();
    let kinds: Vec<Value> = types.iter().map(|name| json!({"type": name})).collect();
    Ok(Response::json(&json!({
        "Warninglist": {
            "id": list.id.to_string(), "name": list.name, "type": list.kind, "description": list.description,
            "version": list.version, "enabled": list.enabled, "default": list.is_default, "category": list.category,
            "matching_attributes": types,
        },
        "WarninglistEntry": entries,
        "WarninglistType": kinds,
    })))
}

async fn import(ctx: Ctx, request: Request) -> AppResult<Response> {
    let list = warninglists::import(&ctx, decode(&request)?).await?;
    let message = "Warninglist imported";
    Ok(Response::json(&json!({
        "saved": true, "success": true, "name": message, "message": message,
        "url": format!("/warninglists/import/{}", list.id), "id": list.id.0,
    })))
}

async fn delete(ctx: Ctx, request: Request) -> AppResult<Response> {
    warninglists::delete(&ctx, id(&request)?).await?;
    Ok(Response::found(&ctx, "/warninglists"))
}

async fn enable(ctx: Ctx, request: Request) -> AppResult<Response> {
    let id = id(&request)?;
    let enabled = request.arg(1).is_some_and(|arg| !is_off(arg));
    warninglists::set_enabled(&ctx, id, enabled).await?;
    Ok(Response::found(&ctx, &format!("/warninglists/view/{id}")))
}

/// Failures have the status 200, as the reference answers here.
async fn toggle(ctx: Ctx, request: Request) -> AppResult<Response> {
    let body = request.fields("Warninglist")?;
    let unknown = |what: &str| Ok(Response::json(&json!({"saved": false, "errors": what})));
    let names: Vec<String> = field_texts(&body, "name");
    let ids = field_texts(&body, "id");
    let (chosen, missing) = if names.is_empty() {
        let ids = ids.iter().filter_map(|id| id.parse().ok()).collect();
        (Chosen::Ids(ids), "Warninglist(s) not found.")
    } else {
        (Chosen::Names(names), "Warninglist not found.")
    };
    let enabled = body.get("enabled").and_then(text).map(|on| !is_off(&on));
    let toggled = warninglists::toggle(&ctx, chosen, enabled).await?;
    if toggled.lists == 0 {
        return unknown(missing);
    }
    let word = match toggled.enabled {
        Some(true) => "enabled",
        Some(false) => "disabled",
        None => "toggled",
    };
    let message = format!("{} warninglist(s) {word}", toggled.lists);
    Ok(Response::json(&json!({"saved": true, "success": message})))
}
