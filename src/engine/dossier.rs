//! 册: everything that is handed in about one person, laid out: the form, the 事迹材料, the copies of certificates.

use std::collections::HashSet;
use std::sync::Arc;

use super::attachment::{self, papers};
use super::{Engine, FillOptions, Filled};
use crate::check::{self, Stage};
use crate::diag::{Diagnostic, Diagnostics, Message, Place};
use crate::error::Error;
use crate::form::Form;
use crate::layout::{self, Layout, LayoutOptions};
use crate::name::FieldName;
use crate::pdf::{self, PdfOptions};
use crate::record::{Assets, MAX_ALL_BYTES, Record};

/// The template of the 事迹材料.
pub(super) const DEEDS: &str = "deeds";

/// The template of one page of a copy.
pub(super) const COPY: &str = "copy";

/// The most pages that all copies of one dossier may have together.
const MOST_COPIES: usize = 200;

/// How a dossier is made.
#[derive(Clone, Copy, Debug, Default)]
pub struct DossierOptions {
    /// Whether warnings are errors, and whether pictures are grey.
    pub fill: FillOptions,
    /// How strictly the record is judged.
    pub stage: Stage,
}

/// A person's dossier, laid out.
pub struct Dossier<'e> {
    form: Filled<'e>,
    /// The papers after the form, each with the form it is laid out on.
    papers: Vec<Section>,
    found: Diagnostics,
}

/// A paper of a dossier after the form.
struct Section {
    /// The form it stands on; all copies share one.
    form: Arc<Form>,
    layout: Layout,
}

impl Engine {
    /// Lays a person's dossier out: the form of `template`, the 事迹材料 where the record has `deeds`, and every page of every
    /// file in `attachments`.
    ///
    /// The record is judged as [`Engine::check`] does it, once, and what is found is in [`Dossier::warnings`], errors too: a
    /// dossier with errors is whole but for what cannot be printed, so that a draft can be made of it. Attachments are read
    /// through `assets` one after another: at most 20 MB a file and 64 MB in all, 60 pages a PDF and 200 pages in all.
    ///
    /// # Errors
    /// A template that is not there or has mistakes. What is wrong with the record is no error of this function.
    pub fn dossier(&self, template: &str, record: &Record, assets: &dyn Assets, options: &DossierOptions) -> Result<Dossier<'_>, Error> {
        let (form, layout, found) = self.judged(template, record, options.stage, &options.fill)?;
        let form = Filled { form, layout, warnings: Diagnostics::default(), fonts: &self.fonts };
        let mut dossier = Dossier { form, papers: Vec::new(), found };
        self.add_deeds(&mut dossier, record, options)?;
        self.add_copies(&mut dossier, record, assets, options)?;
        if options.fill.strict {
            dossier.found = std::mem::take(&mut dossier.found).into_strict();
        }
        Ok(dossier)
    }

    /// Sets a record on a form without judging it: for sheets whose numbers are masked, and for letters.
    ///
    /// # Errors
    /// [`Error::Refused`] where the paper could not say what the record says; a template that is not there or has mistakes.
    pub fn set(&self, template: &str, record: &Record) -> Result<Filled<'_>, Error> {
        self.set_after(template, record, 0)
    }

    /// The same for a sheet that goes on from earlier files, where so many rows of its list stand: its numbers go on.
    pub fn set_after(&self, template: &str, record: &Record, earlier: usize) -> Result<Filled<'_>, Error> {
        let form = self.form_after(template, record, earlier)?;
        let (layout, found) = layout::lay_out(&form, record, &self.fonts, &self.layout_options(false));
        if found.has_errors() {
            return Err(Error::Refused(found));
        }
        Ok(Filled { form, layout, warnings: found, fonts: &self.fonts })
    }

    fn add_deeds(&self, dossier: &mut Dossier<'_>, record: &Record, options: &DossierOptions) -> Result<(), Error> {
        let Some(name) = FieldName::parse(DEEDS) else { return Ok(()) };
        if record.text(&name).is_none_or(|deeds| deeds.trim().is_empty()) {
            return Ok(());
        }
        let form = self.form(DEEDS, record)?;
        dossier.add_found(check::check(&form, record, &self.known, options.stage));
        let (layout, unset) = layout::lay_out(&form, record, &self.fonts, &self.layout_options(options.fill.grey));
        dossier.add_found(unset);
        dossier.papers.push(Section { form: form.into(), layout });
        Ok(())
    }

    fn add_copies(&self, dossier: &mut Dossier<'_>, record: &Record, assets: &dyn Assets, options: &DossierOptions) -> Result<(), Error> {
        let count = record.rows("attachments");
        if count == 0 {
            return Ok(());
        }
        let form = Arc::new(self.form(COPY, &Record::blank())?);
        let text = |name: &str| FieldName::parse(name).and_then(|name| record.text(&name)).unwrap_or_default().to_owned();
        let person = text("name");
        let (mut bytes, mut pages) = (0_usize, 0_usize);
        for index in 0..count {
            let place = place_of(index);
            let file = match record.attachment(index, assets) {
                None => {
                    // A path that was refused when the record was read has been told.
                    if text(&format!("attachments.{index}.file")).is_empty() {
                        dossier.found.push(nameless(index));
                    }
                    continue;
                }
                Some(Err(trouble)) => {
                    dossier.found.push(trouble);
                    continue;
                }
                Some(Ok(file)) => file,
            };
            bytes = bytes.saturating_add(file.len());
            if bytes > MAX_ALL_BYTES {
                dossier.found.push(record.attachment_too_much(index));
                break;
            }
            let (papers, found) = papers(&file, options.fill.grey, &place);
            drop(file);
            dossier.found.extend(found);
            pages += papers.len();
            if pages > MOST_COPIES {
                dossier.found.push(too_many(&place));
                break;
            }
            let caption = text(&format!("attachments.{index}.caption"));
            let total = papers.len();
            for (number, paper) in papers.iter().enumerate() {
                let part = if total > 1 { format!("（{}/{total}）", number + 1) } else { String::new() };
                let sheet = one_sheet(&person, &format!("{caption}{part}"));
                let (mut layout, found) = layout::lay_out(&form, &sheet, &self.fonts, &LayoutOptions::default());
                if number == 0 {
                    dossier.found.extend(found.into_iter().filter_map(|one| of_caption(one, index)));
                }
                if !layout::set_copy(&form, &mut layout, COPY, paper) {
                    return Err(Error::Refused(no_place()));
                }
                // One bookmark for each file, in the words of its caption.
                for frame in &mut layout.frames {
                    frame.title = (number == 0).then(|| if caption.trim().is_empty() { label(index) } else { caption.clone() });
                }
                dossier.papers.push(Section { form: Arc::clone(&form), layout });
            }
        }
        Ok(())
    }
}

impl Dossier<'_> {
    /// Everything that was found, errors too.
    pub fn warnings(&self) -> &Diagnostics {
        &self.found
    }

    /// The form alone, for the fillable PDF and DOCX; it is not laid out again. Its own warnings are empty: they are in
    /// [`Dossier::warnings`].
    pub fn form(&self) -> &Filled<'_> {
        &self.form
    }

    /// The forms and layouts of the whole dossier in order.
    pub fn sections(&self) -> Vec<(&Form, &Layout)> {
        let form = (&self.form.form, &self.form.layout);
        std::iter::once(form).chain(self.papers.iter().map(|section| (&*section.form, &section.layout))).collect()
    }

    /// The whole dossier drawn for print, to be put into any number of files.
    pub fn part(&self) -> Result<pdf::Part, Error> {
        pdf::draw(&self.sections(), self.form.fonts, true)
    }

    /// The whole dossier as a PDF to print: the bytes that a batch writes for it.
    pub fn pdf(&self) -> Result<Vec<u8>, Error> {
        pdf::write_part(&self.part()?, self.form.fonts, &PdfOptions::print())
    }

    /// How many pages the dossier has.
    pub fn pages(&self) -> usize {
        self.sections().iter().map(|(_, layout)| layout.frames.len()).sum()
    }

    /// Adds what was found on a paper after the form; what was told already, of the same value, is not told again.
    fn add_found(&mut self, found: Diagnostics) {
        let known: HashSet<(&'static str, String)> =
            self.found.iter().filter_map(|one| Some((one.code, pointer(&one.place)?.to_owned()))).collect();
        let told = |one: &Diagnostic| pointer(&one.place).is_some_and(|pointer| known.contains(&(one.code, pointer.to_owned())));
        self.found.extend(found.into_iter().filter(|one| !told(one)));
    }
}

fn pointer(place: &Place) -> Option<&str> {
    if let Place::Record { pointer, .. } = place { Some(pointer) } else { None }
}

/// The record of one sheet of a copy.
fn one_sheet(person: &str, caption: &str) -> Record {
    let mut sheet = Record::blank();
    for (name, text) in [("name", person), ("caption", caption)] {
        if let Some(name) = FieldName::parse(name) {
            sheet.set(&name, text);
        }
    }
    sheet
}

fn label(index: usize) -> String {
    format!("附件·第{}个", index + 1)
}

fn place_of(index: usize) -> Place {
    Place::Record { pointer: format!("/attachments/{index}/file"), label: label(index) }
}

/// What the layout of a sheet found, at its place in the person's record; of the name the form has told.
fn of_caption(found: Diagnostic, index: usize) -> Option<Diagnostic> {
    let caption = pointer(&found.place) == Some("/caption");
    let place = Place::Record { pointer: format!("/attachments/{index}/caption"), label: format!("{}·说明", label(index)) };
    match &found.place {
        Place::Record { .. } if caption => Some(Diagnostic { place, ..found }),
        Place::Record { .. } => None,
        _ => Some(found),
    }
}

fn nameless(index: usize) -> Diagnostic {
    let message = Message::new("没有写文件，这份附件不会印出", "no file is named, so nothing is printed");
    let help = Message::new("在 file 里写文件的相对路径，或删去这一行", "write a relative path into `file`, or delete the row");
    Diagnostic::warning("attachment-nameless", place_of(index), message).with_help(help)
}

fn too_many(place: &Place) -> Diagnostic {
    let most = attachment::MOST_PAGES;
    let message = Message::new(
        format!("附件合计超过 {MOST_COPIES} 页，从这一个起没有印出"),
        format!("the attachments have more than {MOST_COPIES} pages together; from this one on they are not printed"),
    );
    let help = Message::new(
        format!("只附需要的几页；每个文件最多 {most} 页"),
        format!("attach the pages that are needed only; a file has at most {most}"),
    );
    Diagnostic::error("attachment-too-many-pages", place.clone(), message).with_help(help)
}

fn no_place() -> Diagnostics {
    let message = Message::new("模板 copy 里没有放复印件的位置", "the template `copy` has no place for the copy");
    let help = Message::new("加一个 <photo name=\"copy\" …>", "add a <photo name=\"copy\" …>");
    let mut found = Diagnostics::default();
    found.push(Diagnostic::error("no-copy", Place::File { file: format!("templates/{COPY}/form.hbs") }, message).with_help(help));
    found
}
