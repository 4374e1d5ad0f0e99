//! What is told of a form: its line in the list, and its fields with their places on the paper.

use serde::Serialize;
use utoipa::ToSchema;

use super::app::App;
use super::output::Output;
use super::problem::Problem;
use super::which::Which;
use crate::form::{Field, FieldIx, FieldKind};
use crate::layout::{self, ItemKind, Layout};
use crate::name::FieldName;

/// A form.
#[derive(Clone, Serialize, ToSchema)]
pub struct TemplateLine {
    /// What it is called in addresses.
    #[schema(example = "recommendation")]
    id: String,
    /// Its version, as its maker counts.
    #[schema(example = "1")]
    version: String,
    /// SHA-256 over its files, in hex: `{id}@sha256:{digest}` names exactly this form.
    digest: String,
    /// What the paper is called, in Chinese.
    #[schema(example = "温州市第七轮首席技师推荐表")]
    title: String,
    /// Whether it is about one person, or a list of people (`nominees`).
    kind: FormKind,
    /// What it can be written as.
    #[schema(value_type = Vec<Output>)]
    outputs: Vec<&'static str>,
    /// How many sheets the empty form has.
    #[schema(minimum = 1)]
    pages: usize,
}

/// Whom a form is about.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum FormKind {
    /// One person.
    Single,
    /// Several people, a row each.
    List,
}

/// A form with its fields.
#[derive(Clone, Serialize, ToSchema)]
pub struct TemplateDetail {
    #[serde(flatten)]
    line: TemplateLine,
    /// The sheets of the empty form.
    sheets: Vec<Sheet>,
    /// The fields in reading order, those of the empty form: a list has its first rows here.
    fields: Vec<FieldLine>,
}

/// A sheet of paper, in millimetres.
#[derive(Clone, Serialize, ToSchema)]
struct Sheet {
    width: f64,
    height: f64,
}

/// A field of a form.
#[derive(Clone, Serialize, ToSchema)]
struct FieldLine {
    /// Its name, the same in PDF and DOCX.
    #[schema(example = "resume.0.period")]
    name: String,
    /// Its value's place in the record (RFC 6901).
    #[schema(example = "/resume/0/period")]
    pointer: String,
    /// What the paper calls it, in Chinese.
    #[schema(example = "简历第1行·起止年月")]
    label: String,
    /// What may stand in it; `signature` and `seal` are places on paper and no data.
    #[schema(example = "text")]
    kind: &'static str,
    /// The values to choose from; another may be typed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    options: Vec<String>,
    /// Whether a record that is handed in must have it.
    required: bool,
    /// How many full-width characters its box holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    capacity: Option<usize>,
    /// Whether a longer text goes on to a further sheet.
    continues: bool,
    /// Where it stands.
    boxes: Vec<FieldPlace>,
}

/// A place on a sheet, in millimetres from the sheet's top left.
#[derive(Clone, Serialize, ToSchema)]
struct FieldPlace {
    /// The sheet, from 1.
    #[schema(minimum = 1)]
    page: usize,
    x: f64,
    y: f64,
    width: f64,
    height: f64,
}

/// What is told of one form.
pub fn detail(app: &App, name: &str) -> Result<TemplateDetail, Problem> {
    let template = Which::of(app, name)?.template(app)?;
    let blank = app.engine.blank(name)?;
    let (id, form, layout) = (template.id(), blank.form(), blank.layout());
    let of_people = |name: &FieldName| name.as_str().starts_with("nominees.");
    let kind = if form.fields.iter().any(|field| of_people(&field.name)) { FormKind::List } else { FormKind::Single };
    let line = TemplateLine {
        id: id.id.clone(),
        version: id.version.clone(),
        digest: id.digest.clone(),
        title: id.title.clone(),
        kind,
        outputs: Output::offered(template).into_iter().map(Output::word).collect(),
        pages: blank.pages(),
    };
    let sheets = layout.frames.iter().map(|frame| Sheet { width: rounded(frame.size.0.0), height: rounded(frame.size.1.0) }).collect();
    let fields = form.fields.iter().enumerate().map(|(at, field)| {
        let room = layout::room(form, layout, FieldIx(at));
        field_line(field, FieldIx(at), layout, room)
    });
    Ok(TemplateDetail { line, sheets, fields: fields.collect() })
}

/// What is told of every form that can be used.
pub fn lines(app: &App) -> Vec<TemplateLine> {
    app.engine.template_names().filter_map(|name| detail(app, name).ok()).map(|detail| detail.line).collect()
}

fn field_line(field: &Field, at: FieldIx, layout: &Layout, room: Option<usize>) -> FieldLine {
    let limit = layout.values.get(at.0).and_then(|value| value.capacity);
    FieldLine {
        name: field.name.as_str().to_owned(),
        pointer: field.name.pointer(),
        label: field.label.clone(),
        kind: field.kind.word(),
        options: if let FieldKind::Choice(options) = &field.kind { options.clone() } else { Vec::new() },
        required: field.required,
        capacity: limit.or(room),
        continues: limit.is_none() && room.is_some(),
        boxes: places(at, layout),
    }
}

fn places(at: FieldIx, layout: &Layout) -> Vec<FieldPlace> {
    let mut places = Vec::new();
    for (page, frame) in layout.frames.iter().enumerate() {
        for item in &frame.items {
            let ItemKind::Widget(widget) = &item.kind else { continue };
            if widget.field == at {
                let [x, y, width, height] = [widget.at.x, widget.at.y, widget.at.w, widget.at.h].map(|length| rounded(length.0));
                places.push(FieldPlace { page: page + 1, x, y, width, height });
            }
        }
    }
    places
}

/// Millimetres to a thousandth: what lies below is the arithmetic's, not the paper's.
fn rounded(mm: f64) -> f64 {
    (mm * 1000.0).round() / 1000.0
}
