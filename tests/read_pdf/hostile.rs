//! Files that mean harm, or that came to harm.
//!
//! With `FUZZ_SEEDS=folder` they are written there, for `fuzz/` and for a look; with `MEASURE=1` their cost is told.

use std::time::{Duration, Instant};

use formwright::readback::{Content, read};

use super::raw::{body, deflated, file, file_with, flate, form, stream, with_table_stream};
use super::{codes, nominee, of, refused, text};

/// The processor time of this thread; tests run beside others, and a clock on the wall counts them too.
pub fn processor_time() -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let told = told.and_then(|line| line.split_whitespace().next()?.parse().ok()).map(Duration::from_nanos);
    static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    told.unwrap_or_else(|| START.get_or_init(Instant::now).elapsed())
}

/// What reading a hostile file comes to: its values, or its errors; in less than two seconds.
fn outcome(name: &str, bytes: &[u8]) -> Result<Vec<(String, String)>, Vec<&'static str>> {
    if let Some(folder) = std::env::var_os("FUZZ_SEEDS") {
        let name: String = name.chars().filter(char::is_ascii_alphanumeric).take(24).collect();
        std::fs::write(std::path::Path::new(&folder).join(format!("{name}-{}", bytes.len())), bytes).unwrap();
    }
    let start = processor_time();
    let back = read("x.pdf", bytes);
    let took = processor_time() - start;
    if std::env::var_os("MEASURE").is_some() {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let peak = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default();
        eprintln!("{name}: {} bytes, {took:?}, {peak}", bytes.len());
    }
    assert!(took < Duration::from_secs(2), "{name}: {took:?}");
    match back {
        Ok(back) => Ok(back
            .fields
            .iter()
            .map(|field| {
                let text = if let Content::Text(text) = &field.value { text.clone() } else { String::new() };
                (field.name.to_string(), text)
            })
            .collect()),
        Err(found) => Err(codes(&found)),
    }
}

fn name_is(value: &str) -> Result<Vec<(String, String)>, Vec<&'static str>> {
    Ok(vec![("name".to_owned(), value.to_owned())])
}

const FIELD: &str = "<</FT/Tx/T(name)/V(kept)>>";

#[test]
fn bombs_are_refused() {
    let zeros = vec![b'0'; 200 << 20];
    let bomb = deflated(&zeros);
    let with_filter = |filter: &str, data: &[u8]| {
        let mut objects = form(&[2], &["<</FT/Tx/T(name)/V 3 0 R>>"]);
        objects.push(stream(filter, data));
        file(&objects)
    };
    assert_eq!(outcome("stream bomb", &with_filter("/Filter/FlateDecode", &bomb)), Err(vec!["pdf-too-large"]));
    let nested = deflated(&bomb);
    assert_eq!(outcome("nested bomb", &with_filter("/Filter[/FlateDecode/FlateDecode]", &nested)), Err(vec!["pdf-too-large"]));
    let filters = "/FlateDecode".repeat(1_000);
    assert_eq!(outcome("a thousand filters", &with_filter(&format!("/Filter[{filters}]"), &bomb)), name_is(""));
    let columns = "/Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 2147483647/Colors 9999999>>";
    assert_eq!(outcome("wide predictor", &with_filter(columns, &deflated(b"abc"))), Err(vec!["pdf-too-large"]));
    assert_eq!(outcome("brotli", &with_filter("/Filter/BrotliDecode", b"\x1b\x03")), name_is(""));

    // Object streams, each below any limit of its own: lopdf takes 4.7 GB for ten.
    let mut objects = form(&[2], &["<</FT/Tx/T(name)/V 1000 0 R>>"]);
    let mut rows = Vec::new();
    for pack in 0..40u32 {
        let body = format!("{} 0 [{}]", 1000 + pack, "0 ".repeat(4_000_000));
        objects.push(flate(&format!("/Type/ObjStm/N 1/First {}", body.find('[').unwrap()), body.as_bytes()));
    }
    for pack in 0..40u32 {
        rows.push((2, 3 + pack, 0));
    }
    let last = objects.len();
    let dictionary = format!("/W[1 4 2]/Size 2000/Index[0 {} 1000 40]", last + 1);
    assert_eq!(outcome("object stream bombs", &with_table_stream(&objects, &rows, &dictionary)), Err(vec!["pdf-too-large"]));
    let broken = file(&objects).strip_suffix(b"%%EOF\n").unwrap().replace_last(b"startxref", b"startxxxx");
    assert_eq!(outcome("object stream bombs, no table", &broken), Err(vec!["pdf-too-large"]));

    // A table that is a bomb.
    let rows = flate("/Type/XRef/Root 1 0 R/W[1 0 0]/Size 99999999", &zeros);
    let mut out = b"%PDF-1.7\n1 0 obj\n".to_vec();
    out.extend(rows);
    out.extend(b"\nendobj\nstartxref\n9\n%%EOF");
    assert_eq!(outcome("table bomb", &out), Err(vec!["pdf-too-large"]));
}

trait Replace {
    fn replace_last(&self, old: &[u8], new: &[u8]) -> Vec<u8>;
}

impl Replace for [u8] {
    fn replace_last(&self, old: &[u8], new: &[u8]) -> Vec<u8> {
        let at = self.windows(old.len()).rposition(|window| window == old).expect("it is there");
        [&self[..at], new, &self[at + old.len()..]].concat()
    }
}

#[test]
fn what_leads_in_a_circle_ends() {
    let objects = form(&[2], &[FIELD]);
    let start = |bytes: &[u8]| bytes.windows(4).rposition(|window| window == b"xref").unwrap();
    let once = file(&objects);
    let place = once.windows(6).position(|window| window == b"\nxref\n").unwrap() + 1;
    assert!(start(&once) > place);
    assert_eq!(outcome("/Prev to itself", &file_with(&objects, &format!("/Prev {place}"))), name_is("kept"));

    let mut two = file_with(&objects, "");
    let second = two.len();
    two.extend(format!("xref\n0 0\ntrailer\n<</Size 3/Root 1 0 R/Prev {place}>>\nstartxref\n{second}\n%%EOF\n").bytes());
    assert_eq!(outcome("an empty update", &two), name_is("kept"));
    let first = two.windows(10).position(|window| window == b"/Root 1 0 ").unwrap();
    let mut circle = two.clone();
    circle.splice(first..first, format!("/Prev {:07} ", second + 14).bytes());
    let circle = circle.replace_last(format!("startxref\n{second}").as_bytes(), format!("startxref\n{}", second + 14).as_bytes());
    assert_eq!(outcome("two that lead to each other", &circle), name_is("kept"));

    for (name, objects) in [
        ("a field that is its own kid", vec!["<</T(a)/FT/Tx/Kids[2 0 R]>>", FIELD]),
        ("two that are each other's kid", vec!["<</T(a)/Kids[4 0 R 3 0 R]>>", FIELD, "<</T(b)/Kids[2 0 R]>>"]),
        ("a parent that is its own", vec!["<</Parent 2 0 R/T(x)/Kids[3 0 R]>>", FIELD]),
        ("references to references", vec!["4 0 R", FIELD, "2 0 R"]),
    ] {
        let mut all = form(&[2, 3], &objects);
        let end = all[0].len() - 2;
        all[0].splice(end.., b"/Pages 2 0 R>>".iter().copied());
        let found = outcome(name, &file(&all));
        assert!(found.as_ref().is_ok_and(|found| found.iter().any(|(_, value)| value == "kept")), "{name}: {found:?}");
    }
    // Widgets whose parents lead in a circle, seen from a page only.
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Kids[2 0 R 3 0 R 2 0 R]>>",
        "<</Annots[4 0 R 4 0 R 6 0 R]>>",
        "<</Subtype/Widget/Parent 5 0 R/T(x)>>",
        "<</Parent 4 0 R/T(x)>>",
        "<</Subtype/Widget/FT/Tx/T(name)/V(kept)>>",
    ];
    let found = outcome("parents in a circle", &file(&objects.map(|object| object.as_bytes().to_vec())));
    assert!(found.as_ref().is_ok_and(|found| found.contains(&("name".to_owned(), "kept".to_owned()))), "{found:?}");

    // lopdf overflows the stack on this one: each stream's length is the next stream.
    let mut chain = form(&[2], &["<</FT/Tx/T(name)/V 3 0 R>>"]);
    for next in 4..30_004 {
        chain.push(format!("<</Length {next} 0 R>>stream\n\nendstream").into_bytes());
    }
    chain.push(b"0".to_vec());
    assert_eq!(outcome("a chain of lengths", &file(&chain)), name_is(""));
    let own = with_table_stream(
        &[form(&[2], &[FIELD]), vec![b"<</Type/ObjStm/N 1/First 5/Length 9 0 R>>stream\n9 0 7 \nendstream".to_vec()]].concat(),
        &[(2, 3, 0)],
        "/W[1 4 2]/Size 10/Index[0 4 9 1]",
    );
    assert_eq!(outcome("an object stream that holds its length", &own), name_is("kept"));
}

#[test]
fn depth_and_width_have_an_end() {
    for deep in [20_000, 1_000_000] {
        let arrays = ["[".repeat(deep), "]".repeat(deep)].concat();
        let dictionaries = ["<</A".repeat(deep), ">>".repeat(deep)].concat();
        for value in [&arrays, &dictionaries, &"[".repeat(deep), &"<<".repeat(deep), &"(".repeat(deep)] {
            let bytes = file(&form(&[2, 3], &[&format!("<</FT/Tx/T(deep)/V {value}>>"), FIELD]));
            assert_eq!(outcome("deep", &bytes), name_is("kept"));
        }
    }
    let chain: Vec<String> = (0..50_000).map(|at| format!("<</T(a)/Kids[{} 0 R]>>", at + 3)).collect();
    let chain = form(&[2], &chain.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(outcome("a chain of kids", &file(&chain)).is_err());
    let wide = format!("<</Type/Catalog/AcroForm<</Fields[{}]>>>>", "2 0 R ".repeat(1_000_000));
    assert_eq!(outcome("a million kids", &file(&[wide.into_bytes(), FIELD.into()])), Err(vec!["pdf-too-large"]));
    let numbers = format!("<</Type/Catalog/A[{}]>>", "0 ".repeat(5_000_000));
    assert_eq!(outcome("five million numbers", &file(&[numbers.into_bytes()])), Err(vec!["pdf-too-large"]));
    let keys: String = (0..1_000_000).map(|at| format!("/{at:x} 0")).collect();
    assert_eq!(outcome("a million keys", &file(&[format!("<</Type/Catalog{keys}>>").into_bytes()])), Err(vec!["pdf-too-large"]));

    // Objects that lie in each other, so that reading each reads all behind it.
    let mut out = b"%PDF-1.7\n1 0 obj\n<</Type/Catalog/AcroForm<</Fields[".to_vec();
    out.extend((2..40_000).flat_map(|number| format!("{number} 0 R ").into_bytes()));
    out.extend(b"]>>>>\nendobj\n");
    out.extend((2..40_000).flat_map(|number| format!("{number} 0 obj (").into_bytes()));
    out.extend(b" ".repeat(4 << 20));
    assert_eq!(outcome("objects in each other", &out), Err(vec!["pdf-too-large"]));
}

/// One long thing that many name is paid for each time.
#[test]
fn what_is_shared_is_not_copied_without_end() {
    let many = 50_000;
    let list: String = (2..many + 2).map(|number| format!("{number} 0 R ")).collect();
    let start = format!("<</Type/Catalog/AcroForm<</Fields[{list}]>>>>").into_bytes();
    let long = "x".repeat(1 << 20);
    let options = format!("[{}]", "[(y)(z)]".repeat(2_000));
    let all = |field: &str, shared: Vec<u8>| {
        let fields =
            (0..many).map(|at| field.replace("NAME", &format!("a.{at}")).replace("SHARED", &format!("{} 0 R", many + 2)).into_bytes());
        file(&std::iter::once(start.clone()).chain(fields).chain([shared]).collect::<Vec<_>>())
    };
    for (name, field, shared) in [
        ("one text", "<</T(NAME)/FT/Tx/V SHARED>>", format!("({long})").into_bytes()),
        ("one name", "<</T SHARED/FT/Tx>>", format!("({})", "n".repeat(500)).into_bytes()),
        ("one list of options", "<</T(NAME)/FT/Ch/V(x)/Opt SHARED>>", options.into_bytes()),
        (
            "one picture",
            "<</T(NAME)/FWKind/photo/FT/Btn/AP<</N SHARED>>>>",
            stream("/Subtype/Image/Filter/DCTDecode", &[b"\xFF\xD8", long.as_bytes()].concat()),
        ),
        ("one stream that is nothing", "<</T(NAME)/FT/Tx/V SHARED>>", stream("/Filter/ASCIIHexDecode", &[b">", long.as_bytes()].concat())),
        ("one list of kids", "<</T(NAME)/FT/Tx/Kids SHARED>>", format!("[{list}]").into_bytes()),
    ] {
        let found = outcome(name, &all(field, shared));
        assert!(found.is_err() || name == "one name", "{name}");
    }
    // Every object stands before the same comment.
    let mut out = b"%PDF-1.7\n1 0 obj\n".to_vec();
    out.extend(&start);
    out.extend(b"\nendobj\n");
    out.extend((2..many + 2).flat_map(|number| format!("{number} 0 obj<<>>%").into_bytes()));
    assert!(outcome("one comment", &out).is_err());
}

#[test]
fn numbers_that_lie_are_not_believed() {
    let objects = form(&[2], &[FIELD]);
    let good = file(&objects);
    for (old, new) in [
        ("/Size 3", "/Size 99999999999999999999"),
        ("/Size 3", "/Size -1"),
        ("0 3\n0000000000", "0 4294967295\n0000000000"),
        ("0 3\n0000000000", "18446744073709551615 3\n0000000000"),
        ("startxref\n", "startxref\n99999999999999999999"),
        ("startxref\n", "startxref\n-"),
    ] {
        let at = good.windows(old.len()).position(|window| window == old.as_bytes()).unwrap();
        let bytes = [&good[..at], new.as_bytes(), &good[at + old.len()..]].concat();
        assert_eq!(outcome(new, &bytes), name_is("kept"), "{new}");
    }
    for widths in ["[1 4 2]", "[0 4 2]", "[9 4 2]", "[1 -4 2]", "[4294967295 4294967295 4294967295]", "[0 0 0]", "[1]", "[]", "7"] {
        for index in ["", "/Index[0 9223372036854775807]", "/Index[9223372036854775807 3]", "/Index[-1 3 0]", "/Index[0]"] {
            let bytes = with_table_stream(&objects, &[], &format!("/W{widths}/Size 99999999{index}"));
            assert_eq!(outcome(widths, &bytes), name_is("kept"), "{widths} {index}");
        }
    }
    for length in ["99999999999", "-5", "(x)", "2 0 R", "9 0 R", "null"] {
        let mut objects = form(&[2], &["<</FT/Tx/T(name)/V 3 0 R>>"]);
        objects.push(format!("<</Length {length}>>\nstream\r\nkept\r\nendstream").into_bytes());
        assert_eq!(outcome(length, &file(&objects)), name_is("kept"), "{length}");
    }
    for head in ["/N 99999999999/First 4", "/N -1/First 4", "/N 1/First 99999999999", "/N 1", "/First 4"] {
        let mut objects = form(&[2, 9], &[FIELD]);
        objects.push(stream(&format!("/Type/ObjStm{head}"), b"9 0 <</FT/Tx/T(post)>>"));
        let found = outcome(head, &with_table_stream(&objects, &[(2, 3, 0)], "/W[1 4 2]/Size 10/Index[0 4 9 1]"));
        assert_eq!(found.unwrap()[0], ("name".to_owned(), "kept".to_owned()));
    }
    // A table of two thousand names for one large object: lopdf copies it for each, 22 seconds.
    let (mut out, starts) = body(&[objects.clone(), vec![stream("", &vec![b'x'; 5 << 20])]].concat());
    let start = out.len();
    out.extend(format!("xref\n0 3\n0000000000 65535 f \n{:010} 00000 n \n{:010} 00000 n \n3 20000\n", starts[0], starts[1]).bytes());
    out.extend(format!("{:010} 00000 n \n", starts[2]).repeat(20_000).bytes());
    out.extend(format!("trailer\n<</Root 1 0 R>>\nstartxref\n{start}\n%%EOF").bytes());
    assert_eq!(outcome("one object, many names", &out), name_is("kept"));
}

#[test]
fn nothing_in_a_file_is_run_or_followed() {
    let catalog = "<</Type/Catalog/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>/AA<</WC<</S/Launch/F(x.exe)>>>>\
        /Names<</EmbeddedFiles<</Names[(a.pdf)<</EF<</F 3 0 R>>/F(/etc/passwd)>>]>>/JavaScript<</Names[(a)<</S/JavaScript/JS(x)>>]>>>>\
        /AcroForm<</XFA 3 0 R/CO[2 0 R]/Fields[2 0 R]>>>>";
    let field = "<</FT/Tx/T(name)/V(kept)/RV(<p>hidden</p>)/A<</S/URI/URI(http://x)>>/AA<</K<</S/JavaScript/JS(x)>>>>>>";
    let bytes = file(&[catalog.into(), field.into(), stream("", b"<xfa>hidden</xfa>")]);
    assert_eq!(outcome("actions", &bytes), name_is("kept"));
}

#[test]
fn a_file_cut_anywhere_is_read_or_refused() {
    let whole = read("x.pdf", nominee()).unwrap().fields.len();
    let (mut read_back, mut refusals) = (0, 0);
    for end in (0..nominee().len()).step_by(499) {
        let cut = &nominee()[..end];
        match read("x.pdf", cut) {
            Ok(back) => {
                assert!(back.fields.len() <= whole);
                read_back += 1;
            }
            Err(found) => {
                assert!(found.has_errors());
                refusals += 1;
            }
        }
    }
    assert!(refusals > 100, "{read_back} read, {refusals} refused");
    // The objects are whole, the table is lost: all is found again.
    let end = nominee().windows(9).rposition(|window| window == b"startxref").unwrap();
    let back = read("x.pdf", &nominee()[..end]).unwrap();
    assert_eq!(back.fields.len(), whole);
}

#[test]
fn what_stands_around_a_file_does_not_matter() {
    let whole = read("x.pdf", nominee()).unwrap();
    let junk = b"From: a@b\r\n\r\nsome words\n";
    let before = [junk, nominee()].concat();
    let after = [nominee(), &b"\0\r\n".repeat(300)[..]].concat();
    let far_after = [nominee(), &b"x".repeat(100_000)[..]].concat();
    let mut shifted = nominee().to_vec();
    shifted.splice(9..9, b"% a line more\n".iter().copied());
    for bytes in [before, after, far_after, shifted] {
        let back = read("x.pdf", &bytes).unwrap();
        assert!(back.fields == whole.fields && back.issue == whole.issue);
    }
}

#[test]
fn the_newest_object_counts() {
    // An update that changes a value, adds one and deletes one.
    let old =
        file(&form(&[2, 3, 4], &["<</FT/Tx/T(name)/V(old)>>", FIELD.replace("name", "post").as_str(), "<</FT/Tx/T(mobile)/V(gone)>>"]));
    let previous = old.windows(6).position(|window| window == b"\nxref\n").unwrap() + 1;
    let mut new = old.clone();
    let at = new.len();
    new.extend(b"2 0 obj\n<</FT/Tx/T(name)/V(new)>>\nendobj\n");
    let start = new.len();
    new.extend(format!("xref\n0 1\n0000000004 65535 f \n2 1\n{at:010} 00000 n\r\n4 1\n0000000000 00001 f \n").bytes());
    new.extend(format!("trailer\n<</Size 5/Root 1 0 R/Prev {previous}>>\nstartxref\n{start}\n%%EOF\n").bytes());
    let want = || Ok(vec![("name".to_owned(), "new".to_owned()), ("post".to_owned(), "kept".to_owned())]);
    assert_eq!(outcome("update", &new), want());
    let lost = new.replace_last(b"startxref", b"startxxxx");
    assert_eq!(outcome("update without a table", &lost).unwrap()[0].1, "new");
}

#[test]
fn garbage_is_refused() {
    let mut state = 1u32;
    let mut garbage = b"%PDF-1.7\n".to_vec();
    garbage.extend(
        std::iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.to_be_bytes()[0]
        })
        .take(11_000_000),
    );
    assert_eq!(outcome("11 MB of garbage", &garbage), Err(vec!["damaged-pdf"]));
    for unit in ["1 0 obj ", "obj ", "trailer<<", "1 0 obj<</Type/ObjStm>>stream\n", "<<", "(", "%\n", "startxref 1 "] {
        let bytes = [b"%PDF-1.7\n", unit.repeat(11_000_000 / unit.len()).as_bytes()].concat();
        let found = outcome(unit, &bytes);
        assert!(found == Err(vec!["damaged-pdf"]) || found == Err(vec!["pdf-too-large"]), "{unit}: {found:?}");
    }
    assert_eq!(outcome("40 MB", &[b"%PDF-1.7\n", &vec![b' '; 40 << 20][..]].concat()), Err(vec!["file-too-large"]));
    assert_eq!(refused(b"%PDF-"), ["damaged-pdf"]);
    assert_eq!(refused(b"%PDF-1.7\n%%EOF"), ["damaged-pdf"]);
}

/// A form whose fields lie in an uncompressed file attached to a damaged one is not the form that was handed in.
#[test]
fn an_attached_file_is_not_mistaken_for_the_file() {
    let inner = file(&form(&[2], &["<</FT/Tx/T(name)/V(hidden)>>"]));
    let mut objects = form(&[2], &[FIELD]);
    objects.push(stream("/Type/EmbeddedFile", &inner));
    let lost = file(&objects).replace_last(b"startxref", b"startxxxx");
    assert_eq!(outcome("attachment", &lost), name_is("kept"));
}

#[test]
fn encrypted_files_are_read_without_a_password_or_refused() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/read_pdf/encrypted");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= 8);
    for path in files {
        let (name, bytes) = (path.file_name().unwrap().to_str().unwrap(), std::fs::read(&path).unwrap());
        if name.starts_with("open-") {
            let back = read("x.pdf", &bytes).unwrap_or_else(|found| panic!("{name}: {:?}", codes(&found)));
            assert_eq!((text(&back, "name"), text(&back, "post")), ("林晓𠅤", "数控车工"), "{name}");
            assert_eq!(of(&back, "name").label, "姓名");
            let lost = read("x.pdf", &bytes.replace_last(b"startxref", b"startxxxx")).unwrap();
            assert!(lost.fields == back.fields, "{name} without its table");
            assert_eq!(back.issue.as_ref().map(|issue| issue.template.as_str()), Some("recommendation"));
        } else {
            assert_eq!(refused(&bytes), ["encrypted-pdf"], "{name}");
        }
    }
}
