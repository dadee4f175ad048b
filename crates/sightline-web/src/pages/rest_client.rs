//! The REST client: a request is written, sent by the browser with an API key, and its answer shown. And how to use
//! the API without it.

use crate::layout::Frame;
use askama::Template;

/// `GET /api/rest`.
#[derive(Clone, Debug, Template)]
#[template(path = "api/rest.html")]
pub struct RestClientPage {
    /// The frame.
    pub frame: Frame,
}

/// `GET /events/automation`.
#[derive(Clone, Debug, Template)]
#[template(path = "api/automation.html")]
pub struct AutomationPage {
    /// The frame.
    pub frame: Frame,
    /// The address of this instance, for the examples.
    pub base_url: String,
}
