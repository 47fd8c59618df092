"""`hadoop fs`, `hadoop dfs` and `hdfs dfs`: Hadoop's shell on the cluster's HDFS, on S3 and on local files.

Output, messages and exit codes are those that Hadoop's own FsShell 3.5 gave for the same commands, where it
was tried; what S3 adds (owners, modes) is assumed. `shell` has the commands' table, `paths` what a word
names; the commands are in `looking`, `reading`, `changing` and `copying`.
"""

from emrsim.programs.fs.command import main as main
