"""A database of somebody else's package is found through its entry point."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from review.query import compile, load, targets
from review.query.databases import canonical, title
from tests.query.conftest import SMALL

MODULE = '''
from review.query.targets.dialect import Dialect
from review.query.tree import TIAB
TARGET = Dialect(name="my-library", fields={TIAB: "ti-ab={}"}, quote_words=True)
'''


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A package with one target, installed as pip would leave it."""
    (tmp_path / "somebodys_target.py").write_text(MODULE)
    info = tmp_path / "somebodys_target-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: somebodys-target\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[review.targets]\nmy-library = somebodys_target:TARGET\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.invalidate_caches()
    targets._others.cache_clear()
    yield
    targets._others.cache_clear()


@pytest.mark.usefixtures("package")
def test_a_target_of_another_package(definition_file: Callable[..., Path]) -> None:
    definition = load(definition_file(SMALL.replace('"pubmed"', '"My Library"')))
    assert compile(definition, "my library").strings[0].string == 'ti-ab="left-behind children"'


@pytest.mark.parametrize(("written", "name", "shown"), [
    ("Google Scholar", "google-scholar", "Google Scholar"), ("google-scholar", "google-scholar", "Google Scholar"),
    ("googlescholar", "google-scholar", "Google Scholar"), ("PUBMED", "pubmed", "PubMed"), ("cnki", "cnki", "CNKI"),
    ("Web of Science", "web-of-science", "Web of Science"), ("中国知网", "cnki", "CNKI"),
    ("MEDLINE (Ovid)", "ovid-medline", "MEDLINE (Ovid)"),
    ("Practice library A", "practice-library-a", "Practice library A"), ("我的 库", "我的-库", "我的 库"),
    ("--", "unnamed", "--"),
])
def test_names_of_databases(written: str, name: str, shown: str) -> None:
    assert canonical(written) == name and canonical(name) == name
    assert title(written) == shown
