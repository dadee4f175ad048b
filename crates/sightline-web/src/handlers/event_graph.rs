//! What an event shares with others, drawn.

use crate::http::{Answer, Input, Visit, page};
use crate::layout::Nav;
use crate::pages::events::{EventGraphPage, GraphEvent, GraphValue};
use crate::pages::list::ListUrl;
use crate::pages::moment::Count;
use sightline_app::correlations::graph::{Graph, Node, graph_of_event};
use sightline_app::events::EventKey;
use sightline_core::AppError;
use std::collections::HashMap;

pub(super) async fn show_graph(visit: Visit, input: Input) -> Answer {
    let graph = graph_of_event(&visit.ctx, EventKey::parse(input.arg(0))?).await?;
    let Some(Node::Event(event, _)) = graph.nodes.first() else {
        return Err(AppError::internal("a graph without its event"));
    };
    let mut shown = EventGraphPage {
        frame: visit.frame(format!("Correlation of event {}", event.event.id), Nav::Events),
        id: event.event.id.0,
        info: event.event.info.clone(),
        values: Vec::new(),
        others: Vec::new(),
        lines: Vec::new(),
        cut_off: graph.cut_off,
    };
    fill(&mut shown, &graph);
    page(&shown)
}

/// Puts attributes on the left, other events on the right, and a line between those that are joined.
fn fill(shown: &mut EventGraphPage, graph: &Graph) {
    let (mut values, mut others) = (HashMap::new(), HashMap::new());
    for (at, node) in graph.nodes.iter().enumerate() {
        match node {
            Node::Attribute(attribute) => {
                values.insert(at, shown.values.len());
                let value = attribute.value().into_owned();
                shown.values.push(GraphValue {
                    kind: attribute.kind.name().into(),
                    list: ListUrl::new("/attributes/index", &[("value", &value)]),
                    value,
                });
            }
            Node::Event(event, false) => {
                others.insert(at, shown.others.len());
                shown.others.push(GraphEvent {
                    id: event.event.id.0,
                    info: event.event.info.clone(),
                    org: event.orgc.name.clone(),
                    date: event.event.date.clone(),
                    shared: Count(0),
                });
            }
            Node::Event(_, true) | Node::Object(_) | Node::Tag(..) => {}
        }
    }
    for (from, to) in &graph.links {
        if let (Some(value), Some(other)) = (values.get(from), others.get(to)) {
            shown.lines.push((*value, *other));
            if let Some(event) = shown.others.get_mut(*other) {
                event.shared.0 += 1;
            }
        }
    }
}
