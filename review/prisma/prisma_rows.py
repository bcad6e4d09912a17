"""The rows of PRISMA.csv as the PRISMA2020 R package expects them: facts of its template."""

from __future__ import annotations

COLUMNS = ("data", "node", "box", "description", "boxtext", "tooltips", "url", "n")

# Official rows: data, node, box, description, boxtext, tooltips, url. "=" repeats the description, "-" is NA.
_TABLE: tuple[tuple[str, ...], ...] = (
    ("-", "node4", "prevstud", "Grey title box; Previous studies", "Previous studies", "=", "prevstud.html"),
    ("previous_studies", "node5", "box1", "Studies included in previous version of review", "=", "=",
     "previous_studies.html"),
    ("previous_reports", "-", "box1", "Reports of studies included in previous version of review", "=", "-",
     "previous_reports.html"),
    ("-", "node6", "newstud", "Yellow title box; Identification of new studies via databases and registers",
     "Identification of new studies via databases and registers", "=", "newstud.html"),
    ("database_results", "node7", "box2", "Records identified from: Databases", "Databases",
     "Records identified from: Databases and Registers", "database_results.html"),
    ("database_specific_results", "-", "box2", "Records identified from: specific databases",
     "Specific Databases", "-", "database_results.html"),
    ("register_results", "-", "box2", "Records identified from: Registers", "Registers", "-", "-"),
    ("register_specific_results", "-", "box2", "Records identified from: specific registers",
     "Specific Registers", "-", "database_results.html"),
    ("-", "node16", "othstud", "Grey title box; Identification of new studies via other methods",
     "Identification of new studies via other methods", "=", "othstud.html"),
    ("website_results", "node17", "box11", "Records identified from: Websites", "Websites",
     "Records identified from: Websites, Organisations and Citation Searching", "website_results.html"),
    ("organisation_results", "-", "box11", "Records identified from: Organisations", "Organisations", "-",
     "-"),
    ("citations_results", "-", "box11", "Records identified from: Citation searching", "Citation searching",
     "-", "-"),
    ("duplicates", "node8", "box3", "Duplicate records", "=", "=", "duplicates.html"),
    ("excluded_automatic", "-", "box3", "Records marked as ineligible by automation tools", "=", "-", "-"),
    ("excluded_other", "-", "box3", "Records removed for other reasons", "=", "-", "-"),
    ("records_screened", "node9", "box4", "Records screened (databases and registers)", "Records screened",
     "=", "records_screened.html"),
    ("records_excluded", "node10", "box5", "Records excluded (databases and registers)", "Records excluded",
     "=", "records_excluded.html"),
    ("dbr_sought_reports", "node11", "box6", "Reports sought for retrieval (databases and registers)",
     "Reports sought for retrieval", "=", "dbr_sought_reports.html"),
    ("dbr_notretrieved_reports", "node12", "box7", "Reports not retrieved (databases and registers)",
     "Reports not retrieved", "=", "dbr_notretrieved_reports.html"),
    ("other_sought_reports", "node18", "box12", "Reports sought for retrieval (other)",
     "Reports sought for retrieval", "=", "other_sought_reports.html"),
    ("other_notretrieved_reports", "node19", "box13", "Reports not retrieved (other)",
     "Reports not retrieved", "=", "other_notretrieved_reports.html"),
    ("dbr_assessed", "node13", "box8", "Reports assessed for eligibility (databases and registers)",
     "Reports assessed for eligibility", "=", "dbr_assessed.html"),
    ("dbr_excluded", "node14", "box9", "Reports excluded (databases and registers): [separate reasons and "
     "numbers using ; e.g. Reason1, xxx; Reason2, xxx; Reason3, xxx]", "Reports excluded",
     "Reports excluded (databases and registers)", "dbrexcludedrecords.html"),
    ("other_assessed", "node20", "box14", "Reports assessed for eligibility (other)",
     "Reports assessed for eligibility", "=", "other_assessed.html"),
    ("other_excluded", "node21", "box15", "Reports excluded (other): [separate reasons and numbers using ; "
     "e.g. Reason1, xxx; Reason2, xxx; Reason3, xxx]", "Reports excluded", "Reports excluded (other)",
     "other_excluded.html"),
    ("new_studies", "node15", "box10", "New studies included in review", "=", "=", "new_studies.html"),
    ("new_reports", "-", "box10", "Reports of new included studies", "=", "-", "-"),
    ("total_studies", "node22", "box16", "Total studies included in review", "=", "=", "total_studies.html"),
    ("total_reports", "-", "box16", "Reports of total included studies", "=", "-", "-"),
    ("identification", "node1", "identification", "Blue identification box", "Identification", "=",
     "identification.html"),
    ("screening", "node2", "screening", "Blue screening box", "Screening", "=", "screening.html"),
    ("included", "node3", "included", "Blue included box", "Included", "=", "included.html"),
    ("total_studies_ma", "node23", "box17", "Total studies included in meta-analysis", "=", "=",
     "total_studies_meta_analysis.html"),
    ("total_reports_ma", "-", "box17", "Reports of total included studies in meta-analysis", "=", "-", "-"),
)


def _full(row: tuple[str, ...]) -> tuple[str, ...]:
    data, node, box, description, boxtext, tooltips, url = row
    text, tooltip = (description if cell == "=" else cell for cell in (boxtext, tooltips))
    cells = (data, node, box, description, text, tooltip, url)
    return tuple("NA" if cell == "-" else cell for cell in cells)


ROWS: tuple[tuple[str, ...], ...] = tuple(_full(row) for row in _TABLE)
"""Each official row without its last column, in the file's order."""
