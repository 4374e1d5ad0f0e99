//! Checks that no form can make: what the round asks of a person, and what people say together.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use super::Problem;
use super::report::UnitLine;
use super::round::{Round, UnitKey};
use super::source::text;
use crate::diag::{Diagnostic, Message, Place, Severity};
use crate::record::Record;
use crate::record::id_number::{self, Sex};
use crate::record::value::{self, Day};

/// Where a low skill level may be excused.
const EXCUSES: [&str; 5] = ["achievements.specialty.content", "brief.specialty", "post", "trade", "skill_level"];

/// What of a record is needed to see it beside all others.
#[derive(Clone, Default)]
pub struct Brief {
    /// The dossier's number, which the report shows.
    pub n: usize,
    /// Where the record came from.
    pub place: String,
    /// The person.
    pub name: String,
    /// The recommending unit.
    pub unit: UnitKey,
    /// The identity number.
    pub id_number: String,
    /// The month of birth.
    pub birth: String,
}

impl fmt::Debug for Brief {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The most private values of all are here.
        write!(f, "Brief({})", self.n)
    }
}

impl Brief {
    /// The brief of a record.
    pub fn of(n: usize, place: &str, record: &Record, round: &Round) -> Brief {
        let said = |name: &str| text(record, name).unwrap_or_default().to_owned();
        let unit = round.unit(&said("recommender"));
        Brief { n, place: place.to_owned(), name: said("name"), unit, id_number: said("id_number"), birth: said("birth") }
    }
}

/// What people say together.
#[derive(Clone, Default, PartialEq)]
pub struct Across {
    /// What is wrong with whom, by the dossier's number, in order.
    pub people: Vec<(usize, Problem)>,
    /// The units, in the order of 附件1.
    pub units: Vec<UnitLine>,
}

impl fmt::Debug for Across {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Across({} problems, {} units)", self.people.len(), self.units.len())
    }
}

/// What the round asks of a person and the form does not: age, skill, photo, 事迹材料, copies. All of it warnings.
pub fn person(record: &Record, round: &Round) -> Vec<Problem> {
    let mut found = Vec::new();
    if text(record, "recommender").is_none_or(|unit| unit.trim().is_empty()) {
        let words = ["没有填推荐单位，不知算在谁的名额里", "without a recommending unit it is not known whose quota this is"];
        found.push(warning("no-recommender", "/recommender", "推荐单位", words, ["填写附件1里的推荐单位", "fill in a unit of 附件1"]));
    }
    found.extend(unlisted(record, round));
    found.extend(age(record, round));
    found.extend(skill(record, round));
    if text(record, "photo").is_none() {
        let words = ["没有照片", "there is no photo"];
        found.push(warning("no-photo", "/photo", "照片", words, ["放入照片，或稍后贴上", "add one, or paste one on later"]));
    }
    found.extend(deeds(record, round));
    if record.rows("attachments") == 0 {
        let words = ["没有附身份证、证书等复印件", "there are no copies of identity card and certificates"];
        let help = ["放进 附件 文件夹，或写在记录的 attachments 里", "put them into the folder 附件 or name them in attachments"];
        found.push(warning("no-attachments", "/attachments", "附件", words, help));
    }
    found
}

/// A unit that 附件1 does not name, though it sounds like one that it does: it has a quota and a place of its own now.
fn unlisted(record: &Record, round: &Round) -> Option<Problem> {
    let unit = round.unit(text(record, "recommender")?);
    let row = round.sounds_like(&unit)?;
    let words = [
        format!("附件1里没有这个推荐单位；如果就是{row}，请写成附件1里的名称"),
        format!("附件1 does not name this unit; if it is {row}, write it as 附件1 does"),
    ];
    let help = ["或把这个写法加进 round.json 里该单位的 aliases", "or add this spelling to the unit's aliases in round.json"];
    Some(warning("unit-not-listed", "/recommender", "推荐单位", [&words[0], &words[1]], help))
}

/// What is wrong among people, and how the units stand. Nothing is held back for a unit's excess.
pub fn people<'b>(briefs: impl IntoIterator<Item = &'b Brief>, round: &Round) -> Across {
    let briefs: Vec<&Brief> = briefs.into_iter().collect();
    let mut found: BTreeMap<usize, Vec<Problem>> = BTreeMap::new();
    let mut by_number: HashMap<String, Vec<usize>> = HashMap::new();
    let mut by_birth: HashMap<(String, String), Vec<usize>> = HashMap::new();
    for (at, brief) in briefs.iter().enumerate() {
        let number = id_number::normalise(&brief.id_number);
        let name: String = value::half_width(&brief.name).chars().filter(|ch| !ch.is_whitespace()).collect();
        if !name.is_empty() && !brief.birth.trim().is_empty() {
            by_birth.entry((name, brief.birth.trim().to_owned())).or_default().push(at);
        }
        if !number.is_empty() {
            by_number.entry(number).or_default().push(at);
        }
    }
    // One of them is wrong, and nobody but a person can tell which: neither is printed before that is settled.
    for same in by_number.values().filter(|same| same.len() > 1) {
        for at in same {
            let [zh, en] = others(&briefs, same, *at);
            let words = [format!("身份证号码与{zh}的相同"), format!("the identity number is that of {en}, too")];
            let help =
                ["核对是否重复报送，或号码有误；改正后再做", "see whether a person was sent twice or a number is wrong, and mend it"];
            let problem = problem(Severity::Error, "same-identity", "/id_number", "身份证号码", [&words[0], &words[1]], help);
            found.entry(*at).or_default().push(problem);
        }
    }
    for same in by_birth.values().filter(|same| same.len() > 1) {
        for at in same {
            let own = briefs.get(*at).map(|brief| id_number::normalise(&brief.id_number)).filter(|number| !number.is_empty());
            // Of those with the same number it has been told.
            let rest: Vec<usize> = same
                .iter()
                .copied()
                .filter(|other| {
                    let number = briefs.get(*other).map(|brief| id_number::normalise(&brief.id_number));
                    other == at || own.is_none() || number != own
                })
                .collect();
            if rest.len() < 2 {
                continue;
            }
            let [zh, en] = others(&briefs, &rest, *at);
            let words = [format!("姓名和出生年月与{zh}的相同"), format!("name and month of birth are those of {en}, too")];
            let help = ["核对是否同一人重复报送", "see whether one person was sent twice"];
            found.entry(*at).or_default().push(warning("same-person", "/name", "姓名", [&words[0], &words[1]], help));
        }
    }
    let people = found.into_iter().flat_map(|(at, problems)| {
        let n = briefs.get(at).map_or(0, |brief| brief.n);
        problems.into_iter().map(move |problem| (n, problem))
    });
    Across { people: people.collect(), units: units(&briefs, round) }
}

/// How the units stand.
fn units(briefs: &[&Brief], round: &Round) -> Vec<UnitLine> {
    let mut counts: HashMap<&UnitKey, usize> = HashMap::new();
    for brief in briefs {
        *counts.entry(&brief.unit).or_default() += 1;
    }
    let line = |unit: UnitKey| {
        let recommended = counts.get(&unit).copied().unwrap_or_default();
        let quota = round.quota(&unit);
        let mut problems = Vec::new();
        let is_kind = unit.row().and_then(|row| round.quotas.get(row)).is_some_and(|quota| quota.each);
        if let Some(quota) = quota.filter(|quota| recommended > *quota) {
            let over = recommended - quota;
            let words = [
                format!("推荐了 {recommended} 人，名额 {quota} 人，超出 {over} 人"),
                format!("{recommended} are recommended, {over} more than the quota of {quota}"),
            ];
            let help = match is_kind {
                true => [
                    "这是一类单位，各有名额：请写明各人的推荐单位",
                    "each unit of this kind has a quota: let every record name its own unit",
                ],
                false => ["请单位按名额调整；各人的材料照做", "let the unit choose; the dossiers are made all the same"],
            };
            problems.push(warning("over-quota", "", "名额", [&words[0], &words[1]], help));
        }
        UnitLine { unit: unit.name().to_owned(), quota, recommended, problems }
    };
    round.order(briefs.iter().map(|brief| &brief.unit)).into_iter().map(line).collect()
}

/// The others of a group, by the numbers under which the report has them.
fn others(briefs: &[&Brief], same: &[usize], own: usize) -> [String; 2] {
    let numbers: Vec<usize> = same.iter().filter(|at| **at != own).filter_map(|at| briefs.get(*at)).map(|brief| brief.n).collect();
    let shown: Vec<String> = numbers.iter().take(3).map(usize::to_string).collect();
    let (more_zh, more_en) = match numbers.len().saturating_sub(3) {
        0 => (String::new(), String::new()),
        more => (format!("等 {} 份", numbers.len()), format!(" and {more} more")),
    };
    [format!("第 {} 号{more_zh}", shown.join("、")), format!("no. {}{more_en}", shown.join(", "))]
}

/// Whether somebody is beyond the age of retirement on the round's day.
fn age(record: &Record, round: &Round) -> Option<Problem> {
    let ages = round.age?;
    let number = text(record, "id_number").and_then(|text| id_number::parse(&id_number::normalise(text)).ok());
    let by_number = number.as_ref().and_then(|number| number.birth());
    // Of a month alone the first day counts.
    let by_month = text(record, "birth").and_then(value::month).map(|(year, month)| Day { year, month, day: 1 });
    let (born, pointer, label) = match (by_number, by_month) {
        (Some(day), _) => (day, "/id_number", "身份证号码"),
        (None, day) => (day?, "/birth", "出生年月"),
    };
    let sex = match text(record, "sex") {
        Some("男") => Sex::Male,
        Some("女") => Sex::Female,
        _ => number?.sex(),
    };
    let months = (ages.on.year * 12 + ages.on.month).checked_sub(born.year * 12 + born.month)?;
    let months = months.checked_sub(u32::from(ages.on.day < born.day))?;
    let on = format!("{}年{}月{}日", ages.on.year, ages.on.month, ages.on.day);
    let on_en = format!("{:04}-{:02}-{:02}", ages.on.year, ages.on.month, ages.on.day);
    let limit = if sex == Sex::Male { ages.men } else { ages.women };
    if months >= limit {
        let words = [format!("到 {on} 已到法定退休年龄"), format!("the age of retirement is reached by {on_en}")];
        let help = ["参评对象应在法定退休年龄以内；核对出生年月", "nominees are below that age; look at the date of birth"];
        return Some(warning("retired", pointer, label, [&words[0], &words[1]], help));
    }
    if sex == Sex::Female && months >= ages.women_workers {
        let words = [
            format!("到 {on} 已到女工人的退休年龄；管理、技术岗位的不算"),
            format!("the age of retirement of women who are workers is reached by {on_en}; of staff it is not"),
        ];
        let help = ["核对岗位性质", "see which of the two she is"];
        return Some(warning("retired-if-worker", pointer, label, [&words[0], &words[1]], help));
    }
    None
}

/// Whether a skill level is too low, and nothing excuses it.
fn skill(record: &Record, round: &Round) -> Option<Problem> {
    let skills = round.skills.as_ref()?;
    let level = text(record, "skill_level").unwrap_or_default();
    let any = |words: &[String], text: &str| words.iter().any(|word| text.contains(word.as_str()));
    let words = match level.trim() {
        "" => ["没有填技术等级，也没有写明绝技绝活", "there is no skill level, and no rare craft that would excuse it"],
        level if any(&skills.enough, level) || !any(&skills.below, level) => return None,
        _ => ["技术等级在技师以下，也没有写明绝技绝活", "the skill level is below 技师, and no rare craft excuses it"],
    };
    if EXCUSES.iter().filter_map(|name| text(record, name)).any(|said| any(&skills.excused, said)) {
        return None;
    }
    let help = [
        "要有技师以上资格；传统手工艺人才在技术特长里写明绝技绝活",
        "nominees are 技师 or higher; masters of a rare craft say so in their speciality",
    ];
    Some(warning("low-skill", "/skill_level", "现技术等级", words, help))
}

/// Whether the 事迹材料 are there, and about as long as asked for.
fn deeds(record: &Record, round: &Round) -> Option<Problem> {
    let length = round.deeds_length?;
    let count = text(record, "deeds").unwrap_or_default().chars().filter(|ch| !ch.is_whitespace()).count();
    let about = length.about;
    let words = if count == 0 {
        ["没有事迹材料".to_owned(), "there is no 事迹材料".to_owned()]
    } else if count < length.least {
        [format!("事迹材料只有 {count} 字，要 {about} 字左右"), format!("it has {count} characters only; about {about} are asked for")]
    } else if count > length.most {
        [format!("事迹材料有 {count} 字，要 {about} 字左右"), format!("it has {count} characters; about {about} are asked for")]
    } else {
        return None;
    };
    let code = if count == 0 { "no-deeds" } else { "deeds-length" };
    let help = [format!("写到 {} 至 {} 字", length.least, length.most), format!("write {} to {} characters", length.least, length.most)];
    Some(warning(code, "/deeds", "事迹材料", [&words[0], &words[1]], [&help[0], &help[1]]))
}

fn warning(code: &'static str, pointer: &str, label: &str, words: [&str; 2], help: [&str; 2]) -> Problem {
    problem(Severity::Warning, code, pointer, label, words, help)
}

fn problem(
    severity: Severity,
    code: &'static str,
    pointer: &str,
    label: &str,
    [zh, en]: [&str; 2],
    [help_zh, help_en]: [&str; 2],
) -> Problem {
    let place = Place::Record { pointer: pointer.to_owned(), label: label.to_owned() };
    let (message, help) = (Message::new(zh, en), Some(Message::new(help_zh, help_en)));
    Problem::from(&Diagnostic { severity, code, place, message, help })
}
