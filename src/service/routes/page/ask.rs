//! What every page asks of a request: the language, the caller, the parameters.

use std::convert::Infallible;

use axum::extract::multipart::MultipartRejection;
use axum::extract::{FromRequestParts, Multipart, Query};
use axum::http::{Method, StatusCode};
use axum::http::header::COOKIE;
use axum::http::request::Parts;

use crate::diag::{Lang, Message};
use crate::service::guard::Caller;
use crate::service::language::spoken;
use crate::service::page::address::{percent, with};
use crate::service::problem::Problem;

/// A request as the pages see it.
pub struct Ask {
    /// The language of the answer.
    pub lang: Lang,
    /// Whether the address chose it, and not the browser.
    pub chosen: bool,
    /// Who asks.
    pub caller: String,
    /// The address with its parameters, but for the language.
    pub here: String,
    pairs: Vec<(String, String)>,
}

impl Ask {
    /// What a request asks.
    pub fn of(parts: &Parts) -> Ask {
        let pairs = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri).map(|query| query.0).unwrap_or_default();
        let chosen = pairs.iter().rev().find(|(name, _)| name == "lang").and_then(|(_, word)| lang(word));
        let kept = parts.headers.get_all(COOKIE).into_iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(';'));
        let kept = kept.filter_map(|pair| pair.trim().strip_prefix("lang=")).find_map(lang);
        // The links to the other language are followed with GET: a page that answers a post has none of its own.
        let path = if parts.method == Method::GET { parts.uri.path() } else { "/" };
        let rest = pairs.iter().filter(|(name, _)| name != "lang");
        let here = rest.fold(path.to_owned(), |here, (name, value)| with(&here, &percent(name), value));
        Ask {
            lang: chosen.or(kept).unwrap_or_else(|| spoken(&parts.headers)),
            chosen: chosen.is_some(),
            caller: parts.extensions.get::<Caller>().map_or_else(|| Caller::local().id, |caller| caller.id.clone()),
            here,
            pairs,
        }
    }

    /// A parameter.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(one, _)| one == name).map(|(_, value)| value.as_str())
    }

    /// Every parameter of that name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.pairs.iter().filter(move |(one, _)| one == name).map(|(_, value)| value.as_str())
    }

    /// A parameter that is a number.
    pub fn number(&self, name: &str) -> Option<usize> {
        self.get(name)?.parse().ok()
    }
}

impl<S: Sync> FromRequestParts<S> for Ask {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Ask, Infallible> {
        Ok(Ask::of(parts))
    }
}

fn lang(word: &str) -> Option<Lang> {
    match word {
        "zh" => Some(Lang::Zh),
        "en" => Some(Lang::En),
        _ => None,
    }
}

/// A part of what a form sent.
pub struct Part {
    /// The control's name.
    pub name: String,
    /// The file's name, where it is a file.
    pub file: Option<String>,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// The parts of a form, all together no more than so many bytes.
///
/// Errors: 400 for what is no such form, 413 for too many bytes.
pub async fn parts(form: Result<Multipart, MultipartRejection>, most: usize) -> Result<Vec<Part>, Problem> {
    let mut form = form.map_err(|_| broken())?;
    let (mut parts, mut left) = (Vec::new(), most);
    while let Some(mut field) = form.next_field().await.map_err(|_| broken())? {
        let name = field.name().unwrap_or_default().to_owned();
        let file = field.file_name().map(str::to_owned);
        let mut bytes = Vec::new();
        while let Some(chunk) = field.chunk().await.map_err(|_| broken())? {
            left = left.checked_sub(chunk.len()).ok_or_else(|| too_large(most as u64))?;
            bytes.extend_from_slice(&chunk);
        }
        parts.push(Part { name, file, bytes });
    }
    Ok(parts)
}

/// What is no form, or broke off: 400.
pub fn broken() -> Problem {
    Problem::bad_request("malformed-multipart", "表单没有传完整，请再试一次", "the form did not arrive whole; send it again")
}

/// More bytes than one request may have: 413.
pub fn too_large(most: u64) -> Problem {
    let most = most >> 20;
    let title = Message::new(format!("太大了，一次最多 {most} MB"), format!("too large: {most} MB at most"));
    let help = Message::new("分几次传", "send it in several goes");
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", title).with_detail(help)
}
