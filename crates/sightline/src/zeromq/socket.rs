//! A publisher's socket. Whoever reads too slowly loses messages, as ZeroMQ's publishers have it; memory is bounded.

use super::wire::{self, Frame, refused};
use bytes::Bytes;
use sightline_app::settings::ZeroMqSettings;
use std::collections::HashMap;
use std::io::Result;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// Connections at a time.
const PEERS: usize = 64;
/// Subscriptions of one peer.
const SUBSCRIPTIONS: usize = 256;
/// Messages that wait for one peer; ZeroMQ's own default.
const WAITING: usize = 1_000;
/// Their bytes; one message may exceed it.
const WAITING_BYTES: usize = 32 << 20;
/// Time for a peer to say who it is.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// Time before connections are accepted again after one could not be.
const ACCEPT_AGAIN: Duration = Duration::from_millis(100);

/// A socket that listens until it is dropped.
#[derive(Debug)]
pub(super) struct Socket {
    shared: Arc<Shared>,
    accepting: JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    /// The name and password that peers give, if they have to.
    login: Option<(String, String)>,
    peers: Mutex<HashMap<u64, Peer>>,
    next: AtomicU64,
}

#[derive(Debug)]
struct Peer {
    subscriptions: Vec<Vec<u8>>,
    queue: mpsc::Sender<Bytes>,
    waiting: Arc<AtomicUsize>,
}

impl Socket {
    /// Listens where the settings say.
    pub(super) async fn bind(settings: &ZeroMqSettings) -> Result<Self> {
        let host = match settings.host.trim() {
            "" => Ipv4Addr::LOCALHOST.into(),
            host => host.parse::<IpAddr>().map_err(std::io::Error::other)?,
        };
        let listener = TcpListener::bind((host, settings.port)).await?;
        let login =
            (!settings.username.is_empty()).then(|| (settings.username.clone(), settings.password.0.clone()));
        let shared = Arc::new(Shared {
            login,
            peers: Mutex::default(),
            next: AtomicU64::new(0),
        });
        let accepting = tokio::spawn(accept(listener, Arc::clone(&shared)));
        Ok(Self { shared, accepting })
    }

    /// Whether anybody listens.
    pub(super) fn is_heard(&self) -> bool {
        !self.shared.peers().is_empty()
    }

    /// Sends a message to those who have subscribed to how it begins.
    pub(super) fn publish(&self, message: &[u8]) {
        let framed = wire::message(message);
        for peer in self.shared.peers().values() {
            if peer
                .subscriptions
                .iter()
                .any(|prefix| message.starts_with(prefix))
            {
                peer.offer(&framed);
            }
        }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.accepting.abort();
        // Without a queue to read from, the connections end.
        self.shared.peers().clear();
    }
}

impl Shared {
    fn peers(&self) -> MutexGuard<'_, HashMap<u64, Peer>> {
        // Nothing panics while the lock is held.
        self.peers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A subscription, or its end.
    fn subscribe(&self, id: u64, wanted: bool, prefix: Vec<u8>) {
        let mut peers = self.peers();
        let Some(peer) = peers.get_mut(&id) else {
            return;
        };
        if !wanted {
            if let Some(at) = peer.subscriptions.iter().position(|known| *known == prefix) {
                peer.subscriptions.swap_remove(at);
            }
        } else if peer.subscriptions.len() < SUBSCRIPTIONS {
            peer.subscriptions.push(prefix);
        }
    }

    /// Whether the rest of a HELLO holds the right name and password.
    fn admits(&self, hello: &[u8]) -> bool {
        let given = wire::take_short(hello).and_then(|(name, rest)| Some((name, wire::take_short(rest)?.0)));
        match (&self.login, given) {
            (Some((name, password)), Some(given)) => {
                // Both are compared whatever the first says.
                same(name.as_bytes(), given.0) & same(password.as_bytes(), given.1)
            }
            _ => false,
        }
    }
}

/// In a time that does not tell where they differ.
fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |all, (a, b)| all | (a ^ b)) == 0
}

impl Peer {
    fn offer(&self, framed: &Bytes) {
        let waiting = self.waiting.load(Ordering::Relaxed);
        if waiting > 0 && waiting.saturating_add(framed.len()) > WAITING_BYTES {
            return;
        }
        self.waiting.fetch_add(framed.len(), Ordering::Relaxed);
        if self.queue.try_send(framed.clone()).is_err() {
            self.waiting.fetch_sub(framed.len(), Ordering::Relaxed);
        }
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let places = Arc::new(Semaphore::new(PEERS));
    loop {
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::warn!(%error, "ZeroMQ: a connection could not be accepted");
                tokio::time::sleep(ACCEPT_AGAIN).await;
                continue;
            }
        };
        let Ok(place) = Arc::clone(&places).try_acquire_owned() else {
            tracing::warn!("ZeroMQ: {PEERS} subscribers are connected, another one was refused");
            continue;
        };
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            if let Err(error) = serve(stream, &shared).await {
                tracing::debug!(%error, "ZeroMQ: a subscriber has gone");
            }
            drop(place);
        });
    }
}

async fn serve(stream: TcpStream, shared: &Shared) -> Result<()> {
    let (mut from, mut to) = stream.into_split();
    timeout(HANDSHAKE, handshake(&mut from, &mut to, shared)).await??;
    let (queue, mut waiting_for) = mpsc::channel(WAITING);
    let waiting = Arc::new(AtomicUsize::new(0));
    let id = shared.next.fetch_add(1, Ordering::Relaxed);
    let peer = Peer {
        subscriptions: Vec::new(),
        queue,
        waiting: Arc::clone(&waiting),
    };
    shared.peers().insert(id, peer);
    let ended = tokio::select! {
        ended = listen(&mut from, shared, id) => ended,
        ended = send(&mut to, &mut waiting_for, &waiting) => ended,
    };
    shared.peers().remove(&id);
    ended
}

/// Until both sides know each other: nobody subscribes before.
async fn handshake(from: &mut OwnedReadHalf, to: &mut OwnedWriteHalf, shared: &Shared) -> Result<()> {
    let secured = shared.login.is_some();
    to.write_all(&wire::greeting(secured)).await?;
    wire::read_greeting(from, secured).await?;
    let ready = wire::command(b"READY", &wire::properties());
    if !secured {
        to.write_all(&ready).await?;
        expect(from, b"READY").await?;
        return Ok(());
    }
    let hello = expect(from, b"HELLO").await?;
    if !shared.admits(&hello) {
        to.write_all(&wire::command(b"ERROR", b"\x0dAccess denied"))
            .await?;
        return Err(refused("a wrong name or password"));
    }
    to.write_all(&wire::command(b"WELCOME", b"")).await?;
    expect(from, b"INITIATE").await?;
    to.write_all(&ready).await
}

async fn expect(from: &mut OwnedReadHalf, wanted: &[u8]) -> Result<Vec<u8>> {
    match wire::read_frame(from).await? {
        Frame::Command(name, rest) if name == wanted => Ok(rest),
        _ => Err(refused("another command was due")),
    }
}

async fn listen(from: &mut OwnedReadHalf, shared: &Shared, id: u64) -> Result<()> {
    loop {
        match wire::read_frame(from).await? {
            Frame::Message(body) => match body.split_first() {
                Some((1, prefix)) => shared.subscribe(id, true, prefix.to_vec()),
                Some((0, prefix)) => shared.subscribe(id, false, prefix.to_vec()),
                _ => return Err(refused("neither a subscription nor its end")),
            },
            Frame::Command(name, rest) => match name.as_slice() {
                b"SUBSCRIBE" => shared.subscribe(id, true, rest),
                b"CANCEL" => shared.subscribe(id, false, rest),
                // The first two bytes are a time; the rest comes back.
                b"PING" => {
                    if let Some(peer) = shared.peers().get(&id) {
                        peer.offer(&wire::command(b"PONG", rest.get(2..).unwrap_or_default()));
                    }
                }
                _ => return Err(refused("an unknown command")),
            },
        }
    }
}

async fn send(
    to: &mut OwnedWriteHalf,
    queue: &mut mpsc::Receiver<Bytes>,
    waiting: &AtomicUsize,
) -> Result<()> {
    while let Some(framed) = queue.recv().await {
        let sent = to.write_all(&framed).await;
        waiting.fetch_sub(framed.len(), Ordering::Relaxed);
        sent?;
    }
    Ok(())
}
