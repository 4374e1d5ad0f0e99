#!/usr/bin/env python3
"""Validates records against a schema with an independent validator (pip install jsonschema).

    formwright schema recommendation > schema.json
    python3 tests/schema/validate.py schema.json samples/nominee.json …

Says where a record does not fit, never with its value. Exit code 1 if one does not fit.
"""
import json
import sys

from jsonschema import Draft202012Validator


def main(schema_path, *record_paths):
    schema = json.load(open(schema_path, encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    wrong = 0
    for path in record_paths:
        errors = list(validator.iter_errors(json.load(open(path, encoding="utf-8"))))
        for error in errors:
            print(f"{path}: /{'/'.join(map(str, error.absolute_path))}: does not keep `{error.validator}`")
        wrong += bool(errors)
        print(f"{path}: {'does not fit' if errors else 'fits'}")
    return 1 if wrong or not record_paths else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
