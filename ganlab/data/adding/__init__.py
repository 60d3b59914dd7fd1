"""Pictures of one's own become a dataset: a survey of the source, a report and a preview, then the pack."""

from ganlab.data.adding.added import Added, added, remove
from ganlab.data.adding.conditions import Count, LabelCounts
from ganlab.data.adding.findings import Shape, Unusable
from ganlab.data.adding.in_order import Stop, Stopped
from ganlab.data.adding.packing import add, check_new, remove_work, work_folder
from ganlab.data.adding.planning import Plan, Report, plan, preview, proposed_size, report
from ganlab.data.adding.settings import Colour, Crop, Settings, Size
from ganlab.data.adding.surveying import Example, Survey, examples, first_sides, survey

__all__ = [
    "Added",
    "Colour",
    "Count",
    "Crop",
    "Example",
    "LabelCounts",
    "Plan",
    "Report",
    "Settings",
    "Shape",
    "Size",
    "Stop",
    "Stopped",
    "Survey",
    "Unusable",
    "add",
    "added",
    "check_new",
    "examples",
    "first_sides",
    "plan",
    "preview",
    "proposed_size",
    "remove",
    "remove_work",
    "report",
    "survey",
    "work_folder",
]
