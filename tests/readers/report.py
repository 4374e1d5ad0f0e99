"""How every script here answers: problems on standard output as one JSON object, and an exit code."""

import json
import sys


class Report:
    """Problems found and facts worth printing. No problem is also no value of a record: tests print these lines."""

    def __init__(self):
        self.problems = []
        self.facts = {}

    def check(self, good, message):
        if not good:
            self.problems.append(message)
        return good

    def close(self):
        """Prints the findings and ends the script: 0 good, 1 problems."""
        if not self.facts.get("checked"):
            self.problems.append("the script checked nothing")
        print(json.dumps({"ok": not self.problems, "problems": self.problems, "facts": self.facts}, ensure_ascii=False))
        sys.exit(1 if self.problems else 0)


def squeeze(text):
    """The text without any white space: readers differ in where they put it."""
    return "".join(text.split())
