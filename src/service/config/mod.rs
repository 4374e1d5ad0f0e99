//! Settings from flags, the environment and a file, in this order of strength; everything that is wrong with them is told at once.

mod safety;
mod table;
mod value;

pub use table::{GROUPS, SETTINGS, Setting};

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::folder;
use super::keys::Keys;
use super::settings::Settings;
use super::tls::Tls;
use crate::diag::{Diagnostic, Diagnostics, Message, Place, nearest};

/// What the variables of the environment begin with.
const PREFIX: &str = "FORMWRIGHT_";

/// Variables that belong to the program as a whole, and the one that names the file.
const OTHERS: &[&str] = &["FORMWRIGHT_CONFIG"];

/// Where settings come from.
#[derive(Default)]
pub struct Sources {
    /// Flags by their names without dashes, each with what was given to it; a switch was given `true`.
    pub flags: BTreeMap<String, Vec<String>>,
    /// The environment.
    pub environment: BTreeMap<String, String>,
    /// The file, TOML.
    pub file: Option<PathBuf>,
}

/// What a service will do.
#[derive(Debug)]
pub struct Plan {
    /// How it behaves.
    pub settings: Settings,
    /// The folder of templates that the file names.
    pub templates: Option<PathBuf>,
    /// The folders of fonts that the file names.
    pub fonts: Vec<PathBuf>,
    /// What an administrator should look at.
    pub warnings: Diagnostics,
}

/// Settings in the making: files are read once everything is named.
#[derive(Default)]
pub struct Draft {
    pub(super) settings: Settings,
    pub(super) keys: Option<PathBuf>,
    pub(super) certificate: Option<PathBuf>,
    pub(super) key: Option<PathBuf>,
    pub(super) plain_http: bool,
    pub(super) folder: Option<PathBuf>,
    pub(super) templates: Option<PathBuf>,
    pub(super) fonts: Vec<PathBuf>,
}

/// Puts the settings together, reads keys and certificate, and looks whether it is safe to start so.
///
/// Nothing is made or opened but what is read; the folder of the batches is looked at by [`Plan::folder_ready`].
pub fn plan(sources: &Sources) -> Result<Plan, Diagnostics> {
    let (mut wrong, mut warnings) = (Diagnostics::default(), Diagnostics::default());
    let file = sources.file.as_deref().map(|path| read(path, &mut wrong)).unwrap_or_default();
    unknown_variables(&sources.environment, &mut warnings);
    let mut draft = Draft::default();
    for setting in SETTINGS {
        let variable = variable(setting.name);
        let (place, values) = if let Some(values) = sources.flags.get(setting.name) {
            (format!("--{}", setting.name), values.clone())
        } else if let Some(text) = sources.environment.get(&variable) {
            // Several values are a list with commas, as no value that may be repeated has one.
            let split = |text: &String| text.split(',').map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect();
            (variable, if setting.many { split(text) } else { vec![text.clone()] })
        } else if let (Some(values), Some(path)) = (file.get(setting.name), &sources.file) {
            (format!("{}: {}", path.display(), setting.name), values.clone())
        } else {
            continue;
        };
        for value in &values {
            if let Err(message) = (setting.set)(&mut draft, value) {
                wrong.push(Diagnostic::error("bad-setting", Place::File { file: place.clone() }, message));
            }
        }
    }
    files(&mut draft, &sources.environment, &mut wrong);
    safety::judge(&draft, &mut wrong, &mut warnings);
    if wrong.has_errors() {
        wrong.extend(warnings);
        return Err(wrong);
    }
    let Draft { settings, templates, fonts, .. } = draft;
    Ok(Plan { settings, templates, fonts, warnings })
}

impl Plan {
    /// Makes the folder of the batches where it is not there; an error where others may look into it or nothing can be written.
    pub fn folder_ready(&self) -> Result<(), Diagnostics> {
        folder::prepare(&self.settings.folder).map_err(|message| one("folder", "--folder", message))
    }
}

/// A list of one error.
fn one(code: &'static str, file: &str, message: Message) -> Diagnostics {
    let mut list = Diagnostics::default();
    list.push(Diagnostic::error(code, Place::File { file: file.to_owned() }, message));
    list
}

/// The variable of a setting.
pub fn variable(name: &str) -> String {
    format!("{PREFIX}{}", name.to_ascii_uppercase().replace('-', "_"))
}

/// The settings of a file as texts, each a list.
fn read(path: &Path, wrong: &mut Diagnostics) -> BTreeMap<String, Vec<String>> {
    let place = || Place::File { file: path.display().to_string() };
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => {
            let message = Message::new(format!("读不了设置文件：{error}"), format!("cannot read the file of settings: {error}"));
            wrong.push(Diagnostic::error("no-config", place(), message));
            return BTreeMap::new();
        }
    };
    let table = match text.parse::<toml::Table>() {
        Ok(table) => table,
        Err(error) => {
            let line = error.span().and_then(|span| text.get(..span.start)).map_or(1, |before| before.matches('\n').count() + 1);
            let message = Message::new(format!("第 {line} 行不是 TOML"), format!("line {line} is no TOML")).clone();
            let help = Message::new("每行写成 名字 = 值，文字加引号", "write name = value on each line, texts in quotes");
            wrong.push(Diagnostic::error("toml-syntax", place(), message).with_help(help));
            return BTreeMap::new();
        }
    };
    let mut settings = BTreeMap::new();
    for (name, value) in &table {
        if !SETTINGS.iter().any(|setting| setting.name == name) {
            wrong.push(unknown(name, place()));
            continue;
        }
        match value::texts(value) {
            Some(texts) => drop(settings.insert(name.clone(), texts)),
            None => wrong.push(Diagnostic::error(
                "bad-setting",
                Place::File { file: format!("{}: {name}", path.display()) },
                Message::new("应是文字、数、true/false，或文字的列表", "it should be a text, a number, true or false, or a list of texts"),
            )),
        }
    }
    settings
}

fn unknown(name: &str, place: Place) -> Diagnostic {
    let shown = crate::diag::visible(name);
    let message = Message::new(format!("没有 {shown} 这项设置"), format!("there is no setting {shown}"));
    let names = SETTINGS.iter().map(|setting| setting.name);
    let help = match nearest(name, names) {
        Some(near) => Message::new(format!("是不是 {near}？"), format!("did you mean {near}?")),
        None => Message::new("formwright serve --help 列出全部设置", "formwright serve --help lists them all"),
    };
    Diagnostic::error("unknown-setting", place, message).with_help(help)
}

/// A mistyped variable would be ignored without a word; it may also be another program's, so it only warns.
fn unknown_variables(environment: &BTreeMap<String, String>, warnings: &mut Diagnostics) {
    let known = |name: &str| OTHERS.contains(&name) || SETTINGS.iter().any(|setting| variable(setting.name) == name);
    for name in environment.keys().filter(|name| name.starts_with(PREFIX) && !known(name)) {
        let setting = name.trim_start_matches(PREFIX).to_ascii_lowercase().replace('_', "-");
        let mut told = unknown(&setting, Place::File { file: name.clone() });
        told.severity = crate::diag::Severity::Warning;
        warnings.push(told);
    }
}

/// Reads what the settings name.
fn files(draft: &mut Draft, environment: &BTreeMap<String, String>, wrong: &mut Diagnostics) {
    let folder = draft.folder.take().unwrap_or_else(|| folder::usual(|name| environment.get(name).cloned()));
    draft.settings.folder = folder;
    if let Some(path) = &draft.keys {
        match Keys::load(path) {
            Ok(keys) => draft.settings.keys = Some(keys),
            Err(messages) => {
                for message in messages {
                    wrong.push(Diagnostic::error("bad-keys", Place::File { file: path.display().to_string() }, message));
                }
            }
        }
    }
    match (&draft.certificate, &draft.key) {
        (Some(certificate), Some(key)) => match Tls::load(certificate, key) {
            Ok(tls) => draft.settings.tls = Some(tls),
            Err(message) => wrong.push(Diagnostic::error("bad-tls", Place::File { file: "--tls-cert".to_owned() }, message)),
        },
        (None, None) => {}
        (there, _) => {
            let (has, lacks) = if there.is_some() { ("--tls-cert", "--tls-key") } else { ("--tls-key", "--tls-cert") };
            let message = Message::new(format!("有 {has} 没有 {lacks}"), format!("there is {has} but no {lacks}"));
            wrong.push(Diagnostic::error("bad-tls", Place::File { file: has.to_owned() }, message));
        }
    }
}
