//! The configuration without its secrets, fit for a screen or a bug report.

use super::Config;

/// What stands in the place of a secret.
const MASK: &str = "***";

/// A copy with the passwords taken out.
pub(crate) fn masked(config: &Config) -> Config {
    let mut config = config.clone();
    config.database.url = without_password(&config.database.url);
    config.remote.proxy = config.remote.proxy.as_deref().map(without_password);
    for secret in [
        &mut config.oidc.client_secret,
        &mut config.ldap.reader_password,
        &mut config.zeromq.password,
    ] {
        if !secret.0.is_empty() {
            MASK.clone_into(&mut secret.0);
        }
    }
    if !config.smtp.password.is_empty() {
        MASK.clone_into(&mut config.smtp.password);
    }
    config
}

/// `scheme://user:***@host/…?password=***`. Whatever stands before the last `@` counts as credentials: a password
/// that should have been percent-encoded must not show either.
fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    let (body, query) = rest
        .split_once('?')
        .map_or((rest, None), |(body, query)| (body, Some(query)));
    let body = match body.rsplit_once('@') {
        Some((credentials, host)) => match credentials.split_once(':') {
            Some((user, _)) => format!("{user}:{MASK}@{host}"),
            None => body.to_owned(),
        },
        None => body.to_owned(),
    };
    let query = query.map(|query| {
        let pairs: Vec<String> = query
            .split('&')
            .map(|pair| match pair.split_once('=') {
                Some((name, _)) if name.contains("password") => format!("{name}={MASK}"),
                _ => pair.to_owned(),
            })
            .collect();
        format!("?{}", pairs.join("&"))
    });
    format!("{scheme}://{body}{}", query.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::without_password;

    #[test]
    fn passwords_do_not_show() {
        for (url, shown) in [
            ("postgres://u:secret@h:5432/d", "postgres://u:***@h:5432/d"),
            ("postgres://u:se@cret/@h/d", "postgres://u:***@h/d"),
            (
                "postgres://u@h/d?sslmode=require&password=secret",
                "postgres://u@h/d?sslmode=require&password=***",
            ),
            ("http://proxy.example.org:3128", "http://proxy.example.org:3128"),
            ("http://u:p:q@proxy.example.org", "http://u:***@proxy.example.org"),
            ("", ""),
        ] {
            assert_eq!(without_password(url), shown, "{url}");
        }
    }
}
