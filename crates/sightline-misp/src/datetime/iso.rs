//! ISO 8601 and RFC 3339 in the shapes that clients send. This is the path of nearly every instant, so it works on
//! bytes and allocates nothing.

use super::{Written, date};
use jiff::civil::Time;
use jiff::tz::Offset;

/// Years that eight digits in a row may name; other numbers are Unix seconds.
const COMPACT_YEARS: std::ops::RangeInclusive<i64> = 1900..=2100;

/// A date, or a date and a time with or without a zone. Nothing may be left over.
pub(super) fn parse(text: &str) -> Option<Written> {
    let mut cursor = Cursor {
        rest: text.as_bytes(),
    };
    let year = cursor.digits(4)?;
    let separator = cursor.any_of(b"-/");
    let month = cursor.digits(2)?;
    if cursor.any_of(b"-/") != separator || (separator.is_none() && !COMPACT_YEARS.contains(&year)) {
        return None;
    }
    let day = cursor.digits(2)?;
    let date = date(year, month, day)?;
    if cursor.rest.is_empty() {
        return Some(Written::utc(date.at(0, 0, 0, 0)));
    }
    cursor.any_of(b"Tt ")?;
    let time = cursor.time()?;
    let offset = cursor.zone()?;
    Some(Written {
        reading: date.to_datetime(time),
        offset,
    })
}

/// A place in a text that is read from left to right.
pub(super) struct Cursor<'a> {
    pub(super) rest: &'a [u8],
}

impl Cursor<'_> {
    /// Exactly so many digits.
    fn digits(&mut self, count: usize) -> Option<i64> {
        let (digits, rest) = self.rest.split_at_checked(count)?;
        let mut number = 0;
        for digit in digits {
            if !digit.is_ascii_digit() {
                return None;
            }
            number = number * 10 + i64::from(digit - b'0');
        }
        self.rest = rest;
        Some(number)
    }

    /// The next byte if it is one of these.
    fn any_of(&mut self, set: &[u8]) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        if !set.contains(first) {
            return None;
        }
        self.rest = rest;
        Some(*first)
    }

    /// `HH`, `HH:MM`, `HH:MM:SS`, `HHMM` or `HHMMSS`, with a fraction after seconds; an hour before a colon may have
    /// one digit.
    pub(super) fn time(&mut self) -> Option<Time> {
        let hour = match self.rest {
            [_, b':', ..] => self.digits(1)?,
            _ => self.digits(2)?,
        };
        let colon = self.any_of(b":").is_some();
        let (mut minute, mut second, mut micros) = (0, 0, 0);
        if colon || self.rest.first().is_some_and(u8::is_ascii_digit) {
            minute = self.digits(2)?;
            let more = if colon {
                self.any_of(b":").is_some()
            } else {
                self.rest.first().is_some_and(u8::is_ascii_digit)
            };
            if more {
                // A leap second is read as the second before it: no clock here can show it.
                second = self
                    .digits(2)
                    .map(|second| if second == 60 { 59 } else { second })?;
                micros = self.fraction()?;
            }
        }
        let small = |number: i64| i8::try_from(number).ok();
        Time::new(small(hour)?, small(minute)?, small(second)?, micros * 1000).ok()
    }

    /// Microseconds after a point or comma; finer digits are dropped. Zero when there is no fraction.
    fn fraction(&mut self) -> Option<i32> {
        if self.any_of(b".,").is_none() {
            return Some(0);
        }
        let (mut micros, mut unit, mut any) = (0, 100_000, false);
        while let Some(digit) = self.any_of(b"0123456789") {
            micros += i32::from(digit - b'0') * unit;
            unit /= 10;
            any = true;
        }
        any.then_some(micros)
    }

    /// The rest of the text as a zone: nothing, `Z`, `UTC`, `GMT`, `+HH`, `+HHMM` or `+HH:MM`.
    pub(super) fn zone(&mut self) -> Option<Offset> {
        self.rest = self.rest.trim_ascii_start();
        if [&b""[..], b"Z", b"UTC", b"GMT"]
            .iter()
            .any(|name| self.rest.eq_ignore_ascii_case(name))
        {
            return Some(Offset::UTC);
        }
        let sign = if self.any_of(b"+-")? == b'-' { -1 } else { 1 };
        let hours = self.digits(2)?;
        let minutes = if self.any_of(b":").is_some() || !self.rest.is_empty() {
            self.digits(2)?
        } else {
            0
        };
        if !self.rest.is_empty() || minutes > 59 {
            return None;
        }
        Offset::from_seconds(sign * i32::try_from(hours * 3600 + minutes * 60).ok()?).ok()
    }
}
