//! Attaching tags and taking them off: `tags/attachTagToObject` and its like, and the actions of events and attributes.

use super::{field_texts, listed};
use crate::key::{flag, text};
use crate::request::Request;
use crate::response::Response;
use crate::router::{Allow, Methods, Route, route};
use serde_json::{Map, Value, json};
use sightline_app::Ctx;
use sightline_app::attributes::AttributeKey;
use sightline_app::events::EventKey;
use sightline_app::tags::{
    self, AttachmentId, Attachments, Detached, Outcome, TagKey, Target, TargetKey, Via, Wish,
};
use sightline_core::{AppError, AppResult, Permission};
use uuid::Uuid;

pub(super) fn routes() -> Vec<Route> {
    const TAGGER: Allow = Allow::All(&[Permission::Tagger]);
    vec![
        route(
            "tags",
            "attachTagToObject",
            Methods::Post,
            TAGGER,
            attach_to_object,
        ),
        route(
            "tags",
            "removeTagFromObject",
            Methods::PostDelete,
            TAGGER,
            remove_from_object,
        ),
        route(
            "tags",
            "modifyTagRelationship",
            Methods::Post,
            TAGGER,
            modify_relationship,
        ),
        route("events", "addTag", Methods::Post, TAGGER, |ctx, request| {
            add_tag(ctx, request, Model::Event)
        }),
        route("attributes", "addTag", Methods::Post, TAGGER, |ctx, request| {
            add_tag(ctx, request, Model::Attribute)
        }),
        route(
            "events",
            "removeTag",
            Methods::PostDelete,
            TAGGER,
            |ctx, request| remove_tag(ctx, request, Model::Event),
        ),
        route(
            "attributes",
            "removeTag",
            Methods::PostDelete,
            TAGGER,
            |ctx, request| remove_tag(ctx, request, Model::Attribute),
        ),
    ]
}

/// The record that `uuid` names: the first positional parameter, or a field.
fn object(request: &Request, body: &Map<String, Value>) -> AppResult<TargetKey> {
    let named = request
        .arg(0)
        .map(str::to_owned)
        .or_else(|| body.get("uuid").and_then(text))
        .unwrap_or_default();
    Uuid::try_parse(&named)
        .map(TargetKey::Uuid)
        .map_err(|_| AppError::NotAllowed("Invalid object uuid".into()))
}

/// The tags that a request names: the second positional parameter, or a field.
fn wished(request: &Request, body: &Map<String, Value>) -> Vec<TagKey> {
    let names = request.arg(1).map_or_else(|| field_texts(body, "tag"), listed);
    names.iter().filter_map(|name| TagKey::parse(name)).collect()
}

fn wish(request: &Request, body: &Map<String, Value>, via: Via) -> Wish {
    let local =
        request.arg(2).is_some_and(|arg| !matches!(arg, "0" | "false")) || flag(request, body, "local");
    let relationship_type = body
        .get("relationship_type")
        .and_then(text)
        .filter(|text| !text.is_empty());
    Wish {
        tags: wished(request, body),
        local,
        relationship_type,
        via,
    }
}

async fn attach_to_object(ctx: Ctx, request: Request) -> AppResult<Response> {
    let body = request.fields("Tag")?;
    let key = object(&request, &body)?;
    let wish = wish(&request, &body, Via::TagObject);
    if wish.tags.is_empty() {
        return Err(AppError::NotAllowed("Invalid tag".into()));
    }
    let local = wish.local;
    let attachments = tags::attach(&ctx, key, wish).await?;
    Ok(Response::saved(
        &attached_message(&attachments, local)?,
        "/tags/attachTagToObject",
        None,
    ))
}

/// What became of the tags, as one sentence; `Refused` when none is attached.
fn attached_message(attachments: &Attachments, local: bool) -> AppResult<String> {
    let Attachments { target, outcomes } = attachments;
    let (model, id) = (target.model(), target.id());
    let refusals: Vec<&str> = outcomes
        .iter()
        .filter_map(|outcome| match outcome {
            Outcome::Refused(reason) => Some(*reason),
            Outcome::Attached(_) | Outcome::Already(_) => None,
        })
        .collect();
    let failed = (!refusals.is_empty()).then(|| {
        let reasons: Map<String, Value> = refusals
            .iter()
            .enumerate()
            .map(|(n, reason)| (n.to_string(), Value::from(*reason)))
            .collect();
        format!(
            "Failed to attach {} tags. Reasons: {}",
            refusals.len(),
            Value::Object(reasons)
        )
    });
    let attached: Vec<_> = outcomes
        .iter()
        .filter_map(|outcome| match outcome {
            Outcome::Attached(tag) => Some(tag),
            Outcome::Already(_) | Outcome::Refused(_) => None,
        })
        .collect();
    let already = outcomes.iter().find_map(|outcome| match outcome {
        Outcome::Already(tag) => Some(tag),
        Outcome::Attached(_) | Outcome::Refused(_) => None,
    });
    let done = match (attached.as_slice(), already) {
        ([], None) => {
            return Err(AppError::Refused(
                failed.unwrap_or_else(|| "No tag was given.".into()),
            ));
        }
        ([], Some(tag)) => {
            format!(
                "{model} already has the requested tag attached, no changes had to be made for tag {}.",
                tag.name
            )
        }
        ([tag], None) => {
            format!(
                "{} tag {}({}) successfully attached to {model}({id}).",
                scope(local),
                tag.name,
                tag.id
            )
        }
        (several, _) => format!("Successfully attached {} tags to {model} ({id})", several.len()),
    };
    Ok(failed.map_or_else(|| done.clone(), |failed| format!("{done} {failed}")))
}

const fn scope(local: bool) -> &'static str {
    if local { "Local" } else { "Global" }
}

async fn remove_from_object(ctx: Ctx, request: Request) -> AppResult<Response> {
    let body = request.fields("Tag")?;
    let key = object(&request, &body)?;
    let invalid = || AppError::NotAllowed("Invalid Tag.".into());
    let tag = wished(&request, &body).into_iter().next().ok_or_else(invalid)?;
    match tags::detach(&ctx, key, tag).await? {
        Detached::UnknownTag => Err(invalid()),
        Detached::NotAttached(target) => Err(AppError::not_found(format!(
            "Could not remove tag as it is not attached to the target {}",
            target.model()
        ))),
        Detached::Removed { target, tag, local } => {
            let message = format!(
                "{} tag {} ({}) successfully removed from {}({}).",
                scope(local),
                tag.name,
                tag.id,
                target.model(),
                target.id()
            );
            Ok(Response::saved(&message, "/tags/removeTagFromObject", None))
        }
    }
}

async fn modify_relationship(ctx: Ctx, request: Request) -> AppResult<Response> {
    let unknown = || AppError::not_found("Tag not found.");
    let row = request
        .arg(1)
        .and_then(|id| id.parse().ok())
        .ok_or_else(unknown)?;
    let id = match request.arg(0).map(str::to_ascii_lowercase).as_deref() {
        Some("event") => AttachmentId::Event(row),
        Some("attribute") => AttachmentId::Attribute(row),
        _ => return Err(unknown()),
    };
    let body = request.fields("Tag")?;
    let relationship = body
        .get("relationship_type")
        .and_then(text)
        .filter(|text| !text.is_empty());
    let target = tags::set_relationship(&ctx, id, relationship).await?;
    let field = match target {
        Target::Event(_) => "event_id",
        Target::Attribute(_) => "attribute_id",
    };
    let more = Map::from_iter([("data".to_owned(), json!({field: target.id().to_string()}))]);
    Ok(Response::saved_with(
        "Relationship updated.",
        "/tags/modifyTagRelationship",
        None,
        more,
    ))
}

/// Whose action a request calls.
#[derive(Clone, Copy)]
enum Model {
    Event,
    Attribute,
}

impl Model {
    const fn name(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::Attribute => "attribute",
        }
    }

    fn body(self, request: &Request) -> AppResult<Map<String, Value>> {
        request.fields(match self {
            Self::Event => "Event",
            Self::Attribute => "Attribute",
        })
    }

    fn key(self, request: &Request, body: &Map<String, Value>) -> AppResult<TargetKey> {
        let field = || {
            [self.name(), "id", "uuid"]
                .iter()
                .find_map(|name| body.get(*name).and_then(text))
        };
        let named = request
            .arg(0)
            .map(str::to_owned)
            .or_else(field)
            .unwrap_or_default();
        match self {
            Self::Event => EventKey::parse(&named).map(TargetKey::Event),
            Self::Attribute => AttributeKey::parse(&named).map(TargetKey::Attribute),
        }
    }

    /// These actions answer their refusals with 200, except for an attribute that is not there.
    fn refused(self, error: AppError) -> AppResult<Response> {
        match (self, error) {
            (Self::Event, AppError::NotFound(_)) => Ok(not_saved("Invalid event.")),
            (_, AppError::Forbidden(_)) => Ok(not_saved("You don't have permission to do that.")),
            (_, error) => Err(error),
        }
    }
}

fn not_saved(reason: &str) -> Response {
    Response::json(&json!({"saved": false, "errors": reason}))
}

async fn add_tag(ctx: Ctx, request: Request, model: Model) -> AppResult<Response> {
    let body = model.body(&request)?;
    let key = match model.key(&request, &body) {
        Ok(key) => key,
        Err(error) => return model.refused(error),
    };
    let attachments = match tags::attach(&ctx, key, wish(&request, &body, Via::AddTag)).await {
        Ok(attachments) => attachments,
        Err(error) => return model.refused(error),
    };
    let attached = attachments
        .outcomes
        .iter()
        .any(|outcome| matches!(outcome, Outcome::Attached(_)));
    Ok(match attachments.outcomes.first() {
        _ if attached => {
            Response::json(&json!({"saved": true, "success": "Tag added.", "check_publish": true}))
        }
        Some(Outcome::Refused(reason)) => not_saved(reason),
        Some(_) => not_saved(&format!("Tag is already attached to this {}.", model.name())),
        None => not_saved("Invalid Tag."),
    })
}

async fn remove_tag(ctx: Ctx, request: Request, model: Model) -> AppResult<Response> {
    let body = model.body(&request)?;
    let key = match model.key(&request, &body) {
        Ok(key) => key,
        Err(error) => return model.refused(error),
    };
    let Some(tag) = wished(&request, &body).into_iter().next() else {
        return Ok(not_saved("Invalid Tag."));
    };
    let by_id = matches!(tag, TagKey::Id(_));
    match tags::detach(&ctx, key, tag).await {
        Ok(Detached::UnknownTag) if !by_id => Ok(not_saved("Invalid Tag.")),
        Ok(Detached::UnknownTag | Detached::NotAttached(_)) => {
            Ok(not_saved(&format!("Invalid {} - tag combination.", model.name())))
        }
        Ok(Detached::Removed { local, .. }) => Ok(Response::json(
            &json!({"saved": true, "success": "Tag removed.", "check_publish": !local}),
        )),
        Err(error) => model.refused(error),
    }
}
