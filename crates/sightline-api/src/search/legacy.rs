//! The export addresses from before restSearch, which devices still ask (spec 04 section 9, spec 09 A.11 and A.12).
//! Their first segment was the caller's key; it is skipped, the key belongs in the header.

use super::{answer_attributes, answer_events, answer_special, query};
use crate::request::{self, Request};
use crate::response::Response;
use crate::router::{Allow, Methods, Route, route};
use axum::http::Method;
use serde_json::{Map, Value, json};
use sightline_app::Ctx;
use sightline_app::search::Special;
use sightline_core::{AppError, AppResult};
use sightline_formats::exports::IntelKind;
use sightline_query::{AttributeSearch, EventSearch, Params, Scope};

/// One address: its segments in order, by the names of restSearch. `-` is skipped; the others in capitals are said
/// below.
#[derive(Clone, Copy)]
struct Alias {
    action: &'static str,
    scope: Scope,
    format: &'static str,
    segments: &'static [&'static str],
}

/// Wanted also without the flag for detection systems, or unpublished; only with the flag.
const NOT_ONLY_IDS: &str = "ALLOW_NON_IDS";
const NOT_ONLY_PUBLISHED: &str = "ALLOW_NOT_PUBLISHED";
const ONLY_IDS: &str = "SIG_ONLY";

#[rustfmt::skip]
const ALIASES: [Alias; 8] = [
    Alias {
        action: "xml", scope: Scope::Event, format: "xml",
        segments: &["-", "eventid", "withAttachments", "tags", "from", "to", "last"],
    },
    Alias {
        action: "csv", scope: Scope::Event, format: "csv",
        segments: &[
            "-", "eventid", "ignore", "tags", "category", "type", "includeContext", "from", "to", "last", "headerless",
            "enforceWarninglist", "value", "timestamp",
        ],
    },
    Alias {
        action: "nids", scope: Scope::Event, format: "suricata",
        segments: &[
            "returnFormat", "-", "eventid", "-", "tags", "from", "to", "last", "type", "enforceWarninglist",
            "includeAllTags",
        ],
    },
    Alias {
        action: "downloadOpenIOCEvent", scope: Scope::Event, format: "openioc",
        segments: &["eventid"],
    },
    Alias {
        action: "restSearchExport", scope: Scope::Event, format: "json",
        segments: &["idList", "returnFormat"],
    },
    Alias {
        action: "text", scope: Scope::Attribute, format: "text",
        segments: &[
            "-", "type", "tags", "eventid", NOT_ONLY_IDS, "from", "to", "last", "enforceWarninglist",
            NOT_ONLY_PUBLISHED,
        ],
    },
    Alias {
        action: "rpz", scope: Scope::Attribute, format: "rpz",
        segments: &[
            "-", "tags", "eventid", "from", "to", "policy", "walled_garden", "ns", "email", "serial", "refresh",
            "retry", "expiry", "minimum_ttl", "ttl", "enforceWarninglist",
        ],
    },
    Alias {
        action: "returnAttributes", scope: Scope::Attribute, format: "json",
        segments: &["-", "eventid", "type", ONLY_IDS],
    },
];

pub(super) fn routes() -> Vec<Route> {
    let mut routes: Vec<Route> = ALIASES
        .into_iter()
        .map(|alias| {
            let controller = if alias.scope == Scope::Event {
                "events"
            } else {
                "attributes"
            };
            route(
                controller,
                alias.action,
                Methods::GetPost,
                Allow::Everyone,
                move |ctx, request| alias.answer(ctx, request),
            )
        })
        .collect();
    routes.push(route("events", "hids", Methods::GetPost, Allow::Everyone, hids));
    routes.push(route(
        "attributes",
        "bro",
        Methods::GetPost,
        Allow::Everyone,
        zeek,
    ));
    routes
}

/// Whether an action of events or attributes is a search, by whichever address; a bulk change searches for what it changes.
pub(crate) fn is_search(action: &str) -> bool {
    action == "restSearch"
        || action == "hids"
        || action == "bro"
        || action == "bulk"
        || ALIASES.iter().any(|alias| alias.action == action)
}

impl Alias {
    async fn answer(self, ctx: Ctx, request: Request) -> AppResult<Response> {
        let mut filters = filters(&request, self.segments)?;
        filters
            .entry("returnFormat")
            .or_insert_with(|| self.format.into());
        match self.action {
            // Without `ignore` for detection systems, as the formats that are made for them.
            "csv" if !filters.contains_key("ignore") => {
                filters.entry("to_ids").or_insert_with(|| json!(1));
                filters.entry("published").or_insert_with(|| json!(1));
            }
            "restSearchExport" => {
                let ids = filters.get("idList").and_then(Value::as_str).unwrap_or_default();
                let ids: Vec<&str> = ids
                    .split(',')
                    .map(str::trim)
                    .filter(|id| !id.is_empty())
                    .collect();
                if ids.is_empty() {
                    return Err(AppError::BadRequest(
                        "The ids of the events are missing in the URL.".into(),
                    ));
                }
                let ids = json!(ids);
                filters.insert("idList".into(), ids);
                filters.insert("published".into(), json!([0, 1]));
            }
            _ => {}
        }
        let params = harvest(&request, self.scope, filters)?;
        match self.scope {
            Scope::Event => {
                let search = EventSearch::parse(&params, ctx.now())?;
                answer_events(ctx, search).await
            }
            _ => {
                let search = AttributeSearch::parse(&params, ctx.now())?;
                answer_attributes(ctx, search).await
            }
        }
    }
}

/// What the segments and the body say.
fn filters(request: &Request, segments: &[&str]) -> AppResult<Map<String, Value>> {
    let mut filters = if request.method == Method::GET || request.body.is_empty() {
        Map::new()
    } else {
        request::unwrap(request.json()?, "request")
    };
    for (name, segment) in segments.iter().zip(&request.args) {
        let unsaid = matches!(
            segment.to_ascii_lowercase().as_str(),
            "" | "null" | "0" | "false" | "all"
        );
        match *name {
            "-" => {}
            _ if unsaid => {}
            NOT_ONLY_IDS => drop(filters.insert("to_ids".into(), json!([0, 1]))),
            NOT_ONLY_PUBLISHED => drop(filters.insert("published".into(), json!([0, 1]))),
            ONLY_IDS => drop(filters.insert("to_ids".into(), json!(1))),
            name => drop(filters.insert(name.into(), segment.replace(';', ":").into())),
        }
    }
    Ok(filters)
}

fn harvest(request: &Request, scope: Scope, filters: Map<String, Value>) -> AppResult<Params> {
    let body = Value::Object(filters);
    Params::harvest(
        scope,
        sightline_query::Request {
            get: false,
            positional: &[],
            ..query(request, Some(&body))
        },
    )
}

/// `/events/hids/md5/…`: checksums of one kind.
async fn hids(ctx: Ctx, request: Request) -> AppResult<Response> {
    let (kind, types) = match request
        .args
        .first()
        .map(|kind| kind.to_ascii_lowercase())
        .as_deref()
    {
        Some("md5") => ("md5", json!(["md5", "filename|md5", "malware-sample"])),
        Some("sha1") => ("sha1", json!(["sha1", "filename|sha1"])),
        Some("sha256") => ("sha256", json!(["sha256", "filename|sha256"])),
        _ => {
            let message = "Invalid hash type, must be one of md5, sha1, sha256.";
            return Err(AppError::BadRequest(message.into()));
        }
    };
    let segments = ["-", "-", "tags", "from", "to", "last", "-", "enforceWarninglist"];
    let mut filters = filters(&request, &segments)?;
    filters.insert("returnFormat".into(), "hashes".into());
    filters.insert("type".into(), types);
    let search = AttributeSearch::parse(&harvest(&request, Scope::Attribute, filters)?, ctx.now())?;
    answer_special(ctx, search, Special::Hashes(kind)).await
}

/// `/attributes/bro/…`: intelligence for Zeek, of published events and with the flag for detection systems.
async fn zeek(ctx: Ctx, request: Request) -> AppResult<Response> {
    let name = request
        .args
        .get(1)
        .cloned()
        .or_else(|| request.named("type").map(str::to_owned));
    let name = name.unwrap_or_else(|| "all".into());
    let kind =
        IntelKind::parse(&name).ok_or_else(|| AppError::BadRequest(format!("Invalid type {name}.")))?;
    let segments = [
        "-",
        "-",
        "tags",
        "eventid",
        "from",
        "to",
        "last",
        "enforceWarninglist",
    ];
    let mut filters = filters(&request, &segments)?;
    filters.remove("type");
    filters.insert("returnFormat".into(), "text".into());
    let event = filters.get("eventid").and_then(Value::as_str).map(str::to_owned);
    let event = event.filter(|id| id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'));
    let file = match event {
        Some(event) => format!("misp.{name}.event_{event}.intel"),
        None => format!("misp.{name}.intel"),
    };
    let mut request = request;
    request.named.retain(|(name, _)| name != "type");
    let search = AttributeSearch::parse(&harvest(&request, Scope::Attribute, filters)?, ctx.now())?;
    Ok(answer_special(ctx, search, Special::Zeek(kind))
        .await?
        .with_header("content-disposition", &format!("attachment; filename=\"{file}\"")))
}
