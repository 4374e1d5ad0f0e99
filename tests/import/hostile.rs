//! Files that mean harm, or that came to harm: each ends, soon, and without a panic.

use std::time::{Duration, Instant};

use formwright::pdf_in::{Fault, Refusal};

use super::raw::{file, flate, stream};
use super::{MOST, one_page, timed};

/// The processor time of this thread; tests run beside others, and a clock on the wall counts them too.
pub fn processor_time() -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let told = told.and_then(|line| line.split_whitespace().next()?.parse().ok()).map(Duration::from_nanos);
    static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    told.unwrap_or_else(|| START.get_or_init(Instant::now).elapsed())
}

const TOO_MUCH: Refusal = Refusal::Fault(Fault::TooMuch);

fn objects(list: &[&str]) -> Vec<u8> {
    file(&list.iter().map(|object| object.as_bytes().to_vec()).collect::<Vec<_>>())
}

#[test]
fn trees_of_pages_end() {
    let catalog = "<</Type/Catalog/Pages 2 0 R>>";
    for (name, bytes, want) in [
        ("a tree that is its own branch", objects(&[catalog, "<</Kids[2 0 R 3 0 R]>>", "<</Type/Page>>"]), Ok(1)),
        ("two that are each other's", objects(&[catalog, "<</Kids[3 0 R]>>", "<</Kids[2 0 R 4 0 R]>>", "<</Type/Page>>"]), Ok(1)),
        ("a page that stands twice", objects(&[catalog, "<</Kids[3 0 R 3 0 R]>>", "<</Type/Page>>"]), Ok(1)),
        ("kids that are no pages", objects(&[catalog, "<</Kids[null 1 (x)[]9 0 R 3 0 R]>>", "<</Type/Page>>"]), Ok(1)),
        ("references to references", objects(&[catalog, "3 0 R", "4 0 R", "2 0 R"]), Err(Refusal::NoPages)),
        ("a thousand branches to a page", deep(1_000), Err(Refusal::NoPages)),
        ("twenty branches to a page", deep(20), Ok(1)),
        ("a broad tree of nothing", objects(&[catalog, &format!("<</Kids[{}]>>", "<</Kids[]>>".repeat(30_000))]), Err(TOO_MUCH)),
    ] {
        assert_eq!(timed(name, &bytes).map(|got| got.pages.len()), want, "{name}");
    }
}

fn deep(count: usize) -> Vec<u8> {
    let mut all = vec!["<</Type/Catalog/Pages 2 0 R>>".to_owned()];
    all.extend((0..count).map(|at| format!("<</Kids[{} 0 R]>>", at + 3)));
    all.push("<</Type/Page>>".to_owned());
    file(&all.into_iter().map(String::into_bytes).collect::<Vec<_>>())
}

#[test]
fn what_leads_in_a_circle_ends() {
    let page = "/Contents 4 0 R/Resources<</XObject<</X 5 0 R>>>>";
    let draws = || stream("", b"/X Do");
    for (name, fifth) in [
        ("a form in itself", stream("/Subtype/Form/BBox[0 0 1 1]/Resources<</XObject<</X 5 0 R>>>>", b"/X Do")),
        ("a mask of itself", stream("/Subtype/Image/Width 1/Height 1/SMask 5 0 R/ColorSpace/DeviceGray", b"x")),
        ("a colour space in itself", stream("/Subtype/Image/Width 1/Height 1/ColorSpace 6 0 R", b"x")),
        ("a function in itself", stream("/Subtype/Image/Width 1/Height 1/ColorSpace[/Separation/X/DeviceGray 7 0 R]", b"x")),
    ] {
        let bytes = one_page(
            "",
            page,
            &[draws(), fifth, b"[/Indexed 6 0 R 1(x)]".to_vec(), b"<</FunctionType 3/Functions[7 0 R 7 0 R]>>".to_vec()],
        );
        assert!(timed(name, &bytes).is_ok(), "{name}");
    }
    let layers = "/OCProperties<</OCGs 4 0 R/D<</OFF 4 0 R/BaseState 4 0 R>>>>";
    let bytes = one_page(layers, "/Resources<</Properties<</A 4 0 R/B<</OCGs 4 0 R>>>>>>/Annots 4 0 R", &[b"[4 0 R 4 0 R]".to_vec()]);
    assert!(timed("layers in themselves", &bytes).is_ok());
    let parent = b"<</Subtype/Widget/Parent 4 0 R/F 4/V 1/Rect[0 0 9 9]/AP<</N 5 0 R>>>>".to_vec();
    let bytes = one_page("", "/Annots[4 0 R]", &[parent, stream("/Subtype/Form/BBox[0 0 9 9]", b"")]);
    assert!(timed("a field that is its own parent", &bytes).is_ok());
}

#[test]
fn bombs_are_refused() {
    let zeros = vec![b' '; 200 << 20];
    let page = "/Contents 4 0 R/Resources<</XObject<</X 5 0 R>>>>";
    let bomb = || flate("", &zeros);
    let form = |data: &[u8]| flate("/Subtype/Form/BBox[0 0 1 1]", data);
    let image = || flate("/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray", &zeros);
    for (name, bytes, want) in [
        ("operators", one_page("", page, &[bomb(), form(b"")]), Err(TOO_MUCH)),
        ("a form", one_page("", page, &[stream("", b"/X Do"), form(&zeros)]), Err(TOO_MUCH)),
        // A picture is not unpacked: whoever prints it is warned by its size.
        ("a picture", one_page("", page, &[stream("", b"/X Do"), image()]), Ok(1)),
    ] {
        assert_eq!(timed(name, &bytes).map(|got| got.pages.len()), want, "{name}");
    }
    // One large stream of operators, named by every page, many times.
    let large = "1 0 0 1 0 0 cm ".repeat(600_000);
    let mut all = vec![b"<</Type/Catalog/Pages 2 0 R>>".to_vec()];
    let kids: String = (0..MOST).map(|at| format!("{} 0 R ", at + 4)).collect();
    all.push(format!("<</Kids[{kids}]>>").into_bytes());
    all.push(flate("", large.as_bytes()));
    all.extend((0..MOST).map(|_| format!("<</Type/Page/Contents[{}]>>", "3 0 R ".repeat(1_000)).into_bytes()));
    assert_eq!(timed("operators named many times", &file(&all)).map(|got| got.pages.len()), Err(TOO_MUCH));

    // Forms by the ten thousand, each in the next.
    let mut all = vec![stream("", b"/X Do")];
    all.extend((5..20_000).map(|at| stream(&format!("/Subtype/Form/BBox[0 0 1 1]/Resources<</XObject<</X {} 0 R>>>>", at + 1), b"/X Do")));
    assert!(timed("a chain of forms", &one_page("", page, &all)).is_ok());
    let names: String = (0..60_000).map(|at| format!("/N{at} {} 0 R", at + 5)).collect();
    let mut all = vec![stream("", b"")];
    all.extend((0..60_000).map(|_| b"[1]".to_vec()));
    let resources = format!("/Contents 4 0 R/Resources<</ColorSpace<<{names}>>>>");
    assert_eq!(timed("too many objects", &one_page("", &resources, &all)).map(|got| got.pages.len()), Err(TOO_MUCH));

    for (name, content) in [
        ("pictures without end", "BI /W 1 ID ".repeat(400_000)),
        ("marks without end", "/OC /L BDC ".repeat(400_000)),
        ("brackets without end", "[".repeat(4_000_000)),
        ("strings in strings", "(".repeat(4_000_000)),
        ("states without end", "q ".repeat(2_000_000)),
        ("half an image's end", "BI ID ".to_owned() + &" EI\u{1}".repeat(1_000_000)),
    ] {
        let bytes = one_page("", page, &[flate("", content.as_bytes()), form(b"")]);
        assert!(timed(name, &bytes).is_ok_and(|got| got.pages.len() == 1), "{name}");
    }
}

#[test]
fn a_file_cut_or_spoilt_anywhere_never_panics() {
    let sound = one_page(
        "/OCProperties<</OCGs[6 0 R]/D<</OFF[6 0 R]>>>>",
        "/Contents 4 0 R/Resources<</XObject<</X 5 0 R>>/Properties<</L 6 0 R>>>>/Annots[<</Subtype/Stamp/F 4/Rect[0 0 9 9]/AP<</N 5 0 R>>>>]",
        &[
            stream("", b"/OC /L BDC /X Do EMC BI /W 1 ID x EI Q"),
            stream("/Subtype/Form/BBox[0 0 9 9]", b"1 0 0 rg"),
            b"<</Type/OCG>>".to_vec(),
        ],
    );
    for at in 0..sound.len() {
        let _ = timed("cut", &sound[..at]);
        let mut spoilt = sound.clone();
        for byte in [b'0', b'(', b'<', b'/', 0xFF] {
            spoilt[at] = byte;
            let _ = timed("spoilt", &spoilt);
        }
    }
}
