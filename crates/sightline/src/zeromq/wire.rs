//! ZMTP 3.0, as far as a publisher speaks it: greeting, frames, commands (<https://rfc.zeromq.org/spec/23/>).

use bytes::Bytes;
use std::io::{Error, ErrorKind, Result};
use tokio::io::{AsyncRead, AsyncReadExt};

/// Bytes of a greeting.
const GREETING: usize = 64;
/// Bytes of the largest frame that a subscriber may send: a subscription, or a few properties.
const FRAME_MAX: u64 = 4_096;
/// A frame longer than its short form holds.
const LONG: u8 = 2;
/// A frame that is a command.
const COMMAND: u8 = 4;

/// What a subscriber has sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Frame {
    /// Its name, and the rest.
    Command(Vec<u8>, Vec<u8>),
    /// A subscription, before version 3.1.
    Message(Vec<u8>),
}

/// The first bytes of each side. `secured` asks for a name and a password (PLAIN).
pub(super) fn greeting(secured: bool) -> Vec<u8> {
    let mut out = vec![0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0x7f, 3, 0];
    out.extend_from_slice(if secured { b"PLAIN" } else { b"NULL" });
    out.resize(32, 0);
    out.push(u8::from(secured));
    out.resize(GREETING, 0);
    out
}

/// Reads the other side's greeting, which must be of this version or later and of the same mechanism.
pub(super) async fn read_greeting(from: &mut (impl AsyncRead + Unpin), secured: bool) -> Result<()> {
    let mut theirs = [0; GREETING];
    from.read_exact(&mut theirs).await?;
    let ours = greeting(secured);
    let signed = theirs.first() == Some(&0xff) && theirs.get(9) == Some(&0x7f);
    let version = theirs.get(10).is_some_and(|major| *major >= 3);
    if signed && version && theirs.get(12..32) == ours.get(12..32) {
        Ok(())
    } else {
        Err(refused("another version or mechanism"))
    }
}

/// A message of one frame.
pub(super) fn message(body: &[u8]) -> Bytes {
    frame(0, body)
}

/// A command.
pub(super) fn command(name: &[u8], rest: &[u8]) -> Bytes {
    let mut body = short(name);
    body.extend_from_slice(rest);
    frame(COMMAND, &body)
}

/// The properties of this side, for READY.
pub(super) fn properties() -> Vec<u8> {
    let mut out = short(b"Socket-Type");
    out.extend_from_slice(&3_u32.to_be_bytes());
    out.extend_from_slice(b"PUB");
    out
}

fn frame(flags: u8, body: &[u8]) -> Bytes {
    let mut out = Vec::with_capacity(body.len() + 9);
    match u8::try_from(body.len()) {
        Ok(size) => out.extend([flags, size]),
        Err(_) => {
            out.push(flags | LONG);
            out.extend(u64::try_from(body.len()).unwrap_or(u64::MAX).to_be_bytes());
        }
    }
    out.extend_from_slice(body);
    out.into()
}

/// A text after its length in one byte.
fn short(text: &[u8]) -> Vec<u8> {
    let size = u8::try_from(text.len()).unwrap_or(u8::MAX);
    let mut out = vec![size];
    out.extend(text.iter().take(size.into()));
    out
}

/// Takes a text after its length in one byte off the beginning.
pub(super) fn take_short(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (size, rest) = bytes.split_first()?;
    rest.split_at_checked(usize::from(*size))
}

/// The next frame.
pub(super) async fn read_frame(from: &mut (impl AsyncRead + Unpin)) -> Result<Frame> {
    let flags = from.read_u8().await?;
    let size = if flags & LONG == 0 {
        u64::from(from.read_u8().await?)
    } else {
        from.read_u64().await?
    };
    if size > FRAME_MAX {
        return Err(refused("too large a frame"));
    }
    let mut body = vec![0; usize::try_from(size).map_err(Error::other)?];
    from.read_exact(&mut body).await?;
    if flags & COMMAND == 0 {
        return Ok(Frame::Message(body));
    }
    let (name, rest) = take_short(&body).ok_or_else(|| refused("a command without a name"))?;
    Ok(Frame::Command(name.to_vec(), rest.to_vec()))
}

/// An end of the connection by this side.
pub(super) fn refused(why: &str) -> Error {
    Error::new(ErrorKind::InvalidData, why)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn frames_are_read_back_and_large_ones_refused() {
        for size in [0, 1, 255, 256, 4_000] {
            let body = vec![7; size];
            let read = read_frame(&mut message(&body).as_ref()).await.unwrap();
            assert_eq!(read, Frame::Message(body.clone()));
            let read = read_frame(&mut command(b"READY", &body).as_ref()).await.unwrap();
            assert_eq!(read, Frame::Command(b"READY".to_vec(), body));
        }
        read_frame(&mut message(&vec![7; 5_000]).as_ref())
            .await
            .unwrap_err();
        read_frame(&mut [COMMAND, 1, 9].as_slice()).await.unwrap_err();
        read_frame(&mut [LONG, 255, 255, 255, 255, 255, 255, 255, 255].as_slice())
            .await
            .unwrap_err();
        read_frame(&mut [0, 3, 1].as_slice()).await.unwrap_err();
    }

    #[tokio::test]
    async fn greetings_of_other_mechanisms_are_refused() {
        for (theirs, ours, fine) in [
            (false, false, true),
            (true, true, true),
            (false, true, false),
            (true, false, false),
        ] {
            let read = read_greeting(&mut greeting(theirs).as_slice(), ours).await;
            assert_eq!(read.is_ok(), fine);
        }
        read_greeting(&mut [b'G'; 64].as_slice(), false)
            .await
            .unwrap_err();
    }
}
