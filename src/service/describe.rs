//! The description of the API that no handler gives by itself: what may go wrong, what files come with, who may ask.

// Most types here are looked at by utoipa alone.
#![allow(dead_code)]

use std::collections::{BTreeMap, BTreeSet};

use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{
    Components, Content, ContentBuilder, InfoBuilder, LicenseBuilder, ObjectBuilder, OpenApi, OpenApiBuilder, Ref, RefOr, Response,
    ResponseBuilder, Server, Type,
};
use utoipa::{IntoParams, IntoResponses, PartialSchema, ToSchema};

use super::output::Output;

/// How the documentation begins.
const BEGINNING: &str = "A record and its photo become an official form:\n\n\
```sh\n\
curl -F record=@samples/nominee.json -F photo=@samples/photos/photo-1.jpg http://127.0.0.1:8080/v1/templates/recommendation/render -o form.pdf\n\
```\n\n\
一条命令：记录和照片变成一份推荐表。\n\n\
- A record is the JSON object that `GET /v1/templates/{template}/schema` describes; `/sample` gives one to begin with.\n\
- The same request gives the same bytes, and the bytes of the command line.\n\
- Nothing of a single record is kept. No URL is ever fetched: files come with the request.\n\
- What is wrong comes as `application/problem+json` (RFC 9457): a stable `code`, each mistake with its place and the next step, in \
Chinese or English by `Accept-Language`; never a value of the record.\n\
- Unknown members and parameters of a request are refused. Clients must ignore members of answers that they do not know: `/v1` only \
ever grows.\n\
- `{template}` is a name (`recommendation`), or a name that holds a version fast: `recommendation@1`, `recommendation@sha256:…`.";

/// What may go wrong: the status, the code, and when it comes.
pub const CODES: [(u16, &str, &str); 24] = [
    (400, "bad-parameter", "a parameter of the address has a value it may not have, or is given twice"),
    (400, "unknown-parameter", "the address has a parameter that is not known here"),
    (400, "malformed-path", "the address is not percent-encoded UTF-8"),
    (400, "malformed-json", "the body is not JSON in UTF-8; line and column are told"),
    (400, "malformed-multipart", "the body is not well-formed multipart/form-data"),
    (400, "incomplete-body", "the body ended early"),
    (404, "template-not-found", "there is no such form; the names of those there are told"),
    (404, "no-sample", "the form brings no sample"),
    (404, "no-such-page", "there is nothing at this address"),
    (405, "method-not-allowed", "the address is not asked in this way; `Allow` tells in which"),
    (406, "output-not-offered", "the form is not offered in this format; those there are told"),
    (409, "template-mismatch", "the form is here in another version than the address holds fast"),
    (413, "too-large", "the body is too large; the limit is told"),
    (415, "unsupported-media-type", "`Content-Type` is none that is taken here; those that are, are told"),
    (422, "record-invalid", "the record has mistakes; each is told with its place"),
    (422, "record-missing", "the request holds no record"),
    (422, "unknown-member", "the body has a member that is not known here"),
    (422, "bad-member", "a member of the body has a value it may not have, or is given twice"),
    (422, "asset-rejected", "a file in `assets` is no data URI of a JPEG, PNG or PDF"),
    (422, "option-unsuitable", "an option does not go with the output"),
    (422, "file-missing", "the request holds no file"),
    (422, "file-unreadable", "the file is damaged, encrypted, or no filled form"),
    (429, "busy", "too many requests wait; come back after `Retry-After` seconds"),
    (500, "template-broken", "the template has mistakes; its makers are to blame"),
];

/// The codes that every operation may answer with.
const ALWAYS: [&str; 3] = ["unknown-parameter", "bad-parameter", "busy"];

/// The codes of operations on one form.
const ONE_FORM: [&str; 4] = ["malformed-path", "template-not-found", "template-mismatch", "template-broken"];

/// The codes of operations that take a record.
const TAKES_RECORD: [&str; 10] = [
    "malformed-json",
    "malformed-multipart",
    "incomplete-body",
    "too-large",
    "unsupported-media-type",
    "record-invalid",
    "record-missing",
    "unknown-member",
    "bad-member",
    "asset-rejected",
];

/// The codes of operations that write documents.
const WRITES: [&str; 2] = ["output-not-offered", "option-unsuitable"];

/// Describes the problems with these codes, a response for each status.
pub fn problems(codes: &[&[&str]]) -> BTreeMap<String, RefOr<Response>> {
    let wanted: BTreeSet<&str> = codes.iter().copied().flatten().copied().collect();
    described(CODES.iter().filter(|(_, code, _)| wanted.contains(code)))
}

/// Describes these problems, a response for each status.
pub fn described<'c>(codes: impl Iterator<Item = &'c (u16, &'static str, &'static str)>) -> BTreeMap<String, RefOr<Response>> {
    let mut texts: BTreeMap<u16, Vec<String>> = BTreeMap::new();
    for (status, code, when) in codes {
        texts.entry(*status).or_default().push(format!("`{code}`: {when}."));
    }
    texts
        .entry(500)
        .or_default()
        .push("`internal`: the service failed; its administrator finds the request's number in the log.".to_owned());
    let content = || ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    let response = |status: u16, lines: Vec<String>| {
        let response = ResponseBuilder::new().description(lines.join("\n\n")).content("application/problem+json", content());
        let seconds = || ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1)).build();
        match status {
            429 => response
                .header("Retry-After", HeaderBuilder::new().schema(Some(seconds())).description(Some("After so many seconds.")).build()),
            _ => response,
        }
        .build()
    };
    texts.into_iter().map(|(status, lines)| (status.to_string(), response(status, lines).into())).collect()
}

/// The answers of an operation, told apart by type as utoipa wants it.
macro_rules! refusals {
    ($($(#[$doc:meta])* $name:ident: $codes:expr;)*) => {$(
        $(#[$doc])*
        pub struct $name;
        impl IntoResponses for $name {
            fn responses() -> BTreeMap<String, RefOr<Response>> {
                problems(&$codes)
            }
        }
    )*};
}
pub(crate) use refusals;

refusals! {
    /// What may go wrong with a list.
    OfList: [&ALWAYS];
    /// With a sample.
    OfSample: [&ALWAYS, &ONE_FORM, &["no-sample"]];
    /// With the empty paper.
    OfBlank: [&ALWAYS, &ONE_FORM, &WRITES];
    /// With a check.
    OfCheck: [&ALWAYS, &ONE_FORM, &TAKES_RECORD];
    /// With a document.
    OfRender: [&ALWAYS, &ONE_FORM, &TAKES_RECORD, &WRITES];
    /// With an entry page.
    OfEntry: [&ALWAYS, &ONE_FORM];
    /// With a file that came back.
    OfRead: [
        &ALWAYS,
        &ONE_FORM,
        &["malformed-multipart", "incomplete-body", "too-large", "unsupported-media-type"],
        &["record-invalid", "unknown-member", "bad-member", "file-missing", "file-unreadable"]
    ];
}

/// What may be answered about a form beside the form itself.
pub struct OfTemplate;

impl IntoResponses for OfTemplate {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let mut responses = problems(&[&ALWAYS, &ONE_FORM]);
        let seen = ResponseBuilder::new().description("The form is the one that `If-None-Match` names.").build();
        responses.insert("304".to_owned(), seen.into());
        responses
    }
}

/// What a posted entry page is answered with.
pub struct OfEntryPost;

impl IntoResponses for OfEntryPost {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let taken = ["malformed-multipart", "incomplete-body", "too-large", "unsupported-media-type", "option-unsuitable"];
        let mut responses = problems(&[&ALWAYS, &ONE_FORM, &taken]);
        responses.extend(File::responses());
        if let Some(RefOr::T(response)) = responses.get_mut("200") {
            response.description = "The page with what a check found, or the file that the pressed button asks for.".to_owned();
        }
        if let Some(RefOr::T(response)) = responses.get_mut("422") {
            response.description = format!("The page with the mistakes that keep the file from being made.\n\n{}", response.description);
            response.content.insert("text/html".to_owned(), Content::default().into());
        }
        responses
    }
}

/// A document.
pub struct File;

impl IntoResponses for File {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let text = |description: &str| {
            let schema = ObjectBuilder::new().schema_type(Type::String).build();
            HeaderBuilder::new().schema(Some(schema)).description(Some(description)).build()
        };
        let count = |description: &str| {
            let schema = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0)).build();
            HeaderBuilder::new().schema(Some(schema)).description(Some(description)).build()
        };
        let mut response = ResponseBuilder::new()
            .description("The file.")
            .header("Content-Disposition", text("A name for the file: the form's, never the person's (RFC 6266)."))
            .header("Repr-Digest", text("SHA-256 of the file (RFC 9530)."))
            .header("Formwright-Template", text("The form that was used, by its digest: `recommendation@sha256:…`."))
            .header("Formwright-Pages", count("How many sheets the document has."))
            .header("Formwright-Warnings", count("How many warnings there are; `check` tells them."));
        let mut seen = BTreeSet::new();
        for output in Output::ALL.into_iter().filter(|output| seen.insert(output.media_type())) {
            response = response.content(output.media_type(), content(output));
        }
        BTreeMap::from([("200".to_owned(), response.build().into())])
    }
}

/// Bytes have no schema (OpenAPI 3.1, 4.8.14.3).
fn content(output: Output) -> Content {
    match output {
        Output::Json => ContentBuilder::new().schema(Some(ObjectBuilder::new().schema_type(Type::Object).build())).build(),
        _ => ContentBuilder::new().build(),
    }
}

/// The form in the address.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub struct TemplatePath {
    /// The form: its name, or `name@version`, or `name@sha256:digest`, which holds it fast.
    #[param(example = "recommendation")]
    template: String,
}

/// What any document is asked for with, the empty paper's too.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DocumentQuery {
    /// The kind of document; without it `Accept` decides, and else it is `pdf`.
    #[param(nullable = false)]
    output: Option<Output>,
    /// Fields that nobody is to change in a `fillable` or `docx`: names with commas between them; `resume` names all below it.
    #[param(nullable = false)]
    lock: Option<String>,
    /// The sheet that a `png` shows, from 1; without it the first.
    #[param(minimum = 1, maximum = 10_000, nullable = false)]
    page: Option<usize>,
    /// Dots per inch of a `png`; without it 100.
    #[param(minimum = 20, maximum = 300, nullable = false)]
    dpi: Option<f64>,
    /// A millimetre grid over a `png`, and every field's box with its name.
    #[param(nullable = false)]
    grid: Option<bool>,
    /// The language of the buttons of an `html`; without it Chinese.
    #[param(nullable = false)]
    lang: Option<PageLanguage>,
}

/// How a record is set.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RenderQuery {
    /// Every warning is an error.
    #[param(nullable = false)]
    strict: Option<bool>,
    /// Pictures in grey, for a black-and-white print.
    #[param(nullable = false)]
    grey: Option<bool>,
}

/// What an entry page is asked for with.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub struct EntryQuery {
    /// The language of its buttons and messages; without it that of `Accept-Language`.
    #[param(nullable = false)]
    lang: Option<PageLanguage>,
}

/// A posted entry page: every control by the name of its field, photos as files.
#[derive(ToSchema)]
pub struct EntryForm {
    /// The button that was pressed: `check`, or the name of an output.
    #[schema(nullable = false)]
    to: Option<String>,
}

/// What a check is asked for with.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CheckQuery {
    /// Every warning is an error.
    #[param(nullable = false)]
    strict: Option<bool>,
}

/// The language of a page.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
pub enum PageLanguage {
    /// Chinese.
    Zh,
    /// English.
    En,
}

/// A record with what it is to become.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RenderRequest {
    /// The record, as the form's schema describes it.
    #[schema(value_type = Object)]
    record: (),
    /// The kind of document; without it `Accept` decides, and else it is `pdf`.
    output: Option<Output>,
    /// Files that the record names: in the record `asset:NAME`, here `NAME`, each a data URI of a JPEG, PNG or PDF.
    assets: Option<BTreeMap<String, String>>,
    options: Option<RenderOptions>,
}

/// How a document is made.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RenderOptions {
    /// Every warning is an error.
    strict: Option<bool>,
    /// Pictures in grey, for a black-and-white print.
    grey: Option<bool>,
    /// Fields that nobody is to change in a `fillable` or `docx`; `resume` names all below it.
    #[schema(example = json!(["name", "resume"]))]
    lock: Option<Vec<String>>,
    /// The sheet that a `png` shows, from 1; without it the first.
    #[schema(minimum = 1, maximum = 10_000)]
    page: Option<usize>,
    /// Dots per inch of a `png`; without it 100.
    #[schema(minimum = 20, maximum = 300)]
    dpi: Option<f64>,
    /// A millimetre grid over a `png`, and every field's box with its name.
    grid: Option<bool>,
    /// The language of the buttons of an `html`; without it Chinese.
    lang: Option<PageLanguage>,
}

/// A record to be checked.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckRequest {
    /// The record, as the form's schema describes it.
    #[schema(value_type = Object)]
    record: (),
    /// Files that the record names: in the record `asset:NAME`, here `NAME`, each a data URI of a JPEG, PNG or PDF.
    assets: Option<BTreeMap<String, String>>,
    options: Option<CheckOptions>,
}

/// How strictly a record is judged.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckOptions {
    /// Every warning is an error.
    strict: Option<bool>,
}

/// A record's file with the files that it names; every other part with a file name is such a file.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RenderForm {
    /// The record's file: one JSON object in UTF-8.
    #[schema(content_media_type = "application/json")]
    record: String,
    /// The kind of document.
    #[schema(nullable = false)]
    output: Option<Output>,
    /// Every warning is an error.
    #[schema(nullable = false)]
    strict: Option<bool>,
    /// Pictures in grey.
    #[schema(nullable = false)]
    grey: Option<bool>,
    /// Fields that nobody is to change, with commas between them.
    #[schema(nullable = false)]
    lock: Option<String>,
    /// The sheet that a `png` shows, from 1; without it the first.
    #[schema(minimum = 1, maximum = 10_000, nullable = false)]
    page: Option<usize>,
    /// Dots per inch of a `png`; without it 100.
    #[schema(minimum = 20, maximum = 300, nullable = false)]
    dpi: Option<f64>,
    /// A millimetre grid over a `png`, and every field's box with its name.
    #[schema(nullable = false)]
    grid: Option<bool>,
    /// The language of the buttons of an `html`; without it Chinese.
    #[schema(nullable = false)]
    lang: Option<PageLanguage>,
}

/// A record's file with the files that it names; every other part with a file name is such a file.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckForm {
    /// The record's file: one JSON object in UTF-8.
    #[schema(content_media_type = "application/json")]
    record: String,
    /// Every warning is an error.
    #[schema(nullable = false)]
    strict: Option<bool>,
}

/// A filled file, and what it is compared with; every other part with a file name is a file that the record `against` names.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReadForm {
    /// The filled PDF or DOCX.
    #[schema(content_media_type = "application/octet-stream")]
    file: String,
    /// The record that was sent out, or another filled file.
    #[schema(content_media_type = "application/octet-stream", nullable = false)]
    against: Option<String>,
}

/// What went wrong (RFC 9457).
#[derive(ToSchema)]
#[schema(as = Problem)]
pub struct ProblemDocument {
    /// `urn:formwright:problem:` and the code.
    #[schema(example = "urn:formwright:problem:record-invalid")]
    r#type: String,
    /// What it is, in the request's language.
    #[schema(example = "内容有错，没有处理")]
    title: String,
    /// The status of the answer.
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// A stable word for programs.
    #[schema(example = "record-invalid")]
    code: String,
    /// What to do next.
    #[schema(nullable = false)]
    detail: Option<String>,
    /// `urn:uuid:` and the request's number, which is in `X-Request-Id`, too.
    instance: String,
    /// Each mistake.
    #[schema(nullable = false)]
    problems: Option<Vec<Mistake>>,
}

/// A mistake with its place; never a value.
#[derive(ToSchema)]
pub struct Mistake {
    /// How much it matters.
    severity: Severity,
    /// A stable word for programs.
    #[schema(example = "id-checksum")]
    code: String,
    /// What is wrong, in the request's language.
    #[schema(example = "身份证号码校验位不对")]
    message: String,
    /// What to do next.
    #[schema(nullable = false)]
    help: Option<String>,
    /// Where it is.
    place: MistakePlace,
}

/// How much a mistake matters.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
pub enum Severity {
    /// The document can be made; a person should look.
    Warning,
    /// The document cannot say what it should.
    Error,
}

/// Where a mistake is.
#[derive(ToSchema)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum MistakePlace {
    /// At a value of the record, or, with the codes about members, of the request's body.
    Record {
        /// JSON pointer (RFC 6901).
        #[schema(example = "/id_number")]
        pointer: String,
        /// What the paper calls it, in Chinese; or the parameter's name; may be empty.
        #[schema(example = "身份证号码")]
        label: String,
    },
    /// In the text of a JSON file.
    Input {
        /// Line, from 1.
        line: usize,
        /// Column in characters, from 1.
        column: usize,
    },
    /// A file as a whole.
    File {
        /// What it is called.
        file: String,
    },
    /// In a cell of a workbook.
    Cell {
        /// The workbook.
        file: String,
        /// The sheet.
        sheet: String,
        /// The cell: `C5`.
        cell: String,
        /// What the column is called.
        label: String,
    },
    /// In a file of a template.
    Template {
        /// The file.
        file: String,
        /// Line, from 1.
        line: usize,
        /// Column in characters, from 1.
        column: usize,
    },
}

/// What all routes are described beside.
pub fn frame() -> OpenApi {
    let info = InfoBuilder::new()
        .title("formwright")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(BEGINNING))
        .license(Some(LicenseBuilder::new().name("MIT OR Apache-2.0").identifier(Some("MIT OR Apache-2.0")).build()));
    let tag = |name: &str, description: &str| TagBuilder::new().name(name).description(Some(description)).build();
    let tags = [
        tag("templates", "The forms there are. 有哪些表。"),
        tag("records", "One person's record, or one sheet. 一份记录。"),
        tag("batches", "Many people at once. 一批人。"),
        tag("pages", "For people with a browser. 给用浏览器的人。"),
    ];
    let mut components = Components::new();
    components.schemas.insert("Problem".to_owned(), ProblemDocument::schema());
    let mut schemas = Vec::new();
    ProblemDocument::schemas(&mut schemas);
    components.schemas.extend(schemas);
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("A key that the administrator gave out."));
    let basic = HttpBuilder::new()
        .scheme(HttpAuthScheme::Basic)
        .description(Some("The same for browsers: the key's name, and the key as password."));
    components.add_security_scheme("key", SecurityScheme::Http(bearer.build()));
    components.add_security_scheme("basic", SecurityScheme::Http(basic.build()));
    let none: [&str; 0] = [];
    OpenApiBuilder::new()
        .info(info)
        .servers(Some([Server::new("/")]))
        .tags(Some(tags))
        .components(Some(components))
        // On the loopback nobody needs a key, unless the administrator said so.
        .security(Some([SecurityRequirement::default(), SecurityRequirement::new("key", none), SecurityRequirement::new("basic", none)]))
        .build()
}
