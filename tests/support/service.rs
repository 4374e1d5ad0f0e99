//! A service of the tests' own on a free port of the loopback, and a small client for it.
#![allow(dead_code)]

use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;

use formwright::Engine;
use formwright::service::{Settings, run};
use serde_json::Value;
use tokio::sync::oneshot;
use ureq::http::{HeaderMap, Request};

/// The engine with the project's own templates and fonts, opened once for all tests of a program.
pub fn engine() -> Arc<Engine> {
    static ENGINE: OnceLock<Arc<Engine>> = OnceLock::new();
    Arc::clone(ENGINE.get_or_init(|| Arc::new(Engine::open("templates", "fonts").expect("the project's templates and fonts"))))
}

/// A service under way; dropping it stops it and waits until it has stopped.
pub struct Service {
    address: SocketAddr,
    agent: ureq::Agent,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    /// Dropped last: the service writes into it until it has ended.
    folder: Option<tempfile::TempDir>,
}

/// What the service answered.
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Service {
    /// A service as it is by itself; its batches are in a folder that goes with it.
    pub fn start() -> Service {
        let folder = tempfile::tempdir().expect("a folder");
        let mut service = Service::start_with(Settings { folder: folder.path().join("batches"), ..Settings::default() });
        service.folder = Some(folder);
        service
    }

    pub fn start_with(settings: Settings) -> Service {
        Service::start_on(engine(), settings)
    }

    pub fn start_on(engine: Arc<Engine>, settings: Settings) -> Service {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let address = listener.local_addr().expect("a bound address");
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
            let stopped = async move { drop(stopped.await) };
            runtime.block_on(run(listener, engine, settings, stopped)).expect("the service ends well");
        });
        Service { address, agent: agent(), stop: Some(stop), thread: Some(thread), folder: None }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], None)
    }

    pub fn post(&self, path: &str, kind: &str, body: impl AsRef<[u8]>) -> Answer {
        self.send("POST", path, &[("content-type", kind)], Some(body.as_ref()))
    }

    pub fn post_json(&self, path: &str, body: &Value) -> Answer {
        self.post(path, "application/json", body.to_string())
    }

    /// Any request; redirections are not followed and no status is an error.
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<&[u8]>) -> Answer {
        let request = headers
            .iter()
            .fold(Request::builder().method(method).uri(self.url(path)), |request, (name, value)| request.header(*name, value.as_bytes()));
        let answered = match body {
            Some(body) => self.agent.run(request.body(body).expect("a request")),
            None => self.agent.run(request.body(()).expect("a request")),
        };
        let mut answer = answered.unwrap_or_else(|error| panic!("{method} {path}: {error}"));
        let body = answer.body_mut().with_config().limit(1 << 30).read_to_vec().expect("the whole answer");
        Answer { status: answer.status().as_u16(), headers: answer.headers().clone(), body }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        drop(self.stop.take());
        // Connections that are kept for the next request would keep the service from ending.
        self.agent = agent();
        if let Some(thread) = self.thread.take() {
            let ended = thread.join();
            assert!(std::thread::panicking() || ended.is_ok(), "the service did not end well");
        }
    }
}

impl Answer {
    /// A header's value; empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{} {error}: {}", self.status, self.text()))
    }

    /// The code of a problem document, after a look at its form.
    pub fn problem(&self) -> String {
        assert_eq!(self.header("content-type"), "application/problem+json", "{} {}", self.status, self.text());
        let document = self.json();
        assert_eq!(document["status"], self.status, "{document}");
        assert!(document["title"].as_str().is_some_and(|title| !title.is_empty()), "{document}");
        document["code"].as_str().expect("a problem has a code").to_owned()
    }
}

/// A part of a form: name, file name or none, type or none, bytes.
pub type Part<'p> = (&'p str, Option<&'p str>, Option<&'p str>, &'p [u8]);

/// A body of multipart/form-data (RFC 7578) and its content type.
pub fn multipart(parts: &[Part<'_>]) -> (String, Vec<u8>) {
    let boundary = "----formwright-test-7MA4YWxkTrZu0gW";
    let mut body = Vec::new();
    for (name, file, kind, bytes) in parts {
        body.extend(format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"").bytes());
        if let Some(file) = file {
            body.extend(format!("; filename=\"{file}\"").bytes());
        }
        if let Some(kind) = kind {
            body.extend(format!("\r\nContent-Type: {kind}").bytes());
        }
        body.extend(b"\r\n\r\n");
        body.extend(*bytes);
        body.extend(b"\r\n");
    }
    body.extend(format!("--{boundary}--\r\n").bytes());
    (format!("multipart/form-data; boundary={boundary}"), body)
}

fn agent() -> ureq::Agent {
    let config = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).proxy(None).allow_non_standard_methods(true);
    config.timeout_global(Some(std::time::Duration::from_secs(60))).build().into()
}
