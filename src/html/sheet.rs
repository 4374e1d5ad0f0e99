//! Pages of the form as sheets on the screen: tables with the paper's columns, and lines at their places.

use std::collections::BTreeMap;

use super::control::{self, Control};
use super::geometry::Classes;
use super::markup::Html;
use crate::form::{
    Across, Align, Block, Cell, Content, Down, Edges, Field, FieldBox, FieldIx, FontRole, Form, Inline, Label, LabelLine, Line, Page,
    PageKind, Para, RefKind, Role, Row, Table, TextStyle, VAlign,
};
use crate::units::Mm;

/// Where the baseline stands in an em box, as layout has it.
const ASCENT: f64 = 0.88;

/// What the sheets are written with.
pub struct Sheets<'a> {
    pub form: &'a Form,
    pub controls: &'a BTreeMap<FieldIx, Control<'a>>,
    pub out: Html,
    pub classes: Classes,
    /// The fields that have their control already; at their other places they are only shown.
    pub done: Vec<FieldIx>,
}

/// The words that only the order of the sheets tells.
#[derive(Clone, Copy, Default)]
struct Refs {
    annex: usize,
    page: usize,
}

impl Sheets<'_> {
    /// Every sheet but the 附页 of continued texts: these stand whole where they begin.
    pub fn write(&mut self) {
        let mut refs = Refs::default();
        let mut number = 0;
        for page in self.form.pages.iter().filter(|page| page.kind != PageKind::Rest) {
            if let PageKind::Annex(prefix) = &page.kind {
                refs = Refs { annex: refs.annex + 1, page: self.before(page, prefix).unwrap_or(number) };
            }
            number += 1;
            self.page(page, number, refs);
        }
    }

    /// The number of the last sheet before that one which holds fields of that prefix, from 1.
    fn before(&self, page: &Page, prefix: &str) -> Option<usize> {
        let earlier = self.form.pages.iter().take_while(|other| !std::ptr::eq(*other, page));
        let holds = |page: &Page| {
            let tables = page.blocks.iter().filter_map(|block| if let Block::Table(table) = block { Some(table) } else { None });
            let cells = tables.flat_map(|table| &table.rows).flat_map(|row| &row.cells).flat_map(|cell| &cell.content);
            cells
                .into_iter()
                .any(|content| matches!(content, Content::Field(place) if self.field(place.field).name.as_str().starts_with(prefix)))
        };
        earlier.enumerate().filter(|(_, page)| holds(page)).map(|(at, _)| at + 1).last()
    }

    fn field(&self, at: FieldIx) -> &Field {
        &self.form[at]
    }

    fn page(&mut self, page: &Page, number: usize, refs: Refs) {
        let smallest = smallest_type(page);
        let paper = self.classes.mm("sheet", &[page.size.0, page.size.1, smallest]);
        let name = page.title.clone().unwrap_or_else(|| self.form.template.title.clone());
        self.out.raw("<div class=\"desk\">\n<section").attr("class", &format!("sheet {paper}"));
        self.out.attr("aria-label", &format!("{number} {name}")).raw(">\n");
        // A table ends a band: what stands below it goes down with it when its rows grow.
        let mut top = Mm(0.0);
        self.band_start();
        for block in &page.blocks {
            match block {
                Block::Para(para) => self.para(para, top, refs),
                Block::Table(table) => {
                    self.table(table, top, refs);
                    top = table.y + table.head.iter().chain(&table.rows).map(|row| row.height).sum();
                    self.out.raw("</div>\n");
                    self.band_start();
                }
                Block::Rest(_) => {}
            }
        }
        self.out.raw("</div>\n</section>\n</div>\n");
    }

    fn band_start(&mut self) {
        self.out.raw("<div class=\"band\">\n");
    }

    fn table(&mut self, table: &Table, top: Mm, refs: Refs) {
        let width = table.cols.iter().copied().sum();
        let classes = [
            self.classes.mm("ml", &[table.x]),
            self.classes.mm("mt", &[table.y - top]),
            self.classes.mm("w", &[width]),
            self.classes.mm("ob", &[table.outer.to_mm()]),
            self.classes.mm("ib", &[table.inner.to_mm()]),
        ];
        self.out.raw("<table").attr("class", &classes.join(" ")).raw(">\n<colgroup>");
        for width in &table.cols {
            let class = self.classes.mm("w", &[*width]);
            self.out.raw("<col").attr("class", &class).raw(" />");
        }
        self.out.raw("</colgroup>\n");
        if !table.head.is_empty() {
            self.out.raw("<thead>\n");
            table.head.iter().enumerate().for_each(|(at, row)| self.row(row, &Around::of(table, &table.head, at), refs, true));
            self.out.raw("</thead>\n");
        }
        self.out.raw("<tbody>\n");
        table.rows.iter().enumerate().for_each(|(at, row)| self.row(row, &Around::of(table, &table.rows, at), refs, false));
        self.out.raw("</tbody>\n</table>\n");
    }

    fn row(&mut self, row: &Row, around: &Around<'_>, refs: Refs, head: bool) {
        self.out.raw("<tr>");
        for cell in &row.cells {
            self.cell(cell, around, refs, head);
        }
        self.out.raw("</tr>\n");
    }

    fn cell(&mut self, cell: &Cell, around: &Around<'_>, refs: Refs, head: bool) {
        let name = if cell.header { "th" } else { "td" };
        let height = around.rows.iter().take(cell.rowspan.max(1)).map(|row| row.height).sum();
        let width: Mm = around.cols.iter().skip(cell.col).take(cell.colspan.max(1)).copied().sum();
        let width = width - cell.padding.left - cell.padding.right;
        let height = self.classes.mm("h", &[height]);
        self.out.raw("<").raw(name).attr("class", &height);
        if cell.header && head {
            self.out.attr("scope", "col");
        }
        for (attribute, span) in [("colspan", cell.colspan), ("rowspan", cell.rowspan)] {
            if span > 1 {
                self.out.attr(attribute, &span.to_string());
            }
        }
        self.out.raw(">");
        match cell.content.as_slice() {
            [Content::Field(place)] if place.at.is_none() => {
                let padding = self.padding(cell.padding);
                self.place(place, &format!("in fill {padding}"));
            }
            [] => {}
            content => {
                let padding = self.padding(cell.padding);
                self.out.raw("<div").attr("class", &format!("in {padding}")).raw(">");
                content.iter().for_each(|one| self.content(one, width, refs));
                self.out.raw("</div>");
            }
        }
        self.out.raw("</").raw(name).raw(">");
    }

    fn padding(&mut self, edges: Edges) -> String {
        self.classes.mm("pd", &[edges.top, edges.right, edges.bottom, edges.left])
    }

    fn content(&mut self, content: &Content, width: Mm, refs: Refs) {
        match content {
            Content::Label(label) => self.label(label, width),
            Content::Para(para) => self.para(para, Mm(0.0), refs),
            Content::Field(place) => match place.at {
                None => self.place(place, "fill"),
                Some(at) => {
                    let classes =
                        [("x", at.x), ("y", at.y), ("w", at.w), ("h", at.h)].map(|(name, length)| self.classes.mm(name, &[length]));
                    self.place(place, &format!("box {}", classes.join(" ")));
                }
            },
        }
    }

    fn label(&mut self, label: &Label, width: Mm) {
        let upright = if label.vertical { " upright" } else { "" };
        // What the label says in one piece is what it is read as; spreading and breaking is for the eye.
        let spread = label.lines.iter().map(|line| line.text.as_str()).collect::<String>() != label.plain && !label.plain.is_empty();
        self.out.raw("<span").attr("class", &format!("label {}{upright}", align(label.align))).raw(">");
        if spread {
            self.out.raw("<span class=\"said\">").text(&label.plain).raw("</span>");
        }
        self.out.raw("<span").attr_if("aria-hidden", spread.then_some("true")).raw(">");
        label.lines.iter().for_each(|line| self.label_line(line, label.leading, width));
        self.out.raw("</span></span>");
    }

    /// A line of a label; what fits on paper keeps to its line here, whatever the browser's face is.
    fn label_line(&mut self, line: &LabelLine, leading: f64, width: Mm) {
        let em: f64 = line.text.chars().map(|ch| if ch.is_ascii() { 0.5 } else { 1.0 }).sum();
        let keeps = if line.style.size.to_mm() * em <= width + Mm(0.05) { "ln keep" } else { "ln" };
        let mut classes = format!("{keeps} {} {}", self.style(&line.style), self.classes.number("lh", leading));
        if let Some(em) = line.distribute {
            let width = self.classes.number("em", em);
            classes = format!("{classes} spread {width}");
        }
        self.out.raw("<span").attr("class", &classes).raw(">").text(&line.text).raw("</span>");
    }

    fn style(&mut self, style: &TextStyle) -> String {
        let size = self.classes.mm("fs", &[style.size.to_mm()]);
        format!("{} {size}", font(style.font))
    }

    /// Lines at their place; `top` is where their band begins.
    fn para(&mut self, para: &Para, top: Mm, refs: Refs) {
        let first = para.lines.first().map_or(Mm(0.0), line_size);
        let lead = first * ((para.leading - 1.0) / 2.0);
        let y = match para.down {
            Down::Top(y) => y - lead,
            Down::Baseline(y) => y - first * ASCENT - lead,
        };
        let (x, hang) = match para.across {
            Across::Left(x) => (x, "from-left"),
            Across::Centre(x) => (x, "from-middle"),
            Across::Right(x) => (x, "from-right"),
        };
        let element = if para.role == Role::Title { "h2" } else { "p" };
        let classes = [self.classes.mm("x", &[x]), self.classes.mm("y", &[y - top])].join(" ");
        self.out.raw("<").raw(element).attr("class", &format!("para {hang} {classes}")).raw(">");
        for line in &para.lines {
            let size = self.classes.mm("fs", &[line_size(line)]);
            let pitch = self.classes.number("lh", para.leading);
            self.out.raw("<span").attr("class", &format!("ln {size} {pitch}")).raw(">");
            line.inlines.iter().for_each(|inline| self.inline(inline, refs));
            self.out.raw("</span>");
        }
        self.out.raw("</").raw(element).raw(">\n");
    }

    fn inline(&mut self, inline: &Inline, refs: Refs) {
        match inline {
            Inline::Text(text, style) => self.ink(text, style),
            Inline::Ref(RefKind::Annex, style) => self.ink(&refs.annex.to_string(), style),
            Inline::Ref(RefKind::Page, style) => self.ink(&refs.page.to_string(), style),
            // The label of a continued text stands on its 附页 alone.
            Inline::Ref(RefKind::Label, _) => {}
            Inline::Field(place, width) => {
                let (width, height) = (self.classes.mm("w", &[*width]), self.classes.mm("h", &[place.style.size.to_mm() * 1.4]));
                self.place(place, &format!("inline {width} {height}"));
            }
        }
    }

    fn ink(&mut self, text: &str, style: &TextStyle) {
        let style = self.style(style);
        self.out.raw("<span").attr("class", &style).raw(">").text(text).raw("</span>");
    }

    /// A field at one of its places: its control at the first, what it holds at the others.
    fn place(&mut self, place: &FieldBox, classes: &str) {
        let Some(control) = self.controls.get(&place.field) else { return };
        let size = self.classes.mm("fs", &[control.size(place).to_mm()]);
        let pitch = self.classes.number("lh", place.leading.0);
        let look = format!(
            "{} {size} {pitch} {} {}",
            font(place.style.font),
            align(place.align),
            if place.valign == VAlign::Top { "top" } else { "middle" }
        );
        let again = self.done.contains(&place.field);
        if !again {
            self.done.push(place.field);
        }
        control::write(&mut self.out, control, place, &format!("{classes} {look}"), again);
    }
}

/// What spans are counted in.
struct Around<'t> {
    cols: &'t [Mm],
    /// This row and those below it.
    rows: &'t [Row],
}

impl<'t> Around<'t> {
    fn of(table: &'t Table, rows: &'t [Row], at: usize) -> Around<'t> {
        Around { cols: &table.cols, rows: rows.get(at..).unwrap_or_default() }
    }
}

fn font(role: FontRole) -> &'static str {
    match role {
        FontRole::Song => "song",
        FontRole::Fang => "fang",
        FontRole::Hei => "hei",
        FontRole::Title => "xbs",
    }
}

fn align(align: Align) -> &'static str {
    match align {
        Align::Left => "left",
        Align::Centre => "centre",
        Align::Right => "right",
        Align::Justify => "justify",
    }
}

/// The size of a line: its largest, as layout has it.
fn line_size(line: &Line) -> Mm {
    let sizes = line.inlines.iter().map(|inline| match inline {
        Inline::Text(_, style) | Inline::Ref(_, style) => style.size.to_mm(),
        Inline::Field(place, _) => place.style.size.to_mm(),
    });
    sizes.fold(Mm(0.0), Mm::max)
}

/// The smallest size that a person types in on a page, in millimetres.
fn smallest_type(page: &Page) -> Mm {
    let sizes = page.blocks.iter().flat_map(|block| match block {
        Block::Para(para) => para.lines.iter().map(line_size).collect::<Vec<_>>(),
        Block::Table(table) => {
            table.rows.iter().flat_map(|row| &row.cells).flat_map(|cell| &cell.content).filter_map(content_size).collect()
        }
        Block::Rest(_) => Vec::new(),
    });
    sizes.filter(|size| size.0 > 0.0).reduce(Mm::min).unwrap_or(Mm(4.23))
}

fn content_size(content: &Content) -> Option<Mm> {
    match content {
        Content::Field(place) => Some(place.style.size.to_mm()),
        Content::Para(para) => para.lines.iter().map(line_size).reduce(Mm::min),
        Content::Label(_) => None,
    }
}
