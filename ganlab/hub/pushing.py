"""A checkpoint brought to the hub, with its card."""

import re
from pathlib import Path

from ganlab import checkpoints
from ganlab.choices import instead
from ganlab.export import digest
from ganlab.file_names import saved_as
from ganlab.foreign import read_bytes, shortened
from ganlab.hub.address import Address, parse_address
from ganlab.hub.card import card_text, is_ours
from ganlab.hub.client import Unreachable, client, in_words
from ganlab.hub.downloading import list_files

MOST_CARD_BYTES = 2**20  # of a README.md that is read; ours have 3,000 or so
LICENCES = (
    "mit", "apache-2.0", "bsd-2-clause", "bsd-3-clause", "cc0-1.0", "cc-by-4.0", "cc-by-sa-4.0", "cc-by-nc-4.0",
    "cc-by-nc-sa-4.0", "gpl-3.0", "lgpl-3.0", "agpl-3.0", "openrail", "unlicense", "other",
)  # fmt: skip
"""Names of licences on the hub; `other` where none was chosen."""


def push(
    file: Path, repo: str, *, name: str = "", licence: str = "other", private: bool = False, replace: bool = False
) -> str:
    """Bring the checkpoint to OWNER/NAME of the hub, which is made where it is not there; returns the page's address.

    name: what the file is called there, without its ending; by default as here.
    licence: one of `LICENCES`, of the weights.
    private: whether only its owner sees a repository that is made.
    replace: whether a card that somebody else wrote may be written over; the hub keeps the old one in its history.

    ValueError for an address of another form, a file that is no checkpoint, and what the hub refuses.
    """
    wanted = parse_address(repo)
    if wanted.revision or wanted.file:
        raise ValueError(f"{shortened(repo, 120)} names more than a repository; write OWNER/NAME")
    if licence not in LICENCES:
        raise ValueError(f"{shortened(licence, 40)!r} is no licence of the hub{instead(licence, LICENCES)}")
    checkpoints.check(file)
    card = checkpoints.read_card(file)
    api = client()
    from huggingface_hub import CommitOperationAdd

    text = card_text(card, wanted.repo, licence, digest(file))
    try:
        with in_words(wanted.repo):
            api.create_repo(wanted.repo, private=private, exist_ok=True)
            if not replace and not _may_be_written(api, wanted.repo):
                raise ValueError(
                    f"{wanted.repo} has a README.md that ganlab did not write; choose another name, or say --replace: "
                    "the hub keeps the old one in its history"
                )
            done = api.create_commit(
                wanted.repo,
                [
                    CommitOperationAdd(_address_part(saved_as(name or file.stem, "safetensors")), str(file)),
                    CommitOperationAdd("README.md", text.encode()),
                ],
                commit_message=f"{shortened(name or file.stem, 100)}, step {card.step:,}",
            )
    except Unreachable as error:
        raise ValueError(f"{error}; nothing was pushed, try again later") from error
    return str(done.repo_url)


def _address_part(file_name: str) -> str:
    """The name as an address of the hub can say it."""
    return re.sub(r"[^\w.-]+", "-", file_name).lstrip("-.") or "model.safetensors"


def _may_be_written(api: "object", repo: str) -> bool:
    """Whether nobody else's card is there; one larger than any of ours is not even downloaded."""
    readme = list_files(api, Address(repo)).get("README.md")
    if readme is None:
        return True
    if readme.bytes > MOST_CARD_BYTES:
        return False
    path = api.hf_hub_download(repo, "README.md")  # type: ignore[attr-defined]
    return is_ours(read_bytes(Path(path), MOST_CARD_BYTES).decode("utf-8", "replace"))
