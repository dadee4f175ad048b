//! Pages of event reports.

mod edit;
mod extract;
mod index;
mod view;

pub use edit::{ReportFormPage, ReportPreview, ReportTarget, ReportTargets};
pub use extract::{ExtractPage, ExtractRow};
pub use index::{ReportIndexPage, ReportIndexRow};
pub use view::{ReportHead, ReportPage};
