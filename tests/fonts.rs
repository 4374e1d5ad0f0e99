//! The bundled faces: who plays which part, what they cover together, and how little is read.

use std::path::{Path, PathBuf};

use formwright::diag::{Lang, print};
use formwright::engine::Engine;
use formwright::error::Error;
use formwright::fonts::{FaceId, FontOptions, Fonts};
use formwright::form::FontRole::{self, Fang, Hei, Song, Title};
use formwright::pdf::PdfOptions;

fn bundled() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fonts")
}

fn open(folders: &[&Path]) -> Result<Fonts, Error> {
    Fonts::open(&FontOptions { folders: folders.iter().map(|folder| folder.to_path_buf()).collect(), system: false })
}

fn own_name(fonts: &Fonts, role: FontRole) -> &str {
    fonts.name(fonts.chain(role)[0])
}

fn covered(fonts: &Fonts, role: FontRole, ch: char) -> Option<FaceId> {
    fonts.chain(role).iter().copied().find(|face| fonts.glyph(*face, ch).is_some())
}

#[test]
fn each_role_has_its_face_and_the_same_ones_after_it() {
    let fonts = open(&[&bundled()]).unwrap();
    let chain = |role| fonts.chain(role).iter().map(|face| fonts.name(*face)).collect::<Vec<_>>();
    let rare = ["HanaMinB", "FWRareGH-Regular"];
    for (role, first) in [
        (Song, &["FWSerifSC-Regular"] as &[&str]),
        (Fang, &["FandolFang-Regular", "FWSerifSC-Regular"]),
        (Hei, &["FWSansSC-Medium", "FWSerifSC-Regular"]),
        (Title, &["FWSerifSC-Bold", "FWSerifSC-Regular"]),
    ] {
        let chain = chain(role);
        let begin = [first, &rare].concat();
        assert_eq!(chain[..begin.len()], begin, "{role:?}");
        // The other roles' faces come last, so that no face that is there is passed over.
        assert_eq!(chain.len(), 6, "{role:?}: {chain:?}");
    }
    assert!(fonts.notes().is_empty(), "{:?}", fonts.notes());
}

#[test]
fn every_name_character_of_the_stress_list_is_covered() {
    let fonts = open(&[&bundled()]).unwrap();
    let list = include_str!("reference/names.tsv");
    let names: Vec<char> = list.lines().skip(1).filter_map(|line| line.chars().next()).collect();
    assert_eq!(names.len(), 215);
    for role in [Song, Fang, Hei, Title] {
        for ch in &names {
            assert!(covered(&fonts, role, *ch).is_some(), "U+{:04X} in {role:?}", u32::from(*ch));
        }
    }
}

#[test]
fn every_character_of_gb_18030_level_3_is_covered() {
    let fonts = open(&[&bundled()]).unwrap();
    // GB 18030-2022, implementation level 3: the unified ideographs of Unicode 11 with Extensions A to F, and twelve that stand
    // among the compatibility ideographs.
    let blocks = [
        0x3400..=0x4DB5,
        0x4E00..=0x9FEF,
        0x20000..=0x2A6D6,
        0x2A700..=0x2B734,
        0x2B740..=0x2B81D,
        0x2B820..=0x2CEA1,
        0x2CEB0..=0x2EBE0_u32,
    ];
    let twelve = [0xFA0E, 0xFA0F, 0xFA11, 0xFA13, 0xFA14, 0xFA1F, 0xFA21, 0xFA23, 0xFA24, 0xFA27, 0xFA28, 0xFA29];
    let all: Vec<char> = blocks.into_iter().flatten().chain(twelve).filter_map(char::from_u32).collect();
    assert_eq!(all.len(), 87_887);
    let gone: Vec<String> =
        all.iter().filter(|ch| covered(&fonts, Fang, **ch).is_none()).map(|ch| format!("U+{:04X}", u32::from(*ch))).collect();
    assert!(gone.is_empty(), "{gone:?}");
}

#[test]
fn the_stress_list_says_what_the_bundled_fang_covers() {
    let fonts = open(&[&bundled()]).unwrap();
    let face = fonts.chain(Fang)[0];
    for line in include_str!("reference/names.tsv").lines().skip(1) {
        let mut columns = line.split('\t');
        let ch = columns.next().and_then(|column| column.chars().next()).unwrap();
        let listed = columns.nth(5) == Some("y");
        assert_eq!(fonts.glyph(face, ch).is_some(), listed, "U+{:04X}", u32::from(ch));
    }
}

#[test]
fn coverage_and_widths_are_those_measured() {
    let fonts = open(&[&bundled()]).unwrap();
    let (song, fang) = (fonts.chain(Song)[0], fonts.chain(Fang)[0]);
    let advance = |face, ch| fonts.glyph(face, ch).map(|glyph| (glyph.advance * 1000.0).round() as i32);
    assert_eq!(advance(fang, '啰'), None);
    assert_eq!(advance(fang, '瞭'), None);
    assert_eq!(advance(song, '啰'), Some(1000));
    assert_eq!(advance(fang, '7'), Some(500));
    assert_eq!(advance(song, '—'), Some(890));
    assert_eq!(advance(song, '·'), Some(327));
    assert_eq!(advance(fang, '·'), Some(1000));
    assert_eq!(advance(fang, '\u{3000}'), Some(1000));
    // Extension I is in no face, nor is a character of private use, nor anything in a face that does not exist.
    assert_eq!(covered(&fonts, Song, '\u{2ebf0}'), None);
    assert_eq!(fonts.glyph(FaceId(999), '一'), None);
    assert!(fonts.face(FaceId(999)).is_err());
}

#[test]
fn opening_and_measuring_read_no_whole_file() {
    let fonts = open(&[&bundled()]).unwrap();
    assert!(fonts.loaded().is_empty());
    // In none of the earlier faces: even so, 30 MB are not read for a width.
    let rare = covered(&fonts, Song, '\u{20164}').unwrap();
    assert!(covered(&fonts, Song, '\u{2ebf0}').is_none());
    assert!(fonts.loaded().is_empty());
    assert!(fonts.face(rare).unwrap().data.len() > 1_000_000);
    assert_eq!(fonts.loaded(), [rare]);
}

#[test]
fn a_face_that_is_read_tells_what_a_writer_needs() {
    let fonts = open(&[&bundled()]).unwrap();
    for role in [Song, Fang, Hei, Title] {
        let face = fonts.face(fonts.chain(role)[0]).unwrap();
        assert!(face.cff && face.fillable && face.index == 0, "{role:?}");
        assert!(face.descent < -0.1 && face.ascent > 0.7 && face.cap_height > 0.6, "{role:?}");
        assert!(face.bbox[0] < face.bbox[2] && face.bbox[1] < face.bbox[3], "{role:?}");
        assert!((face.italic_angle).abs() < 0.01, "{role:?}");
    }
    let rare = fonts.face(fonts.chain(Song)[2]).unwrap();
    assert!(!rare.cff && rare.postscript_name == "FWRareGH-Regular");
}

#[test]
fn it_is_shared_between_threads() {
    fn shared<T: Send + Sync>(_: &T) {}
    let fonts = open(&[&bundled()]).unwrap();
    shared(&fonts);
    let face = fonts.chain(Fang)[0];
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert!(fonts.glyph(face, '王').is_some()));
        }
    });
}

#[test]
fn faces_come_from_memory_too() {
    let names = ["noto/FWSerifSC-Regular.otf", "noto/FWSerifSC-Bold.otf", "noto/FWSansSC-Medium.otf", "fandol/FandolFang-Regular.otf"];
    let files: Vec<Vec<u8>> = names.iter().map(|name| std::fs::read(bundled().join(name)).unwrap()).collect();
    let fonts = Fonts::from_memory(files.clone()).unwrap();
    assert_eq!(
        [Song, Title, Hei, Fang].map(|role| own_name(&fonts, role)),
        ["FWSerifSC-Regular", "FWSerifSC-Bold", "FWSansSC-Medium", "FandolFang-Regular"]
    );
    assert!(fonts.glyph(fonts.chain(Fang)[0], '王').is_some());
    assert_eq!(fonts.face(fonts.chain(Fang)[0]).unwrap().data.len(), files[3].len());
    assert!(fonts.loaded().is_empty(), "nothing came from disk");

    let error = Fonts::from_memory(files[..3].to_vec()).unwrap_err().to_string();
    assert!(error.contains("仿宋") && error.contains("FandolFang-Regular.otf"), "{error}");
}

#[test]
fn a_missing_folder_and_an_empty_one_say_what_to_do() {
    let nowhere = Path::new("/nowhere/at/all");
    let error = open(&[nowhere]).unwrap_err().to_string();
    assert!(error.contains("/nowhere/at/all") && error.contains("--fonts"), "{error}");

    let empty = tempfile::tempdir().unwrap();
    let error = open(&[empty.path()]).unwrap_err().to_string();
    assert!(error.contains("宋体") && error.contains(&empty.path().display().to_string()), "{error}");

    assert!(open(&[]).unwrap_err().to_string().contains("宋体"));
}

/// An office's own folder: small faces made from the bundled one by changing its names or its permission.
fn office(folder: &Path, file: &str, change: impl Fn(&mut Vec<u8>)) {
    let mut data = std::fs::read(bundled().join("fandol/FandolFang-Regular.otf")).unwrap();
    change(&mut data);
    std::fs::write(folder.join(file), data).unwrap();
}

/// Replaces a family name of the same length in every encoding of the name table.
fn rename(data: &mut [u8], from: &str, to: &str) {
    let wide = |name: &str| name.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>();
    for (from, to) in [(from.as_bytes().to_vec(), to.as_bytes().to_vec()), (wide(from), wide(to))] {
        assert_eq!(from.len(), to.len());
        let places: Vec<usize> = data.windows(from.len()).enumerate().filter(|(_, part)| *part == from).map(|(at, _)| at).collect();
        for at in places {
            data[at..at + from.len()].copy_from_slice(&to);
        }
    }
}

/// Sets OS/2 fsType.
fn permit(data: &mut [u8], fs_type: u16) {
    let record = (0..64).map(|at| 12 + 16 * at).find(|at| &data[*at..*at + 4] == b"OS/2").unwrap();
    let offset = u32::from_be_bytes(data[record + 8..record + 12].try_into().unwrap()) as usize;
    data[offset + 8..offset + 10].copy_from_slice(&fs_type.to_be_bytes());
}

#[test]
fn an_offices_own_face_comes_before_the_bundled_one() {
    let folder = tempfile::tempdir().unwrap();
    // “FandolFang” and “STFangsong” are of equal length.
    office(folder.path(), "own.otf", |data| rename(data, "FandolFang", "STFangsong"));
    let bundled = bundled();
    for folders in [[folder.path(), bundled.as_path()], [bundled.as_path(), folder.path()]] {
        let fonts = open(&folders).unwrap();
        let names: Vec<_> = fonts.chain(Fang).iter().map(|face| fonts.name(*face)).collect();
        assert_eq!(names[..3], ["STFangsong-Regular", "FandolFang-Regular", "FWSerifSC-Regular"]);
        assert_eq!(own_name(&fonts, Song), "FWSerifSC-Regular");
    }
}

#[test]
fn a_face_of_no_part_supplements_all_chains_after_the_rare_ones() {
    let folder = tempfile::tempdir().unwrap();
    for (file, name) in [("b.otf", "Supplement"), ("a.otf", "Aupplement")] {
        office(folder.path(), file, |data| rename(data, "FandolFang", name));
    }
    let fonts = open(&[folder.path(), &bundled()]).unwrap();
    for role in [Song, Fang, Hei, Title] {
        let names: Vec<_> = fonts.chain(role).iter().map(|face| fonts.name(*face)).collect();
        let rare = names.iter().position(|name| *name == "FWRareGH-Regular").unwrap();
        assert_eq!(names[rare + 1..rare + 3], ["Aupplement-Regular", "Supplement-Regular"], "sorted by path");
    }
}

#[test]
fn licences_are_honoured() {
    for (fs_type, used, fillable, word) in [
        (0x0000, true, true, ""),
        (0x0008, true, true, ""),
        (0x000c, true, true, ""),
        (0x0004, true, false, "fsType 4"),
        (0x0002, false, false, "fsType 2"),
        (0x0100, false, false, "0x100"),
        (0x0208, false, false, "0x200"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        office(folder.path(), "own.otf", |data| {
            rename(data, "FandolFang", "STFangsong");
            permit(data, fs_type);
        });
        let fonts = open(&[folder.path(), &bundled()]).unwrap();
        assert_eq!(own_name(&fonts, Fang) == "STFangsong-Regular", used, "{fs_type:#x}");
        if used {
            assert_eq!(fonts.face(fonts.chain(Fang)[0]).unwrap().fillable, fillable, "{fs_type:#x}");
        }
        let notes: Vec<_> = fonts.notes().iter().map(|note| note.en.as_str()).collect();
        assert_eq!(notes.len(), usize::from(!word.is_empty()), "{notes:?}");
        assert!(notes.iter().all(|note| note.contains(word)), "{notes:?}");
    }
}

#[test]
fn a_face_for_print_alone_is_a_persons_matter() {
    let folder = tempfile::tempdir().unwrap();
    office(folder.path(), "own.otf", |data| {
        rename(data, "FandolFang", "STFangsong");
        permit(data, 4);
    });
    let options = FontOptions { folders: vec![folder.path().to_path_buf(), bundled()], system: false };
    let engine = Engine::open_with(Path::new(env!("CARGO_MANIFEST_DIR")).join("templates"), &options).unwrap();
    let blank = engine.blank("recommendation").unwrap();
    assert!(blank.pdf(&PdfOptions::print()).is_ok());
    let Err(Error::Refused(found)) = blank.pdf(&PdfOptions::fillable()) else { panic!("a diagnostic was due") };
    assert_eq!(found.codes(), ["print-only-font"]);
    for lang in [Lang::Zh, Lang::En] {
        let words = print(&found, lang);
        assert!(words.contains("STFangsong-Regular") && words.contains("own.otf") && words.contains("--fillable"), "{words}");
    }
}

#[test]
fn a_folder_without_fonts_is_told() {
    let (empty, nested) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    std::fs::write(empty.path().join("readme.txt"), "fonts").unwrap();
    std::fs::create_dir(nested.path().join("inner")).unwrap();
    office(&nested.path().join("inner"), "own.otf", |_| ());
    let fonts = open(&[empty.path(), nested.path(), nested.path(), &bundled()]).unwrap();
    let notes: Vec<_> = fonts.notes().iter().map(|note| note.en.as_str()).collect();
    assert_eq!(notes.len(), 1, "{notes:?}");
    assert!(notes[0].contains(&empty.path().display().to_string()) && notes[0].contains("--fonts"), "{notes:?}");
}

#[test]
fn a_refused_face_is_named_where_nobody_else_plays_its_part() {
    let folder = tempfile::tempdir().unwrap();
    office(folder.path(), "own.otf", |data| permit(data, 2));
    let error = open(&[folder.path(), &bundled().join("noto")]).unwrap_err().to_string();
    assert!(error.contains("仿宋") && error.contains("fsType 2") && error.contains("own.otf"), "{error}");
}

#[test]
fn the_same_file_in_two_folders_is_one_face() {
    let bundled = bundled();
    let once = open(&[&bundled]).unwrap();
    let twice = open(&[&bundled, &bundled.join("noto"), &bundled]).unwrap();
    assert_eq!(once.chain(Fang).len(), twice.chain(Fang).len());
}

#[test]
fn damaged_files_are_noted_and_never_stop_the_others() {
    let whole = std::fs::read(bundled().join("fandol/FandolFang-Regular.otf")).unwrap();
    let mut endless = b"ttcf\x00\x01\x00\x00".to_vec();
    endless.extend([0xff; 400]);
    let mut far = b"ttcf\x00\x01\x00\x00\x00\x00\x00\x01".to_vec();
    far.extend([0xff; 4]);
    let files: [(&str, Vec<u8>); 9] = [
        ("empty.ttf", Vec::new()),
        ("short.otf", b"OTTO".to_vec()),
        ("text.ttf", b"this is no font at all, whatever its name says".repeat(20)),
        ("endless.ttc", endless),
        ("far.ttc", far),
        ("cut.otf", whole[..whole.len() / 2].to_vec()),
        ("tables.otf", b"OTTO\xff\xff\x00\x00\x00\x00\x00\x00".to_vec()),
        ("none.ttf", b"\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00".to_vec()),
        ("head.otf", whole[..600].to_vec()),
    ];
    let folder = tempfile::tempdir().unwrap();
    for (name, data) in &files {
        std::fs::write(folder.path().join(name), data).unwrap();
    }
    std::fs::create_dir(folder.path().join("folder.ttf")).unwrap();
    let fonts = open(&[folder.path(), &bundled()]).unwrap();
    assert_eq!(own_name(&fonts, Fang), "FandolFang-Regular");
    for (name, _) in &files {
        assert!(fonts.notes().iter().any(|note| note.en.contains(name) && note.zh.contains(name)), "{name}: {:?}", fonts.notes());
    }
    let error = open(&[folder.path()]).unwrap_err().to_string();
    assert!(error.contains("宋体") && error.contains("cut.otf"), "{error}");
    assert!(Fonts::from_memory(files.into_iter().map(|(_, data)| data).collect()).is_err());
}

#[test]
fn scrambled_tables_never_panic() {
    // A face whose directory is sound and whose tables are not: what a bad disk leaves.
    let whole = std::fs::read(bundled().join("rare/FWRareGH-Regular.ttf")).unwrap();
    let (folder, bundled) = (tempfile::tempdir().unwrap(), bundled());
    let tables = (0..u16::from_be_bytes([whole[4], whole[5]]) as usize).map(|at| 12 + 16 * at).collect::<Vec<_>>();
    for tag in [b"cmap", b"head", b"hhea", b"hmtx", b"maxp", b"OS/2", b"name", b"post", b"loca"] {
        let record = *tables.iter().find(|at| &whole[**at..**at + 4] == tag).unwrap();
        let field = |at: usize| u32::from_be_bytes(whole[record + at..record + at + 4].try_into().unwrap()) as usize;
        let (offset, length) = (field(8), field(12));
        for fill in [0x00, 0xff, 0x41] {
            for keep in [0, 16] {
                let mut data = whole.clone();
                data[offset + keep.min(length)..offset + length.min(4096)].fill(fill);
                std::fs::write(folder.path().join("damaged.ttf"), data).unwrap();
                let fonts = open(&[folder.path(), &bundled.join("noto"), &bundled.join("fandol")]).unwrap();
                for face in fonts.chain(Song) {
                    let _ = (fonts.glyph(*face, '\u{30000}'), fonts.glyph(*face, 'a'), fonts.face(*face).map(|face| face.bbox));
                }
                assert!(fonts.glyph(fonts.chain(Song)[0], '王').is_some());
            }
        }
    }
}

#[test]
fn a_glyph_says_its_common_character() {
    let fonts = open(&[&bundled()]).unwrap();
    let mut faces: Vec<FaceId> = [Song, Fang, Hei, Title].iter().flat_map(|role| fonts.chain(*role)).copied().collect();
    faces.sort();
    faces.dedup();
    let common = [(' ', '~'), ('·', '·'), ('–', '—'), ('“', '”'), ('\u{3000}', '\u{3017}'), ('一', '\u{9FFF}'), ('！', '～')];
    for face in faces {
        for ch in ('\u{1}'..='\u{FFFF}').chain('\u{20000}'..='\u{323AF}') {
            let Some(glyph) = fonts.glyph(face, ch) else { continue };
            let spoken = fonts.spoken(face, glyph.id).unwrap();
            assert_eq!(spoken.advance, glyph.advance);
            let name = fonts.name(face);
            if common.iter().any(|(first, last)| (*first..=*last).contains(&ch)) {
                assert_eq!(spoken.says, Some(ch), "{name} U+{:04X}", u32::from(ch));
            }
            // A radical says the character that it looks like, or nothing.
            let noise = |ch: char| ch.is_control() || ('\u{2E80}'..='\u{2FDF}').contains(&ch) || ('\u{E000}'..='\u{F8FF}').contains(&ch);
            assert!(!spoken.says.is_some_and(noise), "{name} U+{:04X}", u32::from(ch));
        }
    }
}
