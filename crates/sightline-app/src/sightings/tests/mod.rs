//! Sightings against real databases: rights, policy, anonymity, capture.

use super::*;
use crate::Settings;
use crate::attributes::AttributeKey;
use crate::events::EventKey;
use crate::tags::tests::world::{HOST, NOW, OTHER, OWNER, USER, World, on_each};
use serde_json::json;
use sightline_core::Permission;
use sightline_core::Stretch;
use sightline_core::ids::OrgId;
use sightline_misp::input::{Loose, SightingIn};
use sightline_misp::records::{Attribute, Event, SightingType};
use sightline_query::{Paging, Params, Request, SightingSearch};

fn settings(policy: u8, anonymise: bool) -> Settings {
    let mut settings = Settings::default();
    settings.sightings.policy = policy;
    settings.sightings.anonymise = anonymise;
    settings
}

fn of(subject: Subject) -> Add {
    Add {
        subject,
        kind: Loose::Absent,
        source: String::new(),
        at: Loose::Absent,
    }
}

fn on(attribute: &Attribute) -> Subject {
    Subject::Attributes(vec![AttributeKey::Uuid(attribute.uuid)])
}

/// An event that all see with a value and a private copy of it, and a hidden event with the value.
async fn scene(world: &World) -> (Event, Vec<Attribute>) {
    let owner = world.owner();
    let hidden =
        json!({"info": "hidden", "distribution": 0, "Attribute": [{"type": "text", "value": "value"}]});
    world.event(&owner, hidden).await;
    let attributes = json!([
        {"type": "text", "value": "Value"},
        {"type": "comment", "value": "value", "distribution": 0},
        {"type": "ip-dst|port", "value": "192.0.2.1|443"},
    ]);
    world
        .event(
            &owner,
            json!({"info": "open", "distribution": 3, "Attribute": attributes}),
        )
        .await
}

/// Everything that a list holds.
async fn list(ctx: &Ctx, contexts: Vec<Context>, org: Option<OrgKey>) -> AppResult<Vec<Detail>> {
    listed(ctx, contexts, org, EVERYTHING).await
}

const EVERYTHING: Paging = Paging { limit: None, page: 1 };

async fn listed(
    ctx: &Ctx,
    contexts: Vec<Context>,
    org: Option<OrgKey>,
    paging: Paging,
) -> AppResult<Vec<Detail>> {
    let mut search = Search::of(ctx, contexts, org, paging).await?;
    let mut all = Vec::new();
    while let Some(found) = search.next(ctx).await? {
        all.extend(found.details);
    }
    Ok(all)
}

/// Ids of what `ctx` is shown of an event.
async fn shown(ctx: &Ctx, event: &Event) -> Vec<i64> {
    let mut ids: Vec<i64> = list(ctx, vec![Context::Event(EventKey::Id(event.id))], None)
        .await
        .unwrap()
        .into_iter()
        .map(|detail| detail.sighting.id.0)
        .collect();
    ids.sort_unstable();
    ids
}

async fn refusal(ctx: &Ctx, wish: Add) -> String {
    match add(ctx, wish).await {
        Err(AppError::Refused(reason)) => reason,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_value_is_seen_wherever_the_caller_sees_it() {
    on_each(&settings(2, false), |world| async move {
        let (event, attributes) = scene(&world).await;
        let other = world.other();
        let one = add(
            &other,
            Add {
                source: "sensor".into(),
                ..of(Subject::Values(vec!["VALUE".into()]))
            },
        )
        .await
        .unwrap();
        assert_eq!(
            (one.attribute_id, one.org_id, one.date_sighting),
            (attributes[0].id, OTHER, NOW)
        );
        assert_eq!(
            (one.source.as_str(), one.kind),
            ("sensor", SightingType::Sighting)
        );
        assert_eq!(shown(&world.admin(), &event).await.len(), 1);
        add(
            &world.owner(),
            of(Subject::Values(vec!["value".into(), "443".into()])),
        )
        .await
        .unwrap();
        assert_eq!(
            shown(&world.admin(), &event).await.len(),
            4,
            "two in the open event by value, one by port"
        );
        assert_eq!(
            world.audited("add").await,
            2 + 1 + 4,
            "the events and each sighting"
        );
        let after = world.reload(event.id).await;
        assert_eq!(
            (after.timestamp, after.published),
            (event.timestamp, event.published)
        );
    });
}

#[test]
fn what_cannot_be_seen_is_said_alike() {
    on_each(&settings(0, false), |world| async move {
        let (_, attributes) = scene(&world).await;
        let other = world.other();
        const NO_MATCH: &str = "No valid attributes found that match the criteria.";
        assert_eq!(
            refusal(&other, of(Subject::Values(vec!["nope".into()]))).await,
            NO_MATCH
        );
        assert_eq!(refusal(&other, of(on(&attributes[1]))).await, NO_MATCH, "private");
        assert_eq!(refusal(&other, of(Subject::Attributes(vec![]))).await, NO_MATCH);
        assert_eq!(
            refusal(&other, of(Subject::Values(vec![]))).await,
            "No valid attributes found."
        );
        let bad_type = Add {
            kind: Loose::Int(7),
            ..of(on(&attributes[0]))
        };
        assert!(refusal(&other, bad_type).await.starts_with("Invalid type"));
        let nobody = world.member(OTHER, &[Permission::Add]);
        assert!(matches!(
            add(&nobody, of(on(&attributes[0]))).await,
            Err(AppError::Forbidden(_))
        ));
    });
}

#[test]
fn only_the_last_expiration_of_an_organisation_counts() {
    on_each(&settings(2, false), |world| async move {
        let (event, attributes) = scene(&world).await;
        let expires = |at: &str| Add {
            kind: Loose::from("2"),
            at: at.into(),
            ..of(on(&attributes[0]))
        };
        add(&world.other(), expires("2030-01-01")).await.unwrap();
        add(&world.owner(), expires("2030-01-01")).await.unwrap();
        let last = add(&world.other(), expires("2031-01-01 12:00")).await.unwrap();
        assert_eq!(last.date_sighting, 1_925_035_200);
        add(&world.other(), of(on(&attributes[0]))).await.unwrap();
        add(&world.other(), of(on(&attributes[0]))).await.unwrap();
        assert_eq!(shown(&world.admin(), &event).await, [2, 3, 4, 5]);
    });
}

#[test]
fn the_policy_decides_what_others_are_shown() {
    for (policy, before, after) in [
        (0, vec![], vec![3]),
        (1, vec![], vec![1, 2, 3]),
        (2, vec![1, 2], vec![1, 2, 3]),
        (3, vec![2], vec![2, 3]),
        (9, vec![], vec![3]),
    ] {
        on_each(&settings(policy, false), |world| {
            let (before, after) = (before.clone(), after.clone());
            async move {
                let (event, attributes) = scene(&world).await;
                add(&world.owner(), of(on(&attributes[0]))).await.unwrap();
                add(
                    &world.member(HOST, &[Permission::Sighting]),
                    of(on(&attributes[0])),
                )
                .await
                .unwrap();
                let other = world.other();
                assert_eq!(shown(&other, &event).await, before, "policy {policy}");
                add(&other, of(on(&attributes[0]))).await.unwrap();
                assert_eq!(shown(&other, &event).await, after, "policy {policy}");
                assert_eq!(shown(&world.owner(), &event).await, [1, 2, 3]);
                assert_eq!(shown(&world.admin(), &event).await, [1, 2, 3]);
                let id = attributes[0].id;
                let in_json = other
                    .read(move |ctx, tx| shown_of_attributes(ctx, tx, &[id.0]))
                    .await
                    .unwrap();
                assert_eq!(in_json.get(&id).map_or(0, Vec::len), after.len());
            }
        });
    }
}

#[test]
fn anonymous_sightings_tell_nobody_who_saw_it() {
    on_each(&settings(2, true), |world| async move {
        let (event, attributes) = scene(&world).await;
        add(&world.owner(), of(on(&attributes[0]))).await.unwrap();
        let other = world.other();
        let theirs = view(&other, SightingKey::parse("1").unwrap()).await.unwrap();
        assert_eq!((theirs.sighting.org_id, theirs.org), (OrgId(0), None));
        let own = view(&world.owner(), SightingKey::parse("1").unwrap())
            .await
            .unwrap();
        assert_eq!(
            (own.sighting.org_id, own.org.unwrap().name.as_str()),
            (OWNER, "Owner")
        );

        let of_event = vec![Context::Event(EventKey::Id(event.id))];
        assert!(
            list(&other, of_event.clone(), Some(OrgKey::Id(OWNER)))
                .await
                .unwrap()
                .is_empty()
        );
        assert_eq!(
            list(&world.owner(), of_event, Some(OrgKey::Id(OWNER)))
                .await
                .unwrap()
                .len(),
            1
        );
        for org in ["2", "!3"] {
            assert_eq!(
                searched(&other, json!({"org_id": org})).await,
                [0_i64; 0],
                "{org}"
            );
        }
        assert_eq!(searched(&other, json!({"last": 0})).await, [1]);
    });
}

async fn searched(ctx: &Ctx, body: serde_json::Value) -> Vec<i64> {
    let params = Params::harvest(
        sightline_query::Scope::Sighting,
        Request {
            body: Some(&body),
            ..Request::default()
        },
    );
    let wanted = SightingSearch::parse(&params.unwrap(), NOW).unwrap();
    let mut search = Search::open(ctx, &wanted).await.unwrap();
    let mut ids = Vec::new();
    while let Some(found) = search.next(ctx).await.unwrap() {
        for detail in found.details {
            assert!(found.creators.contains_key(&detail.event.orgc_id));
            ids.push(detail.sighting.id.0);
        }
    }
    assert_eq!(ids.len(), search.total());
    ids
}

#[test]
fn searches_respect_time_context_and_visibility() {
    on_each(&settings(2, false), |world| async move {
        let (event, attributes) = scene(&world).await;
        let at = |at: i64, attribute: &Attribute| Add {
            at: Loose::Int(at),
            ..of(on(attribute))
        };
        add(&world.owner(), at(NOW - 40 * 86_400, &attributes[0]))
            .await
            .unwrap();
        add(&world.owner(), at(NOW - 86_400, &attributes[0]))
            .await
            .unwrap();
        add(&world.owner(), at(NOW, &attributes[1])).await.unwrap();
        let other = world.other();
        assert_eq!(
            searched(&other, json!({"source": ""})).await,
            [2],
            "the last thirty days"
        );
        assert_eq!(searched(&other, json!({"last": 0})).await, [1, 2]);
        assert_eq!(searched(&world.admin(), json!({"last": 0})).await, [1, 2, 3]);
        assert_eq!(
            searched(&other, json!({"last": 0, "limit": 1, "page": 2})).await,
            [2]
        );
        let of_event = json!({"last": 0, "context": "event", "uuid": event.uuid});
        assert_eq!(searched(&world.owner(), of_event).await, [1, 2, 3]);
        let of_private = json!({"last": 0, "context": "attribute", "id": attributes[1].id});
        assert_eq!(searched(&world.owner(), of_private.clone()).await, [3]);
        assert_eq!(searched(&other, of_private).await, [0_i64; 0]);
    });
}

#[test]
fn lists_of_what_is_hidden_are_invalid_and_the_index_is_paged() {
    on_each(&settings(2, false), |world| async move {
        let (event, attributes) = scene(&world).await;
        add(&world.owner(), of(on(&attributes[0]))).await.unwrap();
        let other = world.other();
        let hidden = Context::Attribute(AttributeKey::Id(attributes[1].id));
        assert!(matches!(
            list(&other, vec![hidden], None).await,
            Err(AppError::NotAllowed(_))
        ));
        let (page, next) = index(&other, Some(EventKey::Id(event.id)), Stretch::page(1, 10))
            .await
            .unwrap();
        assert_eq!((page.len(), next), (1, None));
        assert!(
            index(&other, None, Stretch::page(2, 1))
                .await
                .unwrap()
                .0
                .is_empty()
        );
        assert!(
            index(&other, Some(EventKey::Id(EventId(1))), Stretch::page(1, 10))
                .await
                .is_err(),
            "the hidden event"
        );
    });
}

#[test]
fn deleting_is_for_the_organisation_that_saw_it() {
    on_each(&settings(2, false), |world| async move {
        let (event, attributes) = scene(&world).await;
        let mine = add(&world.other(), of(on(&attributes[0]))).await.unwrap();
        let id = SightingKey::Id(mine.id);
        assert!(matches!(
            delete(&world.owner(), id).await,
            Err(AppError::NotFound(_))
        ));
        let weak = world.member(OTHER, &[Permission::Sighting]);
        assert!(matches!(delete(&weak, id).await, Err(AppError::Forbidden(_))));
        delete(&world.other(), SightingKey::Uuid(mine.uuid))
            .await
            .unwrap();
        assert!(matches!(
            delete(&world.other(), id).await,
            Err(AppError::NotFound(_))
        ));
        assert!(shown(&world.admin(), &event).await.is_empty());
        assert_eq!(world.audited("delete").await, 1);
    });
}

#[test]
fn events_bring_sightings_once() {
    on_each(&settings(2, false), |world| async move {
        let body = |uuid: &str| {
            let seen = json!([
                {"uuid": uuid, "type": "1", "date_sighting": "12", "source": "s", "Organisation": {"name": "Far away", "uuid": "77777777-7777-4777-8777-777777777777"}},
                {"uuid": uuid, "type": "0"},
                {"type": "9"},
                {"type": 2, "date_sighting": 5},
                {"type": 2, "date_sighting": 6},
            ]);
            json!({"info": "x", "Attribute": [{"type": "text", "value": "v", "Sighting": seen}]})
        };
        let uuid = "5c9d6f1e-3b7a-4d7e-9f5a-0a1b2c3d4e5f";
        let (event, _) = world.event(&world.owner(), body(uuid)).await;
        let all = list(&world.admin(), vec![Context::Event(EventKey::Id(event.id))], None)
            .await
            .unwrap();
        let brief: Vec<_> = all
            .iter()
            .map(|d| {
                (
                    d.sighting.kind.number(),
                    d.sighting.date_sighting,
                    d.sighting.org_id,
                )
            })
            .collect();
        assert_eq!(
            brief,
            [(1, 12, OWNER), (2, 6, OWNER)],
            "a user speaks only for itself"
        );

        let syncs = world.member(OTHER, &[Permission::Add, Permission::Sync, Permission::Sighting]);
        let (again, _) = world.event(&syncs, body(uuid)).await;
        assert_eq!(
            shown(&world.admin(), &again).await.len(),
            1,
            "the uuid is known; the last expiration stays"
        );
        let (third, _) = world
            .event(&syncs, body("5c9d6f1e-3b7a-4d7e-9f5a-0a1b2c3d4e60"))
            .await;
        let all = list(&world.admin(), vec![Context::Event(EventKey::Id(third.id))], None)
            .await
            .unwrap();
        assert!(all.iter().any(|d| {
            d.org
                .as_ref()
                .is_some_and(|org| org.name == "Far away" && !org.local)
        }));
        let mute = world.member(OWNER, &[Permission::Add]);
        let (silent, _) = world
            .event(&mute, body("5c9d6f1e-3b7a-4d7e-9f5a-0a1b2c3d4e61"))
            .await;
        assert!(
            shown(&world.admin(), &silent).await.is_empty(),
            "the right is needed here too"
        );
    });
}

#[test]
fn instances_exchange_only_what_is_new() {
    on_each(&settings(2, false), |world| async move {
        let (event, attributes) = scene(&world).await;
        let syncs = world.member(OTHER, &[Permission::Sync, Permission::Sighting]);
        let sent = |uuid: Uuid, attribute: Uuid| -> SightingIn {
            serde_json::from_value(
                json!({"uuid": uuid, "attribute_uuid": attribute, "type": "0", "date_sighting": "9"}),
            )
            .unwrap()
        };
        let (first, second) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let key = EventKey::Uuid(event.uuid);
        let bodies = vec![
            sent(first, attributes[0].uuid),
            sent(first, attributes[0].uuid),
            sent(second, attributes[1].uuid),
            sent(second, Uuid::from_u128(3)),
        ];
        assert_eq!(
            save_all(&syncs, key, bodies.clone()).await.unwrap(),
            1,
            "neither the private nor an unknown attribute"
        );
        assert_eq!(save_all(&syncs, key, bodies).await.unwrap(), 0);
        assert_eq!(
            known_uuids(&syncs, key, vec![first, second]).await.unwrap(),
            [first]
        );
        assert!(matches!(
            known_uuids(&world.other(), key, vec![]).await,
            Err(AppError::Forbidden(_))
        ));
    });
}

#[test]
fn moments_and_types_are_read_leniently() {
    for (input, expected) in [
        (Loose::Absent, NOW),
        (Loose::Int(0), NOW),
        (Loose::Int(5), 5),
        ("5".into(), 5),
        ("1970-01-01T00:00:07Z".into(), 7),
        ("nonsense".into(), NOW),
        (Loose::Int(-3), NOW),
    ] {
        assert_eq!(add::moment(&input, NOW), expected, "{input:?}");
    }
    for (input, expected) in [
        (Loose::Absent, Some(SightingType::Sighting)),
        ("".into(), Some(SightingType::Sighting)),
        ("1".into(), Some(SightingType::FalsePositive)),
        (Loose::Int(2), Some(SightingType::Expiration)),
        (Loose::Int(3), None),
        ("x".into(), None),
        (Loose::Nested, None),
    ] {
        assert_eq!(add::kind(&input), expected, "{input:?}");
    }
}

#[test]
fn lists_are_paged_and_asking_by_name_tells_nothing_of_the_nameless() {
    on_each(&settings(2, true), |world| async move {
        let (event, attributes) = scene(&world).await;
        let other = world.other();
        for who in [&world.owner(), &other, &world.owner()] {
            add(who, of(on(&attributes[0]))).await.unwrap();
        }
        let about = || vec![Context::Event(EventKey::Id(event.id))];
        let page = |page| Paging { limit: Some(2), page };
        let ids = |list: Vec<Detail>| list.iter().map(|d| d.sighting.id.0).collect::<Vec<_>>();
        assert_eq!(ids(listed(&other, about(), None, page(1)).await.unwrap()), [3, 2]);
        assert_eq!(ids(listed(&other, about(), None, page(2)).await.unwrap()), [1]);
        let owner = Some(OrgKey::Id(OWNER));
        assert!(listed(&other, about(), owner, page(1)).await.unwrap().is_empty());
        let own = Some(OrgKey::Id(OTHER));
        assert_eq!(ids(listed(&other, about(), own, page(1)).await.unwrap()), [2]);
    });
}

#[test]
fn one_organisation_stands_in_for_all_before_those_who_synchronise() {
    let mut settings = settings(2, false);
    settings.sightings.anonymise_as = HOST.0;
    on_each(&settings, |world| async move {
        let (event, attributes) = scene(&world).await;
        let attribute = attributes[0].id;
        add(&world.owner(), of(on(&attributes[0]))).await.unwrap();
        let about = || vec![Context::Event(EventKey::Id(event.id))];
        for (permissions, name) in [(USER, "Owner"), (&[Permission::Sync][..], "Host")] {
            let reader = world.member(OTHER, permissions);
            let [one] = &list(&reader, about(), None).await.unwrap()[..] else {
                panic!("one sighting")
            };
            assert_eq!(one.org.as_ref().unwrap().name, name);
            assert_eq!(one.sighting.org_id, one.org.as_ref().unwrap().id);
            let shown = move |ctx: &Ctx, tx: &mut Tx<'_>| shown_of_attributes(ctx, tx, &[attribute.0]);
            let shown = reader.read(shown).await.unwrap();
            assert_eq!(shown[&attribute][0].org.as_ref().unwrap().name, name);
        }
        let sync = world.member(OTHER, &[Permission::Sync]);
        for asked in [OWNER, HOST] {
            let found = list(&sync, about(), Some(OrgKey::Id(asked))).await.unwrap();
            assert!(found.is_empty(), "by organisation {asked}");
        }
    });
}

#[test]
fn loading_can_be_switched_off_in_answers_about_attributes() {
    let mut settings = settings(2, false);
    settings.sightings.disable_loading = true;
    on_each(&settings, |world| async move {
        let (event, attributes) = scene(&world).await;
        let id = attributes[0].id.0;
        add(&world.owner(), of(on(&attributes[0]))).await.unwrap();
        let read = move |ctx: &Ctx, tx: &mut Tx<'_>| shown_of_attributes(ctx, tx, &[id]);
        assert!(world.owner().read(read).await.unwrap().is_empty());
        assert_eq!(
            shown(&world.owner(), &event).await,
            [1],
            "the list of sightings is there"
        );
    });
}

#[test]
fn a_timeline_counts_what_the_reader_is_shown() {
    on_each(&settings(0, false), |world| async move {
        let (_, attributes) = scene(&world).await;
        let day = 86_400;
        let at = |who: Ctx, kind: i64, at: i64| {
            let wish = Add {
                kind: Loose::Int(kind),
                at: Loose::Int(at),
                ..of(on(&attributes[0]))
            };
            async move { add(&who, wish).await.unwrap() }
        };
        at(world.owner(), 0, NOW).await;
        at(world.owner(), 1, NOW - day).await;
        at(world.other(), 0, NOW - 364 * day).await;
        at(world.owner(), 0, NOW - 1_000 * day).await;
        at(world.owner(), 2, NOW + day).await;
        let about = Context::Attribute(AttributeKey::Id(attributes[0].id));
        let all = timeline(&world.owner(), about, 52).await.unwrap();
        assert_eq!((all.total, all.columns.len()), ([3, 1, 1], 52));
        assert_eq!((all.columns[51], all.columns[0]), ([1, 1, 0], [1, 0, 0]));
        let drawn: u64 = all.columns.iter().flatten().sum();
        assert_eq!(drawn, 3, "neither the old one nor what lies ahead");
        let own = timeline(&world.other(), about, 52).await.unwrap();
        assert_eq!((own.total, own.columns[51]), ([1, 0, 0], [0, 0, 0]));
        let private = Context::Attribute(AttributeKey::Id(attributes[1].id));
        assert!(timeline(&world.other(), private, 52).await.is_err());
    });
}

#[test]
fn sightings_are_published_by_who_may_sight_and_sees_the_event() {
    on_each(&settings(0, false), |world| async move {
        let (event, _) = scene(&world).await;
        world.publish_quietly(event.id).await;
        let key = EventKey::Id(event.id);
        let nobody = world.member(OTHER, &[Permission::Add]);
        assert!(matches!(publish(&nobody, key).await, Err(AppError::Forbidden(_))));
        let hidden = EventKey::Id(EventId(event.id.0 - 1));
        assert!(matches!(
            publish(&world.other(), hidden).await,
            Err(AppError::NotFound(_))
        ));
        publish(&world.other(), key).await.unwrap();
        let after = world.reload(event.id).await;
        assert_eq!(
            (after.sighting_timestamp, after.timestamp, after.published),
            (NOW, 1, true)
        );
        assert_eq!(world.audited("publish_sightings").await, 1);
    });
}
