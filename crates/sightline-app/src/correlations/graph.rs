//! An event with the values that it shares and the events that it shares them with, as a graph (spec 08 section 11).

use super::{Related, of_attributes};
use crate::events::{EventKey, find};
use crate::{Ctx, organisations, tags as tag_rules};
use sightline_core::AppResult;
use sightline_core::ids::{AttributeId, TagId};
use sightline_db::correlations::holders;
use sightline_db::{Tx, events, objects, tags};
use sightline_misp::records::{Attribute, Event, EventRef, Object, Tag};
use std::collections::{HashMap, HashSet};

/// Nodes of one graph; more of them show nothing to anybody.
const NODES: usize = 500;

/// One thing of the graph.
#[derive(Clone, Debug)]
pub enum Node {
    /// An event, and whether it is the one whose neighbours the graph shows.
    Event(Box<EventRef>, bool),
    /// An attribute that shares its value.
    Attribute(Box<Attribute>),
    /// The object that such an attribute stands in.
    Object(Box<Object>),
    /// A tag, and whether the graph shows its events.
    Tag(Box<Tag>, bool),
}

impl Node {
    /// Its name among all nodes of all graphs.
    pub fn unique_id(&self) -> String {
        match self {
            Self::Event(event, _) => format!("event-{}", event.event.id),
            Self::Attribute(attribute) => format!("attribute-{}", attribute.id),
            Self::Object(object) => format!("object-{}", object.id),
            Self::Tag(tag, _) => format!("tag-{}", tag.id),
        }
    }
}

/// Nodes, and the positions of those that are joined.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    /// The nodes; the one that was asked about is the first.
    pub nodes: Vec<Node>,
    /// From where to where.
    pub links: Vec<(usize, usize)>,
    /// There would be more.
    pub cut_off: bool,
    known: HashMap<String, usize>,
    joined: HashSet<(usize, usize)>,
}

impl Graph {
    /// The position of a node, which is added unless it is there; `None` when the graph is full.
    fn node(&mut self, node: Node) -> Option<usize> {
        let name = node.unique_id();
        if let Some(at) = self.known.get(&name) {
            return Some(*at);
        }
        if self.nodes.len() >= NODES {
            self.cut_off = true;
            return None;
        }
        let at = self.nodes.len();
        self.known.insert(name, at);
        self.nodes.push(node);
        Some(at)
    }

    fn link(&mut self, from: usize, to: usize) {
        if self.joined.insert((from, to)) {
            self.links.push((from, to));
        }
    }
}

fn with_orgs(tx: &mut Tx<'_>, event: Event) -> AppResult<EventRef> {
    Ok(EventRef {
        org: organisations::reference(tx, event.org_id)?,
        orgc: organisations::reference(tx, event.orgc_id)?,
        event,
    })
}

/// A visible event with its tags, the attributes that share their values, the objects that hold these, and the other events.
pub async fn graph_of_event(ctx: &Ctx, key: EventKey) -> AppResult<Graph> {
    ctx.read(move |ctx, tx| {
        let event = find(ctx, tx, &key)?;
        let id = event.id;
        let mut graph = Graph::default();
        let asked = with_orgs(tx, event)?;
        let Some(centre) = graph.node(Node::Event(Box::new(asked), true)) else {
            return Ok(graph);
        };
        for (_, tag) in tags::of_events(tx, &[id.0])? {
            if let Some(at) = graph.node(Node::Tag(Box::new(tag.tag), false)) {
                graph.link(centre, at);
            }
        }
        let most = usize::try_from(ctx.settings().events.max_correlations).unwrap_or(usize::MAX);
        let networks = ctx.settings().correlations.advanced;
        let sharing = holders(tx, ctx.visible(), id, networks, most)?;
        let related = of_attributes(ctx, tx, &sharing)?;
        let inside: Vec<i64> = sharing
            .iter()
            .map(|a| a.object_id.0)
            .filter(|id| *id != 0)
            .collect();
        let objects: HashMap<i64, Object> = objects::by_ids(tx, ctx.visible(), &inside)?
            .into_iter()
            .map(|object| (object.id.0, object))
            .collect();
        for attribute in sharing {
            join(tx, &mut graph, centre, attribute, &objects, &related)?;
        }
        Ok(graph)
    })
    .await
}

/// Adds an attribute of the event in the centre, if it shares its value.
fn join(
    tx: &mut Tx<'_>,
    graph: &mut Graph,
    centre: usize,
    attribute: Attribute,
    objects: &HashMap<i64, Object>,
    related: &HashMap<AttributeId, Related>,
) -> AppResult<()> {
    let Some(others) = related
        .get(&attribute.id)
        .filter(|found| !found.attributes.is_empty())
    else {
        return Ok(());
    };
    let holder = match objects.get(&attribute.object_id.0) {
        Some(object) => graph.node(Node::Object(Box::new(object.clone()))),
        None => None,
    };
    if let Some(holder) = holder {
        graph.link(centre, holder);
    }
    let Some(at) = graph.node(Node::Attribute(Box::new(attribute))) else {
        return Ok(());
    };
    graph.link(holder.unwrap_or(centre), at);
    for other in &others.attributes {
        let event = with_orgs(tx, other.event.clone())?;
        if let Some(to) = graph.node(Node::Event(Box::new(event), false)) {
            graph.link(at, to);
        }
    }
    Ok(())
}

/// A tag with the visible events that have it.
pub async fn graph_of_tag(ctx: &Ctx, id: TagId) -> AppResult<Graph> {
    let tag = tag_rules::view(ctx, id).await?.tag;
    ctx.read(move |ctx, tx| {
        let mut graph = Graph::default();
        let Some(centre) = graph.node(Node::Tag(Box::new(tag), true)) else {
            return Ok(graph);
        };
        for event in events::tagged(tx, ctx.visible(), id, NODES)? {
            let event = with_orgs(tx, event)?;
            if let Some(at) = graph.node(Node::Event(Box::new(event), false)) {
                graph.link(at, centre);
            }
        }
        Ok(graph)
    })
    .await
}
