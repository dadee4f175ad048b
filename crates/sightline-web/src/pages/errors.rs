//! The error page, and the messages beside the fields of a form.

use crate::layout::Frame;
use askama::Template;
use sightline_core::FieldErrors;
use std::collections::BTreeMap;

/// An answer that is not what was asked for.
#[derive(Clone, Debug, Template)]
#[template(path = "error.html")]
pub struct ErrorPage {
    /// The frame; without a user where there is none.
    pub frame: Frame,
    /// HTTP status.
    pub status: u16,
    /// What happened, in words that may be shown.
    pub message: String,
    /// To be quoted to an administrator.
    pub request_id: String,
}

impl ErrorPage {
    fn heading(&self) -> &'static str {
        match self.status {
            400 | 405 | 422 => "This request does not work",
            401 => "Log in to go on",
            403 => "You may not do this",
            404 => "There is nothing here",
            409 => "Somebody was faster",
            413 => "Too large",
            429 => "Too many requests",
            503 => "Not available for the moment",
            _ => "Something went wrong here",
        }
    }

    fn advice(&self) -> &'static str {
        match self.status {
            401 => "Your session may have ended.",
            403 => "Your role does not allow it. An administrator of your organisation can change that.",
            404 => "It may have been deleted, or you are not allowed to see it.",
            409 => "It was changed in the meantime. Reload and try again.",
            429 | 503 => "Wait a little and try again.",
            500..=599 => "This is our fault, not yours. Nothing half-done was kept.",
            _ => "Check the address or the form and try again.",
        }
    }
}

/// Validation messages by field name, shown beside the field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Errors(pub BTreeMap<String, String>);

impl Errors {
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = (&String, &String)> {
        self.0.iter()
    }
}

impl From<&FieldErrors> for Errors {
    fn from(errors: &FieldErrors) -> Self {
        Self(
            errors
                .0
                .iter()
                .map(|(field, messages)| (field.clone(), messages.join(" ")))
                .collect(),
        )
    }
}
