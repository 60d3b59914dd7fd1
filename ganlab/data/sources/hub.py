"""Data sets on Hugging Face's hub: hf://datasets/OWNER/NAME."""

import re
from pathlib import Path

from ganlab.data.folder import data_folder
from ganlab.data.sources.kinds import READABLE
from ganlab.extras import how_to_install
from ganlab.foreign import shortened
from ganlab.full_disk import check_room
from ganlab.system_errors import error_number, in_words

SCHEME = "hf://"
ADDRESS = re.compile(r"hf://datasets/([A-Za-z0-9][\w.-]*)/([A-Za-z0-9][\w.-]*)")
NO_PICTURES = "parquet npz zip tar tar.gz tgz tar.bz2 tbz2 tar.xz txz csv tsv jsonl ndjson json"
SUFFIXES = tuple(f"{READABLE} {NO_PICTURES}".split())
PATTERNS = tuple(f"*.{spelt}" for suffix in SUFFIXES for spelt in (suffix, suffix.upper(), suffix.capitalize()))
"""Of files that are downloaded: cameras write .JPG."""

KINDS = {
    "GatedRepoError": "its owner lets in only who has asked for it",
    "RepositoryNotFoundError": "there is no such data set, or you may not see it",
    "UnicodeError": "names on the hub have letters without accents, digits, dots, hyphens and underscores only",
    "HFValidationError": "names on the hub have letters without accents, digits, dots, hyphens and underscores only",
    "LocalEntryNotFoundError": "the hub cannot be reached",
    "ConnectError": "the hub cannot be reached",
    "ConnectionError": "the hub cannot be reached",
    "TimeoutException": "the hub does not answer",
}
"""Of errors of huggingface_hub and what it is built on, by name: the first that fits. None is imported for it."""


def downloaded(address: str) -> Path:
    """The folder of the data set's files, downloaded as far as they are not here.

    ValueError for an address of another form, without huggingface_hub, and where the download fails.
    """
    found = ADDRESS.fullmatch(address.rstrip("/"))
    if not found:
        raise ValueError(f"{address} is no data set; write hf://datasets/OWNER/NAME")
    try:
        from huggingface_hub import snapshot_download
    except ImportError as error:
        raise ValueError(how_to_install("hub")) from error
    owner, name = found.groups()
    folder = data_folder() / "hub" / f"{owner}--{name}"
    try:
        snapshot_download(
            f"{owner}/{name}",
            repo_type="dataset",
            local_dir=folder,
            allow_patterns=list(PATTERNS),
        )
    except (OSError, ValueError, RuntimeError) as error:  # its own are of these
        check_room(error, folder)
        raise ValueError(
            f"{address} could not be downloaded ({_why(error)}); check the name and the internet, log in by "
            "`hf auth login` if it asks for that, or download its files by hand and add their folder"
        ) from error
    return folder


def _why(error: Exception) -> str:
    """What went wrong, in our words as far as the kind of the error tells it."""
    kinds = {kind.__name__ for kind in type(error).__mro__}
    if found := next((words for kind, words in KINDS.items() if kind in kinds), ""):
        return found
    return in_words(error) if isinstance(error, OSError) and error_number(error) else shortened(str(error), 300)
