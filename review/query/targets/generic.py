"""The plain Boolean string, in the seed review's style: for offline libraries, and to read aloud.

It can say everything; nothing is lost. Not a database of its own, so it isn't in the registry.
"""

from __future__ import annotations

from review.query.languages import LANGUAGES
from review.query.notation import named
from review.query.targets.dialect import Dialect
from review.query.tree import ALL, ATOMS, NAMED_FIELDS, Fields, Heading, Near, Range

_KINDS = {"mesh": "MeSH", "emtree": "Emtree", "cinahl": "CINAHL", "apa": "APA", "subheading": "subheading",
          "publication-type": "publication type", "substance": "substance", "filter": "filter",
          "pharmacological-action": "pharmacological action"}


class _AnyFields(dict[Fields, str]):
    """Every set of fields has a name here: the definition's own, else its atoms."""

    def __missing__(self, fields: Fields) -> str:
        names = {v: k for k, v in NAMED_FIELDS.items()}
        name = names.get(fields) or named(fields).replace(", ", "+")
        return "{}" if fields == ALL else f"{{}}[{name}]"

    def __contains__(self, fields: object) -> bool:
        return isinstance(fields, frozenset) and fields <= set(ATOMS)


def _near(node: Near, operands: tuple[str, ...]) -> str:
    return "(" + f" {'PRE' if node.ordered else 'NEAR'}/{node.distance} ".join(operands) + ")"


def _heading(heading: Heading) -> str:
    kind = _KINDS[heading.vocabulary]
    options = [kind, *(["major"] if heading.major else []), *([] if heading.explode else ["not exploded"])]
    parts = "/".join((heading.text, ",".join(heading.subheadings))) if heading.subheadings else heading.text
    return f'"{parts}"[{", ".join(options)}]'


def _years(span: Range) -> str:
    return f'"{span.low}"[{span.field}]' if span.relative else f"{span.low}:{span.high}[{span.field}]"


def _languages(codes: tuple[str, ...]) -> str:
    each = [f"{LANGUAGES.get(c, c)}[language]" for c in codes]
    return each[0] if len(each) == 1 else f"({' OR '.join(each)})"


GENERIC = Dialect(
    name="generic", fields=_AnyFields(), language="both", vocabularies=tuple(_KINDS), quote_words=True,
    signs={"*": "*", "?": "?", "#": "#"}, near=_near, near_ordered=True, near_nested=True, near_window=True,
    heading=_heading, can=frozenset({"explode", "no-explode", "major", "subheadings", "types"}),
    line="#{}", years=_years, languages=_languages,
    days=True, relative=True, can_date=lambda span: True,
)
