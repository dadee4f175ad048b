//! Undoing what authors do to indicators so that nobody clicks on them.

use std::borrow::Cow;

/// Spellings of a disarmed scheme at the start of a token.
const SCHEMES: [&str; 5] = ["hxxp", "hxtp", "htxp", "meow", "h[tt]p"];

/// Bracketed spellings anywhere in a token, longest first.
const BRACKETED: [(&str, &str); 14] = [
    ("[hxxps://]", "https://"),
    ("[hxxp://]", "http://"),
    ("[https://]", "https://"),
    ("[http://]", "http://"),
    ("[://]", "://"),
    ("[dot]", "."),
    ("(dot)", "."),
    ("{dot}", "."),
    ("(.)", "."),
    ("{.}", "."),
    ("[at]", "@"),
    ("(at)", "@"),
    ("(@)", "@"),
    ("[@]", "@"),
];

/// The token as it was before it was disarmed; borrowed when nothing was.
pub(super) fn refang(token: &str) -> Cow<'_, str> {
    let armed = match scheme(token) {
        Some((plain, rest)) => Cow::Owned(format!("{plain}{rest}")),
        None => Cow::Borrowed(token),
    };
    let mut armed = if armed.contains(['[', '(', '{']) {
        Cow::Owned(unbracket(&armed))
    } else {
        armed
    };
    if armed.contains(":\\/\\/") {
        // A URL cut out of JSON text, where slashes are escaped.
        armed = Cow::Owned(armed.replace("\\/", "/"));
    }
    match armed {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim_end_matches('.')),
        Cow::Owned(mut text) => {
            text.truncate(text.trim_end_matches('.').len());
            Cow::Owned(text)
        }
    }
}

/// The armed scheme and what follows it, when it is one: `meow` alone is an ordinary word.
fn scheme(token: &str) -> Option<(&'static str, &str)> {
    let rest = SCHEMES
        .iter()
        .find_map(|scheme| strip_prefix_any_case(token, scheme))?;
    let (plain, after) = rest
        .strip_prefix(['s', 'S'])
        .map_or(("http", rest), |after| ("https", after));
    (after.starts_with(':') || after.starts_with("[:")).then_some((plain, after))
}

fn unbracket(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find(['[', '(', '{']) {
        let (before, bracket) = rest.split_at_checked(open).unwrap_or((rest, ""));
        out.push_str(before);
        let spelled = BRACKETED
            .iter()
            .find_map(|(spelling, plain)| Some((*plain, strip_prefix_any_case(bracket, spelling)?)));
        if let Some((plain, after)) = spelled.or_else(|| single(bracket)) {
            out.push_str(plain);
            rest = after;
        } else {
            let mut chars = bracket.chars();
            out.extend(chars.next());
            rest = chars.as_str();
        }
    }
    out.push_str(rest);
    out
}

/// One character in square brackets and what follows it.
fn single(bracket: &str) -> Option<(&str, &str)> {
    let inner = bracket.strip_prefix('[')?;
    let mut chars = inner.chars();
    let character = chars.next().filter(|c| *c != '[' && *c != ']')?;
    let after = chars.as_str().strip_prefix(']')?;
    Some((inner.get(..character.len_utf8())?, after))
}

pub(super) fn strip_prefix_any_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (head, tail) = text.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(tail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings() {
        for (disarmed, plain) in [
            ("hxxp://a.example/x", "http://a.example/x"),
            ("HXXPS://a.example", "https://a.example"),
            ("hxtp://a", "http://a"),
            ("htxp://a", "http://a"),
            ("meow://a", "http://a"),
            ("h[tt]ps://a", "https://a"),
            ("hxxps[:]//a[.]example", "https://a.example"),
            ("hxxp[://]a", "http://a"),
            ("[hxxp://]a.example", "http://a.example"),
            ("a[.]b[dot]c(dot)d(.)e", "a.b.c.d.e"),
            ("user[@]mail[DOT]example", "user@mail.example"),
            ("user[at]mail.example", "user@mail.example"),
            ("192.0.2[.]1...", "192.0.2.1"),
            ("e[x]ample.org", "example.org"),
            ("https:\\/\\/a.example\\/x", "https://a.example/x"),
        ] {
            assert_eq!(refang(disarmed), plain, "{disarmed}");
        }
    }

    #[test]
    fn ordinary_text_is_borrowed() {
        for text in ["homeowner.com", "meow.example", "hxxpress.example"] {
            assert!(matches!(refang(text), Cow::Borrowed(same) if same == text));
        }
        assert_eq!(refang("f(x)[ab]{"), "f(x)[ab]{");
    }
}
