//! Streams that are one chunk ahead: the next is made while the one before is on its way to the client.

use bytes::Bytes;
use futures_util::stream::{self, BoxStream, Stream, StreamExt};
use sightline_core::AppError;
use tokio::sync::mpsc;

type Chunk = Result<Bytes, AppError>;

/// The same chunks, made by a task of their own, which ends when nobody reads any more. A task that dies is an error:
/// the reader must not take a part for the whole.
pub(crate) fn ahead(mut chunks: BoxStream<'static, Chunk>) -> impl Stream<Item = Chunk> + Send + 'static {
    let (sender, receiver) = mpsc::channel(1);
    let maker = tokio::spawn(async move {
        while let Some(chunk) = chunks.next().await {
            if sender.send(chunk).await.is_err() {
                break;
            }
        }
    });
    stream::unfold(Some((receiver, maker)), |state| async move {
        let (mut receiver, maker) = state?;
        match receiver.recv().await {
            Some(chunk) => Some((chunk, Some((receiver, maker)))),
            None => maker
                .await
                .err()
                .map(|error| (Err(AppError::internal(error)), None)),
        }
    })
    // Compression asks once more after the end.
    .fuse()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    fn counted(made: &Arc<AtomicUsize>) -> BoxStream<'static, Chunk> {
        let made = Arc::clone(made);
        stream::iter(0..100_u8)
            .map(move |n| {
                made.fetch_add(1, Ordering::SeqCst);
                Ok(Bytes::from(vec![n]))
            })
            .boxed()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn chunks_come_in_order_and_only_a_few_are_made_for_a_reader_that_waits() {
        let made = Arc::new(AtomicUsize::new(0));
        let mut chunks = Box::pin(ahead(counted(&made)));
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert!((1..=2).contains(&made.load(Ordering::SeqCst)));
        for n in 0..100_u8 {
            assert_eq!(chunks.next().await.unwrap().unwrap(), vec![n]);
        }
        assert!(chunks.next().await.is_none());
        assert!(chunks.next().await.is_none(), "asked once more after the end");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_task_ends_with_its_reader() {
        let made = Arc::new(AtomicUsize::new(0));
        drop(ahead(counted(&made)));
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert!(made.load(Ordering::SeqCst) <= 2);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_panic_is_an_error_and_not_an_end() {
        let broken = stream::iter([1_u8, 0]).map(|n| Ok(Bytes::from(vec![10_u8.checked_div(n).unwrap()])));
        let mut chunks = Box::pin(ahead(broken.boxed()));
        assert!(chunks.next().await.unwrap().is_ok());
        assert!(chunks.next().await.unwrap().is_err());
        assert!(chunks.next().await.is_none());
    }
}
