//! What events share, as those who may see them are told.

use super::*;
use crate::Settings;
use crate::events::{self, EventKey};
use crate::tags::tests::world::{World, on_each};
use serde_json::json;

const X: &str = "x.example";
const Y: &str = "203.0.113.9";

async fn add(world: &World, ctx: &Ctx, info: &str, distribution: u8, values: &[(&str, &str)]) -> Event {
    let attributes: Vec<_> = values
        .iter()
        .map(|(kind, value)| json!({"type": kind, "value": value, "distribution": 5}))
        .collect();
    let body =
        json!({"info": info, "date": "2026-01-02", "distribution": distribution, "Attribute": attributes});
    world.event(ctx, body).await.0
}

/// Title, number of shared values and example of what the page of an event shows as related.
async fn related(ctx: &Ctx, event: &Event) -> Vec<(String, usize, String)> {
    let summary = events::summary(ctx, EventKey::Id(event.id)).await.unwrap();
    let row = |related: RelatedEvent| (related.event.event.info, related.shared, related.example);
    summary.related.into_iter().map(row).collect()
}

#[test]
fn what_shares_most_comes_first_and_each_value_counts_once() {
    on_each(&Settings::default(), |world| async move {
        let owner = world.owner();
        let asked = add(&world, &owner, "asked", 1, &[("domain", X), ("ip-dst", Y)]).await;
        add(&world, &owner, "one", 1, &[("hostname", X), ("domain", X)]).await;
        add(&world, &owner, "both", 1, &[("domain", X), ("ip-src", Y)]).await;
        add(&world, &owner, "none", 1, &[("domain", "other.example")]).await;
        let found = related(&owner, &asked).await;
        let counts: Vec<_> = found
            .iter()
            .map(|(info, shared, _)| (info.as_str(), *shared))
            .collect();
        assert_eq!(counts, [("both", 2), ("one", 1)]);
        assert_eq!(found[1].2, X);
    });
}

#[test]
fn what_one_may_not_see_is_neither_named_nor_counted() {
    on_each(&Settings::default(), |world| async move {
        let (owner, other) = (world.owner(), world.other());
        let asked = add(&world, &other, "asked", 1, &[("domain", X), ("ip-dst", Y)]).await;
        add(&world, &owner, "hidden", 0, &[("domain", X), ("ip-dst", Y)]).await;
        let body = json!({"info": "partly", "date": "2026-01-02", "distribution": 1, "Attribute": [
            {"type": "domain", "value": X, "distribution": 1}, {"type": "ip-dst", "value": Y, "distribution": 0}]});
        world.event(&owner, body).await;
        assert_eq!(
            related(&other, &asked).await,
            [("partly".to_owned(), 1, X.to_owned())]
        );
    });
}
