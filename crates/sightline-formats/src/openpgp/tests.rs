//! Keys as people paste them, made with GnuPG by `testdata/make.sh`.

use super::{Identity, OpenPgpError, PublicKey, SystemRandom, encrypt};

/// 2026-11-24.
const NOW: i64 = 1_795_500_000;

fn refusal(text: &str) -> OpenPgpError {
    PublicKey::parse(text, NOW).expect_err("a refusal")
}

#[test]
fn keys_that_hold_are_taken_with_their_end() {
    let modern = PublicKey::parse(include_str!("testdata/modern.asc"), NOW).unwrap();
    assert_eq!(modern.expires(), None);
    assert_eq!(modern.names(), ["modern@keys.example"]);
    assert_eq!(modern.fingerprint().len(), 40);
    let expiring = PublicKey::parse(include_str!("testdata/expiring.asc"), NOW).unwrap();
    assert_eq!(
        expiring.expires().map(|end| end / 86_400),
        Some(47_482),
        "2100-01-01"
    );
    assert!(PublicKey::parse(include_str!("testdata/rsa.asc"), NOW).is_ok());
}

#[test]
fn keys_that_do_not_protect_are_refused_with_the_reason() {
    assert!(
        matches!(refusal(include_str!("testdata/expired.asc")), OpenPgpError::Expired(day) if day == "2021-01-01")
    );
    assert_eq!(refusal(include_str!("testdata/short.asc")), OpenPgpError::Weak);
    assert_eq!(refusal(include_str!("testdata/sha1.asc")), OpenPgpError::WeakHash);
    assert_eq!(
        refusal(include_str!("testdata/signing.asc")),
        OpenPgpError::NoEncryption
    );
    assert_eq!(
        refusal(include_str!("testdata/revoked.asc")),
        OpenPgpError::Revoked
    );
    assert_eq!(
        refusal(include_str!("testdata/private.asc")),
        OpenPgpError::Private
    );
    assert_eq!(refusal("hello"), OpenPgpError::Unreadable);
    assert_eq!(refusal(""), OpenPgpError::Unreadable);
    assert_eq!(refusal(&"x".repeat(600_000)), OpenPgpError::TooLong);
    let two = format!(
        "{}\n{}",
        include_str!("testdata/modern.asc"),
        include_str!("testdata/rsa.asc")
    );
    assert!(
        PublicKey::parse(&two, NOW).is_ok_and(|key| key.names() == ["modern@keys.example"])
            || refusal(&two) == OpenPgpError::Several
    );
}

#[test]
fn a_key_that_was_changed_on_its_way_is_refused() {
    let text = include_str!("testdata/modern.asc");
    let broken: String = text
        .chars()
        .enumerate()
        .map(|(at, c)| if at == 300 && c != 'A' { 'A' } else { c })
        .collect();
    assert!(PublicKey::parse(&broken, NOW).is_err());
}

#[test]
fn the_instance_signs_with_an_edwards_curve_only() {
    assert!(Identity::parse(include_str!("testdata/private.asc")).is_ok());
    assert_eq!(
        Identity::parse(include_str!("testdata/rsa_private.asc")).expect_err("a refusal"),
        OpenPgpError::NotEdwards
    );
}

#[test]
fn an_identity_survives_being_kept_and_its_public_half_can_be_encrypted_to() {
    let made = Identity::generate(SystemRandom, "Sightline", "sightline@example.org").unwrap();
    let kept = Identity::parse(&made.armoured().unwrap()).unwrap();
    assert_eq!(kept.fingerprint(), made.fingerprint());
    let now = i64::try_from(std::time::UNIX_EPOCH.elapsed().unwrap().as_secs()).unwrap();
    let public = PublicKey::parse(&kept.public().unwrap(), now).unwrap();
    assert_eq!(public.names(), ["Sightline <sightline@example.org>"]);
    let message = encrypt(SystemRandom, b"for your eyes".to_vec(), &public, Some(&made)).unwrap();
    assert!(message.starts_with("-----BEGIN PGP MESSAGE-----") && !message.contains("eyes"));
}
