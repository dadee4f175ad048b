//! Written dates such as `31 January 2024, 10:00`, and words relative to now such as `3 days ago`.

use super::iso::Cursor;
use super::{Written, date};
use jiff::civil::Time;
use jiff::tz::Offset;
use jiff::{Span, Timestamp};

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
const WEEKDAYS: [&str; 7] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];
/// Longest text that is read as words, in bytes: no date is longer.
const TEXT_BYTES: usize = 64;

/// What has been read of a date so far; a part that comes twice makes the text unreadable.
#[derive(Default)]
struct Parts {
    year: Option<i64>,
    month: Option<i64>,
    day: Option<i64>,
    time: Option<Time>,
    /// Hours to add because of `pm`, with the twelfth hour counted as the zeroth.
    half: Option<i8>,
    offset: Option<Offset>,
}

/// A date in words or numbers in any usual order, with an optional time and zone.
pub(super) fn parse(text: &str) -> Option<Written> {
    if text.len() > TEXT_BYTES {
        return None;
    }
    let text = text.to_ascii_lowercase();
    let mut parts = Parts::default();
    for token in text.split([' ', ',', '\t']).filter(|token| !token.is_empty()) {
        parts.read(token)?;
    }
    parts.finish()
}

impl Parts {
    fn read(&mut self, token: &str) -> Option<()> {
        let number = token
            .parse::<i64>()
            .ok()
            .filter(|_| token.bytes().all(|b| b.is_ascii_digit()));
        match (number, token.len()) {
            (Some(year), 4) => return set(&mut self.year, year),
            (Some(day), 1 | 2) => return set(&mut self.day, day),
            (Some(_), _) => return None,
            _ => {}
        }
        if is_name(token, &WEEKDAYS) || matches!(token, "of" | "at" | "the") {
            return Some(());
        }
        if let Some(month) = month(token) {
            return set(&mut self.month, month);
        }
        if let Some(day) = ordinal(token) {
            return set(&mut self.day, day);
        }
        if let Some(half) = half(token) {
            return set(&mut self.half, half);
        }
        if let Some(offset) = (Cursor {
            rest: token.as_bytes(),
        })
        .zone()
        {
            return set(&mut self.offset, offset);
        }
        if token.contains(':') {
            self.read_time(token)
        } else {
            self.read_numeric_date(token)
        }
    }

    /// `10:00`, `10:00:00.5`, `10:00pm`, `10:00z`.
    fn read_time(&mut self, token: &str) -> Option<()> {
        let mut cursor = Cursor {
            rest: token.as_bytes(),
        };
        set(&mut self.time, cursor.time()?)?;
        let rest = std::str::from_utf8(cursor.rest).ok()?;
        if rest.is_empty() {
            return Some(());
        }
        match half(rest) {
            Some(half) => set(&mut self.half, half),
            None => set(&mut self.offset, cursor.zone()?),
        }
    }

    /// `2024-1-31`, `1/31/2024` (with slashes the month comes first), `31.1.2024`, `31-1-2024`, `31-jan-2024`.
    fn read_numeric_date(&mut self, token: &str) -> Option<()> {
        let separator = ['/', '-', '.']
            .into_iter()
            .find(|separator| token.contains(*separator))?;
        let mut fields = token.split(separator);
        let (first, second, third) = (fields.next()?, fields.next()?, fields.next()?);
        if fields.next().is_some() {
            return None;
        }
        let (year, month_text, day) = match (first.len(), separator) {
            (4, _) => (first, second, third),
            (_, '/') => (third, first, second),
            _ => (third, second, first),
        };
        if year.len() != 4 {
            return None;
        }
        set(&mut self.year, digits(year)?)?;
        set(&mut self.month, digits(month_text).or_else(|| month(month_text))?)?;
        set(&mut self.day, digits(day)?)
    }

    fn finish(self) -> Option<Written> {
        // A month and a year alone name the first of that month.
        let date = date(self.year?, self.month?, self.day.unwrap_or(1))?;
        let time = match (self.time, self.half) {
            (Some(time), None) => time,
            (Some(time), Some(half)) if (1..=12).contains(&time.hour()) => {
                time.with().hour(time.hour() % 12 + half).build().ok()?
            }
            (None, None) => Time::midnight(),
            _ => return None,
        };
        Some(Written {
            reading: date.to_datetime(time),
            offset: self.offset.unwrap_or(Offset::UTC),
        })
    }
}

fn set<T>(part: &mut Option<T>, value: T) -> Option<()> {
    part.replace(value).is_none().then_some(())
}

fn digits(text: &str) -> Option<i64> {
    if text.bytes().all(|b| b.is_ascii_digit()) {
        text.parse().ok()
    } else {
        None
    }
}

/// Whether this is one of the names, in full or by its first three letters.
fn is_name(text: &str, names: &[&str]) -> bool {
    let text = text.trim_end_matches('.');
    names
        .iter()
        .any(|name| *name == text || name.get(..3) == Some(text))
}

fn month(text: &str) -> Option<i64> {
    if text == "sept" {
        return Some(9);
    }
    MONTHS
        .iter()
        .zip(1..)
        .find_map(|(name, number)| is_name(text, &[name]).then_some(number))
}

fn ordinal(text: &str) -> Option<i64> {
    let number = ["st", "nd", "rd", "th"]
        .iter()
        .find_map(|ending| text.strip_suffix(ending))?;
    digits(number)
}

fn half(text: &str) -> Option<i8> {
    match text {
        "am" | "a.m." => Some(0),
        "pm" | "p.m." => Some(12),
        _ => None,
    }
}

/// `now`, `today`, `yesterday`, `tomorrow`, `3 days ago`, `-2 weeks`, `+1 hour`.
pub(super) fn relative(text: &str, now: i64) -> Option<Written> {
    if text.len() > TEXT_BYTES {
        return None;
    }
    let now = Offset::UTC.to_datetime(Timestamp::from_second(now).ok()?);
    let midnight = now.date().to_datetime(Time::midnight());
    let reading = match text.to_ascii_lowercase().as_str() {
        "now" => now,
        "today" | "midnight" => midnight,
        "yesterday" => midnight.checked_sub(Span::new().days(1)).ok()?,
        "tomorrow" => midnight.checked_add(Span::new().days(1)).ok()?,
        text => now.checked_add(span(text)?).ok()?,
    };
    Some(Written::utc(reading))
}

fn span(text: &str) -> Option<Span> {
    let (text, ago) = match text.strip_suffix(" ago") {
        Some(text) => (text, true),
        None => (text, false),
    };
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text).trim_start();
    let unit_at = unsigned.find(|c: char| !c.is_ascii_digit())?;
    let (count, unit) = unsigned.split_at_checked(unit_at)?;
    let count: i64 = count.parse().ok()?;
    let unit = unit.trim_start();
    let span = match unit.strip_suffix('s').unwrap_or(unit) {
        "sec" | "second" => Span::new().try_seconds(count),
        "min" | "minute" => Span::new().try_minutes(count),
        "hour" => Span::new().try_hours(count),
        "day" => Span::new().try_days(count),
        "week" => Span::new().try_weeks(count),
        "month" => Span::new().try_months(count),
        "year" => Span::new().try_years(count),
        _ => return None,
    }
    .ok()?;
    Some(if text.starts_with('-') != ago {
        span.negate()
    } else {
        span
    })
}
