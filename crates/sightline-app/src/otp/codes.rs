//! The codes themselves (RFC 4226 and RFC 6238): six digits from a shared secret and a number.

use sightline_core::ids::UserId;
use sightline_core::{AppError, AppResult};
use sightline_db::{Tx, otp};
use subtle::ConstantTimeEq;
use totp_rs::{Algorithm, Builder, Secret, Totp};

/// Seconds for which the code of an app is good.
const STEP: u64 = 30;
/// Steps by which the clock of a telephone may be wrong, either way.
const SKEW: u16 = 1;
/// Digits of a code.
const DIGITS: u8 = 6;

/// A new secret, in base 32.
pub(super) fn new_secret() -> String {
    Secret::new_stack(rand::random()).to_base32()
}

/// What authenticator apps read from the picture.
pub(super) fn url(secret: &str, issuer: &str, account: &str) -> AppResult<String> {
    // The url has a colon between them.
    let plain = |text: &str| text.replace(':', " ");
    Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(DIGITS)
        .with_step_duration(STEP)
        .with_secret(parse(secret)?)
        .with_issuer(Some(plain(issuer)))
        .with_account_name(plain(account))
        .build()
        .and_then(|totp| totp.to_url())
        .map_err(AppError::internal)
}

fn parse(secret: &str) -> AppResult<Secret> {
    Secret::try_from_base32(secret).map_err(|_| AppError::internal("a stored secret is not in base 32"))
}

fn generator(secret: &str, step: u64) -> AppResult<Totp> {
    Ok(Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(DIGITS)
        .with_step_duration(step)
        .with_skew(SKEW)
        .with_secret(parse(secret)?)
        .build_noncompliant())
}

/// The step of time whose code this is, if any.
pub(super) fn step_of(secret: &str, code: &str, now: i64) -> AppResult<Option<i64>> {
    let now = u64::try_from(now).unwrap_or(0);
    let step = generator(secret, STEP)?.check(code, now);
    Ok(step.and_then(|step| i64::try_from(step).ok()))
}

/// The paper code with this number.
pub(super) fn paper(secret: &str, counter: i64) -> AppResult<String> {
    let counter = u64::try_from(counter).unwrap_or(0);
    Ok(generator(secret, 1)?.generate(counter).to_string())
}

/// Takes a code of the user's app, or the next one on paper: whether it is right, and was not taken before.
pub(crate) fn take(tx: &mut Tx<'_>, user: UserId, code: &str, now: i64) -> AppResult<bool> {
    let Some(mut state) = otp::find_to_change(tx, user)? else {
        return Ok(false);
    };
    let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let on_paper = paper(&state.secret, state.counter)?;
    if bool::from(on_paper.as_bytes().ct_eq(code.as_bytes())) {
        state.counter += 1;
    } else {
        match step_of(&state.secret, &code, now)? {
            Some(step) if step > state.step => state.step = step,
            _ => return Ok(false),
        }
    }
    otp::used(tx, user, state.step, state.counter)?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret of the examples in both RFCs, `12345678901234567890`.
    const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    #[test]
    fn the_codes_are_those_of_the_standards() {
        for (counter, code) in [(0, "755224"), (1, "287082"), (9, "520489")] {
            assert_eq!(paper(SECRET, counter).unwrap(), code);
        }
        for (now, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_234_567_890, "005924"),
        ] {
            assert_eq!(step_of(SECRET, code, now).unwrap(), Some(now / 30), "{now}");
        }
    }

    #[test]
    fn a_clock_may_be_half_a_minute_wrong_and_no_more() {
        for (now, expected) in [(59 - 30, true), (59 + 30, true), (59 + 60, false)] {
            assert_eq!(
                step_of(SECRET, "287082", now).unwrap().is_some(),
                expected,
                "{now}"
            );
        }
        for code in ["", "28708", "2870820", "abcdef", "٢٨٧٠٨٢"] {
            assert_eq!(step_of(SECRET, code, 59).unwrap(), None, "{code:?}");
        }
    }

    #[test]
    fn the_picture_says_who_and_where() {
        let url = url(&new_secret(), "Our: instance", "ada@example.org").unwrap();
        assert!(url.starts_with("otpauth://totp/Our"), "{url}");
        assert!(
            url.contains("ada%40example.org") && url.contains("secret="),
            "{url}"
        );
    }
}
