"""All settings of one recipe, or those in which several differ."""

from collections.abc import Sequence
from typing import Any

from ganlab.explore import differences
from ganlab.explore.settings import title
from ganlab.reports.document import Block, Section, Table, Text
from ganlab.reports.subject import Subject


def settings(subjects: Sequence[Subject]) -> Section | None:
    """A table of one model's settings; of several what differs first, and below it what is the same."""
    entries = [subject.entry for subject in subjects if subject.entry.recipe]
    if not entries:
        return None
    differing = differences.differing_settings(entries)
    blocks: list[Block] = []
    if len(entries) > 1:
        heads = ("setting", *(entry.source.name for entry in entries))
        rows = tuple((title(name), *map(_written, values)) for name, values in differing.items())
        caption = "What differs between the recipes."
        blocks.append(
            Table(name="differing-settings", caption=caption, heads=heads, rows=rows)
            if rows
            else Text(text="The recipes have the same settings.")
        )
    first = entries[0]
    assert first.recipe is not None
    values = first.recipe.model_dump(mode="json", exclude={"name"})
    flat = {key: value for key, value in values.items() if key != "config"} | values["config"]
    rows = tuple(
        (title(name), _written(value), differences.describe_setting(entries, name) or "")
        for name, value in flat.items()
        if name not in differing
    )
    caption = "All settings." if len(entries) == 1 else "Settings that are the same in all."
    blocks.append(Table(name="settings", caption=caption, heads=("setting", "value", "meaning"), rows=rows))
    return Section(title="Settings", blocks=tuple(blocks))


def _written(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        value = int(value) if value.is_integer() else float(f"{value:.6g}")
    return f"{value:,}" if isinstance(value, int) else str(value)
