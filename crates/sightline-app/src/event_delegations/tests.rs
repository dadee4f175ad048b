//! Handing an event over: who offers, who looks, who takes, who withdraws.

use super::*;
use crate::Settings;
use crate::events::document::{EventDocument, Options};
use crate::events::{self, EventKey};
use crate::tags::tests::world::{HOST, NOW, OTHER, OWNER, USER, World, on_each};
use serde_json::{Value, json};
use sightline_core::Permission;
use sightline_core::ids::UserId;
use sightline_misp::input::Loose;
use sightline_misp::records::Distribution;

/// A user of the owner's organisation who may hand events over.
fn giver(world: &World) -> Ctx {
    world.member(OWNER, &[USER, &[Permission::Delegate]].concat())
}

fn to(org: OrgId) -> Wish {
    Wish {
        org: Loose::Int(org.0),
        message: "please publish".into(),
        ..Wish::default()
    }
}

async fn secret(world: &World) -> Event {
    let body = json!({"info": "secret", "distribution": 0, "Attribute": [{"type": "text", "value": "t"}]});
    let (event, _) = world.event(&world.owner(), body).await;
    world.publish_quietly(event.id).await;
    event
}

fn key(event: &Event) -> EventKey {
    EventKey::Uuid(event.uuid)
}

async fn document(ctx: &Ctx, event: &Event) -> AppResult<Value> {
    let key = key(event);
    let read = move |ctx: &Ctx, tx: &mut Tx<'_>| {
        EventDocument::open(ctx, tx, &key, Options::default())?.whole(ctx, tx)
    };
    ctx.read(read)
        .await
        .map(|bytes| serde_json::from_slice(&bytes).unwrap())
}

fn refused<T: std::fmt::Debug>(outcome: AppResult<T>) -> String {
    match outcome {
        Err(AppError::NotAllowed(said)) => said,
        other => panic!("{other:?}"),
    }
}

const NOT_YOURS: &str = "You are not authorised to do that.";

async fn list(ctx: &Ctx, context: Context) -> AppResult<Vec<Detail>> {
    let (found, total) = index(ctx, context, 10, 0).await?;
    assert_eq!(i64::try_from(found.len()).unwrap(), total);
    Ok(found)
}

#[test]
fn an_event_is_offered_looked_at_and_taken() {
    on_each(&Settings::default(), |world| async move {
        let event = secret(&world).await;
        let other = world.other();
        assert!(document(&other, &event).await.is_err());
        let offer = request(&giver(&world), key(&event), to(OTHER)).await.unwrap();
        assert_eq!((offer.requester_org_id, offer.distribution), (OWNER, None));

        let [waiting] = &list(&other, Context::Pending).await.unwrap()[..] else {
            panic!("one waits")
        };
        assert_eq!(
            (waiting.org.name.as_str(), waiting.requester.name.as_str()),
            ("Other", "Owner")
        );
        assert_eq!(waiting.event.info, "secret");
        assert_eq!(list(&world.owner(), Context::Issued).await.unwrap().len(), 1);
        assert!(list(&world.owner(), Context::Pending).await.unwrap().is_empty());
        let shown = document(&other, &event).await.unwrap();
        assert_eq!(shown["Event"]["Attribute"][0]["value"], "t");
        let key_of = key(&event);
        let changed = events::edit(
            &other,
            key_of,
            serde_json::from_value(json!({"info": "mine"})).unwrap(),
        )
        .await;
        assert!(changed.is_err(), "to look is not to change");

        let taken = Taken {
            distribution: Loose::Int(1),
            ..Taken::default()
        };
        accept(&other, offer.id, taken).await.unwrap();
        let after = world.reload(event.id).await;
        assert_eq!(
            (after.org_id, after.orgc_id, after.user_id),
            (OTHER, OTHER, UserId(OTHER.0))
        );
        assert_eq!(
            (after.distribution, after.uuid),
            (Distribution::CommunityOnly, event.uuid)
        );
        assert_eq!((after.published, after.timestamp), (false, NOW));
        assert!(list(&other, Context::Pending).await.unwrap().is_empty());
        assert_eq!(
            refused(accept(&other, offer.id, Taken::default()).await),
            NOT_YOURS
        );
        assert_eq!(world.audited("accept_delegation").await, 1);
    });
}

#[test]
fn only_the_other_side_takes_and_only_the_two_sides_see() {
    on_each(&Settings::default(), |world| async move {
        let event = secret(&world).await;
        let offer = request(&giver(&world), key(&event), to(OTHER)).await.unwrap();
        let third = world.member(HOST, USER);
        assert!(list(&third, Context::Pending).await.unwrap().is_empty());
        assert!(document(&third, &event).await.is_err());
        assert_eq!(refused(view(&third, offer.id).await), NOT_YOURS);
        assert_eq!(refused(delete(&third, offer.id).await), NOT_YOURS);
        for nobody in [&third, &giver(&world), &world.admin()] {
            assert_eq!(
                refused(accept(nobody, offer.id, Taken::default()).await),
                NOT_YOURS
            );
        }
        let reader = world.member(OTHER, &[]);
        assert!(matches!(
            accept(&reader, offer.id, Taken::default()).await,
            Err(AppError::Forbidden(_))
        ));
        assert!(matches!(
            delete(&reader, offer.id).await,
            Err(AppError::Forbidden(_))
        ));
        let untouched = world.reload(event.id).await;
        assert_eq!((untouched.orgc_id, untouched.timestamp), (OWNER, 1));
        assert_eq!(view(&world.other(), offer.id).await.unwrap().delegation, offer);
    });
}

#[test]
fn offers_are_withdrawn_and_declined_and_go_with_the_event() {
    on_each(&Settings::default(), |world| async move {
        let event = secret(&world).await;
        for who in [giver(&world), world.other()] {
            let offer = request(&giver(&world), key(&event), to(OTHER)).await.unwrap();
            let again = refused(request(&giver(&world), key(&event), to(HOST)).await);
            assert!(again.starts_with("This event already has a pending"), "{again}");
            delete(&who, offer.id).await.unwrap();
            assert!(document(&world.other(), &event).await.is_err());
        }
        request(&giver(&world), key(&event), to(OTHER)).await.unwrap();
        events::delete(&world.owner(), key(&event)).await.unwrap();
        assert!(list(&world.other(), Context::Pending).await.unwrap().is_empty());
    });
}

#[test]
fn what_cannot_be_offered() {
    on_each(&Settings::default(), |world| async move {
        let event = secret(&world).await;
        let open = json!({"info": "open", "distribution": 3});
        let (open, _) = world.event(&world.owner(), open).await;
        let said = refused(request(&giver(&world), key(&open), to(OTHER)).await);
        assert!(said.starts_with("Only events with the distribution"), "{said}");
        for target in [OWNER, OrgId(99)] {
            let said = refused(request(&giver(&world), key(&event), to(target)).await);
            assert_eq!(said, "Invalid organisation.");
        }
        let stranger = world.member(OTHER, &[Permission::Delegate]);
        assert!(matches!(
            request(&stranger, key(&event), to(OTHER)).await,
            Err(AppError::NotFound(_))
        ));
        assert_eq!(
            refused(request(&stranger, key(&open), to(OTHER)).await),
            NOT_YOURS
        );
        assert!(matches!(
            request(&world.owner(), key(&event), to(OTHER)).await,
            Err(AppError::Forbidden(_))
        ));
        for distribution in [5, 9, -2] {
            let wish = Wish {
                distribution: Loose::Int(distribution),
                ..to(OTHER)
            };
            let outcome = request(&giver(&world), key(&event), wish).await;
            assert!(
                matches!(outcome, Err(AppError::Invalid(_))),
                "{distribution}: {outcome:?}"
            );
        }
    });
}

#[test]
fn an_administrator_can_switch_it_off() {
    let mut settings = Settings::default();
    settings.events.delegation = false;
    on_each(&settings, |world| async move {
        let event = secret(&world).await;
        assert!(matches!(
            request(&giver(&world), key(&event), to(OTHER)).await,
            Err(AppError::Forbidden(_))
        ));
        assert!(matches!(
            list(&world.other(), Context::Pending).await,
            Err(AppError::Forbidden(_))
        ));
    });
}
