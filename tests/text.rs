//! Text set with the bundled faces: which face each character takes, where lines break, and what fits.

use std::path::Path;
use std::sync::OnceLock;

use formwright::fonts::{FontOptions, Fonts};
use formwright::form::FontRole;
use formwright::text::{BrokenLine, Fallback, FitBox, Fitted, Longer, Missing, Set, break_lines, capacity, even_lines, fit, set};
use formwright::units::{Mm, Pt};

fn fonts() -> &'static Fonts {
    static FONTS: OnceLock<Fonts> = OnceLock::new();
    FONTS.get_or_init(|| {
        let folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("fonts")];
        Fonts::open(&FontOptions { folders, system: false }).unwrap()
    })
}

/// The characters and the faces of a text: `王:FWSerifSC-Regular`.
fn faces(role: FontRole, text: &str, fallback: Fallback) -> Vec<(char, &'static str)> {
    set(fonts(), role, text, fallback).unwrap().iter().map(|one| (one.ch, fonts().name(one.face))).collect()
}

fn drawn(text: &str) -> String {
    set(fonts(), FontRole::Song, text, Fallback::Each).unwrap().iter().map(|one| one.ch).collect()
}

/// Set text with every full-width character 1 em and every other half.
fn plain(text: &str) -> Vec<Set> {
    let face = fonts().chain(FontRole::Song)[0];
    text.chars().map(|ch| Set { ch, face, id: 1, advance: if ch == '\n' { 0.0 } else { 0.5 + 0.5 * f32::from(!ch.is_ascii()) } }).collect()
}

fn words(set: &[Set], lines: &[BrokenLine]) -> Vec<String> {
    lines.iter().map(|line| set[line.range.clone()].iter().map(|one| one.ch).collect()).collect()
}

fn broken(text: &str, width: f32) -> Vec<String> {
    let set = plain(text);
    words(&set, &break_lines(&set, width, &[]))
}

#[test]
fn a_name_moves_whole_and_a_text_character_by_character() {
    let (fang, song) = ("FandolFang-Regular", "FWSerifSC-Regular");
    assert_eq!(faces(FontRole::Fang, "王海", Fallback::Whole), [('王', fang), ('海', fang)]);
    assert_eq!(faces(FontRole::Fang, "王啰", Fallback::Whole), [('王', song), ('啰', song)]);
    assert_eq!(faces(FontRole::Fang, "王啰", Fallback::Each), [('王', fang), ('啰', song)]);
    let whole = faces(FontRole::Fang, "王㛃𠅤𬭎", Fallback::Whole);
    assert!(whole.iter().all(|(_, face)| *face == song), "{whole:?}");
    // 𠀀 is in no face together with 王: 宋体 with the rare one from the rare face, never 仿宋 beside 宋体.
    assert_eq!(faces(FontRole::Fang, "王𠀀", Fallback::Whole), [('王', song), ('𠀀', "HanaMinB")]);
    assert_eq!(faces(FontRole::Fang, "王\u{30000}", Fallback::Whole), [('王', song), ('\u{30000}', "FWRareGH-Regular")]);
    assert_eq!(faces(FontRole::Hei, "王𠀀", Fallback::Each), [('王', "FWSansSC-Medium"), ('𠀀', "HanaMinB")]);
}

#[test]
fn every_name_of_the_stress_list_is_set_without_two_common_faces() {
    for line in include_str!("reference/names.tsv").lines().skip(1) {
        let name = format!("王{}", line.chars().next().unwrap());
        let used = faces(FontRole::Fang, &name, Fallback::Whole);
        assert!(used[0].1 == used[1].1 || used[0].1 == "FWSerifSC-Regular", "{used:?}");
    }
}

#[test]
fn characters_are_drawn_as_what_they_stand_for() {
    for (text, want) in [
        ("甲\r\n乙\r丙\n丁\u{2028}", "甲\n乙\n丙\n丁\n"),
        ("甲\t乙\u{2002}\u{2003}", "甲 乙 \u{3000}"),
        ("甲\u{200b}乙\u{feff}㛃\u{fe00}葛\u{e0100}", "甲乙㛃葛"),
        ("\u{2f00}\u{2ed3}\u{2f08}", "一长人"),
        ("lu\u{308}\u{304}", "lǖ"),
        ("甲\u{a0}乙", "甲\u{a0}乙"),
        ("", ""),
        ("\u{200b}", ""),
    ] {
        assert_eq!(drawn(text), want, "{text:?}");
    }
    let newline = set(fonts(), FontRole::Fang, "\n", Fallback::Whole).unwrap();
    assert_eq!((newline[0].face, newline[0].id, newline[0].advance), (fonts().chain(FontRole::Fang)[0], 0, 0.0));
}

#[test]
fn what_cannot_be_drawn_is_named_with_its_place() {
    for fallback in [Fallback::Whole, Fallback::Each] {
        for refused in [
            '\u{e000}',
            '\u{f8ff}',
            '\u{f0000}',
            '\u{10fffd}',
            '\u{ffff}',
            '\u{1fffe}',
            '\u{fdd0}',
            '\u{fffd}',
            '\u{7}',
            '\u{85}',
            '\u{2e80}',
            '\u{2ebf0}',
            '😀',
        ] {
            let missing = set(fonts(), FontRole::Fang, &format!("王\u{200b}{refused}一{refused}"), fallback).unwrap_err();
            assert_eq!(missing, [Missing { ch: refused, at: 2 }, Missing { ch: refused, at: 4 }], "U+{:04X}", u32::from(refused));
        }
    }
}

const NOT_FIRST: &str = "，。、；：？！）》〉】」』”’…·％";
const NOT_LAST: &str = "（《〈【「『“‘";

#[test]
fn kinsoku_holds_at_every_width() {
    for text in [
        "设计“双工位快换夹具”，",
        "他说：“这把刀（即《刀具手册》所称‘成形刀’）很好。”大家都说“好”！",
        "阿卜杜热西提·买买提，维吾尔族，获“技能大师”称号；年产值提高３５％，节约成本（含税）二万元……",
    ] {
        for width in 2..=20 {
            let set = plain(text);
            let lines = break_lines(&set, width as f32, &[]);
            let words = words(&set, &lines);
            // Two closing marks after a character are 3 em: in 2 em one of them hangs; three of them need 4 em.
            if text.starts_with("设计") || width >= 4 {
                for word in &words {
                    assert!(!word.starts_with(|ch| NOT_FIRST.contains(ch)), "{width}: {words:?}");
                    assert!(!word.ends_with(|ch| NOT_LAST.contains(ch)), "{width}: {words:?}");
                }
            }
            assert_eq!(words.concat(), text, "{width}");
            let most = if width < 5 { width as f32 + 1.0 } else { width as f32 };
            assert!(lines.iter().all(|line| line.width <= most + 0.01), "{width}: {words:?}");
        }
    }
}

#[test]
fn chinese_quotes_break_like_brackets() {
    assert_eq!(broken("设计“双工位快换夹具”，", 3.0), ["设计", "“双工", "位快换", "夹", "具”，"]);
    assert_eq!(broken("设计“双工位快换夹具”，好", 4.0), ["设计“双", "工位快换", "夹具”，", "好"]);
    assert_eq!(broken("叫don’t字", 3.0), ["叫", "don’t", "字"].map(String::from));
}

#[test]
fn numbers_words_and_units_stay_whole() {
    for (text, width, want) in [
        ("产值1,200万元", 4.0, &["产值", "1,200万", "元"] as &[&str]),
        ("合格率99.2%以上", 4.0, &["合格率", "99.2%", "以上"]),
        ("精度达120 mm时", 4.0, &["精度达", "120 mm时"]),
        ("在2021年9月", 3.0, &["在", "2021年", "9月"]),
        ("使用SolidWorks软件", 6.0, &["使用", "SolidWorks", "软件"]),
        ("使用ＣＮＣ机床", 4.0, &["使用", "ＣＮＣ", "机床"]),
        ("自2003—2008", 3.5, &["自", "2003—", "2008"]),
        ("甲乙——丙丁", 3.0, &["甲乙", "——丙", "丁"]),
        ("甲乙丙……丁", 4.0, &["甲乙", "丙……丁"]),
        ("一\u{3000}二", 1.0, &["一", "二"]),
        ("工艺卡YD-G-0312号", 5.0, &["工艺卡", "YD-G-0312", "号"]),
        ("见YD/ZY 07", 3.0, &["见", "YD/ZY", "07"]),
    ] {
        assert_eq!(broken(text, width), want, "{text}");
    }
}

#[test]
fn a_run_longer_than_the_line_is_broken_where_the_line_is_full() {
    assert_eq!(broken("网址abcdefghijkl", 3.0), ["网址", "abcdef", "ghijkl"]);
    assert_eq!(broken("330381198503121234", 4.0), ["33038119", "85031212", "34"]);
    // Nothing but marks: kinsoku gives way, one mark hanging out.
    let set = plain("啊！！！！！！！！");
    let lines = break_lines(&set, 3.0, &[]);
    assert_eq!(words(&set, &lines).concat(), "啊！！！！！！！！");
    assert!(lines.len() >= 3 && lines.iter().all(|line| line.width <= 4.01));
    // Lines too narrow for anything still go on.
    assert_eq!(broken("一二三", 0.0), ["一", "二", "三"]);
    assert_eq!(broken("一二三", -1.0), ["一", "二", "三"]);
}

#[test]
fn break_points_are_used_only_where_one_line_is_too_short() {
    let set = plain("33038119850312123X");
    let at = |width: f32| words(&set, &break_lines(&set, width, &[6, 8, 4]));
    assert_eq!(at(9.0), ["33038119850312123X"]);
    assert_eq!(at(8.0), ["330381", "19850312", "123X"], "each piece has its own line");
    assert_eq!(at(4.5), ["330381", "19850312", "123X"]);
    assert_eq!(at(3.0), ["330381", "198503", "12", "123X"], "a piece longer than the line is broken too");
}

#[test]
fn paragraphs_spaces_and_indentation() {
    for (text, want) in [
        ("甲\n乙", &["甲", "乙"] as &[&str]),
        ("甲\n\n乙\n", &["甲", "", "乙"]),
        ("\n", &[""]),
        ("", &[]),
        ("　　一二三四", &["　　一", "二三四"]),
        ("一二三   四", &["一二三", "四"]),
        ("一二三　　四", &["一二三", "四"]),
        ("一二　", &["一二"]),
        ("一二三　\n四", &["一二三", "四"]),
        ("　　　　　一", &["　　　　　", "一"]),
    ] {
        let set = plain(text);
        let lines = break_lines(&set, 3.0, &[]);
        let shown: Vec<String> = words(&set, &lines);
        if text.ends_with("　一") {
            assert_eq!(shown.concat(), "一", "an indentation wider than the line leaves nothing behind");
        } else {
            assert_eq!(shown, want, "{text:?}");
        }
        let mut next = 0;
        for line in &lines {
            assert!(line.range.start == next && line.range.end <= line.next && line.next > next, "{text:?} {lines:?}");
            next = line.next;
        }
        assert_eq!(next, set.len());
        assert!(lines.last().is_none_or(|line| line.ends_paragraph));
    }
}

fn frame(width: f64, height: f64) -> FitBox {
    FitBox {
        width: Mm(width),
        height: Mm(height),
        font: FontRole::Fang,
        size: Pt(12.0),
        min_size: Pt(8.0),
        leading: (1.5, 1.25),
        fallback: Fallback::Each,
        breaks: Vec::new(),
        prefer_one_line: false,
    }
}

fn fitted(text: &str, frame: &FitBox) -> Fitted {
    fit(fonts(), text, frame).unwrap()
}

#[test]
fn a_short_text_stands_at_full_size() {
    let got = fitted("王海", &frame(40.0, 12.0));
    assert_eq!((got.size, got.lines.len(), got.shown), (Pt(12.0), 1, 1));
    assert_eq!(got.pitch, Pt(18.0));
    let empty = fitted("", &frame(40.0, 12.0));
    assert_eq!((empty.size, empty.lines.len(), empty.shown), (Pt(12.0), 0, 0));
}

#[test]
fn one_line_takes_nine_tenths_of_the_width_and_several_take_all() {
    // 10 em of 12 pt are 42.33 mm: in 45 mm they are more than nine tenths.
    let low = FitBox { min_size: Pt(9.0), ..frame(45.0, 6.0) };
    let text = "一二三四五六七八九十";
    assert_eq!(fitted(text, &low).size, Pt(11.0), "45 mm × 0.9 / 10 em = 11.48 pt");
    let tall = frame(45.0, 30.0);
    let got = fitted(text, &tall);
    assert_eq!((got.size, got.lines.len()), (Pt(12.0), 2));
    let long = fitted("一二三四五六七八九十一二三四五六七八九十", &tall);
    assert_eq!((long.size, long.lines[0].width, long.lines.len()), (Pt(12.0), 10.0, 2));
}

#[test]
fn a_name_rather_shrinks_than_breaks() {
    let text = "阿卜杜热西提·买买提";
    let name = FitBox { prefer_one_line: true, fallback: Fallback::Whole, ..frame(40.0, 30.0) };
    let got = fitted(text, &name);
    assert_eq!((got.size, got.lines.len()), (Pt(10.0), 1), "10 em in 36 mm");
    assert!(fitted(text, &FitBox { prefer_one_line: false, ..name.clone() }).lines.len() == 2);
    // Below four fifths of the full size it breaks, and is large again.
    let narrow = fitted(text, &FitBox { width: Mm(30.0), ..name });
    assert_eq!((narrow.size, narrow.lines.len()), (Pt(12.0), 2));
}

/// The lines as they are read.
fn shown(set: &[Set], lines: &[BrokenLine]) -> String {
    let line = |line: &BrokenLine| set[line.range.clone()].iter().map(|one| one.ch).collect::<String>();
    lines.iter().map(line).collect::<Vec<_>>().join("/")
}

#[test]
fn a_paragraph_does_not_end_in_a_lone_character() {
    for (text, width, want) in [
        ("温州职业技术学院模具设计与制造专业学习", 18.0, "温州职业技术学院模具设计与制造专业/学习"),
        ("一二三四五六。", 5.0, "一二三四/五六。"),
        ("一二三四五六\n七八九十甲乙", 5.0, "一二三四/五六/七八九十/甲乙"),
        // The line before can spare none.
        ("一二三", 2.0, "一二/三"),
        // A word is not parted, and a line is not emptied for it.
        ("甲乙abcdefg丙", 9.0, "甲乙abcdefg丙"),
        ("甲乙丙丁abcdefgh乙", 8.0, "甲乙丙丁abcdefgh/乙"),
    ] {
        let set = set(fonts(), FontRole::Fang, text, Fallback::Each).unwrap();
        assert_eq!(shown(&set, &break_lines(&set, width, &[])), want);
    }
}

#[test]
fn each_piece_of_a_number_has_its_own_line() {
    for (text, width, breaks, want) in [
        ("19900000001", 5.0, vec![3, 4, 4], "199/0000/0001"),
        ("19900000001", 9.0, vec![3, 4, 4], "19900000001"),
        ("11010519491231002X", 6.0, vec![6, 8, 4], "110105/19491231/002X"),
        // What is longer than the pieces goes on after them.
        ("199000000011", 5.0, vec![3, 4, 4], "199/0000/0001/1"),
    ] {
        let set = set(fonts(), FontRole::Song, text, Fallback::Whole).unwrap();
        assert_eq!(shown(&set, &break_lines(&set, width, &breaks)), want);
    }
}

#[test]
fn centred_lines_are_even() {
    for (text, width, longer, want) in [
        ("数控车工", 3.0, Longer::Last, "数控/车工"),
        ("平版印刷工", 4.3, Longer::Last, "平版/印刷工"),
        ("身份证号码", 4.3, Longer::First, "身份证/号码"),
        ("艾某某·买买提", 6.2, Longer::Last, "艾某某·/买买提"),
        ("高中（后取得成人大专学历）", 12.5, Longer::Last, "高中/（后取得成人大专学历）"),
        ("首席技师、高级工程师、生产技术部副部长", 17.0, Longer::Last, "首席技师、高级工程师、/生产技术部副部长"),
        ("数控车工\n平版印刷工", 4.3, Longer::Last, "数控车工/平版/印刷工"),
        // A run that had to be cut stays as it was.
        ("abcdefghijklmnop", 4.0, Longer::Last, "abcdefgh/ijklmnop"),
    ] {
        let set = set(fonts(), FontRole::Fang, text, Fallback::Each).unwrap();
        let greedy = break_lines(&set, width, &[]);
        let mut lines = greedy.clone();
        even_lines(&set, &mut lines, f64::from(width), longer);
        assert_eq!(shown(&set, &lines), want);
        assert_eq!(lines.len(), greedy.len());
        for (before, after) in lines.iter().zip(lines.iter().skip(1)) {
            assert!(before.range.end <= before.next && before.next == after.range.start && before.width <= width + 1e-3);
        }
    }
}

#[test]
fn thin_sizes_are_set_in_song() {
    let tight = FitBox { min_size: Pt(7.0), ..frame(20.0, 4.0) };
    let face = |text| {
        let got = fitted(text, &tight);
        (got.size, fonts().name(got.set[0].face))
    };
    assert_eq!(face("一二三四五"), (Pt(10.0), "FandolFang-Regular"));
    assert_eq!(face("一二三四五六七"), (Pt(7.0), "FWSerifSC-Regular"));
}

#[test]
fn a_text_too_long_is_reported_at_the_smallest_size() {
    let small = frame(40.0, 20.0);
    let holds = capacity(&small);
    // 40 mm are 14.17 em of 8 pt; 0.9 × 20 mm are 5.1 lines of 10 pt.
    assert_eq!(holds, 14 * 5);
    let full = fitted(&"字".repeat(holds), &small);
    assert_eq!((full.size, full.lines.len(), full.shown), (Pt(8.0), 5, 5));
    let over = fitted(&"字".repeat(holds + 1), &small);
    assert_eq!((over.size, over.lines.len(), over.shown), (Pt(8.0), 6, 5));
    let none = fitted("字", &FitBox { height: Mm(2.0), ..small.clone() });
    assert_eq!((none.size, none.shown), (Pt(8.0), 0), "8 pt are 2.8 mm");
    assert_eq!(capacity(&FitBox { height: Mm(2.0), ..small }), 0);
}

#[test]
fn one_line_needs_no_leading() {
    // 4.5 mm are 12.8 pt: the em of 12 pt stands, its pitch of 18 pt would not.
    let got = fitted("王海", &frame(40.0, 4.5));
    assert_eq!((got.size, got.shown), (Pt(12.0), 1));
}

#[test]
fn more_text_is_never_larger() {
    let unit = "先后完成“双工位快换夹具”等12项革新，节约成本1,200万元；";
    let text: String = unit.repeat(20);
    let tight = frame(80.0, 60.0);
    let mut before = f64::INFINITY;
    for end in text.char_indices().map(|(at, _)| at).step_by(13) {
        let got = fitted(&text[..end], &tight);
        assert!(got.size.0 <= before, "{end}");
        before = got.size.0;
        assert!(got.shown == got.lines.len() || got.size == Pt(8.0));
        let limit = (80.0 / 25.4 * 72.0 / got.size.0) as f32;
        assert!(got.lines.iter().all(|line| line.width <= limit + 0.01));
    }
    assert_eq!(before, 8.0);
}

#[test]
fn boxes_without_room_or_sense_still_end() {
    for (width, height, size, min) in
        [(0.0, 0.0, 12.0, 8.0), (10.0, 10.0, 8.0, 12.0), (10.0, 10.0, 1e9, 8.0), (10.0, 10.0, 0.0, 0.0), (f64::NAN, f64::NAN, 12.0, 8.0)]
    {
        let odd = FitBox { size: Pt(size), min_size: Pt(min), ..frame(width, height) };
        let got = fitted("一二三四五", &odd);
        assert!(got.shown <= got.lines.len());
        let _ = capacity(&odd);
    }
}

#[test]
fn missing_characters_stop_the_fit() {
    let missing = fit(fonts(), "王\u{e000}", &frame(40.0, 12.0)).unwrap_err();
    assert_eq!(missing, [Missing { ch: '\u{e000}', at: 1 }]);
}

#[test]
fn a_million_characters_take_linear_time() {
    // Each of these would take minutes if any step looked at the text again for every line or character.
    for text in [
        "字".repeat(1_000_000),
        " ".repeat(1_000_000),
        "a".repeat(1_000_000),
        "\n".repeat(1_000_000),
        "！".repeat(1_000_000),
        "（".repeat(1_000_000),
    ] {
        let got = fitted(&text, &FitBox { breaks: vec![6, 8, 4], ..frame(80.0, 60.0) });
        assert_eq!(got.set.len(), 1_000_000);
    }
}

#[test]
#[ignore = "prints times, for docs/performance.md"]
fn times() {
    use std::time::Instant;
    let folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("fonts")];
    let mut at = Instant::now();
    let mut lap = |what: &str| {
        println!("{what}: {:?}", at.elapsed());
        at = Instant::now();
    };
    let fonts = Fonts::open(&FontOptions { folders, system: false }).unwrap();
    lap("open");
    let chain = fonts.chain(FontRole::Fang).to_vec();
    for face in &chain {
        assert!(fonts.glyph(*face, '\u{2ebf0}').is_none());
        lap(&format!("first glyph of {}", fonts.name(*face)));
    }
    for face in &chain {
        assert!(!fonts.face(*face).unwrap().data.is_empty());
        lap(&format!("whole file of {}", fonts.name(*face)));
    }
    let text = "先后完成“双工位快换夹具”等12项革新，节约成本1,200万元；啰".repeat(32);
    let chars = text.chars().count();
    let tight = frame(120.0, 90.0);
    let got = fit(&fonts, &text, &tight).unwrap();
    lap(&format!("fit {chars} characters, first ({} of {} lines at {:?})", got.shown, got.lines.len(), got.size));
    for _ in 0..100 {
        let _ = fit(&fonts, &text, &tight).unwrap();
    }
    lap("fit, 100 times");
    for _ in 0..100 {
        let _ = set(&fonts, FontRole::Fang, &text, Fallback::Each).unwrap();
    }
    lap("set alone, 100 times");
    for _ in 0..100 {
        let _ = break_lines(&got.set, 30.0, &[]);
    }
    lap("break alone, 100 times");
    let huge = "字".repeat(5_000_000);
    lap("making 5,000,000 characters");
    let _ = fit(&fonts, &huge, &tight).unwrap();
    lap("fit 5,000,000 characters");
    let _ = fit(&fonts, &huge, &FitBox { fallback: Fallback::Whole, prefer_one_line: true, ..tight.clone() }).unwrap();
    lap("fit 5,000,000 characters as a name");
}
