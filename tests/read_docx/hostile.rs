//! DOCX files that no program saves: each ends in its word, in time and in bounds.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::time::{Duration, Instant};

use super::build::{Docx, NAMES, pack};
use super::{control, run, text};
use formwright::diag::Severity;
use formwright::readback::{ReadBack, read};

/// The longest that any file may take.
const TIME: Duration = Duration::from_secs(2);
/// The most memory that reading a file may take beside the file itself.
const MEMORY: isize = 192 << 20;

thread_local! {
    /// The memory that this thread holds, and the most it has held.
    static HELD: Cell<(isize, isize)> = const { Cell::new((0, 0)) };
}

/// The system's allocator, with the memory of each thread counted.
struct Counting;

#[global_allocator]
static COUNTING: Counting = Counting;

fn count(bytes: isize) {
    // No thread is so far at its end that its last releases matter.
    let _ = HELD.try_with(|held| {
        let (now, most) = held.get();
        held.set((now + bytes, most.max(now + bytes)));
    });
}

// SAFETY: all is handed on to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        count(-(layout.size() as isize));
        unsafe { System.dealloc(place, layout) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // The old and the new may stand side by side while one is copied.
        count(size as isize);
        count(-(layout.size() as isize));
        unsafe { System.realloc(place, layout, size) }
    }
}

fn timed(what: &str, name: &str, bytes: &[u8]) -> Result<ReadBack, Vec<&'static str>> {
    let before = HELD.get().0;
    HELD.set((before, before));
    let begin = Instant::now();
    let back = read(name, bytes);
    let (took, grown) = (begin.elapsed(), HELD.get().1 - before);
    eprintln!("{:7} ms {:7} kB {:9} bytes  {what}", took.as_millis(), grown >> 10, bytes.len());
    assert!(took < TIME, "{what} took {took:?}");
    assert!(grown < MEMORY, "{what} took {grown} bytes");
    back.map_err(|found| {
        assert!(found.iter().all(|problem| problem.severity == Severity::Error && problem.help.is_some()), "{what} has a next step");
        found.codes()
    })
}

fn refused(what: &str, bytes: &[u8], code: &str) {
    match timed(what, "表.docx", bytes) {
        Err(codes) => assert_eq!(codes, [code], "{what}"),
        Ok(back) => panic!("{what} was read: {:?}", back.fields),
    }
}

fn good() -> Docx {
    Docx::new(&control("a", &run("甲")))
}

/// The bytes with a field of the central directory's entry of that name changed (APPNOTE 4.3.12).
fn patched(mut zip: Vec<u8>, name: &str, offset: usize, value: &[u8]) -> Vec<u8> {
    let at = zip.windows(name.len()).rposition(|window| window == name.as_bytes()).expect("the directory has the name") - 46;
    assert_eq!(&zip[at..at + 4], b"PK\x01\x02");
    zip[at + offset..at + offset + value.len()].copy_from_slice(value);
    zip
}

fn renamed(zip: Vec<u8>, from: &str, to: &str) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let mut zip = zip;
    let mut at = 0;
    while let Some(found) = zip[at..].windows(from.len()).position(|window| window == from.as_bytes()) {
        at += found;
        zip[at..at + to.len()].copy_from_slice(to.as_bytes());
    }
    zip
}

fn spaces(mega: usize) -> String {
    format!("<w:document {NAMES}>{}</w:document>", " ".repeat(mega << 20))
}

#[test]
fn bombs_are_counted_while_they_inflate() {
    refused("a flat bomb", &good().document(&spaces(64)).zip(), "file-too-large");
    let mut many = good();
    for at in 0..6 {
        let header = format!("<w:hdr {NAMES}>{}</w:hdr>", " ".repeat(19 << 20));
        many = many.part(&format!("word/h{at}.xml"), header.as_bytes()).relation(&format!("h{at}"), "header", &format!("h{at}.xml"));
    }
    refused("bombs side by side", &many.zip(), "file-too-large");
    drop(many);
    let inner = pack(&[("word/document.xml".to_owned(), vec![b' '; 64 << 20])]);
    let nested = good().part("word/embeddings/inner.docx", &inner).part("word/unused.bin", &vec![0; 64 << 20]).zip();
    let back = timed("bombs that nobody opens", "表.docx", &nested).expect("they are never opened");
    assert_eq!(text(&back, "a"), "甲");
    let small = patched(good().document(&spaces(30)).zip(), "word/document.xml", 24, &10_u32.to_le_bytes());
    refused("a bomb that says it is small", &small, "file-damaged");
    let large = patched(good().zip(), "word/document.xml", 24, &0xFFFF_FFF0_u32.to_le_bytes());
    let back = timed("a part that says it is 4 GB", "表.docx", &large).expect("what is there is read");
    assert_eq!(text(&back, "a"), "甲");
    let long = patched(good().zip(), "word/document.xml", 20, &0xFFFF_FFF0_u32.to_le_bytes());
    assert!(timed("a part that says it is packed in 4 GB", "表.docx", &long).is_ok());
}

#[test]
fn nesting_has_an_end() {
    let nest = |open: &str, close: &str, times: usize| {
        good().document(&format!("<w:document {NAMES}><w:body>{}{}</w:body></w:document>", open.repeat(times), close.repeat(times))).zip()
    };
    refused("40,000 nested tables", &nest("<w:tbl><w:tr><w:tc>", "</w:tc></w:tr></w:tbl>", 40_000), "file-unsafe");
    refused("100,000 nested controls", &nest("<w:sdt><w:sdtContent>", "</w:sdtContent></w:sdt>", 100_000), "file-unsafe");
    refused("nested, never closed", &nest("<w:tbl>", "", 100_000), "file-unsafe");
    let open = r#"<w:sdt><w:sdtPr><w:tag w:val="a"/></w:sdtPr><w:sdtContent>"#;
    let text = "甲".repeat(3 << 20);
    let inside = format!("<w:p>{}{}{}</w:p>", open.repeat(120), run(&text), "</w:sdtContent></w:sdt>".repeat(120));
    assert!(timed("a long text in 120 controls", "表.docx", &Docx::new(&inside).zip()).is_ok());
}

#[test]
fn zips_that_nobody_makes() {
    let zip = good().zip();
    let mut garbage = vec![0_u8; 11 << 20];
    let mut seed = 1_u32;
    for byte in &mut garbage {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        *byte = (seed >> 24) as u8;
    }
    garbage[..4].copy_from_slice(b"PK\x03\x04");
    refused("11 MB of garbage", &garbage, "file-damaged");
    refused("ends of directories", &b"PK\x05\x06".repeat(3 << 20), "file-damaged");
    refused("ends of directories in pieces", &b"PK\x05\x06\0\0\0\0\x01\0\x01\0\x2E\0\0\0\0\0\0\0\0\0".repeat(200_000), "file-damaged");
    refused("heads of entries", &b"PK\x01\x02".repeat(3 << 20), "file-too-large");
    let mut large = zip.clone();
    large.resize(33 << 20, 0);
    refused("33 MB", &large, "file-too-large");
    let entries: Vec<(String, Vec<u8>)> = (0..5_000).map(|at| (format!("word/{at}.xml"), Vec::new())).collect();
    refused("5,000 entries", &pack(&entries), "file-too-large");
    for at in (2..zip.len() - 1).step_by(13) {
        let cut = read("表.docx", &zip[..at]).err().unwrap_or_else(|| panic!("cut at {at} was read"));
        assert_eq!(cut.codes(), ["file-damaged"], "cut at {at}");
    }
    let mut codes = std::collections::BTreeSet::new();
    for at in 0..zip.len() {
        for bit in [0x01, 0x10, 0x80] {
            let mut flipped = zip.clone();
            flipped[at] ^= bit;
            codes.extend(read("表.docx", &flipped).err().map(|found| found.codes()).unwrap_or_default());
        }
    }
    eprintln!("with bits flipped: {codes:?}");
    let document = zip.windows(17).position(|window| window == b"word/document.xml").expect("it has a main part") + 17;
    for at in [3, 20, 60] {
        let mut corrupt = zip.clone();
        corrupt[document + at] ^= 0xFF;
        refused("a corrupt deflate stream", &corrupt, "file-damaged");
    }
    refused("a wrong sum", &patched(zip.clone(), "word/document.xml", 16, b"\0\0\0\0"), "file-damaged");
    refused("an encrypted entry", &patched(zip.clone(), "word/document.xml", 8, b"\x01"), "file-encrypted");
    refused("another method", &patched(zip.clone(), "word/document.xml", 10, &12_u16.to_le_bytes()), "file-unsafe");
    let second = good().part("word/documen2.xml", b"<a/>").zip();
    refused("two of one name", &renamed(second.clone(), "word/documen2.xml", "word/document.xml"), "file-unsafe");
    refused("two of one name but for case", &renamed(second.clone(), "word/documen2.xml", "Word/DOCUMENT.xml"), "file-unsafe");
    for name in
        ["../d/documen2.xml", "/ord/documen2.xml", "word\\documen2.xml", "word//ocumen2.xml", "c:rd/documen2.xml", "word/./cumen2.xml"]
    {
        refused(name, &renamed(second.clone(), "word/documen2.xml", name), "file-unsafe");
    }
    let back = timed("named as a PDF", "表.pdf", &zip).expect("it goes by its bytes");
    assert_eq!(text(&back, "a"), "甲");
    let named = |names: &[&str]| pack(&names.iter().map(|name| ((*name).to_owned(), b"<x/>".to_vec())).collect::<Vec<_>>());
    refused("ODT", &named(&["mimetype", "content.xml"]), "not-docx");
    refused("OFD", &named(&["OFD.xml"]), "not-docx");
    refused("an archive", &named(&["1.txt"]), "not-docx");
    let workbook =
        good().document(r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>"#).moved("xl/workbook.xml");
    refused("a workbook", &workbook.zip(), "not-docx");
    let old = |name: &str| {
        [b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec(), vec![0; 600], name.encode_utf16().flat_map(u16::to_le_bytes).collect()].concat()
    };
    refused("a .doc", &old("WordDocument"), "not-docx");
    refused("a password", &old("EncryptedPackage"), "file-encrypted");
    refused("RTF", b"{\\rtf1 a}", "not-docx");
    refused("flat XML", b"<?xml version=\"1.0\"?><?mso-application progid=\"Word.Document\"?><a/>", "not-docx");
}

#[test]
fn xml_that_nobody_writes() {
    let with =
        |head: &str, inside: &str| good().document(&format!("{head}<w:document {NAMES}><w:body>{inside}</w:body></w:document>")).zip();
    for (what, head, inside, code) in [
        ("a DOCTYPE", "<!DOCTYPE d>", "", "file-unsafe"),
        ("a DOCTYPE outside", "<!DOCTYPE d SYSTEM \"file:///etc/passwd\">", "", "file-unsafe"),
        ("entities in entities", "<!DOCTYPE d [<!ENTITY a \"甲\"><!ENTITY b \"&a;&a;\">]>", "<w:t>&b;</w:t>", "file-unsafe"),
        ("an entity of nobody", "", "<w:t>&nbsp;</w:t>", "file-unsafe"),
        ("an entity of nobody in a tag", "", "<w:sdt><w:sdtPr><w:tag w:val=\"&a;\"/></w:sdtPr></w:sdt>", "file-unsafe"),
        ("a zero", "", "<w:t>&#0;</w:t>", "file-damaged"),
        ("a control character", "", "<w:t>\u{2}</w:t>", "file-damaged"),
        ("a control character by number", "", "<w:t>&#2;</w:t>", "file-damaged"),
        ("a bare ampersand", "", "<w:t>a & b</w:t>", "file-damaged"),
        ("tags crossed", "", "<w:p><w:r></w:p></w:r>", "file-damaged"),
        ("an attribute twice", "", "<w:p w:a=\"1\" w:a=\"1\"/>", "file-damaged"),
        ("cut off", "", "<w:p><w:r>", "file-damaged"),
        ("a tag cut off", "", "<w:p><w:r", "file-damaged"),
        ("another encoding", "<?xml version=\"1.0\" encoding=\"GBK\"?>", "", "file-encoding"),
        ("no control at all", "", "<w:p/>", "no-fields"),
    ] {
        refused(what, &with(head, inside), code);
    }
    let utf16: Vec<u8> = std::iter::once(0xFEFF).chain(good().xml().encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let parts: Vec<(String, Vec<u8>)> = good()
        .parts()
        .into_iter()
        .map(|(name, bytes)| if name == "word/document.xml" { (name, utf16.clone()) } else { (name, bytes) })
        .collect();
    refused("UTF-16", &pack(&parts), "file-encoding");
    let parts: Vec<(String, Vec<u8>)> = good()
        .parts()
        .into_iter()
        .map(|(name, bytes)| if name == "word/document.xml" { (name, [b"\xEF\xBB\xBF".to_vec(), bytes].concat()) } else { (name, bytes) })
        .collect();
    assert!(timed("a byte order mark", "表.docx", &pack(&parts)).is_ok());
    refused("text behind the end", &good().document(&format!("{}x", good().xml())).zip(), "file-damaged");
    refused("two roots", &good().document(&format!("{}<a/>", good().xml())).zip(), "file-damaged");
}

#[test]
fn floods_of_small_things() {
    let root = |attributes: &str, inside: &str| {
        good().document(&format!("<w:document {NAMES} {attributes}><w:body>{inside}</w:body></w:document>")).zip()
    };
    let attributes: String = (0..200_000).map(|at| format!(" a{at}=\"\"")).collect();
    refused("200,000 attributes", &root(&attributes, ""), "file-unsafe");
    let names: String = (0..200).map(|at| format!(" xmlns:n{at}=\"urn:{at}\"")).collect();
    refused("200 namespaces", &root(&names, ""), "file-unsafe");
    let names: String = (0..80).map(|at| format!(" xmlns:n{at}=\"urn:{at}\"")).collect();
    refused("18 MB of elements below 80 namespaces", &root(&names, &"<w:r/>".repeat(3 << 20)), "file-too-large");
    refused("19 MB of references", &root("", &format!("<w:p><w:r><w:t>{}</w:t></w:r></w:p>", "&lt;".repeat(19 << 18))), "file-too-large");
    let field = |name: &str, text: &str| control(name, &format!("<w:r><w:t>{text}</w:t></w:r>"));
    let many: String = (0..25_000).map(|at| field(&format!("a.{at}"), "甲")).collect();
    refused("25,000 fields", &Docx::new(&many).zip(), "file-too-large");
    let same: String = (0..19_000).map(|at| field("a", &format!("{at}，"))).collect::<Vec<_>>().join("<w:p><w:r><w:t>，</w:t></w:r></w:p>");
    let back = timed("19,000 places that differ", "表.docx", &Docx::new(&same).issued("a", "x").zip()).expect("it is read");
    assert!(back.warnings.codes().contains(&"conflicting-values"));
    let rest = field("a+1", &"乙".repeat(5 << 20));
    let back =
        timed("places that differ, and a long rest", "表.docx", &Docx::new(&(same + &rest)).issued("a", "x").zip()).expect("it is read");
    assert!(back.warnings.codes().contains(&"conflicting-values"));
    let blip = r#"<a:blip r:embed="p"/>"#;
    let name = "n".repeat(9 << 20);
    let drawing = format!(r#"<w:p><w:r><w:drawing><wp:docPr name="{name}"/>{}</w:drawing></w:r></w:p>"#, blip.repeat(400_000));
    refused("a drawing with a long name", &Docx::new(&drawing).zip(), "no-fields");
    let photo = |at: usize| format!(r#"<w:p><w:r><w:drawing><wp:docPr name="fw:photo:p.{at}"/>{blip}</w:drawing></w:r></w:p>"#);
    let photos: String = (0..19_000).map(photo).collect();
    let back = timed("19,000 photos without a file", "表.docx", &Docx::new(&photos).zip()).expect("it is read");
    assert_eq!(back.warnings.len(), 19_000);
    let bomb =
        Docx::new(&photos).part("word/p.png", &[b"\x89PNG\r\n\x1A\n".to_vec(), vec![0; 18 << 20]].concat()).relation("p", "image", "p.png");
    refused("19,000 places of one bomb", &bomb.zip(), "file-too-large");
    let mut lost = good();
    for at in 0..25_000 {
        lost = lost.issued(&format!("b.{at}"), "甲");
    }
    assert!(timed("25,000 digests without a field", "表.docx", &lost.zip()).is_ok());
}
