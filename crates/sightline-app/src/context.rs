//! `Ctx`: who is calling, and everything a rule may use. Cheap to clone.

use crate::change_feed::Followers;
use crate::counts::Counts;
use crate::files::Files;
use crate::settings::{LiveSettings, Settings};
use crate::warninglists::Warninglists;
use sightline_core::ids::{AuthKeyId, OrgId, RoleId, UserId};
use sightline_core::{AppError, AppResult, Clock, Permission, Permissions};
pub use sightline_db::audit::RequestType;
use sightline_db::audit::{self, Actor, Change};
use sightline_db::{Db, Members, Tx, Visible, organisations};
use sightline_remote::Remote;
use std::net::IpAddr;
use std::sync::Arc;
use tokio::sync::Notify;
use uuid::Uuid;

/// What one running instance consists of.
#[derive(Debug)]
pub struct Platform {
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// The administrator's settings.
    pub settings: LiveSettings,
    /// Attachments.
    pub files: Files,
    /// Outbound connections.
    pub remote: Remote,
    /// Counts that are too costly to be made for each request.
    pub counts: Counts,
    /// Which values warninglists know.
    pub warninglists: Warninglists,
    /// Rung when a job may be waiting.
    pub bell: Notify,
    /// Those who follow changes.
    pub followers: Followers,
    /// This instance's uuid, made at first start.
    pub uuid: Uuid,
    /// The organisation that runs this instance.
    pub host_org: OrgId,
    /// The URL under which users know this instance.
    pub base_url: String,
}

/// The authenticated user behind a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Caller {
    /// The user; 0 for the platform itself.
    pub user_id: UserId,
    /// Its organisation.
    pub org_id: OrgId,
    /// Its e-mail address.
    pub email: String,
    /// Its role.
    pub role_id: RoleId,
    /// The role's permissions, reduced when a read-only key is used.
    pub permissions: Permissions,
    /// The key that was used, if any.
    pub auth_key: Option<AuthKeyId>,
    /// Whether that key is read-only.
    pub read_only: bool,
    /// How many searches the role allows in a window; `None` for no limit.
    pub searches: Option<i64>,
}

impl Caller {
    /// The platform itself: start-up, command line.
    pub fn platform(host_org: OrgId) -> Self {
        Self {
            org_id: host_org,
            email: "sightline@localhost".into(),
            permissions: Permissions::of(Permission::ALL),
            ..Self::default()
        }
    }

    /// Whether every distribution rule is lifted.
    pub fn is_site_admin(&self) -> bool {
        self.permissions.has(Permission::SiteAdmin)
    }

    /// Whether the caller may; a site administrator always may.
    pub fn may(&self, permission: Permission) -> bool {
        self.permissions.has(permission) || self.is_site_admin()
    }
}

/// Where a request comes from, as the listener knows it.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// The client's address, behind trusted proxies.
    pub ip: Option<String>,
    /// Who has connected: the client itself, or the last proxy before this server.
    pub peer: Option<IpAddr>,
    /// The id that logs and audit rows carry.
    pub request_id: Option<String>,
    /// What the client calls itself.
    pub user_agent: Option<String>,
}

/// A request: the platform, its caller, and where it came from.
#[derive(Clone, Debug)]
pub struct Ctx {
    /// The instance.
    pub platform: Arc<Platform>,
    /// Who is calling.
    pub caller: Caller,
    /// Web, API or command line.
    pub request_type: RequestType,
    /// The caller's address.
    pub ip: Option<String>,
    /// Correlates log lines, audit rows and answers.
    pub request_id: Option<String>,
    /// What the client calls itself.
    pub user_agent: Option<String>,
}

impl Ctx {
    /// The platform acting on its own behalf.
    pub fn platform(platform: Arc<Platform>) -> Self {
        let caller = Caller::platform(platform.host_org);
        Self {
            platform,
            caller,
            request_type: RequestType::Cli,
            ip: None,
            request_id: None,
            user_agent: None,
        }
    }

    /// The same request as another caller (a job runs as the user who asked for it).
    #[must_use]
    pub fn acting_as(&self, caller: Caller) -> Self {
        Self {
            caller,
            ..self.clone()
        }
    }

    /// Now, in Unix seconds.
    pub fn now(&self) -> i64 {
        self.platform.clock.now()
    }

    /// The administrator's settings.
    pub fn settings(&self) -> Arc<Settings> {
        self.platform.settings.current()
    }

    /// What the caller may see.
    pub fn visible(&self) -> Visible {
        if self.caller.is_site_admin() {
            return Visible::everything();
        }
        let members = if self.caller.may(Permission::SharingGroup) {
            Members::Managed
        } else if self.settings().security.hide_organisations_in_sharing_groups {
            Members::Withheld
        } else {
            Members::Open
        };
        Visible::to_organisation(self.caller.org_id, self.settings().events.unpublished_private)
            .with_members(members)
    }

    /// `Unavailable` during maintenance, except for site administrators.
    pub fn require_live(&self) -> AppResult<()> {
        let access = &self.settings().access;
        if access.live || self.caller.is_site_admin() {
            Ok(())
        } else {
            Err(AppError::Unavailable(access.maintenance_message.clone()))
        }
    }

    /// `Forbidden` unless the caller may.
    pub fn require(&self, permission: Permission) -> AppResult<()> {
        if self.caller.may(permission) {
            Ok(())
        } else {
            Err(AppError::no_permission())
        }
    }

    /// `Forbidden` with a read-only key: for what every user may do that asks for no other permission.
    pub fn require_writing(&self) -> AppResult<()> {
        if self.caller.read_only {
            Err(AppError::no_permission())
        } else {
            Ok(())
        }
    }

    /// Whether the caller belongs to the organisation that runs this instance.
    pub fn is_host_org(&self) -> bool {
        self.caller.org_id == self.platform.host_org
    }

    /// Runs a closure of reads in one snapshot.
    pub async fn read<T, F>(&self, work: F) -> AppResult<T>
    where
        F: FnOnce(&Ctx, &mut Tx<'_>) -> AppResult<T> + Send + 'static,
        T: Send + 'static,
    {
        let ctx = self.clone();
        self.platform.db.read(move |tx| work(&ctx, tx)).await
    }

    /// As [`Ctx::read`], for work that may take long and must leave room for look-ups.
    pub async fn read_at_length<T, F>(&self, work: F) -> AppResult<T>
    where
        F: FnOnce(&Ctx, &mut Tx<'_>) -> AppResult<T> + Send + 'static,
        T: Send + 'static,
    {
        let ctx = self.clone();
        self.platform.db.read_at_length(move |tx| work(&ctx, tx)).await
    }

    /// Runs a closure of changes in one transaction. Record each change with [`Ctx::audit`]. `Conflict` when the caller's
    /// organisation has become another one since the request was authenticated: nothing is written in its old name.
    pub async fn write<T, F>(&self, work: F) -> AppResult<T>
    where
        F: FnOnce(&Ctx, &mut Tx<'_>) -> AppResult<T> + Clone + Send + 'static,
        T: Send + 'static,
    {
        let ctx = self.clone();
        let written = self
            .platform
            .db
            .write(move |tx| {
                if ctx.caller.user_id != UserId(0) && !organisations::keep(tx, ctx.caller.org_id)? {
                    return Err(AppError::Conflict(
                        "Your organisation was merged into another one just now. Please try again.".into(),
                    ));
                }
                work(&ctx, tx)
            })
            .await?;
        self.platform.followers.wake();
        Ok(written)
    }

    /// Writes the audit row of a change, in its transaction.
    pub fn audit(&self, tx: &mut Tx<'_>, change: &Change<'_>) -> AppResult<()> {
        Ok(audit::insert(tx, self.now(), &self.actor(), change)?)
    }

    /// Writes the audit rows of many changes, in their transaction.
    pub fn audit_many(&self, tx: &mut Tx<'_>, changes: &[Change<'_>]) -> AppResult<()> {
        Ok(audit::insert_many(tx, self.now(), &self.actor(), changes)?)
    }

    fn actor(&self) -> Actor {
        Actor {
            user_id: self.caller.user_id,
            org_id: self.caller.org_id,
            email: self.caller.email.clone(),
            authkey_id: self.caller.auth_key.unwrap_or_default(),
            ip: self.ip.clone().filter(|_| self.settings().audit.client_ip),
            request_type: self.request_type,
            request_id: self.request_id.clone(),
            user_agent: self.user_agent.clone(),
        }
    }
}
