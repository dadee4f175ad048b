//! Mail: who gets what, and when. A mail that waits is a job which names its reader and what it is about, never what it
//! says: that is read when it is sent, with the eyes of the reader (spec 10 part E).

mod alerts;
mod contact;
mod digests;
mod filter;
mod keys;
mod notices;
mod render;
mod send;
mod unsubscribe;

pub(crate) use alerts::alert_when_saved;
pub use alerts::{Alerted, alert};
pub use contact::contact;
pub use digests::{Period, Summary, check_filters, summary};
pub use filter::check_alert_filter;
pub use keys::{KeyStanding, identity, key_standing, key_standings, public_key};
pub use notices::{Action, Notice, notify, welcome, write_to};
pub use sightline_db::mail::Subscription;
pub use unsubscribe::unsubscribe;

use crate::Ctx;
use crate::events::{self, EventKey};
use crate::jobs::{Handlers, NewJob, Schedule};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sightline_core::ids::{EventId, UserId};
use sightline_core::{AppError, AppResult};
use sightline_db::{Tx, jobs, mail};
use sightline_misp::records::Event;

/// One mail to one reader.
const SEND: &str = "mail";
/// The mails of one alert.
const ALERTS: &str = "mail_alerts";
/// A mail to whoever has an address, if anybody.
const FORGOTTEN: &str = "mail_forgotten";
/// Looks whether digests are due.
const DIGESTS: &str = "mail_digests";
/// Forgets what is no longer needed.
const SWEEP: &str = "mail_sweep";
/// Seconds between two looks for digests: they come within the first quarter of an hour of a day.
const DIGESTS_EVERY: i64 = 900;
/// Seconds in a day.
const DAY: i64 = 24 * 3_600;
/// Days for which messages and the record of alerts are kept: no ban reaches further back.
const KEEP_DAYS: i64 = 31;

/// What a mail is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "about", rename_all = "snake_case")]
pub(crate) enum About {
    /// A published event.
    Alert { event: EventId },
    /// A question about an event.
    Contact { event: EventId, message: i64 },
    /// What an administrator wrote.
    Message { message: i64 },
    /// A new account, with a temporary password.
    Welcome,
    /// A new temporary password.
    Password,
    /// A link to choose a new password.
    Forgotten,
    /// What happened in `[from, until)`.
    Digest { period: Period, from: i64, until: i64 },
}

/// The payload of a mail's job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Mail {
    to: UserId,
    #[serde(flatten)]
    about: About,
}

/// Adds the jobs and their schedules.
pub fn handlers(handlers: Handlers) -> Handlers {
    let schedule = |kind: &'static str, every| Schedule {
        kind,
        payload: json!(null),
        unique_key: kind.into(),
        every,
    };
    handlers
        .on(SEND, send::run)
        .on(ALERTS, alerts::run)
        .on(FORGOTTEN, send::run_forgotten)
        .on(DIGESTS, |ctx, (), _| digests::run(ctx))
        .every(schedule(DIGESTS, DIGESTS_EVERY))
        .on(SWEEP, |ctx: Ctx, (), _| async move {
            let swept = ctx
                .write(|ctx, tx| Ok(mail::sweep(tx, ctx.now() - KEEP_DAYS * DAY, ctx.now())?))
                .await?;
            Ok(format!("{swept} rows deleted."))
        })
        .every(schedule(SWEEP, DAY))
}

/// Whether mail leaves this instance at all.
pub fn is_on(ctx: &Ctx) -> bool {
    ctx.platform.remote.can_mail() && !ctx.settings().mail.disabled
}

/// `Refused` when no mail leaves this instance.
fn require_on(ctx: &Ctx) -> AppResult<()> {
    if is_on(ctx) {
        Ok(())
    } else {
        Err(AppError::Refused("Sending of email failed.".into()))
    }
}

/// Queues a mail, in the transaction of what causes it.
pub(crate) fn queue(ctx: &Ctx, tx: &mut Tx<'_>, to: UserId, about: About) -> AppResult<()> {
    let payload = serde_json::to_value(Mail { to, about }).map_err(AppError::internal)?;
    post(ctx, tx, SEND, payload, None)
}

/// Queues a job of the platform itself: who gets mail is nobody's business but the site's administrators'.
fn post(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    kind: &'static str,
    payload: Value,
    key: Option<String>,
) -> AppResult<()> {
    let job = NewJob {
        kind,
        payload,
        unique_key: key,
        ..NewJob::default()
    };
    jobs::enqueue(tx, ctx.now(), &job)?;
    ctx.platform.bell.notify_one();
    Ok(())
}

/// The event, when the caller of `ctx`, a mail's reader, still sees it.
fn seen(ctx: &Ctx, tx: &mut Tx<'_>, id: EventId) -> AppResult<Option<Event>> {
    match events::find(ctx, tx, &EventKey::Id(id)) {
        Ok(event) => Ok(Some(event)),
        Err(AppError::NotFound(_) | AppError::Forbidden(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Asks for a link to choose a new password, for whoever has this address. Known or not, the same is written: nobody can
/// tell from the answer or its time.
pub(crate) fn queue_forgotten(ctx: &Ctx, tx: &mut Tx<'_>, user: Option<UserId>) -> AppResult<()> {
    post(ctx, tx, FORGOTTEN, json!({"to": user.unwrap_or_default()}), None)
}
