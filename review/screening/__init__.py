"""Screening: sheets that go out, decisions that come back, consensus, conflicts, agreement."""
