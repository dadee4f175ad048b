//! Tags that arrive inside events.

use super::*;
use sightline_misp::records::AttachedTag;

async fn attached(world: &World, event: i64) -> Vec<AttachedTag> {
    let read = move |_: &Ctx, tx: &mut Tx<'_>| {
        Ok(tags::of_events(tx, &[event])?
            .into_iter()
            .map(|(_, tag)| tag)
            .collect())
    };
    world.admin().read(read).await.unwrap()
}

#[test]
fn unknown_tags_are_created_by_those_who_may_and_dropped_otherwise() {
    on_each(&Settings::default(), |world| async move {
        let event = || {
            json!({
                "info": "x",
                "Tag": [
                    {"name": "tlp:red", "colour": "#CC0033", "relationship_type": "is"},
                    {"name": "TLP:RED"},
                    {"name": "odd", "colour": "red", "numerical_value": "7", "exportable": false},
                    {"name": "misp-galaxy:threat-actor=\"X\""},
                    {"name": " "},
                    {"name": "y".repeat(300)},
                    {"tag_id": 5},
                ],
            })
        };
        let (dropped, _) = world.event(&world.owner(), event()).await;
        assert!(attached(&world, dropped.id.0).await.is_empty());
        assert!(
            index(&world.admin(), IndexFilter::default(), 1, TAG_ROWS)
                .await
                .unwrap()
                .0
                .is_empty()
        );

        let editor = world.member(OWNER, &[Permission::Add, Permission::TagEditor]);
        let (made, _) = world.event(&editor, event()).await;
        let seen = attached(&world, made.id.0).await;
        let brief: Vec<_> = seen
            .iter()
            .map(|t| (t.tag.name.as_str(), t.tag.colour.clone()))
            .collect();
        let galaxy = "misp-galaxy:threat-actor=\"X\"";
        assert_eq!(
            brief,
            [
                ("tlp:red", "#CC0033".into()),
                ("odd", default_colour("odd")),
                (galaxy, default_colour(galaxy))
            ]
        );
        assert_eq!(seen[0].relationship_type.as_deref(), Some("is"));
        assert_eq!(
            (seen[1].tag.exportable, seen[1].tag.numerical_value),
            (false, Some(7))
        );
        assert!(seen[2].tag.is_galaxy && !seen[2].tag.is_custom_galaxy);

        let (known, _) = world.event(&world.owner(), event()).await;
        assert_eq!(
            attached(&world, known.id.0).await.len(),
            3,
            "known tags need no right to create"
        );
    });
}

#[test]
fn restricted_and_local_tags_stay_where_they_may_be() {
    on_each(&Settings::default(), |world| async move {
        let admin = world.admin();
        for input in [
            json!({"name": "theirs", "org_id": OTHER}),
            json!({"name": "local", "local_only": true}),
            json!({"name": "t"}),
        ] {
            add(&admin, body(input)).await.unwrap();
        }
        let event = json!({"info": "x", "Tag": [
            {"name": "theirs"}, {"name": "local"}, {"name": "local", "local": true}, {"name": "t", "local": true},
        ]});
        let (foreign, _) = world.event(&world.owner(), event.clone()).await;
        assert!(
            attached(&world, foreign.id.0).await.is_empty(),
            "a local tag never becomes a global one"
        );
        let (own, _) = world.event(&world.member(HOST, USER), event).await;
        let seen: Vec<_> = attached(&world, own.id.0)
            .await
            .into_iter()
            .map(|t| (t.tag.name, t.local))
            .collect();
        assert_eq!(seen, [("local".into(), true), ("t".into(), true)]);
    });
}

#[test]
fn a_large_event_brings_its_tags() {
    const ATTRIBUTES: usize = 3_000;
    on_each(&Settings::default(), |world| async move {
        let attributes: Vec<_> = (0..ATTRIBUTES)
            .map(|n| {
                let tags = [
                    json!({"name": format!("kind:{}", n % 7)}),
                    json!({"name": "All"}),
                    json!({"name": "all"}),
                ];
                json!({"type": "text", "value": n.to_string(), "Tag": tags})
            })
            .collect();
        let editor = world.member(OWNER, &[Permission::Add, Permission::Sync]);
        let (_, stored) = world
            .event(&editor, json!({"info": "x", "Attribute": attributes}))
            .await;
        let ids: Vec<i64> = stored.iter().map(|a| a.id.0).collect();
        let seen = editor
            .read(move |_, tx| Ok(tags::of_attributes(tx, &ids)?))
            .await
            .unwrap();
        assert_eq!(seen.len(), 2 * ATTRIBUTES);
        assert_eq!(
            index(&world.admin(), IndexFilter::default(), 1, TAG_ROWS)
                .await
                .unwrap()
                .0
                .len(),
            8
        );
    });
}
