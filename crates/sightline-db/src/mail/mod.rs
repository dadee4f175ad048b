//! What mail needs to know: who gets it, what was sent lately, codes and links that travel in it.

mod digests;

pub use digests::{DigestFilter, Trend, digest_events, digested_until, set_digested_until, trending_tags};

use crate::{DbResult, Sql, Tx, Visible, params};
use sightline_core::ids::{EventId, OrgId, UserId};

/// A text that somebody writes to others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of a message")]
pub struct Message {
    pub user_id: UserId,
    pub subject: String,
    pub body: String,
    pub created: i64,
}

/// Keeps a message; its id.
pub fn add_message(tx: &mut Tx<'_>, message: &Message) -> DbResult<i64> {
    tx.int(
        "INSERT INTO mail_messages (user_id, subject, body, created) VALUES ($1, $2, $3, $4) RETURNING id",
        params![message.user_id, &message.subject, &message.body, message.created],
    )
}

/// A message, unless it has been swept away.
pub fn message(tx: &mut Tx<'_>, id: i64) -> DbResult<Option<Message>> {
    tx.first(
        "SELECT user_id, subject, body, created FROM mail_messages WHERE id = $1",
        params![id],
        |row| {
            Ok(Message {
                user_id: UserId(row.int(0)?),
                subject: row.text(1)?,
                body: row.text(2)?,
                created: row.int(3)?,
            })
        },
    )
}

/// Forgets messages and alerts from before a moment, and links that are over.
pub fn sweep(tx: &mut Tx<'_>, before: i64, now: i64) -> DbResult<u64> {
    let messages = tx.exec("DELETE FROM mail_messages WHERE created < $1", params![before])?;
    let alerts = tx.exec("DELETE FROM event_alerts WHERE created < $1", params![before])?;
    let links = tx.exec("DELETE FROM password_resets WHERE expires < $1", params![now])?;
    Ok(messages + alerts + links)
}

/// An alert that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of an alert")]
pub struct Alert {
    pub event_id: EventId,
    pub orgc_id: OrgId,
    pub user_id: UserId,
    pub created: i64,
    /// Whether mails were queued, or only wanted.
    pub sent: bool,
}

/// Notes an alert.
pub fn add_alert(tx: &mut Tx<'_>, alert: &Alert) -> DbResult<()> {
    tx.exec(
        "INSERT INTO event_alerts (event_id, orgc_id, user_id, created, sent) VALUES ($1, $2, $3, $4, $5)",
        params![
            alert.event_id,
            alert.orgc_id,
            alert.user_id,
            alert.created,
            alert.sent
        ],
    )?;
    Ok(())
}

/// Whose alerts are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AlertsOf {
    /// An event's.
    Event(EventId),
    /// Those for the events that an organisation created.
    Organisation(OrgId),
    /// Those that a user caused.
    User(UserId),
}

/// How many alerts there were since a moment; those that were only wanted count when asked for.
pub fn count_alerts(tx: &mut Tx<'_>, of: AlertsOf, since: i64, wanted: bool) -> DbResult<i64> {
    let (column, id) = match of {
        AlertsOf::Event(id) => ("event_id", id.0),
        AlertsOf::Organisation(id) => ("orgc_id", id.0),
        AlertsOf::User(id) => ("user_id", id.0),
    };
    let sent = if wanted { "" } else { " AND sent" };
    tx.int(
        &format!("SELECT COUNT(*) FROM event_alerts WHERE {column} = $1 AND created > $2{sent}"),
        params![id, since],
    )
}

/// Which mails a user has asked for; each is a column of the user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subscription {
    /// Alerts of published events.
    Alerts,
    /// Questions about the own organisation's events.
    Contact,
    /// The summary of a day.
    Daily,
    /// The summary of a week.
    Weekly,
    /// The summary of a month.
    Monthly,
}

impl Subscription {
    /// Every one.
    pub const ALL: [Self; 5] = [
        Self::Alerts,
        Self::Contact,
        Self::Daily,
        Self::Weekly,
        Self::Monthly,
    ];

    /// The column, which is also the word of the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Alerts => "autoalert",
            Self::Contact => "contactalert",
            Self::Daily => "notification_daily",
            Self::Weekly => "notification_weekly",
            Self::Monthly => "notification_monthly",
        }
    }
}

/// Who a mail may be for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Readers {
    /// Who has asked for this.
    pub subscription: Option<Subscription>,
    /// Of this organisation.
    pub org: Option<OrgId>,
    /// With this role.
    pub role: Option<i64>,
}

/// The next users, by id after `after`, who are not disabled.
pub fn readers(tx: &mut Tx<'_>, readers: &Readers, after: UserId, limit: u32) -> DbResult<Vec<UserId>> {
    let mut sql = Sql::new(
        tx.dialect(),
        "SELECT u.id FROM users u WHERE NOT u.disabled AND u.id > ",
    );
    sql.bind(after);
    if let Some(subscription) = readers.subscription {
        sql.push(&format!(" AND u.{}", subscription.name()));
    }
    if let Some(org) = readers.org {
        sql.push(" AND u.org_id = ").bind(org);
    }
    if let Some(role) = readers.role {
        sql.push(" AND u.role_id = ").bind(role);
    }
    sql.push(" ORDER BY u.id LIMIT ").bind(limit);
    tx.all(sql.text(), sql.values(), |row| Ok(UserId(row.int(0)?)))
}

/// Ends a user's subscription. Whether there was one.
pub fn unsubscribe(tx: &mut Tx<'_>, user: UserId, subscription: Subscription) -> DbResult<bool> {
    let column = subscription.name();
    let sql = format!("UPDATE users SET {column} = FALSE WHERE id = $1 AND {column}");
    Ok(tx.exec(&sql, params![user])? == 1)
}

/// The names of the tags on the attributes of an event that a viewer sees.
pub fn attribute_tag_names(tx: &mut Tx<'_>, visible: Visible, event: EventId) -> DbResult<Vec<String>> {
    let mut sql = Sql::new(
        tx.dialect(),
        "SELECT DISTINCT t.name FROM attribute_tags x JOIN tags t ON t.id = x.tag_id \
         JOIN attributes a ON a.id = x.attribute_id JOIN events e ON e.id = a.event_id WHERE x.event_id = ",
    );
    sql.bind(event).push(" AND NOT a.deleted AND ");
    visible.event(&mut sql, "e");
    sql.push(" AND ");
    visible.attribute(&mut sql, "e", "a");
    tx.all(sql.text(), sql.values(), |row| row.text(0))
}

/// Keeps the hash of a link's token; the user's older links are over.
pub fn set_password_reset(tx: &mut Tx<'_>, user: UserId, token_hash: &[u8], expires: i64) -> DbResult<()> {
    forget_password_resets(tx, user)?;
    tx.exec(
        "INSERT INTO password_resets (token_hash, user_id, expires) VALUES ($1, $2, $3)",
        params![token_hash, user, expires],
    )?;
    Ok(())
}

/// Ends a user's links.
pub fn forget_password_resets(tx: &mut Tx<'_>, user: UserId) -> DbResult<()> {
    tx.exec("DELETE FROM password_resets WHERE user_id = $1", params![user])?;
    Ok(())
}

/// Whose link this is, while it is valid.
pub fn password_reset(tx: &mut Tx<'_>, token_hash: &[u8], now: i64) -> DbResult<Option<UserId>> {
    tx.first(
        "SELECT user_id FROM password_resets WHERE token_hash = $1 AND expires > $2",
        params![token_hash, now],
        |row| Ok(UserId(row.int(0)?)),
    )
}

/// Uses a link up. Whose it was, when it was valid: of two who come at once, one gets it.
pub fn take_password_reset(tx: &mut Tx<'_>, token_hash: &[u8], now: i64) -> DbResult<Option<UserId>> {
    tx.first(
        "DELETE FROM password_resets WHERE token_hash = $1 AND expires > $2 RETURNING user_id",
        params![token_hash, now],
        |row| Ok(UserId(row.int(0)?)),
    )
}

/// The user's code for unsubscribing; `new` when there is none yet.
pub fn unsubscribe_code(tx: &mut Tx<'_>, user: UserId, new: &str) -> DbResult<String> {
    tx.exec(
        "INSERT INTO unsubscribe_codes (user_id, code) VALUES ($1, $2) ON CONFLICT (user_id) DO NOTHING",
        params![user, new],
    )?;
    let kept = tx.first(
        "SELECT code FROM unsubscribe_codes WHERE user_id = $1",
        params![user],
        |row| row.text(0),
    )?;
    Ok(kept.unwrap_or_else(|| new.to_owned()))
}

/// Whose code it is.
pub fn user_of_code(tx: &mut Tx<'_>, code: &str) -> DbResult<Option<UserId>> {
    tx.first(
        "SELECT user_id FROM unsubscribe_codes WHERE code = $1",
        params![code],
        |row| Ok(UserId(row.int(0)?)),
    )
}
