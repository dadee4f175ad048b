//! Adding sightings of an attribute, or of every visible attribute with a value (spec 03 section 7).

use crate::Ctx;
use crate::attributes::{self, AttributeKey};
use sightline_core::{AppError, AppResult, Permission, random};
use sightline_db::Tx;
use sightline_db::audit::Change;
use sightline_db::sightings;
use sightline_misp::datetime::parse_lenient;
use sightline_misp::input::Loose;
use sightline_misp::records::{Attribute, Sighting, SightingType};
use sightline_query::{AttributePredicate, Filter};

/// What was seen.
#[derive(Clone, Debug, PartialEq)]
pub enum Subject {
    /// These attributes.
    Attributes(Vec<AttributeKey>),
    /// Every visible attribute that has one of these values, as the whole or as either half.
    Values(Vec<String>),
    /// Every visible attribute that satisfies a search.
    Matching(Box<Filter<AttributePredicate>>),
}

/// A sighting to add.
#[derive(Clone, Debug, PartialEq)]
pub struct Add {
    /// What was seen.
    pub subject: Subject,
    /// `type`: 0, 1 or 2; 0 when not given.
    pub kind: Loose,
    /// Who or what reports it.
    pub source: String,
    /// When, in any form that clients use; now when not given.
    pub at: Loose,
}

/// Attributes that one search may mark: they are held in memory, and written in one transaction.
const SEEN_AT_ONCE: usize = 10_000;
const NO_MATCH: &str = "No valid attributes found that match the criteria.";
const BAD_TYPE: &str = "Invalid type, please change it before you POST 1000000 sightings.";

/// Adds one sighting per attribute; the last one. `Refused` says why none was added.
pub async fn add(ctx: &Ctx, add: Add) -> AppResult<Sighting> {
    ctx.require(Permission::Sighting)?;
    let kind = kind(&add.kind).ok_or_else(|| AppError::Refused(BAD_TYPE.into()))?;
    ctx.write(move |ctx, tx| {
        let seen = subjects(ctx, tx, &add.subject)?;
        let date_sighting = moment(&add.at, ctx.now());
        let mut new: Vec<Sighting> = seen
            .iter()
            .map(|attribute| Sighting {
                uuid: random::uuid(),
                attribute_id: attribute.id,
                event_id: attribute.event_id,
                org_id: ctx.caller.org_id,
                date_sighting,
                source: add.source.clone(),
                kind,
                ..Sighting::default()
            })
            .collect();
        if kind == SightingType::Expiration {
            let ids: Vec<i64> = seen.iter().map(|attribute| attribute.id.0).collect();
            sightings::delete_expirations(tx, ctx.caller.org_id, &ids)?;
        }
        sightings::insert_many(tx, &mut new)?;
        for (sighting, attribute) in new.iter().zip(&seen) {
            record(ctx, tx, "add", sighting, &attribute.value())?;
        }
        new.pop().ok_or_else(|| AppError::Refused(NO_MATCH.into()))
    })
    .await
}

fn subjects(ctx: &Ctx, tx: &mut Tx<'_>, subject: &Subject) -> AppResult<Vec<Attribute>> {
    match subject {
        Subject::Values(values) if values.is_empty() => {
            Err(AppError::Refused("No valid attributes found.".into()))
        }
        Subject::Values(values) => Ok(sightings::attributes_by_values(tx, ctx.visible(), values)?),
        Subject::Matching(filter) => {
            let mut found = sightings::attributes_matching(tx, ctx.visible(), filter, Some(SEEN_AT_ONCE))?;
            if found.len() > SEEN_AT_ONCE {
                return Err(AppError::TooLarge(format!(
                    "filters: more than {SEEN_AT_ONCE} attributes match; ask for fewer."
                )));
            }
            found.retain(|attribute| !attribute.deleted);
            Ok(found)
        }
        Subject::Attributes(keys) => {
            let mut found: Vec<Attribute> = Vec::with_capacity(keys.len());
            for key in keys {
                match attributes::find(ctx, tx, key) {
                    Ok((attribute, _))
                        if !attribute.deleted && found.iter().all(|known| known.id != attribute.id) =>
                    {
                        found.push(attribute);
                    }
                    Ok(_) | Err(AppError::NotFound(_)) => {}
                    Err(error) => return Err(error),
                }
            }
            Ok(found)
        }
    }
}

/// The type of a body; a sighting when it has none.
pub(super) fn kind(input: &Loose) -> Option<SightingType> {
    if input.filled().is_none() && !matches!(input, Loose::Nested | Loose::Bool(_)) {
        return Some(SightingType::Sighting);
    }
    input.int().and_then(SightingType::from_number)
}

/// When something was seen: Unix seconds or a date; now when that says nothing.
pub(super) fn moment(input: &Loose, now: i64) -> i64 {
    let seconds = match input.int() {
        Some(seconds) => Some(seconds),
        None => input
            .filled()
            .and_then(|text| parse_lenient(&text, now))
            .map(|micros| micros.div_euclid(1_000_000)),
    };
    seconds.filter(|seconds| *seconds > 0).unwrap_or(now)
}

pub(super) fn record(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    action: &str,
    sighting: &Sighting,
    value: &str,
) -> AppResult<()> {
    ctx.audit(
        tx,
        &Change {
            action,
            model: "Sighting",
            id: sighting.id.0,
            title: value,
            event: Some(sighting.event_id),
            fields: serde_json::json!({
                "attribute_id": sighting.attribute_id,
                "type": sighting.kind.number(),
                "source": sighting.source,
                "date_sighting": sighting.date_sighting,
            }),
        },
    )
}
