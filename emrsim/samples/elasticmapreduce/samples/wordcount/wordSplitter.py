#!/usr/bin/env python3
"""The mapper of the word count sample: each word of standard input, for the reducer `aggregate`.

A word is an ASCII letter and the letters and digits after it, in lower case. The line written for it,
`LongValueSum:WORD<TAB>1`, asks `aggregate` to add the ones up.
"""

import re
import sys

# Bytes all the way: input in any encoding passes, and nothing is decoded only to be encoded again.
WORD = re.compile(rb"[a-z][a-z0-9]*")


def main() -> None:
    """Read standard input to its end and write one line for each word in it."""
    write = sys.stdout.buffer.write
    for line in sys.stdin.buffer:
        write(b"".join([b"LongValueSum:%b\t1\n" % word for word in WORD.findall(line.lower())]))


if __name__ == "__main__":
    main()
