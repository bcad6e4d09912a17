"""A definition out of a published strategy: `review new ID --from-string FILE --database NAME`.

Alternatives become concepts, the Boolean structure above them becomes `combine`. Nothing is simplified:
the definition compiled for the same database says what the strategy said.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

from review.model import Issue, ReviewError
from review.query import databases
from review.query.readers import Strategy, read
from review.query.schema import VOCABULARIES
from review.query.templates import new_text
from review.query.tomltext import dump
from review.query.tree import (
    EXPLODABLE,
    NAMED_FIELDS,
    TIAB,
    And,
    Fields,
    Heading,
    Language,
    Near,
    Node,
    Not,
    Or,
    Range,
    Term,
    flatten,
    terms,
)

_KEYS = {vocabulary: key for key, vocabulary in VOCABULARIES.items()}
_NAMES = {fields: name for name, fields in NAMED_FIELDS.items()}


# What Ovid strategies hold and PubMed strings don't: .ti,ab. behind a term, adj3, exp Child/.
_OVID_SIGNS = re.compile(r"\.(?:ti|ab|tw|mp|kf|kw)\b[,.]|\badj\d|^\W*(?:\d+\W+)?exp [^\[\n]+/", re.MULTILINE)
_LONGEST = 200_000              # characters of a string; published strategies have up to some 30,000


def syntax_of(text: str, database: str) -> str:
    """Whose syntax a string is in: as said; else what a JSON search file says, else PubMed's.

    ReviewError for one that is too long for any database, and for one that is plainly Ovid's though nobody said so:
    which of Ovid's databases it is for decides what its headings are, and that is not guessed.
    """
    if len(text) > _LONGEST:
        raise ReviewError(f"The search string has {len(text):,} characters; no database takes more than {_LONGEST:,}. Is it "
                          "the right file?", code="query-too-long")
    if database:
        return databases.canonical(database)
    if text.lstrip("\ufeff \t\r\n").startswith("{"):
        try:
            return databases.canonical(str(json.loads(text.lstrip("\ufeff")).get("platform") or "pubmed"))
        except ValueError:
            return "pubmed"             # the reader says what is wrong with it
    if (sign := _OVID_SIGNS.search(text)) and "[" not in text:
        raise ReviewError(f"The string looks like Ovid's ({sign.group().strip()!r}), not like PubMed's. Say which database "
                          "it is for: --database ovid-medline, ovid-embase or ovid-psycinfo.", code="which-syntax")
    return "pubmed"


def text_from_strategy(text: str, database: str, id: str, title: str | None = None) -> tuple[str, Strategy]:
    """The text of a definition that says the same, and the strategy as it was read.

    The strategy stands in comments above, with every repair and doubt. ReviewError where it can't be read.
    """
    strategy = read(text, database)
    name = databases.canonical(database)
    writer = _Writer(flatten(strategy.tree))
    template = new_text(id, title)
    tail = template[template.index("[eligibility]"):]
    head = re.findall(r"(?m)^title .*$", template)[0]
    comments = [f"# A query definition, read from a published strategy for {databases.title(database)}:", "#"]
    comments += [f"#   {line.label}. {part}" if n == 0 else f"#      {part}"
                 for line in strategy.lines for n, part in enumerate(_printable(line.text).split("\n"))]
    if strategy.notes:
        comments += ["#", "# What was put right, or could be read in two ways:"]
        comments += _remarks(strategy.notes)
    body = dump({"combine": writer.combine, "databases": [name], "concepts": writer.concepts,
                 "fields": {"default": writer.default}})
    # An empty [concepts] header says nothing in a file for people.
    body = body.replace("[concepts]\n\n", "")
    return "\n".join([*comments, "", head, body, tail]), strategy


def _remarks(notes: tuple[Issue, ...]) -> list[str]:
    """A line for each note; of one kind at most three, and how many more."""
    out: list[str] = []
    for code, count in Counter(n.code for n in notes).items():
        alike = [n for n in notes if n.code == code]
        out += [f"#   line {n.line}: {_printable(n.message)}" for n in alike[:3]]
        out += [f"#   ... and {count - 3} more of this kind"] if count > 3 else []
    return out


def _printable(text: str) -> str:
    """Text for a comment: TOML allows no control characters there."""
    return "".join(c if c == "\n" or ord(c) >= 0x20 and ord(c) != 0x7F else " " for c in text)


class _Writer:
    """Concepts and their combination, from an expression."""

    def __init__(self, tree: Node) -> None:
        counted = Counter(t.fields for t in terms(tree))
        most = counted.most_common(1)[0][0] if counted else TIAB
        self.default = _field_name(most)
        self.concepts: dict[str, dict[str, Any]] = {}
        self._made: dict[Node, str] = {}
        self.combine = self._combined(tree, top=True)

    def _combined(self, node: Node, *, top: bool = False) -> str:
        """The combination of a node, in names of concepts."""
        match node:
            case And(children=below):
                text = " AND ".join(map(self._combined, below))
            case Not(keep=keep, drop=drop):
                text = f"{self._combined(keep)} NOT {self._combined(drop)}"
            case Or(children=below):
                simple = tuple(c for c in below if not isinstance(c, (And, Not, Or)))
                others = [self._combined(c) for c in below if c not in simple]
                named = [self._concept(simple)] if simple else []
                if len(named) + len(others) == 1:
                    return (named + others)[0]
                text = " OR ".join(named + others)
            case _:
                return self._concept((node,))
        return text if top else f"({text})"

    def _concept(self, below: tuple[Node, ...]) -> str:
        """The name of the concept that holds these alternatives; the same ones are one concept."""
        key = Or(below)
        if key not in self._made:
            table: dict[str, Any] = {}
            for leaf in below:
                self._add(table, leaf)
            name = _slug(next((_label(b) for b in below), "concept"), self.concepts)
            self.concepts[name] = table
            self._made[key] = name
        return self._made[key]

    def _add(self, table: dict[str, Any], leaf: Node) -> None:
        """One alternative, in the definition's own form."""
        match leaf:
            case Term(text=text, fields=fields, mapped=mapped):
                item: dict[str, Any] = {"text": text}
                if _field_name(fields) != self.default:
                    item["field"] = _field_name(fields)
                if mapped:
                    item["mapped"] = True
                table.setdefault("terms", []).append(item if len(item) > 1 else text)
            case Heading():
                options = {"explode": False} if leaf.vocabulary in EXPLODABLE and not leaf.explode else {}
                if leaf.major:
                    options["major"] = True
                more = {"subheadings": list(leaf.subheadings)} if leaf.subheadings else {}
                table.setdefault(_KEYS[leaf.vocabulary], []).append(
                    {"term": leaf.text, **options, **more} if options or more else leaf.text)
            case Near():
                table.setdefault("near", []).append(self._near(leaf))
            case Range(low=low, high=high, field="year") if re.fullmatch("[0-9]{4}", low) and re.fullmatch("[0-9]{4}", high):
                table.setdefault("years", []).append([int(low), int(high)])
            case Range(low=low, high=high, field=field):
                table.setdefault("dates", []).append({"field": field, "from": low, "to": high})
            case Language(codes=codes):
                table.setdefault("languages", []).extend(codes)

    def _near(self, near: Near) -> dict[str, Any]:
        item: dict[str, Any] = {"words": [self._operand(o) for o in near.operands], "within": near.distance}
        if near.ordered:
            item["ordered"] = True
        fields = {t.fields for t in terms(near)}
        if len(fields) == 1 and _field_name(next(iter(fields))) != self.default:
            item["field"] = _field_name(next(iter(fields)))
        return item

    def _operand(self, node: Node) -> Any:
        """An operand of a proximity: a text, a list of alternatives, or a proximity again."""
        match node:
            case Term(text=text):
                return text
            case Or(children=below):
                return [self._operand(c) for c in below]
            case Near():
                return self._near(node)
        raise AssertionError(node)      # readers let nothing else into a proximity


def _field_name(fields: Fields) -> str:
    return _NAMES.get(fields) or "+".join(sorted(fields))


def _label(node: Node) -> str:
    """The words that name a concept."""
    match node:
        case Term(text=text) | Heading(text=text):
            return text
        case Near(operands=below) | Or(children=below):
            return " ".join(_label(c) for c in below[:2])
        case Range(field=field):
            return f"{field} of publication" if field == "year" else field
        case _:
            return "language"


def _slug(text: str, taken: dict[str, Any]) -> str:
    """A concept's name: letters, digits and hyphens, not taken, no operator."""
    base = "-".join(re.findall(r"[a-z0-9]+", text.casefold())[:4])
    base = base if base and base[0].isalpha() and base not in ("and", "or", "not") else f"c-{base}".rstrip("-")
    name, number = base, 2
    while name in taken:
        name, number = f"{base}-{number}", number + 1
    return name
