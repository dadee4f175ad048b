//! The headers of a feed request (spec 06 A.1).

use reqwest::header::{ACCEPT, HeaderMap, HeaderName, HeaderValue};

/// A feed's lines for these are ignored: they say who we are.
const RESERVED: [&str; 4] = ["commit", "misp-version", "misp-uuid", "user-agent"];
/// These steer the connection itself; a line for one is a mistake, or an attempt to smuggle a request.
const FORBIDDEN: [&str; 9] = [
    "connection",
    "content-length",
    "expect",
    "host",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// What a feed server is told, followed by the feed's own `free_text`: one `Name: value` per line, a value ending at
/// a second colon as in the reference. A repeated name is sent once, with its last value. `Err` is a sentence for
/// the form, without the value, which may be a secret.
pub fn feed_headers(free_text: &str, misp_version: &str, instance_uuid: &str) -> Result<HeaderMap, String> {
    let mut headers = HeaderMap::new();
    headers.insert(
        ACCEPT,
        HeaderValue::from_static("application/json, text/plain, text/*"),
    );
    headers.insert("misp-version", value("MISP-version", misp_version)?);
    headers.insert("misp-uuid", value("MISP-uuid", instance_uuid)?);

    for (index, line) in free_text.split('\n').enumerate() {
        let line = line.strip_suffix('\r').unwrap_or(line);
        if line.trim_matches(' ').is_empty() {
            continue;
        }
        let number = index + 1;
        let mut parts = line.split(':');
        let (Some(name), Some(text)) = (parts.next(), parts.next()) else {
            return Err(format!(
                "Header line {number} is not of the form \"Name: value\"."
            ));
        };
        let name = HeaderName::from_bytes(name.trim_matches(' ').as_bytes())
            .map_err(|_| format!("Header line {number} has a name with characters that are not allowed."))?;
        if RESERVED.contains(&name.as_str()) {
            continue;
        }
        if FORBIDDEN.contains(&name.as_str()) || name.as_str().starts_with("proxy-") {
            return Err(format!("The header {name} cannot be set."));
        }
        let mut content = value(name.as_str(), text)?;
        content.set_sensitive(true);
        headers.insert(name, content);
    }
    Ok(headers)
}

fn value(name: &str, text: &str) -> Result<HeaderValue, String> {
    // `from_bytes` refuses control characters, CR, LF and NUL first of all, and lets UTF-8 pass.
    HeaderValue::from_bytes(text.trim_matches(' ').as_bytes())
        .map_err(|_| format!("The value of the header {name} has characters that are not allowed."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feed(text: &str) -> Result<HeaderMap, String> {
        feed_headers(text, "2.5.0", "5c7e6f1e-0000-4000-8000-000000000001")
    }

    #[test]
    fn constants_are_always_there() {
        let headers = feed("").unwrap();
        assert_eq!(headers.len(), 3);
        assert_eq!(headers["accept"], "application/json, text/plain, text/*");
        assert_eq!(headers["misp-version"], "2.5.0");
        assert_eq!(headers["misp-uuid"], "5c7e6f1e-0000-4000-8000-000000000001");
    }

    #[test]
    fn lines_are_added_and_hidden_from_debug_output() {
        let headers = feed("Authorization: Bearer abc\r\n\r\nX-Tier:gold\nAccept: text/csv").unwrap();
        assert_eq!(headers["authorization"], "Bearer abc");
        assert_eq!(headers["x-tier"], "gold");
        assert_eq!(headers["accept"], "text/csv");
        assert!(!format!("{headers:?}").contains("abc"));
    }

    #[test]
    fn a_value_ends_at_the_second_colon() {
        assert_eq!(feed("X-Ref: https://example.org").unwrap()["x-ref"], "https");
    }

    #[test]
    fn identity_cannot_be_overridden() {
        let text = "COMMIT: x\nMisp-Version: 1\nMISP-uuid: y\nuser-agent: z\nX-Kept: 1";
        let headers = feed(text).unwrap();
        assert_eq!(headers["misp-version"], "2.5.0");
        assert_eq!(headers["misp-uuid"], "5c7e6f1e-0000-4000-8000-000000000001");
        assert!(!headers.contains_key("commit") && !headers.contains_key("user-agent"));
        assert_eq!(headers["x-kept"], "1");
    }

    #[test]
    fn injection_and_nonsense_are_refused() {
        for text in [
            "X-A: a\rX-B: b",
            "X-A: a\0b",
            "X-A\r: a",
            "X A: b",
            ": b",
            "no colon",
            "Host: inner",
            "Transfer-Encoding: chunked",
            "Content-Length: 5",
            "Proxy-Authorization: x",
        ] {
            assert!(feed(text).is_err(), "{text:?}");
        }
        assert!(!feed("X-Key: s3cret\u{1}").unwrap_err().contains("s3cret"));
    }
}
