//! A folder of its own in which the program is run, and what it said there.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

pub type Any = Box<dyn std::error::Error>;

/// The project's folder, where the templates, fonts and samples are.
pub fn home() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A folder of its own, in which the program is run.
pub struct Desk {
    pub folder: tempfile::TempDir,
}

impl Desk {
    pub fn new() -> Result<Desk, Any> {
        let desk = Desk { folder: tempfile::tempdir()? };
        desk.put("good.json", &fs::read_to_string(home().join("tests/cli/good.json"))?)?;
        Ok(desk)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn put(&self, name: &str, text: &str) -> Result<(), Any> {
        Ok(fs::write(self.path(name), text)?)
    }

    /// The names of the files there are, sorted.
    pub fn names(&self) -> Result<Vec<String>, Any> {
        let mut names = Vec::new();
        for entry in fs::read_dir(self.folder.path())? {
            names.push(entry?.file_name().to_string_lossy().into_owned());
        }
        names.sort();
        Ok(names)
    }

    pub fn run(&self, language: &str, arguments: &str, input: &[u8]) -> Result<Output, Any> {
        let mut child = self.command(language, arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        if let Some(mut stdin) = child.stdin.take() {
            // The program may end before it has read everything.
            let _ = stdin.write_all(input);
        }
        Ok(child.wait_with_output()?)
    }

    pub fn command(&self, language: &str, arguments: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_formwright"));
        command.current_dir(self.folder.path()).args(arguments.split_whitespace());
        command.env_remove("FORMWRIGHT_TEMPLATES").env_remove("LC_ALL").env_remove("LC_MESSAGES").env("LANG", language);
        // Templates and fonts are found above the program.
        command
    }
}

/// What came out, a PDF by its name only and folders by theirs.
pub fn told(desk: &Desk, arguments: &str, output: &Output) -> String {
    let mut text =
        format!("$ formwright {arguments}\nexit {}\n", output.status.code().map_or("by signal".to_owned(), |code| code.to_string()));
    for (name, bytes) in [("stdout", &output.stdout), ("stderr", &output.stderr)] {
        let words = if bytes.starts_with(b"%PDF") { "(a PDF)\n".to_owned() } else { String::from_utf8_lossy(bytes).into_owned() };
        let words = words.replace(&*desk.folder.path().to_string_lossy(), "DESK").replace(&*home().to_string_lossy(), "HOME");
        if !words.is_empty() {
            let _ = write!(text, "--- {name}\n{words}");
        }
    }
    text
}

pub fn compare(name: &str, found: &str) -> Result<(), Any> {
    let path = home().join("tests/cli").join(format!("{name}.txt"));
    if std::env::var_os("BLESS").is_some() {
        return Ok(fs::write(path, found)?);
    }
    let want = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    assert_eq!(found, want, "{name}: if this is right, BLESS=1 cargo test --test cli");
    Ok(())
}
