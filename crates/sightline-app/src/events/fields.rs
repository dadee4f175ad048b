//! The event's own fields: defaults and validation (spec 01 section 2.1, spec 03 sections 3.1 and 3.2).

use crate::Ctx;
use crate::sharing_groups::{self, Wish};
use sightline_core::ids::{EventId, SharingGroupId};
use sightline_core::{AppError, AppResult, FieldErrors};
use sightline_db::{Tx, events};
use sightline_misp::datetime::parse_date;
use sightline_misp::input::{EventIn, Loose};
use sightline_misp::records::{Analysis, Distribution, Event, ThreatLevel};
use uuid::Uuid;

const DISTRIBUTIONS: &str =
    "Options : Your organisation only, This community only, Connected communities, All communities";

/// The reference's words when an edit names a group that the caller may not use (spec 03 section 3.2).
const NO_ACCESS: &str =
    "Event could not be saved: Invalid sharing group or you don't have access to that sharing group.";

/// Applies what a body says to an event. Fields that the body leaves out keep their value.
pub(super) fn apply(ctx: &Ctx, tx: &mut Tx<'_>, event: &mut Event, input: &EventIn) -> AppResult<()> {
    let mut errors = FieldErrors::default();
    if input.info.is_given() {
        event.info = input.info.text().unwrap_or_default().trim().to_owned();
    }
    if event.info.is_empty() {
        errors.add("info", "Info cannot be empty.");
    }
    if let Some(date) = input.date.filled() {
        match parse_date(&date) {
            Some(date) => event.date = date,
            None => errors.add("date", "Expected date format: YYYY-MM-DD"),
        }
    }
    if let Some(level) = given(&input.threat_level_id) {
        match level.parse().ok().and_then(ThreatLevel::from_number) {
            Some(level) => event.threat_level = level,
            None => errors.add(
                "threat_level_id",
                "Options : 1, 2, 3, 4 (for High, Medium, Low, Undefined)",
            ),
        }
    }
    if let Some(stage) = given(&input.analysis) {
        match analysis(&stage) {
            Some(stage) => event.analysis = stage,
            None => errors.add("analysis", "Options : 0, 1, 2 (for Initial, Ongoing, Completed)"),
        }
    }
    if let Some(level) = given(&input.distribution) {
        match level
            .parse()
            .ok()
            .and_then(Distribution::from_number)
            .filter(|d| *d != Distribution::Inherit)
        {
            Some(level) => event.distribution = level,
            None => errors.add("distribution", DISTRIBUTIONS),
        }
    }
    if let Some(flag) = input.disable_correlation.flag() {
        event.disable_correlation = flag;
    }
    if let Some(flag) = input.protected.flag() {
        event.protected = Some(flag);
    }
    if input.extends_uuid.is_given() {
        event.extends_uuid = extends(ctx, tx, &input.extends_uuid, &mut errors)?;
    }
    errors.into_result()?;
    event.sharing_group_id = sharing_group(ctx, tx, event, input)?;
    Ok(())
}

fn given(input: &Loose) -> Option<String> {
    input
        .is_given()
        .then(|| input.text().unwrap_or_default().trim().to_owned())
        .filter(|text| !text.is_empty())
}

fn analysis(text: &str) -> Option<Analysis> {
    match text.parse() {
        Ok(number) => Analysis::from_number(number),
        Err(_) => Analysis::ALL
            .iter()
            .copied()
            .find(|stage| stage.label().eq_ignore_ascii_case(text)),
    }
}

/// A uuid is taken as it is, known or not; an id is translated to the uuid of an event that the caller sees.
fn extends(ctx: &Ctx, tx: &mut Tx<'_>, input: &Loose, errors: &mut FieldErrors) -> AppResult<Option<Uuid>> {
    let Some(text) = input.filled() else {
        return Ok(None);
    };
    if let Ok(uuid) = Uuid::try_parse(&text) {
        return Ok(Some(uuid));
    }
    let target = match text.parse() {
        Ok(id) => events::by_id(tx, ctx.visible(), EventId(id))?,
        Err(_) => None,
    };
    if target.is_none() {
        errors.add("extends_uuid", "Invalid event ID provided.");
    }
    Ok(target.map(|event| event.uuid))
}

fn sharing_group(ctx: &Ctx, tx: &mut Tx<'_>, event: &Event, input: &EventIn) -> AppResult<SharingGroupId> {
    if event.distribution != Distribution::SharingGroup {
        return Ok(SharingGroupId(0));
    }
    let wish = Wish::new(&input.sharing_group_id, input.sharing_group.as_deref());
    let wish = wish.keeping(event.sharing_group_id);
    if wish.is_empty() {
        return Err(AppError::field(
            "sharing_group_id",
            "If the distribution is set to \"Sharing Group\", a sharing group has to be selected.",
        ));
    }
    let is_new = event.id.0 == 0;
    sharing_groups::choose(ctx, tx, wish).map_err(|error| match error {
        AppError::Forbidden(words) if is_new => AppError::NotAllowed(words),
        AppError::Forbidden(_) => AppError::Refused(NO_ACCESS.into()),
        other => other,
    })
}
