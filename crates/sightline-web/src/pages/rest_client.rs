//! The REST client: a request is written, sent by the browser with an API key, and its answer shown.

use crate::layout::Frame;
use askama::Template;

/// `GET /api/rest`.
#[derive(Clone, Debug, Template)]
#[template(path = "api/rest.html")]
pub struct RestClientPage {
    /// The frame.
    pub frame: Frame,
}
