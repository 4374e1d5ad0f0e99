//! `formwright render -o x.png`: page pictures.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::args::Render;
use super::{Stop, output, source, usage};
use crate::diag::Lang;
use crate::engine::{Filled, PngOptions};
use crate::files::write_whole;
use crate::preview;

/// What is asked of page pictures; asked of anything else, it is a mistake that would go unseen.
pub fn options(render: &Render, wanted: bool, lang: Lang) -> Result<PngOptions, Stop> {
    if !wanted && (render.page.is_some() || render.dpi.is_some() || render.grid) {
        return Err(usage(
            lang,
            "--page、--dpi、--grid 是给页面图用的：请把 -o 的结尾写成 .png",
            "--page, --dpi and --grid are for page pictures: let -o end in .png",
        ));
    }
    let options = PngOptions { grid: render.grid, ..PngOptions::default() };
    match render.dpi {
        None => Ok(options),
        Some(dpi) if preview::DPI.contains(&dpi) => Ok(PngOptions { dpi, ..options }),
        Some(_) => Err(usage(
            lang,
            "--dpi 要在 20 到 300 之间：屏幕上看用 100，细看用 200",
            "--dpi takes 20 to 300: 100 is for the screen, 200 for a close look",
        )),
    }
}

/// Writes one page of a form's PDF, or each page as a file of its own.
pub fn write(filled: &Filled<'_>, pdf: Vec<u8>, (render, options): (&Render, &PngOptions), lang: Lang) -> Result<(), Stop> {
    let pages = filled.pages();
    if let Some(page) = render.page.filter(|page| !(1..=pages).contains(page)) {
        return Err(usage(
            lang,
            format!("没有第 {page} 页：这张表共 {pages} 页，--page 从 1 到 {pages}"),
            format!("there is no page {page}: the form has {pages}, --page takes 1 to {pages}"),
        ));
    }
    let source = render.from.as_ref().or(render.record.as_ref()).filter(|path| path.as_path() != Path::new("-"));
    let pdf = Arc::new(pdf);
    let options = filled.preview(options);
    let named = match render.page {
        Some(page) => vec![(page, render.output.clone())],
        None if pages == 1 => vec![(1, render.output.clone())],
        None => (1..=pages).map(|page| (page, numbered(&render.output, page, pages))).collect(),
    };
    for (page, path) in &named {
        if let Some(source) = source {
            source::keeps(source, path, lang)?;
        }
        write_whole(path, &preview::page(&pdf, *page, &options)?)?;
    }
    if let [(_, first), .., (_, last)] = &named[..] {
        let (count, first, last) = (named.len(), first.display(), last.display());
        output::print_error(&match lang {
            Lang::Zh => format!("已写 {count} 个文件，每页一个：{first} … {last}；只要一页用 --page"),
            Lang::En => format!("wrote {count} files, one for each page: {first} … {last}; for one page, --page"),
        });
    }
    Ok(())
}

/// The file of one page of several: `表.png` has `表-1.png`, or `表-01.png` where there are ten or more, so that they sort.
fn numbered(path: &Path, page: usize, pages: usize) -> PathBuf {
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let ending = path.extension().map(|ending| ending.to_string_lossy().into_owned()).unwrap_or_default();
    let digits = pages.to_string().len();
    path.with_file_name(format!("{stem}-{page:0digits$}.{ending}"))
}
