"""Hierarchical captions of long videos: clips, segments and a summary from one recursion."""
