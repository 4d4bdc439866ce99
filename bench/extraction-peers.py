"""Python extractors on the pages of a JSON file [{html, url}].

Prints one JSON line a peer, {name, seconds, thrown, results: [{text} or {html}]}, or {name, absent} where it is not
installed. Seconds are CPU time; a page on which a peer throws gives empty text and is counted.
"""

import json
import logging
import sys
import time
from importlib.metadata import PackageNotFoundError, version

logging.disable(logging.CRITICAL)
with open(sys.argv[1], encoding="utf-8") as file:
    PAGES = json.load(file)


def trafilatura():
    from trafilatura import extract

    return lambda page: {"text": extract(page["html"], url=page["url"], include_comments=False) or ""}


def rs_trafilatura():
    import rs_trafilatura

    def run(page):
        found = rs_trafilatura.extract(page["html"], url=page["url"])
        return {"text": (found if isinstance(found, str) else found.main_content) or ""}

    return run


def readability():
    from readability import Document

    return lambda page: {"html": Document(page["html"]).summary()}


def newspaper():
    from newspaper import Article, Config

    config = Config()
    config.fetch_images = False  # the pages are measured, not the network

    def run(page):
        article = Article(page["url"] or "http://localhost/", config=config)
        article.download(input_html=page["html"])
        article.parse()
        return {"text": article.text}

    return run


def goose():
    from goose3 import Goose

    extractor = Goose({"enable_image_fetching": False})
    return lambda page: {"text": extractor.extract(raw_html=page["html"]).cleaned_text}


def resiliparse():
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.html import HTMLTree

    return lambda page: {"text": extract_plain_text(HTMLTree.parse(page["html"]), main_content=True, alt_texts=False)}


def justext():
    from justext import get_stoplist, get_stoplists, justext

    every_language = frozenset().union(*(get_stoplist(name) for name in get_stoplists()))

    def run(page):
        paragraphs = justext(page["html"], every_language)
        return {"text": "\n".join(p.text for p in paragraphs if not p.is_boilerplate)}

    return run


def boilerpy():
    from boilerpy3.extractors import ArticleExtractor

    extractor = ArticleExtractor()
    return lambda page: {"text": extractor.get_content(page["html"])}


PEERS = {
    "trafilatura": trafilatura,
    "rs-trafilatura": rs_trafilatura,
    "readability-lxml": readability,
    "newspaper4k": newspaper,
    "goose3": goose,
    "resiliparse": resiliparse,
    "jusText": justext,
    "boilerpy3": boilerpy,
}

for package, load in PEERS.items():
    try:
        name = f"{package} {version(package)}"
        extract = load()
    except (ImportError, PackageNotFoundError) as error:
        print(json.dumps({"name": package, "absent": str(error)}), flush=True)
        continue
    results, thrown = [], 0
    started = time.process_time()
    for page in PAGES:
        try:
            results.append(extract(page))
        except Exception:  # a peer's failure on a page is its result there
            results.append({"text": ""})
            thrown += 1
    seconds = time.process_time() - started
    print(json.dumps({"name": name, "seconds": seconds, "thrown": thrown, "results": results}), flush=True)
