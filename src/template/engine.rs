//! Handlebars at work: marked templates in, text with its origins out.

use std::collections::BTreeSet;
use std::sync::Arc;

use handlebars::{Context, Handlebars, RenderError, RenderErrorReason, TemplateError, no_escape};
use serde_json::{Map, Value};

use super::helpers;
use super::ink::{Part, Parts};
use super::markup::{LONGEST, Markup, Origins, Writer};
use super::source::Source;
use super::weave::{self, Segment, Weaver};
use crate::diag::{Diagnostic, Diagnostics, Message};

/// The name of the form among the registered templates; no partial can have it.
const FORM: &str = "/form";

/// The name of the title.
const TITLE: &str = "/title";

/// A template parsed once, ready to be expanded often.
pub(super) struct Engine {
    handlebars: Handlebars<'static>,
    ink: Map<String, Value>,
    arrays: BTreeSet<String>,
    origins: Arc<Origins>,
}

impl Engine {
    /// Parses the marked templates; what Handlebars refuses though our own reader took it has its place too.
    pub fn new(
        sources: Vec<Source>,
        form: &Part,
        parts: &Parts,
        title: &Part,
        ink: Map<String, Value>,
        arrays: BTreeSet<String>,
    ) -> Result<Engine, Diagnostics> {
        let mut handlebars = Handlebars::new();
        handlebars.set_strict_mode(true);
        handlebars.set_prevent_indent(true);
        handlebars.register_escape_fn(escape);
        helpers::register(&mut handlebars);
        let mut found = Diagnostics::default();
        let mut segments = Vec::new();
        let all = [(FORM, form), (TITLE, title)].into_iter().chain(parts.iter().map(|(name, part)| (name.as_str(), part)));
        for (name, part) in all {
            let Some(source) = sources.get(part.file) else { continue };
            let mut weaver = Weaver { source, file: part.file, segments: &mut segments, out: String::new() };
            weaver.nodes(&part.tree.nodes);
            let woven = weaver.out;
            if segments.len() > weave::MOST {
                found.push(source.error(0..1, "too-large", "模板太大：标签太多。", "this template is too large: it has too many tags"));
                return Err(found);
            }
            if let Err(error) = handlebars.register_template_string(name, &woven) {
                found.push(refused(&error, &woven, &sources, &segments));
            }
        }
        if found.has_errors() {
            return Err(found);
        }
        Ok(Engine { handlebars, ink, arrays, origins: Arc::new(Origins { form: form.file, sources, segments }) })
    }

    /// Expands the form.
    pub fn expand(&self, rows: &dyn Fn(&str) -> usize) -> Result<Markup, Diagnostics> {
        let writer = self.render(&self.handlebars, FORM, rows)?;
        Ok(writer.finish(Arc::clone(&self.origins)))
    }

    /// Expands the title, which is text and not markup.
    pub fn title(&self) -> Result<String, Diagnostics> {
        let mut plain = self.handlebars.clone();
        plain.register_escape_fn(no_escape);
        Ok(self.render(&plain, TITLE, &|_| 0)?.into_text())
    }

    fn render(&self, handlebars: &Handlebars<'static>, name: &str, rows: &dyn Fn(&str) -> usize) -> Result<Writer, Diagnostics> {
        let mut data = self.ink.clone();
        let counts: Map<String, Value> = self.arrays.iter().map(|array| (array.clone(), Value::from(rows(array)))).collect();
        data.insert(helpers::ROWS.to_owned(), Value::Object(counts));
        let context = Context::from(Value::Object(data));
        let mut writer = Writer::default();
        match handlebars.render_with_context_to_write(name, &context, &mut writer) {
            Ok(()) => Ok(writer),
            Err(error) => {
                let mut found = Diagnostics::default();
                found.push(self.failed(&error, &writer));
                Err(found)
            }
        }
    }

    /// Where and why an expansion stopped: at the tag whose mark came last.
    fn failed(&self, error: &RenderError, writer: &Writer) -> Diagnostic {
        let (code, message) = if writer.over {
            let most = LONGEST >> 20;
            (
                "too-much-output",
                Message::new(
                    format!("模板展开后太长（超过 {most} MB 或循环太多）。"),
                    format!("the template expands to too much (more than {most} MB, or too many rounds of loops)"),
                ),
            )
        } else {
            match error.reason() {
                RenderErrorReason::Other(text) => {
                    let (zh, en) = text.split_once(helpers::BETWEEN).unwrap_or((text, text));
                    ("wrong-arguments", Message::new(zh, en))
                }
                RenderErrorReason::MissingVariable(_) => {
                    ("missing-value", Message::new("这里要读的值不是每次都有。", "a value that is read here is not always there"))
                }
                other => (
                    "cannot-expand",
                    Message::new(format!("模板在这里展开不了：{other}。"), format!("the template cannot be expanded here: {other}")),
                ),
            }
        };
        at_segment(code, message, writer.last, &self.origins.sources, &self.origins.segments)
    }
}

/// Escapes what ink prints, so that no value can become markup, in text or in an attribute.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}

fn refused(error: &TemplateError, woven: &str, sources: &[Source], segments: &[Segment]) -> Diagnostic {
    let (line, column) = error.pos().unwrap_or((1, 1));
    let before = woven.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum::<usize>();
    let within = woven.get(before..).unwrap_or("").chars().take(column).map(char::len_utf8).sum::<usize>();
    let mark = woven.get(..before + within).and_then(|text| text.chars().rev().find(|c| weave::is_mark(*c))).and_then(weave::index);
    let reason = error.reason();
    let message = Message::new(format!("Handlebars 读不懂这里：{reason}。"), format!("Handlebars cannot read this: {reason}"));
    at_segment("bad-tag", message, mark, sources, segments)
}

fn at_segment(code: &'static str, message: Message, index: Option<usize>, sources: &[Source], segments: &[Segment]) -> Diagnostic {
    let segment = index.and_then(|index| segments.get(index)).or(segments.first());
    let place = segment.and_then(|segment| Some(sources.get(segment.file)?.place(segment.at.clone())));
    let place =
        place.or_else(|| sources.first().map(|source| source.place(0..1))).unwrap_or(crate::diag::Place::Input { line: 1, column: 1 });
    Diagnostic::error(code, place, message)
}
