"""Fixtures of the PyMISP tests: one real server for the run, clients, and records that clean up after themselves.

The engine comes from E2E_ENGINE (sqlite or postgres); `scripts/e2e-pymisp.sh` sets it.
"""

from __future__ import annotations

import os
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pymisp import MISPEvent, MISPOrganisation, MISPUser, PyMISP

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import launch  # noqa: E402  (found through the line above)
import method_table  # noqa: E402  (a module beside this one)

calls = method_table.Calls()
calls.watch()
table_faults: list[str] = []


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function):
    """Note which methods of PyMISP the test's own code calls."""
    calls.begin()
    return (yield)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Keep what a test has called when it passed."""
    if report.when == "call" or report.outcome == "skipped":
        file, _, test = report.nodeid.partition("::")
        calls.end(f"{Path(file).name}::{test.partition('[')[0]}", report.outcome)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """After a complete run without failures the table of methods must hold."""
    if exitstatus == 0 and method_table.complete(session.config):
        table_faults.extend(method_table.compare(calls))
        if table_faults:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter) -> None:
    """Say what is wrong with the table."""
    if table_faults:
        terminalreporter.section("docs/pymisp.md")
        for line in table_faults:
            terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def engine() -> str:
    """The storage engine under test."""
    return os.environ.get("E2E_ENGINE", "sqlite")


@pytest.fixture(scope="session")
def server(engine: str) -> Iterator[launch.Server]:
    """The server that the tests share. A test that kills or restarts one starts its own with `new_server`."""
    with launch.Server(engine) as running:
        yield running


@pytest.fixture
def new_server(engine: str) -> Iterator[Callable[..., launch.Server]]:
    """Start a server of the test's own; takes the keyword arguments of `launch.Server`."""
    started: list[launch.Server] = []

    def start(**options) -> launch.Server:
        one = launch.Server(engine, **options)
        started.append(one)
        return one.start()

    yield start
    for one in started:
        one.stop()


@pytest.fixture(scope="session")
def misp(server: launch.Server) -> PyMISP:
    """PyMISP as the site administrator."""
    return PyMISP(server.url, server.key, ssl=False)


def accepted(answer):
    """The answer, when it is not an error."""
    assert not (isinstance(answer, dict) and "errors" in answer), answer
    return answer


@pytest.fixture
def new_org(misp: PyMISP) -> Iterator[Callable[..., MISPOrganisation]]:
    """Make a local organisation; a name is made up unless given."""
    made: list[MISPOrganisation] = []

    def make(name: str | None = None) -> MISPOrganisation:
        organisation = MISPOrganisation()
        organisation.name = name or f"Org {uuid.uuid4()}"
        organisation.local = True
        made.append(accepted(misp.add_organisation(organisation, pythonify=True)))
        return made[-1]

    yield make
    for organisation in made:
        misp.delete_organisation(organisation)


@pytest.fixture
def new_user(misp: PyMISP, new_org) -> Iterator[Callable[..., MISPUser]]:
    """Make a user with a role, by name, in an organisation (a new one unless given); its key is in `authkey`."""
    roles = {role.name: role.id for role in accepted(misp.roles(pythonify=True))}
    made: list[MISPUser] = []

    def make(role: str = "User", org: MISPOrganisation | None = None) -> MISPUser:
        user = MISPUser()
        user.email = f"{uuid.uuid4()}@users.example"
        user.org_id = (org or new_org()).id
        user.role_id = roles[role]
        user.password = f"Correct-Horse-{uuid.uuid4()}"
        user.change_pw = False
        added = accepted(misp.add_user(user, pythonify=True))
        added.authkey = misp.get_new_authkey(added)
        made.append(added)
        return added

    yield make
    for user in made:
        misp.delete_user(user)


@pytest.fixture
def client_for(server: launch.Server) -> Callable[[MISPUser], PyMISP]:
    """PyMISP as a user that `new_user` made."""
    return lambda user: PyMISP(server.url, user.authkey, ssl=False)


@pytest.fixture
def event(misp: PyMISP) -> Iterator[Callable[..., MISPEvent]]:
    """Make an event: `event(info=…, distribution=…, attributes=[("ip-dst", "192.0.2.1"), …])`, as `client`, the
    administrator unless given. Keyword arguments that are left are set on the event."""
    made: list[str] = []

    def make(attributes=(), *, client: PyMISP | None = None, **fields) -> MISPEvent:
        new = MISPEvent()
        new.info = f"Event {uuid.uuid4()}"
        new.distribution = 1
        for name, value in fields.items():
            setattr(new, name, value)
        for kind, value in attributes:
            new.add_attribute(kind, value)
        added = accepted((client or misp).add_event(new, pythonify=True))
        made.append(added.uuid)
        return added

    yield make
    for one in made:
        misp.delete_event(one)


@pytest.fixture(scope="session")
def data_set(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The folder of a recorded data set, such as `feed-misp`. Without test data on this machine the test is
    skipped, and named at the end of the run."""
    into = tmp_path_factory.mktemp("data")

    def unpacked(name: str) -> Path:
        folder = launch.unpack_data(name, into)
        if folder is None:
            launch.log_skipped(os.environ.get("PYTEST_CURRENT_TEST", name).split(" ")[0])
            pytest.skip(f"no test data {name}")
        return folder

    return unpacked
