//! Alerts of published events: what keeps one from being sent, and who reads it.

use super::filter::{Facts, matches};
use super::{ALERTS, About, DAY, Subscription, is_on, post, queue, seen};
use crate::events::{self, EventKey};
use crate::jobs::{JobError, Progress, checkpoint};
use crate::{Ctx, organisations, users};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sightline_core::AppResult;
use sightline_core::ids::{EventId, UserId};
use sightline_db::audit::Change;
use sightline_db::mail::{self, AlertsOf, Readers};
use sightline_db::{Tx, tags, user_settings};
use sightline_misp::datetime::parse_date;
use sightline_misp::records::Event;

/// Users that are looked at in one transaction.
const BATCH: u32 = 200;

/// The payload of the job that finds an alert's readers.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Alerting {
    event: EventId,
}

/// What became of an alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alerted {
    /// Its mails are being queued.
    Queued,
    /// None are sent; why, for the audit log.
    Suppressed(&'static str),
}

/// Publishes an event and tells those who want to know.
pub async fn alert(ctx: &Ctx, key: EventKey) -> AppResult<(EventId, Alerted)> {
    ctx.write(move |ctx, tx| {
        let event = events::publish_in(ctx, tx, &key)?;
        let alerted = announce(ctx, tx, &event)?;
        Ok((event.id, alerted))
    })
    .await
}

/// An event that is published by saving it through the API is announced, unless `MISP.disablerestalert`.
pub(crate) fn alert_when_saved(ctx: &Ctx, tx: &mut Tx<'_>, event: &Event) -> AppResult<()> {
    if event.published && !ctx.settings().mail.no_alert_when_saving {
        announce(ctx, tx, event)?;
    }
    Ok(())
}

/// Queues the mails of an event that has just been published, unless something keeps them back.
fn announce(ctx: &Ctx, tx: &mut Tx<'_>, event: &Event) -> AppResult<Alerted> {
    let reason = suppression(ctx, tx, event)?;
    if ctx.platform.remote.can_mail() {
        let alert = mail::Alert {
            event_id: event.id,
            orgc_id: event.orgc_id,
            user_id: ctx.caller.user_id,
            created: ctx.now(),
            sent: reason.is_none(),
        };
        mail::add_alert(tx, &alert)?;
        let fields = json!({"suppressed": reason});
        let change = Change {
            action: "publish alert",
            model: "Event",
            id: event.id.0,
            title: &event.info,
            event: Some(event.id),
            fields,
        };
        ctx.audit(tx, &change)?;
    }
    if let Some(reason) = reason {
        return Ok(Alerted::Suppressed(reason));
    }
    let key = format!("{ALERTS}:{}", event.id);
    post(ctx, tx, ALERTS, json!({"event": event.id}), Some(key))?;
    Ok(Alerted::Queued)
}

/// Why nobody is told, in the order of spec 10 part E.
fn suppression(ctx: &Ctx, tx: &mut Tx<'_>, event: &Event) -> AppResult<Option<&'static str>> {
    let settings = &ctx.settings().mail;
    let now = ctx.now();
    if settings.block_old && is_old(ctx, event) {
        return Ok(Some("the event is old"));
    }
    if settings.block_tagged {
        let attached = tags::of_events(tx, &[event.id.0])?;
        if attached
            .iter()
            .any(|(_, attached)| attached.tag.name == settings.block_tag)
        {
            return Ok(Some("the event has the tag that blocks alerts"));
        }
    }
    if !is_on(ctx) || settings.summary_only {
        return Ok(Some("mail or its alerts are switched off"));
    }
    let minutes = |minutes: u32| now - i64::from(minutes) * 60;
    if settings.republish_ban {
        let since = minutes(settings.republish_ban_minutes);
        if mail::count_alerts(
            tx,
            AlertsOf::Event(event.id),
            since,
            settings.republish_ban_refresh,
        )? > 0
        {
            return Ok(Some("there was an alert for this event a short while ago"));
        }
    }
    if settings.user_ban {
        let of = AlertsOf::User(ctx.caller.user_id);
        let since = minutes(settings.user_ban_minutes);
        if mail::count_alerts(tx, of, since, settings.user_ban_refresh)?
            >= i64::from(settings.user_ban_amount)
        {
            return Ok(Some("the user has caused too many alerts"));
        }
    }
    let most = i64::from(settings.org_alerts_a_day);
    if most > 0 && mail::count_alerts(tx, AlertsOf::Organisation(event.orgc_id), now - DAY, false)? >= most {
        return Ok(Some("the organisation has caused too many alerts"));
    }
    Ok(None)
}

fn is_old(ctx: &Ctx, event: &Event) -> bool {
    let settings = &ctx.settings().mail;
    let before = |days: u32| ctx.now() - i64::from(days) * DAY;
    let by_age =
        settings.block_older_than_days > 0 && event.timestamp < before(settings.block_older_than_days);
    let by_date = settings.block_dated_before_days > 0
        && parse_date(&event.date).is_some_and(|date| {
            date < sightline_core::clock::date_of(before(settings.block_dated_before_days))
        });
    by_age || by_date
}

/// Queues a mail for everybody who wants alerts, may see the event and does not filter it out. Each batch is queued
/// together with the note of how far it got: a crash neither doubles nor loses a mail.
pub(super) async fn run(ctx: Ctx, job: Alerting, progress: Progress) -> Result<String, JobError> {
    let mut after: UserId = progress.resume().unwrap_or_default();
    loop {
        progress.check()?;
        let lease = progress.lease().clone();
        let next = ctx
            .write(move |ctx, tx| {
                let wanted = Readers {
                    subscription: Some(Subscription::Alerts),
                    ..Readers::default()
                };
                let readers = mail::readers(tx, &wanted, after, BATCH)?;
                for reader in &readers {
                    if reads(ctx, tx, *reader, job.event)? {
                        queue(ctx, tx, *reader, About::Alert { event: job.event })?;
                    }
                }
                let last = readers.last().copied();
                if let Some(last) = last {
                    checkpoint(ctx, tx, &lease, &last)?;
                }
                Ok(last)
            })
            .await?;
        match next {
            Some(last) => after = last,
            None => return Ok("The mails are queued.".into()),
        }
    }
}

/// Whether a user may see a published event and has not filtered it out.
fn reads(ctx: &Ctx, tx: &mut Tx<'_>, user: UserId, id: EventId) -> AppResult<bool> {
    let Some(caller) = users::caller(tx, ctx.now(), user)? else {
        return Ok(false);
    };
    let ctx = ctx.acting_as(caller);
    let Some(event) = seen(&ctx, tx, id)?.filter(|event| event.published) else {
        return Ok(false);
    };
    let Some(filter) = user_settings::get(tx, user, "publish_alert_filter")? else {
        return Ok(true);
    };
    let orgc = organisations::reference(tx, event.orgc_id)?;
    let facts = Facts {
        event_tags: tags::of_events(tx, &[id.0])?
            .into_iter()
            .map(|(_, attached)| attached.tag.name)
            .collect(),
        attribute_tags: mail::attribute_tag_names(tx, ctx.visible(), id)?,
        orgc_uuid: orgc.uuid.to_string(),
        orgc_name: orgc.name,
        orgc_id: event.orgc_id.to_string(),
    };
    Ok(matches(&filter.value, &facts))
}
