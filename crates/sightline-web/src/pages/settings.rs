//! Server settings: what each does, its value, where that comes from, and a form for those that may be changed.

use super::wording::Choice;
use crate::layout::Frame;
use askama::Template;

/// `GET /servers/serverSettings`.
#[derive(Clone, Debug, Template)]
#[template(path = "settings/index.html")]
pub struct SettingsPage {
    /// The frame.
    pub frame: Frame,
    /// What was refused; empty when nothing was.
    pub refusal: String,
    /// Groups in their order, with their settings.
    pub groups: Vec<(String, Vec<SettingRow>)>,
}

/// One setting.
#[derive(Clone, Debug, Default)]
pub struct SettingRow {
    /// `Group.key`; posted to `/servers/serverSettingsEdit/{name}`.
    pub name: String,
    /// What it does.
    pub description: String,
    /// As a person reads it.
    pub shown: String,
    /// Where that comes from, as a word; empty for the default.
    pub source: String,
    /// The field of the form.
    pub field: SettingField,
    /// It differs from the default and may go back to it.
    pub resettable: bool,
}

/// How a value is typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum SettingField {
    /// It may not be changed here.
    #[default]
    Fixed,
    /// One of these.
    Choice(Vec<Choice>),
    /// A number between two others.
    Number(i64, i64),
    /// Text of at most so many characters.
    Text(usize),
    /// Text that is not shown, of at most so many characters.
    Secret(usize),
}
