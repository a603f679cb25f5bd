"""Which model a query and each endpoint speak, and what things are called there, as `virtuales query` is told."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from virtuales.alignment.registry import MappingRegistry
from virtuales.alignment.rewriting.strictness import Strictness
from virtuales.alignment.rules import RuleRegistry
from virtuales.cli.known_models import shipped_models
from virtuales.errors import InputError
from virtuales.federation.endpoint import Endpoint
from virtuales.federation.links import Links
from virtuales.federation.seen import Asker, Seen
from virtuales.resources import contributed


@dataclass(frozen=True)
class Speaking:
    """What a query and the endpoints speak.

    Args:
        model: The registered model that the query is in; None where nobody said.
        speaks: For endpoints that follow other models, `URL=MODEL`.
        links: For endpoints that call things by other IRIs, `URL=FILE`.
        strictness: What else than terms of the same meaning may stand for the query's.
        folder: The folder of mappings; None for what ships.
    """

    model: str | None = None
    speaks: Sequence[str] = ()
    links: Sequence[str] = ()
    strictness: Strictness = Strictness.EXACT
    folder: Path | None = None

    def endpoints(self, urls: Sequence[str]) -> list[Endpoint]:
        """Return endpoints as whoever asks sees them.

        Raises:
            InputError: a URL is none, it is said of none what it speaks, nothing leads from there to the query, or a
                file has no links.
            UnknownTerm: there is no such model.
            UnreadableInput: a file cannot be read.
        """
        for url in urls:
            if not url.startswith(("http://", "https://")):
                raise InputError(
                    f"`{url}` is no URL of an endpoint.", where="--endpoint", remedy="Begin with `https://`."
                )
        links = self._links(urls)
        if self.model is None:
            if self.speaks:
                raise InputError(
                    "It is not said which model the query is in.",
                    where="--speaks",
                    remedy="Name it with `--model`; `virtuales models list` shows the registered ones.",
                )
            return [Endpoint(url, seen=Seen(own=True, links=links[url]) if url in links else None) for url in urls]
        asker = self._asker(self.model)
        asker.name_of(self.model)
        spoken: dict[str, list[str]] = {}
        for url, model in _of_urls("--speaks", self.speaks, urls):
            spoken.setdefault(url, []).append(model)
        return [Endpoint(url, seen=asker.sees(spoken.get(url, ()), links.get(url))) for url in urls]

    def _links(self, urls: Sequence[str]) -> dict[str, Links]:
        files: dict[str, list[Path]] = {}
        for url, file in _of_urls("--links", self.links, urls):
            files.setdefault(url, []).append(Path(file))
        return {url: Links.read(*each) for url, each in files.items()}

    def _asker(self, model: str) -> Asker:
        folder = self.folder or contributed("mappings")
        return Asker(model, shipped_models(), MappingRegistry.load(folder), RuleRegistry.load(folder), self.strictness)


def _of_urls(option: str, said: Iterable[str], urls: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Take apart what is said as `URL=VALUE`; a URL may have the sign in it, too."""
    for text in said:
        fitting = [url for url in urls if text.startswith(f"{url}=") and len(text) > len(url) + 1]
        if not fitting:
            raise InputError(
                f"`{text}` does not begin with the URL of an `--endpoint`.",
                where=option,
                remedy=f"Write `{option} URL=…`, the URL as it is given with `--endpoint`.",
            )
        url = max(fitting, key=len)
        yield url, text[len(url) + 1 :]
