//! Each kind of mistake, once, at its place.

use super::*;

/// Loads a form that must not load; `¦` in it stands where each mistake is, in the order of the text.
fn refused(form: &str, others: &[(&str, &str)], codes: &[&str]) {
    let mut wanted = Vec::new();
    let mut clean = others.iter().map(|(path, text)| (*path, text.replace('¦', ""))).collect::<Vec<_>>();
    let all = std::iter::once(("t/form.hbs", form)).chain(others.iter().copied());
    for (path, text) in all {
        let mut done = String::new();
        let mut parts = text.split('¦').peekable();
        while let Some(part) = parts.next() {
            done.push_str(part);
            if parts.peek().is_some() {
                let line = done.matches('\n').count() + 1;
                let column = done.rsplit('\n').next().unwrap_or("").chars().count() + 1;
                let path = path.strip_prefix("t/").unwrap_or(path);
                wanted.push(format!("{path}:{line}:{column}"));
            }
        }
    }
    let form = form.replace('¦', "");
    let borrowed: Vec<(&str, &str)> = clean.iter_mut().map(|(path, text)| (*path, text.as_str())).collect();
    let found = match load(&form, &borrowed) {
        Ok(_) => panic!("this must not load: {form}"),
        Err(found) => found,
    };
    assert_eq!(wanted.len(), codes.len(), "{form}");
    let mut wanted: Vec<String> = wanted.iter().zip(codes).map(|(place, code)| format!("{place} {code}")).collect();
    let mut got: Vec<String> = found.iter().map(line).collect();
    wanted.sort();
    got.sort();
    assert_eq!(got, wanted, "{form}");
}

#[test]
fn paths_are_judged_everywhere() {
    for form in [
        "{{¦cty}}",
        "<td>民　族 ○ 𠅤 {{¦cty}}</td>",
        "<a/>\r\n<b/>\r\n  中文{{ ¦cty }}\r\n",
        "{{#if ¦typo}}x{{/if}}",
        "{{#unless ¦typo}}x{{/unless}}",
        "{{#each ¦typo}}x{{/each}}",
        "{{#with ¦typo}}x{{/with}}",
        "{{#if years}}x{{else if ¦typo}}y{{/if}}",
        "{{#if (gt ¦typo 1)}}x{{/if}}",
        "{{#if (not (gt 1 ¦typo))}}x{{/if}}",
        "{{#if years includeZero=¦typo}}x{{/if}}",
        "{{#each (rows \"nominees\" min=¦typo)}}x{{/each}}",
        "{{lookup lines ¦typo}}",
        "{{lookup ¦typo 1}}",
        "{{lookup boxes.a \"label\"}}{{lookup boxes ¦\"c\"}}",
        "{{@root/¦typo}}",
        "{{#each lines}}{{../¦typo}}{{/each}}",
        "{{#each lines}}{{¦../../city}}{{/each}}",
        "{{#each lines}}\n  <br/>{{¦city}}{{/each}}",
        "{{#each quotas}}{{unit}}{{¦unti}}{{/each}}",
        "{{#each quotas as |q|}}{{q.unit}}{{q.¦unti}}{{/each}}",
        "{{#each quotas as |q i|}}{{i}}{{#each q.aliases as |a|}}{{a}}{{a.¦b}}{{/each}}{{/each}}",
        "{{city.¦length}}",
        "{{¦@index}}",
        "{{#each lines}}{{¦@key}}{{/each}}",
        // What a person fills in is never ink.
        "{{¦name}}",
        "{{#each (range 0 9) as |i|}}{{¦resume.period}}{{/each}}",
        "{{¦toString}}",
    ] {
        refused(form, &[], &["unknown-path"]);
    }
}

#[test]
fn a_mistake_in_a_loop_or_a_partial_is_said_once() {
    refused("{{#each (range 0 9) as |i|}}<tr>{{¦typo}}</tr>{{/each}}", &[], &["unknown-path"]);
    let others = [("t/partials/box.hbs", "<th>\r\n  主要{{#each lines}}{{this}}{{¦labell}}{{/each}}</th>")];
    refused("{{> box label=\"甲\"}}{{> box label=\"乙\"}}", &others, &["unknown-path"]);
    let others = [("partials/box.hbs", "{{key}}{{¦kay}}")];
    refused("{{#each (range 0 3) as |i|}}{{> box key=i}}{{/each}}", &others, &["unknown-path"]);
}

#[test]
fn partials_see_what_they_are_given() {
    let others = [("t/partials/p.hbs", "{{a}}{{#if ¦c}}x{{/if}}")];
    refused("{{> p a=1}}", &others, &["unknown-path"]);
    refused("{{> p a=¦nothing}}", &[("t/partials/p.hbs", "{{a}}")], &["unknown-path"]);
    let others = [("t/partials/p.hbs", "{{a}}{{¦b}}")];
    refused("{{> p a=1}}{{> p a=1 b=2}}", &others, &["missing-parameter"]);
    let others = [("t/partials/p.hbs", "{{¦i}}")];
    refused("{{#each (range 0 2) as |i|}}{{> p}}{{/each}}", &others, &["unknown-path"]);
    let others = [("t/partials/p.hbs", "{{#if signer}}{{signer}}{{else}}章{{/if}}{{#if (and signer city)}}{{signer}}{{/if}};")];
    assert_eq!(blank("{{> p}}{{> p signer=\"组长\"}}", &others).text(), "章;组长组长;");
}

#[test]
fn what_is_no_part_of_the_language_is_refused() {
    for (form, code) in [
        ("<p>¦{{{city}}}</p>", "raw-output"),
        ("<p>¦{{~{city}~}}</p>", "raw-output"),
        ("<p>¦{{&city}}</p>", "raw-output"),
        ("¦{{{{raw}}}} x", "raw-output"),
        ("¦{{* deco}}", "decorator"),
        ("¦{{#*inline \"x\"}}a", "decorator"),
        ("¦{{#> box}}", "partial-block"),
        ("<p>¦\\{{city}}</p>", "escaped-tag"),
        ("{{> p ¦city}}", "partial-context"),
        ("{{> ¦bix}}", "unknown-partial"),
        ("{{¦raneg 0 1}}", "unknown-helper"),
        ("{{#each (¦raneg 0 1)}}{{/each}}", "unknown-helper"),
        ("{{#¦eahc lines}}{{/eahc}}", "unknown-helper"),
        ("{{#¦range 0 1}}{{/range}}", "unknown-helper"),
        ("{{¦lg city}}", "unknown-helper"),
        ("{{¦log city}}", "unknown-helper"),
        ("{{¦\"text\"}}", "bad-tag"),
        ("{{¦5}}", "bad-tag"),
        ("{{add 1 ¦1x}}", "bad-tag"),
        ("¦{{city", "bad-tag"),
        ("中¦{{city <td>{{round}}", "bad-tag"),
        ("{{add ¦\"x}}", "bad-tag"),
        ("{{add 1 ¦(add 1 2}}", "bad-tag"),
        ("{{city ¦%}}", "bad-tag"),
        ("{{city as |¦x|}}", "bad-tag"),
        ("¦{{! never", "bad-tag"),
        ("{{¦a..b}}", "bad-path"),
        ("{{¦quotas}}", "not-printable"),
        ("{{#each ¦this}}{{/each}}", "bad-path"),
        ("{{#each ¦city}}{{/each}}", "wrong-type"),
        ("{{#with ¦lines}}{{/with}}", "wrong-type"),
        ("{{#each lines as |¦city|}}{{/each}}", "name-taken"),
        ("{{#each lines as |¦count|}}{{/each}}", "name-taken"),
        ("¦\u{F0001}", "private-character"),
    ] {
        refused(form, &[("t/partials/p.hbs", "x")], &[code]);
    }
}

#[test]
fn blocks_must_balance() {
    for form in [
        "¦{{#if city}}x",
        "x¦{{/if}}",
        "¦{{else}}",
        "{{#if city}}x¦{{/each}}",
        "{{#if city}}{{else}}¦{{else}}{{/if}}",
        "{{#if city}}\n{{#each lines}}\n ¦{{/if}}\n{{/if}}",
    ] {
        refused(form, &[], &["unbalanced"]);
    }
}

#[test]
fn helpers_are_called_rightly() {
    for (form, code) in [
        ("{{¦add 1}}", "wrong-arguments"),
        ("{{¦count}}", "wrong-arguments"),
        ("{{#¦if}}{{/if}}", "wrong-arguments"),
        ("{{#each (rows \"a\" ¦mni=4)}}{{/each}}", "wrong-arguments"),
        ("{{#each (rows ¦city)}}{{/each}}", "wrong-type"),
        ("{{count ¦\"A B\"}}", "wrong-type"),
        ("{{add 1 ¦\"2\"}}", "wrong-type"),
        ("{{#if (lt ¦city 2)}}{{/if}}", "wrong-type"),
        ("{{#each (range 0 ¦city)}}{{/each}}", "wrong-type"),
        ("{{len ¦city}}", "wrong-type"),
        // These are known only when the template is expanded, which loading does.
        ("中¦{{#each (range 0 1000000000)}}x{{/each}}", "wrong-arguments"),
        ("¦{{add 9223372036854775807 1}}", "wrong-arguments"),
        ("¦{{add 1.5 1}}", "wrong-arguments"),
        ("{{#each quotas}}<td>¦{{note}}</td>{{/each}}", "missing-value"),
    ] {
        refused(form, &[], &[code]);
    }
}

#[test]
fn expansion_is_bounded() {
    let loops = "{{#each (range 0 9999)}}{{#each (range 0 9999)}}{{/each}}{{/each}}";
    let found = load(loops, &[]).err().map(|found| list(&found));
    assert_eq!(found.as_deref(), Some("form.hbs:1:25 too-much-output"));
    let long = format!("{{{{#each (range 0 9999)}}}}{}{{{{/each}}}}", "长".repeat(1000));
    let found = load(&long, &[]).err().map(|found| list(&found));
    assert_eq!(found.as_deref(), Some("form.hbs:1:25 too-much-output"));
}

#[test]
fn recursion_is_refused() {
    refused("{{> a}}", &[("t/partials/a.hbs", "{{> b}}"), ("t/partials/b.hbs", "{{> ¦a}}")], &["recursive-partial"]);
    let mut others: Vec<(String, String)> =
        (0..30).map(|n| (format!("t/partials/p{n}.hbs"), format!("{{{{> p{0}}}}}{{{{> p{0}}}}}", n + 1))).collect();
    others.push(("t/partials/p30.hbs".into(), "x".into()));
    let others: Vec<(&str, &str)> = others.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let found = load("{{> p0}}", &others).err().map(|found| list(&found)).unwrap_or_default();
    assert!(found.contains("too-many-calls"), "{found}");
}

#[test]
fn all_mistakes_come_at_once() {
    let others = [("t/partials/p.hbs", "{{{a}}}"), ("t/defaults.json", "{\n \"甲\": 1,\n \"乙\": }")];
    let found = load("<p>{{typo}}{{{raw}}}\n{{#if x}}", &others).err().map(|found| list(&found)).unwrap_or_default();
    for wanted in ["defaults.json:3:", "partials/p.hbs:1:1 raw-output", "form.hbs:1:12 raw-output", "form.hbs:2:1 unbalanced"] {
        assert!(found.contains(wanted), "{wanted} is not in\n{found}");
    }
    refused("{{¦typo}}{{> ¦no}}{{#if ¦also}}¦{{city {{/if}}", &[], &["unknown-path", "unknown-partial", "unknown-path", "bad-tag"]);
}

#[test]
fn json_mistakes_have_their_place() {
    for (path, text, wanted) in [
        (
            "t/template.json",
            "{\"id\": \"t\",\n \"标\": 1, \"version\": \"1\", \"title\": \"x\", \"outputs\": [\"pdf\"]}",
            "template.json:2:2 unknown-key",
        ),
        (
            "t/template.json",
            "{\"id\": \"t\", \"version\": \"1\", \"titel\": \"x\", \"outputs\": [\"pdf\"]}",
            "template.json:1:29 unknown-key\ntemplate.json:1:1 missing-key",
        ),
        ("t/template.json", "{\"id\": \"u\", \"version\": \"1\", \"title\": \"x\", \"outputs\": [\"pdf\"]}", "template.json:1:8 wrong-id"),
        (
            "t/template.json",
            "{\"id\": \"t\", \"version\": 1, \"title\": \"x\", \"outputs\": [\"pfd\"]}",
            "template.json:1:53 unknown-output\ntemplate.json:1:24 wrong-type",
        ),
        (
            "t/template.json",
            "{\"id\": \"t\", \"version\": \"1\", \"title\": \"第{{rund}}轮\", \"outputs\": [\"pdf\"]}",
            "template.json:1:42 unknown-path",
        ),
        (
            "t/template.json",
            "{\"id\": \"t\", \"version\": \"1\", \"title\": \"第{{{city}}}轮\", \"outputs\": [\"pdf\"]}",
            "template.json:1:40 raw-output",
        ),
        (
            "t/template.json",
            "{\"id\": \"t\", \"version\": \"1\", \"title\": \"x\\ny\", \"outputs\": [\"pdf\"]}",
            "template.json:1:38 bad-title",
        ),
        (
            "t/template.json",
            "{\"id\": \"t\", \"version\": \"1\", \"title\": \"{{deadline}}\", \"outputs\": [\"pdf\"]}",
            "template.json:1:39 bad-title",
        ),
        ("t/template.json", "[]", "template.json:1:1 bad-json"),
        ("round.json", "{\"温\": \"州\" \"x\": 1}", "round.json:1:11 bad-json"),
        ("round.json", "{\n\"a\": [1, {\"b\": 1,\n \"b\": 2}], \"city\": \"\", \"round\": \"\"}", "round.json:3:2 duplicate-key"),
        ("round.json", "{\"city\": \"\", \"round\": \"\", \"count\": 1}", "round.json:1:27 name-taken"),
        ("round.json", "{\"city\": \"\", \"round\": \"\", \"a b\": 1}", "round.json:1:27 bad-key"),
        ("round.json", "{\"city\": \"\", \"round\": \"\\udb80\\udc01\"}", "round.json:1:23 private-character"),
        ("t/defaults.json", "{\"city\": 1}", "defaults.json:1:2 name-taken"),
    ] {
        let found = load("x", &[(path, text)]).err().map(|found| list(&found));
        assert_eq!(found.as_deref(), Some(wanted), "{path}: {text}");
    }
    let found = Template::load("none", &Files::new()).err().map(|found| list(&found)).unwrap_or_default();
    assert_eq!(found, "none/template.json:1:1 missing-file\nround.json:1:1 missing-file\nnone/form.hbs:1:1 missing-file");
}

#[test]
fn near_words_are_suggested() {
    for (form, help) in [
        ("{{cty}}", "did you mean `city`?"),
        ("{{#each quotas as |quota|}}{{qota}}{{/each}}", "did you mean `quota`?"),
        ("{{raneg 0 1}}", "did you mean `range`?"),
        ("{{> opinon}}", "did you mean `opinion`?"),
        ("{{#each lines}}{{city}}{{/each}}", "write `@root/city`"),
        ("{{#each (rows \"a\" mni=4)}}{{/each}}", "did you mean `min`?"),
    ] {
        let found = load(form, &[("partials/opinion.hbs", "")]).err().unwrap_or_default();
        let said: Vec<&str> = found.iter().filter_map(|d| d.help.as_ref()).map(|help| help.en.as_str()).collect();
        assert_eq!(said, [help], "{form}");
    }
}
