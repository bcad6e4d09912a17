"""The columns of screening workbooks: their headers, widths, and the names by which they are found again."""

from __future__ import annotations

from dataclasses import dataclass

from review.sheets.text import plain


@dataclass(frozen=True, slots=True)
class Field:
    """A column: how the program calls it, its header, its width in characters, other headers it is known by."""

    name: str
    header: str
    width: float
    aliases: tuple[str, ...] = ()


FIELDS: tuple[Field, ...] = (
    Field("key", "Key", 11.5, ("Report key", "Report", "ID", "Key A", "Clé", "Schlüssel", "编号", "键")),
    Field("key_b", "Key B", 11.5, ("Other key",)),
    Field("key_again", "Key (again)", 9.5, ("Keys (again)", "Key again", "Key repeated", "Key2", "Schlüssel (nochmals)",
                                             "编号（重复）")),
    Field("decision", "Decision", 14.5, ("Decisions", "My decision", "Your decision", "Final decision", "Verdict",
                                       "Include/exclude", "Include or exclude", "Screening decision", "Decision TA",
                                       "Decision FT", "Same or different", "决定", "结论", "筛选结果", "纳入/排除",
                                       "是否纳入", "筛选决定", "Entscheidung", "Décision", "Decisión")),
    Field("reason", "Reason", 19, ("Reasons", "Exclusion reason", "Reason for exclusion", "Reason of exclusion",
                                   "Why excluded", "Grund", "Ausschlussgrund", "Motif", "Raison", "Motivo", "原因", "理由",
                                   "排除原因", "排除理由")),
    Field("note", "Note", 19, ("Notes", "Comment", "Comments", "Remark", "Remarks", "Notiz", "Bemerkung", "Remarque", "备注",
                               "注释", "说明")),
    Field("duplicate_of", "Duplicate of", 12, ("Duplicate", "Duplicates", "Dup of", "Is duplicate of", "Duplikat von",
                                               "重复于", "重复")),
    Field("retrieval", "Retrieved", 9.5, ("Retrieved?", "Full text retrieved", "Retrieval", "PDF found", "已获取全文",
                                          "获取全文")),
    Field("retrieval_why", "Not retrieved why", 18, ("Why not retrieved", "Reason not retrieved", "未获取原因")),
    Field("study", "Study", 14, ("Studies", "Study ID", "Study name", "Studie", "研究")),
    Field("flags", "Flags", 13, ("Flag", "Notices")),
    Field("title", "Title", 42, ("Titles", "Report title", "Article title", "Titel", "Titre", "Título", "标题", "题名", "题目")),
    Field("title_translated", "Translated title", 30, ("Title translated", "Other title", "译名", "翻译标题")),
    Field("text", "Abstract", 88, ("Abstracts", "Summary", "Text", "Zusammenfassung", "Résumé", "Resumen", "摘要")),
    Field("related", "Related", 24, ("Related reports",)),
    Field("hint", "Earlier decision", 16, ("Previous decision", "Old decision")),
    Field("year", "Year", 7.5, ("Date", "年份")),
    Field("authors", "Authors", 22, ("Author", "作者")),
    Field("source", "Source", 20, ("Journal", "来源", "期刊")),
    Field("language", "Language", 10.5, ("Lang", "语言")),
    Field("pdf", "PDF", 14, ("Full text", "File", "全文")),
    Field("found_in", "Found by", 14, ("Found in", "Database", "Databases")),
    Field("sheet", "Sheet", 6, ("Sheet id", "Sheet ID (do not change)")),
    Field("score", "Score", 7),
    Field("evidence_for", "Speaks for", 24, ("For",)),
    Field("evidence_against", "Speaks against", 24, ("Against",)),
)
BY_NAME = {f.name: f for f in FIELDS}
LINK_HEADERS = ("DOI", "PubMed", "Scholar")         # columns of links come in this order, others after them
LINK_WIDTH = 9.5

_ALIASES = {plain(alias): f.name for f in FIELDS for alias in (*f.aliases, f.header)}
_EXACT = {plain(f.header): f.name for f in FIELDS}


def field_of(header: str) -> tuple[str, bool]:
    """The column that a header names ("" if none) and whether it is the header that was sent out.

    Case, blanks and punctuation don't count: "DECISION:" is the decision. Only whole headers are recognised:
    "Reviewer 1 decision" is not the decision.
    """
    folded = plain(header)
    if not folded:
        return "", False
    if folded in _EXACT:
        return _EXACT[folded], True
    return _ALIASES.get(folded, ""), False


def is_ours(header: str) -> bool:
    """Whether a header without a field is one that we write ourselves: a reviewer's vote in a conflicts sheet."""
    folded = plain(header)
    return folded.startswith("reviewer") and folded.removeprefix("reviewer").isdigit()


# The order of columns, by stage. What a reviewer types stands beside the title; the key is first and again last,
# so that a spreadsheet that eats one leaves the other.
_HEAD = ("key", "decision", "reason", "note", "duplicate_of")
_BODY = ("flags", "title", "title_translated", "text", "related", "hint")
_TAIL = ("year", "authors", "source", "language", "links", "found_in", "sheet", "key_again")
_RETRIEVAL = ("key", "retrieval", "retrieval_why", "pdf", "decision", "reason", "note", "study", "duplicate_of")

LAYOUTS: dict[str, tuple[str, ...]] = {
    "title-abstract": (*_HEAD, *_BODY, *_TAIL),
    "full-text": (*_RETRIEVAL, *_BODY, *_TAIL),
    "conflicts": ("key", "decision", "reason", "note", "votes", *_BODY, *_TAIL),
    "duplicates": ("key", "key_b", "decision", "note", "title", "authors", "year", "source", "evidence_for",
                   "evidence_against", "score", "text", "links", "sheet", "key_again"),
}
# Columns that are left out where no row has anything for them.
OPTIONAL = frozenset({"flags", "title_translated", "related", "hint"})
TYPED = frozenset({"decision", "reason", "note", "duplicate_of", "retrieval", "retrieval_why", "study"})

# What the drop-downs offer, by stage; the first decision words of `answers` are the same.
DECISION_CHOICES: dict[str, tuple[str, ...]] = {
    "title-abstract": ("include", "exclude", "maybe"),
    "full-text": ("include", "exclude", "maybe", "awaiting classification", "ongoing"),
    "duplicates": ("same", "different", "unsure"),
}
RETRIEVAL_CHOICES = ("yes", "no", "on loan")
