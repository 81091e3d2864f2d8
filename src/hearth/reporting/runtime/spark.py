"""A runner of steps on a cluster that speaks Spark Connect: Sail, or Apache Spark. The only importer of
`pyspark` and `pyarrow`, which are the optional extra `scale-out`.

    with connected("spark://127.0.0.1:50051") as cluster:
        make(source, wish, out, runner=cluster, ...)

Everything of clients goes through one place: a folder or object store that this machine and the cluster both
see (`shared`). Parquet files of the tables and columns that the steps read go there, every step leaves its
table there, and the tables that are asked for are read from there; the connection carries SQL alone. Each run
has a folder of its own, which is deleted at its end, whatever the end is.

Every step is computed once, since the steps after it read its files. DuckDB says beforehand which types the
columns of a step have, and the cluster is told to make just these.
"""

from __future__ import annotations

import contextlib
import os
import queue
import secrets
import time
import warnings
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("GRPC_VERBOSITY", "NONE")  # what goes wrong is said in our words, not in its log

import grpc
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.fs as pafs
import pyarrow.parquet as pq

warnings.filterwarnings("ignore", module=r"pyspark\b")  # about pandas, which we do not use; and what we say

from pyspark.errors import PySparkException
from pyspark.sql.connect.client import DefaultChannelBuilder
from pyspark.sql.connect.client.retries import DefaultPolicy
from pyspark.sql.connect.session import SparkSession

from hearth import scratch
from hearth.reporting import engine
from hearth.reporting.engine import Connection, name, supervised

from .plan import Step, mentioned
from .run import ClusterRefused, OnStep, StepFailed
from .translate import NotPortable, columns_for_spark, table_for_spark, to_spark

SCHEMES = ("spark://", "sc://")
_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
_ANSWER_SECONDS = 10
_ROWS_AT_ONCE = 100_000
# 0.05, 0.2, 0.8, 3.2, then 4 s each: a cluster that is gone for longer has lost the run.
_RETRIES = 8
_LONGEST_WAIT = 4_000  # milliseconds
_FAILED = (grpc.ChannelConnectivity.TRANSIENT_FAILURE, grpc.ChannelConnectivity.SHUTDOWN)
_TROUBLE = (PySparkException, grpc.RpcError)
_SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",  # what cannot be computed is an error, as in DuckDB, and not NULL
    "spark.sql.caseSensitive": "false",
}


@dataclass(frozen=True, slots=True)
class Storage:
    """A place that this machine and the cluster both see. `root` is its path in `files`, `uri` the same place
    as the cluster names it; neither ends in a slash."""

    files: pafs.FileSystem
    root: str
    uri: str

    def within(self, *parts: str) -> Storage:
        """A place inside."""
        return Storage(self.files, "/".join((self.root, *parts)), "/".join((self.uri, *parts)))

    def write(self, batches: pa.RecordBatchReader) -> None:
        """Write a stream of rows as the one Parquet file of this place."""
        self.files.create_dir(self.root, recursive=True)
        with (
            self.files.open_output_stream(f"{self.root}/rows.parquet") as stream,
            pq.ParquetWriter(stream, batches.schema) as writer,
        ):
            for batch in batches:
                writer.write_batch(batch)

    def read(self) -> pa.RecordBatchReader | None:
        """The rows of all Parquet files of this place as a stream; None where there is no file."""
        found = self.files.get_file_info(pafs.FileSelector(self.root, recursive=True, allow_not_found=True))
        paths = sorted(one.path for one in found if one.is_file and one.base_name.endswith(".parquet"))
        if not paths:
            return None
        return ds.dataset(paths, filesystem=self.files, format="parquet").scanner().to_reader()

    def delete(self) -> None:
        """Delete this place and all in it."""
        if self.files.get_file_info(self.root).type is not pafs.FileType.NotFound:
            self.files.delete_dir(self.root)


@dataclass(frozen=True, slots=True)
class Cluster:
    """The runner; see `hearth.reporting.runtime.run.Runner`."""

    session: SparkSession
    shared: Storage
    name: str = "spark"

    def run(
        self,
        connection: Connection,
        steps: Sequence[Step],
        *,
        keep: Collection[str] | None = None,
        few_rows: bool = False,
        on_step: OnStep | None = None,
        should_stop: Callable[[], bool] | None = None,
    ) -> dict[str, float]:
        """Compute the steps on the cluster. Returns seconds per step, and under `to_cluster` and
        `from_cluster` those of moving tables.

        Raises `engine.Cancelled`, or `StepFailed` for anything that DuckDB, the cluster or the shared place
        refuses.
        """
        place = self.shared.within(f"hearth-{secrets.token_hex(8)}")
        types = _declare(connection, steps, keep)
        seconds: dict[str, float] = {}
        try:
            started = time.monotonic()
            with _said("The input could not be handed to the cluster."):
                self._hand_over(connection, steps, types, place, should_stop)
            seconds["to_cluster"] = _since(started)
            for number, step in enumerate(steps, 1):
                if on_step is not None:
                    on_step(step, number, len(steps))
                _stop_if(should_stop)
                started = time.monotonic()
                with _said(f"The step {step.name} ({step.section}) could not be computed on the cluster."):
                    self._compute(step, types[step.name], place.within("steps", step.name), should_stop)
                seconds[step.name] = _since(started)
            started = time.monotonic()
            with _said("The results could not be read from the cluster."):
                for step in _kept(steps, keep):
                    _stop_if(should_stop)
                    if (rows := place.within("steps", step.name).read()) is not None:
                        engine.append(connection, step.name, rows)
            seconds["from_cluster"] = _since(started)
        finally:
            _delete(place)
        return seconds

    def _hand_over(
        self,
        connection: Connection,
        steps: Sequence[Step],
        types: Mapping[str, object],
        place: Storage,
        should_stop: Callable[[], bool] | None,
    ) -> None:
        made = {one.casefold() for one in types}
        given = {one.casefold(): one for step in steps for one in step.inputs if one.casefold() not in made}
        for table in given.values():
            _stop_if(should_stop)
            columns = engine.columns_of(connection, table)
            named = mentioned(steps, table)
            read = [column for column in columns if column.casefold() in named] or list(columns)[:1]
            chosen = ", ".join(name(column) for column in read)
            target = place.within("given", table_for_spark(table))
            target.write(engine.batches(connection, f"SELECT {chosen} FROM {name(table)}", _ROWS_AT_ONCE))
            self._show(table, {column: columns[column] for column in read}, target)

    def _compute(
        self,
        step: Step,
        types: Mapping[str, str],
        target: Storage,
        should_stop: Callable[[], bool] | None,
    ) -> None:
        def work() -> None:
            self.session.sql(to_spark(step.sql, types)).write.parquet(target.uri)

        if should_stop is None:
            work()
        else:
            supervised(work, watch=lambda: _stop_if(should_stop), interrupt=self._interrupt)
        self._show(step.name, types, target)

    def _show(self, table: str, types: Mapping[str, str], place: Storage) -> None:
        """The files of a place become a table of the session, read anew by whoever names it."""
        rows = self.session.read.schema(columns_for_spark(types)).parquet(place.uri)
        rows.createOrReplaceTempView(table_for_spark(table))

    def _interrupt(self) -> None:
        with contextlib.suppress(*_TROUBLE):  # the work's own error tells more
            self.session.interruptAll()


@contextlib.contextmanager
def connected(address: str, *, shared: str | None = None) -> Iterator[Cluster]:
    """A runner on the cluster at `address`: `sc://HOST:PORT`, with Spark Connect's parameters behind
    (`/;use_ssl=true;token=…`), or `spark://HOST:PORT`, which means the same. `shared` is a folder, or an
    object store (`s3://…`, `gs://…`, `abfs://…`), that is seen under this name here and there; without it a
    temporary folder, which only a server on this machine sees.

    Raises `ClusterRefused` for an address that is none, when nobody answers there, or when the cluster does
    not see the shared place; nothing has been sent then but one invented row.
    """
    channel = _channel(address)
    if shared is None and channel.host not in _LOOPBACK:
        raise ClusterRefused(
            f"Say with --shared which folder or object store both this machine and {channel.endpoint} see."
        )
    _await(channel)
    with _storage(shared) as storage, _session(channel) as session:
        cluster = Cluster(session, storage)
        _try(cluster, channel.endpoint)
        yield cluster


def _channel(address: str) -> DefaultChannelBuilder:
    scheme = next((one for one in SCHEMES if address.startswith(one)), None)
    refusal = ClusterRefused("That is not the address of a cluster; one looks like spark://host:15002.")
    if scheme is None:
        raise refusal
    try:
        return DefaultChannelBuilder("sc://" + address.removeprefix(scheme))
    except (PySparkException, ValueError):  # its text holds the address, and that may hold a token
        raise refusal from None


def _await(channel: DefaultChannelBuilder) -> None:
    """Return once somebody answers; do not wait where nobody listens."""
    states: queue.Queue[grpc.ChannelConnectivity] = queue.Queue()
    until = time.monotonic() + _ANSWER_SECONDS
    with channel.toChannel() as line, contextlib.suppress(queue.Empty):
        line.subscribe(states.put, try_to_connect=True)
        while (state := states.get(timeout=max(0.0, until - time.monotonic()))) not in _FAILED:
            if state is grpc.ChannelConnectivity.READY:
                return
    raise ClusterRefused(
        f"No cluster answers at {channel.endpoint}: is the address right, is Sail or Spark Connect running"
        " there, and does it ask for TLS (/;use_ssl=true)?"
    )


@contextlib.contextmanager
def _session(channel: DefaultChannelBuilder) -> Iterator[SparkSession]:
    session = SparkSession(connection=channel)
    try:
        session.client.set_retry_policies(
            [
                DefaultPolicy(
                    max_retries=_RETRIES, max_backoff=_LONGEST_WAIT, max_server_retry_delay=_LONGEST_WAIT
                )
            ]
        )
        with _refused(channel.endpoint, "does not accept us"):
            for key, value in _SETTINGS.items():
                session.conf.set(key, value)
        yield session
    finally:
        session.stop()


@contextlib.contextmanager
def _storage(shared: str | None) -> Iterator[Storage]:
    if shared is None:
        with scratch.folder("cluster") as folder:
            yield _folder(folder)
    elif "://" in shared:
        try:
            # Spark says s3a for what everybody else calls s3.
            files, root = pafs.FileSystem.from_uri(shared.replace("s3a://", "s3://", 1))
        except (pa.ArrowException, OSError, ValueError) as error:
            raise ClusterRefused(f"The object store {shared} cannot be opened: {error}") from None
        yield Storage(files, root.rstrip("/"), shared.rstrip("/"))
    elif not Path(shared).is_dir():
        raise ClusterRefused(f"There is no folder {shared}. Name one that the cluster sees too.")
    else:
        yield _folder(Path(shared).resolve())


def _folder(path: Path) -> Storage:
    return Storage(pafs.LocalFileSystem(), path.as_posix(), path.as_uri())


def _try(cluster: Cluster, endpoint: str) -> None:
    """Whether the cluster reads what we write and we read what it writes: with one row."""
    place = cluster.shared.within(f"hearth-{secrets.token_hex(8)}")
    row = pa.table({"Number": [secrets.randbelow(1 << 30)]})
    unseen = (
        f"{endpoint} and this machine do not both read and write {cluster.shared.root}. Name with --shared a"
        " folder or object store that has this name on both sides and that both may write to."
    )
    try:
        place.within("there").write(row.to_reader())
        cluster.session.read.parquet(place.within("there").uri).write.parquet(place.within("back").uri)
        back = place.within("back").read()
        if back is None or back.read_all() != row:
            raise ClusterRefused(unseen)
    except (*_TROUBLE, pa.ArrowException, OSError) as error:
        raise ClusterRefused(unseen) from error
    finally:
        _delete(place)


def _declare(
    connection: Connection, steps: Sequence[Step], keep: Collection[str] | None
) -> dict[str, dict[str, str]]:
    """Types of the columns of every step, from DuckDB, which is given the steps without running them. What
    is kept stays as an empty table; nothing else does, lest somebody take it for a result."""
    types: dict[str, dict[str, str]] = {}
    kept = {step.name for step in _kept(steps, keep)}
    for step in steps:
        try:
            engine.run(
                connection,
                f"CREATE TABLE {name(step.name)} AS SELECT * FROM (\n{step.sql}\n) AS step WITH NO DATA",
            )
        except engine.EngineError as error:
            raise StepFailed(f"The step {step.name} ({step.section}) could not be computed.") from error
        types[step.name] = engine.columns_of(connection, step.name)
    for step in steps:
        if step.name not in kept:
            engine.run(connection, f"DROP TABLE {name(step.name)}")
    return types


def _kept(steps: Sequence[Step], keep: Collection[str] | None) -> list[Step]:
    wanted = None if keep is None else {one.casefold() for one in keep}
    return [step for step in steps if wanted is None or step.name.casefold() in wanted]


def _delete(place: Storage) -> None:
    try:
        place.delete()
    except (pa.ArrowException, OSError) as error:
        raise ClusterRefused(
            f"{place.root} could not be deleted; it holds data about clients: delete it by hand, and let the"
            " cluster write with the same user as Hearth."
        ) from error


@contextlib.contextmanager
def _said(sentence: str) -> Iterator[None]:
    try:
        yield
    except (*_TROUBLE, pa.ArrowException, engine.EngineError, OSError, NotPortable) as error:
        raise StepFailed(sentence) from error


@contextlib.contextmanager
def _refused(endpoint: str, what: str) -> Iterator[None]:
    try:
        yield
    except _TROUBLE as error:
        raise ClusterRefused(f"The cluster at {endpoint} {what}: is the token right?") from error


def _stop_if(should_stop: Callable[[], bool] | None) -> None:
    if should_stop is not None and should_stop():
        raise engine.Cancelled("stopped at the caller's request")


def _since(started: float) -> float:
    return round(time.monotonic() - started, 4)
