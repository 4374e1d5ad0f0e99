"""LibreOffice as a converter: with the project's faces alone, in a home of its own, under a time limit.

    docx_office.py pdf|docx|xlsx FOLDER FILE…      converts the files, in one run, into the folder; they keep their names
"""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from xml.sax.saxutils import escape

FONTS = Path(__file__).resolve().parent.parent.parent / "fonts"
LIMIT = 300  # s, for one run of the program; it needs about 5, and 1 more for each file
FILTERS = {
    # As on paper: a content control becomes text, not a field of a PDF form.
    "pdf": 'pdf:writer_pdf_Export:{"ExportFormFields":{"type":"boolean","value":"false"}}',
    "docx": "docx:MS Word 2007 XML",
    "xlsx": "xlsx:Calc MS Excel 2007 XML",
}
# What a DOCX of ours asks for, and which bundled face plays the part (fonts/README.md).
PARTS = [
    ("仿宋_GB2312", "FandolFang", None),
    ("仿宋", "FandolFang", None),
    ("方正小标宋简体", "FW Serif SC", "bold"),
    ("黑体", "FW Sans SC", "medium"),
    ("SimHei", "FW Sans SC", "medium"),
    ("宋体", "FW Serif SC", "regular"),
    ("SimSun", "FW Serif SC", "regular"),
    ("Times New Roman", "FW Serif SC", "regular"),
]


class Trouble(Exception):
    """LibreOffice did not do what it should, and what it said."""


def fontconfig(cache):
    """A fontconfig configuration that knows the bundled faces and nothing else of the machine."""
    rules = []
    for asked, given, weight in PARTS:
        heavy = f'<edit name="weight" mode="assign" binding="strong"><const>{weight}</const></edit>' if weight else ""
        rules.append(
            f'<match target="pattern"><test name="family"><string>{asked}</string></test>'
            f'<edit name="family" mode="assign" binding="strong"><string>{given}</string></edit>{heavy}</match>'
        )
    last = '<match target="pattern"><edit name="family" mode="append_last"><string>FW Serif SC</string></edit></match>'
    # A folder of fonts may have recipes and texts beside the faces; fontconfig passes over them.
    return (
        '<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n<fontconfig>'
        f"<dir>{escape(str(FONTS))}</dir><cachedir>{escape(str(cache))}</cachedir>\n" + "\n".join(rules + [last]) + "\n</fontconfig>\n"
    )


def environment(home):
    """The variables of a run: nothing of the person's own office, fonts or language."""
    home = Path(home)
    (home / "fonts.conf").write_text(fontconfig(home / "font-cache"), encoding="utf-8")
    kept = {name: os.environ[name] for name in ("PATH", "TMPDIR") if name in os.environ}
    return kept | {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_CACHE_HOME": str(home / "cache"),
        "FONTCONFIG_FILE": str(home / "fonts.conf"),
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "SAL_USE_VCLPLUGIN": "svp",
    }


def options(home):
    return [f"-env:UserInstallation={(Path(home) / 'profile').as_uri()}", "--headless", "--norestore", "--nologo", "--nodefault", "--nolockcheck"]


def stop(process):
    """Ends the program with all it started: the command is a script that starts the real one."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()


def convert(kind, folder, files):
    """Every file as `kind`, in the folder; one run of the program."""
    folder, files = Path(folder).resolve(), [Path(file).resolve() for file in files]
    folder.mkdir(parents=True, exist_ok=True)
    sheets = all(file.suffix == ".xlsx" for file in files)
    filter = "pdf:calc_pdf_Export" if sheets and kind == "pdf" else FILTERS[kind]
    targets = [folder / f"{file.stem}.{kind}" for file in files]
    if len(set(targets)) != len(targets) or set(targets) & set(files):
        raise Trouble("two files would become one, or a file itself")
    for target in targets:
        target.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(prefix="office-", dir=folder) as home:
        command = ["soffice", *options(home), "--convert-to", filter, "--outdir", str(folder), *map(str, files)]
        try:
            process = subprocess.Popen(command, env=environment(home), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, start_new_session=True)
        except FileNotFoundError:
            raise Trouble("there is no soffice; tests/run --install installs it") from None
        try:
            said, _ = process.communicate(timeout=LIMIT)
        except subprocess.TimeoutExpired:
            raise Trouble(f"LibreOffice was not done with {len(files)} files after {LIMIT} s") from None
        finally:
            stop(process)
    lost = [target.name for target in targets if not target.is_file()]
    if lost:
        raise Trouble(f"LibreOffice made no {', '.join(lost)}: {said.decode('utf-8', 'replace').strip()}")
    return targets


def main():
    kind, folder, *files = sys.argv[1:]
    try:
        for target in convert(kind, folder, files):
            print(target)
    except Trouble as trouble:
        sys.exit(str(trouble))


if __name__ == "__main__":
    main()
