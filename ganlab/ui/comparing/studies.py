"""Studies on the Compare page: what each measured beside what a report says, and their runs for the chart."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import NamedTuple

import streamlit as st

from ganlab.counting import counted
from ganlab.explore import study_tables
from ganlab.explore.studies import StudyFile
from ganlab.explore.study_tables import Cell, Column, Grid, Pair, Row
from ganlab.file_names import saved_as
from ganlab.ui import messages
from ganlab.ui.comparing.controls import SOURCES
from ganlab.ui.markdown import escaped

STUDY = "study"
NAMES = "0"  # the column that names the rows of a grid
PROBLEMS = 3  # of a file; the others are counted
ROW_HEIGHT = 29  # pixels: twenty rows then fit a screen
DISTANCES = "Distances of different features compare by their order and their ratios only; the best is bold."


class Picked(NamedTuple):
    """What is selected in a table."""

    rows: Sequence[int]
    cells: Sequence[tuple[int, str]]  # a row and the column's name


def choose_study(files: Mapping[str, StudyFile]) -> StudyFile | None:
    """A choice that is in the address; until it is made, no table is."""
    chosen = st.pills(
        "Studies",
        [name for name, file in files.items() if file.runs],
        key=STUDY,
        bind="query-params",
        format_func=escaped,
        help="Many trainings that differ in a few settings, measured alike. Their runs can be chosen one by one, too.",
    )
    return files.get(chosen) if chosen else None


def show_problems(files: Mapping[str, StudyFile]) -> None:
    """What could not be read of the results of studies."""
    for file in files.values():
        if file.problems:
            more = f" And {len(file.problems) - PROBLEMS} more." if len(file.problems) > PROBLEMS else ""
            st.warning(
                "  \n".join(messages.told(problem) for problem in file.problems[:PROBLEMS]) + more,
                icon=":material/broken_image:",
            )


def show_study(file: StudyFile) -> None:
    """The study's tables; what is selected in them, or all of it, can be put into the chart or taken along."""
    everything = study_tables.rows(file)
    grids, others = study_tables.split(everything)
    with st.container(border=True):
        st.markdown("  \n".join([f"**{escaped(file.title)}**", *map(_sentence, study_tables.counts(everything))]))
        selected = [name for i, grid in enumerate(grids) for name in _grid(grid, f"{file.name} {i}")]
        if others:
            selected += _rows(others, everything, f"{file.name} rows")
        if any(_is_distance(pair) for pair in study_tables.pairs(everything)):
            st.caption(DISTANCES)
        with st.container(horizontal=True, vertical_alignment="center"):
            _show_button(list(dict.fromkeys(selected)), list(file.runs))
            st.download_button(
                "Table (CSV)",
                lambda: study_tables.as_csv(file),
                saved_as(f"ganlab-study-{file.name}", "csv"),
                "text/csv",
                icon=":material/download:",
                on_click="ignore",
            )


def _show_button(selected: Sequence[str], all_of_them: Sequence[str]) -> None:
    ids = list(selected or all_of_them)

    def show() -> None:
        st.session_state[SOURCES] = ids

    label = f"Show curves of the {len(ids)} selected" if selected else f"Show curves of all {len(ids)}"
    st.button(
        label,
        icon=":material/stacked_line_chart:",
        on_click=show,
        help="They take the place of what is compared now. Select rows or cells of the tables to show only some.",
    )


def _grid(grid: Grid, key: str) -> list[str]:
    """A table for each outcome, ours beside the report's. Returns the ids of the selected cells and rows."""
    columns = [column for pair in study_tables.pairs(grid.rows) for column in (*pair.here[:1], pair.reported) if column]
    steps = {row.step for row in grid.rows}
    after = f", after {counted(step, 'step')}" if len(steps) == 1 and (step := steps.pop()) is not None else ""
    width = len(grid.across_values)
    places: set[int] = set()
    for number, (column, beside) in enumerate(zip(columns, st.columns(max(2, len(columns))), strict=False)):
        with beside:
            st.markdown(escaped(column.title) + after, help=escaped(column.text or "") or None)
            picked = _table(study_tables.pivot(grid, column), f"{key} {number}", cells=True)
        places |= {row * width + j for row in picked.rows for j in range(width)}
        places |= {row * width + int(name) - 1 for row, name in picked.cells if name != NAMES}
    return [grid.rows[place].id for place in sorted(places) if place < len(grid.rows)]


def _rows(shown: Sequence[Row], everything: Sequence[Row], key: str) -> list[str]:
    """A plain table. Returns the ids of the selected rows."""
    picked = _table(study_tables.table(shown, everything), key)
    return [shown[row].id for row in picked.rows if row < len(shown)]


def _table(columns: Sequence[Column], key: str, *, cells: bool = False) -> Picked:
    """Columns are known by their place: two settings of a file may have the same title."""
    import pandas as pd  # here, not above: .3 s that a page's pictures need not wait

    frame = pd.DataFrame({str(i): _shown(column.values) for i, column in enumerate(columns)}, dtype=object)
    styled = frame.style.format(_text, na_rep="")
    for i, column in enumerate(columns):
        if column.best is not None:
            styled = styled.map(partial(_bold, _text(column.best)), subset=[str(i)])
    state = st.dataframe(
        styled,
        column_config={
            str(i): st.column_config.Column(c.title, help=escaped(c.text or "") or None) for i, c in enumerate(columns)
        },
        hide_index=True,
        placeholder="",
        height="content",
        row_height=ROW_HEIGHT,
        key=f"study {key}",
        on_select="rerun",
        selection_mode=["multi-row", "multi-cell"] if cells else "multi-row",
    )
    return Picked(state.selection.rows, state.selection.cells)


def _shown(values: Sequence[Cell]) -> list[Cell]:
    """Numbers as they are, so that they sort; all of a column as text where there are others."""
    if all(value is None or (isinstance(value, int | float) and not isinstance(value, bool)) for value in values):
        return list(values)
    return ["" if value is None else _text(value) for value in values]


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and not value.is_integer():
        return f"{value:.4g}"
    return f"{value:,.0f}" if isinstance(value, int | float) else str(value)


def _bold(best: str, cell: object) -> str:
    return "font-weight: bold" if cell is not None and _text(cell) == best else ""


def _is_distance(pair: Pair) -> bool:
    return bool(pair.here and pair.reported and pair.reported.best is not None)


def _sentence(text: str) -> str:
    return escaped(f"{text[:1].upper()}{text[1:]}.")
