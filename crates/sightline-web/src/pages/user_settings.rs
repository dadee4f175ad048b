//! What the visitor has set for itself.

use super::errors::Errors;
use crate::layout::Frame;
use askama::Template;

/// `GET /user_settings/index`. Each setting is a form of its own, posted to `/user_settings/setSetting/{name}`.
#[derive(Clone, Debug, Template)]
#[template(path = "user_settings/index.html")]
pub struct UserSettingsPage {
    /// The frame.
    pub frame: Frame,
    /// The path to start on, sent as `homepage`.
    pub home: String,
    /// Columns of the list of events: name, label, whether it is shown. Sent as `column`, those that are shown.
    pub columns: Vec<(String, String, bool)>,
    /// Settings that are typed as JSON.
    pub texts: Vec<SettingText>,
    /// What is wrong, by the name of the setting.
    pub errors: Errors,
}

/// A setting that is typed as JSON, sent under its name.
#[derive(Clone, Debug)]
pub struct SettingText {
    /// Its name on the wire.
    pub name: &'static str,
    /// What people call it.
    pub label: &'static str,
    /// What it does, with an example.
    pub hint: &'static str,
    /// The JSON, empty when it is not set.
    pub text: String,
}
