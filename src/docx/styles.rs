//! Paragraph styles: one for each look that occurs, so that 130 controls need no properties of their own.

use std::fmt::Write;

use super::measure::half_points;
use super::xml::DECLARATION;
use crate::form::{Align, FontRole};
use crate::units::Pt;

/// How a paragraph looks: everything a style holds. Lengths are twips.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Look {
    pub(super) font: FontRole,
    pub(super) size: Pt,
    /// From line to line, exactly; `None` is as high as what stands in it (a picture).
    pub(super) line: Option<i32>,
    pub(super) align: Align,
    /// Empty room at the left and the right.
    pub(super) indents: (i32, i32),
}

/// The looks of a document, each once.
#[derive(Default)]
pub(super) struct Styles {
    looks: Vec<Look>,
}

impl Styles {
    /// The name of the style with this look.
    pub(super) fn id(&mut self, look: &Look) -> String {
        let at = self.looks.iter().position(|known| known == look).unwrap_or_else(|| {
            self.looks.push(look.clone());
            self.looks.len() - 1
        });
        format!("F{at}")
    }

    /// `word/styles.xml` (ECMA-376 part 1, 17.7).
    pub(super) fn part(&self) -> String {
        let mut out = String::from(DECLARATION);
        out.push_str(
            "<w:styles xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:docDefaults><w:rPrDefault><w:rPr>",
        );
        out.push_str(&fonts(FontRole::Song));
        // Latin as Chinese would let LibreOffice break numbers anywhere.
        out.push_str("<w:sz w:val=\"21\"/><w:szCs w:val=\"21\"/><w:lang w:val=\"en-US\" w:eastAsia=\"zh-CN\" w:bidi=\"ar-SA\"/>");
        out.push_str("</w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>");
        // What layout assumes: no lines moved to a grid or kept together, no gaps between Chinese and Latin, no hanging full stop.
        out.push_str(
            "<w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"a\"><w:name w:val=\"Normal\"/><w:qFormat/><w:pPr>\
             <w:widowControl w:val=\"0\"/><w:kinsoku/><w:overflowPunct w:val=\"0\"/><w:autoSpaceDE w:val=\"0\"/><w:autoSpaceDN w:val=\"0\"/>\
             <w:adjustRightInd w:val=\"0\"/><w:snapToGrid w:val=\"0\"/></w:pPr></w:style>",
        );
        for (at, look) in self.looks.iter().enumerate() {
            // Writing to a string cannot fail.
            let _ = style(&mut out, at, look);
        }
        out.push_str("</w:styles>");
        out
    }
}

fn style(out: &mut String, at: usize, look: &Look) -> std::fmt::Result {
    let Look { font, size, line, align, indents: (left, right) } = look;
    write!(out, "<w:style w:type=\"paragraph\" w:customStyle=\"1\" w:styleId=\"F{at}\"><w:name w:val=\"F{at}\"/><w:basedOn w:val=\"a\"/>")?;
    out.push_str("<w:semiHidden/><w:pPr>");
    if let Some(line) = line {
        write!(out, "<w:spacing w:line=\"{line}\" w:lineRule=\"exact\"/>")?;
    }
    if (*left, *right) != (0, 0) {
        write!(out, "<w:ind w:left=\"{left}\" w:right=\"{right}\"/>")?;
    }
    match align {
        Align::Left => {}
        Align::Centre => out.push_str("<w:jc w:val=\"center\"/>"),
        Align::Right => out.push_str("<w:jc w:val=\"right\"/>"),
        Align::Justify => out.push_str("<w:jc w:val=\"both\"/>"),
    }
    out.push_str("</w:pPr><w:rPr>");
    out.push_str(&fonts(*font));
    let size = half_points(*size);
    write!(out, "<w:sz w:val=\"{size}\"/><w:szCs w:val=\"{size}\"/></w:rPr></w:style>")
}

fn fonts(role: FontRole) -> String {
    let name = font_name(role);
    format!("<w:rFonts w:ascii=\"{name}\" w:eastAsia=\"{name}\" w:hAnsi=\"{name}\" w:cs=\"{name}\"/>")
}

/// The face of a role as an office's computers name it.
pub(super) fn font_name(role: FontRole) -> &'static str {
    match role {
        FontRole::Song => "宋体",
        FontRole::Fang => "仿宋_GB2312",
        FontRole::Hei => "黑体",
        FontRole::Title => "方正小标宋简体",
    }
}
