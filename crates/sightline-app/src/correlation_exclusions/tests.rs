//! Exclusions, rules and marks, as the readers of events meet them.

use super::{CorrelationExclusionIn, add, delete, edit, index};
use crate::correlation_rules::{self, CorrelationRuleIn};
use crate::correlations::{Scope, of_attributes, over_correlations, toggle_attribute, toggle_event};
use crate::tags::tests::world::{World, on_each};
use crate::{Ctx, Settings, attributes, events};
use serde_json::{Value, json};
use sightline_core::AppError;
use sightline_misp::records::{Attribute, Event};

async fn event(world: &World, ctx: &Ctx, value: &str) -> (Event, Vec<Attribute>) {
    let body = json!({"info": "one", "date": "2026-01-02", "distribution": 1,
        "Attribute": [{"type": "domain", "value": value, "distribution": 5}]});
    world.event(ctx, body).await
}

fn body<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

/// How many others an attribute meets, and whether it is marked as excluded.
async fn met(ctx: &Ctx, attribute: &Attribute) -> (usize, bool) {
    let (id, asked) = (attribute.id, attribute.clone());
    let found = ctx
        .read(move |ctx, tx| of_attributes(ctx, tx, &[asked]))
        .await
        .unwrap();
    found
        .get(&id)
        .map_or((0, false), |related| (related.attributes.len(), related.excluded))
}

#[test]
fn an_exclusion_and_a_rule_work_at_once_and_leave_nothing_behind() {
    on_each(&Settings::default(), |world| async move {
        let (admin, owner) = (world.admin(), world.owner());
        let (one, attributes) = event(&world, &owner, "a.example").await;
        let (two, _) = event(&world, &owner, "a.example").await;
        let asked = &attributes[0];
        assert_eq!(met(&owner, asked).await, (1, false));
        let wanted: CorrelationExclusionIn = body(json!({"value": "%.example"}));
        assert!(matches!(
            add(&owner, wanted.clone()).await,
            Err(AppError::Forbidden(_))
        ));
        let made = add(&admin, wanted.clone()).await.unwrap();
        assert!(matches!(add(&admin, wanted).await, Err(AppError::Invalid(_))));
        assert!(matches!(
            add(&admin, body(json!({"value": "%%"}))).await,
            Err(AppError::Invalid(_))
        ));
        assert_eq!(met(&owner, asked).await, (0, true));
        let edited = edit(
            &admin,
            made.id,
            body(json!({"value": "other", "comment": "noise"})),
        )
        .await;
        let edited = edited.unwrap();
        assert_eq!(
            (edited.value.as_str(), edited.comment.as_deref()),
            ("%.example", Some("noise"))
        );
        assert_eq!(index(&admin, "NOISE".into(), 1, 10).await.unwrap().1, 1);
        assert_eq!(index(&admin, "else".into(), 1, 10).await.unwrap().1, 0);
        delete(&admin, made.id).await.unwrap();
        assert!(matches!(
            delete(&admin, made.id).await,
            Err(AppError::NotFound(_))
        ));
        assert_eq!(met(&owner, asked).await, (1, false));

        let rule: CorrelationRuleIn = body(
            json!({"name": "apart", "selector_type": "event_id", "selector_list": [one.id.0, two.id.to_string()]}),
        );
        let rule = correlation_rules::add(&admin, rule).await.unwrap();
        assert_eq!(met(&owner, asked).await, (0, false));
        for wrong in [
            json!({"selector_list": []}),
            json!({"selector_list": "x,y"}),
            json!({"selector_type": "colour"}),
            json!({"name": ""}),
        ] {
            let refused = correlation_rules::edit(&admin, rule.id, body(wrong.clone())).await;
            assert!(matches!(refused, Err(AppError::Invalid(_))), "{wrong}");
        }
        correlation_rules::delete(&admin, rule.id).await.unwrap();
        assert_eq!(met(&owner, asked).await, (1, false));
    });
}

#[test]
fn correlation_is_switched_off_where_the_instance_allows_it() {
    on_each(&Settings::default(), |world| async move {
        let (admin, owner) = (world.admin(), world.owner());
        let (one, attributes) = event(&world, &owner, "b.example").await;
        let (_, others) = event(&world, &owner, "b.example").await;
        let key = || attributes::AttributeKey::Id(attributes[0].id);
        let refused = toggle_attribute(&owner, key()).await;
        assert!(matches!(refused, Err(AppError::NotAllowed(_))));
        assert!(toggle_attribute(&admin, key()).await.unwrap().1);
        assert_eq!(met(&owner, &others[0]).await.0, 0);
        assert!(!toggle_attribute(&admin, key()).await.unwrap().1);
        assert_eq!(met(&owner, &others[0]).await.0, 1);
        let key = || events::EventKey::Id(one.id);
        assert!(toggle_event(&admin, key()).await.unwrap().1);
        assert_eq!(met(&owner, &others[0]).await.0, 0);
        assert!(!toggle_event(&admin, key()).await.unwrap().1);
        assert_eq!(met(&owner, &others[0]).await.0, 1);
        let by = crate::correlations::By::Attributes;
        let listed = over_correlations(&owner, Scope::All, by, 1, 10).await;
        assert!(matches!(listed, Err(AppError::Forbidden(_))));
    });
}
