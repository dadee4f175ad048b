//! Discussions: who reads, who writes, what goes with the event.

use super::*;
use crate::Settings;
use crate::tags::tests::world::{World, on_each};
use serde_json::json;
use sightline_misp::records::Event;

async fn event(world: &World, distribution: i64) -> Event {
    let body = json!({"info": "Talked about", "distribution": distribution});
    let (event, _) = world.event(&world.owner(), body).await;
    world.publish_quietly(event.id).await;
    event
}

fn on(event: &Event) -> Place {
    Place::Event(EventKey::Id(event.id))
}

#[test]
fn a_discussion_is_seen_by_whoever_sees_its_event() {
    on_each(&Settings::default(), |world| async move {
        let (owner, other) = (world.owner(), world.other());
        let (open, secret) = (event(&world, 1).await, event(&world, 0).await);
        let first = add(&owner, on(&open), " Seen here too ".into()).await.unwrap();
        let hidden = add(&owner, on(&secret), "For us".into()).await.unwrap();
        assert_eq!(first.post.contents, "Seen here too");
        let answer = add(&other, Place::Post(first.post.id), "Where?".into())
            .await
            .unwrap();
        assert_eq!(
            (answer.post.thread_id, answer.post.post_id),
            (first.post.thread_id, first.post.id)
        );

        let (threads, total) = index(&other, 1, 10).await.unwrap();
        assert_eq!((threads.len(), total, threads[0].post_count), (1, 1, 2));
        assert_eq!(index(&owner, 1, 10).await.unwrap().1, 2);
        for refused in [
            view(&other, hidden.post.thread_id, 1, 10).await.map(|_| ()),
            of_event(&other, EventKey::Id(secret.id), 1, 10).await.map(|_| ()),
            post(&other, hidden.post.id).await.map(|_| ()),
            add(&other, on(&secret), "?".into()).await.map(|_| ()),
            add(&other, Place::Thread(hidden.post.thread_id), "?".into())
                .await
                .map(|_| ()),
            add(&other, Place::Post(hidden.post.id), "?".into())
                .await
                .map(|_| ()),
            edit(&other, hidden.post.id, "?".into()).await.map(|_| ()),
            delete(&other, hidden.post.id).await.map(|_| ()),
        ] {
            assert!(matches!(refused, Err(AppError::NotFound(_))), "{refused:?}");
        }
        assert!(
            world.reload(open.id).await.published,
            "talking does not unpublish"
        );
    });
}

#[test]
fn posts_are_changed_by_their_authors_and_go_with_their_event() {
    on_each(&Settings::default(), |world| async move {
        let (owner, other) = (world.owner(), world.other());
        let open = event(&world, 1).await;
        let first = add(&owner, on(&open), "One".into()).await.unwrap().post;
        assert!(matches!(
            edit(&other, first.id, "Mine".into()).await,
            Err(AppError::Forbidden(_))
        ));
        assert!(matches!(
            delete(&other, first.id).await,
            Err(AppError::Forbidden(_))
        ));
        assert!(matches!(
            edit(&owner, first.id, "  ".into()).await,
            Err(AppError::Invalid(_))
        ));
        let long = "x".repeat(TEXT_CHARS + 1);
        assert!(matches!(
            add(&owner, on(&open), long).await,
            Err(AppError::Invalid(_))
        ));
        assert_eq!(
            edit(&owner, first.id, "Two".into()).await.unwrap().post.contents,
            "Two"
        );
        let answer = add(&other, Place::Post(first.id), "Three".into())
            .await
            .unwrap()
            .post;
        delete(&owner, first.id).await.unwrap();
        let left = view(&owner, first.thread_id, 1, 10).await.unwrap();
        assert_eq!((left.posts.len(), left.posts[0].post.post_id), (1, PostId(0)));
        delete(&world.admin(), answer.id).await.unwrap();
        assert_eq!(
            of_event(&owner, EventKey::Id(open.id), 1, 10).await.unwrap(),
            None
        );

        let last = add(&owner, on(&open), "Four".into()).await.unwrap().post;
        events::delete(&owner, EventKey::Id(open.id)).await.unwrap();
        assert!(matches!(post(&owner, last.id).await, Err(AppError::NotFound(_))));
        assert_eq!(index(&world.admin(), 1, 10).await.unwrap().1, 0);
    });
}

#[test]
fn discussions_can_be_switched_off() {
    let mut settings = Settings::default();
    settings.events.discussion_disabled = true;
    on_each(&settings, |world| async move {
        let open = event(&world, 1).await;
        let owner = world.owner();
        assert!(matches!(
            add(&owner, on(&open), "?".into()).await,
            Err(AppError::Forbidden(_))
        ));
        assert!(matches!(index(&owner, 1, 10).await, Err(AppError::Forbidden(_))));
    });
}
