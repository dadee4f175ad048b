//! Which searches are sure to take a moment: those that name what they want. All others may read a great deal.

use crate::filter::Filter;
use crate::predicate::{AttributePredicate as A, EventPredicate as E};
use crate::search::{AttributeSearch, EventSearch};

impl AttributeSearch {
    /// Whether it looks up values, ids or uuids that it names.
    pub fn is_lookup(&self) -> bool {
        names_attributes(&self.filter)
    }
}

impl EventSearch {
    /// Whether it looks up events that it names, or by values that it names.
    pub fn is_lookup(&self) -> bool {
        names_events(&self.filter)
    }
}

fn names_attributes(filter: &Filter<A>) -> bool {
    match filter {
        Filter::All(parts) => parts.iter().any(names_attributes),
        Filter::Any(parts) => parts.iter().all(names_attributes),
        Filter::Not(_) => false,
        Filter::Is(predicate) => match predicate {
            A::Attribute(_) => true,
            A::Value(terms) | A::Value1(terms) | A::Value2(terms) => terms.iter().all(|term| !term.wildcard),
            A::Halves(pairs) => pairs.iter().all(|(one, two)| !one.wildcard && !two.wildcard),
            A::OfEvent(event) => names_events(event),
            _ => false,
        },
    }
}

fn names_events(filter: &Filter<E>) -> bool {
    match filter {
        Filter::All(parts) => parts.iter().any(names_events),
        Filter::Any(parts) => parts.iter().all(names_events),
        Filter::Not(_) => false,
        Filter::Is(predicate) => match predicate {
            E::Event(_) => true,
            E::HasAttribute(attribute) => names_attributes(attribute),
            _ => false,
        },
    }
}

#[cfg(test)]
mod tests {
    use crate::params::{Params, Request};
    use crate::scope::Scope;
    use crate::search::AttributeSearch;
    use serde_json::{Value, json};

    fn is_lookup(body: &Value) -> bool {
        let request = Request {
            body: Some(body),
            ..Request::default()
        };
        let params = Params::harvest(Scope::Attribute, request).expect("parameters");
        AttributeSearch::parse(&params, 0).expect("a search").is_lookup()
    }

    #[test]
    fn named_values_ids_and_events_are_look_ups() {
        for body in [
            json!({"value": "a.example"}),
            json!({"value": ["a.example", "b|c"], "last": "5d", "limit": 1000}),
            json!({"uuid": "5c9d6f1e-3b7a-4d7e-9f5a-0a1b2c3d4e5f", "limit": 1}),
            json!({"eventid": 5, "type": "md5", "limit": 100}),
        ] {
            assert!(is_lookup(&body), "{body}");
        }
        for body in [
            json!({"value": "%a.example%", "limit": 10}),
            json!({"value": "!a.example", "limit": 10}),
            json!({"type": "md5", "limit": 10}),
            json!({"value": ["a.example", "%b"], "limit": 10}),
        ] {
            assert!(!is_lookup(&body), "{body}");
        }
    }
}
