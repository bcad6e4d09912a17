"""Literature scoping reviews: from one query definition to a PRISMA diagram in which every number opens.

    import review
    r = review.open("left-behind-children-policy")
    r.status(), r.counts(), r.reports()
"""

from __future__ import annotations

TYPE_CHECKING = False               # loads nothing yet, so that the command line can catch a Ctrl-C from its first moment on
if TYPE_CHECKING:
    from pathlib import Path

    from review.workflow import Review

__version__ = "0.1.0"


def open(review_id: str | None = None, root: Path | str | None = None) -> Review:
    """The review of that id in the workspace at or above `root` (default: the current folder)."""
    from review.workflow import open_review

    return open_review(review_id, root)
