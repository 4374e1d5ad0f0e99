//! One attachment of a record: the papers in its file, and what a person should know of them.

use std::sync::Arc;

use crate::diag::{Diagnostic, Message, Place};
use crate::image::{self, ImageOptions};
use crate::layout::Paper;
use crate::pdf_in::{self, Dropped, Fault, Refusal};

/// The most pages that one file may have; a copy of a certificate has one or two.
pub(super) const MOST_PAGES: usize = 60;

/// So far into a file its head as a PDF may stand (ISO 32000-1, annex H, 3.4.1).
const HEAD: usize = 1_024;

/// The papers in a file, told by its bytes, and what was found; no papers where it cannot be used.
pub(super) fn papers(bytes: &[u8], grey: bool, place: &Place) -> (Vec<Paper>, Vec<Diagnostic>) {
    let mut found = Vec::new();
    if !is_pdf(bytes) {
        let picture = image::load(bytes, &ImageOptions::copy(grey));
        let papers = match picture {
            Ok(picture) => vec![Paper::Picture(Arc::new(picture))],
            Err(unusable) => {
                found.push(Diagnostic::error(unusable.code, place.clone(), unusable.message).with_help(unusable.help));
                Vec::new()
            }
        };
        return (papers, found);
    }
    match pdf_in::import(bytes, MOST_PAGES) {
        Ok(imported) => {
            found.extend(left_behind(&imported.dropped, place));
            let papers: Vec<Paper> = imported.pages.into_iter().map(Paper::Page).collect();
            let coloured = papers.iter().filter(|paper| paper.is_coloured()).count();
            if grey && coloured > 0 {
                found.push(in_colour(coloured, place));
            }
            (papers, found)
        }
        Err(refusal) => (Vec::new(), vec![refused(refusal, place)]),
    }
}

fn is_pdf(bytes: &[u8]) -> bool {
    let picture = bytes.starts_with(b"\xFF\xD8\xFF") || bytes.starts_with(b"\x89PNG");
    let head = bytes.get(..bytes.len().min(HEAD)).unwrap_or(bytes);
    !picture && head.windows(5).any(|window| window == b"%PDF-")
}

fn refused(refusal: Refusal, place: &Place) -> Diagnostic {
    let (code, [zh, en], [help_zh, help_en]) = match refusal {
        Refusal::Fault(Fault::Encrypted) => (
            "attachment-encrypted",
            ["这个 PDF 要密码才能打开", "this PDF opens with a password only"],
            ["用 PDF 软件去掉密码后另存，再附上", "take the password away with a PDF program and attach it again"],
        ),
        Refusal::Fault(Fault::TooMuch) => (
            "attachment-too-complex",
            ["这个 PDF 太大或太复杂，没有印出", "this PDF is too large or too complicated, and is not printed"],
            ["用 PDF 软件“打印为 PDF”，或扫描成图片，再附上", "print it to a new PDF, or scan it as a picture, and attach that"],
        ),
        Refusal::Fault(Fault::NotPdf | Fault::Damaged) => (
            "attachment-damaged",
            ["这个 PDF 已损坏，打不开", "this PDF is damaged and cannot be opened"],
            ["请重新传送或导出，先打开看看是否完整", "send or export it again, and look whether it opens whole"],
        ),
        Refusal::NoPages => (
            "attachment-no-pages",
            ["这个 PDF 一页也没有", "this PDF has no page"],
            ["请重新导出，先打开看看", "export it again, and look whether it opens"],
        ),
        Refusal::TooManyPages { most } => {
            let message = Message::new(
                format!("这个 PDF 超过 {most} 页，没有印出"),
                format!("this PDF has more than {most} pages and is not printed"),
            );
            let help = Message::new("只附需要的几页", "attach the pages that are needed only");
            return Diagnostic::error("attachment-too-many-pages", place.clone(), message).with_help(help);
        }
    };
    Diagnostic::error(code, place.clone(), Message::new(zh, en)).with_help(Message::new(help_zh, help_en))
}

/// What is on the copy in another way than in the file, or not at all.
fn left_behind(dropped: &Dropped, place: &Place) -> Vec<Diagnostic> {
    let Dropped { fields, signatures, stamps, unprinted, actions, files, layers, broken } = *dropped;
    let mut found = Vec::new();
    let mut say = |is: bool, code: &'static str, [zh, en]: [String; 2], [help_zh, help_en]: [&str; 2]| {
        if is {
            let help = Message::new(help_zh, help_en);
            found.push(Diagnostic::warning(code, place.clone(), Message::new(zh, en)).with_help(help));
        }
    };
    let plain = |zh: &str, en: &str| [zh.to_owned(), en.to_owned()];
    let look = ["打开原文件，与印出的逐页核对", "open the file and compare it with the print page by page"];
    say(
        unprinted > 0,
        "attachment-unprinted",
        [
            format!("PDF 里有 {unprinted} 处批注或表单栏目没有可印的图样，没有印出；若是印章，纸上就没有章"),
            format!(
                "{unprinted} annotations or fields of the PDF have no looks for print and are left out: a seal among them is missing on paper"
            ),
        ],
        ["用 PDF 软件“打印为 PDF”后再附上，先看看章在不在", "print it to a new PDF, look whether the seal is there, and attach that"],
    );
    say(
        fields + stamps > 0,
        "attachment-annotations",
        [
            format!("PDF 里有 {} 处表单栏目、批注或印章，按图样印出", fields + stamps),
            format!("{} fields, notes or stamps of the PDF are printed as they look", fields + stamps),
        ],
        look,
    );
    say(
        signatures > 0,
        "attachment-signature",
        [
            format!("PDF 里有 {signatures} 处电子签章，只印出图样，纸上不能验证"),
            format!("{signatures} digital signatures of the PDF are printed as they look; on paper they prove nothing"),
        ],
        ["审核人用 PDF 软件验证原文件，再在复印件上签字盖章", "verify the file with a PDF program before the copy is signed and sealed"],
    );
    say(
        actions,
        "attachment-actions",
        plain("PDF 里的脚本和动作已去掉", "scripts and actions of the PDF are left out"),
        ["证书一般没有脚本；核对这份文件的来历", "certificates have none: ask where the file came from"],
    );
    say(
        files,
        "attachment-files",
        plain("PDF 里还嵌有别的文件，没有印出", "other files are embedded in the PDF and are not printed"),
        ["需要的，另存出来作为单独的附件", "save those that are needed and attach them as files of their own"],
    );
    say(layers, "attachment-layers", plain("PDF 里隐藏的图层没有印出", "hidden layers of the PDF are not printed"), look);
    say(
        broken > 0,
        "attachment-broken",
        [format!("PDF 里有 {broken} 处已损坏，没有印出"), format!("{broken} parts of the PDF are broken and are not printed")],
        look,
    );
    found
}

fn in_colour(pages: usize, place: &Place) -> Diagnostic {
    let message = Message::new(
        format!("有 {pages} 页是彩色的，黑白打印时会变灰"),
        format!("{pages} pages are in colour and turn grey in a black-and-white print"),
    );
    let help = Message::new("看看灰了以后印章和文字是否仍然清楚", "look whether seals and text stay clear in grey");
    Diagnostic::warning("attachment-colour", place.clone(), message).with_help(help)
}
