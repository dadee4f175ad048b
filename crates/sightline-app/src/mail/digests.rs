//! Summaries of a day, a week or a month: on a page at any time, by mail once for each period that is over.

use super::render::{Text, fill, subject};
use super::{About, DAY, Subscription, is_on, queue};
use crate::jobs::JobError;
use crate::{Ctx, organisations, users};
use askama::Template;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sightline_core::clock::{date_of, datetime_of};
use sightline_core::ids::{EventId, UserId};
use sightline_core::{AppError, AppResult};
use sightline_db::mail::{self, DigestFilter, Readers, Trend};
use sightline_db::{Tx, events, user_settings};
use sightline_formats::mail::one_line;
use sightline_misp::input::Loose;
use sightline_misp::records::Event;

/// Events that a summary lists.
const EVENTS: u32 = 50;
/// Tags that a summary lists.
const TAGS: u32 = 10;
/// Users that are looked at in one read.
const BATCH: u32 = 1_000;
/// Characters of an event's info in a list.
const INFO_CHARS: usize = 200;
/// The most values that a part of a filter may have.
const VALUES: usize = 200;

/// How much time a summary covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Period {
    /// A day of UTC.
    Daily,
    /// Monday to Sunday.
    Weekly,
    /// A month of the calendar.
    Monthly,
}

impl Period {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Daily, Self::Weekly, Self::Monthly];

    /// The word of the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Daily => "daily",
            Self::Weekly => "weekly",
            Self::Monthly => "monthly",
        }
    }

    /// The period of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|period| period.name() == name)
    }

    const fn subscription(self) -> Subscription {
        match self {
            Self::Daily => Subscription::Daily,
            Self::Weekly => Subscription::Weekly,
            Self::Monthly => Subscription::Monthly,
        }
    }

    const fn days(self) -> i64 {
        match self {
            Self::Daily => 1,
            Self::Weekly => 7,
            Self::Monthly => 31,
        }
    }

    /// When the period that `moment` lies in began.
    fn begin(self, moment: i64) -> i64 {
        let day = moment.div_euclid(DAY);
        // The epoch was a Thursday.
        let first = match self {
            Self::Daily => day,
            Self::Weekly => day - (day + 3).rem_euclid(7),
            Self::Monthly => day + 1 - day_of_month(moment),
        };
        first * DAY
    }
}

fn day_of_month(moment: i64) -> i64 {
    date_of(moment)
        .rsplit('-')
        .next()
        .and_then(|day| day.parse().ok())
        .unwrap_or(1)
}

/// What happened in a while, as far as the caller may know.
#[derive(Clone, Debug)]
pub struct Summary {
    /// From when, as Unix seconds.
    pub from: i64,
    /// Until when.
    pub until: i64,
    /// The latest events with their creators' names.
    pub events: Vec<(Event, String)>,
    /// How many there are in all.
    pub total: i64,
    /// The tags that are on most of them.
    pub trends: Vec<Trend>,
}

#[derive(Template)]
#[template(path = "mail/digest.txt")]
struct DigestText<'a> {
    title: &'a str,
    base: &'a str,
    from: String,
    until: String,
    total: i64,
    events: Vec<Line>,
    more: i64,
    trends: &'a [Trend],
}

struct Line {
    line: String,
    link: String,
}

/// The time that ends now.
pub async fn summary(ctx: &Ctx, period: Period) -> AppResult<Summary> {
    let until = ctx.now() + 1;
    let span = (until - period.days() * DAY, until);
    ctx.read(move |ctx, tx| gather(ctx, tx, span)).await
}

fn gather(ctx: &Ctx, tx: &mut Tx<'_>, span: (i64, i64)) -> AppResult<Summary> {
    let kept = user_settings::get(tx, ctx.caller.user_id, "periodic_notification_filters")?;
    let filter = kept.map_or_else(DigestFilter::default, |setting| {
        read_filter(&setting.value).unwrap_or_default()
    });
    let visible = ctx.visible();
    let (ids, total) = mail::digest_events(tx, visible, &filter, span, EVENTS)?;
    let trends = mail::trending_tags(tx, visible, &filter, span, TAGS)?;
    let raw: Vec<i64> = ids.iter().map(|id: &EventId| id.0).collect();
    let mut found = events::by_ids(tx, visible, &raw)?;
    found.sort_by_key(|event| std::cmp::Reverse((event.publish_timestamp, event.id.0)));
    let mut named = Vec::new();
    for event in found {
        let org = organisations::name_of(tx, event.orgc_id)?;
        named.push((event, org));
    }
    Ok(Summary {
        from: span.0,
        until: span.1,
        events: named,
        total,
        trends,
    })
}

/// The text of a digest for the caller of `ctx`, its reader.
pub(super) fn text(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    period: Period,
    span: (i64, i64),
) -> AppResult<Result<Text, String>> {
    let reader = sightline_db::users::by_id(tx, ctx.caller.user_id)?.unwrap_or_default();
    let wanted = match period {
        Period::Daily => reader.notification_daily,
        Period::Weekly => reader.notification_weekly,
        Period::Monthly => reader.notification_monthly,
    };
    if !wanted {
        return Ok(Err(
            "Not sent: the reader takes no such summaries any more.".into()
        ));
    }
    let summary = gather(ctx, tx, span)?;
    let base = &ctx.platform.base_url;
    let title = match period {
        Period::Daily => "Daily summary",
        Period::Weekly => "Weekly summary",
        Period::Monthly => "Monthly summary",
    };
    let line = |(event, org): &(Event, String)| Line {
        line: format!(
            "{} {} ({})",
            event.date,
            one_line(&event.info, INFO_CHARS),
            one_line(org, INFO_CHARS)
        ),
        link: format!("{base}/events/view/{}", event.id),
    };
    let shown = i64::try_from(summary.events.len()).unwrap_or(i64::MAX);
    let body = fill(&DigestText {
        title,
        base,
        from: datetime_of(span.0),
        until: datetime_of(span.1),
        total: summary.total,
        events: summary.events.iter().map(line).collect(),
        more: summary.total.saturating_sub(shown),
        trends: &summary.trends,
    })?;
    Ok(Ok(Text {
        subject: subject(tx, ctx, &format!("{title}, {}", date_of(span.0)))?,
        body,
        subscription: Some(period.subscription()),
        link: format!("{base}/users/viewPeriodicSummary/{}", period.name()),
        ..Text::default()
    }))
}

/// Queues the digests of every period that has ended since the last look. All mails of a period are queued in one
/// transaction with the note that they are: each is queued once, whatever restarts in between. An instance's first look
/// notes where it stands and sends nothing.
pub(super) async fn run(ctx: Ctx) -> Result<String, JobError> {
    let mut queued = 0;
    for period in Period::ALL {
        queued += ctx.write(move |ctx, tx| due(ctx, tx, period)).await?;
    }
    Ok(format!("{queued} summaries queued."))
}

fn due(ctx: &Ctx, tx: &mut Tx<'_>, period: Period) -> AppResult<usize> {
    let until = period.begin(ctx.now());
    let known = mail::digested_until(tx, period.name())?;
    if known.is_some_and(|known| known >= until) || !mail::set_digested_until(tx, period.name(), until)? {
        return Ok(0);
    }
    if known.is_none() || !is_on(ctx) {
        return Ok(0);
    }
    let about = About::Digest {
        period,
        from: period.begin(until - 1),
        until,
    };
    let wanted = Readers {
        subscription: Some(period.subscription()),
        ..Readers::default()
    };
    let (mut queued, mut after) = (0, UserId(0));
    loop {
        let readers = mail::readers(tx, &wanted, after, BATCH)?;
        let Some(last) = readers.last() else {
            return Ok(queued);
        };
        after = *last;
        for reader in &readers {
            if users::caller(tx, ctx.now(), *reader)?.is_some() {
                queue(ctx, tx, *reader, about.clone())?;
                queued += 1;
            }
        }
    }
}

/// `Invalid` when a value is no filter of summaries.
pub fn check_filters(value: &Value) -> AppResult<()> {
    read_filter(value).map(drop)
}

fn read_filter(value: &Value) -> AppResult<DigestFilter> {
    let refused = |message: String| AppError::field("value", message);
    let fields = match value {
        Value::Object(fields) => fields,
        Value::Array(list) if list.is_empty() => return Ok(DigestFilter::default()),
        _ => return Err(refused("The filter has to be an object.".into())),
    };
    let mut filter = DigestFilter::default();
    for (name, part) in fields {
        match name.as_str() {
            "orgc_id" => filter.orgc = numbers(name, part)?,
            "distribution" => filter.distribution = numbers(name, part)?,
            "sharing_group_id" => filter.sharing_group = numbers(name, part)?,
            "event_info" => filter.info = texts(name, part)?.join(" "),
            "tags" => filter.tags = texts(name, part)?,
            // Which tags the page draws as a curve; the summary shows the ones that are used most.
            "trending_for_tags" | "trending_period_amount" | "include_correlations" => {}
            other => return Err(refused(format!("A filter of summaries knows no `{other}`."))),
        }
    }
    Ok(filter)
}

fn several(name: &str, part: &Value) -> AppResult<Vec<String>> {
    let one = |value: &Value| match serde_json::from_value::<Loose>(value.clone()) {
        Ok(loose) => Ok(loose.text()),
        Err(_) => Err(AppError::field(
            "value",
            format!("{name} has to be a text or a list of texts."),
        )),
    };
    let found: AppResult<Vec<Option<String>>> = match part {
        Value::Array(list) if list.len() > VALUES => {
            return Err(AppError::field(
                "value",
                format!("{name} has more than {VALUES} values."),
            ));
        }
        Value::Array(list) => list.iter().map(one).collect(),
        Value::Object(_) => {
            return Err(AppError::field(
                "value",
                format!("{name} has to be a text or a list of texts."),
            ));
        }
        other => one(other).map(|text| vec![text]),
    };
    Ok(found?
        .into_iter()
        .flatten()
        .filter(|text| !text.trim().is_empty())
        .collect())
}

fn texts(name: &str, part: &Value) -> AppResult<Vec<String>> {
    several(name, part)
}

fn numbers(name: &str, part: &Value) -> AppResult<Vec<i64>> {
    several(name, part)?
        .iter()
        .map(|text| {
            text.trim()
                .parse()
                .map_err(|_| AppError::field("value", format!("{name}: `{text}` is not a number.")))
        })
        .collect()
}
