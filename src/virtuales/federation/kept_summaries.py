"""What endpoints hold, kept while their data are known to be the same, whoever asks them in what company."""

from virtuales.federation.bounded import Bounded
from virtuales.federation.endpoint import Endpoint
from virtuales.federation.summary import Summary

_Key = tuple[str, str]


class KeptSummaries:
    """Keeps summaries of endpoints that say by an edition which state of their data they have.

    Another edition is learnt anew at once; the summaries of those that nobody asks any longer make room in time.

    Args:
        most_characters: How large what is known of IRIs may be in all summaries together.
    """

    def __init__(self, most_characters: int) -> None:
        self._kept = Bounded[_Key, Summary](most_characters)

    def find(self, endpoint: Endpoint) -> Summary | None:
        """Return the summary of an endpoint's edition; None where it is not kept, or the endpoint has no edition."""
        key = _key(endpoint)
        return None if key is None else self._kept.find(key)

    def keep(self, endpoint: Endpoint, summary: Summary) -> None:
        """Keep the summary of an endpoint that has an edition, and forget those that were used longest ago."""
        key = _key(endpoint)
        if key is not None and summary.characters <= self._kept.most:
            self._kept.keep(key, summary, size=summary.characters)


def _key(endpoint: Endpoint) -> _Key | None:
    return None if endpoint.edition is None else (endpoint.url, endpoint.edition)
