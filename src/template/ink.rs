//! The check of the ink: every path of a template leads to something declared, every helper is called
//! as it wants to be called. The blocks are walked with the scopes Handlebars will have, partials once
//! for each call, so that a path is judged with the parameters it really gets.

mod calls;
mod paths;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use serde_json::Value;

use super::expr::{Call, Expr};
use super::helpers;
use super::shape::Shape;
use super::source::{Source, suggest};
use super::tree::{Block, Node, Tree};
use crate::diag::{Diagnostics, Message};

/// A file with its tree.
pub(super) struct Part {
    /// Its index among the sources.
    pub file: usize,
    pub tree: Tree,
}

/// Partials by name.
pub(super) type Parts = BTreeMap<String, Part>;

/// More calls of partials than this in one template are refused: ten partials that each call the next
/// twice are a thousand calls, and nobody writes that on purpose.
const MOST_CALLS: usize = 10_000;

/// Checks a tree and all it calls; gives the arrays whose rows it asks for.
pub(super) fn check(main: &Part, parts: &Parts, sources: &[Source], ink: &Value, found: &mut Diagnostics) -> BTreeSet<String> {
    let mut declared: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for part in std::iter::once(main).chain(parts.values()) {
        declare(&part.tree.nodes, &mut declared);
    }
    let root = Frame { kind: FrameKind::Root, this: Shape::of(ink), params: Vec::new(), locals: Vec::new() };
    let mut checker = Checker {
        parts,
        sources,
        file: main.file,
        frames: vec![root],
        inside: Vec::new(),
        calls: 0,
        declared,
        rows: BTreeSet::new(),
        found,
    };
    if !main.tree.broken {
        checker.nodes(&main.tree.nodes);
    }
    checker.rows
}

/// Collects the parameters that the calls of each partial give.
fn declare(nodes: &[Node], declared: &mut BTreeMap<String, BTreeSet<String>>) {
    for node in nodes {
        match node {
            Node::Partial { call, .. } => {
                declared.entry(call.name.clone()).or_default().extend(call.hash.iter().map(|(key, ..)| key.clone()));
            }
            Node::Block(block) => {
                declare(&block.body, declared);
                declare(&block.otherwise, declared);
            }
            Node::Text(_) | Node::Print { .. } => {}
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum FrameKind {
    Root,
    Loop,
    Partial,
}

/// A block context of Handlebars: what `this` is, and which names it adds.
struct Frame {
    kind: FrameKind,
    this: Shape,
    params: Vec<(String, Shape)>,
    locals: Vec<(&'static str, Shape)>,
}

struct Checker<'a> {
    parts: &'a Parts,
    sources: &'a [Source],
    file: usize,
    /// Outermost first.
    frames: Vec<Frame>,
    /// The partials being walked, outermost first.
    inside: Vec<String>,
    calls: usize,
    declared: BTreeMap<String, BTreeSet<String>>,
    rows: BTreeSet<String>,
    found: &'a mut Diagnostics,
}

impl<'a> Checker<'a> {
    fn nodes(&mut self, nodes: &'a [Node]) {
        for node in nodes {
            match node {
                Node::Text(_) => {}
                Node::Print { value, .. } => self.print(value),
                Node::Partial { call, .. } => self.partial(call),
                Node::Block(block) => self.block(block),
            }
        }
    }

    fn print(&mut self, value: &Expr) {
        if matches!(self.value(value, false), Shape::List(_) | Shape::Map(_)) {
            self.error(
                value.at(),
                "not-printable",
                "列表或对象不能直接印出。".into(),
                "a list or an object cannot be printed".into(),
                Some(Message::new(
                    "请用 `{{#each}}` 逐项印出，或写明其中的键。",
                    "print its items with `{{#each}}`, or name one of its keys",
                )),
            );
        }
    }

    fn block(&mut self, block: &'a Block) {
        let call = &block.call;
        let signature = match helpers::find(&call.name) {
            Some(signature) if signature.block => signature,
            known => {
                let code = "unknown-helper";
                let name = &call.name;
                let (zh, en) = match known {
                    Some(_) => (format!("助手 `{name}` 不能作块用。"), format!("the helper `{name}` cannot open a block")),
                    None => (format!("没有块 `{name}`。"), format!("there is no block `{name}`")),
                };
                let diagnostic = self.source().error(call.name_at.clone(), code, zh, en);
                let blocks = helpers::HELPERS.iter().filter(|helper| helper.block).map(|helper| helper.name);
                let help = Message::new("块有 if、unless、each、with。", "the blocks are if, unless, each and with");
                self.found.push(suggest(diagnostic, name, blocks, Some(help)));
                return;
            }
        };
        if !self.arguments(call, signature) {
            return;
        }
        for (.., value) in &call.hash {
            self.value(value, false);
        }
        let Some(arg) = call.args.first() else { return };
        self.block_params(block);
        match signature.name {
            "each" | "with" => self.scoped(block, arg),
            name => self.conditional(block, arg, name == "if"),
        }
    }

    fn block_params(&mut self, block: &Block) {
        let call = &block.call;
        let most = match call.name.as_str() {
            "each" => 2,
            "with" => 1,
            _ => 0,
        };
        for (place, (name, at)) in call.params.iter().enumerate() {
            let taken = self.frames.first().is_some_and(|root| root.this.keys().any(|key| key == name));
            if place >= most {
                let (zh, en) = (format!("块 `{}` 没有这个变量。", call.name), format!("the block `{}` has no such variable", call.name));
                self.error(at.clone(), "bad-tag", zh, en, None);
            } else if taken || helpers::find(name).is_some() || name == "this" {
                let (zh, en) = (format!("变量名 `{name}` 已有别的意思。"), format!("the name `{name}` means something else already"));
                self.error(at.clone(), "name-taken", zh, en, Some(Message::new("请换一个名字。", "choose another name")));
            }
        }
    }

    fn scoped(&mut self, block: &'a Block, arg: &Expr) {
        let over = self.value(arg, false);
        let each = block.call.name == "each";
        if let Expr::Path(path) = arg
            && path.steps.is_empty()
            && self.frame(path.up).is_some_and(|frame| frame.kind != FrameKind::Loop)
        {
            let (zh, en) = ("这里的 `this` 是全部数据。", "`this` is all data here");
            self.error(path.at.clone(), "bad-path", zh.into(), en.into(), Some(Message::new("请写明要读的键。", "name the key to read")));
            return;
        }
        let this = match (each, &over) {
            (true, _) => over.item(),
            (false, Shape::Map(_) | Shape::Unknown | Shape::Null) => Some(over.clone()),
            (false, _) => None,
        };
        let Some(this) = this else {
            if over != Shape::Absent {
                let (zh, en) = if each {
                    ("each 要一个列表。", "each wants a list")
                } else {
                    ("with 要一个对象。", "with wants an object")
                };
                self.error(arg.at(), "wrong-type", zh.into(), en.into(), None);
            }
            return;
        };
        let mut names = block.call.params.iter().map(|(name, _)| name.clone());
        let mut params = Vec::new();
        let key = if matches!(over, Shape::Map(_)) { Shape::Text } else { Shape::Number };
        params.extend(names.next().map(|name| (name, this.clone())));
        params.extend(names.next().map(|name| (name, key.clone())));
        let mut locals = Vec::new();
        if each {
            locals = vec![("index", Shape::Number), ("first", Shape::Bool), ("last", Shape::Bool)];
            if key == Shape::Text {
                locals.push(("key", Shape::Text));
            }
        } else if let Some(frame) = self.frame(0) {
            locals = frame.locals.clone();
        }
        self.frames.push(Frame { kind: FrameKind::Loop, this, params, locals });
        self.nodes(&block.body);
        self.frames.pop();
        self.nodes(&block.otherwise);
    }

    /// Both branches are walked; where the condition is a parameter that this call of the partial does
    /// not give, the branch that cannot be reached is left to the calls that give it.
    fn conditional(&mut self, block: &'a Block, arg: &Expr, positive: bool) {
        let shape = self.value(arg, true);
        if shape == Shape::Absent {
            return self.nodes(if positive { &block.otherwise } else { &block.body });
        }
        let mut named = Vec::new();
        names(arg, &mut named);
        let absent: Vec<&str> = named.into_iter().filter(|name| self.absent(name)).collect();
        self.set(&absent, &Shape::Unknown);
        self.nodes(&block.body);
        self.nodes(&block.otherwise);
        self.set(&absent, &Shape::Absent);
    }

    fn absent(&self, name: &str) -> bool {
        matches!(self.frames.last(), Some(Frame { this: Shape::Map(members), .. }) if members.get(name) == Some(&Shape::Absent))
    }

    fn set(&mut self, names: &[&str], shape: &Shape) {
        if let Some(Frame { this: Shape::Map(members), .. }) = self.frames.last_mut() {
            for name in names {
                members.insert((*name).to_owned(), shape.clone());
            }
        }
    }

    fn partial(&mut self, call: &'a Call) {
        let mut given: Vec<(String, Shape)> = Vec::new();
        for (key, at, value) in &call.hash {
            if helpers::find(key).is_some() {
                let (zh, en) = (format!("参数名 `{key}` 是助手的名字。"), format!("the parameter `{key}` has the name of a helper"));
                self.error(at.clone(), "name-taken", zh, en, Some(Message::new("请换一个名字。", "choose another name")));
            }
            let shape = self.value(value, true);
            given.push((key.clone(), shape));
        }
        let Some(part) = self.parts.get(&call.name) else {
            let name = &call.name;
            let diagnostic = self.source().error(
                call.name_at.clone(),
                "unknown-partial",
                format!("没有分部 `{name}`。"),
                format!("there is no partial `{name}`"),
            );
            let help = Message::new(format!("请建立 partials/{name}.hbs。"), format!("make the file partials/{name}.hbs"));
            self.found.push(suggest(diagnostic, name, self.parts.keys().map(String::as_str), Some(help)));
            return;
        };
        if self.inside.contains(&call.name) {
            let (zh, en) = (format!("分部 `{}` 调用了自己。", call.name), format!("the partial `{}` calls itself", call.name));
            let help = Message::new("分部不能直接或间接调用自己。", "a partial cannot call itself, directly or through others");
            return self.error(call.name_at.clone(), "recursive-partial", zh, en, Some(help));
        }
        self.calls += 1;
        if self.calls > MOST_CALLS {
            let (zh, en) = (format!("分部调用超过 {MOST_CALLS} 次。"), format!("more than {MOST_CALLS} calls of partials"));
            return self.error(call.name_at.clone(), "too-many-calls", zh, en, None);
        }
        if part.tree.broken {
            return;
        }
        let frame = self.partial_frame(call, given);
        let file = std::mem::replace(&mut self.file, part.file);
        self.frames.push(frame);
        self.inside.push(call.name.clone());
        self.nodes(&part.tree.nodes);
        self.inside.pop();
        self.frames.pop();
        self.file = file;
    }

    /// The scope inside a partial: what `this` was, with the parameters put over it.
    fn partial_frame(&self, call: &Call, given: Vec<(String, Shape)>) -> Frame {
        let outer = self.frame(0);
        let mut members = match outer.map(|frame| &frame.this) {
            Some(Shape::Map(members)) => members.clone(),
            _ => BTreeMap::new(),
        };
        for key in self.declared.get(&call.name).into_iter().flatten() {
            members.entry(key.clone()).or_insert(Shape::Absent);
        }
        members.extend(given.iter().cloned());
        let this = match outer.map(|frame| &frame.this) {
            Some(Shape::Unknown) => Shape::Unknown,
            Some(shape) if given.is_empty() && !matches!(shape, Shape::Map(_)) => shape.clone(),
            _ => Shape::Map(members),
        };
        let params = given.into_iter().filter(|(_, shape)| *shape != Shape::Absent).collect();
        Frame { kind: FrameKind::Partial, this, params, locals: outer.map(|frame| frame.locals.clone()).unwrap_or_default() }
    }

    fn value(&mut self, expr: &Expr, absent_ok: bool) -> Shape {
        match expr {
            Expr::Literal(value, _) => Shape::of(value),
            Expr::Path(path) => self.path(path, absent_ok),
            Expr::Call(call) => self.call(call),
        }
    }

    fn frame(&self, up: usize) -> Option<&Frame> {
        self.frames.len().checked_sub(up + 1).and_then(|index| self.frames.get(index))
    }

    fn source(&self) -> &'a Source {
        // The file index comes from the list of sources itself.
        &self.sources[self.file]
    }

    fn error(&mut self, at: Range<usize>, code: &'static str, zh: String, en: String, help: Option<Message>) {
        let diagnostic = self.source().error(at, code, zh, en);
        self.found.push(match help {
            Some(help) => diagnostic.with_help(help),
            None => diagnostic,
        });
    }
}

/// The names of one step in a condition.
fn names<'a>(expr: &'a Expr, found: &mut Vec<&'a str>) {
    match expr {
        Expr::Path(path) if !path.root && !path.local && path.up == 0 => {
            if let [(name, _)] = path.steps.as_slice() {
                found.push(name);
            }
        }
        Expr::Call(call) => call.args.iter().for_each(|arg| names(arg, found)),
        _ => {}
    }
}
