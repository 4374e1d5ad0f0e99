//! What a library user holds: templates and fonts, found once, and the verbs on them.

mod attachment;
mod dossier;
mod entry;
mod files;
mod overfull;
mod people;
mod picture;
mod print;
mod read;
mod sample;

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::check::{self, KnownKeys, Stage};
use crate::diag::{Diagnostic, Diagnostics, Message, Place, nearest};
use crate::docx::{self, DocxOptions};
use crate::error::Error;
use crate::fonts::{FontOptions, Fonts};
use crate::form::Form;
use crate::layout::{self, Layout, LayoutOptions};
use crate::markup;
use crate::name::FieldName;
use crate::pdf::{self, PdfOptions};
use crate::record::Record;
use crate::schema;
use crate::sheet;
use crate::template::{Files, Round, Template};

pub use dossier::{Dossier, DossierOptions};
pub use picture::{FieldBox, PngOptions};
pub use print::dossier_templates;

/// Templates and fonts, found once; use it from as many threads as you like.
pub struct Engine {
    folder: PathBuf,
    templates: Vec<Slot>,
    read: files::Read,
    round: OnceLock<Result<Round, Diagnostics>>,
    known: KnownKeys,
    fonts: Fonts,
}

/// What ink asks for to number rows on from earlier files: `count "earlier"`.
const EARLIER: &str = "earlier";

/// A template, loaded when it is first asked for.
struct Slot {
    id: String,
    loaded: OnceLock<Result<Template, Diagnostics>>,
}

/// How a record is set on a form.
#[derive(Clone, Copy, Debug, Default)]
pub struct FillOptions {
    /// Every warning is an error.
    pub strict: bool,
    /// Pictures in grey, for a black-and-white print.
    pub grey: bool,
}

/// A record set on a form, ready to be written in any format.
pub struct Filled<'e> {
    form: Form,
    layout: Layout,
    warnings: Diagnostics,
    fonts: &'e Fonts,
    engine: &'e Engine,
    /// What stands on it: the entry page has rows that the paper has not.
    record: Record,
}

/// A word that names no field of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoField {
    /// The word.
    pub word: String,
    /// The field that was meant, most likely.
    pub near: Option<String>,
}

impl Engine {
    /// Finds the templates of one folder and the fonts of another.
    ///
    /// Errors: a folder that cannot be read, a folder of fonts that lacks a face for a role.
    pub fn open(templates: impl AsRef<Path>, fonts: impl AsRef<Path>) -> Result<Engine, Error> {
        let options = FontOptions { folders: vec![fonts.as_ref().to_path_buf()], system: false };
        Engine::open_with(templates, &options)
    }

    /// The same with several folders of fonts, or with the system's fonts.
    pub fn open_with(templates: impl AsRef<Path>, fonts: &FontOptions) -> Result<Engine, Error> {
        let folder = templates.as_ref().to_path_buf();
        let read = files::read(&folder)?;
        let templates = read.ids().into_iter().map(|id| Slot { id, loaded: OnceLock::new() }).collect();
        Ok(Engine { folder, templates, known: known_keys(&read.files), read, round: OnceLock::new(), fonts: Fonts::open(fonts)? })
    }

    /// What was passed over while fonts were looked for, and why: damaged files, licences that forbid embedding.
    pub fn font_notes(&self) -> &[Message] {
        self.fonts.notes()
    }

    /// What tells this engine's faces from another's, as lower-case hex.
    pub fn fonts_identity(&self) -> String {
        self.fonts.identity()
    }

    /// The faces, as writers take them.
    #[doc(hidden)]
    pub fn fonts(&self) -> &Fonts {
        &self.fonts
    }

    /// The names of the templates, sorted.
    pub fn template_names(&self) -> impl Iterator<Item = &str> {
        self.templates.iter().map(|slot| slot.id.as_str())
    }

    /// A template, loaded and checked.
    ///
    /// Errors: there is none of that name; it has mistakes (all of them, each at its place).
    pub fn template(&self, name: &str) -> Result<&Template, Error> {
        let Some(slot) = self.templates.iter().find(|slot| slot.id == name) else {
            let known = self.template_names().map(str::to_owned).collect();
            return Err(Error::NoTemplate { name: name.to_owned(), known });
        };
        let loaded = slot.loaded.get_or_init(|| {
            // Of a file that could not be taken the loader would only say that it is missing.
            let refused = self.read.refused_of(name);
            if refused.is_empty() { Template::load(name, &self.read.files) } else { Err(refused) }
        });
        loaded.as_ref().map_err(|diagnostics| Error::Refused(diagnostics.clone()))
    }

    /// The rules of the round, as `round.json` has them.
    ///
    /// Errors: the file has mistakes (all of them, each at its place), or is not there.
    pub fn round(&self) -> Result<&Round, Error> {
        let loaded = self.round.get_or_init(|| {
            // Of a file that could not be taken the loader would only say that it is missing.
            let refused = self.read.refused_of_file("round.json");
            if refused.is_empty() { Round::load(&self.read.files) } else { Err(refused) }
        });
        loaded.as_ref().map_err(|diagnostics| Error::Refused(diagnostics.clone()))
    }

    /// The form a record stands on: the blank form with as many rows as the record has.
    #[doc(hidden)]
    pub fn form(&self, name: &str, record: &Record) -> Result<Form, Error> {
        self.form_after(name, record, 0)
    }

    /// The same for a sheet that goes on from earlier files: `earlier` rows of its list stand on those.
    fn form_after(&self, name: &str, record: &Record, earlier: usize) -> Result<Form, Error> {
        let template = self.template(name)?;
        let rows = |array: &str| if array == EARLIER { earlier } else { record.rows(array) };
        let expanded = template.expand(&rows).map_err(Error::Refused)?;
        markup::parse(&expanded, template.id()).map_err(Error::Refused)
    }

    /// Sets a record on a form.
    ///
    /// Errors: [`Error::Refused`] with everything that keeps the paper from saying what the record says.
    pub fn fill(&self, name: &str, record: Record) -> Result<Filled<'_>, Error> {
        self.fill_with(name, &record, &FillOptions::default())
    }

    /// The same with options.
    pub fn fill_with(&self, name: &str, record: &Record, options: &FillOptions) -> Result<Filled<'_>, Error> {
        let (form, layout, found) = self.judged(name, record, Stage::Draft, options)?;
        let found = if options.strict { found.into_strict() } else { found };
        if found.has_errors() {
            return Err(Error::Refused(found));
        }
        Ok(self.filled(form, layout, found, record.clone()))
    }

    /// The empty paper.
    pub fn blank(&self, name: &str) -> Result<Filled<'_>, Error> {
        let record = Record::blank();
        let form = self.form(name, &record)?;
        let (layout, found) = layout::lay_out(&form, &record, &self.fonts, &LayoutOptions::default());
        if found.has_errors() {
            return Err(Error::Refused(found));
        }
        Ok(self.filled(form, layout, found, record))
    }

    /// Everything that is wrong with a record that is to be handed in on a form.
    pub fn check(&self, name: &str, record: &Record) -> Result<Diagnostics, Error> {
        self.judged(name, record, Stage::Final, &FillOptions::default()).map(|(_, _, found)| found)
    }

    /// A record that fills a form to the brim and beyond: every field as full as it holds, every text that may
    /// continue longer than its box, three rows more than the paper has where the form grows by rows. It proves a template.
    pub fn overfull(&self, name: &str) -> Result<Record, Error> {
        let blank = self.blank(name)?;
        let longest = overfull::record(&blank.form, &blank.layout, |_| true);
        let grown = self.form(name, &longest)?;
        Ok(overfull::record(&blank.form, &blank.layout, |field| grown.field(field.as_str()).is_some()))
    }

    /// The JSON Schema (2020-12) of the record a form takes.
    pub fn schema(&self, name: &str) -> Result<serde_json::Value, Error> {
        let blank = self.blank(name)?;
        Ok(schema::schema(&blank.form, &blank.layout))
    }

    fn judged(&self, name: &str, record: &Record, stage: Stage, options: &FillOptions) -> Result<(Form, Layout, Diagnostics), Error> {
        let form = self.form(name, record)?;
        let mut found = check::check(&form, record, &self.known, stage);
        let (layout, unset) = layout::lay_out(&form, record, &self.fonts, &self.layout_options(options.grey));
        // Of a character that both refuse, the check has told already.
        let known: HashSet<(&str, Place)> = found.iter().map(|one| (one.code, one.place.clone())).collect();
        let unset: Vec<Diagnostic> = unset.into_iter().filter(|one| !known.contains(&(one.code, one.place.clone()))).collect();
        found.extend(unset);
        Ok((form, layout, found))
    }
}

impl Engine {
    fn filled(&self, form: Form, layout: Layout, warnings: Diagnostics, record: Record) -> Filled<'_> {
        Filled { form, layout, warnings, fonts: &self.fonts, engine: self, record }
    }

    /// What a layout is asked for, with what the round asks of photos.
    fn layout_options(&self, grey: bool) -> LayoutOptions {
        LayoutOptions { grey, photo_dpi: self.round().ok().and_then(|round| round.photo_dpi) }
    }
}

impl Filled<'_> {
    /// The form as PDF 1.7.
    pub fn pdf(&self, options: &PdfOptions) -> Result<Vec<u8>, Error> {
        if options.fillable {
            self.refuse_print_only()?;
        }
        pdf::write(&self.form, &self.layout, self.fonts, options)
    }

    /// The form as DOCX (ECMA-376, transitional), a content control for every field.
    pub fn docx(&self, options: &DocxOptions) -> Result<Vec<u8>, Error> {
        docx::write(&[(&self.form, &self.layout)], self.fonts, options)
    }

    /// The form as a workbook (ECMA-376, transitional): its one growing table, every value a text.
    ///
    /// Errors: [`Error::Refused`] where the form is no such table (a person's form).
    pub fn xlsx(&self) -> Result<Vec<u8>, Error> {
        let values: Vec<String> = self.layout.values.iter().map(|value| value.text.clone()).collect();
        sheet::write_values(&self.form, &values)
    }

    /// Refuses faces whose licence allows no document that is to be filled in: the remedy is a person's.
    fn refuse_print_only(&self) -> Result<(), Error> {
        let mut found = Diagnostics::default();
        for face in self.layout.faces() {
            let Some(file) = self.fonts.print_only(face) else { continue };
            let name = self.fonts.name(face);
            let message = Message::new(
                format!("字体 {name} 的许可只供打印和预览（fsType 4），不能嵌入可填写的 PDF"),
                format!("font {name} may be embedded for print and preview only (fsType 4), not in a fillable PDF"),
            );
            let help = Message::new(
                "不加 --fillable 输出打印版；或把它移出 --fonts 的文件夹，由随程序带的字体代替",
                "make the print PDF without --fillable, or take the font out of the folder of --fonts: a bundled one takes its place",
            );
            found.push(Diagnostic::error("print-only-font", Place::File { file }, message).with_help(help));
        }
        if found.is_empty() { Ok(()) } else { Err(Error::Refused(found)) }
    }

    /// What a person should look at although the form could be made.
    pub fn warnings(&self) -> &Diagnostics {
        &self.warnings
    }

    /// How many sheets there are, 附页 included.
    pub fn pages(&self) -> usize {
        self.layout.frames.len()
    }

    /// The fields that words name: each by its name, or all that lie below a name (`opinions.employer`).
    ///
    /// # Errors
    /// The first word that names none.
    pub fn fields_named(&self, words: &[String]) -> Result<Vec<FieldName>, NoField> {
        let fields = &self.form.fields;
        let mut named = Vec::new();
        for word in words.iter().map(|word| word.trim()).filter(|word| !word.is_empty()) {
            let below = format!("{word}.");
            let meant = |name: &str| name == word || name.starts_with(&below);
            let before = named.len();
            named.extend(fields.iter().filter(|field| meant(field.name.as_str())).map(|field| field.name.clone()));
            if named.len() > before {
                continue;
            }
            let by_label = fields.iter().find(|field| field.label == word).map(|field| field.name.as_str());
            let near = by_label.or_else(|| nearest(word, fields.iter().map(|field| field.name.as_str())));
            return Err(NoField { word: word.to_owned(), near: near.map(str::to_owned) });
        }
        Ok(named)
    }

    /// The form tree.
    #[doc(hidden)]
    pub fn form(&self) -> &Form {
        &self.form
    }

    /// The laid-out sheets.
    #[doc(hidden)]
    pub fn layout(&self) -> &Layout {
        &self.layout
    }
}

/// The keys that a record may have, as `templates/record.json` lists them.
fn known_keys(files: &Files) -> KnownKeys {
    let listed: serde_json::Value = files.get("record.json").and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let keys = listed.get("keys").and_then(|keys| keys.as_object());
    keys.into_iter().flatten().map(|(key, _)| key.clone()).collect()
}
