//! Months and dates: as the record keeps them, as the paper shows them, and back. Pure text to text.

/// The two answers to 性别 on a form. Other documents know 未说明的性别 as well (GB/T 2261.1), so another one is only warned of.
pub const SEXES: [&str; 2] = ["男", "女"];

/// A day of the Gregorian calendar; whether it exists is another question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day {
    /// The year, four digits.
    pub year: u32,
    /// The month, from 1.
    pub month: u32,
    /// The day, from 1.
    pub day: u32,
}

/// Whether there is such a day.
pub fn day_exists(day: Day) -> bool {
    let leap = day.year.is_multiple_of(4) && (!day.year.is_multiple_of(100) || day.year.is_multiple_of(400));
    let last = match day.month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 0,
    };
    (1..=last).contains(&day.day)
}

/// The year and month of a value in the record's form, `1985-03`; the month may be impossible.
pub fn month(text: &str) -> Option<(u32, u32)> {
    let (year, month) = text.split_once('-')?;
    Some((fixed(year, 4)?, fixed(month, 2)?))
}

/// The day of a value in the record's form, `2021-09-18`; the day may be impossible.
pub fn date(text: &str) -> Option<Day> {
    let (start, day) = text.rsplit_once('-')?;
    let (year, month) = month(start)?;
    Some(Day { year, month, day: fixed(day, 2)? })
}

/// A month as the paper shows it: `1985-03` becomes 1985.03. Anything else, impossible months too, is `None` and printed as it stands.
pub fn month_on_paper(text: &str) -> Option<String> {
    let (year, month) = month(text)?;
    (1..=12).contains(&month).then(|| format!("{year:04}.{month:02}"))
}

/// A date as the paper shows it: `2021-09-18` becomes 2021年9月18日. Anything else, impossible days too, is `None` and printed as it stands.
pub fn date_on_paper(text: &str) -> Option<String> {
    let day = date(text).filter(|day| day_exists(*day))?;
    Some(format!("{:04}年{}月{}日", day.year, day.month, day.day))
}

/// The way back from [`month_on_paper`]; only what it writes is understood.
pub fn month_from_paper(text: &str) -> Option<String> {
    let stored = text.replacen('.', "-", 1);
    (month_on_paper(&stored).as_deref() == Some(text)).then_some(stored)
}

/// The way back from [`date_on_paper`]; only what it writes is understood.
pub fn date_from_paper(text: &str) -> Option<String> {
    let [year, month, day] = numbers(text)?;
    let stored = format!("{year:04}-{month:02}-{day:02}");
    (date_on_paper(&stored).as_deref() == Some(text)).then_some(stored)
}

/// The record's form of a month that is spelt another way: 1985.3, 1985年3月, 1985/03, 198503, １９８５．３.
pub fn month_respelt(text: &str) -> Option<String> {
    let plain = half_width(text);
    let [year, month] = numbers(&plain).or_else(|| squeezed(&plain))?;
    let stored = format!("{year:04}-{month:02}");
    (year >= 1000 && month_on_paper(&stored).is_some()).then_some(stored)
}

/// The record's form of a date that is spelt another way: 2021.9.18, 2021年9月18日, 2021/09/18, 20210918.
pub fn date_respelt(text: &str) -> Option<String> {
    let plain = half_width(text);
    let [year, month, day] = numbers(&plain).or_else(|| squeezed(&plain).map(|[year, rest]| [year, rest / 100, rest % 100]))?;
    let stored = format!("{year:04}-{month:02}-{day:02}");
    (year >= 1000 && date_on_paper(&stored).is_some()).then_some(stored)
}

/// Exactly so many digits.
fn fixed(text: &str, digits: usize) -> Option<u32> {
    (text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

/// Exactly `N` numbers with one of the usual marks between them.
fn numbers<const N: usize>(text: &str) -> Option<[u32; N]> {
    let text = text.trim();
    let text = text.strip_suffix(['月', '日', '号']).unwrap_or(text);
    let parts: Vec<Option<u32>> = text
        .split(['.', '-', '/', '年', '月', '－', '—', '、'])
        .map(|part| Some(part.trim()).filter(|part| part.len() <= 4 && part.bytes().all(|byte| byte.is_ascii_digit()))?.parse().ok())
        .collect();
    <[u32; N]>::try_from(parts.into_iter().collect::<Option<Vec<u32>>>()?).ok()
}

/// Four digits of year and the rest: 198503, 20210918.
fn squeezed(text: &str) -> Option<[u32; 2]> {
    let text = text.trim();
    let digits = matches!(text.len(), 6 | 8) && text.bytes().all(|byte| byte.is_ascii_digit());
    let (year, rest) = digits.then(|| text.split_at_checked(4)).flatten()?;
    Some([year.parse().ok()?, rest.parse().ok()?])
}

/// The text with full-width letters, digits and marks made ASCII.
pub fn half_width(text: &str) -> String {
    // Full-width ASCII stands in the same order as ASCII, U+FF01–FF5E for U+0021–007E.
    let plain = |ch: char| matches!(ch, '！'..='～').then(|| char::from_u32(u32::from(ch) - 0xFEE0)).flatten().unwrap_or(ch);
    text.chars().map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_go_to_paper_and_back() {
        for (stored, paper) in [
            ("1985-03", Some("1985.03")),
            ("1985-13", None),
            ("1985-00", None),
            ("1985.03", None),
            ("1985-3", None),
            ("", None),
            ("+985-03", None),
        ] {
            let got = month_on_paper(stored);
            assert_eq!(got.as_deref(), paper, "{stored}");
            if let Some(paper) = got {
                assert_eq!(month_from_paper(&paper).as_deref(), Some(stored));
            }
        }
        assert_eq!(month_from_paper("1985-03"), None);
    }

    #[test]
    fn dates_go_to_paper_and_back() {
        for (stored, paper) in [
            ("2021-09-18", Some("2021年9月18日")),
            ("2024-02-29", Some("2024年2月29日")),
            ("1900-02-29", None),
            ("2021-02-30", None),
            ("2021-9-18", None),
            ("2021-09-18T00", None),
        ] {
            let got = date_on_paper(stored);
            assert_eq!(got.as_deref(), paper, "{stored}");
            if let Some(paper) = got {
                assert_eq!(date_from_paper(&paper).as_deref(), Some(stored));
            }
        }
        assert_eq!(date_from_paper("2021年09月18日"), None);
    }

    #[test]
    fn other_spellings_are_understood() {
        for (text, want) in [
            ("1985.03", Some("1985-03")),
            ("1985年3月", Some("1985-03")),
            ("1985/3", Some("1985-03")),
            ("198503", Some("1985-03")),
            ("１９８５．０３", Some("1985-03")),
            ("1985.13", None),
            ("85.03", None),
            ("不详", None),
            ("1985", None),
        ] {
            assert_eq!(month_respelt(text).as_deref(), want, "{text}");
        }
        for (text, want) in [
            ("2021.9.18", Some("2021-09-18")),
            ("2021年9月18日", Some("2021-09-18")),
            ("20210918", Some("2021-09-18")),
            ("2021.9", None),
            ("2021.2.30", None),
        ] {
            assert_eq!(date_respelt(text).as_deref(), want, "{text}");
        }
    }
}
