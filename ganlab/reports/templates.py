"""Which parts reports have; nothing heavy is imported to know it."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Template:
    """Names of `sections.SECTIONS`, in order, and what the report is for."""

    title: str
    sections: tuple[str, ...]


TEMPLATES: dict[str, Template] = {
    "short": Template(
        title="Settings, curves, quality and samples",
        sections=("summary", "settings", "losses", "quality", "samples", "reproduction"),
    ),
    "full": Template(
        title="Everything that the models can do",
        sections=(
            "summary",
            "settings",
            "losses",
            "quality",
            "samples",
            "interpolation",
            "over-training",
            "classes",
            "codes",
            "conditions",
            "reconstructions",
            "reproduction",
        ),
    ),
}
