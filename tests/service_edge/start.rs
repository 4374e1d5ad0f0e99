//! Starting: what is refused and in which words, where settings come from, and what an administrator is told.

use std::fs::Permissions;
use std::io::{BufRead, BufReader, Read};
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::desk::{Client, status, until};

fn formwright(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_formwright"));
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("FORMWRIGHT_")) {
        command.env_remove(name);
    }
    command.arg("serve").env("STATE_DIRECTORY", folder.join("state")).env("LC_ALL", "zh_CN.UTF-8").current_dir(folder);
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    command.arg("--templates").arg(root.join("templates")).arg("--fonts").arg(root.join("fonts"));
    command
}

fn run(folder: &Path, words: &str) -> Output {
    formwright(folder).args(words.split_whitespace()).stdin(Stdio::null()).output().expect("it runs")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A running program, killed at the end of its test.
pub struct Running {
    pub child: Child,
    pub address: SocketAddr,
    /// What it said when it was up.
    pub greeting: String,
}

impl Running {
    pub fn start(folder: &Path, words: &[&str]) -> Running {
        let mut command = formwright(folder);
        command.args(["--listen", "127.0.0.1:0"]).args(words).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("it starts");
        let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        let mut greeting = String::new();
        for line in lines.by_ref().take(2) {
            greeting += &line.expect("text");
            greeting.push('\n');
        }
        let (_, after) = greeting.split_once("://").unwrap_or_else(|| panic!("no address in {greeting:?}"));
        let port = after.split('/').next().and_then(|host| host.rsplit(':').next()).and_then(|port| port.parse().ok()).expect("a port");
        Running { child, address: SocketAddr::from(([127, 0, 0, 1], port)), greeting }
    }

    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status().expect("kill runs");
        assert!(sent.success());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn desk() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

/// A file that only its owner may read.
fn secret(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    std::fs::write(&path, text).expect("written");
    std::fs::set_permissions(&path, Permissions::from_mode(0o600)).expect("ours");
}

#[test]
fn it_refuses_to_start_where_it_is_not_safe() {
    let desk = desk();
    let (_, line) = formwright::service::keys::new_key("a", &[formwright::service::keys::Scope::Render]);
    secret(desk.path(), "keys", &line);
    for (words, codes, zh, en) in [
        ("--listen 0.0.0.0:0", vec!["no-keys", "no-tls"], "--keys 文件", "add --keys FILE"),
        ("--listen [::]:0", vec!["no-keys", "no-tls"], "--trusted-proxy 代理的地址", "or --trusted-proxy ADDRESS"),
        ("--listen 192.0.2.1:80 --plain-http", vec!["no-keys"], "谁可以用", "who may ask"),
        ("--listen 192.0.2.1:80 --behind-tls-proxy", vec!["no-keys"], "谁可以用", "who may ask"),
        ("--listen 0.0.0.0:0 --keys keys", vec!["no-tls"], "--tls-cert 证书", "add --tls-cert FILE"),
        ("--listen 0.0.0.0:0 --trusted-proxy 10.0.0.5", vec!["no-tls"], "--behind-tls-proxy", "--behind-tls-proxy"),
        ("--listen 0.0.0.0:0 --trusted-proxy ::/0 --plain-http", vec!["network-too-wide"], "谁都能冒充", "anybody could say"),
        ("--keys nothing", vec!["bad-keys"], "读不了钥匙文件", "cannot read the file of keys"),
        ("--tls-cert keys", vec!["bad-tls"], "没有 --tls-key", "no --tls-key"),
        ("--tls-cert keys --tls-key keys", vec!["bad-tls"], "证书文件", "the certificate"),
        ("--listen there --queue 0 --keep soon", vec!["bad-setting", "bad-setting", "bad-setting"], "7d", "7d"),
        ("--host http://forms.example.org/", vec!["bad-setting"], "不带 http://", "without http://"),
    ] {
        for (lang, want) in [("zh", zh), ("en", en)] {
            let output = run(desk.path(), &format!("--lang {lang} --check-config {words}"));
            let text = said(&output);
            assert_eq!(output.status.code(), Some(2), "{words}: {text}");
            let told: Vec<&str> = text
                .lines()
                .filter(|line| line.starts_with("错误[") || line.starts_with("error["))
                .filter_map(|line| line.split(['[', ']']).nth(1))
                .collect();
            assert_eq!(told, codes, "{words}: {text}");
            assert!(text.contains(want), "{words}: {want}\n{text}");
        }
    }
    for words in [
        "--listen 0.0.0.0:0 --keys keys --plain-http",
        "--listen 0.0.0.0:0 --trusted-proxy 10.0.0.5 --behind-tls-proxy --host forms.example.org",
        "--listen 127.0.0.1:0",
        "--listen [::1]:0",
    ] {
        let output = run(desk.path(), &format!("--check-config {words}"));
        assert_eq!(output.status.code(), Some(0), "{words}: {}", said(&output));
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(told.contains("谁可以用") && told.contains("设置无误"), "{told}");
    }
    let told = said(&run(desk.path(), "--check-config --listen 0.0.0.0:0 --keys keys --plain-http"));
    assert!(told.contains("[plain-http]") && told.contains("不加密"), "{told}");
    assert!(!desk.path().join("state").exists(), "looking at settings makes nothing");
}

#[test]
fn others_must_not_look_at_keys_or_batches() {
    let desk = desk();
    secret(desk.path(), "keys", "");
    std::fs::set_permissions(desk.path().join("keys"), Permissions::from_mode(0o640)).expect("ours");
    let output = run(desk.path(), "--keys keys");
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("chmod 600 keys"), "{}", said(&output));
    std::fs::create_dir(desk.path().join("open")).expect("made");
    std::fs::set_permissions(desk.path().join("open"), Permissions::from_mode(0o755)).expect("ours");
    let output = run(desk.path(), "--listen 127.0.0.1:0 --folder open");
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("chmod 700 open"), "{}", said(&output));
}

#[test]
fn flags_go_before_the_environment_and_both_before_the_file() {
    let desk = desk();
    std::fs::write(desk.path().join("a.toml"), "listen = 4001\nqueue = 3\nkeep = \"2d\"\nhost = [\"a.example\", \"b.example\"]\n")
        .expect("written");
    let plan = |set: &[(&str, &str)], words: &str| {
        let mut command = formwright(desk.path());
        command.envs(set.iter().copied()).args(["--lang", "en", "--check-config"]).args(words.split_whitespace());
        let output = command.output().expect("it runs");
        assert!(output.status.success(), "{}", said(&output));
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let told = plan(&[], "--config a.toml");
    assert!(told.contains("127.0.0.1:4001") && told.contains(", 3\n") && told.contains("2.0 days"), "{told}");
    assert!(told.contains("http://a.example:4001/  http://b.example:4001/"), "{told}");
    let told = plan(&[("FORMWRIGHT_LISTEN", "4002"), ("FORMWRIGHT_CONFIG", "a.toml"), ("FORMWRIGHT_HOST", "c.example, d.example")], "");
    assert!(
        told.contains("127.0.0.1:4002") && told.contains(", 3\n") && told.contains("http://c.example:4002/  http://d.example:4002/"),
        "{told}"
    );
    let told = plan(&[("FORMWRIGHT_LISTEN", "4002")], "--config a.toml --listen 4003");
    assert!(told.contains("127.0.0.1:4003"), "{told}");
}

/// Fonts are a flag of the whole program, which knows no variable of theirs; the service does.
#[test]
fn a_variable_names_the_fonts() {
    let desk = desk();
    let mut command = Command::new(env!("CARGO_BIN_EXE_formwright"));
    command.args(["serve", "--listen", "127.0.0.1:0", "--lang", "en"]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    command.env("STATE_DIRECTORY", desk.path().join("state")).env("FORMWRIGHT_FONTS", "no-such-fonts").current_dir(desk.path());
    let mut child = command.arg("--templates").arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("templates")).spawn().expect("it starts");
    let begun = Instant::now();
    while child.try_wait().expect("it can be asked").is_none() && begun.elapsed() < Duration::from_secs(30) {
        std::thread::sleep(Duration::from_millis(50));
    }
    // Where the variable is not taken it serves, with the fonts beside it.
    drop(child.kill());
    let output = child.wait_with_output().expect("it ended");
    assert!(said(&output).contains("no-such-fonts") && !said(&output).contains("unknown-setting"), "{}", said(&output));
    assert!(output.status.code().is_some_and(|code| code != 0), "{:?}", output.status);
}

/// Whoever asks every second whether it lives fills no log.
#[test]
fn a_probe_is_not_logged() {
    let desk = desk();
    let mut running = Running::start(desk.path(), &[]);
    for path in ["/healthz", "/v1/version"] {
        let mut client = Client::connect(running.address);
        client.send(&format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
        assert_eq!(status(&client.rest()), 200);
    }
    running.signal("TERM");
    let mut log = String::new();
    running.child.stderr.take().expect("a pipe").read_to_string(&mut log).expect("text");
    assert!(log.contains("/v1/version") && !log.contains("/healthz"), "{log}");
}

#[test]
fn everything_wrong_with_a_file_is_told_at_once() {
    let desk = desk();
    std::fs::write(desk.path().join("a.toml"), "lissten = 4001\nqueue = \"many\"\nbody-limit = 1.5\nzzzzzzzz = 1\n").expect("written");
    let output = run(desk.path(), "--config a.toml --lang en");
    let text = said(&output);
    assert_eq!(output.status.code(), Some(2));
    for want in
        ["no setting lissten", "did you mean listen?", "a.toml: queue", "a.toml: body-limit", "no setting zzzzzzzz", "--help", "4 errors"]
    {
        assert!(text.contains(want), "{want}\n{text}");
    }
    std::fs::write(desk.path().join("b.toml"), "queue = 3\nlisten 4001\n").expect("written");
    let text = said(&run(desk.path(), "--config b.toml --lang en"));
    assert!(text.contains("line 2 is no TOML"), "{text}");
    let text = said(&run(desk.path(), "--config c.toml"));
    assert!(text.contains("[no-config]"), "{text}");
    let mut command = formwright(desk.path());
    let output = command.args(["--check-config", "--lang", "en"]).env("FORMWRIGHT_QUEU", "3").output().expect("it runs");
    assert!(said(&output).contains("did you mean queue?") && output.status.success(), "{}", said(&output));
}

#[test]
fn a_taken_port_is_told() {
    let desk = desk();
    let taken = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    let address = taken.local_addr().expect("bound").to_string();
    for (lang, want) in [("zh", "已被别的程序占用"), ("en", "another program has")] {
        let output = run(desk.path(), &format!("--listen {address} --lang {lang}"));
        assert_eq!(output.status.code(), Some(2));
        assert!(said(&output).contains(want) && said(&output).contains(&address), "{}", said(&output));
    }
}

#[test]
fn a_folder_in_use_is_told_before_anybody_is_sent_there() {
    let desk = desk();
    std::fs::create_dir(desk.path().join("state")).expect("there is room");
    std::fs::set_permissions(desk.path().join("state"), Permissions::from_mode(0o700)).expect("it can be set");
    let _first = Running::start(desk.path(), &[]);
    for (lang, want) in [("zh", "另一个服务正在用这个文件夹"), ("en", "another service holds this folder")] {
        let output = run(desk.path(), &format!("--listen 127.0.0.1:0 --lang {lang}"));
        assert!(output.status.code() == Some(2) && said(&output).contains(want), "{}", said(&output));
        assert!(output.stdout.is_empty(), "it said that it is up: {}", String::from_utf8_lossy(&output.stdout));
    }
}

#[test]
fn a_check_finds_what_a_start_would_find() {
    let desk = desk();
    std::fs::write(desk.path().join("file"), "x").expect("there is room");
    for words in
        ["--keep 0s", "--body-limit 0", "--upload-limit 1KiB", "--body-memory 0", "--head-time 0ms", "--answer-time 0", "--folder file"]
    {
        let output = run(desk.path(), &format!("--check-config {words}"));
        assert!(output.status.code() == Some(2) && !said(&output).is_empty(), "{words}: {}", said(&output));
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_formwright"));
    command.args(["serve", "--check-config", "--templates", "nowhere"]).env("STATE_DIRECTORY", desk.path().join("state"));
    let output = command.current_dir(desk.path()).output().expect("it runs");
    assert!(output.status.code() == Some(2) && said(&output).contains("nowhere"), "{}", said(&output));
    assert!(!desk.path().join("state").exists(), "a check makes no folder");
    for words in ["--patience 0s", "--drain 0s", "--disk-reserve 0"] {
        assert!(run(desk.path(), &format!("--check-config {words}")).status.success(), "{words}");
    }
}

#[test]
fn a_key_is_shown_once_and_opens() {
    let desk = desk();
    let made = run(desk.path(), "--new-key hr --scopes render --lang en");
    let told = String::from_utf8_lossy(&made.stdout).into_owned();
    let lines: Vec<&str> = told.lines().collect();
    let [_, key, _, line] = lines.as_slice() else { panic!("{told}") };
    secret(desk.path(), "keys", &format!("{line}\n"));
    let running = Running::start(desk.path(), &["--keys", "keys"]);
    for (header, want) in [(format!("Bearer {key}"), 200), ("Bearer no".to_owned(), 401)] {
        let mut client = Client::connect(running.address);
        client.send(&format!("GET /v1/templates HTTP/1.1\r\nHost: localhost\r\nAuthorization: {header}\r\nConnection: close\r\n\r\n"));
        assert_eq!(status(&client.rest()), want);
    }
    assert_eq!(run(desk.path(), "--new-key a/b").status.code(), Some(2));
    assert_eq!(run(desk.path(), "--new-key a --scopes paint").status.code(), Some(2));
}

#[test]
fn a_signal_ends_it_in_good_order() {
    let desk = desk();
    for signal in ["TERM", "INT"] {
        let mut running = Running::start(desk.path(), &[]);
        assert!(running.greeting.contains("在浏览器里打开：http://127.0.0.1:"), "{}", running.greeting);
        assert!(running.greeting.contains("批处理存放在") && running.greeting.contains("state"), "{}", running.greeting);
        let mode = std::fs::metadata(desk.path().join("state")).expect("made").permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
        running.signal(signal);
        let ended = running.child.wait().expect("it ends");
        assert_eq!(ended.code(), Some(0), "{signal}");
    }
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let desk = desk();
    let mut running = Running::start(desk.path(), &[]);
    // A body that does not come is under way for a while.
    let mut client = Client::connect(running.address);
    client.send("POST /v1/templates/recommendation/render HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{");
    std::thread::sleep(Duration::from_millis(200));
    running.signal("TERM");
    until("it stops listening", || std::net::TcpStream::connect(running.address).is_err());
    assert!(running.child.try_wait().expect("its state").is_none(), "it waits for what is under way");
    let begun = Instant::now();
    running.signal("TERM");
    assert_eq!(running.child.wait().expect("it ends").code(), Some(130));
    assert!(begun.elapsed() < Duration::from_secs(2));
}

#[test]
fn the_help_and_the_manual_name_every_setting() {
    let desk = desk();
    let help = String::from_utf8_lossy(&run(desk.path(), "--help").stdout).into_owned();
    let manual = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/service.md")).expect("the manual");
    for setting in formwright::service::config::SETTINGS {
        assert!(help.contains(&format!("--{}", setting.name)), "the help lacks --{}", setting.name);
        let row = manual.lines().find(|line| line.starts_with(&format!("| `{}` |", setting.name)));
        let row = row.unwrap_or_else(|| panic!("docs/service.md lacks a row for {}", setting.name));
        let cell = if setting.default.is_empty() { "–".to_owned() } else { format!("`{}`", setting.default) };
        assert!(row.contains(&format!("| {cell} |")), "docs/service.md: the default of {} is {cell}: {row}", setting.name);
    }
    for word in ["地址 Address", "安全 Safety", "限度 Limits", "批处理 Batches", "运行 Operation", "例 Examples", "退出码 Exit codes"]
    {
        assert!(help.contains(word), "{word}");
    }
}
