//! The facts of the round stand once, and the output is the same whoever asks, and on however many threads.

use std::fs;
use std::path::Path;

use formwright::layout::ItemKind;
use formwright::{Engine, Filled, PdfOptions, Record};

type Any = Box<dyn std::error::Error>;

fn home() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn copy(from: &Path, to: &Path) -> Result<(), Any> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// The form's own words, each item's on a line.
fn words(filled: &Filled<'_>) -> String {
    let items = filled.layout().frames.iter().flat_map(|frame| &frame.items);
    let texts = items.filter_map(|item| if let ItemKind::Text(text) = &item.kind { Some(text) } else { None });
    let lines = texts.map(|text| text.runs.iter().flat_map(|run| &run.glyphs).map(|glyph| glyph.ch).chain(['\n']).collect::<String>());
    lines.collect()
}

#[test]
fn the_next_round_is_an_edit_of_one_file() -> Result<(), Any> {
    let folder = tempfile::tempdir()?;
    copy(&home().join("templates"), folder.path())?;
    let round = folder.path().join("round.json");
    let edited = fs::read_to_string(&round)?.replace("\"round\": \"七\"", "\"round\": \"八\"");
    fs::write(&round, edited)?;
    let engine = Engine::open(folder.path(), home().join("fonts"))?;
    for (name, title) in [("recommendation", "温州市第八轮首席技师推荐表"), ("summary", "温州市第八轮首席技师推荐人选情况一览表")]
    {
        let blank = engine.blank(name)?;
        let shown = words(&blank);
        assert!(shown.contains(title), "{name}: {shown}");
        assert!(!shown.contains("第七轮"), "{name}");
        assert_eq!(blank.form().template.title, title);
        assert_eq!(engine.schema(name)?["title"], title);
        let bookmarks: Vec<&str> = blank.layout().frames.iter().filter_map(|frame| frame.title.as_deref()).collect();
        assert!(!bookmarks.concat().contains('七'), "{bookmarks:?}");
        // Strings of a PDF are UTF-16BE; 第七轮 is in none of them, 第八轮 in the title.
        let pdf = blank.pdf(&PdfOptions::print())?;
        let has = |text: &str| {
            let wanted: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
            let hex: String = wanted.iter().map(|byte| format!("{byte:02X}")).collect();
            let find = |what: &[u8]| pdf.windows(what.len()).any(|window| window.eq_ignore_ascii_case(what));
            find(&wanted) || find(hex.as_bytes()) || find(text.as_bytes())
        };
        assert!(has("第八轮") && !has("第七轮"), "{name}");
    }
    Ok(())
}

#[test]
fn eight_threads_make_the_same_bytes() -> Result<(), Any> {
    let engine = Engine::open(home().join("templates"), home().join("fonts"))?;
    let record = Record::open(home().join("samples/nominee.json"))?;
    let make = || -> Result<Vec<u8>, formwright::Error> { engine.fill("recommendation", record.clone())?.pdf(&PdfOptions::fillable()) };
    let made: Vec<_> = std::thread::scope(|scope| {
        let running: Vec<_> = (0..8).map(|_| scope.spawn(make)).collect();
        running.into_iter().map(|thread| thread.join()).collect()
    });
    let alone = Engine::open(home().join("templates"), home().join("fonts"))?
        .fill("recommendation", record.clone())?
        .pdf(&PdfOptions::fillable())?;
    for bytes in made {
        let bytes = bytes.map_err(|_| "a thread panicked")??;
        assert!(bytes == alone, "{} and {} bytes", bytes.len(), alone.len());
    }
    Ok(())
}

#[test]
fn the_schema_tells_the_room_of_texts_that_may_continue() -> Result<(), Any> {
    let engine = Engine::open(home().join("templates"), home().join("fonts"))?;
    let schema = engine.schema("recommendation")?;
    for property in [
        &schema["properties"]["personal_summary"],
        &schema["properties"]["achievements"]["properties"]["specialty"]["properties"]["content"],
    ] {
        assert!(property["x-capacity"].as_u64().is_some_and(|room| room > 300), "{property}");
        assert!(property["maxLength"].is_null(), "{property}");
    }
    // Where a text may not continue there are both.
    let employer = &schema["properties"]["employer"];
    assert_eq!(employer["maxLength"].as_u64(), employer["x-capacity"].as_u64().map(|room| room * 2));
    Ok(())
}
