"""What every test may ask for: both engines, a real PostgreSQL, and one repeatable way to draw examples."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadScopeScheduling

from countylines.engine import DuckDB, Engine, Spark

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
def postgresql() -> Iterator[str]:
    """The URL of a PostgreSQL server of our own, empty, reached by a socket only and gone after the tests."""
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))  # a socket's path must be short
    data, options = folder / "data", f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off"
    if os.geteuid() == 0:  # the server refuses to run as root
        shutil.chown(folder, "postgres")
    _postgres("initdb", "--username=tester", "--auth=trust", "--encoding=UTF8", "--locale=C", "-D", data)
    _postgres("pg_ctl", "-D", data, "-l", folder / "log", "-o", options, "-w", "start")
    yield f"postgresql://tester@/postgres?host={folder}"
    _postgres("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    shutil.rmtree(folder, ignore_errors=True)


def _postgres(program: str, *arguments: object) -> None:
    """Run one of the server's programs, as its own user where we are root."""
    places = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"), key=lambda place: int(place.parts[4]))
    found = str(places[-1]) if places else shutil.which(program)
    assert found, f"{program} is missing: run scripts/services.sh"
    user = pwd.getpwnam("postgres").pw_uid if os.geteuid() == 0 else None
    subprocess.run([found, *map(str, arguments)], check=True, user=user, cwd="/", stdout=subprocess.DEVNULL)


class OneSpark(LoadScopeScheduling):
    """Tests go one by one to whichever process is free, but all of Spark's to the same one: one session, one Java.

    (xdist's own ``--dist loadgroup`` groups by a mark; its release 3.8 doesn't see the mark under pytest 9.2.)
    """

    def _split_scope(self, nodeid: str) -> str:
        return "spark" if "spark" in nodeid else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> OneSpark:
    """Used with ``-n 2``."""
    return OneSpark(config, log)
