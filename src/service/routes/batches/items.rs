//! The people of a batch: seen, put right, shown.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::HeaderName;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::described::{OfAmend, OfItems, OfPerson, OfPhoto};
use super::{Owner, attachment, waiting};
use crate::service::app::App;
use crate::service::batches::{Amend, Document, Flag, Items, Made, OnePerson, Picture, Select, parsed};
use crate::service::language::Spoken;
use crate::service::problem::Problem;

/// Tells how many pages a dossier has.
const PAGES: HeaderName = HeaderName::from_static("formwright-pages");

/// These routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(items)).routes(routes!(person, amend)).routes(routes!(photo)).routes(routes!(document))
}

/// List the people · 人员
///
/// In the order of their numbers: what a check or a run found about each, and nothing of a record but the name.
#[utoipa::path(get, path = "/v1/batches/{id}/items", operation_id = "batch_items", tag = "batches",
    params(("id" = String, Path, description = "the batch"),
        ("state" = Option<String>, Query, description = "`done`, `held`, `failed` or `waiting` only"),
        ("after" = Option<usize>, Query, description = "those with a number behind this one"),
        ("limit" = Option<usize>, Query, description = "1 to 1000 at once; 100 where nothing is said"),
        ("mask" = Option<u8>, Query, description = "1: names are 张*, sources and files are left out")),
    responses((status = 200, description = "the people", body = Items), OfItems))]
async fn items(
    State(app): State<App>,
    Owner(owner): Owner,
    Spoken(lang): Spoken,
    Path(id): Path<String>,
    select: Result<Query<Select>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<Items>, Problem> {
    let batch = app.batches.get(&id, &owner)?;
    let Query(select) = select.map_err(|_| bad_query())?;
    let store = app.batches.clone();
    waiting(move || store.items(&batch, &select, lang)).await.map(Json)
}

/// What may stand in the query of one person.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Masked {
    #[serde(default)]
    mask: Flag,
}

/// One person · 一个人
///
/// One person with the record: what was sent, and what was put right since.
#[utoipa::path(get, path = "/v1/batches/{id}/items/{entry}", operation_id = "batch_item", tag = "batches",
    params(("id" = String, Path, description = "the batch"), ("entry" = usize, Path, description = "the person's place in what was sent"),
        ("mask" = Option<u8>, Query, description = "1: the name is 张*, the record is left out")),
    responses((status = 200, description = "the person", body = OnePerson), OfPerson))]
async fn person(
    State(app): State<App>,
    Owner(owner): Owner,
    Spoken(lang): Spoken,
    Path((id, entry)): Path<(String, String)>,
    masked: Result<Query<Masked>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<OnePerson>, Problem> {
    let batch = app.batches.get(&id, &owner)?;
    let entry = number(&entry)?;
    let Query(Masked { mask }) = masked.map_err(|_| bad_query())?;
    let store = app.batches.clone();
    app.work.run(move || store.person(&batch, entry, lang, mask == Flag::Yes)).await.map(Json)
}

/// Put values right · 修改
///
/// Puts values of a person right; what was sent stays as it is.
///
/// The person is judged anew at once, and compared with the others where the batch has no more than 500 people. What was made before
/// has to be made again: the batch is `checked` then, and `run` makes only what changed.
#[utoipa::path(patch, path = "/v1/batches/{id}/items/{entry}", operation_id = "amend_batch_item", tag = "batches",
    params(("id" = String, Path, description = "the batch"), ("entry" = usize, Path, description = "the person's place in what was sent")),
    request_body = Amend,
    responses((status = 200, description = "the person", body = OnePerson), OfAmend))]
async fn amend(
    State(app): State<App>,
    Owner(owner): Owner,
    Spoken(lang): Spoken,
    Path((id, entry)): Path<(String, String)>,
    body: axum::body::Bytes,
) -> Result<Json<OnePerson>, Problem> {
    let batch = app.batches.get(&id, &owner)?;
    let entry = number(&entry)?;
    let amend: Amend = parsed(&body)?;
    let store = app.batches.clone();
    app.work.run(move || store.amend(&batch, entry, &amend, lang)).await.map(Json)
}

/// The photo of a person · 照片
///
/// The photo of a person, as it was sent.
#[utoipa::path(get, path = "/v1/batches/{id}/items/{entry}/photo", operation_id = "batch_item_photo", tag = "batches",
    params(("id" = String, Path, description = "the batch"), ("entry" = usize, Path, description = "the person's place in what was sent")),
    responses((status = 200, content((Vec<u8> = "image/jpeg"), (Vec<u8> = "image/png")), description = "the picture"), OfPhoto))]
async fn photo(State(app): State<App>, Owner(owner): Owner, Path((id, entry)): Path<(String, String)>) -> Result<Response, Problem> {
    let batch = app.batches.get(&id, &owner)?;
    let entry = number(&entry)?;
    let store = app.batches.clone();
    let bytes = app.work.run(move || store.photo(&batch, entry)).await?;
    let kind = if bytes.starts_with(b"\x89PNG") { "image/png" } else { "image/jpeg" };
    Ok(([(CONTENT_TYPE, kind)], bytes).into_response())
}

/// What may stand in the query of a document.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    output: String,
    page: Option<usize>,
    dpi: Option<f64>,
    mark: Option<String>,
}

/// One document of a person · 一个人的文件
///
/// A document of one person, a draft where there are errors: made now, kept nowhere.
#[utoipa::path(get, path = "/v1/batches/{id}/items/{entry}/document", operation_id = "batch_item_document", tag = "batches",
    params(("id" = String, Path, description = "the batch"), ("entry" = usize, Path, description = "the person's place in what was sent"),
        ("output" = String, Query, description = "`pdf` (the dossier), `fillable`, `docx`, `png` (a page), `json` (the record)"),
        ("page" = Option<usize>, Query, description = "with png: the page, from 1; that of the first mark where nothing is said"),
        ("dpi" = Option<f64>, Query, description = "with png: dots per inch, 20 to 300"),
        ("mark" = Option<String>, Query, description = "with png: names of fields to mark, with commas between")),
    responses((status = 200, content((Vec<u8> = "application/pdf"), (Vec<u8> = "image/png"), (String = "application/json"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.wordprocessingml.document")), description = "the document"), OfPerson))]
async fn document(
    State(app): State<App>,
    Owner(owner): Owner,
    Path((id, entry)): Path<(String, String)>,
    asked: Result<Query<Asked>, axum::extract::rejection::QueryRejection>,
) -> Result<Response, Problem> {
    let batch = app.batches.get(&id, &owner)?;
    let entry = number(&entry)?;
    let Query(asked) = asked.map_err(|_| bad_query())?;
    let (document, kind, name) = asked.document()?;
    let store = app.batches.clone();
    let Made { bytes, pages } = app.work.run(move || store.document(&batch, entry, &document)).await?;
    let mut response = ([(CONTENT_TYPE, kind)], bytes).into_response();
    if let Some(name) = name {
        response.headers_mut().extend(attachment(&format!("{}-{name}", entry + 1)));
    }
    if pages > 0 {
        response.headers_mut().insert(PAGES, pages.into());
    }
    Ok(response)
}

impl Asked {
    /// What is to be made, its media type, and the end of its name where it is to be kept.
    fn document(self) -> Result<(Document, &'static str, Option<&'static str>), Problem> {
        let is_picture = self.output == "png";
        if !is_picture && (self.page.is_some() || self.dpi.is_some() || self.mark.is_some()) {
            return Err(bad_query());
        }
        Ok(match self.output.as_str() {
            "pdf" => (Document::Pdf, "application/pdf", Some("推荐材料.pdf")),
            "fillable" => (Document::Fillable, "application/pdf", Some("可填写.pdf")),
            "docx" => (Document::Docx, "application/vnd.openxmlformats-officedocument.wordprocessingml.document", Some("推荐表.docx")),
            "json" => (Document::Json, "application/json", Some("记录.json")),
            "png" => {
                let marks = self.mark.iter().flat_map(|list| list.split(',')).filter(|name| !name.is_empty()).map(str::to_owned);
                (Document::Png(Picture { page: self.page, dpi: self.dpi, marks: marks.collect() }), "image/png", None)
            }
            _ => return Err(bad_query()),
        })
    }
}

/// The place of a person in what was sent, as an address has it.
fn number(text: &str) -> Result<usize, Problem> {
    let plain = text.len() <= 9 && !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = plain.then(|| text.parse().ok()).flatten();
    number.ok_or_else(|| Problem::not_found("item-not-found", "没有这个人", "there is no such person"))
}

fn bad_query() -> Problem {
    Problem::bad_request("bad-parameter", "网址里的参数不对", "a parameter in the address is wrong")
}
