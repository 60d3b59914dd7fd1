"""The parts that reports are put together from; each is left out where nothing in it applies."""

from ganlab.reports.sections import plane
from ganlab.reports.sections.classes import of_classes
from ganlab.reports.sections.codes import of_codes
from ganlab.reports.sections.conditions import of_conditions
from ganlab.reports.sections.each import Build, of_each
from ganlab.reports.sections.losses import losses
from ganlab.reports.sections.quality import quality
from ganlab.reports.sections.reconstructions import of_reconstructions
from ganlab.reports.sections.reproduction import reproduction
from ganlab.reports.sections.samples import of_interpolation, of_samples, of_training
from ganlab.reports.sections.settings import settings
from ganlab.reports.sections.summary import summary

SECTIONS: dict[str, Build] = {
    "summary": summary,
    "settings": settings,
    "losses": losses,
    "quality": quality,
    "samples": of_each("Samples", plane.of_kind(of_samples, plane.of_samples)),
    "interpolation": of_each("Interpolation", plane.of_kind(of_interpolation, plane.of_ways)),
    "over-training": of_each("The same latents over training", of_training),
    "classes": of_each("Which classes are drawn", of_classes),
    "codes": of_each("Codes that nobody labelled", plane.of_kind(of_codes)),
    "conditions": of_each("Labels", plane.of_kind(of_conditions)),
    "reconstructions": of_each("Reconstructions", plane.of_kind(of_reconstructions, plane.of_reconstructions)),
    "reproduction": reproduction,
}
