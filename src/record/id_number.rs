//! The resident identity number (公民身份号码) of GB 11643-1999: six digits of region, eight of birth date, three of
//! sequence (odd for men, even for women), one check character. Pure: nothing here reads a record.

use super::value::{Day, day_exists, half_width};

/// The weights of the first seventeen digits (GB 11643-1999, 4.2: 2^(18-i) mod 11).
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/// The check characters for the weighted sum modulo 11, from 0.
const CHECKS: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];

/// An identity number of the right shape; its date and check character may still be wrong.
#[derive(Clone, PartialEq, Eq)]
pub struct IdNumber {
    digits: [u8; 17],
    check: char,
}

/// A person's sex, as an identity number and the forms know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sex {
    /// 男.
    Male,
    /// 女.
    Female,
}

/// Why a text is no identity number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misshapen {
    /// It has so many characters instead of 18.
    Length(usize),
    /// It has a character that is neither a digit nor an X at the end.
    Character,
    /// It has the fifteen digits of the old form (GB 11643-1989).
    Old,
}

/// The number as the standard writes it: full-width characters made half-width, a small x made capital, spaces gone.
pub fn normalise(text: &str) -> String {
    half_width(text).chars().filter(|ch| !ch.is_whitespace()).map(|ch| if ch == 'x' { 'X' } else { ch }).collect()
}

/// Reads a normalised number.
pub fn parse(text: &str) -> Result<IdNumber, Misshapen> {
    let length = text.chars().count();
    if length == 15 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Misshapen::Old);
    }
    if length != 18 {
        return Err(Misshapen::Length(length));
    }
    let mut digits = [0_u8; 17];
    let mut characters = text.chars();
    for (digit, ch) in digits.iter_mut().zip(characters.by_ref()) {
        *digit = ch.to_digit(10).and_then(|value| u8::try_from(value).ok()).ok_or(Misshapen::Character)?;
    }
    match characters.next() {
        Some(check @ ('0'..='9' | 'X')) => Ok(IdNumber { digits, check }),
        _ => Err(Misshapen::Character),
    }
}

impl IdNumber {
    /// The check character that the other seventeen ask for (ISO 7064, MOD 11-2).
    pub fn expected_check(&self) -> char {
        let sum: u32 = self.digits.iter().zip(WEIGHTS).map(|(digit, weight)| u32::from(*digit) * weight).sum();
        usize::try_from(sum % 11).ok().and_then(|at| CHECKS.get(at)).copied().unwrap_or('X')
    }

    /// Whether the check character is right.
    pub fn check_is_right(&self) -> bool {
        self.check == self.expected_check()
    }

    /// The date of birth; `None` where there is no such day.
    pub fn birth(&self) -> Option<Day> {
        let day = Day { year: self.number(6, 4), month: self.number(10, 2), day: self.number(12, 2) };
        (day.year >= 1800 && day_exists(day)).then_some(day)
    }

    /// The sex, by the last digit of the sequence.
    pub fn sex(&self) -> Sex {
        if self.number(16, 1) % 2 == 1 { Sex::Male } else { Sex::Female }
    }

    /// The code of the region where the number was given out (GB/T 2260), six digits.
    pub fn region(&self) -> u32 {
        self.number(0, 6)
    }

    fn number(&self, from: usize, digits: usize) -> u32 {
        self.digits.iter().skip(from).take(digits).fold(0, |number, digit| number * 10 + u32::from(*digit))
    }
}

impl std::fmt::Debug for IdNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The most private number of all never reaches a log.
        f.write_str("IdNumber(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standards_examples_are_right() {
        for (text, region, birth, sex) in
            [("11010519491231002X", 110_105, (1949, 12, 31), Sex::Female), ("440524188001010014", 440_524, (1880, 1, 1), Sex::Male)]
        {
            let number = parse(text).unwrap_or_else(|fault| panic!("{text}: {fault:?}"));
            let (year, month, day) = birth;
            assert!(number.check_is_right(), "{text}");
            assert_eq!((number.region(), number.birth(), number.sex()), (region, Some(Day { year, month, day }), sex), "{text}");
        }
    }

    #[test]
    fn every_changed_digit_is_caught() {
        let right = "11010519491231002X";
        for at in 0..17 {
            for digit in '0'..='9' {
                let spoilt: String = right.chars().enumerate().map(|(place, ch)| if place == at { digit } else { ch }).collect();
                let number = parse(&spoilt).unwrap_or_else(|fault| panic!("{fault:?}"));
                assert_eq!(number.check_is_right(), spoilt == right, "{spoilt}");
            }
        }
    }

    #[test]
    fn what_is_no_number_is_told_apart() {
        for (text, want) in [
            ("110105491231002", Misshapen::Old),
            ("1101051949123100", Misshapen::Length(16)),
            ("", Misshapen::Length(0)),
            ("11010519491231X02", Misshapen::Length(17)),
            ("1101051949123100XX", Misshapen::Character),
            ("11010519491231002x", Misshapen::Character),
            ("一一010519491231002X", Misshapen::Character),
        ] {
            assert_eq!(parse(text).err(), Some(want), "{text}");
        }
    }

    #[test]
    fn impossible_days_have_no_birth() {
        for (text, want) in [
            ("990000198502290018", None),
            ("990000198402290018", Some(Day { year: 1984, month: 2, day: 29 })),
            ("990000000000000018", None),
        ] {
            assert_eq!(parse(text).ok().and_then(|number| number.birth()), want, "{text}");
        }
    }

    #[test]
    fn numbers_are_made_plain() {
        for (text, want) in [("１１０１０５ 19491231 002ｘ", "11010519491231002X"), ("\u{3000}1\t2x", "12X"), ("张", "张")] {
            assert_eq!(normalise(text), want, "{text}");
        }
    }
}
