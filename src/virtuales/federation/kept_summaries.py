"""What endpoints hold, kept while their data are known to be the same, whoever asks them in what company."""

import threading
from collections import OrderedDict
from dataclasses import dataclass, field

from virtuales.federation.endpoint import Endpoint
from virtuales.federation.summary import Summary

_Key = tuple[str, str]


@dataclass
class KeptSummaries:
    """Keeps summaries of endpoints that say by an edition which state of their data they have.

    Another edition is learnt anew at once; the summaries of those that nobody asks any longer make room in time.

    Args:
        most_characters: How large what is known of IRIs may be in all summaries together.
    """

    most_characters: int
    _kept: OrderedDict[_Key, Summary] = field(default_factory=OrderedDict)
    _characters: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def find(self, endpoint: Endpoint) -> Summary | None:
        """Return the summary of an endpoint's edition; None where it is not kept, or the endpoint has no edition."""
        key = _key(endpoint)
        with self._lock:
            found = self._kept.get(key) if key is not None else None
            if found is not None and key is not None:
                self._kept.move_to_end(key)
            return found

    def keep(self, endpoint: Endpoint, summary: Summary) -> None:
        """Keep the summary of an endpoint that has an edition, and forget those that were used longest ago."""
        key = _key(endpoint)
        if key is None or summary.characters > self.most_characters:
            return
        with self._lock:
            old = self._kept.pop(key, None)
            self._characters += summary.characters - (old.characters if old is not None else 0)
            self._kept[key] = summary
            while self._characters > self.most_characters:
                self._characters -= self._kept.popitem(last=False)[1].characters


def _key(endpoint: Endpoint) -> _Key | None:
    return None if endpoint.edition is None else (endpoint.url, endpoint.edition)
