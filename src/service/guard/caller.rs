//! Who asks, and what they may ask for.

use std::fmt;
use std::time::Duration;

use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use tokio::time::sleep;

use crate::diag::Message;
use crate::service::accept::Peer;
use crate::service::app::App;
use crate::service::keys::{Scope, hex};
use crate::service::problem::Problem;

/// How long a wrong key waits for its answer.
const PENANCE: Duration = Duration::from_millis(300);

/// Who asks, found in a request's extensions.
#[derive(Clone, PartialEq, Eq)]
pub struct Caller {
    /// The key's id, the name that the proxy gave, or `local`. Batches belong to it.
    pub id: String,
    /// What they may do.
    pub scopes: Vec<Scope>,
    /// Whether the id is a proxy's word: then it may be a person's name.
    proxied: bool,
}

/// What a log may call a caller, found in an answer's extensions.
#[derive(Clone, Debug)]
pub struct InLog(pub String);

impl fmt::Debug for Caller {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Caller({})", self.in_log().0)
    }
}

impl Caller {
    /// Whoever is on this machine, where nobody else can come in.
    pub fn local() -> Caller {
        Caller { id: "local".to_owned(), scopes: Scope::ALL.to_vec(), proxied: false }
    }

    /// A supervisor that asks how the service is.
    pub fn nobody() -> Caller {
        Caller { id: "-".to_owned(), scopes: Vec::new(), proxied: false }
    }

    /// What a log calls them: an administrator chose the ids of keys; a proxy's name may be a person's, so it is a digest's beginning.
    pub fn in_log(&self) -> InLog {
        if !self.proxied {
            return InLog(self.id.clone());
        }
        let digest = hex(&Sha256::digest(self.id.as_bytes()));
        InLog(format!("user-{}", digest.get(..12).unwrap_or_default()))
    }
}

/// Who asks: by the word of a trusted proxy, by a key, or just from this machine.
pub async fn of(app: &App, request: &Parts) -> Result<Caller, Problem> {
    let settings = &app.settings;
    let by_proxy = !settings.trusted_proxies.is_empty();
    if by_proxy && from_proxy(app, request) {
        // A program may still come through the proxy with a key.
        if let Some(caller) = named_by_proxy(app, request)? {
            return Ok(caller);
        }
        if settings.keys.is_none() {
            let title = Message::new("代理没有说明是谁在用", "the proxy did not say who asks");
            let header = &settings.identity_header;
            let step = Message::new(format!("请让代理写上 {header}"), format!("have the proxy set {header}"));
            return Err(Problem::new(StatusCode::UNAUTHORIZED, "identity-missing", title).with_detail(step));
        }
    } else if by_proxy && settings.keys.is_none() {
        let title = Message::new("只接受经代理来的请求", "requests are taken from the proxy only");
        let step = Message::new("请用代理的地址", "use the address of the proxy");
        return Err(Problem::new(StatusCode::FORBIDDEN, "not-by-the-proxy", title).with_detail(step));
    }
    let Some(keys) = &settings.keys else { return Ok(Caller::local()) };
    let Some((user, key)) = credentials(request) else { return Err(who()) };
    match keys.find(&key) {
        Some((id, scopes)) if user.as_deref().is_none_or(|user| user == id) => {
            Ok(Caller { id: id.to_owned(), scopes: scopes.to_vec(), proxied: false })
        }
        _ => Err(wrong(app).await),
    }
}

/// Whether the request comes from a trusted proxy's address.
fn from_proxy(app: &App, request: &Parts) -> bool {
    let Some(peer) = request.extensions.get::<Peer>() else { return false };
    let address = peer.address.ip().to_canonical();
    app.settings.trusted_proxies.iter().any(|network| network.contains(&address))
}

fn named_by_proxy(app: &App, request: &Parts) -> Result<Option<Caller>, Problem> {
    let mut names = request.headers.get_all(&app.settings.identity_header).into_iter();
    let Some(first) = names.next() else { return Ok(None) };
    // Proxies send names as they are; Chinese ones come as UTF-8.
    let name = std::str::from_utf8(first.as_bytes()).ok().map(str::trim).filter(|name| {
        let sound = (1..=128).contains(&name.len()) && !name.chars().any(char::is_control);
        sound && names.next().is_none()
    });
    match name {
        Some(name) => Ok(Some(Caller { id: format!("proxy:{name}"), scopes: Scope::ALL.to_vec(), proxied: true })),
        None => Err(Problem::bad_request("identity-broken", "代理写的身份读不懂", "the identity that the proxy wrote cannot be read")),
    }
}

/// The key of an Authorization header, with the user's name where it is Basic (RFC 7617).
fn credentials(request: &Parts) -> Option<(Option<String>, String)> {
    let value = request.headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, rest) = value.split_once(' ')?;
    let rest = rest.trim();
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some((None, rest.to_owned()));
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let pair = String::from_utf8(STANDARD.decode(rest).ok()?).ok()?;
    let (user, key) = pair.split_once(':')?;
    Some((Some(user.to_owned()), key.to_owned()))
}

fn who() -> Problem {
    let title = Message::new("需要钥匙", "a key is needed");
    let step = Message::new(
        "程序请发 Authorization: Bearer 钥匙；浏览器里用户名填钥匙的名字，密码填钥匙",
        "programs send Authorization: Bearer KEY; in a browser the user is the key's name, the password the key",
    );
    Problem::new(StatusCode::UNAUTHORIZED, "key-missing", title).with_detail(step)
}

/// A wrong key is answered late; where too many wait for that already, at once and without a look at more.
async fn wrong(app: &App) -> Problem {
    let Ok(_turn) = app.penance.try_acquire() else {
        let title = Message::new("错误的钥匙太多", "too many wrong keys");
        let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "too-many-wrong-keys", title);
        return Problem { retry_after: Some(5), ..problem };
    };
    sleep(PENANCE).await;
    let title = Message::new("钥匙不对", "the key is wrong");
    let step = Message::new("请向管理员要一把新的", "ask the administrator for a new one");
    Problem::new(StatusCode::UNAUTHORIZED, "key-wrong", title).with_detail(step)
}

/// Whether they may ask for this.
pub fn may(caller: &Caller, request: &Parts) -> Result<(), Problem> {
    let Some(scope) = needed(&request.method, request.uri.path()) else { return Ok(()) };
    if caller.scopes.contains(&scope) {
        return Ok(());
    }
    let title = Message::new("这把钥匙没有这个权限", "this key may not do this");
    let name = scope.name();
    let step = Message::new(format!("需要权限 {name}；请找管理员"), format!("it needs the scope {name}; ask the administrator"));
    Err(Problem::new(StatusCode::FORBIDDEN, "scope-missing", title).with_detail(step))
}

/// What a request needs: to look at the forms there are takes any key.
fn needed(method: &Method, path: &str) -> Option<Scope> {
    let below = |root: &str| path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    match path {
        _ if below("/metrics") => Some(Scope::Metrics),
        _ if below("/v1/batches") || below("/work") || (below("/back") && *method == Method::POST) => Some(Scope::Batch),
        _ if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) => None,
        _ => Some(Scope::Render),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_path_needs_its_scope() {
        for (method, path, want) in [
            (Method::GET, "/metrics", Some(Scope::Metrics)),
            (Method::GET, "/metrics/", Some(Scope::Metrics)),
            (Method::GET, "/v1/batches", Some(Scope::Batch)),
            (Method::DELETE, "/v1/batches/x", Some(Scope::Batch)),
            (Method::GET, "/work", Some(Scope::Batch)),
            (Method::POST, "/back/record", Some(Scope::Batch)),
            (Method::GET, "/v1/batchesx", None),
            (Method::GET, "/v1/templates", None),
            (Method::POST, "/v1/templates/recommendation/render", Some(Scope::Render)),
            (Method::POST, "/anything", Some(Scope::Render)),
        ] {
            assert_eq!(needed(&method, path), want, "{method} {path}");
        }
    }

    #[test]
    fn a_log_has_no_name_that_a_proxy_gave() {
        let caller = Caller { id: "proxy:王某".to_owned(), scopes: Vec::new(), proxied: true };
        assert!(!format!("{caller:?}").contains("王某"));
        assert_eq!(Caller::local().in_log().0, "local");
    }
}
