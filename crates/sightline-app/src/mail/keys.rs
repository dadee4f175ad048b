//! OpenPGP keys: the one of this instance, and how those of users stand.

use crate::Ctx;
use sightline_core::ids::UserId;
use sightline_core::{AppError, AppResult, Permission};
use sightline_db::{DbError, Tx, instance, organisations, users};
use sightline_formats::openpgp::{Identity, OpenPgpError, PublicKey, SystemRandom};

/// Where the instance's own secret key is kept.
const NAME: &str = "openpgp_key";

/// How a user's key stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyStanding {
    /// Whose it is.
    pub user_id: UserId,
    /// Its owner's address.
    pub email: String,
    /// The fingerprint, when the key holds.
    pub fingerprint: Option<String>,
    /// When it ends, as Unix seconds; `None` for never.
    pub expires: Option<i64>,
    /// Why it cannot be used.
    pub problem: Option<String>,
}

/// The key that this instance signs with: the configured one, or one that is made when it is first needed.
pub async fn identity(ctx: &Ctx) -> AppResult<Identity> {
    if let Some(file) = ctx.settings().mail.openpgp_key.clone() {
        let text = tokio::fs::read_to_string(&file)
            .await
            .map_err(|error| AppError::internal(format!("mail.openpgp_key: {error}")))?;
        return Identity::parse(&text).map_err(failed);
    }
    if let Some(text) = ctx.read(|_, tx| Ok(instance::get(tx, NAME)?)).await? {
        return Identity::parse(&text).map_err(failed);
    }
    let sender = super::render::sender(ctx);
    let text = ctx
        .write(move |ctx, tx| {
            let org = organisations::by_id(tx, ctx.platform.host_org)?.unwrap_or_default();
            let made = Identity::generate(SystemRandom, &org.name, &sender).map_err(failed)?;
            match instance::insert(tx, NAME, &made.armoured().map_err(failed)?) {
                Ok(()) => {}
                // Another process was faster; its key counts.
                Err(DbError::NotUnique(_)) => return Err(AppError::Unavailable("Please try again.".into())),
                Err(other) => return Err(other.into()),
            }
            made.armoured().map_err(failed)
        })
        .await?;
    Identity::parse(&text).map_err(failed)
}

/// The public half of it, in ASCII armour.
pub async fn public_key(ctx: &Ctx) -> AppResult<String> {
    identity(ctx).await?.public().map_err(failed)
}

/// How a key stands now.
pub fn key_standing(ctx: &Ctx, user_id: UserId, email: &str, key: &str) -> KeyStanding {
    let parsed = PublicKey::parse(key, ctx.now());
    KeyStanding {
        user_id,
        email: email.to_owned(),
        fingerprint: parsed.as_ref().ok().map(PublicKey::fingerprint),
        expires: parsed.as_ref().ok().and_then(PublicKey::expires),
        problem: parsed.err().map(|error| error.to_string()),
    }
}

/// How the keys of a page of users stand; users without a key are left out. For site administrators.
pub async fn key_standings(ctx: &Ctx, page: u32, limit: u32) -> AppResult<Vec<KeyStanding>> {
    ctx.require(Permission::SiteAdmin)?;
    ctx.read(move |ctx, tx| {
        let found = with_keys(tx, page, limit)?;
        Ok(found
            .iter()
            .map(|user| key_standing(ctx, user.id, &user.email, &user.gpgkey))
            .collect())
    })
    .await
}

fn with_keys(tx: &mut Tx<'_>, page: u32, limit: u32) -> AppResult<Vec<users::User>> {
    let filter = users::Filter {
        with_key: true,
        ..users::Filter::default()
    };
    let offset = page.saturating_sub(1).saturating_mul(limit);
    Ok(users::list(tx, &filter, Some(limit), offset)?.0)
}

fn failed(error: OpenPgpError) -> AppError {
    AppError::internal(error)
}
