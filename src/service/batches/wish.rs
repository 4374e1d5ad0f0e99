//! What a client asks of a batch, as JSON and in the query of an address.

use std::fmt;

use serde::de::{Deserializer, Error as _, MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::batch::{BatchOptions, Format, Pattern};
use crate::diag::{Diagnostic, Diagnostics, Lang, Message, Place};
use crate::service::problem::Problem;

/// What is to be made of the people in a batch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[schema(as = BatchOptions)]
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
#[schema(as = BatchOutput)]
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
#[schema(as = ReportLanguage)]
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
#[schema(as = BatchChange)]
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

    /// A wish written in the query of an address: `outputs=pdf,docx&checkOnly=1&volume=50`.
    ///
    /// Errors: 400 for a name that is none of ours, or a value that it does not take.
    pub fn of_query(pairs: &[(String, String)]) -> Result<Wish, Problem> {
        let mut members = Map::new();
        for (name, text) in pairs {
            let value = match name.as_str() {
                "outputs" => text.split(',').filter(|word| !word.is_empty()).map(Value::from).collect(),
                "volume" => text.parse::<u32>().map_or_else(|_| Value::from(text.as_str()), Value::from),
                "template" | "names" | "lang" => Value::from(text.as_str()),
                _ => match text.as_str() {
                    "1" | "true" | "" => Value::from(true),
                    "0" | "false" => Value::from(false),
                    other => Value::from(other),
                },
            };
            if members.insert(name.clone(), value).is_some() {
                return Err(Problem::bad_request("bad-parameter", "网址里的一项写了两次", "a parameter in the address is given twice"));
            }
        }
        Wish::of(members)
    }

    /// A wish out of the members of a JSON object.
    ///
    /// Errors: 400, as for [`Wish::parse`].
    pub fn of(members: Map<String, Value>) -> Result<Wish, Problem> {
        serde_json::from_value(Value::Object(members)).map_err(|error| unread(&error)).and_then(Wish::sound)
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

/// The members of a JSON object, each of them once: of two, one would be passed over in silence.
pub struct Members(pub Map<String, Value>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Members, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Members;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut given: A) -> Result<Members, A::Error> {
                let mut members = Map::new();
                while let Some((name, value)) = given.next_entry()? {
                    if members.insert(name, value).is_some() {
                        return Err(A::Error::custom("a member is there twice"));
                    }
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Object)
    }
}

/// What is asked for, out of JSON.
///
/// Errors: 400; serde's own words are left out, as they would say what was sent.
pub fn parsed<'t, T: Deserialize<'t>>(text: &'t [u8]) -> Result<T, Problem> {
    // Serde takes an array for an object whose members it knows in order.
    if text.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[') {
        return Err(Problem::bad_request("bad-parameter", "要一个 JSON 对象", "a JSON object is wanted"));
    }
    serde_json::from_slice(text).map_err(|error| unread(&error))
}

fn unread(error: &serde_json::Error) -> Problem {
    let (line, column) = (error.line(), error.column());
    // A value that was read before has no line any more.
    let (zh, en) = if line == 0 {
        Default::default()
    } else {
        (format!("第 {line} 行第 {column} 列："), format!("line {line}, column {column}: "))
    };
    if !error.is_data() {
        return Problem::bad_request("malformed-json", format!("{zh}不是有效的 JSON"), format!("{en}this is not valid JSON"));
    }
    let (zh, en) = (
        format!("{zh}没有这一项，或它写了两次，或它的值不能这样写"),
        format!("{en}there is no such member, or it is there twice, or it takes no such value"),
    );
    let detail = Message::new("可用的各项见 /docs", "see /docs for the members there are");
    Problem::bad_request("bad-parameter", zh, en).with_detail(detail)
}

fn of_names(message: Message) -> Problem {
    let mut found = Diagnostics::default();
    found.push(Diagnostic::error("bad-names", Place::Record { pointer: "/names".to_owned(), label: String::new() }, message));
    Problem { problems: found, ..Problem::bad_request("bad-parameter", "文件名的写法不对", "the pattern of names is wrong") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(query: &[(&str, &str)]) -> Vec<(String, String)> {
        query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn a_wish_is_the_same_in_a_query_and_in_json() {
        let query = pairs(&[("outputs", "pdf,docx"), ("checkOnly", "1"), ("draft", "false"), ("volume", "50"), ("lang", "en")]);
        let json = br#"{"outputs":["pdf","docx"],"checkOnly":true,"draft":false,"volume":50,"lang":"en"}"#;
        let (one, other) = (Wish::of_query(&query).expect("it can be read"), Wish::parse(json).expect("it can be read"));
        assert_eq!(one, other);
        assert!(Wish::of_query(&pairs(&[("outputs", "")])).expect("it can be read").outputs.is_empty());
        assert_eq!(Wish::parse(b"{}").expect("it can be read"), Wish::default());
    }

    #[test]
    fn what_is_not_ours_is_refused_without_being_said_again() {
        for (json, code) in [
            (r#"{"outputs":["pdfx"]}"#, "bad-parameter"),
            (r#"{"volume":0}"#, "bad-parameter"),
            (r#"{"names":"{id}"}"#, "bad-parameter"),
            (r#"{"张三":1}"#, "bad-parameter"),
            (r#"{"draft":"张三"}"#, "bad-parameter"),
            (r#"{"draft":"#, "malformed-json"),
            ("[]", "bad-parameter"),
        ] {
            let problem = Wish::parse(json.as_bytes()).expect_err(json);
            assert_eq!(problem.code, code, "{json}");
            assert!(!format!("{problem:?}").contains("张三"), "{problem:?}");
        }
        for query in [[("volume", "x")], [("draft", "maybe")], [("colour", "2")], [("x", "1")]] {
            assert_eq!(Wish::of_query(&pairs(&query)).expect_err("it is refused").code, "bad-parameter", "{query:?}");
        }
    }
}
