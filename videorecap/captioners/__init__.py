"""What writes a caption: one protocol, and the captioners behind it."""

from videorecap.captioners.base import Captioner, CaptionRequest, Written

__all__ = ["CaptionRequest", "Captioner", "Written"]
