//! What correlates most, what never does, and which events are kept apart.

use crate::http::{Answer, Input, Visit, act, done, form, page, show};
use crate::layout::Nav;
use crate::pages::correlations::{
    ExclusionFormPage, ExclusionIndexPage, ExclusionRow, RankingPage, RankingRow, RuleFormPage,
    RuleIndexPage, RuleRow,
};
use crate::pages::errors::Errors;
use crate::pages::list::{ListUrl, Pager};
use crate::pages::moment::{Count, Moment};
use crate::pages::wording::Choice;
use axum::Router;
use serde_json::Value;
use sightline_app::correlation_exclusions::{self, CorrelationExclusionIn};
use sightline_app::correlation_rules::{self, CorrelationRuleIn};
use sightline_app::correlations::{self, By, RankedValue, Scope};
use sightline_core::ids::{CorrelationExclusionId, CorrelationRuleId};
use sightline_core::limits::PAGE_ROWS;
use sightline_core::{AppError, AppResult, Permission};
use sightline_misp::input::Loose;
use sightline_misp::records::{CorrelationExclusion, CorrelationRule, Selector};

async fn ranking(visit: Visit, input: Input, over: bool) -> Answer {
    let (found, total) = if over {
        correlations::over_correlations(&visit.ctx, Scope::Over, By::Attributes, input.page(), PAGE_ROWS)
            .await?
    } else {
        correlations::top(&visit.ctx, input.page(), PAGE_ROWS).await?
    };
    let path = if over {
        "/correlations/overCorrelations"
    } else {
        "/correlations/top"
    };
    page(&RankingPage {
        frame: visit.frame("Correlation", Nav::Correlations),
        over,
        limit: Count(u64::from(visit.ctx.settings().correlations.limit)),
        counted: found.first().map(|one| Moment(one.ranked.counted)),
        pager: Pager::of(ListUrl::new(path, &[]), input.page(), PAGE_ROWS, total),
        rows: found.into_iter().map(ranked).collect(),
    })
}

fn ranked(one: RankedValue) -> RankingRow {
    let count = |number: i64| Count(u64::try_from(number).unwrap_or(0));
    let value = one.ranked.value;
    RankingRow {
        attributes: count(one.ranked.attributes),
        events: count(one.ranked.events),
        over: one.over,
        excluded: one.excluded,
        list: ListUrl::new("/attributes/index", &[("value", &value)]),
        exclude: ListUrl::new("/correlation_exclusions/add", &[("value", &value)]),
        value,
    }
}

async fn count(visit: Visit, _: Input) -> Answer {
    let job = correlations::request_ranking(&visit.ctx).await?;
    done(&visit, &format!("/jobs/view/{job}"), "Values are being counted.")
}

async fn exclusions(visit: Visit, input: Input) -> Answer {
    let query = input.query.get("searchall").to_owned();
    let (found, total) =
        correlation_exclusions::index(&visit.ctx, query.clone(), input.page(), PAGE_ROWS).await?;
    let url = ListUrl::new("/correlation_exclusions/index", &[("searchall", &query)]);
    page(&ExclusionIndexPage {
        frame: visit.frame("Exclusions from correlation", Nav::Correlations),
        query,
        pager: Pager::of(url, input.page(), PAGE_ROWS, total),
        rows: found.into_iter().map(exclusion).collect(),
    })
}

fn exclusion(one: CorrelationExclusion) -> ExclusionRow {
    ExclusionRow {
        id: one.id.0,
        value: one.value,
        comment: one.comment.unwrap_or_default(),
    }
}

fn exclusion_id(input: &Input) -> AppResult<CorrelationExclusionId> {
    input.id(0).map(CorrelationExclusionId)
}

fn exclusion_body(input: &Input) -> CorrelationExclusionIn {
    CorrelationExclusionIn {
        value: Loose::Text(input.form.get("value").into()),
        comment: Loose::Text(input.form.get("comment").into()),
    }
}

fn show_exclusion(visit: &Visit, mut shown: ExclusionFormPage) -> Answer {
    visit.ctx.require(Permission::SiteAdmin)?;
    shown.frame = visit.frame("Exclusion from correlation", Nav::Correlations);
    form(&shown, &shown.errors)
}

/// The form, with the value that a row of another page names.
async fn add_exclusion_form(visit: Visit, input: Input) -> Answer {
    let shown = ExclusionFormPage {
        value: input.query.get("value").into(),
        ..ExclusionFormPage::default()
    };
    show_exclusion(&visit, shown)
}

async fn add_exclusion(visit: Visit, input: Input) -> Answer {
    match correlation_exclusions::add(&visit.ctx, exclusion_body(&input)).await {
        Ok(_) => done(&visit, "/correlation_exclusions/index", "Value excluded."),
        Err(AppError::Invalid(errors)) => show_exclusion(
            &visit,
            ExclusionFormPage {
                value: input.form.get("value").into(),
                comment: input.form.get("comment").into(),
                errors: Errors::from(&errors),
                ..ExclusionFormPage::default()
            },
        ),
        Err(error) => Err(error),
    }
}

async fn edit_exclusion_form(visit: Visit, input: Input) -> Answer {
    let row = exclusion(correlation_exclusions::view(&visit.ctx, exclusion_id(&input)?).await?);
    let shown = ExclusionFormPage {
        id: Some(row.id),
        value: row.value,
        comment: row.comment,
        ..ExclusionFormPage::default()
    };
    show_exclusion(&visit, shown)
}

async fn edit_exclusion(visit: Visit, input: Input) -> Answer {
    let id = exclusion_id(&input)?;
    match correlation_exclusions::edit(&visit.ctx, id, exclusion_body(&input)).await {
        Ok(_) => done(&visit, "/correlation_exclusions/index", "Exclusion saved."),
        Err(AppError::Invalid(errors)) => {
            let row = exclusion(correlation_exclusions::view(&visit.ctx, id).await?);
            let shown = ExclusionFormPage {
                id: Some(row.id),
                value: row.value,
                comment: input.form.get("comment").into(),
                errors: Errors::from(&errors),
                ..ExclusionFormPage::default()
            };
            show_exclusion(&visit, shown)
        }
        Err(error) => Err(error),
    }
}

async fn delete_exclusion(visit: Visit, input: Input) -> Answer {
    correlation_exclusions::delete(&visit.ctx, exclusion_id(&input)?).await?;
    done(&visit, "/correlation_exclusions/index", "Exclusion removed.")
}

const fn selector_label(selector: Selector) -> &'static str {
    match selector {
        Selector::OrgcId => "Creating organisation",
        Selector::OrgId => "Owning organisation",
        Selector::EventId => "Event",
        Selector::EventInfo => "Title",
    }
}

async fn rules(visit: Visit, input: Input) -> Answer {
    let (found, total) = correlation_rules::index(&visit.ctx, input.page(), PAGE_ROWS).await?;
    let row = |one: CorrelationRule| RuleRow {
        id: one.id.0,
        name: one.name,
        comment: one.comment,
        selector: selector_label(one.selector),
        list: one.list.join(", "),
    };
    page(&RuleIndexPage {
        frame: visit.frame("Rules of correlation", Nav::Correlations),
        pager: Pager::of(
            ListUrl::new("/correlation_rules/index", &[]),
            input.page(),
            PAGE_ROWS,
            total,
        ),
        rows: found.into_iter().map(row).collect(),
    })
}

fn rule_id(input: &Input) -> AppResult<CorrelationRuleId> {
    input.id(0).map(CorrelationRuleId)
}

fn show_rule(visit: &Visit, mut shown: RuleFormPage, selector: &str) -> Answer {
    visit.ctx.require(Permission::SiteAdmin)?;
    shown.frame = visit.frame("Rule of correlation", Nav::Correlations);
    let offered = Selector::ALL.map(|one| (one.name(), selector_label(one)));
    shown.selectors = Choice::list(offered, selector);
    form(&shown, &shown.errors)
}

/// The form as it was sent, with what is wrong.
fn refused_rule(visit: &Visit, input: &Input, id: Option<i64>, errors: Errors) -> Answer {
    let text = |name: &str| input.form.get(name).to_owned();
    let shown = RuleFormPage {
        id,
        name: text("name"),
        comment: text("comment"),
        list: text("selector_list"),
        errors,
        ..RuleFormPage::default()
    };
    show_rule(visit, shown, &text("selector_type"))
}

fn rule_body(input: &Input) -> CorrelationRuleIn {
    let text = |name: &str| Loose::Text(input.form.get(name).to_owned());
    // A title may hold commas: only lines separate entries here.
    let entries = input.form.get("selector_list").lines().map(str::trim);
    CorrelationRuleIn {
        name: text("name"),
        comment: text("comment"),
        selector_type: text("selector_type"),
        selector_list: entries.filter(|line| !line.is_empty()).map(Value::from).collect(),
    }
}

async fn add_rule_form(visit: Visit, _: Input) -> Answer {
    show_rule(&visit, RuleFormPage::default(), Selector::default().name())
}

async fn add_rule(visit: Visit, input: Input) -> Answer {
    match correlation_rules::add(&visit.ctx, rule_body(&input)).await {
        Ok(_) => done(&visit, "/correlation_rules/index", "Rule added."),
        Err(AppError::Invalid(errors)) => refused_rule(&visit, &input, None, Errors::from(&errors)),
        Err(error) => Err(error),
    }
}

async fn edit_rule_form(visit: Visit, input: Input) -> Answer {
    let rule = correlation_rules::view(&visit.ctx, rule_id(&input)?).await?;
    let shown = RuleFormPage {
        id: Some(rule.id.0),
        name: rule.name,
        comment: rule.comment,
        list: rule.list.join("\n"),
        ..RuleFormPage::default()
    };
    show_rule(&visit, shown, rule.selector.name())
}

async fn edit_rule(visit: Visit, input: Input) -> Answer {
    let id = rule_id(&input)?;
    match correlation_rules::edit(&visit.ctx, id, rule_body(&input)).await {
        Ok(_) => done(&visit, "/correlation_rules/index", "Rule saved."),
        Err(AppError::Invalid(errors)) => refused_rule(&visit, &input, Some(id.0), Errors::from(&errors)),
        Err(error) => Err(error),
    }
}

async fn delete_rule(visit: Visit, input: Input) -> Answer {
    correlation_rules::delete(&visit.ctx, rule_id(&input)?).await?;
    done(&visit, "/correlation_rules/index", "Rule removed.")
}

/// Every page of this file.
pub(super) fn routes() -> Router {
    Router::new()
        .route(
            "/correlations/top",
            show(|visit, input| ranking(visit, input, false)),
        )
        .route(
            "/correlations/overCorrelations",
            show(|visit, input| ranking(visit, input, true)),
        )
        .route("/correlations/generateTopCorrelations", act(count))
        .route("/correlation_exclusions/index", show(exclusions))
        .route(
            "/correlation_exclusions/add",
            show(add_exclusion_form).merge(act(add_exclusion)),
        )
        .route(
            "/correlation_exclusions/edit/{id}",
            show(edit_exclusion_form).merge(act(edit_exclusion)),
        )
        .route("/correlation_exclusions/delete/{id}", act(delete_exclusion))
        .route("/correlation_rules/index", show(rules))
        .route("/correlation_rules/add", show(add_rule_form).merge(act(add_rule)))
        .route(
            "/correlation_rules/edit/{id}",
            show(edit_rule_form).merge(act(edit_rule)),
        )
        .route("/correlation_rules/delete/{id}", act(delete_rule))
}
