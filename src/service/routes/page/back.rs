//! Filled files that came back: read, compared, and not kept.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};

use super::ask::Ask;
use super::page;
use super::start::download;
use crate::batch;
use crate::diag::{Diagnostics, Message};
use crate::engine::Engine;
use crate::error::Error;
use crate::name::FieldName;
use crate::package::marks::value_digest;
use crate::readback::{Change, Content, Issued, ReadBack};
use crate::record::{NoFiles, Record};
use crate::service::app::App;
use crate::service::bodies::{Part, parts};
use crate::service::page::back::{Against, Changed, Read, Returned, back};
use crate::service::page::words::say;
use crate::service::problem::Problem;

/// What the files say.
pub async fn show(State(app): State<App>, ask: Ask, request: Request) -> Result<Response, Problem> {
    let sent = parts(request, app.settings.body_limit).await?;
    let engine = Arc::clone(&app.engine);
    let (files, against) = app.work.run(move || read(&engine, &sent)).await?;
    Ok(page(&ask, say(ask.lang, "收回的表", "Forms that came back"), None, back(&files, against, ask.lang)))
}

fn read(engine: &Engine, sent: &[Part]) -> Result<(Vec<Returned>, Against), Problem> {
    let template = sent.iter().find(|part| part.name == "template").map(|part| String::from_utf8_lossy(&part.bytes).into_owned());
    let template = template.unwrap_or_default();
    engine.template(&template)?;
    let record = sent.iter().find(|part| part.name == "sent" && !part.bytes.is_empty());
    let record = record.map(|part| Record::parse(&part.bytes, &NoFiles)).transpose().map_err(Problem::refused)?;
    // A control without a file sends a part whose file has no name; a file with nothing in it is told as such.
    let is_file = |part: &&Part| !part.bytes.is_empty() || part.file.as_deref().is_some_and(|name| !name.is_empty());
    let filled = sent.iter().filter(|part| part.name == "filled").filter(is_file);
    let files: Vec<Returned> = filled.map(|part| one(engine, &template, part, record.as_ref())).collect();
    if files.is_empty() {
        return Err(Problem::bad_request("no-file", "没有选文件", "no file was chosen")
            .with_detail(Message::new("选一份收回的 PDF 或 Word", "choose a PDF or Word file that came back")));
    }
    Ok((files, if record.is_some() { Against::Sent } else { Against::Issued }))
}

fn one(engine: &Engine, template: &str, part: &Part, record: Option<&Record>) -> Returned {
    let file = part.file.clone().unwrap_or_default();
    let refused = |found: Diagnostics| Returned { file: file.clone(), person: String::new(), problems: told(&found), read: None };
    let back = match engine.read(template, &file, &part.bytes) {
        Ok(back) => back,
        Err(Error::Refused(found)) => return refused(found),
        Err(_) => return refused(Diagnostics::default()),
    };
    let changes = record.map_or_else(|| since_issue(&back), |record| since_record(&back, record));
    let said = back.record();
    let person = FieldName::parse("name").and_then(|name| said.text(&name)).unwrap_or_default().to_owned();
    Returned { file, person, problems: told(&back.warnings), read: Some(Read { record: said.to_json(), changes }) }
}

fn told(found: &Diagnostics) -> Vec<batch::Problem> {
    found.iter().map(batch::Problem::from).collect()
}

/// What is not as it stands in a record.
fn since_record(back: &ReadBack, record: &Record) -> Vec<Changed> {
    let differences = back.differences(record).into_iter();
    let label = |name: &FieldName, label: String| if label.is_empty() { name.as_str().to_owned() } else { label };
    let changed = differences.map(|one| Changed {
        label: label(&one.name, one.label),
        before: Some(one.before),
        after: one.after,
        lost: one.change == Change::NoPlace,
    });
    changed.collect()
}

/// What is not as the file remembers it. Of long values it has the digests alone; of pictures nothing.
fn since_issue(back: &ReadBack) -> Vec<Changed> {
    let changed = back.fields.iter().filter_map(|field| {
        let now = match &field.value {
            Content::Text(text) => text.as_str(),
            Content::Ticked(true) => "true",
            Content::Ticked(false) => "",
            Content::Picture(_) => return None,
        };
        let before = match &field.issued {
            Issued::Unknown => return None,
            Issued::Text(before) if before == now => return None,
            Issued::Text(before) if matches!(field.value, Content::Ticked(_)) => Some(Content::Ticked(before == "true")),
            Issued::Text(before) => Some(Content::Text(before.clone())),
            Issued::Digest(digest) if *digest == value_digest(now.as_bytes()) => return None,
            Issued::Digest(_) => None,
        };
        let label = if field.label.is_empty() { field.name.as_str() } else { &field.label };
        Some(Changed { label: label.to_owned(), before, after: field.value.clone(), lost: false })
    });
    changed.collect()
}

/// A record that was shown, as a file to keep: it comes with the request, as nothing of it was kept.
pub async fn record(State(app): State<App>, request: Request) -> Result<Response, Problem> {
    let sent = parts(request, app.settings.body_limit).await?;
    let find = |name: &str| sent.iter().find(|part| part.name == name).map(|part| part.bytes.as_ref()).unwrap_or_default();
    let record = Record::parse(find("record"), &NoFiles).map_err(Problem::refused)?;
    let name = String::from_utf8_lossy(find("name")).into_owned();
    let name = if name.is_empty() { "record".to_owned() } else { name };
    Ok((download("application/json", &format!("{name}.json")), record.to_json()).into_response())
}
