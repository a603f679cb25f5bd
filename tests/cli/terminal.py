"""The command line as tests drive it: one call per command, with a user's directory of its own."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from virtuales.cli import app


@dataclass(frozen=True)
class Said:
    """What a command answered."""

    code: int
    out: str
    err: str

    def json(self) -> Any:  # noqa: ANN401  # JSON
        """Return standard output as JSON."""
        return json.loads(self.out)

    @property
    def all(self) -> str:
        """Both outputs."""
        return self.out + self.err


@dataclass(frozen=True)
class Terminal:
    """A user's terminal.

    Args:
        config: The directory of the user's profiles.
        environment: Further variables.
    """

    config: Path
    environment: dict[str, str] = field(default_factory=dict)

    def __call__(self, *arguments: object, stdin: str | None = None) -> Said:
        """Run a command in this process; an exception that is no exit is raised as the code raises it."""
        result = CliRunner().invoke(app, [str(each) for each in arguments], input=stdin, env=self._added())
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Said(result.exit_code, result.stdout, result.stderr)

    def ok(self, *arguments: object, stdin: str | None = None) -> str:
        """Run a command that has to succeed and return what it wrote."""
        said = self(*arguments, stdin=stdin)
        assert said.code == 0, said.all
        return said.out

    def json(self, *arguments: object) -> Any:  # noqa: ANN401  # JSON
        """Run a command that has to succeed with `--json` and return its answer."""
        return json.loads(self.ok(*arguments, "--json"))

    def process(self, *arguments: object, stdin: str = "") -> Said:
        """Run a command as a process of its own, as a shell does."""
        command = [sys.executable, "-m", "virtuales", *(str(each) for each in arguments)]
        environment = {**os.environ, **self._added()}
        done = subprocess.run(
            command, input=stdin, env=environment, capture_output=True, text=True, timeout=120, check=False
        )
        return Said(done.returncode, done.stdout, done.stderr)

    def _added(self) -> dict[str, str]:
        return {"VIRTUALES_CONFIG_DIR": str(self.config), "COLUMNS": "200", **self.environment}
