//! The form for a new event and for changing one.

use crate::layout::Frame;
use crate::pages::errors::Errors;
use crate::pages::wording::Choice;
use askama::Template;

/// Posts `date`, `distribution`, `sharing_group_id`, `threat_level_id`, `analysis`, `info`, `extends_uuid` to
/// `/events/add` or `/events/edit/{id}`.
#[derive(Clone, Debug, Template)]
#[template(path = "events/form.html")]
pub struct EventFormPage {
    /// The frame.
    pub frame: Frame,
    /// The event that is changed; `None` for a new one.
    pub id: Option<i64>,
    /// Title.
    pub info: String,
    /// `YYYY-MM-DD`.
    pub date: String,
    /// Levels 0 to 4.
    pub distribution: Vec<Choice>,
    /// Sharing groups that the user may use.
    pub sharing_groups: Vec<Choice>,
    /// Threat levels.
    pub threat: Vec<Choice>,
    /// States of analysis.
    pub analysis: Vec<Choice>,
    /// Uuid or id of the event that this one extends.
    pub extends_uuid: String,
    /// What is wrong.
    pub errors: Errors,
}

impl EventFormPage {
    fn action(&self) -> String {
        self.id
            .map_or_else(|| "/events/add".into(), |id| format!("/events/edit/{id}"))
    }

    fn back(&self) -> String {
        self.id
            .map_or_else(|| "/events/index".into(), |id| format!("/events/view/{id}"))
    }
}
