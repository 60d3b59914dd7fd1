"""Reports of runs and models: a page, figures, tables and documents that use them."""

from ganlab.reports.document import Report
from ganlab.reports.subject import gather
from ganlab.reports.templates import TEMPLATES, compose
from ganlab.reports.writing import PAGE, archive, write

__all__ = ["PAGE", "TEMPLATES", "Report", "archive", "compose", "gather", "write"]
