//! The score of an indicator and how it decays: a base score from its tags, lowered by the time since it was last seen, or
//! by what sightings say (spec 07 section 6.2).

mod base;
mod parameters;

pub use base::{BaseScore, ScoredTag, base_score};
pub use parameters::{Formula, Overrides, Parameters, Settings};

const SECONDS_A_DAY: f64 = 86_400.0;

/// What is known of an indicator at the moment when its score is asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Facts {
    /// From its tags: 0 to 100.
    pub base_score: f64,
    /// Seconds since it was last seen; negative when that lies in the future.
    pub since_seen: i64,
    /// Seconds since it was last changed.
    pub age: i64,
    /// Days after which a retention tag asks that it be given up; the shortest of several.
    pub retention: Option<f64>,
    /// Sightings that say it is right.
    pub positives: u64,
    /// Sightings of any kind.
    pub sightings: u64,
}

/// A score and whether it fell below the threshold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Score {
    /// 0 to 100, unless the base score is above that.
    pub score: f64,
    /// Whether the indicator is to be given up.
    pub decayed: bool,
}

/// The score under a model.
pub fn score(formula: Formula, parameters: &Parameters, facts: Facts) -> Score {
    let score = match formula {
        Formula::Polynomial => polynomial(parameters, facts),
        Formula::PolynomialExtended if expired(facts) => 0.0,
        Formula::PolynomialExtended => polynomial(parameters, facts),
        Formula::Sightings => by_sightings(parameters.settings, facts),
    };
    Score {
        score,
        decayed: parameters.threshold > score,
    }
}

/// `base * (1 - (elapsed / lifetime) ^ (1 / decay_speed))`, never below 0; 0 for what was seen in the future.
fn polynomial(parameters: &Parameters, facts: Facts) -> f64 {
    let elapsed = seconds(facts.since_seen);
    if elapsed < 0.0 {
        return 0.0;
    }
    let part = elapsed / (parameters.lifetime * SECONDS_A_DAY);
    (facts.base_score * (1.0 - part.powf(1.0 / parameters.decay_speed))).max(0.0)
}

fn expired(facts: Facts) -> bool {
    facts
        .retention
        .is_some_and(|days| seconds(facts.age) > days * SECONDS_A_DAY)
}

fn by_sightings(settings: Settings, facts: Facts) -> f64 {
    let (positives, all) = (count(facts.positives), count(facts.sightings));
    if all < settings.minimum_sightings {
        return facts.base_score;
    }
    let whole = all + settings.true_positive_offset + settings.false_positive_offset;
    if whole <= 0.0 {
        return facts.base_score;
    }
    facts.base_score * (positives + settings.true_positive_offset) / whole
}

/// Exact for every instant of the next millions of years.
#[expect(
    clippy::as_conversions,
    clippy::cast_precision_loss,
    reason = "seconds stay far below 2^53"
)]
fn seconds(value: i64) -> f64 {
    value as f64
}

#[expect(
    clippy::as_conversions,
    clippy::cast_precision_loss,
    reason = "counts stay far below 2^53"
)]
fn count(value: u64) -> f64 {
    value as f64
}

#[cfg(test)]
mod tests;
