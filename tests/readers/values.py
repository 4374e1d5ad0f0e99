"""What a record's values look like on paper."""

import json
import re


def load(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def get(record, name):
    """The value at a dotted path; an empty text where there is none."""
    value = record
    for step in name.split("."):
        try:
            value = value[int(step)] if isinstance(value, list) else value.get(step)
        except (IndexError, ValueError, AttributeError):
            return ""
        if value is None:
            return ""
    return value


def printed(name, value):
    """A month is printed 1985.03, a date 2021年9月18日, everything else as it is."""
    if not isinstance(value, str):
        return ""
    if re.fullmatch(r"\d{4}-\d{2}", value) and name.split(".")[-1] in ("birth", "work_start", "skill_level_date"):
        return value.replace("-", ".")
    if name.endswith(".date"):
        match = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", value)
        if match:
            return f"{int(match[1])}年{int(match[2])}月{int(match[3])}日"
    return value.replace("\r\n", "\n").replace("\r", "\n")


def value_of(record, name):
    return printed(name, get(record, name))
