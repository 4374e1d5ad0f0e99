//! A record on its way in: as JSON in an envelope, or as a file beside others in multipart/form-data.

use std::borrow::Cow;
use std::fmt;

use axum::extract::Request;
use bytes::Bytes;
use serde::Deserialize;
use serde::de::{Deserializer, Error as _, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::assets::Uploads;
use super::bodies::{self, Part, malformed_json, media_type};
use super::options::{Given, Options, Slip, shown};
use super::problem::Problem;
use crate::diag::{Diagnostic, Diagnostics, Message, Place};
use crate::record::{self, NoData, Record, data_uri};

/// The members of an envelope.
const MEMBERS: [&str; 4] = ["record", "output", "assets", "options"];

/// The media types of what `assets` holds: photos, and copies of certificates.
const ASSET_TYPES: [&str; 4] = ["image/jpeg", "image/jpg", "image/png", "application/pdf"];

/// No object of an envelope has more members; a sheet of a thousand people with their photos has fewer.
const MOST_MEMBERS: usize = 2_000;

/// A body that was read and not yet looked into.
pub enum Body {
    /// An envelope.
    Json(Bytes),
    /// A form's parts.
    Parts(Vec<Part>),
}

/// What a request holds.
#[derive(Default)]
pub struct Sent {
    record: Option<Written>,
    uploads: Uploads,
    options: Options,
}

/// A record's text.
struct Written {
    bytes: Bytes,
    /// It stands in an envelope, so that its lines and columns are nobody's.
    in_envelope: bool,
}

impl Body {
    /// Reads the body of a request about one record.
    ///
    /// # Errors
    /// It is of another type (415), too large (413), or broken (400).
    pub async fn read(request: Request, limit: usize) -> Result<Body, Problem> {
        match media_type(request.headers()).as_str() {
            "application/json" => bodies::whole(request, limit).await.map(Body::Json),
            "multipart/form-data" => bodies::parts(request, limit).await.map(Body::Parts),
            _ => Err(bodies::unsupported(&["application/json", "multipart/form-data"])),
        }
    }

    /// Looks into it; `known` are the options that it may give.
    ///
    /// # Errors
    /// It is not JSON (400), or holds what it may not (422), everything told at once.
    pub fn open(self, known: &[&str]) -> Result<Sent, Problem> {
        let mut sent = Sent::default();
        let mut found = Diagnostics::default();
        match self {
            Body::Json(bytes) => sent.envelope(&bytes, known, &mut found)?,
            Body::Parts(parts) => {
                for part in parts {
                    sent.part(part, known, &mut found)?;
                }
            }
        }
        match found.iter().next().map(|first| first.code) {
            None => Ok(sent),
            Some(code) => {
                let title = Message::new("请求里有写错的地方", "the request holds what it may not");
                Err(Problem { problems: found, ..Problem::new(axum::http::StatusCode::UNPROCESSABLE_ENTITY, code, title) })
            }
        }
    }
}

impl Sent {
    /// The record with the files that came along, and the options.
    ///
    /// # Errors
    /// There is no record, or nothing usable is in it: 422.
    pub fn record(self) -> Result<(Record, Uploads, Options), Problem> {
        let Some(written) = self.record else {
            let title = Message::new("请求里没有记录", "the request holds no record");
            let detail = Message::new(
                "JSON 写成 {\"record\": {…}}；multipart 里的部分叫 record",
                "write {\"record\": {…}} in JSON, or name a part `record`",
            );
            return Err(Problem::new(axum::http::StatusCode::UNPROCESSABLE_ENTITY, "record-missing", title).with_detail(detail));
        };
        let record = Record::parse(&written.bytes, &self.uploads).map_err(|found| {
            let mut placed = Diagnostics::default();
            placed.extend(found.into_iter().map(|one| if written.in_envelope { of_envelope(one) } else { one }));
            Problem::refused(placed)
        })?;
        Ok((record, self.uploads, self.options))
    }

    fn envelope(&mut self, bytes: &Bytes, known: &[&str], found: &mut Diagnostics) -> Result<(), Problem> {
        let text = record::decode(bytes).map_err(|encoding| {
            let mut problems = Diagnostics::default();
            problems.push(encoding);
            Problem { problems, ..malformed_json(1, 1) }
        })?;
        let Some(members) = read_members(text, "", found)? else { return Ok(()) };
        for (name, value) in members.0 {
            let at = format!("/{}", record::pointer_step(&name));
            match &*name {
                "record" if self.record.is_some() => found.push(Slip::Twice.explain("bad-member", &name, &MEMBERS, place(&at))),
                "record" => self.record = Some(Written { bytes: bytes.slice_ref(value.get().as_bytes()), in_envelope: true }),
                "assets" => self.assets(value, found)?,
                "options" => {
                    let mine: Vec<&str> = known.iter().copied().filter(|name| *name != "output").collect();
                    for (name, value) in read_members(value.get(), &at, found)?.unwrap_or_default().0 {
                        let at = format!("{at}/{}", record::pointer_step(&name));
                        self.option(&mine, &name, Given::Json(value), &at, found);
                    }
                }
                "output" => {
                    let mine: Vec<&str> = known.iter().copied().filter(|name| *name == "output").collect();
                    self.option(&mine, &name, Given::Json(value), &at, found);
                }
                _ => found.push(Slip::Unknown.explain("unknown-member", &name, &MEMBERS, place(&at))),
            }
        }
        Ok(())
    }

    fn option(&mut self, known: &[&str], name: &str, given: Given<'_>, at: &str, found: &mut Diagnostics) {
        if let Err(slip) = self.options.set(known, name, given) {
            let code = if matches!(slip, Slip::Unknown) { "unknown-member" } else { "bad-member" };
            found.push(slip.explain(code, name, known, place(at)));
        }
    }

    /// The files that stand in the envelope as data URIs.
    fn assets(&mut self, value: &RawValue, found: &mut Diagnostics) -> Result<(), Problem> {
        for (name, value) in read_members(value.get(), "/assets", found)?.unwrap_or_default().0 {
            let at = format!("/assets/{}", record::pointer_step(&name));
            // A string without escapes is not copied; some programs write every `/` as `\/`.
            let text: Option<Cow<'_, str>> = serde_json::from_str::<&str>(value.get())
                .map(Cow::Borrowed)
                .or_else(|_| serde_json::from_str(value.get()).map(Cow::Owned))
                .ok();
            let bytes = text.map_or(Err(NoData::Broken), |text| data_uri(&text, &ASSET_TYPES));
            match bytes {
                Ok(bytes) => {
                    let sound = !name.is_empty() && self.uploads.add(vec![name.into_owned()], Bytes::from(bytes));
                    if !sound {
                        let message = Message::new("文件名是空的，或用了两次", "the name is empty, or used twice");
                        found.push(rejected(place(&at), message));
                    }
                }
                Err(NoData::TooLarge) => {
                    found.push(rejected(place(&at), Message::new("文件太大，每个最多 20 MB", "too large: at most 20 MB a file")))
                }
                Err(NoData::Broken) => found.push(rejected(
                    place(&at),
                    Message::new(
                        "写成 data:image/jpeg;base64,…（或 image/png、application/pdf）；不能是网址",
                        "write data:image/jpeg;base64,… (or image/png, application/pdf); a URL is not taken",
                    ),
                )),
            }
        }
        Ok(())
    }

    /// Takes a part of a form.
    fn part(&mut self, part: Part, known: &[&str], found: &mut Diagnostics) -> Result<(), Problem> {
        let Part { name, file, bytes } = part;
        let at = format!("/{}", record::pointer_step(&shown(&name)));
        match (name.as_str(), file) {
            ("record", _) if self.record.is_some() => found.push(Slip::Twice.explain("bad-member", &name, &MEMBERS, place(&at))),
            ("record", _) => self.record = Some(Written { bytes, in_envelope: false }),
            ("request", _) => self.envelope(&bytes, known, found)?,
            (_, Some(file)) => {
                if !self.uploads.add(vec![name, file], bytes) {
                    found.push(rejected(place(&at), Message::new("两个文件同名", "two files have one name")));
                }
            }
            (_, None) => {
                let text = String::from_utf8_lossy(&bytes);
                self.option(known, &name, Given::Text(text.trim()), &at, found);
            }
        }
        Ok(())
    }
}

/// The members of a JSON object in their order, their values not yet looked into.
#[derive(Default)]
struct Members<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Members<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some(name) = map.next_key::<String>()? {
                    members.push((Cow::Owned(name), map.next_value::<&'de RawValue>()?));
                    if members.len() > MOST_MEMBERS {
                        return Err(A::Error::custom("too many members"));
                    }
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Object)
    }
}

/// The members of an object; `None`, and told, where the value is none.
fn read_members<'a>(text: &'a str, at: &str, found: &mut Diagnostics) -> Result<Option<Members<'a>>, Problem> {
    match serde_json::from_str::<Members<'a>>(text) {
        Ok(members) => Ok(Some(members)),
        Err(error) if error.is_data() => {
            let message = Message::new("这里应是一个对象 {…}", "this should be an object {…}");
            let help = Message::new(format!("最多 {MOST_MEMBERS} 项"), format!("of at most {MOST_MEMBERS} members"));
            found.push(Diagnostic::error("bad-member", place(at), message).with_help(help));
            Ok(None)
        }
        Err(error) => Err(malformed_json(error.line(), error.column())),
    }
}

/// A place in the request's body.
fn place(pointer: &str) -> Place {
    Place::Record { pointer: pointer.to_owned(), label: String::new() }
}

fn rejected(place: Place, message: Message) -> Diagnostic {
    Diagnostic::error("asset-rejected", place, message)
}

/// A mistake of a record's text, which is a part of another text here.
fn of_envelope(one: Diagnostic) -> Diagnostic {
    match one.place {
        Place::Input { .. } => Diagnostic { place: place(""), ..one },
        _ => one,
    }
}
