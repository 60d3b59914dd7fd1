"""`push`: a checkpoint to Hugging Face's hub."""

from typing import Annotated

import tyro

from ganlab import hub
from ganlab.commands import names
from ganlab.explore import ids, library


def push(
    model: Annotated[str, tyro.conf.Positional],
    repo: Annotated[str, tyro.conf.Positional],
    *,
    licence: str = "",
    private: bool = False,
    replace: bool = False,
) -> int:
    """Bring a checkpoint to Hugging Face's hub, with a card that says what it is and measures.

    `hf auth login` logs in first. Afterwards everybody can say ganlab.load("hf://OWNER/NAME").

    Args:
        model: a checkpoint file, or the name of a shipped checkpoint or of a run.
        repo: OWNER/NAME on the hub; made when it is not there.
        licence: of the weights, as the hub writes it, such as mit or cc-by-4.0; by default mit for the models that
            came along, and none is stated for yours.
        private: only you see a repository that is made.
        replace: write over a README.md that ganlab did not write.
    """
    file = names.model_file(model)
    known = next((one for one in library.models() if one.path.resolve() == file.resolve()), None)
    chosen = licence or ("mit" if known and known.origin == "shipped" else "other")
    name = ids.escaped(known.name) if known else file.stem
    print(hub.push(file, repo, name=name, licence=chosen, private=private, replace=replace))
    return 0
