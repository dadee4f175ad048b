//! What correlates with what, and who sees it.

use crate::data::{self, attribute, event, new_attribute, new_event, org, simple};
use crate::engines::on_each;
use sightline_core::ids::{EventId, OrgId};
use sightline_db::correlations::{
    Policy, Silence, Sought, matches, ranking, shared_networks, shared_values, sought,
};
use sightline_db::{Db, Tx, Visible, correlation_exclusions, correlation_rules};
use sightline_misp::records::{Attribute, CorrelationExclusion, CorrelationRule, Distribution, Selector};
use sightline_misp::types::AttributeType;

/// More attributes than this make a value too common.
const OVER_CORRELATION: usize = 20;

fn policy(tx: &mut Tx<'_>) -> Policy {
    Policy::load(tx, OVER_CORRELATION, true).unwrap()
}

/// The ids of attributes that share a half with what `value` of `kind` would hold in `own`.
fn related(tx: &mut Tx<'_>, visible: Visible, own: EventId, kind: &str, value: &str) -> Vec<i64> {
    let asker = new_attribute(own, kind, value);
    let sought: Vec<Sought<'_>> = sought(&asker).collect();
    let mut found = Vec::new();
    let policy = policy(tx);
    matches(tx, visible, &policy, &sought, |_, other, _| {
        found.push(other.attribute.id.0);
    })
    .unwrap();
    found
}

fn with_events(test: impl Fn(&mut Tx<'_>, EventId, EventId) + Send + Clone + 'static) {
    on_each(move |db: &Db| {
        let test = test.clone();
        data::write(db, move |tx| {
            let owner = org(tx, "owner");
            let one = event(tx, new_event(owner, "one"));
            let two = event(tx, new_event(owner, "two"));
            test(tx, one, two);
            Ok(())
        });
    });
}

#[test]
fn equal_values_in_other_events_are_found_whatever_their_type_case_or_half() {
    with_events(|tx, one, two| {
        let everything = Visible::everything();
        let plain = simple(tx, two, "ip-dst", "198.51.100.7");
        let half = simple(tx, two, "domain|ip", "Évil.example|198.51.100.7");
        simple(tx, one, "ip-src", "198.51.100.7");
        assert_eq!(
            related(tx, everything, one, "ip-src", "198.51.100.7"),
            [plain.0, half.0]
        );
        assert_eq!(related(tx, everything, one, "domain", "EVIL.example"), [half.0]);
        assert_eq!(
            related(tx, everything, one, "domain|ip", "other.example|198.51.100.7"),
            [plain.0, half.0]
        );
        assert_eq!(
            related(tx, everything, two, "ip-src", "198.51.100.8"),
            Vec::<i64>::new()
        );
    });
}

#[test]
fn ports_flags_and_silent_types_do_not_correlate() {
    with_events(|tx, one, two| {
        let everything = Visible::everything();
        simple(tx, two, "ip-dst|port", "203.0.113.1|443");
        simple(tx, two, "text", "443");
        let nothing = Vec::<i64>::new();
        assert_eq!(
            related(tx, everything, one, "ip-dst|port", "203.0.113.2|443"),
            nothing
        );
        assert_eq!(related(tx, everything, one, "port", "443"), nothing);
        let changes: [fn(&mut Attribute); 3] = [
            |a| a.deleted = true,
            |a| a.disable_correlation = true,
            |a| a.kind = AttributeType::Comment,
        ];
        for change in changes {
            let mut other = new_attribute(two, "domain", "quiet.example");
            change(&mut other);
            attribute(tx, other);
        }
        assert_eq!(related(tx, everything, one, "domain", "quiet.example"), nothing);
        tx.exec(
            "UPDATE events SET disable_correlation = TRUE WHERE id = $1",
            sightline_db::params![two],
        )
        .unwrap();
        assert_eq!(related(tx, everything, one, "text", "443"), nothing);
    });
}

#[test]
fn a_value_that_is_everywhere_says_nothing() {
    with_events(|tx, one, two| {
        for _ in 0..OVER_CORRELATION {
            simple(tx, two, "text", "common");
        }
        assert_eq!(
            related(tx, Visible::everything(), one, "text", "common").len(),
            OVER_CORRELATION
        );
        simple(tx, two, "text", "common");
        assert_eq!(
            related(tx, Visible::everything(), one, "text", "common"),
            Vec::<i64>::new()
        );
    });
}

#[test]
fn the_other_side_must_be_visible() {
    with_events(|tx, one, _| {
        let (owner, other) = (org(tx, "hiding"), org(tx, "looking"));
        let mut hidden = new_event(owner, "hidden");
        hidden.distribution = Distribution::OrganisationOnly;
        let hidden = event(tx, hidden);
        let open = event(tx, new_event(owner, "open"));
        simple(tx, hidden, "domain", "a.example");
        let mut secret = new_attribute(open, "domain", "a.example");
        secret.distribution = Distribution::OrganisationOnly;
        attribute(tx, secret);
        let mut object = data::new_object(open, "file");
        object.distribution = Distribution::OrganisationOnly;
        let object = data::object(tx, object);
        let mut inside = new_attribute(open, "domain", "a.example");
        inside.object_id = object;
        attribute(tx, inside);
        let shown = simple(tx, open, "domain", "a.example");
        let seen_by = |tx: &mut Tx<'_>, org: OrgId| {
            related(
                tx,
                Visible::to_organisation(org, false),
                one,
                "domain",
                "a.example",
            )
        };
        assert_eq!(seen_by(tx, other), [shown.0]);
        assert_eq!(seen_by(tx, owner).len(), 4);
        assert_eq!(
            related(tx, Visible::everything(), one, "domain", "a.example").len(),
            4
        );
    });
}

#[test]
fn an_event_knows_its_shared_values_and_many_can_be_sought_at_once() {
    with_events(|tx, one, two| {
        for n in 0..50 {
            simple(tx, one, "domain", &format!("host{n}.example"));
        }
        simple(tx, one, "domain", "HOST7.example");
        simple(tx, two, "hostname", "host7.example");
        simple(tx, two, "domain|ip", "x.example|host9.example");
        let policy = policy(tx);
        let shared = |tx: &mut Tx<'_>, events: &[i64], most| {
            shared_values(tx, Visible::everything(), events, most).unwrap()
        };
        let (first, second) = ("host7.example".to_owned(), "host9.example".to_owned());
        assert_eq!(
            shared(tx, &[one.0], 100),
            [(one, first.clone()), (one, second.clone())]
        );
        assert_eq!(shared(tx, &[one.0], 1), [(one, first.clone())]);
        let mut of_both = shared(tx, &[one.0, two.0], 1);
        of_both.sort();
        assert_eq!(
            of_both,
            [(one, first.clone()), (two, first.clone())],
            "so many of each"
        );
        let values = [first, second];
        let sought: Vec<Sought<'_>> = (0..50)
            .map(|_| "absent.example")
            .chain(values.iter().map(String::as_str))
            .map(|value| Sought {
                value,
                event: one,
                network: None,
            })
            .collect();
        let mut found = Vec::new();
        matches(tx, Visible::everything(), &policy, &sought, |n, other, _| {
            found.push((n, other.event.id));
        })
        .unwrap();
        assert_eq!(found, [(50, two), (51, two)]);
    });
}

#[test]
fn addresses_meet_the_networks_that_hold_them_both_ways() {
    with_events(|tx, one, two| {
        let everything = Visible::everything();
        let network = simple(tx, two, "ip-src", "198.51.100.0/24");
        let wider = simple(tx, two, "ip-dst", "198.51.0.0/16");
        let address = simple(tx, two, "ip-dst|port", "198.51.100.7|443");
        let v6 = simple(tx, two, "ip-dst", "2001:db8::/32");
        simple(tx, two, "ip-dst", "203.0.113.0/24");
        simple(tx, two, "text", "198.51.100.0/27");
        let found = |tx: &mut Tx<'_>, kind: &str, value: &str| related(tx, everything, one, kind, value);
        assert_eq!(
            found(tx, "ip-src", "198.51.100.7"),
            [network.0, wider.0, address.0]
        );
        assert_eq!(found(tx, "ip-src", "198.51.7.7"), [wider.0]);
        assert_eq!(found(tx, "ip-dst", "198.51.100.0/25"), [address.0]);
        assert_eq!(found(tx, "ip-dst", "2001:db8::7"), [v6.0]);
        assert_eq!(found(tx, "text", "198.51.100.9"), Vec::<i64>::new());
        simple(tx, one, "ip-src", "198.51.7.8");
        simple(tx, one, "ip-src", "192.0.2.1");
        let shared = shared_networks(tx, everything, &[one.0], 10).unwrap();
        assert_eq!(shared, [(one, "198.51.7.8".to_owned())]);
    });
}

#[test]
fn excluded_values_and_separated_events_do_not_correlate() {
    with_events(|tx, one, two| {
        let everything = Visible::everything();
        simple(tx, two, "domain", "a.example");
        let other = simple(tx, two, "domain", "a.test");
        let exclusion = CorrelationExclusion {
            value: "%.example".into(),
            ..CorrelationExclusion::default()
        };
        let id = correlation_exclusions::insert(tx, &exclusion).unwrap().unwrap();
        assert!(correlation_exclusions::insert(tx, &exclusion).unwrap().is_none());
        let nothing = Vec::<i64>::new();
        assert_eq!(related(tx, everything, one, "domain", "a.example"), nothing);
        // As it is spelled there.
        assert_eq!(related(tx, everything, one, "text", "a.EXAMPLE"), nothing);
        assert_eq!(related(tx, everything, one, "domain", "a.test"), [other.0]);
        correlation_exclusions::delete(tx, id).unwrap();
        assert_eq!(related(tx, everything, one, "domain", "a.example").len(), 1);
        let mut rule = CorrelationRule {
            uuid: uuid::Uuid::from_u128(1),
            name: "apart".into(),
            selector: Selector::EventId,
            list: vec![one.to_string(), two.to_string()],
            ..CorrelationRule::default()
        };
        rule.id = correlation_rules::insert(tx, &rule).unwrap();
        assert_eq!(
            correlation_rules::by_id(tx, rule.id).unwrap().as_ref(),
            Some(&rule)
        );
        assert_eq!(related(tx, everything, one, "domain", "a.test"), nothing);
        rule.list.pop();
        correlation_rules::update(tx, &rule).unwrap();
        assert_eq!(related(tx, everything, one, "domain", "a.test"), [other.0]);
    });
}

#[test]
fn what_is_hidden_makes_nothing_too_common() {
    with_events(|tx, one, two| {
        let owner = org(tx, "hiding");
        let mut hidden = new_event(owner, "hidden");
        hidden.distribution = Distribution::OrganisationOnly;
        let hidden = event(tx, hidden);
        let shown = simple(tx, two, "text", "common");
        for _ in 0..=OVER_CORRELATION {
            simple(tx, hidden, "text", "common");
        }
        let asker = new_attribute(one, "text", "common");
        let sought: Vec<Sought<'_>> = sought(&asker).collect();
        let policy = policy(tx);
        let mut ask = |visible: Visible| {
            let mut found = Vec::new();
            let silent = matches(tx, visible, &policy, &sought, |_, other, _| {
                found.push(other.attribute.id.0);
            })
            .unwrap();
            (found, silent)
        };
        let outsider = Visible::to_organisation(OrgId(9_999), false);
        assert_eq!(ask(outsider), (vec![shown.0], Vec::new()));
        assert_eq!(
            ask(Visible::everything()),
            (Vec::new(), vec![(0, Silence::TooCommon)])
        );
    });
}

#[test]
fn values_are_ranked_by_how_many_hold_them() {
    with_events(|tx, one, two| {
        for _ in 0..3 {
            simple(tx, two, "domain", "twice.example");
            simple(tx, two, "text", "own");
        }
        simple(tx, one, "domain", "TWICE.example");
        simple(tx, one, "domain|ip", "other.example|192.0.2.1");
        simple(tx, two, "ip-src", "192.0.2.1");
        simple(tx, one, "ip-dst|port", "192.0.2.2|443");
        simple(tx, two, "text", "443");
        let mut counted = ranking::count(tx, i64::MIN, -1, 10).unwrap();
        counted.extend(ranking::count(tx, 0, i64::MAX, 10).unwrap());
        counted.sort_by_key(|counted| -counted.1);
        assert_eq!(ranking::replace(tx, &counted, 7).unwrap(), 2);
        let (rows, total) = ranking::list(tx, ranking::Which::All, ranking::By::Attributes, 10, 0).unwrap();
        let rows: Vec<_> = rows
            .iter()
            .map(|row| (row.value.to_lowercase(), row.attributes, row.events))
            .collect();
        assert_eq!(total, 2);
        assert_eq!(rows, [("twice.example".into(), 4, 2), ("192.0.2.1".into(), 2, 2)]);
        let above = ranking::list(tx, ranking::Which::Above(3), ranking::By::Events, 10, 0).unwrap();
        assert_eq!(above.1, 1);
        let others = ranking::list(tx, ranking::Which::UpTo(3), ranking::By::Value, 10, 0).unwrap();
        assert_eq!(others.0[0].value, "192.0.2.1");
    });
}
