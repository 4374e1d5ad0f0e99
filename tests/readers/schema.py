"""Records are valid against our JSON Schema in an independent validator, and spoiled ones are not.

    schema.py SCHEMA.json RECORD.json [--spoil POINTER=JSON]…      `--spoil /name=5` must make the record invalid
"""

import argparse
import copy
import json

from jsonschema import Draft202012Validator

import values
from report import Report


def put(record, pointer, value):
    *way, last = pointer.strip("/").split("/")
    for step in way:
        record = record[int(step)] if isinstance(record, list) else record.setdefault(step, {})
    if isinstance(record, list):
        record[int(last)] = value
    else:
        record[last] = value


def drop(record, pointer):
    *way, last = pointer.strip("/").split("/")
    for step in way:
        record = record[int(step)] if isinstance(record, list) else record[step]
    del record[last]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("schema")
    parser.add_argument("record")
    parser.add_argument("--spoil", action="append", default=[])
    parser.add_argument("--without", action="append", default=[])
    options = parser.parse_args()
    report, schema, record = Report(), values.load(options.schema), values.load(options.record)
    report.check(schema.get("$schema") == "https://json-schema.org/draft/2020-12/schema", "the schema does not name draft 2020-12")
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    for error in validator.iter_errors(record):
        report.problems.append(f"/{'/'.join(map(str, error.absolute_path))} breaks {error.validator}")
    for spoil in options.spoil:
        pointer, value = spoil.split("=", 1)
        broken = copy.deepcopy(record)
        put(broken, pointer, json.loads(value))
        report.check(not validator.is_valid(broken), f"{spoil} is accepted")
    for pointer in options.without:
        broken = copy.deepcopy(record)
        drop(broken, pointer)
        report.check(not validator.is_valid(broken), f"a record without {pointer} is accepted")
    untitled = sorted(place for place in leaves(schema, "") if not place[1])
    report.check(not untitled, f"without a title: {[place for place, _ in untitled][:5]}")
    report.facts["checked"] = 1 + len(options.spoil) + len(options.without)
    report.close()


def leaves(node, place):
    """Every property that holds a value, and its title."""
    for name, child in node.get("properties", {}).items():
        if "properties" in child or "items" in child or "$ref" in child:
            yield from leaves(child, f"{place}/{name}")
            if isinstance(child.get("items"), dict):
                yield from leaves(child["items"], f"{place}/{name}/*")
        else:
            yield f"{place}/{name}", child.get("title", "")


if __name__ == "__main__":
    main()
