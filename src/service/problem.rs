//! What went wrong, as a problem document (RFC 9457): a code, a place, the next step, and never a value.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json as object};

use crate::diag::{Diagnostics, Lang, Message, Place, json};
use crate::error::Error;

/// What keeps a request from being answered.
///
/// It travels to `observe` inside the response, which puts it into the words of the request's language.
#[derive(Clone, Debug)]
pub struct Problem {
    /// The status of the answer.
    pub status: StatusCode,
    /// A stable word for programs: `record-invalid`.
    pub code: &'static str,
    /// What it is.
    pub title: Message,
    /// What to do next.
    pub detail: Option<Message>,
    /// Each mistake with its place.
    pub problems: Diagnostics,
    /// After how many seconds to come back.
    pub retry_after: Option<u32>,
}

impl Problem {
    /// A problem of a status and a code.
    pub fn new(status: StatusCode, code: &'static str, title: Message) -> Problem {
        Problem { status, code, title, detail: None, problems: Diagnostics::default(), retry_after: None }
    }

    /// The same with a next step.
    pub fn with_detail(mut self, detail: Message) -> Problem {
        self.detail = Some(detail);
        self
    }

    /// A record or a file that was read and cannot be taken: 422.
    pub fn refused(problems: Diagnostics) -> Problem {
        let title = Message::new("内容有错，没有处理", "the content has mistakes and was not processed");
        Problem { problems, ..Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "record-invalid", title) }
    }

    /// A template with mistakes: 500, as no caller is to blame.
    pub fn template_broken(problems: Diagnostics) -> Problem {
        let title = Message::new("这个模板有错，用不了", "the template has mistakes and cannot be used");
        let detail =
            Message::new("请管理员运行 formwright templates --check", "ask the administrator to run: formwright templates --check");
        Problem { problems, ..Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "template-broken", title) }.with_detail(detail)
    }

    /// Our own failure: 500. What it was goes to the log, by its place alone.
    pub fn internal() -> Problem {
        let title = Message::new("服务内部出错", "the service failed");
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", title)
            .with_detail(Message::new("请把请求编号告诉管理员", "tell the administrator the number of the request"))
    }

    /// There is no such thing: 404.
    pub fn not_found(code: &'static str, zh: &str, en: &str) -> Problem {
        Problem::new(StatusCode::NOT_FOUND, code, Message::new(zh, en))
    }

    /// A parameter or a body that cannot be read: 400.
    pub fn bad_request(code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Problem {
        Problem::new(StatusCode::BAD_REQUEST, code, Message::new(zh, en))
    }

    /// The document in one language; `request` is the request's number.
    pub fn document(&self, lang: Lang, request: &str) -> Value {
        let mut document = object!({
            "type": format!("urn:formwright:problem:{}", self.code),
            "title": self.title.text(lang),
            "status": self.status.as_u16(),
            "code": self.code,
            "instance": format!("urn:uuid:{request}"),
        });
        if let Some(members) = document.as_object_mut() {
            if let Some(detail) = &self.detail {
                members.insert("detail".to_owned(), Value::from(detail.text(lang)));
            }
            if !self.problems.is_empty() {
                members.insert("problems".to_owned(), json(&self.problems, lang));
            }
        }
        document
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Problem {
        match error {
            Error::Refused(problems) if problems.iter().any(|one| matches!(one.place, Place::Template { .. })) => {
                Problem::template_broken(problems)
            }
            Error::Refused(problems) => Problem::refused(problems),
            Error::NoTemplate { known, .. } => {
                let known = known.join("、");
                Problem::not_found("template-not-found", "没有这个模板", "there is no such template")
                    .with_detail(Message::new(format!("现有：{known}"), format!("there are: {known}")))
            }
            Error::Io { source, .. } if source.kind() == std::io::ErrorKind::StorageFull => {
                let title = Message::new("磁盘满了", "the disk is full");
                Problem::new(StatusCode::INSUFFICIENT_STORAGE, "disk-full", title)
            }
            Error::Io { .. } | Error::Font(_) | Error::Write(_) => Problem::internal(),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(self);
        response
    }
}
