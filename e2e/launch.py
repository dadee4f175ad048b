#!/usr/bin/env python3
"""Start the real Sightline binary for a test, and serve folders as feeds.

As a module (needs only the standard library):

    with Server(engine="sqlite") as server:
        server.url, server.key, server.email, server.password
        server.kill9(); server.restart()
    with serve_directory("some/feed") as feed:
        feed.url

As a program, for harnesses in other languages:

    python3 e2e/launch.py [--engine sqlite|postgres] [--mail]

The first line on standard output is JSON with url, key, email and password. Then it takes one command a line on
standard input (kill9, restart, serve FOLDER, mail ADDRESS, stop) and answers each with one line of JSON. It stops when standard
input ends.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import hashlib
import json
import os
import secrets
import select
import shutil
import signal
import string
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import smtp

REPOSITORY = Path(__file__).resolve().parent.parent
START_SECONDS = 30
STOP_SECONDS = 30


def binary() -> Path:
    """The binary under test: $SIGHTLINE_BIN, else the debug build."""
    if named := os.environ.get("SIGHTLINE_BIN"):
        return Path(named)
    target = Path(os.environ.get("CARGO_TARGET_DIR", REPOSITORY / "target"))
    return target / "debug" / "sightline"


def random_key() -> str:
    """40 letters and digits, the form of an authentication key."""
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(40))


class Server:
    """One running server with a data directory, and on PostgreSQL a database, of its own."""

    def __init__(
        self,
        engine: str = "sqlite",
        *,
        env: dict[str, str] | None = None,
        args: list[str] | None = None,
        allow_private: bool = True,
        local_roots: list[str | Path] = (),
        unattended: bool = True,
    ):
        """`env` and `args` are added to the server's. Feeds of a test are on loopback, so private addresses are
        allowed unless a test is about refusing them. `unattended=False` leaves out the administrator's credentials:
        the first start then makes a random password and prints it to the log."""
        if engine not in ("sqlite", "postgres"):
            raise ValueError(f"no such engine: {engine}")
        self.engine = engine
        self.email = "admin@sightline.example"
        self.password = "Correct-Horse-" + secrets.token_hex(8)
        self.key = random_key()
        self.organisation = "SIGHTLINE TEST"
        self.url = ""
        self.process: subprocess.Popen | None = None
        self.folder = Path(tempfile.mkdtemp(prefix="sightline-e2e-"))
        self.data = self.folder / "data"
        self.data.mkdir()
        self.log = self.folder / "server.log"
        self._database = self._create_database() if engine == "postgres" else None
        self._listen = "127.0.0.1:0"
        self._args = list(args or [])
        self._env = {name: value for name, value in os.environ.items() if not name.startswith("SIGHTLINE_")}
        if unattended:
            self._env |= {
                "SIGHTLINE_ADMIN_EMAIL": self.email,
                "SIGHTLINE_ADMIN_PASSWORD": self.password,
                "SIGHTLINE_ADMIN_KEY": self.key,
                "SIGHTLINE_ADMIN_ORG": self.organisation,
            }
        if allow_private:
            self._env["SIGHTLINE__REMOTE__ALLOW_PRIVATE"] = "true"
        if local_roots:
            roots = [str(Path(root).resolve()) for root in local_roots]
            self._env["SIGHTLINE__FEEDS__LOCAL_ROOTS"] = json.dumps(roots)
        self._env |= env or {}

    def start(self) -> Server:
        """Start, and return when the server says it is ready. After the first time it keeps its port."""
        command = [str(binary()), "serve", "--data", str(self.data), "--listen", self._listen, *self._args]
        if self._database:
            command += ["--database", self._database]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, env=self._env, stdout=subprocess.PIPE, stderr=log)
        try:
            self.url = json.loads(self._first_line())["url"]
            self._wait_until_ready()
        except BaseException:
            self._signal(signal.SIGKILL)
            raise
        self._listen = urllib.parse.urlsplit(self.url).netloc
        return self

    def kill9(self) -> None:
        """End the process without giving it a chance to tidy up."""
        self._signal(signal.SIGKILL)

    def restart(self) -> Server:
        """Stop if it runs, then start on the same data and the same port."""
        self._signal(signal.SIGTERM)
        return self.start()

    def stop(self) -> None:
        """Stop gracefully, and remove the data and the database."""
        try:
            self._signal(signal.SIGTERM)
        finally:
            if self._database:
                self._sql(f'DROP DATABASE IF EXISTS "{self._database_name}" WITH (FORCE)')
            shutil.rmtree(self.folder, ignore_errors=True)

    def tail(self, lines: int = 40) -> str:
        """The end of the server's log."""
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return "\n".join(text.splitlines()[-lines:])

    def __enter__(self) -> Server:
        try:
            return self.start()
        except BaseException:
            self.stop()
            raise

    def __exit__(self, *_) -> None:
        self.stop()

    def _first_line(self) -> bytes:
        assert self.process and self.process.stdout
        readable, _, _ = select.select([self.process.stdout], [], [], START_SECONDS)
        line = self.process.stdout.readline() if readable else b""
        if not line:
            raise RuntimeError(f"the server did not start:\n{self.tail()}")
        # What else it prints there must not fill the pipe.
        threading.Thread(target=self._drain, args=(self.process.stdout,), daemon=True).start()
        return line

    @staticmethod
    def _drain(stream) -> None:
        with contextlib.suppress(ValueError, OSError):
            while stream.read(65536):
                pass

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            with contextlib.suppress(urllib.error.URLError, OSError):
                with urllib.request.urlopen(f"{self.url}/readyz", timeout=5) as answer:
                    if answer.status == 200:
                        return
            time.sleep(0.02)
        raise RuntimeError(f"the server did not become ready:\n{self.tail()}")

    def _signal(self, number: signal.Signals) -> None:
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(number)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise RuntimeError(f"the server did not stop on {number.name}:\n{self.tail()}") from None
        self.process = None

    def _create_database(self) -> str:
        self._superuser = os.environ.get("SIGHTLINE_TEST_POSTGRES", "")
        if not self._superuser:
            raise RuntimeError("SIGHTLINE_TEST_POSTGRES is not set: scripts/postgres.sh start prints a URL for it")
        self._database_name = f"e2e_{os.getpid()}_{secrets.token_hex(4)}"
        self._sql(f'CREATE DATABASE "{self._database_name}"')
        return urllib.parse.urlsplit(self._superuser)._replace(path=f"/{self._database_name}").geturl()

    def _sql(self, statement: str) -> None:
        command = ["psql", "--no-psqlrc", "--quiet", self._superuser, "--command", statement]
        subprocess.run(command, check=True, capture_output=True, text=True)


class Directory:
    """A folder served over loopback HTTP, the way a web server serves a feed: with ETag and gzip."""

    def __init__(self, folder: str | Path, *, delay: float = 0.0):
        """`delay` seconds pass before each answer, for tests that interrupt a fetch."""
        self.folder = Path(folder).resolve()
        self.delay = delay
        self.requests: list[tuple[str, int]] = []
        """Path and status of each answer, in order."""
        self.headers: list[dict[str, str]] = []
        """The headers of each request, names in lower case."""
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._http.serve_forever, daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"

    def stop(self) -> None:
        """Stop serving."""
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def __enter__(self) -> Directory:
        return self

    def __exit__(self, *_) -> None:
        self.stop()


def serve_directory(folder: str | Path, *, delay: float = 0.0) -> Directory:
    """Serve a folder on a free loopback port until `stop()` or the end of the `with` block."""
    return Directory(folder, delay=delay)


def _handler(directory: Directory) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            time.sleep(directory.delay)
            directory.headers.append({name.lower(): value for name, value in self.headers.items()})
            path = urllib.parse.unquote(urllib.parse.urlsplit(self.path).path)
            file = (directory.folder / path.lstrip("/")).resolve()
            if not file.is_relative_to(directory.folder) or not file.is_file():
                self.answer(404, b"not found\n", {"Content-Type": "text/plain"})
                return
            body = file.read_bytes()
            etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
            headers = {"ETag": etag, "Content-Type": _media_type(file), "Vary": "Accept-Encoding"}
            if etag in self.headers.get("If-None-Match", ""):
                self.answer(304, b"", headers)
                return
            if "gzip" in self.headers.get("Accept-Encoding", ""):
                body = gzip.compress(body, compresslevel=1)
                headers["Content-Encoding"] = "gzip"
            self.answer(200, body, headers)

        do_HEAD = do_GET

        def answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
            directory.requests.append((self.path, status))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if status != 304:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                with contextlib.suppress(ConnectionError):
                    self.wfile.write(body)

        def log_message(self, *_) -> None:
            pass

    return Handler


def _media_type(file: Path) -> str:
    types = {".json": "application/json", ".csv": "text/csv", ".zip": "application/zip", ".gz": "application/gzip",
             ".html": "text/html; charset=utf-8", ".png": "image/png"}
    return types.get(file.suffix, "text/plain; charset=utf-8")


def unpack_data(name: str, into: str | Path) -> Path | None:
    """Unpack the recorded data set `name` into a folder; `None` when this machine has no test data.

    The data are not part of the repository: $SIGHTLINE_TEST_DATA, else ../shared/data, holds `NAME.tar.zst`."""
    root = Path(os.environ.get("SIGHTLINE_TEST_DATA", "") or REPOSITORY.parent / "shared" / "data")
    archive = root / f"{name}.tar.zst"
    if not archive.is_file():
        return None
    target = Path(into) / Path(name).name
    if not target.is_dir():
        subprocess.run(["tar", "--zstd", "-xf", str(archive), "-C", str(into)], check=True)
    return target


def log_skipped(test: str) -> None:
    """Note that a test found no test data, so that the run says so loudly at its end."""
    if log := os.environ.get("SIGHTLINE_SKIPPED_LOG"):
        with open(log, "a", encoding="utf-8") as file:
            file.write(test + "\n")


def main() -> None:
    """The program: one server, commands on standard input."""
    parser = argparse.ArgumentParser(description="Start a Sightline server for a test.")
    parser.add_argument("--engine", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--first-start", action="store_true", help="do not set the administrator's credentials")
    parser.add_argument("--mail", action="store_true", help="take its mail, which `mail ADDRESS` then asks for")
    parser.add_argument("--refuse-private", action="store_true", help="fetch nothing from private addresses")
    options = parser.parse_args()
    directories: list[Directory] = []
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    unattended, private = not options.first_start, not options.refuse_private
    catcher = smtp.Catcher() if options.mail else None
    mail = {"SIGHTLINE__SECURITY__ALLOW_PASSWORD_FORGOTTEN": "true"} | catcher.environment() if catcher else {}
    with catcher or contextlib.nullcontext(), Server(options.engine, unattended=unattended, allow_private=private, env=mail) as server:
        _say(url=server.url, key=server.key, email=server.email, password=server.password, log=str(server.log))
        for line in sys.stdin:
            command, _, argument = line.strip().partition(" ")
            if command == "stop":
                break
            if command == "kill9":
                server.kill9()
                _say(ok=True)
            elif command == "restart":
                server.restart()
                _say(ok=True, url=server.url)
            elif command == "mail" and catcher:
                letter = catcher.wait(argument)
                _say(ok=True, subject=letter["Subject"], text=letter.get_content())
            elif command == "serve":
                directories.append(serve_directory(argument))
                _say(ok=True, url=directories[-1].url)
            else:
                _say(ok=False, error=f"no such command: {command}")
    for directory in directories:
        directory.stop()


def _say(**answer) -> None:
    print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
