//! Why a file is not read at all, in words and with a next step.

use crate::diag::{Diagnostic, Message, Place};
use crate::package::xml::Malformed;
use crate::package::{Fault, Package};

/// Why a file is not read at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The package or its XML cannot be read.
    Fault(Fault),
    /// A document of Word as it was before 2007.
    OldWord,
    /// A document behind a password.
    Password,
    /// Word's document in one piece of XML.
    FlatXml,
    /// Rich text.
    Rtf,
    /// OpenDocument.
    OpenDocument,
    /// OFD, the national layout format.
    Ofd,
    /// A workbook or slides.
    OtherOffice,
    /// A zip of something else.
    OtherZip,
    /// It has more places than a form.
    Fields,
    /// No place with a name is in it; `ours` where it still says which template it was made from.
    NoFields {
        /// Whether it still says which template it was made from.
        ours: bool,
    },
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Refusal {
        Refusal::Fault(fault)
    }
}

impl From<Malformed> for Refusal {
    fn from(fault: Malformed) -> Refusal {
        Refusal::Fault(Fault::Xml(fault))
    }
}

/// A file that people take for a DOCX, told by its first bytes.
pub(super) fn posing(bytes: &[u8]) -> Option<Refusal> {
    // A compound file (MS-CFB, 2.2). Word puts a document with a password into one, too (MS-OFFCRYPTO, 2.3.2).
    if bytes.starts_with(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") {
        let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let locked = bytes.windows(name.len()).any(|window| window == name);
        return Some(if locked { Refusal::Password } else { Refusal::OldWord });
    }
    if bytes.starts_with(b"{\\rtf") {
        return Some(Refusal::Rtf);
    }
    let head = bytes.get(..1024.min(bytes.len()))?;
    let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
    let word = |word: &[u8]| head.windows(word.len()).any(|window| window == word);
    (head.starts_with(b"<?xml") && word(b"Word.Document")).then_some(Refusal::FlatXml)
}

/// What a zip is that is no DOCX.
pub(super) fn other(package: &Package) -> Refusal {
    if package.has("OFD.xml") {
        Refusal::Ofd
    } else if package.has("mimetype") && package.has("content.xml") {
        Refusal::OpenDocument
    } else if package.has("xl/workbook.xml") || package.has("xl/workbook.bin") || package.has("ppt/presentation.xml") {
        Refusal::OtherOffice
    } else {
        Refusal::OtherZip
    }
}

impl Refusal {
    pub(super) fn into_diagnostic(self, name: &str) -> Diagnostic {
        let (code, zh, en, help) = self.words();
        let place = Place::File { file: name.to_owned() };
        let (help_zh, help_en) = help.words();
        Diagnostic::error(code, place, Message::new(zh, en)).with_help(Message::new(help_zh, help_en))
    }

    fn words(self) -> (&'static str, &'static str, &'static str, Next) {
        match self {
            Refusal::Fault(fault) => of_fault(fault),
            Refusal::OldWord => {
                ("not-docx", "这是旧版 Word 的 .doc 文件，不是 DOCX", "this is a .doc of an old Word, not a DOCX", Next::SaveAs)
            }
            Refusal::FlatXml => ("not-docx", "这是 Word 的 XML 文件，不是 DOCX", "this is Word's XML, not a DOCX", Next::SaveAs),
            Refusal::Rtf => ("not-docx", "这是 RTF 文件，不是 DOCX", "this is RTF, not a DOCX", Next::SaveAs),
            Refusal::OpenDocument => {
                ("not-docx", "这是 OpenDocument（ODT）文件，不是 DOCX", "this is OpenDocument, not a DOCX", Next::SaveAs)
            }
            Refusal::Ofd => (
                "not-docx",
                "这是 OFD 文件，不是 DOCX；OFD 读不出填写的内容",
                "this is OFD, not a DOCX; OFD has no fields to read",
                Next::Refill,
            ),
            Refusal::OtherOffice => {
                ("not-docx", "这是 Excel 或 PowerPoint 文件，不是 DOCX", "this is a workbook or slides, not a DOCX", Next::Choose)
            }
            Refusal::OtherZip => ("not-docx", "这是一个压缩包，不是 DOCX", "this is a zip archive, not a DOCX", Next::Unpack),
            Refusal::Password => {
                ("file-encrypted", "这个文件有打开密码，读不了", "this file has a password and cannot be read", Next::RemovePassword)
            }
            Refusal::Fields => {
                ("file-too-large", "这个文件里的填写栏太多，不像是一张表", "this file has more fields than a form has", Next::Choose)
            }
            Refusal::NoFields { ours: true } => (
                "no-fields",
                "这是我们发出的表，但填写栏都没有了：保存它的程序把填写栏去掉了",
                "this form is ours, but its fields are gone: the program that saved it removed them",
                Next::Refill,
            ),
            Refusal::NoFields { ours: false } => (
                "no-fields",
                "这个文件里没有填写栏：它不是我们发出的表，或者保存它的程序把填写栏去掉了",
                "this file has no fields: it is not a form of ours, or the program that saved it removed them",
                Next::Refill,
            ),
        }
    }
}

fn of_fault(fault: Fault) -> (&'static str, &'static str, &'static str, Next) {
    match fault {
        Fault::NotZip => ("not-docx", "这不是 DOCX", "this is not a DOCX", Next::SaveAs),
        Fault::Cut | Fault::Xml(Malformed::Cut) => (
            "file-damaged",
            "文件不完整，可能没有下载完或没有传完",
            "the file is cut short; it may not have been copied whole",
            Next::Again,
        ),
        Fault::Damaged | Fault::Xml(Malformed::Broken) => ("file-damaged", "文件已损坏", "the file is damaged", Next::Again),
        Fault::Large => {
            ("file-too-large", "文件超过 32 MB，一张表没有这么大", "the file is over 32 MB, larger than a form can be", Next::Smaller)
        }
        Fault::Inflated | Fault::Xml(Malformed::Long) => {
            ("file-too-large", "文件解开后太大，一张表没有这么大", "the file unpacks to more than a form can be", Next::Smaller)
        }
        Fault::Entries => ("file-too-large", "文件里的部件太多，不像是一张表", "the file has more parts than a form has", Next::Choose),
        Fault::Encrypted => ("file-encrypted", "这个文件加了密，读不了", "this file is encrypted and cannot be read", Next::RemovePassword),
        Fault::Name | Fault::Twice => (
            "file-unsafe",
            "文件里的部件重名，或者名称指向文件之外：Word 存不出这样的文件",
            "parts of the file share a name, or point out of it: Word saves no such file",
            Next::SaveAs,
        ),
        Fault::Method => {
            ("file-unsafe", "文件用了 DOCX 不用的压缩方式", "the file is packed in a way that DOCX does not use", Next::SaveAs)
        }
        Fault::Xml(Malformed::Doctype | Malformed::Entity) => (
            "file-unsafe",
            "文件里有 DOCTYPE 或自定义实体：Word 存不出这样的文件",
            "the file has a DOCTYPE or entities of its own: Word saves no such file",
            Next::SaveAs,
        ),
        Fault::Xml(Malformed::Deep | Malformed::Wide) => (
            "file-unsafe",
            "文件里的嵌套层数或属性太多：Word 存不出这样的文件",
            "the file is nested too deep or has too many attributes: Word saves no such file",
            Next::SaveAs,
        ),
        Fault::Xml(Malformed::Encoding) => {
            ("file-encoding", "文件里的文字不是 UTF-8 编码", "the text in the file is not UTF-8", Next::SaveAs)
        }
    }
}

/// What to do next.
#[derive(Clone, Copy)]
enum Next {
    SaveAs,
    Refill,
    Choose,
    Unpack,
    RemovePassword,
    Again,
    Smaller,
}

impl Next {
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Next::SaveAs => (
                "用 Word、WPS 或 LibreOffice 打开，“另存为”Word 文档（.docx），再读一次",
                "open it in Word, WPS or LibreOffice, save it as a Word document (.docx), and read that",
            ),
            Next::Refill => (
                "请对方用 Word、WPS 或 LibreOffice 在发出的表上填写，存为 .docx；或者改用可填写的 PDF",
                "have the form that was sent out filled in with Word, WPS or LibreOffice and saved as .docx, or use the fillable PDF",
            ),
            Next::Choose => ("看看是否选错了文件", "see whether this is the right file"),
            Next::Unpack => (
                "看看是否选错了文件；如果是压缩包，先解压再读里面的表",
                "see whether this is the right file; if it is an archive, unpack it first",
            ),
            Next::RemovePassword => (
                "请对方去掉密码（“文件 → 信息 → 保护文档”），存好再发来",
                "have the password removed (File → Info → Protect Document) and the file saved again",
            ),
            Next::Again => {
                ("请对方重新发一次；能打开的话，另存为 .docx 再读", "have it sent again; if it opens, save it as .docx and read that")
            }
            Next::Smaller => (
                "看看是否选错了文件；照片太大的，先压缩图片再保存",
                "see whether this is the right file; if photos are large, compress them and save again",
            ),
        }
    }
}
