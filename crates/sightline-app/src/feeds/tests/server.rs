//! A web server over a directory: ETags, 404, and counting of what was asked.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

pub(super) struct Server {
    pub(super) url: String,
    pub(super) root: PathBuf,
    state: Arc<State>,
    _directory: Option<tempfile::TempDir>,
}

#[derive(Default)]
struct State {
    /// Path -> number of answers with a body.
    served: Mutex<HashMap<String, usize>>,
    /// The last request's header lines.
    headers: Mutex<Vec<String>>,
    delay: Mutex<Duration>,
}

impl Server {
    /// Over an empty directory.
    pub(super) fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let mut server = Self::over(directory.path());
        server._directory = Some(directory);
        server
    }

    pub(super) fn over(root: &Path) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(State::default());
        let (root, shared) = (root.to_path_buf(), Arc::clone(&state));
        thread::spawn({
            let root = root.clone();
            move || {
                for stream in listener.incoming().flatten() {
                    let (root, state) = (root.clone(), Arc::clone(&shared));
                    // A client that goes away in the middle is part of the tests.
                    thread::spawn(move || drop(answer(stream, &root, &state)));
                }
            }
        });
        Self {
            url,
            root,
            state,
            _directory: None,
        }
    }

    pub(super) fn put(&self, name: &str, content: &str) {
        std::fs::write(self.root.join(name), content).unwrap();
    }

    pub(super) fn remove(&self, name: &str) {
        std::fs::remove_file(self.root.join(name)).unwrap();
    }

    /// How often a file's content was sent.
    pub(super) fn served(&self, name: &str) -> usize {
        self.state
            .served
            .lock()
            .unwrap()
            .get(&format!("/{name}"))
            .copied()
            .unwrap_or(0)
    }

    /// How many files were sent.
    pub(super) fn served_in_all(&self) -> usize {
        self.state.served.lock().unwrap().values().sum()
    }

    pub(super) fn forget(&self) {
        self.state.served.lock().unwrap().clear();
    }

    pub(super) fn last_headers(&self) -> Vec<String> {
        self.state.headers.lock().unwrap().clone()
    }

    /// Makes every answer slow.
    pub(super) fn delay(&self, delay: Duration) {
        *self.state.delay.lock().unwrap() = delay;
    }
}

fn answer(mut stream: TcpStream, root: &Path, state: &State) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let first = lines.next().transpose()?.unwrap_or_default();
    let headers: Vec<String> = lines
        .map_while(Result::ok)
        .take_while(|line| !line.is_empty())
        .collect();
    thread::sleep(*state.delay.lock().unwrap());
    let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
    let asked = headers
        .iter()
        .find_map(|line| line.strip_prefix("if-none-match: ").map(str::to_owned));
    *state.headers.lock().unwrap() = headers;
    let Ok(content) = std::fs::read(root.join(path.trim_start_matches('/'))) else {
        return stream.write_all(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    };
    let etag = format!(
        "\"{}-{}\"",
        content.len(),
        sightline_misp::fold::value_key(&String::from_utf8_lossy(&content))
    );
    if asked.as_deref() == Some(&etag) {
        return stream.write_all(b"HTTP/1.1 304 Not Modified\r\nconnection: close\r\n\r\n");
    }
    *state.served.lock().unwrap().entry(path).or_default() += 1;
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-length: {}\r\netag: {etag}\r\nconnection: close\r\n\r\n",
        content.len()
    );
    stream.write_all(head.as_bytes())?;
    stream.write_all(&content)
}
