"""Metrics: what a job prints becomes points that a chart can be drawn from.

A *point* is one value of one metric. A *line* ends at a line feed or at a carriage return. A *segment* is the file of
one metric's points. A *commit* says how far the log has been read and how long each segment is at that moment; what
lies behind it does not exist. An *epoch-folded* metric, read from progress text, keeps the last value of each epoch.
"""
