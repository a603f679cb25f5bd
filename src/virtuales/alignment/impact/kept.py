"""Impacts that are kept once they are worked out, because people and programs ask for the same one again and again."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock

from virtuales.alignment.impact.record import Impact

_MOST = 32


class KeptImpacts:
    """Impacts by what they depend on; what was used longest ago is let go of first. Safe to share between threads.

    >>> kept = KeptImpacts()
    >>> first = kept.get("set 1.0.0", lambda: Impact("set 1.0.0"))
    >>> kept.get("set 1.0.0", lambda: Impact("not asked for again")) is first
    True
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, Impact] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, work_out: Callable[[], Impact]) -> Impact:
        """Return an impact, which is worked out if it is not kept.

        Args:
            key: Everything that it depends on.
            work_out: Makes it; two who ask at once may both do so. Its errors are passed on, and nothing is kept.
        """
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        found = work_out()
        with self._lock:
            self._kept[key] = found
            while len(self._kept) > _MOST:
                self._kept.popitem(last=False)
        return found
