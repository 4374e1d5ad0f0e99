//! `formwright batch`: what the units sent, checked, printed and summed up.

use std::path::{Component, Path, PathBuf};
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
    if !batch.source.is_file() && !batch.source.is_dir() {
        let shown = batch.source.display();
        return Err(usage(lang, format!("{shown} 不是文件，也不是文件夹"), format!("{shown} is neither a file nor a folder")));
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
        output::print_line(&as_json(&outcome, if batch.check_only { batch::CHECK } else { batch::REPORT }, &batch.output).to_string());
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
    if batch.formats.len() > 1 && batch.formats.iter().any(|asked| format(asked).is_none()) {
        return Err(usage(lang, "--formats：none 不能和别的格式一起写", "--formats: none stands alone"));
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
        replace: batch.replace,
        mask_names: batch.mask_names,
        volume: batch.volume.map(std::num::NonZero::get),
        threads: batch.threads.map(std::num::NonZero::get),
        lang,
        ..BatchOptions::default()
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

/// What the batch writes is not what it reads, now or the next time.
fn apart(source: &Path, output: &Path, lang: Lang) -> Result<(), Stop> {
    let (Some(source), Some(output)) = (real(source), real(output)) else { return Ok(()) };
    if source.is_dir() && output.starts_with(&source) {
        return Err(usage(
            lang,
            "-o 在来件的文件夹里面：下一次会把成品也当作来件；请换一个 -o",
            "-o lies inside the source: the next batch would take its own files for sent ones; give another -o",
        ));
    }
    if batch::writes_to(&output, &source) {
        return Err(usage(
            lang,
            "来件放在 -o 里成品的位置上，会被覆盖或混在一起；请把来件移开，或换一个 -o",
            "the source stands where -o puts its own files; move it away, or give another -o",
        ));
    }
    Ok(())
}

/// A path without links and dots, also of a folder that is not there yet.
fn real(path: &Path) -> Option<PathBuf> {
    if let Ok(real) = path.canonicalize() {
        return Some(real);
    }
    let name = path.components().next_back()?;
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let parent = real(parent)?;
    match name {
        Component::Normal(name) => Some(parent.join(name)),
        Component::ParentDir => parent.parent().map(Path::to_owned),
        _ => Some(parent),
    }
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
            _ if all == 0 => match lang {
                Lang::Zh => "已停下，还没有开始制作。再运行同样的命令即可。".to_owned(),
                Lang::En => "stopped before anything was made. Run the same command again.".to_owned(),
            },
            Lang::Zh => format!("已停下：{all} 人中做完 {done} 人。再运行同样的命令，就从这里接着做，做完的不再重做。"),
            Lang::En => format!("stopped: {done} of {all} are done. Run the same command again to go on from here; nothing is done twice."),
        });
    } else {
        // Names of files and folders are people's names: they go to a person's terminal, not into a log.
        let private = batch.mask_names || ((batch.source.is_dir() || batch.photos.is_some()) && !output::stderr_is_terminal());
        told_of_people(report, private, lang, &mut lines);
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
        if outcome.removed > 0 {
            words += &match lang {
                Lang::Zh => format!("；删去不再需要的旧文件 {} 个", outcome.removed),
                Lang::En => format!("; {} files of earlier runs taken away", outcome.removed),
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
        let name = if batch.check_only { batch::CHECK } else { batch::REPORT };
        let folder = visible(&batch.output.join(name).display().to_string());
        lines.push(match lang {
            Lang::Zh => format!("报告：{folder}.html（网页）、.csv（表格）、.json"),
            Lang::En => format!("report: {folder}.html (to read), .csv (for a spreadsheet), .json"),
        });
    }
    output::print_error(&lines.join("\n"));
}

/// The people whose dossiers are held back, by where they come from: names are for the report.
fn told_of_people(report: &Report, private: bool, lang: Lang, lines: &mut Vec<String>) {
    let troubled: Vec<_> = report.lines.iter().filter(|line| matches!(line.state, State::Held | State::Failed)).collect();
    for line in troubled.iter().take(TOLD) {
        let place = if private { String::new() } else { visible(&line.place) };
        lines.push(format!("✕ {} {place}", line.n).trim_end().to_owned());
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
    if !private {
        let sign = |note: &Problem| if note.error { "✕" } else { "▲" };
        lines.extend(report.notes.iter().map(|note| format!("{} {}", sign(note), in_words(note, lang))));
    } else if !report.notes.is_empty() {
        let errors = report.notes.iter().filter(|note| note.error).count();
        let warnings = report.notes.len() - errors;
        if errors > 0 {
            lines.push(match lang {
                Lang::Zh => format!("✕ 不属于任何人的错误 {errors} 条，见报告"),
                Lang::En => format!("✕ {errors} errors that are nobody's, in the report"),
            });
        }
        if warnings > 0 {
            lines.push(match lang {
                Lang::Zh => format!("▲ 其他提醒 {warnings} 条，见报告"),
                Lang::En => format!("▲ {warnings} other notes, in the report"),
            });
        }
    }
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

fn as_json(outcome: &Outcome, name: &str, output: &Path) -> Value {
    let report = &outcome.report;
    object!({
        "stopped": outcome.stopped,
        "people": report.lines.len(),
        "done": report.count(State::Done),
        "held": report.count(State::Held),
        "failed": report.count(State::Failed),
        "errorsOfNobody": report.notes.iter().filter(|note| note.error).count(),
        "renders": report.renders,
        "report": output.join(format!("{name}.json")).display().to_string(),
    })
}
