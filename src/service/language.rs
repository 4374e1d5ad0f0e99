//! Which language an answer is in: `Accept-Language` (RFC 9110, 12.5.4).

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header::ACCEPT_LANGUAGE;
use axum::http::request::Parts;

use crate::diag::Lang;

/// The language that a request asks for; Chinese where it asks for none of ours.
pub struct Spoken(pub Lang);

/// The first of Chinese and English by weight; a tie goes to the one named first.
pub fn spoken(headers: &HeaderMap) -> Lang {
    let asked = headers.get_all(ACCEPT_LANGUAGE).into_iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
    let mut best: Option<(f32, Lang)> = None;
    for range in asked {
        let mut parts = range.split(';');
        let tag = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
        let lang = match tag.split('-').next() {
            Some("zh") => Lang::Zh,
            Some("en") => Lang::En,
            _ => continue,
        };
        let weight = parts.find_map(|part| part.trim().strip_prefix("q=")).map_or(Some(1.0), |text| text.trim().parse::<f32>().ok());
        let Some(weight) = weight.filter(|weight| *weight > 0.0) else { continue };
        if best.is_none_or(|(before, _)| weight > before) {
            best = Some((weight, lang));
        }
    }
    best.map_or(Lang::Zh, |(_, lang)| lang)
}

impl<S: Sync> FromRequestParts<S> for Spoken {
    type Rejection = std::convert::Infallible;
    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Spoken, Self::Rejection> {
        Ok(Spoken(spoken(&parts.headers)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heaviest_of_ours_wins() {
        for (asked, want) in [
            ("", Lang::Zh),
            ("en", Lang::En),
            ("en-GB,en;q=0.9", Lang::En),
            ("zh-CN,zh;q=0.9,en;q=0.8", Lang::Zh),
            ("en;q=0.8, zh-Hans", Lang::Zh),
            ("fr, de;q=0.9", Lang::Zh),
            ("fr, en;q=0.1", Lang::En),
            ("zh;q=0, en;q=0.2", Lang::En),
            ("en;q=x", Lang::Zh),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_LANGUAGE, asked.parse().expect("a header"));
            assert_eq!(spoken(&headers), want, "{asked}");
        }
    }
}
