//! Which recommending unit a record means, and in which order the units stand.

use std::fmt;
use std::hash::{Hash, Hasher};

use crate::record::value::half_width;
pub use crate::template::Round;

/// A recommending unit: a row of 附件1, or a municipal unit or association of its own.
#[derive(Clone, Default)]
pub struct UnitKey {
    /// Its row in 附件1.
    row: Option<usize>,
    /// What tells it from others, where it has no row.
    key: String,
    name: String,
}

impl UnitKey {
    /// What it is called in short: the name of its row, or what the record says; empty where the record says nothing.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its row in 附件1, from 0; `None` for a unit of its own.
    pub fn row(&self) -> Option<usize> {
        self.row
    }

    /// Whether the record says nothing.
    pub fn is_missing(&self) -> bool {
        self.name.is_empty()
    }

    fn identity(&self) -> (Option<usize>, &str) {
        (self.row, &self.key)
    }
}

impl PartialEq for UnitKey {
    fn eq(&self, other: &UnitKey) -> bool {
        self.identity() == other.identity()
    }
}

impl Eq for UnitKey {}

impl Hash for UnitKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.identity().hash(state);
    }
}

impl fmt::Debug for UnitKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // What a record says never reaches a log.
        write!(f, "UnitKey({:?})", self.row)
    }
}

impl Round {
    /// The unit that a record names: 瑞安市人力资源和社会保障局 is 瑞安市; what 附件1 does not name is a unit of its own.
    ///
    /// White space, full-width letters and the city before the name do not count.
    pub fn unit(&self, recommender: &str) -> UnitKey {
        let text = plain(recommender);
        if text.is_empty() {
            return UnitKey::default();
        }
        let short = self.without_city(&text);
        let row = self.quotas.iter().position(|quota| {
            let names = std::iter::once(&quota.unit).chain(&quota.aliases).map(|name| plain(name));
            names.into_iter().any(|name| name == text || self.without_city(&name) == short)
        });
        match row.and_then(|at| Some((at, self.quotas.get(at)?))) {
            Some((at, quota)) => UnitKey { row: Some(at), key: String::new(), name: quota.unit.clone() },
            None => UnitKey { row: None, key: short.to_owned(), name: recommender.trim().to_owned() },
        }
    }

    /// The row of 附件1 that a unit of its own sounds like: 瑞安市人民政府 and 瑞安 sound like 瑞安市.
    pub fn sounds_like(&self, unit: &UnitKey) -> Option<&str> {
        if unit.row.is_some() || unit.is_missing() {
            return None;
        }
        let rows = self.quotas.iter().filter(|quota| !quota.each).map(|quota| quota.unit.as_str());
        let stem = |row: &str| plain(row).trim_end_matches(['市', '县', '区']).to_owned();
        rows.into_iter().find(|row| unit.key.contains(&stem(row)))
    }

    /// How many a unit may recommend; `None` where nothing is said.
    ///
    /// A unit of its own may recommend as many as the rows for each unit of a kind (各1) say; where they differ, the most.
    pub fn quota(&self, unit: &UnitKey) -> Option<usize> {
        match unit.row {
            Some(row) => self.quotas.get(row).map(|quota| quota.quota),
            None if unit.is_missing() => None,
            None => self.quotas.iter().filter(|quota| quota.each).map(|quota| quota.quota).max(),
        }
    }

    /// The units, each once: those of 附件1 in its order, then the others as they first appear, then the missing one.
    pub fn order<'u>(&self, units: impl IntoIterator<Item = &'u UnitKey>) -> Vec<UnitKey> {
        let mut seen = std::collections::HashSet::new();
        let mut order: Vec<UnitKey> = units.into_iter().filter(|unit| seen.insert((*unit).clone())).cloned().collect();
        // The sort is stable: the others keep the order in which they came.
        order.sort_by_key(|unit| (unit.is_missing(), unit.row.unwrap_or(usize::MAX)));
        order
    }

    fn without_city<'t>(&self, text: &'t str) -> &'t str {
        let city = plain(&self.city);
        let short = city.strip_suffix('市').unwrap_or(&city);
        let rest = [city.as_str(), short].into_iter().filter(|city| !city.is_empty()).find_map(|city| text.strip_prefix(city));
        rest.filter(|rest| !rest.is_empty()).unwrap_or(text)
    }
}

/// A name as it is compared.
fn plain(text: &str) -> String {
    half_width(text).chars().filter(|ch| !ch.is_whitespace()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::Quota;

    fn round() -> Round {
        let row = |unit: &str, quota, each, aliases: &[&str]| Quota {
            unit: unit.to_owned(),
            quota,
            each,
            aliases: aliases.iter().map(|alias| (*alias).to_owned()).collect(),
        };
        let quotas = vec![
            row("鹿城区", 4, false, &["鹿城区人力资源和社会保障局"]),
            row("瑞安市", 5, false, &["瑞安市人社局"]),
            row("市直单位及省属在温单位", 1, true, &["市直单位"]),
        ];
        Round { city: "温州市".to_owned(), quotas, ..Round::default() }
    }

    #[test]
    fn units_are_found_by_their_names() {
        let round = round();
        for (text, name, row, quota) in [
            ("瑞安市人社局", "瑞安市", Some(1), Some(5)),
            (" 温州市 瑞安市人社局　", "瑞安市", Some(1), Some(5)),
            ("温州市鹿城区", "鹿城区", Some(0), Some(4)),
            ("温州鹿城区人力资源和社会保障局", "鹿城区", Some(0), Some(4)),
            ("市直单位", "市直单位及省属在温单位", Some(2), Some(1)),
            ("温州市机械行业协会", "温州市机械行业协会", None, Some(1)),
            ("瑞安市某某公司", "瑞安市某某公司", None, Some(1)),
            ("温州市", "温州市", None, Some(1)),
            ("　", "", None, None),
        ] {
            let unit = round.unit(text);
            assert_eq!((unit.name(), unit.row(), round.quota(&unit)), (name, row, quota), "{text}");
        }
        assert_eq!(round.unit("温州市机械行业协会"), round.unit("机械 行业协会"));
        assert_ne!(round.unit("机械行业协会"), round.unit("电气行业协会"));
    }

    #[test]
    fn units_stand_in_the_order_of_the_notice() {
        let round = round();
        let units: Vec<UnitKey> =
            ["乙协会", "", "瑞安市", "甲协会", "鹿城区", "瑞安市人社局", "温州市乙协会"].map(|text| round.unit(text)).to_vec();
        let names: Vec<String> = round.order(&units).iter().map(|unit| unit.name().to_owned()).collect();
        assert_eq!(names, ["鹿城区", "瑞安市", "乙协会", "甲协会", ""]);
    }
}
