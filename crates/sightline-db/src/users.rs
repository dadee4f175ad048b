//! Users.

use crate::{DbResult, Row, Sql, Tx, params};
use sightline_core::ids::{OrgId, RoleId, UserId};
use sightline_core::{Permission, Permissions};

/// A user as kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of spec 01 section 11")]
#[expect(clippy::struct_excessive_bools, reason = "each is a column of its own")]
pub struct User {
    pub id: UserId,
    pub org_id: OrgId,
    pub role_id: RoleId,
    pub email: String,
    /// The hash in PHC form.
    pub password: String,
    pub change_pw: bool,
    pub autoalert: bool,
    pub contactalert: bool,
    pub notification_daily: bool,
    pub notification_weekly: bool,
    pub notification_monthly: bool,
    pub disabled: bool,
    pub termsaccepted: bool,
    pub gpgkey: String,
    pub certif_public: String,
    pub nids_sid: i64,
    pub newsread: i64,
    pub invited_by: UserId,
    pub expiration: Option<i64>,
    pub current_login: i64,
    pub last_login: i64,
    pub last_api_access: i64,
    pub last_pw_change: i64,
    pub date_created: i64,
    pub date_modified: i64,
    /// Who the user is at the OpenID Connect provider.
    pub sub: Option<String>,
    /// A reverse proxy's header names the user, which is then the only way in.
    pub external_auth_required: bool,
    /// What that header calls the user.
    pub external_auth_key: String,
    /// Whether a log-in asks for a one-time password. The secret itself is read by `otp` alone.
    pub totp_is_set: bool,
    /// How many paper codes are used up; `None` before there were any.
    pub hotp_counter: Option<i64>,
}

const COLUMNS: &str = "u.id, u.org_id, u.role_id, u.email, u.password, u.change_pw, u.autoalert, u.contactalert, \
     u.notification_daily, u.notification_weekly, u.notification_monthly, u.disabled, u.termsaccepted, u.gpgkey, \
     u.certif_public, u.nids_sid, u.newsread, u.invited_by, u.expiration, u.current_login, u.last_login, \
     u.last_api_access, u.last_pw_change, u.date_created, u.date_modified, u.sub, \
     u.external_auth_required, u.external_auth_key, COALESCE(u.totp, '') <> '', u.hotp_counter";

fn read(row: &Row<'_>) -> DbResult<User> {
    Ok(User {
        id: UserId(row.int(0)?),
        org_id: OrgId(row.int(1)?),
        role_id: RoleId(row.int(2)?),
        email: row.text(3)?,
        password: row.text(4)?,
        change_pw: row.bool(5)?,
        autoalert: row.bool(6)?,
        contactalert: row.bool(7)?,
        notification_daily: row.bool(8)?,
        notification_weekly: row.bool(9)?,
        notification_monthly: row.bool(10)?,
        disabled: row.bool(11)?,
        termsaccepted: row.bool(12)?,
        gpgkey: row.text(13)?,
        certif_public: row.text(14)?,
        nids_sid: row.int(15)?,
        newsread: row.int(16)?,
        invited_by: UserId(row.int(17)?),
        expiration: row.opt_int(18)?,
        current_login: row.int(19)?,
        last_login: row.int(20)?,
        last_api_access: row.int(21)?,
        last_pw_change: row.int(22)?,
        date_created: row.int(23)?,
        date_modified: row.int(24)?,
        sub: row.opt_text(25)?,
        external_auth_required: row.bool(26)?,
        external_auth_key: row.text(27)?,
        totp_is_set: row.bool(28)?,
        hotp_counter: row.opt_int(29)?,
    })
}

/// By id.
pub fn by_id(tx: &mut Tx<'_>, id: UserId) -> DbResult<Option<User>> {
    tx.first(
        &format!("SELECT {COLUMNS} FROM users u WHERE u.id = $1"),
        params![id],
        read,
    )
}

/// By e-mail address, without regard to case.
pub fn by_email(tx: &mut Tx<'_>, email: &str) -> DbResult<Option<User>> {
    tx.first(
        &format!("SELECT {COLUMNS} FROM users u WHERE u.email = $1"),
        params![&email.to_lowercase()],
        read,
    )
}

/// Which users a list shows.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "each restricts one column")]
pub struct Filter {
    pub org: Option<OrgId>,
    pub role: Option<RoleId>,
    /// Who has given an OpenPGP key.
    pub with_key: bool,
    /// Part of the address.
    pub email: Option<String>,
    /// Part of the address, the organisation's name or the role's.
    pub any: Option<String>,
    pub disabled: Option<bool>,
}

/// The two texts of a filter as patterns.
struct Patterns {
    email: String,
    any: String,
}

impl Filter {
    fn patterns(&self) -> Patterns {
        let part =
            |text: &Option<String>| format!("%{}%", crate::like::escape(text.as_deref().unwrap_or_default()));
        Patterns {
            email: part(&self.email),
            any: part(&self.any),
        }
    }
}

fn conditions<'a>(sql: &mut Sql<'a>, filter: &Filter, patterns: &'a Patterns) {
    if let Some(org) = filter.org {
        sql.push(" AND u.org_id = ").bind(org);
    }
    if let Some(role) = filter.role {
        sql.push(" AND u.role_id = ").bind(role);
    }
    if filter.with_key {
        sql.push(" AND u.gpgkey <> ''");
    }
    if filter.email.is_some() {
        sql.push(" AND ").like("u.email", &patterns.email, false);
    }
    if filter.any.is_some() {
        sql.push(" AND (").like("u.email", &patterns.any, false);
        sql.push(" OR EXISTS (SELECT 1 FROM organisations o WHERE o.id = u.org_id AND ")
            .like("o.name", &patterns.any, false)
            .push(") OR EXISTS (SELECT 1 FROM roles r WHERE r.id = u.role_id AND ")
            .like("r.name", &patterns.any, false)
            .push("))");
    }
    if let Some(disabled) = filter.disabled {
        sql.push(if disabled {
            " AND u.disabled"
        } else {
            " AND NOT u.disabled"
        });
    }
}

/// A page of users by id; and how many there are in all.
pub fn list(tx: &mut Tx<'_>, filter: &Filter, limit: Option<u32>, offset: u32) -> DbResult<(Vec<User>, i64)> {
    let patterns = filter.patterns();
    let mut count = Sql::new(tx.dialect(), "SELECT COUNT(*) FROM users u WHERE TRUE");
    conditions(&mut count, filter, &patterns);
    let total = tx.int(count.text(), count.values())?;
    let mut sql = Sql::new(tx.dialect(), &format!("SELECT {COLUMNS} FROM users u WHERE TRUE"));
    conditions(&mut sql, filter, &patterns);
    sql.push(" ORDER BY u.id LIMIT ")
        .bind(limit.map_or(i64::MAX, i64::from))
        .push(" OFFSET ")
        .bind(offset);
    Ok((tx.all(sql.text(), sql.values(), read)?, total))
}

/// The addresses of these users.
pub fn emails(tx: &mut Tx<'_>, ids: &[i64]) -> DbResult<Vec<(UserId, String)>> {
    tx.all(
        "SELECT id, email FROM users WHERE id = ANY($1)",
        params![ids],
        |row| Ok((UserId(row.int(0)?), row.text(1)?)),
    )
}

/// The addresses of an organisation's users.
pub fn emails_of_org(tx: &mut Tx<'_>, org: OrgId) -> DbResult<Vec<String>> {
    tx.all(
        "SELECT email FROM users WHERE org_id = $1 ORDER BY id",
        params![org],
        |row| row.text(0),
    )
}

/// The administrators of an organisation, by id; site administrators are not among them.
pub fn org_admins(tx: &mut Tx<'_>, org: OrgId) -> DbResult<Vec<(UserId, String)>> {
    tx.all(
        "SELECT u.id, u.email FROM users u JOIN roles r ON r.id = u.role_id \
         WHERE u.org_id = $1 AND r.permissions & $2 <> 0 AND r.permissions & $3 = 0 ORDER BY u.id",
        params![
            org,
            Permissions::of(&[Permission::Admin]).bits(),
            Permissions::of(&[Permission::SiteAdmin]).bits()
        ],
        |row| Ok((UserId(row.int(0)?), row.text(1)?)),
    )
}

/// Whether a site administrator besides this user may log in.
pub fn other_site_admin(tx: &mut Tx<'_>, id: UserId) -> DbResult<bool> {
    tx.exists(
        "SELECT 1 FROM users u JOIN roles r ON r.id = u.role_id \
         WHERE u.id <> $1 AND NOT u.disabled AND r.permissions & $2 <> 0",
        params![id, Permissions::of(&[Permission::SiteAdmin]).bits()],
    )
}

/// Whether there is any user yet.
pub fn any(tx: &mut Tx<'_>) -> DbResult<bool> {
    tx.exists("SELECT 1 FROM users LIMIT 1", &[])
}

/// Writes a new user; its `id` is ignored. The address is kept in lower case.
pub fn insert(tx: &mut Tx<'_>, u: &User) -> DbResult<UserId> {
    tx.int(
        "INSERT INTO users (org_id, role_id, email, password, change_pw, autoalert, contactalert, notification_daily, \
         notification_weekly, notification_monthly, disabled, termsaccepted, gpgkey, certif_public, nids_sid, newsread, \
         invited_by, expiration, last_pw_change, date_created, date_modified, sub, external_auth_required, \
         external_auth_key) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, \
         $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24) RETURNING id",
        params![
            u.org_id,
            u.role_id,
            &u.email.to_lowercase(),
            &u.password,
            u.change_pw,
            u.autoalert,
            u.contactalert,
            u.notification_daily,
            u.notification_weekly,
            u.notification_monthly,
            u.disabled,
            u.termsaccepted,
            &u.gpgkey,
            &u.certif_public,
            u.nids_sid,
            u.newsread,
            u.invited_by,
            u.expiration,
            u.last_pw_change,
            u.date_created,
            u.date_modified,
            u.sub.as_deref(),
            u.external_auth_required,
            &u.external_auth_key
        ],
    )
    .map(UserId)
}

/// Writes back what an edit may change, password and its dates included.
pub fn update(tx: &mut Tx<'_>, u: &User) -> DbResult<()> {
    tx.exec(
        "UPDATE users SET org_id = $2, role_id = $3, email = $4, password = $5, change_pw = $6, autoalert = $7, \
         contactalert = $8, notification_daily = $9, notification_weekly = $10, notification_monthly = $11, \
         disabled = $12, termsaccepted = $13, gpgkey = $14, certif_public = $15, nids_sid = $16, newsread = $17, \
         expiration = $18, last_pw_change = $19, date_modified = $20, sub = $21, \
         external_auth_required = $22, external_auth_key = $23 WHERE id = $1",
        params![
            u.id,
            u.org_id,
            u.role_id,
            &u.email.to_lowercase(),
            &u.password,
            u.change_pw,
            u.autoalert,
            u.contactalert,
            u.notification_daily,
            u.notification_weekly,
            u.notification_monthly,
            u.disabled,
            u.termsaccepted,
            &u.gpgkey,
            &u.certif_public,
            u.nids_sid,
            u.newsread,
            u.expiration,
            u.last_pw_change,
            u.date_modified,
            u.sub.as_deref(),
            u.external_auth_required,
            &u.external_auth_key
        ],
    )?;
    Ok(())
}

/// Puts a better hash of the same password in the place of `old`, unless that has been replaced already.
pub fn set_password_hash(tx: &mut Tx<'_>, id: UserId, old: &str, new: &str) -> DbResult<()> {
    tx.exec(
        "UPDATE users SET password = $3 WHERE id = $1 AND password = $2",
        params![id, old, new],
    )?;
    Ok(())
}

/// Notes a log-in; the login before becomes the last one.
pub fn logged_in(tx: &mut Tx<'_>, id: UserId, now: i64) -> DbResult<()> {
    tx.exec(
        "UPDATE users SET last_login = current_login, current_login = $2 WHERE id = $1",
        params![id, now],
    )?;
    Ok(())
}

/// Notes the use of the API.
pub fn used_api(tx: &mut Tx<'_>, id: UserId, now: i64) -> DbResult<()> {
    tx.exec(
        "UPDATE users SET last_api_access = $2 WHERE id = $1",
        params![id, now],
    )?;
    Ok(())
}

/// Removes a user with keys, sessions and settings.
pub fn delete(tx: &mut Tx<'_>, id: UserId) -> DbResult<()> {
    for table in [
        "auth_keys",
        "sessions",
        "user_settings",
        "bookmarks",
        "favourite_tags",
        "mail_messages",
        "password_resets",
        "unsubscribe_codes",
        "user_ips",
    ] {
        tx.exec(&format!("DELETE FROM {table} WHERE user_id = $1"), params![id])?;
    }
    tx.exec("DELETE FROM users WHERE id = $1", params![id])?;
    Ok(())
}

/// What a request needs to know of its user.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "columns of users and roles")]
pub struct Standing {
    pub user_id: UserId,
    pub org_id: OrgId,
    pub role_id: RoleId,
    pub email: String,
    pub permissions: Permissions,
    pub disabled: bool,
    pub expiration: Option<i64>,
    pub change_pw: bool,
    pub termsaccepted: bool,
    pub totp_is_set: bool,
    /// How many searches the role allows in a window; `None` for no limit.
    pub searches: Option<i64>,
}

/// The user's present organisation, role and permissions.
pub fn standing(tx: &mut Tx<'_>, id: UserId) -> DbResult<Option<Standing>> {
    tx.first(
        "SELECT u.id, u.org_id, u.role_id, u.email, r.permissions, u.disabled, u.expiration, u.change_pw, \
         CASE WHEN r.enforce_rate_limit THEN r.rate_limit_count END, u.termsaccepted, COALESCE(u.totp, '') <> '' \
         FROM users u JOIN roles r ON r.id = u.role_id WHERE u.id = $1",
        params![id],
        |row| {
            Ok(Standing {
                user_id: UserId(row.int(0)?),
                org_id: OrgId(row.int(1)?),
                role_id: RoleId(row.int(2)?),
                email: row.text(3)?,
                permissions: Permissions::from_bits(row.int(4)?),
                disabled: row.bool(5)?,
                expiration: row.opt_int(6)?,
                change_pw: row.bool(7)?,
                searches: row.opt_int(8)?,
                termsaccepted: row.bool(9)?,
                totp_is_set: row.bool(10)?,
            })
        },
    )
}
