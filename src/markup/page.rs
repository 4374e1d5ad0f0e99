//! Pages: paper, margins, blocks, and the order of form pages and annexes.

use super::line;
use super::reader::{Reader, at};
use super::style::{look, read_styles};
use super::table::read_table;
use super::value;
use super::vocabulary::Tag;
use super::xml::Element;
use crate::diag::Message;
use crate::form::{Block, Edges, Page, PageKind, Rest, Table};
use crate::units::{Mm, Rect};

/// Tables that lie over one another by less only touch.
const NEAR: Mm = Mm(0.05);

/// The paper and its margins.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sheet {
    pub size: (Mm, Mm),
    pub margin: Edges,
}

/// The pages of the form.
pub(super) fn read_pages(reader: &mut Reader, form: &Element) -> Vec<Page> {
    read_styles(reader, form, true);
    let mut pages: Vec<Page> = Vec::new();
    let mut rest_page = false;
    let mut any = false;
    for element in form.elements().filter(|element| element.tag == Tag::Page) {
        any = true;
        let kind = kind(reader, element);
        if kind == Some(PageKind::Plain) && pages.iter().any(|page| page.kind != PageKind::Plain) {
            let (zh, en) = ("附页都在正页之后", "annex pages come after all pages of the form");
            reader.error("page-order", &element.at, zh, en);
        }
        if kind == Some(PageKind::Rest) && std::mem::replace(&mut rest_page, true) {
            let (zh, en) = ("只能有一个 `rest=\"yes\"` 的页", "only one page has `rest=\"yes\"`");
            reader.error("page-order", at(element, "rest"), zh, en);
        }
        reader.page = kind.clone();
        pages.extend(read_page(reader, element, kind));
        reader.styles.forget_page();
    }
    if !any && !form.broken {
        reader.error("missing-element", &form.at, "`<form>` 里没有 `<page>`", "the `<form>` has no `<page>`");
    }
    if let Some(at) = reader.continued.take()
        && !rest_page
        && reader.reports.is_empty()
    {
        let message =
            Message::new("有文字要续到附页，但没有 `rest=\"yes\"` 的页", "a text continues, but there is no page with `rest=\"yes\"`");
        let help = Message::new(
            "在最后加一个 `<page rest=\"yes\" size=…>`，里面放 `<rest box=…/>`；或写 `overflow=\"error\"`",
            "add a last `<page rest=\"yes\" size=…>` with a `<rest box=…/>`, or write `overflow=\"error\"`",
        );
        reader.reports.error_with_help("no-rest", &at, message, help);
    }
    pages
}

fn read_page(reader: &mut Reader, element: &Element, kind: Option<PageKind>) -> Option<Page> {
    read_styles(reader, element, false);
    let size = reader.need(element, "size", value::paper);
    let default = Edges { top: Mm(20.0), right: Mm(20.0), bottom: Mm(20.0), left: Mm(20.0) };
    let margin = match element.get("margin") {
        Some(attribute) => reader.value(attribute, value::edges),
        None => Some(default),
    };
    let title = element.get("title").map(|title| title.value.trim().to_owned()).filter(|title| !title.is_empty());
    let sheet = match (size, margin) {
        (Some(size), Some(margin)) if !element.broken => Some(Sheet { size, margin }),
        _ => None,
    };
    if let Some(sheet) = &sheet {
        let across = sheet.margin.left + sheet.margin.right;
        let down = sheet.margin.top + sheet.margin.bottom;
        if across >= sheet.size.0 || down >= sheet.size.1 {
            let (zh, en) = ("页边距比纸张还大", "the margins leave nothing of the paper");
            reader.error("off-paper", at(element, "margin"), zh, en);
            return None;
        }
    }
    let first = reader.fields.len();
    let mut blocks = Vec::new();
    let mut rests = 0;
    for child in element.elements() {
        match child.tag {
            Tag::P => blocks.extend(line::on_page(reader, child, size).map(Block::Para)),
            Tag::Table => {
                let table = read_table(reader, child, sheet.as_ref());
                if let (Some(table), Some(sheet)) = (&table, &sheet) {
                    apart(reader, child, table, &blocks, sheet);
                }
                blocks.extend(table.map(Block::Table));
            }
            Tag::Rest => {
                rests += 1;
                blocks.extend(read_rest(reader, child, kind.as_ref(), rests, sheet.as_ref()).map(Block::Rest));
            }
            _ => {}
        }
    }
    if kind == Some(PageKind::Rest) && rests == 0 && !element.broken {
        let (zh, en) = ("`rest=\"yes\"` 的页里要有一个 `<rest>`", "a page with `rest=\"yes\"` needs a `<rest>`");
        reader.error("missing-element", &element.at, zh, en);
    }
    if let Some(PageKind::Annex(prefix)) = &kind
        && !reader.fields.names().skip(first).any(|name| name.as_str().starts_with(prefix))
        && reader.reports.is_empty()
    {
        reader.error(
            "unknown-field",
            at(element, "annex"),
            format!("这一页没有以 `{prefix}` 开头的新字段"),
            format!("this page has no new field whose name begins with `{prefix}`"),
        );
    }
    Some(Page { size: size?, margin: margin?, title, kind: kind?, blocks })
}

/// A table does not lie over one before it on the page.
fn apart(reader: &mut Reader, element: &Element, table: &Table, before: &[Block], sheet: &Sheet) {
    // Rows that run on do not reach below the margin.
    let foot = sheet.size.1 - sheet.margin.bottom;
    let area = |table: &Table| {
        let height: Mm = table.head.iter().chain(&table.rows).map(|row| row.height).sum();
        // Rules may be one.
        let (w, h) = (table.cols.iter().copied().sum::<Mm>() - NEAR, height.min(foot - table.y) - NEAR);
        Rect { x: table.x, y: table.y, w, h }
    };
    let area_of_this = area(table);
    let crosses = before.iter().any(|block| matches!(block, Block::Table(other) if area(other).overlaps(&area_of_this)));
    if crosses {
        reader.error(
            "crossing-tables",
            &element.at,
            "这个表格压在前面的表格上：移动 `x` 或 `y`，或减小前面表格的行高",
            "the table lies over one before it: move it by `x` or `y`, or make that one's rows lower",
        );
    }
}

/// What kind of page it is; `None` where the template's words for it are wrong.
fn kind(reader: &mut Reader, element: &Element) -> Option<PageKind> {
    let rest = match element.get("rest") {
        Some(attribute) => reader.value(attribute, value::yes)?,
        None => false,
    };
    if rest {
        reader.refuse(element, &["annex"], ("`rest` 已说明这是续页", "`rest` says what this page is"));
    }
    let annex = match element.get("annex") {
        Some(attribute) => Some(reader.value(attribute, value::name)?),
        None => None,
    };
    match (rest, annex) {
        (true, _) => Some(PageKind::Rest),
        (false, Some(name)) => Some(PageKind::Annex(format!("{name}."))),
        (false, None) if element.broken => None,
        (false, None) => Some(PageKind::Plain),
    }
}

fn read_rest(reader: &mut Reader, element: &Element, kind: Option<&PageKind>, count: usize, sheet: Option<&Sheet>) -> Option<Rest> {
    if kind.is_some_and(|kind| *kind != PageKind::Rest) || count > 1 {
        reader.error(
            "misplaced-element",
            &element.at,
            "`<rest>` 只有一个，在 `rest=\"yes\"` 的页里",
            "there is one `<rest>`, on the page with `rest=\"yes\"`",
        );
    }
    let look = look(reader, element);
    let rect = reader.need(element, "box", value::rect)?;
    if let Some(sheet) = sheet {
        let right = sheet.size.0 - sheet.margin.right;
        let bottom = sheet.size.1 - sheet.margin.bottom;
        if rect.x < sheet.margin.left || rect.y < sheet.margin.top || rect.right().0 > right.0 + 0.005 || rect.bottom().0 > bottom.0 + 0.005
        {
            let (zh, en) = ("框超出页边距", "the box leaves the margins");
            reader.error("off-paper", at(element, "box"), zh, en);
        }
    }
    Some(Rest { at: rect, style: look.style(), leading: look.leading.0 })
}
