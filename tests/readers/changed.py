"""After another program has filled one field: that value is new, all others are as they were.

    changed.py BEFORE.pdf AFTER.pdf NAME VALUE
"""

import sys

import pikepdf

from fields import fold, seen_by_pikepdf
from report import Report


def values_of(path):
    with pikepdf.open(path) as pdf:
        fields = seen_by_pikepdf(pdf)
        return {name: fold(str(field.get("/V", ""))) for name, (field, _) in fields.items() if str(field.get("/FT")) in ("/Tx", "/Ch")}


def main():
    before_path, after_path, name, value = sys.argv[1:]
    report = Report()
    before, after = values_of(before_path), values_of(after_path)
    report.check(set(before) == set(after), f"other fields than before: {sorted(set(before) ^ set(after))[:5]}")
    report.check(before.get(name) != value, f"{name} had the new value already")
    report.check(after.get(name) == value, f"the new value of {name} is not read back")
    for other in sorted(set(before) & set(after) - {name}):
        report.check(before[other] == after[other], f"{other} is no longer what it was")
    report.facts["checked"] = len(after)
    report.close()


if __name__ == "__main__":
    main()
