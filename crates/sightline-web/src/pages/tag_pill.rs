//! A tag as a pill: its namespace in its own colour, the rest plain, readable in both themes.

use askama::{Template, filters::HtmlSafe};

const FALLBACK_COLOUR: &str = "#6b7280";

/// A tag on an event or an attribute.
#[derive(Clone, Debug, Default, PartialEq, Eq, Template)]
#[template(path = "tag_pill.html")]
pub struct TagPill {
    /// The tag's id.
    pub id: i64,
    /// The whole name, for example `tlp:amber`.
    pub name: String,
    /// `#rrggbb`; anything else is shown grey.
    pub colour: String,
    /// Attached on this instance only.
    pub local: bool,
    /// How the tag relates to its target, when said.
    pub relationship: Option<String>,
}

impl HtmlSafe for TagPill {}

impl TagPill {
    fn channels(&self) -> Option<[f64; 3]> {
        let hex = self
            .colour
            .strip_prefix('#')
            .filter(|hex| hex.len() == 6 && hex.is_ascii())?;
        let mut channels = [0.0; 3];
        for (at, channel) in channels.iter_mut().enumerate() {
            let byte = u8::from_str_radix(hex.get(2 * at..2 * at + 2)?, 16).ok()?;
            *channel = f64::from(byte) / 255.0;
        }
        Some(channels)
    }

    fn fill(&self) -> &str {
        if self.channels().is_some() {
            &self.colour
        } else {
            FALLBACK_COLOUR
        }
    }

    /// The text colour with the higher contrast on the tag's colour (WCAG relative luminance); never below 4.5.
    fn ink(&self) -> &'static str {
        let [r, g, b] = self.channels().unwrap_or([0.42, 0.45, 0.5]).map(linear);
        let luminance = 0.2126 * r + 0.7152 * g + 0.0722 * b;
        // Black wins where (l + 0.05) / 0.05 >= 1.05 / (l + 0.05).
        if (luminance + 0.05).powi(2) >= 0.0525 {
            "on-light"
        } else {
            "on-dark"
        }
    }

    /// The part that carries the colour: up to the first colon (without the galaxy's prefix), or all of it.
    fn namespace(&self) -> &str {
        self.name
            .find(':')
            .and_then(|at| self.name.get(..=at))
            .unwrap_or(&self.name)
    }

    fn rest(&self) -> &str {
        self.name.strip_prefix(self.namespace()).unwrap_or_default()
    }

    fn hint(&self) -> String {
        let mut hint = self.name.clone();
        if let Some(relationship) = &self.relationship {
            hint = format!("{hint} ({relationship})");
        }
        if self.local {
            hint.push_str(" – local to this instance, not shared");
        }
        hint
    }
}

fn linear(channel: f64) -> f64 {
    if channel <= 0.040_45 {
        channel / 12.92
    } else {
        ((channel + 0.055) / 1.055).powf(2.4)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pill(name: &str, colour: &str) -> TagPill {
        TagPill {
            name: name.into(),
            colour: colour.into(),
            ..TagPill::default()
        }
    }

    #[test]
    fn ink_contrasts_with_the_colour() {
        for (colour, ink) in [
            ("#ffffff", "on-light"),
            ("#ffc000", "on-light"),
            ("#cc0033", "on-dark"),
            ("#000000", "on-dark"),
        ] {
            assert_eq!(pill("tlp:red", colour).ink(), ink, "{colour}");
        }
    }

    #[test]
    fn a_colour_that_is_none_never_reaches_the_page() {
        for colour in ["red\" onload=\"x", "#12", "#ééé", "", "#12345g"] {
            assert_eq!(pill("x", colour).fill(), FALLBACK_COLOUR, "{colour}");
        }
    }

    #[test]
    fn the_text_of_a_pill_is_the_name_of_the_tag() {
        let tag = pill("misp-galaxy:threat-actor=\"Example Bear\"", "#123456");
        assert_eq!(format!("{}{}", tag.namespace(), tag.rest()), tag.name);
        assert_eq!(
            (
                pill("plain", "#123456").namespace(),
                pill("plain", "#123456").rest()
            ),
            ("plain", "")
        );
    }
}
