//! A client of blocking sockets, what it measures, and clients that dawdle.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// An answer; its status is 0 where the connection broke.
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its body.
    pub body: Vec<u8>,
}

/// A connection that is kept.
pub struct Client {
    address: SocketAddr,
    stream: Option<BufReader<TcpStream>>,
}

impl Client {
    /// A connection to the service.
    pub fn connect(address: SocketAddr) -> Client {
        Client { address, stream: open(address) }
    }

    /// A request with JSON and its whole answer.
    pub fn ask(&mut self, method: &str, path: &str, body: &[u8]) -> Answer {
        self.send(method, path, "application/json", body)
    }

    /// A request with a body of some type, and its whole answer.
    pub fn send(&mut self, method: &str, path: &str, kind: &str, body: &[u8]) -> Answer {
        if self.stream.is_none() {
            self.stream = open(self.address);
        }
        let answer = self.stream.as_mut().and_then(|stream| exchange(stream, method, path, kind, body).ok());
        match answer {
            Some((answer, true)) => answer,
            Some((answer, false)) => {
                self.stream = None;
                answer
            }
            None => {
                self.stream = None;
                Answer { status: 0, body: Vec::new() }
            }
        }
    }
}

fn open(address: SocketAddr) -> Option<BufReader<TcpStream>> {
    let stream = TcpStream::connect_timeout(&address, Duration::from_secs(5)).ok()?;
    stream.set_nodelay(true).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(30))).ok()?;
    Some(BufReader::with_capacity(64 * 1024, stream))
}

/// The answer, and whether the connection stays.
fn exchange(stream: &mut BufReader<TcpStream>, method: &str, path: &str, kind: &str, body: &[u8]) -> std::io::Result<(Answer, bool)> {
    let length = body.len();
    let head = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n");
    stream.get_mut().write_all(&[head.as_bytes(), body].concat())?;
    let broken = || std::io::Error::from(std::io::ErrorKind::InvalidData);
    let mut line = String::new();
    stream.read_line(&mut line)?;
    let status = line.split(' ').nth(1).and_then(|code| code.parse().ok()).ok_or_else(broken)?;
    let (mut length, mut stays) = (0, true);
    loop {
        line.clear();
        stream.read_line(&mut line)?;
        let header = line.trim_end().to_ascii_lowercase();
        if header.is_empty() {
            break;
        }
        if let Some(value) = header.strip_prefix("content-length: ") {
            length = value.parse().map_err(|_| broken())?;
        }
        stays &= header != "connection: close";
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    Ok((Answer { status, body }, stays))
}

/// How often each status came, and how long answers took.
#[derive(Default)]
pub struct Tally {
    statuses: BTreeMap<u16, usize>,
    times: Vec<Duration>,
}

impl Tally {
    /// One more answer.
    pub fn add(&mut self, status: u16, took: Duration) {
        *self.statuses.entry(status).or_default() += 1;
        self.times.push(took);
    }

    /// Another's answers, too.
    pub fn merge(&mut self, other: Tally) {
        for (status, count) in other.statuses {
            *self.statuses.entry(status).or_default() += count;
        }
        self.times.extend(other.times);
    }

    /// How many answers there were.
    pub fn len(&self) -> usize {
        self.times.len()
    }

    /// How often a status came.
    pub fn count(&self, status: u16) -> usize {
        self.statuses.get(&status).copied().unwrap_or(0)
    }

    /// Answers that are neither a document nor a word to come back; broken connections are among them.
    pub fn others(&self) -> usize {
        self.len() - self.count(200) - self.count(429)
    }

    /// The time within which this part of the answers came.
    pub fn quantile(&self, part: f64) -> Duration {
        let mut times = self.times.clone();
        times.sort();
        let at = ((times.len() as f64 * part).ceil() as usize).clamp(1, times.len().max(1)) - 1;
        times.get(at).copied().unwrap_or_default()
    }

    /// A row of the table.
    pub fn print(&self, what: &str, span: Duration, peak: u64) {
        let ms = |part| self.quantile(part).as_secs_f64() * 1000.0;
        let (good, busy) = (self.count(200), self.count(429));
        let rate = good as f64 / span.as_secs_f64();
        println!(
            "| {what} | {} | {good} | {busy} | {} | {rate:.0} | {:.1} | {:.1} | {:.1} | {peak} |",
            self.len(),
            self.others(),
            ms(0.5),
            ms(0.99),
            ms(1.0)
        );
    }
}

/// Keeps so many connections open that begin in this way and then send a byte now and then; whoever is cut comes again.
pub fn dawdle(address: SocketAddr, count: usize, beginning: &str, stop: &AtomicBool) {
    let fresh = || {
        let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(2)).ok()?;
        stream.set_nonblocking(true).ok()?;
        stream.write_all(beginning.as_bytes()).ok()?;
        Some(stream)
    };
    let mut streams: Vec<Option<TcpStream>> = (0..count).map(|_| fresh()).collect();
    let mut piece = [0; 1024];
    while !stop.load(Ordering::Relaxed) {
        for stream in &mut streams {
            let alive = stream.as_mut().is_some_and(|stream| {
                let open = match stream.read(&mut piece) {
                    Ok(read) => read > 0,
                    Err(error) => error.kind() == std::io::ErrorKind::WouldBlock,
                };
                open && stream.write_all(b"x").is_ok()
            });
            if !alive {
                *stream = fresh();
            }
        }
        std::thread::sleep(Duration::from_millis(500));
    }
}
