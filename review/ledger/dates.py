"""Dates and times as people write them and as the logs hold them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

from review.model import ReviewError


def iso_date(text: str) -> str:
    """A date as people are asked to write it, 2026-11-21; "" stays. ReviewError for anything else."""
    if text:
        try:
            date.fromisoformat(text)
        except ValueError:
            raise ReviewError(f"“{text}” is no date; write it as 2026-11-21.", code="bad-date") from None
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            raise ReviewError(f"“{text}” is no date; write it as 2026-11-21.", code="bad-date")
    return text


def iso_moment(text: str) -> str:
    """A date, or a time as the logs write it (UTC); "" stays. ReviewError for anything else."""
    if "T" not in text:
        return iso_date(text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ReviewError(f"“{text}” is no time; write it as 2026-11-21T18:30:00Z.", code="bad-date") from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
