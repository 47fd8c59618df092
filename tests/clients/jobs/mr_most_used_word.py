"""Two steps: count the words, then find the one used most."""

from mrjob.job import MRJob
from mrjob.step import MRStep


class MRMostUsedWord(MRJob):
    def steps(self):
        return [
            MRStep(mapper=self.words, combiner=self.total, reducer=self.total),
            MRStep(mapper=self.count_first, reducer=self.most_used),
        ]

    def words(self, _, line):
        self.increment_counter("words", "lines")
        for word in line.split():
            yield word, 1

    def total(self, word, counts):
        yield word, sum(counts)

    def count_first(self, word, count):
        self.increment_counter("words", "different")
        yield None, (count, word)

    def most_used(self, _, pairs):
        yield max(pairs)


if __name__ == "__main__":
    MRMostUsedWord.run()
