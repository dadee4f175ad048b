//! Undoing the defanging that people apply so that an indicator cannot be clicked (spec 02 section 2.1).

use super::AttributeType;
use std::borrow::Cow;

const SCHEMES: [&str; 5] = ["hxxp", "hxtp", "htxp", "meow", "h[tt]p"];

/// The value as it was before it was defanged; types that nobody defangs are left alone.
pub(super) fn refang(ty: AttributeType, value: &str) -> Cow<'_, str> {
    use AttributeType::{Domain, DomainIp, Email, EmailDst, EmailSrc, Hostname, IpDst, IpSrc, Link, Url};
    let (is_url, is_email) = match ty {
        Link | Url => (true, false),
        Email | EmailSrc | EmailDst => (false, true),
        IpDst | IpSrc | DomainIp | Domain | Hostname => (false, false),
        _ => return Cow::Borrowed(value),
    };
    let mut text = if is_url {
        scheme(value)
    } else {
        Cow::Borrowed(value)
    };
    if !text.contains(['[', '(']) {
        return text;
    }
    for dot in ["[.]", "[dot]", "(dot)"] {
        replace(&mut text, dot, ".");
    }
    if is_url {
        replace(&mut text, "[hxxp://]", "http://");
        replace(&mut text, "[:]", ":");
    }
    if is_email {
        replace(&mut text, "[@]", "@");
        replace(&mut text, "[at]", "@");
    }
    text
}

fn scheme(value: &str) -> Cow<'_, str> {
    for defanged in SCHEMES {
        if let Some((head, tail)) = value.split_at_checked(defanged.len())
            && head.eq_ignore_ascii_case(defanged)
        {
            return Cow::Owned(format!("http{tail}"));
        }
    }
    Cow::Borrowed(value)
}

fn replace(text: &mut Cow<'_, str>, from: &str, to: &str) {
    if text.contains(from) {
        *text = Cow::Owned(text.replace(from, to));
    }
}
