"""Answers as tables: rows of Python's own values, or a data frame."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from virtuales.errors import ConfigurationError
from virtuales.exchange.lowering.asking import Table
from virtuales.exchange.lowering.results import table_of
from virtuales.exchange.lowering.values import Cell, plain_value

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd


@dataclass(frozen=True)
class TableAnswer:
    """The rows that a query answered.

    Args:
        table: The rows as terms.
    """

    table: Table

    @classmethod
    def of(cls, body: bytes) -> "TableAnswer":
        """Read an answer in SPARQL's JSON.

        Raises:
            UnreadableInput: it is none.
        """
        return cls(table_of(body))

    @property
    def names(self) -> tuple[str, ...]:
        """The columns."""
        return self.table.names

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.table.rows)

    def __iter__(self) -> "Iterator[dict[str, Cell | None]]":
        """Give the rows: numbers, truth values, days and instants as such, IRIs and text as text, None for nothing.

        Decimals stay exact (`decimal.Decimal`).
        """
        for row in self.table.rows:
            yield {name: plain_value(row[name]).for_column if name in row else None for name in self.names}

    def to_pandas(self) -> "pd.DataFrame":
        """Return the rows as a data frame, with pandas' types for columns of one kind.

        Decimals become floating-point numbers, which is what a data frame reckons with.

        Raises:
            ConfigurationError: pandas is not installed.
        """
        try:
            import pandas  # noqa: ICN001, PLC0415  # optional, and slow to import
        except ImportError as error:
            raise ConfigurationError(
                "pandas is not installed.", remedy="Install `virtuales[notebook]`, or use the rows as they are."
            ) from error
        columns = {name: [_number(row[name]) for row in self] for name in self.names}
        return pandas.DataFrame(columns, columns=list(self.names)).convert_dtypes()


@dataclass(frozen=True)
class ProducersAnswer(TableAnswer):
    """The rows that all producers together answered.

    Args:
        table: The rows as terms.
        account: What they rest on: every source with its state, why it is missing, and how to ask for access.
    """

    account: Mapping[str, Any]

    @property
    def is_complete(self) -> bool:
        """Whether no source was refused, failed, late or cut."""
        return bool(self.account["complete"])

    @property
    def sources(self) -> list[dict[str, Any]]:
        """What became of each source."""
        return list(self.account["sources"])


def _number(value: "Cell | None") -> "Cell | None":
    return float(value) if isinstance(value, Decimal) else value
