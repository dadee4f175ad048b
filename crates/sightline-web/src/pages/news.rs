//! News.

use super::errors::Errors;
use super::list::Pager;
use super::moment::Moment;
use crate::layout::Frame;
use askama::Template;

/// `GET /news/index`.
#[derive(Clone, Debug, Template)]
#[template(path = "news/index.html")]
pub struct NewsPage {
    /// The frame.
    pub frame: Frame,
    /// Where we are.
    pub pager: Pager,
    /// Newest first.
    pub items: Vec<NewsItem>,
    /// May write.
    pub can_manage: bool,
}

/// One item.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "each holds what its name says")]
pub struct NewsItem {
    pub id: i64,
    pub title: String,
    pub message: String,
    pub written: Moment,
}

/// Posts `title`, `message`, `anonymise` to `/news/add` or `/news/edit/{id}`.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "news/form.html")]
pub struct NewsFormPage {
    /// The frame.
    pub frame: Frame,
    /// The one that is changed; `None` for a new one.
    pub id: Option<i64>,
    /// Title.
    pub title: String,
    /// Text.
    pub message: String,
    /// The author stays unnamed.
    pub anonymise: bool,
    /// What is wrong.
    pub errors: Errors,
}

impl NewsFormPage {
    fn action(&self) -> String {
        self.id
            .map_or_else(|| "/news/add".into(), |id| format!("/news/edit/{id}"))
    }
}
