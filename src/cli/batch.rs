//! `formwright batch`: what the units sent, checked, printed and summed up.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json as object};

use super::args::{Arguments, Batch, BatchFormat};
use super::batch_progress::Teller;
use super::{Ended, Ending, Stop, output, source, usage};
use crate::batch::{self, BatchOptions, Format, Outcome, Pattern, Problem, Report, State};
use crate::diag::{Lang, visible};

/// So many people's troubles are told on the terminal; the report has all of them.
const TOLD: usize = 20;

/// How often Ctrl-C was pressed.
static INTERRUPTS: AtomicUsize = AtomicUsize::new(0);

/// Runs a batch.
pub fn batch(arguments: &Arguments, batch: &Batch) -> Result<Ended, Stop> {
    let lang = arguments.language();
    if !batch.source.exists() {
        let shown = batch.source.display();
        return Err(usage(
            lang,
            format!("没有 {shown}：请核对文件名和所在文件夹"),
            format!("there is no {shown}: look at its name and folder"),
        ));
    }
    apart(&batch.source, &batch.output, lang)?;
    let options = options(batch, lang)?;
    let engine = source::engine(arguments)?;
    interruptible(lang);
    let teller = Teller::new(batch.progress, lang, || INTERRUPTS.load(Ordering::SeqCst) > 0);
    let outcome = batch::run(&engine, &batch.source, &batch.output, &options, &teller);
    teller.end();
    let outcome = outcome?;
    if arguments.json {
        output::print_line(&as_json(&outcome, &batch.output).to_string());
    } else {
        tell(&outcome, batch, lang);
    }
    let report = &outcome.report;
    let troubled = report.troubled() > 0 || report.notes.iter().any(|note| note.error);
    Ok(Ended::Told(match (outcome.stopped, troubled) {
        (true, _) => Ending::Interrupted,
        (false, false) => Ending::Done,
        (false, true) => Ending::Refused,
    }))
}

fn options(batch: &Batch, lang: Lang) -> Result<BatchOptions, Stop> {
    let names = match &batch.names {
        Some(text) => Pattern::parse(text).map_err(|message| Stop::Usage(message.text(lang).to_owned()))?,
        None => Pattern::default(),
    };
    if let Some(folder) = batch.photos.as_deref().filter(|folder| !folder.is_dir()) {
        let shown = folder.display();
        return Err(usage(lang, format!("没有文件夹 {shown}：请核对 --photos"), format!("there is no folder {shown}: look at --photos")));
    }
    let mut formats: Vec<Format> = batch.formats.iter().filter_map(format).collect();
    formats.sort();
    formats.dedup();
    Ok(BatchOptions {
        template: batch.template.clone(),
        formats,
        names,
        photos: batch.photos.clone(),
        draft: batch.draft,
        strict: batch.strict,
        colour: batch.colour,
        check_only: batch.check_only,
        mask: batch.mask,
        mask_names: batch.mask_names,
        volume: batch.volume.map(std::num::NonZero::get),
        threads: batch.threads.map(std::num::NonZero::get),
        lang,
    })
}

fn format(asked: &BatchFormat) -> Option<Format> {
    Some(match asked {
        BatchFormat::Pdf => Format::Pdf,
        BatchFormat::Fillable => Format::Fillable,
        BatchFormat::Docx => Format::Docx,
        BatchFormat::None => return None,
    })
}

/// What the batch writes is not what it reads, the next time.
fn apart(source: &Path, output: &Path, lang: Lang) -> Result<(), Stop> {
    let real = |path: &Path| path.canonicalize().ok();
    let (Some(source), Some(output)) = (real(source), real(output).or_else(|| nearest(output))) else { return Ok(()) };
    if source.is_dir() && output.starts_with(&source) {
        return Err(usage(
            lang,
            "-o 在来件的文件夹里面：下一次会把成品也当作来件；请换一个 -o",
            "-o lies inside the source: the next batch would take its own files for sent ones; give another -o",
        ));
    }
    Ok(())
}

/// The path of a folder that is not there yet, by the nearest one above it that is.
fn nearest(path: &Path) -> Option<PathBuf> {
    let above = path.ancestors().skip(1).find_map(|above| {
        let above = if above.as_os_str().is_empty() { Path::new(".") } else { above };
        above.canonicalize().ok()
    })?;
    Some(above.join(path.file_name()?))
}

/// The first Ctrl-C lets the dossiers under way be finished, the second ends the program; the journal is sound either way.
fn interruptible(lang: Lang) {
    // Where no handler can be set, Ctrl-C ends the program at once, which loses nothing either.
    let _ = ctrlc::set_handler(move || {
        if INTERRUPTS.fetch_add(1, Ordering::SeqCst) > 0 {
            std::process::exit(i32::from(super::INTERRUPTED));
        }
        output::print_error(match lang {
            Lang::Zh => "\n正在做完手头的几份，然后停下；再按一次 Ctrl-C 立即停止（不会丢东西）",
            Lang::En => "\nfinishing the dossiers under way, then stopping; Ctrl-C again stops at once (nothing is lost)",
        });
    });
}

fn tell(outcome: &Outcome, batch: &Batch, lang: Lang) {
    let report = &outcome.report;
    let mut lines = Vec::new();
    if outcome.stopped {
        let (done, all) = (report.count(State::Done), report.lines.len());
        lines.push(match lang {
            Lang::Zh => format!("已停下：{all} 人中做完 {done} 人。再运行同样的命令，就从这里接着做，做完的不再重做。"),
            Lang::En => format!("stopped: {done} of {all} are done. Run the same command again to go on from here; nothing is done twice."),
        });
    } else {
        told_of_people(report, lang, &mut lines);
        let [done, held, failed] = [State::Done, State::Held, State::Failed].map(|state| report.count(state));
        let (people, person) = (report.lines.len(), if report.lines.len() == 1 { "person" } else { "people" });
        let mut words = match (batch.check_only, lang) {
            (false, Lang::Zh) => format!("{people} 人：完成 {done}，退回 {held}"),
            (false, Lang::En) => format!("{people} {person}: {done} done, {held} held back"),
            (true, Lang::Zh) => format!("{people} 人：通过 {done}，退回 {held}"),
            (true, Lang::En) => format!("{people} {person}: {done} pass, {held} held back"),
        };
        if failed > 0 {
            words += &match lang {
                Lang::Zh => format!("，出错 {failed}"),
                Lang::En => format!(", {failed} failed"),
            };
        }
        let drafts = report.lines.iter().filter(|line| line.state == State::Done && line.problems.iter().any(|one| one.error)).count();
        if drafts > 0 {
            words += &match lang {
                Lang::Zh => format!("；其中 {drafts} 人有错，印出的是草稿"),
                Lang::En => format!("; {drafts} of them have errors and are drafts"),
            };
        }
        let warned = report.warned();
        if warned > drafts {
            words += &match lang {
                Lang::Zh => format!("；{warned} 人有提醒，见报告"),
                Lang::En => format!("; {warned} with warnings, in the report"),
            };
        }
        lines.push(words);
        if let Some(print) = report.files.iter().find(|file| file.starts_with(batch::PRINT)) {
            let print = visible(&batch.output.join(print).display().to_string());
            let sheets = visible(&batch.output.join(batch::SHEETS).display().to_string());
            lines.push(match lang {
                Lang::Zh => format!("打印：{print}　一览表和推荐函：{sheets}"),
                Lang::En => format!("to print: {print}; sheets and letters: {sheets}"),
            });
        }
        let folder = visible(&batch.output.join(batch::REPORT).display().to_string());
        lines.push(match lang {
            Lang::Zh => format!("报告：{folder}.html（网页）、.csv（表格）、.json"),
            Lang::En => format!("report: {folder}.html (to read), .csv (for a spreadsheet), .json"),
        });
    }
    output::print_error(&lines.join("\n"));
}

/// The people whose dossiers are held back, by where they come from: names are for the report.
fn told_of_people(report: &Report, lang: Lang, lines: &mut Vec<String>) {
    let troubled: Vec<_> = report.lines.iter().filter(|line| matches!(line.state, State::Held | State::Failed)).collect();
    for line in troubled.iter().take(TOLD) {
        lines.push(format!("✕ {} {}", line.n, visible(&line.place)));
        let serious: Vec<&Problem> = line.problems.iter().filter(|problem| problem.error).collect();
        // Under --strict warnings hold it back.
        let shown = if serious.is_empty() { line.problems.iter().collect() } else { serious };
        lines.extend(shown.iter().map(|problem| format!("    {}", in_words(problem, lang))));
    }
    if let Some(more) = troubled.len().checked_sub(TOLD).filter(|more| *more > 0) {
        lines.push(match lang {
            Lang::Zh => format!("还有 {more} 人，见报告"),
            Lang::En => format!("and {more} more, in the report"),
        });
    }
    for unit in report.units.iter().filter(|unit| !unit.problems.is_empty()) {
        lines.extend(unit.problems.iter().map(|problem| format!("▲ {} {}", visible(&unit.unit), in_words(problem, lang))));
    }
    lines.extend(report.notes.iter().map(|note| format!("▲ {}", in_words(note, lang))));
}

fn in_words(problem: &Problem, lang: Lang) -> String {
    let place = if problem.label.is_empty() { &problem.place } else { &problem.label };
    let place = visible(place);
    let message = problem.message(lang);
    match (place.is_empty(), lang) {
        (true, _) => message.to_owned(),
        (false, Lang::Zh) => format!("{place}：{message}"),
        (false, Lang::En) => format!("{place}: {message}"),
    }
}

fn as_json(outcome: &Outcome, output: &Path) -> Value {
    let report = &outcome.report;
    object!({
        "stopped": outcome.stopped,
        "people": report.lines.len(),
        "done": report.count(State::Done),
        "held": report.count(State::Held),
        "failed": report.count(State::Failed),
        "renders": report.renders,
        "report": output.join(format!("{}.json", batch::REPORT)).display().to_string(),
    })
}
