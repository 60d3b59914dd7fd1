"""A GPU whose memory ends."""

from pathlib import Path

import pytest
import torch

from bench.gpu_parts.curves import recipe
from ganlab import runs
from ganlab.execute import execute

pytestmark = pytest.mark.gpu


def test_too_little_memory_is_said_and_the_run_goes_on_later(tmp_path: Path) -> None:
    made = recipe("gan", width=64, steps=20).with_settings({"batch_size": 256})
    folder = runs.create(tmp_path / "run", made, device="cuda")
    folder.stop.touch()
    list(execute(folder))
    folder.stop.unlink(missing_ok=True)
    state = folder.resume.read_bytes()
    torch.cuda.empty_cache()
    whole = torch.cuda.get_device_properties(0).total_memory
    torch.cuda.set_per_process_memory_fraction((torch.cuda.memory_reserved() + 48 * 2**20) / whole)
    try:
        with pytest.raises(ValueError, match="memory is too small for this recipe; lower batch_size or width"):
            list(execute(folder, continue_run=True))
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)
    assert runs.read_status(folder).state == "failed"
    assert folder.resume.read_bytes() == state
    list(execute(folder, continue_run=True))
    assert runs.read_status(folder).state == "done"
