//! The correlation graph (spec 08 section 11): the nodes and links around one event or tag, added to those that the client has.

use crate::request::Request;
use crate::response::Response;
use crate::router::{Allow, Methods, Route, route};
use serde_json::{Map, Value, json};
use sightline_app::Ctx;
use sightline_app::correlations::graph::{Graph, Node, graph_of_event, graph_of_tag};
use sightline_app::events::EventKey;
use sightline_core::ids::TagId;
use sightline_core::{AppError, AppResult};
use std::collections::{HashMap, HashSet};

/// Characters of an event's title in the name of its node.
const TITLE_CHARS: usize = 32;

pub(crate) fn routes() -> Vec<Route> {
    vec![route(
        "events",
        "updateGraph",
        Methods::GetPost,
        Allow::Everyone,
        update,
    )]
}

async fn update(ctx: Ctx, request: Request) -> AppResult<Response> {
    let id = request.arg(0).unwrap_or_default();
    let graph = match request.arg(1).unwrap_or("event") {
        "event" => graph_of_event(&ctx, EventKey::parse(id)?).await?,
        "tag" => {
            let id = id
                .parse()
                .map_err(|_| AppError::NotAllowed("Invalid Tag".into()))?;
            graph_of_tag(&ctx, TagId(id)).await?
        }
        _ => {
            return Err(AppError::BadRequest(
                "Invalid type of graph: use event or tag.".into(),
            ));
        }
    };
    let mut merged = Merged::of(&request.json()?);
    merged.add(&graph, &ctx.platform.base_url);
    Ok(Response::json(
        &json!({"nodes": merged.nodes, "links": merged.links}),
    ))
}

/// The client's graph, to which another one is added.
#[derive(Default)]
struct Merged {
    nodes: Vec<Value>,
    links: Vec<Value>,
    known: HashMap<String, usize>,
}

impl Merged {
    fn of(body: &Value) -> Self {
        let list = |name: &str| {
            body.get(name)
                .and_then(Value::as_array)
                .cloned()
                .unwrap_or_default()
        };
        let mut merged = Self::default();
        for node in list("nodes") {
            let name = node.get("unique_id").and_then(Value::as_str).map(str::to_owned);
            if let Some(name) = name {
                merged.known.insert(name, merged.nodes.len());
            }
            merged.nodes.push(node);
        }
        merged.links = list("links");
        merged
    }

    fn add(&mut self, graph: &Graph, base: &str) {
        let end = |link: &Value, name: &str| {
            let at = link.get(name).and_then(Value::as_u64)?;
            usize::try_from(at).ok()
        };
        let mut joined: HashSet<(usize, usize)> = self
            .links
            .iter()
            .filter_map(|link| Some(ordered(end(link, "source")?, end(link, "target")?)))
            .collect();
        let places: Vec<usize> = graph.nodes.iter().map(|node| self.place(node, base)).collect();
        for (from, to) in &graph.links {
            let (Some(source), Some(target)) = (places.get(*from), places.get(*to)) else {
                continue;
            };
            if joined.insert(ordered(*source, *target)) {
                self.links
                    .push(json!({"source": source, "target": target, "linkDistance": 150}));
            }
        }
    }

    /// Where a node stands; one that is expanded now says so.
    fn place(&mut self, node: &Node, base: &str) -> usize {
        let name = node.unique_id();
        if let Some(at) = self.known.get(&name) {
            let expanded = matches!(node, Node::Event(_, true) | Node::Tag(_, true));
            if let Some(fields) = self.nodes.get_mut(*at).and_then(Value::as_object_mut)
                && expanded
            {
                fields.insert("expanded".into(), true.into());
            }
            return *at;
        }
        let at = self.nodes.len();
        self.nodes.push(fields(node, &name, base));
        self.known.insert(name, at);
        at
    }
}

/// Links have no direction.
fn ordered(a: usize, b: usize) -> (usize, usize) {
    (a.min(b), a.max(b))
}

fn fields(node: &Node, name: &str, base: &str) -> Value {
    let mut all = Map::from_iter([("unique_id".to_owned(), json!(name))]);
    let rest = match node {
        Node::Event(shown, expanded) => {
            let event = &shown.event;
            let title: String = event.info.chars().take(TITLE_CHARS).collect();
            json!({
                "name": format!("({}) {title}", event.id),
                "type": "event",
                "id": event.id.to_string(),
                "expanded": expanded,
                "uuid": event.uuid,
                "image": format!("{base}/organisations/logo/{}", shown.orgc.id),
                "info": event.info,
                "org": shown.orgc.name,
                "analysis": event.analysis.label(),
                "distribution": event.distribution.label(),
                "date": event.date,
            })
        }
        Node::Attribute(attribute) => json!({
            "name": attribute.value(),
            "type": "attribute",
            "id": attribute.id.to_string(),
            "uuid": attribute.uuid,
            "att_category": attribute.category.name(),
            "att_type": attribute.kind.name(),
            "image": "/img/indicator.png",
            "att_ids": attribute.to_ids,
            "comment": attribute.comment,
        }),
        Node::Object(object) => json!({
            "name": object.name,
            "type": "object",
            "id": object.id.to_string(),
            "uuid": object.uuid,
            "metacategory": object.meta_category,
            "description": object.description,
            "comment": object.comment,
            "imgClass": "th-list",
        }),
        Node::Tag(tag, expanded) => json!({
            "name": tag.name,
            "type": "tag",
            "expanded": expanded,
            "id": tag.id.to_string(),
            "colour": tag.colour,
            "imgClass": "tag",
        }),
    };
    if let Value::Object(rest) = rest {
        all.extend(rest);
    }
    Value::Object(all)
}
