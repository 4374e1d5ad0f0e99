//! What may be copied out of a stranger's file: for each kind of object its keys, and what kind stands behind each.
//!
//! What is not listed stays behind: actions, scripts, embedded files, annotations, metadata, a stream's bytes in another
//! file (`F`), reference and PostScript XObjects, alternates, OPI comments, device-dependent functions of a graphics state.

/// The kind of an object, by the key that leads to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// Numbers, names, strings, and lists and dictionaries of them.
    Plain,
    /// A resource dictionary (7.8.3).
    Resources,
    /// A dictionary whose keys are names that the file chose.
    Each(Each),
    /// A font of any type (9.5 to 9.7).
    Font,
    /// A font descriptor (9.8).
    Descriptor,
    /// A CMap (9.7.5).
    Cmap,
    /// A picture or a form (8.9, 8.10).
    Xobject,
    /// A transparency group's attributes (11.6.6).
    Group,
    /// Graphics state parameters (8.4.5).
    State,
    /// A soft mask (11.6.5.2).
    SoftMask,
    /// A colour space (8.6).
    Colour,
    /// A function (7.10).
    Function,
    /// A pattern (8.7).
    Pattern,
    /// A shading (8.7.4.3).
    Shading,
    /// Bytes: a font file, a table, a glyph's operators.
    Data,
}

/// What the names of a dictionary lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Each {
    Font,
    Xobject,
    State,
    Colour,
    Pattern,
    Shading,
    Glyph,
}

use Kind::{Cmap, Colour, Data, Descriptor, Font, Function, Group, Pattern, Plain, Resources, Shading, SoftMask, State, Xobject};

/// The keys of a kind and the kinds that stand behind them.
type Keys = &'static [(&'static [u8], Kind)];

const RESOURCES: Keys = &[
    (b"Font", Kind::Each(Each::Font)),
    (b"XObject", Kind::Each(Each::Xobject)),
    (b"ExtGState", Kind::Each(Each::State)),
    (b"ColorSpace", Kind::Each(Each::Colour)),
    (b"Pattern", Kind::Each(Each::Pattern)),
    (b"Shading", Kind::Each(Each::Shading)),
    (b"ProcSet", Plain),
];

/// What parameters of filters, encodings, character collections and calibrated colours are made of.
const PLAIN: Keys = &[
    (b"Type", Plain),
    (b"Predictor", Plain),
    (b"Colors", Plain),
    (b"BitsPerComponent", Plain),
    (b"Columns", Plain),
    (b"EarlyChange", Plain),
    (b"K", Plain),
    (b"EndOfLine", Plain),
    (b"EncodedByteAlign", Plain),
    (b"Rows", Plain),
    (b"EndOfBlock", Plain),
    (b"BlackIs1", Plain),
    (b"DamagedRowsBeforeError", Plain),
    (b"ColorTransform", Plain),
    (b"JBIG2Globals", Data),
    (b"BaseEncoding", Plain),
    (b"Differences", Plain),
    (b"Registry", Plain),
    (b"Ordering", Plain),
    (b"Supplement", Plain),
];

const FONT: Keys = &[
    (b"Type", Plain),
    (b"Subtype", Plain),
    (b"BaseFont", Plain),
    (b"Name", Plain),
    (b"FirstChar", Plain),
    (b"LastChar", Plain),
    (b"Widths", Plain),
    (b"FontDescriptor", Descriptor),
    (b"Encoding", Cmap),
    (b"ToUnicode", Cmap),
    (b"DescendantFonts", Font),
    (b"CIDSystemInfo", Plain),
    (b"DW", Plain),
    (b"W", Plain),
    (b"DW2", Plain),
    (b"W2", Plain),
    (b"CIDToGIDMap", Data),
    (b"FontBBox", Plain),
    (b"FontMatrix", Plain),
    (b"CharProcs", Kind::Each(Each::Glyph)),
    (b"Resources", Resources),
];

const DESCRIPTOR: Keys = &[
    (b"Type", Plain),
    (b"FontName", Plain),
    (b"FontFamily", Plain),
    (b"FontStretch", Plain),
    (b"FontWeight", Plain),
    (b"Flags", Plain),
    (b"FontBBox", Plain),
    (b"ItalicAngle", Plain),
    (b"Ascent", Plain),
    (b"Descent", Plain),
    (b"Leading", Plain),
    (b"CapHeight", Plain),
    (b"XHeight", Plain),
    (b"StemV", Plain),
    (b"StemH", Plain),
    (b"AvgWidth", Plain),
    (b"MaxWidth", Plain),
    (b"MissingWidth", Plain),
    (b"CharSet", Plain),
    (b"FontFile", Data),
    (b"FontFile2", Data),
    (b"FontFile3", Data),
];

/// An encoding is a name, a dictionary of differences or a CMap.
const CMAP: Keys = &[
    (b"Type", Plain),
    (b"CMapName", Plain),
    (b"CIDSystemInfo", Plain),
    (b"WMode", Plain),
    (b"UseCMap", Cmap),
    (b"BaseEncoding", Plain),
    (b"Differences", Plain),
];

const XOBJECT: Keys = &[
    (b"Type", Plain),
    (b"Subtype", Plain),
    (b"Width", Plain),
    (b"Height", Plain),
    (b"ColorSpace", Colour),
    (b"BitsPerComponent", Plain),
    (b"Intent", Plain),
    (b"ImageMask", Plain),
    (b"Mask", Xobject),
    (b"Decode", Plain),
    (b"Interpolate", Plain),
    (b"SMask", Xobject),
    (b"SMaskInData", Plain),
    (b"Matte", Plain),
    (b"FormType", Plain),
    (b"BBox", Plain),
    (b"Matrix", Plain),
    (b"Resources", Resources),
    (b"Group", Group),
];

const GROUP: Keys = &[(b"Type", Plain), (b"S", Plain), (b"CS", Colour), (b"I", Plain), (b"K", Plain)];

const STATE: Keys = &[
    (b"Type", Plain),
    (b"LW", Plain),
    (b"LC", Plain),
    (b"LJ", Plain),
    (b"ML", Plain),
    (b"D", Plain),
    (b"RI", Plain),
    (b"Font", Font),
    (b"OP", Plain),
    (b"op", Plain),
    (b"OPM", Plain),
    (b"FL", Plain),
    (b"SM", Plain),
    (b"SA", Plain),
    (b"BM", Plain),
    (b"SMask", SoftMask),
    (b"CA", Plain),
    (b"ca", Plain),
    (b"AIS", Plain),
    (b"TK", Plain),
];

const SOFT_MASK: Keys = &[(b"Type", Plain), (b"S", Plain), (b"G", Xobject), (b"BC", Plain), (b"TR", Function)];

/// Dictionaries and streams within a colour space: calibrated colours, a profile, and the function of a tint.
const COLOUR: Keys = &[
    (b"N", Plain),
    (b"Range", Plain),
    (b"Alternate", Colour),
    (b"WhitePoint", Plain),
    (b"BlackPoint", Plain),
    (b"Gamma", Plain),
    (b"Matrix", Plain),
    (b"FunctionType", Plain),
    (b"Domain", Plain),
    (b"Size", Plain),
    (b"BitsPerSample", Plain),
    (b"Order", Plain),
    (b"Encode", Plain),
    (b"Decode", Plain),
    (b"C0", Plain),
    (b"C1", Plain),
    (b"Functions", Function),
    (b"Bounds", Plain),
];

const FUNCTION: Keys = &[
    (b"FunctionType", Plain),
    (b"Domain", Plain),
    (b"Range", Plain),
    (b"Size", Plain),
    (b"BitsPerSample", Plain),
    (b"Order", Plain),
    (b"Encode", Plain),
    (b"Decode", Plain),
    (b"C0", Plain),
    (b"C1", Plain),
    (b"N", Plain),
    (b"Functions", Function),
    (b"Bounds", Plain),
];

const PATTERN: Keys = &[
    (b"Type", Plain),
    (b"PatternType", Plain),
    (b"PaintType", Plain),
    (b"TilingType", Plain),
    (b"BBox", Plain),
    (b"XStep", Plain),
    (b"YStep", Plain),
    (b"Resources", Resources),
    (b"Matrix", Plain),
    (b"Shading", Shading),
    (b"ExtGState", State),
];

const SHADING: Keys = &[
    (b"ShadingType", Plain),
    (b"ColorSpace", Colour),
    (b"Background", Plain),
    (b"BBox", Plain),
    (b"AntiAlias", Plain),
    (b"Coords", Plain),
    (b"Domain", Plain),
    (b"Matrix", Plain),
    (b"Function", Function),
    (b"Extend", Plain),
    (b"BitsPerCoordinate", Plain),
    (b"BitsPerComponent", Plain),
    (b"BitsPerFlag", Plain),
    (b"Decode", Plain),
    (b"VerticesPerRow", Plain),
];

const DATA: Keys = &[(b"Subtype", Plain), (b"Length1", Plain), (b"Length2", Plain), (b"Length3", Plain)];

impl Kind {
    /// The kind of what stands behind a key; `None` where the key is not copied.
    pub(super) fn behind(self, key: &[u8]) -> Option<Kind> {
        let keys = match self {
            Kind::Each(each) => {
                return Some(match each {
                    Each::Font => Font,
                    Each::Xobject => Xobject,
                    Each::State => State,
                    Each::Colour => Colour,
                    Each::Pattern => Pattern,
                    Each::Shading => Shading,
                    Each::Glyph => Data,
                });
            }
            Plain => PLAIN,
            Resources => RESOURCES,
            Font => FONT,
            Descriptor => DESCRIPTOR,
            Cmap => CMAP,
            Xobject => XOBJECT,
            Group => GROUP,
            State => STATE,
            SoftMask => SOFT_MASK,
            Colour => COLOUR,
            Function => FUNCTION,
            Pattern => PATTERN,
            Shading => SHADING,
            Data => DATA,
        };
        keys.iter().find(|(known, _)| *known == key).map(|(_, kind)| *kind)
    }

    /// Whether an object of this kind may be a stream.
    pub(super) fn is_stream(self) -> bool {
        matches!(self, Cmap | Xobject | Colour | Function | Pattern | Shading | Data)
    }
}

/// The filters of PDF 1.7 (table 6) but `Crypt`: what was enciphered is deciphered.
pub(super) const FILTERS: [&[u8]; 9] = [
    b"ASCIIHexDecode",
    b"ASCII85Decode",
    b"LZWDecode",
    b"FlateDecode",
    b"RunLengthDecode",
    b"CCITTFaxDecode",
    b"JBIG2Decode",
    b"DCTDecode",
    b"JPXDecode",
];
