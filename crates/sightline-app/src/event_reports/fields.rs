//! The fields of a report: what a body says, checked (spec 01 section 12).

use super::{CONTENT_BYTES, NAME_CHARS};
use crate::{Ctx, sharing_groups};
use sightline_core::ids::SharingGroupId;
use sightline_core::{AppError, AppResult};
use sightline_db::Tx;
use sightline_misp::input::EventReportIn;
use sightline_misp::records::{Distribution, EventReport};

/// Applies name, text and sharing. Ids, event, deletion and time are not a body's to say.
pub(super) fn apply(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    report: &mut EventReport,
    body: &EventReportIn,
) -> AppResult<()> {
    if body.name.is_given() {
        report.name = body.name.filled().unwrap_or_default();
    }
    if report.name.is_empty() {
        return Err(AppError::field("name", "This field cannot be left blank"));
    }
    if report.name.chars().count() > NAME_CHARS {
        return Err(AppError::field(
            "name",
            format!("At most {NAME_CHARS} characters."),
        ));
    }
    if let Some(content) = body.content.text() {
        report.content = content;
    }
    if report.content.len() > CONTENT_BYTES {
        return Err(AppError::field(
            "content",
            format!("At most {CONTENT_BYTES} bytes."),
        ));
    }
    if let Some(text) = body.distribution.filled() {
        report.distribution = text.parse().ok().and_then(Distribution::from_number).ok_or_else(|| {
            AppError::field(
                "distribution",
                "Options : 0, 1, 2, 3, 4, 5 (for Your organisation only, This community only, Connected communities, \
                 All communities, Sharing group, Inherit event)",
            )
        })?;
    }
    if report.distribution != Distribution::SharingGroup {
        report.sharing_group_id = SharingGroupId(0);
        return Ok(());
    }
    let wanted = body
        .sharing_group_id
        .int()
        .filter(|id| *id > 0)
        .map_or(report.sharing_group_id, SharingGroupId);
    if wanted.0 == 0 {
        return Err(AppError::field(
            "sharing_group_id",
            "If the distribution is set to \"Sharing Group\", a sharing group has to be selected.",
        ));
    }
    if wanted != report.sharing_group_id {
        sharing_groups::require_choosable(ctx, tx, wanted)?;
        report.sharing_group_id = wanted;
    }
    Ok(())
}
