//! Why a workbook is not read at all, in words and with a next step.

use crate::diag::{Diagnostic, Diagnostics, Message, Place};
use crate::package::xml::Malformed;
use crate::package::{Fault, Package};

/// Why a workbook is not read at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// Nothing is in it.
    Empty,
    /// Excel as it was before 2007, or WPS' own `.et`.
    OldExcel,
    /// A workbook behind a password.
    Password,
    /// Excel's binary workbook, `.xlsb`.
    Binary,
    /// OpenDocument.
    OpenDocument,
    /// Excel's XML in one piece, or a web page with that name.
    Xml,
    /// Text: CSV, most likely.
    Text,
    /// A PDF.
    Pdf,
    /// A Word document or slides.
    OtherOffice,
    /// A zip of something else.
    OtherZip,
    /// Its end is missing.
    Cut,
    /// It is damaged.
    Damaged,
    /// It is, or unpacks to, more than a workbook of people can be.
    Large,
    /// It has more cells with something in them.
    Cells,
    /// It has more sheets.
    Sheets,
    /// It has more people than are taken from one workbook.
    People,
    /// So much is wrong that nobody would read it all.
    Problems,
    /// It is made as no office program makes one.
    Unsafe,
    /// No sheet of people is in it.
    NoPeople,
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Refusal {
        match fault {
            Fault::NotZip => Refusal::Text,
            Fault::Cut | Fault::Xml(Malformed::Cut) => Refusal::Cut,
            Fault::Large | Fault::Entries | Fault::Inflated => Refusal::Large,
            Fault::Encrypted => Refusal::Password,
            Fault::Name | Fault::Twice | Fault::Method => Refusal::Unsafe,
            Fault::Damaged | Fault::Xml(_) => Refusal::Damaged,
        }
    }
}

/// A file that people take for a workbook, told by its first bytes; `None` for a zip.
pub(super) fn posing(bytes: &[u8]) -> Option<Refusal> {
    // A compound file (MS-CFB, 2.2). Excel puts a workbook with a password into one, too (MS-OFFCRYPTO, 2.3.2).
    if bytes.starts_with(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") {
        let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let locked = bytes.windows(name.len()).any(|window| window == name);
        return Some(if locked { Refusal::Password } else { Refusal::OldExcel });
    }
    let head = bytes.get(..1024.min(bytes.len())).unwrap_or_default();
    let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start();
    match head {
        [] => Some(Refusal::Empty),
        [b'P', b'K', ..] => None,
        [b'%', b'P', b'D', b'F', ..] => Some(Refusal::Pdf),
        [b'<', ..] => Some(Refusal::Xml),
        // BIFF2 to BIFF4, before there were compound files.
        [0x09, 0x00 | 0x02 | 0x04, ..] => Some(Refusal::OldExcel),
        _ => Some(Refusal::Text),
    }
}

/// What a zip is that is no workbook.
pub(super) fn other(package: &Package) -> Option<Refusal> {
    Some(if package.has("xl/workbook.bin") {
        Refusal::Binary
    } else if package.has("mimetype") && package.has("content.xml") {
        Refusal::OpenDocument
    } else if package.has("word/document.xml") || package.has("ppt/presentation.xml") {
        Refusal::OtherOffice
    } else if !package.has("_rels/.rels") {
        Refusal::OtherZip
    } else {
        return None;
    })
}

impl Refusal {
    /// The refusal of a file; `file` is what messages call it.
    pub(super) fn of(self, file: &str) -> Diagnostics {
        let (code, zh, en, next) = self.words();
        let (help_zh, help_en) = next.words();
        let mut found = Diagnostics::default();
        let place = Place::File { file: file.to_owned() };
        found.push(Diagnostic::error(code, place, Message::new(zh, en)).with_help(Message::new(help_zh, help_en)));
        found
    }

    fn words(self) -> (&'static str, &'static str, &'static str, Next) {
        use Next::{Again, Choose, Fresh, RemovePassword, SaveAs, Split};
        match self {
            Refusal::Empty => ("not-xlsx", "文件是空的", "the file is empty", Again),
            Refusal::OldExcel => (
                "not-xlsx",
                "这是旧版 Excel（.xls）或 WPS（.et）的文件，不是 XLSX",
                "this is a workbook of an old Excel (.xls) or of WPS (.et), not an XLSX",
                SaveAs,
            ),
            Refusal::Binary => {
                ("not-xlsx", "这是 Excel 的二进制工作簿（.xlsb），不是 XLSX", "this is a binary workbook (.xlsb), not an XLSX", SaveAs)
            }
            Refusal::OpenDocument => {
                ("not-xlsx", "这是 OpenDocument（.ods）文件，不是 XLSX", "this is OpenDocument (.ods), not an XLSX", SaveAs)
            }
            Refusal::Xml => ("not-xlsx", "这是网页或 XML，不是 XLSX", "this is a web page or XML, not an XLSX", SaveAs),
            Refusal::Text => {
                ("not-xlsx", "这是文本（如 CSV）或别的文件，不是 XLSX", "this is text (CSV perhaps) or another file, not an XLSX", Fresh)
            }
            Refusal::Pdf => ("not-xlsx", "这是 PDF，不是 XLSX", "this is a PDF, not an XLSX", Choose),
            Refusal::OtherOffice => {
                ("not-xlsx", "这是 Word 或 PowerPoint 文件，不是 XLSX", "this is a Word document or slides, not an XLSX", Choose)
            }
            Refusal::OtherZip => ("not-xlsx", "这是一个压缩包，不是 XLSX", "this is a zip archive, not an XLSX", Choose),
            Refusal::Password => {
                ("file-encrypted", "工作簿有打开密码，读不了", "the workbook has a password and cannot be read", RemovePassword)
            }
            Refusal::Cut => {
                ("file-damaged", "文件不完整，可能没有下载完或没有传完", "the file is cut short; it may not have been copied whole", Again)
            }
            Refusal::Damaged => ("file-damaged", "工作簿已损坏", "the workbook is damaged", Again),
            Refusal::Large => (
                "file-too-large",
                "工作簿太大，不像是一张人员表",
                "the workbook is, or unpacks to, more than a list of people can be",
                Split,
            ),
            Refusal::Cells => {
                ("file-too-large", "工作簿里有内容的格子太多", "the workbook has too many cells with something in them", Split)
            }
            Refusal::Sheets => ("file-too-large", "工作簿里的表太多", "the workbook has too many sheets", Split),
            Refusal::People => ("file-too-large", "工作簿里的人太多", "the workbook has too many people", Split),
            Refusal::Problems => {
                ("too-many-problems", "问题太多，没有读完", "there are too many problems; it was not read to its end", Fresh)
            }
            Refusal::Unsafe => (
                "file-unsafe",
                "文件的结构不对：Excel 和 WPS 存不出这样的文件",
                "the file is made as neither Excel nor WPS makes one",
                SaveAs,
            ),
            Refusal::NoPeople => (
                "no-people",
                "工作簿里没有认得出的人员表：既没有识别行（name、id_number…），也没有栏目名（姓名、身份证号码…）",
                "no sheet of people is in the workbook: neither a row of keys (name, id_number …) nor one of labels (姓名, 身份证号码 …)",
                Fresh,
            ),
        }
    }
}

/// What to do next.
#[derive(Clone, Copy)]
enum Next {
    SaveAs,
    Choose,
    RemovePassword,
    Again,
    Split,
    Fresh,
}

impl Next {
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Next::SaveAs => (
                "用 Excel 或 WPS 打开，“另存为”Excel 工作簿（.xlsx），再读一次",
                "open it in Excel, WPS or LibreOffice, save it as an Excel workbook (.xlsx), and read that",
            ),
            Next::Choose => ("看看是否选错了文件", "see whether this is the right file"),
            Next::RemovePassword => (
                "请对方去掉密码（“文件 → 信息 → 保护工作簿”），存好再发来",
                "have the password removed (File → Info → Protect Workbook) and the file saved again",
            ),
            Next::Again => {
                ("请对方重新发一次；能打开的话，另存为 .xlsx 再读", "have it sent again; if it opens, save it as .xlsx and read that")
            }
            Next::Split => (
                "看看是否选错了文件；删去无关的表、图片和格式，或分成几个工作簿",
                "see whether this is the right file; take out other sheets, pictures and formats, or split it into several workbooks",
            ),
            Next::Fresh => (
                "另取一个空的 Excel 名单（网页第一步，或 template-xlsx 命令），把内容以文本粘贴进去（CSV 这样导入，号码才不会变样）",
                "make an empty workbook with the command template-xlsx and paste the contents into it as text (so numbers of a CSV stay whole)",
            ),
        }
    }
}
