//! Which template an address names: `recommendation`, `recommendation@1`, `recommendation@sha256:…`.

use axum::RequestPartsExt;
use axum::extract::{FromRequestParts, Path};
use axum::http::StatusCode;
use axum::http::request::Parts;

use super::app::App;
use super::problem::Problem;
use crate::diag::Message;
use crate::error::Error;
use crate::template::Template;

/// The name of a template that is there, in the version that was asked for.
#[derive(Clone, Debug)]
pub struct Which(pub String);

impl Which {
    /// The template an address's words name.
    ///
    /// # Errors
    /// There is none: 404. There is, but in another version: 409. It has mistakes: 500.
    pub fn of(app: &App, words: &str) -> Result<Which, Problem> {
        let (name, pin) = words.split_once('@').map_or((words, None), |(name, pin)| (name, Some(pin)));
        let template = template(app, name)?;
        let id = template.id();
        let fits = match pin.map(|pin| pin.strip_prefix("sha256:").ok_or(pin)) {
            None => true,
            Some(Ok(digest)) => digest.eq_ignore_ascii_case(&id.digest),
            Some(Err(version)) => version == id.version,
        };
        if fits { Ok(Which(name.to_owned())) } else { Err(another_version(template)) }
    }

    /// The template itself.
    ///
    /// # Errors
    /// None in truth: it was found when the address was read.
    pub fn template<'a>(&self, app: &'a App) -> Result<&'a Template, Problem> {
        template(app, &self.0)
    }
}

impl FromRequestParts<App> for Which {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Which, Problem> {
        let words = parts.extract::<Path<String>>().await.map_err(|_| {
            Problem::bad_request("malformed-path", "地址里的字符不合规", "the address holds characters that cannot be read")
                .with_detail(Message::new("中文按 UTF-8 百分号编码", "percent-encode Chinese as UTF-8"))
        })?;
        Which::of(app, &words)
    }
}

/// The form as headers and addresses can name it for ever: `recommendation@sha256:…`.
pub fn pinned(template: &Template) -> String {
    format!("{}@sha256:{}", template.id().id, template.id().digest)
}

fn template<'a>(app: &'a App, name: &str) -> Result<&'a Template, Problem> {
    app.engine.template(name).map_err(|error| match error {
        // Of a mistake in a template no caller is to blame.
        Error::Refused(problems) => {
            let title = Message::new("这个模板有错，用不了", "the template has mistakes and cannot be used");
            let detail =
                Message::new("请管理员运行 formwright templates --check", "ask the administrator to run: formwright templates --check");
            Problem { problems, ..Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "template-broken", title) }.with_detail(detail)
        }
        other => other.into(),
    })
}

fn another_version(template: &Template) -> Problem {
    let (version, present) = (&template.id().version, pinned(template));
    let title = Message::new("这里的模板是另一个版本", "the template is here in another version");
    let detail = Message::new(format!("现在是版本 {version}：{present}"), format!("present is version {version}: {present}"));
    Problem::new(StatusCode::CONFLICT, "template-mismatch", title).with_detail(detail)
}
