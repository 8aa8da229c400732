"""Annotated videos: one schema, readers of other layouts, checks and statistics."""
