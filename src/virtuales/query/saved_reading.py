"""Reading saved queries: a file `NAME.rq` with its decorators.

    #+ summary: Circuits at a substation
    #+ description: Lines and transformers that end at the substation, with their ratings.
    #+ tags: [analyst, network]
    #+ asks: data
    #+ models: [cgmes-3.0]
    #+ parameters:
    #+   substation: The substation's IRI.
    #+ example:
    #+   substation: urn:uuid:8d2f4a5e-0000-4000-8000-000000000001

`summary`, `description`, `tags`, `defaults` and `enumerate` are those of grlc (https://grlc.io/). `asks` says whether
the query is about the `catalogue` or the `data` of a dataset version; `models` in whose terms it asks for data;
`parameters` describes each parameter, and `example` gives values to try.
"""

from collections import abc
from dataclasses import replace
from pathlib import Path
from typing import Final, get_args

from virtuales.errors import InputError, NotFound, UnreadableInput
from virtuales.query.decorators import read_decorators, text_of
from virtuales.query.header import Entry
from virtuales.query.in_memory import answer_form, syntax_complaint
from virtuales.query.request import check_query
from virtuales.query.saved_query import SAMPLES, Asks, Parameter, SavedQuery, bind, parameter, parameter_variables

QUERY_SUFFIX: Final = ".rq"
RESERVED: Final = "version"
"""What no parameter can be called."""
_KNOWN: Final = frozenset(
    {"summary", "description", "tags", "asks", "models", "parameters", "defaults", "enumerate", "example"}
)


class SavedQueries:
    """Saved queries, by name.

    Args:
        queries: The queries.

    Raises:
        InputError: two have the same name.
    """

    def __init__(self, queries: abc.Iterable[SavedQuery]) -> None:
        self._queries: dict[str, SavedQuery] = {}
        for query in queries:
            if query.name in self._queries:
                raise InputError(
                    f"Two saved queries are called `{query.name}`.",
                    where=str(query.file),
                    remedy="Give each file a name of its own.",
                )
            self._queries[query.name] = query

    def __iter__(self) -> abc.Iterator[SavedQuery]:
        """Give the queries in the order of their names."""
        return iter(self._queries[name] for name in sorted(self._queries))

    def __len__(self) -> int:
        """Count the queries."""
        return len(self._queries)

    def get(self, name: str) -> SavedQuery:
        """Return a query.

        Raises:
            NotFound: there is none of that name.
        """
        try:
            return self._queries[name]
        except KeyError:
            raise NotFound(
                f"There is no saved query `{name}`.", where=name, remedy="`virtuales queries list` names them."
            ) from None


def read_saved_query(file: Path) -> SavedQuery:
    """Read a saved query.

    Args:
        file: The file.

    Raises:
        UnreadableInput: it is not UTF-8, its decorators are wrong, or it is no valid query; names the line.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableInput(f"The query cannot be read: {error}.", where=str(file)) from error
    place = str(file)
    said = read_decorators(
        text,
        file=place,
        known=_KNOWN,
        remedy="Say at the top of the file what the query is: summary, description, tags, asks, parameters.",
    )
    parameters = _parameters(text, said, place)
    query = SavedQuery(
        name=file.stem,
        summary=text_of(said, "summary", file=place),
        description=text_of(said, "description", file=place),
        tags=_texts(said, "tags", place),
        asks=_asks(said, place),
        models=_texts(said, "models", place),
        form=answer_form(_sample(text, parameters, place)),
        text=text,
        parameters=parameters,
        example=_values(said, "example", place),
        file=file,
    )
    _check_example(query, said)
    return query


def _sample(text: str, parameters: abc.Iterable[Parameter], place: str) -> str:
    """Return the query with a value for each parameter, and make sure that it is valid so and as it stands."""
    parameters = tuple(parameters)
    values = {one.variable: str(replace(one, choices=()).term(SAMPLES[one.datatype])) for one in parameters}
    needed = {one.variable: values[one.variable] for one in parameters if not one.optional}
    for form in (text, bind(text, needed), bind(text, values)):
        check_query(form)
        complaint = syntax_complaint(form)
        if complaint:
            raise UnreadableInput(
                f"The query is not valid SPARQL{'' if form == text else ' with values for its parameters'}: "
                f"{complaint[:200]}.",
                where=place,
                remedy="Correct the query; a parameter can stand only where a term can.",
            )
    return bind(text, values)


def _parameters(text: str, said: abc.Mapping[str, Entry], place: str) -> tuple[Parameter, ...]:
    words, defaults, choices = (
        _values(said, "parameters", place),
        _values(said, "defaults", place),
        _choices(said, place),
    )
    found = [parameter(variable) for variable in parameter_variables(text)]
    names = [one.name for one in found]
    if len(set(names)) != len(names):
        raise UnreadableInput("Two parameters have the same name.", where=place, remedy="Rename one of the variables.")
    if RESERVED in names:
        raise UnreadableInput(
            f"A parameter is called `{RESERVED}`, which names the dataset version to ask.",
            where=place,
            remedy="Rename the variable.",
        )
    for key, given in (("parameters", words), ("defaults", defaults), ("enumerate", choices)):
        for name in given.keys() - set(names):
            raise UnreadableInput(
                f"`{key}` speaks of `{name}`, which is no parameter of the query.",
                where=f"{place}, line {said[key].line}",
                remedy="A parameter is a variable that begins with `_`; here: " + (", ".join(names) or "none") + ".",
            )
    for name in names:
        if name not in words:
            raise UnreadableInput(
                f"The parameter `{name}` is not described.",
                where=place,
                remedy=f"Add `#+   {name}: …` below `#+ parameters:`.",
            )
    complete = tuple(
        replace(one, description=words[one.name], default=defaults.get(one.name), choices=choices.get(one.name, ()))
        for one in found
    )
    for one in complete:
        for value in (*one.choices, *([one.default] if one.default is not None else [])):
            _checked(one, value, f"{place}, line {said['enumerate' if value in one.choices else 'defaults'].line}")
    return complete


def _check_example(query: SavedQuery, said: abc.Mapping[str, Entry]) -> None:
    place = f"{query.file}, line {said['example'].line}" if "example" in said else str(query.file)
    try:
        query.bound(query.example)
    except InputError as error:
        raise UnreadableInput(
            f"The example does not fit: {error.what}",
            where=place,
            remedy="Give each needed parameter a value that fits.",
        ) from error


def _checked(one: Parameter, value: str, place: str) -> None:
    try:
        one.term(value)
    except InputError as error:
        raise UnreadableInput(error.what, where=place, remedy=error.remedy) from error


def _asks(said: abc.Mapping[str, Entry], place: str) -> Asks:
    value = text_of(said, "asks", file=place)
    for known in get_args(Asks):
        if value == known:
            return known  # type: ignore[no-any-return]  # `get_args` forgets that they are of the type
    raise UnreadableInput(
        f"`{value}` is nothing that a saved query can ask.",
        where=f"{place}, line {said['asks'].line}",
        remedy="Write `catalogue`, `data` or `audit`.",
    )


def _texts(said: abc.Mapping[str, Entry], key: str, place: str) -> tuple[str, ...]:
    return tuple(_text(entry, key, place) for entry in (said[key].items() if key in said else ()))


def _text(entry: Entry, key: str, place: str) -> str:
    if not isinstance(entry.value, str):
        raise UnreadableInput(f"A value of `{key}` is no text.", where=f"{place}, line {entry.line}")
    return entry.value


def _values(said: abc.Mapping[str, Entry], key: str, place: str) -> dict[str, str]:
    """Return a dictionary of texts, or the entries of a list of dictionaries, as grlc writes them."""
    return {name: _text(entry, key, place) for name, entry in _pairs(said, key, place)}


def _choices(said: abc.Mapping[str, Entry], place: str) -> dict[str, tuple[str, ...]]:
    return {
        name: tuple(_text(one, name, place) for one in entry.items())
        for name, entry in _pairs(said, "enumerate", place)
    }


def _pairs(said: abc.Mapping[str, Entry], key: str, place: str) -> abc.Iterator[tuple[str, Entry]]:
    for entry in said[key].items() if key in said else ():
        if not isinstance(entry.value, dict):
            raise UnreadableInput(
                f"`{key}` is no list of names with values.",
                where=f"{place}, line {entry.line}",
                remedy=f"Write `#+   name: value` below `#+ {key}:`.",
            )
        yield from entry.value.items()
