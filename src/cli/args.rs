//! The command line.

use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::serve::Serve;
use crate::diag::Lang;

const EXAMPLES: &str = "\
例 Examples:
  formwright render recommendation samples/nominee.json -o 推荐表.pdf
  formwright render recommendation samples/nominee.json -o 推荐表.pdf --fillable
  formwright render recommendation --blank -o 空表.pdf
  formwright render recommendation samples/nominee.json -o 推荐表.docx
  formwright render recommendation samples/nominee.json -o 第3页.png --page 3
  formwright read 填好.pdf -o 填好.json --against samples/nominee.json
  formwright render --from 填好.pdf -o 打印.pdf
  formwright check recommendation samples/nominee.json
  formwright batch 来件/ -o 成品/
  formwright schema recommendation > nominee.schema.json
  formwright template-xlsx recommendation -o 人员.xlsx
  formwright serve

退出码 Exit codes: 0 完成 done · 1 记录或模板有错，或有不同 mistakes in the record or template, or differences · 2 命令行有误 usage · 3 机器故障 machine failure · 130 批处理被 Ctrl-C 停下 a batch stopped by Ctrl-C";

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
    /// 把填好的 PDF、DOCX 读成记录；与发出时的记录比较 Read a filled PDF or DOCX into a record; compare it with the one sent out.
    Read(Read),
    /// 只查不写：一次列出全部问题 Check a record: every problem at once, nothing written.
    Check(Check),
    /// 这张表的记录的 JSON Schema（2020-12） The JSON Schema of the record a form takes.
    Schema(Schema),
    /// 做一个 Excel 工作簿，每人一行，发下去填写 Make the workbook that people fill in, a row for each person.
    TemplateXlsx(TemplateXlsx),
    /// 有哪些模板 What templates there are.
    Templates(Templates),
    /// 成批处理：核对、成册、打印、一览表、报告；中断后可接着做 Many at once: checked, made into dossiers, printed, summed up; goes on after any stop.
    Batch(Batch),
    /// 网络服务：给程序用的 API，给人用的网页 A service: an API for programs, a page for people.
    #[command(after_help = super::serve::EXAMPLES)]
    Serve(Serve),
}

/// Set a record on a form and write it.
#[derive(Args, Debug)]
pub struct Render {
    /// 模板名；有 --from 时可省，用文件里写明的 Name of the template: recommendation, summary; with --from the file's own, unless given.
    #[arg(required_unless_present = "from")]
    pub template: Option<String>,
    /// 记录（JSON，UTF-8），或填好的 PDF、DOCX；- 表示标准输入 The record, or a filled PDF or DOCX; - is standard input.
    #[arg(required_unless_present_any = ["blank", "from"], conflicts_with_all = ["blank", "from"])]
    pub record: Option<PathBuf>,
    /// 用填好的 PDF、DOCX 里的内容重新排印（可得打印版） Set the values of a filled PDF or DOCX anew (a print PDF of a filled one).
    #[arg(long, value_name = "FILLED", conflicts_with = "blank")]
    pub from: Option<PathBuf>,
    /// 写到哪里：结尾决定格式（.pdf、.docx、.png 页面图；一览表还有 .xlsx）；文件夹得到模板的每种格式；- 表示标准输出的 PDF Where to: the ending decides the format (.pdf, .docx, .png for page pictures, .xlsx for the summary sheet); a folder gets every format of the template; - is a PDF on standard output.
    #[arg(short, long, value_name = "OUT")]
    pub output: PathBuf,
    /// 可填写的 PDF：每一栏都是表单域 A PDF to fill in: every field is a form field.
    #[arg(long)]
    pub fillable: bool,
    /// 锁定这些栏目，不许改（可填写的 PDF、DOCX）：name,id_number,resume Fields that nobody may change (fillable PDF, DOCX).
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub lock: Vec<String>,
    /// 空白表 The empty paper.
    #[arg(long)]
    pub blank: bool,
    /// 警告也当错误 Every warning is an error.
    #[arg(long)]
    pub strict: bool,
    /// 照片转成灰度（黑白打印） Photos in grey, for a black-and-white print.
    #[arg(long)]
    pub grey: bool,
    /// 页面图：只要第几页，从 1 起；不写则每页一个文件（页数多于 1 时名为 x-1.png、x-2.png …） Page pictures: this page alone, from 1; else a file for each (x-1.png, x-2.png … where there are several).
    #[arg(long, value_name = "N")]
    pub page: Option<usize>,
    /// 页面图：每英寸点数，20 到 300 [默认 100] Page pictures: dots per inch, 20 to 300 [default: 100].
    #[arg(long, value_name = "DPI")]
    pub dpi: Option<f64>,
    /// 页面图：画上毫米格，框出每一栏并写上栏目名 Page pictures: with a millimetre grid, and every field in a frame with its name.
    #[arg(long)]
    pub grid: bool,
}

/// Read a filled PDF or DOCX into a record.
#[derive(Args, Debug)]
pub struct Read {
    /// 填好的 PDF 或 DOCX；- 表示标准输入 The filled PDF or DOCX; - is standard input.
    pub file: PathBuf,
    /// 记录写到哪里（.json 或文件夹）；照片写在它旁边。不写则到标准输出，照片在记录里 Where the record goes (.json or a folder), the photo beside it; else to standard output, the photo in it.
    #[arg(short, long, value_name = "RECORD")]
    pub output: Option<PathBuf>,
    /// 也按这个模板核对 Check it against this template, too.
    #[arg(long, value_name = "TEMPLATE")]
    pub template: Option<String>,
    /// 与这份记录（或另一份填好的表）比较，逐栏列出不同；相同退出码 0，不同 1 List the differences from this record (or another filled file); exit code 0 the same, 1 different.
    #[arg(long, value_name = "RECORD")]
    pub against: Option<PathBuf>,
    /// 输出不到终端（文件、--json）时也列出内容 List what differing fields hold even where the output is no terminal (a file, --json).
    #[arg(long)]
    pub values: bool,
}

/// Check a record.
#[derive(Args, Debug)]
pub struct Check {
    /// 模板名 Name of the template.
    pub template: String,
    /// 记录（JSON，UTF-8），或填好的 PDF、DOCX；- 表示标准输入 The record, or a filled PDF or DOCX; - is standard input.
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

/// Make the workbook that people fill in.
#[derive(Args, Debug)]
pub struct TemplateXlsx {
    /// 模板名：这张表要的栏目在前，别的表要的在后 Name of the template: what it asks for comes first, then what others ask for.
    pub template: String,
    /// 写到哪里（.xlsx）；- 表示标准输出 Where to (.xlsx); - is standard output.
    #[arg(short, long, value_name = "OUT")]
    pub output: PathBuf,
}

/// What templates there are.
#[derive(Args, Debug)]
pub struct Templates {
    /// 逐个试排：空白的、写满的 Try each: blank and over-full.
    #[arg(long)]
    pub check: bool,
}

/// Many records at once.
#[derive(Args, Debug)]
pub struct Batch {
    /// 来件：.json 数组、.jsonl、.xlsx，或文件夹（记录、填好的 PDF/DOCX、每人一个文件夹） What was sent: a .json array, .jsonl, .xlsx, or a folder of records, filled PDF/DOCX, or a folder for each person.
    pub source: PathBuf,
    /// 成品写到哪个文件夹 The folder for everything that is made.
    #[arg(short, long, value_name = "DIR")]
    pub output: PathBuf,
    /// 模板名 Name of the template.
    #[arg(long, value_name = "TEMPLATE", default_value = "recommendation")]
    pub template: String,
    /// 每人单独的文件要哪些格式：pdf（全册，打印用）、fillable、docx；none 不要 The formats of each person's own files: pdf (the dossier), fillable, docx; none.
    #[arg(long, value_name = "FORMATS", value_enum, value_delimiter = ',', default_value = "pdf")]
    pub formats: Vec<BatchFormat>,
    /// 个人文件的名字，花括号里可写 n（序号）、unit（单位）、name（姓名）；默认 序号-单位-姓名 Names of each person's files: n, unit and name in braces stand for number, unit and name [default: number-unit-name].
    #[arg(long, value_name = "PATTERN")]
    pub names: Option<String>,
    /// 照片文件夹：按身份证号或姓名配给没有写照片的记录 A folder of photos, matched by identity number or name to records that name none.
    #[arg(long, value_name = "DIR")]
    pub photos: Option<PathBuf>,
    /// 有错的也打印（草稿） Print those with errors as well (drafts).
    #[arg(long)]
    pub draft: bool,
    /// 警告也当错误 Every warning is an error.
    #[arg(long, conflicts_with = "draft")]
    pub strict: bool,
    /// 图片保留彩色（默认灰度，黑白打印） Pictures keep their colours (grey by default, for a black-and-white print).
    #[arg(long)]
    pub colour: bool,
    /// 只核对，只写报告 Check only; nothing is written but the report.
    #[arg(long)]
    pub check_only: bool,
    /// 另出一份遮去身份证号、手机的一览表，供公示 The sheets once more with identity numbers and mobiles masked, for a public list.
    #[arg(long)]
    pub mask: bool,
    /// 用这份来件代替文件夹里另一份来件的成品（上次的删去） Put this source in the place of another one whose files are in the folder (they go).
    #[arg(long)]
    pub replace: bool,
    /// 报告里姓名只留姓 Masked names in the report.
    #[arg(long)]
    pub mask_names: bool,
    /// 打印文件每册最多多少人（默认全部一个文件） The most dossiers in one file for the printer (all of them by default).
    #[arg(long, value_name = "N")]
    pub volume: Option<NonZeroUsize>,
    /// 用几个线程（默认处理器个数） How many threads [default: one a processor].
    #[arg(long, value_name = "N")]
    pub threads: Option<NonZeroUsize>,
    /// 进度：auto（屏幕上一行，否则十秒一行）、json（每步一行 JSON，写到标准输出）、none Progress: auto, json (a line a step on standard output), none.
    #[arg(long, value_enum, default_value = "auto", value_name = "HOW")]
    pub progress: ProgressWords,
}

/// A format of a person's own file.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum BatchFormat {
    /// 全册，打印用 The dossier, to print
    Pdf,
    /// 可填写的表 The form, to fill in
    Fillable,
    /// Word 表 The form in Word
    Docx,
    /// 不要 None at all
    None,
}

/// How progress is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ProgressWords {
    /// 给人看 For people
    Auto,
    /// 给程序看 For programs
    Json,
    /// 不显示 Not at all
    None,
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
