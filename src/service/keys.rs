//! Keys of programs and people: a file with a line for each, which holds no key.

use std::fmt;
use std::path::Path;

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use uuid::Uuid;

use crate::diag::Message;

/// What a caller may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// Check, render and read single documents.
    Render,
    /// Make batches, and use the page.
    Batch,
    /// See the metrics.
    Metrics,
}

impl Scope {
    /// Every scope.
    pub const ALL: &[Scope] = &[Scope::Render, Scope::Batch, Scope::Metrics];

    /// What it is called in the file.
    pub fn name(self) -> &'static str {
        match self {
            Scope::Render => "render",
            Scope::Batch => "batch",
            Scope::Metrics => "metrics",
        }
    }

    /// Scopes from their names, with commas between; none where one of them is unknown.
    pub fn list(words: &str) -> Option<Vec<Scope>> {
        let of = |word: &str| Scope::ALL.iter().copied().find(|scope| scope.name() == word.trim());
        words.split(',').map(of).collect()
    }
}

/// The keys that are taken.
#[derive(Clone)]
pub struct Keys(Vec<Line>);

#[derive(Clone)]
struct Line {
    id: String,
    scopes: Vec<Scope>,
    digest: [u8; 32],
}

impl fmt::Debug for Keys {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Keys(<{}>)", self.0.len())
    }
}

impl Keys {
    /// The keys of a file that nobody but its owner may read.
    pub fn load(path: &Path) -> Result<Keys, Vec<Message>> {
        let shown = path.display();
        let unread = |error: std::io::Error| {
            vec![Message::new(format!("读不了钥匙文件 {shown}：{error}"), format!("cannot read the file of keys {shown}: {error}"))]
        };
        let about = std::fs::metadata(path).map_err(unread)?;
        if super::folder::open_to_others(&about) {
            return Err(vec![Message::new(
                format!("钥匙文件 {shown} 别人也能读写：请运行 chmod 600 {shown}"),
                format!("others may read or write the file of keys {shown}: run chmod 600 {shown}"),
            )]);
        }
        Keys::parse(&std::fs::read_to_string(path).map_err(unread)?)
    }

    /// Lines of an id, its scopes and the SHA-256 of its key; `#` begins a remark.
    pub fn parse(text: &str) -> Result<Keys, Vec<Message>> {
        let (mut keys, mut wrong) = (Vec::<Line>::new(), Vec::new());
        for (at, line) in text.lines().enumerate() {
            let line = line.split('#').next().unwrap_or_default().trim();
            if line.is_empty() {
                continue;
            }
            let parsed = parse_line(line);
            let twice = parsed.as_ref().is_some_and(|line| keys.iter().any(|other| other.id == line.id));
            match parsed {
                Some(line) if !twice => keys.push(line),
                _ => wrong.push(Message::new(
                    format!("钥匙文件第 {} 行不对：每行是 名字 权限 SHA-256，名字不重复；用 --new-key 生成", at + 1),
                    format!(
                        "line {} of the file of keys is wrong: a name, scopes and a SHA-256 each, no name twice; --new-key makes one",
                        at + 1
                    ),
                )),
            }
        }
        if keys.is_empty() && wrong.is_empty() {
            wrong.push(Message::new(
                "钥匙文件里没有钥匙；用 --new-key 生成一行",
                "the file of keys has none; --new-key makes a line for it",
            ));
        }
        if wrong.is_empty() { Ok(Keys(keys)) } else { Err(wrong) }
    }

    /// Whose key it is and what they may do. Every line is compared, each in the same time.
    pub fn find(&self, key: &str) -> Option<(&str, &[Scope])> {
        let digest: [u8; 32] = Sha256::digest(key.as_bytes()).into();
        let mut found = None;
        for line in &self.0 {
            if bool::from(line.digest.ct_eq(&digest)) {
                found = Some((line.id.as_str(), line.scopes.as_slice()));
            }
        }
        found
    }
}

fn parse_line(line: &str) -> Option<Line> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let [id, scopes, digest] = words.as_slice() else { return None };
    if !is_id(id) || digest.len() != 64 {
        return None;
    }
    let mut bytes = [0; 32];
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(digest.get(at * 2..at * 2 + 2)?, 16).ok()?;
    }
    Some(Line { id: (*id).to_owned(), scopes: Scope::list(scopes)?, digest: bytes })
}

/// Whether a key may be called so: it stands in logs, and before the colon of a Basic header.
pub fn is_id(id: &str) -> bool {
    (1..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

/// A new key and its line for the file.
///
/// Three random UUIDs are 366 bits from the system's source of randomness; their digest has the 256 that count.
pub fn new_key(id: &str, scopes: &[Scope]) -> (String, String) {
    let mut random = Sha256::new();
    for _ in 0..3 {
        random.update(Uuid::new_v4().as_bytes());
    }
    let key = format!("fw-{}", hex(&random.finalize()));
    let names: Vec<&str> = scopes.iter().map(|scope| scope.name()).collect();
    let line = format!("{id} {} {}", names.join(","), hex(&Sha256::digest(key.as_bytes())));
    (key, line)
}

/// Bytes as hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_key_opens_with_its_own_line() {
        let (key, line) = new_key("hr-system", &[Scope::Render, Scope::Batch]);
        let (other, _) = new_key("hr-system", &[Scope::Render]);
        assert_ne!(key, other);
        assert!(!line.contains(&key));
        let keys = Keys::parse(&format!("# keys\n\n{line} # of the HR system\n")).expect("the file is a sound one");
        assert_eq!(keys.find(&key), Some(("hr-system", &[Scope::Render, Scope::Batch][..])));
        assert_eq!(keys.find(&other), None);
        assert_eq!(keys.find(""), None);
    }

    #[test]
    fn every_wrong_line_is_told() {
        let (_, line) = new_key("a", &[Scope::Render]);
        let bad =
            format!("{line}\n{line}\nb render\nc paint {}\nd/e render {}\nf render {}\n", "0".repeat(64), "0".repeat(64), "é".repeat(32));
        let told = Keys::parse(&bad).expect_err("five wrong lines");
        let lines: Vec<String> = told.iter().map(|message| message.en.chars().skip(5).take(1).collect()).collect();
        assert_eq!(lines, ["2", "3", "4", "5", "6"]);
        assert!(Keys::parse("# nothing\n").is_err());
    }
}
