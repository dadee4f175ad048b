//! OpenPGP for mail: users' public keys, checked before they are trusted with a secret, and the instance's own key that
//! signs. Pure: the time and the randomness are parameters.

mod identity;
mod public;
#[cfg(test)]
mod tests;

pub use identity::Identity;
pub use public::{PublicKey, encrypt};
pub use rand08::rngs::OsRng as SystemRandom;
pub use rand08::{CryptoRng, Rng};

/// Why a key is refused, in words for its owner, or why it could not be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenPgpError {
    /// It cannot be read at all.
    #[error("This is not an OpenPGP public key in ASCII armour.")]
    Unreadable,
    /// The half that nobody else may have.
    #[error("This is a private key. Please give the public one, and consider this one as disclosed.")]
    Private,
    /// There is more than one.
    #[error("Please give exactly one key.")]
    Several,
    /// Beyond any key that people use.
    #[error("The key is too long.")]
    TooLong,
    /// Its owner has revoked it.
    #[error("The key has been revoked.")]
    Revoked,
    /// It is over.
    #[error("The key expired on {0}.")]
    Expired(String),
    /// Its algorithm or length no longer protects.
    #[error("The key is too weak: RSA of at least 2048 bits or an elliptic curve is needed.")]
    Weak,
    /// Everything that binds it together is signed with a broken hash.
    #[error(
        "The key's own signatures use SHA-1 or MD5, which can be forged. Please renew it with SHA-256 or better."
    )]
    WeakHash,
    /// A private key of an algorithm whose timing gives it away.
    #[error("The key of this instance has to sign with Ed25519 or Ed448.")]
    NotEdwards,
    /// Nothing binds a name to it.
    #[error("The key has no valid signature of its own.")]
    NoSelfSignature,
    /// It can sign at most.
    #[error("The key has no valid part to encrypt to.")]
    NoEncryption,
    /// The library failed.
    #[error("OpenPGP: {0}")]
    Failed(String),
}

impl From<pgp::errors::Error> for OpenPgpError {
    fn from(error: pgp::errors::Error) -> Self {
        Self::Failed(error.to_string())
    }
}
