"""
The same rules by datatrove: Gopher repetition, Gopher quality, FineWeb quality and C4, over JSON lines of texts.
    python bench/cleaning-peer.py TEXTS.jsonl (whitespace|kiwi|split)
Prints one JSON object: documents, seconds of CPU, versions, and the characters in repeated n-grams of each document,
taken over words that white space separates, for comparing. Every threshold is off, so that every measure is taken.
"""
import json
import sys
import time
from importlib.metadata import version

from datatrove.data import Document
from datatrove.pipeline.filters import (
    C4QualityFilter,
    FineWebQualityFilter,
    GopherQualityFilter,
    GopherRepetitionFilter,
)
from datatrove.pipeline.filters.gopher_repetition_filter import find_all_duplicate
from datatrove.utils.word_tokenizers import KiwiTokenizer, WhitespaceTokenizer, WordTokenizer

NEVER = 10.0


class Split(WordTokenizer):
    """Python's own split: the cheapest words there are, cheaper than any splitter that datatrove brings."""

    def word_tokenize(self, text):
        return text.split()

    def sent_tokenize(self, text):
        return text.split("\n")

    def span_tokenize(self, text):
        return []


def kiwi():
    """With the model that comes with it from PyPI, where the one that datatrove asks for is not."""
    return KiwiTokenizer(model_type="cong")


def filters(words):
    return [
        GopherRepetitionFilter(
            dup_line_frac=NEVER,
            dup_para_frac=NEVER,
            dup_line_char_frac=NEVER,
            dup_para_char_frac=NEVER,
            top_n_grams=[(n, NEVER) for n in (2, 3, 4)],
            dup_n_grams=[(n, NEVER) for n in range(5, 11)],
            language=words,
        ),
        FineWebQualityFilter(
            line_punct_thr=-1, short_line_thr=NEVER, char_duplicates_ratio=NEVER, new_line_ratio=NEVER * 100, language=words
        ),
        GopherQualityFilter(
            min_doc_words=0,
            max_doc_words=10**9,
            min_avg_word_length=-1,
            max_avg_word_length=10**9,
            max_symbol_word_ratio=NEVER * 100,
            max_bullet_lines_ratio=NEVER,
            max_ellipsis_lines_ratio=NEVER,
            max_non_alpha_words_ratio=-1,
            min_stop_words=-1,
            stop_words=["의", "다", "이", "는", "에", "을", "은", "를"],
            language=words,
        ),
        C4QualityFilter(filter_no_terminal_punct=False, min_num_sentences=-1, filter_curly_bracket=False, language=words),
    ]


def main():
    path, kind = sys.argv[1:]
    words = {"whitespace": WhitespaceTokenizer, "kiwi": kiwi, "split": Split}[kind]()
    with open(path, encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in lines]
    chain = filters(words)
    # The first call loads models and caches.
    for each in chain:
        each.filter(Document(text=texts[0], id="0"))
    started = time.process_time()
    for number, text in enumerate(texts):
        document = Document(text=text, id=str(number))
        for each in chain:
            each.filter(document)
    seconds = time.process_time() - started
    words_of = (text.split() for text in texts)
    duplicates = [{n: find_all_duplicate(each, n) for n in range(5, 11)} for each in words_of]
    print(json.dumps({
        "documents": len(texts),
        "seconds": seconds,
        "versions": f"datatrove {version('datatrove')}, Python {sys.version.split()[0]}",
        "duplicates": duplicates,
    }))


main()
