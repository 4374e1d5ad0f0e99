//! TLS: what is offered, and what happens to those who speak none.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use formwright::service::{Settings, Tls};
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::version::{TLS12, TLS13};
use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned, SupportedProtocolVersion};

use crate::desk::Edge;

fn edge(settings: Settings) -> (Edge, CertificateDer<'static>) {
    let desk = tempfile::tempdir().expect("a folder");
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let (cert, key) = (desk.path().join("cert.pem"), desk.path().join("key.pem"));
    std::fs::write(&cert, made.cert.pem()).expect("written");
    std::fs::write(&key, made.signing_key.serialize_pem()).expect("written");
    let tls = Tls::load(&cert, &key).expect("they belong together");
    let routes = Router::new().route("/quick", get(|| async { "quick" }));
    (Edge::start(Settings { tls: Some(tls), ..settings }, routes), made.cert.der().clone())
}

fn ask(edge: &Edge, root: &CertificateDer<'static>, version: &'static SupportedProtocolVersion, origin: &str) -> (String, Option<Vec<u8>>) {
    let mut roots = RootCertStore::empty();
    roots.add(root.clone()).expect("a root");
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider())).with_protocol_versions(&[version]);
    let mut config = builder.expect("versions").with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let name = ServerName::try_from("localhost").expect("a name");
    let connection = ClientConnection::new(Arc::new(config), name).expect("a client");
    let mut stream = StreamOwned::new(connection, TcpStream::connect(edge.address).expect("a connection"));
    let port = edge.address.port();
    write!(stream, "GET /quick HTTP/1.1\r\nHost: localhost:{port}\r\nOrigin: {origin}:{port}\r\nConnection: close\r\n\r\n").expect("sent");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("a whole answer, and a proper end of the connection");
    (String::from_utf8_lossy(&answer).into_owned(), stream.conn.alpn_protocol().map(<[u8]>::to_vec))
}

#[test]
fn both_versions_speak_http_1_1() {
    let (edge, root) = edge(Settings::default());
    for version in [&TLS12, &TLS13] {
        let (answer, protocol) = ask(&edge, &root, version, "https://localhost");
        assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("quick"), "{answer}");
        assert!(answer.to_lowercase().contains("strict-transport-security: max-age="), "{answer}");
        assert_eq!(protocol.as_deref(), Some(&b"http/1.1"[..]));
    }
}

#[test]
fn who_speaks_no_tls_is_let_go() {
    let (edge, root) = edge(Settings { head_time: Duration::from_millis(400), ..Settings::default() });
    let mut silent = edge.connect();
    let time = silent.time_to_end();
    assert!(time > Duration::from_millis(300) && time < Duration::from_millis(1400), "{time:?}");
    let mut plain = edge.connect();
    plain.send("GET /quick HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert!(!plain.rest().contains("quick"));
    let (answer, _) = ask(&edge, &root, &TLS13, "https://localhost");
    assert!(answer.ends_with("quick"));
}

#[test]
fn files_that_do_not_belong_together_are_told() {
    let desk = tempfile::tempdir().expect("a folder");
    let made: Vec<_> = (0..2).map(|_| rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate")).collect();
    let (cert, key) = (desk.path().join("cert.pem"), desk.path().join("key.pem"));
    std::fs::write(&cert, made[0].cert.pem()).expect("written");
    std::fs::write(&key, made[1].signing_key.serialize_pem()).expect("written");
    assert!(Tls::load(&cert, &key).expect_err("another's key").en.contains("belong together"));
    assert!(Tls::load(&key, &key).expect_err("no certificate").zh.contains("证书文件"));
    assert!(Tls::load(&cert, &cert).expect_err("no key").zh.contains("私钥文件"));
}
