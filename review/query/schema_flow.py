"""The rules for [flow] in a definition: how the flow diagram is drawn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from review.query.findings import Problem, check_text, check_texts, unknown_keys

FLOW_KEYS = ("wording", "colour", "without")
# What the diagram may show or leave out: counts per database, register and website; reasons at title and abstract;
# the line for automation tools where it is 0.
LAYERS = ("sources", "title-abstract-reasons", "automation")


def flow(table: Mapping[str, Any]) -> Iterator[Problem]:
    """Findings about [flow]. Which wordings there are is told where the diagram is drawn."""
    path = ("flow",)
    yield from unknown_keys(table, FLOW_KEYS, path)
    yield from check_text(table, (*path, "wording"), needed="wording" in table)
    if not isinstance(table.get("colour", True), bool):
        yield Problem((*path, "colour"), f"flow.colour = {table['colour']!r}: it must be true or false (greys).")
    if "without" in table:
        bad = list(check_texts(table["without"], (*path, "without"), '"sources"'))
        yield from bad
        for layer in [] if bad else table["without"]:
            if layer not in LAYERS:
                yield Problem((*path, "without"), f"flow.without: {layer!r} is no layer of the diagram; the layers are "
                                                  f"{', '.join(LAYERS)}.")
