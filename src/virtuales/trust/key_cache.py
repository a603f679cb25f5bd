"""An issuer's public keys, kept: fetched again now and then, and used for a bounded time while it cannot be asked."""

import operator
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from threading import Lock
from typing import Final, Generic, TypeVar

from virtuales.clock import Clock, iso_instant
from virtuales.errors import PeerFailure, Unauthenticated

_RETRY_AFTER: Final = timedelta(seconds=30)
_RETRY_WITHOUT_ANY: Final = timedelta(seconds=1)

Key = TypeVar("Key")


class KeyCache(Generic[Key]):
    """The keys of one issuer, by their identifiers.

    They are fetched again after `fresh`; an unknown identifier has them fetched at once, at most twice a minute: a
    stream of forged tokens is no stream of requests. While the issuer is away, the keys that are held go on until they
    are older than `longest`. Threads may ask for keys at once: one fetches them, and who needs what it fetches waits.

    Args:
        issuer: The issuer, for messages.
        fetch: Fetches and reads the issuer's key set; may raise PeerFailure.
        clock: What time it is.
        same: Tells whether two keys are one; such a key stays the same object.
        fresh: How long keys are used without asking again.
        longest: How long keys are used that could not be fetched again.
    """

    def __init__(
        self,
        issuer: str,
        fetch: Callable[[], Mapping[str, Key]],
        *,
        clock: Clock,
        same: Callable[[Key, Key], bool] = operator.eq,
        fresh: timedelta = timedelta(minutes=5),
        longest: timedelta = timedelta(days=7),
    ) -> None:
        self._issuer = issuer
        self._fetch = fetch
        self._clock = clock
        self._same = same
        self._fresh, self._longest = fresh, longest
        self._keys: dict[str, Key] = {}
        self._fetched: datetime | None = None
        self._tried: datetime | None = None
        self._fetching = Lock()

    @property
    def is_filled(self) -> bool:
        """Whether keys of the issuer are held."""
        return self._fetched is not None

    def forget(self) -> None:
        """Have the keys fetched anew before the next one is used."""
        self._keys, self._fetched, self._tried = {}, None, None

    def holds(self, kid: str, key: Key) -> bool:
        """Tell whether this very key is still listed under an identifier."""
        return self._keys.get(kid) is key

    def get(self, kid: str) -> Key:
        """Return a key by its identifier.

        Raises:
            Unauthenticated: the issuer lists none of that identifier.
            PeerFailure: the keys are needed and cannot be fetched.
        """
        if self._has_to_fetch(kid) and self._fetching.acquire(blocking=kid not in self._keys):
            try:
                if self._has_to_fetch(kid):
                    self._refresh(kid)
            finally:
                self._fetching.release()
        now = self._clock.now()
        if self._fetched is None:
            raise PeerFailure(
                "Tokens cannot be verified: the issuer's keys were not heard yet.",
                where=self._issuer,
                remedy="Try again when the issuer is back.",
            )
        if now - self._fetched > self._longest:
            raise PeerFailure(
                f"Tokens cannot be verified: the issuer's keys were last heard at {iso_instant(self._fetched)}.",
                where=self._issuer,
                remedy="Try again when the issuer is back.",
            )
        if kid not in self._keys:
            raise Unauthenticated("The token is signed with a key that its issuer does not list.", where="kid")
        return self._keys[kid]

    @property
    def is_due(self) -> bool:
        """Whether the keys have to be fetched again, or should be and it was not tried just now."""
        now = self._clock.now()
        if self._fetched is None or self._tried is None or now - self._fetched > self._longest:
            return True
        return now - self._fetched >= self._fresh and now - self._tried >= _RETRY_AFTER

    def _has_to_fetch(self, kid: str) -> bool:
        after = _RETRY_AFTER if self.is_filled else _RETRY_WITHOUT_ANY
        may = self._tried is None or self._clock.now() - self._tried >= after
        return may and (kid not in self._keys or self.is_due)

    def _refresh(self, kid: str) -> None:
        """Fetch the keys; that it fails is of no matter while the one that is needed is held."""
        try:
            fetched = self._fetch()
        except PeerFailure:
            if kid not in self._keys:
                raise
            return
        finally:
            self._tried = self._clock.now()
        self._keys = {name: self._kept(name, key) for name, key in fetched.items()}
        self._fetched = self._tried

    def _kept(self, name: str, key: Key) -> Key:
        """Return the object by which a key is known already, as remembered signatures are known by it."""
        held = self._keys.get(name)
        return held if held is not None and self._same(held, key) else key
