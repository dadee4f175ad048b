//! A submitted form: its fields, and the proof that one of our pages sent it.

use super::{Visit, multipart};
use axum::http::{HeaderMap, header};
use bytes::Bytes;
use sightline_core::{AppError, AppResult};

/// The field of a form, and the header of a script's request, that carry the anti-forgery token.
const FIELD: &str = "_csrf";
const HEADER: &str = "x-csrf-token";

/// The fields of a form, in order; a name may occur several times. And its files.
#[derive(Clone, Debug, Default)]
pub(crate) struct Form {
    fields: Vec<(String, String)>,
    files: Vec<(String, Bytes)>,
}

impl Form {
    /// Reads a body and refuses it unless it carries `token`.
    pub(crate) fn read(headers: &HeaderMap, body: &Bytes, token: &str) -> AppResult<Self> {
        let kind = headers
            .get(header::CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok());
        let form = match kind.and_then(multipart::boundary) {
            Some(boundary) => {
                let parts = multipart::parse(body, boundary)?;
                Self {
                    fields: parts.fields,
                    files: parts.files,
                }
            }
            None => Self {
                fields: form_urlencoded::parse(body).into_owned().collect(),
                files: Vec::new(),
            },
        };
        let sent = headers
            .get(HEADER)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_else(|| form.get(FIELD));
        if token.is_empty() || sent != token {
            return Err(AppError::BadRequest(
                "The form has expired or did not come from this site. Go back, reload the page and try again.".into(),
            ));
        }
        if form.fields.iter().any(|(_, value)| value.contains('\0')) {
            return Err(AppError::BadRequest("The form contains a NUL character.".into()));
        }
        Ok(form)
    }

    /// Reads a query string.
    pub(crate) fn query(text: &str) -> Self {
        Self {
            fields: form_urlencoded::parse(text.as_bytes()).into_owned().collect(),
            files: Vec::new(),
        }
    }

    /// Reads a form of a visitor with a session.
    pub(crate) fn of(visit: &Visit, headers: &HeaderMap, body: &Bytes) -> AppResult<Self> {
        Self::read(headers, body, &visit.csrf)
    }

    /// A field, trimmed; empty when it is not there.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.raw(name).trim()
    }

    /// A field as sent: passwords and values keep their blanks.
    pub(crate) fn raw(&self, name: &str) -> &str {
        self.fields
            .iter()
            .find(|(key, _)| key == name)
            .map_or("", |(_, value)| value)
    }

    /// The content of a file; empty when none was chosen.
    pub(crate) fn file(&self, name: &str) -> Bytes {
        self.files
            .iter()
            .find(|(key, _)| key == name)
            .map_or_else(Bytes::new, |(_, content)| content.clone())
    }

    /// Every value of a field that occurs several times.
    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.fields
            .iter()
            .filter(move |(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// A box that was ticked.
    pub(crate) fn ticked(&self, name: &str) -> bool {
        matches!(self.get(name), "1" | "on" | "true")
    }

    /// The ids of a field that holds a JSON list of ticked rows; a single id counts as a list of one.
    pub(crate) fn ids(&self, name: &str) -> Vec<i64> {
        let number = |value: &serde_json::Value| value.as_i64().or_else(|| value.as_str()?.parse().ok());
        match serde_json::from_str(self.get(name)) {
            Ok(serde_json::Value::Array(list)) => list.iter().filter_map(number).collect(),
            Ok(one) => number(&one).into_iter().collect(),
            Err(_) => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn form(token: &str) -> AppResult<Form> {
        let mut headers = HeaderMap::new();
        let kind = HeaderValue::from_static("multipart/form-data; boundary=x");
        headers.insert(header::CONTENT_TYPE, kind);
        let body = format!(
            "--x\r\nContent-Disposition: form-data; name=\"_csrf\"\r\n\r\n{token}\r\n\
             --x\r\nContent-Disposition: form-data; name=\"logo\"; filename=\"a.png\"\r\n\r\n\0bytes\r\n--x--"
        );
        Form::read(&headers, &Bytes::from(body), "token-of-the-session")
    }

    #[test]
    fn a_form_with_a_file_carries_the_token_too() {
        let read = form("token-of-the-session").unwrap();
        assert_eq!(read.file("logo").as_ref(), b"\0bytes");
        assert!(read.file("other").is_empty());
        for token in ["", "another"] {
            assert!(matches!(form(token), Err(AppError::BadRequest(_))), "{token}");
        }
    }
}
