//! What a form can be written as, and which of it a request asks for.

use axum::http::HeaderMap;
use axum::http::header::ACCEPT;
use utoipa::ToSchema;

use super::problem::Problem;
use crate::diag::Message;
use crate::engine::dossier_templates;
use crate::template::Template;

/// A kind of document, called as on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ToSchema)]
#[schema(rename_all = "lowercase")]
pub enum Output {
    /// PDF for print.
    Pdf,
    /// PDF with fields to fill in.
    Fillable,
    /// DOCX with content controls.
    Docx,
    /// XLSX of a growing table.
    Xlsx,
    /// The record, with its photos held in itself.
    Json,
    /// PDF of the whole dossier: the form, the 事迹材料, the copies of certificates.
    Dossier,
}

impl Output {
    /// All of them; of those with one media type, the one stands first that `Accept` asks for.
    pub const ALL: [Output; 6] = [Output::Pdf, Output::Fillable, Output::Docx, Output::Xlsx, Output::Json, Output::Dossier];

    /// What it is called.
    pub fn word(self) -> &'static str {
        match self {
            Output::Pdf => "pdf",
            Output::Fillable => "fillable",
            Output::Docx => "docx",
            Output::Xlsx => "xlsx",
            Output::Json => "json",
            Output::Dossier => "dossier",
        }
    }

    /// The one that is called so.
    pub fn of(word: &str) -> Option<Output> {
        Output::ALL.into_iter().find(|output| output.word() == word)
    }

    /// Its media type (RFC 9110, 8.3.1).
    pub fn media_type(self) -> &'static str {
        match self {
            Output::Pdf | Output::Fillable | Output::Dossier => "application/pdf",
            Output::Docx => DOCX,
            Output::Xlsx => XLSX,
            Output::Json => "application/json",
        }
    }

    /// What the names of its files end in.
    pub fn ending(self) -> &'static str {
        match self {
            Output::Pdf => "pdf",
            Output::Fillable => "fillable.pdf",
            Output::Docx => "docx",
            Output::Xlsx => "xlsx",
            Output::Json => "json",
            Output::Dossier => "dossier.pdf",
        }
    }

    /// Whether fields of it can be locked.
    pub fn is_filled_in(self) -> bool {
        matches!(self, Output::Fillable | Output::Docx)
    }

    /// What a template is offered as: what it lists, and what comes without its doing.
    pub fn offered(template: &Template) -> Vec<Output> {
        let lists = |output: Output| template.outputs().iter().any(|listed| listed == output.word());
        let is_paper_of_a_dossier = dossier_templates("").contains(&template.id().id.as_str());
        let is = |output: &Output| match output {
            Output::Json => true,
            Output::Dossier => lists(Output::Fillable) && !lists(Output::Xlsx) && !is_paper_of_a_dossier,
            listed => lists(*listed),
        };
        Output::ALL.into_iter().filter(is).collect()
    }

    /// The one to write: what is asked for by name, or else by `Accept` (RFC 9110, 12.5.1).
    ///
    /// # Errors
    /// The template is not offered as that: 406.
    pub fn chosen(asked: Option<Output>, headers: &HeaderMap, offered: &[Output]) -> Result<Output, Problem> {
        if let Some(asked) = asked {
            return if offered.contains(&asked) { Ok(asked) } else { Err(not_offered(offered)) };
        }
        let ranges = ranges(headers);
        let mut best: Option<(f32, Output)> = None;
        for output in offered {
            let weight = weight(&ranges, output.media_type());
            if weight > best.map_or(0.0, |(before, _)| before) {
                best = Some((weight, *output));
            }
        }
        best.map(|(_, output)| output).ok_or_else(|| not_offered(offered))
    }
}

/// The media type of DOCX.
pub const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

/// The media type of XLSX.
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// The media ranges of `Accept` with their weights; anything where there is no such header.
fn ranges(headers: &HeaderMap) -> Vec<(String, f32)> {
    let said = headers.get_all(ACCEPT).into_iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
    let mut ranges: Vec<(String, f32)> = said.filter_map(range).collect();
    if !headers.contains_key(ACCEPT) {
        ranges.push(("*/*".to_owned(), 1.0));
    }
    ranges
}

fn range(said: &str) -> Option<(String, f32)> {
    let mut parts = said.split(';');
    let range = parts.next()?.trim().to_ascii_lowercase();
    let weight = parts.find_map(|part| part.trim().strip_prefix("q=").map(|text| text.trim().parse::<f32>().ok()));
    let weight = weight.unwrap_or(Some(1.0)).filter(|weight| (0.0..=1.0).contains(weight))?;
    range.contains('/').then_some((range, weight))
}

/// The weight of a media type: that of the narrowest range it is in.
fn weight(ranges: &[(String, f32)], media_type: &str) -> f32 {
    let family = media_type.split('/').next().unwrap_or_default();
    let of = |wanted: &str| ranges.iter().find(|(range, _)| range == wanted).map(|(_, weight)| *weight);
    of(media_type).or_else(|| of(&format!("{family}/*"))).or_else(|| of("*/*")).unwrap_or(0.0)
}

fn not_offered(offered: &[Output]) -> Problem {
    let words: Vec<&str> = offered.iter().map(|output| output.word()).collect();
    let title = Message::new("这张表没有这种格式", "the form is not offered in this format");
    let detail = Message::new(
        format!("可以要：{}（写在 output 里，或用 Accept 头）", words.join("、")),
        format!("there are: {} (name one in `output`, or its media type in Accept)", words.join(", ")),
    );
    Problem::new(axum::http::StatusCode::NOT_ACCEPTABLE, "output-not-offered", title).with_detail(detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accept_chooses_what_weighs_most() {
        let offered = [Output::Pdf, Output::Fillable, Output::Docx, Output::Json];
        for (accept, want) in [
            (None, Some(Output::Pdf)),
            (Some("*/*"), Some(Output::Pdf)),
            (Some("application/pdf"), Some(Output::Pdf)),
            (Some(DOCX), Some(Output::Docx)),
            (Some("application/json, */*;q=0.1"), Some(Output::Json)),
            (Some("application/*"), Some(Output::Pdf)),
            (Some("application/pdf;q=0, application/*;q=0.5"), Some(Output::Docx)),
            (Some("text/html,application/xhtml+xml,*/*;q=0.8"), Some(Output::Pdf)),
            (Some("image/webp"), None),
            (Some("*/*;q=0"), None),
            (Some("nonsense"), None),
            (Some("application/pdf;q=x"), None),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(accept) = accept {
                headers.insert(ACCEPT, accept.parse().expect("a header"));
            }
            assert_eq!(Output::chosen(None, &headers, &offered).ok(), want, "{accept:?}");
        }
        assert!(Output::chosen(Some(Output::Xlsx), &HeaderMap::new(), &offered).is_err_and(|problem| problem.code == "output-not-offered"));
    }
}
