//! The event index, the event page, and what its buttons do.

use super::analyst_data::thread_on;
use super::attribute_forms::form_of;
use super::attributes::first_window;
use super::proposals::row as proposal_row;
use super::threads::on_event;
use super::words::{audience, pills};
use crate::http::{Answer, Input, Visit, done, page};
use crate::layout::Nav;
use crate::pages::attributes::{AttributeForm, SightingCounts, TagEditor, TagTarget};
use crate::pages::errors::Errors;
use crate::pages::events::{
    EventFilter, EventFormPage, EventHead, EventIndexPage, EventLink, EventPage, EventRights, EventRow,
    OrgLink, RelatedEvent, ReportRow,
};
use crate::pages::list::{FilterChip, ListUrl, Pager};
use crate::pages::moment::{Count, Moment};
use crate::pages::wording::{Choice, Threat, analysis_label};
use axum::body::{Body, Bytes};
use axum::http::header;
use axum::response::IntoResponse;
use futures_util::stream;
use sightline_app::event_delegations::{self, Standing};
use sightline_app::events::document::{EventDocument, Options};
use sightline_app::events::{self, EventKey, Row, Summary};
use sightline_app::mail::{self, Alerted};
use sightline_app::{proposals, sharing_groups, user_settings};
use sightline_core::limits::PAGE_ROWS;
use sightline_core::{AppError, AppResult, Permission};
use sightline_misp::input::{EventIn, Loose};
use sightline_misp::records::{EntityKind, EntityRef};
use sightline_query::{EventIndex, Request as Query};

/// Filters of the address that the index understands, beside paging and order.
const FILTERS: &[(&str, &str, &str)] = &[
    ("all", "all", "Search"),
    ("published", "published", "Published"),
    ("org", "org", "Organisation"),
    ("tag", "tag", "Tag"),
    ("from", "datefrom", "From"),
    ("until", "dateuntil", "Until"),
    ("threatlevel", "threatlevel", "Threat level"),
    ("analysis", "analysis", "Analysis"),
    ("distribution", "distribution", "Distribution"),
    ("sharinggroup", "sharinggroup", "Sharing group"),
    ("hasproposal", "hasproposal", "Proposals"),
];

pub(super) async fn index(visit: Visit, input: Input) -> Answer {
    let given = |name: &str| input.query.get(name).to_owned();
    let mut url = ListUrl::new("/events/index", &[]);
    let mut named: Vec<(String, String)> = Vec::new();
    let mut chips = Vec::new();
    for (param, filter, _) in FILTERS {
        let value = given(param);
        if !value.is_empty() {
            url = url.with(param, &value);
            named.push((format!("search{filter}"), value));
        }
    }
    for (param, _, label) in FILTERS {
        let value = given(param);
        if !value.is_empty() {
            chips.push(FilterChip::new(&url, param, label, &worded(param, &value)));
        }
    }
    let (sort, direction) = (given("sort"), given("direction"));
    let (field, order) = if sort.is_empty() {
        ("timestamp", "desc")
    } else {
        (sort.as_str(), direction.as_str())
    };
    named.push(("sort".into(), field.into()));
    named.push((
        "direction".into(),
        if order == "asc" {
            "asc".into()
        } else {
            "desc".into()
        },
    ));
    named.push(("limit".into(), PAGE_ROWS.to_string()));
    named.push(("page".into(), input.page().to_string()));
    let url = url.with("sort", &sort).with("direction", &direction);
    let request = Query {
        get: true,
        named: &named,
        ..Query::default()
    };
    let query = EventIndex::parse(request, visit.ctx.now())?;
    let (rows, total) = events::rows(&visit.ctx, query).await?;
    let mut frame = visit.frame("Events", Nav::Events);
    frame.search = given("all");
    page(&EventIndexPage {
        frame,
        filter: EventFilter {
            text: given("all"),
            published: Choice::list(
                [("", "Any"), ("1", "Published"), ("0", "Not published")],
                &given("published"),
            ),
            org: given("org"),
            orgs: Vec::new(),
            tag: given("tag"),
            tags: Vec::new(),
            from: given("from"),
            until: given("until"),
            threat: any(Choice::threat_levels(&given("threatlevel"))),
            analysis: any(Choice::analyses(&given("analysis"))),
            distribution: any(Choice::distributions(&given("distribution"), true, false)),
            proposals: Choice::list(
                [("", "Any"), ("1", "Open ones"), ("0", "None")],
                &given("hasproposal"),
            ),
        },
        chips,
        pager: Pager {
            url,
            page: u64::from(input.page()),
            per_page: u64::from(PAGE_ROWS),
            total,
        },
        rows: rows.iter().map(row).collect(),
        can_add: visit.may(Permission::Add),
        can_delete: visit.may(Permission::Add),
        with_correlations: visit.ctx.settings().correlations.on_index,
        hidden: hidden(&visit).await?,
    })
}

/// The columns that the visitor hides and this list has.
async fn hidden(visit: &Visit) -> AppResult<Vec<&'static str>> {
    let named = user_settings::hidden_columns(&visit.ctx).await?;
    let known = user_settings::COLUMNS.iter().map(|(name, _)| *name);
    Ok(known.filter(|name| named.iter().any(|one| one == name)).collect())
}

/// A choice of "any" before the others.
fn any(mut choices: Vec<Choice>) -> Vec<Choice> {
    let none = choices.iter().all(|choice| !choice.selected);
    choices.insert(
        0,
        Choice {
            value: String::new(),
            label: "Any".into(),
            selected: none,
        },
    );
    choices
}

fn worded(param: &str, value: &str) -> String {
    let number = value.parse().unwrap_or(-1);
    match (param, number) {
        ("published", 1) => "yes".into(),
        ("published", 0) => "no".into(),
        ("hasproposal", 1) => "open ones".into(),
        ("hasproposal", 0) => "none".into(),
        ("threatlevel", 1..=4) => Threat::from_id(number).label().into(),
        ("analysis", 0..=2) => analysis_label(number).into(),
        ("distribution", 0..=4) => sightline_misp::records::Distribution::from_number(number)
            .map_or_else(|| value.to_owned(), |level| level.label().to_owned()),
        _ => value.to_owned(),
    }
}

fn row(row: &Row) -> EventRow {
    let event = &row.event;
    EventRow {
        id: event.id.0,
        info: event.info.clone(),
        published: event.published,
        creator_org: row.orgc.name.clone(),
        tags: pills(&row.tags),
        attributes: Count(u64::try_from(event.attribute_count).unwrap_or(0)),
        correlations: row.correlations.map(Count),
        sightings: Count(row.sightings),
        proposals: Count(row.proposals),
        reports: Count(row.reports),
        date: event.date.clone(),
        modified: Moment(event.timestamp),
        threat: Threat::from_id(event.threat_level.number()),
        analysis: event.analysis.label().into(),
        audience: audience(event.distribution, &row.orgc.name, row.sharing_group.as_deref()),
    }
}

fn key(input: &Input) -> Result<EventKey, AppError> {
    EventKey::parse(input.arg(0))
}

pub(super) async fn view(visit: Visit, input: Input) -> Answer {
    let key = key(&input)?;
    let summary = events::summary(&visit.ctx, key).await?;
    let table = first_window(&visit, key, &input.query).await?;
    let proposed = proposals::of_event(&visit.ctx, key, PROPOSALS_SHOWN).await?;
    let delegation = event_delegations::standing(&visit.ctx, &summary.event).await?;
    let propose = !summary.may_modify && visit.may(Permission::Add);
    let add_form = if summary.may_modify || propose {
        let form = form_of(&visit, summary.event.id.0, "", Errors::default()).await?;
        Some(AttributeForm {
            proposing: propose,
            ..form
        })
    } else {
        None
    };
    let new = u64::try_from(proposed.new.len()).unwrap_or(0);
    page(&EventPage {
        frame: visit.frame(summary.event.info.clone(), Nav::Events),
        event: EventHead {
            proposals: Count(proposed.open),
            ..head(&summary)
        },
        rights: EventRights {
            modify: summary.may_modify,
            publish: summary.may_publish,
            propose,
            delegate: delegation == Standing::Offerable,
        },
        offer: match delegation {
            Standing::Offered(id, org) => Some((id.0, org.name)),
            Standing::Offerable | Standing::None => None,
        },
        proposals: proposed
            .new
            .iter()
            .map(|shown| proposal_row(&visit, &summary.event, shown))
            .collect(),
        proposals_more: proposed.open > new,
        related: summary.related.iter().take(RELATED_SHOWN).map(related).collect(),
        related_total: Count(u64::try_from(summary.related.len()).unwrap_or(0)),
        reports: summary
            .reports
            .iter()
            .map(|report| ReportRow {
                id: report.id.0,
                name: report.name.clone(),
                modified: Moment(report.timestamp),
                audience: audience(report.distribution, &summary.org.name, None),
            })
            .collect(),
        can_write_reports: summary.may_modify && visit.may(Permission::Add),
        thread: thread_on(
            &visit,
            EntityRef {
                kind: EntityKind::Event,
                uuid: summary.event.uuid,
            },
            &summary.hung,
        ),
        discussion: on_event(&visit, summary.event.id.0).await?,
        table,
        add_form,
    })
}

/// Proposed attributes on the page before a link to the others.
const PROPOSALS_SHOWN: usize = 50;
/// Related events on the page before "and so many more".
const RELATED_SHOWN: usize = 15;

fn related(other: &sightline_app::correlations::RelatedEvent) -> RelatedEvent {
    let event = &other.event.event;
    RelatedEvent {
        id: event.id.0,
        info: event.info.clone(),
        date: event.date.clone(),
        org: other.event.orgc.name.clone(),
        shared: Count(u64::try_from(other.shared).unwrap_or(0)),
        example: other.example.clone(),
    }
}

fn head(summary: &Summary) -> EventHead {
    let event = &summary.event;
    let link = |event: &sightline_misp::records::Event| EventLink {
        id: event.id.0,
        info: event.info.clone(),
    };
    let (seen, false_positive, expired) = summary.sightings;
    EventHead {
        id: event.id.0,
        uuid: event.uuid.to_string(),
        info: event.info.clone(),
        published: event.published,
        published_at: Moment::if_set(event.publish_timestamp),
        changed_since: !event.published && event.publish_timestamp != 0,
        date: event.date.clone(),
        threat: Threat::from_id(event.threat_level.number()),
        analysis: event.analysis.label().into(),
        audience: audience(
            event.distribution,
            &summary.org.name,
            summary.sharing_group.as_deref(),
        ),
        creator: OrgLink {
            id: summary.orgc.id.0,
            name: summary.orgc.name.clone(),
        },
        owner: OrgLink {
            id: summary.org.id.0,
            name: summary.org.name.clone(),
        },
        creator_user: summary.creator_email.clone(),
        tags: TagEditor {
            target: TagTarget::Event,
            id: event.id.0,
            tags: pills(&summary.tags),
            can_tag: summary.may_tag,
            can_tag_locally: summary.may_tag_locally,
        },
        modified: Moment(event.timestamp),
        attributes: Count(summary.attributes),
        objects: Count(summary.objects),
        sightings: SightingCounts {
            seen: Count(seen),
            false_positive: Count(false_positive),
            expired: Count(expired),
        },
        extends: event.extends_uuid.map(|uuid| {
            summary.extends.as_ref().map_or_else(
                || EventLink {
                    id: 0,
                    info: uuid.to_string(),
                },
                link,
            )
        }),
        proposals: Count(0),
        extended_by: summary.extended_by.iter().map(link).collect(),
        correlation_disabled: event.disable_correlation,
        locked: event.locked,
    }
}

pub(super) async fn add_form(visit: Visit, _: Input) -> Answer {
    visit.ctx.require(Permission::Add)?;
    let settings = &visit.ctx.settings().events;
    let draft = Draft {
        date: visit.ctx.platform.clock.today(),
        distribution: settings.distribution().number().to_string(),
        threat: settings.default_threat_level.to_string(),
        analysis: "0".into(),
        ..Draft::default()
    };
    show_form(&visit, None, draft, Errors::default()).await
}

/// The fields of the form as the user left them.
#[derive(Clone, Debug, Default)]
struct Draft {
    info: String,
    date: String,
    distribution: String,
    sharing_group: String,
    threat: String,
    analysis: String,
    extends_uuid: String,
}

async fn show_form(visit: &Visit, id: Option<i64>, draft: Draft, errors: Errors) -> Answer {
    let kept = id.map_or(Ok(0), |_| draft.sharing_group.parse()).unwrap_or(0);
    let groups = sharing_groups::choosable(&visit.ctx, kept.into()).await?;
    let refused = !errors.0.is_empty();
    let title = if id.is_some() { "Edit event" } else { "Add event" };
    let form = EventFormPage {
        frame: visit.frame(title, if id.is_some() { Nav::Events } else { Nav::AddEvent }),
        id,
        info: draft.info,
        date: draft.date,
        distribution: Choice::distributions(&draft.distribution, !groups.is_empty(), false),
        sharing_groups: Choice::list(groups, &draft.sharing_group),
        threat: Choice::threat_levels(&draft.threat),
        analysis: Choice::analyses(&draft.analysis),
        extends_uuid: draft.extends_uuid,
        errors,
    };
    let mut response = page(&form)?;
    if refused {
        *response.status_mut() = axum::http::StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

fn draft_of(input: &Input) -> Draft {
    let given = |name: &str| input.form.get(name).to_owned();
    Draft {
        info: given("info"),
        date: given("date"),
        distribution: given("distribution"),
        sharing_group: given("sharing_group_id"),
        threat: given("threat_level_id"),
        analysis: given("analysis"),
        extends_uuid: given("extends_uuid"),
    }
}

fn body_of(draft: &Draft) -> EventIn {
    let text = |field: &str| Loose::Text(field.to_owned());
    EventIn {
        info: text(&draft.info),
        date: text(&draft.date),
        distribution: text(&draft.distribution),
        sharing_group_id: text(&draft.sharing_group),
        threat_level_id: text(&draft.threat),
        analysis: text(&draft.analysis),
        extends_uuid: text(&draft.extends_uuid),
        ..EventIn::default()
    }
}

pub(super) async fn add(visit: Visit, input: Input) -> Answer {
    let draft = draft_of(&input);
    match events::add(&visit.ctx, body_of(&draft)).await {
        Ok(added) => done(
            &visit,
            &format!("/events/view/{}", added.event.id),
            "Event added.",
        ),
        Err(AppError::Invalid(errors)) => show_form(&visit, None, draft, Errors::from(&errors)).await,
        Err(error) => Err(error),
    }
}

pub(super) async fn edit_form(visit: Visit, input: Input) -> Answer {
    let summary = events::summary(&visit.ctx, key(&input)?).await?;
    if !summary.may_modify {
        return Err(AppError::no_permission());
    }
    let event = summary.event;
    let draft = Draft {
        info: event.info,
        date: event.date,
        distribution: event.distribution.number().to_string(),
        sharing_group: event.sharing_group_id.to_string(),
        threat: event.threat_level.number().to_string(),
        analysis: event.analysis.number().to_string(),
        extends_uuid: event
            .extends_uuid
            .map(|uuid| uuid.to_string())
            .unwrap_or_default(),
    };
    show_form(&visit, Some(event.id.0), draft, Errors::default()).await
}

pub(super) async fn edit(visit: Visit, input: Input) -> Answer {
    let draft = draft_of(&input);
    match events::edit(&visit.ctx, key(&input)?, body_of(&draft)).await {
        Ok(event) => done(&visit, &format!("/events/view/{}", event.id), "Event saved."),
        Err(AppError::Invalid(errors)) => {
            show_form(&visit, Some(input.id(0)?), draft, Errors::from(&errors)).await
        }
        Err(error) => Err(error),
    }
}

pub(super) async fn publish(visit: Visit, input: Input) -> Answer {
    let published = if input.form.ticked("alert") {
        mail::alert(&visit.ctx, key(&input)?)
            .await
            .map(|(id, alerted)| match alerted {
                Alerted::Queued => (id, "Event published. The alerts are on their way.".to_owned()),
                Alerted::Suppressed(reason) => (id, format!("Event published without alerts: {reason}.")),
            })
    } else {
        let id = events::publish(&visit.ctx, key(&input)?).await;
        id.map(|id| (id, "Event published.".to_owned()))
    };
    let (id, message) = published.map_err(|error| match error {
        // The event is in sight: what is missing is the right.
        AppError::NotAllowed(reason) => AppError::Forbidden(reason),
        other => other,
    })?;
    done(&visit, &format!("/events/view/{id}"), &message)
}

pub(super) async fn unpublish(visit: Visit, input: Input) -> Answer {
    let id = events::unpublish_event(&visit.ctx, key(&input)?).await?;
    done(&visit, &format!("/events/view/{id}"), "Event unpublished.")
}

pub(super) async fn delete(visit: Visit, input: Input) -> Answer {
    events::delete(&visit.ctx, key(&input)?).await?;
    done(&visit, "/events/index", "Event deleted.")
}

/// The event as MISP JSON, read and sent piece by piece.
pub(super) async fn download(visit: Visit, input: Input) -> Answer {
    let key = key(&input)?;
    let ctx = visit.ctx;
    let document = ctx
        .read(move |ctx, tx| EventDocument::open(ctx, tx, &key, Options::default()))
        .await?;
    let chunks = stream::try_unfold(Some((ctx, document)), |state| async move {
        let Some((ctx, mut document)) = state else {
            return Ok::<_, AppError>(None);
        };
        let (document, more, chunk) = ctx
            .read(move |ctx, tx| {
                let mut out = Vec::new();
                let more = document.next(ctx, tx, &mut out)?;
                Ok((document, more, out))
            })
            .await?;
        Ok(Some((Bytes::from(chunk), more.then_some((ctx, document)))))
    });
    let name = format!("attachment; filename=\"event-{}.json\"", input.id(0)?);
    let about = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CONTENT_DISPOSITION, &name),
    ];
    Ok((about, Body::from_stream(chunks)).into_response())
}

/// Several events, ticked in the index.
pub(super) async fn delete_several(visit: Visit, input: Input) -> Answer {
    let mut deleted = 0;
    for id in input.form.ids("id") {
        events::delete(&visit.ctx, EventKey::Id(id.into())).await?;
        deleted += 1;
    }
    done(
        &visit,
        "/events/index",
        &format!("{deleted} event{} deleted.", if deleted == 1 { "" } else { "s" }),
    )
}
