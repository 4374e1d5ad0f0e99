//! What every page asks of a request: the language, the caller, the parameters.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, Query};
use axum::http::Method;
use axum::http::header::COOKIE;
use axum::http::request::Parts;

use crate::diag::Lang;
use crate::service::guard::Caller;
use crate::service::language::spoken;
use crate::service::page::address::{percent, with};

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
