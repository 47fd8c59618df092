"""What `-help` and `-info` print."""

USAGE = """\
Usage: emrsim streaming [own options] [generic options] [streaming options]

Streaming options:
  -input URI              input path, repeatable; comma lists and globs
  -output URI             output directory, must not exist
  -mapper CMD|Class       default: the identity mapper
  -combiner CMD           run on sorted map output
  -reducer CMD|Class|aggregate|NONE
  -file PATH              ship a local file with the job, repeatable
  -cacheFile URI#name, -cacheArchive URI#name
  -inputformat Class, -outputformat Class, -partitioner Class
  -inputreader StreamXmlRecordReader,begin=TEXT,end=TEXT
  -numReduceTasks N
  -jobconf N=V, -cmdenv N=V
  -io text|rawbytes|typedbytes|keyonlytext
  -lazyOutput             no part file without a record
  -mapdebug CMD, -reducedebug CMD
                          run for a failed attempt: CMD STDOUT STDERR SYSLOG JOBCONF
  -background, -verbose, -debug, -dfs, -jt, -additionalconfspec FILE
  -info, -help            print this

Generic options, before the streaming options:
  -D N=V, -conf FILE, -files A,B#n, -archives A#n, -libjars A, -fs URI, -jt HOST, -tokenCacheFile FILE

Own options, before all others:
  --syslog FILE           log4j records into FILE instead of standard error
  --task-logs DIR         stdout, stderr and syslog of each task attempt below DIR
  --hadoop-version X.Y.Z  generation of messages, exit codes and environment; default 2.7.3
  --job-id ID             job_EPOCHMS_NNNN
  --work DIR              where to make the scratch folder
  --slots DIR             task slots as files, shared with other runners
  --parallel N            tasks at once; default: number of processors
  --memory SIZE           for the shuffle, e.g. 512m
  --keep-failed DIR       a folder to run again for every failed task
  --json-progress FD|FILE progress and counters as JSON lines, to a file descriptor or appended to a file
  --one-attempt           as Hadoop's local job runner: no retries, no failures percent
  --conf-file FILE        default properties, as -conf"""
