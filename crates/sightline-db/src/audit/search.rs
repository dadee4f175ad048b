//! Reading the audit log: filters, pages, days.

use crate::{DbResult, Row, Sql, Tx, params};
use serde_json::Value;
use sightline_core::ids::{AuthKeyId, EventId, OrgId, UserId};
use uuid::Uuid;

/// A row as kept, with the names of today.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "the columns of spec 05 section 7")]
pub struct Entry {
    pub id: i64,
    pub created: i64,
    pub user_id: UserId,
    pub org_id: OrgId,
    pub authkey_id: AuthKeyId,
    pub ip: Option<String>,
    /// 0 page, 1 API, 2 command line or job.
    pub request_type: i64,
    pub request_id: Option<String>,
    pub action: String,
    pub model: String,
    pub model_id: i64,
    pub model_title: String,
    pub event_id: Option<EventId>,
    /// Field -> `[old, new]`, or field -> new.
    pub change: Value,
    /// The user's address when it happened.
    pub email: String,
    /// The program that it was done with.
    pub user_agent: Option<String>,
    /// `None` when the organisation is gone, or none was involved.
    pub org_name: Option<String>,
    pub org_uuid: Option<Uuid>,
    /// `Event (1): title`, as the application log calls a record.
    pub title: String,
    /// `Event (1) added by User "a@b" (2).`; empty for other actions.
    pub description: String,
}

/// Columns that hold numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is a column")]
pub enum Number {
    Id,
    User,
    Org,
    AuthKey,
    ModelId,
    Event,
    RequestType,
}

/// Columns that hold text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is a column of an entry")]
pub enum Text {
    Title,
    ModelTitle,
    Description,
    Model,
    Action,
    Change,
    Email,
    Org,
    Ip,
    RequestId,
}

/// Whose rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Everybody's.
    Everything,
    /// Those of an organisation's users.
    Org(OrgId),
    /// Those of one user.
    User(UserId),
}

/// Which rows. Conditions on several columns must all hold; of one column's values, one.
#[derive(Clone, Debug)]
pub struct Filter {
    /// Whose.
    pub scope: Scope,
    /// Columns with their wanted numbers.
    pub numbers: Vec<(Number, Vec<i64>)>,
    /// Columns with their wanted texts; `%` stands for anything, case does not matter.
    pub texts: Vec<(Text, Vec<String>)>,
    /// Not before, in Unix seconds.
    pub from: Option<i64>,
    /// Not after, in Unix seconds.
    pub to: Option<i64>,
}

const TITLE: &str = "(l.model || ' (' || CAST(l.model_id AS TEXT) || ')' || \
     CASE WHEN l.event_id IS NOT NULL AND l.model <> 'Event' \
     THEN ' from Event (' || CAST(l.event_id AS TEXT) || ')' ELSE '' END || \
     ': ' || COALESCE(l.model_title, ''))";
const DESCRIPTION: &str = "(CASE WHEN l.action IN ('add', 'edit', 'delete') \
     THEN l.model || ' (' || CAST(l.model_id AS TEXT) || ') ' || \
     CASE l.action WHEN 'add' THEN 'added' WHEN 'edit' THEN 'edited' ELSE 'deleted' END || \
     ' by User \"' || l.email || '\" (' || CAST(l.user_id AS TEXT) || ').' ELSE '' END)";

pub(super) fn select() -> String {
    format!(
        "SELECT l.id, l.created, l.user_id, l.org_id, l.authkey_id, l.ip, l.request_type, l.request_id, l.action, \
         l.model, l.model_id, COALESCE(l.model_title, ''), l.event_id, l.change, l.email, o.name, o.uuid, \
         {TITLE}, {DESCRIPTION}, l.user_agent FROM audit_logs l LEFT JOIN organisations o ON o.id = l.org_id WHERE "
    )
}

pub(super) fn read(row: &Row<'_>) -> DbResult<Entry> {
    Ok(Entry {
        id: row.int(0)?,
        created: row.int(1)?,
        user_id: UserId(row.int(2)?),
        org_id: OrgId(row.int(3)?),
        authkey_id: AuthKeyId(row.int(4)?),
        ip: row.opt_text(5)?,
        request_type: row.int(6)?,
        request_id: row.opt_text(7)?,
        action: row.text(8)?,
        model: row.text(9)?,
        model_id: row.int(10)?,
        model_title: row.text(11)?,
        event_id: row.opt_int(12)?.map(EventId),
        change: serde_json::from_str(row.str(13)?).unwrap_or_default(),
        email: row.text(14)?,
        org_name: row.opt_text(15)?,
        org_uuid: row.opt_uuid(16)?,
        title: row.text(17)?,
        description: row.text(18)?,
        user_agent: row.opt_text(19)?,
    })
}

/// A page of rows by id, latest or oldest first.
pub fn list(
    tx: &mut Tx<'_>,
    filter: &Filter,
    latest_first: bool,
    limit: u32,
    offset: i64,
) -> DbResult<Vec<Entry>> {
    let patterns = patterns(filter);
    let mut sql = Sql::new(tx.dialect(), &select());
    push(&mut sql, filter, &patterns);
    sql.push(if latest_first {
        " ORDER BY l.id DESC"
    } else {
        " ORDER BY l.id"
    });
    sql.push(" LIMIT ").bind(limit).push(" OFFSET ").bind(offset);
    tx.all(sql.text(), sql.values(), read)
}

/// A page of the log-ins and failed ones of a user, latest first.
pub fn logins(tx: &mut Tx<'_>, user: UserId, limit: u32, offset: i64) -> DbResult<Vec<Entry>> {
    tx.all(
        &format!(
            "{} l.model = 'User' AND l.model_id = $1 AND l.action IN ('login', 'login_fail', 'logout') \
             ORDER BY l.id DESC LIMIT $2 OFFSET $3",
            select()
        ),
        params![user, limit, offset],
        read,
    )
}

/// How many rows there are.
pub fn count(tx: &mut Tx<'_>, filter: &Filter) -> DbResult<i64> {
    let patterns = patterns(filter);
    let mut sql = Sql::new(
        tx.dialect(),
        "SELECT COUNT(*) FROM audit_logs l LEFT JOIN organisations o ON o.id = l.org_id WHERE ",
    );
    push(&mut sql, filter, &patterns);
    tx.int(sql.text(), sql.values())
}

/// Midnight of each day (UTC, Unix seconds) with the number of its rows, oldest first.
pub fn days(tx: &mut Tx<'_>, filter: &Filter) -> DbResult<Vec<(i64, i64)>> {
    let patterns = patterns(filter);
    let mut sql = Sql::new(
        tx.dialect(),
        "SELECT l.created - l.created % 86400, COUNT(*) FROM audit_logs l \
         LEFT JOIN organisations o ON o.id = l.org_id WHERE ",
    );
    push(&mut sql, filter, &patterns);
    sql.push(" GROUP BY 1 ORDER BY 1");
    tx.all(sql.text(), sql.values(), |row| Ok((row.int(0)?, row.int(1)?)))
}

/// One row.
pub fn by_id(tx: &mut Tx<'_>, id: i64) -> DbResult<Option<Entry>> {
    tx.first(&format!("{}l.id = $1", select()), params![id], read)
}

/// The wanted texts as LIKE patterns: `%` is the only wildcard that clients know.
fn patterns(filter: &Filter) -> Vec<(Text, Vec<String>)> {
    let escaped = |text: &String| text.replace('\\', "\\\\").replace('_', "\\_");
    filter
        .texts
        .iter()
        .map(|(column, wanted)| (*column, wanted.iter().map(escaped).collect()))
        .collect()
}

fn push<'a>(sql: &mut Sql<'a>, filter: &'a Filter, patterns: &'a [(Text, Vec<String>)]) {
    match filter.scope {
        Scope::Everything => sql.push("TRUE"),
        Scope::Org(org) => sql.push("l.org_id = ").bind(org),
        Scope::User(user) => sql.push("l.user_id = ").bind(user),
    };
    for (number, wanted) in &filter.numbers {
        sql.push(" AND ").any(number.column(), wanted);
    }
    for ((text, wanted), (_, asked)) in patterns.iter().zip(&filter.texts) {
        sql.push(" AND (FALSE");
        for (pattern, asked) in wanted.iter().zip(asked) {
            sql.push(" OR ");
            match (text, Uuid::try_parse(asked)) {
                (Text::Org, Ok(uuid)) => sql.push("o.uuid = ").bind(uuid),
                _ => sql.like(text.column(), pattern, false),
            };
        }
        sql.push(")");
    }
    if let Some(from) = filter.from {
        sql.push(" AND l.created >= ").bind(from);
    }
    if let Some(to) = filter.to {
        sql.push(" AND l.created <= ").bind(to);
    }
}

impl Number {
    const fn column(self) -> &'static str {
        match self {
            Self::Id => "l.id",
            Self::User => "l.user_id",
            Self::Org => "l.org_id",
            Self::AuthKey => "l.authkey_id",
            Self::ModelId => "l.model_id",
            Self::Event => "l.event_id",
            Self::RequestType => "l.request_type",
        }
    }
}

impl Text {
    const fn column(self) -> &'static str {
        match self {
            Self::Title => TITLE,
            Self::ModelTitle => "COALESCE(l.model_title, '')",
            Self::Description => DESCRIPTION,
            Self::Model => "l.model",
            Self::Action => "l.action",
            Self::Change => "l.change",
            Self::Email => "l.email",
            Self::Org => "COALESCE(o.name, '')",
            Self::Ip => "COALESCE(l.ip, '')",
            Self::RequestId => "COALESCE(l.request_id, '')",
        }
    }
}
