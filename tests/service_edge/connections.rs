//! Slow, large, many and broken-off requests; stopping.

use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::routing::{get, post};
use formwright::service::Settings;
use tokio::time::sleep;

use crate::desk::{Client, Edge, code, status, until};

const GET: &str = "GET /quick HTTP/1.1\r\nHost: localhost\r\n";

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// Short times, so that tests are.
fn short() -> Settings {
    Settings {
        head_time: ms(400),
        idle_time: ms(1500),
        body_pause: ms(400),
        body_time: ms(1000),
        send_pause: ms(400),
        ..Settings::default()
    }
}

fn routes() -> Router {
    Router::new()
        .route("/quick", get(|| async { "quick" }))
        .route(
            "/slow",
            get(|| async {
                sleep(ms(700)).await;
                "slow"
            }),
        )
        .route(
            "/hours",
            get(|| async {
                sleep(Duration::from_secs(3600)).await;
                "never"
            }),
        )
        .route("/take", post(|body: Bytes| async move { body.len().to_string() }))
        .route(
            "/hold",
            post(|body: Bytes| async move {
                sleep(ms(700)).await;
                body.len().to_string()
            }),
        )
        .route("/large", get(|| async { vec![b'x'; 64 << 20] }))
        .route(
            "/panic",
            get(|| async {
                if true {
                    panic!("what was worked on")
                }
            }),
        )
}

#[test]
fn a_head_must_come_in_time_however_it_drips() {
    let edge = Edge::start(short(), routes());
    let mut silent = edge.connect();
    let time = silent.time_to_end();
    assert!(time > ms(300) && time < ms(1400), "{time:?}");
    let mut dripping = edge.connect();
    let begun = Instant::now();
    for piece in GET.as_bytes().chunks(1).cycle().take(40) {
        dripping.try_send(&String::from_utf8_lossy(piece));
        std::thread::sleep(ms(50));
        if begun.elapsed() > ms(1500) {
            break;
        }
    }
    assert_eq!(dripping.rest(), "", "a head that drips is not waited for");
    until("the seats are free", || edge.app.seats.count() == 0);
}

#[test]
fn a_connection_that_idles_stays_longer_than_a_head_may_take() {
    let edge = Edge::start(short(), routes());
    let mut client = edge.connect();
    for _ in 0..2 {
        client.send(&format!("{GET}\r\n"));
        assert!(client.answer().ends_with("quick"));
        std::thread::sleep(ms(700));
    }
    // Once the next head has begun, its own time holds.
    client.send("GET /qui");
    let time = client.time_to_end();
    assert!(time > ms(250) && time < ms(1200), "{time:?}");
    let mut client = edge.connect();
    client.send(&format!("{GET}\r\n"));
    client.answer();
    let time = client.time_to_end();
    assert!(time > ms(1200) && time < ms(3500), "{time:?}");
}

#[test]
fn a_connection_takes_no_request_after_its_life() {
    let edge = Edge::start(Settings { connection_life: ms(300), ..Settings::default() }, routes());
    let mut client = edge.connect();
    client.send("GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let answer = client.rest();
    assert!(answer.ends_with("slow"), "what is under way is finished: {answer}");
    assert!(answer.to_lowercase().contains("connection: close"), "{answer}");
}

#[test]
fn requests_in_one_piece_are_answered_in_their_order() {
    let edge = Edge::start(short(), routes());
    let mut client = edge.connect();
    client.send(&format!("GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n{GET}\r\n{GET}Connection: close\r\n\r\n"));
    let (first, second) = (client.answer(), client.answer());
    assert!(first.ends_with("slow") && second.ends_with("quick"), "{first} {second}");
    assert!(client.rest().ends_with("quick"));
}

#[test]
fn a_body_must_come_in_time() {
    let edge = Edge::start(short(), routes());
    let head = "POST /take HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n";
    let mut paused = edge.connect();
    paused.send(&format!("{head}0123456789"));
    let begun = Instant::now();
    let answer = paused.rest();
    assert_eq!((status(&answer), code(&answer).as_str()), (408, "body-timeout"));
    assert!(begun.elapsed() > ms(300) && begun.elapsed() < ms(1500), "{:?}", begun.elapsed());
    // No pause is too long, but the whole is.
    let mut dripping = edge.connect();
    dripping.send(head);
    let begun = Instant::now();
    for _ in 0..60 {
        dripping.try_send("x");
        std::thread::sleep(ms(50));
        if begun.elapsed() > ms(1600) {
            break;
        }
    }
    let answer = dripping.rest();
    assert!(answer.is_empty() || status(&answer) == 408, "{answer}");
    assert!(begun.elapsed() < ms(2600), "{:?}", begun.elapsed());
    // A fast one is taken, however many pieces it has.
    let mut chunked = edge.connect();
    chunked.send("POST /take HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n5\r\nhello\r\n");
    std::thread::sleep(ms(150));
    chunked.send("3\r\nyou\r\n0\r\n\r\n");
    assert!(chunked.rest().ends_with("\r\n\r\n8"));
}

#[test]
fn bodies_and_heads_have_a_most() {
    let edge = Edge::start(Settings { body_limit: 1000, head_limit: 8192, head_count: 20, ..short() }, routes());
    let post = |rest: &str| {
        let mut client = edge.connect();
        client.try_send(&format!("POST /take HTTP/1.1\r\nHost: localhost\r\n{rest}"));
        client.rest()
    };
    let answer = post("Connection: close\r\nContent-Length: 1001\r\n\r\n");
    assert_eq!((status(&answer), code(&answer).as_str()), (413, "too-large"));
    assert!(answer.contains("1000"), "it says which limit: {answer}");
    let answer = post(&format!("Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n{:x}\r\n{}\r\n", 1001, "x".repeat(1001)));
    assert_eq!((status(&answer), code(&answer).as_str()), (413, "too-large"));
    assert_eq!(status(&post(&format!("Connection: close\r\nContent-Length: 1000\r\n\r\n{}", "x".repeat(1000)))), 200);
    assert_eq!(status(&edge.ask(&format!("{GET}X-Long: {}", "x".repeat(20_000)))), 431);
    assert_eq!(status(&edge.ask(&format!("{GET}{}X-Last: 1", "X-Many: 1\r\n".repeat(30)))), 431);
    assert_eq!(status(&edge.ask(&format!("{GET}{}X-Last: 1", "X-Many: 1\r\n".repeat(10)))), 200);
}

#[test]
fn bodies_share_their_memory() {
    let edge = Edge::start(Settings { body_memory: 1000, ..Settings::default() }, routes());
    let send = |path: &str, bytes: usize| {
        let mut client = edge.connect();
        let body = "x".repeat(bytes);
        client.try_send(&format!("POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {bytes}\r\n\r\n{body}"));
        client
    };
    let mut first = send("/hold", 800);
    until("the first is held", || edge.app.budget.held() == 800);
    let answer = send("/take", 300).rest();
    assert_eq!((status(&answer), code(&answer).as_str()), (503, "busy"));
    assert!(answer.to_lowercase().contains("retry-after: "));
    // Who only announces bytes takes no memory from anybody.
    let mut announced = edge.connect();
    announced.send("POST /take HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900\r\n\r\n");
    assert_eq!(status(&send("/take", 200).rest()), 200);
    assert_eq!(status(&first.rest()), 200);
    drop(announced);
    until("everything is given back", || edge.app.budget.held() == 0);
}

#[test]
fn who_dawdles_does_not_keep_out_who_does_not() {
    let edge = Edge::start(Settings { connections: 8, head_time: Duration::from_secs(30), ..Settings::default() }, routes());
    let mut dawdlers: Vec<Client> = Vec::new();
    for _ in 0..30 {
        let mut dawdler = edge.connect();
        dawdler.try_send("GET /quick HTTP/1.1\r\nHo");
        dawdlers.push(dawdler);
        std::thread::sleep(ms(3));
    }
    for _ in 0..10 {
        assert_eq!(status(&edge.ask(GET.trim_end())), 200);
    }
    assert!(edge.app.seats.count() <= 8);
    assert!(dawdlers[0].time_to_end() < ms(500), "the first to come has gone");
    // Those that are worked for keep their seats.
    let mut busy: Vec<Client> = (0..8).map(|_| edge.connect()).collect();
    for client in &mut busy {
        client.send("GET /slow HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        std::thread::sleep(ms(10));
    }
    assert_eq!(edge.connect().rest(), "", "all eight are worked for");
    assert!(busy.iter_mut().all(|client| status(&client.rest()) == 200));
    assert_eq!(status(&edge.ask(GET.trim_end())), 200);
}

#[test]
fn an_answer_that_nobody_takes_is_given_up() {
    let edge = Edge::start(short(), routes());
    let mut client = edge.connect();
    client.send("GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n");
    until("the answer is under way", || edge.app.seats.count() == 1);
    until("it is given up", || edge.app.seats.count() == 0);
    assert!(client.rest().len() < 64 << 20);
}

#[test]
fn an_answer_that_takes_too_long_is_given_up() {
    let edge = Edge::start(Settings { answer_time: ms(200), ..Settings::default() }, routes());
    let answer = edge.ask("GET /hours HTTP/1.1\r\nHost: localhost");
    assert_eq!((status(&answer), code(&answer).as_str()), (503, "timeout"));
}

#[test]
fn a_panic_is_one_requests_problem() {
    let edge = Edge::start(Settings::default(), routes());
    let mut client = edge.connect();
    client.send("GET /panic HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let answer = client.answer();
    assert_eq!((status(&answer), code(&answer).as_str()), (500, "internal"));
    assert!(!answer.contains("what was worked on"));
    client.send(&format!("{GET}\r\n"));
    assert_eq!(status(&client.answer()), 200, "the connection goes on");
}

#[test]
fn a_stop_finishes_what_is_under_way() {
    let mut edge = Edge::start(Settings::default(), routes());
    let (mut slow, mut idle, mut fresh) = (edge.connect(), edge.connect(), edge.connect());
    idle.send(&format!("{GET}\r\n"));
    idle.answer();
    slow.send("GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n");
    std::thread::sleep(ms(150));
    edge.tell_to_stop();
    let answer = slow.rest();
    assert!(answer.ends_with("slow"), "{answer}");
    assert_eq!((idle.rest().as_str(), fresh.rest().as_str()), ("", ""));
    assert!(edge.ended() < Duration::from_secs(2));
    assert!(std::net::TcpStream::connect(edge.address).is_err(), "nobody listens any more");
}

#[test]
fn a_stop_waits_no_longer_than_it_may() {
    let mut edge = Edge::start(Settings { drain: ms(300), ..Settings::default() }, routes());
    let mut client = edge.connect();
    client.send("GET /hours HTTP/1.1\r\nHost: localhost\r\n\r\n");
    std::thread::sleep(ms(150));
    edge.tell_to_stop();
    assert!(edge.ended() < Duration::from_secs(3));
    assert_eq!(client.rest(), "");
}

#[test]
fn a_stop_finishes_a_render() {
    let desk = tempfile::tempdir().expect("a folder");
    let service = crate::service::Service::start_with(Settings { folder: desk.path().join("batches"), ..Settings::default() });
    let mut client = Client::connect(service.address());
    let sample = service.get("/v1/templates/recommendation/sample");
    assert_eq!(sample.status, 200);
    let body = format!("{{\"record\":{}}}", sample.text());
    client.send(&format!(
        "POST /v1/templates/recommendation/render HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    ));
    std::thread::sleep(ms(5));
    drop(service);
    let answer = client.rest();
    assert_eq!(status(&answer), 200, "{}", answer.chars().take(600).collect::<String>());
    assert!(answer.trim_end().ends_with("%%EOF"), "the file is whole");
}
