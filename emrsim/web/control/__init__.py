"""The control interface below `/_emrsim/`, for people and test programs: JSON in, JSON out.

`endpoint` has the table of its calls; there is one file per subject.
"""

PREFIX = "/_emrsim/"
MOTO_RESET = "/moto-api/reset"  # what suites for moto's server call; an alias of `/_emrsim/reset`
