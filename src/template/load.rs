//! Loading: all files of a template read and judged together, so that a person sees every mistake at once.

use std::ops::Range;

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::engine::Engine;
use super::ink::{self, Part, Parts};
use super::json::Json;
use super::source::{Source, refuse_marks, suggest};
use super::{Files, Template, helpers, tree, weave};
use crate::diag::{Diagnostics, Message};
use crate::form::TemplateId;

/// What `template.json` may say.
const KEYS: [&str; 4] = ["id", "version", "title", "outputs"];

/// The formats there are.
const OUTPUTS: [&str; 7] = ["pdf", "fillable", "docx", "html", "xlsx", "png", "schema"];

/// The file of a template that holds a record to show it with; the files that the record names lie beside it.
pub const SAMPLE: &str = "sample.json";

/// A file of a template longer than this is none that a person wrote.
const LONGEST: usize = 1 << 20;

pub(super) fn load(id: &str, files: &Files) -> Result<Template, Diagnostics> {
    let mut loader = Loader { files, sources: Vec::new(), found: Diagnostics::default() };
    let about = loader.about(id);
    let ink = loader.ink(id);
    let parts = loader.parts(id);
    let form = loader.part(&format!("{id}/form.hbs"));
    let Loader { sources, mut found, .. } = loader;
    let (Some(about), Some(ink), Some(form)) = (about, ink, form) else { return Err(found) };
    let data = Value::Object(ink.clone());
    let mut arrays = ink::check(&form, &parts, &sources, &data, &mut found);
    arrays.extend(ink::check(&about.title, &Parts::new(), &sources, &data, &mut found));
    if found.has_errors() {
        return Err(found);
    }
    let title_at = sources.get(about.title.file).map(|source| source.place(about.title_at.clone()));
    let engine = Engine::new(sources, &form, &parts, &about.title, ink, arrays)?;
    let title = engine.title()?;
    if let Some(place) = title_at.filter(|_| title.trim().is_empty() || title.chars().any(char::is_control)) {
        let message =
            Message::new("标题是空的，或有换行等控制字符。", "the title is empty or holds line breaks or other control characters");
        found.push(crate::diag::Diagnostic::error("bad-title", place, message));
        return Err(found);
    }
    // The blank form must come out of every template; a fuller one shows what only stands in later rows.
    for rows in [0, 12] {
        if let Err(trouble) = engine.expand(&|_| rows) {
            found.extend(trouble);
        }
    }
    if found.has_errors() {
        return Err(found);
    }
    let id = TemplateId { id: id.to_owned(), version: about.version, title, digest: digest(id, files) };
    Ok(Template { id, outputs: about.outputs, engine })
}

/// What `template.json` says.
struct About {
    version: String,
    title: Part,
    title_at: Range<usize>,
    outputs: Vec<String>,
}

struct Loader<'a> {
    files: &'a Files,
    sources: Vec<Source>,
    found: Diagnostics,
}

impl Loader<'_> {
    fn about(&mut self, id: &str) -> Option<About> {
        let file = self.open(&format!("{id}/template.json"))?;
        let Loader { sources, found, .. } = self;
        let source = sources.get(file)?;
        let json = Json::read(source, found)?;
        for member in json.members.iter().filter(|member| !member.path.contains('/') && !KEYS.contains(&member.path.as_str())) {
            let key = &member.path;
            let diagnostic =
                source.error(member.key.clone(), "unknown-key", format!("没有 `{key}` 这个键。"), format!("unknown key `{key}`"));
            let help = Message::new("可以写 id、version、title、outputs。", "the keys are id, version, title and outputs");
            found.push(suggest(diagnostic, key, KEYS, Some(help)));
        }
        let said = text(source, &json, "id", found);
        if let Some((said, at)) = said
            && said != id
        {
            let (zh, en) = (format!("id 应与文件夹同名：`{id}`。"), format!("the id must be the folder's name, `{id}`"));
            found.push(source.error(at, "wrong-id", zh, en));
        }
        let outputs = outputs(source, &json, found);
        let version = text(source, &json, "version", found).map(|(version, _)| version);
        let (_, at) = text(source, &json, "title", found)?;
        let title_at = at.start + 1..at.end.saturating_sub(1).max(at.start + 1);
        if source.slice(&title_at).contains('\\') {
            let (zh, en) = ("标题里不能有反斜线。", "the title must not hold a backslash");
            found.push(source.error(at, "bad-title", zh, en).with_help(Message::new(
                "请直接写出字符；标签里的文字用单引号。",
                "write the characters themselves, and texts in tags with single quotes",
            )));
            return None;
        }
        let tree = tree::read(source, title_at.clone(), found);
        Some(About { version: version?, title: Part { file, tree }, title_at, outputs: outputs? })
    }

    /// What ink may read: the facts of the round and the template's own defaults, side by side.
    fn ink(&mut self, id: &str) -> Option<Map<String, Value>> {
        let round = self.open("round.json");
        let name = format!("{id}/defaults.json");
        let defaults = if self.files.contains_key(&name) { self.open(&name) } else { None };
        let complete = round.is_some() && defaults.is_some() == self.files.contains_key(&name);
        let mut ink = Map::new();
        let mut sound = complete;
        for file in [round, defaults].into_iter().flatten() {
            let Loader { sources, found, .. } = &mut *self;
            let source = sources.get(file)?;
            let Some(json) = Json::read(source, found) else {
                sound = false;
                continue;
            };
            self.readable(file, &json);
            let Value::Object(members) = &json.value else { continue };
            for (key, value) in members {
                let at = json.members.iter().find(|member| member.path == *key).map_or(0..1, |member| member.key.clone());
                let source = self.sources.get(file)?;
                if ink.contains_key(key) {
                    let (zh, en) = (format!("`{key}` 在 round.json 里已经有了。"), format!("`{key}` stands in round.json already"));
                    self.found.push(source.error(at, "name-taken", zh, en));
                } else if helpers::find(key).is_some() {
                    let (zh, en) = (format!("`{key}` 是助手的名字。"), format!("`{key}` is the name of a helper"));
                    self.found
                        .push(source.error(at, "name-taken", zh, en).with_help(Message::new("请换一个名字。", "choose another name")));
                } else {
                    ink.insert(key.clone(), value.clone());
                }
            }
        }
        sound.then_some(ink)
    }

    /// Keys must be words that a path can name, and texts must not hold our marks, also not as `\u…`.
    fn readable(&mut self, file: usize, json: &Json) {
        let Some(source) = self.sources.get(file) else { return };
        for member in &json.members {
            let step = member.path.rsplit('/').next().unwrap_or("");
            let word = !step.is_empty() && step.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-' || !c.is_ascii());
            if member.key != member.value && (!word || step == "this" || step.contains(weave::is_mark)) {
                let (zh, en) = ("模板读不到这样的键。", "no path can name this key");
                let help = Message::new("键只用字母、数字和下划线。", "use letters, digits and underscores");
                self.found.push(source.error(member.key.clone(), "bad-key", zh, en).with_help(help));
            }
            let raw = source.slice(&member.value);
            if raw.starts_with('"') && raw.contains("\\u") {
                let text: String = serde_json::from_str(raw).unwrap_or_default();
                if text.contains(weave::is_mark) {
                    let (zh, en) = ("这里有私用字符。", "this text holds a private-use character");
                    self.found.push(source.error(member.value.clone(), "private-character", zh, en));
                }
            }
        }
    }

    /// The shared partials, and over them the template's own.
    fn parts(&mut self, id: &str) -> Parts {
        let own = format!("{id}/partials/");
        let mut parts = Parts::new();
        for folder in ["partials/", &own] {
            let paths: Vec<&String> = self.files.keys().filter(|path| path.starts_with(folder) && path.ends_with(".hbs")).collect();
            for path in paths {
                let name = path.strip_prefix(folder).and_then(|name| name.strip_suffix(".hbs")).unwrap_or("").to_owned();
                if let Some(part) = self.part(path) {
                    parts.insert(name, part);
                }
            }
        }
        parts
    }

    fn part(&mut self, path: &str) -> Option<Part> {
        let file = self.open(path)?;
        let Loader { sources, found, .. } = self;
        let source = sources.get(file)?;
        let tree = tree::read(source, 0..source.text.len(), found);
        Some(Part { file, tree })
    }

    /// Takes a file among the sources and gives its index.
    fn open(&mut self, path: &str) -> Option<usize> {
        let Some(text) = self.files.get(path) else {
            let source = Source::new(path, "");
            let (zh, en) = (format!("缺少文件 {path}。"), format!("the file {path} is missing"));
            let mistake = source.error(0..1, "missing-file", zh, en);
            self.found.push(match path.ends_with("/template.json") {
                true => mistake.with_help(Message::new(
                    "请写一个，内有 id（文件夹名）、version、title、outputs",
                    "write one with id (the folder's name), version, title and outputs",
                )),
                false => mistake,
            });
            return None;
        };
        let source = Source::new(path, text);
        if text.len() > LONGEST {
            self.found.push(source.error(0..1, "too-large", "文件超过 1 MB。", "the file is larger than 1 MB"));
            return None;
        }
        let before = self.found.len();
        refuse_marks(&source, &mut self.found);
        if self.found.len() > before {
            return None;
        }
        self.sources.push(source);
        Some(self.sources.len() - 1)
    }
}

/// A text of `template.json` that must be there, with its place.
fn text(source: &Source, json: &Json, key: &str, found: &mut Diagnostics) -> Option<(String, Range<usize>)> {
    match json.value.get(key) {
        Some(Value::String(text)) if !text.trim().is_empty() => Some((text.clone(), json.at(key))),
        Some(_) => {
            let (zh, en) = (format!("`{key}` 要一段文字。"), format!("`{key}` must be a text"));
            found.push(source.error(json.at(key), "wrong-type", zh, en));
            None
        }
        None => {
            found.push(source.error(0..1, "missing-key", format!("缺少 `{key}`。"), format!("the key `{key}` is missing")));
            None
        }
    }
}

fn outputs(source: &Source, json: &Json, found: &mut Diagnostics) -> Option<Vec<String>> {
    let Some(value) = json.value.get("outputs") else {
        found.push(source.error(0..1, "missing-key", "缺少 `outputs`。", "the key `outputs` is missing"));
        return None;
    };
    let Some(items) = value.as_array().filter(|items| !items.is_empty()) else {
        found.push(source.error(json.at("outputs"), "wrong-type", "`outputs` 要一个列表。", "`outputs` must be a list"));
        return None;
    };
    let mut outputs = Vec::new();
    for (index, item) in items.iter().enumerate() {
        match item.as_str() {
            Some(output) if OUTPUTS.contains(&output) => outputs.push(output.to_owned()),
            other => {
                let word = other.unwrap_or("");
                let at = json.at(&format!("outputs/{index}"));
                let diagnostic = source.error(at, "unknown-output", "没有这种输出。", "there is no such output");
                let help = Message::new(format!("可以写 {}。", OUTPUTS.join("、")), format!("the outputs are {}", OUTPUTS.join(", ")));
                found.push(suggest(diagnostic, word, OUTPUTS, Some(help)));
            }
        }
    }
    Some(outputs)
}

/// SHA-256 over the files that belong to a template, in the order of their paths, each with the lengths of
/// its path and text, so that no two sets of files give the same bytes. The sample record is no part of the form.
fn digest(id: &str, files: &Files) -> String {
    let own = format!("{id}/");
    let sample = format!("{id}/{SAMPLE}");
    let mut hash = Sha256::new();
    for (path, text) in files.iter().filter(|(path, _)| **path != sample) {
        if path.starts_with(&own) || path.starts_with("partials/") || path == "round.json" {
            for part in [path, text] {
                hash.update((part.len() as u64).to_be_bytes());
                hash.update(part.as_bytes());
            }
        }
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
