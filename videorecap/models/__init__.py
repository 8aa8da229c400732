"""The networks: tensors in, tensors out. No video files and no levels here."""
