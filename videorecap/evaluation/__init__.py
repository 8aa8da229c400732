"""Scores of captions against the truth."""
