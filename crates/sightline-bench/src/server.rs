//! The real server as a process of its own, and what the system says about its memory.

use crate::database::Database;
use crate::http::Client;
use crate::report::float;
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The administrator's key in the databases of a run; they live for minutes, on loopback.
pub(crate) const KEY: &str = "benchbenchbenchbenchbenchbenchbenchbench";
/// How long a server may take to stop when asked.
const STOP: Duration = Duration::from_secs(20);

/// How to start the server.
#[derive(Clone, Debug)]
pub(crate) struct Launch<'a> {
    /// The binary.
    pub(crate) binary: &'a Path,
    /// Its data directory.
    pub(crate) data: &'a Path,
    pub(crate) database: &'a Database,
    /// A directory from which feeds may be read.
    pub(crate) feeds: PathBuf,
}

/// A running server, stopped when dropped.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    address: String,
    /// From the start of the process to the line that says where it listens.
    pub(crate) start: Duration,
}

impl Launch<'_> {
    /// Starts a server on a free port and waits until it listens.
    pub(crate) fn start(&self) -> Result<Server> {
        let log = File::options()
            .create(true)
            .append(true)
            .open(self.data.join("server.log"))?;
        let mut command = Command::new(self.binary);
        command
            .arg("serve")
            .arg("--data")
            .arg(self.data)
            .args(["--listen", "127.0.0.1:0"]);
        if let Some(url) = self.database.url() {
            command.args(["--database", url]);
        }
        let roots = serde_json::to_string(&[&self.feeds])?;
        command
            .env("SIGHTLINE__FEEDS__LOCAL_ROOTS", roots)
            .env("SIGHTLINE__LOG__LEVEL", "warn")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log);
        let begun = Instant::now();
        let mut child = command
            .spawn()
            .with_context(|| format!("starting {}", self.binary.display()))?;
        let mut line = String::new();
        let stdout = child.stdout.take().context("no standard output")?;
        BufReader::new(stdout).read_line(&mut line)?;
        let start = begun.elapsed();
        let address = serde_json::from_str::<Value>(&line).ok().and_then(|announced| {
            announced
                .get("url")?
                .as_str()?
                .strip_prefix("http://")
                .map(|at| at.trim_end_matches('/').to_owned())
        });
        let mut server = Server {
            child,
            address: String::new(),
            start,
        };
        match address {
            Some(address) => server.address = address,
            None => bail!(
                "the server did not announce itself; see {}",
                self.data.join("server.log").display()
            ),
        }
        Ok(server)
    }
}

impl Server {
    /// A new connection.
    pub(crate) fn connect(&self) -> Result<Client> {
        Client::connect(&self.address, KEY)
    }

    /// Memory in use now, in MB.
    pub(crate) fn memory(&self) -> Result<f64> {
        self.status("VmRSS:")
    }

    /// The most memory in use since [`Server::forget_peak`], in MB.
    pub(crate) fn peak(&self) -> Result<f64> {
        self.status("VmHWM:")
    }

    /// Starts a new peak.
    pub(crate) fn forget_peak(&self) -> Result<()> {
        fs::write(format!("/proc/{}/clear_refs", self.child.id()), "5")
            .context("resetting the peak of memory")
    }

    fn status(&self, field: &str) -> Result<f64> {
        let status =
            fs::read_to_string(format!("/proc/{}/status", self.child.id())).context("the server's status")?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix(field))
            .context("a field of the status")?;
        let kib: usize = line
            .trim()
            .trim_end_matches("kB")
            .trim()
            .parse()
            .context("kilobytes")?;
        Ok(float(kib) * 1_024.0 / 1e6)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Asked politely first, so that the next start finds a database that was closed.
        let asked = Command::new("kill").arg(self.child.id().to_string()).status();
        let begun = Instant::now();
        while asked.is_ok() && begun.elapsed() < STOP {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
