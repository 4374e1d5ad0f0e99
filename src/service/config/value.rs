//! Values as people write them: `30s`, `96MiB`, `127.0.0.1:8080`.

use std::net::SocketAddr;
use std::time::Duration;

use crate::diag::Message;

/// The texts of a value of the file: one, or those of a list.
pub fn texts(value: &toml::Value) -> Option<Vec<String>> {
    let text = |value: &toml::Value| match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Boolean(yes) => Some(yes.to_string()),
        _ => None,
    };
    match value {
        toml::Value::Array(values) => values.iter().map(text).collect(),
        value => Some(vec![text(value)?]),
    }
}

/// A span of time; a bare number is seconds.
pub fn duration(text: &str) -> Result<Duration, Message> {
    let wrong = || Message::new("应是一段时间，如 500ms、30s、5m、12h、7d", "it should be a span of time such as 500ms, 30s, 5m, 12h, 7d");
    let (number, unit) = split(text).ok_or_else(wrong)?;
    let ms = match unit {
        "ms" => 1,
        "" | "s" => 1000,
        "m" | "min" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return Err(wrong()),
    };
    // A hundred years are enough, and no sum of such spans overflows.
    number.checked_mul(ms).filter(|ms| *ms <= 36_525 * 86_400_000).map(Duration::from_millis).ok_or_else(wrong)
}

/// A span of time that is not nothing.
pub fn some_time(text: &str) -> Result<Duration, Message> {
    let nothing = || Message::new("不能是 0：那样什么都做不成", "it cannot be 0: nothing could be done in it");
    duration(text).and_then(|time| if time.is_zero() { Err(nothing()) } else { Ok(time) })
}

/// So many bytes that a record fits into.
pub fn some_bytes(text: &str) -> Result<u64, Message> {
    let little = || Message::new("至少 64KiB：再少连一份表也放不下", "it should be 64KiB at least: no form fits into less");
    bytes(text).and_then(|bytes| if bytes < 64 << 10 { Err(little()) } else { Ok(bytes) })
}

/// So many bytes.
pub fn bytes(text: &str) -> Result<u64, Message> {
    let wrong =
        || Message::new("应是字节数，如 65536、64KiB、96MiB、1GiB", "it should be a number of bytes such as 65536, 64KiB, 96MiB, 1GiB");
    let (number, unit) = split(text).ok_or_else(wrong)?;
    let shift = match unit.to_ascii_lowercase().as_str() {
        "" | "b" => 0,
        "k" | "kib" => 10,
        "m" | "mib" => 20,
        "g" | "gib" => 30,
        _ => return Err(wrong()),
    };
    number.checked_mul(1 << shift).filter(|bytes| *bytes <= 1 << 50).ok_or_else(wrong)
}

/// A number from 1 on.
pub fn count(text: &str) -> Result<usize, Message> {
    let wrong = || Message::new("应是 1 到 1000000 的整数", "it should be a whole number from 1 to 1000000");
    text.trim().parse().ok().filter(|number| (1..=1_000_000).contains(number)).ok_or_else(wrong)
}

/// Yes or no.
pub fn switch(text: &str) -> Result<bool, Message> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "yes" | "1" => Ok(true),
        "false" | "no" | "0" => Ok(false),
        _ => Err(Message::new("应是 true 或 false", "it should be true or false")),
    }
}

/// An address with a port; a port alone, or `localhost`, is this machine's loopback.
pub fn address(text: &str) -> Result<SocketAddr, Message> {
    let text = text.trim();
    let port = text.strip_prefix("localhost:").unwrap_or(text.trim_start_matches(':'));
    if let Ok(port) = port.parse::<u16>() {
        return Ok(SocketAddr::from(([127, 0, 0, 1], port)));
    }
    let wrong = || {
        Message::new(
            "应是地址和端口，如 127.0.0.1:8080、0.0.0.0:8443、[::1]:8080",
            "it should be an address and a port such as 127.0.0.1:8080, 0.0.0.0:8443, [::1]:8080",
        )
    };
    text.parse().map_err(|_| wrong())
}

fn split(text: &str) -> Option<(u64, &str)> {
    let text = text.trim();
    let end = text.find(|ch: char| !ch.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(end)?;
    Some((number.parse().ok()?, unit.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_and_sizes_as_people_write_them() {
        for (text, ms) in [("30s", 30_000), ("5", 5_000), ("500 ms", 500), ("2m", 120_000), ("12h", 43_200_000), ("7d", 604_800_000)] {
            assert_eq!(duration(text).map(|span| span.as_millis()), Ok(ms), "{text}");
        }
        for (text, want) in [("65536", 65_536), ("64KiB", 65_536), ("96 MiB", 96 << 20), ("1G", 1 << 30)] {
            assert_eq!(bytes(text), Ok(want), "{text}");
        }
        for text in ["", "s", "-1s", "1.5h", "5 weeks", "99999999999d", "18446744073709551616"] {
            assert!(duration(text).is_err(), "{text}");
        }
        assert!(some_time("0s").is_err() && some_time("1ms").is_ok());
        assert!(some_bytes("0").is_err() && some_bytes("63KiB").is_err() && some_bytes("64KiB").is_ok());
        for text in ["", "MiB", "1TB", "99999999999G"] {
            assert!(bytes(text).is_err(), "{text}");
        }
    }

    #[test]
    fn addresses() {
        for (text, want) in [
            ("8080", "127.0.0.1:8080"),
            (":8080", "127.0.0.1:8080"),
            ("localhost:0", "127.0.0.1:0"),
            ("0.0.0.0:80", "0.0.0.0:80"),
            ("[::1]:8080", "[::1]:8080"),
        ] {
            assert_eq!(address(text).map(|address| address.to_string()).as_deref(), Ok(want), "{text}");
        }
        for text in ["", "127.0.0.1", "example.org:80", "1:2:3"] {
            assert!(address(text).is_err(), "{text}");
        }
        assert!(count("0").is_err() && count("x").is_err() && switch("maybe").is_err());
    }
}
