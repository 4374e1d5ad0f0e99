//! The page in four steps: what is asked where.

mod ask;
mod back;
mod person;
mod start;
mod take;
mod words;
mod work;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, SET_COOKIE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

pub use self::words::in_words;

use self::ask::Ask;
use crate::service::app::App;
use crate::service::page::address::WORK;
use crate::service::page::assets;
use crate::service::page::html::El;
use crate::service::page::shell::{Shell, Step, WorkFrame};
use crate::service::problem::Problem;

/// These routes. They are for people, so the description of the API does not have them.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/", get(start::show))
        .route("/form/{template}/people.xlsx", get(start::workbook))
        .route("/form/{template}/page.png", get(start::picture))
        .route(WORK, post(work::receive))
        .merge(of_a_batch())
        .route("/back", post(back::show))
        .route("/back/record", post(back::record))
        // What is sent is counted where it is read.
        .layer(DefaultBodyLimit::disable())
        .route("/page/{digest}/{name}", get(asset))
}

/// The pages of a batch.
fn of_a_batch() -> Router<App> {
    let below = |path: &str| format!("{WORK}{path}");
    Router::new()
        .route(&below("/{id}"), get(work::show))
        .route(&below("/{id}/stop"), post(work::stop))
        .route(&below("/{id}/again"), post(work::again))
        .route(&below("/{id}/people/{entry}"), get(person::show).post(person::mend))
        .route(&below("/{id}/people/{entry}/{sheet}"), get(person::picture_of))
        .route(&below("/{id}/people/{entry}/photo/{field}"), get(person::photo))
        .route(&below("/{id}/take"), get(take::show))
        .route(&below("/{id}/make"), post(take::make))
        .route(&below("/{id}/files/{*path}"), get(take::file))
        .route(&below("/{id}/wipe"), get(work::ask_to_wipe).post(work::wipe))
}

/// A page as an answer.
fn page(ask: &Ask, title: impl Into<String>, step: Option<Step>, content: Vec<El>) -> Response {
    framed(ask, title, step, None, None, content)
}

/// The same with what the frame shows of a batch, and after how many seconds to look again.
fn framed(
    ask: &Ask,
    title: impl Into<String>,
    step: Option<Step>,
    work: Option<WorkFrame>,
    again: Option<u32>,
    content: Vec<El>,
) -> Response {
    let shell = Shell { lang: ask.lang, title: title.into(), step, work, again, here: ask.here.clone() };
    let kind = (CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    let mut response = ([kind, (CACHE_CONTROL, HeaderValue::from_static("no-store"))], shell.page(content)).into_response();
    if ask.chosen {
        let cookie = match ask.lang {
            crate::diag::Lang::Zh => "lang=zh; Path=/; SameSite=Strict; HttpOnly",
            crate::diag::Lang::En => "lang=en; Path=/; SameSite=Strict; HttpOnly",
        };
        response.headers_mut().insert(SET_COOKIE, HeaderValue::from_static(cookie));
    }
    response
}

/// See other: the answer to everything that was posted, so that loading the page again sends nothing again.
fn see(address: &str) -> Response {
    let place = HeaderValue::from_str(address).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(axum::http::header::LOCATION, place)]).into_response()
}

/// The style, the script, the icon: kept by the browser for good, as the address names what is in them.
async fn asset(Path((digest, name)): Path<(String, String)>) -> Result<Response, Problem> {
    let asset = assets::find(&digest, &name)
        .ok_or_else(|| Problem::not_found("no-such-page", "没有这个地址", "there is nothing at this address"))?;
    let kind = (CONTENT_TYPE, HeaderValue::from_static(asset.kind));
    let kept = (CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    Ok(([kind, kept], asset.text).into_response())
}
