"""What a folder holds, without what desktops, sync clients and network shares leave in it unasked."""

from pathlib import Path

DESKTOP_FILES = {"thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r"}


def is_stray(path: Path) -> bool:
    """Whether the name is one that no user gave: `.DS_Store`, `._x` beside `x`, `.stfolder`, `Thumbs.db`."""
    return path.name.startswith(".") or path.name.lower() in DESKTOP_FILES


def files(folder: Path, pattern: str = "*") -> list[Path]:
    """The regular files of `folder` that match, by name; empty where there is no such folder."""
    return [path for path in sorted(folder.glob(pattern)) if not is_stray(path) and path.is_file()]


def folders(folder: Path) -> list[Path]:
    """The folders in `folder`, by name; empty where there is no such folder."""
    return [path for path in sorted(folder.glob("*")) if not is_stray(path) and path.is_dir()]


def is_empty(folder: Path) -> bool:
    """Whether a user sees nothing in the folder."""
    return all(map(is_stray, folder.iterdir()))
