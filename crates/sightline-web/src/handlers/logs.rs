//! The audit log and the history of an event.

use crate::http::{Answer, Input, Visit, page};
use crate::layout::Nav;
use crate::pages::list::{FilterChip, ListUrl, Pager};
use crate::pages::logs::{AuditLogPage, EventHistoryPage, LogFilters, LogRow, LogTable};
use crate::pages::moment::Moment;
use crate::pages::wording::Choice;
use serde_json::Value;
use sightline_app::events::{self, EventKey};
use sightline_app::logs::{self, Entry, Number, Scope, Search, Text};
use sightline_core::AppResult;
use sightline_core::limits::PAGE_ROWS;

/// Seconds in a day.
const DAY: i64 = 24 * 3_600;
/// Actions that people look for.
const ACTIONS: [&str; 14] = [
    "add",
    "edit",
    "delete",
    "soft_delete",
    "publish",
    "unpublish",
    "tag",
    "remove_tag",
    "login",
    "login_fail",
    "logout",
    "change_pw",
    "reset_auth_key",
    "serverSettingsEdit",
];
/// Kinds of records.
const MODELS: [&str; 12] = [
    "Event",
    "Attribute",
    "Object",
    "ObjectReference",
    "Sighting",
    "Tag",
    "User",
    "AuthKey",
    "Organisation",
    "Role",
    "Feed",
    "Server",
];

/// Names of the query's filters with the words of their chips.
const FILTERS: [(&str, &str); 6] = [
    ("email", "User"),
    ("action", "Action"),
    ("model", "Record"),
    ("event_id", "Event"),
    ("from", "From"),
    ("to", "To"),
];

fn search(input: &Input, now: i64) -> Search {
    let mut search = Search {
        latest_first: true,
        page: input.page(),
        limit: PAGE_ROWS,
        from: logs::instant(input.query.get("from"), now),
        to: logs::instant(input.query.get("to"), now).map(|midnight| midnight + DAY - 1),
        ..Search::default()
    };
    for (name, column) in [
        ("email", Text::Email),
        ("action", Text::Action),
        ("model", Text::Model),
    ] {
        let wanted = input.query.get(name);
        if !wanted.is_empty() {
            search.texts.push((column, vec![wanted.to_owned()]));
        }
    }
    let event = input.query.get("event_id");
    if !event.is_empty() {
        // What is no number is no event's.
        search
            .numbers
            .push((Number::Event, vec![event.parse().unwrap_or(0)]));
    }
    search
}

pub(super) async fn index(visit: Visit, input: Input) -> Answer {
    let search = search(&input, visit.ctx.now());
    let total = logs::count(&visit.ctx, search.clone()).await?;
    let found = logs::index(&visit.ctx, search).await?;
    let given: Vec<(&str, &str)> = FILTERS
        .iter()
        .map(|(name, _)| (*name, input.query.get(name)))
        .collect();
    let url = ListUrl::new("/admin/audit_logs/index", &given);
    let chips = FILTERS
        .iter()
        .filter(|(name, _)| !input.query.get(name).is_empty());
    let chips = chips.map(|(name, word)| FilterChip::new(&url, name, word, input.query.get(name)));
    let any = |names: &[&str], current: &str| {
        let known = [("", "Any")]
            .into_iter()
            .chain(names.iter().map(|name| (*name, *name)));
        Choice::list(known, current)
    };
    let scope = match logs::scope(&visit.ctx) {
        Scope::Everything => "everybody's",
        Scope::Org(_) => "your organisation's",
        Scope::User(_) => "yours",
    };
    page(&AuditLogPage {
        frame: visit.frame("Audit log", Nav::Logs),
        scope: scope.into(),
        filters: LogFilters {
            email: input.query.get("email").to_owned(),
            actions: any(&ACTIONS, input.query.get("action")),
            models: any(&MODELS, input.query.get("model")),
            event: input.query.get("event_id").to_owned(),
            from: input.query.get("from").to_owned(),
            to: input.query.get("to").to_owned(),
        },
        chips: chips.collect(),
        pager: Pager {
            url,
            page: u64::from(input.page()),
            per_page: u64::from(PAGE_ROWS),
            total: u64::try_from(total).unwrap_or(0),
        },
        table: table(&found, true),
    })
}

pub(super) async fn event(visit: Visit, input: Input) -> Answer {
    let key = EventKey::parse(input.arg(0))?;
    let event = info(&visit, key).await?;
    let (found, _) = logs::history(&visit.ctx, key, None, input.page(), PAGE_ROWS).await?;
    let full = found.len() >= usize::try_from(PAGE_ROWS).unwrap_or(usize::MAX);
    let url = ListUrl::new(&format!("/audit_logs/eventIndex/{}", event.0), &[]);
    page(&EventHistoryPage {
        frame: visit.frame(format!("History of event {}", event.0), Nav::Events),
        id: event.0,
        info: event.1,
        older: full.then(|| url.with("page", &(input.page() + 1).to_string())),
        table: table(&found, visit.ctx.caller.is_site_admin()),
    })
}

async fn info(visit: &Visit, key: EventKey) -> AppResult<(i64, String)> {
    visit
        .ctx
        .read(move |ctx, tx| {
            let event = events::find(ctx, tx, &key)?;
            Ok((event.id.0, event.info))
        })
        .await
}

pub(super) fn table(found: &[Entry], traces: bool) -> LogTable {
    LogTable {
        rows: found.iter().map(row).collect(),
        traces,
    }
}

fn row(entry: &Entry) -> LogRow {
    let id = entry.model_id;
    let url = match (entry.model.as_str(), entry.event_id) {
        (_, Some(event)) => format!("/events/view/{event}"),
        ("Organisation", None) => format!("/organisations/view/{id}"),
        ("User", None) if id != 0 => format!("/admin/users/view/{id}"),
        ("Job", None) if id != 0 => format!("/jobs/view/{id}"),
        _ => String::new(),
    };
    LogRow {
        at: Moment(entry.created),
        who: entry.email.clone(),
        org: entry.org_name.clone().unwrap_or_default(),
        through: match entry.request_type {
            0 => "page",
            1 => "API",
            _ => "job",
        },
        action: entry.action.clone(),
        record: if id == 0 {
            entry.model.clone()
        } else {
            format!("{} {id}", entry.model)
        },
        title: entry.model_title.clone(),
        url,
        changes: changes(&entry.change),
        ip: entry.ip.clone().unwrap_or_default(),
        key: if entry.authkey_id.0 == 0 {
            String::new()
        } else {
            entry.authkey_id.to_string()
        },
        agent: entry.user_agent.clone().unwrap_or_default(),
    }
}

fn changes(change: &Value) -> Vec<(String, String, String)> {
    let shown = |value: &Value| match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let fields = change.as_object().into_iter().flatten();
    fields
        .map(|(field, value)| match value.as_array().map(Vec::as_slice) {
            Some([old, new]) => (field.clone(), shown(old), shown(new)),
            _ => (field.clone(), String::new(), shown(value)),
        })
        .collect()
}
