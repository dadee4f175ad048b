//! The settings of a text or CSV feed (spec 06 A.4): which columns, what parts them, what to drop.

use regex::{Regex, RegexBuilder};
use serde_json::{Value, json};

/// What a feed's `settings` say.
#[derive(Clone, Debug)]
pub struct FeedSettings {
    /// Columns to look at, counted from 1; empty means all.
    pub columns: Vec<usize>,
    /// What parts the columns; never empty.
    pub delimiter: String,
    /// Values that match are dropped.
    pub exclude: Option<Regex>,
    /// Attributes are made with correlation off.
    pub disable_correlation: bool,
    /// Events of a MISP feed are stored unpublished.
    pub unpublish_event: bool,
}

impl Default for FeedSettings {
    fn default() -> Self {
        Self {
            columns: Vec::new(),
            delimiter: ",".into(),
            exclude: None,
            disable_correlation: false,
            unpublish_event: false,
        }
    }
}

/// Why settings were refused; the text is meant for the administrator.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// Neither an object nor the text of one.
    #[error("The feed settings are not a JSON object: {0}")]
    NotAnObject(String),
    /// A column that is no number above zero.
    #[error("Invalid column \"{0}\": columns are numbers from 1, separated by commas.")]
    Column(String),
    /// See the reason.
    #[error("Invalid exclude pattern: {0}")]
    Pattern(String),
}

impl FeedSettings {
    /// From the stored text or from the object in a request; empty or null gives the defaults.
    ///
    /// # Errors
    /// See [`SettingsError`].
    pub fn from_json(settings: &Value) -> Result<Self, SettingsError> {
        let parsed;
        let mut settings = settings;
        if let Value::String(text) = settings {
            if text.trim().is_empty() {
                return Ok(Self::default());
            }
            parsed =
                serde_json::from_str(text).map_err(|error| SettingsError::NotAnObject(error.to_string()))?;
            settings = &parsed;
        }
        // An empty PHP map is sent as an empty list.
        if settings.is_null() || settings.as_array().is_some_and(Vec::is_empty) {
            return Ok(Self::default());
        }
        if !settings.is_object() {
            return Err(SettingsError::NotAnObject(
                "it is a list, a number or text".into(),
            ));
        }
        let text_at = |path: &str| settings.pointer(path).map(scalar).unwrap_or_default();
        Ok(Self {
            columns: columns(&text_at("/csv/value"))?,
            delimiter: delimiter(&text_at("/csv/delimiter")),
            exclude: exclude_pattern(&text_at("/common/excluderegex"))?,
            disable_correlation: is_set(&text_at("/disable_correlation")),
            unpublish_event: is_set(&text_at("/unpublish_event")),
        })
    }

    /// Whether a value is to be dropped.
    pub fn excludes(&self, value: &str) -> bool {
        self.exclude
            .as_ref()
            .is_some_and(|pattern| pattern.is_match(value))
    }
}

/// The settings object in the stored shape.
pub fn settings_json(columns: &str, delimiter: &str, exclude: &str, disable_correlation: bool) -> Value {
    json!({
        "csv": {"value": columns, "delimiter": delimiter},
        "common": {"excluderegex": exclude},
        "disable_correlation": if disable_correlation { "1" } else { "0" },
    })
}

fn scalar(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(set) => u8::from(*set).to_string(),
        _ => String::new(),
    }
}

fn is_set(text: &str) -> bool {
    matches!(text.trim(), "1" | "true")
}

fn columns(text: &str) -> Result<Vec<usize>, SettingsError> {
    text.split(',')
        .map(str::trim)
        .filter(|column| !column.is_empty())
        .map(|column| match column.parse::<usize>() {
            Ok(number) if number > 0 => Ok(number),
            _ => Err(SettingsError::Column(column.to_owned())),
        })
        .collect()
}

fn delimiter(text: &str) -> String {
    match text {
        "" => ",".into(),
        "\\t" => "\t".into(),
        other => other.into(),
    }
}

/// Compiles a pattern written between delimiters with flags behind, as Perl and PHP do: `/^#.*/i`. Empty is `None`.
///
/// # Errors
/// `Pattern` with the reason: no delimiters, an unknown flag, or what the regular expression engine says. Look-around
/// and back-references are not supported, because they can take forever.
pub fn exclude_pattern(text: &str) -> Result<Option<Regex>, SettingsError> {
    let text = text.trim();
    let Some(open) = text.chars().next() else {
        return Ok(None);
    };
    let refuse = |reason: &str| Err(SettingsError::Pattern(reason.to_owned()));
    if open.is_alphanumeric() || open == '\\' {
        return refuse("write it between delimiters, like /^#.*/i");
    }
    let close = match open {
        '(' => ')',
        '{' => '}',
        '[' => ']',
        '<' => '>',
        same => same,
    };
    let inside = text.strip_prefix(open).unwrap_or_default();
    let Some((pattern, flags)) = inside.rsplit_once(close) else {
        return refuse("the closing delimiter is missing");
    };
    let anchored = flags.contains('A');
    let mut builder = if anchored {
        RegexBuilder::new(&format!(r"\A(?:{pattern})"))
    } else {
        RegexBuilder::new(pattern)
    };
    for flag in flags.chars() {
        match flag {
            'i' => builder.case_insensitive(true),
            'm' => builder.multi_line(true),
            's' => builder.dot_matches_new_line(true),
            'x' => builder.ignore_whitespace(true),
            'U' => builder.swap_greed(true),
            // Text is Unicode here anyway, values have no line ends, and studying is the engine's business.
            'u' | 'D' | 'S' | 'A' => &mut builder,
            other => return refuse(&format!("unknown flag \"{other}\"")),
        };
    }
    match builder.build() {
        Ok(pattern) => Ok(Some(pattern)),
        Err(regex::Error::CompiledTooBig(_)) => refuse("the pattern is too large"),
        Err(error) => refuse(
            error
                .to_string()
                .lines()
                .last()
                .unwrap_or_default()
                .trim_start_matches("error: "),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn stored_text_and_object_mean_the_same() {
        let object = json!({"csv": {"value": "1, 3", "delimiter": "\\t"}, "common": {"excluderegex": "/^#.*/i"},
            "disable_correlation": "1", "unpublish_event": 1});
        for settings in [object.clone(), Value::String(object.to_string())] {
            let settings = FeedSettings::from_json(&settings).unwrap();
            assert_eq!(settings.columns, [1, 3]);
            assert_eq!(settings.delimiter, "\t");
            assert!(settings.excludes("# comment") && !settings.excludes("a # b"));
            assert!(settings.disable_correlation && settings.unpublish_event);
        }
        for empty in [json!(null), json!(""), json!([]), json!({}), json!("{}")] {
            let settings = FeedSettings::from_json(&empty).unwrap();
            assert!(settings.columns.is_empty() && settings.exclude.is_none() && settings.delimiter == ",");
        }
    }

    #[test]
    fn refusals_say_why() {
        let message = |settings: Value| FeedSettings::from_json(&settings).unwrap_err().to_string();
        assert!(message(json!({"csv": {"value": "1,x"}})).contains("\"x\""));
        assert!(message(json!({"csv": {"value": "0"}})).contains("from 1"));
        assert!(message(json!("{")).starts_with("The feed settings are not a JSON object"));
        assert!(message(json!([1])).starts_with("The feed settings are not a JSON object"));
        for (pattern, reason) in [
            ("^#", "closing delimiter"),
            ("abc", "between delimiters"),
            ("/a/q", "unknown flag \"q\""),
            ("/(/", "unclosed group"),
            ("/(?=a)b/", "look-around"),
        ] {
            let text = message(json!({"common": {"excluderegex": pattern}}));
            assert!(text.contains(reason), "{pattern}: {text}");
        }
    }

    #[test]
    fn delimiters_and_flags() {
        let matches = |pattern: &str, text: &str| exclude_pattern(pattern).unwrap().unwrap().is_match(text);
        assert!(matches(
            r"/^http:\/\/www.example.com/i",
            "HTTP://www.example.com/x"
        ));
        assert!(matches("#a/b#", "xa/by"));
        assert!(matches("{^a}", "abc"));
        assert!(!matches("/b/A", "abc"));
        assert!(matches("/a b/x", "ab"));
        assert!(exclude_pattern("  ").unwrap().is_none());
    }

    proptest! {
        #[test]
        fn never_panics(text in ".{0,30}") {
            let _ = exclude_pattern(&text);
            let _ = FeedSettings::from_json(&Value::String(text));
        }
    }
}
