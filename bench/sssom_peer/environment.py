"""Where the reference tool and its test files are: below `bench/.peers`.

Usage: `python bench/sssom_peer/environment.py` installs the tool. Its package comes without its tests: the folder
`tests/data` of its sources, at the tag of the package's version, belongs in `bench/.peers/sssom-py`.
"""

import sys
from pathlib import Path

BENCH = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(BENCH))

from assurance.peers import ENVIRONMENTS, Peer, python_of  # noqa: E402  # it is beside this folder, not below it

VERSION = "0.4.21"
PEER = Peer("sssom", f"sssom {VERSION}", ("mappings",), requires=(f"sssom=={VERSION}",))
FILES = ENVIRONMENTS / "sssom-py" / "tests" / "data"
REFERENCE = Path(__file__).with_name("reference.py")


def python() -> Path:
    """Return the Python that has the reference tool, installed if need be."""
    return python_of(PEER)


def test_files() -> Path:
    """Return the folder of the reference tool's test files."""
    if not FILES.is_dir():
        raise SystemExit(f"Put the folder `tests/data` of the sources of sssom {VERSION} at {FILES}.")
    return FILES


if __name__ == "__main__":
    print(python())
    print(test_files())
