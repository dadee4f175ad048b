//! What mails say: read when they are sent, with the eyes of the reader, into templates of plain text.

use super::{About, Subscription, seen};
use crate::{Ctx, correlations, organisations};
use askama::Template;
use sightline_core::ids::{AttributeId, EventId};
use sightline_core::{AppError, AppResult};
use sightline_db::mail::Message;
use sightline_db::{Tx, attributes, mail, tags, users};
use sightline_formats::mail::one_line;
use sightline_misp::records::{Attribute, Event};

/// Attributes that a mail lists; nobody reads more of them in a mail.
const ATTRIBUTES: usize = 500;
/// Attributes that are read at once.
const CHUNK: usize = 500;
/// Related events that a mail lists.
const RELATED: usize = 20;
/// Longest value in a mail, in characters.
const VALUE_CHARS: usize = 500;
/// Longest info of an event in a mail, in characters.
const INFO_CHARS: usize = 1_000;
/// As much of the info stands in a subject.
const SUBJECT_INFO_CHARS: usize = 55;

/// A mail's content.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Text {
    pub(super) subject: String,
    pub(super) body: String,
    /// The id of the thread, without the domain; empty for none.
    pub(super) thread: String,
    /// Where answers go instead of the configured address.
    pub(super) reply_to: String,
    /// What the link in it ends.
    pub(super) subscription: Option<Subscription>,
    /// Where the reader finds it when the content is not sent.
    pub(super) link: String,
}

#[derive(Template)]
#[template(path = "mail/alert.txt")]
struct AlertText {
    link: String,
    id: EventId,
    date: String,
    org: String,
    distribution: &'static str,
    tags: String,
    threat_level: &'static str,
    analysis: &'static str,
    info: String,
    related: Vec<String>,
    attributes: Vec<String>,
    more: usize,
}

#[derive(Template)]
#[template(path = "mail/contact.txt")]
struct ContactText {
    from: String,
    org: String,
    link: String,
    info: String,
    message: String,
}

/// Fills a template.
pub(super) fn fill(template: &impl Template) -> AppResult<String> {
    template.render().map_err(AppError::internal)
}

/// The address that mails come from.
pub(crate) fn sender(ctx: &Ctx) -> String {
    let configured = ctx.settings().mail.from.clone();
    if !configured.is_empty() {
        return configured;
    }
    let host = ctx
        .platform
        .base_url
        .split_once("://")
        .map_or("", |(_, rest)| rest);
    let host = host.split(['/', ':']).next().unwrap_or_default();
    let is_name = !host.is_empty() && host.chars().any(|c| c.is_ascii_alphabetic());
    format!("sightline@{}", if is_name { host } else { "localhost" })
}

/// `[ORG MISP] `, as the reference begins every subject.
pub(super) fn subject(tx: &mut Tx<'_>, ctx: &Ctx, rest: &str) -> AppResult<String> {
    let org = organisations::name_of(tx, ctx.platform.host_org)?;
    Ok(format!("[{org} MISP] {rest}"))
}

/// What a mail says to the caller of `ctx`, its reader; why it is not sent, when there is nothing to say any more.
pub(super) fn text(ctx: &Ctx, tx: &mut Tx<'_>, about: &About) -> AppResult<Result<Text, String>> {
    match about {
        About::Alert { event } => alert(ctx, tx, *event),
        About::Contact { event, message } => contact(ctx, tx, *event, *message),
        About::Message { message } => {
            let Some(message) = mail::message(tx, *message)? else {
                return Ok(Err("The message is too old.".into()));
            };
            Ok(Ok(Text {
                subject: subject(tx, ctx, &message.subject)?,
                body: message.body,
                link: format!("{}/", ctx.platform.base_url),
                ..Text::default()
            }))
        }
        About::Digest { period, from, until } => super::digests::text(ctx, tx, *period, (*from, *until)),
        About::Welcome | About::Password | About::Forgotten => Err(AppError::internal(
            "a mail with a secret is rendered where the secret is made",
        )),
    }
}

fn alert(ctx: &Ctx, tx: &mut Tx<'_>, id: EventId) -> AppResult<Result<Text, String>> {
    let reader = users::by_id(tx, ctx.caller.user_id)?;
    if !reader.is_some_and(|user| user.autoalert) {
        return Ok(Err("Not sent: the reader takes no alerts any more.".into()));
    }
    let Some(event) = seen(ctx, tx, id)?.filter(|event| event.published) else {
        return Ok(Err(
            "Not sent: the reader does not see the event any more, or it is not published.".into(),
        ));
    };
    let names: Vec<String> = tags::of_events(tx, &[id.0])?
        .into_iter()
        .map(|(_, attached)| attached.tag.name)
        .collect();
    let settings = ctx.settings();
    let (lines, more) = match settings.mail.metadata_only {
        true => (Vec::new(), 0),
        false => attribute_lines(ctx, tx, &event)?,
    };
    let base = &ctx.platform.base_url;
    let related = match settings.mail.metadata_only {
        true => Vec::new(),
        false => correlations::related_events(ctx, tx, std::slice::from_ref(&event))?
            .iter()
            .take(RELATED)
            .map(|related| {
                let event = &related.event.event;
                format!(
                    "{base}/events/view/{} ({}) {}",
                    event.id,
                    event.date,
                    one_line(&event.info, SUBJECT_INFO_CHARS)
                )
            })
            .collect(),
    };
    let link = format!("{base}/events/view/{id}");
    let body = fill(&AlertText {
        link: link.clone(),
        id,
        date: event.date.clone(),
        org: one_line(&organisations::name_of(tx, event.orgc_id)?, VALUE_CHARS),
        distribution: event.distribution.label(),
        tags: one_line(&names.join(", "), INFO_CHARS),
        threat_level: event.threat_level.label(),
        analysis: event.analysis.label(),
        info: one_line(&event.info, INFO_CHARS),
        related,
        attributes: lines,
        more,
    })?;
    Ok(Ok(Text {
        subject: alert_subject(ctx, tx, &event, &names)?,
        body,
        thread: format!("event-{}", event.uuid),
        subscription: Some(Subscription::Alerts),
        link,
        ..Text::default()
    }))
}

fn alert_subject(ctx: &Ctx, tx: &mut Tx<'_>, event: &Event, names: &[String]) -> AppResult<String> {
    let settings = &ctx.settings().mail;
    let info = match settings.extended_subject {
        true => format!("{} - ", one_line(&event.info, SUBJECT_INFO_CHARS)),
        false => String::new(),
    };
    let level = match settings.threat_level_in_subject {
        true => format!("{} - ", event.threat_level.label()),
        false => String::new(),
    };
    let marking = marking(ctx, names);
    subject(tx, ctx, &format!("Event {} - {info}{level}{marking}", event.id))
}

/// The tag of the configured namespace in upper case, else the configured words.
fn marking(ctx: &Ctx, names: &[String]) -> String {
    let settings = &ctx.settings().mail;
    let prefix = format!("{}:", settings.subject_tag.to_lowercase());
    let tag = names.iter().find(|name| name.to_lowercase().starts_with(&prefix));
    one_line(tag.unwrap_or(&settings.subject_tlp), VALUE_CHARS).to_uppercase()
}

/// The first attributes that the reader sees, one a line, and how many more there are.
fn attribute_lines(ctx: &Ctx, tx: &mut Tx<'_>, event: &Event) -> AppResult<(Vec<String>, usize)> {
    let selection = attributes::Selection {
        deleted: Some(false),
        to_ids: None,
        flatten: true,
    };
    let found = attributes::page_of_event(
        tx,
        ctx.visible(),
        event.id,
        selection,
        AttributeId(0),
        CHUNK.min(ATTRIBUTES),
    )?;
    let (all, _) = attributes::counts(tx, ctx.visible(), event.id)?;
    let more = usize::try_from(all)
        .unwrap_or_default()
        .saturating_sub(found.len());
    Ok((found.iter().map(line).collect(), more))
}

fn line(attribute: &Attribute) -> String {
    let mark = if attribute.to_ids { "*" } else { " " };
    let value = one_line(&defanged(attribute), VALUE_CHARS);
    let comment = match attribute.comment.trim() {
        "" => String::new(),
        comment => format!(" ({})", one_line(comment, VALUE_CHARS)),
    };
    format!("{mark} {}: {value}{comment}", attribute.kind.name())
}

/// A value that no mail program turns into a link.
fn defanged(attribute: &Attribute) -> String {
    let value = attribute.value();
    let kind = attribute.kind.name();
    let clickable = ["url", "uri", "link", "domain", "hostname", "email", "ip-"]
        .iter()
        .any(|part| kind.contains(part));
    if clickable {
        value
            .replace("http", "hxxp")
            .replace('.', "[.]")
            .replace('@', "[at]")
    } else {
        value.into_owned()
    }
}

fn contact(ctx: &Ctx, tx: &mut Tx<'_>, id: EventId, message: i64) -> AppResult<Result<Text, String>> {
    let Some(message) = mail::message(tx, message)? else {
        return Ok(Err("The message is too old.".into()));
    };
    let Some(event) = seen(ctx, tx, id)? else {
        return Ok(Err("Not sent: the reader does not see the event any more.".into()));
    };
    let Message { user_id, body, .. } = message;
    let Some(from) = users::by_id(tx, user_id)? else {
        return Ok(Err("Not sent: whoever asked is gone.".into()));
    };
    let names: Vec<String> = tags::of_events(tx, &[id.0])?
        .into_iter()
        .map(|(_, attached)| attached.tag.name)
        .collect();
    let link = format!("{}/events/view/{id}", ctx.platform.base_url);
    let body = fill(&ContactText {
        org: one_line(&organisations::name_of(tx, from.org_id)?, VALUE_CHARS),
        link: link.clone(),
        info: one_line(&event.info, INFO_CHARS),
        message: body,
        from: from.email.clone(),
    })?;
    let marking = marking(ctx, &names);
    Ok(Ok(Text {
        subject: subject(tx, ctx, &format!("Need info about event {id} - {marking}"))?,
        body,
        thread: format!("event-{}", event.uuid),
        reply_to: from.email,
        subscription: None,
        link,
    }))
}
