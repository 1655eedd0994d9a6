"""Columns of a log as DuckDB SQL: times in seconds, values as numbers or text."""

from collections.abc import Mapping

_NUMBERS = ("INT", "DOUBLE", "FLOAT", "DECIMAL", "REAL", "NUMERIC")


def quoted(name: str) -> str:
    """A column's name."""
    return '"' + name.replace('"', '""') + '"'


def is_number(kind: str) -> bool:
    """Whether a type of DuckDB's holds numbers."""
    return "[" not in kind and any(word in kind.partition("(")[0] for word in _NUMBERS)


def is_word(kind: str) -> bool:
    """Whether a type of DuckDB's holds text or truth values."""
    return kind in {"VARCHAR", "BOOLEAN"} or kind.startswith("ENUM")


def clock(name: str, types: Mapping[str, str]) -> str:
    """Seconds since 1970, as `coding.moment` reads a time column."""
    column, kind = quoted(name), types[name]
    if is_number(kind):
        whole = f"CAST({column} AS DOUBLE)"
        return f"CASE WHEN abs({whole}) >= 1e11 THEN {whole} / 1000 ELSE {whole} END"
    if kind == "VARCHAR":
        return f"epoch(TRY_CAST({column} AS TIMESTAMPTZ))"
    return f"epoch({column})"


def number(name: str) -> str:
    """A floating number; null where it is none."""
    return f"TRY_CAST({quoted(name)} AS DOUBLE)"


def word(name: str) -> str:
    """Text; empty where there is none."""
    return f"COALESCE(CAST({quoted(name)} AS VARCHAR), '')"


def equal(one: str, other: str, types: Mapping[str, str]) -> str:
    """Whether two columns agree: as numbers where one of them holds numbers, else as text."""
    if any(is_number(types[name]) or types[name] == "BOOLEAN" for name in (one, other)):
        return f"({number(one)} = {number(other)})"
    return f"(CAST({quoted(one)} AS VARCHAR) = CAST({quoted(other)} AS VARCHAR))"


def is_value(name: str, value: str | float, types: Mapping[str, str]) -> str:
    """Whether a column holds this value."""
    if is_number(types[name]) or types[name] == "BOOLEAN":
        spelled = {"true": 1.0, "false": 0.0}
        text = str(value).lower()
        try:
            wanted = spelled[text] if text in spelled else float(text)
        except ValueError:
            return "FALSE"
        return f"({number(name)} = CAST('{wanted!r}' AS DOUBLE))"
    text = str(value).replace("'", "''")
    return f"(CAST({quoted(name)} AS VARCHAR) = '{text}')"
