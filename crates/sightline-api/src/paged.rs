//! A JSON list that is read page by page: each page is one short read, and memory stays flat.

use crate::response::Response;
use futures_util::stream;
use sightline_core::AppResult;
use sightline_misp::json::Buffer;
use std::future::Future;
use std::sync::Arc;

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
    let next = Arc::new(next);
    let pages = stream::try_unfold(Some(first), move |page| {
        let next = Arc::clone(&next);
        async move {
            let Some((rows, after)) = page else {
                return Ok(None);
            };
            let following = match after {
                Some(after) => Some(next(after).await?),
                None => None,
            };
            Ok(Some((rows, following)))
        }
    });
    Response::json_list(pages, write)
}
