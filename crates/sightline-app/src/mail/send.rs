//! Sending one mail: rendered for its reader, closed as the reader's key and the settings ask, handed to the mail server.
//!
//! A mail that the server has taken and whose job dies before it can say so is sent once more; its `Message-ID` is the
//! same, so that most mailboxes show it once.

use super::render::{self, Text, fill, sender};
use super::{About, Mail, identity, is_on, unsubscribe};
use crate::jobs::{JobError, Progress};
use crate::login::{generate_password, hash, hash_password, keep_password};
use crate::{Ctx, organisations, users};
use askama::Template;
use serde::Deserialize;
use sightline_core::ids::UserId;
use sightline_core::{AppError, AppResult, random};
use sightline_db::{mail, users as rows};
use sightline_formats::mail::{Letter, MailError, Seal, compose};
use sightline_formats::openpgp::{PublicKey, SystemRandom};

/// Characters of a link's token: 43 letters and digits hold 256 bits.
const TOKEN_CHARS: usize = 43;
/// Minutes for which a link is valid.
const LINK_MINUTES: i64 = 60;

#[derive(Template)]
#[template(path = "mail/password.txt")]
struct PasswordText<'a> {
    new: bool,
    base: &'a str,
    email: &'a str,
    password: &'a str,
}

#[derive(Template)]
#[template(path = "mail/forgotten.txt")]
struct ForgottenText<'a> {
    base: &'a str,
    email: &'a str,
    minutes: i64,
    link: String,
}

#[derive(Template)]
#[template(path = "mail/closed.txt")]
struct ClosedText {
    link: String,
    reason: String,
}

/// The payload of the mail to whoever has an address; 0 when nobody has it.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Forgotten {
    to: UserId,
}

/// How a mail may travel.
enum Closing {
    Encrypted(Box<PublicKey>),
    Open,
    /// Without its content, for this reason.
    WithoutContent(String),
    Never(String),
}

pub(super) async fn run_forgotten(ctx: Ctx, job: Forgotten, progress: Progress) -> Result<String, JobError> {
    if job.to == UserId(0) {
        return Ok("Nobody has this address.".into());
    }
    let mail = Mail {
        to: job.to,
        about: About::Forgotten,
    };
    run(ctx, mail, progress).await
}

pub(super) async fn run(ctx: Ctx, mail: Mail, progress: Progress) -> Result<String, JobError> {
    if !is_on(&ctx) {
        return Ok("Not sent: mail is switched off.".into());
    }
    let to = mail.to;
    let reader = ctx
        .read(move |ctx, tx| Ok(users::caller(tx, ctx.now(), to)?.zip(rows::by_id(tx, to)?)))
        .await?;
    let Some((caller, user)) = reader else {
        return Ok("Not sent: the reader is gone or disabled.".into());
    };
    let reader = ctx.acting_as(caller);
    let closing = closing(&ctx, &user);
    if let Closing::Never(reason) = closing {
        return Ok(format!("Not sent: {reason}"));
    }
    let secret = matches!(mail.about, About::Welcome | About::Password | About::Forgotten);
    if let (true, Closing::WithoutContent(reason)) = (secret, &closing) {
        return Ok(format!("Not sent: {reason}"));
    }
    let password = if secret {
        generate_password(&ctx.settings().security)?
    } else {
        String::new()
    };
    let text = if secret {
        secret_text(&ctx, &user, &mail.about, &password).await?
    } else {
        let about = mail.about.clone();
        match reader.read(move |ctx, tx| render::text(ctx, tx, &about)).await? {
            Ok(text) => text,
            Err(reason) => return Ok(reason),
        }
    };
    progress.check()?;
    let job = progress.id().to_string();
    let bytes = compose_for(&ctx, &user, text, closing, &job).await?;
    let sent = ctx.platform.remote.mail(&sender(&ctx), &user.email, &bytes).await;
    sent.map_err(|error| {
        if error.is_passing() {
            JobError::Retry(error.to_string())
        } else {
            JobError::Fail(error.to_string())
        }
    })?;
    if matches!(mail.about, About::Welcome | About::Password) {
        // Only now: as long as the mail has not left, the password that the user has still opens the door.
        take_over(&ctx, to, password).await?;
    }
    Ok("Sent.".into())
}

async fn take_over(ctx: &Ctx, to: UserId, password: String) -> AppResult<()> {
    let hash = hash_password(password).await?;
    ctx.write(move |ctx, tx| {
        let Some(user) = rows::by_id(tx, to)? else {
            return Ok(());
        };
        keep_password(ctx, tx, user, hash, true, None)
    })
    .await
}

fn closing(ctx: &Ctx, user: &rows::User) -> Closing {
    let settings = &ctx.settings().mail;
    let problem = match user.gpgkey.trim() {
        "" => "You have no OpenPGP key here.".to_owned(),
        key => match PublicKey::parse(key, ctx.now()) {
            Ok(key) => return Closing::Encrypted(Box::new(key)),
            Err(error) => error.to_string(),
        },
    };
    if settings.only_encrypted {
        return Closing::Never(format!("only encrypted mail leaves this instance. {problem}"));
    }
    // Who has given a key does not expect to be written to without it.
    if settings.body_only_encrypted || !user.gpgkey.trim().is_empty() {
        return Closing::WithoutContent(problem);
    }
    Closing::Open
}

async fn secret_text(ctx: &Ctx, user: &rows::User, about: &About, password: &str) -> AppResult<Text> {
    let base = &ctx.platform.base_url;
    let email = &user.email;
    let (title, body) = match about {
        About::Forgotten => {
            let token = random::alphanumeric(TOKEN_CHARS);
            let (hash, id) = (hash(&token), user.id);
            let expires = ctx.now() + LINK_MINUTES * 60;
            ctx.write(move |_, tx| Ok(mail::set_password_reset(tx, id, &hash, expires)?))
                .await?;
            let link = format!("{base}/users/password_reset/{token}");
            let minutes = LINK_MINUTES;
            (
                "Choose a new password",
                fill(&ForgottenText {
                    base,
                    email,
                    minutes,
                    link,
                })?,
            )
        }
        about => {
            let new = *about == About::Welcome;
            let title = if new {
                "Your new account"
            } else {
                "Your new password"
            };
            (
                title,
                fill(&PasswordText {
                    new,
                    base,
                    email,
                    password,
                })?,
            )
        }
    };
    let subject = ctx.read(move |ctx, tx| render::subject(tx, ctx, title)).await?;
    Ok(Text {
        subject,
        body,
        ..Text::default()
    })
}

async fn compose_for(
    ctx: &Ctx,
    user: &rows::User,
    text: Text,
    closing: Closing,
    job: &str,
) -> Result<Vec<u8>, JobError> {
    let settings = ctx.settings();
    let signer = if settings.mail.sign {
        Some(identity(ctx).await?)
    } else {
        None
    };
    let id = user.id;
    let (subscription, host) = (text.subscription, ctx.platform.host_org);
    let (name, unsubscribe) = ctx
        .write(move |ctx, tx| {
            let address = match subscription {
                Some(subscription) => unsubscribe::address(ctx, tx, id, subscription)?,
                None => String::new(),
            };
            Ok((organisations::name_of(tx, host)?, address))
        })
        .await?;
    let from = sender(ctx);
    let domain = from
        .rsplit_once('@')
        .map_or("localhost", |(_, domain)| domain)
        .to_owned();
    let mut body = text.body;
    if let Closing::WithoutContent(reason) = &closing {
        body = fill(&ClosedText {
            link: text.link,
            reason: reason.clone(),
        })?;
    }
    if !unsubscribe.is_empty() {
        body = format!("{}\n\n-- \nNo more of these: {unsubscribe}\n", body.trim_end());
    }
    let thread = match text.thread.as_str() {
        "" => String::new(),
        thread => format!("{thread}@{domain}"),
    };
    let letter = Letter {
        from_name: name,
        to: user.email.clone(),
        reply_to: if text.reply_to.is_empty() {
            settings.mail.reply_to.clone()
        } else {
            text.reply_to
        },
        subject: text.subject,
        message_id: format!("job-{job}.{}@{domain}", ctx.platform.uuid),
        thread,
        date: ctx.now(),
        unsubscribe,
        body,
        from,
    };
    let seal = match (&closing, &signer) {
        (Closing::Encrypted(key), signer) => Seal::Encrypted {
            to: key.as_ref(),
            signer: signer.as_ref(),
            hide_subject: settings.mail.obscure_subject,
        },
        (_, Some(signer)) => Seal::Signed(signer),
        (_, None) => Seal::Open,
    };
    compose(SystemRandom, &letter, seal).map_err(|error| match error {
        MailError::Address(_) => JobError::Fail(error.to_string()),
        MailError::OpenPgp(error) => AppError::internal(error).into(),
    })
}
