"""Messages for people of entries that are compared."""

from ganlab.explore.comparison import Source


def without_folders(text: str, source: Source) -> str:
    """File names instead of paths: where the server keeps its files helps nobody here."""
    folders = [source.run.path] if source.run else []
    folders += [source.model.path.parent] if source.model else []
    for folder in folders:
        text = text.replace(f"{folder}/", "")
    return text
