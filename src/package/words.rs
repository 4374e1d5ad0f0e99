//! The words of a part of WordprocessingML (ECMA-376 part 1, 17) as a person sees them, piece by piece: tracked deletions,
//! hidden text and the instructions of fields left out, alternatives taken once, content controls told with their properties.

use super::xml::{Event, Malformed, Ns, Xml};

/// The most bytes of a drawing's name that is taken for a key.
const NAME: usize = 300;

/// A piece of what a part shows.
#[derive(Clone, PartialEq)]
pub enum Piece {
    /// Characters; a break is `\n`, a tabulator `\t`.
    Text(String),
    /// A paragraph begins.
    Paragraph,
    /// It ends; `joined` where its mark is a tracked deletion, so that the next one goes on in its line.
    ParagraphEnd {
        /// Whether the next paragraph goes on in its line.
        joined: bool,
    },
    /// A cell of a table begins or ends.
    Cell,
    /// A text box begins, whose text stands beside the text around it.
    Box,
    /// It ends.
    BoxEnd,
    /// The content of a content control begins.
    Open(Box<Control>),
    /// It ends.
    Close,
    /// A picture.
    Picture(Image),
    /// A building block begins: the placeholder of that name (only in a glossary).
    Block(String),
}

impl std::fmt::Debug for Piece {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // A record's value never reaches a log.
        match self {
            Piece::Text(text) => write!(f, "Text({} characters)", text.chars().count()),
            Piece::Paragraph | Piece::ParagraphEnd { .. } => f.write_str("Paragraph"),
            Piece::Cell => f.write_str("Cell"),
            Piece::Box | Piece::BoxEnd => f.write_str("Box"),
            Piece::Open(control) => write!(f, "Open({})", control.tag),
            Piece::Close => f.write_str("Close"),
            Piece::Picture(_) => f.write_str("Picture"),
            Piece::Block(name) => write!(f, "Block({name})"),
        }
    }
}

/// The properties of a content control (17.5.2).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Control {
    /// Its tag, or empty.
    pub tag: String,
    /// Its title, or empty.
    pub alias: String,
    /// The building block of its placeholder, or empty.
    pub block: String,
    /// What it is made for.
    pub sort: Sort,
    /// Whether it says of itself that it shows its placeholder.
    pub showing: bool,
    /// Whether it stands in a line, and not around paragraphs, rows or cells.
    pub inline: bool,
}

/// What a content control is made for, where its properties tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// Text, or anything.
    #[default]
    Any,
    /// A list to choose from.
    Choice,
    /// A date with a day.
    Date,
    /// A date without a day.
    Month,
    /// A picture.
    Picture,
    /// A tick box, and whether it says it is ticked.
    Check(bool),
}

/// A picture in the text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Image {
    /// The name of the drawing, or empty.
    pub name: String,
    /// The id of the relationship to its file; `None` where the file is not in the package.
    pub relation: Option<String>,
}

/// Reads a part piece by piece, in one pass.
pub struct Words<'x> {
    xml: Xml<'x>,
    open: Vec<Element>,
    /// How many elements are open where nothing is seen until the outermost ends; 0 where all is seen.
    hidden: usize,
    /// The text of the run's element that is being read.
    text: String,
    /// The properties of the control whose content has not begun.
    control: Control,
    /// The name of the drawing that is being read.
    drawing: String,
}

/// An open element.
#[derive(Clone, Copy)]
struct Element {
    ns: Ns,
    local: &'static str,
    /// Whether a paragraph is nearer than a cell or a text box.
    inline: bool,
    /// Whether white space at the ends of text is kept (`xml:space`).
    preserve: bool,
    /// Of a run: it is hidden. Of a paragraph: its mark is deleted. Of an alternative: one was taken.
    flag: bool,
}

impl<'x> Words<'x> {
    /// A reader at the beginning of a part.
    pub fn new(bytes: &'x [u8]) -> Result<Words<'x>, Malformed> {
        let xml = Xml::new(bytes)?;
        Ok(Words { xml, open: Vec::new(), hidden: 0, text: String::new(), control: Control::default(), drawing: String::new() })
    }

    /// The next piece; `None` at the end.
    // No iterator: it can fail.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> Result<Option<Piece>, Malformed> {
        loop {
            let piece = match self.xml.next()? {
                Event::Start(..) if self.hidden > 0 => {
                    self.hidden += 1;
                    None
                }
                Event::End(..) if self.hidden > 0 => {
                    self.hidden -= 1;
                    None
                }
                Event::Start(ns, local) => self.begin(ns, local)?,
                Event::End(..) => self.end(),
                Event::Text(text) => {
                    self.characters(&text);
                    None
                }
                Event::Done => return Ok(None),
            };
            if piece.is_some() {
                return Ok(piece);
            }
        }
    }

    /// The open element so many steps out from the one that is about to begin; 1 is its parent.
    fn above(&mut self, steps: usize) -> Option<&mut Element> {
        let at = self.open.len().checked_sub(steps)?;
        self.open.get_mut(at)
    }

    fn is_above(&mut self, steps: usize, local: &str) -> bool {
        self.above(steps).is_some_and(|element| element.ns == Ns::Word && element.local == local)
    }

    /// The run whose child is about to begin, directly or as an alternative.
    fn run(&self) -> Option<&Element> {
        let parent = self.open.iter().rev().find(|element| element.ns != Ns::Compatibility)?;
        (matches!(parent.ns, Ns::Word | Ns::Maths) && parent.local == "r").then_some(parent)
    }

    fn begin(&mut self, ns: Ns, local: &'static str) -> Result<Option<Piece>, Malformed> {
        if self.is_unseen(ns, local)? {
            self.hidden = 1;
            return Ok(None);
        }
        let parent = self.above(1).copied();
        let mut element = Element { ns, local, inline: false, preserve: false, flag: false };
        if let Some(parent) = parent {
            (element.inline, element.preserve) = (parent.inline, parent.preserve);
        }
        if let Some(space) = self.xml.attribute(Ns::Xml, "space")? {
            element.preserve = space == "preserve";
        }
        let piece = match (ns, local) {
            (Ns::Word, "p") => {
                element.inline = true;
                Some(Piece::Paragraph)
            }
            (Ns::Word, "tc") => {
                element.inline = false;
                Some(Piece::Cell)
            }
            (Ns::Word, "txbxContent") => {
                element.inline = false;
                Some(Piece::Box)
            }
            (Ns::Word, "tbl" | "tr") => {
                element.inline = false;
                None
            }
            (Ns::Word | Ns::Maths, "t") => {
                self.text.clear();
                None
            }
            (Ns::Word, _) if self.in_properties() => {
                self.property(local)?;
                None
            }
            (Ns::Word14, "checkbox") if self.in_properties() => {
                self.control.sort = Sort::Check(false);
                None
            }
            (Ns::Word14, "checked") if self.in_properties() => {
                self.control.sort = Sort::Check(is_on(self.xml.attribute(Ns::Word14, "val")?));
                None
            }
            (Ns::Word, "sdt") => {
                self.control = Control::default();
                None
            }
            (Ns::Word, "sdtContent") => {
                let inline = element.inline;
                Some(Piece::Open(Box::new(Control { inline, ..std::mem::take(&mut self.control) })))
            }
            (Ns::Word, "del" | "moveFrom") => {
                // Not around content, so a mark on the end of a paragraph (17.13.5.15).
                if let Some(paragraph) = self.above(3) {
                    paragraph.flag = true;
                }
                None
            }
            (Ns::Word, "vanish") => {
                let on = is_on(self.xml.attribute(Ns::Word, "val")?);
                if self.is_above(2, "r")
                    && let Some(run) = self.above(2)
                {
                    run.flag = on;
                }
                None
            }
            (Ns::Word, "name") => {
                let name = self.xml.attribute(Ns::Word, "val")?;
                name.filter(|name| name.starts_with("fw:")).map(Piece::Block)
            }
            (Ns::Word, "drawing" | "pict") => {
                self.drawing.clear();
                None
            }
            (Ns::Placed, "docPr") => {
                // A name is copied with each picture in the drawing; a key of ours is short.
                self.drawing = self.xml.attribute(Ns::None, "name")?.filter(|name| name.len() <= NAME).unwrap_or_default();
                None
            }
            (Ns::Drawing, "blip") => self.picture("embed")?,
            (Ns::Vml, "imagedata") => self.picture("id")?,
            (Ns::Word | Ns::Symbol, _) => self.character(ns, local)?.map(|ch| Piece::Text(ch.to_string())),
            _ => None,
        };
        self.open.push(element);
        Ok(piece)
    }

    fn end(&mut self) -> Option<Piece> {
        let element = self.open.pop()?;
        match (element.ns, element.local) {
            (Ns::Word, "p") => Some(Piece::ParagraphEnd { joined: element.flag }),
            (Ns::Word, "tc") => Some(Piece::Cell),
            (Ns::Word, "txbxContent") => Some(Piece::BoxEnd),
            (Ns::Word, "sdtContent") => Some(Piece::Close),
            (Ns::Word | Ns::Maths, "t") => {
                let text = if element.preserve { &self.text } else { self.text.trim_matches([' ', '\t', '\n', '\r']) };
                // A line end in XML is no line end on paper; that would be a w:br.
                let text = text.replace("\r\n", " ").replace(['\r', '\n'], " ");
                (!text.is_empty()).then_some(Piece::Text(text))
            }
            _ => None,
        }
    }

    fn characters(&mut self, text: &str) {
        let inside = self.above(1).is_some_and(|element| matches!(element.ns, Ns::Word | Ns::Maths) && element.local == "t");
        if inside {
            self.text.push_str(text);
        }
    }

    /// Whether an element is left out with all it holds.
    fn is_unseen(&mut self, ns: Ns, local: &str) -> Result<bool, Malformed> {
        Ok(match (ns, local) {
            // Around content they are deletions (17.13.5.14, .22); in the properties of a paragraph's mark they hold nothing.
            (Ns::Word, "del" | "moveFrom") => !self.is_above(1, "rPr"),
            // What stands small above the characters (17.3.3.24) is no part of them.
            (Ns::Word, "rt") => true,
            (Ns::Word | Ns::Symbol, "t" | "br" | "cr" | "tab" | "ptab" | "sym" | "symEx" | "noBreakHyphen" | "softHyphen") => {
                self.run().is_some_and(|run| run.flag)
            }
            // The first alternative that is understood, or the fallback (part 3, 7.6).
            (Ns::Compatibility, "Choice" | "Fallback") => {
                let known = local == "Fallback" || self.is_understood()?;
                match self.above(1) {
                    Some(all) if all.local == "AlternateContent" && !all.flag && known => {
                        all.flag = true;
                        false
                    }
                    _ => true,
                }
            }
            _ => false,
        })
    }

    /// Whether we know what the alternative that begins requires: drawings and Word's own first extensions.
    fn is_understood(&self) -> Result<bool, Malformed> {
        const KNOWN: [&str; 9] = ["w", "w14", "w15", "wps", "wpg", "wpc", "wp14", "a14", "w16se"];
        let requires = self.xml.attribute(Ns::None, "Requires")?.unwrap_or_default();
        Ok(requires.split_whitespace().all(|prefix| KNOWN.contains(&prefix)))
    }

    fn in_properties(&mut self) -> bool {
        // sdtPr, or one of its children that has children of its own.
        self.is_above(1, "sdtPr") || (self.is_above(2, "sdtPr") && !self.is_above(1, "rPr"))
    }

    /// Takes in a property of a control.
    fn property(&mut self, local: &str) -> Result<(), Malformed> {
        let value = self.xml.attribute(Ns::Word, "val")?;
        match local {
            "tag" => self.control.tag = value.unwrap_or_default(),
            "alias" => self.control.alias = value.unwrap_or_default(),
            "docPart" => self.control.block = value.unwrap_or_default(),
            "showingPlcHdr" => self.control.showing = is_on(value),
            "dropDownList" | "comboBox" => self.control.sort = Sort::Choice,
            "picture" => self.control.sort = Sort::Picture,
            "date" => self.control.sort = Sort::Date,
            "dateFormat" if !value.unwrap_or_default().contains('d') => self.control.sort = Sort::Month,
            _ => {}
        }
        Ok(())
    }

    fn picture(&self, attribute: &str) -> Result<Option<Piece>, Malformed> {
        let relation = self.xml.attribute(Ns::Rel, attribute)?.filter(|id| !id.is_empty());
        Ok(Some(Piece::Picture(Image { name: self.drawing.clone(), relation })))
    }

    /// The character that an element stands for.
    fn character(&mut self, ns: Ns, local: &str) -> Result<Option<char>, Malformed> {
        // A tabulator in the properties of a paragraph is a place, not a character.
        if self.run().is_none() {
            return Ok(None);
        }
        Ok(match local {
            "br" | "cr" => Some('\n'),
            "tab" | "ptab" => Some('\t'),
            "noBreakHyphen" => Some('\u{2011}'),
            "softHyphen" => Some('\u{AD}'),
            "sym" | "symEx" => {
                let font = self.xml.attribute(ns, "font")?.unwrap_or_default();
                let code = self.xml.attribute(ns, "char")?.unwrap_or_default();
                u32::from_str_radix(&code, 16).ok().map(|code| symbol(&font, code)).and_then(char::from_u32)
            }
            _ => None,
        })
    }
}

/// A switch without a value is on (17.17.4).
fn is_on(value: Option<String>) -> bool {
    !value.is_some_and(|value| matches!(value.as_str(), "0" | "false" | "off"))
}

/// The character that a symbol of the fonts of old stands for, as far as ticks go; others keep their code (17.3.3.30).
fn symbol(font: &str, code: u32) -> u32 {
    match (font, code & 0xFF) {
        ("Wingdings", 0xFE) | ("Wingdings 2", 0x52) => 0x2611,
        ("Wingdings", 0xFD) | ("Wingdings 2", 0x51) => 0x2612,
        ("Wingdings", 0xA8 | 0x6F) | ("Wingdings 2", 0xA3) => 0x2610,
        ("Wingdings", 0xFC) | ("Wingdings 2", 0x50) => 0x2713,
        _ => code,
    }
}

/// The fixed text of a part: the words outside all content controls, without white space, deletions and hidden text.
pub fn ink(bytes: &[u8]) -> Result<String, Malformed> {
    let mut words = Words::new(bytes)?;
    let mut ink = String::new();
    let mut controls = 0_usize;
    while let Some(piece) = words.next()? {
        match piece {
            Piece::Open(_) => controls += 1,
            Piece::Close => controls = controls.saturating_sub(1),
            Piece::Text(text) if controls == 0 => ink.extend(text.chars().filter(|ch| !ch.is_whitespace())),
            _ => {}
        }
    }
    Ok(ink)
}
