"""Shared concept blocks: `queries/blocks/<name>.toml`, taken by `block = "<name>"` in a concept."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from review.model import ReviewError
from review.query import tomltext
from review.query.findings import Problem, did_you_mean
from review.query.schema import VOCABULARIES

# What a concept holds, in the order in which it is kept.
CONCEPT_ORDER = ("note", "terms", "zh", "near", "years", "dates", "languages", *VOCABULARIES)


def with_blocks(raw: Mapping[str, Any], folder: Path, problems: list[Problem]) -> dict[str, Any]:
    """The content with blocks put in their places: a block's items first, the concept's own after."""
    merged = dict(raw)
    concepts = raw.get("concepts")
    if not isinstance(concepts, Mapping):
        return merged
    merged["concepts"] = {}
    for name, concept in concepts.items():
        if not isinstance(concept, Mapping) or "block" not in concept:
            merged["concepts"][name] = concept
            continue
        before = len(problems)
        block = _block(concept["block"], folder, ("concepts", name, "block"), problems)
        if len(problems) > before:      # its problem is told; that the concept has no terms then is none of its own
            merged["concepts"][name] = concept
            continue
        own = {k: v for k, v in concept.items() if k != "block"}
        merged["concepts"][name] = _joined(block, own)
    return merged


def _joined(block: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """A block and what a concept adds to it; lists are joined without doubles."""
    out = dict(block)
    for key, value in own.items():
        before = out.get(key)
        if isinstance(before, list) and isinstance(value, list):
            out[key] = before + [v for v in value if v not in before]
        else:
            out[key] = value
    return out


def _block(name: Any, folder: Path, where: tuple[str, ...], problems: list[Problem]) -> dict[str, Any]:
    """A shared block's concept keys; problems name the block's own file."""
    file = folder / f"{name}.toml"
    there = sorted(p.stem for p in folder.glob("*.toml")) if folder.is_dir() else []
    if not isinstance(name, str) or name not in there:
        known = f"There are: {', '.join(there)}." if there else f"There are no blocks in {folder}."
        problems.append(Problem(where, f"concepts.{where[1]}.block: there is no block {name!r}."
                                       f"{did_you_mean(str(name), there)} {known}"))
        return {}
    try:
        content = tomltext.parse(file.read_bytes(), str(file))
    except ReviewError as error:
        problems.append(Problem(where, error.message, str(file), error.line))
        return {}
    places = tomltext.lines_of(file.read_text(encoding="utf-8-sig"))
    for key in [k for k in content if k not in ("title", *CONCEPT_ORDER)]:
        hint = " Blocks don't take other blocks: write its terms here." if key == "block" else did_you_mean(key, CONCEPT_ORDER)
        problems.append(Problem(where, f"unknown key {key!r} in a block.{hint} A block may hold: title, "
                                       f"{', '.join(CONCEPT_ORDER)}.", str(file), places.get((key,))))
    return {k: v for k, v in content.items() if k in CONCEPT_ORDER}
