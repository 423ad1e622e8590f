"""What every test may ask for: both engines, a real PostgreSQL, and one repeatable way to draw examples."""

from __future__ import annotations

import functools
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadScopeScheduling

from countylines.engine import DuckDB, Engine, Spark

ROOT = Path(__file__).parents[1]

settings.register_profile(
    "house",
    derandomize=True,  # the same examples on every machine
    deadline=None,  # no test is timed
    max_examples=60,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.register_profile("thorough", parent=settings.get_profile("house"), derandomize=False, max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "house"))

# A dozen rows need no compiled code: 34 instead of 90 CPU seconds for the network's tests. Results are the same; what a
# user gets from `--engine spark` runs in tests/parity.
SMALL_JAVA = "--driver-java-options '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC' pyspark-shell"
SMALL_SPARK = {
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
}


@pytest.fixture(scope="session")
def spark_session() -> Iterator[Spark]:
    """Spark on this machine, started once, small; ``engine`` hands it out."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYSPARK_SUBMIT_ARGS", SMALL_JAVA)
        spark = Spark.local(cores=1)
    for name, value in SMALL_SPARK.items():
        spark.session.conf.set(name, value)
    yield spark
    spark.close()


@pytest.fixture(params=["duckdb", "spark"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """The test runs twice, on each engine."""
    if request.param == "spark":
        yield request.getfixturevalue("spark_session")
        return
    duckdb = DuckDB(threads=2)
    yield duckdb
    duckdb.close()


@pytest.fixture
def duckdb_engine() -> Iterator[DuckDB]:
    """For tests in which the engine doesn't matter."""
    duckdb = DuckDB(threads=2)
    yield duckdb
    duckdb.close()


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """The system's Chromium; nothing is downloaded."""
    return {"executable_path": shutil.which("chromium"), "args": ["--no-sandbox"]}


# The shell waits on a pipe from us: the server and its folder go when it closes, even if the tests are killed.
SERVE = '"$0" -D "$1/data" -c listen_addresses= -c unix_socket_directories="$1" -c fsync=off >"$1/log" 2>&1 & cat'
SERVE += '; kill -QUIT $!; wait; rm -rf "$1"'


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The URL of a PostgreSQL server of our own, empty, reached by a socket only and gone after the tests."""
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))  # a socket's path must be short
    user = None
    if os.geteuid() == 0:  # the server refuses to run as root
        user = pwd.getpwnam("postgres").pw_uid
        shutil.chown(folder, user)
    options = ("--username=tester", "--auth=trust", "--encoding=UTF8", "--locale=C", "-D", f"{folder}/data")
    subprocess.run([program("initdb"), *options], check=True, user=user, cwd="/", stdout=subprocess.DEVNULL)
    command = ["sh", "-c", SERVE, program("postgres"), str(folder)]
    server = subprocess.Popen(command, user=user, cwd="/", stdin=subprocess.PIPE)
    ready = [program("pg_isready"), "--quiet", "--host", str(folder)]
    tries = 0
    while subprocess.run(ready, check=False).returncode:
        assert tries < 600, (folder / "log").read_text(encoding="utf-8")
        tries += 1
        time.sleep(0.1)
    yield f"postgresql://tester@/postgres?host={folder}"
    server.communicate()


def program(name: str) -> str:
    """Where one of PostgreSQL's programs lies, of its newest version."""
    places = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda place: int(place.parts[4]))
    found = str(places[-1]) if places else shutil.which(name)
    assert found, f"{name} is missing: run scripts/services.sh"
    return found


class Together(LoadScopeScheduling):
    """Tests go one by one to whichever process is free, but what is dear to set up is set up in one of them only.

    All of Spark's go to the same process (one session, one Java), and so do those of a file with a fixture of its own.
    (xdist's ``--dist loadgroup`` groups by a mark; its release 3.8 doesn't see the mark under pytest 9.2.)
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return "spark" if "spark" in nodeid else file if sets_up(file) else nodeid


@functools.cache
def sets_up(file: str) -> bool:
    """Whether a fixture serves all tests of the file: one of its own, or the dashboard of tests/web."""
    text = (ROOT / file).read_text(encoding="utf-8")
    return 'scope="module"' in text or "here: World" in text


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Together:
    """Used with ``-n``."""
    return Together(config, log)
