"""The programs that a cluster's master has: what steps, bootstrap actions and scripts find on their PATH.

Each is a process of its own and a command of `emrsim`; what it knows of its cluster is in its environment
(`surroundings`). None of them has heard of EMR's API.
"""
