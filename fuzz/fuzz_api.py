# noqa: INP001  (a script, run from the checkout)
"""Holds a running node against its own OpenAPI description, with schemathesis: requests of every kind, right and wrong.

A node is started for it and thrown away; the orchestrator's operator asks. What counts: no server error, no status and
no form of answer that the description does not have, no answer outside its schema. Left out are streams without end,
and registrations, which rightly answer 502 when the node that they name is away.
Usage: `python fuzz/fuzz_api.py [--seconds N]`; ends with schemathesis' own exit code.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import httpx

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.nodes import OPERATOR_SECRET, NodeProcess  # the repository's root is put on the path first

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
LEFT_OUT = "^/(events|api/v1/organisations$)"


def token(node: str) -> str:
    """Return an access token of the operator."""
    form = {"grant_type": "client_credentials", "client_id": "operator", "client_secret": OPERATOR_SECRET}
    found = httpx.post(f"{node}/oauth/token", data={**form, "resource": node}, timeout=60).raise_for_status()
    return str(found.json()["access_token"])


def main() -> int:
    """Start a node, run schemathesis, end the node; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--seconds", type=int, default=180)
    seconds: int = parser.parse_args().seconds
    with tempfile.TemporaryDirectory(prefix="virtuales-") as place:
        node = NodeProcess(Path(place) / "orchestrator", role="orchestrator")
        node.start()
        try:
            bearer = f"Authorization: Bearer {token(node.url)}"
            command = [Path(sys.executable).with_name("schemathesis"), "run", f"{node.url}/openapi.json", "-H", bearer]
            options = ["--phases", "examples,coverage,fuzzing", "-n", "3", "--max-time", str(seconds), "-c", CHECKS]
            further = ["--exclude-path-regex", LEFT_OUT, "--continue-on-failure", "--no-shrink", "--seed", "1"]
            further += ["--request-timeout", "120"]
            done = subprocess.run([*command, *options, *further], check=False, cwd=place, timeout=seconds * 4 + 120)  # noqa: S603  # our own command
        finally:
            node.end()
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
