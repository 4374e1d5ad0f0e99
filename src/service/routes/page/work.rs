//! Work from its upload to its end: sending, progress, everybody, wiping.

use std::sync::Arc;

use axum::extract::multipart::MultipartRejection;
use axum::extract::{Multipart, Path, State};
use axum::response::Response;

use super::ask::Ask;
use super::{framed, see};
use crate::batch::{self, Line};
use crate::diag::Lang;
use crate::service::app::App;
use crate::service::batches::{Batch, BatchState, Role, Tongue, Wish, rfc3339};
use crate::service::bodies::too_large;
use crate::service::page::address;
use crate::service::page::people::{People, Row, Show, people};
use crate::service::page::progress::{Under, halted, progress};
use crate::service::page::shell::{Step, WorkFrame};
use crate::service::page::wipe::wipe as wipe_page;
use crate::service::page::words::{Mark, people as people_words, say};
use crate::service::problem::Problem;
use crate::service::routes::batches::waiting as on_disk;

/// How many seconds a browser without script waits before it looks again.
const AGAIN: u32 = 2;

/// The batch of an address, for whoever may see it.
pub fn batch_of(app: &App, ask: &Ask, id: &str) -> Result<Arc<Batch>, Problem> {
    app.batches.get(id, &ask.caller)
}

/// What the frame shows of a batch.
pub fn frame(app: &App, batch: &Batch, lang: Lang, checked: bool) -> WorkFrame {
    WorkFrame { id: batch.id.to_string(), until: until(app, batch, lang), checked }
}

/// Until when a batch is kept. China has one time; who reads English is told that of the whole world.
pub fn until(app: &App, batch: &Batch, lang: Lang) -> String {
    let seconds = app.batches.expires(&batch.kept());
    let written = |seconds: u64| {
        let moment = rfc3339(seconds);
        let mut parts = moment.split(['-', 'T', ':']).map(str::to_owned);
        let mut next = || parts.next().unwrap_or_default();
        (next(), next(), next(), next(), next())
    };
    match lang {
        Lang::Zh => {
            let (year, month, day, hour, minute) = written(seconds.saturating_add(8 * 3600));
            format!("{year}年{}月{}日 {hour}:{minute}（北京时间）", month.trim_start_matches('0'), day.trim_start_matches('0'))
        }
        Lang::En => {
            let (year, month, day, hour, minute) = written(seconds);
            format!("{year}-{month}-{day} {hour}:{minute} UTC")
        }
    }
}

/// Everybody of a batch, as its last run left them.
pub fn rows(report: &batch::Report) -> Vec<Row> {
    report.lines.iter().map(row).collect()
}

/// A person's row.
pub fn row(line: &Line) -> Row {
    Row {
        entry: line.entry,
        n: line.n,
        name: line.name.clone(),
        unit: line.unit.clone(),
        place: line.place.clone(),
        mark: mark(line),
        problems: line.problems.clone(),
    }
}

fn mark(line: &Line) -> Mark {
    match line.state {
        // A draft is made of papers with errors, too.
        batch::State::Done if line.problems.iter().any(|problem| problem.error) => Mark::Wrong,
        batch::State::Done if line.problems.is_empty() => Mark::Fine,
        batch::State::Done => Mark::Look,
        batch::State::Held => Mark::Wrong,
        batch::State::Failed => Mark::Failed,
        batch::State::Waiting => Mark::Waiting,
    }
}

/// Takes an upload: everything goes to disk as it comes, and is looked at; nothing is made yet.
pub async fn receive(State(app): State<App>, ask: Ask, form: Result<Multipart, MultipartRejection>) -> Result<Response, Problem> {
    let mut form = form.map_err(|_| broken())?;
    let mut receiving = {
        let (store, caller) = (app.batches.clone(), ask.caller.clone());
        on_disk(move || store.begin(&caller, None)).await?
    };
    receiving.wish = Wish { check_only: true, lang: Some(Tongue::of(ask.lang)), ..Wish::default() };
    let mut left = app.settings.upload_limit;
    while let Some(mut field) = form.next_field().await.map_err(|_| broken())? {
        let role = match field.name() {
            Some("list") => Role::Source,
            Some("photos") => Role::Photos,
            Some("template") => {
                receiving.wish.template = field.text().await.map_err(|_| broken())?.chars().take(100).collect();
                continue;
            }
            _ => continue,
        };
        // A control without a file sends a part without a name.
        let Some(name) = field.file_name().filter(|name| !name.is_empty()).map(str::to_owned) else { continue };
        let mut sink = receiving.file(role, &name).await?;
        while let Some(chunk) = field.chunk().await.map_err(|_| broken())? {
            left = left
                .checked_sub(chunk.len() as u64)
                .ok_or_else(|| too_large(usize::try_from(app.settings.upload_limit).unwrap_or(usize::MAX)))?;
            sink.write(&chunk).await?;
        }
        sink.finish().await?;
    }
    let store = app.batches.clone();
    let (batch, _) = on_disk(move || store.create(receiving)).await?;
    Ok(see(&address::people(&batch.id.to_string())))
}

/// What is no form, or broke off: 400.
pub fn broken() -> Problem {
    Problem::bad_request("malformed-multipart", "表单没有传完整，请再试一次", "the form did not arrive whole; send it again")
}

/// How far it is; then everybody.
pub async fn show(State(app): State<App>, ask: Ask, Path(id): Path<String>) -> Result<Response, Problem> {
    let batch = batch_of(&app, &ask, &id)?;
    if let Some(waiting) = waiting(&app, &ask, &batch) {
        return Ok(waiting);
    }
    let lang = ask.lang;
    let pulse = batch.teller.now();
    let report = {
        let (app, batch) = (app.clone(), Arc::clone(&batch));
        on_disk(move || Ok(app.batches.report(&batch).ok())).await?
    };
    let Some(report) = report else { return Ok(ended(&app, &ask, &batch, pulse.state)) };
    let rows = rows(&report);
    let show = Show::of(ask.get("show"));
    let view = People {
        id: &id,
        title: &report.title,
        rows: &rows,
        show,
        page: ask.number("page").unwrap_or(1),
        units: &report.units,
        notes: &report.notes,
    };
    let wrong = rows.iter().filter(|row| Show::Wrong.shows(row.mark)).count();
    let title = match (wrong, lang) {
        (0, _) if report.notes.iter().any(|one| one.error) => {
            say(lang, "核对完了，可能漏了人", "Checked; somebody may be missing").to_owned()
        }
        (0, _) => say(lang, "核对完了，没有错误", "Checked, no errors").to_owned(),
        (_, Lang::Zh) => format!("核对完了，{wrong} 人有错"),
        (_, Lang::En) => format!("Checked, {} with errors", people_words(lang, wrong)),
    };
    let content = people(&view, lang);
    Ok(framed(&ask, title, Some(Step::Check), Some(frame(&app, &batch, lang, true)), None, content))
}

/// The page of a batch that waits or is under way; nothing where it rests.
pub fn waiting(app: &App, ask: &Ask, batch: &Batch) -> Option<Response> {
    let pulse = batch.teller.now();
    if pulse.state.rests() {
        return None;
    }
    let making = !batch.kept().wish.check_only;
    let (done, total) = pulse.progress.map_or((0, 0), |step| (step.done, step.total));
    let under = Under { id: batch.id.to_string(), making, done, total, queued: pulse.state == BatchState::Queued };
    let title = if making { say(ask.lang, "正在出件", "Making the documents") } else { say(ask.lang, "正在核对", "Checking") };
    let step = if making { Step::Take } else { Step::Check };
    let frame = frame(app, batch, ask.lang, false);
    Some(framed(ask, title, Some(step), Some(frame), Some(AGAIN), progress(&under, ask.lang)))
}

/// A batch that ended before anybody was looked at.
fn ended(app: &App, ask: &Ask, batch: &Batch, state: BatchState) -> Response {
    let lang = ask.lang;
    let title = match state {
        BatchState::Cancelled => say(lang, "已停下", "Stopped"),
        _ => say(lang, "没有做成", "It could not be done"),
    };
    let content = halted(&batch.id.to_string(), title, &batch.kept().why, lang);
    framed(ask, title, Some(Step::Check), Some(frame(app, batch, lang, false)), None, content)
}

/// Stops what is under way.
pub async fn stop(State(app): State<App>, ask: Ask, Path(id): Path<String>) -> Result<Response, Problem> {
    let batch = batch_of(&app, &ask, &id)?;
    on_disk(move || app.batches.cancel(&batch)).await?;
    Ok(see(&address::people(&id)))
}

/// Goes on with what was stopped or failed.
pub async fn again(State(app): State<App>, ask: Ask, Path(id): Path<String>) -> Result<Response, Problem> {
    let batch = batch_of(&app, &ask, &id)?;
    on_disk(move || app.batches.retry(&batch)).await?;
    Ok(see(&address::people(&id)))
}

/// The confirming step.
pub async fn ask_to_wipe(State(app): State<App>, ask: Ask, Path(id): Path<String>) -> Result<Response, Problem> {
    let batch = batch_of(&app, &ask, &id)?;
    let lang = ask.lang;
    let content = wipe_page(&id, batch.kept().tally.total, &until(&app, &batch, lang), lang);
    Ok(framed(
        &ask,
        say(lang, "清除数据？", "Wipe the data?"),
        None,
        Some(frame(&app, &batch, lang, batch.teller.now().state.rests())),
        None,
        content,
    ))
}

/// Wipes it.
pub async fn wipe(State(app): State<App>, ask: Ask, Path(id): Path<String>) -> Result<Response, Problem> {
    let batch = batch_of(&app, &ask, &id)?;
    on_disk(move || app.batches.delete(&batch)).await?;
    Ok(see("/?wiped=1"))
}
