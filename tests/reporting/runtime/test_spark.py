"""The runner on a cluster: what it hands over, what is left, and how it fails."""

import socket
from pathlib import Path

import pyarrow.dataset as ds
import pytest
import sqlglot
from pysail.spark import SparkConnectServer

from hearth.reporting import engine
from hearth.reporting.runtime import spark
from hearth.reporting.runtime.plan import Step
from hearth.reporting.runtime.run import ClusterRefused, StepFailed
from hearth.reporting.runtime.spark import connected

LONG = (
    "SELECT count(*) AS n FROM given AS a JOIN given AS b ON (a.n * b.n) % 7 = 3 JOIN given AS c ON c.n > b.n"
)
PEOPLE = """CREATE TABLE Client AS SELECT * FROM (VALUES ('1', 'Ada', 36), ('2', 'Ben', 7))
    AS t (PersonalID, FirstName, Age)"""


def step(name: str, sql: str, *inputs: str) -> Step:
    columns = frozenset(column.name for column in sqlglot.parse_one(sql).find_all(sqlglot.exp.Column))
    return Step(name, sql, "1", "one row", inputs, columns=columns)


def test_the_cluster_sees_only_what_the_steps_read(sail: str, tmp_path: Path) -> None:
    seen: list[list[str]] = []

    def look(*_: object) -> None:
        (table,) = tmp_path.glob("hearth-*/given/*")
        seen.append(ds.dataset(table, format="parquet").schema.names)

    adults = step("adults", "SELECT personalid FROM Client WHERE Age >= 18", "Client")
    counted = step("counted", "SELECT count(*) AS n FROM adults", "adults")
    with engine.connected() as connection, connected(sail, shared=str(tmp_path)) as cluster:
        engine.run(connection, PEOPLE)
        seconds = cluster.run(connection, [adults, counted], keep=["COUNTED"], on_step=look)
        assert engine.scalar(connection, "SELECT n FROM counted") == 1
        assert engine.rows(connection, "SELECT table_name FROM duckdb_tables() ORDER BY 1") == [
            ("Client",),
            ("counted",),
        ]
    assert seen == [["PersonalID", "Age"]] * 2
    assert list(seconds) == ["to_cluster", "adults", "counted", "from_cluster"]
    assert list(tmp_path.iterdir()) == []


def test_a_step_that_fails_there_is_named_and_nothing_is_left(sail: str, tmp_path: Path) -> None:
    steps = [step("a", "SELECT CAST(FirstName AS INTEGER) AS n FROM Client", "Client")]
    with engine.connected() as connection, connected(sail, shared=str(tmp_path)) as cluster:
        engine.run(connection, PEOPLE)
        with pytest.raises(
            StepFailed, match=r"The step a .1. could not be computed on the cluster"
        ) as failed:
            cluster.run(connection, steps)
    assert "Ada" not in str(failed.value)
    assert list(tmp_path.iterdir()) == []


def test_a_step_that_is_wrong_is_known_before_anything_is_sent(sail: str, tmp_path: Path) -> None:
    with (
        engine.connected() as connection,
        connected(sail, shared=str(tmp_path)) as cluster,
        pytest.raises(StepFailed, match="The step a"),
    ):
        cluster.run(connection, [step("a", "SELECT * FROM nowhere")], on_step=lambda *_: pytest.fail("sent"))


def test_a_run_can_be_stopped(sail: str, tmp_path: Path) -> None:
    asked: list[int] = []

    def stop() -> bool:
        asked.append(1)
        return len(asked) > 5

    with engine.connected() as connection, connected(sail, shared=str(tmp_path)) as cluster:
        engine.run(connection, "CREATE TABLE given AS SELECT range AS n FROM range(20000)")
        with pytest.raises(engine.Cancelled):
            cluster.run(connection, [step("a", LONG, "given")], should_stop=stop)
    assert 5 < len(asked) < 50
    assert list(tmp_path.iterdir()) == []


@pytest.mark.filterwarnings("ignore:.*RETRIES_EXCEEDED")
def test_a_cluster_that_dies_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spark, "_RETRIES", 0)
    server = SparkConnectServer("127.0.0.1", 0)
    server.start(background=True)
    _, port = server.listening_address
    with (
        engine.connected() as connection,
        connected(f"sc://127.0.0.1:{port}", shared=str(tmp_path)) as cluster,
    ):
        engine.run(connection, PEOPLE)
        with pytest.raises(StepFailed, match="The step a"):
            cluster.run(
                connection, [step("a", "SELECT Age FROM Client", "Client")], on_step=lambda *_: server.stop()
            )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "address",
    [
        "http://host:1",
        "duckdb",
        "sc://",
        "sc://host:port",
        "sc://host/path",
        "spark://host:1/;token",
        "sc://h:99999",
    ],
)
def test_an_address_that_is_none(address: str) -> None:
    with pytest.raises(ClusterRefused, match="not the address of a cluster"), connected(address):
        pass


def test_a_token_is_not_repeated() -> None:
    address = "spark://host/x;token=s3cret"
    with pytest.raises(ClusterRefused) as refused, connected(address):
        pass
    assert "s3cret" not in str(refused.value) and refused.value.__cause__ is None


def test_nobody_there() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, but nobody listens
        address = f"spark://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(ClusterRefused, match="No cluster answers at 127"), connected(address):
            pass


def test_somebody_else_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spark, "_ANSWER_SECONDS", 0.5)
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        address = f"spark://127.0.0.1:{mute.getsockname()[1]}"
        with pytest.raises(ClusterRefused, match="No cluster answers"), connected(address):
            pass


def test_a_cluster_elsewhere_needs_a_shared_place() -> None:
    with pytest.raises(ClusterRefused, match="--shared"), connected("spark://cluster.example:15002"):
        pass


def test_a_shared_folder_must_be_there(sail: str, tmp_path: Path) -> None:
    with pytest.raises(ClusterRefused, match="no folder"), connected(sail, shared=str(tmp_path / "none")):
        pass


def test_a_shared_folder_must_be_seen_by_the_cluster(
    sail: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server of the tests sees what we see, so it is told another name."""
    (tmp_path / "ours").mkdir()
    (tmp_path / "theirs").mkdir()
    folder = spark._folder
    monkeypatch.setattr(
        spark,
        "_folder",
        lambda path: spark.Storage(folder(path).files, folder(path).root, (tmp_path / "theirs").as_uri()),
    )
    refused = pytest.raises(ClusterRefused, match="do not both read and write")
    with refused, connected(sail, shared=str(tmp_path / "ours")):
        pass
    assert list((tmp_path / "ours").iterdir()) == []
