"""The PDF of a report, found in a folder by its file's name: the report's key, its DOI, PMID or PMCID."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from review.model import Record
from review.words import many

FOLDER = "pdf"                  # beside the workbooks, where nobody says another
_FEW = 5
_OTHER = re.compile(r"[^0-9a-z]+")


@dataclass(frozen=True)
class Matched:
    """How the files of a folder fit the reports that were sent out for full text."""

    reports: int                    # sent out just now
    with_pdf: int
    strays: tuple[str, ...]         # files that fit no report of the review, as they lie in the folder

    def lines(self) -> list[str]:
        """The same for people; of the files that fit nothing the first few."""
        told = [f"PDFs: {self.with_pdf:,} of the {many(self.reports, 'report')} sent out for full text "
                f"{'has' if self.with_pdf == 1 else 'have'} one in the folder."]
        if self.strays:
            more = f" and {len(self.strays) - _FEW:,} more" if len(self.strays) > _FEW else ""
            told.append(f"PDFs: {many(len(self.strays), 'file')} matched no report: {', '.join(self.strays[:_FEW])}{more}. "
                        "Name a file by its report's key, DOI or PMID.")
        return told


class FullTexts:
    """The PDFs of a folder and its subfolders. `beside` is the folder of the workbooks that will name them."""

    def __init__(self, folder: Path, beside: Path) -> None:
        self.folder, self.beside = folder.resolve(), beside.resolve()
        self.files: dict[str, Path] = {}
        for path in sorted(self.folder.rglob("*"), reverse=True):      # of two alike the first by name is taken
            if path.suffix.lower() == ".pdf" and path.is_file():
                self.files[_sign(unquote(path.stem))] = path

    def of(self, key: str, record: Record) -> str:
        """The file's path: relative where it lies beside the workbooks, else absolute; "" where there is none.

        A DOI is recognised whatever stands for its slash and dots (`10.1000_xyz.pdf`, `10.1000-xyz.pdf`,
        `10.1000%2Fxyz.pdf`), a number with or without its name (`PMID 123.pdf`), a key with words behind it.
        """
        found = self._file(key, record)
        return self._path(found) if found else ""

    def matched(self, sent: Iterable[str], all_reports: Mapping[str, Record]) -> Matched:
        """How many of the reports that were sent have a file, and which files fit none of all the reports."""
        fits = {key: path for key, record in all_reports.items() if (path := self._file(key, record))}
        keys = set(sent)
        strays = sorted(path.relative_to(self.folder).as_posix() for path in set(self.files.values()) - set(fits.values()))
        return Matched(len(keys), sum(key in fits for key in keys), tuple(strays))

    def _file(self, key: str, record: Record) -> Path | None:
        ids = record.ids
        pmid, pmcid = ids.get("pmid", ""), ids.get("pmcid", "").lower().removeprefix("pmc")
        wanted = [key, ids.get("doi", ""), pmid, f"pmid {pmid}" if pmid else "", f"pmid{pmid}" if pmid else "",
                  f"pmc{pmcid}" if pmcid else "", f"pmc {pmcid}" if pmcid else ""]
        for name in filter(None, wanted):
            if _sign(name) in self.files:
                return self.files[_sign(name)]
        begins = _sign(key) + "_"
        return next((self.files[s] for s in sorted(self.files) if s.startswith(begins)), None)

    def _path(self, path: Path) -> str:
        return path.relative_to(self.beside).as_posix() if path.is_relative_to(self.beside) else os.fspath(path)


def _sign(name: str) -> str:
    """A name as it is compared: letters and digits, with one underscore for whatever stands between them."""
    return _OTHER.sub("_", name.casefold()).strip("_")
