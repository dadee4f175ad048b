"""A real directory for tests: Debian's slapd on loopback, with a folder, certificates and people of its own."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

BASE = "dc=example,dc=org"
READER = f"cn=reader,{BASE}"
READER_PASSWORD = "Reader-Secret-9"
ROOT = f"cn=root,{BASE}"
ROOT_PASSWORD = "Root-Secret-9"
START_SECONDS = 20

CONFIGURATION = """
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload memberof
pidfile {folder}/slapd.pid
TLSCACertificateFile {folder}/ca.pem
TLSCertificateFile {folder}/server.pem
TLSCertificateKeyFile {folder}/server.key
database mdb
suffix "{base}"
rootdn "{root}"
rootpw {root_password}
directory {folder}/data
overlay memberof
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="{reader}" read by anonymous auth by * none
"""

START = f"""
dn: {BASE}
objectClass: organization
objectClass: dcObject
o: Example
dc: example

dn: ou=people,{BASE}
objectClass: organizationalUnit
ou: people

dn: ou=groups,{BASE}
objectClass: organizationalUnit
ou: groups

dn: {READER}
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: reader
userPassword: {READER_PASSWORD}
"""


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Slapd:
    """One directory; `url`, `tls_url` and `ca` say how to reach it."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="sightline-slapd-"))
        (self.folder / "data").mkdir()
        port, tls_port = free_port(), free_port()
        self.url = f"ldap://127.0.0.1:{port}"
        self.tls_url = f"ldaps://127.0.0.1:{tls_port}"
        self.ca = self.folder / "ca.pem"
        self._port = port
        self._process: subprocess.Popen | None = None
        self._certificates()
        text = CONFIGURATION.format(
            folder=self.folder, base=BASE, root=ROOT, root_password=ROOT_PASSWORD, reader=READER
        )
        (self.folder / "slapd.conf").write_text(text)

    def __enter__(self) -> Slapd:
        try:
            self.start()
            self.add(START)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self) -> None:
        """Start, and return when it answers."""
        slapd = shutil.which("slapd") or "/usr/sbin/slapd"
        command = [slapd, "-f", str(self.folder / "slapd.conf"), "-h", f"{self.url} {self.tls_url}", "-d", "0"]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self._port), 1):
                return
            time.sleep(0.02)
        raise RuntimeError(f"slapd did not start:\n{(self.folder / 'log').read_text()}")

    def stop(self) -> None:
        """Stop; the people stay for the next start."""
        if self._process and self._process.poll() is None:
            self._process.terminate()
            self._process.wait(20)
        self._process = None

    def add(self, ldif: str) -> None:
        """Add entries."""
        self._run("ldapadd", ldif)

    def modify(self, ldif: str) -> None:
        """Change entries."""
        self._run("ldapmodify", ldif)

    def person(self, uid: str, password: str, *, mail: str | None = None, org: str | None = None) -> str:
        """Add a person; the distinguished name."""
        dn = f"uid={uid},ou=people,{BASE}"
        lines = [f"dn: {dn}", "objectClass: inetOrgPerson", f"uid: {uid}", f"cn: {uid}", f"sn: {uid}",
                 f"mail: {mail or uid + '@example.org'}", f"userPassword: {password}"]
        if org:
            lines.append(f"o: {org}")
        self.add("\n".join(lines) + "\n")
        return dn

    def group(self, name: str, members: list[str]) -> None:
        """Add a group."""
        lines = [f"dn: cn={name},ou=groups,{BASE}", "objectClass: groupOfNames", f"cn: {name}"]
        self.add("\n".join(lines + [f"member: {member}" for member in members]) + "\n")

    def join(self, name: str, member: str, *, leave: bool = False) -> None:
        """Put somebody into a group, or take them out."""
        verb = "delete" if leave else "add"
        self.modify(f"dn: cn={name},ou=groups,{BASE}\nchangetype: modify\n{verb}: member\nmember: {member}\n")

    def _run(self, program: str, ldif: str) -> None:
        command = [program, "-x", "-H", self.url, "-D", ROOT, "-w", ROOT_PASSWORD]
        done = subprocess.run(command, input=ldif, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    def _certificates(self) -> None:
        def openssl(*arguments: str) -> None:
            subprocess.run(["openssl", *arguments], check=True, capture_output=True, cwd=self.folder)

        key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        openssl("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=Test CA",
                "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign")
        openssl("req", *key, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=127.0.0.1")
        (self.folder / "names").write_text("subjectAltName=IP:127.0.0.1,DNS:localhost\nextendedKeyUsage=serverAuth\n")
        openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
                "-out", "server.pem", "-days", "2", "-extfile", "names")
