"""What writes a caption: one protocol, and the captioners behind it."""
