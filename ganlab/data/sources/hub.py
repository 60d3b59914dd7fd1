"""Data sets on Hugging Face's hub: hf://datasets/OWNER/NAME."""

import re
from pathlib import Path

from ganlab.data.folder import data_folder
from ganlab.extras import how_to_install
from ganlab.full_disk import check_room

SCHEME = "hf://"
ADDRESS = re.compile(r"hf://datasets/([A-Za-z0-9][\w.-]*)/([A-Za-z0-9][\w.-]*)")
SUFFIXES = (
    "parquet",
    "zip",
    "tar",
    "tar.gz",
    "tgz",
    "csv",
    "tsv",
    "jsonl",
    "json",
    "png",
    "jpg",
    "jpeg",
    "webp",
    "npz",
)


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
            allow_patterns=[f"*.{suffix}" for suffix in SUFFIXES],
        )
    except (OSError, ValueError, RuntimeError) as error:  # its own are of these
        check_room(error, folder)
        reason = " ".join(str(error).split())
        raise ValueError(
            f"{address} could not be downloaded ({reason}); check the name and the internet, log in by `hf auth login` "
            "if it asks for that, or download its files by hand and add their folder"
        ) from error
    return folder
