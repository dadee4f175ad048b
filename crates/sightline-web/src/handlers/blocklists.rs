//! Blocklists of events and organisations.

use crate::http::{Answer, Input, Visit, act, done, form, page, show};
use crate::layout::Nav;
use crate::pages::blocklists::{BlocklistFormPage, BlocklistPage, BlocklistRow};
use crate::pages::errors::Errors;
use crate::pages::list::{ListUrl, Pager};
use crate::pages::moment::{Count, Moment};
use axum::Router;
use serde_json::Value;
use sightline_app::blocklists::{self, BlocklistIn, EntryKey, Filter};
use sightline_core::AppError;
use sightline_core::limits::PAGE_ROWS;
use sightline_misp::input::Loose;
use sightline_misp::records::{Blocklist, BlocklistEntry};
use uuid::Uuid;

fn path(list: Blocklist) -> &'static str {
    match list {
        Blocklist::Events => "/event_blocklists/index",
        Blocklist::Organisations => "/org_blocklists/index",
    }
}

async fn index(visit: Visit, input: Input, list: Blocklist) -> Answer {
    let query = input.query.get("searchall").to_owned();
    let uuid = Uuid::try_parse(&query).ok();
    let filter = Filter {
        uuid,
        any: (uuid.is_none() && !query.is_empty()).then(|| query.clone()),
        ..Filter::default()
    };
    let (found, total) = blocklists::index(&visit.ctx, list, filter, input.page(), PAGE_ROWS).await?;
    let url = ListUrl::new(path(list), &[("searchall", &query)]);
    page(&BlocklistPage {
        frame: visit.frame("Blocklists", Nav::Blocklists),
        of_events: list == Blocklist::Events,
        both: blocklists::may_manage(&visit.ctx, Blocklist::Organisations),
        query,
        pager: Pager::of(url, input.page(), PAGE_ROWS, total),
        rows: found.into_iter().map(row).collect(),
    })
}

fn row(entry: BlocklistEntry) -> BlocklistRow {
    BlocklistRow {
        id: entry.id.0,
        uuid: entry.uuid.to_string(),
        name: entry.name,
        creator: entry.creator,
        comment: entry.comment,
        created: Moment(entry.created),
        refused: Count(u64::try_from(entry.refused).unwrap_or(0)),
        last_refused: Moment::if_set(entry.last_refused),
    }
}

fn show_form(visit: &Visit, list: Blocklist, mut shown: BlocklistFormPage) -> Answer {
    if !blocklists::may_manage(&visit.ctx, list) {
        return Err(AppError::no_permission());
    }
    shown.of_events = list == Blocklist::Events;
    shown.frame = visit.frame("Blocklists", Nav::Blocklists);
    form(&shown, &shown.errors)
}

fn typed(input: &Input, list: Blocklist, id: Option<i64>, errors: Errors) -> BlocklistFormPage {
    let text = |name: &str| input.form.get(name).to_owned();
    BlocklistFormPage {
        id,
        uuids: text("uuids"),
        name: match list {
            Blocklist::Events => text("event_info"),
            Blocklist::Organisations => text("org_name"),
        },
        creator: text("event_orgc"),
        comment: text("comment"),
        errors,
        ..BlocklistFormPage::default()
    }
}

fn body_of(input: &Input) -> BlocklistIn {
    let text = |name: &str| Loose::Text(input.form.get(name).to_owned());
    BlocklistIn {
        uuids: Value::from(input.form.get("uuids")),
        comment: text("comment"),
        event_info: text("event_info"),
        event_orgc: text("event_orgc"),
        org_name: text("org_name"),
    }
}

async fn add(visit: Visit, input: Input, list: Blocklist) -> Answer {
    let added = match blocklists::add(&visit.ctx, list, body_of(&input)).await {
        Ok(added) => added,
        Err(AppError::Invalid(errors)) => {
            return show_form(&visit, list, typed(&input, list, None, Errors::from(&errors)));
        }
        Err(error) => return Err(error),
    };
    let mut message = format!("{} listed.", added.successes.len());
    if !added.fails.is_empty() {
        message.push_str(&format!(
            " {} left out: no uuids, or listed before.",
            added.fails.len()
        ));
    }
    done(&visit, path(list), &message)
}

async fn edit_form(visit: Visit, input: Input, list: Blocklist) -> Answer {
    let key = EntryKey::parse(input.arg(0))?;
    let entry = blocklists::view(&visit.ctx, list, key).await?;
    show_form(
        &visit,
        list,
        BlocklistFormPage {
            id: Some(entry.id.0),
            uuids: entry.uuid.to_string(),
            name: entry.name,
            creator: entry.creator,
            comment: entry.comment,
            ..BlocklistFormPage::default()
        },
    )
}

async fn edit(visit: Visit, input: Input, list: Blocklist) -> Answer {
    let key = EntryKey::parse(input.arg(0))?;
    match blocklists::edit(&visit.ctx, list, key, body_of(&input)).await {
        Ok(_) => done(&visit, path(list), "Entry saved."),
        Err(AppError::Invalid(errors)) => {
            let mut shown = typed(&input, list, Some(input.id(0)?), Errors::from(&errors));
            shown.uuids = blocklists::view(&visit.ctx, list, key).await?.uuid.to_string();
            show_form(&visit, list, shown)
        }
        Err(error) => Err(error),
    }
}

async fn delete(visit: Visit, input: Input, list: Blocklist) -> Answer {
    blocklists::delete(&visit.ctx, list, EntryKey::parse(input.arg(0))?).await?;
    done(&visit, path(list), "Entry removed.")
}

/// The pages of both lists.
pub(super) fn routes() -> Router {
    let mut routes = Router::new();
    for (base, list) in [
        ("/event_blocklists", Blocklist::Events),
        ("/org_blocklists", Blocklist::Organisations),
    ] {
        routes = routes
            .route(
                &format!("{base}/index"),
                show(move |visit, input| index(visit, input, list)),
            )
            .route(
                &format!("{base}/add"),
                show(move |visit, _| async move { show_form(&visit, list, BlocklistFormPage::default()) })
                    .merge(act(move |visit, input| add(visit, input, list))),
            )
            .route(
                &format!("{base}/edit/{{id}}"),
                show(move |visit, input| edit_form(visit, input, list))
                    .merge(act(move |visit, input| edit(visit, input, list))),
            )
            .route(
                &format!("{base}/delete/{{id}}"),
                act(move |visit, input| delete(visit, input, list)),
            );
    }
    routes
}
