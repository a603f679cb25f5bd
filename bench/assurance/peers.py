"""The table of peers, and environments of their own for them, made when they are first asked for."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
TABLE = HERE / "peers.toml"
RUNNERS = HERE / "runners"
ENVIRONMENTS = HERE.parent / ".peers"
POM = """<project><modelVersion>4.0.0</modelVersion><groupId>peers</groupId><artifactId>{name}</artifactId>
<version>1</version><dependencies>{dependencies}</dependencies></project>
"""
DEPENDENCY = "<dependency><groupId>{}</groupId><artifactId>{}</artifactId><version>{}</version></dependency>"


class Unavailable(Exception):
    """A peer cannot be had on this machine; says why."""


@dataclass(frozen=True)
class Peer:
    """One engine.

    Args:
        name: Its name in results.
        title: What people call it.
        tasks: What it can do.
        ours: Whether it is this package.
        twice: Whether it runs once before it is measured, for what it keeps.
        here: Whether it runs in this project's environment; else it gets one of its own.
        requires: Python packages, pinned.
        maven: Java packages, as `group:artifact:version`.
        java: The oldest Java that runs it; 0 for an engine that is run by Python.
        engine: The Java class that calls it.
    """

    name: str
    title: str
    tasks: tuple[str, ...]
    ours: bool = False
    twice: bool = False
    here: bool = False
    requires: tuple[str, ...] = ()
    maven: tuple[str, ...] = ()
    java: int = 0
    engine: str = ""

    def command(self) -> list[str]:
        """Return the command that runs it; installs it first where that was not done.

        Raises:
            Unavailable: it cannot be installed or run here.
        """
        if (self.ours or self.here) and not self.java:
            return [sys.executable, str(RUNNERS / "engines.py"), self.name]
        return _java_command(self) if self.java else [str(python_of(self)), str(RUNNERS / "engines.py"), self.name]


def read_peers(table: Path = TABLE) -> list[Peer]:
    """Read the table of peers."""
    rows: list[dict[str, Any]] = tomllib.loads(table.read_text(encoding="utf-8"))["peer"]
    lists = ("tasks", "requires", "maven")
    return [Peer(**row | {key: tuple(row.get(key, ())) for key in lists}) for row in rows]


def python_of(peer: Peer) -> Path:
    """Return the Python of a peer's environment, made and filled where it is not as the table says."""
    place = ENVIRONMENTS / peer.name
    python, stamp = place / "bin" / "python", place / "installed.txt"
    wanted = "\n".join(peer.requires)
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != wanted:
        uv = str(Path(sys.executable).with_name("uv"))
        shutil.rmtree(place, ignore_errors=True)
        run_installer([uv, "venv", "-q", "--python", sys.executable, str(place)])
        run_installer([uv, "pip", "install", "-q", "--compile-bytecode", "--python", str(python), *peer.requires])
        stamp.write_text(wanted, encoding="utf-8")
    return python


def _java_command(peer: Peer) -> list[str]:
    """Return the command that runs a Java engine, fetched and compiled where it was not yet."""
    java = find_java(peer.java)
    place = fetch_jars(peer.name, peer.maven, java) if peer.maven else python_of(peer).parent.parent
    jars = ":".join(sorted({str(jar.parent / "*") for jar in place.rglob("*.jar")}))
    classes = place / "classes"
    sources = [RUNNERS / "Judge.java", RUNNERS / f"{peer.engine}.java"]
    compiled = classes / f"{peer.engine}.class"
    if not compiled.exists() or compiled.stat().st_mtime < max(source.stat().st_mtime for source in sources):
        classes.mkdir(exist_ok=True)
        run_installer([str(java.with_name("javac")), "-d", str(classes), "-cp", jars, *map(str, sources)])
    return [str(java), "-XX:MaxRAMPercentage=50", "-cp", f"{classes}:{jars}", "Judge", peer.engine]


def fetch_jars(name: str, packages: Sequence[str], java: Path) -> Path:
    """Return the folder with a peer's jars, fetched by Maven where they are not those wanted.

    Args:
        name: The peer's name.
        packages: Java packages, as `group:artifact:version`.
        java: The Java that runs Maven.

    Raises:
        Unavailable: they cannot be had here.
    """
    place = ENVIRONMENTS / name
    stamp, wanted = place / "installed.txt", "\n".join(packages)
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != wanted:
        maven = shutil.which("mvn")
        if maven is None:
            raise Unavailable("it comes by Maven, which is not installed")
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        dependencies = "".join(DEPENDENCY.format(*one.split(":")) for one in packages)
        (place / "pom.xml").write_text(POM.format(name=name, dependencies=dependencies), encoding="utf-8")
        copying = ["dependency:copy-dependencies", "-DoutputDirectory=jars"]
        run_installer([maven, "-q", "-B", "-f", str(place / "pom.xml"), *copying], java_home=java.parent.parent)
        stamp.write_text(wanted, encoding="utf-8")
    return place


def find_java(oldest: int) -> Path:
    """Return the `java` of the oldest installed Java development kit that is new enough; `Unavailable` without one."""
    found = {_version(place): place for place in _javas() if place.with_name("javac").exists()}
    fitting = [version for version in sorted(found) if version >= oldest]
    if not fitting:
        raise Unavailable(f"it needs a JDK {oldest} or newer, and found {sorted(found) or 'none'}")
    return found[fitting[0]]


def _javas() -> Iterator[Path]:
    homes = [os.environ["JAVA_HOME"]] if "JAVA_HOME" in os.environ else []
    on_path = shutil.which("java")
    places = [Path(home) / "bin" / "java" for home in homes] + ([Path(on_path)] if on_path else [])
    yield from (place.resolve() for place in (*places, *Path("/usr/lib/jvm").glob("*/bin/java")) if place.exists())


def _version(java: Path) -> int:
    said = subprocess.run([str(java), "-version"], capture_output=True, text=True, check=False).stderr
    found = re.search(r'version "(\d+)', said)
    return int(found.group(1)) if found else 0


def run_installer(command: Sequence[str], *, java_home: Path | None = None) -> None:
    """Run what installs a peer; raises `Unavailable`, with what it said, where it fails."""
    environment = {**os.environ, "JAVA_HOME": str(java_home)} if java_home else None
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    except FileNotFoundError:
        raise Unavailable(f"`{Path(command[0]).name}`, which installs it, is not there") from None
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise Unavailable(f"`{Path(command[0]).name}` could not install it: {' '.join(said)[:300]}")
