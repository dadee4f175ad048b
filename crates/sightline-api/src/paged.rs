//! A JSON list that is read page by page: each page is one short read, and memory stays flat.

use crate::response::{JSON, Response};
use bytes::Bytes;
use futures_util::stream;
use sightline_core::{AppError, AppResult};
use sightline_misp::json::Buffer;
use std::future::Future;

/// Some rows, and what to go on after when there may be more.
pub(crate) type Page<T, K> = (Vec<T>, Option<K>);

/// The list. Its first page has been read before the answer begins: what is refused must be refused with its status.
pub(crate) fn list<T, K, F, R>(
    first: Page<T, K>,
    next: F,
    write: impl Fn(&mut Buffer, &T) + Send + Sync + 'static,
) -> Response
where
    T: Send + 'static,
    K: Send + 'static,
    F: Fn(K) -> R + Send + Sync + 'static,
    R: Future<Output = AppResult<Page<T, K>>> + Send,
{
    let (next, write) = (std::sync::Arc::new(next), std::sync::Arc::new(write));
    let chunks = stream::try_unfold(Some((first, true)), move |state| {
        let (next, write) = (next.clone(), write.clone());
        async move {
            let Some(((rows, after), opening)) = state else {
                return Ok(None);
            };
            let mut out = Buffer::new();
            for (n, row) in rows.iter().enumerate() {
                out.push(if opening && n == 0 { b'[' } else { b',' });
                write(&mut out, row);
            }
            if opening && rows.is_empty() {
                out.push(b'[');
            }
            drop(rows);
            let following = match after {
                Some(after) => Some((next(after).await?, false)),
                None => {
                    out.push(b']');
                    None
                }
            };
            Ok::<_, AppError>(Some((Bytes::from(out), following)))
        }
    });
    Response::stream(JSON, chunks)
}
