"""Picking runs by what they are."""

from pathlib import Path

from ganlab.explore import comparison, picking
from ganlab.explore.studies import study_files
from ganlab.runs import RunFolder


def test_runs_checkpoints_and_results_are_picked_by_what_they_are(
    run_folder: RunFolder, checkpoints_folder: Path, listed_study: Path
) -> None:
    known = comparison.sources()
    found = picking.kinds(known, study_files())
    assert [kind.source.id for kind in found] == list(known)
    assert {kind.family for kind in found} == {"GAN"}
    assert {(kind.dataset, kind.size) for kind in found} == {("digits", 28)}
    of_study = picking.matching(found, studies=["small"])
    assert {kind.source.id for kind in of_study} == {name for file in study_files().values() for name in file.runs}
    assert len(of_study) == 5
    assert [kind.source.name for kind in picking.matching(found, "tiny-001")] == ["tiny-001"]
    assert picking.matching(found, "28 PX digits gan") == found
    assert picking.matching(found, families=["VAE"]) == picking.matching(found, datasets=["mnist"]) == []


def test_a_broken_run_is_still_listed(run_folder: RunFolder) -> None:
    run_folder.recipe.write_text("{", encoding="utf-8")
    for copy in run_folder.path.rglob("*recipe*"):
        copy.write_text("{", encoding="utf-8")
    (kind,) = picking.kinds(comparison.sources(), {})
    assert (kind.source.name, kind.family, kind.dataset) == ("tiny-001", "", "")
    assert picking.matching([kind], "tiny") == [kind]
