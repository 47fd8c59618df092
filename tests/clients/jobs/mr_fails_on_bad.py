"""A mapper that cannot use every line."""

from mrjob.job import MRJob


class MRFailsOnBad(MRJob):
    def mapper(self, _, line):
        if "bad" in line:
            raise ValueError(f"cannot use {line!r}")
        yield line, 1


if __name__ == "__main__":
    MRFailsOnBad.run()
