//! Where an account is logged in, and who has logged in or tried to.

use super::list::ListUrl;
use super::logs::LogTable;
use super::moment::Moment;
use crate::layout::Frame;
use askama::Template;

/// `GET /users/sessions`.
#[derive(Clone, Debug, Template)]
#[template(path = "account/sessions.html")]
pub struct SessionsPage {
    /// The frame.
    pub frame: Frame,
    /// The sessions, the one used last first.
    pub rows: Vec<SessionRow>,
}

impl SessionsPage {
    fn has_others(&self) -> bool {
        self.rows.iter().any(|row| !row.is_this)
    }
}

/// A session. Ended by a post to `/users/sessions/end/{id}`.
#[derive(Clone, Debug, Default)]
pub struct SessionRow {
    /// By which it is ended.
    pub id: String,
    /// Since when.
    pub created: Moment,
    /// Used last.
    pub last_seen: Moment,
    /// Where it began.
    pub ip: String,
    /// What the browser calls itself.
    pub user_agent: String,
    /// The one that looks.
    pub is_this: bool,
}

/// `GET /users/view_login_history[/{id}]`.
#[derive(Clone, Debug, Template)]
#[template(path = "account/logins.html")]
pub struct LoginHistoryPage {
    /// The frame.
    pub frame: Frame,
    /// Whose.
    pub email: String,
    /// The next page, when there is one.
    pub older: Option<ListUrl>,
    /// The entries, latest first.
    pub table: LogTable,
}
