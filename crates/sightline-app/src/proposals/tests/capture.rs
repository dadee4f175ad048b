//! Proposals of another instance: what is taken over, what is passed over, who may close what.

use super::*;
use crate::proposals::{Captured, capture};
use sightline_misp::input::ProposalIn;

fn sync(world: &World) -> Ctx {
    world.member(HOST, &[Permission::Sync, Permission::Add])
}

async fn push(ctx: &Ctx, event: &Event, list: Value) -> Captured {
    let list: Vec<ProposalIn> = serde_json::from_value(list).unwrap();
    capture(ctx, key(event), list).await.unwrap()
}

const NEW: &str = "7f1b6a52-3a7a-4a51-9b37-5f4c6f0f9d11";

fn new(deleted: bool) -> Value {
    json!({
        "id": "77", "old_id": "0", "event_id": "900", "uuid": NEW, "type": "ip-dst", "category": "Network activity",
        "value": "203.0.113.9", "to_ids": true, "comment": "", "timestamp": "1600000000", "deleted": deleted,
        "proposal_to_delete": false, "org_uuid": "c5de83b4-36ba-49d6-9530-2a315caeece6",
        "Org": {"id": "40", "name": "Far away", "uuid": "c5de83b4-36ba-49d6-9530-2a315caeece6"},
    })
}

#[test]
fn what_is_new_is_taken_over_once() {
    on_each(&Settings::default(), |world| async move {
        let (event, attributes) = scene(&world).await;
        let of_attribute = json!({
            "old_id": "3", "old_uuid": attributes[0].uuid, "uuid": attributes[0].uuid, "type": "domain",
            "value": "one.example", "to_ids": false, "proposal_to_delete": true, "Org": {"name": "Far away"},
        });
        let list = json!([new(false), of_attribute]);
        assert_eq!(
            push(&sync(&world), &event, list.clone()).await,
            Captured::Changed(2)
        );
        assert_eq!(push(&sync(&world), &event, list).await, Captured::Changed(0));
        let made = view(&world.owner(), ProposalId(1)).await.unwrap();
        assert_eq!(made.org.unwrap().name, "Far away");
        assert_eq!(
            (made.proposal.timestamp, made.proposal.user_id),
            (1_600_000_000, UserId(0))
        );
        let made = view(&world.owner(), ProposalId(2)).await.unwrap().proposal;
        assert_eq!((made.old_id, made.proposal_to_delete), (attributes[0].id, true));
        untouched(&world, &event).await;
    });
}

#[test]
fn what_does_not_fit_is_passed_over() {
    on_each(&Settings::default(), |world| async move {
        let (event, attributes) = scene(&world).await;
        let body =
            json!({"info": "second", "distribution": 3, "Attribute": [{"type": "text", "value": "t"}]});
        let (second, inside) = world.event(&world.owner(), body).await;
        let about = |uuid: uuid::Uuid| json!({"old_id": "1", "uuid": uuid, "type": "text", "value": "x"});
        let list = json!([
            about(inside[0].uuid),
            about(attributes[1].uuid),
            {"old_id": "0", "uuid": NEW, "type": "ip-dst", "value": "nonsense"},
            {"old_id": "0", "uuid": NEW, "type": "attachment", "value": "a.exe"},
            new(true),
        ]);
        assert_eq!(push(&sync(&world), &event, list).await, Captured::Changed(0));
        let hidden = json!({"info": "hidden", "distribution": 0});
        let (hidden, _) = world.event(&world.owner(), hidden).await;
        assert_eq!(
            push(&sync(&world), &hidden, json!([new(false)])).await,
            Captured::NoEvent
        );
        let user = world.other();
        let refused = capture(&user, key(&second), Vec::new()).await;
        assert!(matches!(refused, Err(AppError::Forbidden(_))), "{refused:?}");
        assert!(listed(&world.admin(), None).await.is_empty());
    });
}

#[test]
fn a_sender_closes_what_came_from_elsewhere_and_not_what_was_made_here() {
    on_each(&Settings::default(), |world| async move {
        let (event, _) = scene(&world).await;
        push(&sync(&world), &event, json!([new(false)])).await;
        assert_eq!(
            push(&sync(&world), &event, json!([new(true)])).await,
            Captured::Changed(1)
        );
        assert_eq!(
            push(&sync(&world), &event, json!([new(true)])).await,
            Captured::Changed(0)
        );
        let body = json!({"type": "text", "value": "made here", "comment": ""});
        let (mine, _) = add(&world.other(), key(&event), input(body.clone()))
            .await
            .unwrap();
        let mut closed = body;
        closed["uuid"] = json!(mine.uuid);
        closed["deleted"] = json!(true);
        closed["to_ids"] = json!(mine.to_ids);
        closed["Org"] = json!({"name": "Other"});
        assert_eq!(
            push(&sync(&world), &event, json!([closed])).await,
            Captured::Changed(0)
        );
        assert_eq!(listed(&world.owner(), None).await, [mine.id.0]);
    });
}
