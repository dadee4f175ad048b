//! Groups of events that do not correlate among themselves (spec 08 section 5). They are looked at when correlations are
//! read.

use crate::{Ctx, changes, text_list};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use sightline_core::ids::CorrelationRuleId;
use sightline_core::limits::{NAME_CHARS, TEXT_CHARS};
use sightline_core::{AppError, AppResult, FieldErrors, Permission};
use sightline_db::audit::Change;
use sightline_db::{Tx, correlation_rules};
use sightline_misp::input::Loose;
use sightline_misp::records::{CorrelationRule, Selector};
use uuid::Uuid;

/// Entries of one list: each is compared with every related event.
const ENTRIES: usize = 1_000;

/// A rule as clients send it.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the fields of the wire, spec 08 section 5")]
pub struct CorrelationRuleIn {
    pub name: Loose,
    pub comment: Loose,
    pub selector_type: Loose,
    /// A list, one as JSON, or one text with a line or comma between entries.
    pub selector_list: Value,
}

impl CorrelationRuleIn {
    fn apply(&self, rule: &mut CorrelationRule) -> AppResult<()> {
        let mut errors = FieldErrors::default();
        for (input, field, target, longest) in [
            (&self.name, "name", &mut rule.name, NAME_CHARS),
            (&self.comment, "comment", &mut rule.comment, TEXT_CHARS),
        ] {
            if let Some(text) = input.text() {
                text.trim().clone_into(target);
            }
            if target.chars().count() > longest {
                errors.add(field, format!("The {field} is longer than {longest} characters."));
            }
        }
        if rule.name.is_empty() {
            errors.add("name", "The name cannot be empty.");
        }
        if let Some(name) = self.selector_type.filled() {
            match Selector::parse(&name) {
                Some(selector) => rule.selector = selector,
                None => errors.add(
                    "selector_type",
                    "The selector has to be one of orgc_id, org_id, event_id, event_info.",
                ),
            }
        }
        if let Some(list) = entries(&self.selector_list) {
            rule.list = list;
        }
        if let Some(wrong) = wrong_list(rule) {
            errors.add("selector_list", wrong);
        }
        errors.into_result()
    }
}

fn entries(given: &Value) -> Option<Vec<String>> {
    let parsed = given
        .as_str()
        .and_then(|text| serde_json::from_str::<Value>(text).ok());
    match parsed.as_ref().unwrap_or(given) {
        Value::Array(items) => Some(
            items
                .iter()
                .map(|item| {
                    item.as_str()
                        .map_or_else(|| item.to_string(), |text| text.trim().to_owned())
                })
                .filter(|text| !text.is_empty())
                .collect(),
        ),
        Value::Number(number) => Some(vec![number.to_string()]),
        _ => text_list::parse(given),
    }
}

fn wrong_list(rule: &CorrelationRule) -> Option<String> {
    let ids = rule.selector != Selector::EventInfo;
    if rule.list.is_empty() {
        Some("The list cannot be empty.".into())
    } else if rule.list.len() > ENTRIES {
        Some(format!("The list has more than {ENTRIES} entries."))
    } else if ids && rule.list.iter().any(|item| item.parse::<i64>().is_err()) {
        Some("The list has to hold ids.".into())
    } else if rule.list.iter().any(|item| item.chars().count() > TEXT_CHARS) {
        Some(format!("An entry is longer than {TEXT_CHARS} characters."))
    } else {
        None
    }
}

fn invalid_rule() -> AppError {
    AppError::not_found("Invalid correlation rule.")
}

/// A page, from 1, of the rules, and how many there are in all.
pub async fn index(ctx: &Ctx, page: u32, limit: u32) -> AppResult<(Vec<CorrelationRule>, i64)> {
    ctx.require(Permission::SiteAdmin)?;
    let offset = i64::from(page.saturating_sub(1)) * i64::from(limit);
    ctx.read(move |_, tx| Ok(correlation_rules::list(tx, limit, offset)?))
        .await
}

/// One of them.
pub async fn view(ctx: &Ctx, id: CorrelationRuleId) -> AppResult<CorrelationRule> {
    ctx.require(Permission::SiteAdmin)?;
    ctx.read(move |_, tx| find(tx, id)).await
}

fn find(tx: &mut Tx<'_>, id: CorrelationRuleId) -> AppResult<CorrelationRule> {
    correlation_rules::by_id(tx, id)?.ok_or_else(invalid_rule)
}

/// Keeps a group of events apart.
pub async fn add(ctx: &Ctx, body: CorrelationRuleIn) -> AppResult<CorrelationRule> {
    ctx.require(Permission::SiteAdmin)?;
    if !body.selector_type.is_given() {
        return Err(AppError::field("selector_type", "Please name a selector."));
    }
    let mut rule = CorrelationRule {
        uuid: Uuid::new_v4(),
        timestamp: ctx.now(),
        ..CorrelationRule::default()
    };
    body.apply(&mut rule)?;
    ctx.write(move |ctx, tx| {
        rule.id = correlation_rules::insert(tx, &rule)?;
        record(ctx, tx, "add", &rule, Value::Object(columns(&rule)))?;
        Ok(rule)
    })
    .await
}

/// Changes what the body says of a rule.
pub async fn edit(ctx: &Ctx, id: CorrelationRuleId, body: CorrelationRuleIn) -> AppResult<CorrelationRule> {
    ctx.require(Permission::SiteAdmin)?;
    ctx.write(move |ctx, tx| {
        tx.lock_row("correlation_rules", id.0)?;
        let before = find(tx, id)?;
        let mut rule = before.clone();
        body.apply(&mut rule)?;
        rule.timestamp = ctx.now();
        correlation_rules::update(tx, &rule)?;
        record(
            ctx,
            tx,
            "edit",
            &rule,
            changes::between(&columns(&before), &columns(&rule)),
        )?;
        Ok(rule)
    })
    .await
}

/// Lets them correlate again.
pub async fn delete(ctx: &Ctx, id: CorrelationRuleId) -> AppResult<()> {
    ctx.require(Permission::SiteAdmin)?;
    ctx.write(move |ctx, tx| {
        tx.lock_row("correlation_rules", id.0)?;
        let rule = find(tx, id)?;
        correlation_rules::delete(tx, id)?;
        record(ctx, tx, "delete", &rule, Value::Object(columns(&rule)))
    })
    .await
}

fn columns(rule: &CorrelationRule) -> Map<String, Value> {
    changes::fields(json!({
        "name": rule.name,
        "comment": rule.comment,
        "selector_type": rule.selector.name(),
        "selector_list": rule.list,
    }))
}

fn record(ctx: &Ctx, tx: &mut Tx<'_>, action: &str, rule: &CorrelationRule, fields: Value) -> AppResult<()> {
    ctx.audit(
        tx,
        &Change {
            action,
            model: "CorrelationRule",
            id: rule.id.0,
            title: &rule.name,
            event: None,
            fields,
        },
    )
}
