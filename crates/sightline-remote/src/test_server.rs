//! A listener that answers with whatever bytes a test wants, well-formed or not.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Raw bytes to send, all at once or one by one with a pause between.
pub(crate) struct Answer {
    bytes: Vec<u8>,
    pause: Option<Duration>,
}

impl Answer {
    pub(crate) fn raw(bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            bytes: bytes.into(),
            pause: None,
        }
    }

    /// `headers` are complete lines, each with its CRLF.
    pub(crate) fn new(status: u16, headers: &str, body: &[u8]) -> Self {
        let length = body.len();
        let head =
            format!("HTTP/1.1 {status} X\r\nContent-Length: {length}\r\nConnection: close\r\n{headers}\r\n");
        Self::raw([head.as_bytes(), body].concat())
    }

    pub(crate) fn ok(content_type: &str, body: &[u8]) -> Self {
        Self::new(200, &format!("Content-Type: {content_type}\r\n"), body)
    }

    pub(crate) fn redirect(location: &str) -> Self {
        Self::new(302, &format!("Location: {location}\r\n"), b"")
    }

    pub(crate) fn dripping(mut self, pause: Duration) -> Self {
        self.pause = Some(pause);
        self
    }
}

/// Listens until dropped.
pub(crate) struct TestServer {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<String>>>,
    closed: Arc<Mutex<usize>>,
    task: tokio::task::JoinHandle<()>,
}

impl TestServer {
    /// `answer` maps a path, query included, to what is sent.
    pub(crate) async fn start(ip: &str, answer: impl Fn(&str) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind((ip, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let closed = Arc::new(Mutex::new(0));
        let (requests, closes, answer) = (Arc::clone(&seen), Arc::clone(&closed), Arc::new(answer));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (requests, closes, answer) =
                    (Arc::clone(&requests), Arc::clone(&closes), Arc::clone(&answer));
                tokio::spawn(async move {
                    let served = serve(stream, &requests, &*answer).await;
                    if served.is_err() {
                        *closes.lock().unwrap() += 1;
                    }
                });
            }
        });
        Self {
            address,
            seen,
            closed,
            task,
        }
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Request heads so far, in lower case.
    pub(crate) fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }

    /// Connections that the client gave up while they were served.
    pub(crate) fn given_up(&self) -> usize {
        *self.closed.lock().unwrap()
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(
    mut stream: TcpStream,
    seen: &Mutex<Vec<String>>,
    answer: &(impl Fn(&str) -> Answer + Send + Sync),
) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    let head = String::from_utf8(head).unwrap();
    let path = head.split(' ').nth(1).unwrap().to_owned();
    seen.lock().unwrap().push(head.to_ascii_lowercase());
    let answer = answer(&path);
    match answer.pause {
        None => stream.write_all(&answer.bytes).await?,
        Some(pause) => {
            for byte in answer.bytes {
                stream.write_all(&[byte]).await?;
                tokio::time::sleep(pause).await;
            }
        }
    }
    stream.shutdown().await
}
