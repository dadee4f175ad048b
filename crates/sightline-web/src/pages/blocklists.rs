//! Blocklists: what is not let in.

use super::errors::Errors;
use super::list::Pager;
use super::moment::{Count, Moment};
use crate::layout::Frame;
use askama::Template;

const fn path(of_events: bool) -> &'static str {
    if of_events {
        "/event_blocklists"
    } else {
        "/org_blocklists"
    }
}

/// `GET /event_blocklists/index` and `GET /org_blocklists/index`, narrowed by `searchall`.
#[derive(Clone, Debug, Template)]
#[template(path = "blocklists/index.html")]
pub struct BlocklistPage {
    /// The frame.
    pub frame: Frame,
    /// The list of events; else that of organisations.
    pub of_events: bool,
    /// The visitor reads both lists.
    pub both: bool,
    /// What is searched for.
    pub query: String,
    /// Where we are.
    pub pager: Pager,
    /// The entries.
    pub rows: Vec<BlocklistRow>,
}

impl BlocklistPage {
    fn path(&self) -> &'static str {
        path(self.of_events)
    }

    fn title(&self) -> &'static str {
        if self.of_events {
            "Blocked events"
        } else {
            "Blocked organisations"
        }
    }

    fn lede(&self) -> &'static str {
        if self.of_events {
            "Deleted here, or not wanted"
        } else {
            "Their events are refused"
        }
    }

    fn add_label(&self) -> &'static str {
        if self.of_events {
            "Block events"
        } else {
            "Block organisations"
        }
    }
}

/// One entry.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "each holds what its name says")]
pub struct BlocklistRow {
    pub id: i64,
    pub uuid: String,
    pub name: String,
    pub creator: String,
    pub comment: String,
    pub created: Moment,
    pub refused: Count,
    pub last_refused: Option<Moment>,
}

/// Posts `uuids` (one per line), `event_info`, `event_orgc`, `org_name`, `comment` to `…/add` or `…/edit/{id}`.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "blocklists/form.html")]
pub struct BlocklistFormPage {
    /// The frame.
    pub frame: Frame,
    /// Events; else organisations.
    pub of_events: bool,
    /// The entry that is changed; `None` for new ones.
    pub id: Option<i64>,
    /// What is blocked.
    pub uuids: String,
    /// Title or name.
    pub name: String,
    /// The event's creator.
    pub creator: String,
    /// Why.
    pub comment: String,
    /// What is wrong.
    pub errors: Errors,
}

impl BlocklistFormPage {
    fn path(&self) -> &'static str {
        path(self.of_events)
    }

    fn action(&self) -> String {
        let path = self.path();
        self.id
            .map_or_else(|| format!("{path}/add"), |id| format!("{path}/edit/{id}"))
    }
}
