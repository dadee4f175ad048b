//! The list of public feeds that an administrator may load: names, providers, addresses and how to read them.

use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::Value;

use crate::feed_settings::settings_json;

/// One public feed. Always reached by network, never enabled by itself.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DefaultFeed {
    /// What it is called.
    pub name: String,
    /// Who publishes it.
    pub provider: String,
    /// Where it is.
    pub url: String,
    /// `misp`, `csv` or `freetext`.
    pub format: String,
    /// Columns to look at, as in the settings; empty means all.
    #[serde(default)]
    pub columns: String,
    /// What parts the columns.
    #[serde(default = "comma")]
    pub delimiter: String,
    /// Delimited pattern of values to drop; empty means none.
    #[serde(default)]
    pub exclude: String,
    /// Every pull goes to the same event.
    #[serde(default = "yes")]
    pub fixed_event: bool,
    /// Values that vanish from the feed are removed from its event.
    #[serde(default)]
    pub delta_merge: bool,
    /// Correlation is off: the feed is large and of one kind.
    #[serde(default)]
    pub disable_correlation: bool,
}

impl DefaultFeed {
    /// The feed record's `settings`.
    pub fn settings(&self) -> Value {
        settings_json(
            &self.columns,
            &self.delimiter,
            &self.exclude,
            self.disable_correlation,
        )
    }
}

fn comma() -> String {
    ",".into()
}

fn yes() -> bool {
    true
}

/// The list, in its order.
pub fn default_feeds() -> &'static [DefaultFeed] {
    // A list that does not parse would be a build without one; a test keeps that from happening.
    static FEEDS: LazyLock<Vec<DefaultFeed>> = LazyLock::new(|| {
        serde_json::from_str(include_str!("../data/default-feeds.json")).unwrap_or_default()
    });
    &FEEDS
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::feed_settings::FeedSettings;

    #[test]
    fn every_feed_is_usable_and_named_once() {
        serde_json::from_str::<Vec<DefaultFeed>>(include_str!("../data/default-feeds.json")).unwrap();
        let feeds = default_feeds();
        assert!(feeds.len() >= 60, "{}", feeds.len());
        let mut urls = HashSet::new();
        let mut names = HashSet::new();
        for feed in feeds {
            assert!(!feed.name.is_empty() && !feed.provider.is_empty(), "{feed:?}");
            assert!(
                feed.url.starts_with("https://") || feed.url.starts_with("http://"),
                "{feed:?}"
            );
            assert!(["misp", "csv", "freetext"].contains(&&*feed.format), "{feed:?}");
            assert!(FeedSettings::from_json(&feed.settings()).is_ok(), "{feed:?}");
            assert!(feed.format != "misp" || !feed.fixed_event, "{feed:?}");
            assert!(urls.insert(&feed.url) && names.insert(&feed.name), "{feed:?}");
        }
    }

    #[test]
    fn feeds_that_clients_look_for() {
        let url = |name: &str| {
            default_feeds()
                .iter()
                .find(|feed| feed.name == name)
                .map(|feed| &*feed.url)
        };
        assert_eq!(
            url("The Botvrij.eu Data"),
            Some("https://www.botvrij.eu/data/feed-osint")
        );
        assert_eq!(
            url("blockrules of rules.emergingthreats.net"),
            Some("https://rules.emergingthreats.net/blockrules/compromised-ips.txt")
        );
        assert_eq!(
            url("CIRCL OSINT Feed"),
            Some("https://www.circl.lu/doc/misp/feed-osint")
        );
    }
}
