"""Short ways to make records for these tests."""

from review.model import Record


def record(id: str, title: str = "", authors: str = "", year: int | None = None, journal: str = "", volume: str = "",
           issue: str = "", pages: str = "", **more: object) -> Record:
    """A record; `authors` are parted by semicolons, ids are given as doi=, pmid=, trial=."""
    ids = {k: str(more.pop(k)) for k in ("doi", "pmid", "pmcid", "trial", "issn") if more.get(k)}
    return Record(id=id, title=title, authors=tuple(a.strip() for a in authors.split(";") if a.strip()), year=year,
                  journal=journal, volume=volume, issue=issue, pages=pages, ids=ids, **more)  # type: ignore[arg-type]


ARTICLE = {"title": "Parental migration and the psychological well-being of children in rural Anhui",
           "authors": "Zhou, Y.; Li, M.; Wang, F.", "year": 2017, "journal": "Children and Youth Services Review",
           "volume": "79", "pages": "233-240"}
OTHER = {"title": "Teacher autonomy and pupil attainment in rural primary schools: a multilevel analysis",
         "authors": "Adeyemi, T.; Larsen, K.", "year": 2016, "journal": "British Educational Research Journal",
         "volume": "42", "issue": "3", "pages": "411-430"}
