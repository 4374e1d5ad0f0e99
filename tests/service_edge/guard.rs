//! By which name, from whose page, with which key.

use std::time::{Duration, Instant};

use axum::routing::{any, get};
use axum::{Extension, Router};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use formwright::service::keys::{Keys, Scope, new_key};
use formwright::service::{Caller, Settings};

use crate::desk::{Edge, code, status};

fn routes() -> Router {
    let who = |Extension(caller): Extension<Caller>| async move { caller.id };
    Router::new()
        .route("/x", any(|| async { "x" }))
        .route("/who", get(who))
        .route("/healthz", get(|| async { "ok" }))
        .route("/readyz", get(|| async { "ready" }))
        .route("/metrics", get(|| async { "metrics" }))
        .route("/v1/batches", any(who))
        .route("/v1/templates/a/render", any(who))
        .route(
            "/panic",
            get(|| async {
                if true {
                    panic!("oh")
                }
            }),
        )
}

fn ask(edge: &Edge, method: &str, path: &str, headers: &[(&str, &str)]) -> String {
    let mut head = format!("{method} {path} HTTP/1.1\r\nContent-Length: 0");
    for (name, value) in headers {
        head += &format!("\r\n{name}: {value}");
    }
    edge.ask(&head)
}

#[test]
fn only_its_own_names() {
    let edge = Edge::start(Settings { hosts: vec!["forms.example.org".to_owned()], ..Settings::default() }, routes());
    let port = edge.address.port();
    for (host, want) in [
        ("localhost", 200),
        ("LOCALHOST:1", 200),
        ("app.localhost", 200),
        ("127.0.0.1", 200),
        ("127.9.9.9", 200),
        ("[::1]", 200),
        (&format!("127.0.0.1:{port}"), 200),
        ("forms.example.org", 200),
        ("Forms.Example.ORG.", 200),
        ("forms.example.org:8443", 200),
        ("evil.example", 421),
        ("localhost.evil.example", 421),
        ("forms.example.org.evil.example", 421),
        ("notlocalhost", 421),
        ("10.1.2.3", 421),
        ("[fe80::1]", 421),
        ("localhost@evil.example", 400),
        ("evil.example@localhost", 400),
        ("", 400),
        ("local host", 400),
    ] {
        assert_eq!(status(&ask(&edge, "GET", "/x", &[("Host", host)])), want, "{host}");
    }
    assert_eq!(status(&ask(&edge, "GET", "/x", &[])), 400, "no name at all");
    assert_eq!(status(&ask(&edge, "GET", "/x", &[("Host", "localhost"), ("Host", "evil.example")])), 400, "two names");
    assert_eq!(status(&ask(&edge, "GET", "http://evil.example/x", &[("Host", "localhost")])), 421, "the target's name counts");
    for probe in ["/healthz", "/readyz"] {
        assert_eq!(status(&ask(&edge, "GET", probe, &[("Host", "10.1.2.3")])), 200, "a supervisor calls by any name");
    }
    // Who listens everywhere is called by addresses that it does not know; names stay those it was told.
    let anywhere = std::net::SocketAddr::from(([0, 0, 0, 0], 80));
    let settings = formwright::service::Settings { listen: anywhere, ..Settings::default() };
    assert!(formwright::service::is_called(&settings, "10.1.2.3") && !formwright::service::is_called(&settings, "evil.example"));
}

#[test]
fn only_its_own_pages() {
    let edge = Edge::start(Settings::default(), routes());
    let port = edge.address.port();
    let host = format!("localhost:{port}");
    let own = format!("http://localhost:{port}");
    for (method, headers, want) in [
        // What is no browser sends neither.
        ("POST", vec![], 200),
        ("DELETE", vec![], 200),
        ("POST", vec![("Origin", own.as_str())], 200),
        ("POST", vec![("Origin", "http://LOCALHOST"), ("Host", "localhost")], 200),
        ("POST", vec![("Origin", "http://evil.example")], 403),
        ("POST", vec![("Origin", "null")], 403),
        ("POST", vec![("Origin", "http://localhost:1")], 403),
        ("POST", vec![("Origin", "http://localhost")], 403),
        ("POST", vec![("Origin", "garbage")], 403),
        ("PATCH", vec![("Origin", "http://evil.example")], 403),
        ("DELETE", vec![("Origin", "http://evil.example")], 403),
        ("PUT", vec![("Origin", "http://evil.example")], 403),
        // Modern browsers say whose page asks.
        ("POST", vec![("Sec-Fetch-Site", "same-origin")], 200),
        ("POST", vec![("Sec-Fetch-Site", "none")], 200),
        ("POST", vec![("Sec-Fetch-Site", "same-origin"), ("Origin", "null")], 200),
        ("POST", vec![("Sec-Fetch-Site", "cross-site")], 403),
        ("POST", vec![("Sec-Fetch-Site", "same-site")], 403),
        ("POST", vec![("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate")], 403),
        // Another site may link to us, and not fetch from us.
        ("GET", vec![("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate")], 200),
        ("GET", vec![("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "no-cors")], 403),
        ("GET", vec![("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "cors")], 403),
        ("GET", vec![("Origin", "http://evil.example")], 200),
        ("GET", vec![], 200),
    ] {
        let mut all = headers.clone();
        if !all.iter().any(|(name, _)| *name == "Host") {
            all.push(("Host", &host));
        }
        let answer = ask(&edge, method, "/x", &all);
        assert_eq!(status(&answer), want, "{method} {headers:?}");
        assert!(!answer.to_lowercase().contains("access-control-"), "no other site may read: {answer}");
        if want == 403 {
            assert_eq!(code(&answer), "cross-site");
        }
    }
    // Behind a proxy that encrypts only https pages are ours.
    let settings = Settings { behind_tls_proxy: true, hosts: vec!["forms.example.org".to_owned()], ..Settings::default() };
    let edge = Edge::start(settings, routes());
    for (origin, want) in [("https://forms.example.org", 200), ("http://forms.example.org", 403), ("https://forms.example.org:8443", 403)] {
        assert_eq!(status(&ask(&edge, "POST", "/x", &[("Host", "forms.example.org"), ("Origin", origin)])), want, "{origin}");
    }
}

#[test]
fn every_answer_forbids_what_a_browser_must_not_do() {
    let (_, line) = new_key("a", &[Scope::Render]);
    let keys = Some(Keys::parse(&line).expect("a sound line"));
    let (open, closed) = (Edge::start(Settings::default(), routes()), Edge::start(Settings { keys, ..Settings::default() }, routes()));
    for (edge, path, host, want) in [
        (&open, "/x", "localhost", 200),
        (&open, "/nothing", "localhost", 404),
        (&open, "/panic", "localhost", 500),
        (&open, "/x", "evil.example", 421),
        (&open, "/healthz", "localhost", 200),
        (&closed, "/x", "localhost", 401),
    ] {
        let answer = ask(edge, "GET", path, &[("Host", host)]);
        assert_eq!(status(&answer), want, "{path}");
        let lower = answer.to_lowercase();
        for header in [
            "content-security-policy: default-src 'self';",
            "frame-ancestors 'none'",
            "x-content-type-options: nosniff",
            "x-frame-options: deny",
            "referrer-policy: same-origin",
            "cross-origin-opener-policy: same-origin",
            "cross-origin-resource-policy: same-origin",
            "permissions-policy: ",
            "cache-control: no-store",
            "x-request-id: ",
        ] {
            assert!(lower.contains(header), "{path} {want}: {header}\n{answer}");
        }
        assert!(!lower.contains("strict-transport-security"), "nothing is encrypted here");
    }
}

#[test]
fn keys_open_what_they_are_for() {
    let (render, line1) = new_key("hr", &[Scope::Render]);
    let (batch, line2) = new_key("office", &[Scope::Batch, Scope::Render]);
    let (metrics, line3) = new_key("prometheus", &[Scope::Metrics]);
    let keys = Some(Keys::parse(&[line1, line2, line3].join("\n")).expect("sound lines"));
    let edge = Edge::start(Settings { keys, ..Settings::default() }, routes());
    let bearer = |key: &str| format!("Bearer {key}");
    let basic = |user: &str, key: &str| format!("Basic {}", STANDARD.encode(format!("{user}:{key}")));
    for (method, path, header, want) in [
        ("GET", "/who", String::new(), 401),
        ("GET", "/who", bearer(&render), 200),
        ("GET", "/who", bearer("fw-0"), 401),
        ("GET", "/who", bearer(""), 401),
        ("GET", "/who", basic("hr", &render), 200),
        ("GET", "/who", basic("office", &render), 401),
        ("GET", "/who", basic("hr", "no"), 401),
        ("GET", "/who", "Basic !!!".to_owned(), 401),
        ("GET", "/who", render.clone(), 401),
        ("GET", "/who", format!("bearer {render}"), 200),
        ("POST", "/v1/templates/a/render", bearer(&render), 200),
        ("POST", "/v1/templates/a/render", bearer(&metrics), 403),
        ("GET", "/v1/batches", bearer(&render), 403),
        ("GET", "/v1/batches", bearer(&batch), 200),
        ("GET", "/metrics", bearer(&batch), 403),
        ("GET", "/metrics", bearer(&metrics), 200),
        ("GET", "/healthz", String::new(), 200),
        ("GET", "/readyz", String::new(), 200),
        ("GET", "/nothing", String::new(), 401),
    ] {
        let mut headers = vec![("Host", "localhost")];
        if !header.is_empty() {
            headers.push(("Authorization", &header));
        }
        let answer = ask(&edge, method, path, &headers);
        assert_eq!(status(&answer), want, "{method} {path} {header}");
        match want {
            401 => assert!(answer.to_lowercase().contains("www-authenticate: basic realm=\"formwright\""), "{answer}"),
            403 => assert_eq!(code(&answer), "scope-missing"),
            _ => {}
        }
    }
    let answer = ask(&edge, "GET", "/who", &[("Host", "localhost"), ("Authorization", &bearer(&batch))]);
    assert!(answer.ends_with("office"), "{answer}");
}

#[test]
fn wrong_keys_are_answered_late_and_not_without_end() {
    let (right, line) = new_key("a", &[Scope::Render]);
    let edge = Edge::start(Settings { keys: Some(Keys::parse(&line).expect("a sound line")), ..Settings::default() }, routes());
    let begun = Instant::now();
    let mut clients: Vec<_> = (0..80).map(|_| edge.connect()).collect();
    for client in &mut clients {
        client.send("GET /x HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer wrong\r\nConnection: close\r\n\r\n");
    }
    // Who has the right key does not wait behind them.
    let right = format!("Bearer {right}");
    let asked = Instant::now();
    assert_eq!(status(&ask(&edge, "GET", "/x", &[("Host", "localhost"), ("Authorization", &right)])), 200);
    assert!(asked.elapsed() < Duration::from_millis(250), "{:?}", asked.elapsed());
    let codes: Vec<u16> = clients.iter_mut().map(|client| status(&client.rest())).collect();
    let late = codes.iter().filter(|code| **code == 401).count();
    assert!(begun.elapsed() > Duration::from_millis(250));
    assert!(late >= 32 && codes.iter().all(|code| [401, 429].contains(code)) && late < 80, "{codes:?}");
}

#[test]
fn a_trusted_proxy_says_who_asks() {
    let header = "x-remote-user".parse().expect("a header");
    let proxies = |networks: &[&str]| networks.iter().map(|network| network.parse().expect("a network")).collect::<Vec<_>>();
    let settings = Settings { trusted_proxies: proxies(&["127.0.0.0/8"]), identity_header: header, ..Settings::default() };
    let edge = Edge::start(settings.clone(), routes());
    let name = |name: &str| ask(&edge, "GET", "/who", &[("Host", "localhost"), ("X-Remote-User", name)]);
    assert!(name("li.hua").ends_with("proxy:li.hua"));
    assert!(name("李华").ends_with("proxy:李华"), "names come as UTF-8");
    assert!(name("local").ends_with("proxy:local"), "nobody becomes somebody else by his name");
    assert_eq!(status(&name(&"x".repeat(200))), 400);
    assert_eq!(status(&ask(&edge, "GET", "/who", &[("Host", "localhost")])), 401);
    assert_eq!(status(&ask(&edge, "GET", "/who", &[("Host", "localhost"), ("X-Forwarded-User", "a")])), 401);
    assert_eq!(status(&ask(&edge, "GET", "/who", &[("Host", "localhost"), ("X-Remote-User", "a"), ("X-Remote-User", "b")])), 400);
    // Anybody else who writes the header is refused; with keys beside it, they need one.
    let elsewhere = Settings { trusted_proxies: proxies(&["10.0.0.5/32"]), ..settings };
    let edge = Edge::start(elsewhere.clone(), routes());
    let answer = ask(&edge, "GET", "/who", &[("Host", "localhost"), ("X-Remote-User", "a")]);
    assert_eq!((status(&answer), code(&answer).as_str()), (403, "not-by-the-proxy"));
    let (key, line) = new_key("program", &[Scope::Render]);
    let edge = Edge::start(Settings { keys: Some(Keys::parse(&line).expect("a sound line")), ..elsewhere }, routes());
    assert_eq!(status(&ask(&edge, "GET", "/who", &[("Host", "localhost"), ("X-Remote-User", "a")])), 401);
    let bearer = format!("Bearer {key}");
    assert!(ask(&edge, "GET", "/who", &[("Host", "localhost"), ("Authorization", &bearer), ("X-Remote-User", "a")]).ends_with("program"));
}
