//! What a PDF says, by way of lopdf.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use lopdf::{Dictionary, Document, Object, ObjectId};

/// A terminal field with its widgets.
#[derive(Debug)]
pub struct Field {
    pub name: String,
    pub field_type: String,
    pub fw_kind: String,
    pub label: String,
    pub value: Option<String>,
    pub default_value: Option<String>,
    pub flags: i64,
    pub max_length: Option<i64>,
    pub options: Vec<String>,
    pub widgets: Vec<Widget>,
}

#[derive(Debug)]
pub struct Widget {
    pub id: ObjectId,
    pub rect: Vec<String>,
    pub flags: i64,
    pub quadding: Option<i64>,
    pub default_appearance: Option<String>,
    /// Box and content of each normal appearance.
    pub appearances: Vec<(Vec<String>, String)>,
}

/// All terminal fields, in the order of the tree.
pub fn fields(document: &Document) -> Vec<Field> {
    let form = dictionary(document, document.catalog().unwrap().get(b"AcroForm").unwrap());
    let mut all = Vec::new();
    for root in form.get(b"Fields").unwrap().as_array().unwrap() {
        walk(document, root.as_reference().unwrap(), "", &mut all);
    }
    all
}

fn walk(document: &Document, id: ObjectId, prefix: &str, all: &mut Vec<Field>) {
    let field = document.get_dictionary(id).unwrap();
    let part = unicode(field.get(b"T").unwrap().as_str().unwrap());
    assert!(!part.contains('.'));
    let name = if prefix.is_empty() { part } else { format!("{prefix}.{part}") };
    let kids =
        field.get(b"Kids").and_then(Object::as_array).map(|kids| kids.iter().map(|kid| kid.as_reference().unwrap()).collect::<Vec<_>>());
    let Ok(field_type) = field.get(b"FT").and_then(Object::as_name) else {
        for kid in kids.unwrap() {
            assert_eq!(document.get_dictionary(kid).unwrap().get(b"Parent").unwrap().as_reference().unwrap(), id);
            walk(document, kid, &name, all);
        }
        return;
    };
    let text = |key: &[u8]| match field.get(key) {
        Ok(Object::Name(state)) => Some(String::from_utf8_lossy(state).into_owned()),
        Ok(object) => Some(unicode(object.as_str().unwrap())),
        Err(_) => None,
    };
    let options = field.get(b"Opt").and_then(Object::as_array).map(|all| all.iter().map(|one| unicode(one.as_str().unwrap())).collect());
    all.push(Field {
        field_type: String::from_utf8_lossy(field_type).into_owned(),
        fw_kind: String::from_utf8_lossy(field.get(b"FWKind").unwrap().as_name().unwrap()).into_owned(),
        label: text(b"TU").unwrap(),
        value: text(b"V"),
        default_value: text(b"DV"),
        flags: field.get(b"Ff").and_then(Object::as_i64).unwrap_or(0),
        max_length: field.get(b"MaxLen").and_then(Object::as_i64).ok(),
        options: options.unwrap_or_default(),
        widgets: kids.unwrap_or_else(|_| vec![id]).into_iter().map(|id| widget(document, id)).collect(),
        name,
    });
}

fn widget(document: &Document, id: ObjectId) -> Widget {
    let widget = document.get_dictionary(id).unwrap();
    assert_eq!(widget.get(b"Subtype").unwrap().as_name().unwrap(), b"Widget");
    let page = document.get_dictionary(widget.get(b"P").unwrap().as_reference().unwrap()).unwrap();
    let annotations = page.get(b"Annots").unwrap().as_array().unwrap();
    assert!(annotations.iter().any(|annotation| annotation.as_reference().unwrap() == id), "a widget stands on its page");
    let normal = dictionary(document, widget.get(b"AP").unwrap()).get(b"N").unwrap();
    let streams = match normal {
        Object::Reference(id) => vec![*id],
        states => states.as_dict().unwrap().iter().map(|(_, state)| state.as_reference().unwrap()).collect(),
    };
    let appearance = |id| {
        let stream = document.get_object(id).unwrap().as_stream().unwrap();
        (numbers(stream.dict.get(b"BBox").unwrap()), plain(stream))
    };
    Widget {
        id,
        rect: numbers(widget.get(b"Rect").unwrap()),
        flags: widget.get(b"F").unwrap().as_i64().unwrap(),
        quadding: widget.get(b"Q").and_then(Object::as_i64).ok(),
        default_appearance: widget.get(b"DA").and_then(Object::as_str).ok().map(|da| String::from_utf8_lossy(da).into_owned()),
        appearances: streams.into_iter().map(appearance).collect(),
    }
}

/// The contents of all appearances that widgets show.
pub fn appearances(document: &Document) -> Vec<String> {
    let first = |field: Field| field.widgets.into_iter().filter_map(|widget| widget.appearances.into_iter().next()).collect::<Vec<_>>();
    fields(document).into_iter().flat_map(first).map(|(_, content)| content).collect()
}

/// How many bytes of codes a content stream shows.
pub fn shown_codes(content: &str) -> usize {
    let shows = content.lines().filter(|line| line.ends_with("Tj") || line.ends_with("TJ"));
    shows
        .map(|line| line.split('<').skip(1).filter_map(|piece| piece.split_once('>')).map(|(codes, _)| codes.len() / 2).sum::<usize>())
        .sum()
}

/// A page's content stream.
pub fn content(document: &Document, page: ObjectId) -> String {
    String::from_utf8(document.get_page_content(page)).unwrap().trim_end().to_owned()
}

/// The ToUnicode map of every embedded font, with the font's name.
pub fn to_unicode_maps(document: &Document) -> Vec<(String, BTreeMap<u16, char>)> {
    let mut maps = Vec::new();
    for object in document.objects.values() {
        let Ok(font) = object.as_dict() else { continue };
        let Ok(map) = font.get(b"ToUnicode") else { continue };
        let map = plain(document.get_object(map.as_reference().unwrap()).unwrap().as_stream().unwrap());
        let pairs = map.lines().filter_map(|line| line.strip_prefix('<')?.strip_suffix('>')?.split_once("> <"));
        let pairs = pairs.filter(|(_, to)| *to != "FFFF").map(|(code, to)| {
            let units: Vec<u16> = (0..to.len() / 4).map(|at| u16::from_str_radix(&to[at * 4..at * 4 + 4], 16).unwrap()).collect();
            (u16::from_str_radix(code, 16).unwrap(), String::from_utf16(&units).unwrap().chars().next().unwrap())
        });
        maps.push((String::from_utf8_lossy(font.get(b"BaseFont").unwrap().as_name().unwrap()).into_owned(), pairs.collect()));
    }
    maps
}

/// Calls back for every reference in an object.
pub fn references(object: &Object, found: &mut impl FnMut(ObjectId)) {
    match object {
        Object::Reference(id) => found(*id),
        Object::Array(items) => items.iter().for_each(|item| references(item, found)),
        Object::Dictionary(dict) => dict.iter().for_each(|(_, item)| references(item, found)),
        Object::Stream(stream) => stream.dict.iter().for_each(|(_, item)| references(item, found)),
        _ => {}
    }
}

/// Demands that after each stream's declared length `endstream` follows.
pub fn stream_lengths(bytes: &[u8]) {
    let find = |from: usize, what: &[u8]| bytes[from..].windows(what.len()).position(|window| window == what).map(|at| from + at);
    let mut at = 0;
    let mut count = 0;
    while let Some(length_at) = find(at, b"/Length ") {
        let digits: String = bytes[length_at + 8..].iter().take_while(|byte| byte.is_ascii_digit()).map(|byte| char::from(*byte)).collect();
        let start = find(length_at, b"\nstream\n").unwrap() + 8;
        let end = start + digits.parse::<usize>().unwrap();
        assert!(bytes[end..].starts_with(b"\nendstream"), "the stream at {start}");
        at = end;
        count += 1;
    }
    assert!(count > 5);
}

/// The objects that lie in object streams.
pub fn packing(document: &Document) -> Vec<ObjectId> {
    let entries = document.reference_table.entries.iter();
    let packed = entries.filter(|(_, entry)| matches!(entry, lopdf::xref::XrefEntry::Compressed { .. }));
    packed.map(|(id, _)| (*id, 0)).collect()
}

/// An object as it is without compression.
pub fn said(object: &Object) -> String {
    let mut out = String::new();
    match object {
        Object::Stream(stream) => {
            let mut dict = stream.dict.clone();
            for key in [&b"Filter"[..], b"DecodeParms"] {
                dict.remove(key);
            }
            describe(&Object::Dictionary(dict), &mut out);
            // A JPEG is not inflated.
            write!(out, "{:?}", stream.get_plain_content().unwrap_or_else(|_| stream.content.clone())).unwrap();
        }
        other => describe(other, &mut out),
    }
    out
}

/// The first half of the file's identifier.
pub fn id(bytes: &[u8]) -> Vec<u8> {
    let document = Document::load_mem(bytes).unwrap();
    document.trailer.get(b"ID").unwrap().as_array().unwrap()[0].as_str().unwrap().to_vec()
}

/// A text string (ISO 32000-1, 7.9.2.2).
pub fn unicode(bytes: &[u8]) -> String {
    match bytes.strip_prefix(b"\xFE\xFF") {
        Some(units) => String::from_utf16(&units.chunks(2).map(|unit| u16::from_be_bytes([unit[0], unit[1]])).collect::<Vec<_>>()).unwrap(),
        None => String::from_utf8(bytes.to_vec()).unwrap(),
    }
}

/// All objects in order as text: dictionaries with sorted keys, content streams in full, of other streams the length left out.
pub fn snapshot(bytes: &[u8]) -> String {
    let document = Document::load_mem(bytes).unwrap();
    let mut out = String::new();
    for ((id, _), object) in &document.objects {
        write!(out, "{id}: ").unwrap();
        match object {
            Object::Stream(stream) => {
                describe(&Object::Dictionary(stream.dict.clone()), &mut out);
                let text = String::from_utf8(stream.content.clone()).ok().filter(|text| text.is_ascii() && !text.contains("begincmap"));
                if let Some(text) = text {
                    write!(out, "\n{text}").unwrap();
                }
            }
            other => describe(other, &mut out),
        }
        out.push_str("\n\n");
    }
    out
}

/// Compares with a file of the snapshots; `BLESS=1` rewrites it.
pub fn compare(file: &str, found: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pdf").join(file);
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, found).unwrap();
    }
    let wanted = std::fs::read_to_string(&path).unwrap_or_default();
    for (line, (found, wanted)) in found.lines().zip(wanted.lines()).enumerate() {
        assert_eq!(found, wanted, "{file}:{}", line + 1);
    }
    assert_eq!(found.lines().count(), wanted.lines().count(), "{file}: its length");
}

fn describe(object: &Object, out: &mut String) {
    match object {
        Object::Dictionary(dict) => {
            out.push_str("<<");
            let sorted: BTreeMap<_, _> = dict.iter().collect();
            for (key, value) in sorted {
                // Lengths of fonts and maps follow from the faces, not from the writer.
                if matches!(&key[..], b"Length" | b"Length1") {
                    continue;
                }
                write!(out, " /{} ", String::from_utf8_lossy(key)).unwrap();
                describe(value, out);
            }
            out.push_str(" >>");
        }
        Object::Array(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                out.push_str(if at == 0 { "" } else { " " });
                describe(item, out);
            }
            out.push(']');
        }
        Object::String(bytes, _) => write!(out, "({})", unicode(bytes).escape_debug()).unwrap(),
        Object::Name(name) => write!(out, "/{}", String::from_utf8_lossy(name)).unwrap(),
        Object::Reference((id, _)) => write!(out, "→{id}").unwrap(),
        Object::Integer(value) => write!(out, "{value}").unwrap(),
        Object::Real(value) => write!(out, "{value}").unwrap(),
        Object::Boolean(value) => write!(out, "{value}").unwrap(),
        Object::Null => out.push_str("null"),
        Object::Stream(_) => unreachable!("streams are top-level objects"),
    }
}

fn dictionary<'a>(document: &'a Document, object: &'a Object) -> &'a Dictionary {
    match object {
        Object::Reference(id) => document.get_dictionary(*id).unwrap(),
        other => other.as_dict().unwrap(),
    }
}

fn numbers(array: &Object) -> Vec<String> {
    let numbers = array.as_array().unwrap().iter();
    numbers.map(|number| number.as_float().map(|value| value.to_string()).unwrap()).collect()
}

fn plain(stream: &lopdf::Stream) -> String {
    String::from_utf8(stream.get_plain_content().unwrap()).unwrap()
}

/// The bare CFF table that is embedded for a face.
pub fn font_program(document: &Document, name: &str) -> Vec<u8> {
    let descriptor = document.objects.values().filter_map(|object| object.as_dict().ok()).find(|dict| {
        dict.get(b"FontName").and_then(Object::as_name).is_ok_and(|base| base.ends_with(name.as_bytes()) && base.contains(&b'+'))
    });
    let program = descriptor.unwrap().get(b"FontFile3").unwrap().as_reference().unwrap();
    document.get_object(program).unwrap().as_stream().unwrap().get_plain_content().unwrap()
}

/// A font file around a bare CFF table, with the other tables of the whole face.
pub fn sfnt_of(cff: &[u8], whole: &[u8]) -> Vec<u8> {
    let word = |at: usize| u32::from_be_bytes(whole[at..at + 4].try_into().unwrap()) as usize;
    let count = usize::from(u16::from_be_bytes([whole[4], whole[5]]));
    let other = |tag: &[u8; 4]| {
        let record = (0..count).map(|record| 12 + record * 16).find(|at| &whole[*at..at + 4] == tag).unwrap();
        &whole[word(record + 8)..word(record + 8) + word(record + 12)]
    };
    let mut tables: Vec<(&[u8; 4], &[u8])> = vec![(b"CFF ", cff)];
    tables.extend([b"head", b"hhea", b"hmtx", b"maxp"].map(|tag| (tag, other(tag))));
    let mut out = [&b"OTTO"[..], &[0, 5, 0, 64, 0, 2, 0, 16]].concat();
    let mut offset = 12 + 16 * tables.len();
    for (tag, table) in &tables {
        out.extend(*tag);
        for value in [0, offset, table.len()] {
            out.extend(u32::try_from(value).unwrap().to_be_bytes());
        }
        offset += table.len().next_multiple_of(4);
    }
    for (_, table) in tables {
        out.extend(table);
        out.resize(out.len().next_multiple_of(4), 0);
    }
    out
}

/// An outline as path operators, in font units.
pub fn outline(glyph: &skrifa::outline::OutlineGlyph) -> String {
    use skrifa::instance::{LocationRef, Size};
    use skrifa::outline::{DrawSettings, OutlinePen};

    struct Pen(String);
    impl OutlinePen for Pen {
        fn move_to(&mut self, x: f32, y: f32) {
            write!(self.0, "{x} {y} m ").unwrap();
        }
        fn line_to(&mut self, x: f32, y: f32) {
            write!(self.0, "{x} {y} l ").unwrap();
        }
        fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
            write!(self.0, "{cx} {cy} {x} {y} q ").unwrap();
        }
        fn curve_to(&mut self, ax: f32, ay: f32, bx: f32, by: f32, x: f32, y: f32) {
            write!(self.0, "{ax} {ay} {bx} {by} {x} {y} c ").unwrap();
        }
        fn close(&mut self) {
            self.0.push_str("h ");
        }
    }
    let mut pen = Pen(String::new());
    glyph.draw(DrawSettings::unhinted(Size::unscaled(), LocationRef::default()), &mut pen).unwrap();
    pen.0
}
