//! The list of feeds: what each is, whether it works, what it brought.

use crate::layout::Frame;
use crate::pages::jobs::JobProgress;
use crate::pages::list::ListUrl;
use crate::pages::moment::Moment;
use askama::Template;

/// `GET /feeds/index`, narrowed by `scope` (all, enabled, default, custom).
#[derive(Clone, Debug, Template)]
#[template(path = "feeds/index.html")]
pub struct FeedIndexPage {
    /// The frame.
    pub frame: Frame,
    /// The scope shown.
    pub scope: String,
    /// The feeds.
    pub rows: Vec<FeedRow>,
    /// May add, change and fetch.
    pub can_manage: bool,
}

impl FeedIndexPage {
    fn enabled(&self) -> usize {
        self.rows.iter().filter(|row| row.enabled).count()
    }

    fn failing(&self) -> usize {
        self.rows
            .iter()
            .filter(|row| row.last.as_ref().is_some_and(|run| !run.succeeded))
            .count()
    }

    fn scopes(&self) -> [(&'static str, ListUrl, bool); 4] {
        [
            ("all", "All"),
            ("enabled", "Enabled"),
            ("default", "Default"),
            ("custom", "Own"),
        ]
        .map(|(scope, label)| {
            let url = ListUrl::new("/feeds/index", &[("scope", scope)]);
            (label, url, self.scope == scope)
        })
    }
}

/// One feed.
#[derive(Clone, Debug, Default)]
pub struct FeedRow {
    /// Id.
    pub id: i64,
    /// Name.
    pub name: String,
    /// Who provides it.
    pub provider: String,
    /// `MISP`, `CSV`, `Freetext`.
    pub format: String,
    /// Address or path.
    pub url: String,
    /// May be fetched.
    pub enabled: bool,
    /// From the shipped list.
    pub is_default: bool,
    /// Who will see what it brings: the distribution in short.
    pub distribution: String,
    /// The tag that its events get.
    pub tag: Option<String>,
    /// Its rules in words, one each.
    pub rules: Vec<String>,
    /// How the last fetch ended.
    pub last: Option<FeedRun>,
    /// The fetch under way.
    pub job: Option<JobProgress>,
}

/// A fetch that is over.
#[derive(Clone, Debug, Default)]
pub struct FeedRun {
    /// Its job, 0 when that is gone.
    pub job_id: i64,
    /// When it ended.
    pub at: Moment,
    /// It went through.
    pub succeeded: bool,
    /// "12 new, 3 updated, 1 skipped", or why it failed.
    pub message: String,
}
