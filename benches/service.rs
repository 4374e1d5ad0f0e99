//! The service under load, from outside: many clients on rendering, clients that dawdle beside one that does not, a kill in the middle.
//!
//! `cargo bench --bench service` starts the release program itself and takes about a minute. An argument after `--` is the seconds of each
//! part. The figures of record are in `docs/performance.md`.

#[path = "support/client.rs"]
mod client;
#[allow(dead_code)] // tests/batch.rs needs the rest of it
#[path = "../tests/support/people.rs"]
mod people;

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use client::{Client, Tally, dawdle};

const RENDER: &str = "/v1/templates/recommendation/render";

fn main() {
    let seconds = std::env::args().skip(1).find_map(|word| word.parse().ok()).unwrap_or(10);
    let span = Duration::from_secs(seconds);
    let desk = tempfile::tempdir().expect("there is room for a folder");
    println!("load average before: {}", load());
    let begun = Instant::now();
    let server = Server::start(desk.path());
    println!("start to ready: {} ms", begun.elapsed().as_millis());
    std::thread::sleep(Duration::from_secs(1));
    println!("idle: {} MiB resident\n", server.memory("VmRSS:"));
    let sample = Client::connect(server.address).ask("GET", "/v1/templates/recommendation/sample", b"");
    assert_eq!(sample.status, 200, "there is a sample");
    let body = [b"{\"record\":".as_slice(), &sample.body, b"}"].concat();

    println!("| part | answers | 200 | 429 | others | a second (200) | p50 ms | p99 ms | max ms | peak MiB |");
    println!("|---|---|---|---|---|---|---|---|---|---|");
    let mut missed = Vec::new();
    for clients in [1, 8, 64, 200] {
        server.forget_peak();
        let tally = rendering(server.address, clients, span, &body);
        let peak = server.memory("VmHWM:");
        tally.print(&format!("{clients} clients on rendering"), span, peak);
        let p99 = tally.quantile(0.99);
        if tally.others() > 0 {
            missed.push(format!("{clients} clients: {} answers that are neither 200 nor 429", tally.others()));
        }
        if clients >= 64 && p99 > Duration::from_secs(1) {
            missed.push(format!("{clients} clients: p99 is {p99:?}, more than 1 s"));
        }
        if clients == 64 && peak >= 200 {
            missed.push(format!("64 clients: {peak} MiB, more than 200"));
        }
    }
    server.forget_peak();
    let (looks, renders) = beside_dawdlers(server.address, span, &body);
    let peak = server.memory("VmHWM:");
    looks.print("GET beside 1,000 slow heads and 200 slow bodies", span, peak);
    renders.print("a render beside them", span, peak);
    for (what, tally) in [("GET", &looks), ("render", &renders)] {
        let p99 = tally.quantile(0.99);
        if p99 > Duration::from_millis(100) || tally.others() > 0 || tally.count(429) > 0 || tally.count(200) == 0 {
            missed.push(format!("beside dawdlers: {what} has p99 {p99:?}, {} bad answers", tally.others()));
        }
    }
    println!("\nidle again: {} MiB resident", server.memory("VmRSS:"));
    println!("load average after: {}", load());
    drop(server);
    if let Err(miss) = killed_in_a_batch(desk.path()) {
        missed.push(miss);
    }
    for miss in &missed {
        println!("MISSED: {miss}");
    }
}

/// So many clients that ask for the same document again and again; all its bytes must be the same.
fn rendering(address: SocketAddr, clients: usize, span: Duration, body: &[u8]) -> Tally {
    let until = Instant::now() + span;
    let one = || {
        let mut client = Client::connect(address);
        let mut tally = Tally::default();
        let mut first: Option<Vec<u8>> = None;
        while Instant::now() < until {
            let begun = Instant::now();
            let answer = client.ask("POST", RENDER, body);
            tally.add(answer.status, begun.elapsed());
            match answer.status {
                200 => assert!(first.get_or_insert_with(|| answer.body.clone()) == &answer.body, "the same request gave other bytes"),
                // What it is told to do is to come back in a second; a tenth keeps the queue full.
                429 => std::thread::sleep(Duration::from_millis(100)),
                _ => {}
            }
        }
        (tally, first)
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..clients).map(|_| scope.spawn(one)).collect();
        let mut all = Tally::default();
        let mut first: Option<Vec<u8>> = None;
        for thread in threads {
            let (tally, bytes) = thread.join().expect("a client ends well");
            all.merge(tally);
            if let Some(bytes) = bytes {
                assert!(first.get_or_insert_with(|| bytes.clone()) == &bytes, "two clients got different bytes");
            }
        }
        all
    })
}

/// A healthy client that looks, and one that renders, beside a thousand clients that never end their heads and two hundred that drip bodies.
fn beside_dawdlers(address: SocketAddr, span: Duration, body: &[u8]) -> (Tally, Tally) {
    let stop = AtomicBool::new(false);
    let head = "GET /v1/templates HTTP/1.1\r\nHost: localhost\r\nX-Slow: ";
    let post = format!("POST {RENDER} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{{");
    std::thread::scope(|scope| {
        scope.spawn(|| dawdle(address, 1000, head, &stop));
        scope.spawn(|| dawdle(address, 200, &post, &stop));
        // Until they are all there.
        std::thread::sleep(Duration::from_secs(2));
        let until = Instant::now() + span;
        let healthy = move |method: &'static str, path: &'static str, body: &[u8]| {
            let mut tally = Tally::default();
            let mut client = Client::connect(address);
            while Instant::now() < until {
                let begun = Instant::now();
                tally.add(client.ask(method, path, body).status, begun.elapsed());
                // Each on a connection of its own now and then: taking one is what dawdlers could hinder.
                if tally.len() % 5 == 0 {
                    client = Client::connect(address);
                }
                std::thread::sleep(Duration::from_millis(20));
            }
            tally
        };
        let looks = scope.spawn(move || healthy("GET", "/v1/templates", b""));
        let renders = scope.spawn(move || healthy("POST", RENDER, body));
        let both = (looks.join().expect("it ends well"), renders.join().expect("it ends well"));
        stop.store(true, Ordering::Relaxed);
        both
    })
}

/// A batch of people whose service is killed again and again in the middle: everybody is done in the end, and rendered once.
fn killed_in_a_batch(folder: &Path) -> Result<(), String> {
    const PEOPLE: usize = 300;
    const KILLS: usize = 3;
    let lines: Vec<String> = (0..PEOPLE)
        .map(|n| {
            let mut person = people::person(n);
            person["photo"] = serde_json::Value::Null;
            person.to_string()
        })
        .collect();
    let mut server = Server::start(folder);
    let sent = Client::connect(server.address).send(
        "POST",
        "/v1/batches?outputs=pdf&draft=true",
        "application/x-ndjson",
        lines.join("\n").as_bytes(),
    );
    let status: serde_json::Value = serde_json::from_slice(&sent.body).map_err(|_| format!("the batch was answered {}", sent.status))?;
    let path = format!("/v1/batches/{}", status["id"].as_str().unwrap_or_default());
    let look = |server: &Server| -> serde_json::Value {
        let answer = Client::connect(server.address).ask("GET", &path, b"");
        serde_json::from_slice(&answer.body).unwrap_or_default()
    };
    let mut kills = Vec::new();
    let begun = Instant::now();
    let end = loop {
        let status = look(&server);
        let (state, done) = (status["state"].as_str().unwrap_or_default().to_owned(), status["done"].as_u64().unwrap_or(0));
        // Each time a quarter further, in the middle of rendering.
        if state == "running" && kills.len() < KILLS && done >= ((kills.len() + 1) * PEOPLE / (KILLS + 1)) as u64 {
            kills.push(done);
            server = {
                drop(server);
                Server::start(folder)
            };
            continue;
        }
        if ["done", "failed", "cancelled"].contains(&state.as_str()) || begun.elapsed() > Duration::from_secs(120) {
            break status;
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    let (state, done, renders) = (end["state"].as_str().unwrap_or_default(), end["done"].as_u64(), end["renders"].as_u64());
    println!("\na batch of {PEOPLE}, killed at {kills:?}: {state}, {done:?} done, {renders:?} rendered, {:?}", begun.elapsed());
    if state == "done" && done == Some(PEOPLE as u64) && renders == Some(PEOPLE as u64) && kills.len() == KILLS {
        Ok(())
    } else {
        Err(format!("killed in a batch: {end}"))
    }
}

fn load() -> String {
    std::fs::read_to_string("/proc/loadavg").unwrap_or_default().split(' ').take(3).collect::<Vec<_>>().join(" ")
}

/// The release program, killed when it is dropped.
struct Server {
    child: Child,
    address: SocketAddr,
}

impl Server {
    fn start(folder: &Path) -> Server {
        let mut command = Command::new(env!("CARGO_BIN_EXE_formwright"));
        command.args(["serve", "--listen", "127.0.0.1:0", "--log", "off", "--lang", "en"]).current_dir(env!("CARGO_MANIFEST_DIR"));
        command.env("STATE_DIRECTORY", folder.join("state")).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut line).expect("it greets");
        let address = line.split("://").nth(1).and_then(|rest| rest.split('/').next()?.parse().ok()).expect("an address");
        while Client::connect(address).ask("GET", "/readyz", b"").status != 200 {
            std::thread::sleep(Duration::from_millis(5));
        }
        Server { child, address }
    }

    /// A line of the process's status, in MiB.
    fn memory(&self, name: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
        line.split_whitespace().next().and_then(|kib| kib.parse::<u64>().ok()).unwrap_or(0) / 1024
    }

    /// The peak is counted anew from now on (Linux, proc(5): clear_refs).
    fn forget_peak(&self) {
        let _ = std::fs::write(format!("/proc/{}/clear_refs", self.child.id()), "5");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
