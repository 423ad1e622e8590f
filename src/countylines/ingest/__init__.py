"""Extracts in, Sources out: every row is kept, set aside or rejected with a reason (method, sections 1 and 8)."""

from countylines.ingest.extraction import Extracted, extract
from countylines.ingest.stage import ingest

__all__ = ["Extracted", "extract", "ingest"]
