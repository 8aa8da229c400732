"""One small writer for each output format, and the journal of a running job."""
