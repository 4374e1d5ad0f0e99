//! A template's text as Handlebars gets it, with marks between, so that every piece of the expanded text
//! can be led back to the file it came from.

use std::ops::Range;

use super::source::Source;
use super::tree::{Block, Node};

/// What a mark stands for: the words or the tag that follow it.
#[derive(Clone, Debug)]
pub(super) struct Segment {
    /// The index of the file among the sources.
    pub file: usize,
    /// The words, or the whole tag.
    pub at: Range<usize>,
    /// Whether the expanded text is the file's text byte for byte.
    pub literal: bool,
}

/// Marks are the characters of plane 15, which is for private use whole: one character each, found by its
/// first byte, and refused in what templates say themselves.
const FIRST: u32 = 0xF0000;

/// As many marks as there are private characters in plane 15.
pub(super) const MOST: usize = 0xFFFE;

/// Whether this character is one of ours.
pub(super) fn is_mark(c: char) -> bool {
    (FIRST..FIRST + 0x10000).contains(&(c as u32))
}

/// The segment a mark stands for.
pub(super) fn index(mark: char) -> Option<usize> {
    (mark as u32).checked_sub(FIRST).and_then(|index| usize::try_from(index).ok())
}

/// Writes a tree back as marked Handlebars.
pub(super) struct Weaver<'a> {
    pub source: &'a Source,
    pub file: usize,
    /// Of all files of the template; a mark is an index into it.
    pub segments: &'a mut Vec<Segment>,
    pub out: String,
}

impl Weaver<'_> {
    /// Writes nodes.
    pub fn nodes(&mut self, nodes: &[Node]) {
        for node in nodes {
            match node {
                Node::Text(at) => {
                    self.mark(at, true);
                    self.out.push_str(self.source.slice(at));
                }
                Node::Print { at, inner, .. } => self.tag(at, "", inner),
                Node::Partial { at, inner, .. } => self.tag(at, ">", inner),
                Node::Block(block) => {
                    self.tag(&block.at, "#", &block.inner);
                    self.bodies(block);
                    self.out.push_str("{{/");
                    self.out.push_str(&block.call.name);
                    self.out.push_str("}}");
                }
            }
        }
    }

    fn bodies(&mut self, block: &Block) {
        // A loop without a body would go round unseen by the limit on output; the mark makes each round count.
        self.mark(&block.at, false);
        self.nodes(&block.body);
        match block.otherwise.as_slice() {
            [Node::Block(next)] if block.chained => {
                self.out.push_str("{{else ");
                self.out.push_str(self.source.slice(&next.inner));
                self.out.push_str("}}");
                self.bodies(next);
            }
            otherwise if block.has_else => {
                self.out.push_str("{{else}}");
                self.nodes(otherwise);
            }
            _ => {}
        }
    }

    fn tag(&mut self, at: &Range<usize>, sign: &str, inner: &Range<usize>) {
        self.mark(at, false);
        self.out.push_str("{{");
        self.out.push_str(sign);
        self.out.push_str(self.source.slice(inner));
        self.out.push_str("}}");
    }

    fn mark(&mut self, at: &Range<usize>, literal: bool) {
        let index = u32::try_from(self.segments.len()).ok().and_then(|index| char::from_u32(FIRST + index));
        self.out.extend(index);
        self.segments.push(Segment { file: self.file, at: at.clone(), literal });
    }
}
