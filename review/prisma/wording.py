"""Every word on the diagram: one table a language or house style, each a file in `wordings/`.

A further language is one more file with the same keys, here or in `queries/wordings/` of a workspace; the
definition names it (`[flow] wording = "zh"`). `{n}` stands for a number with its thousands separator, `{name}`
for a name from the data.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

from review.model import ReviewError
from review.prisma.box import Cause
from review.prisma.keys import PART_WORDS

Words = Mapping[str, str]
_OURS = files("review.prisma") / "wordings"


def names() -> list[str]:
    """The tables that come with the program."""
    return sorted(entry.name.removesuffix(".toml") for entry in _OURS.iterdir() if entry.name.endswith(".toml"))


def load(name: str, own: Path | None = None) -> Words:
    """The table of that name: from the folder `own` (a workspace's) where it holds one, else the program's.

    A table that says `extends = "studies"` holds only the words that differ. Raises ReviewError where there is no
    such table, or where it lacks a word, has an unknown one, or drops the place of a number.
    """
    path = own / f"{name}.toml" if own else None
    if path is not None and path.is_file():
        return _complete(_read(path.read_bytes(), str(path)), str(path))
    if name not in names():
        where = f", and there is no {path}" if path else ""
        raise ReviewError(f"There is no wording “{name}”: the program has {', '.join(names())}{where}. Name one of "
                          "these under [flow] in the definition.", code="wording")
    table = _read((_OURS / f"{name}.toml").read_bytes(), f"{name}.toml")
    return table if name == "studies" else _complete(table, f"{name}.toml")


def _read(data: bytes, file: str) -> dict[str, str]:
    try:
        table = tomllib.loads(data.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ReviewError(f"{file} can't be read as a table of words: {error}.", code="wording", file=file) from error
    wrong = [key for key, text in table.items() if not isinstance(text, str)]
    if wrong:
        raise ReviewError(f"{file}: {', '.join(wrong)} must be text between quotation marks.", code="wording", file=file)
    return table


def _complete(table: dict[str, str], file: str) -> Words:
    """The table with the words of the one that it extends, checked."""
    known = load("studies")
    extends = table.pop("extends", "")
    if extends and extends not in names():
        raise ReviewError(f"{file} extends “{extends}”; it can extend {', '.join(names())}.", code="wording", file=file)
    wrong = [f"“{key}” is no word of the diagram" for key in table if key not in known]
    wrong += [f"“{key}” is missing" for key in known if key not in table and not extends]
    wrong += [f"“{key}” must hold {' and '.join(sorted(_braces(known[key])))}" for key, text in table.items()
              if key in known and _braces(text) != _braces(known[key])]
    if wrong:
        raise ReviewError(f"{file}: {'; '.join(wrong)}. The program's studies.toml has every word.", code="wording",
                          file=file)
    return {**(load(extends) if extends else {}), **table}


def _braces(text: str) -> set[str]:
    return set(re.findall(r"\{\w+\}", text))


STUDIES: Words = load("studies")


def number(words: Words, n: int) -> str:
    """A number as this wording writes it: 12,345."""
    return f"{n:,}".replace(",", words["thousands"])


def part(words: Words, label: str) -> str:
    """The name of a part of a box: the program's own labels in the wording's language, names from the data as they are."""
    return words[PART_WORDS[label]] if label in PART_WORDS else label


def cause_words(words: Words, cause: Cause) -> str:
    """Why a flow is a draft, in this wording."""
    return words[cause.word].replace("{n}", number(words, cause.n)).replace("{name}", cause.name)
