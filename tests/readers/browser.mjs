// Works a page in Chromium as a person would, and tells what came of it. Chromium sees the fonts of this repository and no others.
//
//     browser.mjs JOB.json          the report goes to standard output: { ok, problems, facts }
//
// The job: { "viewport": { "width": 1280, "height": 900 }, "locale": "zh-CN", "script": true, "steps": [ … ] }. A step is an object of one verb:
//
//     { "goto": URL }                                    opens a page (http:, file:)
//     { "viewport": { "width": 768, "height": 1024 } }   makes the window another size
//     { "fill": CSS, "with": TEXT }                      writes into a text control
//     { "select": CSS, "with": VALUE }                   chooses an option
//     { "check": CSS } { "uncheck": CSS }                ticks a box, takes the tick away
//     { "upload": CSS, "files": [PATH, …] }              chooses files in a file input
//     { "drop": CSS, "files": [PATH, …] }                drops files on an element
//     { "click": CSS } { "focus": CSS } { "hover": CSS } the mouse, the caret
//     { "press": KEY, "times": 3 } { "type": TEXT }      the keyboard, wherever the focus is
//     { "tab": { NAME: TEXT, … }, "most": 200, "as": KEY }   goes through the page with the Tab key from where the focus is, types
//                                                        into the controls of those names, and notes the names in their order
//     { "download": PATH, "click": CSS }                 clicks, and keeps the file that comes
//     { "see": CSS, "text": TEXT, "count": 3 }           waits for it (shown, with that text in it, so many of it)
//     { "gone": CSS }                                    waits until it is not shown any more
//     { "url": REGEX }                                   waits for an address
//     { "ask": JAVASCRIPT, "as": KEY }                   evaluates an expression in the page, into facts.answers
//     { "screenshot": PATH, "of": CSS, "full": true }    a picture of the window, of an element, of the whole page
//     { "print": PATH }                                  the page as Chromium prints it, a PDF
//     { "audit": KEY }                                   what axe-core has against the page, serious or worse, into facts.answers;
//                                                        each of them is a problem, and so is a page that is wider than its window
//
// Any step may have "seconds", how long it may take (10). A step that fails ends the job. Problems are also: an error on the
// console (a broken Content-Security-Policy is one), an exception in a script, a request to another host than the pages'
// own; "quiet": [REGEX, …] in the job lists console errors that are meant to happen. Values are never part of a problem.
//
// READERS_NODE names the folder of installed packages.
import { readFileSync, mkdtempSync, writeFileSync, rmSync, existsSync } from "node:fs";
import { basename, delimiter, dirname, join, resolve } from "node:path";
import { tmpdir } from "node:os";
import { fileURLToPath, pathToFileURL } from "node:url";

const job = JSON.parse(readFileSync(process.argv[2], "utf8"));
const { chromium } = await import(pathToFileURL(join(process.env.READERS_NODE, "playwright-core/index.mjs")).href);
const home = mkdtempSync(join(tmpdir(), "browser-"));
const problems = [];
const facts = { answers: {}, requests: [], steps: 0 };
const hosts = new Set();
const quiet = (job.quiet ?? []).map((words) => new RegExp(words));

try {
  const context = await chromium.launchPersistentContext(join(home, "profile"), {
    executablePath: program(),
    headless: true,
    viewport: job.viewport ?? { width: 1280, height: 900 },
    locale: job.locale ?? "zh-CN",
    acceptDownloads: true,
    javaScriptEnabled: job.script !== false,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
    // Without a locale of UTF-8 Chromium passes files by whose names are Chinese; C.UTF-8 is on every machine.
    env: { PATH: process.env.PATH, HOME: home, LANG: "C.UTF-8", FONTCONFIG_FILE: fonts() },
  });
  const page = context.pages()[0] ?? (await context.newPage());
  context.on("page", watch);
  watch(page);
  for (const step of job.steps) {
    try {
      await perform(page, step, (step.seconds ?? 10) * 1000);
      facts.steps += 1;
    } catch (error) {
      problems.push(`step ${facts.steps + 1} (${shown(step)}): ${String(error.message ?? error).split("\n")[0]}`);
      break;
    }
  }
  await context.close();
} catch (error) {
  problems.push(String(error.message ?? error));
} finally {
  rmSync(home, { recursive: true, force: true, maxRetries: 5 });
}
process.stdout.write(JSON.stringify({ ok: problems.length === 0, problems, facts }));
process.exit(problems.length ? 1 : 0);

async function perform(page, step, timeout) {
  const verb = ["download", ...Object.keys(step)].find((key) => key in step);
  const at = () => page.locator(step[verb]).first();
  switch (verb) {
    case "goto":
      hosts.add(new URL(step.goto).host);
      return page.goto(step.goto, { timeout, waitUntil: "load" });
    case "viewport": return page.setViewportSize(step.viewport);
    case "fill": return at().fill(step.with, { timeout });
    case "select": return at().selectOption(step.with, { timeout });
    case "check": return at().check({ timeout });
    case "uncheck": return at().uncheck({ timeout });
    case "upload": return at().setInputFiles(step.files, { timeout });
    case "drop": return drop(page, step, timeout);
    case "click": return at().click({ timeout });
    case "focus": return at().focus({ timeout });
    case "hover": return at().hover({ timeout });
    case "press":
      for (let time = 0; time < (step.times ?? 1); time += 1) await page.keyboard.press(step.press);
      return;
    case "type": return page.keyboard.type(step.type);
    case "tab": return walk(page, step);
    case "download": {
      const coming = page.waitForEvent("download", { timeout });
      coming.catch(() => {}); // Where the click fails, that is told, and not this.
      await page.locator(step.click).first().click({ timeout });
      const download = await coming;
      (facts.downloads ??= []).push(download.suggestedFilename());
      return download.saveAs(step.download);
    }
    case "see": return see(page, step, timeout);
    case "gone": return at().waitFor({ state: "hidden", timeout });
    case "url": return page.waitForURL(new RegExp(step.url), { timeout });
    case "ask":
      facts.answers[step.as] = await page.evaluate(step.ask);
      return;
    case "screenshot": {
      const options = { path: step.screenshot, timeout };
      return step.of ? page.locator(step.of).first().screenshot(options) : page.screenshot({ ...options, fullPage: step.full === true });
    }
    case "audit": return audit(page, step);
    case "print": return page.pdf({ path: step.print, preferCSSPageSize: true, printBackground: true });
    default: throw new Error("no such verb");
  }
}

async function see(page, step, timeout) {
  const found = step.text === undefined ? page.locator(step.see) : page.locator(step.see).filter({ hasText: step.text });
  await found.first().waitFor({ state: "visible", timeout });
  if (step.count !== undefined) {
    const end = Date.now() + timeout;
    while ((await found.count()) !== step.count) {
      if (Date.now() > end) throw new Error(`there are ${await found.count()}`);
      await page.waitForTimeout(50);
    }
  }
}

// The rules of WCAG 2.2 AA as far as a program can tell, and the page's width.
async function audit(page, step) {
  await page.evaluate(readFileSync(join(process.env.READERS_NODE, "axe-core/axe.min.js"), "utf8"));
  const found = await page.evaluate(async () => {
    const { violations } = await axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] });
    const serious = violations.filter(({ impact }) => ["serious", "critical"].includes(impact));
    const told = serious.map(({ id, nodes }) => `${id} at ${nodes.map(({ target }) => target.join(" ")).slice(0, 3).join(", ")}`);
    const { scrollWidth, clientWidth } = document.documentElement;
    return scrollWidth > clientWidth ? [...told, `the page is ${scrollWidth} px wide in a window of ${clientWidth}`] : told;
  });
  facts.answers[step.audit] = found;
  problems.push(...found.map((one) => `${step.audit}: ${one}`));
}

async function drop(page, step, timeout) {
  const files = step.files.map((path) => ({ name: basename(path), base64: readFileSync(path).toString("base64") }));
  const data = await page.evaluateHandle((files) => {
    const transfer = new DataTransfer();
    for (const { name, base64 } of files) transfer.items.add(new File([Uint8Array.from(atob(base64), (ch) => ch.charCodeAt(0))], name));
    return transfer;
  }, files);
  for (const kind of ["dragenter", "dragover", "drop"]) await page.locator(step.drop).first().dispatchEvent(kind, { dataTransfer: data }, { timeout });
}

// Every element that the Tab key comes to, by its name or else its id or text, until it is through or has come round.
async function walk(page, step) {
  const seen = [];
  const left = new Map(Object.entries(step.tab));
  for (let presses = 0; presses < (step.most ?? 500); presses += 1) {
    await page.keyboard.press("Tab");
    const now = await page.evaluate(() => {
      const at = document.activeElement;
      if (!at || at === document.body || at === document.documentElement) return null;
      const again = at.hasAttribute("data-walked");
      at.setAttribute("data-walked", "");
      const box = at.getBoundingClientRect();
      return { name: at.name || at.id || at.textContent.trim(), again, select: at.tagName === "SELECT", shown: box.width > 0 && box.height > 0 };
    });
    if (now === null || now.again) break;
    if (!now.shown) throw new Error("the focus is on something that nobody sees");
    seen.push(now.name);
    if (left.has(now.name)) {
      if (now.select) await choose(page, left.get(now.name));
      else await page.keyboard.insertText(left.get(now.name));
      left.delete(now.name);
    }
  }
  facts.answers[step.as ?? "tab"] = seen;
  if (left.size > 0) throw new Error(`the Tab key did not come to ${[...left.keys()].join(", ")}`);
}

// A closed list is gone through with the arrow keys.
async function choose(page, value) {
  for (let presses = 0; presses < 50; presses += 1) {
    if ((await page.evaluate(() => document.activeElement.value)) === value) return;
    await page.keyboard.press("ArrowDown");
  }
  throw new Error("the arrow keys did not come to the option");
}

function watch(page) {
  page.on("console", (message) => {
    if (message.type() !== "error" || quiet.some((words) => words.test(message.text()))) return;
    problems.push(`console: ${message.text().slice(0, 300)}`);
  });
  page.on("pageerror", (error) => problems.push(`exception: ${String(error.message).slice(0, 300)}`));
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (["data:", "blob:", "about:"].includes(url.protocol)) return;
    if (facts.requests.length < 200) facts.requests.push(`${request.method()} ${url.pathname}`);
    if (!hosts.has(url.host)) problems.push(`a request to another host: ${url.protocol}//${url.host}`);
  });
  page.on("dialog", (dialog) => dialog.accept().catch(() => {}));
}

// What a step is, without what it types.
function shown(step) {
  const { with: _, type, tab, ...rest } = step;
  if (type !== undefined) rest.type = "…";
  if (tab !== undefined) rest.tab = Object.keys(tab);
  return JSON.stringify(rest).slice(0, 200);
}

function program() {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const found = ["chromium", "chromium-browser", "google-chrome"].flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path));
  if (!found) throw new Error("no chromium on the PATH; tests/run installs it");
  return found;
}

function fonts() {
  const folder = resolve(dirname(fileURLToPath(import.meta.url)), "../../fonts");
  const path = join(home, "fonts.conf");
  const sans = ["sans-serif", "system-ui", "Noto Sans CJK SC"].map((name) => alias(name, "FW Sans SC"));
  const serif = ["serif", "SimSun"].map((name) => alias(name, "FW Serif SC"));
  writeFileSync(path, `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><dir>${folder}</dir><cachedir>${join(home, "cache")}</cachedir>${[...sans, ...serif].join("")}</fontconfig>`);
  return path;
}

function alias(asked, given) {
  return `<match target="pattern"><test name="family"><string>${asked}</string></test><edit name="family" mode="prepend" binding="strong"><string>${given}</string></edit></match>`;
}
