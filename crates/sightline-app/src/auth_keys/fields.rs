//! What a request says of a key, checked and applied (spec 05 section 1.3).

use crate::{Settings, text_list};
use ipnet::IpNet;
use serde::Deserialize;
use serde_json::Value;
use sightline_core::FieldErrors;
use sightline_db::auth_keys::AuthKey;
use sightline_misp::datetime::parse_lenient;
use sightline_misp::input::Loose;
use std::net::IpAddr;

/// Seconds of a day.
const DAY: i64 = 86_400;
/// Longest comment, in characters; it is a label.
const COMMENT_CHARS: usize = 10_000;

/// A key as clients send it. They cannot choose the key itself.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the fields of the wire, spec 05 section 1.3")]
pub struct AuthKeyIn {
    pub uuid: Loose,
    pub comment: Loose,
    /// A list, or one text with a line or comma between addresses and networks.
    pub allowed_ips: Value,
    /// Unix seconds or a date; empty or 0 for never.
    pub expiration: Loose,
    pub read_only: Loose,
}

/// What the instance asks of keys.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Rule {
    /// The longest validity in days, 0 for no limit.
    pub(super) days: u32,
    /// A key has to say from where it works.
    pub(super) allowlist: bool,
}

impl Rule {
    pub(super) fn of(settings: &Settings) -> Self {
        Self {
            days: settings.security.authkey_days,
            allowlist: settings.security.authkey_allowlist,
        }
    }
}

/// Applies what the body says; what it leaves out stays.
pub(super) fn apply(key: &mut AuthKey, body: &AuthKeyIn, now: i64, rule: Rule, errors: &mut FieldErrors) {
    let days = rule.days;
    if let Some(comment) = body.comment.text() {
        key.comment = comment.trim().chars().take(COMMENT_CHARS).collect();
    }
    match body.read_only.flag() {
        Some(read_only) => key.read_only = read_only,
        None if !body.read_only.is_given() => {}
        None => errors.add(
            "read_only",
            "The value has to be a boolean (true, false, 0 or 1).",
        ),
    }
    if let Some(ranges) = text_list::parse(&body.allowed_ips) {
        if let Some(bad) = ranges.iter().find(|range| !is_range(range)) {
            errors.add("allowed_ips", format!("{bad} is not valid IP range"));
        }
        key.allowed_ips = Some(ranges).filter(|ranges| !ranges.is_empty());
    }
    if rule.allowlist && key.allowed_ips.is_none() {
        errors.add(
            "allowed_ips",
            "Setting an ip allowlist is mandatory on this instance.",
        );
    }
    if body.expiration.is_given() {
        match moment(&body.expiration, now) {
            Ok(moment) => key.expiration = moment.unwrap_or(0),
            Err(()) => errors.add("expiration", "Expiration must be in YYYY-MM-DD format."),
        }
    }
    if days > 0 {
        let last = key.created + i64::from(days) * DAY;
        if key.expiration == 0 {
            key.expiration = last;
        } else if key.expiration > last {
            errors.add("expiration", format!("Maximal key validity is {days} days."));
        }
    }
}

/// An instant in Unix seconds from seconds or from words that name a time; `None` for never.
pub(crate) fn moment(input: &Loose, now: i64) -> Result<Option<i64>, ()> {
    if *input == Loose::Nested {
        return Err(());
    }
    match (input.filled(), input.int()) {
        (None, _) | (_, Some(0)) => Ok(None),
        (_, Some(seconds)) if seconds > 0 => Ok(Some(seconds)),
        (Some(text), _) => parse_lenient(&text, now)
            .map(|micros| Some(micros.div_euclid(1_000_000)))
            .ok_or(()),
    }
}

fn is_range(text: &str) -> bool {
    text.parse::<IpNet>().is_ok() || text.parse::<IpAddr>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn applied(body: Value, days: u32) -> Result<AuthKey, FieldErrors> {
        let mut key = AuthKey {
            created: 1_000_000,
            ..AuthKey::default()
        };
        let mut errors = FieldErrors::default();
        apply(
            &mut key,
            &serde_json::from_value(body).unwrap(),
            1_000_000,
            Rule {
                days,
                allowlist: false,
            },
            &mut errors,
        );
        if errors.is_empty() { Ok(key) } else { Err(errors) }
    }

    #[test]
    fn expirations() {
        for (given, days, expected) in [
            (json!({}), 0, Ok(0)),
            (json!({"expiration": "1990-01-05"}), 0, Ok(631_497_600)),
            (json!({"expiration": 1_700_000_000}), 0, Ok(1_700_000_000)),
            (json!({"expiration": "1700000000"}), 0, Ok(1_700_000_000)),
            (json!({"expiration": "0"}), 0, Ok(0)),
            (json!({"expiration": ""}), 2, Ok(1_000_000 + 2 * DAY)),
            (
                json!({"expiration": 1_700_000_000}),
                365,
                Err("Maximal key validity is 365 days."),
            ),
            (
                json!({"expiration": "not a date"}),
                0,
                Err("Expiration must be in YYYY-MM-DD format."),
            ),
        ] {
            let outcome = applied(given.clone(), days).map(|key| key.expiration);
            let expected = expected.map_err(|message| FieldErrors::one("expiration", message));
            assert_eq!(outcome, expected, "{given}");
        }
    }

    #[test]
    fn addresses() {
        let key = applied(
            json!({"allowed_ips": "192.0.2.1\n2001:db8::/32, 198.51.100.0/24"}),
            0,
        )
        .unwrap();
        assert_eq!(
            key.allowed_ips.unwrap(),
            ["192.0.2.1", "2001:db8::/32", "198.51.100.0/24"]
        );
        assert_eq!(applied(json!({"allowed_ips": []}), 0).unwrap().allowed_ips, None);
        let refused = applied(json!({"allowed_ips": ["192.0.2.1", "elsewhere"]}), 0).unwrap_err();
        assert_eq!(
            refused,
            FieldErrors::one("allowed_ips", "elsewhere is not valid IP range")
        );
    }
}
