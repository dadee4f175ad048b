//! Audit rows (spec 05 section 7): written in the transaction of the change that they record.

mod history;
mod prune;
mod search;

pub use history::{Reader, count_history, history};
pub use prune::{Pruned, prune};
pub use search::{Entry, Filter, Number, Scope, Text, by_id, count, days, list, logins};

use crate::{DbResult, Kind, Tx, Value, change_feed, params};
use sightline_core::ids::{AuthKeyId, EventId, OrgId, UserId};

/// How a change came in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RequestType {
    /// A page.
    Web,
    /// The REST API.
    Api,
    /// The command line, or a job.
    #[default]
    Cli,
}

impl RequestType {
    /// The number on the wire.
    pub const fn number(self) -> i64 {
        match self {
            Self::Web => 0,
            Self::Api => 1,
            Self::Cli => 2,
        }
    }
}

/// Who makes a change, and from where.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of spec 05 section 7")]
pub struct Actor {
    pub user_id: UserId,
    pub org_id: OrgId,
    pub email: String,
    pub authkey_id: AuthKeyId,
    pub ip: Option<String>,
    pub request_type: RequestType,
    pub request_id: Option<String>,
    pub user_agent: Option<String>,
}

/// What was changed.
#[derive(Clone, Debug)]
pub struct Change<'a> {
    /// `add`, `edit`, `delete`, `soft_delete`, `publish`, `tag`, … (spec 05 section 7).
    pub action: &'a str,
    /// `Event`, `Attribute`, `User`, …
    pub model: &'a str,
    /// The record's id.
    pub id: i64,
    /// A name that a person recognises.
    pub title: &'a str,
    /// The event that the record belongs to.
    pub event: Option<EventId>,
    /// Field -> `[old, new]`, or field -> new.
    pub fields: serde_json::Value,
}

/// Whether a key that names nobody, from an address or from none, was noted at `since` or later.
pub fn failed_lately(tx: &mut Tx<'_>, ip: Option<&str>, since: i64) -> DbResult<bool> {
    // The literal lets both engines take the partial index.
    let sql = |address: &str| {
        format!("SELECT 1 FROM audit_logs WHERE action = 'auth_fail' AND {address} AND created >= $1 LIMIT 1")
    };
    match ip {
        Some(ip) => tx.exists(&sql("ip = $2"), params![since, ip]),
        None => tx.exists(&sql("ip IS NULL"), params![since]),
    }
}

/// Longest title kept, in characters; a title is a label, not the record.
const TITLE_CHARS: usize = 250;

/// Writes the row.
pub fn insert(tx: &mut Tx<'_>, now: i64, actor: &Actor, change: &Change<'_>) -> DbResult<()> {
    let title = label(change.title);
    let id = tx.int(
        "INSERT INTO audit_logs (created, user_id, org_id, authkey_id, ip, request_type, request_id, action, model, \
         model_id, model_title, event_id, change, email, user_agent) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) RETURNING id",
        params![
            now,
            actor.user_id,
            actor.org_id,
            actor.authkey_id,
            actor.ip.as_deref(),
            actor.request_type.number(),
            actor.request_id.as_deref(),
            change.action,
            change.model,
            change.id,
            title.as_str(),
            change.event,
            change.fields.to_string().as_str(),
            actor.email.as_str(),
            agent(actor).as_deref()
        ],
    )?;
    change_feed::note(tx, now, &[id], std::slice::from_ref(change))
}

/// Writes the rows of many changes that came in one request.
pub fn insert_many(tx: &mut Tx<'_>, now: i64, actor: &Actor, changes: &[Change<'_>]) -> DbResult<()> {
    const COLUMNS: &[(&str, Kind)] = &[
        ("id", Kind::Int),
        ("created", Kind::Int),
        ("user_id", Kind::Int),
        ("org_id", Kind::Int),
        ("authkey_id", Kind::Int),
        ("ip", Kind::Text),
        ("request_type", Kind::Int),
        ("request_id", Kind::Text),
        ("action", Kind::Text),
        ("model", Kind::Text),
        ("model_id", Kind::Int),
        ("model_title", Kind::Text),
        ("event_id", Kind::Int),
        ("change", Kind::Text),
        ("email", Kind::Text),
        ("user_agent", Kind::Text),
    ];
    let agent = agent(actor);
    let ids = tx.allocate_ids("audit_logs", changes.len())?;
    let texts: Vec<(String, String)> = changes
        .iter()
        .map(|change| (label(change.title), change.fields.to_string()))
        .collect();
    tx.insert_many("audit_logs", COLUMNS, changes.len(), |n, row| {
        let (Some(id), Some(change), Some((title, fields))) = (ids.get(n), changes.get(n), texts.get(n))
        else {
            return;
        };
        row.extend([
            Value::Int(*id),
            now.into(),
            actor.user_id.into(),
            actor.org_id.into(),
            actor.authkey_id.into(),
            actor.ip.as_deref().into(),
            actor.request_type.number().into(),
            actor.request_id.as_deref().into(),
            change.action.into(),
            change.model.into(),
            change.id.into(),
            title.into(),
            change.event.into(),
            fields.into(),
            actor.email.as_str().into(),
            agent.as_deref().into(),
        ]);
    })?;
    change_feed::note(tx, now, &ids, changes)
}

/// The caller's program: a line of the log, not what a client makes of it.
fn agent(actor: &Actor) -> Option<String> {
    let agent = actor.user_agent.as_deref()?;
    Some(agent.chars().take(TITLE_CHARS).collect())
}

fn label(title: &str) -> String {
    title.chars().take(TITLE_CHARS).collect()
}
