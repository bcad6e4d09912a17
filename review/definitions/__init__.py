"""The saved definitions as a library: made, copied, listed, shown, tried on local records, compared (floor 7)."""

from __future__ import annotations

from review.definitions.comparing import compare
from review.definitions.saved import create, listing, read_text
from review.definitions.showing import strings, write_strings
from review.definitions.trying import try_query

__all__ = ["compare", "create", "listing", "read_text", "strings", "try_query", "write_strings"]
