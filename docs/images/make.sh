#!/usr/bin/env bash
# Makes the README's pictures from the real pages. Needs poppler-utils and imagemagick.
set -euo pipefail
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cargo build --release --quiet
formwright=target/release/formwright
pages() { # NAME RESOLUTION TEMPLATE RECORD
    "$formwright" render "$3" "samples/$4.json" -o "$work/$1.pdf"
    pdftoppm -r "$2" -png "$work/$1.pdf" "$work/$1"
}
strip() { # OUT PICTURES…
    montage "${@:2}" -tile x1 -geometry +6+6 -background '#8a8f98' -depth 8 -strip -define png:exclude-chunks=date,time "$1"
}
pages form 50 recommendation nominee
strip docs/images/form.png "$work"/form-{1,2,3}.png
strip docs/images/form-2.png "$work"/form-{4,5,6}.png
pages over 50 recommendation overfull
strip docs/images/annex.png "$work"/over-0{5,7,8}.png
pages sheet 85 summary sheet
strip docs/images/sheet.png "$work"/sheet-1.png
