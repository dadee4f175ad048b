//! Organisations (spec 03 section 8).

use crate::key::{named_by, text, window};
use crate::request::Request;
use crate::response::Response;
use crate::router::{Allow, Methods, Route, route};
use axum::http::{Method, StatusCode};
use serde_json::{Map, Value, json};
use sightline_app::Ctx;
use sightline_app::organisations::{self, Described, Scope};
use sightline_core::clock::datetime_of;
use sightline_core::limits::ALL_ROWS;
use sightline_core::{AppError, AppResult, Permission, random};
use sightline_misp::json::{Buffer, ObjectWriter, write_list, write_object, write_text};
use sightline_misp::records::Organisation;

pub(crate) fn routes() -> Vec<Route> {
    use Allow::{All, Everyone, SiteAdmin};
    use Methods::{GetPost, PostDelete};
    vec![
        route("organisations", "index", GetPost, Everyone, index),
        route("organisations", "view", GetPost, Everyone, view),
        route(
            "organisations",
            "getUUIDs",
            GetPost,
            All(&[Permission::Sync]),
            uuids,
        ),
        route("organisations", "admin_add", GetPost, SiteAdmin, add),
        route("organisations", "admin_edit", GetPost, SiteAdmin, edit),
        route("organisations", "admin_delete", PostDelete, SiteAdmin, delete),
        route("organisations", "admin_merge", Methods::Post, SiteAdmin, merge),
        route(
            "organisations",
            "admin_generateuuid",
            GetPost,
            SiteAdmin,
            new_uuid,
        ),
    ]
}

/// The id, uuid or name that a request names.
fn key(request: &Request) -> AppResult<String> {
    let key = named_by(request, &["id", "uuid", "name"], |key| Ok(key.to_owned()))?;
    if key.is_empty() {
        Err(organisations::invalid_organisation())
    } else {
        Ok(key)
    }
}

async fn index(ctx: Ctx, request: Request) -> AppResult<Response> {
    let body = request.fields("Organisation")?;
    let given = |name: &str| {
        request
            .named(name)
            .map(str::to_owned)
            .or_else(|| body.get(name).and_then(text))
    };
    let scope = match given("scope").as_deref() {
        Some("external") => Scope::External,
        Some("all") => Scope::All,
        _ => Scope::Local,
    };
    let search = ["searchall", "quickFilter", "value"]
        .iter()
        .find_map(|name| given(name).filter(|text| !text.is_empty()));
    let (page, limit) = window(&request, &body, ALL_ROWS);
    let offset = limit.saturating_mul(page - 1);
    let (found, total) = organisations::index(&ctx, scope, search, Some(limit), offset).await?;
    let mut out = Buffer::new();
    write_list(&mut out, &found, |out, described| {
        write_object(out, |o| o.object("Organisation", |o| write_listed(o, described)));
    });
    Ok(Response::raw_json(out).with_total(total))
}

fn write_listed(o: &mut ObjectWriter<'_>, described: &Described) {
    let Described {
        org,
        user_count,
        created_by_email,
        ..
    } = described;
    write_columns(o, org, created_by_email.is_some());
    o.number("user_count", *user_count);
    if let Some(email) = created_by_email {
        o.text("created_by_email", email);
    }
}

fn write_head(o: &mut ObjectWriter<'_>, org: &Organisation) {
    o.number("id", org.id);
    o.text("name", &org.name);
    o.text("date_created", &datetime_of(org.date_created));
    o.text("date_modified", &datetime_of(org.date_modified));
}

/// A list, or null where there is no restriction.
fn write_domains(o: &mut ObjectWriter<'_>, org: &Organisation) {
    if org.restricted_to_domain.is_empty() {
        o.null("restricted_to_domain");
    } else {
        o.list(
            "restricted_to_domain",
            &org.restricted_to_domain,
            |out, domain| write_text(out, domain),
        );
    }
}

/// Every column, as adding, editing and the views of users show them.
pub(crate) fn write_organisation(o: &mut ObjectWriter<'_>, org: &Organisation) {
    write_columns(o, org, true);
}

fn write_columns(o: &mut ObjectWriter<'_>, org: &Organisation, with_creator: bool) {
    write_head(o, org);
    o.opt_text("description", org.description.as_deref());
    o.text("type", &org.kind);
    o.text("nationality", &org.nationality);
    o.text("sector", &org.sector);
    if with_creator {
        o.number("created_by", org.created_by);
    }
    o.uuid("uuid", org.uuid);
    o.opt_text("contacts", org.contacts.as_deref());
    o.flag("local", org.local);
    write_domains(o, org);
    o.opt_text("landingpage", org.landingpage.as_deref());
}

/// Every column that the caller may see: who added it is for site administrators.
pub(crate) fn write_shown(o: &mut ObjectWriter<'_>, org: &Organisation, ctx: &Ctx) {
    write_columns(o, org, ctx.caller.is_site_admin());
}

async fn view(ctx: Ctx, request: Request) -> AppResult<Response> {
    let Described {
        org,
        user_count,
        created_by_email,
        ..
    } = organisations::view(&ctx, &key(&request)?).await?;
    let mut out = Buffer::new();
    write_object(&mut out, |o| {
        o.object("Organisation", |o| {
            write_head(o, &org);
            o.text("type", &org.kind);
            o.text("nationality", &org.nationality);
            o.text("sector", &org.sector);
            o.opt_text("contacts", org.contacts.as_deref());
            o.opt_text("description", org.description.as_deref());
            o.flag("local", org.local);
            o.uuid("uuid", org.uuid);
            write_domains(o, &org);
            if created_by_email.is_some() {
                o.number("created_by", org.created_by);
            }
            o.number("user_count", user_count);
            if let Some(email) = &created_by_email {
                o.text("created_by_email", email);
            }
        });
    });
    Ok(Response::raw_json(out))
}

async fn uuids(ctx: Ctx, _: Request) -> AppResult<Response> {
    Ok(Response::json(&json!(organisations::local_uuids(&ctx).await?)))
}

async fn add(ctx: Ctx, request: Request) -> AppResult<Response> {
    if request.method == Method::GET {
        return Ok(crate::events::describe("/admin/organisations/add", &["name"]));
    }
    Ok(answer(
        &organisations::add(&ctx, request.decode("Organisation")?).await?,
    ))
}

async fn edit(ctx: Ctx, request: Request) -> AppResult<Response> {
    if request.method == Method::GET {
        return Ok(crate::events::describe("/admin/organisations/edit", &["name"]));
    }
    let key = key(&request)?;
    Ok(answer(
        &organisations::edit(&ctx, &key, request.decode("Organisation")?).await?,
    ))
}

fn answer(org: &Organisation) -> Response {
    let mut out = Buffer::new();
    write_object(&mut out, |o| {
        o.object("Organisation", |o| write_organisation(o, org));
    });
    Response::raw_json(out)
}

async fn delete(ctx: Ctx, request: Request) -> AppResult<Response> {
    let described = organisations::view(&ctx, &key(&request)?).await?;
    let id = described.org.id.to_string();
    let url = format!("/admin/organisations/delete/{id}");
    match organisations::delete(&ctx, &id).await {
        Ok(_) => Ok(Response::saved("Organisation deleted", &url, Some(&id))),
        // The reference's failure names the record here.
        Err(AppError::Rejected(errors)) => {
            let name = "Could not delete Organisation";
            Ok(Response::json(&json!({
                "saved": false, "name": name, "message": name, "url": url, "errors": errors, "id": id,
            }))
            .with_status(StatusCode::FORBIDDEN))
        }
        Err(error) => Err(error),
    }
}

/// `/admin/organisations/merge/<from>/<into>`, or `{"id", "target"}`: ids, uuids or names.
async fn merge(ctx: Ctx, request: Request) -> AppResult<Response> {
    let from = key(&request)?;
    let body = request.fields("Organisation")?;
    let into = request
        .arg(1)
        .map(str::to_owned)
        .or_else(|| body.get("target").and_then(text))
        .ok_or_else(|| AppError::field("target", "The organisation that stays is missing."))?;
    let merged = organisations::merge(&ctx, &from, &into).await?;
    let id = merged.into.id.to_string();
    let moved: Map<String, Value> = merged
        .moved
        .iter()
        .map(|(table, rows)| ((*table).to_owned(), rows.to_string().into()))
        .collect();
    let more = Map::from_iter([("data".to_owned(), Value::Object(moved))]);
    Ok(Response::saved_with(
        "Organisation merged",
        "/admin/organisations/merge",
        Some(&id),
        more,
    ))
}

async fn new_uuid(_: Ctx, _: Request) -> AppResult<Response> {
    Ok(Response::json(&json!({"uuid": random::uuid()})))
}
