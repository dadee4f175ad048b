//! The table and the schema belong together.

use super::live::LiveSettings;
use super::registry::{Kind, all, find};
use super::{Definition, Settings};
use serde_json::{Value, json};
use std::collections::{BTreeSet, HashSet};

fn written(definition: &Definition, value: &Value) -> Result<Value, String> {
    let mut settings = Settings::default();
    definition
        .write(&mut settings, value)
        .map_err(|error| error.to_string())?;
    Ok(definition.read(&settings))
}

#[test]
fn every_default_may_be_written_back() {
    let mut names = HashSet::new();
    for definition in all() {
        assert!(names.insert(definition.name), "{} stands twice", definition.name);
        let default = definition.read(&Settings::default());
        assert!(
            !default.is_null(),
            "{}: the schema has no {}",
            definition.name,
            definition.path
        );
        assert_eq!(
            written(definition, &default).unwrap(),
            default,
            "{}",
            definition.name
        );
        assert!(
            definition.level <= 2 && definition.description.ends_with('.'),
            "{}",
            definition.name
        );
    }
}

#[test]
fn values_are_read_as_leniently_as_clients_write_them_and_no_further() {
    for (name, value, becomes) in [
        ("MISP.live", json!("0"), Some(json!(false))),
        ("MISP.live", json!(1), Some(json!(true))),
        ("MISP.live", json!("TRUE"), Some(json!(true))),
        ("MISP.live", json!("yes"), None),
        ("MISP.live", json!([true]), None),
        (
            "MISP.default_attribute_distribution",
            json!("event"),
            Some(json!("event")),
        ),
        ("MISP.default_attribute_distribution", json!(3), Some(json!("3"))),
        ("MISP.default_attribute_distribution", json!("4"), None),
        ("SecureAuth.amount", json!("12"), Some(json!(12))),
        ("SecureAuth.amount", json!(0), None),
        ("SecureAuth.amount", json!(-1), None),
        ("SecureAuth.amount", json!(1.5), None),
        ("Session.timeout", json!(60), Some(json!(60))),
        ("MISP.maintenance_message", json!(" later "), Some(json!("later"))),
        ("MISP.maintenance_message", json!("x".repeat(1001)), None),
    ] {
        let definition = find(name).unwrap();
        assert_eq!(written(definition, &value).ok(), becomes, "{name} {value}");
    }
}

#[test]
fn minutes_on_the_wire_are_seconds_inside() {
    let mut settings = Settings::default();
    let definition = find("Session.timeout").unwrap();
    assert!(matches!(definition.kind, Kind::Minutes(..)));
    definition.write(&mut settings, &json!(2)).unwrap();
    assert_eq!(settings.security.session_idle, 120);
}

#[test]
fn the_configuration_wins_over_stored_values_and_a_broken_one_harms_nothing() {
    let configured = Settings::default();
    let live = LiveSettings::new(configured, BTreeSet::from(["security.login_pause".to_owned()]));
    live.apply(&[
        ("SecureAuth.expire".into(), json!(1)),
        ("SecureAuth.amount".into(), json!(9)),
        ("MISP.live".into(), json!("nonsense")),
        ("MISP.gone".into(), json!(1)),
    ]);
    let now = live.current();
    assert_eq!((now.security.login_pause, now.security.login_attempts), (300, 9));
    assert!(now.access.live);
    live.apply(&[]);
    assert_eq!(live.current().security.login_attempts, 5, "back to the default");
}

#[test]
fn a_secret_is_kept_and_never_shown() {
    let definition = find("OidcAuth.client_secret").unwrap();
    let mut settings = Settings::default();
    assert_eq!(definition.read(&settings), json!(""));
    definition.write(&mut settings, &json!("hunter2")).unwrap();
    assert_eq!(definition.read(&settings), json!("*****"));
    assert_eq!(definition.kept(&settings), json!("hunter2"));
    assert!(!format!("{settings:?}").contains("hunter2"));
}
