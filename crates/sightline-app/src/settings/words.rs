//! Values that are more than one word, or a word of a certain form.

use super::registry::{FORMED_CHARS, Form};
use ipnet::IpNet;
use serde_json::{Map, Value, json};
use sightline_remote::{directory_url, is_directory_filter};
use std::net::IpAddr;

/// Characters of one text of several.
const WORD_CHARS: usize = 500;

/// One text, with a comma between the words.
pub(super) fn joined(value: &Value) -> Value {
    let words = value.as_array().into_iter().flatten().filter_map(Value::as_str);
    json!(words.collect::<Vec<_>>().join(","))
}

fn words(value: &Value) -> Option<Vec<String>> {
    let found: Option<Vec<String>> = match value {
        Value::String(text) => Some(text.split(',').map(str::to_owned).collect()),
        Value::Array(list) => list.iter().map(|word| word.as_str().map(str::to_owned)).collect(),
        _ => None,
    };
    let found = found?.into_iter().map(|word| word.trim().to_owned());
    Some(found.filter(|word| !word.is_empty()).collect())
}

/// A list, or one text with commas.
pub(super) fn list(value: &Value, most: usize) -> Option<Value> {
    let words = words(value)?;
    let fits = words.len() <= most
        && words
            .iter()
            .all(|word| word.chars().count() <= WORD_CHARS && !word.contains(','));
    fits.then(|| json!(words))
}

/// A list of addresses or networks.
pub(super) fn networks(value: &Value, most: usize) -> Option<Value> {
    let list = list(value, most)?;
    let known = |word: &Value| word.as_str().is_some_and(|word| network(word).is_some());
    list.as_array()?.iter().all(known).then_some(list)
}

/// An address, or a network.
pub(crate) fn network(text: &str) -> Option<IpNet> {
    match text.parse::<IpAddr>() {
        Ok(address) => Some(address.to_canonical().into()),
        Err(_) => text.parse().ok(),
    }
}

/// An object of texts and numbers, or its JSON.
pub(super) fn map(value: &Value, most: usize) -> Option<Value> {
    let object = match value {
        Value::Object(object) => object.clone(),
        Value::String(text) if text.trim().is_empty() => Map::new(),
        Value::String(text) => serde_json::from_str(text).ok()?,
        Value::Array(list) if list.is_empty() => Map::new(),
        _ => return None,
    };
    let texts: Option<Map<String, Value>> = object
        .into_iter()
        .map(|(key, value)| {
            let text = match value {
                Value::String(text) => text,
                Value::Number(number) => number.to_string(),
                _ => return None,
            };
            let fits = key.chars().count() <= WORD_CHARS && text.chars().count() <= WORD_CHARS;
            fits.then(|| (key, json!(text)))
        })
        .collect();
    texts.filter(|texts| texts.len() <= most).map(Value::Object)
}

/// Whether a text has its form.
pub(super) fn fits(form: Form, text: &str) -> bool {
    if text.is_empty() {
        return true;
    }
    if text.chars().count() > FORMED_CHARS {
        return false;
    }
    match form {
        Form::Url => {
            ["https://", "http://"].iter().any(|scheme| {
                text.strip_prefix(scheme)
                    .is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'))
            }) && text.bytes().all(|b| b.is_ascii_graphic())
        }
        Form::DirectoryUrl => directory_url(text).is_ok(),
        Form::DirectoryFilter => is_directory_filter(text),
        Form::Address => text.parse::<IpAddr>().is_ok(),
        Form::Name => text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'),
    }
}

/// What a text of a form has to be.
pub(super) fn wanted(form: Form) -> &'static str {
    match form {
        Form::Url => "an address that begins with https:// or http://",
        Form::DirectoryUrl => "an address that begins with ldap:// or ldaps://, without a user or a password",
        Form::DirectoryFilter => "a condition that a directory can read, such as (objectClass=person)",
        Form::Address => "an IP address",
        Form::Name => "a name of letters, digits, hyphens and underscores",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_maps_are_read_from_either_form_and_no_further() {
        assert_eq!(list(&json!(" a, b ,"), 5), Some(json!(["a", "b"])));
        assert_eq!(list(&json!(["a", "b"]), 5), Some(json!(["a", "b"])));
        assert_eq!(list(&json!(["a", 1]), 5), None);
        assert_eq!(list(&json!("a,b,c"), 2), None);
        assert_eq!(joined(&json!(["a", "b"])), json!("a,b"));
        assert_eq!(
            networks(&json!("10.0.0.0/8,::1"), 5),
            Some(json!(["10.0.0.0/8", "::1"]))
        );
        assert_eq!(networks(&json!("10.0.0.0/8,proxy"), 5), None);
        assert_eq!(
            map(&json!({"a": 3, "b": "User"}), 5),
            Some(json!({"a": "3", "b": "User"}))
        );
        assert_eq!(map(&json!(r#"{"a": 3}"#), 5), Some(json!({"a": "3"})));
        for broken in [json!("nonsense"), json!({"a": [1]}), json!([1]), json!(1)] {
            assert_eq!(map(&broken, 5), None, "{broken}");
        }
    }

    #[test]
    fn texts_have_their_form() {
        for (form, text, good) in [
            (Form::Url, "https://id.example.org/realms/a", true),
            (Form::Url, "", true),
            (Form::Url, "javascript:alert(1)", false),
            (Form::Url, "https://", false),
            (Form::Url, "https:///x", false),
            (Form::Url, "https://a b", false),
            (Form::DirectoryUrl, "ldaps://ldap.example.org", true),
            (Form::DirectoryUrl, "https://ldap.example.org", false),
            (Form::DirectoryFilter, "(a=b)", true),
            (Form::DirectoryFilter, "(a=b", false),
            (Form::Address, "127.0.0.1", true),
            (Form::Address, "::", true),
            (Form::Address, "localhost", false),
            (Form::Name, "X-Remote_User", true),
            (Form::Name, "X Remote", false),
            (Form::Name, "uid)(x=*", false),
        ] {
            assert_eq!(fits(form, text), good, "{text}");
        }
    }
}
