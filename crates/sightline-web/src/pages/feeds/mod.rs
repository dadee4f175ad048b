//! Feeds: the list with what the last fetch did, the form, the preview.

mod form;
mod index;
mod overlap;
mod preview;

pub use form::FeedFormPage;
pub use index::{FeedIndexPage, FeedRow, FeedRun};
pub use overlap::{FeedOverlapPage, OverlapCell, OverlapRow};
pub use preview::{FeedPreviewPage, ManifestRow, PreviewBody, PreviewStatus, ValueRow};
