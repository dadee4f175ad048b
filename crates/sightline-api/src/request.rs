//! A MISP URL taken apart (spec 03 section 1.1): controller, action, positional and named parameters, body.

use axum::http::{HeaderMap, Method};
use bytes::Bytes;
use percent_encoding::percent_decode_str;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use sightline_core::{AppError, AppResult};

/// What a client asked.
#[derive(Clone, Debug)]
pub struct Request {
    /// GET, POST, …; HEAD is asked as GET and loses its body at the end.
    pub method: Method,
    /// Whether the client asked with HEAD.
    pub head: bool,
    /// Path and query as sent, for the `url` field of answers.
    pub url: String,
    /// `events`: lower case, without `_`.
    pub controller: String,
    /// `restsearch`: lower case; `admin_add` for `/admin/<controller>/add`.
    pub action: String,
    /// Positional parameters, decoded.
    pub args: Vec<String>,
    /// Named parameters (`/key:value`) and the query string, decoded, in order.
    pub named: Vec<(String, String)>,
    /// Request headers.
    pub headers: HeaderMap,
    /// The body, decompressed.
    pub body: Bytes,
}

/// The reference's words for a body that is not JSON (spec 04 section 1).
const BAD_JSON: &str = "Invalid JSON input. Make sure that the JSON input is a correctly formatted JSON string. \
     This request has been blocked to avoid an unfiltered request.";

impl Request {
    /// Takes the path apart. `path` is still percent-encoded.
    pub fn parse(
        method: Method,
        path: &str,
        query: Option<&str>,
        headers: HeaderMap,
        body: Bytes,
    ) -> AppResult<Self> {
        let head = method == Method::HEAD;
        let method = if head { Method::GET } else { method };
        let url = query.map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"));
        let mut positional = Vec::new();
        let mut named = Vec::new();
        // PyMISP writes a space in a path as `+`.
        let path = path.replace('+', " ");
        for segment in path.split('/').filter(|segment| !segment.is_empty()) {
            // An encoded colon is part of the text: only a literal one makes a named parameter.
            match segment.split_once(':') {
                Some((key, value)) if positional.len() >= 2 && is_name(&decode(key)?) => {
                    named.push((decode(key)?, decode(value)?));
                }
                _ => positional.push(decode(segment)?),
            }
        }
        for (key, value) in query
            .unwrap_or_default()
            .split('&')
            .filter_map(|pair| pair.split_once('='))
        {
            named.push((decode(&key.replace('+', " "))?, decode(&value.replace('+', " "))?));
        }
        strip_extension(&mut positional, &mut named);
        let mut parts = positional.into_iter();
        let mut controller = parts.next().unwrap_or_else(|| "events".into());
        let admin = controller.eq_ignore_ascii_case("admin");
        if admin {
            controller = parts.next().unwrap_or_default();
        }
        let mut args: Vec<String> = parts.collect();
        let controller = controller.replace('_', "").to_ascii_lowercase();
        let action = resource_action(&method, &controller, &mut args);
        let action = if admin { format!("admin_{action}") } else { action };
        Ok(Self {
            method,
            head,
            url,
            controller,
            action,
            args,
            named,
            headers,
            body,
        })
    }

    /// The n-th positional parameter, unless it is empty.
    pub fn arg(&self, n: usize) -> Option<&str> {
        self.args.get(n).map(String::as_str).filter(|arg| !arg.is_empty())
    }

    /// A named parameter; the last one wins. Names are compared without regard to case.
    pub fn named(&self, name: &str) -> Option<&str> {
        self.named
            .iter()
            .rev()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// Whether a named parameter is given and not `0` or `false`.
    pub fn named_flag(&self, name: &str) -> Option<bool> {
        self.named(name)
            .map(|value| !matches!(value.to_ascii_lowercase().as_str(), "" | "0" | "false"))
    }

    /// The body as JSON; `null` when empty. Text with NUL characters is refused: no database keeps it.
    pub fn json(&self) -> AppResult<Value> {
        if self.body.iter().all(u8::is_ascii_whitespace) {
            return Ok(Value::Null);
        }
        if has_nul(&self.body) {
            return Err(AppError::BadRequest(
                "The body contains a NUL character (\\u0000).".into(),
            ));
        }
        if let Some(form) = self.form() {
            return form;
        }
        serde_json::from_slice(&self.body).map_err(|_| AppError::NotAllowed(BAD_JSON.into()))
    }

    /// The body as an object, out of its wrappers: `{"request": {...}}`, `{"Event": {...}}` (spec 03 section 1.1).
    /// What stands beside the wrapper is kept when it is not in it.
    pub fn fields(&self, model: &str) -> AppResult<Map<String, Value>> {
        Ok(unwrap(self.json()?, model))
    }

    /// The unwrapped body, decoded.
    pub fn decode<T: DeserializeOwned>(&self, model: &str) -> AppResult<T> {
        decode_value(Value::Object(self.fields(model)?))
    }

    /// A header as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    fn form(&self) -> Option<AppResult<Value>> {
        let form = self
            .header("content-type")
            .is_some_and(|t| t.starts_with("application/x-www-form-urlencoded"));
        let looks_like_json = self
            .body
            .iter()
            .find(|b| !b.is_ascii_whitespace())
            .is_some_and(|b| b"{[\"".contains(b));
        (form && !looks_like_json).then(|| {
            let text = std::str::from_utf8(&self.body).map_err(|_| AppError::NotAllowed(BAD_JSON.into()))?;
            let mut fields = Map::new();
            for (key, value) in text.split('&').filter_map(|pair| pair.split_once('=')) {
                fields.insert(
                    decode(&key.replace('+', " "))?,
                    decode(&value.replace('+', " "))?.into(),
                );
            }
            Ok(Value::Object(fields))
        })
    }
}

/// Decodes a JSON value into a body, naming what is wrong.
pub fn decode_value<T: DeserializeOwned>(value: Value) -> AppResult<T> {
    serde_json::from_value(value).map_err(|e| AppError::BadRequest(format!("Invalid input: {e}")))
}

/// Takes an object out of `request` and model wrappers.
pub fn unwrap(value: Value, model: &str) -> Map<String, Value> {
    let Value::Object(mut fields) = value else {
        return Map::new();
    };
    for wrapper in ["request", model] {
        if let Some(Value::Object(_)) = fields.get(wrapper)
            && let Some(Value::Object(inner)) = fields.remove(wrapper)
        {
            let outer = std::mem::replace(&mut fields, inner);
            for (key, value) in outer {
                fields.entry(key).or_insert(value);
            }
        }
    }
    fields
}

fn decode(text: &str) -> AppResult<String> {
    let decoded = percent_decode_str(text)
        .decode_utf8()
        .map_err(|_| AppError::BadRequest("The URL is not valid UTF-8.".into()))?;
    if decoded.contains('\0') {
        return Err(AppError::BadRequest("The URL contains a NUL character.".into()));
    }
    Ok(decoded.into_owned())
}

/// Raw NUL bytes, or the escape `\u0000` (an even number of backslashes before it is a literal backslash).
fn has_nul(body: &[u8]) -> bool {
    body.contains(&0)
        || body.windows(6).enumerate().any(|(at, window)| {
            window.eq_ignore_ascii_case(b"\\u0000")
                && body.iter().take(at).rev().take_while(|b| **b == b'\\').count() % 2 == 0
        })
}

/// `key` of `/key:value`, also `key[]`; a tag such as `tlp:red` as a positional parameter is told apart by position.
fn is_name(key: &str) -> bool {
    !key.is_empty()
        && key
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"_[]-.".contains(&b))
}

fn strip_extension(positional: &mut [String], named: &mut [(String, String)]) {
    let last = if named.is_empty() {
        positional.last_mut()
    } else {
        named.last_mut().map(|(_, value)| value)
    };
    if let Some(last) = last {
        for extension in [".json", ".xml", ".csv"] {
            if let Some(stem) = last.strip_suffix(extension) {
                *last = stem.to_owned();
            }
        }
    }
}

/// `GET /events/5` is `view`, `DELETE /events/5` is `delete`, `GET /feeds` is `index` (spec 03 section 1.1).
fn resource_action(method: &Method, controller: &str, args: &mut Vec<String>) -> String {
    let resource = matches!(controller, "events" | "attributes");
    match args.first() {
        None if resource && *method == Method::POST => "add".into(),
        None => "index".into(),
        Some(first) if resource && is_id(first) => match *method {
            Method::DELETE => "delete".into(),
            Method::POST | Method::PUT => "edit".into(),
            _ => "view".into(),
        },
        Some(_) => args.remove(0).to_ascii_lowercase(),
    }
}

fn is_id(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) || uuid::Uuid::try_parse(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request_of(method: Method, path: &str) -> Request {
        Request::parse(method, path, None, HeaderMap::new(), Bytes::new()).unwrap()
    }

    #[test]
    fn urls_come_apart_as_the_reference_reads_them() {
        for (method, path, controller, action, args) in [
            (Method::GET, "/", "events", "index", vec![]),
            (Method::GET, "/events", "events", "index", vec![]),
            (Method::POST, "/events", "events", "add", vec![]),
            (Method::GET, "/events/12.json", "events", "view", vec!["12"]),
            (Method::DELETE, "/events/12", "events", "delete", vec!["12"]),
            (
                Method::PUT,
                "/attributes/d5593f95-c6b8-46b2-9fbb-f98ad47f8b09",
                "attributes",
                "edit",
                vec!["d5593f95-c6b8-46b2-9fbb-f98ad47f8b09"],
            ),
            (Method::GET, "/auth_keys", "authkeys", "index", vec![]),
            (
                Method::POST,
                "/object_references/add/3",
                "objectreferences",
                "add",
                vec!["3"],
            ),
            (Method::POST, "/admin/users/add", "users", "admin_add", vec![]),
            (
                Method::GET,
                "/servers/getPyMISPVersion.json",
                "servers",
                "getpymispversion",
                vec![],
            ),
        ] {
            let request = request_of(method, path);
            assert_eq!(
                (request.controller.as_str(), request.action.as_str()),
                (controller, action),
                "{path}"
            );
            assert_eq!(request.args, args, "{path}");
        }
    }

    #[test]
    fn the_brackets_of_a_list_may_be_encoded() {
        let request = request_of(
            Method::GET,
            "/shadow_attributes/index/all:1/deleted%5B%5D:0/deleted%5B%5D:1.json",
        );
        assert_eq!(request.args, [""; 0]);
        let lists: Vec<_> = request
            .named
            .iter()
            .filter(|(name, _)| name == "deleted[]")
            .collect();
        assert_eq!(lists.len(), 2);
        assert_eq!(lists[1].1, "1");
    }

    #[test]
    fn named_parameters_stand_anywhere() {
        let request = request_of(Method::GET, "/events/view/7/deleted:1/searchFor:a%20b%3Ac+d%2Be");
        assert_eq!(request.args, ["7"]);
        assert_eq!(request.named("deleted"), Some("1"));
        assert_eq!(request.named("searchfor"), Some("a b:c d+e"));
        assert_eq!(
            request_of(Method::POST, "/events/addTag/7/tlp%3Ared").args,
            ["7", "tlp:red"]
        );
    }

    #[test]
    fn wrappers_are_optional() {
        for body in [
            r#"{"info":"x"}"#,
            r#"{"Event":{"info":"x"}}"#,
            r#"{"request":{"Event":{"info":"x"}}}"#,
        ] {
            let fields = unwrap(serde_json::from_str(body).unwrap(), "Event");
            assert_eq!(fields.get("info").unwrap(), "x", "{body}");
        }
    }

    #[test]
    fn nul_characters_are_found_in_every_spelling() {
        assert!(has_nul(br#"{"a":"\u0000"}"#));
        assert!(has_nul(b"\0"));
        assert!(!has_nul(br#"{"a":"\\u0000"}"#));
    }
}
