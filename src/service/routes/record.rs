//! One record: is it right, what does it look like on paper, what came back.

use axum::Json;
use axum::extract::{RawQuery, Request, State};
use axum::http::StatusCode;
use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::diag::{Diagnostics, Lang, Message, json};
use crate::error::Error;
use crate::readback::{self, Content, Difference, ReadBack};
use crate::record::Record;
use crate::service::about;
use crate::service::app::App;
use crate::service::assets::Uploads;
use crate::service::bodies::{self, Part, media_type, too_large, unsupported};
use crate::service::describe::{
    CheckForm, CheckQuery, CheckRequest, DocumentQuery, File, Mistake, OfCheck, OfRead, OfRender, ReadForm, RenderForm, RenderQuery,
    RenderRequest, TemplatePath,
};
use crate::service::document::Document;
use crate::service::language::Spoken;
use crate::service::options::{CHECK, OPTIONS, Options};
use crate::service::output::{DOCX, Output};
use crate::service::problem::Problem;
use crate::service::sent::Body;
use crate::service::which::Which;

/// These routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(check)).routes(routes!(render)).routes(routes!(read))
}

/// Which form an answer is about.
#[derive(Serialize, ToSchema)]
struct FormId {
    /// What it is called in addresses.
    id: String,
    /// Its version, as its maker counts.
    version: String,
    /// SHA-256 over its files, in hex.
    digest: String,
}

/// What a check found.
#[derive(Serialize, ToSchema)]
struct CheckAnswer {
    /// Whether the record can be handed in: no problem is an error.
    ok: bool,
    /// Everything that was found, each with its place; never a value.
    #[schema(value_type = Vec<Mistake>)]
    problems: Value,
    /// The form it was checked for.
    template: FormId,
}

/// Check a record · 检查记录
///
/// Everything that is wrong with a record that is to be handed in on this form, all at once: required fields, identity numbers,
/// dates, choices, facts that disagree, texts that do not fit, photos. Nothing is rendered and nothing kept. A record in which
/// nothing usable was found is refused with 422.
#[utoipa::path(post, path = "/v1/templates/{template}/check", tag = "records", params(TemplatePath, CheckQuery),
    request_body(content((CheckRequest = "application/json", example = json!({"record": {"name": "王㛃", "sex": "女", "birth": "1985-03"}})), (CheckForm = "multipart/form-data"))),
    responses((status = 200, description = "What was found.", body = CheckAnswer), OfCheck))]
async fn check(
    State(app): State<App>,
    which: Which,
    Spoken(lang): Spoken,
    RawQuery(query): RawQuery,
    request: Request,
) -> Result<Json<CheckAnswer>, Problem> {
    let asked = Options::from_query(query.as_deref(), &CHECK)?;
    let body = Body::read(request, app.settings.body_limit).await?;
    let job = app.clone();
    app.work
        .run(move || {
            let (record, uploads, options) = body.open(&CHECK)?.record()?;
            let options = options.with(asked)?;
            let mut found = job.engine.check(&which.0, &record)?;
            found.extend(uploads.unused(&record));
            let found = if options.fill().strict { found.into_strict() } else { found };
            Ok(Json(CheckAnswer { ok: !found.has_errors(), problems: json(&found, lang), template: form(&job, &which)? }))
        })
        .await
}

/// Render a record · 出一份文件
///
/// The record set on the form, as a file. The bytes depend on the request alone, and are those of `formwright render`. A record
/// that the paper could not show truly (a wrong type, a character without a glyph, a text that neither fits nor may continue, a
/// broken photo) is refused with 422; what a person should look at besides is counted in `Formwright-Warnings` and told by
/// `check`. Nothing is kept.
///
/// Files that the record names (`photo`, `attachments`) come along: in `assets` as data URIs, named `asset:NAME` in the record;
/// or as parts of multipart/form-data whose part name or file name is the path that the record gives. A URL is never fetched.
#[utoipa::path(post, path = "/v1/templates/{template}/render", tag = "records", params(TemplatePath, DocumentQuery, RenderQuery),
    request_body(content(
        (RenderRequest = "application/json", example = json!({"record": {"name": "王㛃", "sex": "女", "birth": "1985-03"}, "output": "pdf", "options": {"grey": true}})),
        (RenderForm = "multipart/form-data"))),
    responses(File, OfRender))]
async fn render(State(app): State<App>, which: Which, RawQuery(query): RawQuery, request: Request) -> Result<Document, Problem> {
    let asked = Options::from_query(query.as_deref(), &OPTIONS)?;
    let headers = request.headers().clone();
    let body = Body::read(request, app.settings.body_limit).await?;
    let job = app.clone();
    app.work
        .run(move || {
            let (record, uploads, options) = body.open(&OPTIONS)?.record()?;
            let options = options.with(asked)?;
            let output = Output::chosen(options.output, &headers, &about::offered(&job, &which)?)?;
            let made = Document::of(&job, &which, record, &uploads, &options, output);
            let outcome = made.as_ref().map_or_else(|problem| problem.code, |_| "done");
            job.metrics.rendered(&which.template(&job)?.id().id, output.word(), outcome);
            made
        })
        .await
}

/// What came back in a file.
#[derive(Serialize, ToSchema)]
struct ReadAnswer {
    /// The record, its photos held in it as data URIs.
    #[schema(value_type = Object)]
    record: Box<RawValue>,
    /// What a person should look at, and what is wrong with the record.
    #[schema(value_type = Vec<Mistake>)]
    problems: Value,
    /// What the file was made from; null where it does not tell any more.
    #[schema(required)]
    template: Option<MadeFrom>,
    /// The fields that differ from the record `against`; absent where there was none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    differences: Option<Vec<Differs>>,
}

/// The form that a file was made from.
#[derive(Serialize, ToSchema)]
struct MadeFrom {
    /// What it is called.
    id: String,
    /// Its version.
    version: String,
    /// SHA-256 over its files, in hex.
    digest: String,
    /// Whether it is, to the byte, the form that is here.
    known: bool,
}

/// A field that differs.
#[derive(Serialize, ToSchema)]
struct Differs {
    /// The value's place in the record (RFC 6901).
    pointer: String,
    /// What the paper calls it, in Chinese.
    label: String,
    /// What happened: `added`, `changed`, `removed`, or `no-place` where the file has no place for it.
    change: &'static str,
    /// What the record has; of a photo only whether there is one.
    #[schema(value_type = DifferingValue)]
    before: Value,
    /// What the file has.
    #[schema(value_type = DifferingValue)]
    after: Value,
}

/// A text; or, of a box or a photo, whether there is one.
#[derive(ToSchema)]
#[schema(title = "DifferingValue")]
#[serde(untagged)]
#[allow(dead_code)]
enum DifferingValue {
    Text(String),
    There(bool),
}

/// Read a filled form · 读回填好的表
///
/// A PDF or DOCX that was filled in becomes a record again, is checked as one that is handed in, and is compared with the record
/// `against`, where there is one (a record, or another filled file). The file's own bytes tell what it is.
#[utoipa::path(post, path = "/v1/templates/{template}/read", tag = "records", params(TemplatePath),
    request_body(content(("application/pdf"), ("application/vnd.openxmlformats-officedocument.wordprocessingml.document"), ("application/octet-stream"), (ReadForm = "multipart/form-data"))),
    responses((status = 200, description = "What the file says.", body = ReadAnswer), OfRead))]
async fn read(
    State(app): State<App>,
    which: Which,
    Spoken(lang): Spoken,
    RawQuery(query): RawQuery,
    request: Request,
) -> Result<Json<ReadAnswer>, Problem> {
    Options::from_query(query.as_deref(), &[])?;
    let limit = app.settings.body_limit;
    let returned = match media_type(request.headers()).as_str() {
        "multipart/form-data" => Returned::of(bodies::parts(request, limit).await?)?,
        "application/pdf" | DOCX | "application/octet-stream" => {
            Returned { file: bodies::whole(request, limit.min(readback::MAX_BYTES)).await?, ..Returned::default() }
        }
        _ => return Err(unsupported(&["application/pdf", DOCX, "application/octet-stream", "multipart/form-data"])),
    };
    let job = app.clone();
    app.work.run(move || returned.read(&job, &which, lang).map(Json)).await
}

/// A file that came back, and what it is compared with.
#[derive(Default)]
struct Returned {
    file: bytes::Bytes,
    against: Option<bytes::Bytes>,
    /// The files that the record `against` names.
    uploads: Uploads,
}

/// What messages call the file: its own name is often a person's.
const FILE: &str = "file";

impl Returned {
    fn of(parts: Vec<Part>) -> Result<Returned, Problem> {
        let (mut file, mut against, mut uploads) = (None, None, Uploads::default());
        for Part { name, file: file_name, bytes } in parts {
            let slot = match (name.as_str(), file_name) {
                ("file", _) => &mut file,
                ("against", _) => &mut against,
                (_, Some(file_name)) => {
                    uploads.add(vec![name, file_name], bytes);
                    continue;
                }
                (_, None) => {
                    let title = Message::new("请求里有不认识的部分", "the request has a part that is not known here");
                    let detail = Message::new(
                        "可以有：file、against，和 against 用到的文件",
                        "there are: `file`, `against`, and the files that `against` names",
                    );
                    return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "unknown-member", title).with_detail(detail));
                }
            };
            if slot.replace(bytes).is_some() {
                let (zh, en) = ("部分 file 和 against 各只能有一个", "there is one part `file` and one part `against` at most");
                return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "bad-member", Message::new(zh, en)));
            }
        }
        let Some(file) = file else {
            let title = Message::new("请求里没有文件", "the request holds no file");
            let detail = Message::new("填好的 PDF 或 DOCX 放在名为 file 的部分里", "put the filled PDF or DOCX into a part named `file`");
            return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "file-missing", title).with_detail(detail));
        };
        if file.len() > readback::MAX_BYTES {
            return Err(too_large(readback::MAX_BYTES));
        }
        Ok(Returned { file, against, uploads })
    }

    fn read(&self, app: &App, which: &Which, lang: Lang) -> Result<ReadAnswer, Problem> {
        let back = app.engine.read(&which.0, FILE, &self.file).map_err(unreadable)?;
        let mut found = back.warnings.clone();
        let differences = self.against.as_deref().map(|against| self.differences(&back, against, &mut found)).transpose()?;
        let record = RawValue::from_string(back.record().to_json()).map_err(|_| Problem::internal())?;
        let here = which.template(app)?.id();
        let template = back.issue.map(|issue| MadeFrom {
            known: issue.template == here.id && issue.digest == here.digest,
            id: issue.template,
            version: issue.version,
            digest: issue.digest,
        });
        Ok(ReadAnswer { record, problems: json(&found, lang), template, differences })
    }

    fn differences(&self, back: &ReadBack, against: &[u8], found: &mut Diagnostics) -> Result<Vec<Differs>, Problem> {
        let record = if readback::is_filled(against) {
            ReadBack::read("against", against).map_err(unreadable)?.record()
        } else {
            let record = Record::parse(against, &self.uploads).map_err(Problem::refused)?;
            // What could not be read of it cannot be compared.
            found.extend(record.troubles().clone());
            record
        };
        Ok(back.differences(&record).iter().map(differs).collect())
    }
}

fn differs(difference: &Difference) -> Differs {
    let value = |content: &Content| match content {
        Content::Text(text) => Value::from(text.as_str()),
        Content::Ticked(ticked) => Value::from(*ticked),
        Content::Picture(picture) => Value::from(picture.is_some()),
    };
    Differs {
        pointer: difference.name.pointer(),
        label: difference.label.clone(),
        change: difference.change.word(),
        before: value(&difference.before),
        after: value(&difference.after),
    }
}

/// A file that cannot be read is no record with mistakes.
fn unreadable(error: Error) -> Problem {
    let Error::Refused(problems) = error else { return error.into() };
    let title = Message::new("这个文件读不出来", "the file cannot be read");
    Problem { problems, ..Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "file-unreadable", title) }
}

fn form(app: &App, which: &Which) -> Result<FormId, Problem> {
    let id = which.template(app)?.id();
    Ok(FormId { id: id.id.clone(), version: id.version.clone(), digest: id.digest.clone() })
}
