//! What no text of an event or a user can do to a mail.

use super::{Letter, Seal, compose};
use crate::openpgp::{Identity, SystemRandom};

fn letter() -> Letter {
    Letter {
        from: "sightline@example.org".into(),
        from_name: "Sightline".into(),
        to: "ada@example.org".into(),
        subject: "Event 5".into(),
        message_id: "job-1@example.org".into(),
        date: 1_700_000_000,
        body: "Hello\nFrom here on\n.\n".into(),
        ..Letter::default()
    }
}

fn composed(letter: &Letter, seal: Seal<'_>) -> String {
    String::from_utf8(compose(SystemRandom, letter, seal).unwrap()).unwrap()
}

fn header_lines(mail: &str) -> Vec<String> {
    let (head, _) = mail.split_once("\r\n\r\n").unwrap();
    head.replace("\r\n ", " ")
        .split("\r\n")
        .map(str::to_owned)
        .collect()
}

#[test]
fn a_line_break_in_any_text_makes_no_header() {
    let hostile = Letter {
        subject: "a\r\nBcc: eve@example.org\n\nbody \u{2028} x".into(),
        from_name: "Org\r\nBcc: eve@example.org".into(),
        thread: "e\r\nBcc: eve@example.org".into(),
        message_id: "m>\r\nBcc: eve@example.org".into(),
        unsubscribe: "https://x.example/\r\nBcc: eve@example.org".into(),
        ..letter()
    };
    let mail = composed(&hostile, Seal::Open);
    let lines = header_lines(&mail);
    assert!(lines.iter().all(|line| !line.starts_with("Bcc")), "{lines:#?}");
    assert!(
        mail.split("\r\n")
            .all(|line| !line.contains('\n') && !line.contains('\r'))
    );
    for address in ["a@example.org\r\nBcc: eve@example.org", "", "a b@example.org"] {
        let to = Letter {
            to: address.into(),
            ..letter()
        };
        assert!(compose(SystemRandom, &to, Seal::Open).is_err(), "{address:?}");
    }
}

#[test]
fn subjects_in_any_script_are_encoded_and_long_ones_are_cut() {
    let mail = composed(
        &Letter {
            subject: "Événement – событие 事件".into(),
            ..letter()
        },
        Seal::Open,
    );
    assert!(mail.is_ascii());
    assert!(
        header_lines(&mail)
            .iter()
            .any(|line| line.starts_with("Subject: =?utf-8?b?")),
        "{mail}"
    );
    let long = composed(
        &Letter {
            subject: "x".repeat(10_000),
            ..letter()
        },
        Seal::Open,
    );
    assert!(long.len() < 2_000);
}

#[test]
fn lines_that_mail_servers_change_are_written_so_that_they_do_not() {
    let mail = composed(&letter(), Seal::Open);
    assert!(mail.contains("\r\n=46rom here on\r\n"), "{mail}");
    assert!(mail.split("\r\n").all(|line| line.len() <= 998));
    let long = composed(
        &Letter {
            body: "é".repeat(100_000),
            ..letter()
        },
        Seal::Open,
    );
    assert!(long.is_ascii() && long.split("\r\n").all(|line| line.len() <= 998));
}

#[test]
fn a_signed_mail_has_its_text_and_its_signature() {
    let identity = Identity::generate(SystemRandom, "Sightline", "sightline@example.org").unwrap();
    let mail = composed(&letter(), Seal::Signed(&identity));
    assert!(mail.contains("Content-Type: multipart/signed; micalg=pgp-sha512;"));
    assert!(mail.contains("-----BEGIN PGP SIGNATURE-----"));
}
