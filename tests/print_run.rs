//! Parts and print runs: pages drawn once, put into any number of files.

#[allow(dead_code)] // tests/pdf.rs uses the rest of it
#[path = "pdf/form.rs"]
mod form;
#[path = "print_run/look.rs"]
mod look;
#[path = "print_run/readers.rs"]
mod readers;
#[allow(dead_code)] // tests/pdf.rs uses the rest of it
#[path = "pdf/reading.rs"]
mod reading;

use std::sync::{Arc, OnceLock};

use formwright::error::Error;
use formwright::fonts::{FontOptions, Fonts};
use formwright::form::{FontRole, Form, Role};
use formwright::layout::{Frame, Glyph, ItemKind, Layout, PlacedCopy, Run, Text};
use formwright::pdf::{Part, PdfOptions, PrintRun, RunOptions, draw, write, write_part};
use formwright::pdf_in::{ImportedObject, ImportedPage, Value};
use formwright::units::{Mm, Pt, Rect};
use look::{bookmarks, labels, said};
use lopdf::{Document, Object, ObjectId};

fn fonts() -> &'static Fonts {
    static FONTS: OnceLock<Fonts> = OnceLock::new();
    FONTS.get_or_init(|| {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fonts");
        Fonts::open(&FontOptions { folders: vec![folder.into()], system: false }).unwrap()
    })
}

fn trial() -> &'static (Form, Layout) {
    static TRIAL: OnceLock<(Form, Layout)> = OnceLock::new();
    TRIAL.get_or_init(|| form::filled(fonts()))
}

/// A part of so many pages, the first of them with a bookmark, each saying what it is.
fn dossier(words: &str, pages: usize) -> Part {
    let frames = (0..pages).map(|page| Frame { title: (page % 2 == 0).then(|| format!("{words}{page}")), ..sheet(words, page) });
    let layout = Layout { frames: frames.collect(), values: Vec::new() };
    draw(&[(&trial().0, &layout)], fonts(), true).unwrap()
}

fn sheet(words: &str, page: usize) -> Frame {
    let text = form::set(fonts(), FontRole::Fang, 12.0, (20.0, 30.0), &format!("{words}{page}"));
    let size = if page == 1 { (Mm(297.0), Mm(210.0)) } else { (Mm(210.0), Mm(297.0)) };
    Frame { size, title: None, items: vec![form::item(Role::Text, ItemKind::Text(text))], tables: Vec::new() }
}

fn run_of(parts: &[(&str, &str, &Part)]) -> Vec<u8> {
    let mut run = PrintRun::new(Vec::new(), fonts(), &RunOptions { title: "打印册".to_owned(), compress: true }).unwrap();
    for (label, bookmark, part) in parts {
        run.add(label, bookmark, part).unwrap();
    }
    run.finish().unwrap()
}

#[test]
fn every_dossier_begins_on_the_front_of_a_sheet() {
    // Pages of each dossier, and the page (from 1) on which each begins.
    for (pages, begins) in [
        (&[1][..], &[1][..]),
        (&[2, 2], &[1, 3]),
        (&[1, 1, 1], &[1, 3, 5]),
        (&[3, 2, 1, 6], &[1, 5, 7, 9]),
        (&[6, 5, 1, 4], &[1, 7, 13, 15]),
    ] {
        let parts: Vec<Part> = pages.iter().map(|pages| dossier("册", *pages)).collect();
        let mut run = PrintRun::new(Vec::new(), fonts(), &RunOptions::default()).unwrap();
        let mut blanks = Vec::new();
        let mut count = 0;
        for (number, part) in parts.iter().enumerate() {
            if count % 2 == 1 {
                count += 1;
                blanks.push(count);
            }
            run.add(&(number + 1).to_string(), "某人", part).unwrap();
            count += part.pages();
            assert_eq!(run.pages(), count);
        }
        let document = Document::load_mem(&run.finish().unwrap()).unwrap();
        let all = document.get_pages();
        assert_eq!(all.len(), count, "{pages:?}: none after the last");
        for (page, id) in &all {
            let empty = document.get_dictionary(*id).unwrap().get(b"Contents").is_err();
            assert_eq!(empty, blanks.contains(&(*page as usize)), "{pages:?}: page {page}");
        }
        let labels = labels(&document);
        assert_eq!(labels.iter().map(|(page, _)| page + 1).collect::<Vec<_>>(), begins.iter().map(|page| *page as i64).collect::<Vec<_>>());
        assert!(labels.iter().zip(1..).all(|((_, label), number)| *label == format!("{number}-D")), "{labels:?}");
        for ((_, first, _), page) in bookmarks(&document).iter().zip(begins) {
            assert_eq!(all[&(*page as u32)], *first);
        }
    }
}

#[test]
fn people_have_a_bookmark_each_with_their_sections_below() {
    let parts = [dossier("甲", 3), dossier("乙", 1), dossier("丙", 5)];
    let document = Document::load_mem(&run_of(&[("1", "1 王㛃", &parts[0]), ("", "2 (李)", &parts[1]), ("丙", "3", &parts[2])])).unwrap();
    let marks = bookmarks(&document);
    let titles: Vec<(&str, Vec<&str>)> =
        marks.iter().map(|(title, _, below)| (title.as_str(), below.iter().map(|(title, _)| title.as_str()).collect())).collect();
    assert_eq!(titles, [("1 王㛃", vec!["甲0", "甲2"]), ("2 (李)", vec!["乙0"]), ("3", vec!["丙0", "丙2", "丙4"])]);
    let pages = document.get_pages();
    assert_eq!(marks[2].2.iter().map(|(_, page)| *page).collect::<Vec<_>>(), [7, 9, 11].map(|page| pages[&page]));
    assert_eq!(labels(&document), [(0, "1-D".to_owned()), (4, "D".to_owned()), (6, "丙-D".to_owned())]);
    let view = document.catalog().unwrap().get(b"ViewerPreferences").unwrap().as_dict().unwrap();
    assert_eq!(view.get(b"Duplex").unwrap().as_name().unwrap(), b"DuplexFlipLongEdge");
    assert_eq!(view.get(b"PrintScaling").unwrap().as_name().unwrap(), b"None");
    assert!(view.get(b"PickTrayByPDFSize").unwrap().as_bool().unwrap() && view.get(b"DisplayDocTitle").unwrap().as_bool().unwrap());
    assert!(document.catalog().unwrap().get(b"FWForm").is_err(), "many forms are not one");
}

#[test]
fn hundreds_of_dossiers_have_a_tree() {
    let part = dossier("册", 1);
    let mut run = PrintRun::new(Vec::new(), fonts(), &RunOptions::default()).unwrap();
    for number in 0..150 {
        run.add(&number.to_string(), "某人", &part).unwrap();
    }
    let document = Document::load_mem(&run.finish().unwrap()).unwrap();
    assert_eq!(document.get_pages().len(), 299);
    assert_eq!(labels(&document).len(), 150);
    assert_eq!(bookmarks(&document).len(), 150);
    assert_eq!(document.objects.len(), document.max_id as usize, "numbers are dense");
    for (id, object) in &document.objects {
        reading::references(object, &mut |target| assert!(document.objects.contains_key(&target), "{id:?} → {target:?}"));
    }
}

#[test]
fn a_part_alone_is_the_form_as_it_is_always_written() {
    let (form, layout) = trial();
    for compress in [true, false] {
        let options = PdfOptions { compress, ..PdfOptions::print() };
        let part = draw(&[(form, layout)], fonts(), compress).unwrap();
        let kept = Part::from_bytes(&part.to_bytes().unwrap()).unwrap();
        assert_eq!(kept.pages(), 2);
        let alone = write(form, layout, fonts(), &options).unwrap();
        assert!(write_part(&part, fonts(), &options).unwrap() == alone);
        assert!(write_part(&kept, fonts(), &options).unwrap() == alone);
    }
    let two = draw(&[(form, layout), (form, layout)], fonts(), true).unwrap();
    assert_eq!(two.pages(), 4);
    let document = Document::load_mem(&write_part(&two, fonts(), &PdfOptions::print()).unwrap()).unwrap();
    let pictures = document
        .objects
        .values()
        .filter_map(|object| object.as_stream().ok())
        .filter(|stream| stream.dict.get(b"Subtype").and_then(Object::as_name).is_ok_and(|name| name == b"Image"));
    assert_eq!(pictures.count(), 2, "the photo and the grey picture, each once");
}

#[test]
fn the_same_dossiers_make_the_same_bytes_whoever_drew_them_when() {
    let names = ["甲一", "乙二", "丙三", "丁四"];
    let drawn: Vec<Part> = names.iter().map(|name| dossier(name, 3)).collect();
    let of = |parts: &[Part]| run_of(&names.iter().zip(parts).map(|(name, part)| (*name, *name, part)).collect::<Vec<_>>());
    let first = of(&drawn);
    assert!(of(&drawn) == first);
    let mut later: Vec<(usize, Part)> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).rev().map(|at| scope.spawn(move || (at, dossier(names[at], 3)))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    later.sort_by_key(|(at, _)| *at);
    let later: Vec<Part> = later.into_iter().map(|(_, part)| Part::from_bytes(&part.to_bytes().unwrap()).unwrap()).collect();
    assert!(of(&later) == first);
    // The faces do not depend on the order of the dossiers.
    let faces = |bytes: &[u8]| -> Vec<Vec<u8>> {
        let document = Document::load_mem(bytes).unwrap();
        let streams = document.objects.values().filter_map(|object| object.as_stream().ok());
        let mut faces: Vec<_> = streams.filter(|stream| stream.dict.has(b"Subtype")).map(|stream| stream.content.clone()).collect();
        faces.sort();
        faces
    };
    let turned: Vec<_> = names.iter().zip(&drawn).rev().map(|(name, part)| (*name, *name, part)).collect();
    assert_eq!(faces(&run_of(&turned)), faces(&first));
}

#[test]
fn a_shared_glyph_says_what_each_dossier_says() {
    let face = fonts().chain(FontRole::Song)[0];
    let glyph = |ch: char, stands_for: char| {
        let metrics = fonts().glyph(face, ch).unwrap();
        Glyph { id: metrics.id, ch: stands_for, advance: metrics.advance, space: 0.0 }
    };
    let page = |glyphs: Vec<Glyph>| {
        let run = Run { face, size: Pt(12.0), x: Mm(20.0), baseline: Mm(20.0), glyphs };
        let text = ItemKind::Text(Text { runs: vec![run], actual: None, flow: None });
        let frame = Frame { size: (Mm(210.0), Mm(297.0)), title: None, items: vec![form::item(Role::Text, text)], tables: Vec::new() };
        draw(&[(&trial().0, &Layout { frames: vec![frame], values: Vec::new() })], fonts(), true).unwrap()
    };
    // U+2F00 is a Kangxi radical, U+FA0C a compatibility ideograph; both look like a common character.
    let parts = [
        page(vec![glyph('一', '\u{2F00}'), glyph('兀', '\u{FA0C}')]),
        page(vec![glyph('一', '一'), glyph('兀', '兀')]),
        page(vec![glyph('兀', '\u{FA0C}'), glyph('一', '一')]),
    ];
    let wanted = ["\u{2F00}\u{FA0C}", "一兀", "\u{FA0C}一"];
    for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2], [2, 0, 1]] {
        let document = Document::load_mem(&run_of(&order.map(|at| ("1", "某人", &parts[at])))).unwrap();
        for (place, at) in order.iter().enumerate() {
            assert_eq!(said(&document, document.get_pages()[&(place as u32 * 2 + 1)]), wanted[*at], "{order:?}");
        }
        for (_, map) in reading::to_unicode_maps(&document) {
            assert!(map.values().all(|ch| !('\u{2E80}'..='\u{2FDF}').contains(ch)));
        }
    }
}

#[test]
fn each_dossier_says_its_own_words() {
    let words = ["张三丰绝技", "李四光石油", "王㛃𠅤样品", "龘靐齉"];
    let parts = words.map(|words| dossier(words, 3));
    let list: Vec<_> = words.iter().zip(&parts).map(|(name, part)| ("1", *name, part)).collect();
    let document = Document::load_mem(&run_of(&list)).unwrap();
    let pages = document.get_pages();
    for (number, words) in words.iter().enumerate() {
        for page in 0..3 {
            assert_eq!(said(&document, pages[&(number as u32 * 4 + page + 1)]), format!("{words}{page}"));
        }
    }
}

#[test]
fn what_cannot_be_put_together_is_an_error() {
    assert!(matches!(draw(&[], fonts(), true), Err(Error::Write(_))));
    let empty = PrintRun::new(Vec::new(), fonts(), &RunOptions::default()).unwrap();
    assert!(matches!(empty.finish(), Err(Error::Write(_))), "no dossier");
    let none = draw(&[(&trial().0, &Layout { frames: Vec::new(), values: Vec::new() })], fonts(), true).unwrap();
    let mut run = PrintRun::new(Vec::new(), fonts(), &RunOptions::default()).unwrap();
    assert!(matches!(run.add("1", "某人", &none), Err(Error::Write(_))), "no pages");

    // Other faces than those it was drawn with: the numbers of the faces are others.
    let folder = |name: &str| format!("{}/fonts/{name}", env!("CARGO_MANIFEST_DIR")).into();
    let others = FontOptions { folders: vec![folder("rare"), folder("noto"), folder("fandol")], system: false };
    let others = Fonts::open(&others).unwrap();
    let part = dossier("册", 1);
    assert!(matches!(write_part(&part, &others, &PdfOptions::print()), Err(Error::Font(why)) if why.contains("字体")));
    let other =
        draw(&[(&trial().0, &Layout { frames: vec![Frame { items: Vec::new(), ..sheet("册", 0) }], values: Vec::new() })], &others, true);
    let mut run = PrintRun::new(Vec::new(), &others, &RunOptions::default()).unwrap();
    for _ in 0..2 {
        run.add("1", "某人", other.as_ref().unwrap()).unwrap();
        assert!(matches!(run.add("1", "某人", &part), Err(Error::Font(_))));
    }
    assert_eq!(run.pages(), 3, "what was refused left no trace");
    assert_eq!(Document::load_mem(&run.finish().unwrap()).unwrap().get_pages().len(), 3);
}

#[test]
fn a_dossier_never_reaches_a_log() {
    let told = format!("{:?}", dossier("张三", 2));
    assert_eq!(told, "Part(2 pages, 0 pictures, 0 copies)");
}

/// A page of a stranger's file: a black corner at the left top as it is shown, everything in it as odd as it may be
/// unless it is tame.
fn stranger(rotate: u16, tame: bool, objects: &Arc<Vec<ImportedObject>>) -> Arc<ImportedPage> {
    let name = |name: &[u8]| Value::Name(name.to_vec());
    // The left top corner as shown, in the page's own coordinates.
    let corner = match rotate {
        90 => "10 20 50 50",
        180 => "160 20 50 50",
        270 => "160 270 50 50",
        _ => "10 270 50 50",
    };
    let resources = Value::Dict(vec![
        (b"XObject".to_vec(), Value::Dict(vec![(b"A b".to_vec(), Value::Ref(0))])),
        (b"Font".to_vec(), Value::Dict(vec![(b"F".to_vec(), Value::Ref(4_000_000))])),
        (
            b"Odd)(<<".to_vec(),
            Value::Array(vec![Value::Text(b"))\\(\r\0\xFF".to_vec()), Value::Real(f32::NAN), Value::Int(i64::MAX), name(b"/ #\0")]),
        ),
    ]);
    Arc::new(ImportedPage {
        width: Mm(if rotate.is_multiple_of(180) { 70.0 } else { 105.0 }),
        height: Mm(if rotate.is_multiple_of(180) { 105.0 } else { 70.0 }),
        bbox: [10.0, 20.0, 210.0, 320.0],
        rotate,
        // More `Q` than `q`, and a `q` that is never ended.
        content: if tame { format!("0 g {corner} re f") } else { format!("Q Q 0 g {corner} re f q 3 0 0 3 0 0 cm") }.into_bytes(),
        resources,
        objects: Arc::clone(objects),
        coloured: false,
    })
}

fn strange_objects() -> Arc<Vec<ImportedObject>> {
    let deep = (0..200).fold(Value::Ref(1), |inner, _| Value::Array(vec![inner]));
    let dict =
        |entries: &[(&str, Value)]| Value::Dict(entries.iter().map(|(key, value)| (key.as_bytes().to_vec(), value.clone())).collect());
    let form = dict(&[
        ("Type", Value::Name(b"XObject".to_vec())),
        ("Subtype", Value::Name(b"Form".to_vec())),
        ("BBox", Value::Array([0, 0, 1, 1].map(Value::Int).to_vec())),
        ("Length", Value::Int(999_999)),
        ("Circle", Value::Ref(1)),
        ("Deep", deep),
    ]);
    let bare = |value: Value| ImportedObject { value, stream: None };
    Arc::new(vec![
        ImportedObject { value: form, stream: Some(vec![b' '; 600]) },
        bare(dict(&[("Back", Value::Ref(0)), ("Chain", Value::Ref(2)), ("Nowhere", Value::Ref(77)), ("Round", Value::Ref(4))])),
        bare(Value::Ref(3)),
        bare(Value::Text("链".as_bytes().to_vec())),
        bare(Value::Ref(5)),
        bare(Value::Ref(4)),
        bare(Value::Text(b"nobody reaches this".to_vec())),
    ])
}

/// Eight copies on a page each: turned by the file and by us.
fn copies(tame: bool) -> Part {
    let objects = strange_objects();
    let pages = [0, 90, 180, 270].map(|rotate| stranger(rotate, tame, &objects));
    let frame = |page: &Arc<ImportedPage>, turned: bool| {
        let upright = if page.rotate.is_multiple_of(180) { (100.0, 150.0) } else { (150.0, 100.0) };
        let (w, h) = if turned { (upright.1, upright.0) } else { upright };
        let copy = PlacedCopy { at: Rect::new(30.0, 40.0, w, h), page: Arc::clone(page), turned };
        let mark = form::set(fonts(), FontRole::Song, 12.0, (20.0, 250.0), "与原件一致");
        let items = vec![form::item(Role::Text, ItemKind::Copy(copy)), form::item(Role::Text, ItemKind::Text(mark))];
        Frame { size: (Mm(210.0), Mm(297.0)), title: None, items, tables: Vec::new() }
    };
    let frames = pages.iter().flat_map(|page| [frame(page, false), frame(page, true)]).collect();
    draw(&[(&trial().0, &Layout { frames, values: Vec::new() })], fonts(), true).unwrap()
}

#[test]
fn a_strangers_page_is_copied_with_what_it_needs_and_no_more() {
    let part = copies(false);
    assert_eq!(format!("{part:?}"), "Part(8 pages, 0 pictures, 4 copies)");
    let part = Part::from_bytes(&part.to_bytes().unwrap()).unwrap();
    for bytes in [write_part(&part, fonts(), &PdfOptions::print()).unwrap(), run_of(&[("1", "某人", &part), ("2", "某人", &part)])] {
        let document = Document::load_mem(&bytes).unwrap();
        assert!(document.objects.values().all(|object| object.as_str().ok() != Some(&b"nobody reaches this"[..])));
        for (id, object) in &document.objects {
            reading::references(object, &mut |target| assert!(document.objects.contains_key(&target), "{id:?} → {target:?}"));
        }
        let parts = if document.get_pages().len() > 8 { 2 } else { 1 };
        let with = |key: &[u8]| -> Vec<ObjectId> {
            let has = |object: &&Object| {
                object.as_dict().or_else(|_| object.as_stream().map(|stream| &stream.dict)).is_ok_and(|dict| dict.has(key))
            };
            document.objects.iter().filter(|(_, object)| has(object)).map(|(id, _)| *id).collect()
        };
        assert_eq!((with(b"Circle").len(), with(b"Back").len(), with(b"Matrix").len()), (parts, parts, parts * 4), "each once a part");
        let back = document.get_dictionary(with(b"Back")[0]).unwrap();
        assert!(back.get(b"Nowhere").is_err() && back.get(b"Round").is_err(), "what leads nowhere is left out");
        let chain = document.get_object(back.get(b"Chain").unwrap().as_reference().unwrap()).unwrap();
        assert_eq!(chain.as_str().unwrap(), "链".as_bytes());
        let form = document.get_object(with(b"Circle")[0]).unwrap().as_stream().unwrap();
        assert_eq!(form.get_plain_content().unwrap(), [b' '; 600]);
        let copy = document.get_object(with(b"Matrix")[0]).unwrap().as_stream().unwrap();
        let resources = copy.dict.get(b"Resources").unwrap().as_dict().unwrap();
        let odd = resources.get(b"Odd)(<<").unwrap().as_array().unwrap();
        assert_eq!(odd[0].as_str().unwrap(), b"))\\(\r\0\xFF");
        assert_eq!(odd[1].as_float().unwrap(), 0.0);
        assert_eq!(odd[3].as_name().unwrap(), b"/ #");
        assert!(resources.get(b"Font").unwrap().as_dict().unwrap().is_empty());
        assert!(resources.get(b"XObject").unwrap().as_dict().unwrap().get(b"A b").unwrap().as_reference().is_ok());
    }
    let nothing = Arc::new(ImportedPage { bbox: [0.0, 0.0, f32::NAN, 9.0], ..(*stranger(0, false, &strange_objects())).clone() });
    let copy = ItemKind::Copy(PlacedCopy { at: Rect::new(0.0, 0.0, 9.0, 9.0), page: nothing, turned: false });
    let frame = Frame { size: (Mm(210.0), Mm(297.0)), title: None, items: vec![form::item(Role::Text, copy)], tables: Vec::new() };
    let drawn = draw(&[(&trial().0, &Layout { frames: vec![frame], values: Vec::new() })], fonts(), true);
    assert!(matches!(drawn, Err(Error::Write(_))), "a page without a size");
}

/// Says what a process of its own needed for a long run.
const LONG_RUN: &str = "FORMWRIGHT_LONG_RUN";

#[test]
fn memory_does_not_grow_with_the_dossiers() {
    if std::env::var_os(LONG_RUN).is_some() {
        return;
    }
    let test = ["--exact", "a_long_run", "--nocapture", "--test-threads=1"];
    let peak = |dossiers: &str| -> u64 {
        let done = std::process::Command::new(std::env::current_exe().unwrap()).args(test).env(LONG_RUN, dossiers).output().unwrap();
        let told = String::from_utf8_lossy(&done.stdout).into_owned();
        told.split("peak KiB: ").nth(1).and_then(|rest| rest.split_whitespace().next()).unwrap_or_else(|| panic!("{told}")).parse().unwrap()
    };
    let (few, many) = (peak("50"), peak("3000"));
    // Three hundred megabytes of pages more: what is kept is some numbers an object.
    assert!(many < few + 16 * 1024, "{few} KiB for 50 dossiers, {many} KiB for 3,000");
    assert!(many < 120 * 1024, "{many} KiB");
}

#[test]
fn a_long_run() {
    let Some(dossiers) = std::env::var(LONG_RUN).ok().and_then(|count| count.parse::<usize>().ok()) else { return };
    let (form, layout) = trial();
    let mut layout = layout.clone();
    // A photo that does not deflate, 100 KB.
    let mut state = 1_u32;
    let noise = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    });
    let picture = formwright::image::Picture {
        width: 250,
        height: 400,
        colour: formwright::image::Colour::Grey,
        data: formwright::image::PictureData::Raw(noise.take(100_000).collect()),
    };
    let at = Rect::new(20.0, 20.0, 25.0, 40.0);
    let placed = formwright::layout::Placed { at, clip: at, picture: Arc::new(picture), turned: true };
    layout.frames[0].items.push(form::item(Role::Text, ItemKind::Image(placed)));
    let kept = draw(&[(form, &layout)], fonts(), true).unwrap().to_bytes().unwrap();
    let mut run = PrintRun::new(std::io::sink(), fonts(), &RunOptions::default()).unwrap();
    for number in 0..dossiers {
        run.add(&number.to_string(), "某人", &Part::from_bytes(&kept).unwrap()).unwrap();
    }
    assert_eq!(run.pages(), dossiers * 2);
    run.finish().unwrap();
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).and_then(|line| line.split_whitespace().next()).unwrap();
    println!("peak KiB: {peak}");
}
