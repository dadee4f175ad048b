//! News against real databases.

use super::*;
use crate::Settings;
use crate::tags::tests::world::on_each;

fn body(value: Value) -> NewsIn {
    serde_json::from_value(value).unwrap()
}

#[test]
fn administrators_write_and_everybody_reads() {
    on_each(&Settings::default(), |world| async move {
        let (admin, other) = (world.admin(), world.other());
        let item = add(
            &admin,
            body(json!({"title": "Maintenance", "message": "On Sunday."})),
        )
        .await
        .unwrap();
        assert_eq!(
            (item.user_id, item.date_created),
            (admin.caller.user_id, admin.now())
        );
        let quiet = add(
            &admin,
            body(json!({"title": "b", "message": "c", "anonymise": "1", "user_id": 9})),
        )
        .await
        .unwrap();
        assert_eq!(quiet.user_id, UserId(0));
        let (found, total) = index(&other, 1, 1).await.unwrap();
        assert_eq!((found[0].id, total), (quiet.id, 2), "newest first");
        for outcome in [
            add(&other, body(json!({"title": "x", "message": "y"})))
                .await
                .map(drop),
            edit(&other, item.id, body(json!({"title": "x"}))).await.map(drop),
            delete(&other, item.id).await,
        ] {
            assert!(matches!(outcome, Err(AppError::Forbidden(_))), "{outcome:?}");
        }
        let edited = edit(&admin, item.id, body(json!({"title": "Moved"})))
            .await
            .unwrap();
        assert_eq!(
            (edited.title.as_str(), edited.message.as_str()),
            ("Moved", "On Sunday.")
        );
        delete(&admin, item.id).await.unwrap();
        assert!(matches!(view(&other, item.id).await, Err(AppError::NotFound(_))));
        for (wrong, field) in [
            (json!({"message": "x"}), "title"),
            (json!({"title": "x"}), "message"),
        ] {
            match add(&admin, body(wrong)).await {
                Err(AppError::Invalid(errors)) => assert!(errors.0.contains_key(field)),
                other => panic!("{other:?}"),
            }
        }
    });
}
