"""Documents that users wrote, as HTML: formatted by a confined child process with limits, and remembered by digest."""
