//! Event reports: the list, a report, writing one, and the indicators in it.

use super::analyst_data::thread_on;
use super::words::audience;
use crate::http::{Answer, Form, Input, Visit, done, fragment, page};
use crate::layout::Nav;
use crate::pages::errors::Errors;
use crate::pages::event_reports::{
    ExtractPage, ExtractRow, ReportFormPage, ReportHead, ReportIndexPage, ReportIndexRow, ReportPage,
    ReportPreview, ReportTarget, ReportTargets,
};
use crate::pages::events::EventLink;
use crate::pages::list::{ListUrl, Pager};
use crate::pages::moment::Moment;
use crate::pages::wording::{Audience, Choice};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::IntoResponse;
use sightline_app::event_reports::{self, Detail, Filter, Key, Rendered};
use sightline_app::events::{self, EventKey};
use sightline_app::sharing_groups;
use sightline_core::ids::SharingGroupId;
use sightline_core::limits::PAGE_ROWS;
use sightline_core::{AppError, AppResult, Permission};
use sightline_misp::input::{EventReportIn, Loose};
use sightline_misp::records::{EntityKind, EntityRef};
use sightline_misp::types::AttributeType;

fn key(input: &Input) -> AppResult<Key> {
    event_reports::key(input.arg(0))
}

fn sees(detail: &Detail) -> Audience {
    let group = detail.group.as_ref().map(|group| group.name.as_str());
    audience(detail.report.distribution, &detail.org.name, group)
}

fn event_link(detail: &Detail) -> EventLink {
    EventLink {
        id: detail.event.id.0,
        info: detail.event.info.clone(),
    }
}

pub(super) async fn index(visit: Visit, input: Input) -> Answer {
    let query = input.query.get("value").to_owned();
    let filter = Filter {
        events: None,
        deleted: Some(false),
        text: (!query.is_empty()).then(|| query.clone()),
    };
    let listed = event_reports::page(&visit.ctx, filter, PAGE_ROWS, input.page()).await?;
    page(&ReportIndexPage {
        frame: visit.frame("Reports", Nav::Reports),
        pager: Pager {
            url: ListUrl::new("/event_reports/index", &[("value", &query)]),
            page: u64::from(input.page()),
            per_page: u64::from(PAGE_ROWS),
            total: listed.total,
        },
        query,
        rows: listed
            .rows
            .iter()
            .map(|detail| ReportIndexRow {
                id: detail.report.id.0,
                name: detail.report.name.clone(),
                event: event_link(detail),
                org: detail.orgc.name.clone(),
                modified: Moment(detail.report.timestamp),
                audience: sees(detail),
            })
            .collect(),
    })
}

pub(super) async fn view(visit: Visit, input: Input) -> Answer {
    let key = key(&input)?;
    let detail = event_reports::view(&visit.ctx, key).await?;
    let rendered = match event_reports::rendered(&visit.ctx, key).await {
        Ok(rendered) => Some(rendered),
        Err(AppError::TooLarge(_)) => None,
        Err(error) => return Err(error),
    };
    let on = EntityRef {
        kind: EntityKind::EventReport,
        uuid: detail.report.uuid,
    };
    page(&ReportPage {
        frame: visit.frame(detail.report.name.clone(), Nav::Reports),
        thread: thread_on(&visit, on, &detail.hung),
        report: ReportHead {
            id: detail.report.id.0,
            uuid: detail.report.uuid.to_string(),
            name: detail.report.name.clone(),
            event: event_link(&detail),
            org: detail.orgc.name.clone(),
            modified: Moment(detail.report.timestamp),
            audience: sees(&detail),
            deleted: detail.report.deleted,
            can_modify: detail.may_modify && visit.may(Permission::Add),
        },
        rendered,
        content: detail.report.content,
    })
}

pub(super) async fn download(visit: Visit, input: Input) -> Answer {
    let report = event_reports::view(&visit.ctx, key(&input)?).await?.report;
    let name = format!("attachment; filename=\"report-{}.md\"", report.id);
    let about = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/markdown; charset=utf-8"),
        ),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_str(&name).map_err(AppError::internal)?,
        ),
    ];
    Ok((about, report.content).into_response())
}

/// What a form says of a report.
fn body_of(form: &Form) -> EventReportIn {
    let text = |value: &str| Loose::Text(value.to_owned());
    EventReportIn {
        name: text(form.get("name")),
        // Browsers send lines with carriage returns; Markdown and diffs want none.
        content: Loose::Text(form.raw("content").replace("\r\n", "\n")),
        distribution: text(form.get("distribution")),
        sharing_group_id: text(form.get("sharing_group_id")),
        ..EventReportIn::default()
    }
}

struct Draft {
    event: EventLink,
    id: Option<i64>,
    name: String,
    content: String,
    distribution: String,
    group: String,
}

async fn show_form(visit: &Visit, draft: Draft, errors: Errors) -> Answer {
    let kept = draft.group.parse().unwrap_or(0);
    let groups = sharing_groups::choosable(&visit.ctx, SharingGroupId(kept)).await?;
    let refused = !errors.0.is_empty();
    let title = if draft.id.is_some() {
        "Edit report"
    } else {
        "Write a report"
    };
    let form = ReportFormPage {
        frame: visit.frame(title, Nav::Reports),
        preview: preview_of(visit, draft.content.clone()).await?,
        event: draft.event,
        id: draft.id,
        name: draft.name,
        content: draft.content,
        distribution: Choice::distributions(&draft.distribution, !groups.is_empty(), true),
        sharing_groups: Choice::list(groups, &draft.group),
        errors,
    };
    let mut response = page(&form)?;
    if refused {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

/// A text that is too long has no preview; saving says so.
async fn preview_of(visit: &Visit, content: String) -> AppResult<ReportPreview> {
    let rendered = match event_reports::written(&visit.ctx, content).await {
        Err(AppError::TooLarge(_)) => Rendered::default(),
        other => other?,
    };
    Ok(ReportPreview { rendered })
}

/// The event that a report is written for, of those who may.
async fn writable_event(visit: &Visit, key: EventKey) -> AppResult<EventLink> {
    visit.ctx.require(Permission::Add)?;
    visit
        .ctx
        .read(move |ctx, tx| {
            let event = events::find(ctx, tx, &key)?;
            events::require_modify(ctx, &event)?;
            Ok(EventLink {
                id: event.id.0,
                info: event.info,
            })
        })
        .await
}

pub(super) async fn add_form(visit: Visit, input: Input) -> Answer {
    let event = writable_event(&visit, EventKey::parse(input.arg(0))?).await?;
    let distribution = visit.ctx.settings().events.attribute_distribution();
    let draft = Draft {
        event,
        id: None,
        name: String::new(),
        content: String::new(),
        distribution: distribution.number().to_string(),
        group: String::new(),
    };
    show_form(&visit, draft, Errors::default()).await
}

/// The form as its user left it, with what is wrong.
async fn again(
    visit: &Visit,
    event: EventLink,
    id: Option<i64>,
    form: &Form,
    fields: &sightline_core::FieldErrors,
) -> Answer {
    let draft = Draft {
        event,
        id,
        name: form.get("name").to_owned(),
        content: form.raw("content").to_owned(),
        distribution: form.get("distribution").to_owned(),
        group: form.get("sharing_group_id").to_owned(),
    };
    show_form(visit, draft, Errors::from(fields)).await
}

pub(super) async fn add(visit: Visit, input: Input) -> Answer {
    let event = EventKey::parse(input.arg(0))?;
    match event_reports::add(&visit.ctx, event, body_of(&input.form)).await {
        Ok(detail) => done(
            &visit,
            &format!("/event_reports/view/{}", detail.report.id),
            "Report saved.",
        ),
        Err(AppError::Invalid(fields)) => {
            let event = writable_event(&visit, event).await?;
            again(&visit, event, None, &input.form, &fields).await
        }
        Err(error) => Err(error),
    }
}

pub(super) async fn edit_form(visit: Visit, input: Input) -> Answer {
    let detail = event_reports::view(&visit.ctx, key(&input)?).await?;
    let event = writable_event(&visit, EventKey::Id(detail.event.id)).await?;
    let report = detail.report;
    let draft = Draft {
        event,
        id: Some(report.id.0),
        name: report.name,
        content: report.content,
        distribution: report.distribution.number().to_string(),
        group: report.sharing_group_id.to_string(),
    };
    show_form(&visit, draft, Errors::default()).await
}

pub(super) async fn edit(visit: Visit, input: Input) -> Answer {
    let key = key(&input)?;
    match event_reports::edit(&visit.ctx, key, body_of(&input.form)).await {
        Ok(detail) => done(
            &visit,
            &format!("/event_reports/view/{}", detail.report.id),
            "Report saved.",
        ),
        Err(AppError::Invalid(fields)) => {
            let detail = event_reports::view(&visit.ctx, key).await?;
            let id = Some(detail.report.id.0);
            again(&visit, event_link(&detail), id, &input.form, &fields).await
        }
        Err(error) => Err(error),
    }
}

pub(super) async fn preview(visit: Visit, input: Input) -> Answer {
    let content = input.form.raw("content").replace("\r\n", "\n");
    fragment(&preview_of(&visit, content).await?, None)
}

pub(super) async fn targets(visit: Visit, input: Input) -> Answer {
    let query = input.query.get("q").to_owned();
    let event = EventKey::parse(input.arg(0))?;
    let (event, found) = event_reports::targets(&visit.ctx, event, query.clone()).await?;
    fragment(
        &ReportTargets {
            event_id: event.0,
            query,
            offers: found
                .into_iter()
                .map(|target| ReportTarget {
                    markup: target.markup,
                    label: target.label,
                    text: target.text.chars().take(OFFER_CHARS).collect(),
                })
                .collect(),
        },
        None,
    )
}

/// Characters of a value that the picker shows.
const OFFER_CHARS: usize = 160;

pub(super) async fn delete(visit: Visit, input: Input) -> Answer {
    let hard = input.form.ticked("hard");
    let report = event_reports::delete(&visit.ctx, key(&input)?, hard).await?;
    done(
        &visit,
        &format!("/events/view/{}", report.event_id),
        "Report deleted.",
    )
}

pub(super) async fn restore(visit: Visit, input: Input) -> Answer {
    let report = event_reports::restore(&visit.ctx, key(&input)?).await?;
    done(
        &visit,
        &format!("/event_reports/view/{}", report.id),
        "Report restored.",
    )
}

pub(super) async fn import(visit: Visit, input: Input) -> Answer {
    let event = EventKey::parse(input.arg(0))?;
    let url = input.form.get("url").to_owned();
    let detail = event_reports::import_from_url(&visit.ctx, event, url).await?;
    done(
        &visit,
        &format!("/event_reports/view/{}", detail.report.id),
        "Report imported.",
    )
}

pub(super) async fn extract_form(visit: Visit, input: Input) -> Answer {
    let key = key(&input)?;
    let detail = event_reports::view(&visit.ctx, key).await?;
    let (_, found) = event_reports::extract(&visit.ctx, key).await?;
    page(&ExtractPage {
        frame: visit.frame("Indicators in the report", Nav::Reports),
        id: detail.report.id.0,
        name: detail.report.name.clone(),
        event: event_link(&detail),
        can_modify: detail.may_modify && visit.may(Permission::Add),
        rows: found
            .into_iter()
            .enumerate()
            .map(|(number, one)| ExtractRow {
                number,
                original: Some(one.original_value).filter(|original| *original != one.value),
                types: one
                    .types
                    .iter()
                    .enumerate()
                    .map(|(n, kind)| Choice {
                        value: kind.name().into(),
                        label: kind.name().into(),
                        selected: n == 0,
                    })
                    .collect(),
                value: one.value,
                to_ids: one.to_ids,
                known: one.known,
            })
            .collect(),
    })
}

pub(super) async fn extract(visit: Visit, input: Input) -> Answer {
    let form = &input.form;
    let picked: AppResult<Vec<event_reports::Choice>> = form
        .all("pick")
        .map(|number| {
            let kind = AttributeType::parse(form.get(&format!("type-{number}")));
            Ok(event_reports::Choice {
                value: form.raw(&format!("value-{number}")).to_owned(),
                kind: kind.ok_or_else(|| AppError::BadRequest("There is no such type.".into()))?,
                to_ids: form.ticked(&format!("ids-{number}")),
            })
        })
        .collect();
    let picked = picked?;
    if picked.is_empty() {
        return Err(AppError::Refused(
            "Nothing was ticked, so nothing was added.".into(),
        ));
    }
    let (event, outcome) = event_reports::save_extracted(&visit.ctx, key(&input)?, picked).await?;
    let added = outcome.stored.len();
    let mut message = format!("{added} attribute{} added.", if added == 1 { "" } else { "s" });
    if !outcome.errors.is_empty() {
        message.push_str(&format!(" {} could not be added.", outcome.errors.len()));
    }
    done(&visit, &format!("/events/view/{event}"), &message)
}
