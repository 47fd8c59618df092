"""`s3-dist-cp` and the older `hadoop jar …s3distcp….jar`: files copied between S3, HDFS and this machine.

Rules without I/O are in `options` (the command line), `plan` (which files become which outputs) and
`manifest`; `listing` and `copying` do the I/O, and `command` tells them what.
"""

from emrsim.programs.s3distcp.command import main as main
