//! A user's public key: read strictly, because whoever slips in a weak one reads what others write.

use super::{CryptoRng, Identity, OpenPgpError, Rng};
use jiff::Timestamp;
use pgp::composed::{ArmorOptions, Deserializable, MessageBuilder, SignedPublicKey, SignedPublicSubKey};
use pgp::crypto::hash::HashAlgorithm;
use pgp::crypto::sym::SymmetricKeyAlgorithm;
use pgp::packet::{Signature, SignatureType};
use pgp::types::{KeyDetails, KeyVersion, Password, PublicParams, Tag};
use rsa::traits::PublicKeyParts;

/// Longest armoured key that is read, in bytes: one with many signatures of others and a picture still fits.
const LONGEST: usize = 512 * 1024;
/// Shortest RSA modulus, in bits (NIST SP 800-131A).
const RSA_BITS: usize = 2048;
/// Seconds by which the clock of whoever made a key may be ahead of ours.
const CLOCK_SKEW: i64 = 24 * 3_600;

/// A key that can be encrypted to.
#[derive(Clone, Debug)]
pub struct PublicKey {
    key: SignedPublicKey,
    encryption: Encryption,
    expires: Option<i64>,
}

#[derive(Clone, Debug)]
enum Encryption {
    Primary,
    Subkey(Box<SignedPublicSubKey>),
}

impl PublicKey {
    /// Reads a key and refuses whatever is expired, revoked, weak, or no key for encryption.
    pub fn parse(text: &str, now: i64) -> Result<Self, OpenPgpError> {
        if text.len() > LONGEST {
            return Err(OpenPgpError::TooLong);
        }
        if text.contains("PRIVATE KEY BLOCK") {
            return Err(OpenPgpError::Private);
        }
        let (keys, _) = SignedPublicKey::from_string_many(text).map_err(|_| OpenPgpError::Unreadable)?;
        let mut keys = keys
            .collect::<Result<Vec<_>, _>>()
            .map_err(|_| OpenPgpError::Unreadable)?;
        let key = keys.pop().ok_or(OpenPgpError::Unreadable)?;
        if !keys.is_empty() {
            return Err(OpenPgpError::Several);
        }
        let primary = &key.primary_key;
        if !matches!(primary.version(), KeyVersion::V4 | KeyVersion::V6)
            || !is_strong(primary.public_params())
        {
            return Err(OpenPgpError::Weak);
        }
        if key
            .details
            .revocation_signatures
            .iter()
            .any(|s| s.verify_key(primary).is_ok())
        {
            return Err(OpenPgpError::Revoked);
        }
        let own = self_signature(&key, now)?;
        let expires = end_of(primary, own);
        if let Some(end) = expires.filter(|end| *end <= now) {
            return Err(OpenPgpError::Expired(day(end)));
        }
        let flags = own.key_flags();
        let primary_encrypts =
            (flags.encrypt_comms() || flags.encrypt_storage()) && encrypts(primary.public_params());
        match subkey(&key, now) {
            Ok((subkey, end)) => {
                let expires = [expires, end].into_iter().flatten().min();
                let encryption = Encryption::Subkey(Box::new(subkey));
                Ok(Self {
                    key,
                    encryption,
                    expires,
                })
            }
            Err(_) if primary_encrypts => Ok(Self {
                key,
                encryption: Encryption::Primary,
                expires,
            }),
            Err(error) => Err(error),
        }
    }

    /// When it can no longer be encrypted to, as Unix seconds; `None` for never.
    pub fn expires(&self) -> Option<i64> {
        self.expires
    }

    /// The fingerprint in upper-case hexadecimal digits.
    pub fn fingerprint(&self) -> String {
        self.key.fingerprint().to_string().to_uppercase()
    }

    /// The names that the key says it belongs to.
    pub fn names(&self) -> Vec<String> {
        let users = self.key.details.users.iter();
        users
            .map(|user| String::from_utf8_lossy(user.id.id()).into_owned())
            .collect()
    }
}

/// Encrypts `data` to a key, signed with `signer` inside, as an armoured message.
pub fn encrypt(
    mut rng: impl Rng + CryptoRng,
    data: Vec<u8>,
    to: &PublicKey,
    signer: Option<&Identity>,
) -> Result<String, OpenPgpError> {
    let mut message = MessageBuilder::from_bytes("", data).seipd_v1(&mut rng, SymmetricKeyAlgorithm::AES256);
    if let Some(signer) = signer {
        message.sign(&signer.0.primary_key, Password::empty(), HashAlgorithm::Sha512);
    }
    match &to.encryption {
        Encryption::Primary => message.encrypt_to_key(&mut rng, &to.key.primary_key)?,
        Encryption::Subkey(subkey) => message.encrypt_to_key(&mut rng, subkey.as_ref())?,
    };
    Ok(message.to_armored_string(&mut rng, ArmorOptions::default())?)
}

fn day(moment: i64) -> String {
    Timestamp::from_second(moment)
        .map_or_else(|_| moment.to_string(), |at| at.strftime("%Y-%m-%d").to_string())
}

fn is_strong(params: &PublicParams) -> bool {
    match params {
        PublicParams::RSA(rsa) => rsa.key.n().bits() >= RSA_BITS,
        PublicParams::ECDSA(_)
        | PublicParams::ECDH(_)
        | PublicParams::EdDSALegacy(_)
        | PublicParams::Ed25519(_)
        | PublicParams::Ed448(_)
        | PublicParams::X25519(_)
        | PublicParams::X448(_) => true,
        _ => false,
    }
}

/// Whether it is strong and can be encrypted to.
fn encrypts(params: &PublicParams) -> bool {
    let kind = matches!(
        params,
        PublicParams::RSA(_) | PublicParams::ECDH(_) | PublicParams::X25519(_) | PublicParams::X448(_)
    );
    kind && is_strong(params)
}

fn is_weak_hash(signature: &Signature) -> bool {
    matches!(
        signature.hash_alg(),
        None | Some(HashAlgorithm::Md5 | HashAlgorithm::Sha1 | HashAlgorithm::Ripemd160)
    )
}

fn made(signature: &Signature) -> i64 {
    signature.created().map_or(0, |at| i64::from(at.as_secs()))
}

/// The latest signature that holds, among those with a hash that cannot be forged.
fn latest(valid: Vec<&Signature>, now: i64, none: OpenPgpError) -> Result<&Signature, OpenPgpError> {
    if valid.is_empty() {
        return Err(none);
    }
    let over = |s: &Signature| {
        let seconds = s
            .signature_expiration_time()
            .map_or(0, |d| i64::from(d.as_secs()));
        seconds > 0 && made(s) + seconds <= now
    };
    let strong = valid
        .into_iter()
        .filter(|s| !is_weak_hash(s) && !over(s) && made(s) <= now + CLOCK_SKEW);
    strong.max_by_key(|s| made(s)).ok_or(OpenPgpError::WeakHash)
}

fn self_signature(key: &SignedPublicKey, now: i64) -> Result<&Signature, OpenPgpError> {
    let primary = &key.primary_key;
    let certified = key.details.users.iter().flat_map(|user| {
        let signatures = user.signatures.iter();
        signatures.filter(|s| {
            s.is_certification() && s.verify_certification(primary, Tag::UserId, &user.id).is_ok()
        })
    });
    let direct = key
        .details
        .direct_signatures
        .iter()
        .filter(|s| s.verify_key(primary).is_ok());
    latest(
        certified.chain(direct).collect(),
        now,
        OpenPgpError::NoSelfSignature,
    )
}

fn end_of(key: &impl KeyDetails, signature: &Signature) -> Option<i64> {
    let seconds = signature
        .key_expiration_time()
        .map_or(0, |d| i64::from(d.as_secs()));
    (seconds > 0).then(|| i64::from(key.created_at().as_secs()) + seconds)
}

/// The newest subkey for encryption that holds, and when it ends.
fn subkey(key: &SignedPublicKey, now: i64) -> Result<(SignedPublicSubKey, Option<i64>), OpenPgpError> {
    let mut refusal = OpenPgpError::NoEncryption;
    let mut found: Option<(SignedPublicSubKey, Option<i64>)> = None;
    for subkey in &key.public_subkeys {
        match usable(key, subkey, now) {
            Ok(end) => {
                let newer = found.as_ref().is_none_or(|(held, _)| {
                    held.key.created_at().as_secs() <= subkey.key.created_at().as_secs()
                });
                if newer {
                    found = Some((subkey.clone(), end));
                }
            }
            // What is wrong with the part that was meant for encryption is what its owner needs to know.
            Err(OpenPgpError::NoEncryption) => {}
            Err(error) => refusal = error,
        }
    }
    found.ok_or(refusal)
}

fn usable(key: &SignedPublicKey, subkey: &SignedPublicSubKey, now: i64) -> Result<Option<i64>, OpenPgpError> {
    let primary = &key.primary_key;
    let holds = |s: &&Signature| s.verify_subkey_binding(primary, &subkey.key).is_ok();
    let of_type = |wanted: SignatureType| subkey.signatures.iter().filter(move |s| s.typ() == Some(wanted));
    let bound: Vec<&Signature> = of_type(SignatureType::SubkeyBinding).filter(holds).collect();
    let meant = bound
        .iter()
        .any(|s| s.key_flags().encrypt_comms() || s.key_flags().encrypt_storage());
    if !meant {
        return Err(OpenPgpError::NoEncryption);
    }
    if of_type(SignatureType::SubkeyRevocation).any(|s| holds(&s)) {
        return Err(OpenPgpError::Revoked);
    }
    let binding = latest(bound, now, OpenPgpError::NoEncryption)?;
    let flags = binding.key_flags();
    if !flags.encrypt_comms() && !flags.encrypt_storage() {
        return Err(OpenPgpError::NoEncryption);
    }
    if !encrypts(subkey.key.public_params()) {
        return Err(OpenPgpError::Weak);
    }
    let end = end_of(&subkey.key, binding);
    match end.filter(|end| *end <= now) {
        Some(end) => Err(OpenPgpError::Expired(day(end))),
        None => Ok(end),
    }
}
