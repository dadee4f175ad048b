//! Galaxies and clusters (spec 07 section 2).

use crate::key::{flag, named_by, named_or_field, text, window};
use crate::knowledge::PATIENCE;
use crate::request::Request;
use crate::response::Response;
use crate::router::{Allow, Methods, Route, route};
use crate::search::{Started, parameters};
use serde_json::{Map, Value, json};
use sightline_app::Ctx;
use sightline_app::attributes::AttributeKey;
use sightline_app::events::EventKey;
use sightline_app::galaxies::{
    self, ClusterAnswer, ClusterFilter, ClusterKey, Filter, GalaxyKey, Shape, Window,
};
use sightline_app::knowledge::{Library, Updated, request_forced_update, request_update, wait_for_update};
use sightline_app::tags::{Attachments, Detached, Outcome, TargetKey};
use sightline_core::ids::TagId;
use sightline_core::limits::PAGE_ROWS_MAX;
use sightline_core::{AppError, AppResult, Permission};
use sightline_misp::json::{Buffer, write_list, write_object};
use sightline_misp::records::Galaxy;
use sightline_query::{GalaxyClusterSearch, Paging, Scope};

const CLUSTERS: &str = "galaxyclusters";

pub(crate) fn routes() -> Vec<Route> {
    use Allow::{Everyone, SiteAdmin};
    use Methods::{Get, GetPost, Post, PostDelete};
    const TAGGER: Allow = Allow::Any(&[Permission::Tagger, Permission::Sync]);
    vec![
        route("galaxies", "index", GetPost, Everyone, index),
        route("galaxies", "view", Get, Everyone, view),
        route("galaxies", "update", Post, SiteAdmin, update),
        route("galaxies", "delete", PostDelete, SiteAdmin, delete),
        route("galaxies", "enable", Post, SiteAdmin, |ctx, request| {
            set_enabled(ctx, request, Some(true))
        }),
        route("galaxies", "disable", Post, SiteAdmin, |ctx, request| {
            set_enabled(ctx, request, Some(false))
        }),
        route("galaxies", "toggle", Post, SiteAdmin, |ctx, request| {
            set_enabled(ctx, request, None)
        }),
        route("galaxies", "attachCluster", Post, TAGGER, attach),
        route("galaxies", "attachMultipleClusters", Post, TAGGER, attach_many),
        route(CLUSTERS, "index", GetPost, Everyone, clusters),
        route(CLUSTERS, "view", Get, Everyone, view_cluster),
        route(CLUSTERS, "restSearch", GetPost, Everyone, search),
        route(CLUSTERS, "detach", Post, TAGGER, detach),
    ]
}

fn galaxy_key(request: &Request) -> AppResult<GalaxyKey> {
    named_by(request, &["id", "uuid"], GalaxyKey::parse)
}

async fn index(ctx: Ctx, request: Request) -> AppResult<Response> {
    let body = request.fields("Galaxy")?;
    let given = |name: &str| named_or_field(&request, &body, name);
    let filter = Filter {
        value: given("value").or_else(|| given("searchall")),
        enabled: given("enabled").map(|enabled| enabled != "0" && enabled != "false"),
    };
    // The reference does not page here.
    let (page, limit) = window(&request, &body, PAGE_ROWS_MAX);
    let (found, total) = galaxies::index(&ctx, filter, page, limit).await?;
    let mut out = Buffer::new();
    write_list(&mut out, &found, |out, galaxy| {
        write_object(out, |o| o.object("Galaxy", |o| galaxy.write(o)));
    });
    Ok(Response::raw_json(out).with_total(total))
}

/// The galaxy with all of its clusters.
async fn view(ctx: Ctx, request: Request) -> AppResult<Response> {
    let key = galaxy_key(&request)?;
    let started = ctx
        .read_at_length(move |ctx, tx| {
            let galaxy = galaxies::find(tx, key)?;
            let filter = ClusterFilter {
                galaxies: Some(vec![galaxy.id.0]),
                deleted: Some(false),
                ..ClusterFilter::default()
            };
            let answer = ClusterAnswer::open(ctx, tx, filter, Shape::Galaxy(Box::new(galaxy)), None)?;
            Started::begin(ctx, tx, answer)
        })
        .await?;
    Ok(started.body(ctx))
}

async fn update(ctx: Ctx, request: Request) -> AppResult<Response> {
    let libraries = [Library::Galaxies];
    let job = if flag(&request, &Map::new(), "force") {
        request_forced_update(&ctx, &libraries).await?
    } else {
        request_update(&ctx, &libraries, None).await?
    };
    let message = match wait_for_update(&ctx, job, &libraries, PATIENCE).await? {
        None => format!("The update goes on: see job {job}."),
        Some(Updated {
            done: true,
            broken: 0,
            ..
        }) => "Galaxies updated.".to_owned(),
        Some(Updated {
            done: true, broken, ..
        }) => {
            format!("Galaxies updated. {broken} files could not be read: see job {job}.")
        }
        Some(_) => {
            return Err(AppError::Refused(format!(
                "Could not update the galaxies: see job {job}."
            )));
        }
    };
    Ok(Response::saved(&message, "/galaxies/update", None))
}

fn done(message: &str, action: &str, galaxy: &Galaxy) -> Response {
    let url = format!("/galaxies/{action}/{}", galaxy.id);
    Response::saved(message, &url, Some(&galaxy.id.to_string()))
}

async fn delete(ctx: Ctx, request: Request) -> AppResult<Response> {
    let galaxy = galaxies::delete(&ctx, galaxy_key(&request)?).await?;
    Ok(done("Galaxy deleted", "delete", &galaxy))
}

async fn set_enabled(ctx: Ctx, request: Request, enabled: Option<bool>) -> AppResult<Response> {
    let galaxy = galaxies::set_enabled(&ctx, galaxy_key(&request)?, enabled).await?;
    Ok(if galaxy.enabled {
        done("Galaxy enabled", "enable", &galaxy)
    } else {
        done("Galaxy disabled", "disable", &galaxy)
    })
}

/// `/<record>/<event|attribute>[/local:1]`
fn target(request: &Request) -> AppResult<TargetKey> {
    let id = request.arg(0).unwrap_or_default();
    match request.arg(1).unwrap_or("event") {
        "event" => EventKey::parse(id).map(TargetKey::Event),
        "attribute" => AttributeKey::parse(id).map(TargetKey::Attribute),
        other => Err(AppError::BadRequest(format!(
            "Invalid scope `{other}`: use event or attribute."
        ))),
    }
}

/// Ids as a list, or as the text of one.
fn listed(value: &Value) -> Vec<String> {
    match value {
        Value::Array(list) => list.iter().filter_map(text).collect(),
        Value::String(list) if list.trim_start().starts_with('[') => {
            serde_json::from_str(list).map_or_else(|_| Vec::new(), |list: Value| listed(&list))
        }
        other => text(other).into_iter().collect(),
    }
}

fn wanted(body: &Map<String, Value>, field: &str) -> AppResult<Vec<ClusterKey>> {
    let list = body.get(field).map(listed).unwrap_or_default();
    if list.is_empty() {
        return Err(AppError::field(field, "Please name at least one cluster."));
    }
    list.iter().map(|text| ClusterKey::parse(text)).collect()
}

async fn attach(ctx: Ctx, request: Request) -> AppResult<Response> {
    let body = request.fields("Galaxy")?;
    let clusters = wanted(&body, "target_id")?;
    let local = flag(&request, &body, "local");
    let attached = galaxies::attach(&ctx, target(&request)?, clusters, local).await?;
    Ok(outcome(&attached))
}

async fn attach_many(ctx: Ctx, request: Request) -> AppResult<Response> {
    let body = request.fields("Galaxy")?;
    let clusters = wanted(&body, "target_ids")?;
    let local = flag(&request, &body, "local");
    if request.arg(0) != Some("selected") {
        let attached = galaxies::attach(&ctx, target(&request)?, clusters, local).await?;
        return Ok(outcome(&attached));
    }
    let attributes = body.get("attribute_ids").map(listed).unwrap_or_default();
    if attributes.is_empty() {
        return Err(AppError::field(
            "attribute_ids",
            "Please name at least one attribute.",
        ));
    }
    let keys: Vec<TargetKey> = attributes
        .iter()
        .map(|id| AttributeKey::parse(id).map(TargetKey::Attribute))
        .collect::<AppResult<_>>()?;
    let attached = galaxies::attach_to_all(&ctx, keys, clusters, local).await?;
    Ok(outcome(&attached))
}

fn outcome(attachments: &Attachments) -> Response {
    let has = |wanted: fn(&Outcome) -> bool| attachments.outcomes.iter().any(wanted);
    if has(|outcome| matches!(outcome, Outcome::Attached(_))) {
        return Response::json(
            &json!({"saved": true, "success": "Cluster attached.", "check_publish": true}),
        );
    }
    let refused = attachments.outcomes.iter().find_map(|outcome| match outcome {
        Outcome::Refused(reason) => Some(*reason),
        _ => None,
    });
    Response::json(&match refused {
        Some(reason) => json!({"saved": false, "errors": reason}),
        None => json!({"saved": true, "success": "Cluster already attached.", "check_publish": true}),
    })
}

/// `/galaxy_clusters/detach/<record>/<event|attribute>/<tag>`
async fn detach(ctx: Ctx, request: Request) -> AppResult<Response> {
    let key = target(&request)?;
    let tag = request
        .arg(2)
        .and_then(|tag| tag.parse().ok())
        .map(TagId)
        .ok_or_else(|| AppError::BadRequest("Invalid tag: use its id.".into()))?;
    Ok(Response::json(&match galaxies::detach(&ctx, key, tag).await? {
        Detached::Removed { .. } => {
            json!({"saved": true, "success": "Galaxy successfully detached.", "check_publish": true})
        }
        Detached::UnknownTag => json!({"saved": false, "errors": "Invalid galaxy tag."}),
        Detached::NotAttached(_) => json!({"saved": false, "errors": "Invalid target - galaxy combination."}),
    }))
}

/// `/galaxy_clusters/index/<galaxy>`
async fn clusters(ctx: Ctx, request: Request) -> AppResult<Response> {
    let body = request.fields("GalaxyCluster")?;
    let given = |name: &str| named_or_field(&request, &body, name);
    let key = GalaxyKey::parse(request.arg(0).unwrap_or_default())?;
    let context = given("context").unwrap_or_else(|| "all".into());
    let any = given("searchall").or_else(|| given("value"));
    let paging = Paging::of_list(&request.named, &body)?;
    let (total, started) = ctx
        .read_at_length(move |ctx, tx| {
            let galaxy = galaxies::find(tx, key)?;
            let mut filter = ClusterFilter {
                galaxies: Some(vec![galaxy.id.0]),
                deleted: Some(context == "deleted"),
                any,
                ..ClusterFilter::default()
            };
            match context.as_str() {
                "default" => filter.custom = Some(false),
                "custom" => filter.custom = Some(true),
                "org" => filter.orgs = Some(vec![ctx.caller.org_id.0]),
                "orgc" => filter.orgcs = Some(vec![ctx.caller.org_id.0]),
                _ => {}
            }
            let answer = ClusterAnswer::open(ctx, tx, filter, Shape::Index, windowed(paging))?;
            Ok((answer.on_all_pages(), Started::begin(ctx, tx, answer)?))
        })
        .await?;
    Ok(started.body(ctx).with_total(total))
}

fn windowed(paging: Paging) -> Option<Window> {
    paging.limit.map(|limit| Window {
        page: paging.page,
        limit,
    })
}

async fn view_cluster(ctx: Ctx, request: Request) -> AppResult<Response> {
    let key = named_by(&request, &["id", "uuid"], ClusterKey::parse)?;
    let whole = galaxies::view_cluster(&ctx, key).await?;
    let mut out = Buffer::new();
    write_object(&mut out, |o| o.object("GalaxyCluster", |o| whole.write(o)));
    Ok(Response::raw_json(out))
}

async fn search(ctx: Ctx, request: Request) -> AppResult<Response> {
    let search = GalaxyClusterSearch::parse(&parameters(&ctx, &request, Scope::GalaxyCluster).await?)?;
    let (total, started) = ctx
        .read_at_length(move |ctx, tx| {
            let shape = if search.minimal {
                Shape::Minimal
            } else {
                Shape::Search
            };
            let window = windowed(search.paging);
            let filter = galaxies::meant(tx, search)?;
            let answer = ClusterAnswer::open(ctx, tx, filter, shape, window)?;
            Ok((answer.total(), Started::begin(ctx, tx, answer)?))
        })
        .await?;
    Ok(started
        .body(ctx)
        .with_header("x-result-count", &total.to_string())
        .with_header("x-export-module-used", "json")
        .with_header("x-response-format", "json")
        .with_header("x-skipped-elements-count", "0"))
}
