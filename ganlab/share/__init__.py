"""Models taken along: as a web page that needs no server, and as a live stage in a notebook."""
