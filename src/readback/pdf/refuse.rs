//! Why nothing could be read, and what a person does about it.

use crate::diag::{Diagnostic, Diagnostics, Message, Place};
use crate::pdf_in::{Dictionary, Fault, Got, Object, Pdf};

/// What a PDF without our fields is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Nature {
    /// Ours, but made to print, or its fields were made part of the pages.
    Print,
    /// A form of Adobe LiveCycle, which keeps its values in XML.
    Xfa,
    /// Another form.
    OtherForm,
    /// Pictures of paper.
    Scan,
    /// Pages without fields.
    Flat,
}

/// What a file is that has none of our fields.
pub(super) fn nature(pdf: &mut Pdf, ours: bool) -> Result<Nature, Fault> {
    let Some(catalog) = pdf.catalog()? else { return Ok(Nature::Flat) };
    let Ok(catalog) = catalog.as_dict() else { return Ok(Nature::Flat) };
    if ours {
        return Ok(Nature::Print);
    }
    let form = pdf.value(catalog, b"AcroForm")?;
    if let Ok(form) = form.as_dict() {
        if form.has(b"XFA") {
            return Ok(Nature::Xfa);
        }
        if pdf.value(form, b"Fields")?.as_array().is_ok_and(|fields| !fields.is_empty()) {
            return Ok(Nature::OtherForm);
        }
    }
    Ok(if is_scan(pdf, catalog)? { Nature::Scan } else { Nature::Flat })
}

/// Whether the first page shows pictures and sets no type.
fn is_scan(pdf: &mut Pdf, catalog: &Dictionary) -> Result<bool, Fault> {
    let mut node = pdf.value(catalog, b"Pages")?;
    let mut kinds = None;
    // The first page is the first kid of the first kid; what it inherits is seen on the way.
    for _ in 0..16 {
        let Ok(dictionary) = node.as_dict() else { break };
        let resources = pdf.value(dictionary, b"Resources")?;
        if let Ok(resources) = resources.as_dict() {
            kinds = Some((resources.has(b"Font"), resources.has(b"XObject")));
        }
        let kids = pdf.value(dictionary, b"Kids")?;
        let Some(first @ Object::Reference(_)) = kids.as_array().ok().and_then(|kids| kids.first()) else { break };
        let first = first.clone();
        let Got::There(next) = pdf.follow(&first)? else { break };
        drop(kids);
        node = Got::There(next);
    }
    Ok(kinds == Some((false, true)))
}

/// Says what a file without our fields is.
pub(super) fn without_fields(nature: Nature, place: Place) -> Diagnostics {
    let back = ("请交回填写好的可填写 PDF 或 DOCX 原件", "hand in the filled fillable PDF or DOCX itself");
    let (code, zh, en, help) = match nature {
        Nature::Print => (
            "print-pdf",
            "这是打印版 PDF，里面没有可填写的栏",
            "this is a print PDF: it has no fields",
            (
                "请交回可填写的 PDF（生成时加 --fillable），保存时不要“打印为 PDF”",
                "hand in the fillable PDF (made with --fillable), saved and not printed to PDF",
            ),
        ),
        Nature::Xfa => (
            "xfa-form",
            "这是 XFA 表单，栏目存在 XML 里，读不出来",
            "this is an XFA form, whose fields are kept in XML; they are not read",
            back,
        ),
        Nature::OtherForm => {
            ("other-form", "这是别的表单，没有一栏是本系统的", "this is another form: none of its fields is one of ours", back)
        }
        Nature::Scan => ("scanned-pdf", "这是扫描件，只有图像，没有可读的栏", "this is a scan: pictures of paper, no fields", back),
        Nature::Flat => (
            "no-fields",
            "这份 PDF 没有可填写的栏，可能是“打印为 PDF”得来的",
            "this PDF has no fields; it may have been printed to PDF",
            ("请交回填写后直接保存的文件，不要“打印为 PDF”", "hand in the file as it was saved after filling, not printed to PDF"),
        ),
    };
    one(Diagnostic::error(code, place, Message::new(zh, en)).with_help(Message::new(help.0, help.1)))
}

/// Says why a file cannot be opened.
pub(super) fn unreadable(fault: Fault, place: Place) -> Diagnostics {
    let (code, zh, en, help) = match fault {
        Fault::NotPdf | Fault::Damaged => (
            "damaged-pdf",
            "这份 PDF 坏了或不完整，找不到它的内容",
            "this PDF is damaged or not complete: its content cannot be found",
            ("请重新发送原文件；或用 PDF 阅读器打开后另存", "send the original file again, or open it in a PDF reader and save a copy"),
        ),
        Fault::Encrypted => (
            "encrypted-pdf",
            "这份 PDF 要密码才能打开",
            "this PDF opens with a password only",
            ("在 PDF 阅读器里去掉密码，另存后再交", "remove the password in a PDF reader and save a copy"),
        ),
        Fault::TooMuch => (
            "pdf-too-large",
            "这份 PDF 太大或太复杂，不像填写好的表格（最多 32 MB）",
            "this PDF is larger or more complex than a filled form can be (at most 32 MB)",
            ("请交回填写好的原件，照片和附件另放", "hand in the filled form itself, photos and attachments apart"),
        ),
    };
    one(Diagnostic::error(code, place, Message::new(zh, en)).with_help(Message::new(help.0, help.1)))
}

fn one(diagnostic: Diagnostic) -> Diagnostics {
    let mut found = Diagnostics::default();
    found.push(diagnostic);
    found
}
