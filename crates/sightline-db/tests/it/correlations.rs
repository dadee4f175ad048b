//! What correlates with what, and who sees it.

use crate::data::{self, attribute, event, new_attribute, new_event, org, simple};
use crate::engines::on_each;
use sightline_core::ids::{EventId, OrgId};
use sightline_db::correlations::{OVER_CORRELATION, Sought, halves, matches, shared_values};
use sightline_db::{Db, Tx, Visible};
use sightline_misp::records::{Attribute, Distribution};
use sightline_misp::types::AttributeType;

/// The ids of attributes that share a half with what `value` of `kind` would hold in `own`.
fn related(tx: &mut Tx<'_>, visible: Visible, own: EventId, kind: &str, value: &str) -> Vec<i64> {
    let asker = new_attribute(own, kind, value);
    let sought: Vec<Sought<'_>> = halves(&asker).map(|value| Sought { value, event: own }).collect();
    let mut found = Vec::new();
    matches(tx, visible, &sought, |_, other| found.push(other.attribute.id.0)).unwrap();
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
            .map(|_| Sought {
                value: "absent.example",
                event: one,
            })
            .chain(values.iter().map(|value| Sought { value, event: one }))
            .collect();
        let mut found = Vec::new();
        matches(tx, Visible::everything(), &sought, |n, other| {
            found.push((n, other.event.id));
        })
        .unwrap();
        assert_eq!(found, [(50, two), (51, two)]);
    });
}
