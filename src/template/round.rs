//! The rules that belong to a round: `round.json`, of which ink reads the words and a batch the numbers.

use std::collections::BTreeMap;
use std::ops::Range;

use serde_json::Value;

use super::Files;
use super::json::Json;
use super::source::{Source, suggest};
use crate::diag::{Diagnostics, Message, nearest};
use crate::record::value::{self, Day, day_exists};

/// The file's name.
const FILE: &str = "round.json";

/// The rules of a round. A rule that the file does not have is not applied.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Round {
    /// The city, which units write before their names or do not.
    pub city: String,
    /// 附件1, row by row.
    pub quotas: Vec<Quota>,
    /// The ages of retirement, and the day that counts.
    pub age: Option<Ages>,
    /// What skill levels are too low.
    pub skills: Option<Skills>,
    /// How long 事迹材料 are.
    pub deeds_length: Option<Length>,
    /// The least dots per inch of a photo on paper.
    pub photo_dpi: Option<f64>,
    /// Whether papers are printed in black and white.
    pub black_and_white: bool,
}

/// A row of 附件1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quota {
    /// The unit, or a kind of units.
    pub unit: String,
    /// How many it may recommend.
    pub quota: usize,
    /// Whether every unit of this kind may recommend so many (各1).
    pub each: bool,
    /// Other ways to write the unit.
    pub aliases: Vec<String>,
}

/// The ages at which people retire, in months, and the day on which that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ages {
    /// Men.
    pub men: u32,
    /// Women.
    pub women: u32,
    /// Women who are workers (工人) and not staff (干部).
    pub women_workers: u32,
    /// The day.
    pub on: Day,
}

/// Words in a skill level (现技术等级), and those that excuse a low one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Skills {
    /// High enough, whatever else stands there.
    pub enough: Vec<String>,
    /// Too low.
    pub below: Vec<String>,
    /// What excuses it, in the speciality or the post: 绝技, 绝活.
    pub excused: Vec<String>,
}

/// The length of a text, in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Length {
    /// What the notice asks for.
    pub about: usize,
    /// What is too short is less.
    pub least: usize,
    /// What is too long is more.
    pub most: usize,
}

impl Round {
    /// Reads `round.json` among the files of the templates; all its mistakes at once, each at its line and column.
    pub fn load(files: &Files) -> Result<Round, Diagnostics> {
        let mut found = Diagnostics::default();
        let Some(text) = files.get(FILE) else {
            let source = Source::new(FILE, "");
            found.push(source.error(0..1, "missing-file", format!("缺少文件 {FILE}。"), format!("the file {FILE} is missing")));
            return Err(found);
        };
        let source = Source::new(FILE, text);
        let Some(json) = Json::read(&source, &mut found) else { return Err(found) };
        let mut reader = Reader { source: &source, json: &json, found };
        reader.misspelt();
        let round = reader.round();
        let found = reader.found;
        if found.has_errors() { Err(found) } else { Ok(round) }
    }
}

struct Reader<'a> {
    source: &'a Source,
    json: &'a Json,
    found: Diagnostics,
}

/// The keys of the rules; any other key is ink.
const RULES: [&str; 7] = ["city", "quotas", "age", "skills", "deeds_length", "photo_dpi", "black_and_white"];

impl Reader<'_> {
    /// A rule that is not there, and a key that is nearly its name: a slip would switch the rule off in silence.
    fn misspelt(&mut self) {
        let Some(root) = self.json.value.as_object() else { return };
        let absent: Vec<&str> = RULES.into_iter().filter(|rule| !root.contains_key(*rule)).collect();
        let slips: Vec<(&String, &str)> = root
            .keys()
            .filter(|key| !RULES.contains(&key.as_str()))
            .filter_map(|key| Some((key, nearest(key, absent.iter().copied())?)))
            .collect();
        for (key, rule) in slips {
            let (zh, en) = (format!("没有 `{key}` 这条规则。"), format!("there is no rule `{key}`"));
            let help = Message::new(format!("是不是 `{rule}`？"), format!("did you mean `{rule}`?"));
            self.found.push(self.source.error(self.key(key), "unknown-key", zh, en).with_help(help));
        }
    }

    fn round(&mut self) -> Round {
        let root = &self.json.value;
        let has = |key: &str| root.get(key).is_some();
        Round {
            city: if has("city") { self.text(root, "", "city").unwrap_or_default() } else { String::new() },
            quotas: if has("quotas") { self.quotas() } else { Vec::new() },
            age: if has("age") { self.ages() } else { None },
            skills: if has("skills") { self.skills() } else { None },
            deeds_length: if has("deeds_length") { self.length() } else { None },
            photo_dpi: if has("photo_dpi") { self.number(root, "", "photo_dpi", 1.0, 2_400.0) } else { None },
            black_and_white: has("black_and_white") && self.flag(root, "", "black_and_white").unwrap_or_default(),
        }
    }

    fn quotas(&mut self) -> Vec<Quota> {
        let Some(rows) = self.json.value.get("quotas").and_then(Value::as_array) else {
            self.wrong("quotas", "要一个列表", "must be a list");
            return Vec::new();
        };
        let mut quotas = Vec::new();
        let mut owners: BTreeMap<String, usize> = BTreeMap::new();
        for (index, row) in rows.iter().enumerate() {
            let path = format!("quotas/{index}");
            if !self.object(row, &path, &["unit", "quota", "each", "aliases"]) {
                continue;
            }
            let unit = self.text(row, &path, "unit");
            let quota = self.whole(row, &path, "quota");
            let each = if row.get("each").is_some() { self.flag(row, &path, "each") } else { Some(false) };
            let aliases = if row.get("aliases").is_some() { self.texts(row, &path, "aliases") } else { Some(Vec::new()) };
            let (Some(unit), Some(quota), Some(each), Some(aliases)) = (unit, quota, each, aliases) else { continue };
            let places = std::iter::once(format!("{path}/unit")).chain((0..aliases.len()).map(|at| format!("{path}/aliases/{at}")));
            for (name, place) in std::iter::once(&unit).chain(&aliases).zip(places) {
                let name: String = value::half_width(name).chars().filter(|ch| !ch.is_whitespace()).collect();
                if owners.insert(name, index).is_some_and(|other| other != index) {
                    self.say(&place, "unit-twice", "另一行已经有这个名称。", "another row has this name already");
                }
            }
            quotas.push(Quota { unit, quota, each, aliases });
        }
        quotas
    }

    fn ages(&mut self) -> Option<Ages> {
        let json = self.json;
        let age = json.value.get("age").filter(|age| self.object(age, "age", &["men", "women", "women_workers", "on"]))?;
        // Since 2025 the ages rise by months: 60.25 are sixty years and three months. A float to integer cast saturates.
        let months = |years: f64| (years * 12.0).round() as u32;
        let men = self.number(age, "age", "men", 1.0, 120.0).map(months);
        let women = self.number(age, "age", "women", 1.0, 120.0).map(months);
        let workers = self.number(age, "age", "women_workers", 1.0, 120.0).map(months);
        let on = self.text(age, "age", "on").and_then(|text| {
            let day = value::date(&text).filter(|day| day_exists(*day));
            if day.is_none() {
                self.say("age/on", "wrong-type", "日期写成 2021-09-28 的样子。", "write a date like 2021-09-28");
            }
            day
        });
        Some(Ages { men: men?, women: women?, women_workers: workers?, on: on? })
    }

    fn skills(&mut self) -> Option<Skills> {
        let json = self.json;
        let skills = json.value.get("skills").filter(|skills| self.object(skills, "skills", &["enough", "below", "excused"]))?;
        let [enough, below, excused] = ["enough", "below", "excused"].map(|key| self.texts(skills, "skills", key));
        Some(Skills { enough: enough?, below: below?, excused: excused? })
    }

    fn length(&mut self) -> Option<Length> {
        let json = self.json;
        let path = "deeds_length";
        let length = json.value.get(path).filter(|length| self.object(length, path, &["about", "least", "most"]))?;
        let [about, least, most] = ["about", "least", "most"].map(|key| self.whole(length, path, key));
        let length = Length { about: about?, least: least?, most: most? };
        if length.least > length.about || length.about > length.most {
            self.say(path, "wrong-order", "应是 least ≤ about ≤ most。", "it must be least ≤ about ≤ most");
        }
        Some(length)
    }

    /// Whether a value is an object; keys that no rule has are told.
    fn object(&mut self, value: &Value, path: &str, keys: &[&'static str]) -> bool {
        let Some(members) = value.as_object() else {
            self.wrong(path, "要一个对象 { … }", "must be an object { … }");
            return false;
        };
        for key in members.keys().filter(|key| !keys.contains(&key.as_str())) {
            let (zh, en) = (format!("没有 `{key}` 这个键。"), format!("unknown key `{key}`"));
            let list = keys.join("、");
            let help = Message::new(format!("可以写 {list}。"), format!("the keys are {}", keys.join(", ")));
            let diagnostic = self.source.error(self.key(&format!("{path}/{key}")), "unknown-key", zh, en);
            self.found.push(suggest(diagnostic, key, keys.iter().copied(), Some(help)));
        }
        true
    }

    fn text(&mut self, within: &Value, path: &str, key: &str) -> Option<String> {
        let text = self.member(within, path, key)?.as_str().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
        self.or_wrong(text, path, key, "要一段文字", "must be a text")
    }

    fn texts(&mut self, within: &Value, path: &str, key: &str) -> Option<Vec<String>> {
        let items = self.member(within, path, key)?.as_array();
        let text = |item: &Value| item.as_str().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
        let texts = items.and_then(|items| items.iter().map(text).collect::<Option<Vec<_>>>());
        self.or_wrong(texts, path, key, "要一个列表，每项是一段文字", "must be a list of texts")
    }

    fn flag(&mut self, within: &Value, path: &str, key: &str) -> Option<bool> {
        let flag = self.member(within, path, key)?.as_bool();
        self.or_wrong(flag, path, key, "要 true 或 false", "must be true or false")
    }

    fn whole(&mut self, within: &Value, path: &str, key: &str) -> Option<usize> {
        let number = self.member(within, path, key)?.as_u64().and_then(|number| usize::try_from(number).ok());
        self.or_wrong(number, path, key, "要一个整数", "must be a whole number")
    }

    fn number(&mut self, within: &Value, path: &str, key: &str, least: f64, most: f64) -> Option<f64> {
        let number = self.member(within, path, key)?.as_f64().filter(|number| (least..=most).contains(number));
        self.or_wrong(number, path, key, &format!("要 {least} 到 {most} 之间的数"), &format!("must be a number from {least} to {most}"))
    }

    fn member<'v>(&mut self, within: &'v Value, path: &str, key: &str) -> Option<&'v Value> {
        let value = within.get(key);
        if value.is_none() {
            let (zh, en) = (format!("缺少 `{key}`。"), format!("the key `{key}` is missing"));
            let at = self.json.at(path);
            self.found.push(self.source.error(at, "missing-key", zh, en));
        }
        value
    }

    fn or_wrong<T>(&mut self, value: Option<T>, path: &str, key: &str, zh: &str, en: &str) -> Option<T> {
        if value.is_none() {
            let path = if path.is_empty() { key.to_owned() } else { format!("{path}/{key}") };
            self.wrong(&path, zh, en);
        }
        value
    }

    fn wrong(&mut self, path: &str, zh: &str, en: &str) {
        let key = path.rsplit('/').next().unwrap_or(path);
        self.say(path, "wrong-type", &format!("`{key}` {zh}。"), &format!("`{key}` {en}"));
    }

    fn say(&mut self, path: &str, code: &'static str, zh: &str, en: &str) {
        self.found.push(self.source.error(self.json.at(path), code, zh, en));
    }

    fn key(&self, path: &str) -> Range<usize> {
        self.json.members.iter().find(|member| member.path == path).map_or(0..1, |member| member.key.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Place;

    fn load(text: &str) -> Result<Round, Diagnostics> {
        Round::load(&Files::from([(FILE.to_owned(), text.to_owned())]))
    }

    #[test]
    fn mistakes_have_their_places() {
        for (text, want) in [
            ("{\n\"quotas\": 3}", vec![("wrong-type", 2, 11)]),
            ("{\"quotas\": [\n{\"unit\":\"甲\",\"qouta\":1}]}", vec![("unknown-key", 2, 13), ("missing-key", 2, 1)]),
            (
                "{\"quotas\": [{\"unit\":\"\",\"quota\":-1,\"each\":1,\"aliases\":[1]}]}",
                vec![("wrong-type", 1, 21), ("wrong-type", 1, 32), ("wrong-type", 1, 42), ("wrong-type", 1, 54)],
            ),
            (
                "{\"quotas\":[{\"unit\":\"甲\",\"quota\":1},{\"unit\":\"乙\",\"quota\":1,\"aliases\":[\"甲 \"]}]}",
                vec![("unit-twice", 1, 68)],
            ),
            (
                "{\"age\":{\"men\":60,\"women\":\"55\",\"women_workers\":50,\"on\":\"2021-02-30\"}}",
                vec![("wrong-type", 1, 26), ("wrong-type", 1, 55)],
            ),
            ("{\"deeds_length\":{\"about\":1,\"least\":2,\"most\":3}}", vec![("wrong-order", 1, 17)]),
            ("{\"photo_dip\":200,\"year\":\"2021\"}", vec![("unknown-key", 1, 2)]),
            ("{\"skills\":[]}", vec![("wrong-type", 1, 11)]),
            (
                "{\"photo_dpi\":0,\"black_and_white\":\"yes\",\"city\":[]}",
                vec![("wrong-type", 1, 47), ("wrong-type", 1, 14), ("wrong-type", 1, 34)],
            ),
            ("[", vec![("bad-json", 1, 1)]),
        ] {
            let found = load(text).err().unwrap_or_default();
            let got: Vec<_> = found
                .iter()
                .map(|one| if let Place::Template { line, column, .. } = one.place { (one.code, line, column) } else { (one.code, 0, 0) })
                .collect();
            assert_eq!(got, want, "{text}");
        }
    }

    #[test]
    fn a_round_without_rules_has_none() {
        assert_eq!(load("{\"round\":\"七\"}"), Ok(Round::default()));
    }

    #[test]
    fn ages_may_have_months() {
        let age =
            load("{\"age\":{\"men\":60.25,\"women\":55,\"women_workers\":50.5,\"on\":\"2025-09-28\"}}").ok().and_then(|round| round.age);
        assert_eq!(age.map(|age| (age.men, age.women, age.women_workers)), Some((723, 660, 606)));
    }
}
