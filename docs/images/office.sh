#!/usr/bin/env bash
# Makes the pictures of docs/office.md from the samples: the real report, print run, sheet and workbook. Nobody in them exists.
# Needs poppler-utils, LibreOffice, Chromium, DejaVu, and a Python with Pillow and openpyxl (tests/run makes one).
set -euo pipefail
cd "$(dirname "$0")/../.."
formwright=$PWD/target/release/formwright
python=${PYTHON:-target/readers/venv/bin/python}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Chinese in headless programs: the faces of this repository, DejaVu for the signs.
cat > "$work/fonts.conf" <<END
<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>$PWD/fonts</dir><dir>/usr/share/fonts/truetype/dejavu</dir><cachedir>$work/cache</cachedir>
<match target="pattern"><test name="family"><string>Noto Sans CJK SC</string></test>
<edit name="family" mode="prepend" binding="strong"><string>FW Sans SC</string><string>DejaVu Sans</string></edit></match>
</fontconfig>
END
export FONTCONFIG_FILE=$work/fonts.conf LANG=zh_CN.UTF-8
"$formwright" batch samples/batch.jsonl -o "$work/list" --progress none 2> "$work/said" || [ $? = 1 ] # two are held back
"$formwright" batch samples/dossier -o "$work/dossier" --progress none 2>> "$work/said"
"$formwright" template-xlsx recommendation -o "$work/blank.xlsx"
"$python" - samples/batch.jsonl "$work/blank.xlsx" "$work/workbook.xlsx" <<'END'
import json, sys
import openpyxl

people = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")][:4]
book = openpyxl.load_workbook(sys.argv[2])
sheet = book["人员"]
for at, cell in enumerate(sheet[2], 1):
    for row, person in enumerate(people, 3):
        if isinstance(person.get(cell.value), str):
            sheet.cell(row, at, person[cell.value])
for name in book.sheetnames[1:]:
    del book[name]
for row in range(3, 3 + len(people)):
    sheet.row_dimensions[row].height = 36 # Excel makes them higher while one types
sheet.print_area = "A1:K6"
sheet.print_options.headings = sheet.print_options.gridLines = True
sheet.print_title_rows = None
sheet.sheet_properties.pageSetUpPr = openpyxl.worksheet.properties.PageSetupProperties(fitToPage=True)
sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 1
book.save(sys.argv[3])
END
cp "$work/list/一览表/全部.xlsx" "$work/summary.xlsx"
soffice "-env:UserInstallation=file://$work/office" --headless --convert-to pdf --outdir "$work" "$work/workbook.xlsx" "$work/summary.xlsx" > "$work/soffice" 2>&1
cp "$work/list/报告.html" "$work/report.html"
timeout 60 chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --user-data-dir="$work/chromium" --window-size=1280,1000 \
    --screenshot="$work/report.png" "file://$work/report.html" > "$work/chromium.log" 2>&1
pdftoppm -r 55 -png "$work/dossier/打印/打印.pdf" "$work/page"
pdftoppm -r 90 -png -f 1 -l 1 "$work/summary.pdf" "$work/summary"
pdftoppm -r 110 -png -f 1 -l 1 "$work/workbook.pdf" "$work/workbook"
"$python" - "$work" docs/images <<'END'
import glob, sys
from PIL import Image, ImageChops

work, out = sys.argv[1:]

def trimmed(picture, edge=10):
    inked = ImageChops.difference(picture, Image.new("RGB", picture.size, "white")).getbbox()
    left, top, right, bottom = inked
    return picture.crop((max(left - edge, 0), max(top - edge, 0), min(right + edge, picture.width), min(bottom + edge, picture.height)))

def save(picture, name, colours):
    picture.quantize(colours, dither=Image.Dither.NONE).save(f"{out}/{name}.png", optimize=True)

def opened(name):
    return Image.open(sorted(glob.glob(f"{work}/{name}"))[0]).convert("RGB")

save(opened("report.png"), "office-report", 32)
pages = [opened(f"page-{number:02}.png") for number in (1, 2, 7, 9, 10)]
gap, (width, height) = 6, pages[0].size
strip = Image.new("RGB", (len(pages) * (width + gap) + gap, height + 2 * gap), "#8a8f98")
for at, page in enumerate(pages):
    strip.paste(page, (gap + at * (width + gap), gap))
save(strip, "office-print", 32)
save(trimmed(opened("summary-*.png")), "office-sheet", 16)
save(trimmed(opened("workbook-*.png")), "office-workbook", 24)
END
