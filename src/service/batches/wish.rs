//! What a client asks of a batch, as JSON and in the query of an address.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::batch::{BatchOptions, Format, Pattern};
use crate::diag::{Diagnostic, Diagnostics, Lang, Message, Place};
use crate::service::problem::Problem;

/// What is to be made of the people in a batch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Wish {
    /// The form: a template's id.
    #[schema(default = "recommendation")]
    pub template: String,
    /// Each person's own files: `pdf` (the whole dossier), `fillable` and `docx` (the form). May be empty: the print file and the
    /// sheets are made anyway.
    #[schema(default = json!(["pdf"]))]
    pub outputs: Vec<Output>,
    /// Only looked at; nothing is made until `run` is asked for.
    pub check_only: bool,
    /// People with errors are printed all the same, as drafts.
    pub draft: bool,
    /// Every warning holds a person back.
    pub strict: bool,
    /// The sheets are made with masked numbers as well, for a public list.
    pub mask: bool,
    /// The report has masked names.
    pub mask_names: bool,
    /// Pictures keep their colours though the round asks for black and white.
    pub colour: bool,
    /// The most people in one print file; one file has all of them otherwise.
    #[schema(minimum = 1)]
    pub volume: Option<usize>,
    /// How each person's own files are called: `{n}-{unit}-{name}`.
    pub names: Option<String>,
    /// The language of the report's files: `zh` or `en`; that of the request otherwise.
    pub lang: Option<Tongue>,
}

/// A format of a person's own file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Output {
    /// The whole dossier, to print.
    Pdf,
    /// The form, to fill in.
    Fillable,
    /// The form in Word.
    Docx,
}

/// A language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Tongue {
    /// Chinese.
    Zh,
    /// English.
    En,
}

impl Default for Wish {
    fn default() -> Wish {
        Wish {
            template: "recommendation".to_owned(),
            outputs: vec![Output::Pdf],
            check_only: false,
            draft: false,
            strict: false,
            mask: false,
            mask_names: false,
            colour: false,
            volume: None,
            names: None,
            lang: None,
        }
    }
}

/// What `run` may change of a wish: what is left out stays as it was.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Change {
    /// Each person's own files.
    pub outputs: Option<Vec<Output>>,
    /// People with errors are printed all the same, as drafts.
    pub draft: Option<bool>,
    /// Every warning holds a person back.
    pub strict: Option<bool>,
    /// The sheets are made with masked numbers as well.
    pub mask: Option<bool>,
    /// The report has masked names.
    pub mask_names: Option<bool>,
    /// Pictures keep their colours.
    pub colour: Option<bool>,
    /// The most people in one print file.
    #[schema(minimum = 1)]
    pub volume: Option<usize>,
    /// How each person's own files are called.
    pub names: Option<String>,
}

impl Wish {
    /// A wish written as JSON.
    ///
    /// Errors: 400 for what is no JSON or has a member that is none of ours.
    pub fn parse(text: &[u8]) -> Result<Wish, Problem> {
        parsed(text).and_then(Wish::sound)
    }

    /// The same wish, if it can be fulfilled.
    pub fn sound(self) -> Result<Wish, Problem> {
        if self.volume == Some(0) {
            return Err(Problem::bad_request("bad-parameter", "volume 至少是 1", "volume is 1 at least"));
        }
        match self.names.as_deref().map(Pattern::parse) {
            Some(Err(message)) => Err(of_names(message)),
            _ => Ok(self),
        }
    }

    /// The wish after a change.
    pub fn changed(mut self, change: Change) -> Result<Wish, Problem> {
        let Change { outputs, draft, strict, mask, mask_names, colour, volume, names } = change;
        self.outputs = outputs.unwrap_or(self.outputs);
        self.draft = draft.unwrap_or(self.draft);
        self.strict = strict.unwrap_or(self.strict);
        self.mask = mask.unwrap_or(self.mask);
        self.mask_names = mask_names.unwrap_or(self.mask_names);
        self.colour = colour.unwrap_or(self.colour);
        self.volume = volume.or(self.volume);
        self.names = names.or(self.names);
        self.check_only = false;
        self.sound()
    }

    /// What the batch engine is told.
    pub fn options(&self) -> BatchOptions {
        let mut formats: Vec<Format> = self.outputs.iter().map(|output| output.format()).collect();
        formats.sort();
        formats.dedup();
        BatchOptions {
            template: self.template.clone(),
            formats,
            names: self.names.as_deref().and_then(|names| Pattern::parse(names).ok()).unwrap_or_default(),
            draft: self.draft,
            strict: self.strict,
            colour: self.colour,
            check_only: self.check_only,
            mask: self.mask,
            mask_names: self.mask_names,
            volume: self.volume,
            lang: self.lang.map_or(Lang::Zh, Tongue::lang),
            ..BatchOptions::default()
        }
    }
}

impl Output {
    /// The same as the batch engine calls it.
    pub fn format(self) -> Format {
        match self {
            Output::Pdf => Format::Pdf,
            Output::Fillable => Format::Fillable,
            Output::Docx => Format::Docx,
        }
    }
}

impl Tongue {
    /// The same as messages know it.
    pub fn lang(self) -> Lang {
        match self {
            Tongue::Zh => Lang::Zh,
            Tongue::En => Lang::En,
        }
    }

    /// The language of messages, as a wish has it.
    pub fn of(lang: Lang) -> Tongue {
        match lang {
            Lang::Zh => Tongue::Zh,
            Lang::En => Tongue::En,
        }
    }
}

/// What is asked for, out of JSON.
///
/// Errors: 400; serde's own words are left out, as they would say what was sent.
pub fn parsed<'t, T: Deserialize<'t>>(text: &'t [u8]) -> Result<T, Problem> {
    serde_json::from_slice(text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        if error.is_data() {
            let (zh, en) = (
                format!("第 {line} 行第 {column} 列：没有这一项，或它的值不能这样写"),
                format!("line {line}, column {column}: there is no such member, or it takes no such value"),
            );
            return Problem::bad_request("bad-parameter", zh, en)
                .with_detail(Message::new("可用的各项见 /docs", "see /docs for the members there are"));
        }
        let (zh, en) =
            (format!("第 {line} 行第 {column} 列：不是有效的 JSON"), format!("line {line}, column {column}: this is not valid JSON"));
        Problem::bad_request("malformed-json", zh, en)
    })
}

fn of_names(message: Message) -> Problem {
    let mut found = Diagnostics::default();
    found.push(Diagnostic::error("bad-names", Place::Record { pointer: "/names".to_owned(), label: String::new() }, message));
    Problem { problems: found, ..Problem::bad_request("bad-parameter", "文件名的写法不对", "the pattern of names is wrong") }
}
