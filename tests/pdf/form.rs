//! A small form made by hand: two pages with one field of every kind, laid out without a template.

use std::sync::Arc;

use formwright::diag::Place;
use formwright::fonts::Fonts;
use formwright::form::{Align, Field, FieldIx, FieldKind, FontRole, Form, Role, TemplateId, TextFormat};
use formwright::image::{Colour, Picture, PictureData};
use formwright::layout::{FieldValue, Frame, Glyph, Item, ItemKind, Layout, Placed, Run, Stroke, Text, Widget};
use formwright::name::FieldName;
use formwright::units::{Mm, Pt, Rect};

/// 姓名, with characters of three planes' worth of trouble: two that few fonts have, one of them beyond the BMP.
pub const NAME: &str = "王㛃𠅤";

/// The form and its layout with a record in it.
pub fn filled(fonts: &Fonts) -> (Form, Layout) {
    let mut maker = Maker { fonts, fields: Vec::new(), values: Vec::new() };
    let frames = vec![maker.first_page(), maker.second_page()];
    let template = TemplateId {
        id: "trial".to_owned(),
        version: "1.0".to_owned(),
        title: "温州市第七轮首席技师推荐表 <A&B>".to_owned(),
        digest: "00ff".repeat(16),
    };
    let form = Form { template, pages: Vec::new(), fields: maker.fields };
    (form, Layout { frames, values: maker.values })
}

struct Maker<'a> {
    fonts: &'a Fonts,
    fields: Vec<Field>,
    values: Vec<FieldValue>,
}

impl Maker<'_> {
    fn first_page(&mut self) -> Frame {
        let name = self.field("name", FieldKind::Text(TextFormat::Plain), "姓名", NAME, Some(8));
        let sex = self.field("sex", FieldKind::Choice(vec!["男".into(), "女".into()]), "性别", "女", None);
        let id = self.field("id_number", FieldKind::Text(TextFormat::IdNumber), "身份证号码", "990302199003077429", Some(14));
        let photo = self.field("photo", FieldKind::Photo, "照片", "", None);
        let work = self.field("resume.0.work", FieldKind::TextArea, "主要学习工作简历", "一机床厂(二车间)\n“双工位”夹具", None);
        let party = self.field("party", FieldKind::Check, "党员", "true", None);

        let mut label = self.text(FontRole::Song, 12.0, (22.0, 33.0), "姓名");
        // Spread over 4 em.
        label.runs[0].glyphs[0].space = 2.0;
        label.actual = Some("姓名".to_owned());
        let picture = Arc::new(Picture {
            width: 105,
            height: 147,
            colour: Colour::Rgb,
            data: PictureData::Jpeg(include_bytes!("photo.jpg").to_vec()),
        });
        let grey = Arc::new(Picture {
            width: 40,
            height: 30,
            colour: Colour::Grey,
            data: PictureData::Raw((0..1200_u32).map(|at| (at % 40 * 6) as u8).collect()),
        });
        let clip = Rect::new(150.0, 25.0, 35.0, 45.0);
        let items = vec![
            item(Role::Title, ItemKind::Text(self.text(FontRole::Title, 18.0, (60.0, 18.0), "首席技师推荐表"))),
            item(Role::Label, ItemKind::Text(label)),
            self.widget(name, Rect::new(45.0, 25.0, 40.0, 12.0), &[(FontRole::Fang, 12.0, 47.0, 32.5, NAME)], Align::Centre, false),
            self.widget(sex, Rect::new(90.0, 25.0, 20.0, 12.0), &[(FontRole::Fang, 12.0, 97.0, 32.5, "女")], Align::Centre, false),
            self.widget(
                id,
                Rect::new(45.0, 40.0, 65.0, 12.0),
                &[(FontRole::Fang, 12.0, 47.0, 47.5, "990302199003077429")],
                Align::Left,
                false,
            ),
            item(
                Role::Value(photo),
                ItemKind::Widget(Widget {
                    field: photo,
                    at: clip,
                    items: vec![image(Rect::new(150.0, 23.0, 35.0, 49.0), clip, &picture)],
                    size: Pt(12.0),
                    align: Align::Centre,
                    multiline: false,
                    one_line: false,
                    flow: None,
                }),
            ),
            self.widget(
                work,
                Rect::new(20.0, 75.0, 165.0, 30.0),
                &[(FontRole::Fang, 10.5, 21.0, 80.0, "一机床厂(二车间)"), (FontRole::Fang, 10.5, 21.0, 86.0, "“双工位”夹具")],
                Align::Justify,
                true,
            ),
            self.check(party, Rect::new(20.0, 110.0, 5.0, 5.0), true),
            // The same picture twice, and one of samples.
            item(Role::Artefact, image(Rect::new(150.0, 110.0, 17.5, 24.5), Rect::new(150.0, 110.0, 17.5, 24.5), &picture).kind),
            item(Role::Artefact, image(Rect::new(170.0, 110.0, 16.0, 12.0), Rect::new(170.0, 110.0, 16.0, 12.0), &grey).kind),
            rule((20.0, 22.0), (190.0, 22.0), 1.5),
            rule((20.0, 107.0), (190.0, 107.0), 1.5),
            rule((20.0, 73.0), (190.0, 73.0), 0.5),
            rule((43.0, 22.0), (43.0, 73.0), 0.5),
        ];
        Frame { size: (Mm(210.0), Mm(297.0)), title: Some("首页".to_owned()), items, tables: Vec::new() }
    }

    fn second_page(&mut self) -> Frame {
        let name = FieldIx(0);
        let month = self.field("birth", FieldKind::Month, "出生年月", "1990.03", Some(4));
        let date = self.field("opinions.employer.date", FieldKind::Date, "单位意见·日期", "", Some(9));
        let seal = self.field("opinions.employer.seal", FieldKind::Seal, "单位意见·盖章", "", None);
        let signature = self.field("opinions.experts.signature", FieldKind::Signature, "专家意见·签名", "", None);
        let summary = self.field("personal_summary", FieldKind::TextArea, "个人总结", "长文第一段，长文第二段。", None);
        let empty = self.field("remark", FieldKind::Text(TextFormat::Plain), "备注", "", Some(20));
        self.fields[date.0].required = true;

        let items = vec![
            self.widget(name, Rect::new(20.0, 20.0, 60.0, 12.0), &[(FontRole::Fang, 16.0, 22.0, 28.0, NAME)], Align::Left, false),
            self.widget(month, Rect::new(90.0, 20.0, 30.0, 12.0), &[(FontRole::Fang, 12.0, 92.0, 28.0, "1990.03")], Align::Right, false),
            self.widget(
                date,
                Rect::new(120.0, 75.0, 45.0, 8.0),
                &[(FontRole::Fang, 12.0, 122.0, 80.5, "　　年　　月　　日")],
                Align::Right,
                false,
            ),
            item(Role::Text, ItemKind::Text(self.text(FontRole::Fang, 12.0, (135.0, 62.0), "盖　章"))),
            self.widget(seal, Rect::new(120.0, 45.0, 42.0, 42.0), &[], Align::Left, false),
            self.widget(signature, Rect::new(20.0, 60.0, 44.0, 14.0), &[], Align::Left, false),
            self.widget(
                summary,
                Rect::new(20.0, 95.0, 170.0, 20.0),
                &[(FontRole::Fang, 12.0, 21.0, 101.0, "长文第一段，")],
                Align::Justify,
                true,
            ),
            self.widget(empty, Rect::new(130.0, 20.0, 30.0, 12.0), &[], Align::Left, false),
            item(Role::Continuation(summary), ItemKind::Text(self.text(FontRole::Fang, 12.0, (21.0, 130.0), "长文第二段。"))),
            rule((20.0, 120.0), (190.0, 120.0), 0.5),
        ];
        Frame { size: (Mm(210.0), Mm(297.0)), title: None, items, tables: Vec::new() }
    }

    fn field(&mut self, name: &str, kind: FieldKind, label: &str, value: &str, capacity: Option<usize>) -> FieldIx {
        self.fields.push(Field {
            name: FieldName::parse(name).unwrap(),
            kind,
            label: label.to_owned(),
            required: false,
            agrees: Vec::new(),
            after: None,
            declared: Place::Template { file: "trial".into(), line: 1, column: 1, excerpt: String::new(), width: 1 },
        });
        self.values.push(FieldValue { text: value.to_owned(), capacity });
        FieldIx(self.fields.len() - 1)
    }

    /// A widget with lines of text: role, size, left, baseline, words.
    fn widget(&self, field: FieldIx, at: Rect, lines: &[(FontRole, f64, f64, f64, &str)], align: Align, multiline: bool) -> Item {
        let text = |(role, size, x, y, words): &(FontRole, f64, f64, f64, &str)| {
            item(Role::Value(field), ItemKind::Text(self.text(*role, *size, (*x, *y), words)))
        };
        let items = lines.iter().map(text).collect();
        let size = Pt(lines.first().map_or(12.0, |line| line.1));
        item(Role::Value(field), ItemKind::Widget(Widget { field, at, items, size, align, multiline, one_line: !multiline, flow: None }))
    }

    /// A check box as layout draws it: four sides and, if it is ticked, a slanting stroke.
    fn check(&self, field: FieldIx, at: Rect, ticked: bool) -> Item {
        let corner = |x: Mm, y: Mm| (x.0, y.0);
        let (left, top, right, bottom) = (at.x, at.y, at.right(), at.bottom());
        let mut items = vec![
            rule(corner(left, top), corner(right, top), 0.5),
            rule(corner(right, top), corner(right, bottom), 0.5),
            rule(corner(right, bottom), corner(left, bottom), 0.5),
            rule(corner(left, bottom), corner(left, top), 0.5),
        ];
        if ticked {
            let mut tick = rule((left.0 + 1.0, top.0 + 1.0), (right.0 - 1.0, bottom.0 - 1.0), 1.0);
            tick.role = Role::Value(field);
            items.push(tick);
        }
        item(
            Role::Value(field),
            ItemKind::Widget(Widget {
                field,
                at,
                items,
                size: Pt(12.0),
                align: Align::Centre,
                multiline: false,
                one_line: false,
                flow: None,
            }),
        )
    }

    /// Text from a point; each character by the first face of the role that has it.
    pub fn text(&self, role: FontRole, size: f64, at: (f64, f64), words: &str) -> Text {
        set(self.fonts, role, size, at, words)
    }
}

/// Text from a point; each character by the first face of the role that has it.
pub fn set(fonts: &Fonts, role: FontRole, size: f64, (x, baseline): (f64, f64), words: &str) -> Text {
    let mut runs: Vec<Run> = Vec::new();
    let mut x = Mm(x);
    for ch in words.chars() {
        let (face, glyph) = fonts.chain(role).iter().find_map(|face| Some((*face, fonts.glyph(*face, ch)?))).expect("a face has it");
        if runs.last().is_none_or(|run| run.face != face) {
            runs.push(Run { face, size: Pt(size), x, baseline: Mm(baseline), glyphs: Vec::new() });
        }
        runs.last_mut().unwrap().glyphs.push(Glyph { id: glyph.id, ch, advance: glyph.advance, space: 0.0 });
        x += Pt(size).to_mm() * f64::from(glyph.advance);
    }
    Text { runs, actual: None, flow: None }
}

pub fn item(role: Role, kind: ItemKind) -> Item {
    Item { role, cell: None, kind }
}

fn image(at: Rect, clip: Rect, picture: &Arc<Picture>) -> Item {
    item(Role::Artefact, ItemKind::Image(Placed { at, clip, picture: Arc::clone(picture), turned: false }))
}

fn rule(from: (f64, f64), to: (f64, f64), width: f64) -> Item {
    item(Role::Artefact, ItemKind::Line(Stroke { from: (Mm(from.0), Mm(from.1)), to: (Mm(to.0), Mm(to.1)), width: Pt(width) }))
}
