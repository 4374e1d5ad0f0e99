use super::*;
use crate::batch::Problem;
use crate::diag::Lang;
use crate::form::{FieldKind, TextFormat};
use self::words::Mark;
fn p(error: bool, name: &str, label: &str, zh: &str, help: &str) -> Problem {
    Problem { error, code: "x".into(), place: format!("/{name}"), pointer: Some(format!("/{name}")), label: label.into(), message: [zh.into(), "english".into()], help: [help.into(), String::new()] }
}
fn rows() -> Vec<people::Row> {
    let names = ["徐长青", "林小舟", "陈国栋", "王㛃", "欧阳文远", "周建平", "吴海燕", "郑一鸣", "黄丽华", "章志强", "潘伟", "金晓东"];
    let units = ["鹿城区", "瑞安市", "乐清市", "洞头区"];
    names.iter().enumerate().map(|(at, name)| {
        let (mark, problems) = match at {
            2 => (Mark::Wrong, vec![p(true, "id_number", "身份证号码", "身份证号码的校验码不对，有一位写错了", "对照身份证核对十八位号码"), p(true, "name", "姓名", "必填，还没有填", "")]),
            6 => (Mark::Wrong, vec![p(true, "resume.0.period", "简历·起止年月·第1行", "年月写成了小数，分不清是 1 月还是 10 月，没有读取", "写成 1986-10")]),
            4 | 9 => (Mark::Look, vec![p(false, "photo", "照片", "照片的分辨率不够，印出来会不清楚", "换一张至少 295×413 像素的照片")]),
            _ => (Mark::Fine, vec![]),
        };
        people::Row { entry: at, n: at + 1, name: (*name).into(), unit: units[at % 4].into(), place: format!("人员 第{}行", at + 2), mark, problems }
    }).collect()
}
fn write(name: &str, step: Option<shell::Step>, work: bool, content: Vec<html::El>) {
    let work = work.then(|| shell::WorkFrame { id: "abc".into(), until: "2026年12月3日 09:31（北京时间）".into(), checked: true });
    let shell = shell::Shell { lang: Lang::Zh, title: name.into(), step, work, again: None, here: "/".into() };
    let html = shell.page(content).replace(&assets::STYLE.address(), "page.css");
    std::fs::create_dir_all("target/tmp/gallery").unwrap();
    std::fs::write("target/tmp/gallery/page.css", assets::STYLE.text).unwrap();
    std::fs::write(format!("target/tmp/gallery/{name}.html"), html).unwrap();
}
#[test]
fn gallery() {
    let outs = |list: &[&str]| list.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
    let card = |id: &str, title: &str, o: &[&str]| start::Card { id: id.into(), title: title.into(), outputs: outs(o) };
    let view = start::Start { forms: vec![card("recommendation", "温州市第七轮首席技师推荐表", &["pdf", "fillable", "docx"])], others: vec![card("summary", "温州市第七轮首席技师推荐人选情况一览表", &["pdf", "fillable", "docx", "xlsx"]), card("letter", "温州市第七轮首席技师推荐函", &["pdf", "docx"])], days: 7, megabytes: 1024, wiped: false };
    write("start", Some(shell::Step::Choose), false, start::start(&view, Lang::Zh));
    write("progress", Some(shell::Step::Check), true, progress::progress(&progress::Under { id: "abc".into(), making: false, done: 12, total: 30, queued: false }, Lang::Zh));
    let rows = rows();
    let notes = vec![p(false, "", "", "这张照片对不上任何人", "")].into_iter().map(|mut n| { n.place = "照片/IMG_0031.jpg".into(); n }).collect::<Vec<_>>();
    write("people", Some(shell::Step::Check), true, people::people(&people::People { id: "abc", title: "温州市第七轮首席技师推荐表", rows: &rows, show: people::Show::All, page: 1, units: &[], notes: &notes }, Lang::Zh));
    let text = |name: &str, label: &str, kind: FieldKind, value: &str| control::Control { name: name.into(), label: label.into(), kind, value: control::Held::Text(value.into()) };
    let mend = vec![
        person::Mend { control: text("id_number", "身份证号码", FieldKind::Text(TextFormat::IdNumber), "990000197908221235"), problems: vec![rows[2].problems[0].clone()] },
        person::Mend { control: text("name", "姓名", FieldKind::Text(TextFormat::Plain), ""), problems: vec![rows[2].problems[1].clone()] },
        person::Mend { control: text("education", "文化程度", FieldKind::Choice(vec!["大专".into()]), "大专"), problems: vec![p(false, "education", "文化程度", "与学历证书上的写法不同", "")] },
    ];
    let fields = vec![text("name", "姓名", FieldKind::TextArea, ""), text("sex", "性别", FieldKind::TextArea, "男"), text("birth", "出生年月", FieldKind::Month, "1979-08"), text("deeds", "事迹材料", FieldKind::TextArea, &"工作三十年".repeat(40))];
    write("person", Some(shell::Step::Check), true, person::person(&person::Person { id: "abc", row: &rows[2], before: Some(1), after: Some(6), mend: &mend, others: &[], fields: &fields, sheets: 7, sheet: 2, places: &[("id_number".into(), 2), ("education".into(), 3)], said: None }, Lang::Zh));
    let wishes = take::Wishes { pdf: true, fillable: false, docx: false, mask: false, draft: false, colour: false };
    write("take", Some(shell::Step::Take), true, take::take(&take::Take { id: "abc", title: "温州市第七轮首席技师推荐表", rows: &rows, wishes, made: None, stale: false, said: None }, Lang::Zh));
    let made = take::Made { dossiers: 10, pages: 84, files: vec!["打印/打印.pdf".into(), "一览表/全部.pdf".into(), "一览表/全部.docx".into(), "一览表/全部.xlsx".into()], own: vec![(0, vec!["个人/001-鹿城区-徐长青.pdf".into(), "个人/001-鹿城区-徐长青.docx".into()])] };
    write("made", Some(shell::Step::Take), true, take::take(&take::Take { id: "abc", title: "温州市第七轮首席技师推荐表", rows: &rows, wishes, made: Some(made), stale: true, said: None }, Lang::Zh));
    write("wipe", None, true, wipe::wipe("abc", 30, "2026年12月3日 09:31（北京时间）", Lang::Zh));
    use crate::readback::Content;
    let t = |s: &str| Content::Text(s.into());
    let back = vec![back::Returned { file: "徐长青.pdf".into(), person: "徐长青".into(), problems: vec![p(false, "mobile", "手机", "不像一个手机号码", "")], read: Some(back::Read { record: "{}".into(), changes: vec![back::Changed { label: "文化程度".into(), before: Some(t("大专")), after: t("本科"), lost: false }, back::Changed { label: "手机".into(), before: Some(t("")), after: t("1990000000"), lost: false }] }) }, back::Returned { file: "坏.docx".into(), person: String::new(), problems: vec![p(true, "", "", "这不是从这里发出去的表", "用发出去的那份填写")], read: None }];
    write("back", None, false, back::back(&back, back::Against::Issued, Lang::Zh));
}
