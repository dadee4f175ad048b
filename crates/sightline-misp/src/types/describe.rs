//! The answer of `attributes/describeTypes`: what clients read to learn the types.

use super::{AttributeType, Category};
use serde_json::{Map, Value, json};
use std::sync::LazyLock;

static DESCRIPTION: LazyLock<Value> = LazyLock::new(|| {
    let defaults: Map<_, _> = AttributeType::ALL
        .iter()
        .map(|ty| {
            let category = ty.default_category().name();
            (
                ty.name().to_owned(),
                json!({"default_category": category, "to_ids": u8::from(ty.default_to_ids())}),
            )
        })
        .collect();
    let mappings: Map<_, _> = Category::ALL
        .iter()
        .map(|category| {
            (
                category.name().to_owned(),
                names(category.types().iter().map(|ty| ty.name())),
            )
        })
        .collect();
    json!({"result": {
        "sane_defaults": defaults,
        "types": names(AttributeType::ALL.iter().map(|ty| ty.name())),
        "categories": names(Category::ALL.iter().map(|category| category.name())),
        "category_type_mappings": mappings,
    }})
});

fn names(names: impl Iterator<Item = &'static str>) -> Value {
    names.map(Value::from).collect()
}

/// The whole body, `{"result": {…}}`, in the reference's order.
pub fn describe_types() -> &'static Value {
    &DESCRIPTION
}
