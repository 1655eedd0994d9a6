from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from bot.errors import SourceError
from bot.settings import Settings, SourceSettings, Table
from bot.sources import open_sources

Opened = Callable[..., Settings]


@pytest.fixture
def settings(tmp_path: Path) -> Opened:
    def made(**source: object) -> Settings:
        kind = {"kind": "table", "url": "duckdb://", "path": "."}
        return Settings(
            folder=tmp_path, sources={"lake": SourceSettings.model_validate(kind | source)}
        )

    return made


def lake(name: str) -> Table:
    return Table(source="lake", table=name)


def rows_of(settings: Settings, name: str) -> int:
    with open_sources(settings) as sources:
        return int(sources.table(lake(name)).count().to_pyarrow().as_py())


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("log.csv", "a,b\n1,x\n2,y\n"),
        ("log.jsonl", '{"a": 1, "b": "x"}\n{"a": 2, "b": "y"}\n'),
    ],
)
def test_files_of_text_below_the_path_are_tables(
    tmp_path: Path, settings: Opened, name: str, text: str
) -> None:
    (tmp_path / name).write_text(text)

    assert rows_of(settings(), name) == 2


def test_a_glob_takes_part_files_that_were_added_later(tmp_path: Path, settings: Opened) -> None:
    parts = tmp_path / "log"
    parts.mkdir()
    duckdb.sql("SELECT 1 AS a").write_parquet(str(parts / "1.parquet"))
    with open_sources(settings()) as sources:
        before = sources.table(lake("log/*.parquet")).count().to_pyarrow().as_py()
        duckdb.sql("SELECT 2 AS a, 'new' AS b").write_parquet(str(parts / "2.parquet"))

        after = sources.table(lake("log/*.parquet"))

        assert before == 1
        assert after.count().to_pyarrow().as_py() == 2
        assert after.columns == ("a", "b")


def test_a_database_file_is_read_and_not_written(tmp_path: Path, settings: Opened) -> None:
    file = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(file)) as made:
        made.sql("CREATE TABLE log AS SELECT * FROM range(3)")
    before = file.read_bytes()

    assert rows_of(settings(url="duckdb://warehouse.duckdb"), "log") == 3
    assert file.read_bytes() == before


def test_a_missing_file_is_named_with_the_nearest_one(tmp_path: Path, settings: Opened) -> None:
    (tmp_path / "predictions.csv").write_text("a\n1\n")

    with pytest.raises(SourceError, match=r"sources\.lake: there is no file .*did you mean"):
        rows_of(settings(), "prediction.csv")


def test_a_glob_without_files_says_where_it_looked(tmp_path: Path, settings: Opened) -> None:
    with pytest.raises(SourceError, match=rf"no file below {tmp_path} matches"):
        rows_of(settings(), "log/*.parquet")


def test_a_missing_table_is_named_with_the_nearest_one(tmp_path: Path, settings: Opened) -> None:
    with duckdb.connect(str(tmp_path / "w.duckdb")) as made:
        made.sql("CREATE TABLE predictions AS SELECT 1 AS a")

    with pytest.raises(SourceError, match="did you mean 'predictions'"):
        rows_of(settings(url="duckdb://w.duckdb"), "prediction")


def test_a_file_that_is_none_of_its_kind_is_a_clear_error(tmp_path: Path, settings: Opened) -> None:
    (tmp_path / "log.parquet").write_text("this is no Parquet")

    with pytest.raises(SourceError, match=r"cannot read 'log\.parquet'"):
        rows_of(settings(), "log.parquet")


def test_an_absent_database_file_is_a_clear_error(settings: Opened) -> None:
    with pytest.raises(SourceError, match="no database file"):
        rows_of(settings(url="duckdb://nowhere.duckdb"), "log")


def test_an_unknown_kind_names_the_known_ones(settings: Opened) -> None:
    with pytest.raises(SourceError, match="no kind 'tables'; did you mean 'table'"):
        rows_of(settings(kind="tables"), "log")


def test_an_engine_without_its_driver_names_what_to_install(settings: Opened) -> None:
    with pytest.raises(SourceError, match=r"pip install .plummet-bot\[trino\]"):
        rows_of(settings(url="trino://nowhere:1/x"), "log")
