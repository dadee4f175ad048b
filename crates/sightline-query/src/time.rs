//! Time filters (spec 04 section 1.2): Unix seconds, `Nd`/`Nh`/`Nm`/`Ns`, dates; one bound or a range.

use crate::filter::Filter;
use jiff::civil::Date;
use jiff::tz::Offset;
use serde_json::Value;
use sightline_core::{AppError, AppResult, Timestamp};
use sightline_misp::datetime::parse_lenient;

/// Microseconds in a second.
const MICROS: i64 = 1_000_000;

/// An inclusive range of instants; the predicate says whether in seconds or microseconds. At least one bound is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeRange {
    /// Not before this.
    pub from: Option<i64>,
    /// Not after this.
    pub to: Option<i64>,
}

/// An inclusive range of days, UTC. At least one bound is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateRange {
    /// Not before this day.
    pub from: Option<Date>,
    /// Not after this day.
    pub to: Option<Date>,
}

/// A time filter as given, in microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum When {
    /// Not given.
    Any,
    /// Given, but no time: matches nothing.
    Never,
    /// One instant.
    One(i64),
    /// Two instants in order.
    Between(i64, i64),
}

impl When {
    /// Parses `value` at the time `now`; `field` is named in the error.
    pub(crate) fn parse(value: &Value, now: Timestamp, field: &str) -> AppResult<Self> {
        let next_second = now.saturating_add(1).saturating_mul(MICROS);
        match value {
            Value::Array(items) => match items.as_slice() {
                [] => Ok(Self::Any),
                [a, b] => {
                    let bound = |item| match Self::scalar(item, now) {
                        Some(Self::One(at)) => Ok(at),
                        Some(Self::Any) => Ok(0),
                        Some(_) => Ok(next_second),
                        None => Err(bad(field)),
                    };
                    let (a, b) = (bound(a)?, bound(b)?);
                    Ok(Self::Between(a.min(b), a.max(b)))
                }
                _ => Err(bad(field)),
            },
            scalar => Self::scalar(scalar, now).ok_or_else(|| bad(field)),
        }
    }

    /// A single time; zero is no restriction.
    fn scalar(value: &Value, now: Timestamp) -> Option<Self> {
        let text = match value {
            Value::Null | Value::Bool(false) => return Some(Self::Any),
            Value::Number(number) => number.to_string(),
            Value::String(text) => text.trim().to_owned(),
            _ => return None,
        };
        Some(match resolve(&text, now) {
            _ if text.is_empty() => Self::Any,
            None => Self::Never,
            Some(0) => Self::Any,
            Some(at) => Self::One(at),
        })
    }

    /// A time not before this (one instant) or within it (two), in seconds.
    pub(crate) fn since<P>(self, wrap: impl FnOnce(TimeRange) -> P) -> Filter<P> {
        self.since_micros(|range| wrap(range.seconds()))
    }

    /// [`When::since`] in microseconds.
    pub(crate) fn since_micros<P>(self, wrap: impl FnOnce(TimeRange) -> P) -> Filter<P> {
        self.filter(
            |from| TimeRange {
                from: Some(from),
                to: None,
            },
            wrap,
        )
    }

    /// A time not after this (one instant) or within it (two), in microseconds.
    pub(crate) fn until_micros<P>(self, wrap: impl FnOnce(TimeRange) -> P) -> Filter<P> {
        self.filter(
            |to| TimeRange {
                from: None,
                to: Some(to),
            },
            wrap,
        )
    }

    /// A day not before this (one instant) or within it (two).
    pub(crate) fn since_day<P>(self, wrap: impl FnOnce(DateRange) -> P) -> Filter<P> {
        self.since_micros(|range| wrap(range.days()))
    }

    /// A day not after this (one instant) or within it (two).
    pub(crate) fn until_day<P>(self, wrap: impl FnOnce(DateRange) -> P) -> Filter<P> {
        self.until_micros(|range| wrap(range.days()))
    }

    /// A time not after this (one instant) or within it (two), in seconds.
    pub(crate) fn until<P>(self, wrap: impl FnOnce(TimeRange) -> P) -> Filter<P> {
        self.until_micros(|range| wrap(range.seconds()))
    }

    fn filter<P>(self, one: impl FnOnce(i64) -> TimeRange, wrap: impl FnOnce(TimeRange) -> P) -> Filter<P> {
        match self {
            Self::Any => Filter::everything(),
            Self::Never => Filter::nothing(),
            Self::One(at) => Filter::Is(wrap(one(at))),
            Self::Between(0, to) => Filter::Is(wrap(TimeRange {
                from: None,
                to: Some(to),
            })),
            Self::Between(from, to) => Filter::Is(wrap(TimeRange {
                from: Some(from),
                to: Some(to),
            })),
        }
    }
}

impl TimeRange {
    fn seconds(self) -> Self {
        let seconds = |micros: i64| micros.div_euclid(MICROS);
        Self {
            from: self.from.map(seconds),
            to: self.to.map(seconds),
        }
    }

    fn days(self) -> DateRange {
        DateRange {
            from: self.from.map(day),
            to: self.to.map(day),
        }
    }
}

/// The instant that `text` means, in microseconds.
fn resolve(text: &str, now: Timestamp) -> Option<i64> {
    if let Some(seconds) = seconds(text) {
        return Some(seconds.saturating_mul(MICROS));
    }
    if let Some((unit, number)) = text
        .chars()
        .next_back()
        .zip(text.get(..text.len().saturating_sub(1)))
    {
        let unit = match unit.to_ascii_lowercase() {
            'd' => Some(86_400),
            'h' => Some(3_600),
            'm' => Some(60),
            's' => Some(1),
            _ => None,
        };
        if let Some((unit, number)) = unit.zip(seconds(number)) {
            return Some(
                now.saturating_sub(number.saturating_mul(unit))
                    .saturating_mul(MICROS),
            );
        }
    }
    parse_lenient(text, now)
}

/// A whole number; a decimal fraction is cut off.
fn seconds(text: &str) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    fraction
        .bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| whole.parse().ok())
        .flatten()
}

fn day(micros: i64) -> Date {
    let nearest = if micros < 0 {
        jiff::Timestamp::MIN
    } else {
        jiff::Timestamp::MAX
    };
    Offset::UTC
        .to_datetime(jiff::Timestamp::from_microsecond(micros).unwrap_or(nearest))
        .date()
}

fn bad(field: &str) -> AppError {
    AppError::BadRequest(format!(
        "Invalid date specification for `{field}`, must be string or array with two elements"
    ))
}

#[cfg(test)]
mod tests {
    use super::When::{self, Any, Between, Never, One};
    use super::{DateRange, TimeRange};
    use crate::filter::Filter;
    use jiff::civil::date;
    use serde_json::json;

    const NOW: i64 = 1_700_000_000;
    const S: i64 = 1_000_000;

    #[test]
    fn every_form() {
        for (value, expected) in [
            (json!(1_600_000_000), One(1_600_000_000 * S)),
            (json!("1600000000"), One(1_600_000_000 * S)),
            (json!(1_600_000_000.9), One(1_600_000_000 * S)),
            (json!("5d"), One((NOW - 5 * 86_400) * S)),
            (json!("5D"), One((NOW - 5 * 86_400) * S)),
            (json!("2h"), One((NOW - 7_200) * S)),
            (json!(" 3m "), One((NOW - 180) * S)),
            (json!("4s"), One((NOW - 4) * S)),
            (json!("2024-01-31"), One(1_706_659_200 * S)),
            (json!(0), Any),
            (json!("0"), Any),
            (json!(""), Any),
            (json!(null), Any),
            (json!(false), Any),
            (json!([]), Any),
            (json!("5x"), Never),
            (json!("ad"), Never),
            (json!("d"), Never),
            (json!(1e300), Never),
            (
                json!(["10d", "1h"]),
                Between((NOW - 864_000) * S, (NOW - 3_600) * S),
            ),
            (
                json!(["1h", "10d"]),
                Between((NOW - 864_000) * S, (NOW - 3_600) * S),
            ),
            (json!([0, 50]), Between(0, 50 * S)),
            (json!([50, "ad"]), Between(50 * S, (NOW + 1) * S)),
        ] {
            assert_eq!(
                When::parse(&value, NOW, "timestamp").expect("accepted"),
                expected,
                "{value}"
            );
        }
    }

    #[test]
    fn other_shapes_are_refused_with_the_field() {
        for value in [
            json!(["1d"]),
            json!([1, 2, 3]),
            json!({"from": 1}),
            json!([[1], 2]),
            json!(true),
        ] {
            let error = When::parse(&value, NOW, "last").expect_err("refused").to_string();
            let expected = "Invalid date specification for `last`, must be string or array with two elements";
            assert_eq!(error, expected, "{value}");
        }
    }

    #[test]
    fn ranges_and_bounds() {
        let range = |from, to| Filter::Is(TimeRange { from, to });
        assert_eq!(One(5 * S).since(|r| r), range(Some(5), None));
        assert_eq!(One(5 * S).until_micros(|r| r), range(None, Some(5 * S)));
        assert_eq!(Between(0, 9 * S).since(|r| r), range(None, Some(9)));
        assert_eq!(Between(S, 9 * S).until_micros(|r| r), range(Some(S), Some(9 * S)));
        assert_eq!(Any.since(|r| r), Filter::everything());
        assert_eq!(Never.since(|r| r), Filter::nothing());
    }

    #[test]
    fn days() {
        let range = |from, to| Filter::Is(DateRange { from, to });
        let first = One(1_706_659_200 * S);
        assert_eq!(first.since_day(|r| r), range(Some(date(2024, 1, 31)), None));
        assert_eq!(first.until_day(|r| r), range(None, Some(date(2024, 1, 31))));
        assert_eq!(Never.until_day(|r| r), Filter::nothing());
        assert_eq!(
            One(i64::MAX).since_day(|r| r),
            range(Some(date(9999, 12, 30)), None)
        );
    }
}
