"""The PDF of a report, found in a folder by its file's name: the report's key, its DOI, PMID or PMCID."""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import unquote

from review.model import Record

FOLDER = "pdf"                  # beside the workbooks, where nobody says another
_OTHER = re.compile(r"[^0-9a-z]+")


class FullTexts:
    """The PDFs of a folder and its subfolders. `beside` is the folder of the workbooks that will name them."""

    def __init__(self, folder: Path, beside: Path) -> None:
        self.beside = beside.resolve()
        self.files: dict[str, Path] = {}
        for path in sorted(folder.resolve().rglob("*"), reverse=True):      # of two alike the first by name is taken
            if path.suffix.lower() == ".pdf" and path.is_file():
                self.files[_sign(unquote(path.stem))] = path

    def of(self, key: str, record: Record) -> str:
        """The file's path: relative where it lies beside the workbooks, else absolute; "" where there is none.

        A DOI is recognised whatever stands for its slash and dots (`10.1000_xyz.pdf`, `10.1000-xyz.pdf`,
        `10.1000%2Fxyz.pdf`), a number with or without its name (`PMID 123.pdf`), a key with words behind it.
        """
        ids = record.ids
        pmid, pmcid = ids.get("pmid", ""), ids.get("pmcid", "").lower().removeprefix("pmc")
        wanted = [key, ids.get("doi", ""), pmid, f"pmid {pmid}" if pmid else "", f"pmid{pmid}" if pmid else "",
                  f"pmc{pmcid}" if pmcid else "", f"pmc {pmcid}" if pmcid else ""]
        for name in filter(None, wanted):
            if _sign(name) in self.files:
                return self._path(self.files[_sign(name)])
        begins = _sign(key) + "_"
        return next((self._path(self.files[s]) for s in sorted(self.files) if s.startswith(begins)), "")

    def _path(self, path: Path) -> str:
        return path.relative_to(self.beside).as_posix() if path.is_relative_to(self.beside) else os.fspath(path)


def _sign(name: str) -> str:
    """A name as it is compared: letters and digits, with one underscore for whatever stands between them."""
    return _OTHER.sub("_", name.casefold()).strip("_")
