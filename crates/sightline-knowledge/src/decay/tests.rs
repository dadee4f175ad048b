//! What the formulas say of known indicators.

use super::*;

const DAY: i64 = 86_400;

fn model() -> Parameters {
    serde_json::from_str(
        r#"{"lifetime":"30","decay_speed":0.3,"threshold":30,"default_base_score":80,
            "base_score_config":{"false-positive:risk":0.5,"retention":0.25},"settings":[]}"#,
    )
    .unwrap()
}

fn seen_before(days: i64) -> Facts {
    Facts {
        base_score: 80.0,
        since_seen: days * DAY,
        ..Facts::default()
    }
}

fn close(left: f64, right: f64) -> bool {
    (left - right).abs() < 1e-9
}

#[test]
fn the_polynomial_falls_from_the_base_to_nothing() {
    let at = |days| score(Formula::Polynomial, &model(), seen_before(days));
    assert!(close(at(0).score, 80.0));
    assert!(close(at(15).score, 80.0 * (1.0 - 0.5f64.powf(1.0 / 0.3))));
    assert!(close(at(30).score, 0.0));
    assert!(close(at(400).score, 0.0));
    assert!(
        close(at(-1).score, 0.0),
        "what is seen in the future has no score"
    );
    assert!(!at(0).decayed && at(30).decayed);
}

#[test]
fn a_retention_tag_ends_a_score_in_the_extended_formula_only() {
    let facts = Facts {
        retention: Some(10.0),
        age: 11 * DAY,
        ..seen_before(1)
    };
    assert!(close(
        score(Formula::PolynomialExtended, &model(), facts).score,
        0.0
    ));
    assert!(score(Formula::Polynomial, &model(), facts).score > 70.0);
    let young = Facts {
        age: 9 * DAY,
        ..facts
    };
    assert!(score(Formula::PolynomialExtended, &model(), young).score > 70.0);
}

#[test]
fn sightings_weigh_right_against_all() {
    let of = |positives, sightings| {
        let facts = Facts {
            positives,
            sightings,
            ..seen_before(1)
        };
        score(Formula::Sightings, &model(), facts).score
    };
    assert!(close(of(0, 0), 80.0), "too few sightings leave the base score");
    assert!(close(of(3, 4), 60.0));
    assert!(close(of(0, 4), 0.0));
}

#[test]
fn an_attributes_own_tag_replaces_the_events_of_its_kind() {
    let model = model();
    let tag = |name, numerical_value| ScoredTag {
        name,
        numerical_value,
    };
    let event = [
        tag(r#"false-positive:risk="low""#, 75.0),
        tag("retention:30d", 30.0),
        tag("tlp:red", 100.0),
    ];
    let both = base_score(&model.base_score_config, 80.0, &event, &[]);
    assert!(
        close(both.score, (75.0 * 2.0 + 30.0) / 3.0),
        "shares are weights over their sum"
    );
    assert_eq!(both.shares.len(), 2, "a tag without weight does not count");
    let own = [tag(r#"false-positive:risk="high""#, 25.0)];
    let replaced = base_score(&model.base_score_config, 80.0, &event, &own);
    assert!(close(replaced.score, (25.0 * 2.0 + 30.0) / 3.0));
    assert!(close(
        base_score(&model.base_score_config, 80.0, &[], &[]).score,
        80.0
    ));
}

#[test]
fn impossible_numbers_are_named() {
    for (change, field) in [
        (r#"{"lifetime":0,"decay_speed":1,"threshold":30}"#, "lifetime"),
        (r#"{"lifetime":1,"decay_speed":-1,"threshold":30}"#, "decay_speed"),
        (r#"{"lifetime":1,"decay_speed":1,"threshold":101}"#, "threshold"),
        (
            r#"{"lifetime":1,"decay_speed":1,"threshold":1,"base_score_config":{"a":-1}}"#,
            "base_score_config.a",
        ),
    ] {
        let parameters: Parameters = serde_json::from_str(change).unwrap();
        assert!(parameters.check().unwrap_err().contains(field), "{change}");
    }
    assert!(model().check().is_ok());
}

#[test]
fn a_search_may_replace_numbers() {
    let changed = model().with(Overrides {
        threshold: Some(90.0),
        ..Overrides::default()
    });
    assert!(score(Formula::Polynomial, &changed, seen_before(0)).decayed);
    assert!(close(changed.lifetime, 30.0));
}
