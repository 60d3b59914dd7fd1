"""The parts that reports are put together from; each is left out where nothing in it applies."""

from collections.abc import Callable, Sequence

from ganlab.reports.document import Section
from ganlab.reports.sections.classes import classes
from ganlab.reports.sections.codes import codes
from ganlab.reports.sections.conditions import conditions
from ganlab.reports.sections.losses import losses
from ganlab.reports.sections.quality import quality
from ganlab.reports.sections.reconstructions import reconstructions
from ganlab.reports.sections.reproduction import reproduction
from ganlab.reports.sections.samples import interpolation, over_training, samples
from ganlab.reports.sections.settings import settings
from ganlab.reports.sections.summary import summary
from ganlab.reports.subject import Subject

Build = Callable[[Sequence[Subject]], Section | None]

SECTIONS: dict[str, Build] = {
    "summary": summary,
    "settings": settings,
    "losses": losses,
    "quality": quality,
    "samples": samples,
    "interpolation": interpolation,
    "over-training": over_training,
    "classes": classes,
    "codes": codes,
    "conditions": conditions,
    "reconstructions": reconstructions,
    "reproduction": reproduction,
}
