"""One process each: `python -m tests.bench.contenders.NAME FOLDER INCIDENT` prints a JSON object.

FOLDER holds the synthetic log, INCIDENT is the ISO 8601 start of its last day. What is printed has
`rows`, before and during, and `moved`, the feature that moved most, where the contender says that.
"""
