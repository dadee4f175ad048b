//! The audit log (spec 05 section 7): searching it, the history of an event, retention.
//!
//! Site administrators read everything, administrators of an organisation what its users did, everybody else with
//! `perm_audit` what they did themselves. Whoever sees an event sees its history, without what is not theirs to know.

mod prune;

use crate::Ctx;
use crate::events::{self, EventKey};
use serde_json::json;
use sightline_core::ids::OrgId;
use sightline_core::{AppError, AppResult, Permission};
use sightline_db::audit::{self, Filter, Reader};
use sightline_misp::records::Event;

pub use prune::{Pruned, handlers, prune};
pub use sightline_db::audit::{Entry, Number, Scope, Text};

/// What a search of the log asks for.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// Columns with their wanted numbers.
    pub numbers: Vec<(Number, Vec<i64>)>,
    /// Columns with their wanted texts; `%` stands for anything.
    pub texts: Vec<(Text, Vec<String>)>,
    /// Not before, in Unix seconds.
    pub from: Option<i64>,
    /// Not after, in Unix seconds.
    pub to: Option<i64>,
    /// Latest first, or oldest first.
    pub latest_first: bool,
    /// From 1.
    pub page: u32,
    /// Rows of a page.
    pub limit: u32,
}

impl Search {
    fn filter(self, ctx: &Ctx) -> Filter {
        Filter {
            scope: scope(ctx),
            numbers: self.numbers,
            texts: self.texts,
            from: self.from,
            to: self.to,
        }
    }
}

/// Whose rows the caller reads. A read-only key has no `perm_admin`: it reads its user's own.
pub fn scope(ctx: &Ctx) -> Scope {
    let caller = &ctx.caller;
    if caller.is_site_admin() {
        Scope::Everything
    } else if caller.may(Permission::Admin) {
        Scope::Org(caller.org_id)
    } else {
        Scope::User(caller.user_id)
    }
}

/// Unix seconds of a date, a time, or a span such as `7d` before `now`.
pub fn instant(text: &str, now: i64) -> Option<i64> {
    sightline_formats::relative_time::parse_instant(text, now)
}

fn offset(page: u32, limit: u32) -> i64 {
    i64::from(page.saturating_sub(1)) * i64::from(limit)
}

/// A page of rows.
pub async fn index(ctx: &Ctx, search: Search) -> AppResult<Vec<Entry>> {
    ctx.require(Permission::Audit)?;
    let (latest_first, limit, offset) = (
        search.latest_first,
        search.limit,
        offset(search.page, search.limit),
    );
    ctx.read(move |ctx, tx| Ok(audit::list(tx, &search.filter(ctx), latest_first, limit, offset)?))
        .await
}

/// How many rows a search finds.
pub async fn count(ctx: &Ctx, search: Search) -> AppResult<i64> {
    ctx.require(Permission::Audit)?;
    let filter = search.filter(ctx);
    ctx.total(("logs", filter.clone()), move |_, tx| {
        Ok(audit::count(tx, &filter)?)
    })
    .await
}

/// One row, if it is the caller's to read.
pub async fn view(ctx: &Ctx, id: i64) -> AppResult<Entry> {
    ctx.require(Permission::Audit)?;
    ctx.read(move |ctx, tx| {
        let entry = audit::by_id(tx, id)?.filter(|entry| match scope(ctx) {
            Scope::Everything => true,
            Scope::Org(org) => entry.org_id == org,
            Scope::User(user) => entry.user_id == user,
        });
        entry.ok_or_else(|| AppError::not_found("Invalid audit log entry."))
    })
    .await
}

/// Midnight of each day with the number of its rows, of those that the caller reads; `org` restricts further.
pub async fn days(ctx: &Ctx, org: Option<OrgId>) -> AppResult<Vec<(i64, i64)>> {
    ctx.read(move |ctx, tx| {
        let search = Search {
            numbers: org.map(|org| (Number::Org, vec![org.0])).into_iter().collect(),
            ..Search::default()
        };
        Ok(audit::days(tx, &search.filter(ctx))?)
    })
    .await
}

/// A page of the history of an event that the caller sees, latest first. The owner's users and site administrators
/// read every row. Others read that something they see now was touched and by which organisation: what a row says in
/// words may be older than what they were let to see. With how many rows all pages have.
pub async fn history(
    ctx: &Ctx,
    event: EventKey,
    org: Option<OrgId>,
    page: u32,
    limit: u32,
) -> AppResult<(Vec<Entry>, i64)> {
    let (entries, event, reader) = ctx
        .read(move |ctx, tx| {
            let event = events::find(ctx, tx, &event).map_err(|_| AppError::not_found("Invalid event."))?;
            let reader = reader(ctx, &event);
            let mut entries = audit::history(tx, event.id, reader, org, limit, offset(page, limit))?;
            for entry in &mut entries {
                reduce(ctx, entry, matches!(reader, Reader::Insider { .. }));
            }
            Ok((entries, event.id, reader))
        })
        .await?;
    let total = ctx.total(("history", event, reader, org), move |_, tx| {
        Ok(audit::count_history(tx, event, reader, org)?)
    });
    Ok((entries, total.await?))
}

fn reader(ctx: &Ctx, event: &Event) -> Reader {
    let caller = &ctx.caller;
    if caller.is_site_admin() || event.org_id == caller.org_id {
        let anonymous = ctx.settings().sightings.anonymise && !caller.is_site_admin();
        Reader::Insider {
            sightings_of: anonymous.then_some(caller.org_id),
        }
    } else {
        Reader::Outsider {
            visible: ctx.visible(),
            user: caller.user_id,
        }
    }
}

/// Takes out of a row of an event's history what the caller may not know.
fn reduce(ctx: &Ctx, entry: &mut Entry, insider: bool) {
    let caller = &ctx.caller;
    if caller.is_site_admin() || entry.user_id == caller.user_id {
        return;
    }
    if !insider {
        entry.change = json!({});
        entry.model_title.clear();
        entry.title = format!("{} ({})", entry.model, entry.model_id);
    }
    // People are known to their own organisation only; their machines to its administrators.
    let own = entry.org_id == caller.org_id;
    if !own {
        entry.email.clear();
        entry.user_id = Default::default();
        entry.description.clear();
    }
    if !own || !caller.may(Permission::Admin) {
        entry.ip = None;
        entry.user_agent = None;
        entry.request_id = None;
        entry.authkey_id = Default::default();
    }
}
