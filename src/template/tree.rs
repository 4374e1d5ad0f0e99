//! The syntax tree of a template: blocks closed, tags read, everything with its place.

use std::ops::Range;

use super::expr::{self, Call, Expr};
use super::helpers;
use super::scan::{self, Kind, Piece};
use super::source::Source;
use crate::diag::{Diagnostics, Message};

/// A file of a template, read.
pub(super) struct Tree {
    pub nodes: Vec<Node>,
    /// Whether blocks were left open or closed twice, so that scopes cannot be known.
    pub broken: bool,
}

/// A node of the tree.
#[derive(Debug)]
pub(super) enum Node {
    /// Words for the paper, after whitespace control.
    Text(Range<usize>),
    /// `{{city}}`, `{{add i 1}}`
    Print { at: Range<usize>, inner: Range<usize>, value: Expr },
    /// `{{> opinion key="experts"}}`
    Partial { at: Range<usize>, inner: Range<usize>, call: Call },
    /// `{{#each …}} … {{else}} … {{/each}}`
    Block(Block),
}

/// A block with its two bodies.
#[derive(Debug)]
pub(super) struct Block {
    /// The opening tag, or the `{{else if …}}`.
    pub at: Range<usize>,
    pub inner: Range<usize>,
    pub call: Call,
    pub body: Vec<Node>,
    pub otherwise: Vec<Node>,
    /// Whether `otherwise` is one block that began with `{{else if …}}`.
    pub chained: bool,
    /// Whether there is an `{{else}}`.
    pub has_else: bool,
}

/// Blocks deeper than this are refused; every reader of the tree recurses over it.
const DEEPEST: usize = 64;

/// Reads a range of a file; all mistakes of syntax go to `found`.
pub(super) fn read(source: &Source, range: Range<usize>, found: &mut Diagnostics) -> Tree {
    let pieces = scan::pieces(source, range, found);
    let mut builder = Builder { source, found, open: Vec::new(), nodes: Vec::new(), broken: false };
    for piece in &pieces {
        builder.piece(piece);
    }
    builder.finish()
}

struct Open {
    block: Block,
    /// The opening tag's name, which the closing tag repeats.
    name: String,
    /// The nodes around the block.
    outer: Vec<Node>,
    in_else: bool,
    /// Whether it is an `{{else if}}`, closed together with the block around it.
    chain: bool,
}

struct Builder<'a> {
    source: &'a Source,
    found: &'a mut Diagnostics,
    open: Vec<Open>,
    nodes: Vec<Node>,
    broken: bool,
}

impl Builder<'_> {
    fn piece(&mut self, piece: &Piece) {
        match piece.kind {
            Kind::Text if piece.inner.is_empty() => {}
            Kind::Text => self.nodes.push(Node::Text(piece.inner.clone())),
            Kind::Comment => {}
            Kind::Print => self.print(piece),
            Kind::Partial => self.partial(piece),
            Kind::Open => {
                let call = self.call(piece);
                self.begin(piece, call, false);
            }
            Kind::Else => self.otherwise(piece),
            Kind::Close => self.close(piece),
        }
    }

    fn call(&mut self, piece: &Piece) -> Option<Call> {
        expr::read(self.source, piece.inner.clone()).map_err(|diagnostic| self.found.push(*diagnostic)).ok()
    }

    fn print(&mut self, piece: &Piece) {
        let Some(call) = self.call(piece) else { return };
        if let Some((_, at)) = call.params.first() {
            self.found.push(self.source.error(at.clone(), "bad-tag", "只有块才能有 `as |…|`。", "only a block can have `as |…|`"));
            return;
        }
        let alone = call.args.is_empty() && call.hash.is_empty() && helpers::find(&call.name).is_none();
        let literal = call.name.starts_with(|c: char| c.is_ascii_digit()) || ["true", "false", "null", "as"].contains(&call.name.as_str());
        let value = if literal {
            self.found.push(
                self.source
                    .error(call.name_at, "bad-tag", "标签里不能直接写值。", "a tag cannot print a literal")
                    .with_help(Message::new("请写在标签外。", "write it outside of the tag")),
            );
            return;
        } else if alone {
            match expr::path(self.source, call.name_at.clone()) {
                Ok(path) => Expr::Path(path),
                Err(diagnostic) => return self.found.push(*diagnostic),
            }
        } else {
            Expr::Call(call)
        };
        self.nodes.push(Node::Print { at: piece.at.clone(), inner: piece.inner.clone(), value });
    }

    fn partial(&mut self, piece: &Piece) {
        let Some(call) = self.call(piece) else { return };
        if let Some(arg) = call.args.first() {
            self.found.push(
                self.source
                    .error(arg.at(), "partial-context", "分部只接受写明名字的参数。", "a partial takes named parameters only")
                    .with_help(Message::new("请写成 `键=值`。", "write `key=value`")),
            );
            return;
        }
        if let Some((_, at)) = call.params.first() {
            self.found.push(self.source.error(at.clone(), "bad-tag", "分部不能有 `as |…|`。", "a partial cannot have `as |…|`"));
            return;
        }
        self.nodes.push(Node::Partial { at: piece.at.clone(), inner: piece.inner.clone(), call });
    }

    fn begin(&mut self, piece: &Piece, call: Option<Call>, chain: bool) {
        if self.open.len() >= DEEPEST {
            self.broken = true;
            return self.found.push(self.source.error(
                piece.at.clone(),
                "too-deep",
                format!("块的嵌套超过 {DEEPEST} 层。"),
                format!("blocks are nested deeper than {DEEPEST}"),
            ));
        }
        // A block whose opening tag is wrong still has its body and its end; it is read as `{{#if}}` without a condition.
        let inner = piece.inner.clone();
        let call = call.unwrap_or_else(|| {
            self.broken = true;
            let text = self.source.slice(&inner).trim_start();
            let name = text.split(|c: char| c.is_whitespace() || c == '(').next().unwrap_or("").to_owned();
            Call { at: inner.clone(), name, name_at: inner.clone(), args: Vec::new(), hash: Vec::new(), params: Vec::new() }
        });
        let name = call.name.clone();
        let block = Block { at: piece.at.clone(), inner, call, body: Vec::new(), otherwise: Vec::new(), chained: false, has_else: false };
        let outer = std::mem::take(&mut self.nodes);
        self.open.push(Open { block, name, outer, in_else: false, chain });
    }

    fn otherwise(&mut self, piece: &Piece) {
        let source = self.source;
        let Some(open) = self.open.last_mut() else {
            self.broken = true;
            return self.found.push(source.error(
                piece.at.clone(),
                "unbalanced",
                "这个 `{{else}}` 不在任何块里。",
                "this `{{else}}` stands in no block",
            ));
        };
        if open.in_else {
            self.broken = true;
            return self.found.push(source.error(
                piece.at.clone(),
                "unbalanced",
                "这个块已经有 `{{else}}`。",
                "this block has an `{{else}}` already",
            ));
        }
        open.block.body = std::mem::take(&mut self.nodes);
        open.in_else = true;
        open.block.has_else = true;
        if !source.slice(&piece.inner).trim().is_empty() {
            open.block.chained = true;
            let call = self.call(piece);
            self.begin(piece, call, true);
        }
    }

    fn close(&mut self, piece: &Piece) {
        let name = self.source.slice(&piece.inner).trim();
        loop {
            let Some(open) = self.open.pop() else {
                self.broken = true;
                return self.found.push(self.source.error(
                    piece.at.clone(),
                    "unbalanced",
                    format!("`{{{{/{name}}}}}` 前面没有打开这样的块。"),
                    format!("`{{{{/{name}}}}}` closes a block that was never opened"),
                ));
            };
            let chain = open.chain;
            if !chain && open.name != name {
                self.broken = true;
                self.found.push(
                    self.source
                        .error(
                            piece.at.clone(),
                            "unbalanced",
                            format!("这里应是 `{{{{/{}}}}}`，不是 `{{{{/{name}}}}}`。", open.name),
                            format!("expected `{{{{/{}}}}}`, found `{{{{/{name}}}}}`", open.name),
                        )
                        .with_help(opened(self.source, &open.block)),
                );
            }
            self.end(open);
            if !chain {
                return;
            }
        }
    }

    fn end(&mut self, open: Open) {
        let Open { mut block, outer, in_else, .. } = open;
        let inside = std::mem::replace(&mut self.nodes, outer);
        if in_else {
            block.otherwise = inside;
        } else {
            block.body = inside;
        }
        self.nodes.push(Node::Block(block));
    }

    fn finish(mut self) -> Tree {
        while let Some(open) = self.open.pop() {
            self.broken = true;
            if !open.chain {
                let name = &open.name;
                self.found.push(
                    self.source
                        .error(
                            open.block.at.clone(),
                            "unbalanced",
                            format!("块 `{name}` 没有结束。"),
                            format!("the block `{name}` is never closed"),
                        )
                        .with_help(Message::new(format!("请加上 `{{{{/{name}}}}}`。"), format!("add `{{{{/{name}}}}}`"))),
                );
            }
            self.end(open);
        }
        Tree { nodes: self.nodes, broken: self.broken }
    }
}

fn opened(source: &Source, block: &Block) -> Message {
    match source.place(block.at.clone()) {
        crate::diag::Place::Template { line, column, .. } => Message::new(
            format!("这个块在第 {line} 行第 {column} 列打开。"),
            format!("the block was opened at line {line}, column {column}"),
        ),
        _ => Message::new("这个块在前面打开。", "the block was opened before"),
    }
}
