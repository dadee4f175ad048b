//! Indicators that a report's text holds. Finding them writes nothing; what a person has chosen is then added to the
//! report's event like any other attribute.

use super::{Key, find};
use crate::attributes::{self, AddOutcome};
use crate::events::EventKey;
use crate::{Ctx, events};
use sightline_core::ids::EventId;
use sightline_core::{AppError, AppResult, Permission};
use sightline_db::attributes as db_attributes;
use sightline_formats::freetext::Freetext;
use sightline_misp::fold::{fold, value_key};
use sightline_misp::input::{AttributeIn, Loose};
use sightline_misp::types::AttributeType;
use std::collections::HashSet;

/// A value in the text and what it may be added as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// The value, disarming undone.
    pub value: String,
    /// As it stands in the text.
    pub original_value: String,
    /// The types that fit, the likeliest first.
    pub types: Vec<AttributeType>,
    /// Whether the likeliest type goes to detection systems.
    pub to_ids: bool,
    /// Whether the event has the value already, outside objects.
    pub known: bool,
}

/// Most values that one answer holds; a longer text is a data set, not a report.
const SUGGESTIONS: usize = 5_000;

/// The indicators in a report's text, in their order.
pub async fn extract(ctx: &Ctx, key: Key) -> AppResult<(EventId, Vec<Suggestion>)> {
    let (report, event) = ctx.read(move |ctx, tx| find(ctx, tx, key)).await?;
    // A megabyte takes a while: not on a thread that serves others, and not while a transaction is open.
    let mut found = tokio::task::spawn_blocking(move || suggestions(&report.content))
        .await
        .map_err(AppError::internal)?;
    ctx.read(move |ctx, tx| {
        let keys: Vec<i64> = found.iter().map(|one| value_key(head(&one.value))).collect();
        let twins = db_attributes::duplicates(tx, event.id, &keys)?;
        let ids: Vec<i64> = twins.iter().map(|attribute| attribute.id.0).collect();
        // Of attributes that the reader may not see, "known" would tell that they are there.
        let known: HashSet<String> = db_attributes::by_ids(tx, ctx.visible(), &ids)?
            .iter()
            .map(|attribute| fold(&attribute.value()))
            .collect();
        for one in &mut found {
            one.known = known.contains(&fold(&one.value));
        }
        Ok((event.id, found))
    })
    .await
}

/// What look-ups go by: the first half of a composite value.
fn head(value: &str) -> &str {
    value.split_once('|').map_or(value, |(head, _)| head)
}

fn suggestions(text: &str) -> Vec<Suggestion> {
    let candidates = Freetext::new().parse_text(text);
    let of =
        |name: &str| -> Vec<AttributeType> { name.split('/').filter_map(AttributeType::parse).collect() };
    candidates
        .into_iter()
        .filter_map(|candidate| {
            let mut types = of(candidate.default_type);
            for kind in candidate.types.iter().flat_map(|name| of(name)) {
                if !types.contains(&kind) {
                    types.push(kind);
                }
            }
            // Of a pair for both directions, the destination is what a report warns of.
            types.sort_by_key(|kind| kind.name().starts_with("ip-src"));
            let likeliest = *types.first()?;
            Some(Suggestion {
                value: candidate.value,
                original_value: candidate.original_value,
                to_ids: likeliest.default_to_ids(),
                types,
                known: false,
            })
        })
        .take(SUGGESTIONS)
        .collect()
}

/// One value that a person has chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The value.
    pub value: String,
    /// Its type.
    pub kind: AttributeType,
    /// Goes to detection systems.
    pub to_ids: bool,
}

/// What became of the chosen values.
pub type Outcome = AddOutcome;

/// Adds chosen values to the report's event. What the event has already is left as it is.
pub async fn save_extracted(ctx: &Ctx, key: Key, choices: Vec<Choice>) -> AppResult<(EventId, Outcome)> {
    ctx.require(Permission::Add)?;
    let event = ctx
        .read(move |ctx, tx| {
            let (report, event) = find(ctx, tx, key)?;
            events::require_modify(ctx, &event)?;
            Ok((report.name, event.id))
        })
        .await?;
    let (name, event) = event;
    let bodies = choices
        .into_iter()
        .map(|choice| AttributeIn {
            kind: Loose::Text(choice.kind.name().to_owned()),
            value: Loose::Text(choice.value),
            to_ids: Loose::Bool(choice.to_ids),
            comment: Loose::Text(format!("From the report \"{name}\"")),
            ..AttributeIn::default()
        })
        .collect();
    attributes::add(ctx, EventKey::Id(event), bodies, true).await
}
