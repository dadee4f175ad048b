//! Instants as people write them in rules and filters: `30d`, `5h`, a Unix time, a date, a date with a time, ISO 8601.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde_json::Value;
use sightline_core::Timestamp;

/// Unix seconds of `text`, or `None` when it is no time. `30d` means thirty days before `now`; the units are `s`, `m`
/// (minutes), `h`, `d` and `w`. Times without a zone are UTC.
pub fn parse_instant(text: &str, now: Timestamp) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(seconds) = text.parse::<i64>() {
        return Some(seconds);
    }
    if let Some(ago) = duration_seconds(text) {
        return now.checked_sub(ago);
    }
    if let Ok(instant) = text.parse::<jiff::Timestamp>() {
        return Some(instant.as_second());
    }
    let local = text.parse::<DateTime>().ok().or_else(|| {
        Some(
            text.parse::<Date>()
                .ok()?
                .to_datetime(jiff::civil::Time::midnight()),
        )
    })?;
    TimeZone::UTC
        .to_timestamp(local)
        .ok()
        .map(jiff::Timestamp::as_second)
}

/// Seconds of a duration such as `30d`; `None` for anything else.
pub fn duration_seconds(text: &str) -> Option<i64> {
    let text = text.trim();
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let unit = match text.strip_prefix(digits)? {
        "s" | "S" => 1,
        "m" | "M" => 60,
        "h" | "H" => 3_600,
        "d" | "D" => 86_400,
        "w" | "W" => 604_800,
        _ => return None,
    };
    digits.parse::<i64>().ok()?.checked_mul(unit)
}

/// A span of time whose ends were given as text; resolved against `now` at each use, because rules are stored and
/// `30d` keeps moving.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TimeSpan {
    /// Not before this, inclusive.
    pub from: Option<String>,
    /// Not after this, inclusive.
    pub to: Option<String>,
}

impl TimeSpan {
    /// From JSON: a string or number is the lower end, a pair is both. Empty text leaves an end open. `None` when an
    /// end is not a time or the shape is another.
    pub fn from_json(value: &Value) -> Option<Self> {
        match value {
            Value::Null => Some(Self::default()),
            Value::Array(ends) => match ends.as_slice() {
                [] => Some(Self::default()),
                [from] => Some(Self {
                    from: end(from)?,
                    to: None,
                }),
                [from, to] => Some(Self {
                    from: end(from)?,
                    to: end(to)?,
                }),
                _ => None,
            },
            single => Some(Self {
                from: end(single)?,
                to: None,
            }),
        }
    }

    /// Whether `instant` lies inside.
    pub fn contains(&self, instant: Timestamp, now: Timestamp) -> bool {
        let bound = |text: &Option<String>| text.as_deref().and_then(|text| parse_instant(text, now));
        bound(&self.from).is_none_or(|from| instant >= from) && bound(&self.to).is_none_or(|to| instant <= to)
    }

    /// Whether both ends are open.
    pub fn is_open(&self) -> bool {
        self.from.is_none() && self.to.is_none()
    }
}

/// Outer `None`: not a time. Inner `None`: an open end.
fn end(value: &Value) -> Option<Option<String>> {
    let text = match value {
        Value::Null => return Some(None),
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    if text.is_empty() {
        return Some(None);
    }
    parse_instant(&text, 0).map(|_| Some(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    const NOW: Timestamp = 1_795_000_000;

    #[test]
    fn every_spelling() {
        for (text, expected) in [
            ("30d", NOW - 30 * 86_400),
            ("5h", NOW - 5 * 3_600),
            (" 10m ", NOW - 600),
            ("45s", NOW - 45),
            ("2W", NOW - 1_209_600),
            ("1700000000", 1_700_000_000),
            ("2026-01-02", 1_767_312_000),
            ("2026-01-02 03:04:05", 1_767_323_045),
            ("2026-01-02T03:04:05", 1_767_323_045),
            ("2026-01-02T03:04:05Z", 1_767_323_045),
            ("2026-01-02T03:04:05+01:00", 1_767_319_445),
        ] {
            assert_eq!(parse_instant(text, NOW), Some(expected), "{text}");
        }
        for text in [
            "",
            "d",
            "5y",
            "-5d",
            "yesterday",
            "2026-13-40",
            "99999999999999999999d",
            "9223372036854775807w",
        ] {
            assert_eq!(parse_instant(text, NOW), None, "{text}");
        }
    }

    #[test]
    fn spans_move_with_now() {
        let last_month = TimeSpan::from_json(&json!("30d")).unwrap();
        assert!(last_month.contains(NOW - 86_400, NOW));
        assert!(!last_month.contains(NOW - 31 * 86_400, NOW));
        let pair = TimeSpan::from_json(&json!(["10d", "3d"])).unwrap();
        assert!(pair.contains(NOW - 5 * 86_400, NOW));
        assert!(!pair.contains(NOW - 86_400, NOW));
        assert!(!pair.contains(NOW - 11 * 86_400, NOW));
        assert!(TimeSpan::from_json(&json!(["", null])).unwrap().is_open());
        assert_eq!(
            TimeSpan::from_json(&json!(1_700_000_000))
                .unwrap()
                .from
                .as_deref(),
            Some("1700000000")
        );
        assert_eq!(TimeSpan::from_json(&json!("soon")), None);
        assert_eq!(TimeSpan::from_json(&json!({"from": 1})), None);
    }

    proptest! {
        #[test]
        fn never_panics(text in ".{0,40}", now in any::<i64>()) {
            let _ = parse_instant(&text, now);
        }
    }
}
