//! What administrators write: to everybody, an organisation, a role or one user; and new passwords by mail.

use super::{About, queue, require_on};
use crate::Ctx;
use crate::login::require_own_password;
use crate::users::{changeable, require_admin, require_password_change};
use serde_json::{Value, json};
use sightline_core::ids::{OrgId, UserId};
use sightline_core::{AppError, AppResult, FieldErrors, Permission};
use sightline_db::Tx;
use sightline_db::audit::Change;
use sightline_db::mail::{self, Message, Readers};

/// Longest subject, in characters.
const SUBJECT_CHARS: usize = 200;
/// Longest text, in characters.
const BODY_CHARS: usize = 50_000;
/// Users that are read at once.
const BATCH: u32 = 500;

/// What the mail brings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// A text.
    Message {
        /// What it is about.
        subject: String,
        /// What it says.
        body: String,
    },
    /// A new temporary password.
    Password,
}

/// A mail of an administrator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// One user; then the rest does not matter.
    pub user: Option<UserId>,
    /// Everybody of this organisation.
    pub org: Option<OrgId>,
    /// Everybody with this role.
    pub role: Option<i64>,
    /// What it brings.
    pub action: Action,
}

/// Queues a mail to those whom it is for. How many they are.
pub async fn notify(ctx: &Ctx, notice: Notice) -> AppResult<usize> {
    require_admin(ctx)?;
    require_on(ctx)?;
    match &notice.action {
        Action::Message { subject, body } => check(subject, body)?,
        Action::Password => require_password_change(ctx)?,
    }
    ctx.write(move |ctx, tx| {
        let readers = readers(ctx, tx, &notice)?;
        if readers.is_empty() {
            return Err(AppError::Refused("There is nobody to write to.".into()));
        }
        let (about, fields) = match notice.action {
            Action::Message { subject, body } => {
                let fields = json!({"subject": subject, "recipients": readers.len()});
                let message = Message {
                    user_id: ctx.caller.user_id,
                    subject,
                    body,
                    created: ctx.now(),
                };
                let message = mail::add_message(tx, &message)?;
                (About::Message { message }, fields)
            }
            Action::Password => (
                About::Password,
                json!({"password": "new", "recipients": readers.len()}),
            ),
        };
        for reader in &readers {
            queue(ctx, tx, *reader, about.clone())?;
        }
        record(ctx, tx, notice.user.unwrap_or_default(), fields)?;
        Ok(readers.len())
    })
    .await
}

/// Queues a new temporary password for one user.
pub async fn write_to(ctx: &Ctx, user: UserId, action: Action) -> AppResult<()> {
    let notice = Notice {
        user: Some(user),
        org: None,
        role: None,
        action,
    };
    notify(ctx, notice).await.map(drop)
}

/// Queues the mail that greets a new user with a temporary password, in the transaction that adds the user.
pub fn welcome(ctx: &Ctx, tx: &mut Tx<'_>, user: UserId) -> AppResult<()> {
    require_on(ctx)?;
    queue(ctx, tx, user, About::Welcome)
}

fn check(subject: &str, body: &str) -> AppResult<()> {
    let mut errors = FieldErrors::default();
    for (field, text, most) in [("subject", subject, SUBJECT_CHARS), ("body", body, BODY_CHARS)] {
        if text.trim().is_empty() {
            errors.add(field, "This cannot be empty.");
        } else if text.chars().count() > most {
            errors.add(field, format!("This has more than {most} characters."));
        }
    }
    errors.into_result()
}

/// Those of the wanted whom the caller administers.
fn readers(ctx: &Ctx, tx: &mut Tx<'_>, notice: &Notice) -> AppResult<Vec<UserId>> {
    let is_password = notice.action == Action::Password;
    if let Some(user) = notice.user {
        let user = changeable(ctx, tx, user)?;
        if is_password {
            require_own_password(&ctx.settings(), &user)?;
        }
        return Ok(vec![user.id]);
    }
    let own = (!ctx.caller.is_site_admin()).then_some(ctx.caller.org_id);
    if own.is_some() && notice.org.is_some_and(|org| Some(org) != own) {
        return Ok(Vec::new());
    }
    let wanted = Readers {
        subscription: None,
        org: notice.org.or(own),
        role: notice.role,
    };
    let mut found = Vec::new();
    let mut after = UserId(0);
    loop {
        let page = mail::readers(tx, &wanted, after, BATCH)?;
        let Some(last) = page.last() else {
            break;
        };
        after = *last;
        found.extend(page);
    }
    if !is_password {
        return Ok(found);
    }
    let mut with_password = Vec::new();
    for id in found {
        if id != ctx.caller.user_id && may_have_password(ctx, tx, id)? {
            with_password.push(id);
        }
    }
    Ok(with_password)
}

/// An organisation's administrator gives no site administrator a password, and nobody gets one that opens nothing.
fn may_have_password(ctx: &Ctx, tx: &mut Tx<'_>, id: UserId) -> AppResult<bool> {
    match changeable(ctx, tx, id) {
        Ok(user) => Ok(require_own_password(&ctx.settings(), &user).is_ok()),
        Err(AppError::NotFound(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

fn record(ctx: &Ctx, tx: &mut Tx<'_>, user: UserId, fields: Value) -> AppResult<()> {
    ctx.require(Permission::Admin)?;
    let change = Change {
        action: "admin_email",
        model: "User",
        id: user.0,
        title: "Mail to users",
        event: None,
        fields,
    };
    ctx.audit(tx, &change)
}
