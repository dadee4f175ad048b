//! Bookmarks against real databases: whose they are, who sees them, where they may lead.

use super::*;
use crate::Settings;
use crate::tags::tests::world::{OTHER, OWNER, USER, World, on_each};
use sightline_core::ids::UserId;

fn body(value: Value) -> BookmarkIn {
    serde_json::from_value(value).unwrap()
}

/// Another user of the owner's organisation.
fn colleague(world: &World) -> Ctx {
    let mut ctx = world.member(OWNER, USER);
    ctx.caller.user_id = UserId(42);
    ctx
}

async fn names(ctx: &Ctx, scope: Scope) -> Vec<String> {
    let (found, total) = index(ctx, scope, None, 1, 10).await.unwrap();
    assert_eq!(usize::try_from(total).unwrap(), found.len());
    found.into_iter().map(|one| one.name).collect()
}

#[test]
fn a_bookmark_is_its_users_and_shown_to_the_organisation_on_wish() {
    on_each(&Settings::default(), |world| async move {
        let (owner, colleague, other) = (world.owner(), colleague(&world), world.member(OTHER, USER));
        let smuggled = json!({"name": "mine", "url": "/events/index", "user_id": 42, "org_id": 3, "id": 7});
        let mine = add(&owner, body(smuggled)).await.unwrap();
        assert_eq!((mine.user_id, mine.org_id), (owner.caller.user_id, OWNER));
        let shown = json!({"name": "ours", "url": "https://wiki.example/", "exposed_to_org": 1});
        let ours = add(&owner, body(shown)).await.unwrap();
        assert_eq!(names(&owner, Scope::All).await, ["mine", "ours"]);
        assert_eq!(names(&colleague, Scope::All).await, ["ours"]);
        assert_eq!(names(&colleague, Scope::Org).await, ["ours"]);
        assert!(names(&colleague, Scope::Mine).await.is_empty());
        assert!(names(&other, Scope::All).await.is_empty());
        assert!(matches!(
            view(&colleague, mine.id).await,
            Err(AppError::NotFound(_))
        ));
        view(&colleague, ours.id).await.unwrap();
        for id in [mine.id, ours.id] {
            assert!(matches!(
                edit(&colleague, id, body(json!({"name": "x"}))).await,
                Err(AppError::NotFound(_))
            ));
            assert!(matches!(delete(&colleague, id).await, Err(AppError::NotFound(_))));
            assert!(matches!(
                delete(&world.admin(), id).await,
                Err(AppError::NotFound(_))
            ));
        }
        let mut read_only = owner.clone();
        read_only.caller.read_only = true;
        assert!(matches!(
            delete(&read_only, mine.id).await,
            Err(AppError::Forbidden(_))
        ));
        assert!(matches!(
            edit(&read_only, mine.id, body(json!({}))).await,
            Err(AppError::Forbidden(_))
        ));
        delete(&owner, mine.id).await.unwrap();
        assert_eq!(names(&owner, Scope::All).await, ["ours"]);
    });
}

#[test]
fn a_link_leads_to_a_page_and_runs_nothing() {
    for (url, fits) in [
        ("/events/index", true),
        ("https://example.org/a?b=c", true),
        ("HTTP://example.org", true),
        ("javascript:alert(1)", false),
        ("//evil.example", false),
        ("/\\evil.example", false),
        ("https://", false),
        ("data:text/html,x", false),
        ("/a b", false),
        ("", false),
    ] {
        assert_eq!(leads_somewhere(url), fits, "{url}");
    }
}
