//! Notes, opinions and relationships: a thread below what it is about, and what its forms do.

use super::words::audience;
use crate::http::{Answer, Input, Visit, done, fragment, page};
use crate::layout::Nav;
use crate::pages::analyst_data::{Entry, Related, Thread, ThreadPage};
use crate::pages::list::ListUrl;
use crate::pages::moment::Moment;
use crate::pages::wording::Choice;
use sightline_app::analyst_data::{self, Hung, Shown};
use sightline_core::{AppError, AppResult, Permission};
use sightline_misp::input::{AnalystIn, Loose};
use sightline_misp::records::{AnalystContent, AnalystKind, EntityKind, EntityRef};
use uuid::Uuid;

fn missing() -> AppError {
    AppError::not_found("There is no such record.")
}

fn entity(kind: &str, uuid: &str) -> AppResult<EntityRef> {
    Ok(EntityRef {
        kind: EntityKind::parse(kind).ok_or_else(missing)?,
        uuid: Uuid::try_parse(uuid).map_err(|_| missing())?,
    })
}

/// Who may see a new one: as what it hangs on, unless its writer narrows it.
fn levels(current: i64) -> Vec<Choice> {
    Choice::distributions(&current.to_string(), current == 4, true)
}

/// What hangs on a thing, as its page shows it.
pub(super) fn thread_on(visit: &Visit, on: EntityRef, hung: &Hung) -> Thread {
    let mut entries = Vec::new();
    for shown in &hung.list {
        flatten(shown, 0, &mut entries);
    }
    let usual = visit.ctx.settings().events.distribution().number();
    Thread {
        kind: on.kind.name().into(),
        uuid: on.uuid.to_string(),
        entries,
        can_write: visit.may(Permission::Add) && visit.may(Permission::AnalystData),
        distribution: levels(if usual == 4 { 5 } else { usual }),
        csrf_token: visit.csrf.clone(),
        with_marker: false,
    }
}

fn flatten(shown: &Shown, depth: usize, entries: &mut Vec<Entry>) {
    let data = &shown.data;
    let org = shown
        .orgc
        .as_ref()
        .map(|org| org.name.clone())
        .unwrap_or_default();
    let (text, opinion) = match &data.content {
        AnalystContent::Note { note, .. } => (note, None),
        AnalystContent::Opinion { opinion, comment } => (comment, Some(*opinion)),
        AnalystContent::Relationship {
            relationship_type, ..
        } => (relationship_type, None),
    };
    entries.push(Entry {
        uuid: data.uuid.to_string(),
        kind: data.kind().name(),
        depth,
        authors: data.authors.clone(),
        modified: Moment(data.modified),
        audience: audience(
            data.distribution,
            &org,
            shown.group.as_ref().map(|group| group.name.as_str()),
        ),
        org,
        text: text.clone(),
        opinion,
        related: related(shown),
        can_edit: shown.may_edit,
        cut: shown.cut,
        distribution: levels(data.distribution.number()),
    });
    for below in &shown.below {
        flatten(below, depth + 1, entries);
    }
}

fn related(shown: &Shown) -> Option<Related> {
    let AnalystContent::Relationship { related, .. } = &shown.data.content else {
        return None;
    };
    Some(match &shown.related {
        Some(entity) => Related {
            label: entity.label.to_lowercase(),
            text: entity.title.chars().take(TITLE_CHARS).collect(),
            href: place(related.kind, entity.id, entity.event_id.map(|event| event.0)),
        },
        None => Related {
            label: related.kind.name().to_lowercase(),
            text: related.uuid.to_string(),
            href: None,
        },
    })
}

/// Characters of a title in a thread.
const TITLE_CHARS: usize = 120;

/// Where a thing is shown.
fn place(kind: EntityKind, id: i64, event: Option<i64>) -> Option<ListUrl> {
    let path = match (kind, event) {
        (EntityKind::EventReport, _) => format!("/event_reports/view/{id}"),
        (EntityKind::Organisation, _) => format!("/organisations/view/{id}"),
        (_, Some(event)) => format!("/events/view/{event}"),
        _ => return None,
    };
    Some(ListUrl::new(&path, &[]))
}

/// The thread again, after a change; for a thing that is not visible it is what the caller's own organisation wrote.
async fn redrawn(visit: &Visit, on: EntityRef, announce: Option<&str>) -> Answer {
    let found = analyst_data::on(&visit.ctx, on).await?;
    let mut thread = thread_on(visit, on, &found.1);
    if visit.partial {
        thread.with_marker = true;
        return fragment(&thread, announce);
    }
    let (title, back) = match found.0 {
        Some(entity) => (
            format!("{} {}", entity.label.to_lowercase(), entity.title),
            place(on.kind, entity.id, entity.event_id.map(|event| event.0)),
        ),
        None => (on.uuid.to_string(), None),
    };
    page(&ThreadPage {
        frame: visit.frame("Notes and opinions", Nav::None),
        title,
        back,
        thread,
    })
}

pub(super) async fn thread(visit: Visit, input: Input) -> Answer {
    let on = entity(input.arg(0), input.arg(1))?;
    redrawn(&visit, on, None).await
}

/// The thread that a form stands in.
fn root(input: &Input) -> AppResult<EntityRef> {
    entity(input.form.get("root_kind"), input.form.get("root"))
}

async fn changed(visit: &Visit, input: &Input, message: &str) -> Answer {
    let on = root(input)?;
    if visit.partial {
        return redrawn(visit, on, Some(message)).await;
    }
    let path = format!("/analyst_data/thread/{}/{}", on.kind.name(), on.uuid);
    done(visit, &path, message)
}

/// What a form says of a record of a kind.
fn body_of(input: &Input, kind: AnalystKind) -> AnalystIn {
    let text = Loose::Text(input.form.raw("text").replace("\r\n", "\n"));
    let mut body = AnalystIn {
        distribution: Loose::Text(input.form.get("distribution").to_owned()),
        ..AnalystIn::default()
    };
    match kind {
        AnalystKind::Note => body.note = text,
        AnalystKind::Opinion => {
            body.comment = text;
            body.opinion = Loose::Text(input.form.get("opinion").to_owned());
        }
        AnalystKind::Relationship => {}
    }
    body
}

/// What a field's message says, without the field: the form has one field that can be wrong.
fn in_words(error: AppError) -> AppError {
    match error {
        AppError::Invalid(fields) => {
            let messages: Vec<String> = fields.0.into_values().flatten().collect();
            AppError::BadRequest(messages.join(" "))
        }
        other => other,
    }
}

pub(super) async fn add(visit: Visit, input: Input) -> Answer {
    let kind = AnalystKind::parse(input.arg(0)).ok_or_else(missing)?;
    let target = entity(input.form.get("on"), input.arg(1))?;
    analyst_data::add(&visit.ctx, kind, target, body_of(&input, kind))
        .await
        .map_err(in_words)?;
    let message = if kind == AnalystKind::Opinion {
        "Opinion added."
    } else {
        "Note added."
    };
    changed(&visit, &input, message).await
}

pub(super) async fn edit(visit: Visit, input: Input) -> Answer {
    let kind = AnalystKind::parse(input.form.get("on")).ok_or_else(missing)?;
    let key = analyst_data::key(Some(kind), input.arg(0))?;
    analyst_data::edit(&visit.ctx, Some(kind), key, body_of(&input, kind))
        .await
        .map_err(in_words)?;
    changed(&visit, &input, "Saved.").await
}

pub(super) async fn delete(visit: Visit, input: Input) -> Answer {
    let key = analyst_data::key(None, input.arg(0))?;
    analyst_data::delete(&visit.ctx, None, key, true).await?;
    changed(&visit, &input, "Deleted.").await
}
