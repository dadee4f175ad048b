//! The key that this instance signs with.

use super::{CryptoRng, OpenPgpError, Rng};
use pgp::composed::{
    ArmorOptions, Deserializable, DetachedSignature, EncryptionCaps, KeyType, SecretKeyParamsBuilder,
    SignedPublicKey, SignedSecretKey, SubkeyParamsBuilder,
};
use pgp::crypto::ecc_curve::ECCCurve;
use pgp::crypto::hash::HashAlgorithm;
use pgp::types::{KeyDetails, Password, PublicParams};

/// A secret key without a passphrase.
#[derive(Clone, Debug)]
pub struct Identity(pub(super) SignedSecretKey);

impl Identity {
    /// A new key on Curve25519, in the form that every OpenPGP program of the last decade reads.
    pub fn generate(mut rng: impl Rng + CryptoRng, name: &str, email: &str) -> Result<Self, OpenPgpError> {
        let failed = |error: &dyn std::fmt::Display| OpenPgpError::Failed(error.to_string());
        let encryption = SubkeyParamsBuilder::default()
            .key_type(KeyType::ECDH(ECCCurve::Curve25519Legacy))
            .can_encrypt(EncryptionCaps::All)
            .build()
            .map_err(|e| failed(&e))?;
        let key = SecretKeyParamsBuilder::default()
            .key_type(KeyType::Ed25519Legacy)
            .can_certify(true)
            .can_sign(true)
            .primary_user_id(format!("{name} <{email}>"))
            .subkeys(vec![encryption])
            .build()
            .map_err(|e| failed(&e))?
            .generate(&mut rng)?;
        Ok(Self(key))
    }

    /// Reads an armoured secret key that has no passphrase. Only Ed25519 and Ed448: the library's RSA tells something about
    /// the key by the time that a signature takes (docs/adr/0007-mail-encryption.md).
    pub fn parse(text: &str) -> Result<Self, OpenPgpError> {
        let (key, _) = SignedSecretKey::from_string(text).map_err(|_| OpenPgpError::Unreadable)?;
        if !matches!(
            key.primary_key.public_params(),
            PublicParams::EdDSALegacy(_) | PublicParams::Ed25519(_) | PublicParams::Ed448(_)
        ) {
            return Err(OpenPgpError::NotEdwards);
        }
        key.verify_bindings()?;
        Ok(Self(key))
    }

    /// The secret key in ASCII armour.
    pub fn armoured(&self) -> Result<String, OpenPgpError> {
        Ok(self.0.to_armored_string(ArmorOptions::default())?)
    }

    /// The public half in ASCII armour.
    pub fn public(&self) -> Result<String, OpenPgpError> {
        Ok(SignedPublicKey::from(self.0.clone()).to_armored_string(ArmorOptions::default())?)
    }

    /// The fingerprint in upper-case hexadecimal digits.
    pub fn fingerprint(&self) -> String {
        self.0.fingerprint().to_string().to_uppercase()
    }

    /// An armoured detached signature over `data`, made with SHA-512.
    pub fn sign(&self, rng: impl Rng + CryptoRng, data: &[u8]) -> Result<String, OpenPgpError> {
        let signature = DetachedSignature::sign_binary_data(
            rng,
            &self.0.primary_key,
            &Password::empty(),
            HashAlgorithm::Sha512,
            data,
        )?;
        Ok(signature.to_armored_string(ArmorOptions::default())?)
    }
}
