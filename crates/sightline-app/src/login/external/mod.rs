//! From what somebody else says of a person to a user of this instance: found, added or brought up to date, in one
//! transaction with its audit rows. Who may not in is told why.

#[cfg(test)]
mod tests;

use crate::changes;
use crate::organisations::{self as app_organisations};
use crate::users::{columns, is_email, is_last_site_admin, random_sid};
use serde_json::{Value, json};
use sightline_core::ids::{OrgId, RoleId, UserId};
use sightline_core::{AppResult, Permission};
use sightline_db::audit::{self, Actor, Change, RequestType};
use sightline_db::roles::{self, Role};
use sightline_db::users::{self, User};
use sightline_db::{Tx, external_logins, organisations, sessions};
use sightline_misp::records::Organisation;
use uuid::Uuid;

use crate::Platform;

/// What is known of a person who has proved elsewhere who they are.
#[derive(Clone, Debug, Default)]
pub(super) struct Identity {
    /// Who they are at the provider, where there is one that keeps it for good.
    pub(super) sub: Option<String>,
    /// Their address.
    pub(super) email: String,
    /// Whether a user may be found by that address.
    pub(super) email_proved: bool,
    /// Roles of this instance, by id or name, that they are given.
    pub(super) roles: Vec<String>,
    /// The name of their organisation.
    pub(super) org_name: Option<String>,
    /// Its uuid.
    pub(super) org_uuid: Option<Uuid>,
}

/// What the administrator wants done with it.
#[derive(Clone, Debug, Default)]
pub(super) struct Policy {
    /// `oidc` or `ldap`, for the audit log.
    pub(super) method: &'static str,
    /// Whether unknown people are added.
    pub(super) create: bool,
    /// Whether the role follows.
    pub(super) update_role: bool,
    /// Whether the organisation follows.
    pub(super) update_org: bool,
    /// Whether disabled users are enabled again.
    pub(super) unblock: bool,
    /// Whether users whom a reverse proxy vouches for have no other way in.
    pub(super) header_users_stay_out: bool,
    /// Organisation of those without.
    pub(super) default_org: String,
}

/// Why somebody does not get in, in words for them.
pub(super) type Refusal = String;

/// Who writes audit rows about people that are not in yet.
#[derive(Clone, Debug)]
pub(super) struct Doorkeeper {
    host_org: OrgId,
    ip: Option<String>,
    pub(super) now: i64,
}

impl Doorkeeper {
    /// At this moment, for a browser at this address.
    pub(super) fn new(platform: &Platform, ip: &str) -> Self {
        Self {
            host_org: platform.host_org,
            ip: platform.settings.current().audit.client_ip.then(|| ip.to_owned()),
            now: platform.clock.now(),
        }
    }

    /// An audit row of the platform's own doing.
    pub(super) fn note(
        &self,
        tx: &mut Tx<'_>,
        action: &str,
        id: UserId,
        title: &str,
        fields: Value,
    ) -> AppResult<()> {
        self.record(tx, action, ("User", id.0, title), fields)
    }

    fn record(
        &self,
        tx: &mut Tx<'_>,
        action: &str,
        (model, id, title): (&str, i64, &str),
        fields: Value,
    ) -> AppResult<()> {
        let actor = Actor {
            org_id: self.host_org,
            email: "sightline@localhost".into(),
            ip: self.ip.clone(),
            request_type: RequestType::Web,
            ..Actor::default()
        };
        let change = Change {
            action,
            model,
            id,
            title,
            event: None,
            fields,
        };
        Ok(audit::insert(tx, self.now, &actor, &change)?)
    }
}

/// The user of an identity. A refusal is a value: what it changes, such as a user without a role any more, stays changed.
pub(super) fn admit(
    tx: &mut Tx<'_>,
    door: &Doorkeeper,
    identity: &Identity,
    policy: &Policy,
) -> AppResult<Result<User, Refusal>> {
    let found = match find(tx, identity)? {
        Ok(found) => found,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let Some(role) = best_role(tx, &identity.roles)? else {
        if let Some(user) = found.filter(|user| user.sub.is_some() && user.sub == identity.sub) {
            block(tx, door, user, policy)?;
        }
        return Ok(Err(
            "You have no role on this instance. Ask its administrator.".into()
        ));
    };
    match found {
        Some(user) => update(tx, door, &user, &role, identity, policy),
        None if policy.create => add(tx, door, &role, identity, policy),
        None => Ok(Err(
            "You have no account on this instance. Ask its administrator.".into(),
        )),
    }
}

/// By subject; and, once, by the address, which binds the user to the subject.
fn find(tx: &mut Tx<'_>, identity: &Identity) -> AppResult<Result<Option<User>, Refusal>> {
    if let Some(sub) = &identity.sub
        && let Some(id) = external_logins::by_sub(tx, sub)?
    {
        tx.lock_row("users", id.0)?;
        return Ok(Ok(users::by_id(tx, id)?));
    }
    if !is_email(&identity.email) {
        return Ok(Err("You have no usable e-mail address there.".into()));
    }
    let Some(user) = users::by_email(tx, &identity.email)? else {
        return Ok(Ok(None));
    };
    if !identity.email_proved {
        return Ok(Err("Your e-mail address is not confirmed there.".into()));
    }
    if identity.sub.is_some() && user.sub.is_some() {
        return Ok(Err(
            "Your e-mail address belongs to somebody else here. Ask the administrator.".into(),
        ));
    }
    tx.lock_row("users", user.id.0)?;
    Ok(Ok(Some(user)))
}

/// The most powerful of these roles: a site administrator's before an administrator's, then the one with more
/// permissions, then the older one.
fn best_role(tx: &mut Tx<'_>, wanted: &[String]) -> AppResult<Option<Role>> {
    let mut best: Option<Role> = None;
    for name in wanted {
        let found = match name.parse() {
            Ok(id) => roles::by_id(tx, RoleId(id))?,
            Err(_) => roles::by_name(tx, name)?,
        };
        let Some(role) = found else {
            tracing::warn!(name, "the role mapper names a role that is not here");
            continue;
        };
        if best.as_ref().is_none_or(|best| power(&role) > power(best)) {
            best = Some(role);
        }
    }
    Ok(best)
}

fn power(role: &Role) -> (bool, bool, u32, i64) {
    let permissions = role.permissions;
    (
        permissions.has(Permission::SiteAdmin),
        permissions.has(Permission::Admin),
        permissions.bits().count_ones(),
        -role.id.0,
    )
}

/// The organisation that the identity names; `None` when it names none. One that is only known from data is not
/// taken: whoever sent the data would choose who its members are.
fn named_org(
    tx: &mut Tx<'_>,
    door: &Doorkeeper,
    identity: &Identity,
) -> AppResult<Result<Option<Organisation>, Refusal>> {
    let found = match (identity.org_uuid, identity.org_name.as_deref()) {
        (None, None) => return Ok(Ok(None)),
        (Some(uuid), _) => organisations::by_uuid(tx, uuid)?,
        (None, Some(name)) => organisations::by_name(tx, name)?,
    };
    if let Some(org) = found {
        return Ok(if org.local {
            Ok(Some(org))
        } else {
            Err(format!("{} is not an organisation of this instance.", org.name))
        });
    }
    let Some(name) = identity.org_name.as_deref() else {
        return Ok(Err("Your organisation is not known here.".into()));
    };
    let fits = name.chars().count() <= sightline_core::limits::ORG_NAME_CHARS;
    if !fits || organisations::by_name(tx, name)?.is_some() {
        return Ok(Err("Your organisation's name cannot be used here.".into()));
    }
    let mut org = Organisation {
        uuid: identity.org_uuid.unwrap_or_else(sightline_core::random::uuid),
        name: name.to_owned(),
        local: true,
        date_created: door.now,
        date_modified: door.now,
        ..Organisation::default()
    };
    org.id = organisations::insert(tx, &org)?;
    let fields = json!({"uuid": org.uuid, "name": org.name, "local": true});
    door.record(tx, "add", ("Organisation", org.id.0, name), fields)?;
    Ok(Ok(Some(org)))
}

fn default_org(tx: &mut Tx<'_>, key: &str) -> AppResult<Result<Organisation, Refusal>> {
    let found = if key.is_empty() {
        None
    } else {
        app_organisations::find(tx, key).ok().filter(|org| org.local)
    };
    Ok(found.ok_or_else(|| "You have no organisation on this instance. Ask its administrator.".into()))
}

fn add(
    tx: &mut Tx<'_>,
    door: &Doorkeeper,
    role: &Role,
    identity: &Identity,
    policy: &Policy,
) -> AppResult<Result<User, Refusal>> {
    let org = match named_org(tx, door, identity)? {
        Ok(Some(org)) => org,
        Ok(None) => match default_org(tx, &policy.default_org)? {
            Ok(org) => org,
            Err(refusal) => return Ok(Err(refusal)),
        },
        Err(refusal) => return Ok(Err(refusal)),
    };
    if !app_organisations::takes(&org, &identity.email) {
        return Ok(Err(
            "Your organisation does not take addresses of your domain.".into()
        ));
    }
    let mut user = User {
        org_id: org.id,
        role_id: role.id,
        email: identity.email.to_lowercase(),
        // No password fits it; an administrator may set one.
        password: String::new(),
        change_pw: false,
        nids_sid: random_sid(),
        sub: identity.sub.clone(),
        last_pw_change: door.now,
        date_created: door.now,
        date_modified: door.now,
        ..User::default()
    };
    user.id = users::insert(tx, &user)?;
    let mut fields = columns(&user);
    fields.insert("method".into(), policy.method.into());
    door.note(tx, "add", user.id, &user.email, Value::Object(fields))?;
    Ok(Ok(user))
}

fn update(
    tx: &mut Tx<'_>,
    door: &Doorkeeper,
    before: &User,
    role: &Role,
    identity: &Identity,
    policy: &Policy,
) -> AppResult<Result<User, Refusal>> {
    let mut user = before.clone();
    if user.external_auth_required && policy.header_users_stay_out {
        return Ok(Err("You have another way in here. Ask the administrator.".into()));
    }
    if user.disabled {
        if !policy.unblock {
            return Ok(Err("Your user account has been disabled.".into()));
        }
        user.disabled = false;
    }
    if user.expiration.is_some_and(|end| end != 0 && end <= door.now) {
        return Ok(Err("Your user account has expired.".into()));
    }
    let demotes = !role.permissions.has(Permission::SiteAdmin) && is_last_site_admin(tx, before)?;
    if policy.update_role && !demotes {
        user.role_id = role.id;
    }
    if policy.update_org {
        match named_org(tx, door, identity)? {
            Ok(Some(org)) => user.org_id = org.id,
            Ok(None) => {}
            Err(refusal) => return Ok(Err(refusal)),
        }
    }
    if let Some(sub) = &identity.sub {
        let email = identity.email.to_lowercase();
        if user.sub.is_some() && identity.email_proved && is_email(&email) {
            // A new address that somebody else has stays theirs.
            if users::by_email(tx, &email)?.is_none() {
                user.email = email;
            }
        }
        user.sub = Some(sub.clone());
    }
    let Some(org) = organisations::by_id(tx, user.org_id)? else {
        return Ok(Err("Your organisation is not known here.".into()));
    };
    if (user.org_id != before.org_id || user.email != before.email)
        && !app_organisations::takes(&org, &user.email)
    {
        return Ok(Err(
            "Your organisation does not take addresses of your domain.".into()
        ));
    }
    if user != *before {
        user.date_modified = door.now;
        users::update(tx, &user)?;
        let mut fields = changes::fields(changes::between(&columns(before), &columns(&user)));
        fields.insert("method".into(), policy.method.into());
        door.note(tx, "edit", user.id, &user.email, Value::Object(fields))?;
    }
    Ok(Ok(user))
}

/// Somebody whom the provider knows and gives no role any more is disabled: API keys end with it.
fn block(tx: &mut Tx<'_>, door: &Doorkeeper, mut user: User, policy: &Policy) -> AppResult<()> {
    if user.disabled || is_last_site_admin(tx, &user)? {
        return Ok(());
    }
    user.disabled = true;
    user.date_modified = door.now;
    users::update(tx, &user)?;
    sessions::end_all(tx, user.id, None)?;
    let fields = json!({"disabled": [false, true], "method": policy.method});
    door.note(tx, "edit", user.id, &user.email, fields)
}
