//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::diag::Lang;

const EXAMPLES: &str = "\
例 Examples:
  formwright render recommendation samples/nominee.json -o 推荐表.pdf
  formwright render recommendation samples/nominee.json -o 推荐表.pdf --fillable
  formwright render recommendation --blank -o 空表.pdf
  formwright check recommendation samples/nominee.json
  formwright schema recommendation > nominee.schema.json

退出码 Exit codes: 0 完成 done · 1 记录或模板有错 mistakes in the record or template · 2 命令行有误 usage · 3 机器故障 machine failure";

/// 一份记录加一个模板，得到一张分毫不差的表。 One record and one template make the exact official form.
#[derive(Parser, Debug)]
#[command(name = "formwright", version, after_help = EXAMPLES, max_term_width = 120)]
pub struct Arguments {
    /// 做什么 What to do.
    #[command(subcommand)]
    pub command: Command,

    /// 模板文件夹 Folder of templates [default: ./templates, or the one beside the program].
    #[arg(long, global = true, value_name = "DIR", env = "FORMWRIGHT_TEMPLATES")]
    pub templates: Option<PathBuf>,

    /// 字体文件夹，可多次；先写的先用，随程序带的字体垫底 Folder of fonts, may be repeated; the first named wins, the bundled faces come last.
    #[arg(long, global = true, value_name = "DIR")]
    pub fonts: Vec<PathBuf>,

    /// 也用系统里的字体（不同电脑结果可能不同） Use the system's fonts too (results may differ between machines).
    #[arg(long, global = true)]
    pub system_fonts: bool,

    /// 问题以 JSON 写到标准输出，供程序读 Diagnostics as JSON on standard output.
    #[arg(long, global = true)]
    pub json: bool,

    /// 信息的语言 Language of messages [default: by the locale].
    #[arg(long, global = true, value_name = "LANG")]
    pub lang: Option<Language>,
}

/// A language of messages.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Language {
    /// 中文 Chinese
    Zh,
    /// 英文 English
    En,
}

/// The commands.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// 把记录排成表 Set a record on a form and write it.
    Render(Render),
    /// 只查不写：一次列出全部问题 Check a record: every problem at once, nothing written.
    Check(Check),
    /// 这张表的记录的 JSON Schema（2020-12） The JSON Schema of the record a form takes.
    Schema(Schema),
    /// 有哪些模板 What templates there are.
    Templates(Templates),
}

/// Set a record on a form and write it.
#[derive(Args, Debug)]
pub struct Render {
    /// 模板名 Name of the template: recommendation, summary.
    pub template: String,
    /// 记录（JSON，UTF-8）；- 表示标准输入 The record; - is standard input.
    #[arg(required_unless_present = "blank", conflicts_with = "blank")]
    pub record: Option<PathBuf>,
    /// 写到哪里：结尾决定格式（.pdf）；文件夹得到每种格式；- 表示标准输出的 PDF Where to: the ending decides the format (.pdf); a folder gets every format; - is a PDF on standard output.
    #[arg(short, long, value_name = "OUT")]
    pub output: PathBuf,
    /// 可填写的 PDF：每一栏都是表单域 A PDF to fill in: every field is a form field.
    #[arg(long)]
    pub fillable: bool,
    /// 空白表 The empty paper.
    #[arg(long)]
    pub blank: bool,
    /// 警告也当错误 Every warning is an error.
    #[arg(long)]
    pub strict: bool,
    /// 照片转成灰度（黑白打印） Photos in grey, for a black-and-white print.
    #[arg(long)]
    pub grey: bool,
}

/// Check a record.
#[derive(Args, Debug)]
pub struct Check {
    /// 模板名 Name of the template.
    pub template: String,
    /// 记录（JSON，UTF-8）；- 表示标准输入 The record; - is standard input.
    pub record: PathBuf,
    /// 警告也当错误 Every warning is an error.
    #[arg(long)]
    pub strict: bool,
}

/// The JSON Schema of a form's record.
#[derive(Args, Debug)]
pub struct Schema {
    /// 模板名 Name of the template.
    pub template: String,
    /// 写到文件，不写到标准输出 Write to a file instead of standard output.
    #[arg(short, long, value_name = "OUT")]
    pub output: Option<PathBuf>,
}

/// What templates there are.
#[derive(Args, Debug)]
pub struct Templates {
    /// 逐个试排：空白的、写满的 Try each: blank and over-full.
    #[arg(long)]
    pub check: bool,
}

impl Arguments {
    /// The language of messages: as asked for, else by the locale.
    ///
    /// A locale that names no language (unset, C, POSIX) means Chinese: it is the normal case here.
    pub fn language(&self) -> Lang {
        match self.lang {
            Some(Language::Zh) => Lang::Zh,
            Some(Language::En) => Lang::En,
            None => locale(|name| std::env::var(name).ok()),
        }
    }
}

/// The language for a command line that could not be read: what follows `--lang` in it, else by the locale.
pub fn language_of(arguments: impl IntoIterator<Item = OsString>) -> Lang {
    let mut asked = None;
    let mut follows = false;
    for argument in arguments {
        let word = argument.to_string_lossy();
        let named = if follows { Some(&*word) } else { word.strip_prefix("--lang=") };
        asked = named.and_then(|name| Language::from_str(name, true).ok()).or(asked);
        follows = word == "--lang";
    }
    match asked {
        Some(Language::Zh) => Lang::Zh,
        Some(Language::En) => Lang::En,
        None => locale(|name| std::env::var(name).ok()),
    }
}

fn locale(variable: impl Fn(&str) -> Option<String>) -> Lang {
    let set = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().filter_map(variable).find(|value| !value.is_empty());
    let word = set.unwrap_or_default();
    let language = word.split(['_', '.', '@', '-']).next().unwrap_or_default();
    if matches!(language, "zh" | "" | "C" | "POSIX") { Lang::Zh } else { Lang::En }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_broken_command_line_still_names_its_language() {
        for (line, want) in [("x --lang en", Lang::En), ("x --lang=zh --oops", Lang::Zh), ("--lang fr --lang=en", Lang::En)] {
            assert_eq!(language_of(line.split(' ').map(OsString::from)), want, "{line}");
        }
    }

    #[test]
    fn the_locale_decides_the_language() {
        for (all, lang, want) in [
            ("", "zh_CN.UTF-8", Lang::Zh),
            ("", "en_US.UTF-8", Lang::En),
            ("", "C.UTF-8", Lang::Zh),
            ("", "", Lang::Zh),
            ("en_GB", "zh_CN", Lang::En),
        ] {
            let got = locale(|name| match name {
                "LC_ALL" => Some(all.to_owned()),
                "LANG" => Some(lang.to_owned()),
                _ => None,
            });
            assert_eq!(got, want, "LC_ALL={all} LANG={lang}");
        }
    }
}
