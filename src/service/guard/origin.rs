//! By which name the service is called, and from whose page.

use std::net::IpAddr;

use axum::http::header::{HOST, ORIGIN};
use axum::http::request::Parts;
use axum::http::uri::Authority;
use axum::http::{HeaderName, Method, StatusCode};

use crate::diag::Message;
use crate::service::problem::Problem;
use crate::service::settings::Settings;

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");

/// Refuses a request by a name that is none of ours.
///
/// A page of a stranger can give its own name our address (DNS rebinding); the browser then takes us for that page's own server, but still
/// calls us by the stranger's name.
pub fn host(settings: &Settings, request: &Parts) -> Result<(), Problem> {
    let called = authority(request).ok_or_else(|| {
        Problem::bad_request("host-missing", "请求里没有可用的 Host", "the request has no usable Host")
            .with_detail(Message::new("请按 HTTP/1.1 发送一个 Host", "send one Host, as HTTP/1.1 asks"))
    })?;
    if is_called(settings, called.host()) {
        return Ok(());
    }
    let title = Message::new("这个名字不是本服务的", "the service is not called by this name");
    let step = Message::new("管理员可用 --host 名字 允许它", "an administrator may allow it with --host NAME");
    Err(Problem::new(StatusCode::MISDIRECTED_REQUEST, "host-not-allowed", title).with_detail(step))
}

/// The name and port by which the request calls us: those in its target before those in its Host (RFC 9112, 3.2.2).
fn authority(request: &Parts) -> Option<Authority> {
    if let Some(authority) = request.uri.authority() {
        return Some(authority.clone());
    }
    let mut hosts = request.headers.get_all(HOST).into_iter();
    let (first, second) = (hosts.next()?, hosts.next());
    let authority = Authority::try_from(first.as_bytes()).ok()?;
    // No browser sends a name with a user in it, and what looks at less than the whole would be fooled by one.
    (second.is_none() && !authority.as_str().contains('@')).then_some(authority)
}

/// Whether this is a name of ours.
pub fn is_called(settings: &Settings, name: &str) -> bool {
    let bare = name.trim_end_matches('.').to_ascii_lowercase();
    if settings.hosts.iter().any(|host| host.trim_end_matches('.').eq_ignore_ascii_case(&bare)) {
        return true;
    }
    let listen = settings.listen.ip();
    match bare.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>() {
        // Whoever listens everywhere has addresses that are not known here; a stranger's page cannot rebind an address, only a name.
        Ok(address) => address.is_loopback() || address == listen || listen.is_unspecified(),
        Err(_) => bare == "localhost" || bare.ends_with(".localhost"),
    }
}

/// Refuses what a page of another site makes a browser ask for.
///
/// Browsers say themselves whose page asks (Fetch Metadata); older ones, and those on plain HTTP, send the Origin of what is no mere look.
/// What sends neither is no browser.
pub fn site(settings: &Settings, request: &Parts) -> Result<(), Problem> {
    let header = |name: HeaderName| request.headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let looks = matches!(request.method, Method::GET | Method::HEAD | Method::OPTIONS);
    let ours = match (header(FETCH_SITE), header(ORIGIN)) {
        (Some("same-origin" | "none"), _) => true,
        // A link on another site may lead here; its page may not fetch anything of ours.
        (Some(_), _) => looks && header(FETCH_MODE) == Some("navigate"),
        (None, Some(origin)) => looks || is_ours(settings, request, origin),
        (None, None) => true,
    };
    if ours {
        return Ok(());
    }
    let title = Message::new("不接受其他网站发来的请求", "requests from pages of other sites are not taken");
    let step = Message::new("请在本服务自己的网页上操作", "use the service's own page");
    Err(Problem::new(StatusCode::FORBIDDEN, "cross-site", title).with_detail(step))
}

/// Whether an origin has the name, the port and, where it is known, the scheme by which it calls us.
fn is_ours(settings: &Settings, request: &Parts, origin: &str) -> bool {
    let Some((scheme, rest)) = origin.split_once("://") else { return false };
    let secure = settings.tls.is_some() || settings.behind_tls_proxy;
    let usual = match scheme {
        "https" => 443,
        // Behind some other proxy either may be right; what counts is the name.
        "http" if !secure => 80,
        _ => return false,
    };
    let (Some(called), Ok(named)) = (authority(request), rest.parse::<Authority>()) else { return false };
    let port = |authority: &Authority| authority.port_u16().unwrap_or(usual);
    called.host().eq_ignore_ascii_case(named.host()) && port(&called) == port(&named)
}
