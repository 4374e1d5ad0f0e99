// Reads every field with pdf.js (Firefox's reader), fills one, and saves.
//
//     fill_pdfjs.mjs IN.pdf OUT.pdf NAME VALUE
//
// READERS_NODE names the folder of installed packages.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [source, target, name, value] = process.argv.slice(2);
const home = join(process.env.READERS_NODE, "pdfjs-dist");
// The library says on the console what it lacks in Node; standard output is for the report alone.
console.log = console.warn = () => {};
const pdfjs = await import(pathToFileURL(join(home, "legacy/build/pdf.mjs")).href);
const options = { cMapUrl: join(home, "cmaps/"), cMapPacked: true, standardFontDataUrl: join(home, "standard_fonts/"), verbosity: 0 };
const open = (path) => pdfjs.getDocument({ data: new Uint8Array(readFileSync(path)), ...options }).promise;

const problems = [];
const document = await open(source);
const fields = await document.getFieldObjects();
const before = values(fields);
const widgets = (fields?.[name] ?? []).filter((field) => field.type === "text" || field.type === "combobox");
if (widgets.length === 0) {
  problems.push(`pdf.js does not see ${name}`);
} else {
  for (const widget of widgets) document.annotationStorage.setValue(widget.id, { value });
  writeFileSync(target, await document.saveDocument());
  const after = values(await (await open(target)).getFieldObjects());
  if (after[name] !== value) problems.push(`pdf.js does not read its own value back in ${name}`);
  for (const other of Object.keys(before)) {
    if (other !== name && after[other] !== before[other]) problems.push(`pdf.js changed ${other}`);
  }
}
const checked = Object.keys(before).length;
if (checked === 0) problems.push("pdf.js sees no field");
process.stdout.write(JSON.stringify({ ok: problems.length === 0, problems, facts: { checked, values: process.env.WITH_VALUES ? before : undefined } }));
process.exit(problems.length ? 1 : 0);

function values(fields) {
  const found = {};
  for (const [name, objects] of Object.entries(fields ?? {})) {
    const object = objects.find((one) => one.type === "text" || one.type === "combobox");
    if (object) found[name] = String(object.value ?? "");
  }
  return found;
}
