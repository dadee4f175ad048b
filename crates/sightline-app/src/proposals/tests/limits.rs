//! How much may be open at a time.

use super::*;

#[test]
fn an_organisation_has_so_many_open_proposals_about_an_attribute() {
    on_each(&Settings::default(), |world| async move {
        let (event, attributes) = scene(&world).await;
        let (other, subject) = (world.other(), &attributes[0]);
        let change = |n: usize| input(json!({"comment": format!("new {n}")}));
        for n in 0..100 {
            propose_change(&other, on(subject), change(n)).await.unwrap();
        }
        let refused = propose_change(&other, on(subject), change(100)).await;
        assert!(matches!(refused, Err(AppError::TooLarge(_))), "{refused:?}");
        assert!(matches!(
            propose_deletion(&other, on(subject)).await,
            Err(AppError::TooLarge(_))
        ));
        // What is decided makes room, and a new attribute is another matter.
        let open = listed(&world.owner(), Some(key(&event))).await;
        discard(&world.owner(), ProposalId(open[0])).await.unwrap();
        propose_change(&other, on(subject), change(100)).await.unwrap();
        add(
            &other,
            key(&event),
            input(json!({"type": "domain", "value": "new.example"})),
        )
        .await
        .unwrap();
    });
}
