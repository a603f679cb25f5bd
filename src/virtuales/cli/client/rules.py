"""Which rules a client judges by: those of the installed release, or those registered at a node and kept on disk."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from virtuales.assurance.compiling import Compile, compile_afresh
from virtuales.assurance.kept_shapes import KeptShapes
from virtuales.assurance.registry import SchemaRegistry
from virtuales.assurance.rules import Rules, RulesInForce
from virtuales.cli.client.profile import node_url
from virtuales.cli.known_models import shipped_models
from virtuales.kept_files import KeptFiles
from virtuales.models.registry import ModelRegistry
from virtuales.resources import cache_dir, contributed

_SECONDS = 60.0
_CONNECT_SECONDS = 10.0


@dataclass(frozen=True)
class ChosenRules:
    """Rules to judge by.

    Args:
        rules: The rules.
        models: The models by which data is typed.
        warning: What whoever judges by them is to know; None when there is nothing.
        compile_: What compiles other shapes to judge by.
    """

    rules: Rules
    models: ModelRegistry
    warning: str | None = None
    compile_: Compile = compile_afresh


def shapes_compiler(*, keep: bool = True) -> Compile:
    """Return what compiles shapes: what keeps them in the cache directory, where one is wanted and the user has one."""
    if not keep:
        return compile_afresh
    try:
        return KeptShapes(KeptFiles(cache_dir() / "shapes"))
    except RuntimeError:  # a user without a home directory
        return compile_afresh


@contextmanager
def rules_of(registry: str | None, *, keep: bool = True) -> Iterator[ChosenRules]:
    """Give the rules and models of the registry at a node's base URL, or those of the release when None is named.

    Of registered models those are taken that have profiles of which the release knows nothing.

    Args:
        registry: The base URL.
        keep: Whether models and compiled shapes are kept in the cache directory, and taken from there.

    Raises:
        InputError: the text is no address of a node.
        PeerFailure: the registry cannot be asked and nothing of it is kept, or it is none.
        ConfigurationError: the cache cannot be written.
    """
    compile_ = shapes_compiler(keep=keep)
    release = SchemaRegistry.load(contributed("shapes"), contributed("ontology"), compile_=compile_)
    models = shipped_models(keep=keep)
    if registry is None:
        yield ChosenRules(release, models, compile_=compile_)
        return
    import httpx  # noqa: PLC0415  # judging by the release needs no network and should not wait for its libraries

    from virtuales.assurance.registered_models import RegisteredModels  # noqa: PLC0415  # likewise
    from virtuales.assurance.shapes_library import ShapesLibrary  # noqa: PLC0415  # likewise
    from virtuales.clock import SystemClock  # noqa: PLC0415  # likewise
    from virtuales.exchange.remote_registry import RemoteRegistry  # noqa: PLC0415  # likewise

    clock = SystemClock()
    with httpx.Client(timeout=httpx.Timeout(_SECONDS, connect=_CONNECT_SECONDS)) as client:
        remote = RemoteRegistry(
            node_url(registry, where="--registry"),
            client=client,
            cache=cache_dir() / "schemas",
            folders=[contributed("shapes"), contributed("ontology")],
            clock=clock,
        )
        registered = remote.registered()
        library = ShapesLibrary(remote, release.find, compile_=compile_)
        rules = RulesInForce(registered.versions, library, clock.now())
        known = {iri for version in models.versions() for iri in version.profiles}
        others = [one for one in registered.versions if not one.profiles <= known]
        missing = RegisteredModels(models, remote).take(others, clock.now())
        said = [registered.warning, *(f"A registered model cannot be used: {error}" for error in missing)]
        yield ChosenRules(rules, models, " ".join(text for text in said if text) or None, compile_)
