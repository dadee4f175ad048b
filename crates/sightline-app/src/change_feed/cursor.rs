//! Positions as their readers hold them: sealed with a key of this instance and fresh each time, so that two of them do not
//! tell how far they are apart, nor whether they are the same.

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use sightline_core::{AppError, AppResult, random};
use sightline_db::{Db, DbError, instance};

/// The name of the key among the instance's values.
const SECRET: &str = "change_feed_secret";
/// Characters of it: 43 letters and digits hold 256 bits.
const SECRET_CHARS: usize = 43;

/// Seals and opens positions.
#[derive(Debug)]
pub(super) struct Seal(RandomizedNonceKey);

impl Seal {
    /// With the instance's key, which is made when it is needed first.
    pub(super) async fn of(db: &Db) -> AppResult<Self> {
        let known = db.read(|tx| instance::get(tx, SECRET).map_err(AppError::from));
        let secret = match known.await? {
            Some(secret) => secret,
            None => make(db).await?,
        };
        RandomizedNonceKey::new(&AES_256_GCM, &Sha256::digest(secret))
            .map(Self)
            .map_err(AppError::internal)
    }

    /// The text for a position.
    pub(super) fn seal(&self, position: i64) -> AppResult<String> {
        let mut sealed = position.to_be_bytes().to_vec();
        let nonce = self
            .0
            .seal_in_place_append_tag(Aad::empty(), &mut sealed)
            .map_err(AppError::internal)?;
        let mut bytes = nonce.as_ref().to_vec();
        bytes.extend(sealed);
        Ok(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// The position of a text that this instance has given out.
    pub(super) fn open(&self, text: &str) -> AppResult<i64> {
        self.opened(text).ok_or_else(|| {
            AppError::BadRequest("after: this is no position that this server has given out.".into())
        })
    }

    fn opened(&self, text: &str) -> Option<i64> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE_LEN)?;
        let mut sealed = sealed.to_vec();
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let position = self.0.open_in_place(nonce, Aad::empty(), &mut sealed).ok()?;
        Some(i64::from_be_bytes(position.try_into().ok()?))
    }
}

/// Another node may be making it as well: the first one wins.
async fn make(db: &Db) -> AppResult<String> {
    let secret = random::alphanumeric(SECRET_CHARS);
    let made = db
        .write(move |tx| instance::insert(tx, SECRET, &secret).map(|()| secret))
        .await;
    match made {
        Err(DbError::NotUnique(_)) => db
            .read(|tx| instance::get(tx, SECRET))
            .await?
            .ok_or_else(|| AppError::internal("the change feed's key is gone")),
        made => Ok(made?),
    }
}
