"""Which model a query and each of the endpoints that it is asked of speak, as `virtuales query` is told."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from virtuales.alignment.registry import MappingRegistry
from virtuales.alignment.rewriting.strictness import Strictness
from virtuales.alignment.rules import RuleRegistry
from virtuales.cli.known_models import shipped_models
from virtuales.errors import InputError
from virtuales.federation.endpoint import Endpoint
from virtuales.federation.seen import Asker
from virtuales.resources import contributed


@dataclass(frozen=True)
class Speaking:
    """What a query and the endpoints speak.

    Args:
        model: The registered model that the query is in; None where nobody said.
        speaks: For endpoints that follow other models, `URL=MODEL`.
        strictness: What else than terms of the same meaning may stand for the query's.
        folder: The folder of mappings; None for what ships.
    """

    model: str | None = None
    speaks: Sequence[str] = ()
    strictness: Strictness = Strictness.EXACT
    folder: Path | None = None

    def endpoints(self, urls: Sequence[str]) -> list[Endpoint]:
        """Return endpoints as whoever asks sees them.

        Raises:
            InputError: a URL is none, it is said of none what it speaks, or nothing leads from there to the query.
            UnknownTerm: there is no such model.
        """
        for url in urls:
            if not url.startswith(("http://", "https://")):
                raise InputError(
                    f"`{url}` is no URL of an endpoint.", where="--endpoint", remedy="Begin with `https://`."
                )
        if self.model is None:
            if self.speaks:
                raise InputError(
                    "It is not said which model the query is in.",
                    where="--speaks",
                    remedy="Name it with `--model`; `virtuales models list` shows the registered ones.",
                )
            return [Endpoint(url) for url in urls]
        asker = self._asker(self.model)
        asker.name_of(self.model)
        spoken: dict[str, list[str]] = {}
        for url, model in _of_urls(self.speaks, urls):
            spoken.setdefault(url, []).append(model)
        return [Endpoint(url, seen=asker.sees(spoken[url]) if url in spoken else None) for url in urls]

    def _asker(self, model: str) -> Asker:
        folder = self.folder or contributed("mappings")
        return Asker(model, shipped_models(), MappingRegistry.load(folder), RuleRegistry.load(folder), self.strictness)


def _of_urls(said: Iterable[str], urls: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Take apart what is said as `URL=VALUE`; a URL may have the sign in it, too."""
    for text in said:
        fitting = [url for url in urls if text.startswith(f"{url}=") and len(text) > len(url) + 1]
        if not fitting:
            raise InputError(
                f"`{text}` does not begin with the URL of an `--endpoint`.",
                where="--speaks",
                remedy="Write `--speaks URL=MODEL`, the URL as it is given with `--endpoint`.",
            )
        url = max(fitting, key=len)
        yield url, text[len(url) + 1 :]
