//! What comes out.

use super::*;

#[test]
fn templates_expand() {
    let others = [
        ("partials/shared.hbs", "共{{@root/city}}"),
        ("t/partials/opinion.hbs", "[{{key}}:{{#each lines}}{{this}}{{#unless @last}}<br/>{{/unless}}{{/each}}]"),
        ("t/partials/a/b.hbs", "{{x}}{{@index}}"),
    ];
    for (form, wanted) in [
        ("{{city}}第{{round}}轮", "温州市第七轮"),
        ("<p a=\"{{office}}\">{{office}}</p>", "<p a=\"A&lt;&amp;&quot;&#39;B\">A&lt;&amp;&quot;&#39;B</p>"),
        ("{{#each (range 2 5) as |i|}}{{i}},{{/each}}", "2,3,4,"),
        ("{{#each (range 5 2)}}x{{else}}空{{/each}}", "空"),
        (
            "{{#each (rows \"nominees\" min=4) as |i|}}nominees.{{i}}.name {{/each}}",
            "nominees.0.name nominees.1.name nominees.2.name nominees.3.name ",
        ),
        ("{{#each (rows \"nominees\") as |i|}}x{{/each}}", ""),
        ("{{#if (gt (count \"resume\") 9)}}附页{{else}}无{{/if}}", "无"),
        ("{{add years 40}} {{len lines}} {{lookup lines 1}}", "42 2 单位"),
        ("{{#if (and (lt 1 2) (not (eq 1 2)))}}是{{/if}}", "是"),
        ("{{#each boxes}}{{@key}}{{label}}{{/each}}", "a甲b乙"),
        ("{{#with boxes.a}}{{label}}{{../city}}{{/with}}", "甲温州市"),
        (
            "{{#each quotas as |q|}}{{q.unit}}{{#each q.aliases as |a|}}{{a}}{{@../index}}{{/each}}{{#if q.note}}{{q.note}}{{/if}};{{/each}}",
            "鹿城区甲0乙0;龙湾区注;",
        ),
        ("{{> opinion key=\"experts\"}}{{> opinion key='x' }}", "[experts:所在<br/>单位][x:所在<br/>单位]"),
        ("{{#each lines}}{{> a/b x=this}}{{> shared}}{{/each}}", "所在0共温州市单位1共温州市"),
        ("{{! 注释 }}{{!-- {{{city}}} --}}x", "x"),
        // A tag alone on its line takes the line with it; `~` takes all blanks.
        ("<a>\n  {{#if city}}\n  <b/>\n  {{/if}}\n</a>", "<a>\n  <b/>\n</a>"),
        ("<a>\r\n  {{#if city}}\r\n  <b/>\r\n  {{/if}}\r\n</a>", "<a>\r\n  <b/>\r\n</a>"),
        ("<a>\n  {{> shared}}\n</a>", "<a>\n共温州市</a>"),
        ("<a> \n {{~city~}} \n </a>", "<a>温州市</a>"),
        ("{{#if city}}1{{else if round}}2{{else}}3{{/if}}", "1"),
        ("{{#if (eq 1 2)}}1{{else if (eq 1 3)}}2{{else if (eq 2 2)}}3{{else}}4{{/if}}", "3"),
        ("{{#unless (eq 1 2)}}{{#each lines}}{{#if @first}}{{this}}{{/if}}{{/each}}{{else}}x{{/unless}}", "所在"),
        ("a }} b", "a }} b"),
        ("\u{feff}<a/>", "<a/>"),
        ("", ""),
    ] {
        assert_eq!(blank(form, &others).text(), wanted, "{form}");
    }
}

#[test]
fn rows_come_from_the_record() {
    let template = sound("{{#each (rows \"nominees\" min=2) as |i|}}{{i}}{{/each}}/{{count \"resume\"}}", &[]);
    for (rows, wanted) in [(0, "01/0"), (1, "01/1"), (3, "012/3")] {
        assert_eq!(template.expand(&|_| rows).map(|m| m.text().to_owned()).ok().as_deref(), Some(wanted));
    }
    let only = |name: &str| if name == "nominees" { 4 } else { 0 };
    assert_eq!(template.expand(&only).map(|m| m.text().to_owned()).ok().as_deref(), Some("0123/0"));
    let found = template.expand(&|_| usize::MAX).err().map(|found| list(&found));
    assert_eq!(found.as_deref(), Some("form.hbs:1:1 wrong-arguments"));
}

#[test]
fn the_title_is_ink() {
    assert_eq!(sound("x", &[]).id().title, "温州市第七轮推荐表");
    let eight = ROUND.replace('七', "八");
    assert_eq!(sound("x", &[("round.json", &eight)]).id().title, "温州市第八轮推荐表");
    let about = ABOUT.replace("{{city}}", "{{office}}");
    assert_eq!(sound("x", &[("t/template.json", &about)]).id().title, "A<&\"'B第七轮推荐表");
    assert_eq!(sound("x", &[]).outputs(), ["pdf"]);
}

#[test]
fn the_digest_is_of_all_files() {
    let others = [("t/partials/p.hbs", "x"), ("partials/q.hbs", "y")];
    let digest = |files: &Files| Template::load("t", files).map(|template| template.id().digest.clone()).unwrap_or_default();
    let files = files("<p/>", &others);
    let first = digest(&files);
    assert_eq!(first.len(), 64);
    assert!(first.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)));
    for path in files.keys() {
        let mut changed = files.clone();
        changed.entry(path.clone()).and_modify(|text| text.push('\n'));
        assert_ne!(digest(&changed), first, "{path}");
    }
    let mut moved = files.clone();
    moved.remove("t/partials/p.hbs");
    moved.insert("t/partials/r.hbs".to_owned(), "x".to_owned());
    assert_ne!(digest(&moved), first);
    let mut foreign = files.clone();
    foreign.insert("u/form.hbs".to_owned(), "z".to_owned());
    assert_eq!(digest(&foreign), first);
}
