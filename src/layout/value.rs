//! Values in their boxes: the words as they stand on paper, the size that fits, pictures, ticks.

use std::sync::Arc;

use super::Setter;
use super::frame::{CellPlace, FieldValue, Flow, Item, ItemKind, Layout, Placed, Stroke, Text, Widget};
use super::lines::fitted_runs;
use super::{Continued, Run};
use crate::diag::{Diagnostic, Message, Place};
use crate::form::{Align, Field, FieldBox, FieldIx, FieldKind, Form, Label, LabelLine, Overflow, Role, TextFormat, TextStyle, VAlign};
use crate::image::{self, ImageOptions, Picture};
use crate::record::{Record, value};
use crate::text::{self, Fallback, FitBox, Fitted, Longer, Missing};
use crate::units::{Mm, Pt, Rect};

/// How much of a box a value fills at most: Word's spacing differs a little from ours.
const FILL: f64 = 0.9;

/// A box for a short text that holds so many lines is filled with several.
const ROOMY: f64 = 3.0;

/// The resolution below which a printed photo looks coarse, in dots per inch.
const COARSE_DPI: f64 = 200.0;

/// What photos are best printed at.
const BEST_DPI: f64 = 300.0;

/// So many places of one kind are named.
const PLACES: usize = 3;

/// The value of a field in the words of the paper.
pub fn on_paper(field: &Field, record: &Record) -> FieldValue {
    let stored = record.text(&field.name).unwrap_or_default();
    let text = match field.kind {
        FieldKind::Photo | FieldKind::Signature | FieldKind::Seal => String::new(),
        FieldKind::Month => value::month_on_paper(stored).unwrap_or_else(|| stored.to_owned()),
        FieldKind::Date => value::date_on_paper(stored).unwrap_or_else(|| stored.to_owned()),
        FieldKind::Check => record.flag(&field.name).map(|ticked| ticked.to_string()).unwrap_or_default(),
        _ => stored.to_owned(),
    };
    FieldValue { text, capacity: None }
}

impl Setter<'_> {
    /// A field in a line of ink: centred on the line's em box.
    pub(super) fn inline_field(&mut self, field: &FieldBox, within: &Rect, cell: Option<CellPlace>) -> Option<Item> {
        Some(self.field(field, within, cell))
    }

    /// A field in its box.
    pub(super) fn field(&mut self, place: &FieldBox, within: &Rect, cell: Option<CellPlace>) -> Item {
        let (items, flow) = match self.form[place.field].kind {
            FieldKind::Photo => (self.photo(place, within, cell), None),
            FieldKind::Signature | FieldKind::Seal => (Vec::new(), None),
            FieldKind::Check => (self.tick(place, within, cell), None),
            _ => self.words(place, within, cell),
        };
        self.widget(place, within, cell, items, flow)
    }

    /// A field whose text was set before, because its row had to grow with it.
    pub(super) fn grown_field(&mut self, place: &FieldBox, within: &Rect, cell: Option<CellPlace>, fitted: &Fitted) -> Item {
        let role = Role::Value(place.field);
        let items = text_item(fitted_runs(fitted, within, place.align, place.valign), role, cell);
        let text = self.values[place.field.0].text.clone();
        self.widget(place, within, cell, items, Some(flow(text, fitted, within, place.align, place.valign)))
    }

    fn widget(&self, place: &FieldBox, within: &Rect, cell: Option<CellPlace>, items: Vec<Item>, flow: Option<Flow>) -> Item {
        let role = Role::Value(place.field);
        let (size, lines) = flow.as_ref().map_or((place.style.size, 1), |flow| (flow.size, flow.lines));
        let pitch = size.to_mm() * place.leading.0;
        // Readers set several lines from the top and one line in the middle: a box low enough to look empty below a name at its
        // top takes one line, unless its text already has more.
        let multiline = match self.form[place.field].kind {
            FieldKind::TextArea => true,
            FieldKind::Text(TextFormat::Plain) => lines > 1 || within.h * FILL >= pitch * ROOMY,
            _ => false,
        };
        let alone = lines <= 1 && !multiline && self.form[place.field].kind.is_one_line();
        let at = if alone { one_line(within, place.style.size) } else { *within };
        let widget = Widget { field: place.field, at, items, size, align: place.align, multiline, one_line: alone, flow };
        Item { role, cell, kind: ItemKind::Widget(widget) }
    }

    fn words(&mut self, place: &FieldBox, within: &Rect, cell: Option<CellPlace>) -> (Vec<Item>, Option<Flow>) {
        let role = Role::Value(place.field);
        let frame = fit_box(self.form, place, within);
        self.limit(place, &frame);
        let value = std::mem::take(&mut self.values[place.field.0].text);
        // Empty lines after the end ask for no room, and for no 附页.
        let words = value.trim_end();
        let done = if words.is_empty() {
            (self.empty(place, within, cell), unset(value.clone(), place, within))
        } else {
            match text::fit(self.fonts, words, &frame) {
                Ok(mut fitted) => {
                    even(&mut fitted, place, within.w);
                    let here = if fitted.shown < fitted.lines.len() { self.overflow(place, words, &fitted, &frame) } else { None };
                    let here = value.get(..here.unwrap_or(value.len())).unwrap_or_default().to_owned();
                    let flow = flow(here, &fitted, within, place.align, place.valign);
                    (text_item(fitted_runs(&fitted, within, place.align, place.valign), role, cell), flow)
                }
                Err(missing) => {
                    self.missing(place.field, &missing);
                    (Vec::new(), unset(value.clone(), place, within))
                }
            }
        };
        let done = (done.0, Some(done.1));
        self.values[place.field.0].text = value;
        done
    }

    /// Notes how many characters the field holds, where the text may not continue.
    fn limit(&mut self, place: &FieldBox, frame: &FitBox) {
        let room = match self.form[place.field].kind {
            FieldKind::Text(TextFormat::IdNumber) => 18,
            FieldKind::Text(TextFormat::Mobile) => 11,
            FieldKind::Text(TextFormat::Postcode) => 6,
            _ if place.overflow == Overflow::Error => text::capacity(frame),
            _ => return,
        };
        let value = &mut self.values[place.field.0];
        // A name that stands in two boxes holds what the smaller one holds; a text that is there already always may stay.
        let least = value.capacity.map_or(room, |before| before.min(room));
        value.capacity = Some(least.max(value.text.chars().count()));
    }

    /// The text of a cell in a row that grows with it.
    pub(super) fn grown(&mut self, place: &FieldBox, width: Mm) -> Option<Fitted> {
        let words = self.values[place.field.0].text.trim_end().to_owned();
        if words.is_empty() {
            return None;
        }
        let frame = fit_box(self.form, place, &Rect { x: Mm(0.0), y: Mm(0.0), w: width, h: Mm(0.0) });
        match text::grow(self.fonts, &words, &frame) {
            Ok(mut fitted) => {
                even(&mut fitted, place, width);
                Some(fitted)
            }
            Err(missing) => {
                self.missing(place.field, &missing);
                None
            }
        }
    }

    /// What to do with a text that does not fit at the smallest size: where it may go on elsewhere, the byte at which it does.
    fn overflow(&mut self, place: &FieldBox, words: &str, fitted: &Fitted, frame: &FitBox) -> Option<usize> {
        let field = &self.form[place.field];
        if place.overflow == Overflow::Continue {
            let begin = fitted.lines.get(fitted.shown).map_or(0, |line| line.range.start);
            let begin = text::source_at(words, begin);
            if !self.continued.iter().any(|waiting| waiting.field == place.field) {
                self.continued.push(Continued { field: place.field, begin, sheet: self.frames.len() + 1 });
            }
            return Some(begin);
        }
        let (have, room) = (words.chars().count(), text::capacity(frame));
        let found = if have <= room && fitted.shown > 0 {
            too_many_lines(field, fitted.lines.len(), fitted.shown)
        } else {
            does_not_fit(field, have, room, place.min_size)
        };
        // A name that stands in several boxes is one mistake: the smallest box says how much is too much.
        let known = self.unfit.entry(place.field).or_insert((room, found.clone()));
        if room < known.0 {
            *known = (room, found);
        }
        None
    }

    /// Texts too long for their boxes, and whatever still waits for a 附页 that the template does not have.
    pub(super) fn refuse_what_is_left(&mut self) {
        self.diagnostics.extend(std::mem::take(&mut self.unfit).into_values().map(|(_, found)| found));
        for waiting in std::mem::take(&mut self.continued) {
            let have = self.values[waiting.field.0].text.chars().count();
            let field = &self.form[waiting.field];
            let smallest = self.form.boxes().find(|place| place.field == waiting.field).map_or(Pt(0.0), |place| place.min_size);
            let room = self.values[waiting.field.0].text.get(..waiting.begin).map_or(0, |here| here.chars().count());
            self.diagnostics.push(does_not_fit(field, have, room, smallest));
        }
    }

    /// The characters of a value that cannot be drawn: one diagnostic for each kind, however many there are.
    ///
    /// The kinds that [`crate::check`] refuses as well bear its codes, so that a caller of both tells each once.
    pub(super) fn missing(&mut self, field: FieldIx, missing: &[Missing]) {
        let field = &self.form[field];
        for code in ["private-use", "control-character", "no-character", "replacement-character", "missing-glyph"] {
            let of_kind: Vec<&Missing> = missing.iter().filter(|gone| kind_of(gone.ch) == code).collect();
            if !of_kind.is_empty() {
                self.diagnostics.push(cannot_draw(field, code, &of_kind));
            }
        }
    }

    /// What an empty field shows: 　　年　　月　　日, 照片.
    fn empty(&mut self, place: &FieldBox, within: &Rect, cell: Option<CellPlace>) -> Vec<Item> {
        if place.empty.is_empty() {
            return Vec::new();
        }
        let mut lines = place.empty.clone();
        if self.form[place.field].kind == FieldKind::Date {
            lines.iter_mut().for_each(|line| narrow(line, within.w));
        }
        let plain = lines.iter().map(|line| line.text.as_str()).collect();
        let align = if place.align == Align::Justify { Align::Left } else { place.align };
        let label = Label { lines, align, leading: 1.3, vertical: false, plain };
        self.label(&label, within, cell, Role::Value(place.field)).into_iter().collect()
    }

    fn photo(&mut self, place: &FieldBox, within: &Rect, cell: Option<CellPlace>) -> Vec<Item> {
        let Some(picture) = self.picture(place.field) else {
            return self.empty(place, within, cell);
        };
        let (at, clip) = image::frame((picture.width, picture.height), *within);
        let dpi = f64::from(picture.width) / (at.w.0 / 25.4).max(f64::MIN_POSITIVE);
        let wanted = self.options.photo_dpi.unwrap_or(COARSE_DPI);
        if dpi < wanted {
            let field = &self.form[place.field];
            let message = Message::new(
                format!("“{}”在纸上只有每英寸 {dpi:.0} 点，打印会模糊", field.label),
                format!("{} has only {dpi:.0} dots per inch on paper and will print coarsely", field.label),
            );
            let pixels =
                |dpi: f64, whole: fn(f64) -> f64| [within.w, within.h].map(|side| whole(side.0 / 25.4 * dpi).to_string()).join("×");
            let (least, best) = (pixels(wanted, f64::ceil), pixels(wanted.max(BEST_DPI), f64::round));
            let help = Message::new(
                format!("换一张至少 {least} 像素的照片（{best} 最好）"),
                format!("use a photo of at least {least} pixels ({best} is best)"),
            );
            self.diagnostics.push(Diagnostic::warning("photo-coarse", place_of(field), message).with_help(help));
        }
        vec![Item { role: Role::Value(place.field), cell, kind: ItemKind::Image(Placed { at, clip, picture, turned: false }) }]
    }

    fn picture(&mut self, at: FieldIx) -> Option<Arc<Picture>> {
        if let Some(known) = self.pictures.get(&at) {
            return known.clone();
        }
        let field = &self.form[at];
        let options = ImageOptions { grey: self.options.grey, ..ImageOptions::default() };
        let loaded = match self.record.asset(&field.name).map(|bytes| image::load(bytes, &options)) {
            None => None,
            Some(Ok(picture)) => Some(Arc::new(picture)),
            Some(Err(unusable)) => {
                self.diagnostics.push(Diagnostic::error(unusable.code, place_of(field), unusable.message).with_help(unusable.help));
                None
            }
        };
        self.pictures.insert(at, loaded.clone());
        loaded
    }

    /// A box to tick, drawn: the bundled faces have no ☑.
    fn tick(&mut self, place: &FieldBox, within: &Rect, cell: Option<CellPlace>) -> Vec<Item> {
        let side = place.style.size.to_mm().min(within.h).min(within.w);
        let x = match place.align {
            Align::Left | Align::Justify => within.x,
            Align::Centre => within.x + (within.w - side) / 2.0,
            Align::Right => within.right() - side,
        };
        let y = within.y + (within.h - side) / 2.0;
        let at = |across: f64, down: f64| (x + side * across, y + side * down);
        let mut lines = vec![
            (at(0.0, 0.0), at(1.0, 0.0), 0.5),
            (at(1.0, 0.0), at(1.0, 1.0), 0.5),
            (at(1.0, 1.0), at(0.0, 1.0), 0.5),
            (at(0.0, 1.0), at(0.0, 0.0), 0.5),
        ];
        if self.values[place.field.0].text == "true" {
            lines.extend([(at(0.2, 0.5), at(0.42, 0.75), 1.0), (at(0.42, 0.75), at(0.82, 0.22), 1.0)]);
        }
        let role = Role::Value(place.field);
        lines.into_iter().map(|(from, to, pt)| Item { role, cell, kind: ItemKind::Line(Stroke { from, to, width: Pt(pt) }) }).collect()
    }
}

/// How many full-width characters stand in the form's own box of a text that may continue, at its smallest size;
/// `None` for a text that may not.
pub fn room(form: &Form, layout: &Layout, field: FieldIx) -> Option<usize> {
    let place = form.boxes().find(|place| place.field == field && place.overflow == Overflow::Continue)?;
    let widget = layout.frames.iter().flat_map(|frame| &frame.items).find_map(|item| match &item.kind {
        ItemKind::Widget(widget) if widget.field == field => Some(widget),
        _ => None,
    })?;
    Some(text::capacity(&fit_box(form, place, &widget.at)))
}

fn fit_box(form: &Form, place: &FieldBox, within: &Rect) -> FitBox {
    let area = form[place.field].kind == FieldKind::TextArea;
    FitBox {
        width: within.w,
        height: within.h,
        font: place.style.font,
        size: place.style.size,
        min_size: place.min_size,
        leading: place.leading,
        fallback: if area { Fallback::Each } else { Fallback::Whole },
        breaks: place.breaks.clone(),
        prefer_one_line: !area,
    }
}

/// Why a character is not drawn, as a diagnostic's code.
fn kind_of(ch: char) -> &'static str {
    match ch {
        '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{FFFFD}' | '\u{100000}'..='\u{10FFFD}' => "private-use",
        '\u{FDD0}'..='\u{FDEF}' => "no-character",
        _ if u32::from(ch) & 0xFFFE == 0xFFFE => "no-character",
        '\u{FFFD}' => "replacement-character",
        _ if ch.is_control() => "control-character",
        _ => "missing-glyph",
    }
}

fn cannot_draw(field: &Field, code: &'static str, gone: &[&Missing]) -> Diagnostic {
    let shown = || gone.iter().take(PLACES).map(|gone| (gone.at + 1, u32::from(gone.ch)));
    let zh: Vec<String> = shown().map(|(at, code)| format!("第 {at} 个字符 U+{code:04X}")).collect();
    let en: Vec<String> = shown().map(|(at, code)| format!("character {at} is U+{code:04X}")).collect();
    let (zh_more, en_more) = match gone.len().saturating_sub(PLACES) {
        0 => (String::new(), String::new()),
        more => (format!("，另有 {more} 处"), format!(", and {more} more")),
    };
    let (zh, en) = (format!("（{}{zh_more}）", zh.join("，")), format!(" ({}{en_more})", en.join(", ")));
    let label = &field.label;
    let (message, help) = match code {
        "private-use" => (
            Message::new(
                format!("“{label}”里有自造字（私用区），别的电脑上会是另一个字或空框{zh}"),
                format!("{label} has private-use characters, which other computers show differently{en}"),
            ),
            Message::new("改用国家标准 GB 18030 里的正式编码", "type the character with its official code (GB 18030)"),
        ),
        "missing-glyph" => (
            Message::new(format!("“{label}”里有字没有任何字体能排{zh}"), format!("{label} has characters that no font can print{en}")),
            Message::new(
                "核对此字；确实要用时，用 --fonts 加一个有此字的字体文件夹",
                "check the character; if it is right, name a folder of fonts that have it with --fonts",
            ),
        ),
        _ => (
            Message::new(format!("“{label}”里有不能印出的字符{zh}"), format!("{label} has characters that cannot be printed{en}")),
            Message::new("删去，或重新输入这一处", "delete it, or type this place again"),
        ),
    };
    Diagnostic::error(code, place_of(field), message).with_help(help)
}

/// The part of a box where one line stands: the em box and a little above and below. Readers choose the size of what is
/// typed by a widget's height, and make it smaller where it grows too wide.
fn one_line(within: &Rect, size: Pt) -> Rect {
    let height = (size.to_mm() * 1.3).min(within.h);
    Rect { y: within.y + (within.h - height) / 2.0, h: height, ..*within }
}

/// The place of a field's value in the record.
pub fn place_of(field: &Field) -> Place {
    Place::Record { pointer: field.name.pointer(), label: field.label.clone() }
}

/// Evens the lines of a centred text that all stand in its box.
fn even(fitted: &mut Fitted, place: &FieldBox, width: Mm) {
    // Pieces, as of an identity number, are where they must be.
    if place.align == Align::Centre && place.breaks.is_empty() && fitted.shown == fitted.lines.len() {
        text::even_lines(&fitted.set, &mut fitted.lines, width / fitted.size.to_mm(), Longer::Last);
    }
}

fn does_not_fit(field: &Field, have: usize, room: usize, smallest: Pt) -> Diagnostic {
    let message = Message::new(
        format!("“{}”写了 {have} 个字，放不下：这一格用最小字号（{} 磅）约排 {room} 个字", field.label, smallest.0),
        format!("{} has {have} characters and does not fit: at the smallest size ({} pt) it holds about {room}", field.label, smallest.0),
    );
    let help = Message::new(
        format!("删去约 {} 个字，或把一部分写进可以另加附页的栏目", have.saturating_sub(room).max(1)),
        format!("cut about {} characters, or move a part to a field that may continue on another sheet", have.saturating_sub(room).max(1)),
    );
    Diagnostic::error("does-not-fit", place_of(field), message).with_help(help)
}

/// For a text whose line breaks, not its characters, are too many.
fn too_many_lines(field: &Field, have: usize, room: usize) -> Diagnostic {
    let message = Message::new(
        format!("“{}”要排 {have} 行，这一格只排得下 {room} 行", field.label),
        format!("{} takes {have} lines; its box has room for {room}", field.label),
    );
    let help = Message::new("删去换行，或缩短文字", "delete line breaks, or shorten the text");
    Diagnostic::error("does-not-fit", place_of(field), message).with_help(help)
}

fn text_item(runs: Vec<Run>, role: Role, cell: Option<CellPlace>) -> Vec<Item> {
    if runs.is_empty() {
        return Vec::new();
    }
    vec![Item { role, cell, kind: ItemKind::Text(Text { runs, actual: None, flow: None }) }]
}

/// Fitted text as flowing text.
pub fn flow(text: String, fitted: &Fitted, room: &Rect, align: Align, valign: VAlign) -> Flow {
    Flow { room: *room, text, font: fitted.font, size: fitted.size, pitch: fitted.pitch, lines: fitted.shown, align, valign }
}

/// A box that shows no words, as flowing text: what is typed there begins at the full size.
fn unset(text: String, place: &FieldBox, room: &Rect) -> Flow {
    let TextStyle { font, size } = place.style;
    let (align, valign) = (place.align, place.valign);
    Flow { room: *room, text, font, size, pitch: size * place.leading.0, lines: 1, align, valign }
}

/// The height that grown text asks of its row, padding not counted.
pub fn grown_height(fitted: &Fitted) -> Mm {
    fitted.pitch.to_mm() * fitted.shown as f64 / FILL
}

/// Takes room between 年, 月 and 日 where the box is too narrow for it, so that they stay on one line.
fn narrow(line: &mut LabelLine, room: Mm) {
    let em = line.style.size.to_mm().0;
    for (wide, less) in [("\u{3000}\u{3000}", "\u{3000}"), ("\u{3000}", "")] {
        if line.text.chars().count() as f64 * em > room.0 {
            line.text = line.text.replace(wide, less);
        }
    }
}
