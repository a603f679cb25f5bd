"""What leads from other models to those that queries are in, kept while the same models and mappings are in use."""

import threading
from dataclasses import replace

from virtuales.alignment.registered.folder import MappingFolder
from virtuales.alignment.rewriting.strictness import Strictness
from virtuales.federation.seen import Asker
from virtuales.models.registry import ModelRegistry


class KeptAskers:
    """Gives an asker for each model; finding out what leads to a model takes seconds the first time."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, Strictness], Asker] = {}
        self._folder: MappingFolder | None = None
        self._revision: int | None = None
        self._lock = threading.Lock()

    def get(self, model: str, strictness: Strictness, *, models: ModelRegistry, folder: MappingFolder) -> Asker:
        """Return whoever asks in a model.

        Args:
            model: The model's registered name, its IRI, or the IRI of a profile of it.
            strictness: What else than terms of the same meaning may stand for the query's.
            models: The models in use.
            folder: The mappings in use.

        Raises:
            UnknownTerm: no such model is registered.
        """
        with self._lock:
            if folder is not self._folder or models.revision != self._revision:
                self._kept, self._folder, self._revision = {}, folder, models.revision
            if (model, strictness) not in self._kept:
                asker = Asker(model, models, folder.mappings, folder.rules, strictness)
                name = asker.name_of(model)
                found = self._kept.setdefault((name, strictness), replace(asker, model=name))
                self._kept[model, strictness] = found
            return self._kept[model, strictness]
