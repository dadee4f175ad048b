//! Instants as clients write them, and as the wire shows them. Inside, an instant is microseconds since 1970, UTC.

mod iso;
mod words;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;

/// A time as it was written: the reading of the clock and how far that clock is from UTC.
#[derive(Clone, Copy)]
struct Written {
    reading: DateTime,
    offset: Offset,
}

impl Written {
    fn utc(reading: DateTime) -> Self {
        Self {
            reading,
            offset: Offset::UTC,
        }
    }

    fn micros(self) -> Option<i64> {
        self.offset
            .to_timestamp(self.reading)
            .ok()
            .map(Timestamp::as_microsecond)
    }
}

/// Microseconds since 1970 of a time in ISO 8601, Unix seconds, a common written form, or words relative to `now`
/// (Unix seconds). A time without a zone is UTC; a date alone is its midnight.
pub fn parse_lenient(text: &str, now: i64) -> Option<i64> {
    let text = text.trim();
    absolute(text)
        .or_else(|| words::relative(text, now))
        .and_then(Written::micros)
}

/// `YYYY-MM-DDTHH:MM:SS.ffffff+00:00`. An instant outside the years that can be written becomes the nearest one.
pub fn format_micros(micros: i64) -> String {
    let nearest = if micros < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    };
    let at = Offset::UTC.to_datetime(Timestamp::from_microsecond(micros).unwrap_or(nearest));
    format!("{}+00:00", clock(at))
}

/// The date, if this is exactly a `YYYY-MM-DD` that exists.
pub fn parse_date(text: &str) -> Option<String> {
    let written = iso::parse(text)?;
    let date = written.reading.date().to_string();
    (date == text).then_some(date)
}

/// The stored form of a `datetime` attribute: `YYYY-MM-DDTHH:MM:SS.ffffff+HHMM` in the zone in which it was written.
/// Words relative to today are refused: what an indicator says must not depend on when it is read.
pub(crate) fn normalise(text: &str) -> Option<String> {
    let written = absolute(text)?;
    let minutes = written.offset.seconds() / 60;
    let sign = if minutes < 0 { '-' } else { '+' };
    let minutes = minutes.unsigned_abs();
    Some(format!(
        "{}{sign}{:02}{:02}",
        clock(written.reading),
        minutes / 60,
        minutes % 60
    ))
}

/// Whether this names an instant by itself.
pub(crate) fn is_absolute(text: &str) -> bool {
    absolute(text).is_some()
}

fn absolute(text: &str) -> Option<Written> {
    iso::parse(text)
        .or_else(|| unix(text))
        .or_else(|| words::parse(text))
        .filter(|written| written.micros().is_some())
}

/// Unix seconds in digits, with an optional `@` before them.
fn unix(text: &str) -> Option<Written> {
    let digits = text.strip_prefix('@').unwrap_or(text);
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let at = Timestamp::from_second(digits.parse().ok()?).ok()?;
    Some(Written::utc(Offset::UTC.to_datetime(at)))
}

fn date(year: i64, month: i64, day: i64) -> Option<Date> {
    Date::new(
        i16::try_from(year).ok()?,
        i8::try_from(month).ok()?,
        i8::try_from(day).ok()?,
    )
    .ok()
}

fn clock(at: DateTime) -> String {
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}",
        at.year(),
        at.month(),
        at.day(),
        at.hour(),
        at.minute(),
        at.second(),
        at.subsec_nanosecond() / 1000
    )
}

#[cfg(test)]
mod tests;
