"""What can be done with a run, each where its state allows it: cancel, resume, draw, download, compare, delete."""

import os

import streamlit as st

from ganlab import jobs, listings, runs
from ganlab.access import actions
from ganlab.explore import library, sweeps
from ganlab.explore.comparison import Source
from ganlab.jobs import Job
from ganlab.runs import RESUMABLE
from ganlab.ui import access
from ganlab.ui.downloads import download_model
from ganlab.ui.markdown import escaped
from ganlab.ui.report_button import report_button
from ganlab.ui.shell import link_to
from ganlab.ui.training.jobs_list import RUN


def show(job: Job) -> None:
    state = job.status.state
    if job.active:
        _links_to_model(job)
        _link_to_curves(job)
        barred = access.against_changing("cancel", job.folder)
        st.button(
            "Cancel",
            key=f"cancel {job.name}",
            icon=":material/stop:",
            disabled=state == "cancelling" or bool(barred),
            help=barred or None,
            on_click=_cancel,
            args=(job,),
        )
        return
    if state in RESUMABLE and not job.problem:
        in_the_way = access.against_changing("resume", job.folder) or jobs.against_training(
            runs.read_recipe(job.folder), job.status.device, job.backend
        )
        st.button(
            "Resume",
            key=f"resume {job.name}",
            icon=":material/resume:",
            type="primary",
            disabled=bool(in_the_way),
            help=escaped(in_the_way) or None,
            on_click=_resume,
            args=(job,),
        )
    _links_to_model(job)
    if listings.is_file(job.folder.checkpoint):
        download_model(job.folder.checkpoint, job.name, library.run_id(job.folder))
    _link_to_curves(job)
    source_id = library.run_id(job.folder)
    report_button([Source(id=source_id, name=job.name, run=job.folder, model=library.run_model(job.folder))], source_id)
    with st.popover("", icon=":material/delete:", help="Delete this run", type="tertiary"):
        if barred := access.against_changing("delete", job.folder):
            st.caption(barred)
            return
        st.markdown(f"Delete **{escaped(job.name)}** with its model, samples and curves? This cannot be undone.")
        st.button(
            "Delete for good",
            key=f"delete {job.name}",
            icon=":material/delete_forever:",
            on_click=_delete,
            args=(job,),
        )


def _links_to_model(job: Job) -> None:
    """To the pages that draw with the run's model: its result, or its newest snapshot while there is none."""
    if model := library.run_model(job.folder):
        for page in ("sample", "interpolate"):
            link_to(page, {"model": model.id})


def _link_to_curves(job: Job) -> None:
    """To Compare, with the whole sweep where the run is part of one, each curve named by what sets it apart."""
    together = sweeps.of_run(job.folder)
    ids = ",".join(library.run_ids(together))
    if len(together) > 1:
        link_to("compare", {"curves": ids, "names": "Settings"}, f"Compare all {len(together)}")
    elif listings.is_file(job.folder.metrics):
        link_to("compare", {"curves": ids})


# Each may come twice: a place that is slow to answer leaves time for another click, which finds it done.


def _cancel(job: Job) -> None:
    if jobs.look_at(job.folder).status.state != "cancelled":
        access.act(actions.cancel, job.folder)


def _resume(job: Job) -> None:
    if not jobs.look_at(job.folder).active:
        access.act(actions.resume, job.folder)


def _delete(job: Job) -> None:
    if os.path.exists(job.folder.path):
        access.act(actions.delete, job.folder)
    if not os.path.exists(job.folder.path):
        st.query_params.pop(RUN, None)
