//! Proposals against real databases: who proposes, who decides, what an accepted one does, and what a body cannot.

mod capture;
mod limits;

use super::*;
use crate::Settings;
use crate::attributes::{self, AttributeKey};
use crate::events::{self, EventKey};
use crate::tags::tests::world::{HOST, OTHER, OWNER, USER, World, on_each};
use serde_json::{Value, json};
use sightline_core::ids::{AttributeId, EventId, OrgId, UserId};
use sightline_core::{AppError, Permission};
use sightline_misp::input::AttributeIn;
use sightline_misp::records::{Attribute, Event};
use sightline_query::{ProposalIndex, Request};

fn input(body: Value) -> AttributeIn {
    serde_json::from_value(body).unwrap()
}

fn key(event: &Event) -> EventKey {
    EventKey::Uuid(event.uuid)
}

fn on(attribute: &Attribute) -> AttributeKey {
    AttributeKey::Id(attribute.id)
}

/// The owner's event that all see, with an open and a private attribute; published quietly.
async fn scene(world: &World) -> (Event, Vec<Attribute>) {
    let attributes = json!([
        {"type": "domain", "value": "one.example", "comment": "old", "to_ids": true},
        {"type": "text", "value": "private", "distribution": 0},
    ]);
    let body = json!({"info": "open", "distribution": 3, "Attribute": attributes});
    let made = world.event(&world.owner(), body).await;
    world.publish_quietly(made.0.id).await;
    made
}

async fn attribute(world: &World, id: AttributeId) -> Attribute {
    let find = move |ctx: &Ctx, tx: &mut Tx<'_>| attributes::find(ctx, tx, &AttributeKey::Id(id));
    world.admin().read(find).await.unwrap().0
}

async fn listed(ctx: &Ctx, event: Option<EventKey>) -> Vec<i64> {
    let index = ProposalIndex::parse(Request::default(), 0).unwrap();
    let (found, total) = page(ctx, event, index).await.unwrap();
    assert_eq!(usize::try_from(total).unwrap(), found.len());
    found.iter().map(|detail| detail.proposal.id.0).collect()
}

async fn untouched(world: &World, event: &Event) {
    let now = world.reload(event.id).await;
    assert_eq!((now.timestamp, now.published), (1, true), "the event was touched");
}

fn not_found<T: std::fmt::Debug>(outcome: AppResult<T>, message: &str) {
    match outcome {
        Err(AppError::NotFound(said)) => assert_eq!(said, message),
        other => panic!("{other:?}"),
    }
}

fn not_allowed<T: std::fmt::Debug>(outcome: AppResult<T>, message: &str) {
    match outcome {
        Err(AppError::NotAllowed(said)) => assert_eq!(said, message),
        other => panic!("{other:?}"),
    }
}

const NO_ACCEPT: &str = "Proposal not found or you are not authorised to accept it.";
const NO_DISCARD: &str = "Could not discard proposal.";

#[test]
fn whoever_sees_an_event_may_propose_and_changes_nothing() {
    on_each(&Settings::default(), |world| async move {
        let (event, attributes) = scene(&world).await;
        let other = world.other();
        let new = input(json!({"type": "ip-dst", "value": "203.0.113.9"}));
        let (proposal, of) = add(&other, key(&event), new).await.unwrap();
        assert_eq!((proposal.org_id, proposal.user_id), (OTHER, UserId(OTHER.0)));
        assert_eq!((proposal.old_id, of.id), (AttributeId(0), event.id));
        let change = input(json!({"comment": "new"}));
        let (proposal, _) = propose_change(&other, on(&attributes[0]), change).await.unwrap();
        assert_eq!(
            (proposal.uuid, proposal.old_id),
            (attributes[0].uuid, attributes[0].id)
        );
        assert_eq!((&*proposal.value(), proposal.to_ids), ("one.example", true));
        propose_deletion(&other, on(&attributes[0])).await.unwrap();
        propose_deletion(&other, on(&attributes[0])).await.unwrap();
        assert_eq!(
            listed(&world.owner(), Some(key(&event))).await,
            [1, 2, 3],
            "asked twice, heard once"
        );
        untouched(&world, &event).await;
        assert_eq!(attribute(&world, attributes[0].id).await.comment, "old");
        assert_eq!(world.audited("add").await, 1 + 3);
    });
}

#[test]
fn what_cannot_be_seen_cannot_be_proposed_about() {
    on_each(&Settings::default(), |world| async move {
        let (_, attributes) = scene(&world).await;
        let body =
            json!({"info": "hidden", "distribution": 0, "Attribute": [{"type": "text", "value": "h"}]});
        let (hidden, inside) = world.event(&world.owner(), body).await;
        let other = world.other();
        let text = || input(json!({"type": "text", "value": "x"}));
        not_found(add(&other, key(&hidden), text()).await, "Invalid Event");
        for unseen in [&inside[0], &attributes[1]] {
            not_found(
                propose_change(&other, on(unseen), text()).await,
                "Invalid Attribute.",
            );
            not_found(propose_deletion(&other, on(unseen)).await, "Invalid Attribute.");
        }
        let reader = world.member(OTHER, &[]);
        let refused = add(&reader, EventKey::Id(EventId(1)), text()).await;
        assert!(matches!(refused, Err(AppError::Forbidden(_))), "{refused:?}");
        assert!(listed(&world.admin(), None).await.is_empty());
    });
}

#[test]
fn proposals_are_validated_like_attributes() {
    on_each(&Settings::default(), |world| async move {
        let (event, attributes) = scene(&world).await;
        let other = world.other();
        let taken = attributes[0].uuid.to_string();
        for (body, field) in [
            (json!({"type": "ip-dst", "value": "nonsense"}), "value"),
            (json!({"type": "nonsense", "value": "x"}), "type"),
            (
                json!({"type": "ip-dst", "value": "192.0.2.1", "category": "Person"}),
                "type",
            ),
            (json!({"type": "attachment", "value": "a.exe"}), "type"),
            (json!({"type": "text", "value": "x", "uuid": taken}), "uuid"),
            (
                json!({"type": "text", "value": "x", "first_seen": "2024-01-02", "last_seen": "2024-01-01"}),
                "last_seen",
            ),
        ] {
            match add(&other, key(&event), input(body.clone())).await {
                Err(AppError::Invalid(fields)) => assert!(fields.0.contains_key(field), "{body}: {fields}"),
                outcome => panic!("{body}: {outcome:?}"),
            }
        }
        for body in [
            json!({}),
            json!({"comment": "old", "to_ids": 1}),
            json!({"distribution": 0}),
        ] {
            not_allowed(
                propose_change(&other, on(&attributes[0]), input(body)).await,
                "Invalid input.",
            );
        }
        let bad = propose_change(&other, on(&attributes[0]), input(json!({"value": "two words"}))).await;
        assert!(matches!(bad, Err(AppError::Invalid(_))), "{bad:?}");
        assert!(listed(&world.admin(), None).await.is_empty());
    });
}

#[test]
fn a_body_cannot_say_who_proposes_or_what_becomes_of_it() {
    on_each(&Settings::default(), |world| async move {
        let (event, attributes) = scene(&world).await;
        let (foreign, inside) = {
            let body =
                json!({"info": "other's", "distribution": 3, "Attribute": [{"type": "text", "value": "t"}]});
            world.event(&world.other(), body).await
        };
        let other = world.other();
        let forged = || {
            json!({
                "id": "1", "old_id": inside[0].id, "event_id": foreign.id, "event_org_id": "3", "org_id": OWNER,
                "user_id": "2", "email": "owner@example.com", "deleted": true, "proposal_to_delete": true,
                "timestamp": "5", "distribution": "0", "value": "forged.example", "type": "domain",
            })
        };
        let (new, _) = add(&other, key(&event), input(forged())).await.unwrap();
        let mut change = forged();
        change["uuid"] = json!(inside[0].uuid);
        let (change, _) = propose_change(&other, on(&attributes[0]), input(change))
            .await
            .unwrap();
        for made in [&new, &change] {
            assert_eq!(
                (made.event_id, made.org_id, made.user_id),
                (event.id, OTHER, UserId(OTHER.0))
            );
            assert_eq!((made.deleted, made.proposal_to_delete), (false, false));
            assert_eq!(made.timestamp, crate::tags::tests::world::NOW);
        }
        assert_eq!(
            (new.old_id.0, change.old_id, change.uuid),
            (0, attributes[0].id, attributes[0].uuid)
        );
        // Accepted by its owner, it changes the attribute that it named and no other.
        accept(&world.owner(), change.id).await.unwrap();
        assert_eq!(attribute(&world, attributes[0].id).await.value1, "forged.example");
        assert_eq!(attribute(&world, inside[0].id).await, inside[0]);
    });
}

#[test]
fn only_who_may_change_the_event_accepts() {
    on_each(&Settings::default(), |world| async move {
        let (event, attributes) = scene(&world).await;
        let other = world.other();
        let (change, _) = propose_change(&other, on(&attributes[0]), input(json!({"to_ids": false})))
            .await
            .unwrap();
        let third = world.member(HOST, USER);
        for nobody in [&other, &third] {
            not_allowed(accept(nobody, change.id).await, NO_ACCEPT);
        }
        not_allowed(discard(&third, change.id).await, NO_DISCARD);
        let reader = world.member(OWNER, &[]);
        assert!(matches!(
            accept(&reader, change.id).await,
            Err(AppError::Forbidden(_))
        ));
        assert!(matches!(
            discard(&reader, change.id).await,
            Err(AppError::Forbidden(_))
        ));
        untouched(&world, &event).await;
        // One event's owner decides nothing about another's.
        let (_, theirs) = world
            .event(
                &other,
                json!({"info": "theirs", "distribution": 3, "Attribute": [{"type": "text", "value": "t"}]}),
            )
            .await;
        let (about_theirs, _) =
            propose_change(&world.owner(), on(&theirs[0]), input(json!({"comment": "c"})))
                .await
                .unwrap();
        not_allowed(accept(&world.owner(), about_theirs.id).await, NO_ACCEPT);
        assert_eq!(accept(&other, about_theirs.id).await.unwrap(), Accepted::Change);
        assert_eq!(accept(&world.admin(), change.id).await.unwrap(), Accepted::Change);
        not_allowed(accept(&world.admin(), change.id).await, NO_ACCEPT);
        not_allowed(discard(&world.admin(), change.id).await, NO_DISCARD);
    });
}

#[test]
fn an_accepted_proposal_does_what_it_says() {
    on_each(&Settings::default(), |world| async move {
        let (event, attributes) = scene(&world).await;
        let (owner, other) = (world.owner(), world.other());
        let lock =
            move |_: &Ctx, tx: &mut Tx<'_>| Ok(tx.exec("UPDATE events SET proposal_email_lock = TRUE", &[])?);
        owner.write(lock).await.unwrap();
        let body = json!({"type": "ip-dst", "value": "203.0.113.9", "comment": "c2", "first_seen": "2024-01-01T00:00:00Z"});
        let (new, _) = add(&other, key(&event), input(body)).await.unwrap();
        assert_eq!(accept(&owner, new.id).await.unwrap(), Accepted::New);
        let by_uuid = AttributeKey::Uuid(new.uuid);
        let made = owner
            .read(move |ctx, tx| attributes::find(ctx, tx, &by_uuid))
            .await
            .unwrap()
            .0;
        assert_eq!(
            (&*made.value(), made.comment.as_str(), made.distribution.number()),
            ("203.0.113.9", "c2", 5)
        );
        assert_eq!(
            (made.first_seen, made.timestamp),
            (new.first_seen, crate::tags::tests::world::NOW)
        );
        let after = world.reload(event.id).await;
        assert_eq!(
            (after.published, after.timestamp),
            (false, crate::tags::tests::world::NOW)
        );
        assert_eq!((after.attribute_count, after.proposal_email_lock), (3, false));

        let change = input(json!({"value": "two.example", "category": "Payload delivery", "to_ids": 0}));
        let (change, _) = propose_change(&other, on(&attributes[0]), change).await.unwrap();
        propose_deletion(&other, on(&attributes[0])).await.unwrap();
        assert_eq!(accept(&owner, change.id).await.unwrap(), Accepted::Change);
        let now = attribute(&world, attributes[0].id).await;
        assert_eq!(
            (now.value1.as_str(), now.category.name(), now.to_ids),
            ("two.example", "Payload delivery", false)
        );
        assert_eq!((now.comment.as_str(), now.uuid), ("old", attributes[0].uuid));

        let [deletion] = listed(&owner, None).await[..] else {
            panic!("one is left")
        };
        assert_eq!(
            accept(&owner, ProposalId(deletion)).await.unwrap(),
            Accepted::Change
        );
        assert!(attribute(&world, attributes[0].id).await.deleted);
        assert_eq!(world.reload(event.id).await.attribute_count, 2);
        assert_eq!(world.audited("accept").await, 3);
        assert!(listed(&world.admin(), None).await.is_empty());
    });
}

#[test]
fn an_accepted_proposal_that_cannot_be_done_stays_open() {
    on_each(&Settings::default(), |world| async move {
        let (event, _) = scene(&world).await;
        let twin = input(json!({"type": "domain", "value": "one.example"}));
        let (twin, _) = add(&world.other(), key(&event), twin).await.unwrap();
        let refused = accept(&world.owner(), twin.id).await;
        assert!(matches!(refused, Err(AppError::Invalid(_))), "{refused:?}");
        assert_eq!(listed(&world.owner(), None).await, [twin.id.0]);
        untouched(&world, &event).await;
    });
}

#[test]
fn of_decisions_that_come_at_once_one_is_made() {
    on_each(&Settings::default(), |world| async move {
        let (event, _) = scene(&world).await;
        let text = input(json!({"type": "text", "value": "once"}));
        let (proposal, _) = add(&world.other(), key(&event), text).await.unwrap();
        let tasks: Vec<_> = (0..8)
            .map(|n| {
                let (owner, id) = (world.owner(), proposal.id);
                tokio::spawn(async move {
                    if n % 2 == 0 {
                        accept(&owner, id).await.is_ok()
                    } else {
                        discard(&owner, id).await.is_ok()
                    }
                })
            })
            .collect();
        let mut made = 0;
        for task in tasks {
            made += i64::from(task.await.unwrap());
        }
        assert_eq!(made, 1);
        assert_eq!(world.audited("accept").await + world.audited("discard").await, 1);
    });
}

#[test]
fn discarding_is_for_the_owner_and_the_author() {
    on_each(&Settings::default(), |world| async move {
        let (event, attributes) = scene(&world).await;
        let other = world.other();
        for _ in 0..2 {
            let text = input(json!({"type": "text", "value": "mine"}));
            add(&other, key(&event), text).await.unwrap();
        }
        // A colleague of the author is not the author.
        let mut colleague = world.other();
        colleague.caller.user_id = UserId(99);
        not_allowed(discard(&colleague, ProposalId(1)).await, NO_DISCARD);
        discard(&other, ProposalId(1)).await.unwrap();
        discard(&world.owner(), ProposalId(2)).await.unwrap();
        not_found(view(&other, ProposalId(1)).await.map(drop), "Invalid proposal.");
        not_allowed(accept(&world.owner(), ProposalId(2)).await, NO_ACCEPT);
        assert_eq!(attribute(&world, attributes[0].id).await, {
            let mut before = attributes[0].clone();
            before.timestamp = 1;
            before
        });
        assert_eq!(world.audited("discard").await, 2);
        untouched(&world, &event).await;
    });
}

#[test]
fn a_deleted_attribute_takes_its_open_proposals_along() {
    on_each(&Settings::default(), |world| async move {
        let (_, attributes) = scene(&world).await;
        let other = world.other();
        propose_deletion(&other, on(&attributes[0])).await.unwrap();
        attributes::delete(&world.owner(), on(&attributes[0]), false)
            .await
            .unwrap();
        assert!(listed(&world.admin(), None).await.is_empty());
        not_found(
            propose_deletion(&other, on(&attributes[0])).await,
            "Invalid Attribute.",
        );
    });
}

#[test]
fn files_and_objects_keep_what_defines_them() {
    on_each(&Settings::default(), |world| async move {
        let body = json!({"info": "files", "distribution": 3,
            "Attribute": [{"type": "attachment", "value": "report.pdf", "data": "cGRm"}],
            "Object": [{"name": "file", "meta-category": "file", "description": "a file",
                "template_uuid": "688c46fb-5edb-40a3-8273-1af7923e2215", "template_version": "1",
                "Attribute": [{"object_relation": "filename", "type": "filename", "value": "a.exe"}]}]});
        let (_, attributes) = world.event(&world.owner(), body).await;
        let other = world.other();
        let [file, part] = &attributes[..] else {
            panic!("{attributes:?}")
        };
        let change = || input(json!({"type": "text", "value": "other.pdf", "comment": "seen"}));
        let (proposal, _) = propose_change(&other, on(file), change()).await.unwrap();
        assert_eq!(
            (proposal.kind.name(), &*proposal.value()),
            ("attachment", "report.pdf")
        );
        accept(&world.owner(), proposal.id).await.unwrap();
        assert_eq!(attribute(&world, file.id).await.comment, "seen");
        let stored = world.platform.files.load(file.event_id, file.id).unwrap();
        assert_eq!(stored.as_deref(), Some(&b"pdf"[..]), "the file is still there");
        let (proposal, _) = propose_change(&other, on(part), change()).await.unwrap();
        assert_eq!(
            (proposal.kind.name(), &*proposal.value()),
            ("filename", "other.pdf")
        );
        accept(&world.owner(), proposal.id).await.unwrap();
        let now = attribute(&world, part.id).await;
        assert_eq!(
            (now.object_id, now.object_relation.as_deref()),
            (part.object_id, Some("filename"))
        );
    });
}

#[test]
fn counts_and_documents_show_what_the_reader_sees() {
    on_each(&Settings::default(), |world| async move {
        let (event, attributes) = scene(&world).await;
        let owner = world.owner();
        for about in &attributes {
            propose_deletion(&owner, on(about)).await.unwrap();
        }
        let new = input(json!({"type": "text", "value": "new"}));
        add(&owner, key(&event), new).await.unwrap();
        let id = event.id;
        for (reader, expected) in [(world.owner(), 3), (world.other(), 2)] {
            let counted = reader
                .read(move |ctx, tx| counts_of_events(ctx, tx, &[id.0]))
                .await
                .unwrap();
            assert_eq!(counted.get(&id), Some(&expected));
            let document = reader
                .read(move |ctx, tx| {
                    let options = events::document::Options::default();
                    events::document::EventDocument::open(ctx, tx, &EventKey::Id(id), options)?.whole(ctx, tx)
                })
                .await
                .unwrap();
            let document: Value = serde_json::from_slice(&document).unwrap();
            let inside: Vec<&Value> = document["Event"]["Attribute"]
                .as_array()
                .unwrap()
                .iter()
                .flat_map(|attribute| attribute["ShadowAttribute"].as_array().unwrap())
                .collect();
            let new = document["Event"]["ShadowAttribute"].as_array().unwrap();
            assert_eq!(inside.len() + new.len(), usize::try_from(expected).unwrap());
            assert_eq!(inside[0]["old_id"], json!(attributes[0].id.to_string()));
            assert_eq!(inside[0]["proposal_to_delete"], json!(true));
            assert_eq!(new[0]["Org"]["name"], json!("Owner"));
            assert_eq!(new[0]["event_uuid"], json!(event.uuid));
        }
    });
}

#[test]
fn the_organisation_of_a_proposal_is_kept() {
    on_each(&Settings::default(), |world| async move {
        let (event, _) = scene(&world).await;
        let add_org = |_: &Ctx, tx: &mut Tx<'_>| {
            Ok(tx.exec(
                "INSERT INTO organisations (uuid, name, local, date_created, date_modified) \
                 VALUES ($1, 'Guest', TRUE, 0, 0)",
                sightline_db::params![sightline_core::random::uuid()],
            )?)
        };
        world.admin().write(add_org).await.unwrap();
        let guest = world.member(OrgId(4), &[Permission::Add]);
        let text = input(json!({"type": "text", "value": "x"}));
        add(&guest, key(&event), text).await.unwrap();
        let used = |_: &Ctx, tx: &mut Tx<'_>| Ok(sightline_db::organisations::is_used(tx, OrgId(4))?);
        assert!(world.admin().read(used).await.unwrap());
    });
}
