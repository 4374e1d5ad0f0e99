// Reads every field with pdf-lib, fills one in an embedded font, and saves.
//
//     fill_pdflib.mjs IN.pdf OUT.pdf NAME VALUE FONT
//
// READERS_NODE names the folder of installed packages.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const [source, target, name, value, face] = process.argv.slice(2);
const require = createRequire(join(process.env.READERS_NODE, "index.js"));
const { PDFDocument, PDFTextField } = require("pdf-lib");
const fontkit = require("@pdf-lib/fontkit");
console.log = console.warn = () => {};

const problems = [];
const document = await PDFDocument.load(readFileSync(source));
const form = document.getForm();
const fields = form.getFields();
const texts = fields.filter((field) => field instanceof PDFTextField);
const before = Object.fromEntries(texts.map((field) => [field.getName(), field.getText() ?? ""]));
const field = texts.find((one) => one.getName() === name);
if (!field) {
  problems.push(`pdf-lib does not see ${name}`);
} else {
  document.registerFontkit(fontkit);
  const font = await document.embedFont(readFileSync(face), { subset: true });
  field.setText(value);
  field.updateAppearances(font);
  writeFileSync(target, await document.save({ updateFieldAppearances: false }));
  const again = (await PDFDocument.load(readFileSync(target))).getForm();
  if (again.getTextField(name).getText() !== value) problems.push(`pdf-lib does not read its own value back in ${name}`);
  for (const other of Object.keys(before)) {
    if (other !== name && (again.getTextField(other).getText() ?? "") !== before[other]) problems.push(`pdf-lib changed ${other}`);
  }
}
if (texts.length === 0) problems.push("pdf-lib sees no text field");
process.stdout.write(JSON.stringify({ ok: problems.length === 0, problems, facts: { checked: fields.length } }));
process.exit(problems.length ? 1 : 0);
