//! The search over everything.

use crate::layout::Frame;
use askama::Template;

/// `GET /search`.
#[derive(Clone, Debug, Template)]
#[template(path = "search/index.html")]
pub struct SearchPage {
    /// The frame.
    pub frame: Frame,
    /// What is looked for.
    pub text: String,
    /// The kinds of things.
    pub tabs: Vec<SearchTab>,
    /// The name of the chosen kind.
    pub kind: &'static str,
    /// What was found of it.
    pub rows: Vec<FoundRow>,
    /// Where the rest is, when there is more.
    pub all: Option<String>,
    /// The form that exports what was found, when it can be exported.
    pub export: Option<String>,
}

/// One kind of things.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "each holds what its name says")]
pub struct SearchTab {
    pub label: &'static str,
    pub url: String,
    pub count: String,
    pub active: bool,
}

/// `GET /search/suggest`: the options under the box.
#[derive(Clone, Debug, Template)]
#[template(path = "search/suggestions.html")]
pub struct Suggestions {
    /// What is looked for.
    pub text: String,
    /// The page with all that was found.
    pub all: String,
    /// What is offered.
    pub rows: Vec<FoundRow>,
}

/// One thing that was found.
#[derive(Clone, Debug)]
pub struct FoundRow {
    /// Where it is.
    pub url: String,
    /// What it is.
    pub kind: &'static str,
    /// Its name, title or value.
    pub title: String,
    /// Its type, date or the like.
    pub detail: String,
    /// The event that holds it; empty when none does.
    pub event: String,
    /// Whether it is exactly what was looked for.
    pub exact: bool,
}
