//! A client that keeps its connection and costs next to nothing, so that on few cores the server is measured and not
//! its client. HTTP/1.1 as our server speaks it: a length, or chunks.

use anyhow::{Context, Result, bail, ensure};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

/// What is read at once.
const BUFFER_BYTES: usize = 256 * 1024;

/// A connection to the server.
#[derive(Debug)]
pub(crate) struct Client {
    stream: BufReader<TcpStream>,
    /// The headers that are the same in every request.
    headers: String,
}

/// How an answer's body is delimited.
enum Body {
    Length(usize),
    Chunks,
}

impl Client {
    /// Connects to `address` (`host:port`); every request carries the API key.
    pub(crate) fn connect(address: &str, key: &str) -> Result<Self> {
        let stream = TcpStream::connect(address).with_context(|| format!("connecting to {address}"))?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream: BufReader::with_capacity(BUFFER_BYTES, stream),
            headers: format!(
                "Host: {address}\r\nAuthorization: {key}\r\nAccept: application/json\r\nContent-Type: application/json\r\n"
            ),
        })
    }

    /// GET; the body.
    pub(crate) fn get(&mut self, path: &str) -> Result<Vec<u8>> {
        let mut body = Vec::new();
        self.request("GET", path, b"", |part| body.extend_from_slice(part))?;
        Ok(body)
    }

    /// POST; the body.
    pub(crate) fn post(&mut self, path: &str, json: &[u8]) -> Result<Vec<u8>> {
        let mut body = Vec::new();
        self.request("POST", path, json, |part| body.extend_from_slice(part))?;
        Ok(body)
    }

    /// Sends a request and hands on the parts of the body as they come. Anything but 200 is an error.
    pub(crate) fn request(
        &mut self,
        method: &str,
        path: &str,
        json: &[u8],
        mut part: impl FnMut(&[u8]),
    ) -> Result<()> {
        let mut request = format!(
            "{method} {path} HTTP/1.1\r\n{}Content-Length: {}\r\n\r\n",
            self.headers,
            json.len()
        )
        .into_bytes();
        request.extend_from_slice(json);
        self.stream.get_mut().write_all(&request)?;
        let (status, body) = self.head()?;
        let mut refused = Vec::new();
        let mut take = |bytes: &[u8]| {
            if status == 200 {
                part(bytes);
            } else {
                refused.extend_from_slice(bytes);
            }
        };
        match body {
            Body::Length(length) => self.take(length, &mut take)?,
            Body::Chunks => loop {
                let line = self.line()?;
                let size = line.split(';').next().unwrap_or_default();
                let size =
                    usize::from_str_radix(size.trim(), 16).with_context(|| format!("chunk size {line:?}"))?;
                self.take(size, &mut take)?;
                self.line()?;
                if size == 0 {
                    break;
                }
            },
        }
        ensure!(
            status == 200,
            "{method} {path}: {status} {}",
            String::from_utf8_lossy(&refused)
        );
        Ok(())
    }

    fn head(&mut self) -> Result<(u16, Body)> {
        let line = self.line()?;
        let status = line.split(' ').nth(1).and_then(|code| code.parse().ok());
        let status = status.with_context(|| format!("status line {line:?}"))?;
        let mut body = Body::Length(0);
        loop {
            let line = self.line()?;
            let Some((name, value)) = line.split_once(':') else {
                break;
            };
            if name.eq_ignore_ascii_case("content-length") {
                body = Body::Length(value.trim().parse().context("content-length")?);
            } else if name.eq_ignore_ascii_case("transfer-encoding") {
                body = Body::Chunks;
            }
        }
        Ok((status, body))
    }

    /// A line without its end.
    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        if self.stream.read_line(&mut line)? == 0 {
            bail!("the server closed the connection");
        }
        line.truncate(line.trim_end().len());
        Ok(line)
    }

    fn take(&mut self, length: usize, part: &mut impl FnMut(&[u8])) -> Result<()> {
        let mut left = length;
        while left > 0 {
            let limit = u64::try_from(left)?;
            let mut limited = self.stream.by_ref().take(limit);
            let bytes = limited.fill_buf()?;
            ensure!(
                !bytes.is_empty(),
                "the server closed the connection within an answer"
            );
            let got = bytes.len();
            part(bytes);
            limited.consume(got);
            left -= got;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;
    use std::thread;

    /// Answers one request with `answer`.
    fn serve(answer: &'static str) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut buffer = [0; 1024];
            let _ = stream.read(&mut buffer).unwrap();
            stream.write_all(answer.as_bytes()).unwrap();
        });
        address
    }

    fn get(answer: &'static str) -> Result<Vec<u8>> {
        Client::connect(&serve(answer), "key").unwrap().get("/")
    }

    #[test]
    fn bodies_with_a_length_and_in_chunks_are_read_to_their_end() {
        assert_eq!(
            get("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello, and more").unwrap(),
            b"hello"
        );
        let chunks = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nhel\r\nA;x=1\r\nlo, world!\r\n0\r\n\r\n";
        assert_eq!(get(chunks).unwrap(), b"hello, world!");
    }

    #[test]
    fn refusals_and_broken_answers_are_errors() {
        let refused = get("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno")
            .unwrap_err()
            .to_string();
        assert!(refused.contains("403") && refused.contains("no"), "{refused}");
        assert!(get("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort").is_err());
        assert!(get("").is_err());
    }
}
