//! One change of every attribute that a search finds, as one job. What it would do can be seen before (a dry run); each
//! attribute is changed only if its caller could have changed it alone.

mod action;
mod batch;
mod change;
mod preview;
mod run;
#[cfg(test)]
mod tests;

pub use action::Action;
pub use preview::{Preview, Sample, TopEvent, preview};
pub use run::{Report, handlers, report, start};

use crate::Ctx;
use crate::search;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sightline_core::{AppError, AppResult};
use sightline_db::Tx;
use sightline_db::search::{AttributeSet, last_attribute};
use sightline_misp::input::Loose;
use sightline_query::{AttributeSearch, Include, Params, Request, Scope};
use std::collections::BTreeMap;

/// Longest filters, in bytes of JSON: a list of some 25,000 uuids. They are kept with the job.
const FILTER_BYTES: usize = 1 << 20;
/// Parameters that would take a part of what matches.
const PARTS: [&str; 3] = ["page", "limit", "offset"];

/// What a request says.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wish {
    /// The body of a search for attributes.
    pub filters: Value,
    /// What to do.
    pub action: Loose,
    /// `tag`, `untag`: names or ids, one or a list.
    pub tag: Value,
    /// `tag`: known only to this instance. `untag`: only those that are, or are not.
    pub local: Loose,
    /// `to_ids`: the flag.
    pub to_ids: Loose,
    /// `disable_correlation`: the flag.
    pub disable_correlation: Loose,
    /// `distribution`: the level.
    pub distribution: Loose,
    /// The group for level 4.
    pub sharing_group_id: Loose,
    /// `delete`: for good.
    pub hard: Loose,
    /// Only say what would be done.
    pub dry_run: Loose,
    /// Leaves attributes with a greater id alone: what a preview answered.
    pub up_to_id: Loose,
}

impl Wish {
    /// Whether only to say what would be done; a word that is no flag must not start a change.
    pub fn is_dry_run(&self) -> AppResult<bool> {
        action::flag("dry_run", &self.dry_run, Some(false))
    }
}

/// What a job does: kept as its payload.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Order {
    /// The search, with the caller's defaults in it.
    filters: Map<String, Value>,
    /// The moment that `last: 5d` and the like count from.
    at: i64,
    /// The last attribute that takes part.
    up_to_id: i64,
    /// What to do.
    #[serde(flatten)]
    action: Action,
    /// Only count.
    dry_run: bool,
}

/// What becomes of an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It is changed.
    Change,
    /// It is as it should be already.
    Unchanged,
    /// The caller may not change it.
    NotPermitted,
    /// Another attribute of the event has the value that would come back.
    Duplicate,
    /// It is gone, or the caller does not see it any more.
    Gone,
}

impl Verdict {
    /// Every refusal, with the word for it.
    pub const REFUSALS: [(Self, &'static str); 3] = [
        (Self::NotPermitted, "not_permitted"),
        (Self::Duplicate, "duplicate"),
        (Self::Gone, "gone"),
    ];
}

/// How many attributes met with each verdict.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Tally(BTreeMap<Verdict, i64>);

impl Tally {
    fn add(&mut self, verdict: Verdict, count: usize) {
        *self.0.entry(verdict).or_default() += i64::try_from(count).unwrap_or(i64::MAX);
    }

    /// How many met with this one.
    pub fn of(&self, verdict: Verdict) -> i64 {
        self.0.get(&verdict).copied().unwrap_or(0)
    }

    /// How many were looked at.
    pub fn all(&self) -> i64 {
        self.0.values().sum()
    }

    /// How many were refused.
    pub fn refused(&self) -> i64 {
        Verdict::REFUSALS
            .iter()
            .map(|(verdict, _)| self.of(*verdict))
            .sum()
    }
}

impl Order {
    /// Checks a wish: rights, filters, what the action needs. `make`: whether a tag that is not there is made.
    fn of(ctx: &Ctx, tx: &mut Tx<'_>, wish: &Wish, make: bool) -> AppResult<Self> {
        let action = Action::of(ctx, tx, wish, make)?;
        let defaults = search::defaults(ctx, tx)?.unwrap_or_default();
        let filters = filters(&wish.filters, defaults, &action)?;
        let last = last_attribute(tx)?;
        let up_to_id = match wish.up_to_id.is_given() {
            true => wish
                .up_to_id
                .int()
                .filter(|id| *id >= 0)
                .ok_or_else(|| AppError::field("up_to_id", "The id of an attribute is expected."))?
                .min(last),
            false => last,
        };
        let order = Self {
            filters,
            at: ctx.now(),
            up_to_id,
            action,
            dry_run: !make,
        };
        order.search()?;
        Ok(order)
    }

    fn search(&self) -> AppResult<AttributeSearch> {
        let filters = Value::Object(self.filters.clone());
        let request = Request {
            accepts_json: true,
            body: Some(&filters),
            ..Request::default()
        };
        let search = AttributeSearch::parse(&Params::harvest(Scope::Attribute, request)?, self.at)?;
        for (include, name) in [
            (Include::EnforceWarninglist, "enforceWarninglist"),
            (Include::DecayScore, "includeDecayScore"),
        ] {
            if search.includes.has(include) {
                return Err(AppError::field(
                    "filters",
                    format!("`{name}` and what goes with it cannot select attributes to change."),
                ));
            }
        }
        Ok(search)
    }

    /// The attributes that it is about, as far as the caller sees them.
    fn set(&self, ctx: &Ctx, tx: &mut Tx<'_>) -> AppResult<AttributeSet> {
        let search = self.search()?;
        let ctx = search::as_asked(ctx, &search.includes);
        Ok(AttributeSet::open(
            tx,
            search::viewer(&ctx),
            &search.filter,
            self.up_to_id,
        )?)
    }
}

/// The search over the caller's defaults. What is to be restored is deleted, unless the search says otherwise.
fn filters(wished: &Value, defaults: Map<String, Value>, action: &Action) -> AppResult<Map<String, Value>> {
    let invalid = |message: &str| AppError::field("filters", message);
    let wished = match wished {
        Value::Object(fields) => match fields.get("request") {
            Some(Value::Object(inner)) => inner,
            _ => fields,
        },
        _ => {
            return Err(invalid(
                "An object with the parameters of a search for attributes is expected.",
            ));
        }
    };
    if wished.values().all(Value::is_null) {
        return Err(invalid(
            "A search without parameters would change every attribute.",
        ));
    }
    if let Some(part) = PARTS.iter().find(|part| wished.contains_key(**part)) {
        return Err(invalid(&format!(
            "`{part}`: every attribute that matches is changed, not a page of them."
        )));
    }
    let mut filters = defaults;
    filters.retain(|name, _| !PARTS.contains(&name.as_str()));
    filters.extend(wished.clone());
    if *action == Action::Restore && !filters.contains_key("deleted") {
        filters.insert("deleted".into(), Value::Bool(true));
    }
    if serde_json::to_vec(&filters).map_err(AppError::internal)?.len() > FILTER_BYTES {
        return Err(AppError::TooLarge(format!(
            "The filters are longer than {FILTER_BYTES} bytes: split them."
        )));
    }
    Ok(filters)
}
