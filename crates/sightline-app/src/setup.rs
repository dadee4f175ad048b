//! The first start: roles, the host organisation, one administrator (spec 05 section 3.2).

use crate::auth_keys;
use crate::knowledge;
use crate::login::{hash_now, require_good_password};
use crate::settings::SecuritySettings;
use serde_json::json;
use sightline_core::ids::OrgId;
use sightline_core::limits::AUTH_KEY_CHARS;
use sightline_core::{AppError, AppResult, Clock, Permission, Permissions, random};
use sightline_db::audit::{self, Actor, Change};
use sightline_db::auth_keys::AuthKey;
use sightline_db::roles::{self, Role};
use sightline_db::users::{self, User};
use sightline_db::{Access, Db, Tx, instance, organisations};
use sightline_misp::records::Organisation;
use uuid::Uuid;

/// Characters of a generated password.
const PASSWORD_CHARS: usize = 20;
const HOST_ORG: &str = "host_org_id";
const UUID: &str = "uuid";

/// What an unattended installation may say about its first administrator.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FirstStart {
    /// E-mail address; `admin@admin.test` when not given.
    pub email: Option<String>,
    /// Password; random, and to be changed at first log-in, when not given.
    pub password: Option<String>,
    /// API key of 40 letters or digits; none when not given.
    pub key: Option<String>,
    /// Name of the host organisation; `ORGNAME` when not given.
    pub org: Option<String>,
}

/// What `first_start` found or made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// This instance's uuid.
    pub uuid: Uuid,
    /// The organisation that runs it.
    pub host_org: OrgId,
    /// The new administrator; `None` when there was one already.
    pub created: Option<Credentials>,
}

/// To be shown once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    /// The administrator's address.
    pub email: String,
    /// The generated password; `None` when it was given.
    pub password: Option<String>,
}

/// Makes the roles, the host organisation and the administrator, unless they are there. Blocks: for start-up.
pub fn first_start(db: &Db, clock: &Clock, wish: &FirstStart) -> AppResult<Outcome> {
    if let Some(outcome) = db.run_blocking(Access::Read, found)? {
        return Ok(outcome);
    }
    if let Some(key) = &wish.key
        && (key.len() != AUTH_KEY_CHARS || !key.bytes().all(|b| b.is_ascii_alphanumeric()))
    {
        return Err(AppError::field(
            "SIGHTLINE_ADMIN_KEY",
            "The key must be 40 letters or digits.",
        ));
    }
    if let Some(password) = &wish.password {
        require_good_password(
            password,
            &SecuritySettings {
                password_length: 1,
                ..SecuritySettings::default()
            },
        )?;
    }
    let generated = random::alphanumeric(PASSWORD_CHARS);
    let hash = hash_now(wish.password.as_deref().unwrap_or(&generated))?;
    let (now, wish) = (clock.now(), wish.clone());
    db.run_blocking(Access::Write, move |tx| {
        if let Some(outcome) = found(tx)? {
            return Ok(outcome);
        }
        make(tx, now, &wish, hash, &generated)
    })
}

fn found(tx: &mut Tx<'_>) -> AppResult<Option<Outcome>> {
    let (Some(uuid), Some(host_org)) = (instance::get(tx, UUID)?, instance::get(tx, HOST_ORG)?) else {
        return Ok(None);
    };
    let uuid = Uuid::try_parse(&uuid).map_err(AppError::internal)?;
    let host_org = OrgId(host_org.parse().map_err(AppError::internal)?);
    Ok(Some(Outcome {
        uuid,
        host_org,
        created: None,
    }))
}

fn make(tx: &mut Tx<'_>, now: i64, wish: &FirstStart, hash: String, generated: &str) -> AppResult<Outcome> {
    let uuid = random::uuid();
    let mut admin_role = None;
    for (name, permissions, default_role) in seed_roles() {
        let role = Role {
            name: name.into(),
            permissions,
            default_role,
            created: now,
            modified: now,
            ..Role::default()
        };
        let id = roles::insert(tx, &role)?;
        admin_role = admin_role.or(Some(id));
    }
    let org = Organisation {
        uuid: random::uuid(),
        name: wish.org.clone().unwrap_or_else(|| "ORGNAME".into()),
        description: Some("The organisation that runs this instance.".into()),
        local: true,
        date_created: now,
        date_modified: now,
        ..Organisation::default()
    };
    let host_org = organisations::insert(tx, &org)?;
    let email = wish.email.clone().unwrap_or_else(|| "admin@admin.test".into());
    let user = User {
        org_id: host_org,
        role_id: admin_role.unwrap_or_default(),
        email: email.clone(),
        password: hash,
        change_pw: wish.password.is_none(),
        date_created: now,
        date_modified: now,
        last_pw_change: now,
        ..User::default()
    };
    let user_id = users::insert(tx, &user)?;
    if let Some(key) = &wish.key {
        let (start, _) = key.split_at(4);
        let (_, end) = key.split_at(AUTH_KEY_CHARS - 4);
        sightline_db::auth_keys::insert(
            tx,
            &AuthKey {
                uuid: random::uuid(),
                user_id,
                key_hash: auth_keys::hash(key),
                authkey_start: start.into(),
                authkey_end: end.into(),
                created: now,
                comment: "Given at the first start.".into(),
                ..AuthKey::default()
            },
        )?;
    }
    knowledge::load_starter(tx)?;
    instance::insert(tx, UUID, &uuid.to_string())?;
    instance::insert(tx, HOST_ORG, &host_org.to_string())?;
    let change = Change {
        action: "add",
        model: "User",
        id: user_id.0,
        title: &email,
        event: None,
        fields: json!({"first_start": true, "email": email, "org": org.name}),
    };
    audit::insert(tx, now, &Actor::default(), &change)?;
    let password = wish.password.is_none().then(|| generated.to_owned());
    Ok(Outcome {
        uuid,
        host_org,
        created: Some(Credentials { email, password }),
    })
}

/// The six roles of a fresh instance, in id order (spec 05 section 3.2).
fn seed_roles() -> [(&'static str, Permissions, bool); 6] {
    use Permission::{
        Add, Admin, AnalystData, Audit, Auth, Decaying, Delegate, GalaxyEditor, Modify, ModifyOrg, Publish,
        PublishKafka, PublishZmq, SharingGroup, Sighting, SkipOtp, Sync, TagEditor, Tagger, Template,
    };
    let with = |base: Permissions, more: &[Permission]| more.iter().fold(base, |set, p| set.with(*p));
    let read_only = Permissions::of(&[Audit, Auth]);
    let user = with(
        read_only,
        &[
            Add,
            Modify,
            ModifyOrg,
            Tagger,
            Sighting,
            Decaying,
            GalaxyEditor,
            AnalystData,
        ],
    );
    let publisher = with(user, &[Publish, PublishZmq, PublishKafka, Delegate]);
    [
        (
            "admin",
            Permissions::of(Permission::ALL).set(SkipOtp, false),
            false,
        ),
        (
            "Org Admin",
            with(publisher, &[Admin, Template, SharingGroup, TagEditor]),
            false,
        ),
        ("User", user, true),
        ("Publisher", publisher, false),
        (
            "Sync user",
            with(publisher, &[Sync, SharingGroup, TagEditor]),
            false,
        ),
        ("Read Only", read_only, false),
    ]
}
