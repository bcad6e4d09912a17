"""The previous version of a review from a list: what it knew, what it included, of which studies.

The list is any file that formats reads. Two columns (or tags) are looked for: `included` (yes or no) and `study`
(several with semicolons); a row with a study is included, whatever the other column says of it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import review
from review import formats
from review.ledger import baseline
from review.ledger.baseline import BaselineRow
from review.ledger.disk import readable
from review.ledger.paths import Folder
from review.ledger.replay import State
from review.ledger.searches import record_id
from review.ledger.transaction import Transaction
from review.model import Issue, ReviewError, Search
from review.sources.files import free_name
from review.sources.sealing import log_opened, read_file, seal, search_id

INCLUDED = frozenset({"included", "include", "included in review", "纳入"})
STUDY = frozenset({"study", "studies", "study id", "study ids", "研究"})
YES = frozenset({"yes", "y", "1", "true", "include", "included", "x", "是", "纳入"})
NO = frozenset({"", "no", "n", "0", "false", "exclude", "excluded", "否", "排除"})


def import_baseline(tx: Transaction, folder: Folder, state: State, path: Path, definition_sha: str,
                    mapping: Mapping[str, str] | None = None) -> tuple[int, int]:
    """Keep the list as a search that does not count, and freeze it. Returns (studies, reports) included."""
    if state.baseline is not None:
        raise ReviewError("This review has a previous version already; reduce it with `review baseline --reduce`.",
                          code="baseline", status=1)
    if state.counted_searches():
        raise ReviewError("Searches were imported before the previous version, and would not count any more. Withdraw them, "
                          "import the previous version, then import them again.", code="baseline", status=1)
    readable(path)
    new = search_id(state, "previous-version", tx.time[:10])
    name = free_name(path.name, {"search.json", "index.csv"})
    copy = tx.copy(path, folder.searches / new / name)
    reading = read_file(copy, name, "previous-version", mapping=mapping)
    if not reading.rows or reading.file.in_file not in (None, reading.file.read):
        raise ReviewError(f"{path} holds {reading.file.in_file} records, {reading.file.read} were read: the previous "
                          "version must be read whole. " + " ".join(i.message for i in reading.issues[:3]),
                          code="records-lost", status=1, file=str(path))
    search = Search(id=new, source_search=new, source="files", database="previous-version", method="other",
                    definition_sha=definition_sha, use="baseline", opened=tx.time, files=(reading.file,),
                    versions={"review": review.__version__}, params={"mapping": dict(mapping)} if mapping else {})
    log_opened(tx, folder, search)
    seal(tx, folder, search, [reading])
    rows = _rows(copy, name, new, mapping)
    return baseline.freeze(tx, folder, rows, "imported", path.name)


def _rows(path: Path, name: str, search: str, mapping: Mapping[str, str] | None) -> list[BaselineRow]:
    out = []
    with open(path, "rb") as stream:
        ordinal = 0
        for item in formats.read(stream, name=name, mapping=mapping):
            if isinstance(item, Issue):
                continue
            ordinal += 1
            said = {_plain(tag): value for tag, value in item.tags}
            studies = tuple(" ".join(s.split()) for tag in STUDY for s in re.split(r"[;；]", said.get(tag, "")) if s.strip())
            word = _plain(next((said[t] for t in INCLUDED if t in said), ""))
            if word not in YES and word not in NO:
                raise ReviewError(f"{name}, record {ordinal}: “{word}” under included: write yes or no.",
                                  code="unreadable", file=name, line=item.line)
            identity = record_id(search, ordinal)
            row = BaselineRow(identity, identity, studies, bool(studies) or word in YES)
            if row.included and not studies:
                row = replace(row, studies=(f"study of {identity}",))
            out.append(row)
    return out


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
