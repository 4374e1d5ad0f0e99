//! Paths: whether what they name is there, in the scopes Handlebars will have.

use std::ops::Range;

use super::{Checker, FrameKind};
use crate::diag::Message;
use crate::template::expr::Path;
use crate::template::shape::Shape;
use crate::template::source::suggest;

impl Checker<'_> {
    pub(super) fn path(&mut self, path: &Path, absent_ok: bool) -> Shape {
        if path.local {
            return self.local(path);
        }
        if path.root {
            let root = self.frames.first().map_or(Shape::Unknown, |frame| frame.this.clone());
            return self.follow(path, &path.steps, root, absent_ok);
        }
        if let Some((first, _)) = path.steps.first()
            && let Some((shape, leaked)) = self.param(first)
        {
            if leaked {
                let (zh, en) = (
                    format!("`{first}` 是调用处的循环变量，分部里读不到。"),
                    format!("`{first}` is a loop variable of the caller, which a partial cannot see"),
                );
                let help = Message::new(format!("请在调用处写 `{first}={first}`。"), format!("pass it: `{first}={first}`"));
                self.error(path.at.clone(), "unknown-path", zh, en, Some(help));
                return Shape::Unknown;
            }
            return self.follow(path, path.steps.get(1..).unwrap_or(&[]), shape, absent_ok);
        }
        match self.frame(path.up).map(|frame| frame.this.clone()) {
            Some(this) => self.follow(path, &path.steps, this, absent_ok),
            None => {
                let (zh, en) = ("`../` 比外层还多。", "there are more `../` than enclosing scopes");
                self.error(path.at.clone(), "unknown-path", zh.into(), en.into(), None);
                Shape::Unknown
            }
        }
    }

    fn local(&mut self, path: &Path) -> Shape {
        let Some((name, _)) = path.steps.first() else { return Shape::Unknown };
        let locals = self.frame(path.up).map(|frame| frame.locals.clone()).unwrap_or_default();
        if let Some((_, shape)) = locals.iter().find(|(local, _)| local == name) {
            return shape.clone();
        }
        let diagnostic =
            self.source().error(path.at.clone(), "unknown-path", format!("这里没有 `@{name}`。"), format!("there is no `@{name}` here"));
        let help = Message::new(
            "each 里有 @index、@first、@last，遍历对象时还有 @key。",
            "inside each there are @index, @first, @last and, over an object, @key",
        );
        self.found.push(suggest(diagnostic, name, locals.iter().map(|(local, _)| *local), Some(help)));
        Shape::Unknown
    }

    /// The block parameter of that name, innermost first, and whether it belongs to a block outside of the partial.
    fn param(&self, name: &str) -> Option<(Shape, bool)> {
        let mut outside = false;
        for frame in self.frames.iter().rev() {
            if let Some((_, shape)) = frame.params.iter().find(|(param, _)| param == name) {
                return Some((shape.clone(), outside && frame.kind == FrameKind::Loop));
            }
            outside |= frame.kind == FrameKind::Partial;
        }
        None
    }

    fn follow(&mut self, path: &Path, steps: &[(String, Range<usize>)], from: Shape, absent_ok: bool) -> Shape {
        let mut here = from;
        let mut last = path.at.clone();
        for (index, (step, at)) in steps.iter().enumerate() {
            let next = match &here {
                Shape::Unknown | Shape::Null => return Shape::Unknown,
                Shape::Map(members) => members.get(step).cloned(),
                Shape::List(item) if step.parse::<usize>().is_ok() => Some((**item).clone()),
                _ => None,
            };
            let Some(next) = next else {
                self.unknown(path, index == 0 && steps.len() == path.steps.len(), step, at.clone(), &here);
                return Shape::Unknown;
            };
            here = next;
            last = at.clone();
        }
        if here == Shape::Absent && !absent_ok {
            let name = self.source().slice(&last).to_owned();
            let (zh, en) = (format!("这次调用没有给参数 `{name}`。"), format!("a call of this partial does not give `{name}`"));
            let help = Message::new(
                format!("请在每次调用时给它，或用 `{{{{#if {name}}}}}` 包住。"),
                format!("give it in every call, or guard it with `{{{{#if {name}}}}}`"),
            );
            self.error(last, "missing-parameter", zh, en, Some(help));
            return Shape::Unknown;
        }
        here
    }

    fn unknown(&mut self, path: &Path, first: bool, step: &str, at: Range<usize>, here: &Shape) {
        let (zh, en) = (format!("模板读不到 `{step}`。"), format!("unknown path `{step}`"));
        let diagnostic = self.source().error(at, "unknown-path", zh, en);
        let at_root = self.frames.first().is_some_and(|root| root.this.keys().any(|key| key == step));
        if first && at_root && !path.root {
            let help = Message::new(format!("请写 `@root/{step}`。"), format!("write `@root/{step}`"));
            return self.found.push(diagnostic.with_help(help));
        }
        let params = self.frames.iter().flat_map(|frame| frame.params.iter().map(|(name, _)| name.as_str())).filter(|_| first);
        let known: Vec<&str> = here.keys().chain(params).collect();
        let help = Message::new(
            "模板只能读 round.json、defaults.json、分部参数和循环变量；要填写的内容请用字段（`<input name=…/>`）。",
            "ink reads only round.json, defaults.json, partial parameters and loop variables; what a person fills in is a field (`<input name=…/>`)",
        );
        self.found.push(suggest(diagnostic, step, known, Some(help)));
    }
}
