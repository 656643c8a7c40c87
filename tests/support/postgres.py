"""A PostgreSQL cluster of our own: in a temporary folder, on loopback, gone when the tests end."""

import glob
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg

OLDEST = 15


class NoPostgres(Exception):
    """No PostgreSQL server programs of version 15 or newer on this machine."""


def programs() -> Path:
    """The folder of `initdb` and `postgres`. Raises NoPostgres."""
    found = {Path(path).resolve().parent for path in glob.glob("/usr/lib/postgresql/*/bin/initdb")}
    if on_path := shutil.which("initdb"):
        found.add(Path(on_path).resolve().parent)
    by_version = {_version(folder): folder for folder in found}
    if not by_version or max(by_version) < OLDEST:
        raise NoPostgres(
            f"PostgreSQL {OLDEST} or newer is not installed; as an administrator: apt-get install postgresql"
        )
    return by_version[max(by_version)]


def _version(folder: Path) -> int:
    text = subprocess.run([folder / "initdb", "--version"], capture_output=True, text=True, check=True).stdout
    match = re.search(r"\d+", text)
    return int(match.group()) if match else 0


class Cluster:
    """A running server. `address(name)` is what LIANJIE_DATABASE takes.

    durable  an answered commit outlives a crash, as on a server that is not a test's
    """

    def __init__(self, *, durable: bool = False) -> None:
        self.durable = durable
        folder = self.programs = programs()
        self.folder = Path(tempfile.mkdtemp(prefix="lianjie-postgres-"))
        self.password = secrets.token_hex(8)
        self.port = _free_port()
        # The server refuses to run as root, so root lends it another user.
        self._as: dict[str, object] = {"cwd": self.folder}
        if os.geteuid() == 0:
            user = _ordinary_user()
            shutil.chown(self.folder, user)
            self._as |= {"user": user, "extra_groups": []}
        secret = self.folder / "password"
        secret.write_text(self.password)
        secret.chmod(0o644)
        self._run(
            folder / "initdb", "--pgdata=data", "--username=lianjie", "--pwfile=password", "--no-sync",
            "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8",
        )  # fmt: skip
        self.log = (self.folder / "log").open("wb")
        self.start()

    def start(self) -> None:
        """Run the server on its data, as after a crash or a restart."""
        options = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": "",
            "fsync": "off",
            "synchronous_commit": "on" if self.durable else "off",
            "full_page_writes": "off",
            "autovacuum": "off",
        }
        self.process = subprocess.Popen(
            [
                self.programs / "postgres",
                "-D",
                "data",
                *(f"-c{name}={value}" for name, value in options.items()),
            ],
            stdout=self.log,
            stderr=self.log,
            **self._as,
        )
        self._wait()

    def _run(self, *command: object) -> None:
        done = subprocess.run([str(c) for c in command], capture_output=True, text=True, **self._as)
        if done.returncode:
            raise RuntimeError(f"{command[0]} failed: {done.stderr}")

    def _wait(self) -> None:
        for _ in range(300):
            if self.process.poll() is not None:
                break
            try:
                psycopg.connect(self.address("postgres"), connect_timeout=2).close()
                return
            except psycopg.OperationalError:
                time.sleep(0.1)
        raise RuntimeError(f"PostgreSQL did not start: {(self.folder / 'log').read_text()}")

    def address(self, name: str) -> str:
        """Where the database `name` of this cluster is."""
        return f"postgresql://lianjie:{self.password}@127.0.0.1:{self.port}/{name}"

    def execute(self, statement: str) -> None:
        """One statement outside any transaction, such as CREATE DATABASE."""
        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())

    def dump(self, name: str) -> bytes:
        """The database `name` as SQL text."""
        command = [self.programs / "pg_dump", self.address(name)]
        return subprocess.run(command, capture_output=True, check=True).stdout

    def restore(self, name: str, dump: Path) -> None:
        """Fill the empty database `name` from such a text."""
        command = [self.programs / "psql", "--quiet", "--set=ON_ERROR_STOP=1", "--single-transaction"]
        text = dump.read_bytes()
        subprocess.run([*command, self.address(name)], input=text, capture_output=True, check=True)

    def kill(self) -> None:
        """What pulling the plug does to it; every connection breaks."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(20)

    def stop(self) -> None:
        """End the server and remove its files."""
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _ordinary_user() -> str:
    import pwd

    names = {entry.pw_name for entry in pwd.getpwall()}
    for name in ("postgres", "nobody"):
        if name in names:
            return name
    raise NoPostgres("PostgreSQL refuses to run as root, and there is no user postgres or nobody")
