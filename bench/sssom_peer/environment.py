"""Where the reference tool and its test files are: below `bench/.peers`, fetched when first asked for.

Usage: `python bench/sssom_peer/environment.py` fetches both. The package on the registry comes without its tests, so
they are taken from its repository, at the tag of the package's version.
"""

import subprocess
import sys
from pathlib import Path

BENCH = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(BENCH))

from assurance.peers import ENVIRONMENTS, Peer, python_of  # noqa: E402  # it is beside this folder, not below it

VERSION = "0.4.21"
PEER = Peer("sssom", f"sssom {VERSION}", ("mappings",), requires=(f"sssom=={VERSION}",))
REPOSITORY = "https://github.com/mapping-commons/sssom-py"
FILES = ENVIRONMENTS / "sssom-py" / "tests" / "data"
REFERENCE = Path(__file__).with_name("reference.py")


def python() -> Path:
    """Return the Python that has the reference tool, installed if need be."""
    return python_of(PEER)


def test_files() -> Path:
    """Return the folder of the reference tool's test files, fetched if need be."""
    if not FILES.is_dir():
        place = FILES.parents[1]
        command = ["git", "clone", "-q", "--depth", "1", "--branch", f"v{VERSION}", REPOSITORY, str(place)]
        subprocess.run(command, check=True)
    return FILES


if __name__ == "__main__":
    print(python())
    print(test_files())
