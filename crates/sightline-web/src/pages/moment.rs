//! Times and numbers as a person reads them.

use askama::filters::HtmlSafe;
use std::fmt;

/// A moment in Unix seconds. Renders as `<time>` with the exact UTC time; the browser turns it into "3 h ago".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moment(pub i64);

impl Moment {
    /// `None` for 0, which is "never" in the data.
    pub fn if_set(seconds: i64) -> Option<Self> {
        (seconds != 0).then_some(Self(seconds))
    }

    /// From microseconds, as `first_seen` and `last_seen` have them.
    pub fn of_micros(micros: i64) -> Self {
        Self(micros.div_euclid(1_000_000))
    }

    fn in_utc(self) -> jiff::Timestamp {
        jiff::Timestamp::from_second(self.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
    }

    /// `2026-03-09 14:05`, in UTC, where space is short.
    pub fn minute(self) -> String {
        self.in_utc().strftime("%Y-%m-%d %H:%M").to_string()
    }

    /// `2026-03-09 14:05 UTC`, for attributes and sentences.
    pub fn exact(self) -> String {
        self.in_utc().strftime("%Y-%m-%d %H:%M UTC").to_string()
    }

    /// `2026-03-09`, as `<time>` that stays a date.
    pub fn date(self) -> String {
        self.in_utc().strftime("%Y-%m-%d").to_string()
    }

    /// `14:05:09`, for logs.
    pub fn clock(self) -> String {
        self.in_utc().strftime("%H:%M:%S").to_string()
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.in_utc();
        write!(
            f,
            r#"<time datetime="{at}" title="{}" data-relative>{}</time>"#,
            at.strftime("%Y-%m-%d %H:%M:%S UTC"),
            self.minute(),
        )
    }
}

// Only digits and the words above: nothing in it comes from outside.
impl HtmlSafe for Moment {}

/// A number with thousands separators.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Count(pub u64);

impl Count {
    /// Whether there is nothing.
    pub fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// `""` for one, `"s"` else.
    pub fn plural(self) -> &'static str {
        if self.0 == 1 { "" } else { "s" }
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.0.to_string();
        for (place, digit) in digits.chars().enumerate() {
            if place > 0 && (digits.len() - place).is_multiple_of(3) {
                f.write_str(",")?;
            }
            write!(f, "{digit}")?;
        }
        Ok(())
    }
}

impl HtmlSafe for Count {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_grouped_by_thousands() {
        let shown: Vec<String> = [0, 7, 999, 1_000, 12_345, 1_234_567]
            .iter()
            .map(|n| Count(*n).to_string())
            .collect();
        assert_eq!(shown, ["0", "7", "999", "1,000", "12,345", "1,234,567"]);
    }

    #[test]
    fn microseconds_are_cut_to_the_minute_before_and_after_the_epoch() {
        assert_eq!(
            Moment::of_micros(1_700_000_000_123_456).minute(),
            "2023-11-14 22:13"
        );
        assert_eq!(Moment::of_micros(-1).minute(), "1969-12-31 23:59");
    }

    #[test]
    fn a_moment_carries_its_exact_time() {
        let html = Moment(1_700_000_000).to_string();
        assert_eq!(
            html,
            r#"<time datetime="2023-11-14T22:13:20Z" title="2023-11-14 22:13:20 UTC" data-relative>2023-11-14 22:13</time>"#
        );
        assert_eq!(Moment::if_set(0), None);
    }
}
