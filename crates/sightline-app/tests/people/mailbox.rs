//! A mail server that keeps what it gets, for as long as the test runs.

use sightline_remote::{Remote, RemoteConfig, SmtpConfig, SmtpTls};
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// What arrived: the reader and the mail.
#[derive(Clone, Default)]
pub(crate) struct Mailbox(Arc<Mutex<Vec<(String, String)>>>);

impl Mailbox {
    /// Opens one on a free port; the second is the way out that leads to it.
    pub(crate) fn open() -> (Self, Remote) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let mailbox = Self::default();
        let kept = mailbox.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let kept = kept.clone();
                std::thread::spawn(move || kept.talk(&stream.unwrap()));
            }
        });
        let guard = RemoteConfig {
            allow_networks: vec!["127.0.0.0/8".parse().unwrap()],
            ..RemoteConfig::default()
        };
        let smtp = SmtpConfig {
            host: "127.0.0.1".into(),
            port,
            tls: SmtpTls::None,
            ..SmtpConfig::default()
        };
        (mailbox, Remote::new(&guard).unwrap().with_smtp(smtp))
    }

    fn talk(&self, stream: &TcpStream) {
        let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
        let say = |text: &str| writeln!(&*stream, "{text}\r").unwrap();
        let mut to = String::new();
        say("220 mailbox");
        while let Some(line) = lines.next() {
            if let Some(rest) = line.strip_prefix("RCPT TO:<") {
                rest.split('>').next().unwrap().clone_into(&mut to);
            }
            match line.as_str() {
                "DATA" => {
                    say("354 go ahead");
                    let text: Vec<String> = lines.by_ref().take_while(|line| line != ".").collect();
                    self.0.lock().unwrap().push((to.clone(), text.join("\n")));
                    say("250 kept");
                }
                "QUIT" => return say("221 bye"),
                _ => say("250 ok"),
            }
        }
    }

    /// Everything for one reader, taken out.
    pub(crate) fn take(&self, to: &str) -> Vec<String> {
        let mut kept = self.0.lock().unwrap();
        let (own, rest) = kept.drain(..).partition(|(reader, _)| reader == to);
        *kept = rest;
        own.into_iter().map(|(_, text): (String, String)| text).collect()
    }

    /// How many are left.
    pub(crate) fn len(&self) -> usize {
        self.0.lock().unwrap().len()
    }
}
