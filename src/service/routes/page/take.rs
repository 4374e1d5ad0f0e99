//! Step 4: asking for the documents, and taking them away.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Form, Path, State};
use axum::http::HeaderValue;
use axum::response::{IntoResponse, Response};
use tokio_util::io::ReaderStream;

use super::ask::Ask;
use super::start::download;
use super::work::{batch_of, frame, rows, waiting};
use super::{framed, see};
use crate::batch::{REPORT, Report};
use crate::service::app::App;
use crate::service::batches::{BatchState, Change, Output, Wish};
use crate::service::page::address;
use crate::service::page::parts::Tone;
use crate::service::page::shell::Step;
use crate::service::page::take::{Made, Take, Wishes, take};
use crate::service::page::words::say;
use crate::service::problem::Problem;
use crate::service::routes::batches::waiting as on_disk;

/// What can be made; or what was.
pub async fn show(State(app): State<App>, ask: Ask, Path(id): Path<String>) -> Result<Response, Problem> {
    let batch = batch_of(&app, &ask, &id)?;
    if let Some(waiting) = waiting(&app, &ask, &batch) {
        return Ok(waiting);
    }
    let report = {
        let (app, batch) = (app.clone(), Arc::clone(&batch));
        on_disk(move || app.batches.report(&batch)).await
    };
    // Nobody was looked at yet: the batch's own page says why.
    let Ok(report) = report else { return Ok(see(&address::people(&id))) };
    let kept = batch.kept();
    let state = batch.teller.now().state;
    let made = (!kept.wish.check_only && state == BatchState::Done).then(|| made(&report));
    let said = match state {
        BatchState::Cancelled if !kept.wish.check_only => {
            Some((Tone::Wrong, say(ask.lang, "已停下，成品还不全。", "Stopped; not everything is made.").to_owned()))
        }
        BatchState::Failed => Some((Tone::Wrong, say(ask.lang, "没有做成。", "It could not be made.").to_owned())),
        _ => None,
    };
    let title =
        if made.is_some() { say(ask.lang, "做好了，可以拿走", "Ready to take away") } else { say(ask.lang, "出件", "Take away") };
    let rows = rows(&report);
    let view = Take {
        id: &id,
        title: &report.title,
        rows: &rows,
        wishes: wishes(&kept.wish),
        stale: made.is_none() && !kept.wish.check_only && state == BatchState::Checked,
        made,
        said,
    };
    Ok(framed(&ask, title, Some(Step::Take), Some(frame(&app, &batch, ask.lang, true)), None, take(&view, ask.lang)))
}

fn wishes(wish: &Wish) -> Wishes {
    Wishes {
        pdf: wish.outputs.contains(&Output::Pdf),
        fillable: wish.outputs.contains(&Output::Fillable),
        docx: wish.outputs.contains(&Output::Docx),
        mask: wish.mask,
        draft: wish.draft,
        colour: wish.colour,
    }
}

fn made(report: &Report) -> Made {
    let own = report.lines.iter().filter(|line| !line.files.is_empty()).map(|line| (line.entry, line.files.clone()));
    Made {
        dossiers: report.lines.iter().filter(|line| line.pages > 0).count(),
        pages: report.pages(),
        drafts: report.lines.iter().filter(|line| line.pages > 0).map(|line| line.entry).collect(),
        files: report.files.clone(),
        own: own.collect(),
    }
}

/// Asks for the documents.
pub async fn make(
    State(app): State<App>,
    ask: Ask,
    Path(id): Path<String>,
    Form(wishes): Form<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let batch = batch_of(&app, &ask, &id)?;
    let on = |name: &str| wishes.iter().any(|(one, _)| one == name);
    let outputs = [("pdf", Output::Pdf), ("fillable", Output::Fillable), ("docx", Output::Docx)];
    let outputs = outputs.into_iter().filter(|(name, _)| on(name)).map(|(_, output)| output).collect();
    let change = Change {
        outputs: Some(outputs),
        mask: Some(on("mask")),
        draft: Some(on("draft")),
        colour: Some(on("colour")),
        ..Change::default()
    };
    match on_disk(move || app.batches.run(&batch, change)).await {
        // The second click of a double click: what it asks for is being made.
        Err(busy) if busy.code == "batch-at-work" => {}
        other => drop(other?),
    }
    Ok(see(&address::take(&id)))
}

/// One file of the output: of those that the report names, and the report itself.
pub async fn file(State(app): State<App>, ask: Ask, Path((id, path)): Path<(String, String)>) -> Result<Response, Problem> {
    let batch = batch_of(&app, &ask, &id)?;
    let nothing = || Problem::not_found("no-such-file", "没有这个文件", "there is no such file");
    let place = {
        let (app, batch, path) = (app.clone(), Arc::clone(&batch), path.clone());
        on_disk(move || {
            let report = app.batches.report(&batch)?;
            let named = report.files.iter().chain(report.lines.iter().flat_map(|line| &line.files)).any(|file| *file == path);
            let own = ["csv", "json", "html"].iter().any(|ending| path == format!("{REPORT}.{ending}"));
            Ok((named || own).then(|| path.split('/').fold(batch.output(), |folder, part| folder.join(part))))
        })
        .await?
    };
    let place = place.ok_or_else(nothing)?;
    let file = tokio::fs::File::open(&place).await.map_err(|_| nothing())?;
    let length = file.metadata().await.map(|about| about.len()).ok();
    let name = path.rsplit('/').next().unwrap_or(&path);
    let mut response = (download(kind_of(name), name), Body::from_stream(ReaderStream::with_capacity(file, 256 << 10))).into_response();
    if name == format!("{REPORT}.html") {
        // The report is a page of its own: it has a style in it, and says itself that nothing else may be loaded.
        let headers = response.headers_mut();
        headers.remove(axum::http::header::CONTENT_DISPOSITION);
        let policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
        headers.insert(axum::http::header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    }
    if let Some(length) = length {
        response.headers_mut().insert(axum::http::header::CONTENT_LENGTH, HeaderValue::from(length));
    }
    Ok(response)
}

fn kind_of(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, ending)| ending).unwrap_or_default() {
        "pdf" => "application/pdf",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "csv" => "text/csv; charset=utf-8",
        "json" => "application/json",
        "html" => "text/html; charset=utf-8",
        _ => "application/octet-stream",
    }
}
