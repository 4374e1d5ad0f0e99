//! A service with routes of a test's own, and a client that can be as slow and as rude as a test wants.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use axum::Router;
use formwright::service::{App, Settings, around, serve};
use tokio::sync::oneshot;

/// Routes between the edge and nobody: everything about connections, none of the forms.
pub struct Edge {
    pub address: SocketAddr,
    pub app: App,
    folder: Option<tempfile::TempDir>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Edge {
    pub fn start(mut settings: Settings, routes: Router) -> Edge {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        listener.set_nonblocking(true).expect("a listener");
        let address = listener.local_addr().expect("a bound address");
        settings.listen = address;
        let folder = tempfile::tempdir().expect("a folder");
        settings.folder = folder.path().join("batches");
        let app = App::new(crate::service::engine(), settings).expect("its folder can be made");
        let (stop, stopped) = oneshot::channel::<()>();
        let served = app.clone();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
                serve(listener, served.clone(), around(routes, served), async { drop(stopped.await) }).await;
            });
            runtime.shutdown_background();
        });
        Edge { address, app, folder: Some(folder), stop: Some(stop), thread: Some(thread) }
    }

    pub fn connect(&self) -> Client {
        Client::connect(self.address)
    }

    /// One request on a connection of its own.
    pub fn ask(&self, head: &str) -> String {
        let mut client = self.connect();
        client.send(&format!("{head}\r\nConnection: close\r\n\r\n"));
        client.rest()
    }

    pub fn tell_to_stop(&mut self) {
        drop(self.stop.take());
    }

    /// How long it takes from now until it has stopped.
    pub fn ended(&mut self) -> Duration {
        let begun = Instant::now();
        self.thread.take().expect("ended once").join().expect("it ends well");
        begun.elapsed()
    }
}

impl Drop for Edge {
    fn drop(&mut self) {
        self.tell_to_stop();
        if let Some(thread) = self.thread.take() {
            assert!(thread.join().is_ok() || std::thread::panicking(), "the service did not end well");
        }
        drop(self.folder.take());
    }
}

/// A connection.
pub struct Client(pub TcpStream);

impl Client {
    pub fn connect(address: SocketAddr) -> Client {
        let stream = TcpStream::connect(address).expect("a connection");
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a socket");
        Client(stream)
    }

    pub fn send(&mut self, text: &str) {
        self.0.write_all(text.as_bytes()).expect("the service takes it");
    }

    /// Sends, whether or not the other side is still there.
    pub fn try_send(&mut self, text: &str) {
        let _ = self.0.write_all(text.as_bytes());
    }

    /// What comes until the end of the connection; a reset is an end, too.
    pub fn rest(&mut self) -> String {
        let (mut all, mut piece) = (Vec::new(), [0; 4096]);
        loop {
            match self.0.read(&mut piece) {
                Ok(0) => break,
                Ok(read) => all.extend(&piece[..read]),
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => panic!("the connection stays open: {all:?}"),
                Err(_) => break,
            }
        }
        String::from_utf8_lossy(&all).into_owned()
    }

    /// One answer with a length, on a connection that stays.
    pub fn answer(&mut self) -> String {
        let mut all = Vec::new();
        let head = loop {
            let mut byte = [0];
            self.0.read_exact(&mut byte).unwrap_or_else(|error| panic!("{error} after {}", String::from_utf8_lossy(&all)));
            all.push(byte[0]);
            if all.ends_with(b"\r\n\r\n") {
                break String::from_utf8_lossy(&all).to_lowercase();
            }
        };
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).expect("a length").parse().expect("a number");
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).expect("the whole body");
        all.extend(body);
        String::from_utf8_lossy(&all).into_owned()
    }

    /// How long until the other side ends it.
    pub fn time_to_end(&mut self) -> Duration {
        let begun = Instant::now();
        self.rest();
        begun.elapsed()
    }
}

/// The status of an answer; 0 where there is none.
pub fn status(answer: &str) -> u16 {
    answer.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3)).and_then(|code| code.parse().ok()).unwrap_or(0)
}

/// The code of a problem document in an answer.
pub fn code(answer: &str) -> String {
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    let document: serde_json::Value = serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {answer}"));
    document["code"].as_str().expect("a code").to_owned()
}

/// Waits until something holds.
pub fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_secs(10), "{what} does not come");
        std::thread::sleep(Duration::from_millis(10));
    }
}
