"""One reader for each layout in which others publish annotations."""
