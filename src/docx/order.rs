//! The order in which ECMA-376 part 1, annex A, wants the children of properties.

/// The order of an element's children, where it matters and docx-rs does not keep it.
pub(super) fn of(name: &str) -> Option<&'static [&'static str]> {
    Some(match name {
        "w:pPr" => PARAGRAPH,
        "w:rPr" => RUN,
        "w:tblPr" => TABLE,
        "w:tcPr" => CELL,
        "w:trPr" => ROW,
        "w:sectPr" => SECTION,
        "w:tblBorders" | "w:tcBorders" => BORDERS,
        "w:tblCellMar" => MARGINS,
        _ => return None,
    })
}

/// CT_PPr (17.3.1.26).
#[rustfmt::skip]
const PARAGRAPH: &[&str] = &[
    "w:pStyle", "w:keepNext", "w:keepLines", "w:pageBreakBefore", "w:framePr", "w:widowControl", "w:numPr",
    "w:suppressLineNumbers", "w:pBdr", "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:kinsoku", "w:wordWrap", "w:overflowPunct",
    "w:topLinePunct", "w:autoSpaceDE", "w:autoSpaceDN", "w:bidi", "w:adjustRightInd", "w:snapToGrid", "w:spacing", "w:ind",
    "w:contextualSpacing", "w:mirrorIndents", "w:suppressOverlap", "w:jc", "w:textDirection", "w:textAlignment",
    "w:textboxTightWrap", "w:outlineLvl", "w:divId", "w:cnfStyle", "w:rPr", "w:sectPr", "w:pPrChange",
];

/// CT_RPr (17.3.2.28).
#[rustfmt::skip]
const RUN: &[&str] = &[
    "w:rStyle", "w:rFonts", "w:b", "w:bCs", "w:i", "w:iCs", "w:caps", "w:smallCaps", "w:strike", "w:dstrike", "w:outline",
    "w:shadow", "w:emboss", "w:imprint", "w:noProof", "w:snapToGrid", "w:vanish", "w:webHidden", "w:color", "w:spacing", "w:w",
    "w:kern", "w:position", "w:sz", "w:szCs", "w:highlight", "w:u", "w:effect", "w:bdr", "w:shd", "w:fitText", "w:vertAlign",
    "w:rtl", "w:cs", "w:em", "w:lang", "w:eastAsianLayout", "w:specVanish", "w:oMath",
];

/// CT_TblPr (17.4.59).
#[rustfmt::skip]
const TABLE: &[&str] = &[
    "w:tblStyle", "w:tblpPr", "w:tblOverlap", "w:bidiVisual", "w:tblStyleRowBandSize", "w:tblStyleColBandSize", "w:tblW", "w:jc",
    "w:tblCellSpacing", "w:tblInd", "w:tblBorders", "w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook", "w:tblCaption",
    "w:tblDescription", "w:tblPrChange",
];

/// CT_TcPr (17.4.69).
#[rustfmt::skip]
const CELL: &[&str] = &[
    "w:cnfStyle", "w:tcW", "w:gridSpan", "w:hMerge", "w:vMerge", "w:tcBorders", "w:shd", "w:noWrap", "w:tcMar", "w:textDirection",
    "w:tcFitText", "w:vAlign", "w:hideMark", "w:headers", "w:cellIns", "w:cellDel", "w:cellMerge", "w:tcPrChange",
];

/// CT_TrPr (17.4.81): any order is allowed; this one keeps the bytes the same.
const ROW: &[&str] = &["w:cantSplit", "w:trHeight", "w:tblHeader"];

/// CT_SectPr (17.6.17).
#[rustfmt::skip]
const SECTION: &[&str] = &[
    "w:headerReference", "w:footerReference", "w:footnotePr", "w:endnotePr", "w:type", "w:pgSz", "w:pgMar", "w:paperSrc",
    "w:pgBorders", "w:lnNumType", "w:pgNumType", "w:cols", "w:formProt", "w:vAlign", "w:noEndnote", "w:titlePg",
    "w:textDirection", "w:bidi", "w:rtlGutter", "w:docGrid", "w:printerSettings", "w:sectPrChange",
];

/// CT_TblBorders and CT_TcBorders (17.4.38, 17.4.66).
const BORDERS: &[&str] = &["w:top", "w:start", "w:left", "w:bottom", "w:end", "w:right", "w:insideH", "w:insideV", "w:tl2br", "w:tr2bl"];

/// CT_TblCellMar (17.4.42).
const MARGINS: &[&str] = &["w:top", "w:start", "w:left", "w:bottom", "w:end", "w:right"];
