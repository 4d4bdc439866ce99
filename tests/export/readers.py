"""Reads an export by programs that others have: `readers.py READER FOLDER` prints what READER found as JSON, or exits with
3 where it is not installed. HOME of the caches is a folder of the caller's."""
import glob
import json
import sys

reader, folder = sys.argv[1:]


def described(rows, columns, errors=()):
    return {"rows": len(rows), "columns": columns, "errors": list(errors), "texts": [row["text"] for row in rows]}


def croissant():
    import mlcroissant

    dataset = mlcroissant.Dataset(jsonld=f"{folder}/croissant.json")
    issues = dataset.metadata.ctx.issues
    decoded = lambda value: value.decode() if isinstance(value, bytes) else value
    rows = [{name.split("/", 1)[1]: decoded(value) for name, value in row.items()} for row in dataset.records("documents")]
    return described(rows, list(rows[0]), [*issues.errors, *issues.warnings])


def huggingface():
    import datasets

    train = datasets.load_dataset(folder)["train"]
    return described(list(train), train.column_names)


def duckdb():
    import duckdb as database

    ending = next(iter(glob.glob(f"{folder}/*/train-*"))).split(".", 1)[1]
    found = database.sql(f"from '{folder}/*/train-*.{ending}'")
    return described([dict(zip(found.columns, row)) for row in found.fetchall()], found.columns)


try:
    print(json.dumps({"croissant": croissant, "huggingface": huggingface, "duckdb": duckdb}[reader]()))
except ModuleNotFoundError as missing:
    print(missing, file=sys.stderr)
    sys.exit(3)
