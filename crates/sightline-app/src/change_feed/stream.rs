//! The feed as a stream of server-sent events.

use super::Reader;
use futures_util::stream::{BoxStream, StreamExt, unfold};
use sightline_core::{AppError, AppResult};
use sightline_misp::json::Buffer;
use std::time::Duration;
use tokio::time::Instant;

/// Entries of one chunk.
const CHUNK: usize = 100;
/// Time after which a silent stream says that it is there. Proxies wait for a minute, as a rule.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// Time after which a stream ends; its reader comes back with the position that it has, and logs in again.
const AGE: Duration = Duration::from_secs(15 * 60);
/// Milliseconds after which a reader comes back.
const RETRY: &str = "retry: 2000\n";

/// Chunks of a stream.
pub type Stream = BoxStream<'static, AppResult<Buffer>>;

/// What the reader reads, until it may not read any more, the server goes away, or some minutes have passed.
pub fn stream(reader: Reader) -> Stream {
    let end = Instant::now() + AGE;
    unfold(State::Begin(Box::new(reader)), move |state| async move {
        match state {
            State::Begin(reader) => Some((begin(&reader), State::Go(reader))),
            State::Go(reader) if reader.is_closed() || Instant::now() >= end => None,
            State::Go(reader) => Some(go_on(reader).await),
            State::End => None,
        }
    })
    .boxed()
}

enum State {
    Begin(Box<Reader>),
    Go(Box<Reader>),
    End,
}

/// The position first: who loses the connection before the first entry goes on from here.
fn begin(reader: &Reader) -> AppResult<Buffer> {
    let mut out = Buffer::from(RETRY);
    position(reader, &mut out)?;
    Ok(out)
}

async fn go_on(mut reader: Box<Reader>) -> (AppResult<Buffer>, State) {
    match chunk(&mut reader).await {
        Ok(out) => (Ok(out), State::Go(reader)),
        // An end that the reader can read; coming back, it is told the reason with a status.
        Err(error @ (AppError::Unauthenticated(_) | AppError::Forbidden(_) | AppError::Gone(_))) => {
            (Ok(Buffer::from(format!(": {error}\n\n"))), State::End)
        }
        Err(error) => (Err(error), State::End),
    }
}

async fn chunk(reader: &mut Reader) -> AppResult<Buffer> {
    let changes = reader.next(CHUNK, HEARTBEAT).await?;
    let mut out = Buffer::new();
    for change in &changes {
        let id = reader.id(change)?;
        change.write_event(&mut out, &id);
    }
    if changes.is_empty() {
        out.extend_from_slice(b": nothing new\n");
        position(reader, &mut out)?;
    }
    Ok(out)
}

/// A position without an entry: readers remember it and go on from there.
fn position(reader: &Reader, out: &mut Buffer) -> AppResult<()> {
    out.extend_from_slice(format!("id: {}\n\n", reader.position()?).as_bytes());
    Ok(())
}
