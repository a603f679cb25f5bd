"""What is remembered up to a size: what was used longest ago makes room for what is new."""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


@dataclass
class Bounded(Generic[Key, Value]):
    """Values by their keys, for several threads.

    Args:
        most: How large all may be together, in whatever their sizes are told in.

    >>> some = Bounded[str, int](3)
    >>> some.keep("a", 1, size=2), some.keep("b", 2, size=1), some.find("a"), some.keep("c", 3, size=1)
    (None, None, 1, None)
    >>> some.find("a"), some.find("b"), some.find("c")
    (1, None, 3)
    """

    most: int
    _kept: OrderedDict[Key, tuple[Value, int]] = field(default_factory=OrderedDict)
    _size: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def find(self, key: Key) -> Value | None:
        """Return the value of a key; None where it is not kept."""
        with self._lock:
            if key not in self._kept:
                return None
            self._kept.move_to_end(key)
            return self._kept[key][0]

    def keep(self, key: Key, value: Value, *, size: int) -> None:
        """Keep a value in place of the one that its key had, and forget those that were used longest ago."""
        with self._lock:
            self._size += size - self._kept.pop(key, (value, 0))[1]
            self._kept[key] = value, size
            while self._size > self.most:
                self._size -= self._kept.popitem(last=False)[1][1]
