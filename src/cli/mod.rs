//! The engine from a shell: arguments, exit codes, files in and out.

mod args;
mod batch;
mod batch_progress;
mod changes;
mod commands;
mod output;
mod progress;
mod read;
mod render;
mod serve;
mod source;

use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use clap::Parser;

use crate::diag::{Diagnostics, Lang, json, print};
use crate::error::Error;
use args::{Arguments, Command};

/// How a command ended; each has its exit code, on which other programs rely.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// 0: done; warnings were printed.
    Done,
    /// 1: a person's mistakes.
    Refused,
    /// 2: the command line is wrong.
    Usage,
    /// 3: the machine failed.
    Machine,
    /// 130: a person stopped it (128 and the number of SIGINT, as shells have it).
    Interrupted,
}

/// The exit code of [`Ending::Interrupted`].
const INTERRUPTED: u8 = 130;

impl From<Ending> for ExitCode {
    fn from(ending: Ending) -> ExitCode {
        ExitCode::from(match ending {
            Ending::Done => 0,
            Ending::Refused => 1,
            Ending::Usage => 2,
            Ending::Machine => 3,
            Ending::Interrupted => INTERRUPTED,
        })
    }
}

/// Why a command could not go on.
enum Stop {
    /// The command line asks for something that cannot be.
    Usage(String),
    /// The engine said no.
    Engine(Error),
}

/// What a command found, to be told.
type Done = Result<Diagnostics, Stop>;

/// How a command ended that did not stop.
enum Ended {
    /// It found this, which is still to be told.
    Found(Diagnostics),
    /// It has told everything itself.
    Told(Ending),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Stop {
        Stop::Engine(error)
    }
}

/// Runs the program on its command line.
pub fn run() -> ExitCode {
    quiet_panics();
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        // clap prints help on standard output and mistakes on standard error, and knows its exit codes: 0 and 2.
        Err(words) => {
            if words.use_stderr() && args::language_of(std::env::args_os()) == Lang::Zh {
                let _ = writeln!(std::io::stderr(), "错误: 命令行有误，见下；用 --help 看用法");
            }
            words.exit()
        }
    };
    let lang = arguments.language();
    // A batch tells its progress itself, and a service is not waited for.
    let _progress = (!matches!(arguments.command, Command::Batch(_) | Command::Serve(_))).then(|| progress::Progress::start(lang));
    let run = || match &arguments.command {
        Command::Render(render) => render::render(&arguments, render).map(Ended::Found),
        Command::Read(read) => read::read(&arguments, read),
        Command::Check(check) => commands::check(&arguments, check).map(Ended::Found),
        Command::Schema(schema) => commands::schema(&arguments, schema).map(Ended::Found),
        Command::TemplateXlsx(asked) => commands::template_xlsx(&arguments, asked).map(Ended::Found),
        Command::Templates(templates) => commands::templates(&arguments, templates).map(Ended::Found),
        Command::Batch(batch) => batch::batch(&arguments, batch),
        Command::Serve(serve) => serve::serve(&arguments, serve).map(Ended::Told),
    };
    // A panic has been told by the hook; programs get the exit code of a machine's failure.
    let Ok(ended) = catch_unwind(AssertUnwindSafe(run)) else {
        return Ending::Machine.into();
    };
    let ending = match ended {
        Ok(Ended::Found(found)) => report(&found, arguments.json, lang),
        Ok(Ended::Told(ending)) => ending,
        Err(Stop::Engine(Error::Refused(found))) => report(&found, arguments.json, lang),
        Err(Stop::Usage(words)) => complain(&words, lang, Ending::Usage),
        Err(Stop::Engine(error @ Error::NoTemplate { .. })) => complain(&output::words(&error, lang), lang, Ending::Usage),
        Err(Stop::Engine(error)) => complain(&output::words(&error, lang), lang, Ending::Machine),
    };
    ending.into()
}

/// Prints diagnostics: for people on standard error, for programs on standard output.
fn report(found: &Diagnostics, as_json: bool, lang: Lang) -> Ending {
    if as_json {
        output::print_line(&json(found, lang).to_string());
    } else if !found.is_empty() {
        // `eprint!` would panic where standard error was closed.
        let _ = std::io::stderr().write_all(print(found, lang).as_bytes());
    }
    if found.has_errors() { Ending::Refused } else { Ending::Done }
}

/// What the command line asks for cannot be: in Chinese, in English.
fn usage(lang: Lang, zh: impl Into<String>, en: impl Into<String>) -> Stop {
    Stop::Usage(match lang {
        Lang::Zh => zh.into(),
        Lang::En => en.into(),
    })
}

fn complain(words: &str, lang: Lang, ending: Ending) -> Ending {
    let word = match lang {
        Lang::Zh => "错误",
        Lang::En => "error",
    };
    let _ = writeln!(std::io::stderr(), "{word}: {words}");
    ending
}

/// A panic is our mistake: it says where, and never what was being worked on.
fn quiet_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(|place| format!("{}:{}", place.file(), place.line())).unwrap_or_default();
        let _ = writeln!(std::io::stderr(), "formwright: internal error at {place}; nothing was written. Please report this line.");
    }));
}
