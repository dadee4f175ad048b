//! The built browser code and styles, embedded in the binary.

use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::Embed;
use std::borrow::Cow;
use std::fmt::Write;

/// Bytes of the hash that go into a version or an ETag: enough to tell builds apart.
const VERSION_BYTES: usize = 8;

#[derive(Embed)]
#[folder = "assets/dist/"]
struct Dist;

/// One embedded file.
#[derive(Clone, Debug)]
pub struct Asset {
    /// Value of `Content-Type`.
    pub content_type: String,
    /// The file.
    pub bytes: Cow<'static, [u8]>,
    /// Value of `ETag`, with its quotes.
    pub etag: String,
}

/// The file `path` below `/assets/`, for example `app.css`.
pub fn asset(path: &str) -> Option<Asset> {
    let file = Dist::get(path)?;
    let mime = mime_guess::from_path(path).first_or_octet_stream();
    let content_type = match mime.type_() {
        mime_guess::mime::TEXT => format!("{mime}; charset=utf-8"),
        _ => mime.to_string(),
    };
    let etag = format!("\"{}\"", version(&file.metadata.sha256_hash()));
    Some(Asset {
        content_type,
        bytes: file.data,
        etag,
    })
}

/// The address of an asset with its version, so that it may be cached for ever.
pub fn asset_url(path: &str) -> String {
    match Dist::get(path) {
        Some(file) => format!("/assets/{path}?v={}", version(&file.metadata.sha256_hash())),
        None => format!("/assets/{path}"),
    }
}

/// Answers `/assets/<file>`. The address carries the version, so a browser need not ask again.
pub(crate) async fn serve(Path(file): Path<String>, headers: HeaderMap) -> Response {
    let Some(found) = asset(&file) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let known = headers
        .get(header::IF_NONE_MATCH)
        .is_some_and(|tag| tag.as_bytes() == found.etag.as_bytes());
    let about = [
        (header::CONTENT_TYPE, found.content_type),
        (header::ETAG, found.etag),
        (
            header::CACHE_CONTROL,
            "public, max-age=31536000, immutable".into(),
        ),
    ];
    if known {
        return (StatusCode::NOT_MODIFIED, about).into_response();
    }
    (about, found.bytes.into_owned()).into_response()
}

fn version(hash: &[u8]) -> String {
    hash.iter()
        .take(VERSION_BYTES)
        .fold(String::new(), |mut hex, byte| {
            // Writing to a String cannot fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn script_and_style_are_embedded_with_their_types() {
        let script = asset("app.js").unwrap();
        assert!(
            script.content_type.starts_with("text/javascript"),
            "{}",
            script.content_type
        );
        let style = asset("app.css").unwrap();
        assert_eq!(style.content_type, "text/css; charset=utf-8");
        assert_eq!(script.etag.len(), 2 * VERSION_BYTES + 2);
        assert_ne!(script.etag, style.etag);
        assert!(asset_url("app.css").contains(style.etag.trim_matches('"')));
    }

    #[test]
    fn nothing_outside_the_folder_is_served() {
        assert!(asset("../package.json").is_none());
        assert!(asset("missing.js").is_none());
    }
}
