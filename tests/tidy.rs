//! The house rules that a compiler does not keep: imports go one way, each outside crate has one door, what
//! lies below the engine asks nothing of the machine, and nothing in the tree names one.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest, Sha256};

/// The table of docs/architecture.md: a module imports only from rows above its own.
const ROWS: &[&[&str]] = &[
    &["diag", "units", "name"],
    &["error"],
    &["files"],
    &["record", "form"],
    &["template", "check", "fonts", "package", "pdf_in", "image"],
    &["markup", "text"],
    &["layout"],
    &["pdf", "docx", "html", "schema", "sheet", "readback"],
    &["preview"],
    &["engine"],
    &["batch"],
    &["service"],
    &["cli"],
];

/// What of the machine a module may touch; every other module may touch nothing.
const MACHINE: &[(&str, &[&str])] = &[
    ("files", &["fs"]),
    ("record", &["fs"]),
    ("fonts", &["fs"]),
    ("template", &["fs"]),
    ("engine", &["fs"]),
    ("batch", &["fs", "thread"]),
    ("service", &["fs", "env", "net", "thread", "time"]),
    ("cli", &["fs", "env", "process", "thread", "time", "print"]),
    ("main", &["process", "print"]),
];

/// A word of Rust: what the rules need to see, with its line.
#[derive(Clone, Debug, PartialEq)]
enum Word {
    Ident(String),
    Text(String),
    Mark(char),
    Path,
}

#[test]
fn imports_go_up_the_table_only() {
    let mut wrong = Vec::new();
    for source in sources() {
        let Some(row) = row(&source.module) else {
            if !["lib", "main"].contains(&source.module.as_str()) {
                wrong.push(format!("{}: the module `{}` is in no row of the table", source.path, source.module));
            }
            continue;
        };
        for (line, path) in paths(&source.words) {
            let [first, second, ..] = path.as_slice() else { continue };
            if first != "crate" || *second == source.module {
                continue;
            }
            match self::row(second) {
                Some(other) if other < row => {}
                Some(_) => wrong.push(format!("{}:{line}: `{}` imports `{second}`, which is not above it", source.path, source.module)),
                None => wrong.push(format!("{}:{line}: `crate::{second}` is no module of the table", source.path)),
            }
        }
    }
    none(&wrong);
}

#[test]
fn each_outside_crate_has_one_door() {
    let doors = doors();
    assert!(doors.len() > 10, "Cargo.toml names the doors in its comments; only {} were found", doors.len());
    let modules: BTreeSet<&str> = ROWS.iter().copied().flatten().copied().collect();
    let mut wrong = Vec::new();
    for source in sources() {
        for (line, path) in paths(&source.words) {
            let Some(allowed) = doors.get(&path[0]) else { continue };
            if allowed.iter().any(|door| door == "common coin" || *door == source.module) {
                continue;
            }
            // `image` is a module of ours too: outside its door only `use image::…` means the crate, and a
            // file that imported our module says `image::…` for that.
            let ours = modules.contains(path[0].as_str()) && source.imports(&path[0]);
            if !ours {
                wrong.push(format!("{}:{line}: names the crate `{}`, whose door is {}", source.path, path[0], allowed.join(", ")));
            }
        }
    }
    none(&wrong);
}

#[test]
fn only_named_modules_touch_the_machine() {
    let mut wrong = Vec::new();
    for source in sources() {
        let allowed = MACHINE.iter().find(|(module, _)| *module == source.module).map_or(&[][..], |(_, what)| what);
        let mut seen: Vec<(usize, &str)> = Vec::new();
        for (line, path) in paths(&source.words) {
            for what in ["fs", "env", "net", "thread", "time", "process"] {
                if path[0] == "std" && path.get(1).is_some_and(|part| part == what) {
                    // A span of time is a number like another; only reading the clock is not.
                    if !(what == "time" && path.get(2).is_some_and(|part| part == "Duration")) {
                        seen.push((line, what));
                    }
                }
            }
            if path.iter().any(|part| part == "SystemTime" || part == "Instant") {
                seen.push((line, "time"));
            }
        }
        for (at, (line, word)) in source.words.iter().enumerate() {
            let Word::Ident(name) = word else { continue };
            let bang = matches!(source.words.get(at + 1), Some((_, Word::Mark('!'))));
            if bang && ["print", "println", "eprint", "eprintln", "dbg"].contains(&name.as_str()) {
                seen.push((*line, "print"));
            }
            let package = matches!(source.words.get(at + 3), Some((_, Word::Text(name))) if name.starts_with("CARGO_PKG_"));
            let built_in = ["include_bytes", "include_str", "env", "option_env"].contains(&name.as_str());
            if bang && built_in && !package && row(&source.module) < row("engine") {
                wrong.push(format!("{}:{line}: {name}! builds a file or the machine into the program", source.path));
            }
        }
        for (line, what) in seen {
            if !allowed.contains(&what) {
                wrong.push(format!("{}:{line}: `{}` touches the machine ({what})", source.path, source.module));
            }
        }
    }
    none(&wrong);
}

#[test]
fn nothing_gives_up_in_the_middle() {
    let mut wrong = Vec::new();
    for source in sources() {
        for (at, (line, word)) in source.words.iter().enumerate() {
            let Word::Ident(name) = word else { continue };
            let after = |offset: usize| source.words.get(at + offset).map(|(_, word)| word);
            let called = at > 0 && source.words[at - 1].1 == Word::Mark('.') && after(1) == Some(&Word::Mark('('));
            match name.as_str() {
                "unwrap" | "unwrap_err" | "expect_err" | "unwrap_unchecked" if called => {
                    wrong.push(format!("{}:{line}: .{name}()", source.path))
                }
                "expect" if called => {
                    // Only with a sentence that proves why it cannot fail.
                    if let Some(Word::Text(proof)) = after(2)
                        && proof.split_whitespace().count() < 4
                    {
                        wrong.push(format!("{}:{line}: .expect() without a proof", source.path));
                    }
                }
                "panic" | "todo" | "unimplemented" if after(1) == Some(&Word::Mark('!')) => {
                    wrong.push(format!("{}:{line}: {name}!", source.path));
                }
                "unreachable" if after(1) == Some(&Word::Mark('!')) && !matches!(after(3), Some(Word::Text(_))) => {
                    wrong.push(format!("{}:{line}: unreachable! without a proof", source.path));
                }
                _ => {}
            }
        }
    }
    none(&wrong);
}

#[test]
fn files_are_small_enough_to_read() {
    let mut wrong = Vec::new();
    for path in tracked() {
        let limit = match path.extension().and_then(|ending| ending.to_str()) {
            _ if path == Path::new("docs/architecture.md") => 150,
            Some("rs" | "py" | "mjs" | "hbs") => 600,
            _ => continue,
        };
        let lines = read(&path).lines().count();
        if lines > limit {
            wrong.push(format!("{}: {lines} lines, more than {limit}", path.display()));
        }
    }
    let lib = read(Path::new("src/lib.rs"));
    for rule in ["#![forbid(unsafe_code)]", "#![deny(missing_docs)]"] {
        if !lib.contains(rule) {
            wrong.push(format!("src/lib.rs lacks {rule}"));
        }
    }
    none(&wrong);
}

#[test]
fn no_file_names_a_machine_or_a_registry() {
    let folders = ["root", "home", "work", "tmp"].map(|name| format!("/{name}/"));
    let hosts = [
        concat!("registry.npm", "js.org"),
        concat!("npm", "js.com"),
        concat!("py", "pi.org"),
        concat!("python", "hosted.org"),
        concat!("static.", "crates.io"),
        concat!("index.", "crates.io"),
        concat!("deb.", "debian.org"),
        concat!("security.", "debian.org"),
    ];
    let mut wrong = Vec::new();
    for path in tracked() {
        let Ok(text) = fs::read_to_string(root().join(&path)) else { continue };
        for (number, line) in text.lines().enumerate() {
            let place = || format!("{}:{}", path.display(), number + 1);
            for folder in &folders {
                let begins = |at: usize| !line[..at].ends_with(|before: char| before.is_alphanumeric() || "._-*})]>/".contains(before));
                if line.match_indices(folder.as_str()).any(|(at, _)| begins(at)) {
                    wrong.push(format!("{}: names a folder of one machine ({folder})", place()));
                }
            }
            wrong.extend(hosts.iter().filter(|host| line.contains(**host)).map(|host| format!("{}: names {host}", place())));
        }
    }
    none(&wrong);
}

#[test]
fn the_faces_are_the_ones_that_were_checked() {
    let sums = read(Path::new("fonts/SHA256SUMS"));
    let listed: BTreeMap<PathBuf, &str> = sums
        .lines()
        .filter_map(|line| line.split_once("  "))
        .map(|(sum, name)| (Path::new("fonts").join(name.trim_start_matches("./")), sum))
        .collect();
    let mut wrong = Vec::new();
    for (path, sum) in &listed {
        let Ok(bytes) = fs::read(root().join(path)) else {
            wrong.push(format!("{}: listed, but not there", path.display()));
            continue;
        };
        let digest: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        if digest != *sum {
            wrong.push(format!("{}: its SHA-256 is {digest}", path.display()));
        }
    }
    for path in tracked().into_iter().filter(|path| path.starts_with("fonts") && !path.starts_with("fonts/recipe")) {
        if !listed.contains_key(&path) && ![Path::new("fonts/SHA256SUMS"), Path::new("fonts/README.md")].contains(&path.as_path()) {
            wrong.push(format!("{}: not listed in SHA256SUMS", path.display()));
        }
    }
    assert!(listed.len() >= 10, "SHA256SUMS lists {} files", listed.len());
    none(&wrong);
}

#[test]
fn licences_and_sources_of_all_crates_are_allowed() {
    let policy = read(Path::new("deny.toml"));
    let allow = policy.split_once("allow = [").and_then(|(_, rest)| rest.split_once(']')).expect("deny.toml has a list of licences").0;
    let allowed: BTreeSet<&str> = allow.split('"').skip(1).step_by(2).collect();
    let mut wrong = Vec::new();
    let metadata = metadata();
    let packages = metadata["packages"].as_array().expect("cargo metadata lists packages");
    assert!(packages.len() > 50, "cargo metadata lists {} packages", packages.len());
    for package in packages {
        let name = package["name"].as_str().unwrap_or_default();
        let licence = package["license"].as_str().unwrap_or_default();
        if !licence_allowed(licence, &allowed) {
            wrong.push(format!("{name}: licence `{licence}`"));
        }
        let source = package["source"].as_str();
        if source.is_some_and(|source| !source.starts_with("registry+")) {
            wrong.push(format!("{name}: comes from {}", source.unwrap_or_default()));
        }
    }
    none(&wrong);
}

#[test]
fn the_rules_themselves_see_what_they_should() {
    let code = r##"
        use crate::{units::{Mm, Pt}, cli};
        // crate::commented
        fn f() { let s = "crate::quoted"; let c = '"'; crate::pdf::write(); value.unwrap(); x.expect("short"); todo!() }
        fn g<'a>(s: &'a str) -> std::fs::File { r#"raw crate::hidden"#; b"bytes" }
        #[cfg(test)]
        mod tests { use crate::engine::Engine; fn t() { panic!() } }
        fn h() { image::load() }
    "##;
    let words = words_of(code);
    let paths: Vec<String> = paths(&words).into_iter().map(|(_, path)| path.join("::")).collect();
    for path in ["crate::units::Mm", "crate::units::Pt", "crate::cli", "crate::pdf::write", "std::fs::File", "image::load"] {
        assert!(paths.iter().any(|seen| seen == path), "{path} not seen in {paths:?}");
    }
    for hidden in ["commented", "quoted", "hidden", "engine"] {
        assert!(!paths.iter().any(|path| path.contains(hidden)), "{hidden} seen in {paths:?}");
    }
    assert!(!words.iter().any(|(_, word)| *word == Word::Ident("panic".into())), "test code is left out");
    let allowed = BTreeSet::from(["MIT", "Apache-2.0", "Unicode-3.0"]);
    for (licence, good) in [
        ("MIT", true),
        ("GPL-3.0", false),
        ("GPL-3.0 OR MIT", true),
        ("(MIT OR GPL-3.0) AND Unicode-3.0", true),
        ("MIT AND GPL-3.0", false),
        ("MIT/GPL-3.0", true),
        ("", false),
    ] {
        assert_eq!(licence_allowed(licence, &allowed), good, "{licence}");
    }
}

/// A file of the program, without comments and without its own tests.
struct Source {
    path: String,
    module: String,
    words: Vec<(usize, Word)>,
}

impl Source {
    /// Whether the file brings our module of that name into scope.
    fn imports(&self, module: &str) -> bool {
        paths(&self.words).iter().any(|(_, path)| path.len() >= 2 && path[0] == "crate" && path[1] == module)
    }
}

fn sources() -> Vec<Source> {
    let files = tracked().into_iter().filter(|path| path.starts_with("src") && path.extension().is_some_and(|ending| ending == "rs"));
    let found: Vec<Source> = files
        .filter(|path| !path.components().any(|part| part.as_os_str() == "tests" || part.as_os_str() == "tests.rs"))
        .map(|path| {
            let part = path.components().nth(1).map(|part| part.as_os_str().to_string_lossy().into_owned()).unwrap_or_default();
            Source { module: part.trim_end_matches(".rs").to_owned(), words: words_of(&read(&path)), path: path.display().to_string() }
        })
        .collect();
    assert!(found.len() > 10, "only {} source files found", found.len());
    found
}

fn row(module: &str) -> Option<usize> {
    ROWS.iter().position(|row| row.contains(&module))
}

/// Crate → modules that may name it, from the comments behind Cargo.toml's dependencies.
fn doors() -> BTreeMap<String, Vec<String>> {
    let manifest = read(Path::new("Cargo.toml"));
    let mut doors = BTreeMap::new();
    let section = manifest.split("\n[").find(|part| part.starts_with("dependencies]")).expect("Cargo.toml has dependencies");
    for line in section.lines().skip(1).filter(|line| line.contains('=') && !line.starts_with('#')) {
        let name = line.split('=').next().unwrap_or_default().trim().replace('-', "_");
        let comment = line.rsplit_once("# ").and_then(|(_, comment)| comment.split_once(':'));
        let Some((modules, _)) = comment else { panic!("Cargo.toml does not say behind `{name}` which module is its door") };
        let common = modules.starts_with("common coin");
        doors.insert(
            name,
            if common { vec!["common coin".into()] } else { modules.split(", ").map(|module| module.trim().to_owned()).collect() },
        );
    }
    doors
}

/// Every path in the code, `use` trees spread out: `crate::a::{b, c}` gives two.
fn paths(words: &[(usize, Word)]) -> Vec<(usize, Vec<String>)> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let begins = matches!(words[at].1, Word::Ident(_)) && matches!(words.get(at + 1), Some((_, Word::Path)));
        if begins {
            at = path(words, at, &[], &mut found);
        } else {
            at += 1;
        }
    }
    found
}

/// Reads one path that begins at `at`, and gives the place after it.
fn path(words: &[(usize, Word)], mut at: usize, prefix: &[String], found: &mut Vec<(usize, Vec<String>)>) -> usize {
    let line = words[at].0;
    let mut parts = prefix.to_vec();
    loop {
        match words.get(at).map(|(_, word)| word) {
            Some(Word::Ident(name)) => parts.push(name.clone()),
            Some(Word::Mark('*')) => parts.push("*".into()),
            Some(Word::Mark('{')) => {
                at += 1;
                while at < words.len() && words[at].1 != Word::Mark('}') {
                    at = if words[at].1 == Word::Mark(',') { at + 1 } else { path(words, at, &parts, found) };
                }
                return at + 1;
            }
            _ => return at + 1,
        }
        at += 1;
        if !matches!(words.get(at), Some((_, Word::Path))) {
            found.push((line, parts));
            // Leave `as name` inside a tree behind.
            while !prefix.is_empty() && at < words.len() && !matches!(words[at].1, Word::Mark(',' | '}')) {
                at += 1;
            }
            return at;
        }
        at += 1;
    }
}

/// The words of a file with their lines: comments and test modules left out, literals in one piece.
fn words_of(code: &str) -> Vec<(usize, Word)> {
    let chars: Vec<char> = code.chars().collect();
    let (mut words, mut at, mut line) = (Vec::new(), 0, 1);
    while let Some(&char) = chars.get(at) {
        let start = at;
        let next = chars.get(at + 1).copied().unwrap_or(' ');
        let here = line;
        match char {
            '/' if next == '/' => at += chars[at..].iter().take_while(|char| **char != '\n').count(),
            '/' if next == '*' => {
                let mut depth = 0;
                loop {
                    match (chars.get(at), chars.get(at + 1)) {
                        (Some('/'), Some('*')) => (depth, at) = (depth + 1, at + 2),
                        (Some('*'), Some('/')) => (depth, at) = (depth - 1, at + 2),
                        (None, _) => break,
                        _ => at += 1,
                    }
                    if depth == 0 {
                        break;
                    }
                }
            }
            '"' => {
                at += 1;
                while at < chars.len() && chars[at] != '"' {
                    at += if chars[at] == '\\' { 2 } else { 1 };
                }
                at += 1;
                words.push((here, Word::Text(chars[start + 1..(at - 1).min(chars.len())].iter().collect())));
            }
            '\'' => {
                // A character, or a lifetime.
                let escaped = next == '\\';
                let close = if escaped { (at + 3..at + 14).find(|at| chars.get(*at) == Some(&'\'')) } else { Some(at + 2) };
                at = match close {
                    Some(close) if chars.get(close) == Some(&'\'') => close + 1,
                    _ => at + 1,
                };
            }
            'r' if next == '"' || (next == '#' && chars[at + 1..].iter().find(|char| **char != '#') == Some(&'"')) => {
                let hashes = chars[at + 1..].iter().take_while(|char| **char == '#').count();
                let end: Vec<char> = std::iter::once('"').chain(std::iter::repeat_n('#', hashes)).collect();
                at += hashes + 2;
                let body = at;
                while at < chars.len() && !chars[at..].starts_with(&end) {
                    at += 1;
                }
                words.push((here, Word::Text(chars[body..at].iter().collect())));
                at += end.len();
            }
            ':' if next == ':' => {
                words.push((here, Word::Path));
                at += 2;
            }
            _ if char.is_alphanumeric() || char == '_' => {
                at += chars[at..].iter().take_while(|char| char.is_alphanumeric() || **char == '_').count();
                let name: String = chars[start..at].iter().collect();
                // The b of b"…" is no word of its own.
                let prefix = name == "b" && matches!(chars.get(at), Some('"' | '\''));
                if !prefix && !char.is_ascii_digit() {
                    words.push((here, Word::Ident(name)));
                }
            }
            _ => {
                if !char.is_whitespace() {
                    words.push((here, Word::Mark(char)));
                }
                at += 1;
            }
        }
        line += chars[start..at.min(chars.len())].iter().filter(|char| **char == '\n').count();
    }
    without_tests(words)
}

/// Leaves out what stands behind `#[cfg(test)]`.
fn without_tests(words: Vec<(usize, Word)>) -> Vec<(usize, Word)> {
    let ident = |name: &str| Word::Ident(name.into());
    let mark = [Word::Mark('#'), Word::Mark('['), ident("cfg"), Word::Mark('('), ident("test"), Word::Mark(')'), Word::Mark(']')];
    let (mut kept, mut at) = (Vec::new(), 0);
    while at < words.len() {
        if words.len() - at < mark.len() || !words[at..].iter().zip(&mark).all(|((_, word), wanted)| word == wanted) {
            kept.push(words[at].clone());
            at += 1;
            continue;
        }
        let mut depth = 0;
        at += mark.len();
        while at < words.len() {
            match words[at].1 {
                Word::Mark('{') => depth += 1,
                Word::Mark('}') => depth -= 1,
                _ => {}
            }
            at += 1;
            if depth == 0 && matches!(words[at - 1].1, Word::Mark('}' | ';')) {
                break;
            }
        }
    }
    kept
}

/// An SPDX expression (or the older `MIT/Apache-2.0`) against a list.
fn licence_allowed(expression: &str, allowed: &BTreeSet<&str>) -> bool {
    let text = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = text.split_whitespace().collect();
    fn either(words: &[&str], at: &mut usize, allowed: &BTreeSet<&str>) -> bool {
        let mut good = both(words, at, allowed);
        while words.get(*at) == Some(&"OR") {
            *at += 1;
            good |= both(words, at, allowed);
        }
        good
    }
    fn both(words: &[&str], at: &mut usize, allowed: &BTreeSet<&str>) -> bool {
        let mut good = one(words, at, allowed);
        while words.get(*at) == Some(&"AND") {
            *at += 1;
            good &= one(words, at, allowed);
        }
        good
    }
    fn one(words: &[&str], at: &mut usize, allowed: &BTreeSet<&str>) -> bool {
        let Some(word) = words.get(*at) else { return false };
        *at += 1;
        if *word == "(" {
            let good = either(words, at, allowed);
            *at += 1;
            return good;
        }
        if words.get(*at) == Some(&"WITH") {
            *at += 2;
            return allowed.contains(format!("{word} WITH {}", words.get(*at - 1).unwrap_or(&"")).as_str());
        }
        allowed.contains(word)
    }
    let mut at = 0;
    either(&words, &mut at, allowed) && at == words.len()
}

fn metadata() -> serde_json::Value {
    let host =
        Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into())).arg("-vV").output().expect("rustc says its version");
    let said = String::from_utf8_lossy(&host.stdout).into_owned();
    let host = said.lines().find_map(|line| line.strip_prefix("host: ")).expect("rustc -vV names the host");
    let arguments = ["metadata", "--locked", "--offline", "--format-version", "1", "--filter-platform", host];
    let done = Command::new(env!("CARGO")).args(arguments).current_dir(root()).output().expect("cargo metadata runs");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    serde_json::from_slice(&done.stdout).expect("cargo metadata prints JSON")
}

/// The project's own files: those in version control and new ones that are not ignored.
fn tracked() -> Vec<PathBuf> {
    let done = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .expect("git runs");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let names = String::from_utf8_lossy(&done.stdout).into_owned();
    names.split('\0').filter(|name| !name.is_empty()).map(PathBuf::from).filter(|path| root().join(path).is_file()).collect()
}

/// The tree to look at: cargo says it at run time, so that a built test can look at another one.
fn root() -> PathBuf {
    std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from)
}

fn read(path: &Path) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn none(wrong: &[String]) {
    assert!(wrong.is_empty(), "\n  {}\n", wrong.join("\n  "));
}
