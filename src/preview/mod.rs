//! Page pictures: a finished PDF, rendered, with what a person is shown on top of it.
//!
//! The picture is made of the file and not of the layout: it shows what the file holds, seen by a reader that is not ours.
//! Marks and the millimetre grid are drawn over the pixels, so the file is the one that everybody gets.

mod file;
mod letters;
mod limits;
mod overlay;
mod raster;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_interpret::util::TransformExt;
use hayro::hayro_syntax::{Pdf, page::Page};
use hayro::kurbo::Affine;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::vello_cpu::{Level, Pixmap, RasterizerSettings, RenderContext, Resources, TargetInit};
use hayro::{RenderCache, RenderSettings, render_into, vello_cpu};

use crate::diag::{Diagnostic, Diagnostics, Message, Place};
use crate::error::Error;
use crate::units::{Mm, Pt, Rect};
use raster::Raster;

/// The fewest and the most dots per inch of a picture: below, no text can be told; above, a page takes more room than a screen has.
pub const DPI: std::ops::RangeInclusive<f64> = 20.0..=300.0;

/// A file with more pages than this is no dossier.
const MOST_PAGES: usize = 2_000;

/// The longer and the shorter side of the largest paper, A3 (ISO 216), and a millimetre for files that round.
const LARGEST: (Mm, Mm) = (Mm(421.0), Mm(298.0));

/// How a page is shown.
#[derive(Clone, Debug)]
pub struct PreviewOptions {
    /// Dots per inch, in [`DPI`].
    pub dpi: f64,
    /// A millimetre grid over the page.
    pub grid: bool,
    /// What is marked, in the order in which it is drawn; marks of other pages are passed over.
    pub marks: Vec<Mark>,
}

impl Default for PreviewOptions {
    /// 100 dots per inch, nothing drawn over the page.
    fn default() -> PreviewOptions {
        PreviewOptions { dpi: 100.0, grid: false, marks: Vec::new() }
    }
}

/// A frame around a place on paper.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// The page, from 1.
    pub page: usize,
    /// The place, from the paper's top left.
    pub at: Rect,
    /// What it tells.
    pub kind: MarkKind,
    /// A name in small letters inside the frame; of it, letters, digits, `.`, `_` and `-` are drawn.
    pub name: Option<String>,
}

/// What a mark tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MarkKind {
    /// Here is a field: a thin green frame.
    Field,
    /// This is the one that is spoken of: blue.
    Chosen,
    /// Here a person should look: amber.
    Warning,
    /// Here something is wrong: red.
    Error,
}

/// How many pages a PDF has.
///
/// Errors: [`Error::Refused`] where it is no PDF that can be read, or has more than 2,000 pages.
pub fn pages(pdf: &Arc<Vec<u8>>) -> Result<usize, Error> {
    guarded(|| Ok(opened(pdf)?.pages().len()))
}

/// A page of a PDF, from 1, as a PNG; the same arguments give the same bytes.
///
/// Errors: [`Error::Refused`] where the file cannot be read, there is no such page, it is larger than A3, a picture on it is larger
/// than can be shown, or the resolution is out of bounds; [`Error::Write`] where the renderer fails.
pub fn page(pdf: &Arc<Vec<u8>>, page: usize, options: &PreviewOptions) -> Result<Vec<u8>, Error> {
    if !DPI.contains(&options.dpi) {
        return Err(refused(
            "preview-resolution",
            ("页面图的精度要在 20 到 300 dpi 之间", "a page picture takes 20 to 300 dots per inch"),
            ("屏幕上看用 100，细看用 200", "100 is for the screen, 200 for a close look"),
        ));
    }
    guarded(|| {
        let file = opened(pdf)?;
        let Some(found) = page.checked_sub(1).and_then(|at| file.pages().get(at)) else {
            let count = file.pages().len();
            return Err(refused(
                "no-such-page",
                (format!("没有第 {page} 页：这份文件共 {count} 页"), format!("there is no page {page}: the file has {count}")),
                (format!("页码从 1 到 {count}"), format!("pages are numbered from 1 to {count}")),
            ));
        };
        limits::pictures(&file)?;
        let mut raster = rendered(found, options.dpi)?;
        overlay::draw(&mut raster, page, options);
        file::png(&raster)
    })
}

/// Opens a file of not too many pages.
fn opened(pdf: &Arc<Vec<u8>>) -> Result<Pdf, Error> {
    let unreadable = |_| {
        refused(
            "preview-unreadable",
            (
                "这个文件不是能显示的 PDF：可能损坏、不完整或有密码",
                "this is no PDF that can be shown: damaged, cut short or behind a password",
            ),
            ("用 PDF 软件打开看看，再导出一份", "open it with a PDF program and export it anew"),
        )
    };
    let file = Pdf::new(Arc::clone(pdf)).map_err(unreadable)?;
    match file.pages().len() {
        0..=MOST_PAGES => Ok(file),
        many => Err(refused(
            "preview-too-many-pages",
            (
                format!("文件有 {many} 页，多于 {MOST_PAGES} 页，不做页面图"),
                format!("{many} pages, more than the {MOST_PAGES} that are shown"),
            ),
            ("用 PDF 软件打开它", "open it with a PDF program"),
        )),
    }
}

/// Renders a page on white.
fn rendered(page: &Page<'_>, dpi: f64) -> Result<Raster, Error> {
    let (width, height) = page.render_dimensions();
    let (width, height) = (f64::from(width), f64::from(height));
    let (long, short) = (Pt(width.max(height)).to_mm(), Pt(width.min(height)).to_mm());
    // A page without an area would be a picture without pixels; a size that is no number fails here as well.
    if !(short.0 > 0.0 && long <= LARGEST.0 && short <= LARGEST.1) {
        return Err(refused(
            "preview-too-large",
            ("页面大于 A3 或没有大小，不做页面图", "the page is larger than A3 or has no size, and is not shown"),
            ("用 PDF 软件打开它", "open it with a PDF program"),
        ));
    }
    let scale = dpi / 72.0;
    let (width, height) = (pixels(width * scale), pixels(height * scale));
    // Threads are the caller's matter.
    let settings = vello_cpu::RenderSettings { level: Level::try_detect().unwrap_or(Level::baseline()), num_threads: 0 };
    let mut context = RenderContext::new_with(width, height, settings);
    let transform = Affine::scale(scale) * page.initial_transform(true).to_kurbo();
    // Hinting moves stems to whole pixels: a preview shows where they are.
    let looks = RenderSettings { hinting: false, ..RenderSettings::default() };
    render_into(page, &RenderCache::new(), &InterpreterSettings::default(), &looks, &mut context, transform);
    context.flush();
    let mut pixmap = Pixmap::new(width, height);
    let white = RasterizerSettings { target_init: TargetInit::Clear(WHITE), ..RasterizerSettings::default() };
    context.render_with(&mut pixmap, &mut Resources::default(), white);
    Ok(Raster::new(pixmap, dpi))
}

/// Whole pixels that hold a length; a hair more than a whole number is that number.
fn pixels(length: f64) -> u16 {
    // At most 421 mm at 300 dpi: 4,973.
    (length - 1e-3).ceil().clamp(1.0, f64::from(u16::MAX)) as u16
}

/// Runs the renderer, which is not ours and reads what strangers made; its panic is a picture that could not be made.
fn guarded<T>(work: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        Err(Error::Write("the renderer of page pictures failed on this file; 页面图的渲染程序处理不了这个文件，请直接打开 PDF".to_owned()))
    })
}

/// A refusal with its next step, each in Chinese and English.
fn refused(code: &'static str, (zh, en): (impl Into<String>, impl Into<String>), help: (impl Into<String>, impl Into<String>)) -> Error {
    let mut found = Diagnostics::default();
    let place = Place::File { file: "PDF".to_owned() };
    found.push(Diagnostic::error(code, place, Message::new(zh, en)).with_help(Message::new(help.0, help.1)));
    Error::Refused(found)
}
