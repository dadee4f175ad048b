//! Mail as it goes over the wire: headers that nothing can be slipped into, a plain text, and around it PGP/MIME
//! (RFC 3156) where it is signed or encrypted.

#[cfg(test)]
mod tests;

use crate::openpgp::{CryptoRng, Identity, OpenPgpError, PublicKey, Rng, encrypt};
use lettre::message::header::{
    self, Date, HeaderName, HeaderValue, Headers, InReplyTo, MessageId, MimeVersion, References, Subject,
};
use lettre::message::{Mailbox, Mailboxes};
use std::time::{Duration, UNIX_EPOCH};

/// Longest subject, in characters.
const SUBJECT_CHARS: usize = 200;
/// What an encrypted mail says outside, where its subject is kept for the reader.
const HIDDEN_SUBJECT: &str = "...";

/// A mail to one reader.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Letter {
    /// The sender's address.
    pub from: String,
    /// The sender's name.
    pub from_name: String,
    /// The reader's address.
    pub to: String,
    /// Where answers go; empty for the sender.
    pub reply_to: String,
    /// What it is about.
    pub subject: String,
    /// Its id, without angle brackets.
    pub message_id: String,
    /// The id of the thread that it belongs to, without angle brackets; empty for none.
    pub thread: String,
    /// When it is sent, as Unix seconds.
    pub date: i64,
    /// The address that unsubscribes with one request (RFC 8058); empty for none.
    pub unsubscribe: String,
    /// The text.
    pub body: String,
}

/// How a letter is closed.
#[derive(Clone, Copy, Debug)]
pub enum Seal<'a> {
    /// Not at all.
    Open,
    /// Signed.
    Signed(&'a Identity),
    /// Encrypted, and signed inside.
    Encrypted {
        /// Whose eyes it is for.
        to: &'a PublicKey,
        /// Who signs.
        signer: Option<&'a Identity>,
        /// Whether the subject travels inside only.
        hide_subject: bool,
    },
}

/// Why a mail could not be made.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// An address that no mail server would take.
    #[error("`{0}` is not a mail address")]
    Address(String),
    /// Signing or encrypting failed.
    #[error(transparent)]
    OpenPgp(#[from] OpenPgpError),
}

/// The mail as bytes for a mail server, lines ending in CR LF.
pub fn compose(mut rng: impl Rng + CryptoRng, letter: &Letter, seal: Seal<'_>) -> Result<Vec<u8>, MailError> {
    let mut headers = head(letter)?;
    let subject = one_line(&letter.subject, SUBJECT_CHARS);
    let (outside, content) = match seal {
        Seal::Open => (subject, part(&letter.body, None)),
        Seal::Signed(signer) => (subject, signed(&mut rng, &part(&letter.body, None), signer)?),
        Seal::Encrypted {
            to,
            signer,
            hide_subject,
        } => {
            let inner = part(&letter.body, hide_subject.then_some(subject.as_str()));
            let message = encrypt(&mut rng, inner.into_bytes(), to, signer)?;
            let outside = if hide_subject {
                HIDDEN_SUBJECT.to_owned()
            } else {
                subject
            };
            (outside, encrypted(&boundary(&mut rng), &message))
        }
    };
    headers.set(Subject::from(outside));
    Ok(format!("{headers}{content}").into_bytes())
}

fn head(letter: &Letter) -> Result<Headers, MailError> {
    let mut headers = Headers::new();
    headers.set(header::From::from(mailbox(&letter.from, &letter.from_name)?));
    headers.set(header::To::from(mailbox(&letter.to, "")?));
    if !letter.reply_to.is_empty() {
        headers.set(header::ReplyTo::from(mailbox(&letter.reply_to, "")?));
    }
    let seconds = u64::try_from(letter.date).unwrap_or_default();
    headers.set(Date::new(UNIX_EPOCH + Duration::from_secs(seconds)));
    headers.set(MessageId::from(format!("<{}>", id(&letter.message_id))));
    if !letter.thread.is_empty() {
        let thread = format!("<{}>", id(&letter.thread));
        headers.set(InReplyTo::from(thread.clone()));
        headers.set(References::from(thread));
    }
    headers.set(MimeVersion::new(1, 0));
    // Holiday notices and ticket systems do not answer what says that it was made by a machine.
    raw(
        &mut headers,
        HeaderName::new_from_ascii_str("Auto-Submitted"),
        "auto-generated".into(),
    );
    raw(
        &mut headers,
        HeaderName::new_from_ascii_str("X-Auto-Response-Suppress"),
        "All".into(),
    );
    if !letter.unsubscribe.is_empty() {
        let address = format!("<{}>", one_line(&letter.unsubscribe, 1_000));
        raw(
            &mut headers,
            HeaderName::new_from_ascii_str("List-Unsubscribe"),
            address,
        );
        let how = "List-Unsubscribe=One-Click".to_owned();
        raw(
            &mut headers,
            HeaderName::new_from_ascii_str("List-Unsubscribe-Post"),
            how,
        );
    }
    Ok(headers)
}

fn raw(headers: &mut Headers, name: HeaderName, value: String) {
    headers.insert_raw(HeaderValue::new(name, value));
}

fn mailbox(address: &str, name: &str) -> Result<Mailboxes, MailError> {
    let parsed = address
        .parse()
        .map_err(|_| MailError::Address(address.to_owned()))?;
    let name = Some(one_line(name, SUBJECT_CHARS)).filter(|name| !name.is_empty());
    Ok(Mailbox::new(name, parsed).into())
}

/// Only what an id may hold.
fn id(text: &str) -> String {
    let plain = |c: &char| c.is_ascii_alphanumeric() || "-._@".contains(*c);
    text.chars().filter(plain).collect()
}

/// Text for a header: control characters, line breaks first of all, become blanks.
pub fn one_line(text: &str, most: usize) -> String {
    let clean: String = text
        .chars()
        .map(|c| {
            if c.is_control() || "\u{2028}\u{2029}".contains(c) {
                ' '
            } else {
                c
            }
        })
        .collect();
    let clean = clean.trim();
    if clean.chars().count() <= most {
        return clean.to_owned();
    }
    let cut: String = clean.chars().take(most).collect();
    format!("{}...", cut.trim_end())
}

/// The text as a MIME part without the line break at its end. A subject that is given is protected (the convention that
/// mail programs know as protected headers).
fn part(body: &str, subject: Option<&str>) -> String {
    let lines: Vec<&str> = body.lines().collect();
    let text = quoted_printable::encode_to_str(lines.join("\r\n"));
    // Mail servers still change lines that begin like this, which breaks signatures.
    let text = text.replace("\r\nFrom ", "\r\n=46rom ");
    let text = match text.strip_prefix("From ") {
        Some(rest) => format!("=46rom {rest}"),
        None => text,
    };
    let (mark, protected) = match subject {
        Some(subject) => {
            let mut inner = Headers::new();
            inner.set(Subject::from(subject.to_owned()));
            ("; protected-headers=\"v1\"", inner.to_string())
        }
        None => ("", String::new()),
    };
    format!(
        "Content-Type: text/plain; charset=utf-8{mark}\r\n{protected}Content-Transfer-Encoding: quoted-printable\r\n\r\n{text}\r\n"
    )
}

fn boundary(rng: &mut impl Rng) -> String {
    format!("=-{:032x}", rng.r#gen::<u128>())
}

fn signed(rng: &mut (impl Rng + CryptoRng), part: &str, signer: &Identity) -> Result<String, OpenPgpError> {
    let boundary = boundary(rng);
    let signature = crlf(&signer.sign(rng, part.as_bytes())?);
    Ok(format!(
        "Content-Type: multipart/signed; micalg=pgp-sha512; protocol=\"application/pgp-signature\";\r\n \
         boundary=\"{boundary}\"\r\n\r\n--{boundary}\r\n{part}\r\n--{boundary}\r\n\
         Content-Type: application/pgp-signature; name=\"signature.asc\"\r\n\r\n{signature}\r\n--{boundary}--\r\n"
    ))
}

fn encrypted(boundary: &str, message: &str) -> String {
    let message = crlf(message);
    format!(
        "Content-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\";\r\n boundary=\"{boundary}\"\r\n\r\n\
         --{boundary}\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n\r\n\
         --{boundary}\r\nContent-Type: application/octet-stream; name=\"encrypted.asc\"\r\n\r\n{message}\r\n\
         --{boundary}--\r\n"
    )
}

fn crlf(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    format!("{}\r\n", lines.join("\r\n"))
}
