//! The way back from the expanded text to the files.

use super::*;

fn place(markup: &Markup, found: &str, width: usize) -> (String, usize, usize, usize) {
    let at = markup.text().find(found).unwrap_or_else(|| panic!("{found} is not in {}", markup.text()));
    let Place::Template { file, line, column, width, .. } = markup.place(at..at + width) else { panic!("no place") };
    (file.strip_prefix("templates/t/").unwrap_or(&file).to_owned(), line, column, width)
}

#[test]
fn pieces_have_their_places() {
    let others = [("t/partials/p.hbs", "\n  <i>主要{{key}}</i>\n")];
    for (form, piece, wanted) in [
        ("<a/><b/>", "<b/>", ("form.hbs", 1, 5, 4)),
        ("中文○𠅤<b/>", "<b/>", ("form.hbs", 1, 5, 4)),
        ("<a/>\r\n中<b/>\r\n", "<b/>", ("form.hbs", 2, 2, 4)),
        ("{{#each (range 0 9) as |i|}}\n  <tr/>\n{{/each}}\n<z/>", "<tr/>", ("form.hbs", 2, 3, 5)),
        ("{{#each (range 0 9) as |i|}}\n  <tr/>\n{{/each}}\n<z/>", "<z/>", ("form.hbs", 4, 1, 4)),
        ("<a>   {{~city~}}   <b/></a>", "<b/>", ("form.hbs", 1, 20, 4)),
        ("<a>   {{~#if city~}}   <b/>  {{~/if~}}\n\n </a>", "</a>", ("form.hbs", 3, 2, 4)),
        ("{{! x }}\n   {{#if city}}   \n<b/>{{/if}}", "<b/>", ("form.hbs", 3, 1, 4)),
        ("<a>{{city}}<b/>", "温州市", ("form.hbs", 1, 4, 8)),
        ("<a>{{city}}<b/>", "<b/>", ("form.hbs", 1, 12, 4)),
        ("x\n{{> p key=\"甲\"}}", "<i>", ("partials/p.hbs", 2, 3, 3)),
        ("x\n{{> p key=\"甲\"}}", "甲", ("partials/p.hbs", 2, 8, 7)),
        ("x\n{{> p key=\"甲\"}}<b/>", "<b/>", ("form.hbs", 2, 16, 4)),
        // A range over words and tags is marked as it stands in the template.
        ("{{#each (range 0 9) as |i|}}<t n=\"r.{{i}}.p\"/>{{/each}}", "r.0.p", ("form.hbs", 1, 35, 9)),
        // A range over a line's end is marked to the line's end.
        ("<a\n  b=\"1\">", "<a\n  b=\"1\">", ("form.hbs", 1, 1, 2)),
    ] {
        let markup = blank(form, &others);
        let (file, line, column, width) = wanted;
        assert_eq!(place(&markup, piece, piece.len()), (file.to_owned(), line, column, width), "{form}");
    }
}

#[test]
fn a_place_is_always_found() {
    let markup = blank("<a>{{city}}</a>", &[]);
    let end = markup.text().len();
    for range in [0..0, end..end, end + 9..end + 12, 3..4, 4..5, 0..usize::MAX, std::ops::Range { start: 5, end: 2 }] {
        let Place::Template { line, column, width, excerpt, .. } = markup.place(range) else { panic!("no place") };
        assert!(line == 1 && column >= 1 && width >= 1 && excerpt == "<a>{{city}}</a>");
    }
    let empty = blank("", &[]);
    assert!(matches!(empty.place(0..1), Place::Template { line: 1, column: 1, .. }));
    let plain = Markup::verbatim("x.hbs", "一\n二<b/>");
    assert!(matches!(plain.place(7..8), Place::Template { line: 2, column: 2, .. }), "{:?}", plain.place(7..8));
}

const FORM: &str = "<form>\r\n  {{! 封面 ~}}\r\n  <page 标=\"{{city}}\">\n\
    \x20 {{#each (range 0 9) as |i|}}\n    <tr height=\"17\">\n      <td>简历<input name=\"resume.{{i}}.period\"/></td>{{#if i}}<br/>{{else}}<hr/>{{/if}}\n    </tr>\n  {{/each}}\n\
    \x20 {{~#unless (eq 1 2)~}}  <p>中　文</p> {{~/unless~}}\n\
    \x20 {{> box key=\"a\" lines=lines}} <b/>\n  {{> box key=\"b\" lines=lines}}\n  {{#each quotas as |q|}}<td>{{q.unit}}</td>{{#each q.aliases}}<s>{{this}}</s>{{else}}<u/>{{/each}}{{/each}}\r\n  </page>\r\n</form>";

const BOX: &str =
    "<th>{{#each lines}}{{this}}{{#unless @last}}<br/>{{/unless}}{{/each}}</th>\n  {{> line of=key}}\r\n<td>意见 {{~key}} <i/></td>\n";

const LINE: &str = "  中{{of}}<p/>";

#[test]
fn every_tag_of_the_text_is_led_home() {
    let others = [("t/partials/box.hbs", BOX), ("partials/line.hbs", LINE)];
    let markup = blank(FORM, &others);
    let source = |file: &str| match file {
        "templates/t/form.hbs" => FORM,
        "templates/t/partials/box.hbs" => BOX,
        "templates/partials/line.hbs" => LINE,
        other => panic!("{other}"),
    };
    let mut seen = std::collections::BTreeSet::new();
    for (at, _) in markup.text().match_indices('<') {
        let Place::Template { file, line, column, excerpt, .. } = markup.place(at..at + 1) else { panic!("no place") };
        let text = source(&file).split('\n').nth(line - 1).map(|line| line.trim_end_matches('\r')).unwrap_or("");
        assert_eq!(text, excerpt);
        let home: String = text.chars().skip(column - 1).collect();
        let word = |text: &str| text.chars().skip(1).take_while(|c| c.is_ascii_alphabetic() || *c == '/').collect::<String>();
        assert!(home.starts_with('<'), "{file}:{line}:{column} {home}");
        assert_eq!(word(&home), word(&markup.text()[at..]), "{file}:{line}:{column}");
        seen.insert((file, line, column));
    }
    // Each `<` of each file was reached, and no two of them were taken for one.
    let all: usize = [FORM, BOX, LINE].iter().map(|text| text.matches('<').count()).sum();
    assert_eq!(seen.len(), all);
}
