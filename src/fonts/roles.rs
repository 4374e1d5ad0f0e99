//! Which families play which part on official paper, and which is preferred.

use std::ops::RangeInclusive;

use super::find::Found;
use crate::form::FontRole;

/// A part with the families that play it.
pub(super) struct Part {
    /// The part in Chinese, for messages.
    pub(super) zh: &'static str,
    /// The bundled file that plays it, for messages.
    pub(super) bundled: &'static str,
    /// The trade's own families, best first, by their Chinese or English names.
    official: &'static [&'static str],
    /// Free families that stand in for them, best first, with the weights that will do.
    stand_ins: &'static [(&'static str, RangeInclusive<u16>)],
    /// The weight wanted where a family has several.
    weight: u16,
}

/// Smaller is better: official before stand-in, earlier folder, better family, nearer weight.
pub(super) type Rank = (bool, usize, usize, u16);

const SONG: Part = Part {
    zh: "宋体",
    bundled: "noto/FWSerifSC-Regular.otf",
    official: &[
        "SimSun",
        "宋体",
        "NSimSun",
        "新宋体",
        "方正书宋_GBK",
        "FZShuSong-Z01",
        "方正书宋简体",
        "FZShuSong-Z01S",
        "华文宋体",
        "STSong",
        "宋体-简",
        "Songti SC",
        "CESI宋体-GB2312",
        "CESI_SS_GB2312",
    ],
    stand_ins: &[
        ("FW Serif SC", 1..=599),
        ("思源宋体", 1..=599),
        ("Source Han Serif SC", 1..=599),
        ("Noto Serif CJK SC", 1..=599),
        ("Noto Serif SC", 1..=599),
    ],
    weight: 400,
};

const FANG: Part = Part {
    zh: "仿宋",
    bundled: "fandol/FandolFang-Regular.otf",
    official: &[
        "仿宋_GB2312",
        "FangSong_GB2312",
        "仿宋",
        "FangSong",
        "方正仿宋_GBK",
        "FZFangSong-Z02",
        "方正仿宋简体",
        "FZFangSong-Z02S",
        "华文仿宋",
        "STFangsong",
        "CESI仿宋-GB2312",
        "CESI_FS_GB2312",
    ],
    stand_ins: &[("FandolFang", 1..=599)],
    weight: 400,
};

const HEI: Part = Part {
    zh: "黑体",
    bundled: "noto/FWSansSC-Medium.otf",
    official: &[
        "黑体",
        "SimHei",
        "方正黑体_GBK",
        "FZHei-B01",
        "方正黑体简体",
        "FZHei-B01S",
        "华文黑体",
        "STHeiti",
        "CESI黑体-GB2312",
        "CESI_HT_GB2312",
    ],
    stand_ins: &[
        ("FW Sans SC", 1..=1000),
        ("思源黑体", 1..=1000),
        ("Source Han Sans SC", 1..=1000),
        ("Noto Sans CJK SC", 1..=1000),
        ("Noto Sans SC", 1..=1000),
    ],
    weight: 500,
};

const TITLE: Part = Part {
    zh: "小标宋",
    bundled: "noto/FWSerifSC-Bold.otf",
    official: &[
        "方正小标宋简体",
        "FZXiaoBiaoSong-B05S",
        "方正小标宋_GBK",
        "FZXiaoBiaoSong-B05",
        "华文中宋",
        "STZhongsong",
        "CESI小标宋-GB2312",
        "CESI_XBS_GB2312",
    ],
    stand_ins: &[
        ("FW Serif SC", 600..=900),
        ("思源宋体", 600..=900),
        ("Source Han Serif SC", 600..=900),
        ("Noto Serif CJK SC", 600..=900),
        ("Noto Serif SC", 600..=900),
    ],
    weight: 700,
};

/// Faces for the rare characters of names (CJK Extension B and later).
pub(super) const RARE: Part = Part {
    zh: "生僻字",
    bundled: "rare/HanaMinB.ttf",
    official: &["SimSun-ExtB", "宋体-ExtB", "SimSun-ExtG"],
    stand_ins: &[("HanaMinB", 1..=1000), ("FW Rare GH", 1..=1000)],
    weight: 400,
};

/// All roles, in the order of [`place`].
pub(super) const ROLES: [FontRole; 4] = [FontRole::Song, FontRole::Fang, FontRole::Hei, FontRole::Title];

/// The part a role stands for.
pub(super) fn part(role: FontRole) -> &'static Part {
    match role {
        FontRole::Song => &SONG,
        FontRole::Fang => &FANG,
        FontRole::Hei => &HEI,
        FontRole::Title => &TITLE,
    }
}

/// A role's place in [`ROLES`].
pub(super) fn place(role: FontRole) -> usize {
    match role {
        FontRole::Song => 0,
        FontRole::Fang => 1,
        FontRole::Hei => 2,
        FontRole::Title => 3,
    }
}

impl Part {
    /// How well a face plays the part; `None` if it does not.
    pub(super) fn rank(&self, face: &Found) -> Option<Rank> {
        let distance = face.weight.abs_diff(self.weight);
        if let Some(at) = self.official.iter().position(|family| face.is_called(family)) {
            return Some((false, face.folder, at, distance));
        }
        let at = self.stand_ins.iter().position(|(family, weights)| weights.contains(&face.weight) && face.is_called(family))?;
        Some((true, face.folder, at, distance))
    }
}
