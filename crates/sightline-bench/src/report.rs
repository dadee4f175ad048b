//! What a run says: progress to standard error, a table to standard output, and a list of measures as JSON.

use serde::Serialize;
use std::io::{Write, stderr};
use std::time::Duration;

/// So many things in so much time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rate {
    pub(crate) count: usize,
    pub(crate) spent: Duration,
}

impl Rate {
    pub(crate) fn per_second(self) -> f64 {
        float(self.count) / self.spent.as_secs_f64().max(1e-9)
    }
}

/// Rows that became JSON.
#[derive(Clone, Copy, Debug)]
pub(crate) struct JsonRate {
    pub(crate) rate: Rate,
    /// How much JSON there was.
    pub(crate) bytes: usize,
}

/// One measured figure.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Measure {
    pub(crate) name: String,
    pub(crate) value: f64,
    pub(crate) unit: &'static str,
    /// The same work by the bare engine, in the same unit.
    pub(crate) floor: Option<f64>,
    /// How much of the engine's own speed is left: 1 is as fast as the floor.
    pub(crate) ratio: Option<f64>,
    /// In words; `null` when a figure is only for information.
    pub(crate) goal: Option<String>,
    pub(crate) met: Option<bool>,
}

impl Measure {
    /// A speed, with the floor's speed.
    pub(crate) fn speed(name: impl Into<String>, unit: &'static str, value: f64, floor: Option<f64>) -> Self {
        let ratio = floor.map(|floor| rounded(value / floor.max(1e-9), 1_000.0));
        Self::plain(name, unit, value, floor, ratio)
    }

    /// A duration or a size, of which less is better.
    pub(crate) fn cost(name: impl Into<String>, unit: &'static str, value: f64, floor: Option<f64>) -> Self {
        let ratio = floor.map(|floor| rounded(floor / value.max(1e-9), 1_000.0));
        Self::plain(name, unit, value, floor, ratio)
    }

    fn plain(
        name: impl Into<String>,
        unit: &'static str,
        value: f64,
        floor: Option<f64>,
        ratio: Option<f64>,
    ) -> Self {
        let short = |x: f64| rounded(x, if x.abs() < 100.0 { 1_000.0 } else { 1.0 });
        Self {
            name: name.into(),
            value: short(value),
            unit,
            floor: floor.map(short),
            ratio,
            goal: None,
            met: None,
        }
    }

    /// At least so much, and at least so much of the floor.
    pub(crate) fn at_least(mut self, least: f64, ratio: Option<f64>) -> Self {
        self.met = Some(
            self.value >= least && ratio.is_none_or(|least| self.ratio.is_some_and(|ratio| ratio >= least)),
        );
        self.goal = Some(match ratio {
            Some(ratio) => format!("at least {least} and {:.0} % of the floor", ratio * 100.0),
            None => format!("at least {least}"),
        });
        self
    }

    /// At most so much.
    pub(crate) fn at_most(mut self, most: f64) -> Self {
        self.met = Some(self.value <= most);
        self.goal = Some(format!("at most {most}"));
        self
    }
}

fn rounded(value: f64, steps: f64) -> f64 {
    (value * steps).round() / steps
}

/// A count as a floating-point number; counts beyond 32 bits do not occur here.
pub(crate) fn float(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::MAX, f64::from)
}

/// The figures for people.
pub(crate) fn table(measures: &[Measure]) -> String {
    let mut text = format!(
        "{:<40} {:>12} {:<13} {:>12} {:>6}  {:<4} {}\n",
        "measure", "value", "unit", "floor", "ratio", "met", "goal"
    );
    for m in measures {
        let number = |x: Option<f64>| x.map_or(String::new(), |x| x.to_string());
        let met = m.met.map_or("", |met| if met { "yes" } else { "NO" });
        text.push_str(&format!(
            "{:<40} {:>12} {:<13} {:>12} {:>6}  {:<4} {}\n",
            m.name,
            m.value,
            m.unit,
            number(m.floor),
            number(m.ratio),
            met,
            m.goal.as_deref().unwrap_or_default()
        ));
    }
    text
}

/// Says on standard error what goes on.
pub(crate) fn say(text: &str) {
    // Nobody listens: the run is worth the same.
    let _ = writeln!(stderr(), "{text}");
}

/// Says how far a long step is, about ten times per step: when another tenth is complete.
pub(crate) fn progress(what: &str, before: usize, done: usize, of: usize) {
    let tenths = |n: usize| n * 10 / of.max(1);
    if tenths(before) != tenths(done) {
        say(&format!("{what}: {done} of {of}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_goal_needs_both_its_number_and_its_share_of_the_floor() {
        let speed = |value, floor| Measure::speed("x", "1/s", value, Some(floor)).at_least(100.0, Some(0.4));
        assert_eq!(speed(200.0, 400.0).met, Some(true));
        assert_eq!(speed(90.0, 100.0).met, Some(false));
        assert_eq!(speed(200.0, 1_000.0).met, Some(false));
        assert_eq!(
            Measure::speed("x", "1/s", 200.0, None)
                .at_least(100.0, Some(0.4))
                .met,
            Some(false)
        );
    }

    #[test]
    fn less_is_better_for_costs() {
        let cost = Measure::cost("x", "s", 4.0, Some(1.0)).at_most(3.0);
        assert_eq!((cost.ratio, cost.met), (Some(0.25), Some(false)));
        assert!(table(&[cost]).contains("NO"));
    }
}
