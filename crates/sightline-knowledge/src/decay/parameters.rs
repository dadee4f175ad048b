//! The numbers of a decaying model, and what a search may put in their place.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};

/// How a score is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Formula {
    /// Falls with the time since it was last seen.
    Polynomial,
    /// The same, and 0 when a retention tag's time is over.
    PolynomialExtended,
    /// The share of the sightings that say it is right.
    Sightings,
}

impl Formula {
    /// Every formula.
    pub const ALL: [Self; 3] = [Self::Polynomial, Self::PolynomialExtended, Self::Sightings];

    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Polynomial => "Polynomial",
            Self::PolynomialExtended => "PolynomialExtended",
            Self::Sightings => "Sightings",
        }
    }

    /// The formula of this name, in any case.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|formula| formula.name().eq_ignore_ascii_case(name.trim()))
    }
}

impl<'de> Deserialize<'de> for Formula {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::parse(&name)
            .ok_or_else(|| serde::de::Error::custom(format!("`formula` is `{name}`, which is no formula")))
    }
}

/// The numbers of a model (spec 07 section 6.1). Numbers may be written as text.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct Parameters {
    /// Days until the score is 0.
    #[serde(deserialize_with = "number")]
    pub lifetime: f64,
    /// Below 1: falls late; above 1: falls early.
    #[serde(deserialize_with = "number")]
    pub decay_speed: f64,
    /// Below it an indicator is given up.
    #[serde(deserialize_with = "number")]
    pub threshold: f64,
    /// The base score where no tag gives one.
    #[serde(default, deserialize_with = "number")]
    pub default_base_score: f64,
    /// The weight of each kind of tag, by `namespace:predicate` or namespace.
    #[serde(default, deserialize_with = "weights")]
    pub base_score_config: BTreeMap<String, f64>,
    /// Of the formula over sightings.
    #[serde(default, deserialize_with = "settings")]
    pub settings: Settings,
}

/// Numbers of the formula over sightings.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
#[serde(default)]
pub struct Settings {
    /// With fewer sightings the base score holds.
    #[serde(deserialize_with = "number")]
    pub minimum_sightings: f64,
    /// Counted as sightings that say it is right.
    #[serde(deserialize_with = "number")]
    pub true_positive_offset: f64,
    /// Counted as sightings that say it is wrong.
    #[serde(deserialize_with = "number")]
    pub false_positive_offset: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            minimum_sightings: 1.0,
            true_positive_offset: 0.0,
            false_positive_offset: 0.0,
        }
    }
}

/// What a search puts in the place of a model's own numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Overrides {
    /// Days.
    pub lifetime: Option<f64>,
    /// Above 0.
    pub decay_speed: Option<f64>,
    /// 0 to 100.
    pub threshold: Option<f64>,
}

impl Parameters {
    /// The first number that cannot be, by its name.
    pub fn check(&self) -> Result<(), String> {
        positive("lifetime", self.lifetime)?;
        positive("decay_speed", self.decay_speed)?;
        percent("threshold", self.threshold)?;
        percent("default_base_score", self.default_base_score)?;
        self.base_score_config
            .iter()
            .try_for_each(|(base, weight)| at_least_zero(&format!("base_score_config.{base}"), *weight))?;
        at_least_zero("settings.minimum_sightings", self.settings.minimum_sightings)?;
        at_least_zero(
            "settings.true_positive_offset",
            self.settings.true_positive_offset,
        )?;
        at_least_zero(
            "settings.false_positive_offset",
            self.settings.false_positive_offset,
        )
    }

    /// The same with some numbers replaced.
    #[must_use]
    pub fn with(&self, overrides: Overrides) -> Self {
        Self {
            lifetime: overrides.lifetime.unwrap_or(self.lifetime),
            decay_speed: overrides.decay_speed.unwrap_or(self.decay_speed),
            threshold: overrides.threshold.unwrap_or(self.threshold),
            ..self.clone()
        }
    }
}

fn positive(field: &str, value: f64) -> Result<(), String> {
    if value.is_finite() && value > 0.0 {
        return Ok(());
    }
    Err(format!("`{field}` must be above 0"))
}

fn at_least_zero(field: &str, value: f64) -> Result<(), String> {
    if value.is_finite() && value >= 0.0 {
        return Ok(());
    }
    Err(format!("`{field}` must be at least 0"))
}

fn percent(field: &str, value: f64) -> Result<(), String> {
    if (0.0..=100.0).contains(&value) {
        return Ok(());
    }
    Err(format!("`{field}` must lie between 0 and 100"))
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Loose {
    Number(f64),
    Text(String),
}

impl Loose {
    fn number<E: serde::de::Error>(self) -> Result<f64, E> {
        match self {
            Self::Number(number) => Ok(number),
            Self::Text(text) => text.trim().parse().map_err(E::custom),
        }
    }
}

fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    Loose::deserialize(deserializer)?.number()
}

/// An object of weights; nothing, or the empty list that some write for an empty object, is none.
fn weights<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, f64>, D::Error> {
    match ObjectOrList::<BTreeMap<String, Loose>>::deserialize(deserializer)? {
        ObjectOrList::Object(weights) => weights
            .into_iter()
            .map(|(base, weight)| Ok((base, weight.number()?)))
            .collect(),
        ObjectOrList::List([]) => Ok(BTreeMap::new()),
    }
}

fn settings<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Settings, D::Error> {
    match ObjectOrList::<Settings>::deserialize(deserializer)? {
        ObjectOrList::Object(settings) => Ok(settings),
        ObjectOrList::List([]) => Ok(Settings::default()),
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum ObjectOrList<T> {
    List([serde::de::IgnoredAny; 0]),
    Object(T),
}
